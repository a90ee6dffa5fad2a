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
    """Examples as sparse rows: `columns[starts[i]:starts[i + 1]]` and the `values` beside them, each row of unit
    length. `example(i)` is what to show of row i; `without` is the run of columns that does not count."""

    starts: NDArray[np.int64]
    columns: Columns
    values: Floats
    width: int
    without: tuple[int, int]
    example: Callable[[int], Neighbour]

    def nearest(self, scores: Scores, most: int) -> tuple[Neighbour, ...]:
        """The most similar examples, best first, each issue once; none where nothing is alike."""
        asked = np.zeros(self.width, np.float32)
        columns, values = _counting(scores, self.without)
        if not len(columns) or not len(self.columns):
            return ()
        asked[columns] = values
        products = asked[self.columns] * self.values
        likeness = np.add.reduceat(products, np.minimum(self.starts[:-1], len(products) - 1))
        likeness[self.starts[:-1] == self.starts[1:]] = 0.0
        return self._best(likeness, most)

    def _best(self, likeness: Floats, most: int) -> tuple[Neighbour, ...]:
        found: dict[tuple[str, str | None], Neighbour] = {}
        for row in np.argsort(-likeness, kind="stable")[: most * 20].tolist():
            if likeness[row] < LEAST_LIKENESS or len(found) == most:
                break
            seen = self.example(row)
            kind = (seen.category, seen.issue or seen.text)
            found.setdefault(kind, seen.at(float(min(likeness[row], 1.0))))
        return tuple(found.values())


def neighbours_of(scorer: Scorer, texts: Sequence[str], example: Callable[[int], Neighbour]) -> Neighbours:
    """Neighbours among these normalised texts."""
    without = scorer.letter_columns
    rows = [_counting(scorer.read(text), without) for text in texts]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows]).astype(np.int32)
    values = np.concatenate([values for _, values in rows]).astype(np.float32)
    return Neighbours(starts, columns, values, scorer.width, without, example)


def _counting(scores: Scores, without: tuple[int, int]) -> tuple[Columns, Floats]:
    """The columns that count, with values of unit length together."""
    kept = (scores.columns < without[0]) | (scores.columns >= without[1])
    values = scores.values[kept]
    length = float(np.sqrt(values @ values))
    return scores.columns[kept], values / length if length else values
