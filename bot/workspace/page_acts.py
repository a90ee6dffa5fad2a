"""What a visitor does on the page, as calls on the workspace: one small function for each act.

Knows nothing about HTTP. What goes wrong is said in one plain sentence.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.workspace.deliveries import Delivery
from bot.workspace.messages import Json
from bot.workspace.moving import CannotMove, next_monday, next_morning
from bot.workspace.state import Workspace
from bot.workspace.world import CannotDo

# What an act says about itself; the rest of a `press` is the person's choice, in Slack's own shape.
_NOT_A_CHOICE = {"as", "do", "channel", "ts", "action_id", "block_id", "view_id", "state"}
NO_ANSWER = "Triage did not answer. Check that it is running, then try again."

Act = Callable[[Workspace, str, Mapping[str, Any]], Json | Delivery | None]


def act(workspace: Workspace, body: object) -> Json | Delivery:
    """Does it. A Delivery means that the app has yet to acknowledge; its fate decides."""
    if not isinstance(body, Mapping):
        return refused("Send a JSON object.")
    name = str(body.get("do", ""))
    if name not in ACTS:
        return refused(f"Nobody can {name!r} here; there is: {', '.join(sorted(ACTS))}.")
    try:
        return ACTS[name](workspace, str(body["as"]), body) or {"ok": True}
    except KeyError as missing:
        return refused(f"The act {name!r} needs {missing.args[0]!r}.")
    except CannotDo as reason:
        return refused(str(reason))


def refused(sentence: str) -> Json:
    return {"ok": False, "error": sentence}


def outcome(delivery: Delivery) -> Json:
    return {"ok": True} if delivery.fate == "acknowledged" else refused(NO_ANSWER)


def _say(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Json:
    thread_ts, files = body.get("thread_ts") or None, [_attached(file) for file in body.get("files") or ()]
    return {"ok": True, "ts": workspace.say(user, body["channel"], body.get("text", ""), thread_ts, files)}


def _attached(file: Mapping[str, Any]) -> Mapping[str, Any]:
    """A file of the page: its content comes as base64 in `data`; a pretended one has none."""
    try:
        return {"name": file["name"], "content": base64.b64decode(file.get("data", ""), validate=True)}
    except ValueError:
        raise CannotDo(f"{file['name']} did not arrive whole; attach it once more.") from None


def _edit(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.edit(user, body["channel"], body["ts"], body["text"])


def _delete(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.delete(user, body["channel"], body["ts"])


def _react(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.react(user, body["channel"], body["ts"], body["name"])


def _press(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Delivery:
    choice = {key: value for key, value in body.items() if key not in _NOT_A_CHOICE} or None
    block_id = body.get("block_id") or None
    if body.get("view_id"):
        state = body.get("state") or {}
        return workspace.press_in_view(user, body["view_id"], body["action_id"], choice, block_id=block_id, state=state)
    return workspace.press(user, body["channel"], body["ts"], body["action_id"], choice, block_id=block_id)


def _shortcut(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Delivery:
    return workspace.shortcut(user, body["callback_id"], body.get("channel"), body.get("ts"))


def _command(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Delivery:
    return workspace.command(user, body["command"], body.get("text", ""), body["channel"])


def _submit(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Delivery:
    return workspace.submit(user, body.get("state") or {}, body["view_id"])


def _close(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.close(user, body["view_id"])


def _open_home(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.open_home(user, body.get("tab", "home"))


def _read(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    workspace.read(user, body["channel"], body.get("ts"))


def _open_im(workspace: Workspace, user: str, body: Mapping[str, Any]) -> Json:
    return {"ok": True, "channel": workspace.open_im(user, body["user"])}


GOALS = {"next_morning": next_morning, "next_monday": next_monday}


def _move_clock(workspace: Workspace, user: str, body: Mapping[str, Any]) -> None:
    """By some seconds, or to a moment that is named in the zone of whoever is played."""
    clock, person = workspace.movable, workspace.person(user)
    if clock is None:
        raise CannotDo("The time here is real time, and nobody can move it.")
    try:
        if "to" in body:
            clock.set_to(_goal(body["to"])(clock(), person.tz))
        else:
            clock.move(_seconds(body["seconds"]))
    except CannotMove as reason:
        raise CannotDo(str(reason)) from reason


def _goal(name: object) -> Callable[[datetime, str], datetime]:
    if name not in GOALS:
        raise CannotDo(f"The clock cannot go to {name!r}; it can go to: {', '.join(GOALS)}.")
    return GOALS[str(name)]


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotDo("Say by how many seconds, as a number.")
    return value


ACTS: Mapping[str, Act] = {
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "press": _press,
    "shortcut": _shortcut,
    "command": _command,
    "submit": _submit,
    "close": _close,
    "open_home": _open_home,
    "read": _read,
    "open_im": _open_im,
    "move_clock": _move_clock,
}
