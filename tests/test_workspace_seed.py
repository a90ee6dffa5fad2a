"""Who is in the workspace and what the app's manifest allows: read, checked, refused with the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.workspace.manifest import BadManifest, read_manifest
from bot.workspace.seed import BadSeed, read_seed, seed_from
from tests.workspace_fixtures import MANIFEST


def test_offshore_agents_are_not_in_onshore_channels() -> None:
    seed = read_seed()
    handles = {person.id: person.handle for person in seed.people}
    members = {channel.name: {handles[user] for user in channel.members} for channel in seed.channels}

    assert members["queue-network"] == {"priya", "lucia", "sam", "triage"}
    assert members["queue-security"] == {"tom", "sam", "triage"}
    assert members["it-help"] == set(handles.values())


def test_only_queues_and_operations_are_private() -> None:
    public = {channel.name for channel in read_seed().channels if not channel.private}

    assert public == {"it-help", "general"}


def test_each_queue_channel_has_a_user_group_whose_agents_are_in_the_channel() -> None:
    seed = read_seed()
    members = {channel.name: channel.members for channel in seed.channels}
    groups = {group.handle: group for group in seed.groups if group.handle.startswith("queue-")}

    assert set(groups) == {name for name in members if name.startswith("queue-")}
    assert all(set(group.members) <= members[handle] for handle, group in groups.items())


APP = {"handle": "triage", "real_name": "Triage", "role": "app"}


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"person": []}, '0 people have role = "app"; give it to exactly one'),
        ({"person": [APP, {"handle": "ana"}]}, "person ana: real_name is missing"),
        ({"person": [APP | {"role": "boss"}]}, "person triage: unknown role 'boss'; use one of person, agent"),
        (
            {"person": [APP], "channel": [{"name": "x", "members": ["ana"]}]},
            "channel x: no person has the handle 'ana'",
        ),
    ],
)
def test_a_seed_that_cannot_be_used_names_the_entry_and_the_remedy(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSeed, match=sentence.replace("(", r"\(")):
        seed_from(table)


def test_a_broken_seed_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text("[[person]\n")

    with pytest.raises(BadSeed, match=r"people\.toml: "):
        read_seed(path)


def test_a_manifest_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"oauth_config": {"scopes": {"bot": ["chat:write"]}}}')

    assert read_manifest(path).scopes == {"chat:write"}


def test_an_event_without_its_scope_is_refused_as_slack_refuses_it() -> None:
    manifest = {"settings": {"event_subscriptions": {"bot_events": ["message.im"]}}}

    with pytest.raises(BadManifest, match=r"message\.im needs the bot scope im:history"):
        read_manifest(manifest)


def test_a_command_without_its_scope_is_refused() -> None:
    manifest = {"features": {"slash_commands": [{"command": "/triage", "description": "Ask"}]}}

    with pytest.raises(BadManifest, match="need the bot scope commands"):
        read_manifest(manifest)


def test_a_manifest_that_is_not_json_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{\n"features": }')

    with pytest.raises(BadManifest, match=r"manifest\.json, line 2: "):
        read_manifest(path)


def test_a_manifest_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match=r"none\.json does not exist"):
        read_manifest(tmp_path / "none.json")


def test_an_agent_has_its_messages_tab_without_saying_so() -> None:
    assert read_manifest({"features": {"agent_view": {}}}).messages_tab
    assert not read_manifest({"features": {}}).messages_tab
    assert read_manifest(MANIFEST).agent_view
