"""Rows as weights score them that had not seen them or their issues: what temperatures, the gate and the figures of a
card come from, however the weights were learned. Fits no weights and chooses no rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.calibration import fit_temperature
from classifier.examples import Example
from classifier.measuring import Evaluation, measure
from classifier.model import Model
from classifier.pipeline import Head
from classifier.scope import KNOWN_WORDS, SIGNALS, Gate, fit_gate
from classifier.scorer import Floats, Scores
from classifier.weights import HEADS, Reading, Weights

# So many rows are judged, evenly taken: figures of them are off by about half a point, and judging all takes seconds.
ENOUGH_ROWS = 6_000
UNHEARD_OF = np.float32(-100)


@dataclass(frozen=True, eq=False)
class PartSeen:
    """Some rows, by their positions, as weights scored them that had not seen them or their issues."""

    part: Sequence[int]
    labels: Mapping[str, tuple[str, ...]]
    reading: Reading


def part_seen(part: Sequence[int], texts: Sequence[str], weights: Weights, foreign: Collection[str]) -> PartSeen:
    """The normalised `texts` of these rows, scored by weights that have not seen them."""
    labels = {name: head.labels for name, head in weights.heads().items()}
    return PartSeen(part, labels, weights.read(texts, foreign))


def labels_of(row: Example) -> tuple[str | None, ...]:
    """What an example says, in the order of HEADS."""
    return row.category, None if row.tier is None else str(row.tier), row.urgency or None, row.language or None


class Unseen:
    """Scores of rows by weights that had not seen them, gathered part by part. `weights` are those of the model."""

    def __init__(self, rows: Sequence[Example], weights: Weights, foreign: Collection[str]) -> None:
        self._rows, self._foreign = rows, foreign
        self._signals = np.full((len(rows), len(SIGNALS)), np.nan, np.float32)
        truth = {name: [labels_of(row)[at] for row in rows] for at, name in enumerate(HEADS)}
        self._columns = {name: _Column(truth[name], head) for name, head in weights.heads().items()}

    def add(self, seen: PartSeen) -> None:
        self._signals[seen.part] = seen.reading.signals
        for name, labels in seen.labels.items():
            self._columns[name].add(seen.part, labels, getattr(seen.reading, name))

    def temperatures(self) -> dict[str, float]:
        """Of each head, from the rows that were scored; where none was, scores are taken as they are."""
        return {name: self._temperature(name) for name in HEADS}

    def gate(self) -> Gate:
        """From the rows that were scored."""
        scored = np.isfinite(self._signals).all(axis=1)
        inside = np.array([row.category not in self._foreign for row in self._rows], dtype=np.bool_)
        kinds = any(row.issue for row in self._rows if row.category in self._foreign)
        return fit_gate(self._signals[scored], inside[scored], of_known_kinds=kinds)

    def measured(self, model: Model) -> Evaluation | None:
        """How the held-back rows were judged, as this model reads such scores. Gate or temperatures were fitted on the
        same rows: a few numbers on thousands of rows."""
        scored = np.flatnonzero(np.isfinite(self._signals).all(axis=1)).tolist()
        scored = scored[:: max(1, len(scored) // ENOUGH_ROWS)]
        if not scored:
            return None
        said = [model.prediction("", self._scores_of(row)) for row in scored]
        rows = [self._rows[row] for row in scored]
        foreign = model.record.out_of_scope
        return measure(said, rows, foreign[0] if foreign else "", foreign)

    def _scores_of(self, row: int) -> Scores:
        # A label that the part's model had never seen has no score: as unlikely as can be.
        heads = {name: np.maximum(column.scores[row], UNHEARD_OF) for name, column in self._columns.items()}
        return Scores(heads, float(self._signals[row, KNOWN_WORDS]))

    def _temperature(self, name: str) -> float:
        if name not in self._columns:
            return 1.0
        return self._columns[name].temperature(self._foreign if name == "category" else ())


class _Column:
    """One head's scores of unseen rows beside the truth."""

    def __init__(self, truth: Sequence[str | None], head: Head) -> None:
        self._labels = head.labels
        self._truth = truth
        self.scores = np.full((len(truth), len(self._labels)), -np.inf, np.float32)

    def add(self, part: Sequence[int], labels: Sequence[str], scores: Floats | None) -> None:
        if scores is not None:
            columns = [self._labels.index(label) for label in labels]
            self.scores[np.ix_(part, columns)] = scores

    def temperature(self, without: Collection[str] = ()) -> float:
        """From the rows whose true label the scoring weights could have given."""
        columns = [column for column, label in enumerate(self._labels) if label not in without]
        place = {self._labels[column]: at for at, column in enumerate(columns)}
        truth = np.array([place.get(label, -1) if label else -1 for label in self._truth], dtype=np.intp)
        scores = self.scores[:, columns]
        usable = np.flatnonzero(truth >= 0)
        usable = usable[np.isfinite(scores[usable, truth[usable]])]
        return fit_temperature(scores[usable], truth[usable])
