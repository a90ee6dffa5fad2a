"""Acting in the demo's workspace, one thing after the other: what a person does, and when the desk is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app import Desk
from bot.cases import Case
from bot.workspace import MovableClock
from bot.workspace.elements import elements_in
from bot.workspace.messages import Message
from bot.workspace.server import Running
from bot.workspace.state import Workspace

PATIENCE = 30.0
# How far the clock goes at a time, so that what falls due in between is done about when it was due.
STRIDE = timedelta(minutes=15)


@dataclass(frozen=True)
class Stage:
    """The workspace, the desk in it, and their clock."""

    running: Running
    desk: Desk
    clock: MovableClock

    @property
    def workspace(self) -> Workspace:
        return self.running.workspace

    def go_to(self, moment: datetime) -> None:
        """Move the clock there in strides that are long while nothing falls due."""
        while (left := moment - self.clock()) > timedelta():
            self.clock.move(min(left, self._next_stride()).total_seconds())
            self.settle()

    def says(self, who: str, where: str, text: str, thread: str | None = None) -> str:
        ts = self.workspace.say(who, where, text, thread)
        self.settle()
        return ts

    def presses(self, who: str, message: Message, action: str, choice: str | None = None) -> None:
        self.workspace.press(who, message.channel, message.ts, action, choice)
        self.settle()

    def fills(
        self, who: str, message: Message, action: str, values: Mapping[str, object], choice: str | None = None
    ) -> None:
        """Press something that opens a dialog, and send the dialog."""
        self.workspace.press(who, message.channel, message.ts, action, choice)
        self.workspace.wait_until(lambda: self.workspace.modal(who), PATIENCE)
        self.workspace.submit(who, values)
        self.settle()

    def latest(self, where: str, action: str, thread: str | None = None) -> Message | None:
        """The newest message of the desk there that has this button."""
        log = self.workspace.logs[self.workspace.channel(where).id]
        there = [each for each in log if each.by_app and (each.thread_ts if each.is_reply else None) == thread]
        return next((each for each in reversed(there) if action in actions_of(each)), None)

    def case_of(self, where: str, ts: str) -> Case | None:
        """The case that a message became."""
        with self.desk.store.reading() as unit:
            return unit.cases.of_message(self.workspace.channel(where).id, ts)

    def case(self, case_id: int) -> Case:
        with self.desk.store.reading() as unit:
            case = unit.cases.get(case_id)
        if case is None:
            raise LookupError(f"there is no case {case_id}")
        return case

    def card(self, case_id: int) -> Message:
        """The card of a case, as it stands now."""
        case = self.case(case_id)
        with self.desk.store.reading() as unit:
            channel, ts = unit.outbox.whereabouts(case.card or "") or ("", None)
        return self.workspace.message(channel, ts or "")

    def agent_for(self, case: Case) -> str:
        """The handle of somebody who works in the case's queue: of its team, else whoever is first."""
        staff = self.desk.staff
        queue, team = staff.queue_of(case), staff.team_of(case)
        members = {group.handle: group.members for group in self.workspace.groups.values()}
        own = [user for user in members[queue.group] if team and user in members.get(team.group, ())]
        leads = members.get(queue.lead, ())
        others = [user for user in members[queue.group] if user not in leads]
        return self.workspace.person((own or others)[0]).handle

    def settle(self) -> None:
        """Until everything that was said to the desk is worked on and everything it had to say is said."""
        self.workspace.wait_until(lambda: self.workspace.idle, PATIENCE)
        with self.desk.store.committed:
            self.desk.store.committed.wait_for(self.desk.is_idle, PATIENCE)

    def _next_stride(self) -> timedelta:
        due = self.desk.next_due_at()
        wait = timedelta(seconds=due - self.clock().timestamp() + 1) if due is not None else timedelta(days=1)
        return max(wait, STRIDE)


def actions_of(message: Message) -> set[str]:
    return {element["action_id"] for _, element in elements_in(message.blocks)}
