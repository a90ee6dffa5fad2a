"""Which pieces of a message count: its words, pairs of words, groups of letters, and the concepts behind words.

Training and serving both read texts through this file, so that they count the same things. Pure.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import TypeVar

from classifier.text import words

T = TypeVar("T")

# Groups of two to five letters catch endings, compounds and slips of the finger; six and more add nothing.
SHORTEST, LONGEST = 2, 5
# Two words that stand near each other count in whatever order: "sound in teams" and "teams has no sound" share one.
FARTHEST = 4
# Of all that a text has, each times how rare it is. The bias that is learned beside it counts for one.
LENGTH = sqrt(3)
PATTERN_KINDS = ("exact", "start", "end", "inside")
# New words come without end; what is known of them is forgotten together when this many are remembered.
MOST_REMEMBERED = 50_000


def words_and_pairs(text: str) -> list[str]:
    """The words of a folded text, then its pairs: neighbours with a space between, others in reach in alphabetical
    order with a tilde between."""
    alone = words(text)
    together = [f"{first} {second}" for first, second in pairwise(alone)]
    apart = [f"{min(pair)}~{max(pair)}" for pair in pairs_apart(alone)]
    return alone + together + apart


def pairs_apart(alone: Sequence[T]) -> Iterator[tuple[T, T]]:
    """Each two of a row that have one to three others between them."""
    for reach in range(2, FARTHEST + 1):
        yield from zip(alone, alone[reach:], strict=False)


def is_pair(gram: str) -> bool:
    return " " in gram or "~" in gram


def letters(text: str) -> list[str]:
    """The groups of letters of every word of a folded text; a space stands for the edge of a word."""
    return [group for word in words(text) for group in letters_of(word)]


@lru_cache(maxsize=100_000)
def letters_of(word: str) -> tuple[str, ...]:
    edged = f" {word} "
    return tuple(
        edged[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(edged) - length + 1)
    )


@dataclass(frozen=True)
class Lexicon:
    """What words stand for: `patterns[kind][part]` names the concepts of a word that is, starts with, ends with or
    holds the part. A word list in ten languages: "postfach" and "inbox" are one thing to the model."""

    patterns: Mapping[str, Mapping[str, Sequence[str]]]
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, text: str) -> list[str]:
        """The concepts of a folded text, in the order of its words."""
        return [concept for word in words(text) for concept in self.of(word)]

    def of(self, word: str) -> tuple[str, ...]:
        """The concepts of one folded word, each once, in alphabetical order."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[word] = tuple(sorted(set(self._look_up(word))))
        return found

    def _look_up(self, word: str) -> Iterable[str]:
        exact, start, end, inside = (self.patterns.get(kind, {}) for kind in PATTERN_KINDS)
        yield from exact.get(word, ())
        for cut in range(1, len(word) + 1):
            yield from start.get(word[:cut], ())
            yield from end.get(word[-cut:], ())
        for begin in range(len(word) if inside else 0):
            for cut in range(begin + 1, min(len(word), begin + self._longest_inside) + 1):
                yield from inside.get(word[begin:cut], ())

    @cached_property
    def _longest_inside(self) -> int:
        return max(map(len, self.patterns.get("inside", {})), default=0)

    def __getstate__(self) -> dict[str, object]:
        return {"patterns": self.patterns}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state, _known={})


@lru_cache(maxsize=1)
def bundled_lexicon() -> Lexicon:
    """The word list that comes with the project: `data/concepts.toml`."""
    return read_lexicon(files("classifier").joinpath("data/concepts.toml").read_text(encoding="utf-8"))


def read_lexicon(toml: str) -> Lexicon:
    """A lexicon from TOML: one table a concept, one list of patterns a language; `*` stands for any beginning or
    ending."""
    patterns: dict[str, dict[str, list[str]]] = {kind: {} for kind in PATTERN_KINDS}
    for concept, by_language in tomllib.loads(toml).items():
        for pattern in sorted({each for listed in by_language.values() for each in listed}):
            named = patterns[_kind(pattern)].setdefault(pattern.strip("*"), [])
            if concept not in named:
                named.append(concept)
    return Lexicon(patterns)


def _kind(pattern: str) -> str:
    return PATTERN_KINDS[2 * pattern.startswith("*") + pattern.endswith("*")]
