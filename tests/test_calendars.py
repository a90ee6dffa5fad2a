"""Working time: named days that went wrong elsewhere, and a slow obvious calculation that the calendar must agree with.

The slow one looks at the wall clock of every minute and knows nothing of weeks, spans and sums. TRIAGE_THOROUGH=1 asks
for 25 times as many examples.
"""

import math
import os
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import ALWAYS, COUNTRIES, HORIZON, Calendar, Window, holidays_of, together, week_from

THOROUGH = 25 if os.environ.get("TRIAGE_THOROUGH") else 1
HOUR, DAY = 3600.0, 86_400.0

OFFICE = week_from({"mon-fri": ["08:00-12:00", "13:00-17:00"]})
NIGHTS = week_from({"mon-sun": ["22:00-06:00"]})
WHOLE_DAYS = week_from({"mon-sun": ["00:00-24:00"]})
FREE = week_from({})


def moment(zone: str, wall: str) -> float:
    """When the zone's wall clock shows `wall`."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(zone: str, at: float | None) -> str:
    """What the zone's wall clock shows then."""
    assert at is not None
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


def hours_worked(calendar: Calendar, since: str, until: str) -> float:
    return calendar.worked(moment(calendar.zone, since), moment(calendar.zone, until)) / HOUR


# -- named days --------------------------------------------------------------------------------------------------------


def test_a_case_for_riyadh_waits_over_friday_and_saturday_although_its_agent_sits_in_india() -> None:
    site = Calendar("Asia/Riyadh", week_from({"sun-thu": ["08:00-16:00"]}))

    due = site.after(moment("Asia/Kolkata", "2026-03-05 17:30"), 2 * HOUR)

    assert shown("Asia/Riyadh", due) == "Sun 2026-03-08 09:00"
    assert shown("Asia/Kolkata", due) == "Sun 2026-03-08 11:30"


def test_two_hours_before_christmas_end_after_it() -> None:
    team = Calendar("Europe/Berlin", OFFICE, holidays_of("DE", extra=[date(2026, 12, 24)]))

    assert shown("Europe/Berlin", team.after(moment("Europe/Berlin", "2026-12-23 16:00"), 2 * HOUR)) == (
        "Mon 2026-12-28 09:00"
    )


def test_a_night_shift_goes_on_into_a_holiday_and_none_begins_on_it() -> None:
    team = Calendar("Europe/Berlin", NIGHTS, {date(2026, 12, 25)})

    assert hours_worked(team, "2026-12-25 00:00", "2026-12-25 12:00") == 6
    assert hours_worked(team, "2026-12-25 12:00", "2026-12-26 12:00") == 0


@pytest.mark.parametrize(
    ("zone", "week", "since", "until", "hours"),
    [
        ("Europe/Berlin", "22:00-06:00", "2026-03-28 12:00", "2026-03-29 12:00", 7),
        ("Europe/Berlin", "22:00-06:00", "2026-10-24 12:00", "2026-10-25 12:00", 9),
        ("America/New_York", "22:00-06:00", "2026-03-07 12:00", "2026-03-08 12:00", 7),
        ("America/New_York", "22:00-06:00", "2026-10-31 12:00", "2026-11-01 12:00", 9),
        ("Africa/Cairo", "00:00-08:00", "2026-04-23 12:00", "2026-04-24 12:00", 7),
        ("Africa/Cairo", "22:00-24:00", "2026-10-29 12:00", "2026-10-30 12:00", 3),
        ("America/Asuncion", "00:00-08:00", "2023-09-30 12:00", "2023-10-01 12:00", 7),
        ("America/Asuncion", "22:00-24:00", "2024-03-23 12:00", "2024-03-24 12:00", 3),
        ("Australia/Lord_Howe", "01:00-03:00", "2026-04-04 12:00", "2026-04-05 12:00", 2.5),
        ("Australia/Lord_Howe", "01:00-03:00", "2026-10-03 12:00", "2026-10-04 12:00", 1.5),
        ("Pacific/Apia", "00:00-24:00", "2011-12-29 00:00", "2012-01-01 00:00", 48),
        ("Pacific/Apia", "09:00-17:00", "2011-12-29 00:00", "2012-01-01 00:00", 16),
    ],
)
def test_a_shift_on_the_day_of_a_clock_change_has_the_hours_that_people_sit_there(
    zone: str, week: str, since: str, until: str, hours: float
) -> None:
    team = Calendar(zone, week_from({"mon-sun": [week]}))

    assert hours_worked(team, since, until) == hours


@pytest.mark.parametrize(
    ("day", "window", "opens", "closes"),
    [
        # The clock shows 02:00 to 03:00 twice.
        ("2026-10-25", "02:30-09:00", "00:30", "08:00"),
        ("2026-10-25", "01:00-02:30", "23:00", "01:30"),
        ("2026-10-25", "01:00-02:00", "23:00", "01:00"),
        ("2026-10-25", "03:00-09:00", "02:00", "08:00"),
        # It jumps from 02:00 to 03:00.
        ("2026-03-29", "02:30-09:00", "01:00", "07:00"),
        ("2026-03-29", "01:00-02:30", "00:00", "01:00"),
        ("2026-03-29", "02:00-02:30", None, None),
    ],
)
def test_a_window_that_begins_or_ends_in_a_changed_hour(
    day: str, window: str, opens: str | None, closes: str | None
) -> None:
    team = Calendar("Europe/Berlin", week_from({"sun": [window]}))
    noon = moment("UTC", f"{day} 12:00")

    opening = team.opens(noon - DAY)

    assert opening is not None
    assert (shown("UTC", opening)[-5:], shown("UTC", team.closes(opening))[-5:]) == (opens, closes) or opening > noon
    assert (opening > noon) == (opens is None)


@pytest.mark.parametrize(("zone", "opens"), [("Asia/Kolkata", "02:30"), ("Asia/Kathmandu", "02:15")])
def test_zones_of_half_and_quarter_hours_open_on_theirs(zone: str, opens: str) -> None:
    opening = Calendar(zone, OFFICE).opens(moment(zone, "2026-03-05 04:00"))

    assert shown("UTC", opening)[-5:] == opens


@pytest.mark.parametrize(
    ("zone", "week", "hours"),
    [("Pacific/Kiritimati", {"thu": ["00:00-08:00"]}, 8), ("Pacific/Pago_Pago", {"tue": ["20:00-19:30"]}, 23.5)],
)
def test_a_shift_far_from_greenwich_counts_in_full_at_the_turn_of_the_week_there(
    zone: str, week: dict[str, list[str]], hours: float
) -> None:
    assert hours_worked(Calendar(zone, week_from(week)), "2026-03-02 00:00", "2026-03-09 00:00") == hours


def test_a_window_holds_its_start_and_not_its_end() -> None:
    team = Calendar("UTC", OFFICE)
    morning, noon = moment("UTC", "2026-03-05 08:00"), moment("UTC", "2026-03-05 12:00")

    assert [team.is_open(at) for at in (morning - 1, morning, noon - 1, noon)] == [False, True, True, False]
    assert (team.opens(morning), team.opens(noon)) == (morning, noon + HOUR)
    assert (team.closes(morning), team.closes(noon)) == (noon, None)


def test_the_last_second_of_a_day_is_over_at_closing_time_and_the_next_one_in_the_morning() -> None:
    team = Calendar("UTC", OFFICE)
    night = moment("UTC", "2026-03-05 03:00")

    assert shown("UTC", team.after(night, 8 * HOUR)) == "Thu 2026-03-05 17:00"
    assert shown("UTC", team.after(night, 8 * HOUR + 60)) == "Fri 2026-03-06 08:01"


def test_windows_that_touch_or_overlap_are_one() -> None:
    team = Calendar(
        "UTC", week_from({"mon": ["20:00-24:00"], "tue": ["00:00-04:00", "22:00-06:00"], "wed": ["05:00-09:00"]})
    )

    assert shown("UTC", team.closes(moment("UTC", "2026-03-02 21:00"))) == "Tue 2026-03-03 04:00"
    assert shown("UTC", team.closes(moment("UTC", "2026-03-03 23:00"))) == "Wed 2026-03-04 09:00"
    assert hours_worked(team, "2026-03-02 00:00", "2026-03-05 00:00") == 19


def test_a_team_without_a_break_never_closes() -> None:
    team = Calendar("Europe/Berlin", WHOLE_DAYS)
    at = moment("Europe/Berlin", "2026-03-05 08:00")

    assert team.closes(at) is None
    assert team.worked(at, at + 365 * DAY) == 365 * DAY


def test_a_team_without_hours_never_opens_and_is_never_done() -> None:
    team = Calendar("UTC", FREE)

    assert team.opens(1e9) is None
    assert team.closes(1e9) is None
    assert team.after(1e9, 1) == math.inf
    assert team.after(1e9, 0) == 1e9
    assert team.worked(1e9, 2e9) == 0


@pytest.mark.parametrize(("days_off", "opens"), [(399, True), (401, False)])
def test_an_opening_is_looked_for_as_far_as_the_horizon(days_off: int, opens: bool) -> None:
    first = date(2026, 3, 5)
    team = Calendar("UTC", WHOLE_DAYS, {first + timedelta(ahead) for ahead in range(days_off)})

    assert (team.opens(moment("UTC", "2026-03-05 00:00")) is not None) == opens


@pytest.mark.parametrize(
    ("week", "fault"),
    [
        (FREE[:5], "a week of 5 days; give seven, Monday first"),
        ((((0, 1441),), *FREE[1:]), "a window from minute 0 to 1441; begin on the day and last at most 24 hours"),
        ((((60, 60),), *FREE[1:]), "a window from minute 60 to 60; begin on the day and last at most 24 hours"),
        ((((1440, 1500),), *FREE[1:]), "a window from minute 1440 to 1500; begin on the day and last at most 24 hours"),
    ],
)
def test_a_week_that_is_none_is_refused(week: tuple[tuple[Window, ...], ...], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        Calendar("UTC", week)


def test_calendars_read_twice_from_the_same_file_are_equal_and_can_be_kept_in_a_set() -> None:
    read = [Calendar("Asia/Kolkata", OFFICE, holidays_of("IN", extra=[date(2026, 12, 24)])) for _ in range(2)]
    read[0].is_open(1e9)

    assert len({*read, replace(read[0], zone="Asia/Manila")}) == 2


# -- several teams -----------------------------------------------------------------------------------------------------


def test_no_team_and_a_team_that_is_always_there_are_always_open() -> None:
    assert together([]) is ALWAYS
    assert together([Calendar("UTC", OFFICE), ALWAYS]) is ALWAYS


def test_always_counts_every_second() -> None:
    assert ALWAYS.is_open(5.0)
    assert (ALWAYS.opens(5.0), ALWAYS.closes(5.0)) == (5.0, None)
    assert (ALWAYS.worked(5.0, 65.0), ALWAYS.worked(65.0, 5.0)) == (60.0, 0.0)
    assert (ALWAYS.after(5.0, 60.0), ALWAYS.after(5.0, -1.0)) == (65.0, 5.0)


def test_teams_that_follow_the_sun_leave_no_gap() -> None:
    day = week_from({"mon-sun": ["08:00-16:00"]})
    desk = together([Calendar(zone, day) for zone in ("Asia/Manila", "Etc/GMT", "Etc/GMT+8")])

    assert desk.closes(moment("UTC", "2026-03-05 12:00")) is None


# -- hours as a lead writes them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "week"),
    [
        ({}, [[]] * 7),
        ({"mon-fri": ["13:00-17:30", "08:00-12:00"], "sat": []}, [[(480, 720), (780, 1050)]] * 5 + [[], []]),
        ({"sun-thu": ["9:00 - 17:00"]}, [[(540, 1020)]] * 4 + [[], [], [(540, 1020)]]),
        ({"sat-sun": ["00:00-24:00"]}, [[]] * 5 + [[(0, 1440)]] * 2),
        ({"mon": ["22:00-06:00"], "tue": ["20:00-24:00"], "wed": ["20:00-00:00"]},
         [[(1320, 1800)], [(1200, 1440)], [(1200, 1440)], [], [], [], []]),
        ({"fri": ["08:00-12:00", "12:00-16:00"]}, [[], [], [], [], [(480, 720), (720, 960)], [], []]),
        ({"tue-mon": ["23:59-23:58"]}, [[(1439, 2878)]] * 7),
        ({"thu-thu": ["08:00-09:00"]}, [[], [], [], [(480, 540)], [], [], []]),
    ],
)  # fmt: skip
def test_hours_become_seven_days_of_minutes(hours: dict[str, list[str]], week: list[list[Window]]) -> None:
    assert week_from(hours) == tuple(map(tuple, week))


WRITE_A_DAY = "; write one of mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri"


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        ({"monday": []}, '"monday" is no day' + WRITE_A_DAY),
        ({"mon-": []}, '"mon-" is no day' + WRITE_A_DAY),
        ({"mon-fir": []}, '"mon-fir" is no day' + WRITE_A_DAY),
        ({"mon-fri": [], "fri": []}, '"fri" names fri again after "mon-fri"; name each day once'),
        ({"sat": "08:00-12:00"}, '"sat" holds "08:00-12:00" alone; write a list such as ["09:00-17:30"]'),
        ({"sat": ["8-12"]}, '"sat" has "8-12"; write from and to, such as "09:00-17:30"'),
        ({"sat": ["08:00-12:60"]}, '"sat" has "08:00-12:60", and no clock shows 12:60; use 00:00 to 24:00'),
        ({"sat": ["08:00-24:01"]}, '"sat" has "08:00-24:01", and no clock shows 24:01; use 00:00 to 24:00'),
        ({"sat": ["24:00-06:00"]}, '"sat" has "24:00-06:00", and no day begins at 24:00; '
         "begin at 00:00 of the next day"),
        ({"sat": ["08:00-08:00"]}, '"sat" has "08:00-08:00", which is no time; write "00:00-24:00" for a whole day'),
        ({"sat": ["12:00-16:00", "08:00-12:01"]},
         '"sat" has "08:00-12:01" and "12:00-16:00", which overlap; make them one window'),
        ({"sat": ["22:00-06:00", "23:00-23:30"]},
         '"sat" has "22:00-06:00" and "23:00-23:30", which overlap; make them one window'),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused_in_a_sentence(hours: dict[str, Sequence[str]], fault: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the whole sentence is compared below
        week_from(hours)

    assert str(refusal.value) == fault


# -- public holidays ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "day", "free"),
    [
        ("DE", date(2026, 10, 3), True),
        ("DE", date(2026, 1, 6), False),
        ("DE-BY", date(2026, 1, 6), True),
        ("IN", date(2026, 1, 26), True),
        ("US", date(2021, 12, 31), True),
        ("US", date(2022, 12, 26), True),
    ],
)
def test_public_holidays_of_a_country_and_of_its_parts_with_the_days_on_which_they_are_observed(
    country: str, day: date, free: bool
) -> None:
    assert (day in holidays_of(country)) == free


def test_a_team_may_close_besides_and_may_work_on_a_holiday() -> None:
    days = holidays_of("NO", extra=[date(2026, 12, 24)], open_on=[date(2026, 5, 1)])

    assert date(2026, 12, 24) in days
    assert date(2026, 5, 1) not in days
    assert date(2026, 5, 17) in days


@pytest.mark.parametrize(
    ("country", "fault"),
    [
        ("de", 'there is no country "de"; did you mean "DE"?'),
        ("UK", 'there is no country "UK"; did you mean "GB"?'),
        ("Philipines", 'there is no country "Philipines"; did you mean "PH"?'),
        ("QQ", 'there is no country "QQ"; use a code of two letters such as DE'),
        ("", 'there is no country ""; use a code of two letters such as DE'),
        ("DE-Bayern", '"DE" has no part "Bayern"; did you mean "BY"?'),
        ("PH-X", '"PH" has no part "X"; use "PH" alone'),
    ],
)
def test_an_unknown_country_or_part_is_refused_in_a_sentence(country: str, fault: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the whole sentence is compared below
        holidays_of(country)

    assert str(refusal.value) == fault


def test_every_country_that_is_known_without_the_package_is_known_to_it() -> None:
    from holidays.registry import EntityLoader

    assert set(EntityLoader.get_country_codes()) >= COUNTRIES


def test_naming_a_country_does_not_load_the_package_of_holidays() -> None:
    code = "import sys; from bot.calendars import holidays_of; holidays_of('DE'); print('holidays' in sys.modules)"

    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert asked.stdout.strip() == "False"


# -- the slow obvious calculation --------------------------------------------------------------------------------------

ZONES = (
    "UTC", "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "America/Asuncion", "America/Bogota",
    "America/Chicago", "America/Havana", "America/Mexico_City", "America/New_York", "America/Nuuk",
    "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "America/Los_Angeles", "Asia/Amman", "Asia/Beirut",
    "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Tehran", "Asia/Tokyo",
    "Atlantic/Azores", "Australia/Adelaide", "Australia/Eucla", "Australia/Lord_Howe", "Australia/Sydney",
    "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/London", "Europe/Oslo", "Europe/Warsaw",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago",
)  # fmt: skip
T = TypeVar("T")
MINUTES_A_DAY = 24 * 60
FIRST, LAST = (int(moment("UTC", f"{year}-01-01")) // 60 for year in (2020, 2031))
PERIOD = 2 * MINUTES_A_DAY
# Further than any clock leaped in these years.
MARGIN = MINUTES_A_DAY


def open_minutes(calendar: Calendar, first: int, length: int = PERIOD) -> list[bool]:
    """For every minute from `first` on whether the team is at work then, by looking at its wall clock.

    A shift has begun once the clock has shown its start, or a later time. It is over when the clock shows a later time
    than its end from then on. Where no clock is changed nearby, all three times are what it shows now.
    """
    zone = ZoneInfo(calendar.zone)
    minutes = range(first - MARGIN, first + length + MARGIN)
    walls = [datetime.fromtimestamp(60 * minute, zone).replace(tzinfo=None) for minute in minutes]
    latest_so_far = list(accumulate(walls, max))
    earliest_from_now = list(accumulate(reversed(walls), min))[::-1]
    earliest_later = [*earliest_from_now[1:], datetime.max]
    seen = list(zip(latest_so_far, earliest_from_now, earliest_later, strict=True))[MARGIN:-MARGIN]
    return [somebody_is_at_work(calendar.week, calendar.holidays, *times) for times in seen]


def somebody_is_at_work(
    week: Sequence[Sequence[Window]], free: Container[date], latest: datetime, now: datetime, later: datetime
) -> bool:
    for day in (latest.date() - timedelta(back) for back in range(3)):
        for start, end in week[day.weekday()] if day not in free else ():
            midnight = datetime.combine(day, time())
            begins, ends = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
            if begins <= latest and (now < ends or later <= ends):
                return True
    return False


@cache
def changes(zone: str) -> list[int]:
    """The minutes of UTC, 2020 to 2030, at which the zone's clock goes forward or back."""
    clock = ZoneInfo(zone)

    def offset(minute: int) -> timedelta | None:
        return datetime.fromtimestamp(60 * minute, clock).utcoffset()

    days = [range(day, day + MINUTES_A_DAY + 1) for day in range(FIRST, LAST, MINUTES_A_DAY)]
    changed = [day for day in days if offset(day[0]) != offset(day[-1])]
    return [day[bisect_left(day, True, key=lambda at: offset(at) != offset(day[0]))] for day in changed]


@dataclass(frozen=True)
class Period:
    """Two days of a team: its calendar, and the minute with which they begin."""

    calendar: Calendar
    first: int

    @property
    def begin(self) -> float:
        return 60.0 * self.first

    @property
    def end(self) -> float:
        return 60.0 * (self.first + PERIOD)


def often(usual: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Three times in four the usual."""
    return st.integers(0, 3).flatmap(lambda quarter: usual if quarter else other)


def weeks(turn: int) -> st.SearchStrategy[tuple[tuple[Window, ...], ...]]:
    """Free days, several windows a day that may overlap, night shifts, whole days. Many begin or end around `turn`."""
    near = st.integers(-4, 4).map(lambda quarters: (turn + 15 * quarters) % MINUTES_A_DAY)
    edges = often(near, st.integers(0, MINUTES_A_DAY - 1))
    windows = st.tuples(edges, edges).map(lambda both: (both[0], both[0] + ((both[1] - both[0]) % 1440 or 1440)))
    days = st.lists(windows, max_size=2).map(tuple)
    every_day = st.lists(windows, min_size=1, max_size=2).map(lambda day: (tuple(day),) * 7)
    return often(every_day, st.tuples(*[days] * 7))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any team at any time of 2020 to 2030; most about a change of its clock, where the zone has one."""
    zone = draw(st.sampled_from(ZONES))
    minutes = st.integers(FIRST, LAST)
    middle = draw(often(st.sampled_from(changes(zone)), minutes) if changes(zone) else minutes)
    wall = datetime.fromtimestamp(60 * middle, ZoneInfo(zone))
    free = draw(st.one_of(st.just(frozenset()), days_off(wall.date())))
    calendar = Calendar(zone, draw(weeks(60 * wall.hour + wall.minute)), free)
    return Period(calendar, middle - draw(st.integers(PERIOD // 4, 3 * PERIOD // 4)))


def days_off(middle: date) -> st.SearchStrategy[frozenset[date]]:
    return st.frozensets(st.integers(-3, 3).map(lambda ahead: middle + timedelta(ahead)), max_size=3)


MINUTE = st.integers(0, PERIOD - 1)
SLOWLY = settings(max_examples=20 * THOROUGH, deadline=None)
QUICKLY = settings(max_examples=40 * THOROUGH, deadline=None)


@SLOWLY
@given(periods(), st.floats(0, 59.9))
def test_a_team_is_at_work_when_its_wall_clock_says_so(period: Period, second: float) -> None:
    found = [period.calendar.is_open(period.begin + 60 * minute + second) for minute in range(PERIOD)]

    assert found == open_minutes(period.calendar, period.first)


@SLOWLY
@given(periods(), st.lists(st.tuples(MINUTE, MINUTE), min_size=20, max_size=20))
def test_working_time_is_the_number_of_minutes_at_work(period: Period, pairs: list[tuple[int, int]]) -> None:
    at_work = open_minutes(period.calendar, period.first)

    found = [period.calendar.worked(period.begin + 60 * since, period.begin + 60 * until) for since, until in pairs]

    assert found == [60 * sum(at_work[since:until]) for since, until in pairs]


@SLOWLY
@given(periods(), st.lists(st.tuples(MINUTE, st.integers(1, 900)), min_size=20, max_size=20))
def test_a_target_is_reached_when_so_many_minutes_at_work_have_passed(
    period: Period, targets: list[tuple[int, int]]
) -> None:
    at_work = open_minutes(period.calendar, period.first)
    for since, length in targets:
        found = period.calendar.after(period.begin + 60 * since, 60 * length)

        ends = [period.begin + 60 * (minute + 1) for minute in range(since, PERIOD) if at_work[minute]]
        assert found == ends[length - 1] if len(ends) >= length else found > period.end


@SLOWLY
@given(periods(), st.lists(MINUTE, min_size=20, max_size=20))
def test_the_next_opening_and_the_end_of_the_open_time_are_the_ones_that_the_minutes_show(
    period: Period, moments: list[int]
) -> None:
    calendar = period.calendar
    at_work = open_minutes(calendar, period.first)
    for minute in moments:
        at = period.begin + 60 * minute

        assert opens_by(at_work[minute:], True, at, period.end) == min(calendar.opens(at) or math.inf, period.end)
        if at_work[minute]:
            assert opens_by(at_work[minute:], False, at, period.end) == min(calendar.closes(at) or math.inf, period.end)
        else:
            assert calendar.closes(at) is None


def opens_by(at_work: list[bool], wanted: bool, at: float, end: float) -> float:
    """The first of the minutes from `at` on that is as wanted; `end` when none is."""
    return at + 60 * at_work.index(wanted) if wanted in at_work else end


@SLOWLY
@given(periods(), st.lists(periods(), max_size=2))
def test_several_teams_are_at_work_while_one_of_them_is(period: Period, others: list[Period]) -> None:
    teams = [period.calendar, *(other.calendar for other in others)]
    each = [open_minutes(team, period.first) for team in teams]
    desk = together(teams)

    assert [desk.is_open(period.begin + 60 * minute) for minute in range(PERIOD)] == [
        *map(any, zip(*each, strict=True))
    ]
    assert desk.worked(period.begin, period.end) == 60 * sum(map(any, zip(*each, strict=True)))


# -- what always holds -------------------------------------------------------------------------------------------------

# Up to a year, with fractions of a second as Slack's time stamps have them.
LENGTHS = st.floats(0, 366 * DAY)
EXACTLY = 0.005


@QUICKLY
@given(periods(), LENGTHS, LENGTHS)
def test_working_time_adds_up(period: Period, first: float, second: float) -> None:
    since, between, until = period.begin, period.begin + first, period.begin + first + second
    worked = period.calendar.worked

    assert worked(since, between) + worked(between, until) == pytest.approx(worked(since, until), abs=EXACTLY)
    assert worked(until, since) == 0
    assert 0 <= worked(since, until) <= until - since


@QUICKLY
@given(periods(), LENGTHS, st.floats(0, 2000 * HOUR))
def test_after_is_the_earliest_moment_at_which_so_much_was_worked(period: Period, ahead: float, seconds: float) -> None:
    since = period.begin + ahead

    reached = period.calendar.after(since, seconds)

    if math.isfinite(reached):
        assert period.calendar.worked(since, reached) == pytest.approx(seconds, abs=EXACTLY)
        assert seconds < 1 or period.calendar.worked(since, reached - 1) < seconds - 1 + EXACTLY
    else:
        assert period.calendar.worked(since, since + 9 * 365 * DAY) < seconds


@QUICKLY
@given(periods(), LENGTHS, LENGTHS, st.floats(0, 2000 * HOUR), st.floats(0, 2000 * HOUR))
def test_more_work_and_a_later_start_never_end_earlier(
    period: Period, ahead: float, further: float, seconds: float, more: float
) -> None:
    since, later = period.begin + ahead, period.begin + ahead + further

    reached = period.calendar.after(since, seconds)

    assert since <= reached <= period.calendar.after(since, seconds + more)
    assert reached <= period.calendar.after(later, seconds) + EXACTLY


@QUICKLY
@given(periods(), LENGTHS)
def test_between_now_and_the_next_opening_nobody_works_and_up_to_closing_everybody_does(
    period: Period, ahead: float
) -> None:
    calendar, at = period.calendar, period.begin + ahead
    opening = calendar.opens(at)
    if opening is None:
        assert calendar.worked(at, at + HORIZON) == 0
        return
    closing = calendar.closes(opening) or opening + 30 * DAY

    assert at <= opening
    assert calendar.is_open(opening)
    assert calendar.worked(at, opening) == 0
    assert calendar.worked(opening, closing) == pytest.approx(closing - opening, abs=EXACTLY)
    assert calendar.closes(opening) is None or not calendar.is_open(closing)


@QUICKLY
@given(periods(), st.integers(0, 60))
def test_a_stretch_of_weeks_is_the_sum_of_its_hours_asked_one_by_one(period: Period, days: int) -> None:
    calendar, hours = period.calendar, [period.begin + HOUR * hour for hour in range(24 * days + 1)]
    fresh = replace(calendar)

    by_hour = sum(calendar.worked(since, since + HOUR) for since in hours[:-1])

    assert by_hour == fresh.worked(hours[0], hours[-1])


@QUICKLY
@given(st.lists(periods(), min_size=2, max_size=3), LENGTHS)
def test_it_does_not_matter_how_teams_are_put_together(team: list[Period], length: float) -> None:
    calendars = [period.calendar for period in team]
    since, until = team[0].begin, team[0].begin + length
    in_one = together(calendars).worked(since, until)

    assert together([*reversed(calendars), calendars[0]]).worked(since, until) == pytest.approx(in_one, abs=EXACTLY)
    assert together([calendars[0], together(calendars[1:])]).worked(since, until) == pytest.approx(in_one, abs=EXACTLY)
    assert max(calendar.worked(since, until) for calendar in calendars) <= in_one + EXACTLY
