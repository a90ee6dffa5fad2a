"""A case and its legal moves. Pure: knows no database, no clock, no Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a case stands. Only SOLVED and RESOLVED count as helped; silence never does."""

    NEW = "new"
    CLARIFYING = "clarifying"
    ANSWERED = "answered"
    WAITING = "waiting"
    CLAIMED = "claimed"
    SOLVED = "solved"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


WITH_THE_BOT = frozenset({State.NEW, State.CLARIFYING, State.ANSWERED})
WITH_PEOPLE = frozenset({State.WAITING, State.CLAIMED})
ENDED = frozenset({State.SOLVED, State.RESOLVED, State.WITHDRAWN})

# What a reader sees instead of the state's name.
IN_WORDS: Mapping[State, str] = {
    State.NEW: "new",
    State.CLARIFYING: "waiting for the person to choose",
    State.ANSWERED: "waiting to hear whether the answer helped",
    State.WAITING: "waiting for an agent",
    State.CLAIMED: "with an agent",
    State.SOLVED: "solved by an answer",
    State.RESOLVED: "resolved by an agent",
    State.WITHDRAWN: "withdrawn by the person",
}


# What stands where a person deleted what they had written.
DELETED = "[deleted by the person]"


class IllegalMove(Exception):
    """A move that the case's state does not allow. The text can be shown to the person who tried it."""


@dataclass(frozen=True)
class Case:
    """One request of one person.

    `thread` is the Slack ts under which the desk speaks, or None in a direct message, which is one flat conversation.
    `candidates` are article ids, best first; `shown` are those that the person has seen, in order.
    """

    id: int
    team: str
    channel: str
    ts: str
    thread: str | None
    reporter: str
    words: str
    state: State = State.NEW
    language: str = "en"
    category: str = "unclear"
    confidence: float = 0.0
    tier: int = 1
    urgency: str = "normal"
    queue: str | None = None
    assignee: str | None = None
    candidates: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    asked: bool = False
    reasons: tuple[str, ...] = ()
    model: str = ""
    card: str | None = None
    opened_at: float = 0.0

    @property
    def article(self) -> str | None:
        """The article that the person is trying now."""
        return self.shown[-1] if self.shown else None

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def with_people(self) -> bool:
        return self.state in WITH_PEOPLE

    def answered(self, article: str) -> Case:
        self._must_be(WITH_THE_BOT, "be answered")
        return replace(self, state=State.ANSWERED, shown=(*self.shown, article), offered=())

    def clarifying(self, categories: tuple[str, ...]) -> Case:
        self._must_be(frozenset({State.NEW, State.ANSWERED}), "be clarified")
        if self.asked:
            raise IllegalMove(f"Case {self.id} has had its one question already.")
        return replace(self, state=State.CLARIFYING, offered=categories, asked=True)

    def solved(self) -> Case:
        self._must_be(frozenset({State.ANSWERED}), "be marked as solved")
        return replace(self, state=State.SOLVED)

    def handed_off(self, queue: str, card: str) -> Case:
        self._must_be(WITH_THE_BOT, "be handed over")
        return replace(self, state=State.WAITING, queue=queue, card=card, offered=())

    def claimed_by(self, agent: str) -> Case:
        if self.state is State.CLAIMED:
            raise IllegalMove(f"Case {self.id} is already with <@{self.assignee}>.")
        self._must_be(frozenset({State.WAITING}), "be claimed")
        return replace(self, state=State.CLAIMED, assignee=agent)

    def moved_to(self, queue: str, tier: int, card: str) -> Case:
        self._must_be(WITH_PEOPLE, "be moved")
        if queue == self.queue:
            raise IllegalMove(f"Case {self.id} is in that queue already.")
        return replace(self, state=State.WAITING, queue=queue, tier=tier, assignee=None, card=card)

    def resolved_by(self, agent: str) -> Case:
        self._must_be(WITH_PEOPLE, "be resolved")
        return replace(self, state=State.RESOLVED, assignee=agent)

    def reopened(self, card: str) -> Case:
        self._must_be(ENDED, "be reopened")
        return replace(self, state=State.WAITING, assignee=None, card=card)

    def withdrawn(self) -> Case:
        self._must_be(WITH_THE_BOT, "be withdrawn")
        return replace(self, state=State.WITHDRAWN)

    def _must_be(self, states: frozenset[State], what: str) -> None:
        if self.state not in states:
            raise IllegalMove(f"Case {self.id} is {IN_WORDS[self.state]}, so it cannot {what}.")
