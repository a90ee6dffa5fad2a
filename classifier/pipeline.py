"""From texts to scores, as they are learned: which features are fitted, and linear heads. With the machine of
`streaming.py` all that touches scikit-learn.

Everything here is a frozen value that can be saved; nothing here knows what a category means. scikit-learn is
imported when something is fitted or unpickled, never when this file is. What serves the desk is `scorer.py`, which
gives the same scores without any of this.

`triage evaluate --folds 3 --ablation` recomputes what each choice of the recipe is worth.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import MANY_TEXTS, Features, Floats, Least, Matrix, Told, fit_block, fit_speller
from classifier.spelling import NO_SPELLER
from classifier.text import fold, words

# Where labels have fewer rows than this, they are followed more closely in proportion, up to five times. Learned from
# CLINC150's training rows (100 a label), some labels left out as strangers, that gave 1.2 points of AUROC.
MANY_ROWS, CLOSEST = 500, 5.0
# There, too, naive Bayes has so much of the say, and the less the more rows there are: it learns from few rows what the
# machine learns from many. Chosen on CLINC150's validation rows, where with 5 to 100 rows a label it gives 0.2 to 0.4
# points of accuracy and 0.7 to 1.2 of AUROC; 0.2 and 0.6 are no more accurate. `RARE` is what it counts for a feature
# never seen with a label; 0.01 and 0.1 are within 0.2 points.
BAYES, RARE = 0.4, 0.03
# So many rows tell how far apart scores lie.
SOME_ROWS = 2_000


@dataclass(frozen=True)
class Recipe:
    """The choices that a model is made by.

    `blocks` are the kinds of features; one that finds nothing weighs nothing. Pairs and groups of letters count when
    `least_rows` rows have them, which keeps the model small. `closeness` is how closely the machine follows single
    rows (the library's C) where labels have many of them; see `closeness_of`. `bayes` is the share of naive Bayes
    where labels have few. `typos` adds a mistyped copy of every row. `tolerance` is the change at which the solver
    stops: the finer, the longer it takes.
    """

    blocks: tuple[str, ...] = ("words", "letters", "concepts")
    least_rows: int = 2
    closeness: float = 0.2
    balanced: bool = True
    bayes: float = BAYES
    typos: bool = True
    tolerance: float = 1e-2


DEFAULT = Recipe()


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
    told = Told([words(fold(text)) for text in texts])
    least = least_of(len(texts), recipe)
    fitted = {name: fit_block(name, told, least) for name in recipe.blocks}
    blocks = {name: block for name, block in fitted.items() if block is not None}
    return Features(blocks, fit_speller(told) if "words" in blocks else NO_SPELLER)


def least_of(texts: int, recipe: Recipe = DEFAULT) -> Least:
    """Words and concepts count wherever they stand once; pairs apart, of which there are most, need one text more."""
    groups = recipe.least_rows if texts > MANY_TEXTS else 1
    return Least(1, groups, groups + (groups > 1))


def closeness_of(rows: Collection[int], recipe: Recipe = DEFAULT) -> float:
    """How closely to follow single rows, by how many each label has: where a label has few, each says more."""
    return recipe.closeness * min(max(1.0, MANY_ROWS / median(rows)), CLOSEST)


def fit_head(matrix: Matrix, labels: Sequence[str], *, seed: int, recipe: Recipe = DEFAULT) -> Head:
    """A linear SVM in which every label weighs the same, however many rows it has; where labels have few rows, with
    naive Bayes beside it."""
    from sklearn.svm import LinearSVC

    weight = "balanced" if recipe.balanced else None
    rows = Counter(labels).values()
    machine = LinearSVC(C=closeness_of(rows, recipe), class_weight=weight, tol=recipe.tolerance, random_state=seed)
    machine.fit(matrix, np.asarray(labels))
    alone = head_of(machine, [str(label) for label in machine.classes_])
    return _with_bayes(alone, matrix, labels, recipe.bayes * min(1.0, MANY_ROWS / median(rows)))


def _with_bayes(alone: Head, matrix: Matrix, labels: Sequence[str], share: float) -> Head:
    """The mean of a head and of naive Bayes, whose scores are brought to the same spread. It is linear, too: nothing
    more is served."""
    from sklearn.naive_bayes import MultinomialNB

    if not share:
        return alone
    bayes = MultinomialNB(alpha=RARE, fit_prior=False).fit(matrix, np.asarray(labels)).feature_log_prob_.T
    bayes -= bayes.mean(axis=1, keepdims=True)  # what speaks for all labels alike says nothing
    some = matrix[:: max(1, matrix.shape[0] // SOME_ROWS)]
    spread = float(alone.scores(some).std() / max((some @ bayes).std(), 1e-9))
    weights = (1 - share) * alone.weights + share * spread * bayes
    return Head(alone.labels, weights.astype(np.float32), (1 - share) * alone.bias)


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
