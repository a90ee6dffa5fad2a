"""What time does: warnings of clocks, reminders, the hand-over at the end of a shift, endings.

Each timer is taken and acted on in one transaction, so that each thing is said once, also across a crash. What was
missed while the desk was down is made up for: of several warnings about one clock only the latest is spoken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import structlog

from bot.calendars import Hours
from bot.cases import Case, State
from bot.desk.board import Board
from bot.desk.clocks import CLOCK_TIMER, RESPONSE, Clocks
from bot.desk.handover import ANSWER, CLOSE, IDLE, RATE, SHIFT
from bot.desk.on_call import call
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
# A card to be brought up to date, in a commit of its own: hundreds of them in one would keep what comes in waiting.
CARD = "card"
# What an ANSWER timer is about once the person was reminded.
REMINDED = "reminded"
# A team that comes back sooner than this, in seconds, has a break and keeps its cases.
LONGEST_BREAK = 2 * 60 * 60.0
# Among so many closings one is the end of a day; a team that only ever has breaks goes home at each of them.
CLOSINGS = 8


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
        self._alarmed: set[tuple[str, str]] = set()
        self._kinds: dict[str, Callable[[Transaction, Timer], None]] = {
            CLOCK_TIMER: self._clock,
            IDLE: self._idle,
            ANSWER: self._no_answer,
            RATE: self._rate,
            CLOSE: self._close,
            SHIFT: self._shift,
            CARD: self._card,
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
        """After a start and after a change of the files: when each shift ends, and what each clock needs."""
        with self.store.transaction() as unit:
            for team in self._teams():
                self._plan_shift(unit, team)
            for case in unit.cases.all_with_people():
                self.clocks.follow_files(unit, self._housed(unit, case))
        self._planned = True

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around a change of the files: what was spent so far is counted by the hours that were in force, what is to
        come by the new ones, and a card that shows another time by now is brought up to date."""
        with self.store.transaction() as unit:
            cases = unit.cases.all_with_people()
            for case in cases:
                self.clocks.fold(unit, case)
            before = {case.id: self.clocks.dues(unit, case) for case in cases}
        yield
        self.plan()
        with self.store.transaction() as unit:
            for case in unit.cases.all_with_people():
                if self.clocks.dues(unit, case) != before.get(case.id):
                    unit.timers.set(CARD, unit.now, case_id=case.id)

    def _housed(self, unit: Transaction, case: Case) -> Case:
        """With a team of its queue: the one that it had may be gone from the files."""
        queue = self.staff.queue_of(case)
        if not queue.teams or self.staff.team_of(case):
            return case
        housed = replace(case, assigned_team=self.staff.team_for(case, queue, unit.now))
        unit.cases.keep(housed, was=case)
        unit.cases.note(case.id, "desk", "team is gone", left=case.assigned_team, team=housed.assigned_team)
        self.clocks.move(unit, case, housed)
        return housed

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
        """Half-time is for whoever has the case; then the team hears it, and at the end the lead does. So does the
        person, where nobody has written to them in time: a promise is not broken in silence."""
        queue, room = self.staff.queue_of(case), self.board.room(unit, case)
        unit.outbox.add(self.voice.warned(case, queue, self.staff.team_of(case), room, due, share), case.id)
        if share >= BREACH:
            unit.quality.pick(case.id, "late")
            unit.outbox.add(self.voice.late(case, queue, due), case.id)
            if due.kind == RESPONSE:
                unit.outbox.add(self.voice.promise_broken(case, queue), case.id)
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
        if timer.about != REMINDED:
            unit.cases.note(case.id, "desk", "person reminded")
            unit.outbox.add(self.voice.still_waiting(case), case.id)
            unit.timers.set(ANSWER, unit.now + GIVE_UP_AFTER, case_id=case.id, about=REMINDED)
        elif unit.cases.joined_to(case.id):
            self._go_on_for_the_others(unit, case)
        else:
            closed = case.closed()
            unit.cases.keep(closed, was=case)
            unit.cases.note(case.id, "desk", "closed", because="no answer")
            self.clocks.stop(unit, closed)
            unit.outbox.add(self.voice.closed_without_answer(closed), case.id)
            self.board.refresh(unit, closed)

    def _go_on_for_the_others(self, unit: Transaction, case: Case) -> None:
        """Those whose cases were merged into this one would be left alone: its agent goes on without an answer."""
        back = case.heard_from_person()
        unit.cases.keep(back, was=case)
        unit.cases.note(case.id, "desk", "goes on", because="others wait")
        self.clocks.resume(unit, back)
        unit.outbox.add(self.voice.others_wait(back, self.board.room(unit, back)), case.id)
        self.board.refresh(unit, back)

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
        if not team.hours.is_open(unit.now):  # else the desk was down meanwhile, and they are back at their own cases
            for queue in self.staff.queues:
                self._leave(unit, team, queue)
        self._plan_shift(unit, team)

    def _leave(self, unit: Transaction, team: Team, queue: Queue) -> None:
        cases = [case for case in unit.cases.with_people(queue.name) if case.assigned_team == team.name]
        if not cases:
            return
        left = [self._follow_the_sun(unit, case, queue) for case in cases]
        back = team.hours.opens(unit.now)
        staying = [self._line(unit, case, back) for case in left if case.assigned_team == team.name]
        passed = [self._line(unit, case) for case in left if case.assigned_team != team.name]
        unit.outbox.add(self.voice.digest(self.staff.room_of(queue), team, staying, passed, back), None)

    def _follow_the_sun(self, unit: Transaction, case: Case, queue: Queue) -> Case:
        """With the team that should have it now, if nobody has claimed it; the same case where that is no other one."""
        if case.state is not State.WAITING:
            return case
        passed = replace(case, assigned_team=self.staff.team_for(case, queue, unit.now))
        if passed != case:
            unit.cases.keep(passed, was=case)
            unit.cases.note(case.id, "desk", "followed the sun", left=case.assigned_team, team=passed.assigned_team)
            self.clocks.move(unit, case, passed)
            unit.timers.set(CARD, unit.now, case_id=case.id)
        call(unit, passed, self.staff, self.board, self.voice)
        return passed

    def _card(self, unit: Transaction, timer: Timer) -> None:
        if case := self._case(unit, timer):
            self.board.refresh(unit, case)

    def _plan_shift(self, unit: Transaction, team: Team) -> None:
        """The next moment at which the team goes home after now; one that is over and not worked yet comes first."""
        planned = unit.timers.due_at(SHIFT, about=team.name)
        if planned is None or planned > unit.now:
            unit.timers.set(SHIFT, goes_home(team.hours, unit.now), about=team.name)

    def _line(self, unit: Transaction, case: Case, back: float | None = None) -> DigestLine:
        due = min((each for each in self.clocks.dues(unit, case) if each is not None), default=None)
        late = due is not None and due <= unit.now
        before_back = due is not None and back is not None and due < back
        return DigestLine(case, self.staff.team_of(case), due, late, before_back)

    def _teams(self) -> Iterable[Team]:
        return {team.name: team for queue in self.staff.queues for team in queue.teams}.values()

    # -- parts ----------------------------------------------------------------------------------------------------

    def _case(self, unit: Transaction, timer: Timer) -> Case | None:
        return unit.cases.get(timer.case_id) if timer.case_id else None

    def _alarm_once(self, unit: Transaction, timer: Timer, why: str) -> None:
        """Operators hear of a fault once in this run, however often it is tried and in however many cases."""
        if (timer.kind, why) in self._alarmed:
            return
        self._alarmed.add((timer.kind, why))
        about = f"case {timer.case_id}" if timer.case_id else f"team {timer.about}"
        text = f"What was due ({timer.kind} of {about}) could not be done. It is tried again every minute. {why}"
        unit.outbox.add(self.voice.alarm(text), None)


def goes_home(hours: Hours, at: float) -> float | None:
    """When a team goes home next after `at`: not for lunch. None where it never does."""
    closings = list(islice(_closings(hours, at), CLOSINGS))
    for end in closings:
        back = hours.opens(end)
        if back is None or back - end > LONGEST_BREAK:
            return end
    return next(iter(closings), None)


def _closings(hours: Hours, at: float) -> Iterator[float]:
    start = hours.opens(at)
    while start is not None and (end := hours.closes(start)) is not None:
        yield end
        start = hours.opens(end)


def drawn(case_id: int, what: str, share: float) -> bool:
    """Whether a case is in the sample called `what`, of that share (0..1). By lot, and the same whoever asks again."""
    lot = int.from_bytes(hashlib.sha256(f"{what}:{case_id}".encode()).digest()[:4], "big") / 2**32
    return lot < share
