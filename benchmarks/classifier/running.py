"""One run of the benchmark: who learns from what, who is judged on what. Prints no table, does no arithmetic."""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.classifier import data
from benchmarks.classifier.choosing import BASELINES, FASTTEXT, has_fasttext
from benchmarks.classifier.equality import compare
from benchmarks.classifier.judging import Judge, Lost
from benchmarks.classifier.speed import costs, latencies
from benchmarks.classifier.spoiling import spoiled
from benchmarks.classifier.systems import OURS, Choices, Learned, Ours, School
from classifier import Example
from classifier.folds import grouped_folds

PARTS = ("clinc", "own", "held-out", "costs", "equality")
TYPED = "3 % of letters mistyped"  # how messages are timed: some of their words nobody has learned
NOTES = (
    "The other systems choose their settings, one temperature and the score that tells foreign rows on validation "
    "rows; ours chooses nothing there. On our own examples they choose once, in the first fold, on rows that later "
    "folds are judged by, which can only flatter them.",
    "Ours is judged as it is served: saved, loaded, scored from arrays. Its tier is the learned head alone, without "
    "the written rules that stand above it.",
    "p50 and p99 are of CPU time, one thread, all systems in turn on the same messages with 3 % of their letters "
    "mistyped. Ours also tells tier, urgency, language and reasons in that time; *ours, scores only* is what the "
    "others compute. Its size counts what serving reads. Fresh processes are by the clock, medians.",
)

Results: TypeAlias = dict[str, Any]  # an edge: it is written as JSON


@dataclass(frozen=True)
class Scale:
    """How much is measured. `each` is the most rows of one category; None takes all."""

    each: int | None = None
    folds: int = 3
    messages: int = 2_000
    equality_texts: int = 100_000
    fresh_runs: int = 5


QUICK = Scale(each=12, folds=2, messages=200, equality_texts=2_000, fresh_runs=1)


@dataclass(frozen=True)
class Plan:
    """What a run measures, and on what. `systems` are the others that take part."""

    clinc: Path | None = None
    desk: Path | None = None
    parts: tuple[str, ...] = PARTS
    systems: tuple[str, ...] = tuple(BASELINES)
    scale: Scale = Scale()
    seed: int = 0


def run(plan: Plan, examples: Sequence[Example] | None = None) -> Results:
    """All results, ready for JSON. `examples` stand in for our own. Raises data.Missing for a desk file that is not
    there; a missing CLINC150 is told, and the rest goes on."""
    desk = data.read_desk(plan.desk) if plan.desk else []
    own = data.some(data.own_examples() if examples is None else examples, plan.scale.each, plan.seed)
    with tempfile.TemporaryDirectory() as scratch:
        running = _Run(plan, Path(scratch))
        found = {**running.on_clinc(), **running.on_own_folds(own), **running.on_all_own(own, desk)}
    return {"seed": plan.seed, "notes": running.notes, **found, "robustness": running.points_lost}


class _Run:
    """Keeps what the parts share: the school, the choices on our own examples, and what is gathered on the way."""

    def __init__(self, plan: Plan, scratch: Path) -> None:
        there = [name for name in plan.systems if name != FASTTEXT or has_fasttext()]
        self._plan, self._scale, self._seed = plan, plan.scale, plan.seed
        self._absent = [name for name in plan.systems if name not in there]
        self._school = School(scratch, plan.seed, there)
        self._choices: Choices | None = None
        self.points_lost: dict[str, Lost] = {}
        self.notes = list(NOTES)

    def on_clinc(self) -> Results:
        if "clinc" not in self._plan.parts:
            return {}
        try:
            read = data.read_clinc(self._plan.clinc)
        except data.Missing as missing:
            say(str(missing))
            self.notes.append(str(missing))
            return {}
        train, val, test = (data.some(rows, self._scale.each, self._seed) for rows in (read.train, read.val, read.test))
        say("CLINC150: choosing")
        choices = self._school.choices(data.Split(train, val, data.CLINC_FOREIGN))
        say("CLINC150: learning and judging")
        judge = Judge(data.CLINC_FOREIGN, self._seed, spoil=True)
        judge.hear(self._school.teach(choices, train, data.CLINC_FOREIGN), test)
        self.points_lost["CLINC150"] = judge.points_lost()
        return {"clinc": {"learned": len(train), "judged": len(test), "systems": self._figures(judge, choices)}}

    def on_own_folds(self, own: Sequence[Example]) -> Results:
        if "own" not in self._plan.parts:
            return {}
        judge = Judge(data.OWN_FOREIGN, self._seed, spoil=True)
        folds = self._folds(own)
        for number, part in enumerate(folds, start=1):
            choices = self._choices_on(own)
            say(f"our own examples: fold {number} of {len(folds)}")
            systems = self._school.teach(choices, _without(own, part), data.OWN_FOREIGN)
            judge.hear(systems, [own[position] for position in part])
        self.points_lost["our own"] = judge.points_lost()
        groups = {group: self._figures(judge, choices, only) for group, only in data.GROUPS.items()}
        return {"own": {"rows": len(own), "folds": len(folds), "groups": groups}}

    def on_all_own(self, own: Sequence[Example], desk: Sequence[Example]) -> Results:
        if not desk and not {"held-out", "costs", "equality"} & set(self._plan.parts):
            return {}
        choices = self._choices_on(own)
        say("our own examples: learning all of them")
        systems = self._school.teach(choices, own, data.OWN_FOREIGN)
        found: Results = {}
        if "held-out" in self._plan.parts:
            found["held_out"] = self._held_out(systems, choices)
        if "costs" in self._plan.parts:
            found["costs"] = self._costs(systems, own)
        if "equality" in self._plan.parts:
            found["equality"] = self._equality(systems[OURS], own)
        if desk:
            judge = Judge(data.OWN_FOREIGN, self._seed, spoil=False)
            judge.hear(systems, desk)
            found["desk"] = {"rows": len(desk), "systems": self._figures(judge, choices)}
        return found

    def _held_out(self, systems: Mapping[str, Learned], choices: Choices) -> Results:
        rows = data.held_out()
        judge = Judge(data.OWN_FOREIGN, self._seed, spoil=False)
        judge.hear(systems, rows)
        groups = {group: self._figures(judge, choices, only) for group, only in data.HELD_OUT_GROUPS.items()}
        return {"rows": len(rows), "groups": groups}

    def _folds(self, own: Sequence[Example]) -> list[list[int]]:
        return [part for part in grouped_folds(own, self._scale.folds, self._seed) if part]

    def _choices_on(self, own: Sequence[Example]) -> Choices:
        """Made once, on a part of what the first fold leaves to learn from."""
        if self._choices is None:
            say("our own examples: choosing")
            rest = _without(own, self._folds(own)[0])
            self._choices = self._school.choices(data.inner_split(rest, data.OWN_FOREIGN, self._seed))
        return self._choices

    def _figures(self, judge: Judge, choices: Choices, only: Callable[[Example], bool] = lambda row: True) -> Results:
        """Each system's figures with what it chose, and None for those that are not installed."""
        chosen = {OURS: "", **{name: choice.name for name, choice in choices.items()}}
        shown: Results = {name: {"chosen": chosen[name], **judge.figures(name, only)} for name in chosen}
        return {**shown, **dict.fromkeys(self._absent)}

    def _costs(self, systems: Mapping[str, Learned], own: Sequence[Example]) -> Results:
        say("one message at a time, and fresh processes")
        every = max(1, len(own) // self._scale.messages)
        texts = data.texts_of(own)[::every][: self._scale.messages]
        taken = latencies(systems, spoiled(texts, TYPED, self._seed))
        paid = costs(systems, self._scale.fresh_runs)
        shown: Results = {name: {**times, **paid.get(name, {})} for name, times in taken.items()}
        return {**shown, **dict.fromkeys(self._absent)}

    def _equality(self, ours: Learned, own: Sequence[Example]) -> Results:
        say("what is served against what was trained")
        assert isinstance(ours.system, Ours)
        scale = self._scale
        found = compare(
            ours.system, own, data.OWN_FOREIGN, texts=scale.equality_texts, timed=scale.messages, seed=self._seed
        )
        return asdict(found)


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _without(rows: Sequence[Example], part: Sequence[int]) -> list[Example]:
    left_out = set(part)
    return [row for position, row in enumerate(rows) if position not in left_out]
