"""Learning a model from labelled examples: `train`. Knows no label by name except those it is told are
foreign.

The weights are fitted on all rows; temperatures and the gate on scores of rows that the scoring weights had
not seen, with every known issue wholly on one side. The same examples and seed give the same model in
whatever order they come.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeAlias

import numpy as np

from classifier.calibration import fit_temperature
from classifier.examples import Example
from classifier.folds import grouped_folds
from classifier.model import Calibration, Model, TrainingRecord
from classifier.pipeline import Floats, Head, Matrix, fit_features, fit_head
from classifier.scope import fit_gate
from classifier.text import normalise
from classifier.typos import mistyped
from classifier.weights import SIGNALS, Weights

Progress: TypeAlias = Callable[[str, int, int], None]  # what is done, steps done, steps in all

TYPO_RATE = 0.06  # one slip in about three short words
# With many rows three parts already say enough, in a little more than half the time.
FOLDS, FOLDS_WHEN_MANY, MANY_ROWS = 5, 3, 3_000


class TooFewExamples(ValueError):
    """There is not enough to learn from; the text says what to add."""


def train(
    examples: Sequence[Example],
    *,
    seed: int = 0,
    out_of_scope: Collection[str] = ("other",),
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Model:
    """A model of these examples, named after `now` and a hash of the data. Raises TooFewExamples."""
    lonely = sorted(label for label, count in Counter(row.category for row in examples).items() if count < 2)
    if lonely:
        raise TooFewExamples(
            f"only one example of {', '.join(lonely)}; give each category at least two, or leave it out"
        )
    return learn(examples, seed=seed, out_of_scope=out_of_scope, progress=progress, now=now)


def learn(
    examples: Sequence[Example],
    *,
    seed: int,
    out_of_scope: Collection[str],
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Model:
    """As `train`, but content with one example of a category, as is left of a small set while a fold is out."""
    _check(examples, out_of_scope)
    rows = sorted(examples, key=_canonical)
    steps = _Steps(progress, total=len(_parts(rows, seed)) + 1)
    weights = fit_weights(rows, seed=seed)
    steps.done("fitted on all rows")
    unseen = _Unseen(rows, weights, out_of_scope)
    for part in _parts(rows, seed):
        unseen.add(part, seed=seed)
        steps.done("scored rows left out")
    return Model(weights, unseen.calibration(), _record(rows, seed, out_of_scope, now))


def fit_weights(rows: Sequence[Example], *, seed: int) -> Weights:
    """Features and heads from the rows and one mistyped copy of each; words only a slip made are not learned."""
    texts = [normalise(row.text) for row in rows]
    features = fit_features(texts)
    matrix = features.matrix(texts + [mistyped(text, random.Random(f"{seed}:{text}"), TYPO_RATE) for text in texts])
    return Weights(
        features=features,
        category=fit_head(matrix, [row.category for row in rows] * 2, seed=seed),
        tier=_head_where_known(matrix, _tiers(rows) * 2, seed=seed),
        urgency=_head_where_known(matrix, [row.urgency for row in rows] * 2, seed=seed),
    )


def _head_where_known(matrix: Matrix, labels: Sequence[str | None], *, seed: int) -> Head | None:
    """A head from the rows that carry a label; None when they do not differ."""
    known = [position for position, label in enumerate(labels) if label]
    names = [label for label in labels if label]
    return fit_head(matrix[known], names, seed=seed) if len(set(names)) > 1 else None


def _tiers(rows: Sequence[Example]) -> list[str | None]:
    return [None if row.tier is None else str(row.tier) for row in rows]


class _Unseen:
    """Scores of rows by weights that had not seen them or their issue, gathered part by part."""

    def __init__(self, rows: Sequence[Example], weights: Weights, foreign: Collection[str]) -> None:
        self._rows, self._foreign = rows, foreign
        self._signals = np.full((len(rows), len(SIGNALS)), np.nan, np.float32)
        self._category = _Column([row.category for row in rows], weights.category)
        self._tier = _Column(_tiers(rows), weights.tier)
        self._urgency = _Column([row.urgency for row in rows], weights.urgency)

    def add(self, part: Sequence[int], *, seed: int) -> None:
        left_out = set(part)
        rest = [row for position, row in enumerate(self._rows) if position not in left_out]
        categories = {row.category for row in rest}
        if not part or len(categories) < 2 or categories <= set(self._foreign):
            return
        weights = fit_weights(rest, seed=seed)
        reading = weights.read([normalise(self._rows[position].text) for position in part], self._foreign)
        self._signals[part] = reading.signals
        self._category.add(part, weights.category, reading.category)
        self._tier.add(part, weights.tier, reading.tier)
        self._urgency.add(part, weights.urgency, reading.urgency)

    def calibration(self) -> Calibration:
        scored = np.isfinite(self._signals).all(axis=1)
        inside = np.array([row.category not in self._foreign for row in self._rows])
        return Calibration(
            category=self._category.temperature(self._foreign),
            tier=self._tier.temperature(),
            urgency=self._urgency.temperature(),
            gate=fit_gate(self._signals[scored], inside[scored]),
        )


class _Column:
    """One head's scores of unseen rows beside the truth."""

    def __init__(self, truth: Sequence[str | None], head: Head | None) -> None:
        self._labels = head.labels if head else ()
        self._truth = truth
        self._scores = np.full((len(truth), len(self._labels)), -np.inf, np.float32)

    def add(self, part: Sequence[int], head: Head | None, scores: Floats | None) -> None:
        if head is not None and scores is not None:
            columns = [self._labels.index(label) for label in head.labels]
            self._scores[np.ix_(part, columns)] = scores

    def temperature(self, without: Collection[str] = ()) -> float:
        """From the rows whose true label the scoring weights could have given."""
        columns = [column for column, label in enumerate(self._labels) if label not in without]
        place = {self._labels[column]: at for at, column in enumerate(columns)}
        truth = np.array([place.get(label, -1) if label else -1 for label in self._truth], dtype=np.intp)
        scores = self._scores[:, columns]
        usable = np.flatnonzero(truth >= 0)
        usable = usable[np.isfinite(scores[usable, truth[usable]])]
        return fit_temperature(scores[usable], truth[usable])


class _Steps:
    """Counts what is done and tells whoever asked."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self, what: str) -> None:
        self._done += 1
        if self._progress:
            self._progress(what, self._done, self._total)


def _parts(rows: Sequence[Example], seed: int) -> list[list[int]]:
    return grouped_folds(rows, FOLDS if len(rows) < MANY_ROWS else FOLDS_WHEN_MANY, seed)


def _check(examples: Sequence[Example], out_of_scope: Collection[str]) -> None:
    categories = {example.category for example in examples}
    if len(categories) < 2:
        raise TooFewExamples(
            f"{len(examples)} examples of {len(categories)} category; give examples of at least two categories"
        )
    if categories <= set(out_of_scope):
        raise TooFewExamples("every example is out of scope; give examples of a category that is not")


def _canonical(example: Example) -> str:
    return json.dumps(asdict(example), sort_keys=True)


def _record(rows: Sequence[Example], seed: int, out_of_scope: Collection[str], now: datetime | None) -> TrainingRecord:
    """`rows` in canonical order, so that the hash says which data it was and not in which order."""
    digest = hashlib.sha256("\n".join(map(_canonical, rows)).encode()).hexdigest()
    day = f"{now:%Y-%m-%d}" if now else "undated"
    return TrainingRecord(
        version=f"{day}-{digest[:8]}",
        trained_at=now.isoformat(timespec="seconds") if now else None,
        seed=seed,
        rows=dict(sorted(Counter(row.category for row in rows).items())),
        out_of_scope=tuple(sorted(out_of_scope)),
        examples_sha256=digest,
    )
