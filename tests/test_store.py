"""The store's promises: each thing once, in order, all or nothing, from many threads."""

import threading
from pathlib import Path

import pytest

from bot.cases import Case, State
from bot.store import Database, Post
from bot.store.cases import Said, StaleCase
from bot.store.inbox import ATTEMPTS_CAP


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
    for _ in range(ATTEMPTS_CAP - 1):
        with store.transaction() as unit:
            delivery = unit.inbox.take()
            assert delivery
            unit.inbox.put_back(delivery, "it failed")
        clock.at += 60

    with store.transaction() as unit:
        last = unit.inbox.take()

    assert last
    assert last.last_try


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
        unit.outbox.add(Post("answer", "C2", {"text": "unsaid"}), case.id)
        unit.outbox.take()

        assert unit.outbox.cancel_unsent(case.id) == 1


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
