"""Modals and Home tabs: trigger ids, the stack of views that each person has open, and what they hold.

Knows nothing about Block Kit's rules, events or the server. Not thread-safe: the world's lock guards it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.workspace.messages import Json
from bot.workspace.seed import Identity

TRIGGER_LIFE = timedelta(seconds=3)
STACK_DEPTH = 3


class ViewRefused(Exception):
    """The app asked for something that Slack refuses; the text is Slack's error code."""


@dataclass(frozen=True)
class View:
    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    values: Json = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Trigger:
    user: str
    expires: datetime
    used: bool = False


class Views:
    def __init__(self) -> None:
        self._triggers: dict[str, _Trigger] = {}
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._count = 0

    # triggers

    def issue_trigger(self, user: str, at: datetime) -> str:
        self._count += 1
        trigger_id = f"{self._count}.{int(at.timestamp())}.{self._count:032x}"
        self._triggers[trigger_id] = _Trigger(user, at + TRIGGER_LIFE)
        return trigger_id

    def exchange(self, trigger_id: str, at: datetime) -> str:
        """Who pressed, for a trigger that is known, fresh and not yet used."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ViewRefused("invalid_trigger_id")
        if trigger.used:
            raise ViewRefused("exchanged_trigger_id")
        if at > trigger.expires:
            raise ViewRefused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    # modals

    def stack(self, user: str) -> tuple[View, ...]:
        return tuple(self._stacks.get(user, ()))

    def top(self, user: str) -> View | None:
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, body: Json) -> View:
        self._check_external_id(body)
        view_id = self._new_id()
        view = View(view_id, user, body, self._new_hash(), root=view_id)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, body: Json) -> View:
        stack = self._stacks.get(user)
        if not stack:
            raise ViewRefused("not_found")
        if len(stack) >= STACK_DEPTH:
            raise ViewRefused("push_limit_reached")
        self._check_external_id(body)
        view = View(self._new_id(), user, body, self._new_hash(), root=stack[0].id, previous=stack[-1].id)
        stack.append(view)
        return view

    def update(self, view: View, body: Json, expected_hash: str | None = None) -> View:
        if expected_hash and expected_hash != view.hash:
            raise ViewRefused("hash_conflict")
        return self.put(replace(view, body=body, hash=self._new_hash(), errors={}))

    def put(self, view: View) -> View:
        """Replaces a view that is open or published."""
        if self._homes.get(view.user, view).id == view.id and view.body.get("type") == "home":
            self._homes[view.user] = view
            return view
        stack = self._stacks.get(view.user, [])
        self._stacks[view.user] = [view if each.id == view.id else each for each in stack]
        return view

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        views = [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())
        for view in views:
            if view_id == view.id or (external_id and external_id == view.body.get("external_id")):
                return view
        return None

    def close(self, view: View) -> None:
        """Closes that view and what was pushed on it; the one below shows again."""
        stack = self._stacks.get(view.user, [])
        ids = [each.id for each in stack]
        if view.id in ids:
            del stack[ids.index(view.id) :]

    def clear(self, user: str) -> None:
        self._stacks.pop(user, None)

    def _check_external_id(self, body: Json) -> None:
        if body.get("external_id") and self.find(external_id=body["external_id"]):
            raise ViewRefused("duplicate_external_id")

    # the Home tab

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def publish(self, user: str, body: Json, expected_hash: str | None = None) -> View:
        if view := self._homes.get(user):
            return self.update(view, body, expected_hash)
        view_id = self._new_id()
        self._homes[user] = View(view_id, user, body, self._new_hash(), root=view_id)
        return self._homes[user]

    def _new_id(self) -> str:
        self._count += 1
        return f"V0{self._count:09d}"

    def _new_hash(self) -> str:
        self._count += 1
        return f"{self._count}.{self._count:08x}"


def view_shape(view: View, identity: Identity, values: Json | None = None) -> Json:
    """The view as the app gets it back, with what the person has filled in so far."""
    body = view.body
    return {
        "id": view.id,
        "team_id": identity.team_id,
        "type": body.get("type"),
        "blocks": body.get("blocks", []),
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": view.values if values is None else values},
        "hash": view.hash,
        "title": body.get("title"),
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": identity.app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": identity.team_id,
        "bot_id": identity.bot_id,
    }
