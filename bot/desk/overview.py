"""What one sees of the desk as a whole: a person their own requests, an agent what is in hand, a lead what to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.cases import ENDED, WITH_PEOPLE, Case, State
from bot.desk.board import fit_for
from bot.desk.clocks import RESPONSE
from bot.desk.staff import Rights, Staff
from bot.desk.values import Click
from bot.desk.voice import Due
from bot.routing import Promise, Queue
from bot.store import Database, Transaction
from bot.store.cases import Said
from bot.store.quality import Picked

MINE, HELD, PICKED = 12, 20, 10
# How long a request stands on its person's page after it ended, in seconds.
RECENTLY = 30 * 24 * 60 * 60.0


@dataclass(frozen=True)
class Mine:
    """One of a person's requests. `promise` stands where it waits for an agent, and is what the person was told;
    `late`: that time has passed."""

    case: Case
    queue: Queue | None
    promise: Promise | None
    can_reopen: bool
    late: bool = False


@dataclass(frozen=True)
class InQueue:
    """How a queue stands, for its agents."""

    queue: Queue
    unclaimed: int
    held: int
    pending: int
    late: int


@dataclass(frozen=True)
class ToReview:
    """A case for a lead to read again, with what was said in it, fit for the eyes of its queue."""

    picked: Picked
    case: Case
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Overview:
    """A home page's content. `held`: the agent's cases with the next clock that runs out."""

    mine: tuple[Mine, ...]
    queues: tuple[InQueue, ...] = ()
    held: tuple[tuple[Case, Due | None], ...] = ()
    to_review: tuple[ToReview, ...] = ()


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
                mine=self._all_mine(unit, user),
                queues=tuple(self._in_queue(unit, queue) for queue in works_in),
                held=tuple(self._held(unit, user, {queue.name for queue in works_in})),
                to_review=tuple(self._to_review(unit, user, leads)) if leads else (),
            )

    def kept_about(self, user: str) -> Kept:
        with self.store.reading() as unit:
            return Kept(*unit.cases.kept_about(user))

    def to_review(self, click: Click) -> ToReview | None:
        """A picked case for a lead's form; None where they do not lead its queue, or somebody has read it."""
        found = self._picked(click)
        return found if found and self._leads(click, found.case) else None

    def reviewed(self, click: Click, found: dict[str, str]) -> None:
        """What a lead found. Not for one's own work: nobody marks their own homework."""
        picked = self._picked(click)
        allowed = picked is not None and self._leads(click, picked.case)
        with self.store.transaction(settles=click.delivery) as unit:
            if allowed and unit.quality.review(click.case_id, click.user, found):
                unit.cases.note(click.case_id, click.user, "reviewed", **found)

    def _picked(self, click: Click) -> ToReview | None:
        with self.store.reading() as unit:
            picked = unit.quality.picked(click.case_id)
            case = unit.cases.get(click.case_id)
            said = unit.cases.transcript(click.case_id)
        if picked is None or case is None:
            return None
        queue = self.staff.queue_of(case)
        exchanged = (each for each in said if not each.internal)
        return ToReview(picked, case, tuple(replace(each, text=fit_for(queue, each.text)) for each in exchanged))

    def _leads(self, click: Click, case: Case) -> bool:
        return case.assignee != click.user and self.rights.leads(click.user, self.staff.queue_of(case))

    def _all_mine(self, unit: Transaction, user: str) -> tuple[Mine, ...]:
        cases = unit.cases.of_person(user, MINE)
        recent = [case for case in cases if case.open or unit.now - (case.ended_at or 0.0) <= RECENTLY]
        return tuple(self._mine(unit, case) for case in recent)

    def _mine(self, unit: Transaction, case: Case) -> Mine:
        queue = self.staff.queue_of(case) if case.queue else None
        promise = self._promised(unit, case) if case.state is State.WAITING else None
        can_reopen = case.state is not State.WITHDRAWN and case.can_reopen(unit.now)
        return Mine(case, queue, promise, can_reopen, late=promise is not None and promise.by <= unit.now)

    def _promised(self, unit: Transaction, case: Case) -> Promise:
        """What the person was told, not what they would be told now: a promise does not wander with the clock."""
        promise = self.staff.promise(case, unit.now)
        clock = unit.clocks.get(case.id, RESPONSE)
        due = clock.due(self.staff.hours_of(case)) if clock else None
        return promise if due is None else replace(promise, by=due)

    def _held(self, unit: Transaction, user: str, works_in: set[str]) -> Iterator[tuple[Case, Due | None]]:
        """As on the card: only what the agent may see, in words that are fit for its queue."""
        for case in unit.cases.held_by(user, HELD):
            queue = self.staff.queue_of(case)
            if queue.name in works_in:
                yield replace(case, words=fit_for(queue, case.words)), self._next_due(unit, case)

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

    def _to_review(self, unit: Transaction, user: str, leads: set[str]) -> list[ToReview]:
        """Not their own work: they could not review it anyway."""
        picked = ((each, unit.cases.get(each.case_id)) for each in unit.quality.unread(PICKED * 5))
        over = [ToReview(each, case) for each, case in picked if case and case.state in ENDED and case.assignee != user]
        return [each for each in over if self.staff.queue_of(each.case).name in leads][:PICKED]
