"""The figures of an evaluation, against numbers worked out by hand or by the slow and obvious way."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Example, Prediction, cross_validate
from classifier.measuring import (
    MOST_POINTS,
    area_under_risk,
    auroc,
    calibration_error,
    coverage_at,
    measure,
    reliability,
    risk_curve,
)


def prediction(
    category: str, confidence: float, *others: str, in_scope: float = 0.9, tier: int | None = None
) -> Prediction:
    rest = tuple((label, (1 - confidence) / 10) for label in others)
    return Prediction(category, confidence, ((category, confidence), *rest), in_scope, tier, (), None, "en", (), "m")


NO_ROWS = {"n": 0, "confidence": None, "hit_share": None}


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

    bins = {
        9: {"n": 1, "confidence": 0.6, "hit_share": 0.0},
        10: {"n": 1, "confidence": 0.7, "hit_share": 0.0},
        12: {"n": 1, "confidence": 0.8, "hit_share": 1.0},
        13: {"n": 1, "confidence": 0.9, "hit_share": 1.0},
        14: {"n": 1, "confidence": 1.0, "hit_share": 1.0},
    }

    figures = measure(said, truth, "other", ("other",)).as_json()

    assert figures == {
        "n": 5,
        "accuracy": 0.75,
        "accuracy_with_gate": 0.5,
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
        "aurc": pytest.approx((0 + 0 + 0 + 1 / 4 + 2 / 5) / 5),
        "confusion": {"labels": ("a", "b", "other"), "counts": ((1, 1, 0), (0, 1, 1), (0, 0, 1))},
        "reliability": tuple(bins.get(place, NO_ROWS) for place in range(15)),
        "risk_coverage": tuple(
            {"coverage": coverage, "risk": pytest.approx(risk), "confidence": confidence}
            for coverage, risk, confidence in [
                (0.2, 0, 1.0),
                (0.4, 0, 0.9),
                (0.6, 0, 0.8),
                (0.8, 1 / 4, 0.7),
                (1.0, 2 / 5, 0.6),
            ]
        ),
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
    assert (figures.confusion.labels, figures.confusion.counts) == (("a", "oos"), ((1, 0), (0, 1)))


def test_rows_of_every_foreign_label_are_foreign_whichever_of_them_was_given():
    rows = [Example("1", "a"), Example("2", "lunch"), Example("3", "other"), Example("4", "other")]
    said = [prediction("a", 1.0), *(prediction(label, 1.0, in_scope=0.1) for label in ("other", "lunch", "other"))]

    figures = measure(said, rows, "other", ("lunch", "other"))

    assert (figures.accuracy, figures.accuracy_with_gate, figures.top3, figures.macro_f1) == (1.0, 1.0, 1.0, 1.0)
    assert (figures.oos.n, figures.oos.auroc, figures.ece) == (3, 1.0, 0.0)
    assert (figures.confusion.labels, figures.confusion.counts) == (("a", "other"), ((1, 0), (0, 3)))


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


ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.9, 1.0]) | st.floats(0, 1), st.booleans()),
    min_size=1,
    max_size=80,
)


@given(ROWS)
def test_the_area_under_the_curve_is_the_mean_risk_of_deciding_every_row_at_least_as_sure(rows):
    risks = []
    for sure, _ in rows:
        taken = [hit for other, hit in rows if other >= sure]
        risks.append(1 - sum(taken) / len(taken))
    sure, hits = (np.array(column) for column in zip(*rows, strict=True))

    assert area_under_risk(sure, hits) == pytest.approx(sum(risks) / len(risks))


@given(ROWS)
def test_every_point_of_the_curve_is_what_deciding_from_its_confidence_on_gives(rows):
    sure, hits = (np.array(column) for column in zip(*rows, strict=True))

    points = risk_curve(sure, hits)

    for point in points:
        taken = hits[sure >= point.confidence]
        assert (point.coverage, point.risk) == pytest.approx((len(taken) / len(rows), 1 - taken.mean()))
    assert [p.coverage for p in points] == sorted({p.coverage for p in points})
    assert points[-1].coverage == 1.0


@given(ROWS)
def test_the_curve_is_short_and_holds_the_point_at_95_percent_precision(rows):
    sure, hits = (np.array(column) for column in zip(*rows, strict=True))

    points = risk_curve(sure, hits)

    good = [point.coverage for point in points if point.risk <= 0.05 + 1e-9]
    assert max(good, default=0.0) == coverage_at(0.95, sure, hits)
    assert len(points) <= MOST_POINTS


def test_the_point_at_95_percent_precision_is_kept_between_the_steps():
    sure, hits = np.linspace(1, 0, 5_000), np.arange(5_000) < 1_234

    points = risk_curve(sure, hits)

    assert len(points) == MOST_POINTS
    assert coverage_at(0.95, sure, hits) == 1_298 / 5_000
    assert 1_298 / 5_000 in [point.coverage for point in points]


def test_a_long_curve_is_thinned_to_even_steps_of_coverage():
    sure = np.linspace(0.2, 1, 5_000)

    points = risk_curve(sure, np.arange(5_000) % 2 == 0)

    steps = np.diff([0.0] + [point.coverage for point in points])
    assert len(points) == MOST_POINTS - 1
    assert steps == pytest.approx(1 / 49, abs=1 / 2_000)


@given(ROWS)
def test_the_bins_hold_every_row_once_and_their_gaps_make_the_calibration_error(rows):
    sure, hits = (np.array(column) for column in zip(*rows, strict=True))

    bins = reliability(sure, hits)

    filled = [bin_ for bin_ in bins if bin_.n]
    assert (len(bins), sum(bin_.n for bin_ in bins)) == (15, len(rows))
    assert sum(bin_.n * bin_.confidence for bin_ in filled) == pytest.approx(sure.sum())
    assert sum(bin_.n * bin_.hit_share for bin_ in filled) == pytest.approx(hits.sum())
    gap = sum(bin_.n * abs(bin_.confidence - bin_.hit_share) for bin_ in filled) / len(rows)
    assert calibration_error(sure, hits) == pytest.approx(gap)


def test_full_confidence_belongs_to_the_last_bin():
    bins = reliability(np.array([1.0, 0.0]), np.array([True, False]))

    assert [bin_.n for bin_ in bins] == [1] + [0] * 13 + [1]


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
