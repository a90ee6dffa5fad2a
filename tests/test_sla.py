"""Clocks: the life of one case after another by hand, and random lives against a count of minutes."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import ALWAYS, Calendar, holidays_of, together, week_from
from bot.sla import SHARES, Clock, speak_at
from tests.test_calendars import (
    DAY,
    EXACTLY,
    FREE,
    HOUR,
    LENGTHS,
    NIGHTS,
    OFFICE,
    PERIOD,
    QUICKLY,
    THOROUGH,
    Period,
    moment,
    open_minutes,
    periods,
    shown,
)

MANILA = Calendar("Asia/Manila", week_from({"mon-sun": ["06:00-15:00"]}))
PUNE = Calendar("Asia/Kolkata", week_from({"mon-fri": ["09:00-18:00"]}))
KRAKOW = Calendar("Europe/Warsaw", week_from({"mon-fri": ["08:00-17:00"]}), holidays_of("PL"))
RIYADH = Calendar("Asia/Riyadh", week_from({"sun-thu": ["08:00-16:00"]}))
DESK = Calendar("UTC", OFFICE)  # 8 to 12 and 13 to 17


def utc(wall: str) -> float:
    return moment("UTC", wall)


def running(hours: float, since: str) -> Clock:
    return Clock("resolution", hours * HOUR).started(utc(since))


# -- lives of cases ----------------------------------------------------------------------------------------------------


def test_the_clock_of_a_site_in_riyadh_does_not_care_that_its_agent_sits_in_india() -> None:
    clock = Clock("resolution", 10 * HOUR).started(moment("Asia/Kolkata", "2026-03-05 15:30"))

    assert shown("Asia/Riyadh", clock.milestone(RIYADH)) == "Sun 2026-03-08 10:00"
    assert shown("Asia/Riyadh", clock.due(RIYADH)) == "Sun 2026-03-08 15:00"
    assert clock.spent_at(moment("Asia/Kolkata", "2026-03-08 10:30"), RIYADH) == 3 * HOUR


def test_a_case_that_goes_from_manila_to_pune_to_krakow_keeps_what_it_has_used() -> None:
    at_first = Clock("resolution", 8 * HOUR).started(moment("Asia/Manila", "2026-03-06 12:00"))  # a Friday

    in_pune = at_first.moved(moment("Asia/Manila", "2026-03-06 16:00"), MANILA)
    in_krakow = in_pune.moved(moment("Asia/Kolkata", "2026-03-06 15:30"), PUNE)

    assert in_pune.spent == 3 * HOUR
    assert in_krakow.spent == 5 * HOUR
    assert shown("Europe/Warsaw", in_krakow.due(KRAKOW)) == "Fri 2026-03-06 14:00"


def test_a_case_at_rest_over_a_week_end_goes_on_with_what_was_left() -> None:
    at_rest = running(4, "2026-03-06 15:00").paused(utc("2026-03-06 16:00"), DESK)

    again = at_rest.started(utc("2026-03-09 10:00"))

    assert (at_rest.due(DESK), at_rest.milestone(DESK)) == (None, None)
    assert at_rest.spent_at(utc("2026-03-09 09:00"), DESK) == HOUR
    assert shown("UTC", again.due(DESK)) == "Mon 2026-03-09 14:00"


def test_a_case_before_christmas_is_due_after_it() -> None:
    clock = Clock("response", 4 * HOUR).started(moment("Europe/Warsaw", "2026-12-23 15:00"))
    team = replace(KRAKOW, holidays=holidays_of("PL", extra=[date(2026, 12, 24)]))

    assert shown("Europe/Warsaw", clock.due(team)) == "Mon 2026-12-28 10:00"


@pytest.mark.parametrize(
    ("evening", "due"),
    [("2026-03-28 22:00", "Sun 2026-03-29 05:00"), ("2026-10-24 22:00", "Sun 2026-10-25 03:00")],
)
def test_six_hours_of_a_night_shift_are_six_hours_in_the_nights_of_a_clock_change(evening: str, due: str) -> None:
    team = Calendar("Europe/Berlin", NIGHTS)

    assert (
        shown("Europe/Berlin", Clock("resolution", 6 * HOUR, since=moment("Europe/Berlin", evening)).due(team)) == due
    )


def test_a_critical_case_runs_through_the_night() -> None:
    clock = running(0.5, "2026-03-07 03:00")

    assert shown("UTC", clock.due(ALWAYS)) == "Sat 2026-03-07 03:30"
    assert speak_at(utc("2026-03-07 03:30"), ALWAYS) == utc("2026-03-07 03:30")


# -- milestones --------------------------------------------------------------------------------------------------------


def test_the_shares_of_a_target_come_one_after_another_and_each_once() -> None:
    clock, seen = running(10, "2026-03-05 08:00"), []
    for share in SHARES:
        seen.append((clock.next_share(), shown("UTC", clock.milestone(DESK))))
        clock = clock.announced(share)

    assert seen == [(0.5, "Thu 2026-03-05 14:00"), (0.8, "Thu 2026-03-05 17:00"), (1.0, "Fri 2026-03-06 10:00")]
    assert clock.milestone(DESK) is None


def test_a_share_that_is_reached_at_closing_time_is_spoken_of_in_the_morning() -> None:
    clock = running(8, "2026-03-05 03:00").announced(0.8)

    assert shown("UTC", clock.due(DESK)) == "Thu 2026-03-05 17:00"
    assert shown("UTC", speak_at(utc("2026-03-05 17:00"), DESK)) == "Fri 2026-03-06 08:00"
    assert speak_at(utc("2026-03-05 16:59"), DESK) == utc("2026-03-05 16:59")


@pytest.mark.parametrize(
    ("at", "told", "share"),
    [
        ("2026-03-05 12:59", 0.0, None),
        ("2026-03-05 14:00", 0.0, 0.5),
        ("2026-03-05 14:00", 0.5, None),
        ("2026-03-06 07:00", 0.0, 0.8),
        ("2026-03-06 10:00", 0.0, 1.0),
        ("2026-03-09 10:00", 0.8, 1.0),
        ("2026-03-09 10:00", 1.0, None),
    ],
)
def test_after_an_outage_only_the_largest_share_is_told(at: str, told: float, share: float | None) -> None:
    assert running(10, "2026-03-05 08:00").announced(told).share_to_tell(utc(at), DESK) == share


def test_a_share_that_was_told_stays_told() -> None:
    assert Clock("response", 60.0).announced(0.8).announced(0.5).next_share() == 1.0


@pytest.mark.parametrize(
    ("at", "breached"),
    [("2026-03-05 16:59", False), ("2026-03-05 17:00", True), ("2026-03-06 09:00", True)],
)
def test_a_target_is_breached_from_the_moment_at_which_it_is_used_up(at: str, breached: bool) -> None:
    assert running(8, "2026-03-05 08:00").breached(utc(at), DESK) == breached


def test_a_clock_that_was_late_before_it_started_again_is_due_when_it_started() -> None:
    clock = Clock("resolution", HOUR, spent=2 * HOUR).started(utc("2026-03-05 10:00"))

    assert clock.due(DESK) == utc("2026-03-05 10:00")


def test_a_case_of_a_team_that_is_never_at_work_is_never_due_and_nothing_is_said() -> None:
    never = Calendar("UTC", FREE)
    clock = running(1, "2026-03-05 10:00")

    assert (clock.due(never), clock.milestone(never)) == (None, None)
    assert speak_at(utc("2026-03-05 10:00"), never) is None


def test_starting_twice_and_pausing_twice_count_once() -> None:
    clock = running(4, "2026-03-05 08:00")
    at_rest = clock.paused(utc("2026-03-05 09:00"), DESK)

    assert clock.started(utc("2026-03-05 09:00")) == clock
    assert at_rest.paused(utc("2026-03-05 11:00"), DESK) == at_rest
    assert at_rest.moved(utc("2026-03-05 11:00"), DESK) == at_rest


# -- random lives ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """From that minute of the period on, the case is with that team, and its clock runs or rests."""

    minute: int
    team: int
    runs: bool


STEPS = st.lists(st.builds(Step, st.integers(0, PERIOD - 1), st.integers(0, 1), st.booleans()), max_size=12)
SLOWLY = settings(max_examples=15 * THOROUGH, deadline=None)


@SLOWLY
@given(periods(), periods(), STEPS)
def test_a_life_of_pauses_and_moves_counts_the_minutes_at_work_of_whoever_had_the_case(
    period: Period, other: Period, steps: list[Step]
) -> None:
    teams = (period.calendar, other.calendar)
    life = [Step(0, 0, True), *sorted(steps, key=lambda step: step.minute), Step(PERIOD, 0, False)]

    at_work = [open_minutes(team, period.first) for team in teams]
    slow = sum(sum(at_work[now.team][now.minute : then.minute]) for now, then in pairwise(life) if now.runs)

    assert lived(Clock("resolution", HOUR), life, teams, period.begin).spent == 60 * slow


def lived(clock: Clock, life: list[Step], teams: tuple[Calendar, Calendar], begin: float) -> Clock:
    """The clock after all steps, each as the desk takes it: first the move, then the pause or the start."""
    team = teams[life[0].team]
    for step in life:
        at = begin + 60 * step.minute
        clock, team = clock.moved(at, team), teams[step.team]
        clock = clock.started(at) if step.runs else clock.paused(at, team)
    return clock


@QUICKLY
@given(periods(), st.lists(LENGTHS, min_size=1, max_size=8))
def test_a_clock_that_is_folded_at_any_moments_counts_the_same(period: Period, ahead: list[float]) -> None:
    calendar, moments = period.calendar, sorted(period.begin + length for length in ahead)
    clock = Clock("resolution", HOUR).started(period.begin)

    folded = clock
    for at in moments[:-1]:
        folded = folded.moved(at, calendar) if at % 2 < 1 else folded.paused(at, calendar).started(at)

    assert folded.spent_at(moments[-1], calendar) == pytest.approx(clock.spent_at(moments[-1], calendar), abs=EXACTLY)


@QUICKLY
@given(periods(), LENGTHS, st.floats(60, 400 * HOUR), st.floats(0, 0.99))
def test_a_target_is_breached_when_it_is_due_and_not_a_second_earlier(
    period: Period, ahead: float, target: float, used: float
) -> None:
    clock = Clock("response", target, spent=used * target).started(period.begin + ahead)
    due = clock.due(period.calendar)
    if due is None:
        return

    assert clock.breached(due, period.calendar)
    assert target - clock.spent < 1 or not clock.breached(due - 1, period.calendar)


@QUICKLY
@given(periods(), st.floats(60, 400 * HOUR), st.floats(0, 1.2), LENGTHS)
def test_each_share_is_to_be_told_from_its_milestone_on(
    period: Period, target: float, used: float, ahead: float
) -> None:
    calendar = period.calendar
    clock = Clock("resolution", target, spent=used * target).started(period.begin)
    for told, share in pairwise((0.0, *SHARES)):
        clock = clock.announced(told)
        reached = clock.milestone(calendar)
        if reached is None:
            return

        assert clock.share_to_tell(reached, calendar) in SHARES[SHARES.index(share) :]
        assert (
            reached - 1 < period.begin
            or share * target - clock.spent < 1
            or (clock.share_to_tell(reached - 1, calendar) is None)
        )
        assert (spoken := speak_at(reached, calendar)) is None or calendar.is_open(spoken)


@QUICKLY
@given(periods(), st.floats(60, 400 * HOUR), st.floats(60, 3 * DAY))
def test_a_pause_never_makes_a_case_due_earlier(period: Period, target: float, pause: float) -> None:
    calendar, clock = period.calendar, Clock("resolution", target).started(period.begin)
    due = clock.due(calendar)
    if due is None:
        return

    at = period.begin + (due - period.begin) / 2
    later = clock.paused(at, calendar).started(at + pause).due(calendar)

    assert later is not None
    assert due <= later + EXACTLY


def test_a_year_of_a_desk_that_follows_the_sun_counts_every_minute_once() -> None:
    desk = together([MANILA, PUNE, KRAKOW])
    days = [utc("2026-01-01 00:00") + DAY * ahead for ahead in range(366)]
    clock = Clock("resolution", HOUR).started(days[0])

    for at in days[1:]:
        clock = clock.moved(at, desk)

    assert clock.spent == desk.worked(days[0], days[-1])
    assert clock.spent == HOUR * sum(hours_of_the_sun(date(2026, 1, 1) + timedelta(ahead)) for ahead in range(365))


KRAKOW_IS_FREE = {(1, 1), (1, 6), (4, 6), (5, 1), (6, 4), (11, 11), (12, 24), (12, 25)}  # working days of 2026


def hours_of_the_sun(day: date) -> float:
    """Manila is there from 22:00 to 07:00 UTC, Pune until 12:30, Kraków until 16:00, or 15:00 in summer."""
    if day.weekday() >= 5:
        return 9
    if (day.month, day.day) in KRAKOW_IS_FREE:
        return 9 + 5.5
    return 9 + 5.5 + (2.5 if date(2026, 3, 29) <= day < date(2026, 10, 25) else 3.5)


def test_a_clock_that_ran_out_is_late_since_then_whoever_gets_the_case_and_until_it_has_a_longer_target() -> None:
    running = Clock("response", target=3_600.0).started(0.0)

    moved = running.moved(9_000.0, ALWAYS).moved(12_000.0, ALWAYS)

    assert moved.due(ALWAYS) == 3_600.0
    assert replace(moved, target=20_000.0).due(ALWAYS) == 20_000.0
