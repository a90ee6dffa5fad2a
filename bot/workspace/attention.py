"""What people have read and picked, and what the app shows beside a conversation: prompts, that it is at work.

Not thread-safe: the world's lock guards it. Knows nothing about messages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.workspace.messages import Json

STATUS_LIFE = timedelta(minutes=2)
NEVER = "0000000000.000000"


class Attention:
    def __init__(self) -> None:
        self.prompts: dict[str, Json] = {}
        self._statuses: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._last_read: dict[tuple[str, str], str] = {}
        self._picks: dict[tuple[str, str, str], Json] = {}

    def last_read(self, user: str, channel_id: str) -> str:
        return self._last_read.get((user, channel_id), NEVER)

    def read(self, user: str, channel_id: str, ts: str) -> None:
        self._last_read[user, channel_id] = max(ts, self.last_read(user, channel_id))

    def pick(self, user: str, channel_id: str, ts: str, action: Json) -> Json:
        """Remembers what a person chose in a message, and returns all their choices in it, by block and action."""
        picks = self._picks.setdefault((user, channel_id, ts), {})
        picks.setdefault(action["block_id"], {})[action["action_id"]] = action
        return picks

    def set_status(self, channel_id: str, thread_ts: str, status: str, at: datetime) -> None:
        """An empty status clears it; otherwise it goes by itself after two minutes."""
        self._statuses.pop((channel_id, thread_ts), None)
        if status:
            self._statuses[channel_id, thread_ts] = (status, at + STATUS_LIFE)

    def statuses(self, at: datetime) -> dict[tuple[str, str], str]:
        return {place: status for place, (status, until) in self._statuses.items() if at < until}

    def next_end(self, at: datetime) -> datetime | None:
        """When the first of these statuses goes by itself."""
        return min((until for _, until in self._statuses.values() if at < until), default=None)
