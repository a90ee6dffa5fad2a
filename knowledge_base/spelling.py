"""Mistyped words, brought near to words that the articles use.

Knows a vocabulary, no language: words are compared by the runs of letters they share, then by the number of
letters that were missed, doubled, swapped or wrong. Only words that no article uses are worth asking about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SHORTEST = 4  # shorter words have too many neighbours
LETTER_BITS = 21  # of any letter's number
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
        runs, positions = _runs_of_all(self._words)
        self._sizes = np.bincount(positions, minlength=len(self._words)).astype(np.float32)
        starts = np.flatnonzero(np.diff(runs, prepend=-1)).tolist()
        spans = pairwise([*starts, len(runs)])
        self._places = {_letters(runs.item(start)): positions[start:end] for start, end in spans}

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


def _runs_of_all(words: Sequence[str]) -> tuple[Ints, Ints]:
    """Each run, as a number, of each word, as its place, sorted by both: what `_runs` says, for all words at once."""
    letters = np.frombuffer("".join(f"<{word}>" for word in words).encode("utf-32-le"), np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(words)), [len(word) + 2 for word in words])
    inside = owners[1:] == owners[:-1]
    runs = (letters[:-1] << LETTER_BITS | letters[1:])[inside]
    bits = len(words).bit_length()
    both = np.sort(runs << bits | owners[1:][inside])
    both = both[np.flatnonzero(np.diff(both, prepend=-1))]
    return both >> bits, both & ((1 << bits) - 1)


def _letters(run: int) -> str:
    return chr(run >> LETTER_BITS) + chr(run & ((1 << LETTER_BITS) - 1))


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
