"""What happens to a case on its way to people and while they have it, as far as it starts with the person or the desk.

Works inside the transaction of whoever calls. What agents do is in `agents.py`; what time does is in `rounds.py`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases import Case, State
from bot.desk.board import Board
from bot.desk.clocks import Clocks
from bot.desk.on_call import call
from bot.desk.staff import Staff
from bot.desk.values import Report
from bot.desk.voice import Voice
from bot.routing import Queue
from bot.store import Transaction
from bot.store.cases import Said
from bot.store.outbox import Sendable, new_send_id
from bot.triage import Advice

# A channel that is gone for these reasons gets no card; anything else is about the card itself.
LOST_CHANNEL = frozenset({"channel_not_found", "is_archived", "not_in_channel", "restricted_action"})
# Timers that end with the state in which they were set.
IDLE, ANSWER, CLOSE, RATE, SHIFT = "idle", "answer", "close", "rate", "shift"


class HandOver:
    """From the bot to people, and from one team to the next."""

    def __init__(self, voice: Voice, staff: Staff, board: Board, clocks: Clocks) -> None:
        self.voice = voice
        self.staff = staff
        self.board = board
        self.clocks = clocks

    def begin(self, unit: Transaction, case: Case, *, was: Case, queue: str, aid: str | None) -> None:
        """Pass a case to a queue: the card for the agents, the word to the person, both in one commit."""
        target = self.staff.queue(queue)
        moved = self._with_team(unit, case.handed_off(queue, new_send_id()), target)
        unit.cases.keep(moved, was=was)
        unit.cases.note(case.id, "desk", "handed over", queue=queue, team=moved.assigned_team, aid=aid)
        self.clocks.start(unit, moved)
        self._announce(unit, moved, aid=aid)
        promise = self.staff.promise(moved, unit.now)
        unit.outbox.add(self.voice.handed_over(moved, target, promise, self.board.article(aid, case.language)), case.id)

    def alarmed(self, unit: Transaction, case: Case, advice: Advice) -> None:
        """Words that meet a written rule while people have the case: it moves to the rule's queue, with first aid."""
        rule = advice.judgement.rule
        if rule is None:
            return
        target = self.staff.queue(rule.queue)
        own = case.parted() if case.state is State.JOINED else case
        raised = replace(own, urgency=rule.urgency, reasons=advice.reasons, category=rule.category or own.category)
        why = {"rule": rule.name, "aid": rule.aid}
        moved = self._pass(unit, case, raised, target, rule.tier, by="desk", action="moved by rule", **why)
        self.left_head(unit, case)
        self._announce(unit, moved, aid=rule.aid)
        promise, aid = self.staff.promise(moved, unit.now), self.board.article(rule.aid, case.language)
        unit.outbox.add(self.voice.handed_over(moved, target, promise, aid), case.id)

    def pass_on(
        self, unit: Transaction, case: Case, target: Queue, tier: int, *, by: str, action: str, **detail: object
    ) -> None:
        """Leave one queue for another: the new card tells the whole story. Raises IllegalMove, StaleCase."""
        moved = self._pass(unit, case, case, target, tier, by=by, action=action, **detail)
        self._announce(unit, moved)
        unit.outbox.add(self.voice.moved(moved, target, self.staff.promise(moved, unit.now)), case.id)

    def reopen(self, unit: Transaction, case: Case, who: str) -> None:
        """The person says that it is not solved after all: back to the queue that had it, or the service desk."""
        queue = self.staff.queue_of(case)
        again = self._with_team(unit, replace(case.reopened(new_send_id()), queue=queue.name), queue)
        unit.cases.keep(again, was=case)
        unit.cases.note(case.id, who, "reopened", resolution=case.resolution)
        unit.timers.clear(case.id, CLOSE, RATE)
        unit.quality.pick(case.id, "reopened")
        self.clocks.start(unit, again)
        self._announce(unit, again)
        unit.outbox.add(self.voice.reopened(again, queue, self.staff.promise(again, unit.now)), case.id)

    # -- the person goes on writing -------------------------------------------------------------------------------

    def person_said(self, unit: Transaction, case: Case, report: Report) -> None:
        """The person's further words go to the card's thread; they see an envelope on their message, nothing more."""
        about = self._head_of(unit, case)
        queue = self.staff.queue_of(about)
        files = [self.board.fit_for(queue, name) for name in report.files]
        text = self.board.fit_for(queue, report.text)
        post = self.voice.person_said(about, case.reporter, self.board.room(unit, about), text, files, queue)
        unit.outbox.add(post, case.id)
        self.board.show(unit, about, report.pictures)
        unit.outbox.add(self.voice.received(case) if report.anew else self.voice.passed_on(case, report.ts), case.id)
        if about.state is State.PENDING:
            unit.cases.note(about.id, case.reporter, "person answered")
            self.heard(unit, about)

    def heard(self, unit: Transaction, case: Case) -> None:
        """The person answered what was asked: the clocks go on."""
        back = case.heard_from_person()
        unit.cases.keep(back, was=case)
        unit.timers.clear(case.id, ANSWER)
        self.clocks.resume(unit, back)
        self.board.refresh(unit, back)

    def person_changed(self, unit: Transaction, case: Case, text: str) -> None:
        about = self._head_of(unit, case)
        if about.with_people:
            words, room = self.board.fit_for(self.staff.queue_of(about), text), self.board.room(unit, about)
            unit.outbox.add(self.voice.person_changed(about, case.reporter, room, words), case.id)
            self._refresh_both(unit, case, about)

    def person_deleted(self, unit: Transaction, case: Case) -> None:
        about = self._head_of(unit, case)
        unit.outbox.add(self.voice.person_deleted(about, case.reporter, self.board.room(unit, about)), case.id)
        self._refresh_both(unit, case, about)

    def left_head(self, unit: Transaction, was: Case) -> None:
        """A case is not handled together with its head any more: whoever has the head is told."""
        head = self._head_of(unit, was)
        if head is not was:
            unit.outbox.add(self.voice.left_here(head, was, self.board.room(unit, head)), head.id)
            self.board.refresh(unit, head)

    def takes_note(self, unit: Transaction, report: Report) -> bool:
        """Words in a card's thread are the agents' own: kept with the case, never shown to the person."""
        case_id = unit.outbox.case_of(report.channel, report.thread, "card") if report.thread else None
        if case_id is None:
            return False
        note = Said(report.user, "agent", report.text, unit.now, internal=True, ts=report.ts)
        unit.cases.add_words(case_id, report.channel, note)
        if report.addressed:
            unit.outbox.add(self.voice.note_kept(report), case_id)
        return True

    # -- when a post is lost --------------------------------------------------------------------------------------

    def undelivered(self, unit: Transaction, row: Sendable, error: str) -> None:
        """A post was given up, in the same transaction: operators are told, and nobody waits for what never came."""
        unit.outbox.add(self.voice.alarm(f"{row.purpose} of case {row.case_id} could not be posted: {error}"), None)
        case = unit.cases.get(row.case_id) if row.case_id else None
        if case is None:
            return
        if row.purpose == "card" and case.card == row.send_id:
            self._card_again(unit, case, row.channel, error)
        elif row.purpose in ("answer", "question") and case.open and not case.with_people:
            self.begin(unit, case, was=case, queue=self.staff.first.name, aid=None)

    def _card_again(self, unit: Transaction, case: Case, lost: str, error: str) -> None:
        """Once: in another room of the same side where the channel is gone, or without the words that Slack refused."""
        if unit.cases.tried(case.id, "card again"):
            return
        unit.cases.note(case.id, "desk", "card again", error=error)
        queue = self.staff.queue_of(case)
        alike = [each for each in self.staff.queues if (each.region, each.sees) == (queue.region, queue.sees)]
        elsewhere = [room for each in reversed(alike) if (room := self.staff.room_of(each)) != lost]
        again = replace(case, card=new_send_id())
        if error not in LOST_CHANNEL:
            unit.cases.keep(again, was=case)
            self.board.post(unit, again, room=lost, bare=True)
        elif elsewhere:
            unit.cases.keep(again, was=case)
            self.board.post(unit, again, room=elsewhere[0])

    # -- from one to the next -------------------------------------------------------------------------------------

    def _pass(
        self,
        unit: Transaction,
        case: Case,
        raised: Case,
        target: Queue,
        tier: int,
        *,
        by: str,
        action: str,
        **detail: object,
    ) -> Case:
        moved = self._with_team(unit, raised.moved_to(target.name, tier, new_send_id()), target)
        unit.cases.keep(moved, was=case)
        unit.cases.note(case.id, by, action, queue=target.name, left=case.queue, team=moved.assigned_team, **detail)
        unit.timers.clear(case.id, IDLE, ANSWER)
        self.clocks.move(unit, case, moved)
        self.board.leave(unit, case, target)
        return moved

    def _announce(self, unit: Transaction, case: Case, aid: str | None = None) -> None:
        """The card; and where it is critical and nobody is at work, whoever is on call."""
        self.board.post(unit, case, aid=aid)
        call(unit, case, self.staff, self.board, self.voice)

    def _with_team(self, unit: Transaction, case: Case, queue: Queue) -> Case:
        return replace(case, assigned_team=self.staff.team_for(case, queue, unit.now))

    def _refresh_both(self, unit: Transaction, case: Case, about: Case) -> None:
        """What a person took back is to be gone from their own card, too, where another one stands for it."""
        self.board.refresh(unit, about)
        if case is not about:
            self.board.refresh(unit, case)

    def _head_of(self, unit: Transaction, case: Case) -> Case:
        """The case whose card stands for this one."""
        head = unit.cases.get(case.part_of) if case.state is State.JOINED and case.part_of else None
        return head or case
