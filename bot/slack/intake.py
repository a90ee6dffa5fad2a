"""Keeps what Slack delivers before it is acknowledged: reduced to what is used, secrets scrubbed, each thing once.

Bolt acknowledges before a listener has run, so a crash there would lose the event; here it is on disk first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.privacy import scrub
from bot.store import Database

log = structlog.get_logger()

# Everything else of an event is dropped: `blocks` repeat `text` in pieces that no recogniser could read together.
EVENT_FIELDS = (
    *("type", "subtype", "user", "bot_id", "app_id", "text", "files", "tab", "hidden"),
    *("channel", "channel_type", "ts", "thread_ts", "event_ts", "deleted_ts", "edited"),
    *("message", "previous_message"),
    *("reaction", "item", "item_user"),
)
FILE_FIELDS = ("id", "name")
# Dropped from a dialog: what was entered is in `state`, and `blocks` may hold the words that it was opened with.
VIEW_REPEATS = frozenset({"blocks"})
# Clicks and dialogs go first: a trigger lives for three seconds.
URGENT = frozenset({"interactive", "slash_commands"})


class Intake:
    """The door of the desk, the same for Socket Mode and HTTP."""

    def __init__(self, store: Database) -> None:
        self.store = store

    def accept(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """Keep a payload. False when it is here already. Returns only after the commit, so it may be acknowledged."""
        payload = _storable(payload)
        fingerprint = fingerprint_of(kind, payload)
        kept = json.dumps(_reduced(payload), ensure_ascii=False)
        is_new = self.store.accept(fingerprint, kind, kept, urgent=kind in URGENT)
        if not is_new:
            log.info("delivered again", fingerprint=fingerprint)
        return is_new

    def on_socket(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """A Socket Mode envelope: commit, then acknowledge. What could not be kept comes again."""
        self.accept(request.type, request.payload)
        try:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        except SlackClientNotConnectedError:
            log.info("the connection closed before the acknowledgement; Slack delivers it again", kind=request.type)


def fingerprint_of(kind: str, payload: Mapping[str, Any]) -> str:
    """What a payload is about. One message comes under several event ids and types; its channel and ts are one."""
    try:
        return _known_fingerprint(kind, payload)
    except (LookupError, TypeError, AttributeError):  # a kind of payload that this desk knows nothing about
        return f"unknown:{hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()}"


def _known_fingerprint(kind: str, payload: Mapping[str, Any]) -> str:
    if kind == "events_api":
        return _event_fingerprint(payload)
    if kind == "slash_commands":
        return f"command:{payload['trigger_id']}"
    if view := payload.get("view") if payload["type"].startswith("view_") else None:
        return f"{payload['type']}:{view['id']}:{view.get('hash', '')}"
    if actions := payload.get("actions"):
        return f"click:{payload['user']['id']}:{actions[0]['action_id']}:{actions[0]['action_ts']}"
    return f"{payload['type']}:{payload.get('action_ts') or payload['trigger_id']}"


def _event_fingerprint(payload: Mapping[str, Any]) -> str:
    event, team = payload["event"], payload.get("team_id", "")
    channel = event.get("channel")
    if event["type"] not in ("message", "app_mention") or channel is None:
        return f"event:{payload['event_id']}"
    match event.get("subtype"):
        case "message_changed":
            message = event["message"]
            when = message.get("edited", {}).get("ts") or event.get("event_ts")
            return f"changed:{team}:{channel}:{message['ts']}:{when}"
        case "message_deleted":
            return f"deleted:{team}:{channel}:{event['deleted_ts']}"
        case _:
            return f"message:{team}:{channel}:{event['ts']}"


def _storable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload without letters that SQLite cannot store: half of an emoji becomes a question mark."""
    clean: dict[str, Any] = json.loads(json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))
    return clean


def _reduced(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is used of a payload. Secrets go from the texts that people fill; the rest, such as ids, stays as it is."""
    kept = _scrubbed(payload, ("text", "value"))  # a command's words, or what is typed into a search
    for name, reduce in (("event", _message), ("message", _message), ("view", _view)):
        if isinstance(kept.get(name), Mapping):
            kept[name] = reduce(kept[name])
    return kept | {"state": _entered(kept["state"])} if "state" in kept else kept


def _message(event: Mapping[str, Any]) -> dict[str, Any]:
    kept = _scrubbed({name: event[name] for name in EVENT_FIELDS if name in event}, ("text",))
    for nested in ("message", "previous_message"):
        if isinstance(kept.get(nested), Mapping):
            kept[nested] = _message(kept[nested])
    if isinstance(kept.get("files"), list):
        kept["files"] = [_file(each) for each in kept["files"] if isinstance(each, Mapping)]
    return kept


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    return _scrubbed({name: file[name] for name in FILE_FIELDS if name in file}, ("name",))


def _view(view: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: each for name, each in view.items() if name not in VIEW_REPEATS}
    return kept | {"state": _entered(view["state"])} if "state" in view else kept


def _entered(value: Any, field: str = "") -> Any:
    """What was entered in a dialog. What was chosen from a list is not scrubbed: those values are the desk's own."""
    if isinstance(value, str):
        return scrub(value) if field in ("value", "text") else value
    if isinstance(value, Mapping):
        return {name: each if name.startswith("selected_") else _entered(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_entered(each, field) for each in value]
    return value


def _scrubbed(fields: Mapping[str, Any], texts: Collection[str]) -> dict[str, Any]:
    return {name: scrub(each) if name in texts and isinstance(each, str) else each for name, each in fields.items()}
