"""What goes wrong around one post or one delivery: the store fails, Slack refuses, clocks disagree, the desk dies.

Sender and worker are stepped by hand, and what the store refuses is refused by a trigger in the real file.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.app import Desk, build_desk
from bot.demo import manifest, settings_for
from bot.slack.connection import build_client
from bot.slack.sender import ATTEMPTS_CAP, Sender, _backoff, seconds_to_rest
from bot.store import Database, Post, Sendable, Transaction
from bot.workspace.server import Running, serve
from bot.workspace.state import Workspace
from tests.office import HELP, small_advisor
from tests.repairs import Patience


class Clock:
    """The desk's time: it starts `off` by so many seconds, and a test moves it."""

    def __init__(self, off: float = 0.0) -> None:
        self.off = off

    def __call__(self) -> float:
        return time.time() + self.off


@dataclass
class PostRoom:
    """A sender that is stepped by hand, and what it gives up."""

    running: Running
    store: Database
    clock: Clock
    sender: Sender = field(init=False)
    given_up: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        client = build_client(settings_for(self.running, self.store.path.parent))
        self.sender = Sender(self.store, client, self.undelivered)

    def undelivered(self, unit: Transaction, row: Sendable, error: str) -> None:
        self.given_up.append((row.purpose, error))

    def writes(self, text: str, where: str = HELP, *, purpose: str = "answer", thread: str | None = None) -> None:
        channel = self.running.workspace.channel(where).id
        with self.store.transaction() as unit:
            unit.outbox.add(Post(purpose, channel, {"text": text}, thread=thread), None)

    def sends(self) -> list[str]:
        """Everything that may go; what has failed waits a minute at most."""
        while self.sender.send():
            self.clock.off += 61
        return self.seen()

    def seen(self, where: str = HELP) -> list[str]:
        log = self.running.workspace.logs[self.running.workspace.channel(where).id]
        return [each.text for each in log if each.by_app]

    def count(self, state: str) -> int:
        with self.store.reading() as unit:
            return unit.outbox.count(state)


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Workspace(manifest())) as opened:
        yield opened


@pytest.fixture
def office(running: Running, tmp_path: Path) -> Iterator[PostRoom]:
    clock = Clock()
    store = Database(tmp_path / "desk.db", now=clock)
    yield PostRoom(running, store, clock)
    store.close()


# -- the store fails ---------------------------------------------------------------------------------------------------


def refuses(store: Database, table: str, *states: str) -> None:
    """From now on no row of the table gets one of these states."""
    listed = ", ".join(f"'{state}'" for state in states)
    with contextlib.closing(sqlite3.connect(store.path)) as db:
        db.execute(
            f"CREATE TRIGGER refusing BEFORE UPDATE ON {table} WHEN NEW.state IN ({listed}) "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )


def works_again(store: Database) -> None:
    with contextlib.closing(sqlite3.connect(store.path)) as db:
        db.execute("DROP TRIGGER refusing")


@pytest.mark.parametrize("refused", [["sent"], ["sent", "waiting"]], ids=["once", "for a while"])
def test_a_post_that_could_not_be_noted_is_noted_when_the_store_works_again(
    office: PostRoom, refused: list[str]
) -> None:
    office.writes("hello")
    refuses(office.store, "outbox", *refused)
    office.sender._stopping = Patience(lambda: works_again(office.store))
    office.sender.send()
    if len(refused) == 1:
        works_again(office.store)

    office.clock.off += 2
    assert office.sends() == ["hello"]
    assert (office.count("sent"), office.count("sending")) == (1, 0)


@pytest.fixture
def desk(running: Running, tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(settings_for(running, tmp_path), small_advisor())
    yield built
    built.store.close()
    built.lock.close()


def test_a_delivery_that_could_not_be_ended_comes_back(desk: Desk) -> None:
    desk.intake.accept("events_api", {"type": "event_callback", "event_id": "E1", "event": {"type": "message"}})
    refuses(desk.store, "inbox", "done", "waiting")
    desk.worker._stopping = Patience(lambda: works_again(desk.store))
    desk.worker.work()

    with desk.store.reading() as unit:
        assert (unit.inbox.count("waiting"), unit.inbox.count("working")) == (1, 0)


def test_a_delivery_about_which_nobody_can_even_be_told_waits_for_an_operator(desk: Desk) -> None:
    clock = desk.store.now = Clock()
    without_ts = {"type": "message", "user": "U1", "channel": desk.rooms.help[0], "channel_type": "channel"}
    desk.intake.accept("events_api", {"type": "event_callback", "event_id": "E1", "event": without_ts})
    while desk.worker.work():
        clock.off += 61

    with desk.store.reading() as unit:
        assert unit.inbox.count("dead") == 1


def test_looking_for_work_waits_for_nobody_who_writes(office: PostRoom) -> None:
    with contextlib.closing(sqlite3.connect(office.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert office.sender.send() is False


# -- Slack refuses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["account_inactive", "is_archived", "an_error_that_is_new"])
def test_what_slack_will_say_again_is_given_up_and_the_conversation_goes_on(office: PostRoom, error: str) -> None:
    office.running.faults.fail("chat.postMessage", error)
    office.writes("refused")
    office.writes("next")

    assert office.sends() == ["next"]
    assert office.given_up == [("answer", error)]


@pytest.mark.parametrize("error", ["internal_error", "service_unavailable", "team_added_to_org"])
def test_what_slack_says_in_passing_is_tried_again_in_order(office: PostRoom, error: str) -> None:
    office.running.faults.fail("chat.postMessage", error, times=20)
    office.writes("first")
    office.writes("second")

    assert office.sends() == ["first", "second"]
    assert office.given_up == []


def test_an_outage_may_last_about_a_day() -> None:
    waited = sum(_backoff(attempt) for attempt in range(1, ATTEMPTS_CAP + 1))

    assert waited == pytest.approx(24 * 3_600, rel=0.01)


def test_a_page_that_is_not_slacks_is_no_refusal(office: PostRoom) -> None:
    office.running.faults.break_down("chat.postMessage", 403)
    office.writes("hello")

    assert office.sends() == ["hello"]


def test_a_post_that_cannot_be_made_at_all_holds_nothing_up(office: PostRoom) -> None:
    channel = office.running.workspace.channel(HELP).id
    with office.store.transaction() as unit:
        unit.outbox.add(Post("answer", channel, {"text": "x", "channel": "an argument too many"}), None)
    office.writes("next")

    assert office.sends() == ["next"]
    assert [purpose for purpose, _ in office.given_up] == ["answer"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 1.0),
        ({"Retry-After": "nan"}, 1.0),
        ({"Retry-After": "-5"}, 1.0),
        ({"Retry-After": "0"}, 1.0),
        ({}, 1.0),
    ],
)
def test_how_long_slack_wants_us_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert seconds_to_rest(headers) == seconds


# -- the desk dies ----------------------------------------------------------------------------------------------------


def test_a_post_is_given_up_only_together_with_what_follows_from_it(office: PostRoom) -> None:
    def dies(unit: Transaction, row: Sendable, error: str) -> None:
        unit.outbox.add(Post("alarm", row.channel, {"text": "lost"}), None)
        raise RuntimeError("the power fails here")

    office.sender.undelivered = dies
    office.running.faults.fail("chat.postMessage", "is_archived", times=2)
    office.writes("refused")
    office.sender.send()
    assert (office.count("dead"), office.count("waiting")) == (0, 1)

    office.sender.undelivered = office.undelivered
    office.clock.off += 61
    assert office.sends() == []
    assert office.given_up == [("answer", "is_archived")]


def test_nobody_is_alarmed_about_a_lost_alarm(office: PostRoom) -> None:
    office.running.faults.fail("chat.postMessage", "is_archived")
    office.writes("lost", purpose="alarm")

    assert office.sends() == []
    assert (office.given_up, office.count("dead")) == ([], 1)


# -- clocks disagree --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [-86_400, 600, 86_400], ids=["a day slow", "ten minutes fast", "a day fast"])
@pytest.mark.parametrize("place", ["a thread", "a channel", "a channel where the desk has spoken"])
def test_a_lost_answer_is_looked_up_however_wrong_our_clock_is(office: PostRoom, off: float, place: str) -> None:
    office.clock.off = off
    thread = office.running.workspace.say("ana", HELP, "hello") if place == "a thread" else None
    if place == "a channel where the desk has spoken":
        office.writes("earlier")
        office.sends()
    office.running.faults.swallow("chat.postMessage")
    office.writes("once", thread=thread)

    assert office.sends().count("once") == 1


def test_no_whole_history_is_read_to_look_for_a_post(office: PostRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.sender.PAGE", 2)
    monkeypatch.setattr("bot.slack.sender.FAR_BACK", 4)
    for number in range(9):
        office.running.workspace.say("ana", HELP, f"message {number}")
    with office.store.transaction() as unit:
        unit.outbox.add(Post("answer", office.running.workspace.channel(HELP).id, {"text": "x"}), None)
        row = unit.outbox.take()
    assert row

    assert [each["text"] for each in office.sender._where_it_would_be(row)] == [f"message {n}" for n in (8, 7, 6, 5)]
