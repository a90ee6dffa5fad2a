"""The figures of an evaluation, against numbers worked out by hand or by the slow and obvious way."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Example, Prediction, cross_validate
from classifier.evaluation import auroc, calibration_error, coverage_at, measure


def prediction(
    category: str, confidence: float, *others: str, in_scope: float = 0.9, tier: int | None = None
) -> Prediction:
    rest = tuple((label, (1 - confidence) / 10) for label in others)
    return Prediction(category, confidence, ((category, confidence), *rest), in_scope, tier, (), None, "en", (), "m")


def test_every_figure_of_a_small_case_is_as_worked_out_by_hand():
    truth = [
        Example("1", "a", 1),
        Example("2", "a", 1),
        Example("3", "b", 3),
        Example("4", "b"),
        Example("5", "other", 1),
    ]
    said = [
        prediction("a", 1.0, "b", in_scope=0.9, tier=1),
        prediction("b", 0.6, "a", in_scope=0.8, tier=3),
        prediction("b", 0.9, "a", in_scope=0.7, tier=3),
        prediction("other", 0.7, "b", in_scope=0.3, tier=1),
        prediction("other", 0.8, "a", in_scope=0.2, tier=1),
    ]

    figures = measure(said, truth, "other", ("other",)).as_json()

    assert figures == {
        "n": 5,
        "accuracy": 0.5,
        "accuracy_without_gate": 0.75,
        "top3": 1.0,
        "macro_f1": pytest.approx((2 / 3 + 1 / 2) / 2),
        "oos": {"n": 1, "auroc": 1.0, "fpr95": 0.0},
        "ece": pytest.approx((0.0 + 0.6 + 0.1 + 0.7 + 0.2) / 5),
        "coverage_at_95_precision": 0.6,
        "per_category": {
            "a": {"n": 2, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)},
            "b": {"n": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5},
            "other": {"n": 1, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)},
        },
        "tier": {
            "n": 4,
            "accuracy": 0.75,
            "mean_recall": pytest.approx(5 / 6),
            "recall": {"1": pytest.approx(2 / 3), "3": 1.0},
        },
    }
    json.dumps(figures)


def test_a_foreign_row_may_have_another_name_than_the_model_gives_it():
    rows = [Example("1", "a"), Example("2", "oos")]
    said = [prediction("a", 1.0), prediction("other", 1.0, in_scope=0.1)]

    figures = measure(said, rows, "oos", ("other",))

    assert (figures.ece, figures.per_category["oos"].recall) == (0.0, 1.0)


def test_without_foreign_rows_there_is_nothing_to_say_about_them():
    figures = measure([prediction("a", 1.0)], [Example("1", "a")], "other", ())

    assert (figures.oos.n, figures.oos.auroc, figures.oos.fpr95) == (0, None, None)
    assert "tier" not in figures.as_json()


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows to judge by"):
        measure([], [], "other", ())


def test_fpr95_is_the_share_of_foreign_rows_let_in_with_95_percent_of_ours():
    rows = [Example(str(n), "a") for n in range(20)] + [Example(f"f{n}", "other") for n in range(4)]
    in_scope = [0.05] + [0.5 + n / 100 for n in range(19)] + [0.1, 0.4, 0.5, 0.9]

    figures = measure([prediction("a", 1.0, in_scope=p) for p in in_scope], rows, "other", ("other",))

    assert figures.oos.fpr95 == 0.5


CHANCES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=12)


@given(CHANCES, CHANCES)
def test_auroc_is_the_share_of_pairs_in_the_right_order(ours, foreign):
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in ours for b in foreign]

    assert auroc(np.array(ours), np.array(foreign)) == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=12))
def test_coverage_is_the_largest_share_above_some_confidence_that_is_right_enough(rows):
    best = 0.0
    for level in {sure for sure, _ in rows}:
        taken = [hit for sure, hit in rows if sure >= level]
        if sum(taken) >= 0.75 * len(taken):
            best = max(best, len(taken) / len(rows))
    sure, hits = (np.array(column) for column in zip(*rows, strict=True))

    assert coverage_at(0.75, sure, hits) == pytest.approx(best)


def test_calibration_error_weighs_each_bin_by_its_rows():
    sure = np.array([0.95, 0.95, 0.95, 0.2])
    hits = np.array([True, True, False, False])

    assert calibration_error(sure, hits) == pytest.approx((abs(3 * 0.95 - 2) + 0.2) / 4)


def test_cross_validation_judges_every_row_by_a_model_that_has_not_seen_its_issue():
    """The word that gives a category away occurs in one issue only, so nothing learnt elsewhere can help."""
    known_by_heart = [
        Example(f"{word} {number}", category, issue=word)
        for category, words in {"a": ("zebra", "quince"), "b": ("violin", "mammoth")}.items()
        for word in words
        for number in "xy"
    ]
    shared = [
        Example(f"{category} {row.text}", row.category, issue=row.issue)
        for row in known_by_heart
        for category in [row.category * 4]
    ]

    by_heart, by_shared_word = cross_validate(known_by_heart, folds=2), cross_validate(shared, folds=2)

    assert by_heart.n == by_shared_word.n == 8
    assert by_heart.accuracy < 1.0
    assert by_shared_word.accuracy == 1.0
