"""The other systems once they have learned: scores, one temperature, and a score for "one of ours". Chooses nothing.

They read texts as they come, as their libraries do by default; how they were chosen stands in `choosing.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import softmax
from classifier.prediction import Prediction

Scores = NDArray[np.float32]

SKLEARN_FILE, FASTTEXT_FILE, SETTINGS_FILE = "model.joblib", "model.bin", "settings.json"
MOST_CATEGORIES = 5


class Reader(Protocol):
    """Texts to scores: one row a text, one column a label."""

    @property
    def labels(self) -> tuple[str, ...]: ...

    def scores(self, texts: Sequence[str]) -> Scores: ...

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True, eq=False)
class SklearnReader:
    """A fitted pipeline of vectorisers and a classifier."""

    pipeline: Any

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(map(str, self.pipeline.classes_))

    def scores(self, texts: Sequence[str]) -> Scores:
        """Margins where the classifier has them, else logarithms of probabilities."""
        by_margin = hasattr(self.pipeline[-1], "decision_function")
        raw = self.pipeline.decision_function(texts) if by_margin else self.pipeline.predict_log_proba(texts)
        return np.asarray(np.column_stack([-raw, raw]) if raw.ndim == 1 else raw, dtype=np.float32)

    def save(self, folder: Path) -> None:
        import joblib

        joblib.dump(self.pipeline, folder / SKLEARN_FILE)


@dataclass(frozen=True, eq=False)
class FastTextReader:
    """A fitted fastText model. Its labels were written as numbers, so that any name will do."""

    model: Any
    labels: tuple[str, ...]

    def scores(self, texts: Sequence[str]) -> Scores:
        return np.array([self._row(text) for text in texts], np.float32)

    def _row(self, text: str) -> Scores:
        row = np.full(len(self.labels), 1e-9, np.float32)
        # The binding underneath: the package's own predict() asks numpy 2 for what it no longer does.
        for share, label in self.model.f.predict(one_line(text) + "\n", len(self.labels), 0.0, "strict"):
            row[int(label.removeprefix("__label__"))] = max(share, 1e-9)
        return np.log(row)

    def save(self, folder: Path) -> None:
        self.model.save_model(str(folder / FASTTEXT_FILE))


@dataclass(frozen=True)
class Settings:
    """How scores are shown. `scope` names the score that tells foreign rows: see `scope_scores`."""

    temperature: float
    scope: str
    foreign: str
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Baseline:
    """A reader with what turns its scores into predictions."""

    reader: Reader
    settings: Settings

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        raw = self.reader.scores(texts)
        shares = softmax(raw, self.settings.temperature)
        inside = scope_scores(raw, self.reader.labels, self.settings.foreign)[self.settings.scope]
        return [self._prediction(row, float(scope)) for row, scope in zip(shares, inside, strict=True)]

    def answer(self, text: str) -> tuple[str, float]:
        """The best label of one text and its probability: the least that a desk must ask for."""
        shares = softmax(self.reader.scores([text]), self.settings.temperature)[0]
        best = int(shares.argmax())
        return self.reader.labels[best], float(shares[best])

    def save(self, folder: Path) -> None:
        self.reader.save(folder)
        (folder / SETTINGS_FILE).write_text(json.dumps(asdict(self.settings)), "utf-8")

    def _prediction(self, shares: Scores, scope: float) -> Prediction:
        order = np.argsort(-shares, kind="stable")[:MOST_CATEGORIES].tolist()
        ranked = tuple((self.reader.labels[at], float(shares[at])) for at in order)
        return Prediction(*ranked[0], ranked, scope, None, (), None, "", (), "")


def scope_scores(raw: Scores, labels: Sequence[str], foreign: str) -> dict[str, Scores]:
    """Ways to say how likely a text is one of ours; only their order counts."""
    ours = np.array([label != foreign for label in labels])
    top = raw[:, ours].max(axis=1)
    ways = {"best score": top, "best probability": softmax(raw, 1.0)[:, ours].max(axis=1)}
    return ways if ours.all() else {**ways, "ahead of the foreign label": top - raw[:, ~ours].max(axis=1)}


def load_baseline(folder: Path) -> Baseline:
    """What `save` wrote, a moment ago and in this very run: it is unpickled without a further look."""
    plain = json.loads((folder / SETTINGS_FILE).read_text("utf-8"))
    settings = Settings(**{**plain, "labels": tuple(plain["labels"])})
    if (folder / FASTTEXT_FILE).is_file():
        from fasttext.FastText import load_model

        return Baseline(FastTextReader(load_model(str(folder / FASTTEXT_FILE)), settings.labels), settings)
    import joblib

    return Baseline(SklearnReader(joblib.load(folder / SKLEARN_FILE)), settings)


def one_line(text: str) -> str:
    """fastText takes a line for a text. Lower case, as its own guide prepares texts."""
    return " ".join(text.casefold().split())
