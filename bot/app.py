"""The composition root: the only place that builds things and connects them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog
from knowledge_base.search import Library
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.desk import Advisor, Conversation, HandOver
from bot.replies import bundled
from bot.settings import BadConfiguration, DeskData, Settings
from bot.slack.cards import AgentVoice
from bot.slack.intake import Intake
from bot.slack.listeners import Listeners
from bot.slack.messages import PeopleVoice
from bot.slack.rooms import Rooms, find_rooms
from bot.slack.sender import Sender
from bot.slack.worker import Worker
from bot.store import Database
from classifier.prediction import Prediction
from knowledge_base.articles import survey_articles

log = structlog.get_logger()

# A dead connection is noticed after five unanswered pings: 10 s at this interval, a minute at the SDK's default.
PING_INTERVAL = 2.0
API_TIMEOUT = 20


class DeskVoice(PeopleVoice, AgentVoice):
    """Everything the desk says, to people and to agents."""

    def __init__(self, contact: str, ops: str) -> None:
        PeopleVoice.__init__(self, contact)
        AgentVoice.__init__(self, ops)


class AlreadyRunning(Exception):
    """Another desk works on the same database."""


@dataclass
class Desk:
    """A running desk. Close it with `stop`, or use it as a context."""

    store: Database
    worker: Worker
    sender: Sender
    intake: Intake
    rooms: Rooms
    socket: SocketModeClient | None
    lock: IO[str]

    def start(self) -> None:
        self.store.recover()
        self.worker.start()
        self.sender.start()
        if self.socket:
            self.socket.connect()

    def stop(self) -> None:
        if self.socket:
            self.socket.close()
        self.worker.stop()
        self.sender.stop()
        self.store.close()
        self.lock.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def build_library(data: DeskData) -> Library:
    """The articles that come with the desk. A faulty one is named in the log and left out; the others serve."""
    with as_file(files("knowledge_base").joinpath("articles")) as folder:
        survey = survey_articles(folder, data.categories)
    for fault in survey.faults:
        log.warning("article left out", fault=fault)
    return Library(survey.articles)


def build_advisor(data: DeskData, predict: Callable[[str], Prediction] | None) -> Advisor:
    """What `triage ask` needs: no Slack, no database."""
    return Advisor(predict, build_library(data), data.rules, data.policy, data.queues, bundled())


def build_desk(settings: Settings, advisor: Advisor, *, now: Callable[[], float] | None = None) -> Desk:
    """Everything that `triage serve` runs. Raises BadConfiguration, MissingRooms, AlreadyRunning."""
    client = build_client(settings)
    identity = _who_am_i(client)
    rooms = find_rooms(client, advisor.queues, settings.help_channels, settings.ops_channel)
    lock = _only_one(settings.home)
    store = Database(settings.database, **({"now": now} if now else {}))
    voice = DeskVoice(settings.contact, rooms.ops)
    handover = HandOver(store, voice, advisor.queues, rooms.queues, advisor.library)
    conversation = Conversation(store, advisor, voice, handover)
    listeners = Listeners(conversation, handover, voice, identity, rooms.help)
    intake = Intake(store)
    return Desk(
        store=store,
        worker=Worker(store, _bolt_app(client, settings, listeners), listeners),
        sender=Sender(store, client, handover.undelivered),
        intake=intake,
        rooms=rooms,
        socket=_socket(settings, intake),
        lock=lock,
    )


def build_client(settings: Settings) -> WebClient:
    """A client without retries of its own: after a lost answer it would post twice. The outbox owns retries."""
    if settings.slack_bot_token is None:
        raise BadConfiguration("SLACK_BOT_TOKEN is missing; set it in the environment or in .env (see .env.sample)")
    token = settings.slack_bot_token.get_secret_value()
    return WebClient(token, base_url=settings.slack_api_url, timeout=API_TIMEOUT, retry_handlers=[])


def _who_am_i(client: WebClient) -> str:
    try:
        return str(client.auth_test()["user_id"])
    except SlackApiError as fault:
        error = fault.response.get("error")
        raise BadConfiguration(
            f"Slack does not accept SLACK_BOT_TOKEN ({error}); copy it again from the app's page"
        ) from fault


def _bolt_app(client: WebClient, settings: Settings, listeners: Listeners) -> App:
    app = App(
        client=client,
        # Listeners run where the worker calls, one after the other, and the worker sees how they end.
        process_before_response=True,
        # Requests come from our own inbox; the door has checked the signature already.
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    listeners.register(app)
    return app


def _socket(settings: Settings, intake: Intake) -> SocketModeClient | None:
    if settings.slack_app_token is None:
        if settings.slack_signing_secret is None:
            raise BadConfiguration(
                "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set; "
                "set one in the environment or in .env (see .env.sample)"
            )
        return None
    token = settings.slack_app_token.get_secret_value()
    socket = SocketModeClient(
        app_token=token,
        web_client=WebClient(base_url=settings.slack_api_url, timeout=API_TIMEOUT),
        ping_interval=PING_INTERVAL,
    )
    socket.socket_mode_request_listeners.append(intake.on_socket)
    return socket


def _only_one(home: Path) -> IO[str]:
    """Hold the home folder: two desks on one SQLite file would both send what the other is sending."""
    home.mkdir(parents=True, exist_ok=True)
    lock = (home / "desk.lock").open("a+")
    try:
        _lock_file(lock)
    except OSError as fault:
        lock.close()
        raise AlreadyRunning(
            f"Another desk is running on {home}; stop it, or set TRIAGE_HOME to another folder"
        ) from fault
    return lock


def _lock_file(lock: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
