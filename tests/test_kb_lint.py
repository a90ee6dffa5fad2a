"""What an editor marks: each remark on an article that deserves it, none on one that does not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles import Article, read_articles
from knowledge_base.lint import ALIKE, _alike, _first_like, is_due, lint
from tests.office import article

TODAY = date(2026, 11, 22)
ARTICLES = Path(__file__).parents[1] / "knowledge_base" / "articles"
BODY = "What is wrong.\n\n## Steps\n1. **Close it.** You should see the desktop.\n"
GOOD = replace(article("printer-offline", "The printer is offline", "printing", "printer offline"), body=BODY)


def remarks(*articles: Article) -> list[tuple[str, str]]:
    return [(remark.kind, remark.text) for remark in lint(articles, TODAY)]


def test_a_good_article_gets_no_remark() -> None:
    assert remarks(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "kind", "told"),
    [
        ({"reviewed": date(2025, 11, 1)}, "review", "last reviewed on 2025-11-01"),
        ({"reviewed": date(2026, 12, 1)}, "review", "still to come"),
        ({"body": BODY + "\n## More\n" + "word. " * 3_000}, "length", "make two articles of it"),
        ({"body": BODY + "\n## More\n" + "Short one. " * 500}, "length", "shorten it to about 2,500"),
        ({"body": "## Steps\n" + "1. **Press it.** Look.\n" * 12}, "length", "12 steps"),
        ({"body": BODY + "\n" + "and then you " * 15 + "stop.\n"}, "readability", 'a sentence of 46 words, "and then'),
        ({"body": "## Steps\n" + f"1. {'press the button there ' * 9}.\n" * 5}, "readability", "words a sentence"),
        ({"body": BODY + "\nSee [below](#further-down)."}, "links", 'the link to "#further-down" leads to no heading'),
        ({"body": BODY + "\nSee [that](other.md)."}, "links", 'the link to "other.md" leads to no file'),
        ({"body": BODY + f"\nSee [that]({'x' * 300})."}, "links", "leads to no file"),
        ({"body": BODY + "\nAsk <!channel> first."}, "mentions", '"<!channel>" would call people'),
        ({"title": "Ask @here"}, "mentions", '"@here" would call people'),
    ],
)
def test_each_fault_is_told_with_its_remedy(changes: dict[str, object], kind: str, told: str) -> None:
    found = remarks(replace(GOOD, **changes))

    assert [each for each, _ in found] == [kind]
    assert told in found[0][1]


@pytest.mark.parametrize(
    "body",
    [
        BODY + "\nSee [the steps](#steps) and [Microsoft](https://aka.ms/x#y).",
        BODY + "\nType `<@U123>` or mail it-desk@here.example.com.",
        BODY + "\n```\nsee [x](#nowhere) <!channel>\n```\n",
    ],
)
def test_what_leads_somewhere_or_calls_nobody_is_left_alone(body: str) -> None:
    assert remarks(replace(GOOD, body=body)) == []


def test_two_articles_that_say_the_same_are_told_once() -> None:
    other = replace(GOOD, id="printer-shows-offline", title="The printer shows offline", also_known_as=())

    assert remarks(GOOD, other) == [("duplicate", "says nearly the same as printer-offline; make one article of both")]


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1), max_size=8))
def test_no_pair_of_like_articles_is_overlooked(bags: list[frozenset[str]]) -> None:
    doubles: dict[int, int] = {}
    for number, bag in enumerate(bags):
        firsts = [earlier for earlier in range(number) if earlier not in doubles]
        if like := [earlier for earlier in firsts if _alike(bags[earlier], bag) >= ALIKE]:
            doubles[number] = like[0]

    assert _first_like(bags) == doubles


def test_an_imported_article_without_a_date_is_told_and_never_due() -> None:
    undated = replace(GOOD, reviewed=date.min)

    assert remarks(undated) == [("review", "does not say when it was last changed; its source should")]
    assert not is_due(undated, TODAY)


def test_a_phrase_that_leads_to_two_articles_is_told() -> None:
    other = replace(
        article("printer-stuck", "Jobs are stuck", "printing", "Printer  Offline"),
        body="Quite another text about jobs in the queue.\n\n## Steps\n1. **Empty the list.** It should be short.\n",
    )

    assert remarks(GOOD, other) == [
        ("phrase", '"printer offline" also leads to printer-offline; keep it in one of them')
    ]


def test_versions_of_one_article_are_no_doubles_and_an_old_translation_is_told() -> None:
    assert [kind for kind, _ in remarks(GOOD, replace(GOOD, language="de"))] == ["translation"]


def test_the_bundled_articles_pass() -> None:
    assert [f"{remark.article.path.name}: {remark.text}" for remark in lint(read_articles(ARTICLES), TODAY)] == []
