"""A clock that a visitor may move forward, so that a day of the desk passes in minutes.

It runs like any clock in between, and never goes back. Knows nothing about workspaces, cases or pages: whoever must
look at the time again after a jump registers with `watch`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)
FARTHEST = timedelta(days=366)  # one step; what a lead wants to see happens within a year


class CannotMove(ValueError):
    """The clock cannot be moved like that; the text is one plain sentence for the page."""


class MovableClock:
    """Real time plus what it was moved by. `real` is the clock behind it; a test gives one that stands still."""

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._latest = real().astimezone(UTC)
        self._listeners: list[Callable[[], object]] = []

    def __call__(self) -> datetime:
        """Now, in UTC. The machine's own clock may be set back; this one then stands until that has caught up."""
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        self._latest = max(self._latest, self._real().astimezone(UTC) + self._offset)
        return self._latest

    @property
    def offset(self) -> timedelta:
        """How far it was moved in all."""
        return self._offset

    def watch(self, listener: Callable[[], object]) -> None:
        """`listener` is called after every move, in the mover's thread: it must not block."""
        self._listeners.append(listener)

    def move(self, seconds: float) -> None:
        """Forward only, by more than nothing."""
        if not 0 < seconds <= FARTHEST.total_seconds():
            raise CannotMove("The clock only moves forward, and by a year at most in one step.")
        with self._lock:
            self._jump(timedelta(seconds=seconds))
        self._tell()

    def set_to(self, moment: datetime) -> None:
        """Forward only; `moment` has a zone."""
        if moment.tzinfo is None:
            raise CannotMove("Say in which zone that moment is.")
        with self._lock:
            ahead = moment - self._now()
            if not timedelta() < ahead <= FARTHEST:
                raise CannotMove("The clock only moves forward, and by a year at most in one step.")
            self._jump(ahead)
        self._tell()

    def _jump(self, ahead: timedelta) -> None:
        self._offset += ahead
        self._latest = self._now()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def next_morning(now: datetime, zone: str) -> datetime:
    """Nine o'clock there, today or tomorrow: the first that is still to come."""
    here = now.astimezone(ZoneInfo(zone))
    morning = datetime.combine(here.date(), MORNING, here.tzinfo)
    return morning if morning > here else datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo)


def next_monday(now: datetime, zone: str) -> datetime:
    """Nine o'clock there on the first Monday that is still to come."""
    morning = next_morning(now, zone)
    monday = morning.date() + timedelta(days=-morning.weekday() % 7)
    return datetime.combine(monday, MORNING, morning.tzinfo)
