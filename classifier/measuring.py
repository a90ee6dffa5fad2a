"""How good predictions are beside the truth: `measure`. Arithmetic only; it trains nothing, chooses no threshold and
draws no plot.

Every figure is a fraction between 0 and 1. In-scope rows are those whose category is no out-of-scope label; where there
are several of these, they count as one.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.examples import Example
from classifier.prediction import Prediction

WANTED_PRECISION = 0.95
BINS = 15  # for the calibration error, as in Guo et al. 2017
MOST_POINTS = 50  # of the risk-coverage curve; more cannot be told apart on a plot

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class LabelFigures:
    """One label against all rows: `n` rows carry it."""

    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ForeignFigures:
    """Telling foreign rows by `in_scope`: area under the ROC curve, and the share of foreign rows let in at
    the level that lets 95 % of the in-scope rows in."""

    n: int
    auroc: float | None
    fpr95: float | None


@dataclass(frozen=True)
class HeadFigures:
    """One further head on the rows that carry its label; `mean_recall` weighs every label the same."""

    n: int
    accuracy: float
    mean_recall: float
    recall: Mapping[str, float]


@dataclass(frozen=True)
class Confusion:
    """What was taken for what: a line of `counts` for each true label, a column for each label given, both in
    the order of `labels`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ReliabilityBin:
    """The rows whose confidence lies in one fifteenth of the way from 0 to 1: mean confidence and share of
    hits, None where there is no row."""

    n: int
    confidence: float | None
    hit_share: float | None


@dataclass(frozen=True)
class RiskPoint:
    """Only rows with at least this confidence decided: `coverage` is their share, `risk` the wrong among them."""

    coverage: float
    risk: float
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """A model's figures on `n` rows.

    `accuracy` and `top3` are over in-scope rows. `accuracy` takes the best label that is not foreign, as published
    figures do, since telling foreign rows is judged by itself in `oos`; in `accuracy_with_gate` calling an in-scope
    row foreign is a miss. `macro_f1` is the mean over
    in-scope labels, each judged over all rows. `ece` and `coverage_at_95_precision` (the largest share of
    rows, surest first, of which 95 % are hits) are over all rows, where calling a foreign row foreign is a
    hit. So are `confusion`, where all foreign labels count as one, `reliability` (15 bins, least sure first),
    `risk_coverage` (surest first, at most 50 points, among them the one at 95 % precision) and `aurc`, the
    area under the whole curve.
    """

    n: int
    accuracy: float | None
    accuracy_with_gate: float | None
    top3: float | None
    macro_f1: float | None
    oos: ForeignFigures
    ece: float
    coverage_at_95_precision: float
    per_category: Mapping[str, LabelFigures]
    aurc: float
    confusion: Confusion
    reliability: tuple[ReliabilityBin, ...]
    risk_coverage: tuple[RiskPoint, ...]
    tier: HeadFigures | None = None
    urgency: HeadFigures | None = None

    @property
    def best_point(self) -> RiskPoint | None:
        """Where most rows are decided at 95 % precision; None where no share of them is that often right."""
        best = self.coverage_at_95_precision
        return next((point for point in self.risk_coverage if point.coverage == best), None)

    def as_json(self) -> dict[str, object]:
        """What `triage evaluate --json` prints, without the heads whose labels the rows do not carry."""
        return {
            name: value for name, value in asdict(self).items() if value is not None or name not in ("tier", "urgency")
        }


def measure(
    predictions: Sequence[Prediction], examples: Sequence[Example], out_of_scope: str, foreign: Sequence[str]
) -> Evaluation:
    """`foreign` are the labels by which the model calls a row foreign, and `out_of_scope` is one more by which the rows
    may say it. All of them count as one label, named `out_of_scope`."""
    if not examples:
        raise ValueError("no rows to judge by; give at least one example")
    said = [out_of_scope if p.category in foreign else p.category for p in predictions]
    ours_only = [best_of_ours(p, foreign) for p in predictions]
    truth = [out_of_scope if example.category in foreign else example.category for example in examples]
    hits = np.array([a == b for a, b in zip(said, truth, strict=True)])
    inside = np.array([category != out_of_scope for category in truth])
    sure = np.array([p.confidence for p in predictions])
    per_category = {label: _label_figures(label, said, truth) for label in sorted(set(truth))}
    f1_of_ours = [figures.f1 for label, figures in per_category.items() if label != out_of_scope]
    return Evaluation(
        n=len(examples),
        accuracy=_mean(np.array([a == b for a, b in zip(ours_only, truth, strict=True)])[inside]),
        accuracy_with_gate=_mean(hits[inside]),
        top3=_mean(np.array([_in_first(3, p, t) for p, t in zip(predictions, truth, strict=True)])[inside]),
        macro_f1=_mean(np.array(f1_of_ours)),
        oos=_foreign_figures(np.array([p.in_scope for p in predictions]), inside),
        ece=calibration_error(sure, hits),
        coverage_at_95_precision=coverage_at(WANTED_PRECISION, sure, hits),
        per_category=per_category,
        aurc=area_under_risk(sure, hits),
        confusion=_confusion(said, truth),
        reliability=reliability(sure, hits),
        risk_coverage=risk_curve(sure, hits),
        tier=_head_figures([p.tier for p in predictions], [e.tier for e in examples]),
        urgency=_head_figures([p.urgency for p in predictions], [e.urgency for e in examples]),
    )


def reliability(sure: Numbers, hits: Flags) -> tuple[ReliabilityBin, ...]:
    """Confidence against hits in 15 equal bins, the last of which holds 1 too."""
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        ReliabilityBin(int(here.sum()), _mean(sure[here]), _mean(hits[here]))
        for here in (place == bin_ for bin_ in range(BINS))
    )


def calibration_error(sure: Numbers, hits: Flags) -> float:
    """Expected calibration error: the gap between confidence and hit rate in 15 equal bins, weighed by rows."""
    gaps = [
        bin_.n * abs(bin_.confidence - bin_.hit_share)
        for bin_ in reliability(sure, hits)
        if bin_.confidence is not None and bin_.hit_share is not None
    ]
    return float(sum(gaps) / len(sure))


def coverage_at(precision: float, sure: Numbers, hits: Flags) -> float:
    """The largest share of rows, surest first and ties together, that are right at this precision."""
    best = _last_at(precision, _surest_first(sure, hits))
    return 0.0 if best is None else float(best / len(sure))


def area_under_risk(sure: Numbers, hits: Flags) -> float:
    """Area under the risk-coverage curve: for each row, the share of wrong ones among the rows at least as
    sure, and the mean of that (Geifman, Uziel, El-Yaniv 2019)."""
    levels = _surest_first(sure, hits)
    rows = np.diff(levels.taken, prepend=0)
    return float((rows * levels.risk).sum() / len(sure))


def risk_curve(sure: Numbers, hits: Flags) -> tuple[RiskPoint, ...]:
    """Points of the curve at even steps of coverage, and the one at 95 % precision where there is one."""
    levels = _surest_first(sure, hits)
    wanted = np.linspace(0, len(sure), MOST_POINTS)[1:]
    best = _last_at(WANTED_PRECISION, levels)
    kept = np.searchsorted(levels.taken, wanted if best is None else np.append(wanted, best), side="left")
    return tuple(
        RiskPoint(float(levels.taken[at] / len(sure)), float(levels.risk[at]), float(levels.sure[at]))
        for at in np.unique(kept)
    )


@dataclass(frozen=True, eq=False)
class _Levels:
    """Each confidence that occurs, surest first, with how many rows reach it and the share of wrong ones."""

    sure: Numbers
    taken: NDArray[np.int_]
    risk: Numbers


def _surest_first(sure: Numbers, hits: Flags) -> _Levels:
    order = np.argsort(-sure, kind="stable")
    last_of_tie = np.append(np.diff(sure[order]) != 0, True)
    taken = np.arange(1, len(sure) + 1)[last_of_tie]
    return _Levels(sure[order][last_of_tie], taken, 1 - np.cumsum(hits[order])[last_of_tie] / taken)


def _last_at(precision: float, levels: _Levels) -> int | None:
    """The most rows that can be taken at this precision."""
    good = levels.taken[levels.risk <= 1 - precision + 1e-9]
    return int(good[-1]) if len(good) else None


def auroc(positive: Numbers, negative: Numbers) -> float:
    """How often a positive outranks a negative; a tie counts half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).mean() / 2 / len(negative))


def _foreign_figures(in_scope: Numbers, inside: Flags) -> ForeignFigures:
    ours, foreign = in_scope[inside], in_scope[~inside]
    if not len(ours) or not len(foreign):
        return ForeignFigures(n=len(foreign), auroc=None, fpr95=None)
    level = np.sort(ours)[int(np.floor(0.05 * len(ours)))]
    return ForeignFigures(n=len(foreign), auroc=auroc(ours, foreign), fpr95=float((foreign >= level).mean()))


def _label_figures(label: str, said: Sequence[str], truth: Sequence[str]) -> LabelFigures:
    both = sum(s == t == label for s, t in zip(said, truth, strict=True))
    named, there = said.count(label), truth.count(label)
    precision, recall = (both / named if named else 0.0), both / there
    return LabelFigures(there, precision, recall, 2 * both / (named + there))


def _confusion(said: Sequence[str], truth: Sequence[str]) -> Confusion:
    labels = tuple(sorted(set(said) | set(truth)))
    pairs = Counter(zip(truth, said, strict=True))
    return Confusion(labels, tuple(tuple(pairs[row, column] for column in labels) for row in labels))


def _head_figures(said: Sequence[object], truth: Sequence[object]) -> HeadFigures | None:
    pairs = [(s, t) for s, t in zip(said, truth, strict=True) if s is not None and t is not None]
    if not pairs:
        return None
    hits = np.array([s == t for s, t in pairs])
    actual = np.array([str(t) for _, t in pairs])
    recall = {str(label): float(hits[actual == label].mean()) for label in np.unique(actual)}
    return HeadFigures(len(pairs), float(hits.mean()), sum(recall.values()) / len(recall), recall)


def _in_first(count: int, prediction: Prediction, label: str) -> bool:
    return label in [name for name, _ in prediction.categories[:count]]


def best_of_ours(prediction: Prediction, foreign: Collection[str]) -> str | None:
    """The best label that is not foreign, as `Evaluation.accuracy` counts it; None where none is listed."""
    return next((label for label, _ in prediction.categories if label not in foreign), None)


def _mean(values: Flags | Numbers) -> float | None:
    return float(values.mean()) if len(values) else None
