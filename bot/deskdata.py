"""What a team edits: taxonomy.toml, queues.toml, teams.toml, policy.toml and rules.toml → typed, checked values.

Each file is the team's own where it has one, else the one that comes with the desk. A fault names the file, the key and
the remedy. Knows no environment, no database, no Slack and no clock.
"""

from __future__ import annotations

import hashlib
import reprlib
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.calendars import Calendar, Hours, Window, holidays_of, together, week_from
from bot.routing import SPOKEN_ANYWHERE, UNSORTED, Queue, Team
from bot.settings import BadConfiguration, content_of, did_you_mean, parsed_toml
from bot.triage import Policy, Rules, rules_from

FILES = ("taxonomy.toml", "queues.toml", "teams.toml", "policy.toml", "rules.toml")

# Two weeks without a change of the clocks, one in winter and one in summer: what is covered in both is covered.
USUAL_WEEKS = (datetime(2026, 1, 12, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC))
WEEK_SECONDS = 7 * 24 * 60 * 60.0


@dataclass(frozen=True)
class DeskData:
    """Queues with their teams, policy, rules and the taxonomy's vocabulary. `warnings` are sentences about what works,
    but hardly as it was meant."""

    queues: tuple[Queue, ...]
    policy: Policy
    rules: Rules
    categories: tuple[str, ...]
    teams: tuple[Team, ...] = ()
    warnings: tuple[str, ...] = ()


def load_desk_data(folder: Path) -> DeskData:
    """Each file from `folder` where the team has its own, else the one that comes with the desk."""
    return _checked(folder, _contents(folder))


class DeskFiles:
    """The files while the desk runs: `current` is what counts, and only data that are right as a whole replace it.

    Call `look` every few seconds, from one thread. Where nothing was saved, it costs one look at each file's date.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps = _stamps(folder)
        self._settled = True
        contents = _contents(folder)
        self.current = _checked(folder, contents)
        self._seen = self._in_force = _digest(contents)
        self._former = self.current, self._in_force

    def look(self) -> DeskData | None:
        """New data, once; None while nothing new counts. Raises BadConfiguration once for a content that is wrong.

        An editor may empty a file before it fills it again, and half a rules.toml is a valid one with half the rules.
        So what was saved is read at the next look, and only when nothing was written in between.
        """
        stamps = _stamps(self._folder)
        if stamps != self._stamps:
            self._stamps, self._settled = stamps, False
        elif not self._settled:
            self._settled = True
            contents = _contents(self._folder)
            if _stamps(self._folder) == stamps:
                return self._judged(contents)
        return None

    def _judged(self, contents: Mapping[str, bytes]) -> DeskData | None:
        digest = _digest(contents)
        if digest == self._seen:
            return None
        self._seen = digest
        if digest == self._in_force:
            return None
        checked = _checked(self._folder, contents)
        self._former = self.current, self._in_force
        self.current, self._in_force = checked, digest
        return self.current

    def take_back(self) -> None:
        """What `look` gave last cannot be used now: the former data stay in force, and the next look gives the same
        again, unless something else was saved by then."""
        self.current, self._in_force = self._former
        self._seen, self._settled = self._in_force, False


# -- files -------------------------------------------------------------------------------------------------------------


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: content_of(folder / name) if (folder / name).is_file() else _default(name) for name in FILES}


def _default(name: str) -> bytes:
    return files("bot").joinpath(f"defaults/{name}").read_bytes()


def _stamps(folder: Path) -> tuple[tuple[int, ...] | None, ...]:
    """By which a change shows without reading: date and size, and the date of a change of rights."""
    return tuple(_stamp(folder / name) for name in FILES)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _digest(contents: Mapping[str, bytes]) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents.values())).digest()


def _tables(folder: Path, name: str, content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise BadConfiguration(f"{folder / name} is empty; fill it, or delete it to go back to the desk's own")
    return parsed_toml(folder / name, content)


def _checked(folder: Path, contents: Mapping[str, bytes]) -> DeskData:
    data = {name: _tables(folder, name, content) for name, content in contents.items()}
    categories = tuple(_row(_TaxonomyFile, data["taxonomy.toml"], "taxonomy.toml:").category)
    teams = tuple(_team(name, row) for name, row in data["teams.toml"].items())
    queues = _queues(data["queues.toml"], categories, teams)
    policy = Policy(**_row(_PolicyFile, data["policy.toml"], "policy.toml:").model_dump())
    _check_trust(policy, categories)
    rules = _rules(data["rules.toml"], queues, categories)
    # Nobody needs to hear about a team that only our own file has.
    theirs = teams if (folder / "teams.toml").is_file() else ()
    return DeskData(queues, policy, rules, categories, teams, (*_idle(theirs, queues), *_gaps(queues)))


# -- the shapes of what a team edits -----------------------------------------------------------------------------------


class _Shape(BaseModel):
    """One table of a file. Types are strict and keys are known; a field's description says what belongs there."""

    model_config = ConfigDict(strict=True, extra="forbid")


Shape = TypeVar("Shape", bound=_Shape)

Tier = Literal[1, 2, 3]
Words = Annotated[str, Field(min_length=1, description="words in quotes")]
# Titles stand in what people and agents read, where Slack takes what is between < and > for a mention or a link.
Title = Annotated[str, Field(pattern="^[^<>]+$", description="words in quotes, without < and >")]
Minutes = Annotated[int, Field(ge=1)]
Chance = Annotated[float, Field(ge=0, le=1, description="a probability between 0 and 1")]
Expressions = Annotated[list[Words], Field(min_length=1, description="a list with at least one expression in quotes")]
Place = Annotated[Literal["offshore", "onshore"], Field(description="offshore or onshore")]
Language = Annotated[str, Field(pattern="^[a-z]{2}$")]
Days = Annotated[list[date], Field(description="a list of dates without quotes, such as [2026-12-24]")]


class _Targets(_Shape):
    low: Minutes
    normal: Minutes
    high: Minutes
    critical: Minutes


class _QueueTable(_Shape):
    title: Title
    channel: Words
    group: Words
    tiers: Annotated[list[Tier], Field(min_length=1, description="a list of tiers, such as [1, 2]")]
    owns: list[Words] = Field(description='a list of categories, such as ["network"], or [] for none')
    region: Place
    sees: Literal["redacted", "full"] = Field(description="redacted or full")
    answers: _Targets = Field(description="minutes, such as { critical = 15, high = 30, normal = 120, low = 480 }")
    resolves: _Targets = Field(description="minutes, such as { critical = 240, high = 480, normal = 1440, low = 2880 }")
    teams: list[Words] = Field(default=[], description='a list of teams from teams.toml, such as ["pune"]')
    lead: Words = ""


class _TeamTable(_Shape):
    title: Title
    region: Place
    zone: Words
    hours: dict[str, list[str]] = Field(description='windows by day, such as { mon-fri = ["09:00-18:00"] }')
    languages: list[Language] = Field(min_length=1, description='languages in two letters, such as ["en", "hi"]')
    group: Words
    country: str | None = Field(default=None, description='a country in two letters, such as "IN", or "DE-BY"')
    closed: Days = []
    open: Days = []
    on_call: Words = ""


class _PolicyFile(_Shape):
    trust_category_above: Chance
    answer_above: Chance
    answer_untrusted_above: Chance
    second_answer_above: Chance
    other_above: Chance
    # Each is a button under the question; more than these nobody reads.
    clarify_with: int = Field(ge=1, le=10, description="a whole number from 1 to 10")
    onshore_above: Chance = 1.0
    ask_article_above: Chance = 1.0
    noise_budget: int = Field(default=5, ge=0, description="a whole number from 0 on")
    rate_share: Chance = 0.25
    review_share: Chance = 0.05
    trust: dict[str, Chance] = Field(default={}, description="a table of categories, such as outlook = 0.55")


class _RuleTable(_Shape):
    reason: Words
    any: Expressions
    unless: Expressions | None = Field(default=None, description="a list with at least one expression in quotes")
    tier: Tier = Field(description="1, 2 or 3")
    urgency: Literal["low", "normal", "high", "critical"] = Field(description="low, normal, high or critical")
    queue: Words
    category: str | None = Field(default=None, description="a category in quotes")
    aid: str | None = Field(default=None, description="an article's id in quotes")


class _StandingTable(_Shape):
    reason: Words
    groups: list[Words] = Field(min_length=1, description="a list with at least one Slack user group in quotes")
    tier: Tier = Field(description="1, 2 or 3")
    urgency: Literal["low", "normal", "high", "critical"] = Field(description="low, normal, high or critical")


class _TaxonomyFile(_Shape):
    # Titles and explanations stand beside the ids, for people.
    model_config = ConfigDict(extra="ignore")

    category: dict[str, dict[str, Any]] = Field(
        min_length=1, description='a table for each category, such as [category.outlook] with title = "Outlook"'
    )


def _row(shape: type[Shape], data: Any, where: str) -> Shape:
    """`data` as the shape says. Raises BadConfiguration that names the place, the key and the remedy."""
    if not isinstance(data, dict):
        raise BadConfiguration(f"{where} is {reprlib.repr(data)}; make it a heading, with its keys on the lines below")
    try:
        return shape.model_validate(data)
    except ValidationError as fault:
        # A misspelt key is also a missing one; the misspelling is what to tell.
        error = min(fault.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise BadConfiguration(f"{where} {_remedy(shape, error['type'], error['loc'], error['input'])}") from fault


def _remedy(shape: type[_Shape], kind: str, place: tuple[int | str, ...], found: object) -> str:
    key = str(place[-1])
    inside = f"{place[0]}: " if len(place) > 1 else ""
    if kind == "extra_forbidden":
        return f"{inside}unknown key {key!r}{did_you_mean(key, _known(shape, place))}"
    if kind == "missing":
        return f"{inside}{key!r} is missing; add it"
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)[1:]
    shown = str(found) if isinstance(found, date) else reprlib.repr(found)
    return f"{name} is {shown}; use {shape.model_fields[str(place[0])].description}"


def _known(shape: type[_Shape], place: tuple[int | str, ...]) -> Iterable[str]:
    """The keys of the table that the last part of `place` stands in."""
    for part in place[:-1]:
        shape = shape.model_fields[str(part)].annotation  # type: ignore[assignment]
    return shape.model_fields


# -- teams -------------------------------------------------------------------------------------------------------------


def _team(name: str, data: Any) -> Team:
    where = f"teams.toml: [{name}]"
    row = _row(_TeamTable, data, where)
    _check_zone(row.zone, where)
    hours = Calendar(row.zone, _week(row.hours, where), _days_off(row, where))
    return Team(name, row.title, row.region, row.zone, hours, tuple(row.languages), row.group, row.on_call)


def _check_zone(zone: str, where: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        # All six hundred of them are no help where none is close.
        meant = did_you_mean(zone, available_timezones()).partition("; use one of ")[0]
        remedy = meant or "; use an IANA name, such as Europe/Berlin"
        raise BadConfiguration(f"{where} zone is {zone!r}, which does not exist{remedy}") from fault


def _week(hours: Mapping[str, list[str]], where: str) -> tuple[tuple[Window, ...], ...]:
    try:
        week = week_from(hours)
    except ValueError as fault:
        raise BadConfiguration(f"{where} hours: {fault}") from fault
    if not any(week):
        raise BadConfiguration(f'{where} hours has no window in the week; add one, such as mon-fri = ["09:00-18:00"]')
    return week


def _days_off(row: _TeamTable, where: str) -> Container[date]:
    for day in set(row.closed) & set(row.open):
        raise BadConfiguration(f"{where} has {day} both in `closed` and in `open`; take it out of one")
    if row.country is None:
        return frozenset(row.closed)
    try:
        return holidays_of(row.country, row.closed, row.open)
    except ValueError as fault:
        raise BadConfiguration(f"{where} country: {fault}") from fault


# -- queues ------------------------------------------------------------------------------------------------------------


def _queues(data: Mapping[str, Any], categories: tuple[str, ...], teams: tuple[Team, ...]) -> tuple[Queue, ...]:
    queues = tuple(_queue(name, row, categories, teams) for name, row in data.items())
    if UNSORTED not in data:
        raise BadConfiguration(f"queues.toml: there is no [{UNSORTED}]; add it, for what nobody owns")
    _check_owners(queues, categories)
    _check_channels(queues)
    return queues


def _queue(name: str, data: Any, categories: tuple[str, ...], teams: tuple[Team, ...]) -> Queue:
    where = f"queues.toml: [{name}]"
    row = _row(_QueueTable, data, where)
    for category in row.owns:
        if category not in ("*", *categories):
            raise BadConfiguration(f"{where} owns an unknown category {category!r}{did_you_mean(category, categories)}")
    its_own = _teams_of(row, teams, where)
    values = {**row.model_dump(), "tiers": tuple(row.tiers), "owns": tuple(row.owns), "teams": its_own}
    queue = Queue(name=name, **values)
    _check_targets(queue, where)
    return queue


def _teams_of(row: _QueueTable, teams: tuple[Team, ...], where: str) -> tuple[Team, ...]:
    known = {team.name: team for team in teams}
    for name in row.teams:
        if name not in known:
            remedy = did_you_mean(name, known) if known else "; add it to teams.toml"
            raise BadConfiguration(f"{where} has the unknown team {name!r}{remedy}")
        # Its people would read what must not leave the country.
        if row.region == "onshore" and known[name].region != "onshore":
            raise BadConfiguration(f"{where} is onshore and its team {name!r} is not; give it onshore teams only")
    return tuple(known[name] for name in dict.fromkeys(row.teams))


def _check_targets(queue: Queue, where: str) -> None:
    for urgency, minutes in queue.answers.items():
        if minutes > queue.resolves[urgency]:
            raise BadConfiguration(
                f"{where} resolves.{urgency} is {queue.resolves[urgency]}, less than answers.{urgency} = {minutes}; "
                f"give it {minutes} minutes or more"
            )


def _check_owners(queues: tuple[Queue, ...], categories: tuple[str, ...]) -> None:
    """Tier 1 is whole because every case may start there; tier 3 because work for onshore people must not end up in
    `unsorted`, which is offshore. Tier 2 may have gaps: there is no second line for `unclear`. What comes in there is
    sorted by hand in `unsorted`, and what is escalated goes on to tier 3.
    """
    for tier in (1, 3):
        for category in categories:
            if not any(queue.takes(category, tier) or queue.takes_the_rest(tier) for queue in queues):
                raise BadConfiguration(
                    f"queues.toml: nobody owns {category} at tier {tier}; name it in the `owns` of a queue of that tier"
                )


def _check_channels(queues: tuple[Queue, ...]) -> None:
    """Everybody in a channel reads what is posted there, whichever queue it is for."""
    for one, other in combinations(queues, 2):
        if one.channel == other.channel and (one.region, one.sees) != (other.region, other.sees):
            raise BadConfiguration(
                f"queues.toml: [{one.name}] and [{other.name}] share the channel {one.channel!r}, but not region and "
                f"`sees`; give [{other.name}] a channel of its own"
            )


# -- policy and rules --------------------------------------------------------------------------------------------------


def _check_trust(policy: Policy, categories: Collection[str]) -> None:
    for name in policy.trust:
        if name not in categories:
            raise BadConfiguration(
                f"policy.toml: [trust] has the unknown category {name!r}{did_you_mean(name, categories)}"
            )


def _rules(data: Mapping[str, Any], queues: tuple[Queue, ...], categories: tuple[str, ...]) -> Rules:
    names = [queue.name for queue in queues]
    for name, table in data.items():
        if isinstance(table, Mapping) and "groups" in table:
            _row(_StandingTable, table, f"rules.toml: [{name}]")
            continue
        row = _row(_RuleTable, table, f"rules.toml: [{name}]")
        if row.queue not in names:
            raise BadConfiguration(
                f"rules.toml: [{name}] sends to unknown queue {row.queue!r}{did_you_mean(row.queue, names)}"
            )
        if row.category and row.category not in categories:
            raise BadConfiguration(
                f"rules.toml: [{name}] has an unknown category {row.category!r}{did_you_mean(row.category, categories)}"
            )
    try:
        return rules_from(data)
    except ValueError as fault:
        raise BadConfiguration(str(fault)) from fault


# -- what works, but hardly as it was meant ----------------------------------------------------------------------------


def _idle(teams: Iterable[Team], queues: Collection[Queue]) -> Iterator[str]:
    for team in teams:
        if all(queue.team(team.name) is None for queue in queues):
            yield f"teams.toml: no queue has the team [{team.name}]; name it in the `teams` of one, or take it out"


def _gaps(queues: Iterable[Queue]) -> Iterator[str]:
    for queue in queues:
        if queue.region == "offshore" and queue.sees == "full":
            yield f'queues.toml: offshore [{queue.name}] reads personal data; use sees = "redacted" if it should not'
        if not queue.teams:
            continue
        if not any(SPOKEN_ANYWHERE in team.languages for team in queue.teams):
            yield (
                f"queues.toml: no team of [{queue.name}] speaks English, in which most people can meet; "
                f'add a team that does, or "{SPOKEN_ANYWHERE}" to the `languages` of one'
            )
        hole = None if any(team.on_call for team in queue.teams) else _hole_of(queue)
        if hole:
            yield (
                f"queues.toml: [{queue.name}] has nobody at work {hole} and nobody on call, so what is critical waits; "
                f"add a team, or `on_call` to one of its teams"
            )


def _hole_of(queue: Queue) -> str | None:
    """The first time of a usual week in which nobody is at work, in words. Holidays aside: they are no habit."""
    zone = queue.teams[0].zone
    usual = together([_without_holidays(team.hours) for team in queue.teams])
    for begin in (week.timestamp() for week in USUAL_WEEKS):
        if usual.worked(begin, begin + WEEK_SECONDS) >= WEEK_SECONDS:
            continue  # asked first because to look for an end that never comes takes long
        opens = usual.opens(begin)
        closes = None if opens is None else usual.closes(opens)
        again = None if closes is None else usual.opens(closes)
        if closes is not None and again is not None:
            return f"from {_in_words(closes, zone)} to {_in_words(again, zone)} ({zone})"
    return None


def _without_holidays(hours: Hours) -> Hours:
    return replace(hours, holidays=frozenset()) if isinstance(hours, Calendar) else hours


def _in_words(at: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%A %H:%M}"
