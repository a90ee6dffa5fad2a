"""A trained model: texts in, predictions out. Knows neither how it was trained nor where it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.calibration import shares_of
from classifier.language import identify, is_everyday
from classifier.neighbours import Neighbours
from classifier.prediction import Explanation, Neighbour, Prediction
from classifier.scope import Gate
from classifier.scorer import Scorer, Scores
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
    """Where a model comes from. `rows` counts examples by category; `trained_at` is ISO 8601. `partial` says that it
    learned a part at a time (`train --partial`), where the order of rows matters and `examples_sha256` is of them in
    that order."""

    version: str
    trained_at: str | None
    seed: int
    rows: Mapping[str, int]
    out_of_scope: tuple[str, ...]
    examples_sha256: str
    evaluation: Mapping[str, object] | None = field(default=None)
    partial: bool = False


@dataclass(frozen=True, eq=False)
class Model:
    """A scorer with what turns its scores into probabilities. `labels` are all categories it can name.

    `pipeline` is what it was trained as, `held_back` how it did on known issues that were held back, and `reworded` how
    on rows of known issues that were held back by themselves. They are there only right after training: serving needs
    none of it.
    """

    scorer: Scorer
    calibration: Calibration
    record: TrainingRecord
    neighbours: Neighbours | None = None
    pipeline: Weights | None = None
    held_back: Evaluation | None = None
    reworded: Evaluation | None = None

    @property
    def version(self) -> str:
        return self.record.version

    @property
    def labels(self) -> tuple[str, ...]:
        return self.scorer.heads["category"]

    def predict(self, text: str) -> Prediction:
        """Read one text."""
        plain = normalise(text)
        return self.prediction(plain, self.scorer.read(plain))

    def prediction(self, plain: str, scores: Scores) -> Prediction:
        """What these scores of a normalised text mean."""
        in_scope = self.in_scope(scores)
        ranked = self._categories(scores, in_scope)
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
            language=identify(plain, "", self._languages(scores))[0],
            terms=self._terms(plain, ranked[0][0], scores),
            model=self.version,
        )

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        return [self.predict(text) for text in texts]

    def explain(self, text: str) -> Explanation:
        """Why: the words that spoke most for the category, each with its share of the score, and the most similar
        examples."""
        plain = normalise(text)
        scores = self.scorer.read(plain)
        category = self._categories(scores, self.in_scope(scores))[0][0]
        nearest: tuple[Neighbour, ...] = self.neighbours.nearest(scores, NEAREST) if self.neighbours else ()
        return Explanation(category, tuple(self._pulls(plain, category, scores)), nearest)

    def save(self, folder: Path | str, *, evaluation: Evaluation | None = None) -> None:
        """Write the model to a folder that `classifier.load` reads: all of it or nothing."""
        from classifier.artifact import save

        save(self, Path(folder), evaluation=evaluation)

    def in_scope(self, scores: Scores) -> float:
        """How likely a text is about anything that the labels cover."""
        category = scores.heads["category"].tolist()
        ours = max([category[at] for at in self._ours])
        strange = max([category[at] for at in self._foreign], default=0.0)
        return self.calibration.gate.probability((ours, strange, scores.known_share))

    def _categories(self, scores: Scores, in_scope: float) -> Ranked:
        """The labels with their probabilities, best first.

        First in or out, then which: a foreign label is listed only where the gate finds the text more likely
        foreign than not. Where the model knows no foreign label, the gate is only a rank, so the probabilities are
        left as they are.
        """
        category, temperature = scores.heads["category"].tolist(), self.calibration.category
        if not self._foreign:
            return _best_first(self.labels, shares_of(category, temperature))
        shares = [0.0] * len(category)
        outside = 1 - in_scope if in_scope < 0.5 else 0.0
        for side, weight in ((self._ours, in_scope), (self._foreign, outside)):
            for at, share in zip(side, shares_of([category[at] for at in side], temperature), strict=True):
                shares[at] = share * weight
        return _best_first(self.labels, shares)

    def _head(self, name: str, scores: Scores, temperature: float) -> Ranked:
        found = scores.heads.get(name)
        return () if found is None else _best_first(self.scorer.heads[name], shares_of(found.tolist(), temperature))

    def _languages(self, scores: Scores) -> dict[str, float] | None:
        return dict(self._head("language", scores, self.calibration.language)) or None

    @cached_property
    def _ours(self) -> tuple[int, ...]:
        """Where the labels stand that are in scope."""
        return tuple(at for at, label in enumerate(self.labels) if label not in self.record.out_of_scope)

    @cached_property
    def _foreign(self) -> tuple[int, ...]:
        return tuple(at for at, label in enumerate(self.labels) if label in self.record.out_of_scope)

    def _terms(self, text: str, category: str, scores: Scores) -> tuple[str, ...]:
        return tuple(phrase for phrase, _ in self._pulls(text, category, scores))

    def _pulls(self, text: str, category: str, scores: Scores) -> list[tuple[str, float]]:
        """The words and two-word phrases that raised the category's score most, as written, without the
        everyday words of any language at their edges."""
        found = self.scorer.phrase_pulls(scores, self.labels.index(category))
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


def _best_first(labels: Sequence[str], shares: Sequence[float]) -> Ranked:
    return tuple(sorted(zip(labels, shares, strict=True), key=itemgetter(1), reverse=True))
