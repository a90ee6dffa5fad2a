"""Learning a model from labelled examples: `train`. Knows no label by name except those it is told are
foreign.

The weights are fitted on all rows; all else on scores of rows that the scoring weights had not seen. The gate and the
figures come from rows whose known issue was held back with them, for what is foreign is of no known kind. Temperatures
come from rows held back by themselves, for the desk mostly hears of issues that it knows, in other words. The same
examples and seed give the same model in whatever order they come.
"""

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TypeAlias

from classifier.examples import Example
from classifier.export import scorer_of
from classifier.features import Matrix
from classifier.folds import grouped_folds, row_folds
from classifier.model import Calibration, Model, TrainingRecord
from classifier.neighbours import neighbours_of
from classifier.pipeline import DEFAULT, Head, Recipe, fit_features, fit_head
from classifier.prediction import Neighbour
from classifier.text import normalise
from classifier.typos import mistyped
from classifier.unseen import PartSeen, Unseen, labels_of, part_seen
from classifier.weights import HEADS, Weights

Progress: TypeAlias = Callable[[str, int, int], None]  # what is done, steps done, steps in all

TYPO_RATE = 0.06  # one slip in about three short words
# With many rows two parts of three already say enough: one of whole issues and one of rows where issues are named.
FOLDS, FOLDS_WHEN_MANY, MANY_ROWS = 5, 3, 3_000
# Processes at once: each holds its own features.
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
    refuse_lonely(Counter(row.category for row in examples))
    rows = sorted(examples, key=canonical)
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
    refuse_alike(Counter(row.category for row in examples), out_of_scope)
    rows = sorted(examples, key=canonical)
    issues, alone = _parts(rows, seed)
    parts = [None, *issues, *alone]
    steps = _Steps(progress, total=len(parts))
    fitted = _fitted(rows, parts, seed=seed, out_of_scope=out_of_scope, recipe=recipe)
    weights = next(fitted)
    assert isinstance(weights, Weights)
    steps.done("fitted on all rows")
    unseen, reworded = (Unseen(rows, weights, out_of_scope) for _ in range(2))
    for number, seen in enumerate(fitted):
        if isinstance(seen, PartSeen):
            (unseen if number < len(issues) else reworded).add(seen)
        steps.done("scored rows left out")
    heat = (reworded if alone else unseen).temperatures()
    record = _record(rows, seed=seed, out_of_scope=out_of_scope, now=now)
    model = Model(scorer_of(weights), Calibration(**heat, gate=unseen.gate()), record, pipeline=weights)
    return replace(model, held_back=unseen.measured(model), reworded=reworded.measured(model))


def _fitted(
    rows: Sequence[Example], parts: Sequence[Sequence[int] | None], **how: Any
) -> Iterator[Weights | PartSeen | None]:
    """The weights of all rows for None, else how the rest's weights see the part; several at once where it pays."""
    from joblib import Parallel, delayed

    at_once = min(len(parts), os.cpu_count() or 1, MOST_AT_ONCE) if len(rows) >= MANY_ROWS else 1
    return iter(
        Parallel(n_jobs=at_once, return_as="generator")(delayed(_fit_part)(rows, part, **how) for part in parts)
    )


def _fit_part(
    rows: Sequence[Example], part: Sequence[int] | None, *, seed: int, out_of_scope: Collection[str], recipe: Recipe
) -> Weights | PartSeen | None:
    if part is None:
        return fit_weights(rows, seed=seed, recipe=recipe)
    left_out = set(part)
    rest = [row for position, row in enumerate(rows) if position not in left_out]
    categories = {row.category for row in rest}
    if not part or len(categories) < 2 or categories <= set(out_of_scope):
        return None
    # Without the mistyped copies: half the time. With them the temperature of our own examples is a seventh higher.
    weights = fit_weights(rest, seed=seed, recipe=replace(recipe, typos=False))
    return part_seen(part, [normalise(rows[position].text) for position in part], weights, out_of_scope)


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
    said = dict(zip(HEADS, zip(*map(labels_of, rows), strict=True), strict=True))
    return Weights(
        features=features,
        category=fit_head(matrix, [row.category for row in rows] * copies, **how),
        tier=_head_where_known(as_written, said["tier"], **how),
        urgency=_head_where_known(as_written, said["urgency"], **how),
        language=_head_where_known(as_written, said["language"], **how),
    )


def _head_where_known(matrix: Matrix, labels: Sequence[str | None], **how: Any) -> Head | None:
    """A head from the rows that carry a label; None when they do not differ."""
    known = [position for position, label in enumerate(labels) if label]
    names = [label for label in labels if label]
    return fit_head(matrix[known], names, **how) if len(set(names)) > 1 else None


class _Steps:
    """Counts what is done and tells whoever asked."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self, what: str) -> None:
        self._done += 1
        if self._progress:
            self._progress(what, self._done, self._total)


def _parts(rows: Sequence[Example], seed: int) -> tuple[list[list[int]], list[list[int]]]:
    """Parts to hold back: of whole known issues, then of rows by themselves, which are none where no row names an
    issue, because the former are the same."""
    known = any(row.issue for row in rows)
    if len(rows) < MANY_ROWS:
        return grouped_folds(rows, FOLDS, seed), row_folds(rows, FOLDS, seed) if known else []
    issues = grouped_folds(rows, FOLDS_WHEN_MANY, seed)
    return (issues[:1], row_folds(rows, FOLDS_WHEN_MANY, seed)[:1]) if known else (issues[:2], [])


# -- what both ways of training share --------------------------------------------------------------------------------


def refuse_lonely(rows: Mapping[str, int]) -> None:
    """Raises TooFewExamples for a category with a single row, by rows of each category."""
    lonely = sorted(label for label, count in rows.items() if count < 2)
    if lonely:
        raise TooFewExamples(
            f"only one example of {', '.join(lonely)}; give each category at least two, or leave it out"
        )


def refuse_alike(rows: Mapping[str, int], out_of_scope: Collection[str]) -> None:
    """Raises TooFewExamples where there is nothing to tell apart, by rows of each category."""
    if len(rows) < 2:
        raise TooFewExamples(
            f"{sum(rows.values())} examples of {len(rows)} category; give examples of at least two categories"
        )
    if set(rows) <= set(out_of_scope):
        raise TooFewExamples("every example is out of scope; give examples of a category that is not")


def canonical(example: Example) -> str:
    """One line of ASCII that tells an example from every other."""
    return json.dumps(asdict(example), sort_keys=True)


def record_of(
    digest: str,
    rows: Mapping[str, int],
    *,
    seed: int,
    out_of_scope: Collection[str],
    now: datetime | None,
    partial: bool = False,
) -> TrainingRecord:
    """`digest` is the SHA-256 of the examples, `rows` how many each category has."""
    return TrainingRecord(
        version=f"{f'{now:%Y-%m-%d}' if now else 'undated'}-{digest[:8]}",
        trained_at=now.isoformat(timespec="seconds") if now else None,
        seed=seed,
        rows=dict(sorted(rows.items())),
        out_of_scope=tuple(sorted(out_of_scope)),
        examples_sha256=digest,
        partial=partial,
    )


def _record(rows: Sequence[Example], **how: Any) -> TrainingRecord:
    """`rows` in canonical order, so that the hash says which data it was and not in which order."""
    digest = hashlib.sha256("\n".join(map(canonical, rows)).encode()).hexdigest()
    return record_of(digest, Counter(row.category for row in rows), **how)
