"""Scoring one text directly from plain arrays: what serves the desk. Needs numpy alone and unpickles nothing.

The arrays are what a trained pipeline knows, laid out for one message at a time. All that a known word adds, its
letters and concepts too, stands in one place, and so does each pair of words; of an unknown word the letters and
concepts are looked up. A message has a dozen words: for so few, lists and dictionaries are often quicker than arrays.
The scores are those of the pipeline (`weights.py`) within 1e-6; the tests hold both side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from classifier.grams import LENGTH, MOST_REMEMBERED, Lexicon
from classifier.keys import Keys, letter_keys
from classifier.pairs import UNKNOWN, Pairs, Partners
from classifier.spelling import Slips, Speller
from classifier.text import fold, words

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Columns = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Arrays:
    """A pipeline laid flat.

    A row of `weights` has, for each label, weight times what the column counts for, the labels of all heads side by
    side; and last the square of what it counts for. The first rows are of `words`, each with its letters and concepts.
    The rows of pairs follow in the order of their numbers, then those of groups of letters, whose keys are
    `letter_keys`, ascending, and those of `concepts`. `rarity` is that of words, pairs and concepts, one after the
    other. `slips` leads from mistyped words to `words`.
    """

    words: tuple[str, ...]
    pairs: Pairs
    letter_keys: Keys
    concepts: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    slips: Slips

    @property
    def pairs_count(self) -> int:
        return len(self.rarity) - len(self.words) - len(self.concepts)


@dataclass(frozen=True, eq=False)
class Scores:
    """One text's scores by head. `words` are the places of its words in their order, UNKNOWN for those never seen,
    which are `strange`. `scale` is by what its sums were multiplied, so that all texts have the same length."""

    heads: Mapping[str, Floats]
    known_share: float
    words: Sequence[int] = ()
    strange: Sequence[str] = ()
    scale: float = 0.0


class Scorer:
    """Reads folded text. `heads` names each head and its labels, in the order of the rows' values."""

    def __init__(self, arrays: Arrays, heads: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        self.arrays = arrays
        self.heads = {name: tuple(labels) for name, labels in heads.items()}
        self.lexicon = lexicon
        self._place = {word: place for place, word in enumerate(arrays.words)}
        self._concept = {name: place for place, name in enumerate(arrays.concepts)}
        self._speller = Speller(arrays.words, self._place, arrays.slips)
        self._partners = Partners(arrays.pairs, len(arrays.words), first=len(arrays.words))
        self._strangers: dict[str, Doubles] = {}
        self._bias = arrays.bias.astype(np.float64)
        rows = np.asarray(arrays.weights)  # no memory map, into which every look takes longer
        sizes = (len(arrays.words) + arrays.pairs_count, len(arrays.letter_keys))
        self._rows, self._letter_rows, self._concept_rows = np.split(rows, np.cumsum(sizes))  # first words and pairs
        self._rarity: list[float] = arrays.rarity[: len(arrays.words)].tolist()
        self._unseen_rarity = float(arrays.rarity[: len(arrays.words) + arrays.pairs_count].max(initial=0.0))
        self._spans = self._head_spans()

    @property
    def width(self) -> int:
        """How many words, pairs, groups of letters and concepts there are."""
        return len(self.arrays.rarity) + len(self.arrays.letter_keys)

    def read(self, text: str) -> Scores:
        """The scores of one normalised text."""
        places, strange = self.words_of(text)
        known = [place for place in places if place != UNKNOWN] if strange else places
        total = _summed(self._rows, known + self._partners.columns(places))
        if strange:
            self._add_strangers(total, strange)
        scale = LENGTH / sqrt(total[-1]) if total[-1] > 0 else 0.0
        row = (scale * total[:-1] + self._bias).astype(np.float32)
        heads = {name: row[start:end] for name, start, end in self._spans}
        return Scores(heads, self._known_share(known, len(strange)), places, strange, scale)

    def _add_strangers(self, total: Doubles, strange: Sequence[str]) -> None:
        for word, count in Counter(strange).items():
            often, row = _sublinear(count), self._stranger(word)
            total[:-1] += often * row[:-1]
            total[-1] += often * often * row[-1]

    def phrase_pulls(self, scores: Scores, label: int) -> list[tuple[int, int, float]]:
        """What each word, with its letters and concepts, and each two neighbours of a text added to a category's score:
        begin and end of the phrase among the words, and what it added."""
        scale, often = scores.scale, Counter(scores.words)
        found = [
            (at, at + 1, scale * _sublinear(often[word]) * float(self._rows[word, label]))
            for at, word in enumerate(scores.words)
            if word != UNKNOWN
        ]
        often = Counter(self._partners.columns(scores.words))
        found += [
            (at, at + 2, scale * _sublinear(often[pair]) * float(self._rows[pair, label]))
            for at, pair in enumerate(self._partners.neighbours(scores.words))
            if pair != UNKNOWN
        ]
        return found

    @property
    def shown(self) -> int:
        """How many columns `values_of` may tell: words, pairs and concepts."""
        return len(self.arrays.rarity)

    def values_of(self, words: Sequence[int], strange: Sequence[str]) -> tuple[Columns, Floats]:
        """What a text has, given its `words_of`: words, pairs and concepts, but no letters, which would find what is
        spelled alike and not what is meant alike. Words with pairs, and concepts, have unit length each."""
        told = [word for word in words if word != UNKNOWN]
        told += self._partners.columns(words)
        meant = [*(self.arrays.words[word] for word in words if word != UNKNOWN), *strange]
        start = len(self.arrays.words) + self.arrays.pairs_count
        concepts = [self._concept[name] for word in meant for name in self.lexicon.of(word) if name in self._concept]
        blocks = [Counter(told), Counter(start + concept for concept in concepts)]
        columns, values = zip(*map(self._of_unit_length, blocks), strict=True)
        return np.concatenate(columns), np.concatenate(values)

    def _of_unit_length(self, counts: Mapping[int, int]) -> tuple[Columns, Floats]:
        columns = np.array([*counts], np.int32)
        values = self.arrays.rarity.take(columns) * np.array([*map(_sublinear, counts.values())], np.float32)
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values

    def words_of(self, text: str) -> tuple[list[int], list[str]]:
        """The places of a text's words as they were meant, and the words that have none."""
        known = self._place
        told = words(fold(text))
        places = [known.get(word, UNKNOWN) for word in told]
        strange: list[str] = []
        if UNKNOWN in places:
            for at, word in enumerate(told):
                if places[at] == UNKNOWN:
                    meant = self._speller.corrected(word)
                    places[at] = known.get(meant, UNKNOWN)
                    if meant not in known:
                        strange.append(meant)
        return places, strange

    def _stranger(self, word: str) -> Doubles:
        """The row of an unknown word: of its letters and concepts."""
        found = self._strangers.get(word)
        if found is None:
            if len(self._strangers) >= MOST_REMEMBERED:
                self._strangers.clear()
            found = self._strangers[word] = self._looked_up(word)
        return found

    def _looked_up(self, word: str) -> Doubles:
        keys, known = letter_keys(word), self.arrays.letter_keys
        at = known.searchsorted(keys)
        letters = at[known.take(at, mode="clip") == keys] if len(known) else at[:0]
        concepts = [self._concept[name] for name in self.lexicon.of(word) if name in self._concept]
        spelled = self._letter_rows.take(letters, axis=0).sum(axis=0, dtype=np.float64)
        meant = self._concept_rows.take(np.array(concepts, np.intp), axis=0).sum(axis=0, dtype=np.float64)
        return np.asarray(spelled + meant)

    def _known_share(self, known: Sequence[int], strange: int) -> float:
        """How much of the text's weight in words was ever seen in training: 0 to 1, and 0 for no words at all."""
        rarity = self._rarity
        seen = sum([rarity[place] for place in known])
        return seen / max(seen + self._unseen_rarity * strange, 1e-9)

    def _head_spans(self) -> list[tuple[str, int, int]]:
        spans, start = [], 0
        for name, labels in self.heads.items():
            spans.append((name, start, start + len(labels)))
            start += len(labels)
        return spans


def _summed(rows: Floats, places: Sequence[int]) -> Doubles:
    """What words and pairs add up to, before the text has its length, and the square of their own."""
    if len(set(places)) < len(places):
        return _summed_with_repeats(rows, Counter(places))
    # In double precision: dozens of small terms would lose the sixth digit otherwise.
    total: Doubles = np.add.reduce(rows.take(np.array(places, np.intp), axis=0), axis=0, dtype=np.float64)
    return total


def _summed_with_repeats(rows: Floats, counts: Mapping[int, int]) -> Doubles:
    taken = rows.take(np.array([*counts], np.intp), axis=0)
    often = np.array([_sublinear(count) for count in counts.values()])
    total: Doubles = often.dot(taken)
    total[-1] = (often * often).dot(taken[:, -1])
    return total


def _sublinear(count: int) -> float:
    return 1 + log(count)
