"""Who gets a case when, and what can be promised: tables over teams that are awake, asleep, about to close, on call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

import pytest

from bot.calendars import ALWAYS, Calendar, week_from
from bot.routing import Promise, Queue, Team, calendar_of, promise_for, team_for

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def at(clock: str, day: int = 2) -> float:
    """A moment of March 2026, in UTC. The 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}+00:00").timestamp()


def team(name: str, hours: Mapping[str, list[str]] | str, languages: str = "en", on_call: str = "") -> Team:
    """A team that keeps UTC; hours that are one text are those of Monday to Friday."""
    week = week_from({"mon-fri": [hours]} if isinstance(hours, str) else hours)
    calendar = Calendar("UTC", week)
    return Team(name, name, "offshore", "UTC", calendar, tuple(languages.split()), f"team-{name}", on_call)


def queue(*teams: Team) -> Queue:
    """One that promises an answer in 10 minutes, half an hour, 2 and 16 hours, by urgency."""
    answers = {"critical": 10, "high": 30, "normal": 120, "low": 960}
    resolves = {"critical": 240, "high": 480, "normal": 960, "low": 1920}
    return Queue("desk", "Desk", "desk", "desk", (1,), ("*",), "offshore", "redacted", answers, resolves, teams)


EAST = team("east", "01:00-10:00", "en hi")
WEST = team("west", "08:00-17:00", "es en")
GERMAN = team("german", "09:00-17:00", "en de")
EARLY = team("early", "06:00-14:00", "en")
ONLY_HINDI = team("only-hindi", "08:00-17:00", "hi")
ONLY_POLISH = team("only-polish", "08:00-17:00", "pl")
TWIN = team("twin", "08:00-17:00", "es en")
NIGHT = team("night", {"mon-sun": ["22:00-06:00"]}, "en")

CHOSEN = [
    # who is awake, and understands
    ("the one who is awake", [EAST, WEST], "en", "normal", at("02:00"), "east"),
    ("whoever speaks the language, of two who are awake", [EAST, WEST], "es", "normal", at("09:00"), "west"),
    ("the same where the file has them the other way round", [WEST, EAST], "hi", "normal", at("09:00"), "east"),
    ("English where nobody speaks the language", [ONLY_HINDI, WEST], "de", "normal", at("09:00"), "west"),
    ("English where the language is not known", [ONLY_HINDI, WEST], "", "normal", at("09:00"), "west"),
    ("somebody, where nobody speaks either", [ONLY_HINDI, ONLY_POLISH], "de", "normal", at("09:00"), "only-hindi"),
    ("a night shift that began on the evening before", [WEST, NIGHT], "en", "normal", at("05:00", 3), "night"),
    # a language is worth a wait within the promise
    ("the language within the promise", [EARLY, GERMAN], "de", "normal", at("07:01"), "german"),
    ("not when it opens as the promise falls due", [EARLY, GERMAN], "de", "normal", at("07:00"), "early"),
    ("not when the case cannot wait", [EARLY, GERMAN], "de", "high", at("08:30"), "early"),
    ("but just before that it can", [EARLY, GERMAN], "de", "high", at("08:31"), "german"),
    ("nobody waits for a language that somebody awake speaks", [EARLY, GERMAN], "en", "low", at("07:00"), "early"),
    # nobody awake: counted from the first who comes
    ("whoever comes first, when all sleep", [WEST, EARLY], "en", "normal", at("20:00"), "early"),
    ("the language, when it comes within the promise of the first", [NIGHT, EAST], "hi", "low", at("20:00"), "east"),
    ("not days later", [NIGHT, GERMAN], "de", "normal", at("12:00", 7), "night"),
    ("not when it comes just as the promise of the first is over", [EARLY, WEST], "es", "normal", at("20:00"), "early"),
    # equals
    ("whoever stays longest", [EAST, WEST], "en", "normal", at("09:00"), "west"),
    ("and then the file's order", [WEST, TWIN], "en", "normal", at("09:00"), "west"),
    ("and then the file's order, the other way round", [TWIN, WEST], "en", "normal", at("09:00"), "twin"),
    # about to close
    ("a quarter of an hour is enough", [EAST, WEST], "hi", "normal", at("09:45"), "east"),
    ("less is not", [EAST, WEST], "hi", "normal", at("09:45:01"), "west"),
    ("unless the promise is as short", [EAST, WEST], "hi", "critical", at("09:50"), "east"),
    ("and not less than that", [EAST, WEST], "hi", "critical", at("09:50:01"), "west"),
    ("unless nobody else is awake", [EAST], "hi", "normal", at("09:59"), "east"),
    ("even when somebody comes soon", [EAST, team("late", "10:05-17:00", "en")], "en", "normal", at("09:59"), "east"),
    ("unless all awake are about to close", [EAST, team("same", "02:00-10:00")], "hi", "normal", at("09:59"), "east"),
    ("at closing time it is closed", [EAST, team("late", "10:05-17:00")], "hi", "normal", at("10:00"), "late"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "teams", "language", "urgency", "now", "expected"), CHOSEN)
def test_a_case_goes_to(why: str, teams: list[Team], language: str, urgency: str, now: float, expected: str) -> None:
    chosen = team_for(queue(*teams), language, urgency, now)

    assert chosen is not None
    assert chosen.name == expected


def test_a_queue_without_teams_has_none_to_choose() -> None:
    assert team_for(queue(), "en", "normal", at("09:00")) is None


def test_a_team_that_never_opens_comes_last_and_is_still_somebody() -> None:
    never = team("never", {})

    assert team_for(queue(never, WEST), "en", "normal", at("20:00")) == WEST
    assert team_for(queue(never), "en", "normal", at("20:00")) == never


# -- on call -----------------------------------------------------------------------------------------------------------

FIRST = team("first", "09:00-16:00", "en", "on-call-first")
SECOND = team("second", "08:00-17:00", "en de", "on-call-second")
ASLEEP = at("23:00")

PAGED = [
    ("the first of the file, whoever opens sooner or stays longer", [FIRST, SECOND], "en", "first"),
    ("or the other one", [SECOND, FIRST], "en", "second"),
    ("whoever understands", [FIRST, SECOND], "de", "second"),
    ("who has somebody on call, not who opens sooner", [EARLY, FIRST], "en", "first"),
    ("who opens soonest where nobody is on call", [WEST, EARLY], "en", "early"),
]


@pytest.mark.parametrize(("why", "teams", "language", "expected"), PAGED)
def test_what_is_critical_at_night_goes_to(why: str, teams: list[Team], language: str, expected: str) -> None:
    chosen = team_for(queue(*teams), language, "critical", ASLEEP)

    assert chosen is not None
    assert chosen.name == expected


def test_nobody_is_woken_while_somebody_is_at_work() -> None:
    desk = queue(FIRST, NIGHT)

    assert team_for(desk, "en", "critical", ASLEEP) == NIGHT
    assert promise_for(desk, "night", "critical", ASLEEP) == Promise(ASLEEP + 10 * MINUTE, None, NIGHT)


def test_nobody_is_woken_for_what_is_not_critical() -> None:
    assert team_for(queue(FIRST, SECOND), "en", "high", ASLEEP) == SECOND
    assert not promise_for(queue(FIRST, SECOND), "first", "high", ASLEEP).paged


# -- which hours count -------------------------------------------------------------------------------------------------


def test_a_case_runs_in_the_hours_of_its_team() -> None:
    assert calendar_of(queue(EAST, WEST), "west", "high") is WEST.hours


@pytest.mark.parametrize("nobody", [None, "left-the-queue"])
def test_a_case_without_a_team_runs_while_anybody_of_the_queue_is_at_work(nobody: str | None) -> None:
    hours = calendar_of(queue(EAST, WEST), nobody, "high")

    assert (hours.opens(at("00:00")), hours.closes(at("01:00"))) == (at("01:00"), at("17:00"))


@pytest.mark.parametrize("name", ["west", None])
def test_what_is_critical_runs_at_all_hours(name: str | None) -> None:
    assert calendar_of(queue(EAST, WEST), name, "critical") is ALWAYS


def test_without_teams_all_hours_count() -> None:
    assert calendar_of(queue(), None, "low") is ALWAYS


# -- promises ----------------------------------------------------------------------------------------------------------

PROMISED = [
    ("by day, from now", "west", "normal", at("09:00"), Promise(at("11:00"), None, WEST)),
    ("before it opens, in the hours of all", "west", "normal", at("07:00"), Promise(at("09:00"), at("08:00"), WEST)),
    ("at its opening, from now", "west", "normal", at("08:00"), Promise(at("10:00"), None, WEST)),
    ("until the last moment of the day", "west", "normal", at("15:00"), Promise(at("17:00"), None, WEST)),
    ("over the night, by who is awake then", "west", "normal", at("16:00"), Promise(at("02:00", 3), None, WEST)),
    ("at closing time, from tomorrow", "west", "normal", at("17:00"), Promise(at("10:00", 3), at("08:00", 3), WEST)),
    ("over the weekend, by who comes first", "west", "normal", at("16:00", 6), Promise(at("02:00", 9), None, WEST)),
    ("in its own hours though another is awake", "west", "high", at("02:00"), Promise(at("08:30"), at("08:00"), WEST)),
    ("in those of all, where nobody has it", None, "high", at("02:00"), Promise(at("02:30"), None, None)),
    ("when the first of all comes", None, "high", at("20:00"), Promise(at("01:30", 3), at("01:00", 3), None)),
    ("at once when critical and anybody is awake", "west", "critical", at("02:00"), Promise(at("02:10"), None, WEST)),
    (
        "when the first comes, when critical and nobody can be called",
        "west",
        "critical",
        at("20:00"),
        Promise(at("01:10", 3), at("01:00", 3), WEST),
    ),
]


@pytest.mark.parametrize(("why", "name", "urgency", "now", "expected"), PROMISED)
def test_an_answer_is_promised(why: str, name: str | None, urgency: str, now: float, expected: Promise) -> None:
    assert promise_for(queue(EAST, WEST), name, urgency, now) == expected


CALLED = [
    ("its own", [FIRST, SECOND], "second", SECOND),
    ("the first of the queue that can, where its own cannot", [EARLY, FIRST, SECOND], "early", FIRST),
    ("the first of the queue that can, where nobody has it", [EARLY, FIRST, SECOND], None, FIRST),
]


@pytest.mark.parametrize(("why", "teams", "name", "expected"), CALLED)
def test_the_people_on_call_for_a_critical_case_are(
    why: str, teams: list[Team], name: str | None, expected: Team
) -> None:
    opens = min(each.hours.opens(ASLEEP) or ASLEEP for each in teams)

    assert promise_for(queue(*teams), name, "critical", ASLEEP) == Promise(
        ASLEEP + 10 * MINUTE, opens, expected, paged=True
    )


def test_a_queue_without_teams_promises_at_all_hours() -> None:
    assert promise_for(queue(), None, "critical", ASLEEP) == Promise(ASLEEP + 10 * MINUTE, None, None)
    assert promise_for(queue(), None, "normal", ASLEEP) == Promise(ASLEEP + 2 * HOUR, None, None)


# -- around the clock -------------------------------------------------------------------------------------------------


def test_the_whole_week_of_a_queue_is_handed_on_without_a_pause() -> None:
    """In each hour somebody of three teams around the world has a new case."""
    around = queue(
        team("manila", {"mon-sun": ["22:00-07:00"]}),
        team("krakow", {"mon-sun": ["07:00-15:00"]}),
        team("bogota", {"mon-sun": ["12:00-24:00"]}),
    )
    moment, had = at("12:00"), []

    while moment < at("12:00") + DAY:
        chosen = team_for(around, "en", "normal", moment)
        assert chosen is not None
        assert chosen.hours.is_open(moment)
        had.append(chosen.name)
        moment += HOUR

    assert [name for name, _ in groupby(had)] == ["bogota", "manila", "krakow"]
