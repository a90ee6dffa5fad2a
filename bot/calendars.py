"""When a team is at work, and how much working time lies between two moments.

Pure: knows no database, no Slack and no clock. A moment is a number of epoch seconds. A team writes its hours as its
wall clock shows them, so they become moments in the team's zone, day by day. The open time that comes out is kept by
weeks of UTC, each worked out once: a year is 52 sums.
"""

from __future__ import annotations

import difflib
import math
import re
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

# Minutes after local midnight of the day on which the window begins; the end may lie on the next day.
Window = tuple[int, int]
# From one moment up to another, which does not belong to it.
Span = tuple[float, float]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_SECONDS = 7 * 24 * 60 * 60
# How far ahead an opening or a closing is looked for: a year, and a team that opens once in it.
HORIZON = 400 * 24 * 60 * 60.0
# How far ahead working time is counted: ten years. A target that lies beyond is never due.
REACH = 522
# What counts as no time at all. Sums of epoch seconds err by microseconds, and must not carry a case that is due at
# closing time over to the next opening.
TICK = 0.001

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class _Week:
    """The open time of one week of UTC: spans in order, none of which touches another."""

    spans: tuple[Span, ...]
    total: float

    def before(self, at: float) -> float:
        """Open seconds of this week that are over at `at`."""
        return sum(min(at, end) - start for start, end in self.spans if start < at)

    def after(self, seconds: float) -> float:
        """The earliest moment at which so many open seconds of this week, and no more than it has, are over."""
        for start, end in self.spans:
            if seconds <= end - start + TICK:
                break
            seconds -= end - start
        return min(start + seconds, end)


@dataclass(frozen=True)
class _Weekly(ABC):
    """Open time that can be listed week by week. What is asked of it is answered from the lists."""

    _weeks: dict[int, _Week] = field(default_factory=dict, init=False, repr=False, compare=False)

    @abstractmethod
    def _spans(self, week: int) -> Iterable[Span]:
        """All open time of that week of UTC, in any order; it may overlap and reach beyond the week."""

    def is_open(self, at: float) -> bool:
        """Whether somebody is at work. At the end of a window nobody is any more."""
        return any(start <= at < end for start, end in self._week(_week_of(at)).spans)

    def opens(self, at: float) -> float | None:
        """`at` itself when open then, else the next opening; None when none comes within HORIZON."""
        start, _ = next(self._ahead(at), (math.inf, math.inf))
        return max(start, at) if start <= at + HORIZON else None

    def closes(self, at: float) -> float | None:
        """The end of the open time that holds `at`; None when closed then, and when no end comes within HORIZON."""
        reached = at
        for start, end in self._ahead(at):
            if start > reached:
                break
            reached = end
        return reached if at < reached < at + HORIZON else None

    def worked(self, since: float, until: float) -> float:
        """Open seconds between the two moments; 0 when `until` is not later than `since`."""
        if until <= since:
            return 0.0
        first, last = _week_of(since), _week_of(until)
        between = sum(self._week(week).total for week in range(first, last))
        return between + self._week(last).before(until) - self._week(first).before(since)

    def after(self, since: float, seconds: float) -> float:
        """The earliest moment at which so many open seconds have passed since then: `since` for none of them.

        The last second of a day is over at closing time, not at the next opening. `math.inf` when REACH ends before.
        """
        if seconds <= TICK:
            return since
        first = _week_of(since)
        left = seconds + self._week(first).before(since)
        for number in range(first, first + REACH):
            week = self._week(number)
            if left <= week.total + TICK:
                return max(since, week.after(left))
            left -= week.total
        return math.inf

    def _ahead(self, at: float) -> Iterator[Span]:
        """The open time that is not over at `at`, up to HORIZON. One that goes on over a week's end comes in parts."""
        for number in range(_week_of(at), _week_of(at + HORIZON) + 1):
            for span in self._week(number).spans:
                if span[1] > at:
                    yield span

    def _week(self, number: int) -> _Week:
        known = self._weeks.get(number)
        if known is None:
            spans = tuple(_joined(_within(number, self._spans(number))))
            known = self._weeks[number] = _Week(spans, sum(end - start for start, end in spans))
        return known


@dataclass(frozen=True)
class Calendar(_Weekly):
    """One team's working hours.

    A window is open from the first moment at which the wall clock has come to its start until the last one at which it
    comes to its end. So an hour that the clock shows twice belongs to a shift both times, one that it skips is no
    working time, and a shift that would begin in a skipped hour begins when the clock has jumped.
    """

    zone: str
    """The IANA name, such as Asia/Kolkata."""
    week: tuple[tuple[Window, ...], ...]
    """The windows of seven days, Monday first."""
    holidays: Container[date] = field(default=frozenset(), hash=False)
    """Local days on which no window begins. A night shift that began on the evening before goes on."""

    def __post_init__(self) -> None:
        windows = [window for day in self.week for window in day]
        if len(self.week) != len(DAYS):
            raise ValueError(f"a week of {len(self.week)} days; give seven, Monday first")
        for start, end in windows:
            if not 0 <= start < DAY_MINUTES or not start < end <= start + DAY_MINUTES:
                raise ValueError(f"a window from minute {start} to {end}; begin on the day and last at most 24 hours")

    def _spans(self, week: int) -> Iterator[Span]:
        zone = ZoneInfo(self.zone)
        first = _EPOCH + 7 * week
        # A night shift that began two local days earlier may still last, and the zones furthest ahead have begun the
        # next day 14 hours before UTC does.
        for day in map(date.fromordinal, range(first - 2, first + 8)):
            windows = self.week[day.weekday()]
            if windows and day not in self.holidays:
                midnight = datetime.combine(day, time())
                for start, end in windows:
                    yield _moments(midnight, start, zone)[0], _moments(midnight, end, zone)[1]


@dataclass(frozen=True)
class Together(_Weekly):
    """Several teams: open while one of them is. Made by `together`."""

    members: tuple[_Weekly, ...]

    def _spans(self, week: int) -> Iterator[Span]:
        return (span for member in self.members for span in member._week(week).spans)


@dataclass(frozen=True)
class Always:
    """Open at all times: the calendar of what is critical, and of a queue without teams."""

    def is_open(self, at: float) -> bool:
        return True

    def opens(self, at: float) -> float | None:
        return at

    def closes(self, at: float) -> float | None:
        return None

    def worked(self, since: float, until: float) -> float:
        return max(0.0, until - since)

    def after(self, since: float, seconds: float) -> float:
        return since + max(0.0, seconds)


Hours: TypeAlias = Calendar | Together | Always
ALWAYS = Always()


def together(calendars: Sequence[Hours]) -> Hours:
    """Open while any of them is. Of none it is ALWAYS: a queue that names no team is staffed at all hours."""
    members = tuple(calendar for calendar in calendars if not isinstance(calendar, Always))
    if not members or len(members) < len(calendars):
        return ALWAYS
    return members[0] if len(members) == 1 else Together(members)


# -- from the wall clock to moments ------------------------------------------------------------------------------------


def _week_of(at: float) -> int:
    return int(at // WEEK_SECONDS)


def _moments(midnight: datetime, minutes: int, zone: ZoneInfo) -> tuple[float, float]:
    """The first and the last moment at which the zone's wall clock comes to so many minutes after `midnight`.

    They differ where the clock goes back over that time. Where it jumps over it, both are the moment of the jump.
    """
    wall = midnight + timedelta(minutes=minutes)
    first, last = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if first <= last:
        return first, last
    around = range(int(last), int(first) + 1)
    jump = around[bisect_left(around, wall, key=lambda at: datetime.fromtimestamp(at, zone).replace(tzinfo=None))]
    return float(jump), float(jump)


def _within(week: int, spans: Iterable[Span]) -> list[Span]:
    """What of the spans lies in that week, in order."""
    begin, finish = float(week * WEEK_SECONDS), float((week + 1) * WEEK_SECONDS)
    cut = ((max(start, begin), min(end, finish)) for start, end in spans)
    return sorted((start, end) for start, end in cut if start < end)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same time with what touches or overlaps made one. The spans come in order."""
    apart: list[Span] = []
    for start, end in spans:
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


# -- hours as a lead writes them ---------------------------------------------------------------------------------------

_WRITTEN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")


def week_from(hours: Mapping[str, Sequence[str]]) -> tuple[tuple[Window, ...], ...]:
    """Seven days of windows, Monday first, from `{"mon-fri": ["08:00-12:00", "13:00-17:30"]}`. A day unnamed is free.

    Raises ValueError, in one sentence that names the key and the remedy.
    """
    named: dict[str, str] = {}
    week: dict[str, tuple[Window, ...]] = dict.fromkeys(DAYS, ())
    for key, written in hours.items():
        windows = _windows(key, written)
        for day in _days(key):
            if day in named:
                raise ValueError(f'"{key}" names {day} again after "{named[day]}"; name each day once')
            named[day], week[day] = key, windows
    return tuple(week.values())


def _days(key: str) -> list[str]:
    first, dash, last = key.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f'"{key}" is no day; write one of {", ".join(DAYS)}, or a range such as mon-fri')
    begin = DAYS.index(first)
    length = (DAYS.index(last or first) - begin) % len(DAYS) + 1
    return [DAYS[(begin + ahead) % len(DAYS)] for ahead in range(length)]


def _windows(key: str, written: Sequence[str]) -> tuple[Window, ...]:
    if isinstance(written, str):
        raise ValueError(f'"{key}" holds "{written}" alone; write a list such as ["09:00-17:30"]')
    windows = sorted((_window(key, text), text) for text in written)
    for (earlier, first), (later, second) in pairwise(windows):
        if later[0] < earlier[1]:
            raise ValueError(f'"{key}" has "{first}" and "{second}", which overlap; make them one window')
    return tuple(window for window, _ in windows)


def _window(key: str, text: str) -> Window:
    parts = _WRITTEN.fullmatch(text.strip())
    if not parts:
        raise ValueError(f'"{key}" has "{text}"; write from and to, such as "09:00-17:30"')
    start, end = (_minutes(key, text, *map(int, half)) for half in (parts.group(1, 2), parts.group(3, 4)))
    if start == DAY_MINUTES:
        raise ValueError(f'"{key}" has "{text}", and no day begins at 24:00; begin at 00:00 of the next day')
    if start == end:
        raise ValueError(f'"{key}" has "{text}", which is no time; write "00:00-24:00" for a whole day')
    return start, end if end > start else end + DAY_MINUTES


def _minutes(key: str, text: str, hour: int, minute: int) -> int:
    minutes = 60 * hour + minute
    if minute > 59 or minutes > DAY_MINUTES:
        raise ValueError(f'"{key}" has "{text}", and no clock shows {hour:02}:{minute:02}; use 00:00 to 24:00')
    return minutes


# -- public holidays ---------------------------------------------------------------------------------------------------

# Countries that the `holidays` package knows, by ISO 3166-1. To import it takes 0.3 s and 26 MB, which a start can do
# without: a code that is missing here is looked up in the package, so the list may lag behind it.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())


def holidays_of(country: str, extra: Collection[date] = (), open_on: Collection[date] = ()) -> Container[date]:
    """The public holidays of a country ("DE") or a part of it ("DE-BY"), observed days among them; `extra` are free
    besides, and on `open_on` the team works all the same. Each year is worked out when one of its days is asked for.

    Raises ValueError, in one sentence, for a country or part that the `holidays` package does not know.
    """
    code, dash, part = country.partition("-")
    if code not in COUNTRIES:
        _refuse_unknown_country(code)
    if dash:
        _refuse_unknown_part(code, part)
    return _Holidays(code, part, frozenset(extra), frozenset(open_on))


@dataclass(frozen=True)
class _Holidays:
    """Days off, by value, so that two calendars read from the same file are equal."""

    country: str
    part: str
    extra: frozenset[date]
    open_on: frozenset[date]

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date) or day in self.open_on:
            return False
        return day in self.extra or day in _public(self.country, self.part, day.year)


@lru_cache(maxsize=1024)
def _public(country: str, part: str, year: int) -> frozenset[date]:
    """One year's public holidays. Each from an object of its own: the package's fill themselves while they are read,
    which two threads must not do at the same time."""
    from holidays import country_holidays  # a third of a second, and not every desk has holidays

    return frozenset(country_holidays(country, subdiv=part or None, years=year))


def _refuse_unknown_country(code: str) -> None:
    from holidays.registry import COUNTRIES as REGISTERED

    spellings = {spelling.upper(): names[1] for names in REGISTERED.values() for spelling in names}
    if code not in spellings.values():
        raise ValueError(f'there is no country "{code}"; {_meant(code, spellings, "a code of two letters such as DE")}')


def _refuse_unknown_part(code: str, part: str) -> None:
    import holidays

    country = getattr(holidays, code)
    parts: Sequence[str] = country.subdivisions
    spellings = {name.upper(): name for name in parts}
    spellings |= {name.upper(): name_of for name, name_of in country.subdivisions_aliases.items()}
    if part not in parts:
        known = f"one of {', '.join(parts)}" if parts else f'"{code}" alone'
        raise ValueError(f'"{code}" has no part "{part}"; {_meant(part, spellings, known)}')


def _meant(word: str, spellings: Mapping[str, str], otherwise: str) -> str:
    close = difflib.get_close_matches(word.upper(), spellings, n=1)
    return f'did you mean "{spellings[close[0]]}"?' if close else f"use {otherwise}"
