"""What the app may do and hears, read from its manifest.json.

A manifest that Slack would not save (an event without its scope) is refused here too. Knows nothing about
people or messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Any one of the scopes is enough. Source: the "Scopes" section of each event's page in Slack's reference.
SCOPES_OF_EVENT: Mapping[str, frozenset[str]] = {
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "app_mention": frozenset({"app_mentions:read"}),
    "reaction_added": frozenset({"reactions:read"}),
    "reaction_removed": frozenset({"reactions:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "user_change": frozenset({"users:read"}),
    "team_join": frozenset({"users:read"}),
    "file_shared": frozenset({"files:read"}),
    "app_home_opened": frozenset(),
}


class BadManifest(ValueError):
    """The manifest cannot be used; the text names the entry and the remedy."""


@dataclass(frozen=True)
class Shortcut:
    name: str
    type: str  # "message" or "global"
    callback_id: str
    description: str


@dataclass(frozen=True)
class Command:
    command: str
    description: str
    usage_hint: str
    escapes: bool  # whether mentions and links in its text come as Slack's tokens


@dataclass(frozen=True)
class Manifest:
    scopes: frozenset[str]
    events: frozenset[str]
    shortcuts: tuple[Shortcut, ...] = ()
    commands: tuple[Command, ...] = ()
    interactive: bool = True
    socket_mode: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_tab_read_only: bool = False
    agent_view: bool = False

    def allows(self, scopes: frozenset[str]) -> bool:
        """Whether any one of `scopes` is granted; asking for none is always allowed."""
        return not scopes or bool(scopes & self.scopes)


def read_manifest(source: Path | str | Mapping[str, Any]) -> Manifest:
    if isinstance(source, Mapping):
        return manifest_from(source)
    path = Path(source)
    try:
        return manifest_from(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadManifest(f"{path} does not exist; give the path of the app's manifest.json") from None
    except json.JSONDecodeError as error:
        raise BadManifest(f"{path.name}, line {error.lineno}: {error.msg}; correct the JSON there") from None
    except BadManifest as error:
        raise BadManifest(f"{path.name}: {error}") from None


def manifest_from(table: Mapping[str, Any]) -> Manifest:
    features = table.get("features", {})
    settings = table.get("settings", {})
    home = features.get("app_home", {})
    manifest = Manifest(
        scopes=frozenset(table.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        shortcuts=tuple(_shortcut(row) for row in features.get("shortcuts", ())),
        commands=tuple(_command(row) for row in features.get("slash_commands", ())),
        interactive=settings.get("interactivity", {}).get("is_enabled", False),
        socket_mode=settings.get("socket_mode_enabled", False),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", "agent_view" in features),
        messages_tab_read_only=home.get("messages_tab_read_only_enabled", False),
        agent_view="agent_view" in features,
    )
    _check_scopes(manifest)
    return manifest


def _check_scopes(manifest: Manifest) -> None:
    for event in sorted(manifest.events):
        scopes = SCOPES_OF_EVENT.get(event, frozenset())  # what never happens here is not judged
        if not manifest.allows(scopes):
            needed = " or ".join(sorted(scopes))
            raise BadManifest(f"bot_events: {event} needs the bot scope {needed}; add it to oauth_config")
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        raise BadManifest("features: slash commands and shortcuts need the bot scope commands; add it to oauth_config")


def _shortcut(row: Mapping[str, Any]) -> Shortcut:
    return Shortcut(row["name"], row["type"], row["callback_id"], row.get("description", ""))


def _command(row: Mapping[str, Any]) -> Command:
    escapes = row.get("should_escape", False)
    return Command(row["command"], row.get("description", ""), row.get("usage_hint", ""), escapes)
