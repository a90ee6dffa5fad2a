"""Who works where, as the files and the workspace have it now: queues, their channels, their teams and their hours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from bot.calendars import Hours
from bot.cases import Case
from bot.routing import TOP_TIER, Promise, Queue, Team, calendar_of, named, promise_for, queue_for, team_for


class Rights(Protocol):
    """Who may do what. A look-up that fails answers no."""

    def works_in(self, user: str, queue: Queue) -> bool: ...
    def leads(self, user: str, queue: Queue) -> bool: ...
    def team_of(self, user: str, queue: Queue) -> str | None: ...


class Staff:
    """Replaced as a whole when a file changed; only the thread that decides calls `adopt`.

    `rooms` maps a queue's name to the id of its Slack channel.
    """

    def __init__(self, queues: Sequence[Queue], rooms: Mapping[str, str]) -> None:
        self.rooms: dict[str, str] = {}
        self.adopt(queues, rooms)

    def adopt(self, queues: Sequence[Queue], rooms: Mapping[str, str]) -> None:
        self.rooms = {**self.rooms, **rooms}  # first: another thread may be looking for the room of a queue
        self.queues = tuple(queues)

    def objection(self, queues: Sequence[Queue], open_cases: Iterable[Case], used: Collection[str]) -> str:
        """Why these queues cannot replace the present ones while these cases are open; empty where they can. `used`:
        the queues that ever had a case. What was for onshore eyes only stays so when it has ended."""
        after = {queue.name: queue for queue in queues}
        for name, cases in groupby(sorted(case.queue or "" for case in open_cases)):
            if name not in after:
                return f"[{name}] is gone and still has {_open(len(list(cases)))}; keep it, or move its cases first"
        for queue in self.queues:
            new = after.get(queue.name)
            if new and queue.name in used and (queue.region, new.region) == ("onshore", "offshore"):
                return f"[{queue.name}] would become offshore and has cases for onshore eyes only; use another name"
        return ""

    def queue(self, name: str) -> Queue:
        """Raises KeyError for a name that queues.toml does not have."""
        return named(name, self.queues)

    def queue_of(self, case: Case) -> Queue:
        """Where a case is, or would go first. What was in a queue that is gone now belongs to tier 3, which is onshore:
        nobody knows any more who was meant to see it."""
        if case.queue is None:
            return self.first
        known = next((queue for queue in self.queues if queue.name == case.queue), None)
        return known or queue_for(case.category, TOP_TIER, self.queues)

    @property
    def first(self) -> Queue:
        """Where people take over when nobody knows better: the first queue of tier 1."""
        return next(queue for queue in self.queues if 1 in queue.tiers)

    def room_of(self, queue: Queue) -> str:
        return self.rooms[queue.name]

    def team_of(self, case: Case) -> Team | None:
        return self.queue_of(case).team(case.assigned_team)

    def team_for(self, case: Case, queue: Queue, at: float) -> str | None:
        """The name of the team of `queue` that should have a case that comes in at `at`."""
        team = team_for(queue, case.language, case.urgency, at)
        return team.name if team else None

    def hours_of(self, case: Case) -> Hours:
        """By which hours its clocks run: of the team of whoever has it; while nobody has, of the whole queue, because
        until then it goes to whichever team is awake."""
        return calendar_of(self.queue_of(case), case.assigned_team if case.assignee else None, case.urgency)

    def promise(self, case: Case, at: float) -> Promise:
        return promise_for(self.queue_of(case), case.assigned_team, case.urgency, at)


def _open(count: int) -> str:
    return "1 open case" if count == 1 else f"{count} open cases"
