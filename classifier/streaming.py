"""Learning a model from more examples than fit into memory: `train_streaming`. What comes out is a model like any
other, served from the same arrays; only the way there differs from training.py.

1. The rows are read once. Each goes to a file on disk without a name, gone with the process, as its plain text and
   labels. Meanwhile labels and grams are counted, the grams within a bound: what is rare is forgotten and begun anew.
2. The most frequent grams become the columns, with the rarity that was counted.
3. The rows come back in random order and a linear machine takes one step for each, as often as `passes` says.

A first reading is needed for the labels in any case, and it can count grams as well. So columns have names, nothing
collides as it would under hashing, and the scores served are those that were learned, for every text.

Memory is bounded whatever the number of rows, but for four bytes each: where every fourth row lies, and in which order
they come back. (`examples.py`, which reads the rows, remembers more of each where they come from a folder, in which no
text may stand twice.) The disk must hold the texts once, in the folder that TMPDIR names. The same rows in the same
order and the same seed give the same model.

`python -m benchmarks.streaming` tells what this costs and gives, beside training.py.
"""

import hashlib
import json
import os
import random
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.examples import Example
from classifier.export import scorer_of
from classifier.features import ANALYZERS, Features, Matrix, block_of, rarity_of
from classifier.folds import group_of
from classifier.grams import is_pair
from classifier.model import Calibration, Model, TrainingRecord
from classifier.neighbours import neighbours_of
from classifier.pipeline import Head, head_of, least_of
from classifier.prediction import Neighbour
from classifier.spelling import speller_among
from classifier.text import MOST_CHARACTERS, fold, normalise
from classifier.training import (
    MOST_AT_ONCE,
    TYPO_RATE,
    Progress,
    canonical,
    record_of,
    refuse_alike,
    refuse_lonely,
)
from classifier.typos import mistyped
from classifier.unseen import Unseen, labels_of, part_seen
from classifier.weights import HEADS, Weights

MOST_COLUMNS = 300_000
MOST_COUNTED = 600_000  # grams of one kind that are counted at a time
MOST_HELD_BACK = 10_000  # rows for temperatures and the gate
MOST_READ = 1_000  # of them at once: their letters take much room
MOST_SHOWN = 20_000  # rows among which the nearest examples are looked for
PARTS = 5  # one part of five is hidden from the weights that score the rows held back

# Rows that are sorted, by category or by date, must not be learned in that order: a batch is many small blocks from
# anywhere in the file (after Xu et al., "In-database machine learning with CorgiPile", SIGMOD 2022). A window that
# slides over sorted rows would hold one category most of the time. Blocks as long as a known issue has rows would hold
# one issue each; small ones do not, and there are fewer places to remember than rows.
BLOCK, BLOCKS_AT_ONCE = 4, 1_024

# One pass takes as many steps as there are rows, which is too few where rows are few: these are gone through again.
ENOUGH_ROWS, MOST_PASSES = 200_000, 10

ALPHA = 1e-4  # how strongly weights are drawn to zero

Labels: TypeAlias = tuple[str | None, ...]  # in the order of HEADS
LabelCounts: TypeAlias = Mapping[str, Counter[str]]  # by head
T = TypeVar("T")


def train_streaming(
    examples: Iterable[Example],
    *,
    seed: int = 0,
    out_of_scope: Collection[str] = ("other",),
    progress: Progress | None = None,
    now: datetime | None = None,
    passes: int | None = None,
) -> Model:
    """A model of these examples, which are gone through once and need not fit into memory. `passes` is how often their
    copies on disk are learned; by default once, or oftener where they are few. Raises TooFewExamples, and OSError with
    the remedy when the disk is full."""
    tell = _Tell(progress)
    with _Spool(TemporaryFile(prefix="triage-")) as spool:
        survey, features, in_rest = _survey(examples, spool, seed, tell)
        refuse_lonely(survey.labels["category"])
        refuse_alike(survey.labels["category"], out_of_scope)
        passes = passes or min(MOST_PASSES, max(1, ceil(ENOUGH_ROWS / survey.spool.rows)))
        weights, rest = _learned(survey, features, seed=seed, passes=passes, tell=tell)
    assert weights is not None  # there are two categories
    unseen = Unseen(survey.held_back.kept, weights, out_of_scope)
    if rest and not set(rest.category.labels) <= set(out_of_scope):
        _judge(unseen, survey.held_back.kept, _narrowed(rest, in_rest), out_of_scope)
    scorer, shown = scorer_of(weights), survey.shown.kept
    nearest = neighbours_of(scorer, [normalise(each.text) for each in shown], shown.__getitem__)
    record = survey.record(seed, out_of_scope, now)
    model = Model(scorer, Calibration(**unseen.temperatures(), gate=unseen.gate()), record, nearest, pipeline=weights)
    model = replace(model, held_back=unseen.measured(model))
    tell.done()
    return model


def _judge(unseen: Unseen, held_back: Sequence[Example], judge: Weights, foreign: Collection[str]) -> None:
    for start in range(0, len(held_back), MOST_READ):
        part = range(start, min(start + MOST_READ, len(held_back)))
        unseen.add(part_seen(part, [held_back[at].text for at in part], judge, foreign))


# -- the first reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What is learned from an example: its normalised text and labels. `left_out` hides it from the weights that score
    the rows held back."""

    text: str
    labels: Labels
    left_out: bool


class _Survey:
    """What one reading of all rows tells, besides their grams. The texts held back are normalised."""

    def __init__(self, spool: "_Spool", seed: int) -> None:
        self.spool = spool
        self.labels = {head: Counter[str]() for head in HEADS}
        self.labels_of_rest = {head: Counter[str]() for head in HEADS}
        self.held_back: _Reservoir[Example] = _Reservoir(MOST_HELD_BACK, f"{seed}:held back")
        self.shown: _Reservoir[Neighbour] = _Reservoir(MOST_SHOWN, f"{seed}:shown")
        self._seed, self._digest = seed, hashlib.sha256()

    def add(self, example: Example) -> _Row:
        row = _Row(normalise(example.text), labels_of(example), _is_left_out(example, self._seed))
        self._count(self.labels, row.labels)
        if row.left_out:
            self.held_back.add(replace(example, text=row.text))
        else:
            self._count(self.labels_of_rest, row.labels)
        self.shown.add(Neighbour(example.text[:MOST_CHARACTERS], example.category, example.issue))
        self._digest.update(f"{canonical(example)}\n".encode())
        self.spool.add(row)
        return row

    def record(self, seed: int, out_of_scope: Collection[str], now: datetime | None) -> TrainingRecord:
        """The hash is of the rows in the order they came, which the model depends on."""
        digest, rows = self._digest.hexdigest(), self.labels["category"]
        return record_of(digest, rows, seed=seed, out_of_scope=out_of_scope, now=now, partial=True)

    @staticmethod
    def _count(counts: LabelCounts, labels: Labels) -> None:
        for head, label in zip(HEADS, labels, strict=True):
            if label:
                counts[head][label] += 1


def _survey(
    examples: Iterable[Example], spool: "_Spool", seed: int, tell: "_Tell"
) -> tuple[_Survey, Features, NDArray[np.bool_]]:
    """With the columns, and which of them the rows have that are not left out."""
    survey, grams, grams_left_out = _Survey(spool, seed), _Grams(), _Grams()
    for example in examples:
        row = survey.add(example)
        found = grams.of(fold(row.text))
        grams.add(found)
        if row.left_out:
            grams_left_out.add(found)
        if not spool.rows % 1_000:
            tell.read(spool.rows)
    spool.complete()
    features = _features(grams.rows(), spool.rows)
    return survey, features, _more_often(features, grams.rows(), grams_left_out.rows())


def _is_left_out(example: Example, seed: int) -> bool:
    """By a hash of what must stay together, so that one known issue is wholly on one side."""
    key = f"{seed}:{group_of(example)!r}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=8).digest()[0] % PARTS == 0


class _Reservoir(Generic[T]):
    """A fair sample of a stream, of at most so many (algorithm R: Vitter 1985)."""

    def __init__(self, most: int, seed: str) -> None:
        self.kept: list[T] = []
        self._most, self._seen, self._chance = most, 0, random.Random(seed)

    def add(self, each: T) -> None:
        self._seen += 1
        if len(self.kept) < self._most:
            self.kept.append(each)
        elif (place := self._chance.randrange(self._seen)) < self._most:
            self.kept[place] = each


class _Counted:
    """How many rows have each gram, of at most so many grams. Where there are more, all that are no more frequent than
    the middle one are forgotten, and begin anew when they come again: a count may be too low, never too high.

    In the manner of Manku and Motwani ("Approximate frequency counts", VLDB 2002), who bound how much too low a count
    can be and not, as here, how many there are.
    """

    def __init__(self, most: int) -> None:
        self.rows: Counter[str] = Counter()
        self._most = most

    def add(self, grams: set[str]) -> None:
        self.rows.update(grams)
        if len(self.rows) > self._most:
            middle = sorted(self.rows.values())[len(self.rows) // 2]
            self.rows = Counter({gram: rows for gram, rows in self.rows.items() if rows > middle})


class _Grams:
    """Counts of rows by gram, for each kind of gram."""

    def __init__(self) -> None:
        self._analyzers = {name: make() for name, make in ANALYZERS.items()}
        self._counted = {name: _Counted(MOST_COUNTED) for name in ANALYZERS}

    def of(self, folded: str) -> Mapping[str, set[str]]:
        return {name: set(analyzer(folded)) for name, analyzer in self._analyzers.items()}

    def add(self, found: Mapping[str, set[str]]) -> None:
        for name, grams in found.items():
            self._counted[name].add(grams)

    def rows(self) -> Mapping[str, Counter[str]]:
        return {name: counted.rows for name, counted in self._counted.items()}


class _Spool:
    """Rows on disk, and where each block of them begins. Closes the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.rows = 0
        self._file, self._starts = file, array("Q")

    def __enter__(self) -> "_Spool":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # it writes what it still holds, where nobody needs it and a full disk was told already
            self._file.close()

    def add(self, row: _Row) -> None:
        if self.rows % BLOCK == 0:
            self._starts.append(self._file.tell())
        line = json.dumps([row.text, row.labels, row.left_out])  # ASCII, so that half letters survive too
        with _remedy():
            self._file.write(line.encode() + b"\n")
        self.rows += 1

    def complete(self) -> None:
        """After the last row: a full disk may be noticed only now."""
        with _remedy():
            self._file.flush()

    def batches(self, seed: Sequence[int]) -> Iterator[list[_Row]]:
        """All rows once, in batches of blocks from anywhere in the file."""
        order = np.random.default_rng(seed).permutation(len(self._starts))
        for start in range(0, len(order), BLOCKS_AT_ONCE):
            yield [row for block in order[start : start + BLOCKS_AT_ONCE].tolist() for row in self._block(block)]

    def _block(self, block: int) -> Iterator[_Row]:
        self._file.seek(self._starts[block])
        for _ in range(min(BLOCK, self.rows - block * BLOCK)):
            text, labels, left_out = json.loads(self._file.readline())
            yield _Row(text, tuple(labels), left_out)


@contextmanager
def _remedy() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(
            f"{gettempdir()} cannot take a copy of the texts ({error.strerror}); set TMPDIR to a folder with more room"
        ) from error


# -- columns ----------------------------------------------------------------------------------------------------------


def _features(counted: Mapping[str, Counter[str]], rows: int) -> Features:
    """Blocks like those that `fit_features` makes, from counts of rows."""
    least = least_of(rows).raised(_crowded(counted))
    kept = {
        name: sorted(gram for gram, count in counts.items() if count >= least.of(name, gram))
        for name, counts in counted.items()
    }
    known = {gram for gram in kept["words"] if not is_pair(gram)}
    kept["words"] = [gram for gram in kept["words"] if gram in known or _inside(gram, known)]
    blocks = {
        name: block_of(name, grams, rarity_of(grams, counted[name], rows)) for name, grams in kept.items() if grams
    }
    return Features(blocks, speller_among({word: counted["words"][word] for word in known}))


def _crowded(counted: Mapping[str, Counter[str]]) -> int:
    """How many rows a gram must have so that there are no more columns than may be."""
    counts = np.sort(np.concatenate([np.fromiter(each.values(), np.int64, len(each)) for each in counted.values()]))
    return int(counts[-MOST_COLUMNS - 1]) + 1 if len(counts) > MOST_COLUMNS else 1


def _more_often(
    features: Features, counted: Mapping[str, Counter[str]], than: Mapping[str, Counter[str]]
) -> NDArray[np.bool_]:
    """The columns that are counted more often than there, without pairs of words that are not."""
    columns = [(name, gram) for name, block in features.blocks.items() for gram in block.columns]
    more = [counted[name][gram] > than[name][gram] for name, gram in columns]
    known = {gram for (name, gram), is_more in zip(columns, more, strict=True) if is_more and name == "words"}
    lost = [name == "words" and is_pair(gram) and not _inside(gram, known) for name, gram in columns]
    return np.array(more, np.bool_) & ~np.array(lost, np.bool_)


def _narrowed(weights: Weights, kept: NDArray[np.bool_]) -> Weights:
    """The weights as if they had no other columns: a word of none but rows left out must be unknown to them."""
    blocks, start = {}, 0
    for name, block in weights.features.blocks.items():
        here = kept[start : start + len(block.columns)]
        grams = [gram for gram, known in zip(block.columns, here.tolist(), strict=True) if known]
        if grams:
            blocks[name] = block_of(name, grams, block.rarity[here])
        start += len(here)
    heads: dict[str, Any] = dict.fromkeys(HEADS)
    heads |= {name: Head(head.labels, head.weights[kept], head.bias) for name, head in weights.heads().items()}
    speller = weights.features.speller
    rows = dict(zip(speller.words, speller.slips.counts.tolist(), strict=True))
    known = {word: rows[word] for word in rows if word in blocks["words"].columns} if "words" in blocks else {}
    return Weights(Features(blocks, speller_among(known)), **heads)


def _inside(pair: str, known: set[str]) -> bool:
    """Whether it is a pair of known words: no other can be looked up."""
    return is_pair(pair) and known.issuperset(pair.replace("~", " ").split(" "))


# -- learning ---------------------------------------------------------------------------------------------------------


class _Learner:
    """A linear machine for each head whose labels differ. Machines know labels by their place."""

    def __init__(self, counts: LabelCounts, seed: int) -> None:
        self._names = {head: sorted(each) for head, each in counts.items() if len(each) > 1}
        self._machines = {
            head: _machine([counts[head][name] for name in names], seed) for head, names in self._names.items()
        }

    def learn(self, matrix: Matrix, labels: Sequence[Labels]) -> None:
        for head, machine in self._machines.items():
            names = self._names[head]
            place = {name: at for at, name in enumerate(names)}
            truth = np.array([place.get(each[HEADS.index(head)] or "", -1) for each in labels])
            known = np.flatnonzero(truth >= 0)
            if len(known):
                machine.partial_fit(matrix[known], truth[known], classes=range(len(names)))

    def weights(self, features: Features) -> Weights | None:
        """None when it could not learn one category from another."""
        heads: dict[str, Any] = {head: self._head(head) for head in HEADS}
        return Weights(features, **heads) if heads["category"] else None

    def _head(self, head: str) -> Head | None:
        machine = self._machines.get(head)
        return None if machine is None else head_of(machine, self._names[head])


def _machine(rows: Sequence[int], seed: int) -> Any:
    """A linear SVM, learned row by row, in which every label weighs the same; `rows` is how many each label has."""
    from sklearn.linear_model import SGDClassifier

    weight = {place: sum(rows) / (len(rows) * each) for place, each in enumerate(rows)}
    at_once = min(os.cpu_count() or 1, MOST_AT_ONCE)
    return SGDClassifier(loss="hinge", alpha=ALPHA, class_weight=weight, random_state=seed, n_jobs=at_once)


def _learned(
    survey: _Survey, features: Features, *, seed: int, passes: int, tell: "_Tell"
) -> tuple[Weights | None, Weights | None]:
    """What was learned from all rows, and what was learned from those that are not left out."""
    everything, rest = _Learner(survey.labels, seed), _Learner(survey.labels_of_rest, seed)
    learned, total = 0, survey.spool.rows * passes
    for number in range(passes):
        for batch in survey.spool.batches((seed, number)):
            matrix = features.matrix([_as_met(row.text, seed, number) for row in batch])
            labels = [row.labels for row in batch]
            everything.learn(matrix, labels)
            seen = [place for place, row in enumerate(batch) if not row.left_out]
            rest.learn(matrix[seen], [labels[place] for place in seen])
            learned += len(batch)
            tell.learned(learned, total)
    return everything.weights(features), rest.weights(features)


def _as_met(text: str, seed: int, number: int) -> str:
    """As it stands or mistyped, in turn from pass to pass; with which a text begins is chance."""
    begins = random.Random(f"{seed}:{text}").randrange(2)
    if (begins + number) % 2:
        return text
    return mistyped(text, random.Random(f"{seed}:{number}:{text}"), TYPO_RATE)


# -- the rest ---------------------------------------------------------------------------------------------------------


class _Tell:
    """Says how far learning is, in percent. While rows are read nobody knows how many there are."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def read(self, rows: int) -> None:
        self._say(f"read {rows:,} rows", 0)

    def learned(self, rows: int, of: int) -> None:
        self._say("learning", min(99, 99 * rows // of))

    def done(self) -> None:
        self._say("learned", 100)

    def _say(self, what: str, percent: int) -> None:
        if self._progress:
            self._progress(what, percent, 100)
