"""Trying changed articles on past requests: what would be answered otherwise, and for whom that is worse."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases import Case
from bot.replaying import Changed, Effect, answered_by, as_recorded, in_words, replay
from bot.reports.past import Past, past_requests
from bot.reports.reading import read_only
from bot.store import Database
from knowledge_base.search import Library
from tests.office import ARTICLES, small_advisor

PASSWORD, SEARCH = "outlook-password-prompt", "outlook-search"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = Database(tmp_path / "desk.db", now=lambda: 1_000.0)
    yield store
    store.close()


def past(store: Database, words: str, *events: tuple[str, str]) -> None:
    with store.transaction() as unit:
        case = unit.cases.open(Case(0, "T1", "C1", f"{unit.cases.count()}.0", None, "ana", words))
        assert case is not None
        for action, article in events:
            unit.cases.note(case.id, "ana", action, article=article)


def test_past_requests_come_with_what_was_answered_and_how_it_went(store: Database) -> None:
    past(store, "one", ("answered", "a"), ("not solved", "a"), ("answered", "b"), ("solved", "b"))
    past(store, "two")

    with read_only(store.path) as conn:
        first, second = past_requests(conn, since=0)
        later = past_requests(conn, since=2_000)

    assert first == Past(1, "one", answered="a", solved="b", refused={"a"})
    assert second == Past(2, "two")
    assert later == []


def test_an_article_that_came_after_a_question_was_not_the_first_answer(store: Database) -> None:
    past(store, "one", ("asked", ""), ("answered", "a"), ("solved", "a"), ("reopened", ""))

    with read_only(store.path) as conn:
        [found] = past_requests(conn, since=0)

    assert (found.answered, found.solved, found.refused) == (None, None, {"a"})


@pytest.mark.parametrize(
    ("request_", "before", "after", "effect"),
    [
        (Past(1, "x", "a", solved="a"), "a", None, Effect.LOST),
        (Past(1, "x", "a", solved="a"), "a", "b", Effect.LOST),
        (Past(1, "x", "a", solved="b", refused={"a"}), "a", "b", Effect.FOUND),
        (Past(1, "x", "a", refused={"a"}), "a", "b", Effect.AVOIDED),
        (Past(1, "x", "a", refused={"b"}), "a", "b", Effect.REPEATED),
        (Past(1, "x"), None, "b", Effect.ANSWERED),
        (Past(1, "x", "a"), "a", None, Effect.PASSED_ON),
        (Past(1, "x", "a"), "a", "b", Effect.OTHER),
    ],
)
def test_each_change_says_what_it_means_for_the_person(
    request_: Past, before: str | None, after: str | None, effect: Effect
) -> None:
    [changed] = replay([request_], lambda _: before, lambda _: after)

    assert changed.effect is effect


def test_what_stays_as_it_is_is_not_told() -> None:
    assert replay([Past(1, "x", "a")], as_recorded, lambda _: "a") == []
    assert in_words([], of=3) == "Nothing would change for any of 3 past requests."


def test_a_retired_article_shows_up_as_a_loss_for_those_it_helped() -> None:
    advisor = small_advisor()
    without = replace(advisor, library=Library([each for each in ARTICLES if each.id != PASSWORD]))
    requests = [
        Past(1, "outlook keeps asking for my password", PASSWORD, solved=PASSWORD),
        Past(2, "search in outlook is empty", SEARCH, solved=SEARCH),
    ]

    [changed] = replay(requests, answered_by(advisor), answered_by(without))

    assert (changed.case, changed.before, changed.effect) == (1, PASSWORD, Effect.LOST)


def test_the_summary_tells_what_gets_worse_first_and_names_nobody() -> None:
    changed = [
        Changed(1, "ask ana.ribeiro@example.com", "a", "b", Effect.OTHER),
        Changed(2, "it is slow", "a", None, Effect.LOST),
    ]

    told = in_words(changed, of=1_200).splitlines()

    assert told[0] == "2 of 1,200 past requests would be answered otherwise:"
    assert told[1] == "  1 would not get the article that solved it"
    assert told[4] == "case 2: a → a person   it is slow"
    assert "ana.ribeiro" not in "\n".join(told)
    assert "ana.ribeiro" not in str([each.as_json() for each in changed])
