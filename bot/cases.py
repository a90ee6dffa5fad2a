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
    PENDING = "pending"
    JOINED = "joined"
    SOLVED = "solved"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


WITH_THE_BOT = frozenset({State.NEW, State.CLARIFYING, State.ANSWERED})
WITH_PEOPLE = frozenset({State.WAITING, State.CLAIMED, State.PENDING})
HELD = frozenset({State.CLAIMED, State.PENDING})
ENDED = frozenset({State.SOLVED, State.RESOLVED, State.WITHDRAWN, State.CLOSED})
# How long a case that ended can be opened again; what comes later is a case of its own.
REOPENS_WITHIN = 7 * 24 * 60 * 60.0

# What a reader sees instead of the state's name.
IN_WORDS: Mapping[State, str] = {
    State.NEW: "new",
    State.CLARIFYING: "waiting for the person to choose",
    State.ANSWERED: "waiting to hear whether the answer helped",
    State.WAITING: "waiting for an agent",
    State.CLAIMED: "with an agent",
    State.PENDING: "waiting for the person's answer",
    State.JOINED: "handled together with another case",
    State.SOLVED: "solved by an answer",
    State.RESOLVED: "resolved by an agent",
    State.WITHDRAWN: "withdrawn by the person",
    State.CLOSED: "closed",
}


# What stands where a person deleted what they had written.
DELETED = "[deleted by the person]"


class IllegalMove(Exception):
    """A move that the case's state does not allow. The text can be shown to the person who tried it."""


@dataclass(frozen=True)
class Case:
    """One request of one person.

    `thread` is the Slack ts under which the desk speaks, or None in a direct message, which is one flat conversation.
    `candidates` are article ids, best first; `shown` are those that the person has seen, in order. `assigned_team` is
    the team of the queue that should have it now; `unasked`: the desk spoke up in a channel without being addressed.
    `part_of` is the case that it is handled together with; `incident` names a known incident of which this case is the
    head. `resolution` is the article that an agent resolved it with, or "none". `ended_at` is in epoch seconds.
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
    assigned_team: str | None = None
    unasked: bool = False
    part_of: int | None = None
    incident: str = ""
    resolution: str = ""
    ended_at: float | None = None

    @property
    def article(self) -> str | None:
        """The article that the person is trying now."""
        return self.shown[-1] if self.shown else None

    @property
    def open(self) -> bool:
        return self.state not in ENDED

    @property
    def with_people(self) -> bool:
        """Whether what the person writes is for agents to read."""
        return self.state in WITH_PEOPLE or self.state is State.JOINED

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
        if self.state in HELD:
            raise IllegalMove(f"Case {self.id} is already with <@{self.assignee}>.")
        self._must_be(frozenset({State.WAITING}), "be claimed")
        return replace(self, state=State.CLAIMED, assignee=agent)

    def unclaimed(self) -> Case:
        self._must_be(HELD, "be given back")
        return replace(self, state=State.WAITING, assignee=None)

    def assigned_to(self, agent: str) -> Case:
        self._must_be(WITH_PEOPLE, "be assigned")
        if agent == self.assignee:
            raise IllegalMove(f"Case {self.id} is with <@{agent}> already.")
        return replace(self, state=State.CLAIMED, assignee=agent)

    def waiting_for_person(self) -> Case:
        if self.state is State.WAITING:
            raise IllegalMove(f"Nobody has case {self.id} yet. Claim it first, so that somebody reads the answer.")
        self._must_be(frozenset({State.CLAIMED}), "wait for the person")
        return replace(self, state=State.PENDING)

    def heard_from_person(self) -> Case:
        self._must_be(frozenset({State.PENDING}), "go on")
        return replace(self, state=State.CLAIMED)

    def moved_to(self, queue: str, tier: int, card: str) -> Case:
        self._must_be(WITH_PEOPLE, "be moved")
        if queue == self.queue:
            raise IllegalMove(f"Case {self.id} is in that queue already.")
        return replace(self, state=State.WAITING, queue=queue, tier=tier, assignee=None, assigned_team=None, card=card)

    def resolved_by(self, agent: str, resolution: str = "") -> Case:
        self._must_be(WITH_PEOPLE, "be resolved")
        return replace(self, state=State.RESOLVED, assignee=agent, resolution=resolution)

    def joined_to(self, head: Case) -> Case:
        """Handled together with `head` from now on."""
        self._must_be(WITH_PEOPLE, "be merged")
        if head.id == self.id:
            raise IllegalMove(f"Case {self.id} cannot be merged with itself.")
        if head.state not in WITH_PEOPLE:
            raise IllegalMove(f"Case {head.id} is {IN_WORDS[head.state]}, so nothing can be merged into it.")
        return replace(self, state=State.JOINED, part_of=head.id)

    def parted(self) -> Case:
        """On its own again, in the queue where it was."""
        self._must_be(frozenset({State.JOINED}), "be taken out")
        return replace(self, state=State.WAITING, part_of=None, assignee=None)

    def ended_with(self, head: Case) -> Case:
        """The case that it was handled together with is resolved."""
        self._must_be(frozenset({State.JOINED}), "end with another case")
        return replace(self, state=State.RESOLVED, assignee=head.assignee, resolution=head.resolution)

    def reopened(self, card: str) -> Case:
        self._must_be(ENDED, "be reopened")
        return replace(
            self, state=State.WAITING, assignee=None, assigned_team=None, part_of=None, resolution="", card=card
        )

    def can_reopen(self, at: float) -> bool:
        """Whether it ended not so long ago that its story is another one by now."""
        return self.state in ENDED and (self.ended_at is None or at - self.ended_at <= REOPENS_WITHIN)

    def closed(self) -> Case:
        self._must_be(frozenset({State.RESOLVED, State.PENDING}), "be closed")
        return replace(self, state=State.CLOSED)

    def withdrawn(self) -> Case:
        self._must_be(WITH_THE_BOT, "be withdrawn")
        return replace(self, state=State.WITHDRAWN)

    def _must_be(self, states: frozenset[State], what: str) -> None:
        if self.state not in states:
            raise IllegalMove(f"Case {self.id} is {IN_WORDS[self.state]}, so it cannot {what}.")
