"""What every act of an agent goes through: may they, is it still here, does its state allow it; else a word to them.

The rights of whoever clicks are looked at first. What is refused is said in words that only they see, and leaves no
other trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, TypeVar

from bot.cases import Case, IllegalMove, State
from bot.desk.board import Board
from bot.desk.clocks import Clocks
from bot.desk.handover import HandOver
from bot.desk.staff import Rights, Staff
from bot.desk.values import Click
from bot.desk.voice import Story, Voice
from bot.routing import NoHigherTier, Queue
from bot.store import Database, Transaction
from bot.store.cases import StaleCase
from bot.words import words_for

say = words_for("agents", "en")

A = TypeVar("A", bound="AgentActs")


class Refused(Exception):
    """The agent may not, or cannot, do this. The text is for them."""


@dataclass(frozen=True)
class Form:
    """What a dialog about a case needs. `cases` are those that it may be merged with, likely ones first."""

    story: Story
    channel: str
    cases: Sequence[Case] = ()


class AgentActs:
    """What use cases of agents are made of; `acting` makes one of a method."""

    def __init__(
        self,
        store: Database,
        voice: Voice,
        staff: Staff,
        board: Board,
        clocks: Clocks,
        handover: HandOver,
        rights: Rights,
    ) -> None:
        self.store = store
        self.voice = voice
        self.staff = staff
        self.board = board
        self.clocks = clocks
        self.handover = handover
        self.rights = rights

    def refuse(self, click: Click) -> None:
        """Tell one agent, and nobody else, why nothing happened: `click.text` is the sentence."""
        with self.store.transaction(settles=click.delivery) as unit:
            unit.outbox.add(self.voice.refused(click, click.text), None)

    def act(self, click: Click, act: Callable[[Transaction, Case], None]) -> None:
        """One transaction in which the agent may act on the case of the card that they clicked. What is refused leaves
        no trace but the whisper; the delivery is settled either way."""
        try:
            queue = self._allowed(click)
            with self.store.transaction(settles=click.delivery) as unit:
                case = self._on_its_card(unit, click)
                if self.staff.queue_of(case).name != queue.name:
                    raise Refused(self.voice.has_moved_on)
                act(unit, case)
        except (Refused, IllegalMove, StaleCase, NoHigherTier) as refusal:
            with self.store.transaction(settles=click.delivery) as unit:
                about = unit.cases.get(click.case_id)
                unit.outbox.add(self.voice.refused(click, str(refusal)), about.id if about else None)

    def _allowed(self, click: Click) -> Queue:
        """The queue of the case, if the agent works in it. Asked before any transaction: it may be a call to Slack."""
        with self.store.reading() as unit:
            if unit.cases.get(click.case_id) is None:
                raise Refused(say("not_in_the_book"))
            # First: whoever presses a card that the case has left is not told to join the other queue's group.
            case = self._on_its_card(unit, click)
        queue = self.staff.queue_of(case)
        if not self.rights.works_in(click.user, queue):
            raise Refused(say("no_rights", queue=queue.title))
        return queue

    def _on_its_card(self, unit: Transaction, click: Click) -> Case:
        """The case of the card that was clicked, if the click comes from where its card stands now."""
        case = unit.cases.get(click.case_id)
        where = unit.outbox.whereabouts(case.card) if case and case.card else None
        if case is None or where is None or where[0] != click.channel:
            raise Refused(self.voice.has_moved_on)
        return case

    def is_lead(self, click: Click) -> bool:
        return self.asked(click, lambda queue: self.rights.leads(click.user, queue))

    def asked(self, click: Click, right: Callable[[Queue], bool]) -> bool:
        """A right in the case's queue. Asked before any transaction: it may be a call to Slack."""
        with self.store.reading() as unit:
            case = unit.cases.get(click.case_id)
        return case is not None and right(self.staff.queue_of(case))

    def form(self, click: Click, *, to_read: bool = False) -> Form | None:
        """What a dialog about the case needs. None where the agent was told why there is none: nobody writes a long
        answer into a dialog that will be refused. `to_read`: a case that has ended will do, too."""
        try:
            return self._form(click, to_read)
        except Refused as refusal:
            with self.store.transaction() as unit:
                about = unit.cases.get(click.case_id)
                unit.outbox.add(self.voice.refused(click, str(refusal)), about.id if about else None)
            return None

    def _form(self, click: Click, to_read: bool) -> Form:
        queue = self._allowed(click)
        with self.store.reading() as unit:
            case = self._on_its_card(unit, click)
            if not to_read:
                must_be_worked_on(case)
            story = self.board.story(unit, case, queue, click.channel)
            heads = [each for each in unit.cases.incidents() if each.id != case.id]
            alike = [each for each in heads if self.staff.queue_of(each).region == queue.region]
            mine = [self.board.fit_case(queue, each) for each in alike]
        cases = {each.id: each for each in (*story.twins, *mine)}
        return Form(story, click.channel, tuple(cases.values()))


def acting(
    use_case: Callable[Concatenate[A, Transaction, Case, Click, ...], None],
) -> Callable[[A, Click], None]:
    """A use case of agents as its callers know it: refused in words, or done in one transaction."""

    @wraps(use_case)
    def asked_for(agents: A, click: Click) -> None:
        agents.act(click, lambda unit, case: use_case(agents, unit, case, click))

    return asked_for


def must_be_worked_on(case: Case) -> None:
    if case.state is State.JOINED:
        raise Refused(say("work_at_head", number=case.id, head=case.part_of))
    if not case.with_people:
        raise Refused(say("has_ended", number=case.id))


def one_a_conversation(cases: Sequence[Case]) -> list[Case]:
    """The first case of each conversation: whoever has two of them in one hears everything once."""
    first: dict[tuple[str, str | None], Case] = {}
    for each in cases:
        first.setdefault((each.channel, each.thread), each)
    return list(first.values())
