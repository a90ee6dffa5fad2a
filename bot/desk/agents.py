"""What agents do with a case: take it, give it back, write, wait, pass it on with a reason, merge, split, resolve.

Every act looks at the rights of whoever clicks first, and is refused in words that only they see: for want of rights,
because the case has moved on, or because its state does not allow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.cases import Case, IllegalMove, State
from bot.desk.board import Board
from bot.desk.clocks import Clocks
from bot.desk.handover import ANSWER, CLOSE, IDLE, RATE, HandOver
from bot.desk.staff import Rights, Staff
from bot.desk.values import Click
from bot.desk.voice import Story, Voice
from bot.routing import NoHigherTier, Queue, next_tier
from bot.store import Database, Transaction
from bot.store.cases import Said, StaleCase
from bot.words import words_for

if TYPE_CHECKING:
    from collections.abc import Iterator

say = words_for("agents", "en")

# What an agent chooses when no article solved it.
NO_ARTICLE = "none"
# Working time after which an agent who claimed a case and did not write is reminded, in seconds.
IDLE_AFTER = 60 * 60.0
# After so long the person is reminded that an agent waits for their answer, in seconds.
ANSWER_REMINDER = 2 * 24 * 60 * 60.0
# How long after the end it is asked how it was, and when nothing can be reopened any more.
RATE_AFTER = 30 * 60.0
CLOSE_AFTER = 7 * 24 * 60 * 60.0


class Why(StrEnum):
    """Why a case goes to another queue: a label for the model, and a figure for the lead."""

    CATEGORY = "category"
    WORKLOAD = "workload"
    LANGUAGE = "language"
    OTHER = "other"


class Refused(Exception):
    """The agent may not, or cannot, do this. The text is for them."""


@dataclass(frozen=True)
class Form:
    """What a dialog about a case needs. `cases` are those that it may be merged with, likely ones first."""

    story: Story
    channel: str
    cases: Sequence[Case] = ()
    is_lead: bool = False


class Agents:
    """The agents' use cases, each one transaction."""

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

    # -- who has it -----------------------------------------------------------------------------------------------

    def claim(self, click: Click) -> None:
        """Atomic: of two agents who click at once, one has the case and the other is told."""
        with self._acting(click) as (unit, case):
            self._taken(unit, case, case.claimed_by(click.user), click, "claimed")

    def assign(self, click: Click) -> None:
        """To a colleague (`click.about`) who may have it; it is up to leads, and to whoever has the case."""
        with self._acting(click) as (unit, case):
            queue = self.staff.queue_of(case)
            if case.assignee != click.user and not self.rights.leads(click.user, queue):
                raise Refused(say("assign_by_lead"))
            if not self.rights.works_in(click.about, queue):
                raise Refused(say("assign_outside", agent=click.about, queue=queue.title))
            self._taken(unit, case, case.assigned_to(click.about), click, "assigned")

    def unclaim(self, click: Click) -> None:
        """Back to the queue, so that somebody else can go on."""
        with self._acting(click) as (unit, case):
            if case.assignee != click.user and not self.rights.leads(click.user, self.staff.queue_of(case)):
                raise Refused(say("given_back_by", number=case.id, agent=case.assignee))
            self.give_back(unit, case, click.user)

    def give_back(self, unit: Transaction, case: Case, who: str) -> None:
        """The case waits for anyone of the team that is at work now."""
        queue = self.staff.queue_of(case)
        free = case.unclaimed()
        free = replace(free, assigned_team=self.staff.team_for(free, queue, unit.now))
        unit.cases.keep(free, was=case)
        unit.cases.note(case.id, who, "unclaimed", agent=case.assignee)
        unit.timers.clear(case.id, IDLE, ANSWER)
        self.clocks.move(unit, case, free)
        self.board.refresh(unit, free)
        unit.outbox.add(self.voice.given_back(case, queue, self.staff.promise(free, unit.now)), case.id)

    # -- words ----------------------------------------------------------------------------------------------------

    def send_to_user(self, click: Click) -> None:
        """An agent's words to the person: the only way in which anything from the agents' side reaches them.

        `click.about` is "wait" where the agent waits for the answer. Whoever writes has the case, if nobody had.
        """
        with self._acting(click) as (unit, case):
            if not click.text.strip():
                raise Refused(say("nothing_to_send"))
            if not case.with_people:
                raise Refused(say("ended_cannot_send", number=case.id))
            mine = case if case.assignee else case.claimed_by(click.user)
            if click.about == "wait" and mine.state is State.CLAIMED:
                mine = mine.waiting_for_person()
            if mine is not case:
                unit.cases.keep(mine, was=case)
            self._say(unit, mine, click)
            self.clocks.responded(unit, mine)
            unit.timers.clear(case.id, IDLE)
            if mine.state is State.PENDING and case.state is not State.PENDING:
                self._wait(unit, mine)
            if mine is not case:
                self.board.refresh(unit, mine)

    def wait(self, click: Click) -> None:
        """Until the person answers: the clocks stand still, and they are reminded."""
        with self._acting(click) as (unit, case):
            waiting = case.waiting_for_person()
            unit.cases.keep(waiting, was=case)
            self._wait(unit, waiting)
            unit.cases.note(case.id, click.user, "waits for the person")
            unit.outbox.add(self.voice.asked_back(waiting), case.id)
            self.board.refresh(unit, waiting)

    def go_on(self, click: Click) -> None:
        """The agent waits no longer, for example because the person answered by telephone."""
        with self._acting(click) as (unit, case):
            self.handover.heard(unit, case)
            unit.cases.note(case.id, click.user, "goes on")

    def case_of_note(self, channel: str, thread: str) -> int | None:
        """The case whose card's thread this is; None for any other thread."""
        with self.store.reading() as unit:
            return unit.outbox.case_of(channel, thread, "card")

    def refuse(self, click: Click) -> None:
        """Tell one agent, and nobody else, why nothing happened: `click.text` is the sentence."""
        with self.store.transaction(settles=click.delivery) as unit:
            unit.outbox.add(self.voice.refused(click, click.text), None)

    # -- where it goes --------------------------------------------------------------------------------------------

    def escalate(self, click: Click) -> None:
        """To the queue that owns the category one tier up. `click.text`: the reason, for whoever reads it there."""
        with self._acting(click) as (unit, case):
            above = self.above(case)
            tier = max(case.tier, min(above.tiers))
            self.handover.pass_on(unit, case, above, tier, by=click.user, action="escalated", reason=click.text)
            self._reason(unit, case, click)

    def reroute(self, click: Click) -> None:
        """To the queue that the agent chose (`click.about`), and why: `click.reason` is one of `Why`."""
        with self._acting(click) as (unit, case):
            target, why = self.staff.queue(click.about), Why(click.reason or Why.OTHER)
            self.handover.pass_on(
                unit, case, target, case.tier, by=click.user, action="rerouted", why=why, reason=click.text
            )
            self._reason(unit, case, click)

    def merge(self, click: Click) -> None:
        """Into case number `click.about`: from now on both people hear what is said there."""
        with self._acting(click) as (unit, case):
            head = unit.cases.get(int(click.about)) if click.about.isdecimal() else None
            if head is None:
                raise Refused(say("no_such_case", number=click.about or "…"))
            if self.staff.queue_of(case).region != self.staff.queue_of(head).region:
                raise Refused(say("merge_border", number=head.id))
            joined = case.joined_to(head)
            unit.cases.keep(joined, was=case)
            for other in unit.cases.joined_to(case.id):
                unit.cases.keep(replace(other, part_of=head.id), was=other)
            unit.cases.note(case.id, click.user, "merged", into=head.id)
            unit.cases.note(head.id, click.user, "took in", case=case.id)
            unit.timers.clear(case.id, IDLE, ANSWER)
            self.clocks.pause(unit, case)
            self.board.refresh(unit, joined)
            self.board.refresh(unit, head)
            room, words = self.board.room(unit, head), self.board.fit_for(self.staff.queue_of(head), case.words)
            unit.outbox.add(self.voice.joined_here(head, replace(case, words=words), room), head.id)
            unit.outbox.add(self.voice.merged(joined, head), case.id)

    def part(self, click: Click) -> None:
        """Out of the case that it was merged into: it was another trouble after all."""
        with self._acting(click) as (unit, case):
            alone = case.parted()
            unit.cases.keep(alone, was=case)
            unit.cases.note(case.id, click.user, "taken out", of=case.part_of)
            self.clocks.resume(unit, alone)
            self.board.refresh(unit, alone)
            unit.outbox.add(self.voice.alone_again(alone, self.staff.promise(alone, unit.now)), case.id)

    def split(self, click: Click) -> None:
        """`click.text` becomes a case of its own in the same queue; the person keeps one conversation."""
        with self._acting(click) as (unit, case):
            if not click.text.strip():
                raise Refused(say("nothing_to_split"))
            if not case.with_people:
                raise IllegalMove(f"Case {case.id} has ended, so nothing can be split off.")
            number = len([1 for _, action, _ in unit.cases.audit(case.id) if action == "split"]) + 1
            other = replace(
                case,
                ts=f"{case.ts}#{number}",
                words=click.text,
                state=State.NEW,
                assignee=None,
                queue=None,
                card=None,
                shown=(),
                candidates=(),
                reasons=(f"Split off from case {case.id}.",),
                part_of=None,
                incident="",
            )
            opened = unit.cases.open(other)
            if opened is None:
                return
            said = Said(case.reporter, "person", click.text, unit.now, ts=f"split:{opened.id}")
            unit.cases.add_words(opened.id, case.channel, said)
            unit.cases.note(case.id, click.user, "split", case=opened.id)
            unit.cases.note(opened.id, click.user, "split off", of=case.id)
            unit.outbox.add(self.voice.split(opened), opened.id)
            self.handover.begin(unit, opened, was=opened, queue=self.staff.queue_of(case).name, aid=None)

    def incident(self, click: Click) -> None:
        """Make it the head of a known incident called `click.text`; empty words end the incident's name."""
        with self._acting(click) as (unit, case):
            if not case.with_people:
                raise IllegalMove(f"Case {case.id} has ended, so it cannot head an incident.")
            known = replace(case, incident=click.text.strip())
            unit.cases.keep(known, was=case)
            unit.cases.note(case.id, click.user, "incident", title=known.incident)
            self.board.refresh(unit, known)

    # -- the end --------------------------------------------------------------------------------------------------

    def resolve(self, click: Click) -> None:
        """`click.about`: the article that solved it, or "none". Everyone who waited for it is told."""
        with self._acting(click) as (unit, case):
            with_article = click.about or NO_ARTICLE
            if with_article != NO_ARTICLE and self.board.article(with_article, "en") is None:
                raise Refused(say("no_such_article", id=with_article))
            done = case.resolved_by(click.user, with_article)
            unit.cases.keep(done, was=case)
            self._ended(unit, done, click.user)
            for each in unit.cases.joined_to(case.id):
                other = each.ended_with(done)
                unit.cases.keep(other, was=each)
                self._ended(unit, other, click.user)

    def _ended(self, unit: Transaction, case: Case, who: str) -> None:
        unit.cases.note(case.id, who, "resolved", queue=case.queue, article=case.resolution)
        self.clocks.stop(unit, case)
        unit.timers.clear(case.id, IDLE, ANSWER)
        unit.timers.set(RATE, unit.now + RATE_AFTER, case_id=case.id)
        unit.timers.set(CLOSE, unit.now + CLOSE_AFTER, case_id=case.id)
        self.board.refresh(unit, case)
        unit.outbox.add(self.voice.resolved(case), case.id)

    # -- dialogs --------------------------------------------------------------------------------------------------

    def form(self, click: Click) -> Form | None:
        """What a dialog about the case needs. None where the agent was told why there is none."""
        try:
            return self._form(click)
        except Refused as refusal:
            with self.store.transaction() as unit:
                unit.outbox.add(self.voice.refused(click, str(refusal)), click.case_id)
            return None

    def above(self, case: Case) -> Queue:
        """Where an escalation would take it. Raises NoHigherTier."""
        return next_tier(self.staff.queue_of(case), case.category, self.staff.queues)

    def _form(self, click: Click) -> Form:
        queue = self._allowed(click)
        with self.store.reading() as unit:
            case = self._on_its_card(unit, click)
            story = self.board.story(unit, case, queue, click.channel)
            heads = [each for each in unit.cases.all_with_people() if each.incident and each.id != case.id]
            mine = [each for each in heads if self.staff.queue_of(each).region == queue.region]
        cases = {each.id: each for each in (*story.twins, *mine)}
        return Form(story, click.channel, tuple(cases.values()), self.rights.leads(click.user, queue))

    # -- guards ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _acting(self, click: Click) -> Iterator[tuple[Transaction, Case]]:
        """A transaction in which the agent may act on the case of the card that they clicked. What is refused leaves no
        trace but the whisper; the delivery is settled either way."""
        try:
            queue = self._allowed(click)
            with self.store.transaction(settles=click.delivery) as unit:
                case = self._on_its_card(unit, click)
                if self.staff.queue_of(case).name != queue.name:
                    raise Refused(self.voice.has_moved_on)
                yield unit, case
        except (Refused, IllegalMove, StaleCase, NoHigherTier) as refusal:
            with self.store.transaction(settles=click.delivery) as unit:
                about = unit.cases.get(click.case_id)
                unit.outbox.add(self.voice.refused(click, str(refusal)), about.id if about else None)

    def _allowed(self, click: Click) -> Queue:
        """The queue of the case, if the agent works in it. Asked before any transaction: it may be a call to Slack."""
        with self.store.reading() as unit:
            case = unit.cases.get(click.case_id)
        if case is None:
            raise Refused(say("not_in_the_book"))
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

    # -- parts ----------------------------------------------------------------------------------------------------

    def _taken(self, unit: Transaction, case: Case, mine: Case, click: Click, action: str) -> None:
        unit.cases.keep(mine, was=case)
        unit.cases.note(case.id, click.user, action, queue=mine.queue, agent=mine.assignee)
        unit.timers.set(IDLE, self.staff.hours_of(mine).after(unit.now, IDLE_AFTER), case_id=case.id)
        if case.state is State.PENDING:
            self.clocks.resume(unit, mine)
            unit.timers.clear(case.id, ANSWER)
        self.board.refresh(unit, mine)
        unit.outbox.add(self.voice.claimed(mine, self.staff.queue_of(mine)), mine.id)

    def _wait(self, unit: Transaction, case: Case) -> None:
        self.clocks.pause(unit, case)
        unit.timers.clear(case.id, IDLE)
        unit.timers.set(ANSWER, unit.now + ANSWER_REMINDER, case_id=case.id)

    def _say(self, unit: Transaction, case: Case, click: Click) -> None:
        """To the person, and to everyone whose case is handled together with this one."""
        for each in (case, *unit.cases.joined_to(case.id)):
            post = self.voice.from_agent(each, click.user, click.text, original=click.original)
            said = Said(click.user, "agent", click.text, unit.now, ts=f"sent:{post.send_id}")
            unit.cases.add_words(each.id, each.channel, said)
            unit.outbox.add(post, each.id)
        unit.cases.note(case.id, click.user, "sent to user", waits=case.state is State.PENDING)
        unit.outbox.add(self.voice.agent_sent(case, click.channel, click.user, click.text, click.original), case.id)

    def _reason(self, unit: Transaction, case: Case, click: Click) -> None:
        """The reason stands in the thread of the new card."""
        moved = unit.cases.get(case.id)
        if moved and click.text.strip():
            words = self.board.fit_for(self.staff.queue_of(moved), click.text)
            room = self.board.room(unit, moved)
            unit.outbox.add(self.voice.passed_because(moved, room, click.user, words), case.id)
