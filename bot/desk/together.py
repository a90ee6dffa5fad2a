"""Cases that belong together, and such as do not: merge, take out, split, and the head of a known incident."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cases import Case, State
from bot.desk.acting import AgentActs, Refused, acting, must_be_worked_on, say
from bot.desk.handover import ANSWER, IDLE
from bot.desk.values import Click
from bot.store import Transaction
from bot.store.cases import Said


class Together(AgentActs):
    """What agents do with more than one case at a time, each one transaction."""

    @acting
    def merge(self, unit: Transaction, case: Case, click: Click) -> None:
        """Into case number `click.about`: from now on both people hear what is said there."""
        head = self._head_for(unit, case, click.about)
        joined, followers = case.joined_to(head), unit.cases.joined_to(case.id)
        unit.cases.keep(joined, was=case)
        unit.timers.clear(case.id, IDLE, ANSWER)
        self.clocks.pause(unit, case)
        self._taken_in(unit, joined, head, click.user)
        unit.outbox.add(self.voice.merged(joined, head), case.id)
        for other in followers:  # they were told before that theirs is handled together with others
            follows = replace(other, part_of=head.id)
            unit.cases.keep(follows, was=other)
            self._taken_in(unit, follows, head, click.user)
        self.board.refresh(unit, head)

    @acting
    def part(self, unit: Transaction, case: Case, click: Click) -> None:
        """Out of the case that it was merged into: it was another trouble after all."""
        alone = case.parted()
        alone = replace(alone, assigned_team=self.staff.team_for(alone, self.staff.queue_of(alone), unit.now))
        unit.cases.keep(alone, was=case)
        unit.cases.note(case.id, click.user, "taken out", of=case.part_of)
        self.clocks.resume(unit, alone)
        self.board.refresh(unit, alone)
        self.handover.left_head(unit, case)
        unit.outbox.add(self.voice.alone_again(alone, self.staff.promise(alone, unit.now)), case.id)

    @acting
    def split(self, unit: Transaction, case: Case, click: Click) -> None:
        """`click.text` becomes a case of its own in the same queue; the person keeps one conversation."""
        must_be_worked_on(case)
        queue, text = self.staff.queue_of(case), click.text.strip()
        if not text or text == self.board.fit_for(queue, case.words).strip():
            raise Refused(say("nothing_to_split"))
        before = [detail["case"] for _, action, detail in unit.cases.audit(case.id) if action == "split"]
        for twin in filter(None, map(unit.cases.get, before)):
            if twin.words == text:
                raise Refused(say("split_before", number=twin.id))
        opened = unit.cases.open(_split_off(case, text, len(before) + 1))
        if opened is None:
            return
        said = Said(case.reporter, "person", text, unit.now, ts=f"split:{opened.id}")
        unit.cases.add_words(opened.id, case.channel, said)
        unit.cases.note(case.id, click.user, "split", case=opened.id)
        unit.cases.note(opened.id, click.user, "split off", of=case.id)
        unit.outbox.add(self.voice.split(opened), opened.id)
        self.handover.begin(unit, opened, was=opened, queue=queue.name, aid=None)

    @acting
    def incident(self, unit: Transaction, case: Case, click: Click) -> None:
        """Make it the head of a known incident called `click.text`; empty words end the incident's name."""
        must_be_worked_on(case)
        known = replace(case, incident=click.text.strip())
        unit.cases.keep(known, was=case)
        unit.cases.note(case.id, click.user, "incident", title=known.incident)
        self.board.refresh(unit, known)

    def _head_for(self, unit: Transaction, case: Case, number: str) -> Case:
        """The case that `number` stands for, or the one that it is handled together with."""
        digits = number.strip().removeprefix("#")
        head = unit.cases.get(int(digits)) if re.fullmatch(r"[0-9]{1,12}", digits) else None
        if head and head.part_of and head.state is State.JOINED:
            head = unit.cases.get(head.part_of)
        if head is None:
            raise Refused(say("no_such_case", number=digits) if digits else say("merge_into_nothing"))
        if self.staff.queue_of(case).region != self.staff.queue_of(head).region:
            raise Refused(say("merge_border", number=head.id))
        return head

    def _taken_in(self, unit: Transaction, case: Case, head: Case, who: str) -> None:
        """A case is joined to a head: its card says so, and the head's people read what it is about."""
        unit.cases.note(case.id, who, "merged", into=head.id)
        unit.cases.note(head.id, who, "took in", case=case.id)
        self.board.refresh(unit, case)
        room, words = self.board.room(unit, head), self.board.fit_for(self.staff.queue_of(head), case.words)
        unit.outbox.add(self.voice.joined_here(head, replace(case, words=words), room), head.id)


def _split_off(case: Case, text: str, number: int) -> Case:
    """A new case of the same person, in the same conversation, as yet in no queue."""
    return replace(
        case,
        ts=f"{case.ts}#{number}",
        words=text,
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
