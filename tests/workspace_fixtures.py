"""What the tests of the local workspace share: a manifest, a clock that stands still, an app on a raw socket.

Imported by name where it is needed. Knows nothing about the desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from websockets.sync.client import ClientConnection, connect

from bot.workspace import Running, Timing, Workspace
from bot.workspace.web_api import answer

STEADY = Timing(retry_after=(0.0, 0.0, 0.0), linger=0.1, ping_every=0.2)
HURRY = replace(STEADY, ack_within=0.15)  # for tests in which nobody acknowledges

MANIFEST: dict[str, Any] = {
    "features": {
        "agent_view": {"agent_description": "Helps"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "shortcuts": [
            {"name": "Get help", "type": "message", "callback_id": "get_help", "description": "With this message"},
            {"name": "New report", "type": "global", "callback_id": "new_report", "description": "From anywhere"},
        ],
        "slash_commands": [{"command": "/triage", "description": "Ask", "should_escape": True}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "files:read",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "member_joined_channel",
                "message.channels",
                "message.groups",
                "message.im",
                "reaction_added",
                "reaction_removed",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **units: float) -> None:
        self.at += timedelta(**units)


def call(workspace: Workspace, method: str, **args: Any) -> dict[str, Any]:
    """One method of the Web API, without HTTP in between."""
    return answer(workspace, method, args, workspace.bot_token)


def events(workspace: Workspace, kind: str | None = None) -> list[dict[str, Any]]:
    """What the app was told, oldest first."""
    bodies = [delivery.payload["event"] for delivery in workspace.ledger.events()]
    return [body for body in bodies if kind in (None, body["type"])]


def web_client(running: Running, **options: Any) -> WebClient:
    return WebClient(token=running.bot_token, base_url=running.api_url, **options)


@dataclass
class AppSocket:
    """An app's end of Socket Mode that acknowledges only when it is told to."""

    socket: ClientConnection
    hello: dict[str, Any] = field(default_factory=dict)

    def receive(self, timeout: float = 3.0) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=timeout))
        return frame

    def acknowledge(self, envelope: dict[str, Any], payload: dict[str, Any] | None = None) -> None:
        said = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
        self.socket.send(json.dumps(said))


@contextmanager
def app_socket(running: Running) -> Iterator[AppSocket]:
    address = web_client(running).apps_connections_open(app_token=running.app_token)["url"]
    with connect(address) as socket:
        app = AppSocket(socket)
        app.hello = app.receive()
        yield app


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, value: str = "case-1", label: str = "Solved") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": label}}


def modal(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    plain = {name: {"type": "plain_text", "text": name.title()} for name in ("title", "submit")}
    return {"type": "modal", "callback_id": "form", **plain, "blocks": list(blocks), **fields}


def input_block(action_id: str, **element: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": action_id}
    kind = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": f"block-{action_id}", "label": label, "element": kind | element}
