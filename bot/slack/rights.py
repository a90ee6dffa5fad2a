"""Who may work on what, by Slack user group; where the workspace has no such group, by who is in the queue's channel.

What is known is at most five minutes old; where Slack does not answer, nobody may.
"""

from __future__ import annotations

from bot.desk.staff import Staff
from bot.routing import Queue
from bot.slack.directory import Directory


class GroupRights:
    """Implements `bot.desk.staff.Rights`. A look-up is a call to Slack, so ask before a transaction, not in it."""

    def __init__(self, directory: Directory, staff: Staff) -> None:
        self.directory = directory
        self.staff = staff

    def works_in(self, user: str, queue: Queue) -> bool:
        """Whether this person is an agent of the queue."""
        members = self.directory.members_if_known()
        if members is None:
            return False
        if queue.group in members:
            return user in members[queue.group] or self._is_in(queue.lead, user)
        return user in self.directory.in_channel(self.staff.room_of(queue))

    def leads(self, user: str, queue: Queue) -> bool:
        """Whether this person leads the queue; without such a group nobody does."""
        return self._is_in(queue.lead, user)

    def team_of(self, user: str, queue: Queue) -> str | None:
        """The name of the queue's team in which this person works; None where that is not known."""
        members = self.directory.members()
        return next((team.name for team in queue.teams if user in members.get(team.group, ())), None)

    def _is_in(self, handle: str, user: str) -> bool:
        return bool(handle) and user in self.directory.members().get(handle, ())
