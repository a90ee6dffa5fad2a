"""Reads who is in the workspace (`people.toml`) into small values.

Knows nothing about messages, Slack's protocol or the server.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

PEOPLE = Path(__file__).with_name("people.toml")

Role = Literal["person", "agent", "maintainer", "app"]
ROLES = ("person", "agent", "maintainer", "app")


class BadSeed(ValueError):
    """The seed file cannot be used; the text names the entry and the remedy."""


@dataclass(frozen=True)
class Person:
    id: str
    handle: str
    real_name: str
    title: str
    city: str
    country: str
    tz: str
    locale: str
    role: Role
    about: str
    colour: str
    tries: tuple[str, ...]

    @property
    def is_app(self) -> bool:
        return self.role == "app"


@dataclass(frozen=True)
class Channel:
    """A channel or a direct message; of the latter, `name` is empty and `members` are the two people."""

    id: str
    name: str
    topic: str
    private: bool
    members: frozenset[str]
    created: int = 0
    archived: bool = False

    @property
    def is_im(self) -> bool:
        return self.id.startswith("D")

    def other(self, user: str) -> str:
        """The other side of a direct message, seen from `user`."""
        return next(iter(self.members - {user}), user)


@dataclass(frozen=True)
class Group:
    id: str
    handle: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Identity:
    """Who the app is: what every payload repeats."""

    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_id: str
    bot_user: str
    bot_name: str


@dataclass(frozen=True)
class Seed:
    identity: Identity
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    groups: tuple[Group, ...]


def slack_id(letter: str, name: str) -> str:
    """An id that looks like Slack's and still shows whose it is: `slack_id("U", "ana")` is `U0ANA000000`."""
    return (letter + "0" + re.sub(r"[^A-Z0-9]", "", name.upper())).ljust(11, "0")


def read_seed(path: Path = PEOPLE) -> Seed:
    try:
        with path.open("rb") as file:
            return seed_from(tomllib.load(file))
    except (tomllib.TOMLDecodeError, BadSeed) as error:
        raise BadSeed(f"{path.name}: {error}") from error


def seed_from(table: Mapping[str, Any]) -> Seed:
    people = tuple(_person(row) for row in table.get("person", ()))
    by_handle = {person.handle: person for person in people}
    apps = [person for person in people if person.is_app]
    if len(apps) != 1:
        raise BadSeed(f'{len(apps)} people have role = "app"; give it to exactly one')
    return Seed(
        identity=_identity(table.get("team", {}), apps[0]),
        people=people,
        channels=tuple(_channel(row, by_handle) for row in table.get("channel", ())),
        groups=tuple(_group(row, by_handle) for row in table.get("user_group", ())),
    )


def _person(row: Mapping[str, Any]) -> Person:
    handle = _required(row, "handle", "person")
    role = row.get("role", "person")
    if role not in ROLES:
        raise BadSeed(f"person {handle}: unknown role {role!r}; use one of {', '.join(ROLES)}")
    return Person(
        id=slack_id("U", handle),
        handle=handle,
        real_name=_required(row, "real_name", f"person {handle}"),
        title=row.get("title", ""),
        city=row.get("city", ""),
        country=row.get("country", ""),
        tz=row.get("tz", "Etc/UTC"),
        locale=row.get("locale", "en-US"),
        role=cast(Role, role),
        about=row.get("about", ""),
        colour=row.get("colour", "#374151"),
        tries=tuple(row.get("tries", ())),
    )


def _channel(row: Mapping[str, Any], people: Mapping[str, Person]) -> Channel:
    name = _required(row, "name", "channel")
    return Channel(
        id=slack_id("C", name),
        name=name,
        topic=row.get("topic", ""),
        private=bool(row.get("private", False)),
        members=frozenset(_members(row, people, f"channel {name}")),
    )


def _group(row: Mapping[str, Any], people: Mapping[str, Person]) -> Group:
    handle = _required(row, "handle", "user_group")
    members = _members(row, people, f"user_group {handle}")
    return Group(slack_id("S", handle), handle, row.get("name", handle), tuple(members))


def _members(row: Mapping[str, Any], people: Mapping[str, Person], where: str) -> list[str]:
    handles = row.get("members", [])
    if handles == ["*"]:
        return [person.id for person in people.values()]
    for handle in handles:
        if handle not in people:
            raise BadSeed(f"{where}: no person has the handle {handle!r}; add one or take it out of members")
    return [people[handle].id for handle in handles]


def _identity(team: Mapping[str, Any], app: Person) -> Identity:
    domain = team.get("domain", "local")
    return Identity(
        team_id=slack_id("T", domain)[:11],
        team_name=team.get("name", "Local workspace"),
        team_domain=domain,
        app_id=slack_id("A", app.handle),
        bot_id=slack_id("B", app.handle),
        bot_user=app.id,
        bot_name=app.real_name,
    )


def _required(row: Mapping[str, Any], key: str, where: str) -> str:
    if not row.get(key):
        raise BadSeed(f"{where}: {key} is missing")
    return str(row[key])
