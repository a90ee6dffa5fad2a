"""From which confidence on each category can be trusted: `operating_points`. Decides nothing for the desk; the
thresholds belong to its policy, together with the evaluation that they came from.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from classifier.examples import Example
from classifier.prediction import Prediction

NEVER = 1.01  # no confidence reaches it
SURENESS = 0.90  # of each bound, one-sided
STEPS = 1_000  # thresholds are thousandths, so that what is written down is what was measured

Basis: TypeAlias = Literal["own", "pooled", "never"]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class OperatingPoint:
    """What was measured where one category is given with at least `threshold` confidence.

    `n` rows were given it so; `coverage` is their share of all rows given it, and `precision` the share of them
    that was right (None where `n` is 0). `lower_bound` is what the precision is at least, with 90 % sureness.
    `basis` says whose evidence set the threshold: the category's own rows, or all categories' together.
    """

    threshold: float
    precision: float | None
    coverage: float
    n: int
    lower_bound: float
    basis: Basis


def operating_points(
    predictions: Sequence[Prediction],
    examples: Sequence[Example],
    precision: float = 0.95,
    out_of_scope: Collection[str] = ("other",),
) -> Mapping[str, OperatingPoint]:
    """For each in-scope category, the lowest confidence from which on it is right as often as wanted.

    A threshold is taken when the one-sided 90 % Clopper-Pearson bound of its precision reaches `precision`. That
    bound is exact for any number of rows, where Wilson's is too hopeful near 1; at 0.95 it asks for 45 rows without
    a mistake, or 77 with one. Where a category has no such threshold, it gets the one that all in-scope predictions
    together have; and NEVER when there is none either, or when its own rows say, with the same sureness, that it
    would be too often wrong there.

    The predictions must be of rows that the model had not learned from. The bounds take rows as independent, which
    paraphrases of one issue are not, and a threshold as given, while here the lowest of many is chosen. The latter
    costs little: tests/test_classifier_operating.py chooses thresholds for simulated models whose true precision is
    known, and about nine in ten keep the promise.
    """
    given = np.array([p.category for p in predictions], dtype=object)
    sure = np.array([p.confidence for p in predictions], dtype=float)
    hits = np.array([p.category == e.category for p, e in zip(predictions, examples, strict=True)], dtype=bool)
    ours = np.array([p.category not in out_of_scope for p in predictions], dtype=bool)
    pooled = _lowest_proven(sure[ours], hits[ours], precision)
    labels = {p.category for p in predictions} | {e.category for e in examples}
    return {
        label: _point(sure[given == label], hits[given == label], precision, pooled)
        for label in sorted(labels - set(out_of_scope))
    }


def precision_at_least(right: Numbers, n: Numbers) -> Numbers:
    """The one-sided Clopper-Pearson bound from below, of `right` hits among `n` rows each."""
    bound = betaincinv(np.maximum(right, 1), n - right + 1, 1 - SURENESS)
    return np.where(right > 0, bound, 0.0)


def precision_at_most(right: Numbers, n: Numbers) -> Numbers:
    """The same from above: where the mistakes cannot be less than the bound from below of the mistakes says."""
    return 1 - precision_at_least(n - right, n)


def _point(sure: Numbers, hits: Flags, precision: float, pooled: float | None) -> OperatingPoint:
    own = _lowest_proven(sure, hits, precision)
    if own is not None:
        return _measured(own, sure, hits, "own")
    if pooled is None or _refuted(hits[sure >= pooled], precision):
        return _measured(NEVER, sure, hits, "never")
    return _measured(pooled, sure, hits, "pooled")


def _lowest_proven(sure: Numbers, hits: Flags, precision: float) -> float | None:
    levels = np.unique(np.floor(sure * STEPS) / STEPS)
    n, right = _counts(levels, sure, hits)
    proven = levels[precision_at_least(right, n) >= precision]
    return float(proven[0]) if len(proven) else None


def _counts(levels: Numbers, sure: Numbers, hits: Flags) -> tuple[Numbers, Numbers]:
    """Rows at or above each level, and the right ones among them."""
    order = np.argsort(sure, kind="stable")
    below = np.searchsorted(sure[order], levels, side="left")
    right_below = np.append(0, np.cumsum(hits[order]))[below]
    return (len(sure) - below).astype(float), (hits.sum() - right_below).astype(float)


def _refuted(hits: Flags, precision: float) -> bool:
    right, n = np.array([hits.sum()], dtype=float), np.array([len(hits)], dtype=float)
    return bool(precision_at_most(right, n)[0] < precision)


def _measured(threshold: float, sure: Numbers, hits: Flags, basis: Basis) -> OperatingPoint:
    taken = hits[sure >= threshold]
    n, right = len(taken), int(taken.sum())
    return OperatingPoint(
        threshold=threshold,
        precision=right / n if n else None,
        coverage=n / len(sure) if len(sure) else 0.0,
        n=n,
        lower_bound=float(precision_at_least(np.array([right]), np.array([n]))[0]),
        basis=basis,
    )
