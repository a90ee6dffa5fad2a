"""A full-text index in memory: terms and pairs of neighbouring terms, scored by BM25 over weighted fields.

Knows documents as lists of terms, not articles. Everything a posting can add to a score is computed when the
index is built (the idea of eager scoring, Lù 2024, arXiv 2407.03618), so a query only adds up slices of two
arrays. Fields are weighted before term frequency saturates (BM25F, Robertson, Zaragoza and Taylor 2004).
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SATURATION = 3.0  # BM25's k1, on weighted frequencies
PAIR_WORDS = 400  # pairs are taken from the first words of a field: further down they cost memory and find little
_GAP = -1  # the id that stands between two phrases, so that no pair spans them


@dataclass(frozen=True)
class Field:
    """How much a field counts, and how strongly a long one is discounted (BM25's b, 0 to 1)."""

    weight: float
    length_discount: float


@dataclass(frozen=True)
class _Tokens:
    """Every token of every document: its term id, document and field."""

    terms: Ints
    documents: Ints
    fields: Ints


class Index:
    """Postings of terms and pairs: for each, the documents that hold it and what it adds to their score."""

    def __init__(self, documents: Iterable[Sequence[Sequence[Sequence[str]]]], fields: Sequence[Field]) -> None:
        """`documents` are their fields, a field is a list of phrases, a phrase a list of terms."""
        self._ids: dict[str, int] = {}
        tokens, self.size = self._tokens(documents)
        weights = _weights(tokens, fields, self.size)
        keys, owners = _with_pairs(tokens)
        unique, slots = np.unique(keys, return_inverse=True)
        self._pairs = unique[len(self._ids) :]  # every term has a posting, so the slot of a term is its id
        self._fill(slots, len(unique), tokens.documents[owners], weights[owners])

    @property
    def vocabulary(self) -> Sequence[str]:
        return tuple(self._ids)

    def __contains__(self, term: str) -> bool:
        return term in self._ids

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency; an unknown term counts as one that a single document holds."""
        slot = self._ids.get(term)
        held_by = 1 if slot is None else self._starts[slot + 1] - self._starts[slot]
        return log1p((self.size - held_by + 0.5) / (held_by + 0.5))

    def scores(self, query: Mapping[str, float], pairs: Mapping[tuple[str, str], float]) -> Floats:
        """One score a document: the sum over the weighted terms and pairs of the query."""
        total = np.zeros(self.size, np.float32)
        slots = {self._ids[term]: weight for term, weight in query.items() if term in self._ids}
        for slot, weight in (slots | self._pair_slots(pairs)).items():
            part = slice(self._starts[slot], self._starts[slot + 1])
            total[self._documents[part]] += np.float32(weight) * self._adds[part]
        return total

    def holds(self, term: str, documents: Ints) -> npt.NDArray[np.bool_]:
        """Which of the documents have the term in any field."""
        slot = self._ids.get(term)
        if slot is None:
            return np.zeros(len(documents), bool)
        held = self._documents[self._starts[slot] : self._starts[slot + 1]]
        at = np.minimum(np.searchsorted(held, documents), len(held) - 1)
        return np.asarray(held[at] == documents)

    def _tokens(self, documents: Iterable[Sequence[Sequence[Sequence[str]]]]) -> tuple[_Tokens, int]:
        terms: list[int] = []
        places: list[tuple[int, int, int]] = []
        number = -1
        for number, document in enumerate(documents):
            for field, phrases in enumerate(document):
                before = len(terms)
                for phrase in phrases:
                    terms += [self._ids.setdefault(term, len(self._ids)) for term in phrase]
                    terms.append(_GAP)
                places.append((number, field, len(terms) - before))
        spans = np.array(places, np.int64).reshape(-1, 3)
        documents_of, fields_of = (np.repeat(spans[:, column], spans[:, 2]) for column in (0, 1))
        return _Tokens(np.array(terms, np.int64), documents_of, fields_of), number + 1

    def _fill(self, slots: Ints, count: int, documents: Ints, weights: Floats) -> None:
        """Sorts the postings by term and document, and computes what each adds."""
        order = np.lexsort((documents, slots))
        slots, documents, weights = slots[order], documents[order], weights[order]
        new = np.ones(len(slots), bool)
        new[1:] = (slots[1:] != slots[:-1]) | (documents[1:] != documents[:-1])
        firsts = np.flatnonzero(new)
        frequency = np.add.reduceat(weights, firsts) if len(firsts) else np.zeros(0, np.float32)
        held_by = np.bincount(slots[firsts], minlength=count)
        rarity = np.log1p((self.size - held_by + 0.5) / (held_by + 0.5))
        saturated = frequency * (SATURATION + 1) / (frequency + SATURATION)
        self._documents = documents[firsts].astype(np.int32)
        self._adds: Floats = (rarity[slots[firsts]] * saturated).astype(np.float32)
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


def _weights(tokens: _Tokens, fields: Sequence[Field], size: int) -> Floats:
    """What one occurrence of a token counts: its field's weight, discounted by the field's length there."""
    real = tokens.terms != _GAP
    places = tokens.documents * len(fields) + tokens.fields
    lengths = np.bincount(places[real], minlength=size * len(fields)).reshape(size, len(fields))
    usual = np.maximum(lengths.sum(axis=0) / max(1, size), 1)
    discount = np.array([field.length_discount for field in fields])
    weight = np.array([field.weight for field in fields])
    each = weight / (1 - discount + discount * lengths / usual)
    counted: Floats = each.reshape(-1)[places].astype(np.float32)
    return counted


def _with_pairs(tokens: _Tokens) -> tuple[Ints, Ints]:
    """The keys of all terms and all pairs of neighbours, and which token each belongs to."""
    terms = np.flatnonzero(tokens.terms != _GAP)
    same = (tokens.documents[1:] == tokens.documents[:-1]) & (tokens.fields[1:] == tokens.fields[:-1])
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
    starts[1:] = (tokens.documents[1:] != tokens.documents[:-1]) | (tokens.fields[1:] != tokens.fields[:-1])
    first = np.maximum.accumulate(np.where(starts, np.arange(size), 0))
    early: npt.NDArray[np.bool_] = np.arange(size) - first < PAIR_WORDS
    return early
