"""Who gets a case and by when: queues, the one that owns a category at a tier, and the team of it that is at work.

Pure: knows no database, no Slack and no clock. Moments come in as epoch seconds, UTC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.calendars import ALWAYS, Hours, together

Region = Literal["offshore", "onshore"]

# Where work goes that no queue owns.
UNSORTED = "unsorted"
TOP_TIER = 3

CRITICAL = "critical"
SPOKEN_ANYWHERE = "en"
# Whoever goes home sooner than this reads a new case only to hand it over.
ABOUT_TO_CLOSE = 15 * 60.0


class NoHigherTier(Exception):
    """The case is with the highest tier already. The text can be shown."""


@dataclass(frozen=True)
class Team:
    """People who work the same hours in the same place. `group` and `on_call` are Slack user groups; `on_call` is empty
    where nobody can be paged. `languages` are codes of two letters."""

    name: str
    title: str
    region: Region
    zone: str
    hours: Hours
    languages: tuple[str, ...]
    group: str
    on_call: str = ""


@dataclass(frozen=True)
class Queue:
    """One skill's queue. `answers` and `resolves` map an urgency to the promised first response and the resolution, in
    working minutes. `teams` come in order of preference; without any the queue is staffed at all hours. `lead` is the
    user group that hears of breaches and may assign."""

    name: str
    title: str
    channel: str
    group: str
    tiers: tuple[int, ...]
    owns: tuple[str, ...]
    region: Region
    sees: Literal["redacted", "full"]
    answers: Mapping[str, int]
    resolves: Mapping[str, int]
    teams: tuple[Team, ...] = ()
    lead: str = ""

    def takes(self, category: str, tier: int) -> bool:
        return tier in self.tiers and category in self.owns

    def takes_the_rest(self, tier: int) -> bool:
        return tier in self.tiers and "*" in self.owns

    @cached_property
    def hours(self) -> Hours:
        """When any of its teams is at work."""
        return together([team.hours for team in self.teams])

    def team(self, name: str | None) -> Team | None:
        """Its team of that name; None when it has none such (any more)."""
        return next((team for team in self.teams if team.name == name), None)


@dataclass(frozen=True)
class Promise:
    """When a person hears from an agent at the latest (`math.inf`: nobody ever comes). `opens`: when the next one comes
    to work, None when somebody is at work now. `paged`: nobody is, and the on-call people of `team` are called."""

    by: float
    opens: float | None
    team: Team | None
    paged: bool = False


# -- queues ------------------------------------------------------------------------------------------------------------


def queue_for(category: str, tier: int, queues: Sequence[Queue]) -> Queue:
    """The queue that owns `category` at `tier`: a named owner first, then who takes the rest, then `unsorted`."""
    for queue in queues:
        if queue.takes(category, tier):
            return queue
    for queue in queues:
        if queue.takes_the_rest(tier):
            return queue
    return named(UNSORTED, queues)


def next_tier(current: Queue, category: str, queues: Sequence[Queue]) -> Queue:
    """Where an escalation goes: the category's owner one tier up; tier 3 is onshore and has nobody above it."""
    for tier in range(max(current.tiers) + 1, TOP_TIER + 1):
        above = queue_for(category, tier, queues)
        if above.name not in (current.name, UNSORTED):
            return above
    raise NoHigherTier(f"{current.title} is the highest tier. Reroute the case if another team should have it.")


def named(name: str, queues: Sequence[Queue]) -> Queue:
    """The queue called `name`. Raises KeyError, with the names that exist, for an unknown one."""
    for queue in queues:
        if queue.name == name:
            return queue
    known = ", ".join(queue.name for queue in queues)
    raise KeyError(f"there is no queue {name!r}; queues.toml has {known}")


# -- teams -------------------------------------------------------------------------------------------------------------


def calendar_of(queue: Queue, team: str | None, urgency: str) -> Hours:
    """By which hours a case's clocks run: all of them for a critical one; else the team's own, and where it has no team
    (or one that left the queue) the hours in which any team of the queue is at work."""
    if urgency == CRITICAL:
        return ALWAYS
    its_own = queue.team(team)
    return its_own.hours if its_own else queue.hours


def team_for(queue: Queue, language: str, urgency: str, at: float) -> Team | None:
    """Which team of `queue` gets a case at the moment `at`; None when the queue has no teams.

    The queue is the skill, and it was chosen before: no hand, however fast, takes work that it cannot do. Within it,
    people are served best by somebody who is awake in time and understands them, in this order:

    1. opens soon enough: within the promised first response, counted from the moment when the first team is there. A
       language is worth a wait as long as the promise holds, and no longer;
    2. speaks the person's language (an empty one is unknown, and spoken by nobody);
    3. speaks English, in which most people can meet;
    4. opens soonest: of two who understand, the one who is at work;
    5. stays open longest: each change of shift is one more person who has to read the story;
    6. comes first in the file.

    A team that closes within a quarter of an hour, and before the promise falls due, counts by its next opening,
    unless nobody else is at work. Whoever is on call counts as at work for a critical case while nobody else is.
    """
    shifts = [_Shift.of(team, at) for team in queue.teams]
    if not shifts:
        return None
    target = queue.answers[urgency] * 60.0
    if urgency == CRITICAL and not any(shift.awake for shift in shifts):
        shifts = [shift.paged() for shift in shifts]
    lasting = [shift if shift.lasts(target) else shift.next_one() for shift in shifts]
    if any(shift.awake for shift in lasting):
        shifts = lasting
    first = min(shift.opens for shift in shifts)
    return min(shifts, key=lambda shift: shift.rank(language, first + target)).team


@dataclass(frozen=True)
class _Shift:
    """A team's open time that holds the moment `at`, or else its next. It never opens (`inf`) where none comes."""

    team: Team
    at: float
    opens: float
    closes: float

    @classmethod
    def of(cls, team: Team, at: float, since: float | None = None) -> _Shift:
        opens = team.hours.opens(at if since is None else since)
        closes = None if opens is None else team.hours.closes(opens)
        return cls(team, at, math.inf if opens is None else opens, math.inf if closes is None else closes)

    @property
    def awake(self) -> bool:
        return self.opens <= self.at

    def lasts(self, target: float) -> bool:
        return not self.awake or self.closes - self.at >= min(ABOUT_TO_CLOSE, target)

    def next_one(self) -> _Shift:
        return _Shift.of(self.team, self.at, self.closes)

    def paged(self) -> _Shift:
        return _Shift(self.team, self.at, self.at, math.inf) if self.team.on_call else self

    def rank(self, language: str, due: float) -> tuple[bool, bool, bool, float, float]:
        """Smaller is better; what is equal stays in the file's order. An opening at `due` itself is too late."""
        languages = self.team.languages
        return (
            self.opens >= due,
            language not in languages,
            SPOKEN_ANYWHERE not in languages,
            self.opens,
            -self.closes,
        )


# -- promises ----------------------------------------------------------------------------------------------------------


def promise_for(queue: Queue, team: str | None, urgency: str, at: float) -> Promise:
    """What can be promised at `at` for a case that `team` should have: the first response within the target, in the
    hours of the whole queue, since a case that nobody has goes on to the next team when this one goes home. `opens` is
    when that team comes to work; for one that is None or left the queue, when the queue does.

    A critical case runs around the clock while somebody is at work, or can be paged. Where neither is so, the promise
    counts from the next opening: a time at which nobody is there would be invented.
    """
    target = queue.answers[urgency] * 60.0
    its_own = queue.team(team)
    if urgency != CRITICAL:
        hours = its_own.hours if its_own else queue.hours
        opens, by = _next_opening(hours, at), queue.hours.after(at, target)
        return Promise(by if opens is None or by > opens else hours.after(at, target), opens, its_own)
    opens = _next_opening(queue.hours, at)
    if opens is None:
        return Promise(at + target, None, its_own)
    on_call = _on_call(queue, its_own)
    if on_call:
        return Promise(at + target, opens, on_call, paged=True)
    return Promise(queue.hours.after(at, target), opens, its_own)


def _next_opening(hours: Hours, at: float) -> float | None:
    return None if hours.is_open(at) else hours.opens(at)


def _on_call(queue: Queue, first: Team | None) -> Team | None:
    """Who is paged: the case's own team where it can be, else the first of the queue that can."""
    teams = (first, *queue.teams) if first else queue.teams
    return next((team for team in teams if team.on_call), None)
