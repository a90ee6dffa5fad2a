"""The door: what is kept of a delivery, and what makes two deliveries the same."""

import json
import sqlite3
from pathlib import Path

import pytest
from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from structlog.testing import capture_logs

from bot.slack.intake import Intake, fingerprint_of
from bot.store import Database

PASSWORD = "Sommer" + "-2026!"


def message(**changes: object) -> dict[str, object]:
    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "help", "ts": "1.0"}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {**event, **changes}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (message(), message() | {"event_id": "Ev2"}),
        (message(), message(type="app_mention")),
        (
            message(subtype="message_deleted", deleted_ts="1.0"),
            message(subtype="message_deleted", deleted_ts="1.0", ts="9.9"),
        ),
    ],
    ids=["another event id", "mention and message", "two notices of one deletion"],
)
def test_the_same_thing_has_the_same_fingerprint(one: dict[str, object], other: dict[str, object]) -> None:
    assert fingerprint_of("events_api", one) == fingerprint_of("events_api", other)


@pytest.mark.parametrize(
    "other",
    [
        message(ts="2.0"),
        message(channel="C2"),
        message() | {"team_id": "T2"},
        message(subtype="message_deleted", deleted_ts="1.0"),
    ],
    ids=["another message", "another channel", "another team", "its deletion"],
)
def test_different_things_differ(other: dict[str, object]) -> None:
    assert fingerprint_of("events_api", message()) != fingerprint_of("events_api", other)


def test_two_edits_of_one_message_are_two_things() -> None:
    def edit(when: str) -> dict[str, object]:
        return message(subtype="message_changed", message={"ts": "1.0", "text": "x", "edited": {"ts": when}})

    assert fingerprint_of("events_api", edit("5.0")) != fingerprint_of("events_api", edit("6.0"))


def kept(tmp_path: Path, payload: dict[str, object], kind: str = "events_api") -> dict[str, object]:
    store = Database(tmp_path / "desk.db")
    Intake(store).accept(kind, payload)
    store.close()
    with sqlite3.connect(tmp_path / "desk.db") as conn:
        (text,) = conn.execute("SELECT payload FROM inbox").fetchone()
    conn.close()
    found: dict[str, object] = json.loads(text)
    return found


def test_a_secret_is_gone_before_anything_is_written(tmp_path: Path) -> None:
    blocks = [{"type": "rich_text", "elements": [{"text": PASSWORD}]}]

    found = json.dumps(kept(tmp_path, message(text=f"my password is {PASSWORD}", blocks=blocks)))

    assert PASSWORD not in found
    assert "password removed" in found


def test_ids_and_times_survive_the_scrubbing(tmp_path: Path) -> None:
    event = kept(tmp_path, message(ts="1795300060.908260", thread_ts="1795300000.000100"))["event"]

    assert event == message(ts="1795300060.908260", thread_ts="1795300000.000100")["event"]


def test_a_lone_surrogate_cannot_stop_the_desk(tmp_path: Path) -> None:
    event = kept(tmp_path, message(text="broken \ud800 emoji"))["event"]

    assert event["text"] == "broken ? emoji"  # type: ignore[index]


def test_words_in_a_dialog_are_scrubbed_too(tmp_path: Path) -> None:
    view = {"id": "V1", "hash": "h", "state": {"values": {"reply": {"text": {"value": f"password: {PASSWORD}"}}}}}

    found = kept(tmp_path, {"type": "view_submission", "view": view, "user": {"id": "U1"}}, "interactive")

    assert PASSWORD not in json.dumps(found)


def test_words_that_a_dialog_was_opened_with_are_not_kept(tmp_path: Path) -> None:
    element = {"type": "plain_text_input", "action_id": "text", "initial_value": f"password: {PASSWORD}"}
    view = {"id": "V1", "hash": "h", "blocks": [{"type": "input", "element": element}], "state": {"values": {}}}

    found = kept(tmp_path, {"type": "view_submission", "view": view, "user": {"id": "U1"}}, "interactive")

    assert PASSWORD not in json.dumps(found)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("slash_commands", {"trigger_id": "1.2.a", "text": f"my password is {PASSWORD}"}),
        ("events_api", message(files=[{"id": "F1", "name": f"password: {PASSWORD}.png", "permalink": PASSWORD}])),
        (
            "events_api",
            message(subtype="message_changed", message={"ts": "1.0", "text": f"my password is {PASSWORD}"}),
        ),
        ("interactive", {"type": "block_suggestion", "action_id": "x", "value": f"my password is {PASSWORD}"}),
    ],
    ids=["a command", "a file's name", "an edit", "a search"],
)
def test_a_secret_is_kept_wherever_people_may_write_it_nowhere(
    tmp_path: Path, kind: str, payload: dict[str, object]
) -> None:
    assert PASSWORD not in json.dumps(kept(tmp_path, payload, kind))


def test_what_the_desk_wrote_itself_comes_back_as_it_was(tmp_path: Path) -> None:
    ours = f"7|password: {PASSWORD}"
    choice = {"type": "static_select", "selected_option": {"value": ours}}
    click = {
        "type": "block_actions",
        "user": {"id": "U1", "name": ours},
        "actions": [{"action_id": "solved", "action_ts": "9.9", "value": ours}],
        "state": {"values": {"block": {"reroute": choice}}},
    }

    assert kept(tmp_path, click, "interactive") == click


UNKNOWN = (
    ("interactive", {"type": "block_suggestion", "user": {"id": "U1"}, "action_id": "x"}),
    ("interactive", {"type": "block_actions", "actions": [{"action_id": "solved"}]}),
    ("interactive", {"type": "view_closed", "view": None}),
    ("events_api", {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1}),
    ("events_api", {"type": "event_callback", "event": {"type": "app_uninstalled"}}),
    ("events_api", message(ts=None, subtype="message_changed")),
    ("slash_commands", {"command": "/triage", "text": None}),
    ("interactive", {}),
)


@pytest.mark.parametrize(("kind", "payload"), UNKNOWN)
def test_what_the_desk_does_not_know_is_kept_once_like_everything_else(
    tmp_path: Path, kind: str, payload: dict[str, object]
) -> None:
    store = Database(tmp_path / "desk.db")
    intake = Intake(store)

    assert [intake.accept(kind, payload), intake.accept(kind, payload)] == [True, False]
    assert intake.accept(kind, payload | {"team_id": "T9"})
    store.close()


class Closed(BaseSocketModeClient):
    """A connection that is gone when it is to be answered on."""

    def __init__(self) -> None: ...

    def send_message(self, message: str) -> None:
        raise SlackClientNotConnectedError("gone")


def test_a_connection_that_closes_before_the_acknowledgement_is_no_alarm(tmp_path: Path) -> None:
    store = Database(tmp_path / "desk.db")
    with capture_logs() as logged:
        Intake(store).on_socket(Closed(), SocketModeRequest("events_api", "E1", message()))

    assert [line for line in logged if line["log_level"] != "info"] == []
    with store.reading() as unit:
        assert unit.inbox.count("waiting") == 1
    store.close()
