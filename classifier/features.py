"""From texts to rows of numbers, as training sees them: TF-IDF of words with pairs, of letters, and of concepts.

What a word adds does not depend on the words beside it, but for the length that every row has: `scorer.py` gives the
same values with one look at each word. So a group of letters that two words share is counted once for each, and the
length is that of all words' parts put end to end. Nothing here knows a category.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from classifier.grams import FARTHEST, LENGTH, Lexicon, bundled_lexicon, is_pair, letters, letters_of, words_and_pairs
from classifier.pairs import UNKNOWN, Pairs, pairs_among
from classifier.spelling import NO_SPELLER, Speller, speller_among
from classifier.text import fold, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Matrix: TypeAlias = "csr_matrix[np.float32]"
Analyzer: TypeAlias = Callable[[str], list[str]]

# How each kind of features is found in a folded text.
ANALYZERS: Mapping[str, Callable[[], Analyzer]] = {
    "words": lambda: words_and_pairs,
    "letters": lambda: letters,
    "concepts": bundled_lexicon,
}
# How much each kind counts for beside words and their pairs: a word has twenty groups of letters, and seldom a concept.
# On our own examples 0.5 to 0.7 for letters and 1.5 to 2.5 for concepts give the same; 0.7 for concepts costs a point.
SHARES = {"words": 1.0, "letters": 0.7, "concepts": 2.0}
# With fewer texts than this everything counts, or a handful of rows would have no pairs at all.
MANY_TEXTS = 500


@dataclass(frozen=True, slots=True)
class Least:
    """How many texts must have a gram that is to be a column: a word or concept by itself, a pair of neighbours or a
    group of letters, and a pair of words apart."""

    alone: int
    groups: int
    apart: int

    def of(self, block: str, gram: str) -> int:
        if block == "words" and is_pair(gram):
            return self.apart if "~" in gram else self.groups
        return self.groups if block == "letters" else self.alone

    def raised(self, least: int) -> "Least":
        """The same, but nothing below `least`."""
        return Least(max(self.alone, least), max(self.groups, least), max(self.apart, least))


@dataclass(frozen=True, eq=False)
class Block:
    """One kind of features: the column of each gram, and how rare each is. `lexicon` is for concepts."""

    kind: str
    columns: Mapping[str, int]
    rarity: Floats
    lexicon: Lexicon

    def of_word(self, word: str) -> list[int]:
        """The columns of one word by itself, as often as it has them."""
        return [self.columns[gram] for gram in grams_of(self.kind, word, self.lexicon) if gram in self.columns]

    @property
    def weight(self) -> Floats:
        """What each column counts for: its rarity, and the share of its kind."""
        return self.rarity * np.float32(SHARES[self.kind])

    @cached_property
    def pairs(self) -> Pairs:
        return pairs_among(self.columns)

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def grams_of(kind: str, word: str, lexicon: Lexicon) -> Sequence[str]:
    """What one word has of a kind."""
    match kind:
        case "words":
            return (word,)
        case "letters":
            return letters_of(word)
        case _:
            return lexicon.of(word)


def block_of(kind: str, grams: Sequence[str], rarity: Floats) -> Block:
    """A block with these columns."""
    return Block(kind, {gram: column for column, gram in enumerate(grams)}, rarity, bundled_lexicon())


def fit_block(kind: str, told: "Told", least: Least) -> Block | None:
    """A block of what enough texts have; None where nothing is."""
    rows = told.having(kind)
    if kind == "words":
        rows |= told.having_pairs(least)
    kept = sorted(gram for gram, count in rows.items() if count >= least.of(kind, gram))
    return block_of(kind, kept, rarity_of(kept, rows, told.count)) if kept else None


def rarity_of(grams: Sequence[str], rows: Mapping[str, int], texts: int) -> Floats:
    """How rare each of these is, by how many of the texts have it: its inverse document frequency, smoothed."""
    found = np.fromiter((rows[gram] for gram in grams), np.float64, len(grams))
    rarity: Floats = (np.log((1 + texts) / (1 + found)) + 1).astype(np.float32)
    return rarity


@dataclass(frozen=True, eq=False)
class Features:
    """Fitted blocks over folded texts, in the order of their columns, after `speller` has read the words."""

    blocks: Mapping[str, Block]
    speller: Speller = NO_SPELLER

    def matrix(self, texts: Sequence[str]) -> Matrix:
        """One row a text, all of the same length, or empty where nothing is known."""
        from scipy.sparse import diags, hstack

        told = Told([self._read(text) for text in texts])
        rows, squares = zip(*[_rows(told, block) for block in self.blocks.values()], strict=True)
        square = sum(squares)
        scales = LENGTH / np.sqrt(np.where(square > 0, square, 1))
        matrix: Matrix = (diags(scales) @ hstack(rows, format="csr")).astype(np.float32).tocsr()
        return matrix

    def known_shares(self, texts: Sequence[str]) -> Floats:
        """How much of each text's weight in words was ever seen in training: 0 to 1, and 0 for no words at all."""
        shares = np.zeros(len(texts), np.float32)
        block = self.blocks.get("words")
        if block is None:
            return shares
        unseen = float(block.rarity.max())
        for row, text in enumerate(texts):
            columns = [block.columns.get(word) for word in self._read(text)]
            known = float(block.rarity[[column for column in columns if column is not None]].sum(dtype=np.float64))
            shares[row] = known / max(known + unseen * columns.count(None), 1e-9)
        return shares

    def _read(self, text: str) -> list[str]:
        return [self.speller.corrected(word) for word in words(fold(text))]


class Told:
    """The words of many texts: `different` has each once, in alphabetical order; `places` those of all, one text after
    the other, and `texts` whose each is."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.different = sorted(set(chain.from_iterable(texts)))
        place = {word: at for at, word in enumerate(self.different)}
        self.places = np.array([place[word] for text in texts for word in text], np.int64)
        self.texts = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        self.count = len(texts)

    def counted(self) -> "csr_matrix[np.float64]":
        """Sublinear counts of words, a row a text."""
        return _sublinear(self.texts, self.places, (self.count, len(self.different)))

    def having(self, kind: str) -> dict[str, int]:
        """How many of the texts have each gram that single words have."""
        lexicon = bundled_lexicon()
        held = [grams_of(kind, word, lexicon) for word in self.different]
        place = {gram: at for at, gram in enumerate(dict.fromkeys(chain.from_iterable(held)))}
        columns = _by_word([[place[gram] for gram in grams] for grams in held], len(place))
        rows = (self.counted() @ columns).getnnz(axis=0)
        return dict(zip(place, rows.tolist(), strict=True))

    def having_pairs(self, least: Least) -> dict[str, int]:
        """The pairs that enough of the texts have, with how many do."""
        found: dict[str, int] = {}
        for between, reaches in ((" ", range(1, 2)), ("~", range(2, FARTHEST + 1))):
            keys, rows = self._pairs(reaches)
            enough = rows >= least.of("words", between)
            for key, count in zip(keys[enough].tolist(), rows[enough].tolist(), strict=True):
                one, other = divmod(key, len(self.different))
                found[f"{self.different[one]}{between}{self.different[other]}"] = count
        return found

    def _pairs(self, reaches: range) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The keys of all pairs so far apart, and how many of the texts have each. Those that are no neighbours have
        their first word first in the alphabet."""
        keys, size = [], max(len(self.different), 1)
        for reach in reaches:
            within = self.texts[:-reach] == self.texts[reach:]
            one, other = self.places[:-reach][within], self.places[reach:][within]
            if reach > 1:
                one, other = np.minimum(one, other), np.maximum(one, other)
            keys.append(self.texts[:-reach][within] * size**2 + one * size + other)
        once = np.unique(np.concatenate(keys)) % size**2
        return np.unique(once, return_counts=True)


def _by_word(held: Sequence[Sequence[int]], width: int) -> "csr_matrix[np.float64]":
    """A row a word, a one wherever it holds a column."""
    from scipy.sparse import csr_matrix

    starts = np.cumsum([0, *map(len, held)])
    columns = np.fromiter(chain.from_iterable(held), np.int64, starts[-1])
    return csr_matrix((np.ones(len(columns)), columns, starts), (len(held), width))


def _rows(told: Told, block: Block) -> tuple[Any, NDArray[np.float64]]:
    """The texts in one block, and what it adds to the square of each one's length."""
    from scipy.sparse import diags

    weight = block.weight.astype(np.float64)
    held = _by_word([block.of_word(word) for word in told.different], len(weight))
    often = told.counted()
    rows = often @ held @ diags(weight)
    squares = np.asarray(often.power(2) @ (held @ weight**2))
    if block.kind == "words":
        alone = np.array([block.columns.get(word, UNKNOWN) for word in told.different], np.int64)
        whose, found = block.pairs.of_many(alone[told.places], told.texts)
        pairs = _sublinear(whose, found, (told.count, len(weight))) @ diags(weight)
        rows, squares = rows + pairs, squares + np.asarray(pairs.power(2).sum(axis=1))[:, 0]
    return rows, squares


def _sublinear(rows: NDArray[np.int64], columns: NDArray[Any], shape: tuple[int, int]) -> "csr_matrix[np.float64]":
    """One and the logarithm of how often each column is named in each row; where it is not, nothing."""
    from scipy.sparse import csr_matrix

    counts = csr_matrix((np.ones(len(rows)), (rows, columns)), shape)
    counts.sum_duplicates()
    counts.data = np.log(counts.data) + 1
    return counts


def fit_speller(told: Told) -> Speller:
    """Every word of these texts is right as it is; unknown ones are read as the common ones among them."""
    return speller_among(told.having("words"))
