"""Learning a model from labelled examples: `train`. Knows no label by name except those it is told are
foreign.

The weights are fitted on all rows; temperatures and the gate on scores of rows that the scoring weights had
not seen, with every known issue wholly on one side. The same examples and seed give the same model in
whatever order they come.
"""

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np

from classifier.calibration import fit_temperature
from classifier.examples import Example
from classifier.export import scorer_of
from classifier.folds import grouped_folds
from classifier.measuring import Evaluation, measure
from classifier.model import Calibration, Model, TrainingRecord
from classifier.neighbours import neighbours_of
from classifier.pipeline import DEFAULT, Head, Matrix, Recipe, fit_features, fit_head
from classifier.prediction import Neighbour
from classifier.scope import KNOWN_WORDS, SIGNALS, fit_gate
from classifier.scorer import Floats, Scores
from classifier.text import normalise
from classifier.typos import mistyped
from classifier.weights import HEADS, Reading, Weights

Progress: TypeAlias = Callable[[str, int, int], None]  # what is done, steps done, steps in all

TYPO_RATE = 0.06  # one slip in about three short words
# With many rows two parts of three already say enough, in less than half the time.
FOLDS, FOLDS_WHEN_MANY, JUDGED_WHEN_MANY, MANY_ROWS = 5, 3, 2, 3_000
UNHEARD_OF = np.float32(-100)
# Processes at once: each holds its own features, half a gigabyte for a hundred thousand rows.
MOST_AT_ONCE = 4


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
    rows = sorted(examples, key=_canonical)
    model = learn(rows, seed=seed, out_of_scope=out_of_scope, progress=progress, now=now)
    shown = [Neighbour(row.text, row.category, row.issue) for row in rows]
    nearest = neighbours_of(model.scorer, [normalise(row.text) for row in rows], shown.__getitem__)
    return replace(model, neighbours=nearest)


def learn(
    examples: Sequence[Example],
    *,
    seed: int,
    out_of_scope: Collection[str],
    progress: Progress | None = None,
    now: datetime | None = None,
    recipe: Recipe = DEFAULT,
) -> Model:
    """As `train`, but content with one example of a category, as is left of a small set while a fold is out, and
    without the examples to show."""
    _check(examples, out_of_scope)
    rows = sorted(examples, key=_canonical)
    parts = [None, *_parts(rows, seed)]
    steps = _Steps(progress, total=len(parts))
    fitted = _fitted(rows, parts, seed=seed, out_of_scope=out_of_scope, recipe=recipe)
    weights = next(fitted)
    assert isinstance(weights, Weights)
    steps.done("fitted on all rows")
    unseen = _Unseen(rows, weights, out_of_scope)
    for seen in fitted:
        if isinstance(seen, _PartSeen):
            unseen.add(seen)
        steps.done("scored rows left out")
    record = _record(rows, seed, out_of_scope, now)
    model = Model(scorer_of(weights), unseen.calibration(), record, pipeline=weights)
    return replace(model, held_back=unseen.measured(model))


@dataclass(frozen=True, eq=False)
class _PartSeen:
    """A part's rows as weights scored them that had not seen them or their issues."""

    part: Sequence[int]
    labels: Mapping[str, tuple[str, ...]]
    reading: Reading


def _fitted(
    rows: Sequence[Example], parts: Sequence[Sequence[int] | None], **how: Any
) -> Iterator[Weights | _PartSeen | None]:
    """The weights of all rows for None, else how the rest's weights see the part; several at once where it pays."""
    from joblib import Parallel, delayed

    at_once = min(len(parts), os.cpu_count() or 1, MOST_AT_ONCE) if len(rows) >= MANY_ROWS else 1
    return iter(
        Parallel(n_jobs=at_once, return_as="generator")(delayed(_fit_part)(rows, part, **how) for part in parts)
    )


def _fit_part(
    rows: Sequence[Example], part: Sequence[int] | None, *, seed: int, out_of_scope: Collection[str], recipe: Recipe
) -> Weights | _PartSeen | None:
    if part is None:
        return fit_weights(rows, seed=seed, recipe=recipe)
    left_out = set(part)
    rest = [row for position, row in enumerate(rows) if position not in left_out]
    categories = {row.category for row in rest}
    if not part or len(categories) < 2 or categories <= set(out_of_scope):
        return None
    # Without the mistyped copies: half the time, and the scores lie as far apart as with them.
    weights = fit_weights(rest, seed=seed, recipe=replace(recipe, typos=False))
    reading = weights.read([normalise(rows[position].text) for position in part], out_of_scope)
    labels = {name: head.labels for name, head in weights.heads().items()}
    return _PartSeen(part, labels, reading)


def fit_weights(rows: Sequence[Example], *, seed: int, recipe: Recipe = DEFAULT) -> Weights:
    """Features and heads from the rows; the categories from one mistyped copy of each too. Words that only a slip
    made are not learned."""
    texts = [normalise(row.text) for row in rows]
    slips = [mistyped(text, random.Random(f"{seed}:{text}"), TYPO_RATE) for text in texts] if recipe.typos else []
    copies = 2 if recipe.typos else 1
    features = fit_features(texts, recipe)
    matrix = features.matrix(texts + slips)
    as_written = matrix[: len(rows)]
    how: dict[str, Any] = {"seed": seed, "recipe": recipe}
    return Weights(
        features=features,
        category=fit_head(matrix, [row.category for row in rows] * copies, **how),
        tier=_head_where_known(as_written, _tiers(rows), **how),
        urgency=_head_where_known(as_written, [row.urgency for row in rows], **how),
        language=_head_where_known(as_written, [row.language for row in rows], **how),
    )


def _head_where_known(matrix: Matrix, labels: Sequence[str | None], **how: Any) -> Head | None:
    """A head from the rows that carry a label; None when they do not differ."""
    known = [position for position, label in enumerate(labels) if label]
    names = [label for label in labels if label]
    return fit_head(matrix[known], names, **how) if len(set(names)) > 1 else None


def _tiers(rows: Sequence[Example]) -> list[str | None]:
    return [None if row.tier is None else str(row.tier) for row in rows]


class _Unseen:
    """Scores of rows by weights that had not seen them or their issue, gathered part by part."""

    def __init__(self, rows: Sequence[Example], weights: Weights, foreign: Collection[str]) -> None:
        self._rows, self._foreign = rows, foreign
        self._signals = np.full((len(rows), len(SIGNALS)), np.nan, np.float32)
        truth: dict[str, Sequence[str | None]] = {
            "category": [row.category for row in rows],
            "tier": _tiers(rows),
            "urgency": [row.urgency for row in rows],
            "language": [row.language for row in rows],
        }
        self._columns = {name: _Column(truth[name], head) for name, head in weights.heads().items()}

    def add(self, seen: _PartSeen) -> None:
        self._signals[seen.part] = seen.reading.signals
        for name, labels in seen.labels.items():
            self._columns[name].add(seen.part, labels, getattr(seen.reading, name))

    def calibration(self) -> Calibration:
        scored = np.isfinite(self._signals).all(axis=1)
        inside = np.array([row.category not in self._foreign for row in self._rows])
        heat = {name: self._temperature(name) for name in HEADS}
        return Calibration(**heat, gate=fit_gate(self._signals[scored], inside[scored]))

    def measured(self, model: Model) -> Evaluation | None:
        """How the held-back rows were judged, as this model reads such scores. Temperatures and gate were fitted on
        the same rows: a dozen numbers on thousands of rows."""
        scored = np.flatnonzero(np.isfinite(self._signals).all(axis=1)).tolist()
        if not scored:
            return None
        said = [model.prediction("", self._scores_of(row)) for row in scored]
        rows = [self._rows[row] for row in scored]
        foreign = model.record.out_of_scope
        return measure(said, rows, foreign[0] if foreign else "", foreign)

    def _scores_of(self, row: int) -> Scores:
        # A label that the part's model had never seen has no score: as unlikely as can be.
        heads = {name: np.maximum(column.scores[row], UNHEARD_OF) for name, column in self._columns.items()}
        nothing = np.empty(0, np.int32)
        return Scores(heads, float(self._signals[row, KNOWN_WORDS]), nothing, np.empty(0, np.float32))

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


class _Steps:
    """Counts what is done and tells whoever asked."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self, what: str) -> None:
        self._done += 1
        if self._progress:
            self._progress(what, self._done, self._total)


def _parts(rows: Sequence[Example], seed: int) -> list[list[int]]:
    if len(rows) < MANY_ROWS:
        return grouped_folds(rows, FOLDS, seed)
    return grouped_folds(rows, FOLDS_WHEN_MANY, seed)[:JUDGED_WHEN_MANY]


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
