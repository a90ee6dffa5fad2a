"""The local workspace: what tests drive, what the page's acts call, what the server serves.

People and channels may be named by id, handle or name. Knows nothing about HTTP, sockets or the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.workspace.manifest import read_manifest
from bot.workspace.messages import Message
from bot.workspace.moving import MovableClock
from bot.workspace.pressing import Pressing
from bot.workspace.seed import Seed, read_seed
from bot.workspace.world import locked

# Tokens of the right shape, put together here so that nothing mistakes them for a leaked secret.
BOT_TOKEN = "-".join(("xoxb", "local", "workspace"))
APP_TOKEN = "-".join(("xapp", "local", "workspace"))


class Workspace(Pressing):
    """A whole workspace in memory. `manifest` is the app's manifest.json: its path, or its content.

    With a MovableClock as `now`, whoever looks at the page may move the time forward.
    """

    def __init__(
        self,
        manifest: Path | str | Mapping[str, Any],
        *,
        seed: Seed | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
    ) -> None:
        super().__init__(read_manifest(manifest), seed or read_seed(), now)
        self.bot_token = bot_token
        self.app_token = app_token
        self.movable = now if isinstance(now, MovableClock) else None
        if self.movable is not None:
            self.movable.watch(self.touch)
        for person in self.people.values():
            if not person.is_app:
                self.im_between(person.id, self.identity.bot_user)

    @locked
    def read(self, user: str, channel: str, ts: str | None = None) -> None:
        """Marks a channel as read up to `ts`, or up to now."""
        person = self.person(user)
        self.attention.read(person.id, self.place(person, channel).id, ts or self.next_ts())
        self.touch()

    @locked
    def open_im(self, user: str, other: str) -> str:
        return self.im_between(self.person(user).id, self.person(other).id).id

    @locked
    def messages(self, channel: str) -> list[Message]:
        """What everyone in the channel sees, oldest first, without the replies inside threads."""
        log = self.logs[self.channel(channel).id]
        return [message for message in log if message.in_channel and message.ephemeral_to is None]

    @locked
    def replies(self, channel: str, ts: str) -> list[Message]:
        """The replies in one thread, oldest first, without the message that started it."""
        return self.logs[self.channel(channel).id].replies(ts)

    @locked
    def messages_for(self, user: str, channel: str) -> list[Message]:
        """Everything that this person sees there, with threads and with what is shown to this person only."""
        person = self.person(user)
        log = self.logs[self.place(person, channel).id]
        return [message for message in log if message.visible_to(person.id)]

    @property
    def idle(self) -> bool:
        """Whether the app has acknowledged, or failed for good to acknowledge, all that it was sent."""
        return not self.ledger.unsettled
