"""Which two words have a column together: many looked up at once for training, or one text's for serving.

Words and columns are numbers here; what they stand for, others know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.grams import FARTHEST, is_pair

Columns = NDArray[np.int32]

UNKNOWN = -1  # a word that training never saw, and the column of a pair that has none
APART = 1 << 31  # in the key of two words: others stand between them. No model has as many words.
SECOND = (1 << 32) - 1  # what of a key is not the first word


@dataclass(frozen=True, eq=False)
class Pairs:
    """`keys` ascending and the column of each. A key is two words in one number; words apart have one in either
    order."""

    keys: NDArray[np.int64]
    columns: Columns

    def of_many(self, words: NDArray[np.int64], texts: NDArray[np.int64]) -> tuple[NDArray[np.int64], Columns]:
        """The texts and columns of all pairs that have one. `words` are those of many texts one after the other;
        `texts` tells whose each is."""
        found = [self._reaching(reach, words, texts) for reach in range(1, FARTHEST + 1)]
        return np.concatenate([whose for whose, _ in found]), np.concatenate([columns for _, columns in found])

    def _reaching(
        self, reach: int, words: NDArray[np.int64], texts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Columns]:
        keys = words[:-reach] << 32 | words[reach:] | (APART if reach > 1 else 0)
        whole = (texts[:-reach] == texts[reach:]) & (words[:-reach] >= 0) & (words[reach:] >= 0)
        keys, whose = keys[whole], texts[:-reach][whole]
        at = np.minimum(self.keys.searchsorted(keys), max(len(self.keys) - 1, 0))
        known = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), np.bool_)
        return whose[known], self.columns[at[known]]


def pairs_among(columns: Mapping[str, int]) -> Pairs:
    """Those among these grams, given the column of each; both words of a pair must be among them too."""
    found: dict[int, int] = {}
    for gram, column in columns.items():
        if is_pair(gram):
            apart = "~" in gram
            one, other = (columns[word] for word in gram.split("~" if apart else " "))
            found[one << 32 | other | (APART if apart else 0)] = column
            if apart:
                found[other << 32 | one | APART] = column
    keys = sorted(found)
    return Pairs(np.array(keys, np.int64), np.array([found[key] for key in keys], np.int32))


class Partners:
    """The same for one text at a time, where looking into a dictionary is quicker than searching: for each word met so
    far, the words that it makes a pair with. `words` is how many there are; columns are told from `first` on."""

    def __init__(self, pairs: Pairs, words: int, first: int = 0) -> None:
        self._pairs, self._first = pairs, first
        self._starts = pairs.keys.searchsorted(np.arange(words + 1, dtype=np.int64) << 32).tolist()
        # Second words beside the first by their numbers, those apart from it by -2 less their numbers, so that UNKNOWN
        # is neither. The last is UNKNOWN's own.
        self._met: list[Mapping[int, int] | None] = [*[None] * words, {}]

    def neighbours(self, words: Sequence[int]) -> list[int]:
        """The column of each two words that stand side by side, UNKNOWN for those that have none."""
        return [self._of(one).get(other, UNKNOWN) for one, other in pairwise(words)]

    def columns(self, words: Sequence[int]) -> list[int]:
        """The columns of all pairs of a text that have one."""
        found: list[int] = []
        beside = [*words[1:], UNKNOWN]
        apart = [-2 - word for word in words]
        for at, one in enumerate(words):
            seconds = self._of(one)
            if not seconds:
                continue
            if beside[at] in seconds:
                found.append(seconds[beside[at]])
            for second in apart[at + 2 : at + FARTHEST + 1]:
                if second in seconds:
                    found.append(seconds[second])
        return found

    def _of(self, word: int) -> Mapping[int, int]:
        seconds = self._met[word]
        if seconds is None:
            seconds = self._met[word] = self._look_up(word)
        return seconds

    def _look_up(self, word: int) -> Mapping[int, int]:
        start, end = self._starts[word : word + 2]
        told = self._pairs.keys[start:end] & SECOND
        told = np.where(told < APART, told, APART - 2 - told)
        columns = self._pairs.columns[start:end] + self._first
        return dict(zip(told.tolist(), columns.tolist(), strict=True))
