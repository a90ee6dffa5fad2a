"""Mistyped words, brought near to words that the articles use.

Knows a vocabulary, no language: words are compared by the runs of letters they share, then by the number of
letters that were missed, doubled, swapped or wrong. Only words that no article uses are worth asking about.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np

SHORTEST = 4  # shorter words have too many neighbours
COMPARED = 12  # the nearest by shared runs, whose letters are then compared


@dataclass(frozen=True)
class Near:
    """A word of the vocabulary, and how near it is: 1 would be the word itself."""

    word: str
    nearness: float


class Speller:
    """Finds the words of a vocabulary that a mistyped word may have meant."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._words = [word for word in vocabulary if len(word) >= SHORTEST - 1 and word.isalpha()]
        runs: defaultdict[str, list[int]] = defaultdict(list)
        sizes: list[int] = []
        for position, word in enumerate(self._words):
            runs_of_word = _runs(word)
            sizes.append(len(runs_of_word))
            for run in runs_of_word:
                runs[run].append(position)
        self._places = {run: np.array(positions, np.int32) for run, positions in runs.items()}
        self._sizes = np.array(sizes, np.float32)

    def near(self, word: str, limit: int = 2) -> list[Near]:
        """The nearest words first; none when nothing is near enough to be a slip of the fingers."""
        if not SHORTEST <= len(word) <= 24 or not word.isalpha():
            return []
        allowed = 1 if len(word) < 7 else 2
        found = [
            Near(candidate, 1 - slips / len(word))
            for candidate in self._candidates(word)
            if abs(len(candidate) - len(word)) <= allowed and (slips := _slips(word, candidate)) <= allowed
        ]
        return sorted(found, key=lambda near: -near.nearness)[:limit]

    def _candidates(self, word: str) -> list[str]:
        runs = _runs(word)
        places = [self._places[run] for run in runs if run in self._places]
        if not places:
            return []
        positions, shared = np.unique(np.concatenate(places), return_counts=True)
        likeness = 2 * shared / (self._sizes[positions] + len(runs))
        best = np.argsort(-likeness, kind="stable")[:COMPARED]
        return [self._words[position] for position in positions[best]]


def _runs(word: str) -> set[str]:
    """Runs of two letters, marked at the ends: a swap in a short word leaves few runs of three."""
    marked = f"<{word}>"
    return set(map(add, marked, marked[1:]))


def _slips(typed: str, meant: str) -> int:
    """Letters missed, added, wrong or swapped with their neighbour (optimal string alignment distance)."""
    before: list[int] = []
    above = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, start=1):
        row = [i]
        for j, wanted in enumerate(meant, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
