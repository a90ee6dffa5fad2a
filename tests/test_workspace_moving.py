"""A clock that can be moved: forward only, seen by everyone at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from typing import Any

import pytest

from bot.workspace import MovableClock, Workspace
from bot.workspace.moving import CannotMove, next_monday, next_morning
from bot.workspace.page_acts import act
from bot.workspace.page_view import view
from tests.workspace_fixtures import MANIFEST, Clock, call

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_clock_that_nobody_moved_shows_real_time() -> None:
    real = Clock()
    clock = MovableClock(real)

    real.pass_(minutes=5)

    assert (clock(), clock.offset) == (NINE + timedelta(minutes=5), timedelta())


def test_a_moved_clock_goes_on_from_where_it_was_moved_to() -> None:
    real = Clock()
    clock = MovableClock(real)

    clock.move(3600)
    real.pass_(minutes=5)
    clock.move(900)

    assert (clock(), clock.offset) == (NINE + timedelta(minutes=80), timedelta(minutes=75))


def test_a_clock_can_be_set_to_a_moment_in_any_zone() -> None:
    clock = MovableClock(Clock())

    clock.set_to(datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=8))))

    assert clock() == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert clock().tzinfo is UTC


@pytest.mark.parametrize("seconds", [0, -1, nan, inf, 400 * 86400])
def test_a_clock_moves_neither_back_nor_beyond_a_year(seconds: float) -> None:
    clock = MovableClock(Clock())

    with pytest.raises(CannotMove, match="only moves forward"):
        clock.move(seconds)

    assert clock() == NINE


@pytest.mark.parametrize("moment", [NINE, NINE - timedelta(seconds=1), NINE + timedelta(days=400)])
def test_a_clock_is_not_set_back_either(moment: datetime) -> None:
    clock = MovableClock(Clock())

    with pytest.raises(CannotMove, match="only moves forward"):
        clock.set_to(moment)

    assert clock() == NINE


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(CannotMove, match="zone"):
        MovableClock(Clock()).set_to(datetime(2027, 1, 1, 9, 0))


def test_a_clock_stands_while_the_machine_s_own_is_set_back() -> None:
    real = Clock()
    clock = MovableClock(real)
    clock.move(60)

    real.pass_(minutes=-10)

    assert clock() == NINE + timedelta(seconds=60)


def test_whoever_watches_looks_at_the_time_after_each_move() -> None:
    clock = MovableClock(Clock())
    seen: list[datetime] = []
    clock.watch(lambda: seen.append(clock()))

    clock.move(60)
    clock.set_to(NINE + timedelta(hours=1))

    assert seen == [NINE + timedelta(minutes=1), NINE + timedelta(hours=1)]


def test_a_move_that_is_refused_wakes_nobody() -> None:
    clock = MovableClock(Clock())
    seen: list[datetime] = []
    clock.watch(lambda: seen.append(clock()))

    with pytest.raises(CannotMove):
        clock.move(-1)

    assert seen == []


# In a workspace


def test_moving_the_clock_tells_the_page_and_stamps_what_is_said_next() -> None:
    clock = MovableClock(Clock())
    workspace = Workspace(MANIFEST, now=clock)
    before = workspace.version

    clock.move(4 * 3600)

    assert workspace.version == before + 1
    assert call(workspace, "chat.postMessage", channel="general", text="later")["ts"] == "1795179600.000000"


# Named goals


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-11-20T08:59:59+00:00", "Europe/Lisbon", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20T09:00:00+00:00", "Europe/Lisbon", "2026-11-21T09:00:00+00:00"),
        ("2026-11-20T20:00:00+00:00", "Asia/Kolkata", "2026-11-21T03:30:00+00:00"),
        ("2026-10-24T10:00:00+00:00", "Europe/Berlin", "2026-10-25T08:00:00+00:00"),  # the night on which summer ends
        ("2026-12-31T23:30:00+00:00", "America/Bogota", "2027-01-01T14:00:00+00:00"),
    ],
)
def test_the_next_morning_is_nine_o_clock_there(now: str, zone: str, morning: str) -> None:
    assert next_morning(datetime.fromisoformat(now), zone) == datetime.fromisoformat(morning)


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        ("2026-11-20T09:00:00+00:00", "Europe/Lisbon", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T08:00:00+00:00", "Europe/Lisbon", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T09:00:00+00:00", "Europe/Lisbon", "2026-11-30T09:00:00+00:00"),
        ("2026-11-22T20:00:00+00:00", "Asia/Manila", "2026-11-23T01:00:00+00:00"),
    ],
)
def test_the_next_monday_begins_at_nine_o_clock_there(now: str, zone: str, monday: str) -> None:
    assert next_monday(datetime.fromisoformat(now), zone) == datetime.fromisoformat(monday)


def moved(workspace: Workspace, **body: object) -> Any:
    return act(workspace, {"as": "priya", "do": "move_clock", **body})


def test_a_visitor_moves_the_clock_by_seconds_or_to_a_goal_in_the_zone_of_whoever_is_played() -> None:
    workspace = Workspace(MANIFEST, now=MovableClock(Clock()))

    assert moved(workspace, seconds=900) == {"ok": True}
    assert workspace.now() == NINE + timedelta(minutes=15)
    assert moved(workspace, to="next_morning") == {"ok": True}
    assert workspace.now() == datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
    assert moved(workspace, to="next_monday") == {"ok": True}
    assert workspace.now() == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert view(workspace, "ana")["clock"] == {"offset": (workspace.now() - NINE).total_seconds()}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"seconds": -60}, "The clock only moves forward, and by a year at most in one step."),
        ({"seconds": "soon"}, "Say by how many seconds, as a number."),
        ({"to": "yesterday"}, "The clock cannot go to 'yesterday'; it can go to: next_morning, next_monday."),
        ({}, "The act 'move_clock' needs 'seconds'."),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_one_sentence(body: dict[str, object], sentence: str) -> None:
    workspace = Workspace(MANIFEST, now=MovableClock(Clock()))

    assert moved(workspace, **body) == {"ok": False, "error": sentence}


def test_real_time_is_not_moved_and_the_page_offers_no_clock() -> None:
    workspace = Workspace(MANIFEST, now=Clock())

    assert moved(workspace, seconds=60) == {
        "ok": False,
        "error": "The time here is real time, and nobody can move it.",
    }
    assert view(workspace, "ana")["clock"] is None


def test_what_the_app_says_that_it_is_doing_ends_when_the_clock_has_passed_it() -> None:
    workspace = Workspace(MANIFEST, now=MovableClock(Clock()))
    im = workspace.channel("@ana").id
    call(workspace, "assistant.threads.setStatus", channel_id=im, thread_ts="1.0", status="is looking that up…")
    assert view(workspace, "ana")["fresh_until"] == NINE.timestamp() + 120

    moved(workspace, seconds=900)

    assert (view(workspace, "ana")["status"], view(workspace, "ana")["fresh_until"]) == ({}, None)
