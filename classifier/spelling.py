"""Slips of the finger in words: an unknown word one slip away from a common one is read as that word.

Pure. Knows words and how many texts had them, and nothing of what they mean. Codes and short words are left alone.
One reading, or none: search, which may weigh several, has a speller of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.grams import MOST_REMEMBERED
from classifier.keys import key_of, rest_keys

SHORTEST, LONGEST = 4, 24
# Shorter words are one slip away from too many others: "wife" from "wifi", "send" from "sand". They are only read where
# two letters changed places or one is too many.
LONG = 5
# A word that this many texts had is common; a rarer one may be a slip itself. What mistyped words cost is told by
# `python -m benchmarks.classifier --only own`.
COMMON = 4


@dataclass(frozen=True, eq=False)
class Slips:
    """Common words by what is left of them when a letter is left out: `keys` ascending, `places` of the words beside
    them. `counts` says of every word in how many texts it was."""

    keys: NDArray[np.uint64]
    places: NDArray[np.int32]
    counts: NDArray[np.int32]


def slips_among(words: Sequence[str], counts: Sequence[int]) -> Slips:
    """The look-up for the common ones of these words."""
    found = sorted(
        (key_of(rest), place)
        for place, (word, count) in enumerate(zip(words, counts, strict=True))
        if count >= COMMON and word.isalpha() and SHORTEST <= len(word) <= LONGEST
        for rest in (word, *_rests(word))
    )
    keys, places = [key for key, _ in found], [place for _, place in found]
    return Slips(np.array(keys, np.uint64), np.array(places, np.int32), np.array(counts, np.int32))


@dataclass(frozen=True, eq=False)
class Speller:
    """Reads unknown words. `place` leads from every known word to its place in `words`."""

    words: Sequence[str]
    place: Mapping[str, int]
    slips: Slips
    _read: dict[str, str] = field(default_factory=dict, repr=False)

    def corrected(self, word: str) -> str:
        """The folded word itself, or the most common word that is one slip away: a letter dropped, doubled, wrong or
        swapped with its neighbour."""
        if word in self.place or not SHORTEST <= len(word) <= LONGEST + 1 or not word.isalpha():
            return word
        meant = self._read.get(word)
        if meant is None:
            if len(self._read) >= MOST_REMEMBERED:
                self._read.clear()
            meant = self._read[word] = self._meant(word)
        return meant

    def _meant(self, word: str) -> str:
        near = [self.words[place] for place in self._candidates(word)]
        near = [each for each in near if is_one_slip(word, each) and (len(each) >= LONG or _is_clear(word, each))]
        counts = self.slips.counts
        # People seldom miss the first letter, so a word that shares it is likelier than a more common one.
        return min(near, key=lambda each: (each[0] != word[0], -counts[self.place[each]], each), default=word)

    def _candidates(self, word: str) -> set[int]:
        keys, asked = self.slips.keys, rest_keys(word)
        starts = keys.searchsorted(asked)
        found = keys.take(starts, mode="clip") == asked if len(keys) else starts < 0
        if not found.any():
            return set()
        starts, ends = starts[found].tolist(), keys.searchsorted(asked[found], side="right").tolist()
        return {
            place for start, end in zip(starts, ends, strict=True) for place in self.slips.places[start:end].tolist()
        }

    def __getstate__(self) -> dict[str, object]:
        return {"words": self.words, "place": self.place, "slips": self.slips, "_read": {}}


def speller_among(rows: Mapping[str, int]) -> Speller:
    """One to which each of these words is right as it is, and which reads unknown ones as the common among them; `rows`
    is how many texts had each."""
    known = sorted(rows)
    place = {word: at for at, word in enumerate(known)}
    return Speller(known, place, slips_among(known, [rows[word] for word in known]))


def _rests(word: str) -> set[str]:
    """The word with each one of its letters left out."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter too many, too few or wrong, or two neighbours swapped, lies between two words."""
    short, long = sorted((typed, meant), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2][::-1] == long[at : at + 2]
    return short[at + 1 :] == long[at + 1 :] or (swapped and short[at + 2 :] == long[at + 2 :])


def _is_clear(typed: str, meant: str) -> bool:
    """Whether a slip left every letter of the word there."""
    return len(typed) > len(meant) or sorted(typed) == sorted(meant)


# Reads every word as it stands.
NO_SPELLER = Speller((), {}, slips_among((), ()))
