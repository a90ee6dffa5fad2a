"""`triage doctor`: looks at everything the desk needs, and says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.app import build_client
from bot.models import NoModel, current_model, load_model
from bot.settings import BadConfiguration, DeskData, Settings, load_desk_data
from bot.slack.rooms import MissingRooms, find_rooms
from bot.store import Database


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `is_fault`: the desk cannot do its work until somebody acts."""

    what: str
    says: str
    is_fault: bool = False
    is_warning: bool = False

    def in_words(self) -> str:
        mark = "FAULT  " if self.is_fault else "warning" if self.is_warning else "ok     "
        return f"{mark}  {self.what}: {self.says}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which things depend on each other."""
    found: list[Finding] = []
    data = _checked(found, "configuration", lambda: load_desk_data(settings.config_folder))
    if isinstance(data, DeskData):
        found[-1] = Finding("configuration", f"{len(data.queues)} queues, {len(data.rules)} rules")
        found.extend(_articles(data))
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


def _articles(data: DeskData) -> Iterator[Finding]:
    from knowledge_base.articles import survey_articles

    with as_file(files("knowledge_base").joinpath("articles")) as folder:
        survey = survey_articles(folder, data.categories)
    yield Finding("articles", f"{len(survey.articles)} can be read")
    for fault in survey.faults:
        yield Finding("articles", f"left out: {fault}", is_warning=True)
    known = {article.id for article in survey.articles}
    for rule in data.rules:
        if rule.aid and rule.aid not in known:
            yield Finding(
                "rules", f"[{rule.name}] shows {rule.aid}, which does not exist; correct `aid`", is_warning=True
            )


def _model(settings: Settings) -> Iterator[Finding]:
    from classifier import UnusableModel

    try:
        folder = current_model(settings.models)
        if folder is None:
            yield Finding("model", "none yet; the first `ask`, `serve` or `demo` learns one", is_warning=True)
        else:
            yield Finding("model", f"{load_model(folder).version} in {folder}")
    except (NoModel, UnusableModel) as fault:
        yield Finding("model", str(fault), is_fault=True)


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database.is_file():
        yield Finding("database", f"{settings.database} is made at the first start")
        return
    store = Database(settings.database)
    with store.reading() as unit:
        cases, waiting, dead = unit.cases.count(), unit.inbox.count("waiting"), unit.inbox.count("dead")
        unsent, lost = unit.outbox.count("waiting"), unit.outbox.count("dead")
    store.close()
    yield Finding("database", f"{cases} cases, {waiting} deliveries and {unsent} posts waiting")
    if dead or lost:
        yield Finding("database", f"{dead} deliveries and {lost} posts were given up; look at the log", is_warning=True)


def _slack(settings: Settings, data: DeskData) -> Iterator[Finding]:
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        yield Finding("Slack", "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing; see .env.sample", is_fault=True)
    try:
        client = build_client(settings)
        identity = client.auth_test()
        rooms = find_rooms(client, data.queues, settings.help_channels, settings.ops_channel)
    except (BadConfiguration, MissingRooms) as fault:
        yield Finding("Slack", str(fault), is_fault=True)
    except SlackApiError as fault:
        yield Finding("Slack", f"refused the bot token: {fault.response.get('error')}; copy it again", is_fault=True)
    except OSError as fault:
        yield Finding(
            "Slack", f"cannot be reached at {settings.slack_api_url}: {fault}; check the network", is_fault=True
        )
    else:
        yield Finding("Slack", f"connected to {identity.get('team')} as {identity.get('user')}")
        for warning in rooms.warnings:
            yield Finding("Slack", warning, is_warning=True)
