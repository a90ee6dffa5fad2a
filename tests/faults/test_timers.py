"""Any order of requests, clicks, hours and crashes: each clock speaks once, each case ends in words, nobody overhears.

The desk is the real one, stepped by hand instead of by its threads, so that it can die between any two steps.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.cases import WITH_PEOPLE, Case, State
from bot.sla import SHARES
from bot.store.migrations import migrations
from tests.faults.steps import MONDAY, StepByStep, real_steps, stepping

HOUR, DAY = 3_600.0, 86_400.0
PEOPLE = ("ana", "jonas", "grace", "omar")
AGENTS = ("kasia", "sam")
TROUBLES = ("printer prints nothing, jobs sit in the queue", "vpn does not connect from home", "my laptop was stolen")

# Where a case stands after each line of its audit; what is not here leaves it where it was.
AFTER = {
    "reported": State.NEW,
    "asked": State.CLARIFYING,
    "answered": State.ANSWERED,
    "handed over": State.WAITING,
    "claimed": State.CLAIMED,
    "assigned": State.CLAIMED,
    "unclaimed": State.WAITING,
    "escalated": State.WAITING,
    "moved by rule": State.WAITING,
    "waits for the person": State.PENDING,
    "person answered": State.CLAIMED,
    "goes on": State.CLAIMED,
    "merged": State.JOINED,
    "taken out": State.WAITING,
    "resolved": State.RESOLVED,
    "closed": State.CLOSED,
    "reopened": State.WAITING,
}


class DeskAgainstTime(RuleBasedStateMachine):
    """People write, agents act, hours and weeks pass at once, and the process dies anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = StepByStep()
        self.said: dict[str, str] = {}

    # -- what can happen --------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), trouble=st.sampled_from(TROUBLES))
    def somebody_writes(self, who: str, trouble: str) -> None:
        """A request, or an answer where there is one; each with a word of its own."""
        mark = f"badge{len(self.said)}x"
        self.said[mark] = who
        self.desk.says(who, f"{trouble} {mark}, human please, call me at 555-01{len(self.said):02}")

    @rule()
    def the_desk_works(self) -> None:
        self.desk.works()

    @precondition(lambda self: self.desk.cases())
    @rule(
        act=st.sampled_from(
            ["claim", "unclaim", "send_to_user", "ask", "wait", "go_on", "resolve", "escalate", "join"]
        ),
        chance=st.randoms(use_true_random=False),
    )
    def an_agent_acts(self, act: str, chance: random.Random) -> None:
        """Allowed or not: a refusal leaves no trace."""
        case = chance.choice(self.desk.cases())
        click = self.desk.click(case, chance.choice(AGENTS), text="We look at it.")
        desk = self.desk
        match act:
            case "ask":
                desk.agents.send_to_user(desk.click(case, "sam", text="Which one is it?", about="wait"))
            case "join":
                desk.together.merge(desk.click(case, "sam", about=str(chance.choice(desk.cases()).id)))
            case _:
                getattr(desk.agents, act)(click)

    @rule(hours=st.sampled_from([0.1, 1.0, 3.0, 9.0, 30.0, 24.0 * 8]))
    def time_passes(self, hours: float) -> None:
        self.desk.clock.at += hours * HOUR

    @rule()
    def one_thing_is_done_that_is_due(self) -> None:
        self.desk.desk.rounds.tick()

    @rule(before=st.booleans())
    def the_process_dies_at_a_timer(self, before: bool) -> None:
        """Right before the commit of what was due, or right after it."""
        rounds, store = self.desk.desk.rounds, self.desk.desk.store
        if before:
            with contextlib.suppress(KeyboardInterrupt), store.transaction() as unit:
                if timer := unit.timers.take():
                    rounds._kinds[timer.kind](unit, timer)
                raise KeyboardInterrupt
        else:
            rounds.tick()
        self.desk.die()

    @rule(posted=st.booleans())
    def the_process_dies_while_sending(self, posted: bool) -> None:
        with self.desk.desk.store.transaction() as unit:
            row = unit.outbox.take()
        if row and posted and not row.unsure:
            with contextlib.suppress(Exception):  # the answer does not matter to somebody who is dead
                self.desk.desk.sender._call(row)
        self.desk.die()

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def each_share_of_each_clock_is_told_at_most_once(self) -> None:
        assert all(count == 1 for case in self.desk.cases() for count in self.desk.told(case).values())

    @invariant()
    def the_audit_explains_where_each_case_stands(self) -> None:
        for case in self.desk.cases():
            assert (case.id, state_by(self.desk.audit(case))) == (case.id, case.state)

    def teardown(self) -> None:
        try:
            self.in_the_end()
        finally:
            self.desk.close()

    def in_the_end(self) -> None:
        """Nobody acts any more. A month later everybody was warned of everything, and nobody waits for a person."""
        self.desk.works()
        for _ in range(9):  # at another hour each time: whoever only ever looks at night finds nobody at work
            self.desk.clock.at += 3.4 * DAY
            self.desk.works()
        for case in self.desk.cases():
            assert case.state is not State.PENDING
            if case.state in WITH_PEOPLE:
                self.all_was_told(case)
        self.everything_was_said_once()
        self.nobody_overheard()

    def all_was_told(self, case: Case) -> None:
        with self.desk.desk.store.reading() as unit:
            running = unit.clocks.of(case.id)
        assert running
        assert [(case.id, clock.kind, clock.told) for clock in running] == [(case.id, c.kind, 1.0) for c in running]

    def everything_was_said_once(self) -> None:
        rows = self.desk.rows("SELECT send_id FROM outbox WHERE method = 'post' AND state = 'sent'")
        assert self.desk.posts() == Counter(row["send_id"] for row in rows)
        left = "SELECT purpose, error FROM outbox WHERE state NOT IN ('sent', 'cancelled') AND method != 'whisper'"
        assert not self.desk.rows(left)  # a whisper finds nobody where its reader is not in the channel
        assert not self.desk.rows("SELECT key FROM timers JOIN cases ON cases.id = case_id WHERE state = 'closed'")

    def nobody_overheard(self) -> None:
        """Words are read by whoever wrote them and by agents; a telephone number by onshore agents only."""
        workspace, staff = self.desk.workspace, self.desk.desk.staff
        rooms = {staff.room_of(queue): queue for queue in staff.queues}
        for mark, who in self.said.items():
            own = workspace.channel(f"@{who}").id
            read_in = {place for place in workspace.logs if self.stands_in(place, mark)}
            assert read_in <= {own, *rooms}
        offshore = [room for room, queue in rooms.items() if queue.sees == "redacted"]
        assert not [room for room in offshore if self.stands_in(room, "555-01")]

    def stands_in(self, channel: str, words: str) -> bool:
        log = self.desk.workspace.logs[channel]
        return any(words in f"{each.text} {each.blocks}" for each in log if each.by_app)


def state_by(audit: tuple[tuple[str, str, Mapping[str, Any]], ...]) -> State:
    """Where a case stands, as far as its audit tells."""
    state = State.NEW
    for _, action, detail in audit:
        if action == "sent to user":
            state = State.PENDING if detail["waits"] else State.CLAIMED
        state = AFTER.get(action, state)
    return state


TestDeskAgainstTime = DeskAgainstTime.TestCase
TestDeskAgainstTime.settings = real_steps(max_examples=10, stateful_step_count=30)


# -- one case at a time ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk() -> Iterator[StepByStep]:
    with stepping() as opened:
        yield opened


def asks(desk: StepByStep, who: str = "ana", text: str = TROUBLES[0]) -> Case:
    desk.says(who, f"{text} human please")
    desk.works()
    return desk.cases()[-1]


def test_a_question_of_an_agent_gives_the_person_the_whole_time_to_answer_again(desk: StepByStep) -> None:
    case = asks(desk)
    desk.agents.send_to_user(desk.click(case, "kasia", text="Which printer?", about="wait"))
    desk.clock.at += 2.1 * DAY  # they are reminded, and given five more days
    desk.works()
    desk.clock.at += 4 * DAY
    desk.agents.send_to_user(desk.click(case, "kasia", text="Is it the one on floor 2?"))
    desk.clock.at += 1.5 * DAY
    desk.works()

    assert desk.case().state is State.PENDING


def test_a_year_that_passes_at_once_says_each_thing_once_and_comes_to_an_end(desk: StepByStep) -> None:
    case = asks(desk)
    desk.clock.at += 365 * DAY
    desk.works()

    assert desk.told(case) == Counter({(kind, share): 1 for kind in ("response", "resolution") for share in SHARES})
    late = desk.rows("SELECT purpose FROM outbox WHERE purpose IN ('warned', 'late')")
    assert Counter(row["purpose"] for row in late) == {"warned": 2, "late": 2}


def test_a_clock_that_is_set_back_says_nothing_twice_and_forgets_nothing(desk: StepByStep) -> None:
    case = asks(desk)
    desk.clock.at += 1.2 * HOUR  # past half of the two hours
    desk.works()
    desk.clock.at -= HOUR
    desk.die()
    desk.works()
    desk.clock.at += 3 * DAY
    desk.works()

    assert desk.told(case) == Counter({(kind, share): 1 for kind in ("response", "resolution") for share in SHARES})


def test_at_the_end_of_a_shift_each_card_is_brought_up_to_date_in_a_commit_of_its_own(desk: StepByStep) -> None:
    for who in PEOPLE:
        asks(desk, who, TROUBLES[1])
    team = desk.case().assigned_team
    at = desk.rows(f"SELECT due_at FROM timers WHERE kind = 'shift' AND about = '{team}'")[0]["due_at"]
    desk.clock.at = at
    while all(case.assigned_team == team for case in desk.cases()):  # first whatever was due before
        assert desk.desk.rounds.tick()

    cards = "SELECT case_id FROM timers WHERE kind = 'card' ORDER BY case_id"
    assert [row["case_id"] for row in desk.rows(cards)] == [1, 2, 3, 4]

    desk.die()
    desk.works()

    assert desk.rows(cards) == []
    assert len(desk.rows(f"SELECT id FROM outbox WHERE purpose = 'card-changed' AND written_at >= {at}")) >= 4


def test_a_case_that_is_open_since_a_version_without_clocks_gets_them_and_is_not_forgotten() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        old_database(home / "desk.db")
        desk = StepByStep(home=home)
        try:
            desk.works()
            desk.clock.at += 30 * DAY
            desk.works()

            assert [(case.state, case.assigned_team is not None) for case in desk.cases()] == [
                (State.WAITING, True),
                (State.CLAIMED, True),
                (State.RESOLVED, False),
            ]
            assert [len(desk.told(case)) for case in desk.cases()] == [6, 3, 0]  # an agent has written in the second
            assert desk.case(3).can_reopen(MONDAY)
        finally:
            desk.close()


@pytest.mark.parametrize("fault", ["throttle", "break_down", "swallow"])
def test_a_request_by_command_outlives_minutes_in_which_slack_is_away(desk: StepByStep, fault: str) -> None:
    getattr(desk.running.faults, fault)("conversations.open", times=9)  # 1 + 2 + 4 … seconds: five minutes
    command = {"command": "/triage", "text": TROUBLES[0], "trigger_id": "1.2"}
    person = desk.workspace.person("ana").id
    desk.desk.intake.accept("slash_commands", {**command, "user_id": person, "team_id": "T0", "channel_id": "C0"})
    for _ in range(12):
        desk.works()
        desk.clock.at += 60

    assert desk.running.faults.pending == 0
    assert [case.words for case in desk.cases()] == [TROUBLES[0]]


def test_what_was_put_off_is_not_held_up_when_the_clock_is_set_back_by_a_day(desk: StepByStep) -> None:
    desk.running.faults.break_down("chat.postMessage", times=3)
    desk.running.faults.break_down("conversations.open")
    person = desk.workspace.person("ana").id
    command = {"command": "/triage", "text": TROUBLES[0], "trigger_id": "1.2", "user_id": person, "team_id": "T0"}
    desk.desk.intake.accept("slash_commands", command)
    desk.says("jonas", f"{TROUBLES[0]} human please")
    for payload in desk.delivered():
        desk.desk.intake.accept("events_api", payload)
    while desk.desk.worker.work() or desk.desk.sender.send():
        pass
    desk.clock.at -= DAY
    desk.works()

    assert desk.running.faults.pending == 0
    assert sorted(case.reporter for case in desk.cases()) == sorted([person, desk.workspace.person("jonas").id])


def old_database(path: Path) -> None:
    """A database as the version before clocks left it: one case waits, an agent wrote in the next, one is over."""
    db = sqlite3.connect(path)
    migrations.apply(sqlite_utils.Database(db), stop_before="clocks_and_timers")
    for number, state in enumerate(("waiting", "claimed", "resolved"), start=1):
        db.execute(
            "INSERT INTO cases (id, team, channel, ts, reporter, words, state, language, category, confidence, tier, "
            "urgency, queue, assignee, candidates, shown, offered, asked, reasons, model, card, opened_at, changed_at) "
            "VALUES (?, 'T0', 'D0', ?, 'U0', 'no sound', ?, 'en', 'printing', 0.9, 1, 'normal', 'service-desk', ?, "
            "'[]', '[]', '[]', 0, '[]', '', NULL, ?, ?)",
            (number, f"{number}.0", state, None if state == "waiting" else "U0SAM", MONDAY - DAY, MONDAY - DAY),
        )
    db.execute(
        "INSERT INTO messages (case_id, channel, ts, author, role, text, said_at) "
        "VALUES (2, 'D0', 'sent:1', 'U0SAM', 'agent', 'We look at it.', 1)"
    )
    db.commit()
    db.close()
