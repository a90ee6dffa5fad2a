"""What would have been answered otherwise: past requests through changed articles, before anyone publishes them.

Compares first answers only: what follows depends on what the person would have said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.desk.advice import Advisor
from bot.privacy import redact
from bot.reports.past import Past
from bot.triage import Advice, Answer

LONGEST_WORDS = 100
SHOWN = 20


class Effect(StrEnum):
    """What a change means for the person who asked, as far as their verdict tells."""

    LOST = "lost"
    REPEATED = "repeated"
    FOUND = "found"
    AVOIDED = "avoided"
    ANSWERED = "answered"
    PASSED_ON = "passed on"
    OTHER = "other"


IN_WORDS: Mapping[Effect, str] = {
    Effect.LOST: "would not get the article that solved it",
    Effect.REPEATED: "would get an article that did not help them",
    Effect.FOUND: "would get at once the article that solved it",
    Effect.AVOIDED: "would not get the article that did not help them",
    Effect.ANSWERED: "would get an article instead of a person",
    Effect.PASSED_ON: "would get a person, or a question, instead of an article",
    Effect.OTHER: "would get another article",
}
WORSE = frozenset({Effect.LOST, Effect.REPEATED})


@dataclass(frozen=True)
class Changed:
    """A request that would be answered otherwise. None stands for a person or a question."""

    case: int
    words: str
    before: str | None
    after: str | None
    effect: Effect

    def as_json(self) -> dict[str, Any]:
        words = redact(self.words)
        return {"case": self.case, "words": words, "before": self.before, "after": self.after, "effect": self.effect}


def answered_by(advisor: Advisor) -> Callable[[Past], str | None]:
    """What this desk would answer a request with."""

    def answer(past: Past) -> str | None:
        return _article(advisor.advise(past.words))

    return answer


def as_recorded(past: Past) -> str | None:
    """What the desk did answer, with the articles, the model and the search of that day."""
    return past.answered


def replay(
    requests: Iterable[Past], before: Callable[[Past], str | None], after: Callable[[Past], str | None]
) -> list[Changed]:
    """The requests that two desks answer differently, in their order."""
    changed: list[Changed] = []
    for past in requests:
        old, new = before(past), after(past)
        if old != new:
            changed.append(Changed(past.case, past.words, old, new, _effect(past, old, new)))
    return changed


def in_words(changed: Sequence[Changed], of: int) -> str:
    """A summary, what gets worse first, and then each request with what it would get."""
    if not changed:
        return f"Nothing would change for any of {of:,} past requests."
    counts = Counter(each.effect for each in changed)
    summary = [f"{len(changed):,} of {of:,} past requests would be answered otherwise:"]
    summary += [f"  {counts[effect]:,} {IN_WORDS[effect]}" for effect in Effect if counts[effect]]
    order = list(Effect)
    listed = sorted(changed, key=lambda each: (order.index(each.effect), each.case))
    lines = [_line(each) for each in listed[:SHOWN]]
    rest = [f"… and {len(listed) - SHOWN:,} more; --json lists all"] if len(listed) > SHOWN else []
    return "\n".join([*summary, "", *lines, *rest])


def _line(each: Changed) -> str:
    words = " ".join(redact(each.words).split())
    words = words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
    return f"case {each.case}: {each.before or 'a person'} → {each.after or 'a person'}   {words}"


def _article(advice: Advice) -> str | None:
    return advice.decision.article if isinstance(advice.decision, Answer) else None


def _effect(past: Past, old: str | None, new: str | None) -> Effect:
    if past.solved is not None and past.solved in (old, new):
        return Effect.LOST if old == past.solved else Effect.FOUND
    if new in past.refused:
        return Effect.REPEATED
    if old in past.refused:
        return Effect.AVOIDED
    if old is None:
        return Effect.ANSWERED
    return Effect.PASSED_ON if new is None else Effect.OTHER
