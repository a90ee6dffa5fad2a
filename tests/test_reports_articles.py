"""What people's verdicts do to articles, and what people ask for that no article solves."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import DELETED, Case
from bot.reports.gaps import Unsolved, gaps_in, unsolved
from bot.reports.reading import read_only
from bot.reports.verdicts import COUNTED_EVERY, Experience, count_votes
from bot.store import Database
from knowledge_base.worth import FAILING_VOTES, LEAST, MOST, Votes, failing, worth

WEEK = 7 * 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = Database(tmp_path / "desk.db", now=lambda: WEEK)
    yield store
    store.close()


def told(store: Database, who: str, *events: tuple[str, str], words: str = "it is slow") -> int:
    """One case of one person, with (action, article) of each event; its number."""
    with store.transaction() as unit:
        ts = f"{unit.cases.count()}.0"
        case = unit.cases.open(Case(0, "T1", "C1", ts, None, who, words))
        assert case is not None
        for action, article in events:
            unit.cases.note(case.id, who, action, article=article)
    return case.id


def votes(store: Database, **since: float) -> dict[str, Votes]:
    with store.reading() as unit:
        return count_votes(unit.conn, since)


def test_each_person_counts_once_for_an_article_with_their_latest_word(store: Database) -> None:
    told(store, "ana", ("answered", "a"), ("not solved", "a"), ("answered", "b"), ("solved", "b"))
    told(store, "ana", ("answered", "a"), ("solved", "a"))
    told(store, "omar", ("answered", "a"), ("not solved", "a"))

    assert votes(store) == {"a": Votes(3, 1, 1), "b": Votes(1, 1, 0)}


def test_what_was_solved_and_came_back_is_no_help(store: Database) -> None:
    told(store, "ana", ("answered", "a"), ("solved", "a"), ("reopened", "a"))

    assert votes(store) == {"a": Votes(1, 0, 1)}


def test_silence_is_no_verdict(store: Database) -> None:
    told(store, "ana", ("answered", "a"))

    assert votes(store) == {"a": Votes(1, 0, 0)}
    assert worth(votes(store)) == {}


def test_what_was_said_of_an_older_text_is_left_out(store: Database) -> None:
    told(store, "ana", ("answered", "a"), ("not solved", "a"))

    assert votes(store, a=WEEK + 1) == {}
    assert votes(store, a=WEEK - 1) == {"a": Votes(1, 0, 1)}


def test_the_count_takes_the_index_and_not_the_whole_audit(store: Database) -> None:
    statements: list[str] = []
    with store.reading() as unit:
        unit.conn.set_trace_callback(statements.append)
        count_votes(unit.conn)
        unit.conn.set_trace_callback(None)
        plan = [row["detail"] for row in unit.conn.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]

    assert any("audit_verdicts" in step for step in plan), plan


def test_verdicts_are_counted_again_after_an_hour(store: Database) -> None:
    now = [0.0]
    experience = Experience(store, {}, clock=lambda: now[0])
    before = experience()
    told(store, "ana", ("answered", "a"), ("solved", "a"))
    now[0] = COUNTED_EVERY - 1
    still = experience()
    now[0] = COUNTED_EVERY + 1

    assert (before, still) == ({}, {})
    assert set(experience()) == {"a"}


counts = st.builds(Votes, st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))


@given(st.dictionaries(st.sampled_from("abcdef"), counts))
def test_no_verdicts_move_an_article_beyond_the_bounds(all_votes: dict[str, Votes]) -> None:
    assert all(LEAST <= factor <= MOST for factor in worth(all_votes).values())


@given(st.dictionaries(st.sampled_from("abcde"), counts, min_size=1), st.booleans())
def test_one_person_moves_an_article_by_a_twentieth_at_most(all_votes: dict[str, Votes], solved: bool) -> None:
    one = Votes(1, int(solved), int(not solved))
    factor = worth({**all_votes, "new": one})["new"]

    assert 0.95 <= factor <= 1.05


@given(st.integers(0, 100), st.integers(0, 100))
def test_another_solved_never_lowers_and_another_not_solved_never_raises(solved: int, not_solved: int) -> None:
    others = {"b": Votes(100, 50, 50)}

    def of(each: Votes) -> float:
        return worth({"a": each, **others}).get("a", 1.0)

    assert of(Votes(0, solved + 1, not_solved)) >= of(Votes(0, solved, not_solved)) - 1e-9
    assert of(Votes(0, solved, not_solved + 1)) <= of(Votes(0, solved, not_solved)) + 1e-9


def test_an_article_fails_only_when_enough_people_said_so() -> None:
    others = {f"fine-{number}": Votes(50, 30, 20) for number in range(5)}

    assert failing({**others, "bad": Votes(9, 0, FAILING_VOTES - 1)}) == []
    assert failing({**others, "bad": Votes(30, 2, 28), "worse": Votes(30, 0, 30)}) == ["worse", "bad"]


REQUESTS = (
    ("outlook", "my delegate cannot accept meetings in my calendar"),
    ("outlook", "delegate can not accept a meeting for me, calendar rights?"),
    ("outlook", "how do I print a calendar with two weeks on one page"),
    ("printing", "my delegate cannot accept meetings in my calendar"),
)


def requests() -> list[Unsolved]:
    return [Unsolved(number, category, words, f"U{number}") for number, (category, words) in enumerate(REQUESTS)]


def test_like_requests_make_one_gap_and_those_of_most_people_come_first() -> None:
    first, *others = gaps_in(requests())

    assert (first.category, first.people, first.cases) == ("outlook", 2, (0, 1))
    assert "delegate" in first.words
    assert first.example == "my delegate cannot accept meetings in my calendar"
    assert [gap.cases for gap in others] == [(2,), (3,)]


def test_one_person_who_asks_often_is_one_person() -> None:
    same = [Unsolved(number, "outlook", "calendar of my delegate", "U1") for number in range(5)]

    assert [(gap.people, len(gap.cases)) for gap in gaps_in(same)] == [(1, 5)]


def test_no_requests_leave_no_gap() -> None:
    assert gaps_in([]) == []
    assert [gap.example for gap in gaps_in([Unsolved(1, "unclear", "", "U1")])] == [""]


def test_only_what_ended_with_people_is_a_gap_and_nobody_is_named(store: Database) -> None:
    told(store, "ana", ("answered", "a"))
    number = told(store, "omar", words="mail me at omar.haddad@example.com about the fax")
    with store.transaction() as unit:
        case = unit.cases.get(number)
        assert case is not None
        unit.cases.keep(case.handed_off("service-desk", "card"), was=case)

    with read_only(store.path) as conn:
        [found] = unsolved(conn, since=0.0)
        none = unsolved(conn, since=2 * WEEK)

    assert found.case == number
    assert "omar.haddad" not in found.words
    assert none == []


@pytest.mark.parametrize(
    "changes", [{"tier": 3}, {"category": "other", "confidence": 0.7}, {"words": " "}, {"words": DELETED}]
)
def test_what_no_article_should_solve_is_no_gap(store: Database, changes: dict[str, object]) -> None:
    number = told(store, "omar", words="the fax swallows paper")
    with store.transaction() as unit:
        case = unit.cases.get(number)
        assert case is not None
        unit.cases.keep(replace(case.handed_off("service-desk", "card"), **changes), was=case)

    with read_only(store.path) as conn:
        assert unsolved(conn, since=0.0) == []


def test_marks_of_hidden_data_are_no_words() -> None:
    alike = gaps_in(
        [Unsolved(1, "network", "[phone hidden] vpn", "a"), Unsolved(2, "network", "[phone hidden] wifi", "b")]
    )

    assert [gap.words for gap in alike] == [("vpn",), ("wifi",)]


def test_a_database_is_read_without_leaving_anything_beside_it(store: Database) -> None:
    told(store, "ana")
    path = store.path
    store.close()
    before = sorted(path.parent.iterdir())

    with read_only(path) as conn, pytest.raises(sqlite3.OperationalError, match="readonly"):
        conn.execute("DELETE FROM cases")

    assert sorted(path.parent.iterdir()) == before
