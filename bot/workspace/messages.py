"""The messages of one channel: what was said, in which thread, edited, deleted, reacted to.

Knows nothing about who may read them, events or the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Reaction:
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """One message. `blocks`, `files`, `attachments` and `metadata` keep Slack's own JSON shapes."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    subtype: str | None = None
    by_app: bool = False
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    files: tuple[Json, ...] = ()
    metadata: Json | None = None
    reactions: tuple[Reaction, ...] = ()
    edited_by: str | None = None
    edited_ts: str | None = None
    ephemeral_to: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """Shown among the channel's own messages, not only inside a thread."""
        return not self.is_reply or self.subtype == "thread_broadcast"

    def visible_to(self, user: str) -> bool:
        return self.ephemeral_to in (None, user)

    def with_reaction(self, name: str, user: str) -> Message:
        """Emoji keep the order in which they first appeared."""
        by_name = {reaction.name: reaction.users for reaction in self.reactions}
        by_name[name] = (*by_name.get(name, ()), user)
        return self._reacted(by_name)

    def without_reaction(self, name: str, user: str) -> Message:
        by_name = {reaction.name: reaction.users for reaction in self.reactions}
        by_name[name] = tuple(each for each in by_name.get(name, ()) if each != user)
        return self._reacted(by_name)

    def _reacted(self, by_name: dict[str, tuple[str, ...]]) -> Message:
        return replace(self, reactions=tuple(Reaction(name, users) for name, users in by_name.items() if users))

    def has_reaction(self, name: str, user: str) -> bool:
        return any(r.name == name and user in r.users for r in self.reactions)


@dataclass(frozen=True)
class ThreadSummary:
    replies: int
    users: tuple[str, ...]
    latest: str


class Log:
    """All messages of one channel, oldest first. Not thread-safe; the world's lock guards it."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}  # a dict keeps the order of arrival, and ts only grow
        self._threads: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def __reversed__(self) -> Iterator[Message]:
        return reversed(self._messages.values())

    def get(self, ts: str) -> Message | None:
        return self._messages.get(ts)

    def add(self, message: Message) -> None:
        self._messages[message.ts] = message
        if message.is_reply and message.ephemeral_to is None and message.thread_ts:
            self._threads.setdefault(message.thread_ts, []).append(message.ts)

    def put(self, message: Message) -> None:
        """Replaces a message that exists."""
        self._messages[message.ts] = message

    def remove(self, ts: str) -> None:
        message = self._messages.pop(ts)
        replies = self._threads.get(message.thread_ts or "", [])
        if ts in replies:
            replies.remove(ts)

    def replies(self, thread_ts: str) -> list[Message]:
        return [self._messages[ts] for ts in self._threads.get(thread_ts, ())]

    def summary(self, ts: str) -> ThreadSummary | None:
        replies = self.replies(ts)
        if not replies:
            return None
        return ThreadSummary(len(replies), tuple(dict.fromkeys(reply.user for reply in replies)), replies[-1].ts)
