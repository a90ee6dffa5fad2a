"""The parts of an article, and how it reads in a message."""

from datetime import date

import pytest

from knowledge_base.articles import Article
from knowledge_base.body import opening, quick_check, steps
from knowledge_base.rendering import SHORTENED, as_markdown, as_plain_text

BODY = """Outlook waits for an add-in.

It looks frozen.

## Quick check
Restart it with `Start > Outlook`.

## Steps
1. **Close it.** Press `Alt+F4`.
   You should see the desktop.

   If you do not, press it again.
2) Open the safe mode. Type `outlook /safe`.
   ```
   1. this is a listing, not a step
   ## and no heading
   ```
7. **Tell us.** We look at <!channel> and [the page](https://example.com/a).

## If that did not help
1. is no step any more.
"""


def article(body: str = BODY, title: str = "Outlook hangs") -> Article:
    lists: tuple[str, ...] = ()
    return Article(
        *("outlook-hangs", title, "outlook", lists, lists, lists, "It hangs.", 1, "everyone", 5, "none", False),
        *("It still hangs.", date(2026, 11, 21), lists, body),
    )


def test_the_opening_and_the_quick_check_come_without_headings() -> None:
    assert opening(article()) == "Outlook waits for an add-in.\n\nIt looks frozen."
    assert quick_check(article()) == "Restart it with `Start > Outlook`."


def test_steps_are_numbered_anew_and_keep_their_continuation_lines() -> None:
    first, second, third = steps(article())

    assert [step.number for step in (first, second, third)] == [1, 2, 3]
    assert first.text.endswith("You should see the desktop.\n\nIf you do not, press it again.")
    assert "1. this is a listing, not a step" in second.text
    assert [step.title for step in (first, second, third)] == ["Close it", "Open the safe mode", "Tell us"]


@pytest.mark.parametrize("body", ["", "Only words.", "## Steps\n", "## Steps\n- a bullet\n"])
def test_a_body_without_a_numbered_list_has_no_steps_and_no_quick_check(body: str) -> None:
    assert steps(article(body)) == ()
    assert quick_check(article(body)) == ""


def test_markdown_holds_title_and_body_and_calls_nobody() -> None:
    text = as_markdown(article())

    assert text.startswith("**Outlook hangs**\n\nOutlook waits")
    assert "<!channel>" not in text
    assert "&lt;!channel>" in text


@pytest.mark.parametrize("limit", [200, 5_000, 12_000])
def test_a_long_article_is_cut_before_a_step_and_says_so(limit: int) -> None:
    long = article("Opening.\n\n## Steps\n" + "\n".join(f"{n}. **Step.** {'word ' * 12}" for n in range(1, 400)))

    text = as_markdown(long, limit)

    assert len(text) <= limit
    kept, note = text.rsplit("\n\n", 1)
    assert note == SHORTENED
    assert kept.endswith("word")
    assert long.body[len(kept) - len("**Outlook hangs**\n\n") :].lstrip().split(".")[0].isdigit()


@pytest.mark.parametrize("limit", [0, 1, 60, 90])
def test_even_a_tiny_limit_is_kept(limit: int) -> None:
    assert len(as_markdown(article("x" * 500), limit)) <= limit
    assert len(as_plain_text(article("x" * 500), max(limit, 1))) <= max(limit, 1)


def test_plain_text_has_no_marks_and_spells_links_out() -> None:
    text = as_plain_text(article())

    assert "**" not in text
    assert "##" not in text.replace("## and no heading", "")
    assert "1. Close it. Press Alt+F4." in text
    assert "the page (https://example.com/a)" in text
