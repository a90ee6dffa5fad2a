"""What each of the other systems is allowed to choose, and how: by accuracy on rows kept for choosing, never on test.

After that one temperature is fitted on the same rows, and the score that tells foreign rows best is picked. All three
are more than the libraries do by themselves, so that each stands here at its best.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from benchmarks.classifier.baselines import (
    Baseline,
    FastTextReader,
    Reader,
    Settings,
    SklearnReader,
    one_line,
    scope_scores,
)
from benchmarks.classifier.data import Split, texts_of
from classifier import Example
from classifier.calibration import fit_temperature
from classifier.measuring import auroc

Fit: TypeAlias = Callable[[Sequence[Example], int], Reader]  # rows and seed


@dataclass(frozen=True, eq=False)
class Choice:
    """The candidate that did best, already fitted on the rows to learn from."""

    name: str
    fit: Fit
    rows: Sequence[Example]
    reader: Reader
    temperature: float
    scope: str
    foreign: str

    def on(self, rows: Sequence[Example], seed: int) -> Baseline:
        """The same choice, learned from these rows."""
        reader = self.reader if rows is self.rows else self.fit(rows, seed)
        return Baseline(reader, Settings(self.temperature, self.scope, self.foreign, reader.labels))


def choose(candidates: dict[str, Fit], split: Split, seed: int) -> Choice:
    """The candidate with the most hits on the rows to choose by; the first of equals."""
    best: tuple[float, str, Reader] | None = None
    for name, fit in candidates.items():
        reader = fit(split.train, seed)
        hits = _hits(reader, split.val)
        if best is None or hits > best[0]:
            best = (hits, name, reader)
    assert best is not None, "a system without candidates"
    _, name, reader = best
    raw = reader.scores(texts_of(split.val))
    return Choice(
        name=name,
        fit=candidates[name],
        rows=split.train,
        reader=reader,
        temperature=_temperature(raw, reader.labels, split.val),
        scope=_best_scope(raw, reader.labels, split),
        foreign=split.foreign,
    )


def _hits(reader: Reader, rows: Sequence[Example]) -> float:
    best = reader.scores(texts_of(rows)).argmax(axis=1)
    return float(np.mean([reader.labels[at] == row.category for at, row in zip(best, rows, strict=True)]))


def _temperature(raw: Any, labels: Sequence[str], rows: Sequence[Example]) -> float:
    place = {label: at for at, label in enumerate(labels)}
    known = [at for at, row in enumerate(rows) if row.category in place]
    return fit_temperature(raw[known], np.array([place[rows[at].category] for at in known], np.intp))


def _best_scope(raw: Any, labels: Sequence[str], split: Split) -> str:
    inside = np.array([row.category != split.foreign for row in split.val])
    ways = scope_scores(raw, labels, split.foreign)
    if inside.all() or not inside.any():
        return next(iter(ways))
    return max(ways, key=lambda way: auroc(ways[way][inside].astype(float), ways[way][~inside].astype(float)))


# -- what there is to choose from --------------------------------------------------------------------------------------


def _sklearn(make: Callable[[int], Any], rows: Sequence[Example], seed: int) -> Reader:
    return SklearnReader(make(seed).fit(texts_of(rows), [row.category for row in rows]))


def _logistic(closeness: float, seed: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), LogisticRegression(C=closeness, max_iter=300, random_state=seed))


def _union_svm(closeness: float, seed: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, characters), LinearSVC(C=closeness, random_state=seed))


def _bayes(kind: str, counted: str, smoothing: float, seed: int) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB, MultinomialNB
    from sklearn.pipeline import make_pipeline

    vectoriser = CountVectorizer() if counted == "counts" else TfidfVectorizer()
    return make_pipeline(vectoriser, {"complement": ComplementNB, "multinomial": MultinomialNB}[kind](alpha=smoothing))


def _fasttext(how: Mapping[str, float], rows: Sequence[Example], seed: int) -> Reader:
    """One thread, or no two runs would agree."""
    from fasttext import train_supervised

    labels = tuple(sorted({row.category for row in rows}))
    place = {label: at for at, label in enumerate(labels)}
    lines = [f"__label__{place[row.category]} {one_line(row.text)}\n" for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.txt")
        file.write_text("".join(lines), "utf-8")
        model = train_supervised(str(file), **how, dim=50, bucket=200_000, thread=1, seed=seed, verbose=0)
    return FastTextReader(model, labels)


LOGISTIC, UNION_SVM, BAYES, FASTTEXT = "word TF-IDF + logistic", "TF-IDF union + SVM", "naive Bayes", "fastText"

BASELINES: dict[str, dict[str, Fit]] = {
    LOGISTIC: {f"C={c}": partial(_sklearn, partial(_logistic, c)) for c in (1.0, 10.0, 30.0)},
    UNION_SVM: {f"C={c}": partial(_sklearn, partial(_union_svm, c)) for c in (0.1, 0.3, 1.0)},
    BAYES: {
        f"{kind}, {counted}, alpha={smoothing}": partial(_sklearn, partial(_bayes, kind, counted, smoothing))
        for kind in ("complement", "multinomial")
        for counted in ("counts", "TF-IDF")
        for smoothing in (0.1, 0.5)
    },
    FASTTEXT: {
        "words and letters": partial(_fasttext, {"minn": 3, "maxn": 5, "lr": 0.5, "epoch": 25}),
        "pairs and letters": partial(_fasttext, {"minn": 2, "maxn": 5, "wordNgrams": 2, "lr": 0.2, "epoch": 50}),
    },
}


def has_fasttext() -> bool:
    return find_spec("fasttext") is not None
