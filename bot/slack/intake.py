"""Keeps what Slack delivers before it is acknowledged: reduced to what is used, secrets scrubbed, each thing once.

Bolt acknowledges before a listener has run, so a crash there would lose the event; here it is on disk first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
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
)
FILE_FIELDS = ("id", "name", "permalink")
# Fields that people fill with words; ids and times stay as they are.
WORDS = frozenset({"text", "value", "name", "title"})
# Clicks and dialogs go first: a trigger lives for three seconds.
URGENT = frozenset({"interactive", "slash_commands"})


class Intake:
    """The door of the desk, the same for Socket Mode and HTTP."""

    def __init__(self, store: Database) -> None:
        self.store = store

    def accept(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """Keep a payload. False when it is here already. Returns only after the commit, so it may be acknowledged."""
        fingerprint = fingerprint_of(kind, payload)
        kept = json.dumps(_reduced(kind, payload), ensure_ascii=False)
        is_new = self.store.accept(fingerprint, kind, kept, urgent=kind in URGENT)
        if not is_new:
            log.info("delivered again", fingerprint=fingerprint)
        return is_new

    def on_socket(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """A Socket Mode envelope: commit, then acknowledge. What could not be kept comes again."""
        self.accept(request.type, request.payload)
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


def fingerprint_of(kind: str, payload: Mapping[str, Any]) -> str:
    """What a payload is about. One message comes under several event ids and types; its channel and ts are one."""
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


def _reduced(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(payload)
    if kind == "events_api":
        kept["event"] = _event(payload["event"])
    elif "message" in kept:
        kept["message"] = _event(kept["message"])
    reduced: dict[str, Any] = _scrubbed(kept)
    return reduced


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: event[name] for name in EVENT_FIELDS if name in event}
    for nested in ("message", "previous_message"):
        if isinstance(kept.get(nested), Mapping):
            kept[nested] = _event(kept[nested])
    if "files" in kept:
        kept["files"] = [{name: each[name] for name in FILE_FIELDS if name in each} for each in kept["files"]]
    return kept


def _scrubbed(value: Any, field: str = "") -> Any:
    """The payload without secrets in what people wrote, and without letters that SQLite cannot store."""
    if isinstance(value, str):
        clean = value.encode("utf-8", "replace").decode("utf-8")
        return scrub(clean) if field in WORDS else clean
    if isinstance(value, Mapping):
        return {name: _scrubbed(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_scrubbed(each, field) for each in value]
    return value
