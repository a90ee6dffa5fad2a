"""Ours and the others behind one face: learn from rows, read texts, lie on disk. Judges nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from benchmarks.classifier.baselines import Baseline
from benchmarks.classifier.choosing import BASELINES, Choice, choose
from benchmarks.classifier.data import Split
from classifier import Example, Model, Prediction, load, normalise, train

OURS = "ours"


class System(Protocol):
    """Something that has learned."""

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]: ...

    def answer(self, text: str) -> object: ...


@dataclass(frozen=True, eq=False)
class Ours:
    """The model as the desk serves it: saved, and read back from its plain arrays. `trained` has the pipeline too."""

    trained: Model
    served: Model

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        return self.served.predict_many(texts)

    def answer(self, text: str) -> Prediction:
        """All that the desk is told: category, tier, urgency, language, and the words that spoke for it."""
        return self.served.predict(text)

    def scores_only(self, text: str) -> float:
        """No more than the others compute: scores of the labels, and whether the text is one of ours."""
        return self.served.in_scope(self.served.scorer.read(normalise(text)))


@dataclass(frozen=True, eq=False)
class Learned:
    """One system, where it lies on disk, and the seconds by the clock that learning took."""

    system: System
    folder: Path
    seconds: float


Choices: TypeAlias = Mapping[str, Choice]


class School:
    """Teaches all systems from the same rows. `names` are the other systems that take part."""

    def __init__(self, scratch: Path, seed: int, names: Sequence[str]) -> None:
        self._scratch, self._seed, self._names = scratch, seed, names
        self._taught = 0

    def choices(self, split: Split) -> Choices:
        return {name: choose(BASELINES[name], split, self._seed) for name in self._names}

    def teach(self, choices: Choices, rows: Sequence[Example], foreign: str) -> dict[str, Learned]:
        """Every system learned from these rows, ours first."""
        self._taught += 1
        here = self._scratch / str(self._taught)
        learned = {OURS: self._ours(rows, foreign, here / OURS)}
        for name, choice in choices.items():
            learned[name] = self._other(choice, rows, here / name.replace(" ", "-"))
        return learned

    def _ours(self, rows: Sequence[Example], foreign: str, folder: Path) -> Learned:
        start = time.perf_counter()
        model = train(rows, seed=self._seed, out_of_scope=(foreign,))
        seconds = time.perf_counter() - start
        model.save(folder)
        return Learned(Ours(model, load(folder)), folder, seconds)

    def _other(self, choice: Choice, rows: Sequence[Example], folder: Path) -> Learned:
        start = time.perf_counter()
        baseline: Baseline = choice.on(rows, self._seed)
        seconds = time.perf_counter() - start
        folder.mkdir(parents=True)
        baseline.save(folder)
        return Learned(baseline, folder, seconds)
