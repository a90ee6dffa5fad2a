"""Channels found at start: what is missing is named, and an onshore case never falls back to an offshore room."""

from pathlib import Path

import pytest

from bot.deskdata import load_desk_data
from bot.obstacles import MissingRooms
from bot.slack.rooms import arrange

QUEUES = load_desk_data(Path("a folder that does not exist")).queues
ALL = {queue.channel: f"C-{queue.name}" for queue in QUEUES} | {"it-help": "C-help", "desk-ops": "C-ops"}


def without(*names: str) -> dict[str, str]:
    return {name: room for name, room in ALL.items() if name not in names}


def test_every_queue_finds_its_own_room() -> None:
    rooms = arrange(ALL, QUEUES, ["it-help"], "desk-ops")

    assert rooms.queues["m365"] == "C-m365"
    assert (rooms.help, rooms.ops, rooms.warnings) == (("C-help",), "C-ops", ())


def test_an_offshore_queue_without_a_room_uses_the_unsorted_one() -> None:
    rooms = arrange(without("queue-m365"), QUEUES, ["it-help"], "desk-ops")

    assert rooms.queues["m365"] == "C-unsorted"
    assert "#queue-m365 of queue m365 is missing" in rooms.warnings[0]


def test_an_onshore_queue_falls_back_to_an_onshore_room_only() -> None:
    rooms = arrange(without("queue-security"), QUEUES, ["it-help"], "desk-ops")

    assert rooms.queues["security"] == "C-onshore"


def test_without_any_onshore_room_the_desk_refuses_to_start() -> None:
    with pytest.raises(MissingRooms, match="No onshore queue has a channel"):
        arrange(without("queue-security", "queue-onshore", "queue-major-incident"), QUEUES, ["it-help"], "desk-ops")


def test_missing_help_and_ops_channels_are_named_and_bearable() -> None:
    rooms = arrange(without("it-help", "desk-ops"), QUEUES, ["it-help"], "desk-ops")

    assert (rooms.help, rooms.ops) == ((), "C-unsorted")
    assert len(rooms.warnings) == 2
