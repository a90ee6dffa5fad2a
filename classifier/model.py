"""A trained model: texts in, predictions out. Knows neither how it was trained nor where it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import softmax
from classifier.language import identify, is_everyday
from classifier.neighbours import Neighbours
from classifier.prediction import Explanation, Neighbour, Prediction
from classifier.scope import Gate
from classifier.scorer import Floats, Scorer, Scores
from classifier.text import fold, normalise, words

if TYPE_CHECKING:
    from classifier.measuring import Evaluation
    from classifier.weights import Weights

MOST_CATEGORIES = 5
MOST_TERMS = 5
NEAREST = 3

Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Calibration:
    """How scores become probabilities: one temperature a head, and the gate."""

    category: float
    tier: float
    urgency: float
    language: float
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
    """A scorer with what turns its scores into probabilities. `labels` are all categories it can name.

    `pipeline` is what it was trained as and `held_back` how it did on known issues that were held back; both are there
    only right after training: serving needs none of it.
    """

    scorer: Scorer
    calibration: Calibration
    record: TrainingRecord
    neighbours: Neighbours | None = None
    pipeline: Weights | None = None
    held_back: Evaluation | None = None

    @property
    def version(self) -> str:
        return self.record.version

    @property
    def labels(self) -> tuple[str, ...]:
        return self.scorer.heads["category"]

    def predict(self, text: str, *, language_hint: str | None = None) -> Prediction:
        """Read one text; `language_hint` is what to assume when the text is too short to tell its language."""
        plain = normalise(text)
        return self.prediction(plain, self.scorer.read(plain), language_hint=language_hint)

    def prediction(self, plain: str, scores: Scores, *, language_hint: str | None = None) -> Prediction:
        """What these scores of a normalised text mean."""
        in_scope = self.in_scope(scores)
        ranked = _best_first(self.labels, self._shares(scores.heads["category"], in_scope))
        tiers = self._head("tier", scores, self.calibration.tier)
        urgencies = self._head("urgency", scores, self.calibration.urgency)
        return Prediction(
            category=ranked[0][0],
            confidence=ranked[0][1],
            categories=ranked[:MOST_CATEGORIES],
            in_scope=in_scope,
            tier=int(tiers[0][0]) if tiers else None,
            tier_probabilities=tuple((int(tier), probability) for tier, probability in tiers),
            urgency=urgencies[0][0] if urgencies else None,
            language=identify(plain, language_hint or "en", self._languages(scores))[0],
            terms=self._terms(plain, ranked[0][0], scores),
            model=self.version,
        )

    def predict_many(self, texts: Sequence[str], *, language_hint: str | None = None) -> list[Prediction]:
        return [self.predict(text, language_hint=language_hint) for text in texts]

    def explain(self, text: str) -> Explanation:
        """Why: the words that spoke most for the category, each with its share of the score, and the most similar
        examples."""
        plain = normalise(text)
        scores = self.scorer.read(plain)
        shares = self._shares(scores.heads["category"], self.in_scope(scores))
        category = _best_first(self.labels, shares)[0][0]
        nearest: tuple[Neighbour, ...] = self.neighbours.nearest(scores, NEAREST) if self.neighbours else ()
        return Explanation(category, tuple(self._pulls(plain, category, scores)), nearest)

    def save(self, folder: Path | str, *, evaluation: Evaluation | None = None) -> None:
        """Write the model to a folder that `classifier.load` reads: all of it or nothing."""
        from classifier.artifact import save

        save(self, Path(folder), evaluation=evaluation)

    def in_scope(self, scores: Scores) -> float:
        """How likely a text is about anything that the labels cover."""
        category, ours = scores.heads["category"], self._ours
        strange = float(category[~ours].max()) if self._has_foreign else 0.0
        return self.calibration.gate.of_one((float(category[ours].max()), strange, scores.known_share))

    def _shares(self, category: Floats, in_scope: float) -> Floats:
        """The labels' probabilities.

        First in or out, then which: a foreign label is listed only where the gate finds the text more likely
        foreign than not. Where the model knows no foreign label, the gate is only a rank, so the probabilities are
        left as they are.
        """
        if not self._has_foreign:
            return softmax(category, self.calibration.category)
        ours, shares = self._ours, np.empty_like(category)
        shares[ours] = softmax(category[ours], self.calibration.category) * in_scope
        outside = 1 - in_scope if in_scope < 0.5 else 0.0
        shares[~ours] = softmax(category[~ours], self.calibration.category) * outside
        return shares

    def _head(self, name: str, scores: Scores, temperature: float) -> Ranked:
        found = scores.heads.get(name)
        return () if found is None else _best_first(self.scorer.heads[name], softmax(found, temperature))

    def _languages(self, scores: Scores) -> dict[str, float] | None:
        return dict(self._head("language", scores, self.calibration.language)) or None

    @cached_property
    def _ours(self) -> NDArray[np.bool_]:
        return np.array([label not in self.record.out_of_scope for label in self.labels])

    @cached_property
    def _has_foreign(self) -> bool:
        return not self._ours.all()

    def _terms(self, text: str, category: str, scores: Scores) -> tuple[str, ...]:
        return tuple(phrase for phrase, _ in self._pulls(text, category, scores))

    def _pulls(self, text: str, category: str, scores: Scores) -> list[tuple[str, float]]:
        """The words and two-word phrases that raised the category's score most, as written, without the
        everyday words of any language at their edges."""
        found = self.scorer.phrase_pulls(scores, text, self.labels.index(category))
        found.sort(key=lambda phrase: -phrase[2])
        alone = words(text)
        chosen: list[tuple[str, float]] = []
        used: set[int] = set()
        for start, end, pull in found:
            if pull <= 0 or len(chosen) == MOST_TERMS:
                break
            telling = [at for at in range(start, end) if at not in used and not is_everyday(fold(alone[at]))]
            if telling and used.isdisjoint(range(start, end)):
                used.update(range(start, end))
                chosen.append((" ".join(alone[telling[0] : telling[-1] + 1]), pull))
        return chosen


def _best_first(labels: Sequence[str], shares: Floats) -> Ranked:
    values = shares.tolist()
    order = sorted(range(len(values)), key=lambda at: -values[at])
    return tuple((labels[at], values[at]) for at in order)
