"""Each format as its maker exports it: what is taken, what is left out, and why."""

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.importing import confluence, docs, jsonl, servicenow, zendesk
from knowledge_base.importing.incoming import (
    CannotImport,
    Fault,
    Found,
    Incoming,
    Remark,
    day_of,
    language_of,
    words_in,
)

TODAY = date(2026, 11, 22)


def articles(found: Found) -> dict[str, Incoming]:
    return {each.id: each for each in found if isinstance(each, Incoming)}


def faults(found: Found) -> list[str]:
    return [str(each) for each in found if isinstance(each, Fault)]


def remarks(found: Found) -> list[Remark]:
    return [each for each in found if isinstance(each, Remark)]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


# -- JSONL -------------------------------------------------------------------------------------------------------------


def test_jsonl_takes_what_the_row_says(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "title": "  Lift\nstands ",
        "body": "<p>Press <b>bell</b>, then see <a href='/floor'>floors</a>.</p>",
        "lang": "de-AT",
        "category": "devices",
        "description": "The lift does not move.",
        "keywords": "lift, stuck between floors",
        "url": "https://help.example.com/lift",
        "date": "01/24/2024",
        "unknown": {"deep": []},
    }

    assert list(jsonl.read(write(tmp_path / "a.jsonl", json.dumps(row)), "en")) == [
        Incoming(
            where="a.jsonl, line 1",
            id="7",
            title="Lift stands",
            body="Press **bell**, then see [floors](https://help.example.com/floor).",
            language="de",
            category="devices",
            description="The lift does not move.",
            keywords=("lift", "stuck between floors"),
            url="https://help.example.com/lift",
            modified=date(2024, 1, 24),
        )
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "line 2: it is not JSON"),
        (b"[1]", "line 2: it is not an object"),
        (b'{"id": "a", "title": "b"}', 'line 2: "body" is missing'),
        (b'{"title": "b", "body": "c"}', 'line 2: "id" is missing'),
        (b'{"id": "a", "title": "b", "body": 5}', 'line 2: "body" is not a text'),
        (b'{"id": {}, "title": "b", "body": "c"}', "line 2: it has no id"),
        (b'{"id": "a", "title": "b", "body": "<!-- only this -->"}', "line 2: it has no text"),
        (b'{"id": "\xff"}', "line 2: it is not UTF-8"),
        (b"[" * 100_000, "line 2: it is not JSON"),
        (
            b'{"id": "a", "title": "b", "body": "' + b"x" * 2_000_001 + b'"}',
            "line 2: its text has 2,000,001 characters",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_remedy_and_the_others_are_taken(
    tmp_path: Path, line: bytes, problem: str
) -> None:
    good = b'{"id": "good", "title": "t", "body": "b"}'
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join((b"\xef\xbb\xbf" + good, line, good.replace(b"good", b"better"))))

    [fault] = faults(jsonl.read(path, "en"))
    assert fault.startswith(f"a.jsonl, {problem}")
    assert ";" in fault
    assert set(articles(jsonl.read(path, "en"))) == {"good", "better"}


def test_rows_in_utf_16_are_named_once_for_the_whole_file(tmp_path: Path) -> None:
    rows = '{"id": "a", "title": "b", "body": "c"}\n' * 3

    assert faults(jsonl.read(write(tmp_path / "a.jsonl", rows, "utf-16"), "en")) == [
        "a.jsonl: it is UTF-16, as PowerShell writes it; save it as UTF-8"
    ]


def test_markdown_that_begins_with_a_tag_stays_markdown(tmp_path: Path) -> None:
    body = '<p align="center"><img src="x.png" alt="The lift"></p>\n\n1. Ring.\n2. Wait.\n'
    path = write(tmp_path / "a.jsonl", json.dumps({"id": "a", "title": "b", "body": body}))

    assert articles(jsonl.read(path, "en"))["a"].body == "The lift\n\n1. Ring.\n2. Wait."


# -- Markdown ----------------------------------------------------------------------------------------------------------


def docs_article(tmp_path: Path, text: str) -> Incoming:
    write(tmp_path / "docs" / "mail" / "slow.md", text)
    return articles(docs.read(tmp_path / "docs", "en"))["mail/slow"]


def test_front_matter_of_microsofts_kind_is_understood(tmp_path: Path) -> None:
    article = docs_article(
        tmp_path,
        "---\ntitle: Mail is slow\ndescription: Mail takes minutes.\nms.date: 01/24/2024\nms.assetid: 1-2\n"
        "ms.custom:\n- a\nkeywords: [delay, mail arrives late]\nms.locale: de-de\n"
        "canonicalUrl: https://learn.example.com/mail/slow\n---\n# Slow\n\nSee [limits](../limits.md#size).\n",
    )

    assert article == Incoming(
        where="mail/slow.md",
        id="mail/slow",
        title="Mail is slow",
        body="# Slow\n\nSee [limits](https://learn.example.com/limits.md#size).",
        language="de",
        description="Mail takes minutes.",
        keywords=("delay", "mail arrives late"),
        url="https://learn.example.com/mail/slow",
        modified=date(2024, 1, 24),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("> [!NOTE]\n> Save first.", "> **Note:**\n> Save first."),
        ("> [!WARNING] Mind it.", "> **Warning:** Mind it."),
        ("# [Windows](#tab/win)\n\nA\n\n# [Mac](#tab/mac)\n\nB\n\n---\n\nC", "### Windows\n\nA\n\n### Mac\n\nB\n\nC"),
        ('::: zone pivot="a"\nText\n::: zone-end', "Text"),
        (':::image type="content" source="m/a.png" alt-text="The gear":::', "The gear"),
        ('::: moniker range=">=1"\nText\n::: moniker-end', "Text"),
        ("> [!VIDEO https://example.com/v]", "> [Video](https://example.com/v)"),
        ('> [!div class="nextstepaction"]\nNext', "Next"),
        ("Choose [!UICONTROL Save].", "Choose Save."),
        ("<!-- for writers -->Text", "Text"),
        ("[near](other.md)", "near"),
        ("```\n::: zone\n> [!NOTE]\n```", "```\n::: zone\n> [!NOTE]\n```"),
    ],
)
def test_microsofts_extensions_become_plain_markdown(tmp_path: Path, written: str, read: str) -> None:
    assert docs_article(tmp_path, f"---\ntitle: T\n---\n{written}\n").body == read


def test_an_include_is_resolved_from_beside_and_from_the_root(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "includes" / "call.md", "---\nms.topic: include\n---\nCall 555-0100.\n")

    body = docs_article(
        tmp_path, "# T\n\n[!INCLUDE [call](../includes/call.md)]\n\n[!include[call](~/includes/call.md)]\n"
    ).body

    assert body == "Call 555-0100.\n\nCall 555-0100."
    assert set(articles(docs.read(tmp_path / "docs", "en"))) == {"mail/slow"}


@pytest.mark.parametrize(
    "target", ["../../secret.md", "/../secret.md", "%2e%2e/%2e%2e/secret.md", "link.md", "../out/secret.md"]
)
def test_an_include_never_leaves_the_folder(tmp_path: Path, target: str) -> None:
    write(tmp_path / "secret.md", "SECRET")
    (tmp_path / "docs" / "mail").mkdir(parents=True)
    (tmp_path / "docs" / "mail" / "link.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "docs" / "out").symlink_to(tmp_path)

    assert docs_article(tmp_path, f"# T\n\nText [!INCLUDE [x]({target})]").body == "Text"
    assert "mail/link.md: it is a link to somewhere outside the folder" in faults(docs.read(tmp_path / "docs", "en"))[0]


def test_includes_in_a_circle_and_without_end_stop(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "includes" / "a.md", "A [!INCLUDE [b](b.md)] [!INCLUDE [b](b.md)]")
    write(tmp_path / "docs" / "includes" / "b.md", "B [!INCLUDE [a](a.md)] [!INCLUDE [a](a.md)]")

    assert docs_article(tmp_path, "# T\n\n[!INCLUDE [a](../includes/a.md)]").body.split() == ["A", "B", "B"]
    many = docs_article(tmp_path, "# T\n\n" + "[!INCLUDE [a](../includes/a.md)]" * 1000).body
    assert len(many.split()) <= docs.MOST_INCLUDES


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: a: b\n---\nx", "slow.md, line 2: the front matter is not YAML"),
        ("---\na: &a [x]\nb: &b [*a, *a]\n---\nx", "slow.md, line 3: *a repeats a value"),
        ("---\ndate: 2024-13-45\n---\nx", "slow.md, line 1: the front matter holds a value that does not exist"),
        (f"---\ntitle: {'x' * 70_000}\n---\nx", "slow.md, line 1: the front matter has more than 64,000"),
        ("no heading", "slow.md: it has no title"),
        ("---\ntitle: T\n---\n", "slow.md: it has no text"),
    ],
)
def test_a_bad_file_is_named_by_line(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path / "slow.md", text)

    assert faults(docs.read(tmp_path, "en"))[0].startswith(problem)


# -- Zendesk -----------------------------------------------------------------------------------------------------------

LIFT = {
    "id": 360001,
    "title": "Lift stands still",
    "body": "<h2>Do this</h2><ol><li>Press <strong>bell</strong></li></ol>",
    "locale": "en-us",
    "label_names": ["lift", "stuck in lift"],
    "html_url": "https://example.zendesk.com/hc/en-us/articles/360001",
    "updated_at": "2026-02-03T04:05:06Z",
    "draft": False,
    "outdated": False,
    "section_id": 9,
    "user_segment_id": None,
}


def zendesk_folder(tmp_path: Path, *pages: object) -> Path:
    for number, page in enumerate(pages, start=1):
        write(tmp_path / f"page-{number}.json", page if isinstance(page, str) else json.dumps(page))
    return tmp_path


def test_zendesk_articles_know_their_section_from_another_file(tmp_path: Path) -> None:
    sections = {"sections": [{"id": 9, "name": "Lifts", "category_id": 4}]}
    categories = {"categories": [{"id": 4, "name": "Building"}]}

    found = list(zendesk.read(zendesk_folder(tmp_path, {"articles": [LIFT]}, sections, categories), "en"))

    assert found == [
        Incoming(
            where="page-1.json, article 1 (id 360001)",
            id="360001",
            title="Lift stands still",
            body="## Do this\n\n1. Press **bell**",
            language="en",
            keywords=("lift", "stuck in lift"),
            topics=("Building", "Lifts"),
            url="https://example.zendesk.com/hc/en-us/articles/360001",
            modified=date(2026, 2, 3),
        )
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"draft": True}, "it is a draft"),
        ({"outdated": True}, "this translation is marked as outdated"),
        ({"body": None}, '"body" is missing'),
        ({"title": ""}, "it has no title"),
        ({"body": "<script>x</script>"}, "it has no text"),
    ],
)
def test_zendesk_articles_that_nobody_should_see_are_named(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    [fault] = faults(zendesk.read(zendesk_folder(tmp_path, {"articles": [LIFT | change]}), "en"))

    assert fault.startswith(f"page-1.json, article 1 (id 360001): {problem}")


def test_a_page_that_cannot_be_read_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    folder = zendesk_folder(tmp_path, '{"articles": [\n{]}', {"articles": [LIFT, 5]}, {"tickets": []})

    assert [fault.partition(";")[0] for fault in faults(zendesk.read(folder, "en"))] == [
        "page-1.json, line 2: it is not JSON (Expecting property name enclosed in double quotes)",
        "page-2.json, article 2: it is not an object",
        'page-3.json: there is no "articles" in it',
    ]
    assert set(articles(zendesk.read(folder, "en"))) == {"360001"}


@pytest.mark.parametrize(
    ("pages", "partial"),
    [
        ([{"articles": [LIFT], "next_page": "https://example.zendesk.com/2"}], True),
        ([{"articles": [LIFT], "meta": {"has_more": True}}], True),
        ([{"articles": [LIFT], "next_page": "https://example.zendesk.com/2"}, {"articles": [LIFT]}], False),
        ([{"sections": []}, "no page"], False),
    ],
)
def test_a_missing_last_page_is_noticed(tmp_path: Path, pages: list[object], partial: bool) -> None:
    assert [each.partial for each in remarks(zendesk.read(zendesk_folder(tmp_path, *pages), "en"))] == [True] * partial


@pytest.mark.parametrize("readers", [{"user_segment_id": 5}, {"user_segment_ids": [5, 6]}])
def test_articles_for_some_readers_only_are_pointed_out(tmp_path: Path, readers: dict[str, object]) -> None:
    [remark] = remarks(zendesk.read(zendesk_folder(tmp_path, {"articles": [LIFT | readers]}), "en"))

    assert remark.text.startswith("1 of these articles are for some readers only")


def test_a_page_that_powershell_saved_is_read(tmp_path: Path) -> None:
    write(tmp_path / "page.json", json.dumps({"articles": [LIFT]}), "utf-16")

    assert set(articles(zendesk.read(tmp_path, "en"))) == {"360001"}


# -- ServiceNow --------------------------------------------------------------------------------------------------------


def service_now(tmp_path: Path, text: str, encoding: str = "utf-8") -> Found:
    return servicenow.read(write(tmp_path / "kb.csv", text, encoding), "en", TODAY)


def test_servicenow_rows_are_read_by_field_names(tmp_path: Path) -> None:
    text = (
        "number,short_description,text,kb_category,workflow_state,valid_to,sys_updated_on,language,meta\r\n"
        'KB0010001,Lift stands,"<p>Press\r\n""bell"".</p>",Lifts,published,2100-01-01,'
        '2026-02-03 04:05:06,en,"lift,bell"\r\n'
    )

    assert list(service_now(tmp_path, text)) == [
        Incoming(
            where="kb.csv, line 2 (KB0010001)",
            id="KB0010001",
            title="Lift stands",
            body='Press "bell".',
            language="en",
            keywords=("lift", "bell"),
            topics=("Lifts",),
            modified=date(2026, 2, 3),
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_servicenow_exports_with_labels_are_read_in_every_usual_encoding(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [
        ("Number", "Short description", "Article body", "Workflow", "Valid to", "Language"),
        ("KB1", "Aufzug hält nicht", "<p>Größe – prüfen</p>", "Published", "", "German"),
    ]

    found = articles(service_now(tmp_path, "\n".join(delimiter.join(row) for row in rows), encoding))

    assert (found["KB1"].title, found["KB1"].body, found["KB1"].language) == (
        "Aufzug hält nicht",
        "Größe – prüfen",
        "de",
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("KB1,T,B,draft,", "line 2 (KB1): it is not published"),
        ("KB1,T,B,retired,", "line 2 (KB1): it is not published"),
        ("KB1,T,B,published,2026-11-21", "line 2 (KB1): it was valid until 2026-11-21"),
        ("KB1,T,B,published,21-11-2026 00:00:00", "line 2 (KB1): it was valid until 2026-11-21"),
        (",T,B,published,", "line 2: it has no id"),
        ("KB1,,B,published,", "line 2 (KB1): it has no title"),
        ("KB1,T,,published,", "line 2 (KB1): it has no text"),
        ("KB1", "line 2: it has 1 columns only"),
        (f"KB1,T,{'x' * 5_000_000},published,", "line 2 (KB1): its text has 5,000,000 characters"),
    ],
)
def test_servicenow_rows_that_are_not_shown_there_are_named(tmp_path: Path, row: str, problem: str) -> None:
    text = f"number,short_description,text,workflow_state,valid_to\n{row}\n\0KB2,T,B,published,2026-11-22\n"

    assert faults(service_now(tmp_path, text))[0].startswith(f"kb.csv, {problem}")
    assert set(articles(service_now(tmp_path, text))) == {"KB2"}


@pytest.mark.parametrize("header", ["can_read_user_criteria", "Can Read", "roles"])
def test_servicenow_articles_for_some_readers_only_are_pointed_out(tmp_path: Path, header: str) -> None:
    text = f"number,short_description,text,{header}\nKB1,T,B,\nKB2,T,B,finance\n"

    [remark] = remarks(service_now(tmp_path, text))
    assert remark.text.startswith("1 of these articles are for some readers only in ServiceNow")


def test_a_day_that_is_only_possible_the_british_way_is_understood(tmp_path: Path) -> None:
    text = "number,short_description,text,valid_to\nKB1,T,B,31/12/2020\n"

    assert faults(service_now(tmp_path, text))[0].startswith("kb.csv, line 2 (KB1): it was valid until 2020-12-31")


def test_servicenow_wiki_text_is_read_where_the_article_is_wiki(tmp_path: Path) -> None:
    text = "number,short_description,text,article_type,wiki\n" + (
        "KB1,T,,wiki,\"== Do this ==\n# Press '''bell'''\n## wait\n* see [https://example.com floors]\"\n"
    )

    assert articles(service_now(tmp_path, text))["KB1"].body == (
        "## Do this\n1. Press **bell**\n   1. wait\n- see [floors](https://example.com)"
    )


def test_a_csv_without_the_needed_columns_is_refused_with_what_to_export(tmp_path: Path) -> None:
    with pytest.raises(
        CannotImport, match="there is no column number and no column text; export the list kb_knowledge"
    ):
        list(service_now(tmp_path, "short_description,author\nT,A\n"))


# -- Confluence --------------------------------------------------------------------------------------------------------

PAGE = """<html><head><title>House : Lift stands</title><style>p {{}}</style></head><body><div id="page">
<div id="breadcrumb-section"><ol id="breadcrumbs"><li><span><a href="index.html">House</a></span></li>
<li><span><a href="Lifts_7.html">Lifts</a></span></li></ol></div>
<h1 id="title-heading"><span id="title-text"> House : Lift : stands </span></h1>
<div class="page-metadata">Created by <span class='author'> Ana Example</span>, last modified by
<span class='editor'>Jo Example</span> on Feb 03, 2026</div>
<div id="main-content" class="wiki-content group">{}</div>
<div class="pageSection"><h2 id="attachments">Attachments:</h2><a href="attachments/1/2.png">lift.png</a></div>
</div><div id="footer">Document generated by Confluence</div></body></html>"""


MACROS = """
<div class='toc-macro'><ul><li><a href='#a'>Contents</a></li></ul></div>
<p>Hello <a href='Lifts_7.html'>lifts</a></p>
<div class="confluence-information-macro confluence-information-macro-warning"><span class="aui-icon"></span>
<div class="confluence-information-macro-body"><p>Do not jump</p></div></div>
<div class="code panel pdl"><div class="codeHeader panelHeader"><b>Check</b></div><div class="codeContent">
<pre class="syntaxhighlighter-pre" data-syntaxhighlighter-params="brush: bash; gutter: false">ls &amp;&amp; id</pre>
</div></div>
<ul class="inline-task-list"><li class="checked">Ring</li><li>Wait</li></ul>
<img class="emoticon" alt="(tick)"><img src="attachments/1/2.png" alt="lift.png">
"""


def test_a_confluence_page_gives_its_text_and_nothing_around_it(tmp_path: Path) -> None:
    write(tmp_path / "index.html", PAGE.format("list of pages"))
    write(tmp_path / "Lift---stands_1042.html", PAGE.format(MACROS))

    assert list(confluence.read(tmp_path, "en")) == [
        Incoming(
            where="Lift---stands_1042.html",
            id="1042",
            title="Lift : stands",
            body=(
                "Hello lifts\n\n> **Warning:** Do not jump\n\n**Check**\n\n```bash\nls && id\n```\n\n"
                "- [x] Ring\n- [ ] Wait"
            ),
            language="en",
            topics=("House", "Lifts"),
            modified=date(2026, 2, 3),
        )
    ]


def test_a_title_that_speaks_of_the_main_content_is_whole(tmp_path: Path) -> None:
    write(tmp_path / "a_1.html", PAGE.format("Text").replace("Lift : stands", "Where main-content begins"))

    assert articles(confluence.read(tmp_path, "en"))["1"].title.endswith("Where main-content begins")


def test_a_page_that_is_no_confluence_page_is_named(tmp_path: Path) -> None:
    write(tmp_path / "other.html", "<p>Hello</p>")

    assert faults(confluence.read(tmp_path, "en"))[0].startswith("other.html: it has no #main-content")


# -- what all of them share --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [jsonl.read, docs.read, zendesk.read, servicenow.read, confluence.read])
def test_an_empty_folder_is_refused_with_what_belongs_there(tmp_path: Path, read: object) -> None:
    with pytest.raises(CannotImport, match=";"):
        list(read(tmp_path, "en"))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-02-03T04:05:06Z", date(2026, 2, 3)),
        ("02/03/2026", date(2026, 2, 3)),
        ("03-02-2026 04:05", date(2026, 2, 3)),
        ("3.2.2026", date(2026, 2, 3)),
        ("Feb 3, 2026", date(2026, 2, 3)),
        ("soon", None),
        (None, None),
    ],
)
def test_days_of_the_usual_kinds_are_understood(written: object, day: date | None) -> None:
    assert day_of(written) == day


def test_languages_and_keywords_are_understood() -> None:
    assert [language_of(each, "fr") for each in ("en-US", "pt_BR", "DE", "", None, "english")] == [
        "en",
        "pt",
        "de",
        "fr",
        "fr",
        "fr",
    ]
    assert words_in("a; b, a|") == ("a", "b")
    assert words_in(["a, b", 5, None]) == ("a, b", "5")
