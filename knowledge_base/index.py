"""A full-text index in memory: terms and pairs of neighbouring terms, scored by BM25 over weighted fields.

Knows documents as lists of terms, not articles. Everything a posting can add to a score is computed when the
index is built (the idea of eager scoring, Lù 2024, arXiv 2407.03618), so a query only adds up slices of two
arrays. Fields are weighted before term frequency saturates (BM25F, Robertson, Zaragoza and Taylor 2004).

A document may have several versions (translations). A term counts as often as in the version that has it most: what
is there in five languages is not five times as right.
"""

import itertools
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import log1p
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Documents = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.float64]
_Item = TypeVar("_Item")

SATURATION = 6.0  # BM25's k1, on weighted frequencies
FLATNESS = 3  # rarity as in a collection so many times larger: a common word counts a little more beside a rare one
BLOCK = 64
LONG = 4_096  # postings of so many documents are added one by one
PAIR_WORDS = 400  # pairs are taken from the first words of a field: further down they cost memory and find little
CHUNK = 1_000_000  # tokens that are sorted at a time; more take more memory and no less time
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
class Postings:
    """Which documents hold what. Slots are the terms by their ids, then the pairs by their keys; the postings of a slot
    run from its start to the next one."""

    pairs: Ints
    starts: Ints
    documents: Documents
    adds: Floats  # to the score of the document


class Index:
    """Terms and pairs: for each, the documents that hold it and what it adds to their score."""

    def __init__(self, vocabulary: Sequence[str], size: int, postings: Postings) -> None:
        """`size` documents; a term's id is its place in the vocabulary. `indexed` makes one of texts."""
        self.vocabulary = vocabulary
        self.size = size
        self.postings = postings
        self._ids = dict(zip(vocabulary, range(len(vocabulary)), strict=True))

    def __contains__(self, term: str) -> bool:
        return term in self._ids

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency; an unknown term counts as one that a single document holds."""
        held_by = self.held_by(term) or 1
        return log1p((FLATNESS * self.size - held_by + 0.5) / (held_by + 0.5))

    def held_by(self, term: str) -> int:
        """How many documents hold the term."""
        slot = self._ids.get(term)
        return 0 if slot is None else int(self.postings.starts[slot + 1] - self.postings.starts[slot])

    def scores(self, query: Mapping[str, float], pairs: Mapping[tuple[str, str], float]) -> Floats:
        """One score a document: the sum over the weighted terms and pairs of the query."""
        slots = {self._ids[term]: weight for term, weight in query.items() if term in self._ids}
        weighted = (slots | self._pair_slots(pairs)).items()
        parts = [(self._part(slot), np.float32(weight)) for slot, weight in weighted]
        short = [(part, weight) for part, weight in parts if part.stop - part.start < LONG]
        total = self._sum(short)
        for part, weight in parts:
            if part.stop - part.start >= LONG:
                np.add.at(total, self.postings.documents[part], weight * self.postings.adds[part])
        return total

    def _sum(self, parts: Sequence[tuple[slice, np.float32]]) -> Floats:
        """All short postings at once: a call for each would take longer than the sums."""
        if not parts:
            return np.zeros(self.size, np.float32)
        documents = np.concatenate([self.postings.documents[part] for part, _ in parts])
        adds = np.concatenate([weight * self.postings.adds[part] for part, weight in parts])
        return np.bincount(documents, adds, self.size).astype(np.float32)

    def holds(self, term: str, documents: Ints) -> npt.NDArray[np.bool_]:
        """Which of the documents have the term in any field."""
        slot = self._ids.get(term)
        if slot is None:
            return np.zeros(len(documents), bool)
        held = self.postings.documents[self._part(slot)]
        at = np.minimum(np.searchsorted(held, documents), len(held) - 1)
        return np.asarray(held[at] == documents)

    def _part(self, slot: int) -> slice:
        starts = self.postings.starts
        return slice(starts.item(slot), starts.item(slot + 1))

    def _pair_slots(self, pairs: Mapping[tuple[str, str], float]) -> dict[int, float]:
        ids = self._ids
        known = {
            _pair_key(ids[first], ids[second], len(ids)): weight
            for (first, second), weight in pairs.items()
            if first in ids and second in ids
        }
        keys = np.fromiter(known, np.int64, len(known))
        places = np.searchsorted(self.postings.pairs, keys)
        held = places < len(self.postings.pairs)
        held[held] = self.postings.pairs[places[held]] == keys[held]
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


class _Chunk:
    """The tokens of some documents in the order in which they stand, each phrase with a gap behind it."""

    def __init__(self) -> None:
        self.terms = array("i")
        self.lengths = array("i")  # of each field of each version, gaps included
        self.phrases = array("i")
        self.documents = array("i")  # of each version

    def add(self, version: Version, numbers: _Numbers) -> None:
        self.documents.append(version.document)
        for phrases in version.fields:
            before = len(self.terms)
            for phrase in phrases:
                self.terms.extend(map(numbers.__getitem__, phrase))
                self.terms.append(_GAP)
            self.lengths.append(len(self.terms) - before)
            self.phrases.append(len(phrases))

    def words(self, fields: int) -> Ints:
        """How many terms each version (row) has in each field (column)."""
        return (np.array(self.lengths, np.int64) - np.array(self.phrases, np.int64)).reshape(-1, fields)


@dataclass(frozen=True)
class _Run:
    """The postings of a chunk, sorted by key and document."""

    keys: Ints  # each once
    held_by: Ints  # so many documents
    documents: Documents
    frequency: Floats


def indexed(versions: Iterable[Version], fields: Sequence[Field], chunk: int = CHUNK) -> Index:
    """An index of these texts. The versions of a document follow each other; documents are numbered from 0, no gaps.

    The texts are turned into numbers first, because what a word counts depends on how long fields usually are. Then
    chunk by chunk is sorted, and its postings are put in their places: sorting all at once takes six times the memory.
    """
    numbers = _Numbers()
    chunks = deque(_chunks(versions, numbers, chunk))
    size = chunks[-1].documents[-1] + 1 if chunks else 0
    usual = _usual_lengths(chunks, len(fields))
    runs = deque(_run(each, len(numbers), fields, usual) for each in _emptying(chunks))
    return Index(tuple(numbers), size, _merged(runs, len(numbers), size))


def _chunks(versions: Iterable[Version], numbers: _Numbers, size: int) -> Iterator[_Chunk]:
    """All tokens, about `size` at a time; the versions of a document are in the same chunk."""
    chunk = _Chunk()
    for _, group in itertools.groupby(versions, key=attrgetter("document")):
        for version in group:
            chunk.add(version, numbers)
        if len(chunk.terms) >= size:
            yield chunk
            chunk = _Chunk()
    if chunk.documents:
        yield chunk


def _emptying(queue: deque[_Item]) -> Iterator[_Item]:
    """The items, each let go when the next is asked for."""
    while queue:
        yield queue.popleft()


def _usual_lengths(chunks: Iterable[_Chunk], fields: int) -> Lengths:
    """The mean length of each field, of the versions that have it; at least 1."""
    total, having = np.zeros(fields, np.int64), np.zeros(fields, np.int64)
    for chunk in chunks:
        words = chunk.words(fields)
        total += words.sum(axis=0)
        having += (words > 0).sum(axis=0)
    return np.maximum(total / np.maximum(having, 1), 1)


def _run(chunk: _Chunk, terms: int, fields: Sequence[Field], usual: Lengths) -> _Run:
    """The postings of a chunk: how often a document has each term and pair, in the version that has it most."""
    keys, places = _keys(chunk, terms)
    order = _order(keys)  # places come in order, and stay so
    keys, places = keys[order], places[order]
    weights = _weights(chunk.words(len(fields)), fields, usual)[places]
    versions = places // len(fields)
    starts = _starts(keys, versions)
    keys, documents = keys[starts], np.array(chunk.documents, np.int32)[versions[starts]]
    frequency = np.add.reduceat(weights, starts) if len(starts) else weights
    starts = _starts(keys, documents)
    keys, documents = keys[starts], documents[starts]
    frequency = np.maximum.reduceat(frequency, starts) if len(starts) else frequency
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return _Run(keys[starts], np.diff(starts, append=len(keys)), documents, frequency)


def _order(keys: Ints) -> Ints:
    """The stable order of keys. Numbers alone are sorted ten times as fast as an order is found, so each key carries
    its place in its low bits where there is room."""
    bits = len(keys).bit_length()
    if not len(keys) or int(keys.max()).bit_length() + bits > 63:
        return np.argsort(keys, kind="stable")
    return np.sort(keys << bits | np.arange(len(keys))) & ((1 << bits) - 1)


def _starts(keys: Ints, places: npt.NDArray[np.integer]) -> Ints:
    """Where a run of the same key and place begins."""
    new = np.ones(len(keys), bool)
    new[1:] = (keys[1:] != keys[:-1]) | (places[1:] != places[:-1])
    return np.flatnonzero(new)


def _weights(words: Ints, fields: Sequence[Field], usual: Lengths) -> Floats:
    """What one occurrence counts in each place (the fields of each version): less where the field is long."""
    discount = np.array([field.length_discount for field in fields])
    weight = np.array([field.weight for field in fields])
    return (weight / (1 - discount + discount * words / usual)).reshape(-1).astype(np.float32)


def _keys(chunk: _Chunk, vocabulary: int) -> tuple[Ints, Ints]:
    """The keys of all terms and all pairs of neighbours, and the place (field of a version) that each stands in."""
    terms, lengths = np.array(chunk.terms, np.int64), np.array(chunk.lengths, np.int64)
    places = np.repeat(np.arange(len(lengths)), lengths)
    real = terms != _GAP
    both = real[1:] & real[:-1] & (places[1:] == places[:-1])
    early = np.arange(len(terms)) - np.repeat(np.cumsum(lengths) - lengths, lengths) < PAIR_WORDS
    first = np.flatnonzero(both & early[1:])
    pairs = _pair_key(terms[first], terms[first + 1], vocabulary)
    return np.concatenate((terms[real], pairs)), np.concatenate((places[real], places[first]))


def _pair_key(first: Any, second: Any, vocabulary: int) -> Any:
    """One number for two ids (or arrays of them) of a vocabulary of that size, above every id."""
    return ((first + 1) << vocabulary.bit_length()) | second


def _merged(runs: deque[_Run], terms: int, size: int) -> Postings:
    """The postings of all chunks, by slot and document, with what each adds."""
    keys = reduce(np.union1d, (run.keys for run in runs), np.zeros(0, np.int64))
    held_by = np.zeros(len(keys), np.int64)
    for run in runs:
        held_by[np.searchsorted(keys, run.keys)] += run.held_by
    starts = np.concatenate(([0], np.cumsum(held_by)))
    rarity = np.log1p((FLATNESS * size - held_by + 0.5) / (held_by + 0.5))
    documents, adds = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    free = starts[:-1].copy()
    for run in _emptying(runs):
        slots = np.searchsorted(keys, run.keys)
        before = np.cumsum(run.held_by) - run.held_by
        places = np.repeat(free[slots] - before, run.held_by) + np.arange(len(run.documents))
        free[slots] += run.held_by
        documents[places] = run.documents
        saturated = run.frequency * (SATURATION + 1) / (run.frequency + SATURATION)
        adds[places] = np.repeat(rarity[slots], run.held_by) * saturated
    return Postings(keys[terms:].copy(), starts, documents, adds)  # every term has a posting: its slot is its id
