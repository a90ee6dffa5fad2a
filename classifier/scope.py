"""The gate: how likely a text is about anything the labels cover, from a few signals. Knows neither texts nor
labels.

It stands on the raw margin and not on probabilities: calibrated probabilities forget how far from every
boundary a foreign text lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp
from operator import mul

import numpy as np
from numpy.typing import NDArray

from classifier.scorer import Floats

# What tells a known kind of text from a foreign one, in the order of the gate's columns. What they achieve together is
# in the column AUROC of `python -m benchmarks.classifier --only clinc`.
SIGNALS = ("margin", "foreign margin", "known words")
KNOWN_WORDS = 2

# The share of messages that are not for the desk, assumed whatever share the examples have (theirs says how
# diligent their writers were): 5 % of the 186 city desk requests, which were chosen by topic, 18 % in CLINC150's
# test, which was made to have many.
FOREIGN_SHARE = 0.10

MOST_DOUBT = 700.0  # exp overflows beyond it


@dataclass(frozen=True, eq=False)
class Gate:
    """A logistic model over standardised signals."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def probability(self, signals: Sequence[float]) -> float:
        """How likely a text with these signals is in scope. Plain arithmetic: for three numbers, arrays are slow."""
        total = self.intercept + sum(map(mul, signals, self.slopes))
        return 1 / (1 + exp(-total)) if total > -MOST_DOUBT else 0.0

    @cached_property
    def slopes(self) -> tuple[float, ...]:
        """What one unit of each signal, as it is, adds to the log odds."""
        return tuple((self.weights.astype(np.float64) / self.scale).tolist())

    @cached_property
    def intercept(self) -> float:
        return float(self.bias - np.array(self.slopes) @ self.mean)


def signals_of(scores: Floats, ours: NDArray[np.bool_], known_shares: Floats) -> Floats:
    """The columns of SIGNALS from category scores, one row a text; `ours` marks the columns that are in scope."""
    strange = np.zeros(len(scores)) if ours.all() else scores[:, ~ours].max(axis=1)
    return np.column_stack([scores[:, ours].max(axis=1), strange, known_shares]).astype(np.float32)


def fit_gate(signals: Floats, inside: NDArray[np.bool_], *, of_known_kinds: bool = True) -> Gate:
    """The gate that separates the rows inside from the others; from the first signal alone when none is outside.

    `of_known_kinds`: the rows outside say which kind each is of (their known issue), and were scored by weights that
    had not seen their kind. Otherwise they are more like one another than what people will write, and their likeness
    may count for no more than being like nothing of ours: on CLINC150, with 100 such rows, that is worth a point of
    AUROC; on our own, whose kinds are known, it would cost three.
    """
    if inside.all() or not inside.any():
        return _gate_by_margin(signals[:, 0], signals.shape[1])
    gate = _fitted(signals, inside)
    margin, foreign, _ = gate.slopes
    return gate if of_known_kinds or -foreign <= margin else _with_equal_margins(signals, inside)


def _with_equal_margins(signals: Floats, inside: NDArray[np.bool_]) -> Gate:
    known = signals[:, KNOWN_WORDS]
    together = _fitted(np.column_stack([signals[:, 0] - signals[:, 1], known]), inside)
    lead, known_slope = together.slopes
    slopes = np.array([lead, -lead, known_slope], np.float32)
    return Gate(np.zeros(len(SIGNALS), np.float32), np.ones(len(SIGNALS), np.float32), slopes, together.intercept)


def _fitted(signals: Floats, inside: NDArray[np.bool_]) -> Gate:
    mean, scale = signals.mean(axis=0), np.maximum(signals.std(axis=0), 1e-6)
    from classifier.pipeline import fit_logistic  # learning only: what serves goes without

    weights, bias = fit_logistic((signals - mean) / scale, inside, share=1 - FOREIGN_SHARE)
    return Gate(mean, scale, weights, bias)


def _gate_by_margin(margins: Floats, signals: int) -> Gate:
    """Without foreign rows nobody can say where foreign begins: even odds at the lowest 5 % of margins, 95 %
    at the middle.
    """
    low, middle = np.percentile(margins, [5, 50]) if len(margins) else (-1.0, 0.0)
    mean, scale, weights = np.zeros(signals), np.ones(signals), np.zeros(signals)
    mean[0], scale[0], weights[0] = low, max(middle - low, 1e-3), np.log(19)
    return Gate(mean.astype(np.float32), scale.astype(np.float32), weights.astype(np.float32), 0.0)
