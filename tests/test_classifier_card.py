"""The card of a model, as people read it: rendered, so that what is tested is what is seen."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from classifier import Example, Prediction
from classifier.card import LONGEST_NAME, card_markdown, card_plots
from classifier.measuring import measure
from classifier.model import TrainingRecord
from classifier.plots import one_line

MADE_WITH = {"python": "3.11.2", "scikit-learn": "1.9.1"}


def record(*labels, **changes):
    known = {"rows": dict.fromkeys(labels, 10), "version": "2026-03-04-abcdef12"}
    fields = {
        "trained_at": "2026-03-04T09:30:00+00:00",
        "seed": 7,
        "out_of_scope": ("other",),
        "examples_sha256": "ab" * 32,
    }
    return TrainingRecord(**{**known, **fields, **changes})


def evaluation(*rows):
    """Rows are (given, truth, how many)."""
    rows = [(said, truth) for said, truth, count in rows for _ in range(count)]
    said = [Prediction(s, 0.8, ((s, 0.8),), 0.9, 1, (), None, "en", (), "m") for s, _ in rows]
    return measure(said, [Example("x", truth, 1) for _, truth in rows], "other", ("other",))


def seen(card):
    """What a reader sees, block by block; cells of one table row are joined by ` | `."""
    blocks, row = [], None
    for token in READER.parse(card):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            blocks.append(" | ".join(row))
            row = None
        elif token.type in ("inline", "fence"):
            words = "".join(child.content or " " for child in token.children or [token])
            blocks.append(words) if row is None else row.append(words)
    return blocks


READER = MarkdownIt("commonmark").enable("table")
MIXED = evaluation(
    ("outlook", "outlook", 1_200), ("teams", "outlook", 300), ("teams", "teams", 9), ("other", "other", 40)
)
CARD = card_markdown(record("outlook", "teams", "other"), MIXED, MADE_WITH)


def test_the_card_says_what_the_model_is_for_and_what_not_before_any_figure():
    headings = re.findall(r"^#+ (.*)", CARD, re.MULTILINE)

    assert headings == [
        "Model 2026-03-04-abcdef12",
        "What it is for",
        "What it must not be used for",
        "What it learned from",
        "How good it is",
        "Where it is weak",
        "By category",
        "How to make it again",
        "How to go back",
    ]


def test_the_card_names_its_data_and_what_is_not_known_of_them():
    words = seen(CARD)

    assert "30 labelled examples in 3 categories, counted below. The order of rows does not matter." in words
    assert f"SHA-256 of the examples: {'ab' * 32}" in words
    assert "Seed: 7" in words
    assert "Trained: 2026-03-04T09:30:00+00:00" in words
    assert "Languages and sources of the rows: not recorded here; see where the examples are kept." in words


@pytest.mark.parametrize(
    "row",
    [
        "right category, in scope | 80.1 % | 1,509",
        "mean gap of confidence to truth (ECE) | 0.6 % | 1,549",
        "foreign rows let in with 95 % of ours | 100.0 % | 40 foreign",
        "right tier | 100.0 % | 1,549",
    ],
)
def test_every_figure_comes_with_how_many_rows_it_is_of(row):
    assert row in seen(CARD)


def test_a_figure_that_there_is_not_is_a_dash():
    only_ours = card_markdown(record("a", "b"), evaluation(("a", "a", 3), ("b", "b", 3)), MADE_WITH)

    assert "foreign rows let in with 95 % of ours | – | 0 foreign" in seen(only_ours)


def test_the_card_says_how_the_figures_were_measured():
    other_way = card_markdown(record("a", "b"), MIXED, MADE_WITH, measured="On 1,549 requests of May, unseen.")

    assert "Measured on held-out known issues" in CARD
    assert "On 1,549 requests of May, unseen." in other_way
    assert "held-out" not in other_way


def test_every_category_has_a_row_whether_learned_judged_or_both():
    card = card_markdown(record("outlook", "never-judged"), MIXED, MADE_WITH)

    assert "outlook | 10 | 1,500 | 80.0 % | 100.0 % | 88.9 %" in seen(card)
    assert "never-judged | 10 | – | – | – | –" in seen(card)
    assert "teams | – | 9 | 100.0 % | 2.9 % | 5.7 %" in seen(card)


def test_weak_categories_and_frequent_mistakes_are_told_in_words():
    words = seen(CARD)

    assert words[words.index("Weakest categories, by F1:") :][1:3] == [
        "teams: 100.0 % of its 9 rows were found; where it was named, it was right 2.9 % of the time "
        "(only 9 rows: take this as a hint).",
        "outlook: 80.0 % of its 1,500 rows were found; where it was named, it was right 100.0 % of the time.",
    ]
    assert "outlook was taken for teams 300 times, 20.0 % of its 1,500 rows." in words


def test_a_model_without_mistakes_is_said_to_have_none_in_these_rows():
    card = card_markdown(record("a", "b"), evaluation(("a", "a", 3), ("b", "b", 3)), MADE_WITH)

    assert "No category in scope has a mistake in these rows." in seen(card)
    assert "Most frequent mistakes" not in card


def test_a_single_mistake_is_said_to_have_happened_once():
    card = card_markdown(record("a", "b"), evaluation(("a", "a", 3), ("b", "b", 3), ("a", "b", 1)), MADE_WITH)

    assert "b was taken for a once, 25.0 % of its 4 rows." in seen(card)


def test_a_foreign_category_is_not_called_weak():
    card = card_markdown(
        record("a", "other"), evaluation(("a", "a", 9), ("a", "other", 5), ("other", "other", 1)), MADE_WITH
    )

    assert not [words for words in seen(card) if words.startswith("other:")]
    assert "other was taken for a 5 times, 83.3 % of its 6 rows." in seen(card)


def test_a_model_that_was_not_measured_says_so_and_what_to_do():
    card = card_markdown(record("outlook", "other"), None, MADE_WITH)

    assert any(words.startswith("Not measured yet. Run triage evaluate") for words in seen(card))
    assert "outlook | 10" in seen(card)
    assert "%" not in card
    assert "![" not in card


def test_the_card_says_how_to_make_the_model_again_and_how_to_go_back():
    words = seen(CARD)

    assert {"python 3.11.2", "scikit-learn 1.9.1"} <= set(words)
    assert any("triage train --examples EXAMPLES --seed 7 --out FOLDER" in block for block in words)
    assert "triage models rollback\n" in words


def test_the_card_of_a_model_that_learned_a_part_at_a_time_tells_that_order_matters_and_how_to_repeat_it():
    words = seen(card_markdown(record("a", "b", partial=True), None, MADE_WITH))

    assert any("so their order matters; the SHA-256 is of the rows in that order." in block for block in words)
    assert any(block.startswith("With the same examples in the same order") for block in words)
    assert any("triage train --examples EXAMPLES --seed 7 --partial --out FOLDER" in block for block in words)
    assert not any("order of rows does not matter" in block for block in words)


def test_every_picture_that_the_card_shows_is_delivered_with_it():
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", CARD)

    pictures = card_plots(MIXED)

    assert sorted(shown) == sorted(pictures)
    assert all(picture.startswith("<svg ") for picture in pictures.values())


NASTY = [
    "<script>alert(1)</script>",
    "a|b",
    "line\nbreak",
    "# head",
    "![x](http://example.com)",
    "`code`",
    "*b* _i_ ~~s~~",
    "&lt;",
    "\\|",
    "1. one",
    "- item",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60) | st.sampled_from(NASTY), min_size=2, max_size=5, unique_by=one_line))
def test_any_label_is_read_as_the_plain_words_it_is(labels):
    rows = [(said, truth, 1) for said in labels for truth in labels]

    card = card_markdown(record(*labels), evaluation(*rows), dict.fromkeys(labels, "1.0"))

    cells = Counter(words.split(" | 10 | ")[0] for words in seen(card) if " | 10 | " in words)
    assert cells == Counter(one_line(label) for label in labels)
    code = {
        child.content for token in READER.parse(card) for child in token.children or [] if child.type == "code_inline"
    }
    assert {one_line(f"{label} 1.0").replace("`", "'") for label in labels} <= code
    kinds = Counter(child.type for token in READER.parse(card) for child in token.children or [])
    assert set(kinds) <= {"text", "text_special", "code_inline", "softbreak", "image"}
    assert kinds["image"] == 3
    assert not [token for token in READER.parse(card) if token.type == "html_block"]


def test_a_name_of_200_letters_is_cut():
    card = card_markdown(record("x" * 200, "b"), None, MADE_WITH)

    assert f"{'x' * (LONGEST_NAME - 1)}… | 10" in seen(card)
