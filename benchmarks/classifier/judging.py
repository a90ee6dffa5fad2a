"""What the systems say about rows that they have not learned from, and how often it is right.

The arithmetic is `classifier.measuring`'s for everybody: a system differs only in what it says.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from benchmarks.classifier.choosing import UNION_SVM
from benchmarks.classifier.data import texts_of
from benchmarks.classifier.spoiling import SPOILS, spoiled
from benchmarks.classifier.systems import OURS, Learned, System
from classifier import Evaluation, Example, Prediction
from classifier.measuring import best_of_ours, measure

SPOILED = (OURS, UNION_SVM)  # whose robustness is measured: ours and the best of the others
Figures: TypeAlias = dict[str, float | int | None]
Lost: TypeAlias = dict[str, dict[str, float]]  # way of spoiling, system, points


@dataclass
class Said:
    """What one system said so far. `hits` are over in-scope rows by the way the texts were spoiled: whether the best
    label that is not foreign is right, and whether the label that was given is."""

    rows: list[Example] = field(default_factory=list)
    predictions: list[Prediction] = field(default_factory=list)
    hits: dict[str, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))


class Judge:
    """Hears the systems on one part of the rows after the other, and sums up."""

    def __init__(self, foreign: str, seed: int, *, spoil: bool) -> None:
        self._foreign, self._seed, self._spoil = foreign, seed, spoil
        self._said: dict[str, Said] = defaultdict(Said)

    def hear(self, systems: Mapping[str, Learned], rows: Sequence[Example]) -> None:
        for name, learned in systems.items():
            said = self._said[name]
            said.rows += rows
            said.predictions += learned.system.predict_many(texts_of(rows))
            if self._spoil and name in SPOILED:
                self._hear_spoiled(learned.system, [row for row in rows if row.category != self._foreign], said)

    def figures(self, name: str, only: Callable[[Example], bool] = lambda row: True) -> Figures:
        """Of one system, over the rows that count; no figures when none does."""
        said = self._said[name]
        kept = [(p, row) for p, row in zip(said.predictions, said.rows, strict=True) if only(row)]
        if not kept:
            return {"n": 0}
        predictions, rows = zip(*kept, strict=True)
        return plain(measure(predictions, rows, self._foreign, (self._foreign,)))

    def points_lost(self) -> Lost:
        """By way of spoiling: hits as written minus hits when spoiled, in percent of the in-scope rows. Under a
        system's own name as `accuracy` counts hits, and once more "with gate", as `accuracy_with_gate` does."""
        lost: Lost = {how: {} for how in SPOILS}
        for name, said in self._said.items():
            for how in SPOILS if said.hits else ():
                in_scope, with_gate = 100 * (np.mean(said.hits[""], axis=0) - np.mean(said.hits[how], axis=0))
                lost[how] |= {name: float(in_scope), f"{name}, with gate": float(with_gate)}
        return lost

    def _hear_spoiled(self, system: System, rows: Sequence[Example], said: Said) -> None:
        texts = texts_of(rows)
        for how in ("", *SPOILS):
            seen = system.predict_many(spoiled(texts, how, self._seed) if how else texts)
            said.hits[how] += [self._hit(p, row.category) for p, row in zip(seen, rows, strict=True)]

    def _hit(self, prediction: Prediction, category: str) -> tuple[bool, bool]:
        return best_of_ours(prediction, (self._foreign,)) == category, prediction.category == category


def plain(found: Evaluation) -> Figures:
    """The figures that the tables show."""
    return {
        "n": found.n,
        "accuracy": found.accuracy,
        "accuracy_with_gate": found.accuracy_with_gate,
        "top3": found.top3,
        "auroc": found.oos.auroc,
        "fpr95": found.oos.fpr95,
        "coverage_at_5_risk": found.coverage_at_95_precision,
        "ece": found.ece,
        "tier": found.tier.accuracy if found.tier else None,
        "tier3_recall": found.tier.recall.get("3") if found.tier else None,
    }
