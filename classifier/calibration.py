"""From scores to probabilities, and the arithmetic that says how far probabilities can be believed. Plain
numpy.

One temperature for all labels, which leaves the order of the scores alone. A sigmoid or a step function for each label
would not, and the order is what tells foreign messages.
"""

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

from classifier.scorer import Floats

Truth = NDArray[np.intp]

_COLDEST, _HOTTEST = 0.02, 20.0


def softmax(scores: Floats, temperature: float) -> Floats:
    """Probabilities, one row (or the only one) at a time; a score of minus infinity means impossible."""
    raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) / np.float32(temperature))
    raised /= raised.sum(axis=-1, keepdims=True)
    return np.asarray(raised, dtype=np.float32)


def shares_of(scores: Sequence[float], temperature: float) -> list[float]:
    """`softmax` for one short row, in plain arithmetic, which is quicker for a few numbers than an array."""
    top = max(scores)
    raised = [exp((score - top) / temperature) for score in scores]
    whole = sum(raised)
    return [each / whole for each in raised]


def fit_temperature(scores: Floats, truth: Truth) -> float:
    """The temperature under which the true columns are most likely; 1 when there is nothing to learn from."""
    if not len(truth):
        return 1.0
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(40):  # golden section: the loss has one valley in log temperature
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _surprise(scores, truth, np.exp(left)) < _surprise(scores, truth, np.exp(right)):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _surprise(scores: Floats, truth: Truth, temperature: float) -> float:
    right = softmax(scores, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(right, 1e-12)).mean())
