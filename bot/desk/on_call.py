"""Calling people when something critical comes, or is left over, while nobody of the queue is at work.

Works inside the transaction of whoever calls. Who is at work is for `Staff` to say; knows neither Slack nor timers.
"""

from __future__ import annotations

from bot.cases import Case
from bot.desk.board import Board
from bot.desk.staff import Staff
from bot.desk.voice import Voice
from bot.routing import CRITICAL
from bot.store import Transaction


def call(unit: Transaction, case: Case, staff: Staff, board: Board, voice: Voice) -> None:
    """Whoever is on call for the queue; where nobody is, the lead hears that the case waits for the next opening."""
    promise = staff.promise(case, unit.now)
    if case.urgency != CRITICAL or promise.opens is None:
        return
    if promise.paged and promise.team:
        unit.outbox.add(voice.paged(case, board.room(unit, case), promise.team), case.id)
        unit.cases.note(case.id, "desk", "paged", group=promise.team.on_call)
    else:
        unit.outbox.add(voice.nobody_to_call(case, staff.queue_of(case), promise.opens), case.id)
        unit.cases.note(case.id, "desk", "nobody to call")
