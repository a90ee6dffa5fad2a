"""The examples most like a text: what an agent is shown beside a prediction. Knows nothing of how it was made.

Likeness is the cosine of words, pairs and concepts; letters would find what is spelled alike, not what is meant alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.prediction import Neighbour
from classifier.scorer import Columns, Floats, Scorer, Scores

LEAST_LIKENESS = 0.1  # below this two texts share a function word or two


@dataclass(frozen=True, eq=False)
class Neighbours:
    """`count` examples by what they hold: `rows[starts[c]:starts[c + 1]]` have column c, with the `values` beside them;
    each example's values have unit length. `scorer` says what a text has; `example(i)` is what to show of row i."""

    starts: NDArray[np.int32]
    rows: Columns
    values: Floats
    count: int
    scorer: Scorer
    example: Callable[[int], Neighbour]

    def nearest(self, scores: Scores, most: int) -> tuple[Neighbour, ...]:
        """The most similar examples, best first, each issue once; none where nothing is alike."""
        columns, values = _of_unit_length(self.scorer, scores.words, scores.strange)
        begins, ends = self.starts[columns].tolist(), self.starts[columns + 1].tolist()
        runs = list(zip(begins, ends, values.tolist(), strict=True))
        if not runs:
            return ()
        rows = np.concatenate([self.rows[begin:end] for begin, end, _ in runs])
        shares = np.concatenate([self.values[begin:end] * value for begin, end, value in runs])
        return self._best(np.asarray(np.bincount(rows, shares, minlength=self.count), np.float64), most)

    def _best(self, likeness: NDArray[np.float64], most: int) -> tuple[Neighbour, ...]:
        found: dict[tuple[str, str | None], Neighbour] = {}
        for row in _highest(likeness, most * 20):
            if likeness[row] < LEAST_LIKENESS or len(found) == most:
                break
            seen = self.example(row)
            kind = (seen.category, seen.issue or seen.text)
            found.setdefault(kind, seen.at(float(min(likeness[row], 1.0))))
        return tuple(found.values())


def _highest(likeness: NDArray[np.float64], most: int) -> list[int]:
    """The places of the highest values, highest first; of equals the first."""
    most = min(most, len(likeness))
    chosen = np.sort(np.argpartition(-likeness, most - 1)[:most])
    ordered: list[int] = chosen[np.argsort(-likeness[chosen], kind="stable")].tolist()
    return ordered


def neighbours_of(scorer: Scorer, texts: Sequence[str], example: Callable[[int], Neighbour]) -> Neighbours:
    """Neighbours among these normalised texts."""
    held = [_of_unit_length(scorer, *scorer.words_of(text)) for text in texts]
    columns = np.concatenate([columns for columns, _ in held])
    by_column = np.argsort(columns, kind="stable")
    rows = np.repeat(np.arange(len(held), dtype=np.int32), [len(columns) for columns, _ in held])
    values = np.concatenate([values for _, values in held]).astype(np.float32)
    starts = np.searchsorted(columns[by_column], np.arange(scorer.shown + 1)).astype(np.int32)
    return Neighbours(starts, rows[by_column], values[by_column], len(held), scorer, example)


def _of_unit_length(scorer: Scorer, words: Sequence[int], strange: Sequence[str]) -> tuple[Columns, Floats]:
    """Columns, and values of unit length together."""
    columns, values = scorer.values_of(words, strange)
    length = float(np.sqrt(values @ values))
    return columns, values / length if length else values
