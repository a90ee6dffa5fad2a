"""From texts to scores, as they are learned: features and linear heads. With `streaming.py` the only file that
touches scikit-learn.

Everything here is a frozen value that can be saved; nothing here knows what a category means. scikit-learn is
imported when something is fitted or unpickled, never when this file is. What serves the desk is `scorer.py`, which
gives the same scores without any of this.

`triage evaluate --ablation` recomputes what each choice here is worth.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from classifier.grams import bundled_lexicon, is_pair, letters, words_and_pairs
from classifier.scorer import Floats
from classifier.spelling import NO_SPELLER, Speller, slips_among
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
    `least_rows` rows have them: half the size, at most 0.2 points. `closeness` is how closely the machine follows
    single rows (the library's C). `typos` adds a mistyped copy of every row. `tolerance` is the change at which the
    solver stops: 1e-4 takes 20 % longer than 1e-2 and gives the same accuracy within 0.02 points.
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
    least = recipe.least_rows if len(folded) > MANY_TEXTS else 1
    fitted = {name: _fit_block(_analyzer(name), folded, least) for name in recipe.blocks}
    blocks = {name: block for name, block in fitted.items() if block is not None}
    return Features(blocks, fit_speller(folded) if "words" in blocks else NO_SPELLER)


def fit_speller(folded: Sequence[str]) -> Speller:
    """Every word of these texts is right as it is; unknown ones are read as the common ones among them."""
    rows = Counter(word for text in folded for word in set(words(text)))
    known = sorted(rows)
    counts = slips_among(known, [rows[word] for word in known])
    return Speller(known, {word: place for place, word in enumerate(known)}, counts)


# With fewer texts than this everything counts, or a handful of rows would have no pairs at all.
MANY_TEXTS = 500


def _fit_block(analyzer: Analyzer, folded: Sequence[str], least: int) -> Vectorizer | None:
    """A block of what at least so many texts have.

    The library would read every text a second time for the rarity of each column; it is counted here already.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = Counter(gram for text in folded for gram in set(analyzer(text)))
    kept = sorted(gram for gram, count in rows.items() if count >= _rows_needed(gram, analyzer, least))
    if not kept:
        return None
    block = TfidfVectorizer(analyzer=analyzer, vocabulary=kept, sublinear_tf=True, dtype=np.float32)
    counts = np.array([rows[gram] for gram in kept], np.float64)
    block.idf_ = (np.log((1 + len(folded)) / (1 + counts)) + 1).astype(np.float32)  # as the library smooths it
    return block


def _rows_needed(gram: str, analyzer: Analyzer, least: int) -> int:
    """Words and concepts count wherever they stand once; pairs apart, of which there are most, need one row more."""
    if analyzer is letters:
        return least
    if analyzer is words_and_pairs and is_pair(gram):
        return least + ("~" in gram and least > 1)
    return 1


def _analyzer(block: str) -> Analyzer:
    analyzers: dict[str, Analyzer] = {"words": words_and_pairs, "letters": letters, "concepts": bundled_lexicon()}
    return analyzers[block]


def fit_head(matrix: Matrix, labels: Sequence[str], *, seed: int, recipe: Recipe = DEFAULT) -> Head:
    """A linear SVM in which every label weighs the same, however many rows it has."""
    from sklearn.svm import LinearSVC

    weight = "balanced" if recipe.balanced else None
    machine = LinearSVC(C=recipe.closeness, class_weight=weight, tol=recipe.tolerance, random_state=seed)
    machine.fit(matrix, np.asarray(labels))
    weights, bias = machine.coef_.T, machine.intercept_
    if len(machine.classes_) == 2:  # one boundary seen from both sides
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    names = tuple(str(label) for label in machine.classes_)
    return Head(names, weights.astype(np.float32), bias.astype(np.float32))


def fit_logistic(signals: Floats, positive: NDArray[np.bool_], *, share: float) -> tuple[Floats, float]:
    """Coefficients and intercept of a logistic model in which the positive rows together weigh `share` of the
    whole.
    """
    from sklearn.linear_model import LogisticRegression

    each = np.where(positive, share / positive.sum(), (1 - share) / (~positive).sum())
    model = LogisticRegression(max_iter=1000).fit(signals, positive, sample_weight=each * len(positive))
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
