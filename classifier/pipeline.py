"""From texts to scores, as they are learned: features and linear heads. With the machine of `streaming.py` all that
touches scikit-learn.

Everything here is a frozen value that can be saved; nothing here knows what a category means. scikit-learn is
imported when something is fitted or unpickled, never when this file is. What serves the desk is `scorer.py`, which
gives the same scores without any of this.

`triage evaluate --folds 3 --ablation` recomputes what each choice of the recipe is worth.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from classifier.grams import bundled_lexicon, is_pair, letters, words_and_pairs
from classifier.scorer import Floats
from classifier.spelling import NO_SPELLER, Speller, speller_among
from classifier.text import fold, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Matrix: TypeAlias = "csr_matrix[np.float32]"
Vectorizer: TypeAlias = Any  # a fitted TfidfVectorizer; scikit-learn comes without types
Analyzer: TypeAlias = Callable[[str], list[str]]


@dataclass(frozen=True)
class Recipe:
    """The choices that a model is made by.

    `blocks` are the kinds of features; one that finds nothing weighs nothing. Pairs and groups of letters count when
    `least_rows` rows have them, which keeps the model small. `closeness` is how closely the machine follows single
    rows (the library's C). `typos` adds a mistyped copy of every row. `tolerance` is the change at which the solver
    stops: the finer, the longer it takes.
    """

    blocks: tuple[str, ...] = ("words", "letters", "concepts")
    least_rows: int = 2
    closeness: float = 0.2
    balanced: bool = True
    typos: bool = True
    tolerance: float = 1e-2


DEFAULT = Recipe()


@dataclass(frozen=True, eq=False)
class Features:
    """Fitted TF-IDF blocks over folded texts, in the order of their columns, after `speller` has read the words."""

    blocks: Mapping[str, Vectorizer]
    speller: Speller = NO_SPELLER

    def matrix(self, texts: Sequence[str]) -> Matrix:
        """One row a text; each block of it has unit length, or none where nothing is known."""
        from scipy.sparse import hstack

        read = [self._read(text) for text in texts]
        return cast("Matrix", hstack([block.transform(read) for block in self.blocks.values()], format="csr"))

    def _read(self, text: str) -> str:
        return " ".join(map(self.speller.corrected, words(fold(text))))

    def known_shares(self, texts: Sequence[str]) -> Floats:
        """How much of each text's weight in words was ever seen in training: 0 to 1, and 0 for no words at all."""
        if "words" not in self.blocks:
            return np.zeros(len(texts), np.float32)
        rarity, vocabulary = self.blocks["words"].idf_, self.blocks["words"].vocabulary_
        unseen = float(rarity.max())
        shares = np.zeros(len(texts), np.float32)
        for row, text in enumerate(texts):
            columns = [vocabulary.get(word) for word in self._read(text).split()]
            known = float(rarity[[column for column in columns if column is not None]].sum())
            shares[row] = known / max(known + unseen * columns.count(None), 1e-9)
        return shares


@dataclass(frozen=True, eq=False)
class Head:
    """One linear answer: `weights` has a row a feature and a column a label."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, matrix: Matrix) -> Floats:
        """Distances from each label's boundary, one row a text; above 0 means "yes"."""
        # Summed in double precision: hundreds of small terms would lose the sixth digit otherwise.
        return np.asarray(matrix.astype(np.float64) @ self.weights + self.bias, dtype=np.float32)


def fit_features(texts: Sequence[str], recipe: Recipe = DEFAULT) -> Features:
    """Blocks that find nothing in these texts are left out."""
    folded = [fold(text) for text in texts]
    least = least_of(len(folded), recipe)
    fitted = {name: _fit_block(name, folded, least) for name in recipe.blocks}
    blocks = {name: block for name, block in fitted.items() if block is not None}
    return Features(blocks, fit_speller(folded) if "words" in blocks else NO_SPELLER)


def fit_speller(folded: Sequence[str]) -> Speller:
    """Every word of these texts is right as it is; unknown ones are read as the common ones among them."""
    return speller_among(Counter(word for text in folded for word in set(words(text))))


# With fewer texts than this everything counts, or a handful of rows would have no pairs at all.
MANY_TEXTS = 500


# How each kind of features is found in a folded text.
ANALYZERS: Mapping[str, Callable[[], Analyzer]] = {
    "words": lambda: words_and_pairs,
    "letters": lambda: letters,
    "concepts": bundled_lexicon,
}


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


def least_of(texts: int, recipe: Recipe = DEFAULT) -> Least:
    """Words and concepts count wherever they stand once; pairs apart, of which there are most, need one text more."""
    groups = recipe.least_rows if texts > MANY_TEXTS else 1
    return Least(1, groups, groups + (groups > 1))


def _fit_block(name: str, folded: Sequence[str], least: Least) -> Vectorizer | None:
    """A block of what enough texts have; None where nothing is."""
    analyzer = ANALYZERS[name]()
    rows = Counter(gram for text in folded for gram in set(analyzer(text)))
    kept = sorted(gram for gram, count in rows.items() if count >= least.of(name, gram))
    return block_of(name, kept, rarity_of(kept, rows, len(folded))) if kept else None


def rarity_of(grams: Sequence[str], rows: Mapping[str, int], texts: int) -> Floats:
    """How rare each of these is, by how many of the texts have it; smoothed as the library does."""
    found = np.fromiter((rows[gram] for gram in grams), np.float64, len(grams))
    rarity: Floats = (np.log((1 + texts) / (1 + found)) + 1).astype(np.float32)
    return rarity


def block_of(name: str, grams: Sequence[str], rarity: Floats) -> Vectorizer:
    """A block with these columns, `grams` in alphabetical order. The library would read every text for their rarity;
    it was counted already."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vocabulary = {gram: column for column, gram in enumerate(grams)}
    block = TfidfVectorizer(analyzer=ANALYZERS[name](), vocabulary=vocabulary, sublinear_tf=True, dtype=np.float32)
    block.idf_ = rarity
    return block


def fit_head(matrix: Matrix, labels: Sequence[str], *, seed: int, recipe: Recipe = DEFAULT) -> Head:
    """A linear SVM in which every label weighs the same, however many rows it has."""
    from sklearn.svm import LinearSVC

    weight = "balanced" if recipe.balanced else None
    machine = LinearSVC(C=recipe.closeness, class_weight=weight, tol=recipe.tolerance, random_state=seed)
    machine.fit(matrix, np.asarray(labels))
    return head_of(machine, [str(label) for label in machine.classes_])


def head_of(machine: Any, labels: Sequence[str]) -> Head:
    """What a linear machine of the library has learned; `labels` are the names of its classes, in their order."""
    weights, bias = machine.coef_.T, machine.intercept_
    if len(labels) == 2:  # one boundary seen from both sides
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return Head(tuple(labels), weights.astype(np.float32), bias.astype(np.float32))


def fit_logistic(signals: Floats, positive: NDArray[np.bool_], *, share: float) -> tuple[Floats, float]:
    """Coefficients and intercept of a logistic model in which the positive rows together weigh `share` of the
    whole.
    """
    from sklearn.linear_model import LogisticRegression

    each = np.where(positive, share / positive.sum(), (1 - share) / (~positive).sum())
    model = LogisticRegression(max_iter=1000).fit(signals, positive, sample_weight=each * len(positive))
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
