"""`triage doctor`: looks at everything the desk needs, and says what is wrong and what to do. Changes nothing."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Literal

from bot.deskdata import DeskData, load_desk_data
from bot.models import history, last_good
from bot.obstacles import CannotStart, MissingRooms, database_in_words
from bot.reports.reading import read_only
from bot.settings import BadConfiguration, Settings
from bot.slack.connection import build_client, slack_in_words
from bot.slack.directory import handles_of
from bot.slack.rooms import find_rooms
from bot.store import Transaction

if TYPE_CHECKING:
    from slack_sdk import WebClient

DEAD_LISTED = 20
DEAD_TOLD = 5


@dataclass(frozen=True)
class DeadLetter:
    """What was given up, and how it failed; never what people wrote. `age` is in seconds."""

    what: Literal["delivery", "post"]
    id: int
    kind: str
    error: str
    age: int

    def in_words(self) -> str:
        hours, seconds = divmod(self.age, 3600)
        return f"{self.what} {self.id} ({self.kind}): {self.error}, {hours} h {seconds // 60} min ago"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `is_fault`: the desk cannot do its work until somebody acts."""

    what: str
    says: str
    is_fault: bool = False
    is_warning: bool = False
    dead: tuple[DeadLetter, ...] = ()

    def in_words(self) -> str:
        mark = "FAULT  " if self.is_fault else "warning" if self.is_warning else "ok     "
        told = [f"         {letter.in_words()}" for letter in self.dead[:DEAD_TOLD]]
        return "\n".join([f"{mark}  {self.what}: {self.says}", *told])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which things depend on each other."""
    found: list[Finding] = []
    data = _checked(found, "configuration", lambda: load_desk_data(settings.config_folder))
    if isinstance(data, DeskData):
        found[-1] = Finding(
            "configuration", f"{len(data.queues)} queues, {len(data.teams)} teams, {len(data.rules)} rules"
        )
        found.extend(Finding("queues", warning, is_warning=True) for warning in data.warnings)
        found.extend(_articles(settings, data))
        found.extend(_slack(settings, data))
    found.extend(_model(settings))
    found.extend(_database(settings))
    return found


def _checked(found: list[Finding], what: str, look: Callable[[], Any]) -> Any:
    try:
        value = look()
    except BadConfiguration as fault:
        found.append(Finding(what, str(fault), is_fault=True))
        return None
    found.append(Finding(what, "fine"))
    return value


def _articles(settings: Settings, data: DeskData) -> Iterator[Finding]:
    from knowledge_base.articles import survey_articles
    from knowledge_base.imported import survey_imported

    with as_file(files("knowledge_base").joinpath("articles")) as folder:
        survey = survey_articles(folder, data.categories)
    known = {article.id for article in survey.articles}
    yield Finding("articles", f"{len(known)} can be read, with translations {len(survey.articles)} texts")
    for fault in survey.faults:
        yield Finding("articles", f"left out: {fault}", is_warning=True)
    for folder in settings.articles:
        theirs = survey_imported(folder, data.categories)
        known |= {article.id for article in theirs.articles}
        yield Finding("articles", f"{len({article.id for article in theirs.articles})} imported ones in {folder}")
        for fault in theirs.faults:
            yield Finding("articles", f"left out: {fault}", is_warning=True)
    for rule in data.rules.about_words:
        if rule.aid and rule.aid not in known:
            yield Finding(
                "rules", f"[{rule.name}] shows {rule.aid}, which does not exist; correct `aid`", is_warning=True
            )


def _model(settings: Settings) -> Iterator[Finding]:
    """A desk that goes on with an older model does its work; one without any answers much less."""
    chosen = history(settings.models)
    if not chosen:
        yield Finding("model", "none yet; the first `ask`, `serve` or `demo` learns one", is_warning=True)
        return
    found = last_good(settings.models)
    for trouble in found.troubles:
        yield Finding("model", trouble, is_fault=found.model is None, is_warning=found.model is not None)
    if found.model and not found.troubles:
        before = f"; before it {chosen[1]}" if chosen[1:] else ""
        yield Finding("model", f"{found.model.version} in {settings.models / chosen[0]}{before}")


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database.exists():
        yield Finding("database", f"{settings.database} is made at the first start")
        return
    try:
        with database_in_words(settings.database), read_only(settings.database) as conn:
            findings = [_work_left(conn), *_given_up(conn)]
    except CannotStart as fault:
        findings = [Finding("database", str(fault), is_fault=True)]
    yield from findings


def _work_left(conn: sqlite3.Connection) -> Finding:
    unit = Transaction(conn, time.time())
    waiting, unsent = unit.inbox.count("waiting"), unit.outbox.count("waiting")
    return Finding("database", f"{unit.cases.count()} cases, {waiting} deliveries and {unsent} posts waiting")


def _given_up(conn: sqlite3.Connection) -> Iterator[Finding]:
    unit = Transaction(conn, time.time())
    deliveries, posts = unit.inbox.count("dead"), unit.outbox.count("dead")
    if deliveries or posts:
        says = f"{deliveries} deliveries and {posts} posts were given up; `triage doctor --json` lists the latest"
        yield Finding("database", says, is_warning=True, dead=_dead_letters(conn, time.time()))


def _dead_letters(conn: sqlite3.Connection, now: float) -> tuple[DeadLetter, ...]:
    """The latest first. What belongs to a post that was given up was never tried, and has no error of its own."""
    rows = conn.execute(
        """
        SELECT 'delivery' AS what, id, kind, error, coalesce(settled_at, received_at) AS at
        FROM inbox WHERE state = 'dead'
        UNION ALL
        SELECT 'post', id, purpose, error, coalesce(settled_at, written_at) FROM outbox WHERE state = 'dead'
        ORDER BY at DESC LIMIT ?
        """,
        (DEAD_LISTED,),
    )
    return tuple(
        DeadLetter(row["what"], row["id"], row["kind"], _kind_of(row["error"]), max(0, int(now - row["at"])))
        for row in rows
    )


def _kind_of(error: str | None) -> str:
    """Slack's error or the exception's name; what stands behind it may be somebody's words."""
    name = re.match(r"[A-Za-z_]\w*", error or "")
    return name.group() if name else "unknown"


def _slack(settings: Settings, data: DeskData) -> Iterator[Finding]:
    if not settings.slack_app_token and not settings.slack_signing_secret:
        yield Finding("Slack", "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing; see .env.sample", is_fault=True)
    try:
        yield from _workspace(settings, data)
    except (BadConfiguration, CannotStart, MissingRooms) as fault:
        yield Finding("Slack", str(fault), is_fault=True)


def _workspace(settings: Settings, data: DeskData) -> Iterator[Finding]:
    client = build_client(settings)
    with slack_in_words(settings.slack_api_url, "SLACK_BOT_TOKEN"):
        identity = client.auth_test()
        rooms = find_rooms(client, data.queues, settings.help_channels, settings.ops_channel)
    if settings.slack_app_token:
        with slack_in_words(settings.slack_api_url, "SLACK_APP_TOKEN"):
            client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    yield Finding("Slack", f"connected to {identity.get('team')} as {identity.get('user')}")
    for warning in rooms.warnings:
        yield Finding("Slack", warning, is_warning=True)
    yield from _user_groups(settings, client, data)


def _user_groups(settings: Settings, client: WebClient, data: DeskData) -> Iterator[Finding]:
    """Whether the groups that rules speak of are there; without them nobody belongs to any, and nothing else fails."""
    try:
        with slack_in_words(settings.slack_api_url, "SLACK_BOT_TOKEN"):
            known = handles_of(client)
    except (BadConfiguration, CannotStart) as fault:
        yield Finding("user groups", f"{fault}; until then nobody belongs to a group", is_warning=True)
        return
    for rule in data.rules.about_people:
        for handle in sorted(rule.groups - known):
            text = f"rules.toml: [{rule.name}] speaks of @{handle}, which is not there; create it, or correct `groups`"
            yield Finding("user groups", text, is_warning=True)
    for where, handle, without in _groups_spoken_of(data):
        if handle and handle not in known:
            text = f"{where} names @{handle}, which is not there; create it, or correct the name. Until then {without}"
            yield Finding("user groups", text, is_warning=True)


def _groups_spoken_of(data: DeskData) -> Iterator[tuple[str, str, str]]:
    """(place in the files, handle, what is missing without it), each handle of a team once."""
    for queue in data.queues:
        yield f"queues.toml: [{queue.name}]", queue.group, f"its agents are the members of #{queue.channel}"
    for lead in sorted({queue.lead for queue in data.queues}):
        yield "queues.toml: `lead`", lead, "nobody leads: only whoever has a case can assign it"
    for team in sorted(
        {team.name: team for queue in data.queues for team in queue.teams}.values(), key=lambda t: t.name
    ):
        yield f"teams.toml: [{team.name}]", team.group, "what is pressing mentions nobody"
        yield f"teams.toml: [{team.name}]", team.on_call, "nobody is paged for what is critical out of hours"
