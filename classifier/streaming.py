"""Learning a model from more examples than fit into memory: `train_streaming`. What comes out is a model like any
other, served from the same arrays; only the way there differs from training.py.

1. The rows are read once. Each goes to a file on disk without a name, gone with the process, as its plain text and
   labels. Meanwhile labels and grams are counted, the grams within a bound: what is rare is forgotten and begun anew.
2. The most frequent grams become the columns, with the rarity that was counted.
3. The rows come back in random order and a linear machine takes one step for each, as often as `passes` says.

A first reading is needed for the labels in any case, and it can count grams as well. So columns have names, nothing
collides as it would under hashing, and the scores served are those that were learned, for every text.

Memory is bounded whatever the number of rows, but for two bytes each. The disk must hold the texts once, in the folder
that TMPDIR names. The same rows in the same order and the same seed give the same model.
"""

import hashlib
import json
import os
import random
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO, Any, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import fit_temperature
from classifier.examples import MOST_PROBLEMS, BadExamples, Example, iter_examples
from classifier.export import scorer_of
from classifier.folds import group_of
from classifier.grams import bundled_lexicon, is_pair, letters, words_and_pairs
from classifier.measuring import Evaluation, measure
from classifier.model import Calibration, Model, TrainingRecord
from classifier.neighbours import neighbours_of
from classifier.pipeline import DEFAULT, MANY_TEXTS, Analyzer, Features, Head, Matrix
from classifier.prediction import Neighbour
from classifier.scope import SIGNALS, fit_gate
from classifier.scorer import Floats
from classifier.spelling import Speller, slips_among
from classifier.text import MOST_CHARACTERS, fold, normalise
from classifier.training import MOST_AT_ONCE, TYPO_RATE, Progress, TooFewExamples
from classifier.typos import mistyped
from classifier.weights import HEADS, Weights

MOST_COLUMNS = 300_000
MOST_COUNTED = 600_000  # grams of one kind that are counted at a time, about 80 MB
MOST_HELD_BACK = 10_000  # rows for temperatures and the gate
MOST_SHOWN = 20_000  # rows among which the nearest examples are looked for
PARTS = 5  # one part of five is hidden from the weights that score the rows held back

# Rows that are sorted, by category or by date, must not be learned in that order: a batch is many small blocks from
# anywhere in the file (after Xu et al., "In-database machine learning with CorgiPile", SIGMOD 2022). A window that
# slides over sorted rows would hold one category most of the time. Blocks of 32 cost over four points on rows sorted by
# issue; blocks of 4 give what single rows give, with a quarter of the places to remember.
BLOCK, BLOCKS_AT_ONCE = 4, 1_024

# Few rows are gone through more often. 25,794 of the project's examples, judged by 6,449 of other issues (the best
# in-scope label, +-0.6), before mistyped words were corrected: four times 62.6 % right, eight times 63.3; the support
# vector machine of training.py 64.8. `benchmarks/results/streaming.md` has the figures since.
ENOUGH_ROWS, MOST_PASSES = 200_000, 10

# How strongly weights are drawn to zero: on fewer rows, before pairs of words apart counted, 3e-4 gave 64.0 %, 1e-4
# 64.4, 3e-5 62.8, 1e-5 60.3. Of the losses, the modified Huber gave 63.2 and the logistic (at 3e-5) 64.1; averaged
# weights gave 63.8 and took four times as long.
ALPHA = 1e-4

ANALYZERS: Mapping[str, Callable[[], Analyzer]] = {
    "words": lambda: words_and_pairs,
    "letters": lambda: letters,
    "concepts": bundled_lexicon,
}

Labels: TypeAlias = tuple[str | None, ...]  # in the order of HEADS
LabelCounts: TypeAlias = Mapping[str, Counter[str]]  # by head
T = TypeVar("T")


def train_streaming(
    read: Callable[[], Iterator[Example]],
    *,
    seed: int = 0,
    out_of_scope: Collection[str] = ("other",),
    progress: Progress | None = None,
    now: datetime | None = None,
    passes: int | None = None,
) -> Model:
    """A model of what `read` yields, which is called once. `passes` is how often the rows are gone through; by
    default once, or oftener where they are few. Raises TooFewExamples, and OSError when the disk is full."""
    tell = _Tell(progress)
    with TemporaryFile(prefix="triage-") as file:
        survey, features, in_rest = _survey(read(), _Spool(file), seed, tell)
        _check(survey.labels["category"], out_of_scope)
        passes = passes or min(MOST_PASSES, max(1, ceil(ENOUGH_ROWS / survey.spool.rows)))
        weights, rest = _learned(survey, features, seed=seed, passes=passes, tell=tell)
    assert weights is not None  # there are two categories
    record, held_back = survey.record(seed, out_of_scope, now), survey.held_back.kept
    judge = _narrowed(rest, in_rest) if rest and held_back and _knows_ours(rest, out_of_scope) else None
    calibration = _calibration(judge, held_back, out_of_scope) if judge else UNCALIBRATED
    measured = _measured(Model(scorer_of(judge), calibration, record), held_back) if judge else None
    scorer, shown = scorer_of(weights), survey.shown.kept
    nearest = neighbours_of(scorer, [normalise(each.text) for each in shown], shown.__getitem__)
    tell.done()
    return Model(scorer, calibration, record, nearest, pipeline=weights, held_back=measured)


def stream_examples(
    path: Path | str, *, skip_bad: bool = False, columns: Mapping[str, str] | None = None
) -> Iterator[Example]:
    """The examples of a file or folder, one at a time. Raises BadExamples at the twentieth bad row, or after the last
    row where any was bad or there was none; with `skip_bad` bad rows are left out."""
    problems: list[str] = []
    good = 0
    for row in iter_examples(path, columns=columns):
        if isinstance(row, Example):
            good += 1
            yield row
        elif len(problems) < MOST_PROBLEMS:
            problems.append(str(row))
        if len(problems) == MOST_PROBLEMS and not skip_bad:
            break
    if problems and not skip_bad:
        raise BadExamples(problems)
    if not good:
        raise BadExamples([*problems, f"{path}: no examples; add rows with a text and a category"])


# -- the first reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What is learned from an example: its normalised text and labels. `left_out` hides it from the weights that score
    the rows held back."""

    text: str
    labels: Labels
    left_out: bool


class _Survey:
    """What one reading of all rows tells, besides their grams."""

    def __init__(self, spool: "_Spool", seed: int) -> None:
        self.spool = spool
        self.labels = {head: Counter[str]() for head in HEADS}
        self.labels_of_rest = {head: Counter[str]() for head in HEADS}
        self.held_back: _Reservoir[_Row] = _Reservoir(MOST_HELD_BACK, f"{seed}:held back")
        self.shown: _Reservoir[Neighbour] = _Reservoir(MOST_SHOWN, f"{seed}:shown")
        self._seed, self._digest = seed, hashlib.sha256()

    def add(self, example: Example) -> _Row:
        row = _Row(normalise(example.text), _labels(example), _is_left_out(example, self._seed))
        self._count(self.labels, row.labels)
        if row.left_out:
            self.held_back.add(row)
        else:
            self._count(self.labels_of_rest, row.labels)
        self.shown.add(Neighbour(example.text[:MOST_CHARACTERS], example.category, example.issue))
        self.spool.add(row)
        self._digest.update(ascii(example).encode())
        return row

    def record(self, seed: int, out_of_scope: Collection[str], now: datetime | None) -> TrainingRecord:
        """The hash is of the rows in the order they came, which the model depends on."""
        digest = self._digest.hexdigest()
        return TrainingRecord(
            version=f"{f'{now:%Y-%m-%d}' if now else 'undated'}-{digest[:8]}",
            trained_at=now.isoformat(timespec="seconds") if now else None,
            seed=seed,
            rows=dict(sorted(self.labels["category"].items())),
            out_of_scope=tuple(sorted(out_of_scope)),
            examples_sha256=digest,
        )

    @staticmethod
    def _count(counts: LabelCounts, labels: Labels) -> None:
        for head, label in zip(HEADS, labels, strict=True):
            if label:
                counts[head][label] += 1


def _survey(
    examples: Iterator[Example], spool: "_Spool", seed: int, tell: "_Tell"
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
    features = _features(grams.rows(), spool.rows)
    return survey, features, _more_often(features, grams.rows(), grams_left_out.rows())


def _labels(example: Example) -> Labels:
    tier = None if example.tier is None else str(example.tier)
    return example.category, tier, example.urgency or None, example.language or None


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
    """How many rows have each gram. When there are too many grams the rarer half is forgotten, so rare ones are
    counted too low, never too high (after Manku and Motwani, "Approximate frequency counts", VLDB 2002)."""

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
    """Rows on disk, and where each block of them begins."""

    def __init__(self, file: IO[bytes]) -> None:
        self.rows = 0
        self._file, self._starts = file, array("Q")

    def add(self, row: _Row) -> None:
        if self.rows % BLOCK == 0:
            self._starts.append(self._file.tell())
        line = json.dumps([row.text, row.labels, row.left_out])  # ASCII, so that half letters survive too
        try:
            self._file.write(line.encode() + b"\n")
        except OSError as error:
            raise OSError(
                f"{gettempdir()} cannot take a copy of the texts ({error.strerror}); "
                "set TMPDIR to a folder with more room"
            ) from error
        self.rows += 1

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


# -- columns ----------------------------------------------------------------------------------------------------------


def _features(counted: Mapping[str, Counter[str]], rows: int) -> Features:
    """Blocks like those that `fit_features` makes, from counts of rows."""
    least = _least_rows(counted, rows)
    known = {gram for gram, count in counted["words"].items() if not is_pair(gram) and count >= least["alone"]}
    pairs = [
        pair
        for pair in _frequent(counted["words"], least["groups"])
        if "~" not in pair or counted["words"][pair] >= least["apart"]
    ]
    kept = {
        "words": sorted(known | {pair for pair in pairs if _inside(pair, known)}),
        "letters": _frequent(counted["letters"], least["groups"]),
        "concepts": _frequent(counted["concepts"], least["alone"]),
    }
    blocks = {name: _counted_block(name, grams, counted[name], rows) for name, grams in kept.items() if grams}
    return Features(blocks, _speller({word: counted["words"][word] for word in sorted(known)}))


def _speller(rows: Mapping[str, int]) -> Speller:
    """One that reads unknown words as the common ones among these; `rows` in alphabetical order."""
    place = {word: at for at, word in enumerate(rows)}
    return Speller(list(rows), place, slips_among(list(rows), list(rows.values())))


def _more_often(
    features: Features, counted: Mapping[str, Counter[str]], than: Mapping[str, Counter[str]]
) -> NDArray[np.bool_]:
    """The columns that are counted more often than there, without pairs of words that are not."""
    columns = [(name, gram) for name, block in features.blocks.items() for gram in block.vocabulary_]
    more = [counted[name][gram] > than[name][gram] for name, gram in columns]
    known = {gram for (name, gram), is_more in zip(columns, more, strict=True) if is_more and name == "words"}
    lost = [name == "words" and is_pair(gram) and not _inside(gram, known) for name, gram in columns]
    return np.array(more, np.bool_) & ~np.array(lost, np.bool_)


def _narrowed(weights: Weights, kept: NDArray[np.bool_]) -> Weights:
    """The weights as if they had no other columns: a word of none but rows left out must be unknown to them."""
    blocks, start = {}, 0
    for name, block in weights.features.blocks.items():
        here = kept[start : start + len(block.vocabulary_)]
        grams = [gram for gram, known in zip(block.vocabulary_, here.tolist(), strict=True) if known]
        if grams:
            blocks[name] = _block(name, grams, block.idf_[here])
        start += len(here)
    heads: dict[str, Any] = dict.fromkeys(HEADS)
    heads |= {name: Head(head.labels, head.weights[kept], head.bias) for name, head in weights.heads().items()}
    speller = weights.features.speller
    rows = dict(zip(speller.words, speller.slips.counts.tolist(), strict=True))
    known = {word: rows[word] for word in rows if word in blocks["words"].vocabulary_} if "words" in blocks else {}
    return Weights(Features(blocks, _speller(known)), **heads)


def _least_rows(counted: Mapping[str, Counter[str]], rows: int) -> Mapping[str, int]:
    """How many rows a column must have: as in pipeline.py for words and concepts alone, for groups of words and
    letters, and for pairs apart; more where that would leave too many columns."""
    counts = np.sort(np.concatenate([np.fromiter(each.values(), np.int64, len(each)) for each in counted.values()]))
    crowded = int(counts[-MOST_COLUMNS - 1]) + 1 if len(counts) > MOST_COLUMNS else 1
    groups, apart = (DEFAULT.least_rows, DEFAULT.least_rows + 1) if rows > MANY_TEXTS else (1, 1)
    return {"alone": crowded, "groups": max(crowded, groups), "apart": max(crowded, apart)}


def _frequent(counts: Counter[str], least: int) -> list[str]:
    return sorted(gram for gram, rows in counts.items() if rows >= least)


def _inside(pair: str, known: set[str]) -> bool:
    """Whether it is a pair of known words: no other can be looked up."""
    return is_pair(pair) and known.issuperset(pair.replace("~", " ").split(" "))


def _counted_block(name: str, grams: Sequence[str], counts: Counter[str], rows: int) -> Any:
    found = np.fromiter((counts[gram] for gram in grams), np.float64, len(grams))
    return _block(name, grams, (np.log((1 + rows) / (1 + found)) + 1).astype(np.float32))  # smoothed as elsewhere


def _block(name: str, grams: Sequence[str], rarity: Floats) -> Any:
    """`grams` in alphabetical order, as columns are."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vocabulary = {gram: column for column, gram in enumerate(grams)}
    block = TfidfVectorizer(analyzer=ANALYZERS[name](), vocabulary=vocabulary, sublinear_tf=True, dtype=np.float32)
    block.idf_ = rarity
    return block


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
        if machine is None:
            return None
        weights, bias = machine.coef_.T, machine.intercept_
        if len(machine.classes_) == 2:  # one boundary seen from both sides
            weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
        return Head(tuple(self._names[head]), weights.astype(np.float32), bias.astype(np.float32))


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


# -- probabilities ----------------------------------------------------------------------------------------------------


# Of so few rows that none could be held back.
UNCALIBRATED = Calibration(
    1.0, 1.0, 1.0, 1.0, gate=fit_gate(np.zeros((0, len(SIGNALS)), np.float32), np.zeros(0, np.bool_))
)


def _knows_ours(weights: Weights, foreign: Collection[str]) -> bool:
    return not set(weights.category.labels) <= set(foreign)


def _calibration(weights: Weights, held_back: Sequence[_Row], foreign: Collection[str]) -> Calibration:
    """Temperatures and the gate from rows that these weights have not seen, nor their issues."""
    scores, signals = _read(weights, held_back, foreign)
    heat = dict.fromkeys(HEADS, 1.0)
    for name, head in weights.heads().items():
        truth = [row.labels[HEADS.index(name)] for row in held_back]
        heat[name] = _temperature(head, scores[name], truth, foreign if name == "category" else ())
    inside = np.array([row.labels[0] not in foreign for row in held_back], dtype=bool)
    return Calibration(**heat, gate=fit_gate(signals, inside))


def _measured(model: Model, held_back: Sequence[_Row]) -> Evaluation:
    """How a model that has not seen these rows judges them; it was calibrated on them."""
    said = [model.prediction(row.text, model.scorer.read(row.text)) for row in held_back]
    rows = [_example(row) for row in held_back]
    foreign = model.record.out_of_scope
    return measure(said, rows, foreign[0] if foreign else "", foreign)


def _example(row: _Row) -> Example:
    category, tier, urgency, language = row.labels
    return Example(row.text, category or "", int(tier) if tier else None, urgency, language)


def _read(weights: Weights, rows: Sequence[_Row], foreign: Collection[str]) -> tuple[Mapping[str, Floats], Floats]:
    """Scores by head, and signals; a thousand rows at a time, for their letters take much room."""
    readings = [
        weights.read([row.text for row in rows[start : start + 1_000]], foreign) for start in range(0, len(rows), 1_000)
    ]
    scores = {name: np.concatenate([getattr(reading, name) for reading in readings]) for name in weights.heads()}
    return scores, np.concatenate([reading.signals for reading in readings])


def _temperature(head: Head, scores: Floats, truth: Sequence[str | None], without: Collection[str]) -> float:
    """From the rows whose true label the head knows, among the labels that are not `without`."""
    columns = [column for column, label in enumerate(head.labels) if label not in without]
    place = {head.labels[column]: at for at, column in enumerate(columns)}
    at: NDArray[np.intp] = np.array([place.get(label or "", -1) for label in truth], dtype=np.intp)
    usable = np.flatnonzero(at >= 0)
    return fit_temperature(scores[usable][:, columns], at[usable])


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


def _check(categories: Mapping[str, int], out_of_scope: Collection[str]) -> None:
    if len(categories) < 2:
        rows = sum(categories.values())
        raise TooFewExamples(f"{rows} examples of {len(categories)} category; give examples of at least two categories")
    if set(categories) <= set(out_of_scope):
        raise TooFewExamples("every example is out of scope; give examples of a category that is not")
