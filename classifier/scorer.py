"""Scoring one text directly from plain arrays: what serves the desk. Needs numpy alone and unpickles nothing.

The arrays are what a trained pipeline knows, laid out for one message at a time: known words lead to their columns
by one look-up, unknown ones by the groups of their letters, and one gather of weight rows answers every question at
once. The scores are those of the pipeline (`weights.py`) within 1e-6; the tests hold both side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from classifier.grams import MOST_REMEMBERED, Lexicon, pairs_apart
from classifier.keys import Keys, letter_keys
from classifier.spelling import Slips, Speller
from classifier.text import fold, words

Floats = NDArray[np.float32]
Columns = NDArray[np.int32]

NO_COLUMNS = np.empty(0, np.int32)
UNKNOWN = -1  # the column of a word that training never saw


@dataclass(frozen=True, eq=False)
class Arrays:
    """A pipeline laid flat. Columns stand in four runs: words, pairs of words, groups of letters, concepts.

    `words[i]` is column i. `pairs` (neighbours) and `pairs_apart` hold the columns of two words in one number,
    `letter_keys` a number for each group, all ascending; they give their own columns by position.
    `pieces[piece_starts[i]:piece_starts[i + 1]]` are the columns of letters and concepts of `words[i]`. `weights` has
    a row a column and a column a label, the labels of all heads side by side. `slips` leads from mistyped words
    to `words`.
    """

    words: tuple[str, ...]
    pairs: NDArray[np.int64]
    pairs_apart: NDArray[np.int64]
    letter_keys: Keys
    concepts: tuple[str, ...]
    piece_starts: Columns
    pieces: Columns
    rarity: Floats
    weights: Floats
    bias: Floats
    slips: Slips


@dataclass(frozen=True, eq=False)
class Scores:
    """One text's scores by head. `columns` (ascending) and `values` are what they were computed from; `words` are the
    columns of its words in their order, UNKNOWN for those never seen."""

    heads: Mapping[str, Floats]
    known_share: float
    columns: Columns
    values: Floats
    words: Sequence[int] = ()


class Scorer:
    """Reads folded text. `heads` names each head and its labels, in the order of the weights' columns."""

    def __init__(self, arrays: Arrays, heads: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        self.arrays = arrays
        self.heads = {name: tuple(labels) for name, labels in heads.items()}
        self.lexicon = lexicon
        self._column = {word: column for column, word in enumerate(arrays.words)}
        self._speller = Speller(arrays.words, self._column, arrays.slips)
        self._pieces: dict[str, Columns] = {}
        self._starts = [int(start) for start in arrays.piece_starts]
        words_end = len(arrays.words)
        self._letters_start = words_end + len(arrays.pairs) + len(arrays.pairs_apart)
        self._concepts_start = self._letters_start + len(arrays.letter_keys)
        self._block_ends = np.array((self._letters_start, self._concepts_start), np.int32)
        self._pair_column = _numbered(arrays.pairs, words_end)
        self._apart_start = words_end + len(arrays.pairs)
        self._concept_column = {name: self._concepts_start + at for at, name in enumerate(arrays.concepts)}
        self._unseen_rarity = float(arrays.rarity[: self._letters_start].max(initial=0.0))
        # Plain memory views: indexing a memory map takes longer each time.
        self._rarity, self._weights = np.asarray(arrays.rarity), np.asarray(arrays.weights)
        self._spans = self._head_spans()

    def read(self, text: str) -> Scores:
        """The scores of one normalised text."""
        told = self._words_of(text)
        alone = [self._column.get(word, UNKNOWN) for word in told]
        columns, counts = self._counted(told, alone)
        values = self._weighed(columns, counts)
        # Summed in double precision: hundreds of small terms would lose the sixth digit otherwise.
        summed = values.astype(np.float64) @ self._weights.take(columns, axis=0)
        row = (summed + self.arrays.bias).astype(np.float32)
        heads = {name: row[start:end] for name, start, end in self._spans}
        return Scores(heads, self._known_share(alone), columns, values, alone)

    def phrase_pulls(self, scores: Scores, label: int) -> list[tuple[int, int, float]]:
        """What each word and each two neighbours of a text added to a category's score: begin and end of the phrase
        among the words, and what it added."""
        last = int(scores.columns.searchsorted(self._letters_start))
        columns = scores.columns[:last]
        added = scores.values[:last] * self._weights[columns, label]
        pull = dict(zip(columns.tolist(), added.tolist(), strict=True))
        alone = scores.words
        found = [(at, at + 1, pull[column]) for at, column in enumerate(alone) if column in pull]
        for at, (first, second) in enumerate(pairwise(alone)):
            column = self._pair_column.get(first << 32 | second)
            if column in pull:
                found.append((at, at + 2, pull[column]))
        return found

    def _words_of(self, text: str) -> list[str]:
        """The words of a normalised text as they were meant; as many as were written."""
        known, corrected = self._column, self._speller.corrected
        return [word if word in known else corrected(word) for word in words(fold(text))]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.arrays.rarity)

    @property
    def letter_columns(self) -> tuple[int, int]:
        """Where the columns of letters begin and end."""
        return self._letters_start, self._concepts_start

    def _counted(self, told: Sequence[str], alone: Sequence[int]) -> tuple[Columns, Columns]:
        """The columns that a text has, ascending, and how often each. `alone` are the columns of its words."""
        singles = [column for column in alone if column != UNKNOWN]
        pair_column = self._pair_column
        singles += [pair_column[key] for a, b in pairwise(alone) if (key := a << 32 | b) in pair_column]
        parts = [np.array(singles, np.int32), self._apart(alone), *map(self._pieces_of, told)]
        columns = np.concatenate(parts)
        if not len(columns):
            return columns, columns
        columns.sort()
        first = np.empty(len(columns), np.bool_)
        first[0] = True
        np.not_equal(columns[1:], columns[:-1], out=first[1:])
        starts = first.nonzero()[0]
        ends = np.empty_like(starts)
        ends[:-1] = starts[1:]
        ends[-1] = len(columns)
        return columns[starts], ends - starts

    def _apart(self, alone: Sequence[int]) -> Columns:
        """Looked up in the sorted keys: of these most numerous pairs a dictionary would take much room."""
        known = self.arrays.pairs_apart
        keys = np.array([a << 32 | b if a < b else b << 32 | a for a, b in pairs_apart(alone)], np.int64)
        if not len(keys) or not len(known):
            return NO_COLUMNS
        at = known.searchsorted(keys)
        found: Columns = at[known.take(at, mode="clip") == keys].astype(np.int32)
        return found + np.int32(self._apart_start)

    def _weighed(self, columns: Columns, counts: Columns) -> Floats:
        """Sublinear counts times rarity; words with pairs, letters and concepts each have unit length."""
        values = np.log(counts, dtype=np.float32)
        values += 1
        values *= self._rarity.take(columns)
        start = 0
        for end in (*columns.searchsorted(self._block_ends).tolist(), len(columns)):
            if end > start:
                block = values[start:end]
                block /= sqrt(block.dot(block))
            start = end
        return values

    def _pieces_of(self, word: str) -> Columns:
        """The columns of a word's letters and concepts."""
        known = self._pieces.get(word)
        if known is None:
            column = self._column.get(word)
            known = self._stored(column) if column is not None else self._looked_up(word)
            if len(self._pieces) >= MOST_REMEMBERED:
                self._pieces.clear()
            self._pieces[word] = known
        return known

    def _stored(self, column: int) -> Columns:
        return np.asarray(self.arrays.pieces[self._starts[column] : self._starts[column + 1]])

    def _looked_up(self, word: str) -> Columns:
        keys = letter_keys(word)
        at = np.searchsorted(self.arrays.letter_keys, keys)
        inside = at < len(self.arrays.letter_keys)
        at, keys = at[inside], keys[inside]
        groups = at[self.arrays.letter_keys[at] == keys] + self._letters_start
        concepts = [self._concept_column[name] for name in self.lexicon.of(word) if name in self._concept_column]
        return np.concatenate([groups, concepts]).astype(np.int32)

    def _known_share(self, alone: Sequence[int]) -> float:
        """How much of the text's weight in words was ever seen in training: 0 to 1, and 0 for no words at all."""
        known = sum([self._rarity_of_words[column] for column in alone if column != UNKNOWN])
        return known / max(known + self._unseen_rarity * alone.count(UNKNOWN), 1e-9)

    @cached_property
    def _rarity_of_words(self) -> list[float]:
        return [float(value) for value in self._rarity[: len(self.arrays.words)]]

    def _head_spans(self) -> list[tuple[str, int, int]]:
        spans, start = [], 0
        for name, labels in self.heads.items():
            spans.append((name, start, start + len(labels)))
            start += len(labels)
        return spans


def _numbered(keys: NDArray[np.int64], start: int) -> dict[int, int]:
    return dict(zip(keys.tolist(), range(start, start + len(keys)), strict=True))
