"""What one sees of the desk as a whole: a person their own requests, an agent what is in hand, a lead what to read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases import ENDED, WITH_PEOPLE, Case, State
from bot.desk.staff import Rights, Staff
from bot.desk.values import Click
from bot.desk.voice import Due
from bot.routing import Promise, Queue
from bot.store import Database, Transaction
from bot.store.quality import Picked

MINE, HELD, PICKED = 12, 20, 10


@dataclass(frozen=True)
class Mine:
    """One of a person's requests. `promise` stands where it waits for an agent."""

    case: Case
    queue: Queue | None
    promise: Promise | None
    can_reopen: bool


@dataclass(frozen=True)
class InQueue:
    """How a queue stands, for its agents."""

    queue: Queue
    unclaimed: int
    held: int
    pending: int
    late: int


@dataclass(frozen=True)
class Overview:
    """A home page's content. `held`: the agent's cases with the next clock that runs out."""

    mine: tuple[Mine, ...]
    queues: tuple[InQueue, ...] = ()
    held: tuple[tuple[Case, Due | None], ...] = ()
    to_review: tuple[tuple[Picked, Case], ...] = ()


@dataclass(frozen=True)
class Kept:
    """How much is kept about a person."""

    cases: int
    messages: int


class Overviews:
    """Reads only, but for a lead's review."""

    def __init__(self, store: Database, staff: Staff, rights: Rights) -> None:
        self.store = store
        self.staff = staff
        self.rights = rights

    def of(self, user: str) -> Overview:
        works_in = [queue for queue in self.staff.queues if self.rights.works_in(user, queue)]
        leads = {queue.name for queue in works_in if self.rights.leads(user, queue)}
        with self.store.reading() as unit:
            return Overview(
                mine=tuple(self._mine(unit, case) for case in unit.cases.of_person(user, MINE)),
                queues=tuple(self._in_queue(unit, queue) for queue in works_in),
                held=tuple((case, self._next_due(unit, case)) for case in unit.cases.held_by(user, HELD)),
                to_review=tuple(self._to_review(unit, leads)) if leads else (),
            )

    def kept_about(self, user: str) -> Kept:
        with self.store.reading() as unit:
            return Kept(*unit.cases.kept_about(user))

    def to_review(self, click: Click) -> tuple[Picked, Case] | None:
        """A picked case for a lead's form; None where they do not lead its queue, or somebody has read it."""
        found = self._picked(click)
        return found if found and self._leads(click, found[1]) else None

    def reviewed(self, click: Click, found: dict[str, str]) -> None:
        """What a lead found. Not for one's own work: nobody marks their own homework."""
        picked = self._picked(click)
        allowed = bool(picked) and self._leads(click, picked[1]) if picked else False
        with self.store.transaction(settles=click.delivery) as unit:
            if allowed and unit.quality.review(click.case_id, click.user, found):
                unit.cases.note(click.case_id, click.user, "reviewed", **found)

    def _picked(self, click: Click) -> tuple[Picked, Case] | None:
        with self.store.reading() as unit:
            picked = unit.quality.picked(click.case_id)
            case = unit.cases.get(click.case_id)
        return (picked, case) if picked and case else None

    def _leads(self, click: Click, case: Case) -> bool:
        return case.assignee != click.user and self.rights.leads(click.user, self.staff.queue_of(case))

    def _mine(self, unit: Transaction, case: Case) -> Mine:
        queue = self.staff.queue_of(case) if case.queue else None
        promise = self.staff.promise(case, unit.now) if case.state is State.WAITING else None
        return Mine(case, queue, promise, case.state is not State.WITHDRAWN and case.can_reopen(unit.now))

    def _in_queue(self, unit: Transaction, queue: Queue) -> InQueue:
        cases = unit.cases.with_people(queue.name)
        count = {state: sum(case.state is state for case in cases) for state in WITH_PEOPLE}
        late = sum(due.late for case in cases if (due := self._next_due(unit, case)))
        return InQueue(queue, count[State.WAITING], count[State.CLAIMED], count[State.PENDING], late)

    def _next_due(self, unit: Transaction, case: Case) -> Due | None:
        hours = self.staff.hours_of(case)
        dues = [
            Due(clock.kind, at, late=clock.breached(unit.now, hours))
            for clock in unit.clocks.of(case.id)
            if (at := clock.due(hours)) is not None
        ]
        return min(dues, key=lambda due: due.at or 0.0, default=None)

    def _to_review(self, unit: Transaction, leads: set[str]) -> list[tuple[Picked, Case]]:
        picked = ((each, unit.cases.get(each.case_id)) for each in unit.quality.unread(PICKED * 5))
        known = [(each, case) for each, case in picked if case and case.state in ENDED]
        return [(each, case) for each, case in known if self.staff.queue_of(case).name in leads][:PICKED]
