"""One call of the Web API: its arguments as typed values, whichever way they came, and how a method refuses.

Knows nothing about single methods.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from bot.workspace import limits
from bot.workspace.messages import Json
from bot.workspace.rules import said
from bot.workspace.seed import Channel, Person
from bot.workspace.state import Workspace

T = TypeVar("T")


class Refused(Exception):
    """The method answers `ok: false`. The text is Slack's error code; `details` is what the answer adds."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    @classmethod
    def invalid(cls, error: str, problems: Sequence[str]) -> Refused:
        messages = [f"[ERROR] {problem}" for problem in problems]
        return cls(error, errors=list(problems), response_metadata={"messages": messages})


@dataclass(frozen=True)
class Call:
    """Arguments come as JSON or as a form, where booleans are 0/1 and structures are JSON in a string."""

    workspace: Workspace
    args: Mapping[str, Any] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.args.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        if not self.has(name):
            raise Refused.invalid("invalid_arguments", [f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise Refused.invalid("invalid_arguments", [said("must be an integer", f"/{name}")]) from None

    def moment(self, name: str) -> float | None:
        """An argument that is a message's ts."""
        try:
            return float(self.text(name)) if self.has(name) else None
        except ValueError:
            raise Refused(f"invalid_ts_{name}") from None

    def data(self, name: str) -> Any:
        """An argument that is a structure."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused("invalid_json" if name != "blocks" else "invalid_blocks_format") from None

    def listed(self, name: str) -> list[str]:
        """An argument that is a list, or text with commas."""
        value = self.args.get(name)
        if isinstance(value, list):
            return [str(each) for each in value]
        return [part.strip() for part in str(value).split(",") if part.strip()] if value else []

    # What arguments name

    def person(self, name: str = "user") -> Person:
        user = self.required(name)
        if user not in self.workspace.people:
            raise Refused("user_not_found")
        return self.workspace.people[user]

    def channel(self, name: str = "channel") -> Channel:
        """By id, if the app may know of it: one that is private to others is `channel_not_found`."""
        channel = self.workspace.channels.get(self.required(name))
        if channel is None or (channel.private and not self.is_member(channel)):
            raise Refused("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        channel = self.channel(name)
        if not self.is_member(channel):
            raise Refused("not_in_channel")
        return channel

    def is_member(self, channel: Channel) -> bool:
        return self.workspace.identity.bot_user in channel.members

    def needs(self, *scopes: str) -> None:
        """Refuses unless the manifest has one of these scopes."""
        manifest = self.workspace.manifest
        if not manifest.allows(frozenset(scopes)):
            provided = ",".join(sorted(manifest.scopes))
            raise Refused("missing_scope", needed=",".join(scopes), provided=provided)

    def needs_for(self, channel: Channel, what: str) -> None:
        """The scope for that kind of channel: `what` is read or history."""
        kind = "im" if channel.is_im else ("groups" if channel.private else "channels")
        self.needs(f"{kind}:{what}")


def within_limits(check: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    try:
        return check(*args, **kwargs)
    except limits.Invalid as error:
        raise Refused.invalid(error.error, error.problems) from None


def page_of(call: Call, rows: Iterable[T], default: int, most: int) -> tuple[list[T], Json]:
    """One page, and the `response_metadata` with the cursor of the next. Cursors are opaque to the app."""
    limit = call.number("limit", default)
    if not 1 <= limit <= most:
        raise Refused("invalid_limit")
    cursor = call.text("cursor")
    if cursor and not (cursor.startswith("next:") and cursor[5:].isdigit()):
        raise Refused("invalid_cursor")
    start = int(cursor[5:]) if cursor else 0
    page = list(islice(rows, start, start + limit + 1))
    next_cursor = f"next:{start + limit}" if len(page) > limit else ""
    return page[:limit], {"response_metadata": {"next_cursor": next_cursor}}
