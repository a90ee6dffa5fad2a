"""The store's promises: each thing once, in order, all or nothing, from many threads."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases import Case, State
from bot.store import Database, Post, Transaction
from bot.store.cases import Said, StaleCase
from bot.store.inbox import FAILURES_CAP, STARTS_CAP
from bot.store.outbox import CLAIM, NEXT, NEXT_AT, Method
from tests.repairs import Patience


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock):  # type: ignore[no-untyped-def]
    database = Database(tmp_path / "desk.db", now=clock)
    yield database
    database.close()


def new_case(ts: str = "1.0") -> Case:
    return Case(id=0, team="T1", channel="C1", ts=ts, thread=ts, reporter="U1", words="outlook is slow")


def test_the_same_thing_delivered_twice_is_kept_once(store: Database) -> None:
    kept = [store.accept("message:T1:C1:1.0", "events_api", "{}") for _ in range(3)]

    assert kept == [True, False, False]


def test_clicks_are_worked_before_messages_that_came_earlier(store: Database) -> None:
    store.accept("m1", "events_api", "{}")
    store.accept("click", "interactive", "{}", urgent=True)
    store.accept("m2", "events_api", "{}")

    with store.transaction() as unit:
        taken = [unit.inbox.take() for _ in range(4)]

    assert [each.id if each else None for each in taken] == [2, 1, 3, None]


def test_a_delivery_is_done_in_the_same_commit_as_its_work(store: Database) -> None:
    store.accept("m1", "events_api", "{}")
    with store.transaction() as unit:
        delivery = unit.inbox.take()
    assert delivery

    def fails_halfway() -> None:
        with store.transaction(settles=delivery.id) as unit:
            unit.cases.open(new_case())
            raise RuntimeError("the power fails here")

    with pytest.raises(RuntimeError):
        fails_halfway()

    with store.reading() as unit:
        assert (unit.cases.count(), unit.inbox.count("done")) == (0, 0)


def test_a_failed_delivery_comes_back_later_and_only_then(store: Database, clock: Clock) -> None:
    store.accept("m1", "events_api", "{}")
    with store.transaction() as unit:
        first = unit.inbox.take()
        assert first
        unit.inbox.put_back(first, "it failed")
        assert unit.inbox.take() is None

    clock.at += 1
    with store.transaction() as unit:
        again = unit.inbox.take()

    assert again
    assert (again.id, again.attempts, again.last_try) == (first.id, 2, False)


def test_the_last_try_says_so(store: Database, clock: Clock) -> None:
    store.accept("m1", "events_api", "{}")
    for _ in range(FAILURES_CAP - 1):
        with store.transaction() as unit:
            delivery = unit.inbox.take()
            assert delivery
            unit.inbox.put_back(delivery, "it failed")
        clock.at += 60

    with store.transaction() as unit:
        last = unit.inbox.take()

    assert last
    assert last.last_try


def test_restarts_use_up_no_tries_but_what_always_ends_the_process_is_called_deadly(store: Database) -> None:
    store.accept("m1", "events_api", "{}")
    for _ in range(STARTS_CAP):
        with store.transaction() as unit:
            delivery = unit.inbox.take()
        store.recover()
    assert delivery
    assert (delivery.last_try, delivery.is_deadly) == (False, False)

    with store.transaction() as unit:
        deadly = unit.inbox.take()

    assert deadly
    assert deadly.is_deadly


def test_a_report_opens_one_case_however_often_it_arrives(store: Database) -> None:
    with store.transaction() as unit:
        opened = [unit.cases.open(new_case()), unit.cases.open(new_case())]

    assert opened[0] is not None
    assert opened[1] is None


def test_a_case_comes_back_as_it_was_kept(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        moved = case.answered("outlook-search")
        unit.cases.keep(moved, was=case)

    with store.reading() as unit:
        assert unit.cases.get(case.id) == moved


def test_of_two_agents_who_claim_at_once_one_is_too_late(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        waiting = case.handed_off("m365", "card")
        unit.cases.keep(waiting, was=case)
        unit.cases.keep(waiting.claimed_by("U7"), was=waiting)

    with pytest.raises(StaleCase), store.transaction() as unit:
        unit.cases.keep(waiting.claimed_by("U8"), was=waiting)

    with store.reading() as unit:
        kept = unit.cases.get(case.id)
    assert kept
    assert (kept.state, kept.assignee) == (State.CLAIMED, "U7")


def test_posts_of_one_conversation_go_in_order_and_others_do_not_wait(store: Database) -> None:
    with store.transaction() as unit:
        for text, channel in (("first", "C1"), ("second", "C1"), ("elsewhere", "C2")):
            unit.outbox.add(Post("answer", channel, {"text": text}), None)
        taken = [unit.outbox.take(), unit.outbox.take(), unit.outbox.take()]

    assert [row.payload["text"] if row else None for row in taken] == ["first", "elsewhere", None]


def test_a_reply_waits_for_the_message_it_belongs_to_and_learns_its_ts(store: Database) -> None:
    card = Post("card", "C1", {"text": "card"})
    with store.transaction() as unit:
        unit.outbox.add(card, None)
        unit.outbox.add(Post("note", "C1", {"text": "note"}, belongs_to=card.send_id), None)
        first = unit.outbox.take()
        assert first
        assert unit.outbox.take() is None
        unit.outbox.sent(first.id, "7.7")
        reply = unit.outbox.take()

    assert reply
    assert (reply.payload["text"], reply.parent_ts) == ("note", "7.7")


def test_what_belongs_to_a_lost_post_is_lost_with_it_and_does_not_block(store: Database) -> None:
    card = Post("card", "C1", {"text": "card"})
    with store.transaction() as unit:
        unit.outbox.add(card, None)
        unit.outbox.add(Post("note", "C1", {"text": "note"}, belongs_to=card.send_id), None)
        first = unit.outbox.take()
        assert first
        unit.outbox.put_aside(first.id, "channel_not_found")
        unit.outbox.add(Post("late", "C1", {"text": "late"}, belongs_to=card.send_id), None)

    with store.reading() as unit:
        assert (unit.outbox.count("dead"), unit.outbox.count("waiting")) == (3, 0)


def test_nothing_is_said_in_a_channel_that_rests(store: Database) -> None:
    with store.transaction() as unit:
        unit.outbox.add(Post("answer", "C1", {"text": "x"}), None)

        assert unit.outbox.take(resting=["C1"]) is None
        assert unit.outbox.take() is not None


def test_after_a_crash_work_is_waiting_again_and_posts_are_unsure(store: Database) -> None:
    store.accept("m1", "events_api", "{}")
    with store.transaction() as unit:
        unit.outbox.add(Post("answer", "C1", {"text": "x"}), None)
        unit.inbox.take()
        unit.outbox.take()

    store.recover()

    with store.transaction() as unit:
        delivery, post = unit.inbox.take(), unit.outbox.take()
    assert delivery
    assert post
    assert (delivery.attempts, post.attempts, post.unsure) == (2, 2, True)


def test_taking_back_spares_what_may_have_been_said(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        unit.outbox.add(Post("answer", "C1", {"text": "said"}), case.id)
        unit.outbox.take()
        assert unit.outbox.cancel_unsent(case.id) is False
        unit.outbox.add(Post("answer", "C1", {"text": "unsaid"}), case.id)
        assert unit.outbox.cancel_unsent(case.id) is True

        assert (unit.outbox.count("sending"), unit.outbox.count("cancelled")) == (1, 1)


def test_one_kind_of_post_is_taken_back_and_the_others_are_said(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        unit.outbox.add(Post("received", "C1", {"text": "received"}), case.id)
        assert unit.outbox.cancel_unsent(case.id, "answer") is False
        unit.outbox.add(Post("answer", "C1", {"text": "answer"}), case.id)
        assert unit.outbox.cancel_unsent(case.id, "answer") is True

        assert said_next(unit) == "received"


def test_taking_back_what_the_person_would_read_spares_the_agents_card(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        unit.outbox.add(Post("card", "C7", {"text": "card"}), case.id)

        assert unit.outbox.cancel_unsent(case.id) is False


def test_what_belongs_to_a_post_that_was_taken_back_goes_with_it(store: Database) -> None:
    answer = Post("answer", "C1", {"text": "answer"})

    def closing() -> Post:
        return Post("answer-closed", "C1", {"text": "closed"}, method="update", belongs_to=answer.send_id)

    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        unit.outbox.add(answer, case.id)
        unit.outbox.add(closing(), case.id)
        unit.outbox.cancel_unsent(case.id, "answer")
        unit.outbox.add(closing(), case.id)

        assert (unit.outbox.count("cancelled"), unit.outbox.count("waiting")) == (3, 0)


def said_next(unit: Transaction) -> object:
    row = unit.outbox.take()
    return row.payload["text"] if row else None


@pytest.mark.parametrize("method", ["react", "whisper"])
def test_an_emoji_or_a_whisper_that_does_not_get_through_holds_up_no_words(store: Database, method: Method) -> None:
    with store.transaction() as unit:
        unit.outbox.add(Post("passed-on", "C1", {}, method=method), None)
        unit.outbox.add(Post("answer", "C1", {"text": "words"}), None)
        unit.outbox.take()

        assert said_next(unit) == "words"


def test_any_post_of_ours_leads_to_its_case(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        for ts, about in (("5.0", case.id), ("6.0", None)):
            unit.outbox.add(Post("answer", "D1", {"text": "x"}), about)
            row = unit.outbox.take()
            assert row
            unit.outbox.sent(row.id, ts)

        assert unit.outbox.case_of_post("D1", "5.0") == case.id
        assert unit.outbox.case_of_post("D1", "6.0") is None
        assert unit.outbox.case_of_post("D2", "5.0") is None


def test_only_a_row_whose_turn_it_is_says_when_to_look_again(store: Database, clock: Clock) -> None:
    with store.transaction() as unit:
        for text in ("first", "second"):
            unit.outbox.add(Post("answer", "C1", {"text": text}), None)
        first = unit.outbox.take()
        assert first
        assert unit.outbox.next_at() is None
        unit.outbox.put_back(first.id, not_before=clock.at + 60, unsure=True, error="internal_error")

        assert (unit.outbox.is_due(), unit.outbox.next_at()) == (False, clock.at + 60)
        assert unit.outbox.next_at(["C1"]) is None


def test_an_unsure_post_is_looked_for_after_the_last_one_before_it(store: Database) -> None:
    with store.transaction() as unit:
        for text, thread, ts in (("earlier", None, "10.5"), ("in a thread", "3.0", "99.9"), ("unsure", None, None)):
            unit.outbox.add(Post("answer", "C1", {"text": text}, thread=thread), None)
            row = unit.outbox.take()
            assert row
            if ts:
                unit.outbox.sent(row.id, ts)
    store.recover()

    with store.transaction() as unit:
        again = unit.outbox.take()

    assert again
    assert (again.payload["text"], again.after_ts) == ("unsure", "10.5")


@pytest.mark.parametrize("statement", [CLAIM, NEXT, NEXT_AT], ids=["claim", "is due", "next at"])
def test_what_is_sent_already_is_not_read_to_find_what_is_next(store: Database, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(store.path)) as db:
        steps = db.execute(f"EXPLAIN QUERY PLAN {statement}", {"now": 0.0, "resting": "[]"}).fetchall()

    reads = [step for *_, step in steps if step.split()[1] in ("o", "earlier")]
    assert [step.split(" USING ")[-1].split(" (")[0] for step in reads] == ["INDEX outbox_waiting", "INDEX outbox_open"]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else writes, as a backup may."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_change_that_must_be_made_is_made_when_the_store_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_TIMEOUT", 1)
    store = Database(tmp_path / "desk.db")
    with locked(store.path) as other:
        store.insist(lambda unit: unit.outbox.add(Post("answer", "C1", {}), None), Patience(other.rollback))

    with store.reading() as unit:
        assert unit.outbox.count("waiting") == 1
    store.close()


def test_a_desk_that_stops_does_not_wait_for_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_TIMEOUT", 1)
    store = Database(tmp_path / "desk.db")
    stopping = threading.Event()
    stopping.set()
    with locked(store.path):
        store.insist(lambda unit: unit.outbox.add(Post("answer", "C1", {}), None), stopping)

    with store.reading() as unit:
        assert unit.outbox.count("waiting") == 0
    store.close()


def test_words_of_one_message_stand_once_in_the_transcript(store: Database) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(new_case())
        assert case
        said = Said("U1", "person", "still broken", 5.0, ts="2.0")
        added = [unit.cases.add_words(case.id, "C1", said) for _ in range(2)]

        assert added == [True, False]
        assert unit.cases.transcript(case.id) == (said,)


def test_many_threads_write_and_none_is_refused(store: Database) -> None:
    faults: list[Exception] = []

    def write(name: int) -> None:
        try:
            for n in range(50):
                store.accept(f"{name}:{n}", "events_api", "{}")
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.reading() as unit:
        assert (faults, unit.inbox.count("waiting")) == ([], 200)
