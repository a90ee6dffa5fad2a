"""A trained model: texts in, predictions out. Knows neither how it was trained nor where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import softmax
from classifier.language import identify
from classifier.pipeline import Floats, Head
from classifier.prediction import Prediction
from classifier.scope import Gate
from classifier.text import fold, normalise, words
from classifier.weights import Reading, Weights

if TYPE_CHECKING:
    from classifier.evaluation import Evaluation

AT_ONCE = 2_000  # texts scored together; bounds memory, changes no answer
MOST_CATEGORIES = 5
MOST_TERMS = 5


@dataclass(frozen=True, eq=False)
class Calibration:
    """How scores become probabilities: one temperature a head, and the gate."""

    category: float
    tier: float
    urgency: float
    gate: Gate


@dataclass(frozen=True)
class TrainingRecord:
    """Where a model comes from. `rows` counts examples by category; `trained_at` is ISO 8601."""

    version: str
    trained_at: str | None
    seed: int
    rows: Mapping[str, int]
    out_of_scope: tuple[str, ...]
    examples_sha256: str
    evaluation: Mapping[str, object] | None = field(default=None)


@dataclass(frozen=True, eq=False)
class Model:
    """Weights with what turns their scores into probabilities. `labels` are all categories it can name."""

    weights: Weights
    calibration: Calibration
    record: TrainingRecord

    @property
    def version(self) -> str:
        return self.record.version

    @property
    def labels(self) -> tuple[str, ...]:
        return self.weights.category.labels

    def predict(self, text: str, *, language_hint: str | None = None) -> Prediction:
        """Read one text; `language_hint` is what to assume when the text is too short to tell its language."""
        return self._predict([text], language_hint)[0]

    def predict_many(self, texts: Sequence[str], *, language_hint: str | None = None) -> list[Prediction]:
        chunks = (texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE))
        return [prediction for chunk in chunks for prediction in self._predict(chunk, language_hint)]

    def save(self, folder: Path | str, *, evaluation: "Evaluation | None" = None) -> None:
        """Write the model to a folder that `classifier.load` reads: all of it or nothing."""
        from classifier.artifact import save

        save(self, Path(folder), evaluation=evaluation)

    def _predict(self, texts: Sequence[str], language_hint: str | None) -> list[Prediction]:
        plain = [normalise(text) for text in texts]
        reading = self.weights.read(plain, self.record.out_of_scope)
        in_scope = self.calibration.gate.probability(reading.signals)
        categories = self._categories(reading, in_scope)
        tiers = _ranked(self.weights.tier, reading.tier, self.calibration.tier, len(texts))
        urgencies = _ranked(self.weights.urgency, reading.urgency, self.calibration.urgency, len(texts))
        return [
            Prediction(
                category=ranked[0][0],
                confidence=ranked[0][1],
                categories=ranked[:MOST_CATEGORIES],
                in_scope=float(in_scope[row]),
                tier=int(tiers[row][0][0]) if tiers[row] else None,
                tier_probabilities=tuple((int(tier), probability) for tier, probability in tiers[row]),
                urgency=urgencies[row][0][0] if urgencies[row] else None,
                language=identify(plain[row], language_hint or "en")[0],
                terms=self._terms(plain[row], ranked[0][0], reading, row),
                model=self.version,
            )
            for row, ranked in enumerate(categories)
        ]

    def _categories(self, reading: Reading, in_scope: Floats) -> list[tuple[tuple[str, float], ...]]:
        """Labels with probabilities, best first.

        First in or out, then which: a foreign label is listed only where the gate finds the text more likely
        foreign than not. Where the model knows no foreign label, the gate is only a rank, so the
        probabilities are left as they are.
        """
        ours = self._ours
        shares = np.zeros_like(reading.category)
        shares[:, ours] = softmax(reading.category[:, ours], self.calibration.category)
        if not ours.all():
            outside = np.where(in_scope < 0.5, 1 - in_scope, 0)
            shares[:, ours] *= in_scope[:, None]
            shares[:, ~ours] = softmax(reading.category[:, ~ours], self.calibration.category) * outside[:, None]
        return _best_first(self.labels, shares)

    @cached_property
    def _ours(self) -> NDArray[np.bool_]:
        return np.array([label not in self.record.out_of_scope for label in self.labels])

    def _terms(self, text: str, category: str, reading: Reading, row: int) -> tuple[str, ...]:
        """The words and two-word phrases that raised the category's score most, none inside another."""
        values = reading.matrix[[row]]
        weight = dict(zip(values.indices.tolist(), values.data.tolist(), strict=True))
        pull = self.weights.category.weights[:, self.labels.index(category)]
        found: dict[str, float] = {}
        for phrase in _phrases(text):
            column = self.weights.features.column(fold(phrase))
            if column is not None:
                found[phrase] = weight[column] * float(pull[column])
        return _strongest(found)


def _phrases(text: str) -> list[str]:
    alone = words(text)
    return alone + [f"{first} {second}" for first, second in pairwise(alone)]


def _strongest(pull: Mapping[str, float]) -> tuple[str, ...]:
    chosen: list[str] = []
    for phrase in sorted(pull, key=lambda phrase: pull[phrase], reverse=True):
        if pull[phrase] <= 0 or len(chosen) == MOST_TERMS:
            break
        if not any(set(phrase.casefold().split()) & set(other.casefold().split()) for other in chosen):
            chosen.append(phrase)
    return tuple(chosen)


def _ranked(
    head: Head | None, scores: Floats | None, temperature: float, rows: int
) -> list[tuple[tuple[str, float], ...]]:
    if head is None or scores is None:
        return [()] * rows
    return _best_first(head.labels, softmax(scores, temperature))


def _best_first(labels: Sequence[str], shares: Floats) -> list[tuple[tuple[str, float], ...]]:
    order = np.argsort(-shares, axis=1, kind="stable")
    return [
        tuple((labels[column], float(shares[row, column])) for column in columns)
        for row, columns in enumerate(order.tolist())
    ]
