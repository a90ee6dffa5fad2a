"""The Slack app's manifest asks for what the code uses: nothing is missing, nothing is asked for in vain."""

import re
from pathlib import Path

import pytest

import bot.slack
from bot.demo import manifest
from bot.workspace.manifest import SCOPES_OF_EVENT, read_manifest
from bot.workspace.web_api import METHODS

MANIFEST = read_manifest(manifest())
SOURCE = "\n".join(path.read_text("utf-8") for path in Path(bot.slack.__file__).parent.glob("*.py"))
APP = Path(bot.slack.__file__).parent.parent.joinpath("app.py").read_text("utf-8")

# What each scope is for: a Web API method or an event of the code, or a feature of the manifest.
PURPOSE = {
    "app_mentions:read": "app_mention",
    "assistant:write": "assistant_threads_setSuggestedPrompts",
    "channels:history": "conversations_history",
    "channels:read": "conversations_list",
    "chat:write": "chat_postMessage",
    "commands": 'app.command("/triage")',
    "files:read": "slack_file=",
    "groups:history": "conversations_replies",
    "groups:read": "conversations_list",
    "im:history": '["channel"].startswith("D")',
    "im:write": "conversations_open",
    "reactions:read": 'app.event("reaction_added")',
    "reactions:write": "reactions_add",
    "usergroups:read": "usergroups_list",
    "users:read": "users_info",
}


def methods_called() -> list[str]:
    """`client.chat_postMessage(` in the code is `chat.postMessage` in Slack."""
    names = set(re.findall(r"client\.([a-z]+_\w+)\(", SOURCE + APP))
    dotted = {method.replace(".", "_"): method for method in METHODS}
    return sorted(dotted[name] for name in names - {"send_socket_mode_response"})


@pytest.mark.parametrize("method", methods_called())
def test_every_method_that_the_code_calls_is_allowed(method: str) -> None:
    assert MANIFEST.allows(METHODS[method].scopes)


@pytest.mark.parametrize("scope", sorted(MANIFEST.scopes))
def test_every_scope_has_a_purpose_in_the_code(scope: str) -> None:
    assert PURPOSE[scope] in SOURCE + APP


@pytest.mark.parametrize("event", sorted(MANIFEST.events))
def test_every_event_is_allowed_and_listened_to(event: str) -> None:
    assert MANIFEST.allows(SCOPES_OF_EVENT[event])
    assert f'app.event("{event.split(".")[0]}")' in SOURCE


def test_every_event_that_the_code_listens_to_is_subscribed() -> None:
    heard = set(re.findall(r'app\.event\("(\w+)"\)', SOURCE))

    assert heard == {event.split(".")[0] for event in MANIFEST.events}


def test_shortcuts_and_commands_are_the_same_in_the_manifest_and_in_the_code() -> None:
    assert set(re.findall(r'app\.shortcut\("(\w+)"\)', SOURCE)) == {each.callback_id for each in MANIFEST.shortcuts}
    assert set(re.findall(r'app\.command\("([^"]+)"\)', SOURCE)) == {each.command for each in MANIFEST.commands}


def test_the_desk_is_an_agent_in_socket_mode() -> None:
    assert (MANIFEST.agent_view, MANIFEST.socket_mode, MANIFEST.interactive) == (True, True, True)
