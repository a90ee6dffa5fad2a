"""What a person asks, said in the terms that the index knows.

Knows an index and its vocabulary, no articles. Mends typos, splits and joins words, adds words that mean the
same, and takes out the error codes.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.codes import codes_in
from knowledge_base.index import Index
from knowledge_base.spelling import Speller
from knowledge_base.words import related, small_words, stem, words

# What kinds of words count. Chosen on our own articles (each also-known-as phrase taken out in turn and asked
# for, R@1 over 1,700 phrases) and 500 symptom texts over 3,035 public articles. Each is flat around its
# value: doubling or halving it moves R@1 by less than two points.
SMALL_WORD = 0.2
PAIR, PAIR_PER_WORD, PAIR_MOST = 0.2, 0.02, 0.8  # in a long question the order of words tells more
RELATED = 0.3
STAND_IN = 0.8

HELD_BY_TOO_MANY = 20_000  # a small word in so many articles takes more time than it tells
READ_CHARACTERS = 8_000  # what a person wants to know stands at the beginning
READ_WORDS = 300
MENDED_WORDS = 8  # mistyped words that are looked up in one question


_APART = re.compile(r"[^\s,;:!?\"'()\[\]{}<>]*[^\s,;:!?\"'()\[\]{}<>.]")


@dataclass(frozen=True)
class Word:
    """A word as typed, the terms of the index that stand for it, what it counts and how rare it is."""

    typed: str
    terms: tuple[str, ...]
    weight: float
    rarity: float


@dataclass(frozen=True)
class Question:
    """A query as the index takes it. `telling` are the words that are not small, the rarest first."""

    phrase: frozenset[str]
    codes: tuple[str, ...]
    telling: tuple[Word, ...]
    terms: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]


def code_term(code: str) -> str:
    """The term under which an index holds a code; the space keeps it apart from every word."""
    return f"code {code}"


def phrase_of(stems: Iterable[str]) -> frozenset[str]:
    """What a short text says, whatever the order of its words and its small words."""
    return frozenset(stems) - small_words()


def _pairs(meant: Sequence[str]) -> dict[tuple[str, str], float]:
    return dict.fromkeys(pairwise(meant), min(PAIR_MOST, PAIR + PAIR_PER_WORD * len(meant)))


class Reader:
    """Reads queries against one index."""

    def __init__(self, index: Index, odd_codes: Mapping[str, str] | None = None) -> None:
        """`odd_codes` are spellings that tell a code (its canonical form) wherever they stand alone."""
        self._index = index
        self._speller = Speller(index.vocabulary)
        self._odd_codes = odd_codes or {}

    def read(self, query: str) -> Question:
        query = query[:READ_CHARACTERS]
        typed = words(query)[:READ_WORDS]
        found = self._words(typed)
        codes = self._codes(query)
        meant = [found[stem(word)].terms[0] for word in typed]
        terms = {code_term(code): 1.0 for code in codes} | dict.fromkeys(sorted(related(meant)), RELATED)
        for word in found.values():
            if word.weight > SMALL_WORD or self._index.held_by(word.terms[0]) < HELD_BY_TOO_MANY:
                terms |= {term: max(word.weight, terms.get(term, 0)) for term in word.terms}
        telling = [word for word in found.values() if word.weight >= STAND_IN]
        telling.sort(key=lambda word: -word.rarity)
        return Question(phrase_of(map(stem, typed)), codes, tuple(telling), terms, _pairs(meant))

    def _words(self, typed: Sequence[str]) -> dict[str, Word]:
        """Each different word by its stem, in order; the parts of a word typed in two count little."""
        wholes = self._wholes(typed)
        parts = {part for whole in wholes for part in whole}
        found: dict[str, Word] = {}
        mended = 0
        for word in typed:
            term = stem(word)
            if term in found:
                continue
            small = word in parts or term in small_words()
            stands_in: tuple[str, ...] = ()
            if not small and term not in self._index and mended < MENDED_WORDS:
                stands_in = self._stand_ins(word)
                mended += 1
            found[term] = self._word(
                word, stands_in or (term,), SMALL_WORD if small else STAND_IN if stands_in else 1.0
            )
        for (first, second), whole in wholes.items():
            found.setdefault(whole, self._word(first + second, (whole,), 1.0))
        return found

    def _word(self, typed: str, terms: tuple[str, ...], weight: float) -> Word:
        return Word(typed, terms, weight, self._index.rarity(terms[0]))

    def _wholes(self, typed: Sequence[str]) -> dict[tuple[str, str], str]:
        """Pairs such as "one drive", with the term that both make together."""
        joined = {(first, second): stem(first + second) for first, second in pairwise(typed)}
        return {
            pair: whole
            for pair, whole in joined.items()
            if whole in self._index
            and len(whole) >= len("".join(pair)) - 1  # "drive red" is no driver
            and min(map(len, pair)) > 1
            and whole not in small_words()
        }

    def _stand_ins(self, word: str) -> tuple[str, ...]:
        """Terms for a word that no article uses: the halves it is made of, or its nearest spellings."""
        for cut in range(3, len(word) - 2):
            halves = stem(word[:cut]), stem(word[cut:])
            if all(half in self._index for half in halves):
                return halves
        return tuple(near.word for near in self._speller.near(stem(word)))

    def _codes(self, query: str) -> tuple[str, ...]:
        spaced = f" {' '.join(_APART.findall(unicodedata.normalize('NFKC', query).casefold()))} "
        odd = [code for spelling, code in self._odd_codes.items() if f" {spelling} " in spaced]
        return tuple(dict.fromkeys([*codes_in(query), *odd]))
