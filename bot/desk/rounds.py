"""What time does: warnings of clocks, reminders, the hand-over at the end of a shift, endings.

Each timer is taken and acted on in one transaction, so that each thing is said once, also across a crash. What was
missed while the desk was down is made up for: of several warnings about one clock only the latest is spoken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from bot.cases import Case, State
from bot.desk.board import Board
from bot.desk.clocks import CLOCK_TIMER, Clocks
from bot.desk.handover import ANSWER, CLOSE, IDLE, RATE, SHIFT
from bot.desk.staff import Staff
from bot.desk.voice import DigestLine, Due, Voice
from bot.routing import Queue, Team
from bot.sla import SHARES
from bot.store import Database, Transaction
from bot.store.timers import Timer
from bot.triage import Policy

log = structlog.get_logger()

# A timer whose work fails is tried again after this time, in seconds.
AGAIN = 60.0
# A person who does not answer is reminded once; so long after that the case is closed, which helps nobody and says so.
GIVE_UP_AFTER = 5 * 24 * 60 * 60.0
# Nobody is asked for a rating more often than this.
RATE_AT_MOST_EVERY = 7 * 24 * 60 * 60.0
BREACH = SHARES[-1]


class Rounds:
    """`tick` does one thing that is due. `policy` tells how large the samples are."""

    def __init__(
        self,
        store: Database,
        voice: Voice,
        staff: Staff,
        board: Board,
        clocks: Clocks,
        policy: Callable[[], Policy],
    ) -> None:
        self.store = store
        self.voice = voice
        self.staff = staff
        self.board = board
        self.clocks = clocks
        self.policy = policy
        self._planned = False
        self._kinds: dict[str, Callable[[Transaction, Timer], None]] = {
            CLOCK_TIMER: self._clock,
            IDLE: self._idle,
            ANSWER: self._no_answer,
            RATE: self._rate,
            CLOSE: self._close,
            SHIFT: self._shift,
        }

    def tick(self) -> bool:
        """Do the one thing that is due longest. False when there is none."""
        if not self._planned:  # not at the start: public holidays take a moment to work out
            self.plan()
            return True
        with self.store.reading() as unit:
            if not unit.timers.any_due():
                return False
        timer: Timer | None = None
        try:
            with self.store.transaction() as unit:
                timer = unit.timers.take()
                if timer:
                    self._kinds[timer.kind](unit, timer)
        except Exception as fault:
            if timer is None:
                raise
            log.exception("what was due could not be done", timer=timer.key)
            why = repr(fault)
            with self.store.transaction() as unit:
                unit.timers.put_off(timer, AGAIN)
                self._alarm_once(unit, timer, why)
        return True

    def plan(self) -> None:
        """After a start and after a change of the files: when each shift ends, and what each running clock needs."""
        self._planned = True
        with self.store.transaction() as unit:
            for team in self._teams():
                self._plan_shift(unit, team)
            for case in unit.cases.all_with_people():
                for clock in unit.clocks.of(case.id):
                    self.clocks.plan(unit, case, clock)

    def fold(self) -> None:
        """Before a change of the files: what was spent so far is counted by the hours that were in force."""
        with self.store.transaction() as unit:
            for case in unit.cases.all_with_people():
                hours = self.staff.hours_of(case)
                for clock in unit.clocks.of(case.id):
                    unit.clocks.keep(case.id, clock.moved(unit.now, hours))

    # -- clocks ---------------------------------------------------------------------------------------------------

    def _clock(self, unit: Transaction, timer: Timer) -> None:
        case = self._case(unit, timer)
        clock = next((each for each in unit.clocks.of(case.id) if each.kind == timer.about), None) if case else None
        if case is None or clock is None or clock.since is None:
            return
        hours = self.staff.hours_of(case)
        share = clock.share_to_tell(unit.now, hours)
        if share is None:
            self.clocks.plan(unit, case, clock)
        elif not hours.is_open(unit.now):  # reached while the desk was down, or as the team went home
            unit.timers.set(CLOCK_TIMER, hours.opens(unit.now), case_id=case.id, about=clock.kind)
        else:
            told = clock.announced(share)
            unit.clocks.keep(case.id, told)
            for each in SHARES:
                if clock.told < each <= share:
                    unit.cases.note(case.id, "desk", "warned", clock=clock.kind, share=each)
            self._warn(unit, case, Due(clock.kind, told.due(hours), late=share >= BREACH), share)
            self.clocks.plan(unit, case, told)

    def _warn(self, unit: Transaction, case: Case, due: Due, share: float) -> None:
        """Half-time is for whoever has the case; then the team hears it, and at the end the lead does."""
        queue, room = self.staff.queue_of(case), self.board.room(unit, case)
        unit.outbox.add(self.voice.warned(case, queue, self.staff.team_of(case), room, due, share), case.id)
        if share >= BREACH:
            unit.quality.pick(case.id, "late")
            unit.outbox.add(self.voice.late(case, queue, due), case.id)
            self.board.refresh(unit, case)

    # -- people who wait ------------------------------------------------------------------------------------------

    def _idle(self, unit: Transaction, timer: Timer) -> None:
        """An agent claimed it and has not written: the person was told that somebody looks at it."""
        case = self._case(unit, timer)
        if case is None or case.state is not State.CLAIMED:
            return
        hours = self.staff.hours_of(case)
        if not hours.is_open(unit.now):
            unit.timers.set(IDLE, hours.opens(unit.now), case_id=case.id)
            return
        unit.cases.note(case.id, "desk", "reminded", agent=case.assignee)
        unit.outbox.add(self.voice.idle(case, self.board.room(unit, case)), case.id)

    def _no_answer(self, unit: Transaction, timer: Timer) -> None:
        """First a reminder; later the case is closed. Silence is no solution, and is never counted as one."""
        case = self._case(unit, timer)
        if case is None or case.state is not State.PENDING:
            return
        if not unit.cases.tried(case.id, "person reminded"):
            unit.cases.note(case.id, "desk", "person reminded")
            unit.outbox.add(self.voice.still_waiting(case), case.id)
            unit.timers.set(ANSWER, unit.now + GIVE_UP_AFTER, case_id=case.id)
            return
        closed = case.closed()
        unit.cases.keep(closed, was=case)
        unit.cases.note(case.id, "desk", "closed", because="no answer")
        self.clocks.stop(unit, closed)
        unit.outbox.add(self.voice.closed_without_answer(closed), case.id)
        self.board.refresh(unit, closed)

    def _rate(self, unit: Transaction, timer: Timer) -> None:
        """A few are asked how it was, and nobody often."""
        case = self._case(unit, timer)
        if case is None or case.state is not State.RESOLVED:
            return
        policy = self.policy()
        if drawn(case.id, "review", policy.review_share):
            unit.quality.pick(case.id, "sample")
        if not drawn(case.id, "rating", policy.rate_share):
            return
        if not unit.quality.asked_since(case.reporter, unit.now - RATE_AT_MOST_EVERY) and unit.quality.ask(case.id):
            unit.outbox.add(self.voice.how_was_it(case), case.id)

    def _close(self, unit: Transaction, timer: Timer) -> None:
        case = self._case(unit, timer)
        if case and case.state is State.RESOLVED:
            unit.cases.keep(case.closed(), was=case)
            unit.cases.note(case.id, "desk", "closed", because="resolved")

    # -- shifts ---------------------------------------------------------------------------------------------------

    def _shift(self, unit: Transaction, timer: Timer) -> None:
        """A team goes home: what nobody has claimed goes to the team that is awake, the rest is told in one list."""
        team = next((each for each in self._teams() if each.name == timer.about), None)
        if team is None:
            return
        for queue in self._queues_of(team):
            cases = [case for case in unit.cases.with_people(queue.name) if case.assigned_team == team.name]
            staying = [case for case in cases if not self._follow_the_sun(unit, case, queue)]
            passed = [case for case in cases if case not in staying]
            if cases:
                lines = [self._line(unit, case) for case in staying]
                gone = [self._line(unit, unit.cases.get(case.id) or case) for case in passed]
                unit.outbox.add(self.voice.digest(queue, self.staff.room_of(queue), team, lines, gone), None)
        self._plan_shift(unit, team)

    def _follow_the_sun(self, unit: Transaction, case: Case, queue: Queue) -> bool:
        """Pass an unclaimed case to the team that is at work now, if that is another one."""
        if case.state is not State.WAITING:
            return False
        name = self.staff.team_for(case, queue, unit.now)
        team = queue.team(name)
        if team is None or name == case.assigned_team:
            return False
        passed = replace(case, assigned_team=name)
        unit.cases.keep(passed, was=case)
        unit.cases.note(case.id, "desk", "followed the sun", left=case.assigned_team, team=name)
        self.clocks.move(unit, case, passed)
        self.board.refresh(unit, passed)
        return True

    def _plan_shift(self, unit: Transaction, team: Team) -> None:
        """The next moment at which the team goes home after now."""
        start = team.hours.opens(unit.now)
        ends = team.hours.closes(start) if start is not None else None
        unit.timers.set(SHIFT, ends, about=team.name)

    def _line(self, unit: Transaction, case: Case) -> DigestLine:
        hours = self.staff.hours_of(case)
        dues = [clock.due(hours) for clock in unit.clocks.of(case.id)]
        due = min((due for due in dues if due is not None), default=None)
        return DigestLine(case, self.staff.team_of(case), due, late=due is not None and due <= unit.now)

    def _teams(self) -> Iterable[Team]:
        return {team.name: team for queue in self.staff.queues for team in queue.teams}.values()

    def _queues_of(self, team: Team) -> list[Queue]:
        return [queue for queue in self.staff.queues if queue.team(team.name)]

    # -- parts ----------------------------------------------------------------------------------------------------

    def _case(self, unit: Transaction, timer: Timer) -> Case | None:
        return unit.cases.get(timer.case_id) if timer.case_id else None

    def _alarm_once(self, unit: Transaction, timer: Timer, why: str) -> None:
        if timer.case_id and not unit.cases.tried(timer.case_id, "timer failed"):
            unit.cases.note(timer.case_id, "desk", "timer failed", timer=timer.key, error=why)
            unit.outbox.add(self.voice.alarm(f"{timer.kind} of case {timer.case_id} could not be worked: {why}"), None)


def drawn(case_id: int, what: str, share: float) -> bool:
    """Whether a case is in the sample called `what`, of that share (0..1). By lot, and the same whoever asks again."""
    lot = int.from_bytes(hashlib.sha256(f"{what}:{case_id}".encode()).digest()[:4], "big") / 2**32
    return lot < share
