"""A full-text index in memory: terms and pairs of neighbouring terms, scored by BM25 over weighted fields.

Knows documents as lists of terms, not articles. Everything a posting can add to a score is computed when the
index is built (the idea of eager scoring, Lù 2024, arXiv 2407.03618), so a query only adds up slices of two
arrays. Fields are weighted before term frequency saturates (BM25F, Robertson, Zaragoza and Taylor 2004).

A document may have several versions (translations). A term counts as often as in the version that has it most: what
is there in five languages is not five times as right.
"""

import itertools
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SATURATION = 6.0  # BM25's k1, on weighted frequencies
FLATNESS = 3  # rarity as in a collection so many times larger: a common word counts a little more beside a rare one
BLOCK = 64
LONG = 4_096  # postings of so many documents are added one by one
PAIR_WORDS = 400  # pairs are taken from the first words of a field: further down they cost memory and find little
_GAP = -1  # the id that stands between two phrases, so that no pair spans them


@dataclass(frozen=True)
class Field:
    """How much a field counts, and how strongly a long one is discounted (BM25's b, 0 to 1)."""

    weight: float
    length_discount: float


@dataclass(frozen=True)
class Version:
    """One version of a document: its fields, each a list of phrases, each a list of terms."""

    document: int
    fields: Sequence[Sequence[Sequence[str]]]


@dataclass(frozen=True)
class _Tokens:
    """Every token of every version: its term id, version and field."""

    terms: Ints
    versions: Ints
    fields: Ints


class Index:
    """Postings of terms and pairs: for each, the documents that hold it and what it adds to their score."""

    def __init__(self, versions: Iterable[Version], fields: Sequence[Field]) -> None:
        """The versions of a document follow each other, and documents are numbered from 0 without gaps."""
        numbers = _Numbers()
        tokens, documents = _tokens(versions, numbers)
        self._ids = dict(numbers)
        self.size = int(documents[-1]) + 1 if len(documents) else 0
        weights = _weights(tokens, fields, len(documents))
        keys, owners = _with_pairs(tokens)
        unique, slots = np.unique(keys, return_inverse=True)
        self._pairs = unique[len(self._ids) :]  # every term has a posting, so the slot of a term is its id
        self._fill(len(unique), *_most(slots, tokens.versions[owners], weights[owners], documents))

    @property
    def vocabulary(self) -> Sequence[str]:
        return tuple(self._ids)

    def __contains__(self, term: str) -> bool:
        return term in self._ids

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency; an unknown term counts as one that a single document holds."""
        held_by = self.held_by(term) or 1
        return log1p((FLATNESS * self.size - held_by + 0.5) / (held_by + 0.5))

    def held_by(self, term: str) -> int:
        """How many documents hold the term."""
        slot = self._ids.get(term)
        return 0 if slot is None else self._starts[slot + 1] - self._starts[slot]

    def scores(self, query: Mapping[str, float], pairs: Mapping[tuple[str, str], float]) -> Floats:
        """One score a document: the sum over the weighted terms and pairs of the query."""
        slots = {self._ids[term]: weight for term, weight in query.items() if term in self._ids}
        weighted = (slots | self._pair_slots(pairs)).items()
        parts = [(slice(self._starts[slot], self._starts[slot + 1]), np.float32(weight)) for slot, weight in weighted]
        short = [(part, weight) for part, weight in parts if part.stop - part.start < LONG]
        total = self._sum(short)
        for part, weight in parts:
            if part.stop - part.start >= LONG:
                np.add.at(total, self._documents[part], weight * self._adds[part])
        return total

    def _sum(self, parts: Sequence[tuple[slice, np.float32]]) -> Floats:
        """All short postings at once: a call for each would take longer than the sums."""
        if not parts:
            return np.zeros(self.size, np.float32)
        documents = np.concatenate([self._documents[part] for part, _ in parts])
        adds = np.concatenate([weight * self._adds[part] for part, weight in parts])
        return np.bincount(documents, adds, self.size).astype(np.float32)

    def holds(self, term: str, documents: Ints) -> npt.NDArray[np.bool_]:
        """Which of the documents have the term in any field."""
        slot = self._ids.get(term)
        if slot is None:
            return np.zeros(len(documents), bool)
        held = self._documents[self._starts[slot] : self._starts[slot + 1]]
        at = np.minimum(np.searchsorted(held, documents), len(held) - 1)
        return np.asarray(held[at] == documents)

    def _fill(self, count: int, slots: Ints, documents: Ints, frequency: Floats) -> None:
        """Computes what each posting adds; they come sorted by slot and document."""
        held_by = np.bincount(slots, minlength=count)
        rarity = np.log1p((FLATNESS * self.size - held_by + 0.5) / (held_by + 0.5))
        saturated = frequency * (SATURATION + 1) / (frequency + SATURATION)
        self._documents = documents.astype(np.int32)
        self._adds: Floats = (rarity[slots] * saturated).astype(np.float32)
        self._starts: list[int] = [0, *np.cumsum(held_by).tolist()]

    def _pair_slots(self, pairs: Mapping[tuple[str, str], float]) -> dict[int, float]:
        ids = self._ids
        known = {
            _pair_key(ids[first], ids[second]): weight
            for (first, second), weight in pairs.items()
            if first in ids and second in ids
        }
        keys = np.fromiter(known, np.int64, len(known))
        places = np.searchsorted(self._pairs, keys)
        held = np.append(self._pairs, -1)[places] == keys
        slots = (len(ids) + places[held]).tolist()
        return dict(zip(slots, itertools.compress(known.values(), held.tolist()), strict=True))


def highest(scores: Floats, limit: int) -> Ints:
    """At least the `limit` documents with the highest scores above zero, in no order.

    The limit-th highest of the maxima of blocks is at most the limit-th highest score, so few documents are left.
    """
    whole = len(scores) - len(scores) % BLOCK
    bound = 0.0
    if 0 < limit < whole // BLOCK:
        bound = np.partition(scores[:whole].reshape(-1, BLOCK).max(axis=1), -limit)[-limit]
    return np.flatnonzero((scores >= bound) & (scores > 0))


class _Numbers(dict[str, int]):
    """Gives each term the next number when it is first looked up."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


def _tokens(versions: Iterable[Version], numbers: _Numbers) -> tuple[_Tokens, Ints]:
    """All tokens, and the document of each version."""
    terms = array("q")
    places: list[tuple[int, int, int]] = []
    documents: list[int] = []
    for position, version in enumerate(versions):
        documents.append(version.document)
        for field, phrases in enumerate(version.fields):
            before = len(terms)
            for phrase in phrases:
                terms.extend(map(numbers.__getitem__, phrase))
                terms.append(_GAP)
            places.append((position, field, len(terms) - before))
    spans = np.array(places, np.int64).reshape(-1, 3)
    versions_of, fields_of = (np.repeat(spans[:, column], spans[:, 2]) for column in (0, 1))
    return _Tokens(np.array(terms, np.int64), versions_of, fields_of), np.array(documents, np.int64)


def _most(slots: Ints, versions: Ints, weights: Floats, documents: Ints) -> tuple[Ints, Ints, Floats]:
    """The postings, each once: slot, document, and its weighted frequency in the version that has it most."""
    order = np.lexsort((versions, slots))
    slots, versions, weights = slots[order], versions[order], weights[order]
    starts = _starts(slots, versions)
    slots, owners = slots[starts], documents[versions[starts]]
    frequency = np.add.reduceat(weights, starts) if len(starts) else weights
    starts = _starts(slots, owners)
    return slots[starts], owners[starts], np.maximum.reduceat(frequency, starts) if len(starts) else frequency


def _starts(slots: Ints, places: Ints) -> Ints:
    """Where a run of the same slot and place begins."""
    new = np.ones(len(slots), bool)
    new[1:] = (slots[1:] != slots[:-1]) | (places[1:] != places[:-1])
    return np.flatnonzero(new)


def _weights(tokens: _Tokens, fields: Sequence[Field], size: int) -> Floats:
    """What one occurrence of a token counts: its field's weight, discounted by the field's length there."""
    real = tokens.terms != _GAP
    places = tokens.versions * len(fields) + tokens.fields
    lengths = np.bincount(places[real], minlength=size * len(fields)).reshape(size, len(fields))
    usual = np.maximum(lengths.sum(axis=0) / np.maximum((lengths > 0).sum(axis=0), 1), 1)  # of those that have it
    discount = np.array([field.length_discount for field in fields])
    weight = np.array([field.weight for field in fields])
    each = weight / (1 - discount + discount * lengths / usual)
    counted: Floats = each.reshape(-1)[places].astype(np.float32)
    return counted


def _with_pairs(tokens: _Tokens) -> tuple[Ints, Ints]:
    """The keys of all terms and all pairs of neighbours, and which token each belongs to."""
    terms = np.flatnonzero(tokens.terms != _GAP)
    same = (tokens.versions[1:] == tokens.versions[:-1]) & (tokens.fields[1:] == tokens.fields[:-1])
    both = (tokens.terms[1:] != _GAP) & (tokens.terms[:-1] != _GAP)
    pairs = np.flatnonzero(same & both & _early(tokens)[1:])
    pair_keys = _pair_key(tokens.terms[pairs], tokens.terms[pairs + 1])
    return np.concatenate((tokens.terms[terms], pair_keys)), np.concatenate((terms, pairs))


def _pair_key(first: Any, second: Any) -> Any:
    """One number for two term ids (or arrays of them), above every term id."""
    return ((first + 1) << 32) | second


def _early(tokens: _Tokens) -> npt.NDArray[np.bool_]:
    """Which tokens stand among the first words of their field."""
    size = len(tokens.terms)
    starts = np.ones(size, bool)
    starts[1:] = (tokens.versions[1:] != tokens.versions[:-1]) | (tokens.fields[1:] != tokens.fields[:-1])
    first = np.maximum.accumulate(np.where(starts, np.arange(size), 0))
    early: npt.NDArray[np.bool_] = np.arange(size) - first < PAIR_WORDS
    return early
