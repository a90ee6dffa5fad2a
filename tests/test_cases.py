"""The case and its legal moves."""

import pytest

from bot.cases import IN_WORDS, REOPENS_WITHIN, Case, IllegalMove, State


def case(state: State = State.NEW, **changes: object) -> Case:
    given = {"id": 42, "team": "T1", "channel": "C1", "ts": "1.0", "thread": "1.0", "reporter": "U1", "words": "help"}
    return Case(**{**given, "state": state, **changes})  # type: ignore[arg-type]


def test_a_case_can_be_reopened_for_seven_days_and_not_a_second_longer() -> None:
    ended = case(State.RESOLVED, ended_at=1_000.0)

    assert ended.can_reopen(1_000.0 + REOPENS_WITHIN)
    assert not ended.can_reopen(1_001.0 + REOPENS_WITHIN)
    assert not case(State.CLAIMED).can_reopen(0.0)


def test_a_case_is_not_merged_with_itself_nor_into_one_that_has_ended() -> None:
    with pytest.raises(IllegalMove, match="with itself"):
        case(State.WAITING).joined_to(case(State.WAITING))
    with pytest.raises(IllegalMove, match="Case 9 is resolved by an agent"):
        case(State.WAITING).joined_to(case(State.RESOLVED, id=9))


def test_an_answered_case_remembers_what_was_shown_in_order() -> None:
    tried = case().answered("first").answered("second")

    assert (tried.state, tried.shown, tried.article) == (State.ANSWERED, ("first", "second"), "second")


def test_only_one_question_is_asked() -> None:
    asked = case().clarifying(("outlook",)).answered("first")

    with pytest.raises(IllegalMove, match="had its one question"):
        asked.clarifying(("teams",))


def test_a_claimed_case_names_who_has_it_when_a_second_agent_claims() -> None:
    claimed = case(State.WAITING, queue="m365").claimed_by("U7")

    with pytest.raises(IllegalMove, match="already with <@U7>"):
        claimed.claimed_by("U8")


def test_moving_a_case_frees_it_for_the_next_team() -> None:
    moved = case(State.CLAIMED, queue="m365", assignee="U7").moved_to("onshore", 3, card="c2")

    assert (moved.state, moved.queue, moved.tier, moved.assignee, moved.card) == (
        State.WAITING,
        "onshore",
        3,
        None,
        "c2",
    )


def test_a_case_does_not_move_to_where_it_is() -> None:
    with pytest.raises(IllegalMove, match="in that queue already"):
        case(State.WAITING, queue="m365").moved_to("m365", 2, card="c2")


PEOPLE = {State.WAITING, State.CLAIMED, State.PENDING}
MOVES = {
    "answered": (lambda c: c.answered("a"), {State.NEW, State.CLARIFYING, State.ANSWERED}),
    "clarifying": (lambda c: c.clarifying(("outlook",)), {State.NEW, State.ANSWERED}),
    "solved": (lambda c: c.solved(), {State.ANSWERED}),
    "handed_off": (lambda c: c.handed_off("m365", "c"), {State.NEW, State.CLARIFYING, State.ANSWERED}),
    "claimed_by": (lambda c: c.claimed_by("U7"), {State.WAITING}),
    "unclaimed": (lambda c: c.unclaimed(), {State.CLAIMED, State.PENDING}),
    "assigned_to": (lambda c: c.assigned_to("U9"), PEOPLE),
    "waiting_for_person": (lambda c: c.waiting_for_person(), {State.CLAIMED}),
    "heard_from_person": (lambda c: c.heard_from_person(), {State.PENDING}),
    "moved_to": (lambda c: c.moved_to("onshore", 3, "c"), PEOPLE),
    "joined_to": (lambda c: c.joined_to(case(State.WAITING, id=9)), PEOPLE),
    "parted": (lambda c: c.parted(), {State.JOINED}),
    "ended_with": (lambda c: c.ended_with(case(State.RESOLVED, id=9)), {State.JOINED}),
    "resolved_by": (lambda c: c.resolved_by("U7"), PEOPLE),
    "closed": (lambda c: c.closed(), {State.RESOLVED, State.PENDING}),
    "reopened": (lambda c: c.reopened("c"), {State.SOLVED, State.RESOLVED, State.WITHDRAWN, State.CLOSED}),
    "withdrawn": (lambda c: c.withdrawn(), {State.NEW, State.CLARIFYING, State.ANSWERED}),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", State)
def test_a_move_is_made_or_refused_in_words(move: str, state: State) -> None:
    make, allowed = MOVES[move]

    if state in allowed:
        make(case(state, queue="service-desk"))
    else:
        with pytest.raises(IllegalMove) as refused:
            make(case(state, queue="service-desk", assignee="U1"))
        said = str(refused.value)
        assert IN_WORDS[state] in said or "already with" in said or "Claim it first" in said
