"""The examples that come with the project, measured as a reviewer would; and the measures themselves."""

from collections import defaultdict

import pytest

from bot.models import bundled_examples
from classifier.examples import Example, read_examples
from classifier.review import near_duplicates, shared_forms

# Bounds with room for a reviewer's slip, none for a template: the 29,000 rows have 0.1 % and 0.1 %.
MOST_NEAR = 0.003
MOST_FORMED = 0.003
FEWEST_ROWS = {"other": 800, "unclear": 200}
FEWEST_ISSUES = 25
FEWEST_A_LANGUAGE = 30


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    return read_examples(bundled_examples())


def test_few_rows_say_nearly_the_same(rows):
    pairs = near_duplicates(rows)

    assert len(pairs) <= MOST_NEAR * len(rows), [(a.text, b.text) for a, b, _ in pairs[:20]]


def test_few_rows_were_poured_into_one_form(rows):
    shared = shared_forms(rows)

    assert sum(map(len, shared.values())) <= MOST_FORMED * len(rows), dict(list(shared.items())[:10])


def test_every_category_has_rows_issues_and_languages_enough(rows):
    by_category = defaultdict(list)
    for row in rows:
        by_category[row.category].append(row)

    assert len(by_category) == 19
    for category, mine in by_category.items():
        assert len(mine) >= FEWEST_ROWS.get(category, 300), category
        if category in FEWEST_ROWS:
            continue
        assert len({row.issue for row in mine}) >= FEWEST_ISSUES, category
        for language in ("de", "fr", "es", "pt"):
            assert sum(row.language == language for row in mine) >= FEWEST_A_LANGUAGE, (category, language)


def test_every_row_says_what_the_heads_learn_from(rows):
    lacking = [row.text for row in rows if None in (row.tier, row.urgency, row.language, row.issue)]

    assert lacking == []


def test_rows_with_the_same_words_in_another_order_are_near():
    near = Example("the printer in room four is on fire again", "printing")
    far = Example("coffee machine in room four", "other")
    same = Example("again the printer in room four is on fire", "printing")

    assert [(a.text, b.text) for a, b, _ in near_duplicates([near, far, same])] == [(near.text, same.text)]


def test_short_texts_may_be_alike():
    assert near_duplicates([Example("vpn down", "network"), Example("vpn down!", "network")]) == []


def test_a_filled_in_template_among_the_rows_is_found(rows):
    things = ["oboe", "kiln", "zither", "yurt", "canoe"]
    poured = [Example(f"please help, my {thing} is not working since friday", "x", language="en") for thing in things]

    found = shared_forms([*rows, *poured])

    assert any({row.text for row in poured} <= {row.text for row in shared} for shared in found.values())
