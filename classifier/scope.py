"""The gate: how likely a text is about anything the labels cover, from a few signals. Knows neither texts nor
labels.

It stands on the raw margin and not on probabilities: calibrated probabilities forget how far from every
boundary a foreign text lies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.pipeline import Floats, fit_logistic

# The share of messages that are not for the desk, assumed whatever share the examples have (theirs says how
# diligent their writers were). CLINC150's test has 18 %; 6 % of the 186 city desk requests, which were chosen
# by topic.
FOREIGN_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Gate:
    """A logistic model over standardised signals."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def probability(self, signals: Floats) -> Floats:
        """How likely each row is in scope."""
        standard = (signals - self.mean) / self.scale
        return np.asarray(1 / (1 + np.exp(-(standard @ self.weights + self.bias))), dtype=np.float32)


def fit_gate(signals: Floats, inside: NDArray[np.bool_]) -> Gate:
    """The gate that separates the rows inside from the others; from the first signal alone when none is
    outside.
    """
    if inside.all() or not inside.any():
        return _gate_by_margin(signals[:, 0], signals.shape[1])
    mean, scale = signals.mean(axis=0), np.maximum(signals.std(axis=0), 1e-6)
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
