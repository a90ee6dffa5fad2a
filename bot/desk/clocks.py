"""The clocks of a case: started when people get it, paused while it waits for the person, ended when it is done.

Works inside the transaction of whoever calls. When the next word about a clock is due stands in the timers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.cases import Case
from bot.desk.staff import Staff
from bot.sla import Clock, speak_at
from bot.store import Transaction

RESPONSE: Final = "response"
RESOLUTION: Final = "resolution"
CLOCK_TIMER = "clock"


class Clocks:
    """First response and resolution, in the working time of whoever has the case."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff

    def start(self, unit: Transaction, case: Case) -> None:
        """People have the case from now on. After a reopening the resolution goes on where it was: to the person, it is
        one trouble that lasts."""
        targets = self._targets(case)
        self._keep(unit, case, Clock(RESPONSE, targets[RESPONSE]).started(unit.now))
        former = unit.clocks.get(case.id, RESOLUTION)
        target = targets[RESOLUTION]
        clock = replace(former, target=target) if former else Clock(RESOLUTION, target)
        self._keep(unit, case, clock.started(unit.now))

    def move(self, unit: Transaction, was: Case, case: Case) -> None:
        """The case went to other people, or became more urgent: what was spent stays spent, and their targets count."""
        before, targets = self.staff.hours_of(was), self._targets(case)
        for clock in unit.clocks.of(case.id):
            moved = clock if clock.since is None else clock.moved(unit.now, before)
            if case.state is not was.state and moved.since is None:
                moved = moved.started(unit.now)  # whoever it waited for, its new people read it first
            self._keep(unit, case, replace(moved, target=targets[clock.kind]))

    def follow_files(self, unit: Transaction, case: Case) -> None:
        """The targets and the hours of the files as they are now; what was spent stays spent."""
        if unit.clocks.get(case.id, RESOLUTION) is None:
            self._start_late(unit, case)
        targets = self._targets(case)
        for clock in unit.clocks.of(case.id):
            self._keep(unit, case, replace(clock, target=targets[clock.kind]))

    def _start_late(self, unit: Transaction, case: Case) -> None:
        """People have had it since a version that kept no clocks: they count from now on."""
        self.start(unit, case)
        if any(each.role == "agent" and not each.internal for each in unit.cases.transcript(case.id)):
            self.responded(unit, case)

    def fold(self, unit: Transaction, case: Case) -> None:
        """Count what was spent so far by the hours that are in force until now."""
        hours = self.staff.hours_of(case)
        for clock in unit.clocks.of(case.id):
            unit.clocks.keep(case.id, clock.moved(unit.now, hours))

    def dues(self, unit: Transaction, case: Case) -> tuple[float | None, ...]:
        """When each clock that has not ended runs out; None for one that stands still."""
        hours = self.staff.hours_of(case)
        return tuple(clock.due(hours) for clock in unit.clocks.of(case.id))

    def pause(self, unit: Transaction, case: Case) -> None:
        for clock in unit.clocks.of(case.id):
            if clock.since is not None:
                self._keep(unit, case, clock.paused(unit.now, self.staff.hours_of(case)))

    def resume(self, unit: Transaction, case: Case) -> None:
        for clock in unit.clocks.of(case.id):
            if clock.since is None:
                self._keep(unit, case, clock.started(unit.now))

    def responded(self, unit: Transaction, case: Case) -> None:
        """An agent wrote to the person. A claim alone is no response: nobody was helped by it yet."""
        self._end(unit, case, RESPONSE)

    def stop(self, unit: Transaction, case: Case) -> None:
        """The case is over."""
        for kind in (RESPONSE, RESOLUTION):
            self._end(unit, case, kind)

    def plan(self, unit: Transaction, case: Case, clock: Clock) -> None:
        """When something is to be said about a clock next; never outside working hours: whoever is to act sleeps."""
        hours = self.staff.hours_of(case)
        at = clock.milestone(hours)
        unit.timers.set(CLOCK_TIMER, None if at is None else speak_at(at, hours), case_id=case.id, about=clock.kind)

    def _targets(self, case: Case) -> dict[str, float]:
        """Seconds of working time, by kind of clock."""
        queue = self.staff.queue_of(case)
        return {RESPONSE: queue.answers[case.urgency] * 60.0, RESOLUTION: queue.resolves[case.urgency] * 60.0}

    def _keep(self, unit: Transaction, case: Case, clock: Clock) -> None:
        unit.clocks.keep(case.id, clock)
        self.plan(unit, case, clock)

    def _end(self, unit: Transaction, case: Case, kind: str) -> None:
        clock = next((each for each in unit.clocks.of(case.id) if each.kind == kind), None)
        if clock:
            hours = self.staff.hours_of(case)
            unit.clocks.end(case.id, clock if clock.since is None else clock.paused(unit.now, hours))
            unit.timers.set(CLOCK_TIMER, None, case_id=case.id, about=kind)
