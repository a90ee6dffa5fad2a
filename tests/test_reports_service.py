"""`triage report`: what the desk's rows say about outcomes, times and quality, and how it is printed."""

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cases import Case, State
from bot.cli.service import report
from bot.reports.reading import read_only
from bot.reports.service import By, CaseRecord, ClockRun, Outcome, Ratio, Review, cases_opened, figures_by, figures_of
from bot.sla import Clock
from bot.slack.forms import REVIEW_FIELDS
from bot.store import Database
from tests.office import Office, clock_at, open_office

MONDAY = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
DAY = 86_400.0


class Desk:
    """A desk's database, filled by its own operations; `at` is the time that they note."""

    def __init__(self, home: Path) -> None:
        self.at = MONDAY
        self.store = Database(home / "desk.db", now=lambda: self.at)

    def opens(self, *actions: str, **fields: Any) -> int:
        """A case with these actions in its audit; its number."""
        with self.store.transaction() as unit:
            case = unit.cases.open(Case(0, "T1", "C1", f"{unit.cases.count()}.0", None, "ana", "it is slow", **fields))
            assert case is not None
            for action in actions:
                unit.cases.note(case.id, "desk", action)
        return case.id

    def ran(self, case: int, kind: Any, minutes: float, of: float, *, running: bool = False, told: float = 0.0) -> None:
        with self.store.transaction() as unit:
            clock = Clock(kind, of * 60, minutes * 60, self.at if running else None, told)
            if running:
                unit.clocks.keep(case, clock)
            else:
                unit.clocks.end(case, clock)

    def reviewed(self, case: int, why: str, **found: str) -> None:
        with self.store.transaction() as unit:
            unit.quality.pick(case, why)
            unit.quality.review(case, "sam", found)

    def records(self, *period: float) -> list[CaseRecord]:
        with self.store.reading() as unit:
            return cases_opened(unit.conn, *period)

    @property
    def record(self) -> CaseRecord:
        """Of the only case."""
        (record,) = self.records()
        return record


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def a_case(state: State = State.RESOLVED, **fields: Any) -> CaseRecord:
    return CaseRecord(MONDAY, state, **fields)


def triage(*args: object) -> Result:
    app = typer.Typer()
    app.command()(report)
    return CliRunner().invoke(app, [*map(str, args)])


# -- what came of a case -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "resolution", "outcome"),
    [
        (State.NEW, "", Outcome.NO_WORD),
        (State.CLARIFYING, "", Outcome.NO_WORD),
        (State.ANSWERED, "", Outcome.NO_WORD),
        (State.SOLVED, "", Outcome.SOLVED),
        (State.WITHDRAWN, "", Outcome.WITHDRAWN),
        (State.WAITING, "", Outcome.OPEN),
        (State.CLAIMED, "", Outcome.OPEN),
        (State.PENDING, "", Outcome.OPEN),
        (State.JOINED, "", Outcome.OPEN),
        (State.RESOLVED, "none", Outcome.RESOLVED),
        (State.CLOSED, "none", Outcome.RESOLVED),
        (State.CLOSED, "", Outcome.NO_WORD),
    ],
)
def test_every_state_has_one_outcome_and_silence_is_never_a_solution(
    desk: Desk, state: State, resolution: str, outcome: Outcome
) -> None:
    desk.opens(state=state, resolution=resolution)

    assert desk.record.outcome is outcome


@given(st.lists(st.tuples(st.sampled_from(State), st.booleans(), st.booleans()), min_size=5))
def test_the_outcomes_add_up_to_all_cases(drawn: list[tuple[State, bool, bool]]) -> None:
    found = figures_of([a_case(state, has_resolution=how, reopened=again) for state, how, again in drawn])

    outcomes = (found.solved, found.resolved, found.open, found.no_word, found.withdrawn)
    assert sum(each.part for each in outcomes) == found.cases == len(drawn)
    assert {each.n for each in outcomes} == {len(drawn)}


def test_reopened_is_of_what_had_ended_once() -> None:
    ended = [a_case(state) for state in (State.SOLVED, State.RESOLVED, State.CLOSED)]
    again = a_case(State.WAITING, reopened=True)
    never = [a_case(state) for state in (State.WAITING, State.ANSWERED, State.WITHDRAWN)]

    assert figures_of([*ended, again, *never]).reopened == Ratio(1, 4)


def test_a_case_solved_by_an_answer_that_came_back_is_with_people(desk: Desk) -> None:
    desk.opens("reported", "answered", "solved", "reopened", state=State.WAITING)

    assert (desk.record.outcome, desk.record.with_people, desk.record.reopened) == (Outcome.OPEN, True, True)


def test_moves_between_queues_are_counted_for_each_case_that_agents_had(desk: Desk) -> None:
    desk.opens("handed over", "claimed", "escalated", "rerouted", "moved by rule", state=State.WAITING)
    desk.opens("handed over", "followed the sun", "followed the sun", "assigned", state=State.WAITING)
    desk.opens("answered", state=State.ANSWERED)

    assert figures_of(desk.records()).bounces == Ratio(3, 2)


# -- times -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "late"), [(0.0, False), (119.9, False), (120.0, False), (120.1, True)])
def test_a_clock_that_ended_at_its_target_was_in_time(desk: Desk, minutes: float, late: bool) -> None:
    desk.ran(desk.opens("handed over", state=State.RESOLVED), "response", minutes, of=120)

    assert desk.record.response == ClockRun(pytest.approx(minutes), ended=True, late=late)


@pytest.mark.parametrize(("told", "late"), [(0.0, False), (0.8, False), (1.0, True)])
def test_a_running_clock_is_late_once_its_breach_was_announced(desk: Desk, told: float, late: bool) -> None:
    desk.ran(desk.opens("handed over", state=State.WAITING), "resolution", 10, of=120, running=True, told=told)

    assert desk.record.resolution == ClockRun(10, ended=False, late=late)
    assert figures_of(desk.records()).resolution.in_time == Ratio(0, int(late))


@pytest.mark.parametrize(
    ("clock", "share", "late"), [("resolution", 1.0, True), ("resolution", 0.8, False), ("response", 1.0, False)]
)
def test_a_breach_that_was_announced_stays_one_whatever_target_or_reopening_came_later(
    desk: Desk, clock: str, share: float, late: bool
) -> None:
    case = desk.opens("handed over", state=State.RESOLVED)
    desk.ran(case, "resolution", 150, of=240)
    with desk.store.transaction() as unit:
        unit.cases.note(case, "desk", "warned", clock=clock, share=share)

    assert desk.record.resolution == ClockRun(150, ended=True, late=late)


def test_each_kind_of_clock_has_its_own_figures(desk: Desk) -> None:
    case = desk.opens("handed over", state=State.RESOLVED)
    desk.ran(case, "response", 30, of=120)
    desk.ran(case, "resolution", 900, of=480)

    found = figures_of(desk.records())
    assert (found.response.late, found.response.in_time) == (0, Ratio(1, 1))
    assert (found.resolution.late, found.resolution.in_time) == (1, Ratio(0, 1))


def test_the_median_and_the_90th_percentile_are_times_that_somebody_waited() -> None:
    clocks = [ClockRun(float(minutes), ended=True, late=False) for minutes in (60, 10, 100, 20, 40, 30, 50, 90, 70, 80)]
    running = ClockRun(5_000.0, ended=False, late=True)
    found = figures_of([a_case(response=clock) for clock in [*clocks, running]]).response

    assert (found.n, found.median, found.p90) == (10, 50.0, 90.0)
    assert (found.in_time, found.late) == (Ratio(10, 11), 1)


def test_a_merged_case_measures_no_end_but_hides_no_breach(desk: Desk) -> None:
    head = desk.opens("handed over", state=State.RESOLVED)
    for minutes in (10, 130):
        desk.ran(desk.opens("handed over", state=State.RESOLVED, part_of=head), "resolution", minutes, of=120)

    found = figures_of(desk.records()).resolution
    assert (found.n, found.in_time, found.late) == (0, Ratio(0, 1), 1)


def test_a_case_closed_for_want_of_an_answer_was_answered_but_not_resolved(desk: Desk) -> None:
    case = desk.opens("handed over", state=State.CLOSED)
    desk.ran(case, "response", 20, of=120)
    desk.ran(case, "resolution", 60, of=480)

    found = figures_of(desk.records())
    assert (found.response.n, found.resolution.n, found.resolution.in_time) == (1, 0, Ratio(0, 0))


# -- quality -----------------------------------------------------------------------------------------------------------


def test_satisfaction_is_of_those_who_rated_and_tells_how_many_were_asked(desk: Desk) -> None:
    cases = [desk.opens(state=State.RESOLVED) for _ in range(7)]
    with desk.store.transaction() as unit:
        for case, score in zip(cases[:-1], (1, 3, 4, 5, 5, None), strict=True):
            unit.quality.ask(case)
            if score:
                unit.quality.rate(case, score)

    found = figures_of(desk.records())
    assert (found.csat, found.asked) == (Ratio(3, 5), 6)


def test_only_what_a_lead_has_read_counts_as_reviewed_and_partly_is_not_yes(desk: Desk) -> None:
    first, second, unread = (desk.opens(state=State.RESOLVED) for _ in range(3))
    desk.reviewed(first, "sample", right="yes", kind="partly", level="yes")
    desk.reviewed(second, "late", right="no", kind="yes", level="no")
    with desk.store.transaction() as unit:
        unit.quality.pick(unread, "sample")

    found = figures_of(desk.records())
    assert (found.reviewed, found.by_lot, found.right, found.kind) == (2, 1, Ratio(1, 2), Ratio(1, 2))


def test_the_leads_form_asks_what_is_counted(desk: Desk) -> None:
    desk.reviewed(desk.opens(), "sample", **dict.fromkeys(REVIEW_FIELDS, "yes"))

    assert desk.record.review == Review(by_lot=True, right="yes", kind="yes", level="yes")


def test_what_tier_1_could_have_solved_is_asked_of_the_higher_tiers_only() -> None:
    reviews = [(1, "yes"), (2, "yes"), (3, "yes"), (3, "no"), (2, "")]
    cases = [a_case(tier=tier, review=Review(by_lot=True, level=level)) for tier, level in reviews]

    assert figures_of(cases).level_1_capable == Ratio(2, 3)


@pytest.mark.parametrize(("ratio", "value"), [(Ratio(0, 0), None), (Ratio(4, 4), None), (Ratio(4, 5), 0.8)])
def test_a_share_of_fewer_than_five_is_not_told(ratio: Ratio, value: float | None) -> None:
    assert ratio.value == value
    assert ratio.as_json() == {"value": value, "n": ratio.n}


# -- periods and groups ------------------------------------------------------------------------------------------------


def test_groups_are_in_order_and_what_no_queue_had_comes_last() -> None:
    queues = (None, "network", "m365", "network")
    found = figures_by([a_case(queue=queue) for queue in queues], By.QUEUE)

    assert {name: figures.cases for name, figures in found.items()} == {"m365": 1, "network": 2, None: 1}
    assert list(found) == ["m365", "network", None]


@pytest.mark.parametrize(
    ("by", "name"), [(By.QUEUE, "m365"), (By.TEAM, "krakow"), (By.CATEGORY, "outlook"), (By.WEEK, "2026-W53")]
)
def test_a_case_belongs_to_one_group(desk: Desk, by: By, name: str) -> None:
    desk.at = datetime(2027, 1, 3, 23, 59, tzinfo=UTC).timestamp()  # the Sunday of the old year's last week
    desk.opens(queue="m365", assigned_team="krakow", category="outlook")

    assert desk.record.group(by) == name


def test_the_last_day_of_a_period_counts_and_the_next_does_not(desk: Desk, tmp_path: Path) -> None:
    for at in (MONDAY - 1, MONDAY, MONDAY + DAY - 1, MONDAY + DAY):
        desk.at = at
        desk.opens(state=State.ANSWERED)

    def counted(*args: str) -> int:
        return int(json.loads(triage("--json", "--home", tmp_path, *args).stdout)["all"]["cases"])

    assert counted("--since", "2026-11-02", "--until", "2026-11-02") == 2
    assert counted("--since", "2026-11-02") == 3
    assert counted("--until", "2026-11-02") == 3
    assert counted() == 4


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def six_answers(desk: Desk) -> None:
    """Four of six people said that the answer helped; one case went to a queue, and was answered late."""
    for state in (State.SOLVED,) * 4 + (State.ANSWERED,):
        desk.opens("answered", state=state, category="outlook")
    last = desk.opens("handed over", "rerouted", state=State.CLAIMED, category="network", queue="network")
    desk.ran(last, "response", 1_300, of=240)


@pytest.mark.usefixtures("six_answers")
def test_the_tables_tell_every_share_with_its_number(tmp_path: Path) -> None:
    heading, outcome, response, *_, legend = triage("--by", "queue", "--home", tmp_path).stdout.split("\n\n")

    assert heading == "6 cases opened since the desk began"
    assert [re.split("  +", line) for line in outcome.splitlines()] == [
        ["Outcome", "cases", "solved without people", "resolved by agents", "open with agents", "no word", "withdrawn"],
        ["network", "1", "n 1", "n 1", "n 1", "n 1", "n 1"],
        ["no queue", "5", "80 % of 5", "0 % of 5", "0 % of 5", "20 % of 5", "0 % of 5"],
        ["all", "6", "67 % of 6", "0 % of 6", "17 % of 6", "17 % of 6", "0 % of 6"],
    ]
    assert re.split("  +", response.splitlines()[-1]) == ["all", "n 1", "n 1", "n 1", "1"]
    assert legend == "Of fewer than 5, only their number n is told.\n"


@pytest.mark.usefixtures("six_answers")
def test_the_json_has_the_same_figures_for_all_and_for_each_group(tmp_path: Path) -> None:
    found = json.loads(triage("--by", "category", "--since", "2026-11-01", "--json", "--home", tmp_path).stdout)
    network, outlook = found["groups"]

    assert (found["since"], found["until"], found["by"]) == ("2026-11-01", None, "category")
    assert found["all"]["solved"] == {"value": 0.667, "n": 6}
    assert (outlook["name"], outlook["solved"], outlook["no_word"]["value"]) == ("outlook", {"value": 0.8, "n": 5}, 0.2)
    assert network["response"] == {
        "n": 1,
        "median_minutes": None,
        "p90_minutes": None,
        "in_time": {"value": None, "n": 1},
        "late": 1,
    }


def test_a_period_without_cases_says_so(desk: Desk, tmp_path: Path) -> None:
    asked = triage("--since", "2026-11-01", "--until", "2026-11-30", "--home", tmp_path)

    assert (asked.stdout, asked.exit_code) == ("No case was opened from 2026-11-01 to 2026-11-30 (UTC).\n", 0)


def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    asked = triage("--since", "2026-11-02", "--until", "2026-11-01", "--home", tmp_path)

    assert asked.exit_code == 2
    assert "the last day is before the first" in asked.stderr


def test_where_no_desk_has_run_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    asked = triage("--home", tmp_path / "empty")

    assert asked.exit_code == 1
    assert asked.stderr.splitlines() == [
        f"There is no database in {tmp_path / 'empty'} yet; run `triage serve`, or name it with --home"
    ]


def test_a_database_of_an_older_version_is_named_with_the_remedy(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "desk.db") as conn:
        conn.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY)")
    conn.close()
    asked = triage("--home", tmp_path)

    assert asked.exit_code == 1
    assert asked.stderr.endswith("is of an older version; `triage serve` brings it up to date when it starts\n")


# -- a real day --------------------------------------------------------------------------------------------------------


def hands_over(office: Office, who: str, ask: str) -> Any:
    """The card of a request of somebody who wants a person."""
    office.says(who, f"{ask}. human please", f"@{who}")
    office.settled()
    office.hears(f"@{who}")
    return office.hears("queue-service-desk")


def test_a_day_at_the_desk_is_told_as_it_was(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-01 09:00")) as office:
        office.says("grace", "printer offline", "@grace")
        office.presses("grace", office.hears("@grace"), "solved")
        office.settled()  # one after the other, so that the cases are numbered as they are named below
        office.says("claire", "outlook search finds nothing in my mailbox", "@claire")
        office.settled()
        card = hands_over(office, "jonas", "printer prints nothing, jobs sit in the queue")
        office.passes(minutes=30)
        office.fills("priya", card, "send_to_user", {"text": "which floor is it?"})
        office.settled()
        office.passes(minutes=20)
        office.resolves("priya", card)
        office.settled()
        slow = hands_over(office, "omar", "wifi drops every few minutes")
        office.passes(hours=3)
        office.escalates("priya", slow)
        office.settled()
        office.reroutes("priya", office.hears("queue-network"), "Service desk")
        office.settled()
        office.says("grace", "still broken", "@grace")
        office.settled()
        with read_only(office.desk.store.path) as conn:
            grace, claire, jonas, omar = cases_opened(conn)

    assert [each.outcome for each in (grace, claire, jonas, omar)] == ["open", "no word", "resolved", "open"]
    assert [each.with_people for each in (grace, claire, jonas, omar)] == [True, False, True, True]
    assert [each.reopened for each in (grace, claire, jonas, omar)] == [True, False, False, False]
    assert jonas.response == ClockRun(pytest.approx(30, abs=1), ended=True, late=False)
    assert jonas.resolution == ClockRun(pytest.approx(50, abs=1), ended=True, late=False)
    assert (omar.queue, omar.moves, omar.response and omar.response.late) == ("service-desk", 2, True)
