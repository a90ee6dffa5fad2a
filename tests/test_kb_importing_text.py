"""Text from elsewhere: what people wrote stays, what would act is gone, and no input is too odd."""

import re
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.body import heading_text
from knowledge_base.importing.clean import clean
from knowledge_base.importing.docs import read as read_documents
from knowledge_base.importing.front_matter import BadFrontMatter, split
from knowledge_base.importing.hypertext import to_markdown
from knowledge_base.importing.incoming import Incoming, checked, one_line
from knowledge_base.importing.servicenow import from_wiki
from knowledge_base.rendering import as_markdown
from tests.test_kb_importing_runs import imported_article

PIECES = st.sampled_from(
    [
        *"<>/!&;\"'`*_#[]()|\\ \n\t\0",
        "<script>",
        "</script>",
        "<scr",
        "ipt>",
        "<b>",
        "</b>",
        "<a href='javascript:alert(1)'>",
        '<a href="https://example.com/a(b)">',
        "</a>",
        "<div>",
        "</div>",
        "<li>",
        "<ol>",
        "</ol>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<td>",
        "<tr>",
        "<table>",
        "<blockquote>",
        "<div class='note'>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&lt;script&gt;",
        "&amp;lt;",
        "```",
        "```\n",
        "~~~",
        "[a](javascript:x)",
        "[a](https://example.com)",
        "![b](data:image/png;base64,AA)",
        "[a]: javascript:x\n",
        "<!channel>",
        "<@U1>",
        "<https://example.com>",
        "word",
        "ä",
        "\ud800",
        "\u2028",
    ]
)
ODD_TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(ODD_TEXT)
def test_whatever_the_html_is_the_markdown_is_clean(html: str) -> None:
    markdown = to_markdown(html)

    assert "<script" not in markdown.lower()
    assert clean(markdown) == markdown


@given(ODD_TEXT)
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert "<script" not in cleaned.lower()
    assert not re.search(r"\]\(\s*(?:javascript|data|vbscript):", cleaned, re.IGNORECASE)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>Before <b>you</b> start</h2><p>Save.</p>", "## Before you start\n\nSave."),
        ("<p>Press <strong> Start </strong>now</p>", "Press **Start** now"),
        ("<ol><li>One<ul><li>a<li>b</ul></li><li>Two</li></ol>", "1. One\n   - a\n   - b\n2. Two"),
        ("<ol><li><p>One</p><p>more</p></li></ol>", "1. One\n\n   more"),
        ("<table><tr><th>Key<th>Does<tr><td>F1<td>help</table>", "Key | Does\nF1 | help"),
        ("<table><tr><td><h2>Steps</h2><ul><li>One</ul></table>", "## Steps\n\n- One"),
        ('<pre class="language-cmd">sfc /scannow\n  &lt;wait&gt;</pre>', "```cmd\nsfc /scannow\n  <wait>\n```"),
        ("<p>Type <code>net use &lt;drive&gt;</code></p>", "Type `net use <drive>`"),
        ("<p>first<br>second</p>", "first\nsecond"),
        ("<blockquote><p>Be careful</p></blockquote>after", "> Be careful\n\nafter"),
        ('<div class="note"><p>Save first</p></div>after', "> **Note:** Save first\n\nafter"),
        ("<details><summary>More</summary>text</details>", "**More**\n\ntext"),
        ('<img src="a.png" alt="The gear at the top right">', "The gear at the top right"),
        ('<img src="a.png" alt="a.png">', ""),
        ("Tom &amp; Jerry, 1 &lt; 2, &amp;lt;b&amp;gt;", "Tom & Jerry, 1 < 2, &lt;b&gt;"),
        ('<a href="https://example.com/a (1)">here</a>', "[here](https://example.com/a%281%29)"),
        ('<a href="/hc/2">here</a>', "[here](https://help.example.com/hc/2)"),
        ('<a href="#top">here</a>', "here"),
        ('<a href="java\nscript:alert(1)">here</a>', "here"),
        ('<a href="data:text/html,x" onclick="steal()">here</a>', "here"),
        ("[here](javascript:alert(1))", "here"),
        ("a<script>alert('<b>')</script>b<style>p {}</style>c", "abc"),
        ('a<iframe src="https://example.com"></iframe><form><input value="x">b</form>', "a\n\nb"),
        ("a<script>never closed", "a"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script>alert(1)&lt;/script>"),
        ("<p onmouseover='x()'>unclosed <b>bold", "unclosed **bold**"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(html, "https://help.example.com/hc/1") == markdown


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Type `<drive>` or <drive>", "Type `<drive>` or &lt;drive>"),
        ("```xml\n<a>1</a>\n```", "```xml\n<a>1</a>\n```"),
        ("```\n<script>x</script>\n```", "```\n< script>x< /script>\n```"),
        ("a <!-- note to self --> b", "a  b"),
        ("<scr<b></b>ipt>alert(1)</script>", "&lt;scr****ipt>alert(1)"),
        ("see <https://example.com/x>", "see https://example.com/x"),
        ("[a](../other.md) ![pic](x.png)", "a pic"),
        ('[a](https://example.com "title")', "[a](https://example.com)"),
        ("[a][1]\n\n[1]: javascript:x", "[a][1]"),
        ("> [a]\n> [a]:\njavascript:x", "> [a]"),
        ("[a [b] c](javascript:x)", "[a [b] c] (javascript:x)"),
        ("[a [b] c](https://example.com)", "[a [b] c](https://example.com)"),
        ("[a](&#106;avascript:x)", "a"),
        ("```x``` [a](javascript:x)", "```x``` a"),
        ("    ```\n[a](javascript:x)", "```\n[a] (javascript:x)"),
        ("x\0y\ud800z", "xyz"),
    ],
)
def test_markdown_loses_only_what_acts(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "piece", ["<div>", "<blockquote>", "<b>", "<a ", '<a ""', "<!--", "<![CDATA[", "<svg>", "<ul><li>"]
)
def test_a_megabyte_of_tags_that_never_end_takes_time_in_proportion(piece: str) -> None:
    begun = perf_counter()
    to_markdown(piece * (100_000 // len(piece)))
    short = perf_counter() - begun
    begun = perf_counter()
    to_markdown(piece * (1_000_000 // len(piece)))

    assert perf_counter() - begun < 40 * short + 1  # ten times as long; a hundred times if it were quadratic


def test_a_mention_of_the_whole_channel_does_not_ring_when_it_is_shown() -> None:
    article = imported_article(to_markdown("<p>&lt;!channel&gt; and <code>&lt;!here&gt;</code></p>"))

    assert "<!" not in as_markdown(article)


LONG = 100_000


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (clean, "<svg>" * (LONG // 5)),
        (clean, f"a{' ' * LONG}b"),
        (clean, f"a{chr(0x301) * LONG}{chr(0x323) * LONG}"),
        (to_markdown, f"<a b=c {'x' * LONG}>t"),
        (from_wiki, f"={' ' * LONG}x"),
        (from_wiki, "[http://x" * (LONG // 9)),
        (from_wiki, "[[" * (LONG // 2)),
    ],
)
def test_beginnings_without_an_end_are_not_read_again_and_again(read: Callable[[str], object], text: str) -> None:
    begun = perf_counter()

    read(text)

    assert perf_counter() - begun < 5  # each took minutes, or hours for the longest text that is let in


@pytest.mark.parametrize(
    "text",
    [
        f"# a{' ' * LONG}b",
        "[!INCLUDE[a](" * (LONG // 13),
        "[!INCLUDE " * (LONG // 10),
        "[!DNL a" * (LONG // 7),
        "[!code[" * (LONG // 7),
        ":::image " + 'alt-text=""' * (LONG // 11),
    ],
)
def test_nor_are_those_of_microsofts_extensions(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    begun = perf_counter()

    list(read_documents(tmp_path, "en"))

    assert perf_counter() - begun < 5


def test_nor_is_the_heading_that_may_be_the_title() -> None:
    text = f"# a{' ' * LONG}b\ntext"
    begun = perf_counter()

    assert checked(Incoming("line 1", "1", "A title", text, "en")) == Incoming("line 1", "1", "A title", text, "en")
    assert perf_counter() - begun < 5


def test_marks_are_kept_as_far_as_any_language_piles_them_up() -> None:
    assert clean("Zu\u0308rich e\u0323\u0302 \U0001f468\u200d\U0001f4bb") == "Zürich ệ \U0001f468\u200d\U0001f4bb"
    assert len(clean("a" + "\u0323" * 1000)) <= 31


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("# Steps", "Steps"),
        ("## Steps ##", "Steps"),
        ("# About C#", "About C#"),
        ("# #general is full", "#general is full"),
    ],
)
def test_a_heading_loses_its_marks_and_nothing_else(line: str, text: str) -> None:
    assert heading_text(line) == text


@pytest.mark.parametrize(
    "values",
    [
        "- " * 30_000,
        "[" * 60_000,
        "? " * 30_000,
        "d: !!timestamp x",
        "d: !!int ''",
        "d: !!bool x",
    ],
)
def test_front_matter_that_would_break_its_reader_is_refused(values: str) -> None:
    with pytest.raises(BadFrontMatter):
        split(f"---\n{values}\n---\nText")


def test_a_number_too_long_to_be_written_down_is_no_title() -> None:
    values, _ = split(f"---\ntitle: 0x{'f' * 5000}\n---\n")

    assert one_line(values["title"]) == ""
