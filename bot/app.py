"""The composition root: the only place that builds things and connects them."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from importlib.resources import as_file, files
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.changes import Changes
from bot.desk import Advisor, Agents, Board, Clocks, Conversation, HandOver, Overviews, Rounds, Staff, Together
from bot.desk.advice import Explain
from bot.desk.unaided import unaided
from bot.deskdata import DeskData, DeskFiles, load_desk_data
from bot.models import Note, Progress, follow
from bot.replies import bundled
from bot.reports.verdicts import Experience, since_review
from bot.settings import BadConfiguration, Settings, writable
from bot.slack.agent_listeners import AgentListeners
from bot.slack.cards import AgentVoice
from bot.slack.directory import Directory
from bot.slack.intake import Intake
from bot.slack.listeners import Listeners
from bot.slack.messages import PeopleVoice
from bot.slack.rights import GroupRights
from bot.slack.rooms import Rooms, find_rooms, find_rooms_again
from bot.slack.sender import Sender
from bot.slack.worker import Worker
from bot.store import Database
from classifier.prediction import Prediction
from knowledge_base.articles import Survey, survey_articles
from knowledge_base.asked import read_asked
from knowledge_base.imported import library_articles
from knowledge_base.saved import fingerprint_of, open_library
from knowledge_base.search import Library

log = structlog.get_logger()

# A dead connection is noticed after five unanswered pings: 10 s at this interval, a minute at the SDK's default.
PING_INTERVAL = 2.0
API_TIMEOUT = 20
LOOK_UP_TIMEOUT = 3  # the desk goes on without what it only wanted to look up
BAD_TOKEN = frozenset(
    ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type")
)
SCOPE_MISSING = {
    "SLACK_BOT_TOKEN": "The app lacks {scope}; update it from manifest.json and re-install it, both on the app's page",
    "SLACK_APP_TOKEN": "SLACK_APP_TOKEN lacks {scope}; make one with connections:write on the app's page",
}


class DeskVoice(PeopleVoice, AgentVoice):
    """Everything the desk says, to people and to agents."""

    def __init__(self, contact: str, ops: str, group_id: Callable[[str], str | None]) -> None:
        PeopleVoice.__init__(self, contact)
        AgentVoice.__init__(self, ops, group_id)


class CannotStart(Exception):
    """Nothing is wrong with the configuration, and yet the desk cannot start now. The text can be shown."""


class AlreadyRunning(CannotStart):
    """Another desk works on the same database."""


@dataclass
class Desk:
    """A running desk. Close it with `stop`, or use it as a context."""

    store: Database
    worker: Worker
    sender: Sender
    intake: Intake
    rooms: Rooms
    staff: Staff
    rounds: Rounds
    directory: Directory
    socket: SocketModeClient | None
    lock: IO[str]
    _threads: ExitStack = field(default_factory=ExitStack, init=False)

    def start(self) -> None:
        """All of it, or nothing: what did start is stopped again, and the home folder is free for the next try."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        with database_in_words(self.store.path):
            self.store.recover()
        self.directory.members()  # mentions of user groups need their ids
        for part in (self.sender, self.worker):
            part.start()
            self._threads.callback(part.stop)
        if self.socket:
            with slack_in_words(self.socket.web_client.base_url, "SLACK_APP_TOKEN"):
                self.socket.connect()

    def is_idle(self) -> bool:
        """Whether all that came in is worked on, all that is to be said is said, and nothing is due."""
        with self.store.reading() as unit:
            inbox = unit.inbox.count("waiting") + unit.inbox.count("working")
            outbox = unit.outbox.count("waiting") + unit.outbox.count("sending")
            return inbox + outbox == 0 and not unit.timers.any_due()

    def next_due_at(self) -> float | None:
        """When the next timer is due, in epoch seconds; None where none is set."""
        with self.store.reading() as unit:
            return unit.timers.next_at()

    def look_at_the_clock(self) -> None:
        """Somebody moved it: what is due now need not wait for the next round. Does not block."""
        self.store.inbox_filled.set()
        self.store.outbox_filled.set()

    def stop(self) -> None:
        """Also after half a start."""
        if self.socket:
            # slack_sdk's close() alone can wait for ever when it comes while the client connects again
            self.socket.auto_reconnect_enabled = False
            self.socket.disconnect()
            # slack_sdk's reader waits up to a second for another message before it sees that it is over; this is one
            self.socket.closed = True
            self.socket.message_queue.put(None)
            self.socket.close()
        self._threads.close()
        self.store.close()
        self.lock.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def build_library(data: DeskData, saves: Path, imported: Sequence[Path] = ()) -> Library:
    """The articles that come with the desk, and those that a team imported into these folders; kept in `saves`, so that
    the next start need not read them.

    A faulty one is named in the log and left out; the others serve.
    """
    with bundled_articles() as ours, as_file(files("classifier").joinpath("data/examples")) as messages:
        fingerprint = fingerprint_of([ours, messages, *imported], data.categories)
        opened = open_library(saves, fingerprint, lambda: survey_all(data, imported), lambda: read_asked(messages))
    for fault in opened.faults:
        log.warning("article left out", fault=fault)
    if opened.unsaved:
        log.warning("the library was not saved, so the next start takes longer", folder=str(saves), why=opened.unsaved)
    return opened.library


def survey_all(data: DeskData, imported: Sequence[Path] = ()) -> Survey:
    """The bundled articles with the imported ones, and what is wrong with those that are left out."""
    with bundled_articles() as folder:
        survey = survey_articles(folder, data.categories)
    both = library_articles(survey.articles, imported, data.categories)
    return Survey(both.articles, (*survey.faults, *both.faults))


def bundled_articles() -> AbstractContextManager[Path]:
    return as_file(files("knowledge_base").joinpath("articles"))


def build_advisor(
    data: DeskData, library: Library, predict: Callable[[str], Prediction], explain: Explain | None = None
) -> Advisor:
    """What `triage ask` needs: no Slack, no database."""
    return Advisor(
        predict, library, data.rules, data.policy, data.queues, bundled(), explain, categories=data.categories
    )


def following_advisor(settings: Settings, *, note: Note, progress: Progress | None = None) -> Advisor:
    """What a desk that runs for long is advised by: the model in use, also after another was promoted."""
    data = load_desk_data(settings.config_folder)
    library = build_library(data, settings.saved_libraries, settings.articles)
    predict = follow(settings.models, unaided(library), note=note, progress=progress)
    return build_advisor(data, library, predict, predict.explain)


def build_desk(settings: Settings, advisor: Advisor, *, now: Callable[[], float] | None = None) -> Desk:
    """Everything that `triage serve` runs. Raises BadConfiguration, MissingRooms, CannotStart."""
    client = build_client(settings)
    _check_door(settings)
    with slack_in_words(settings.slack_api_url, "SLACK_BOT_TOKEN"):
        identity = str(client.auth_test()["user_id"])
        rooms = find_rooms(client, advisor.queues, settings.help_channels, settings.ops_channel)
    with ExitStack() as undo:
        lock = undo.enter_context(_only_one(settings.home))
        store = _open_store(settings.database, now)
        undo.callback(store.close)
        advisor = replace(advisor, worth=Experience(store, since_review(advisor.library.articles)))
        directory = Directory(build_client(settings, timeout=LOOK_UP_TIMEOUT))
        voice = DeskVoice(settings.contact, rooms.ops, directory.group_id)
        staff = Staff(advisor.queues, rooms.queues)
        rights = GroupRights(directory, staff)
        board = Board(voice, staff, advisor.library)
        clocks = Clocks(staff)
        handover = HandOver(voice, staff, board, clocks)
        conversation = Conversation(store, advisor, voice, handover, directory.asker)
        overviews = Overviews(store, staff, rights)
        rounds = Rounds(store, voice, staff, board, clocks, lambda: conversation.advisor.policy)
        listeners = Listeners(
            conversation,
            overviews,
            voice,
            identity,
            rooms.help,
            directory.language,
            categories=lambda: conversation.advisor.categories,
            calling_emoji=settings.calling_emoji,
            contact=settings.contact,
        )
        acts = (store, voice, staff, board, clocks, handover, rights)
        agents = AgentListeners(Agents(*acts), Together(*acts), overviews)
        changes = Changes(
            DeskFiles(settings.config_folder),
            store,
            voice,
            staff,
            rounds,
            conversation,
            lambda queues: find_rooms_again(client, queues, settings.help_channels, settings.ops_channel),
        )
        app = _bolt_app(client, settings, listeners, agents)
        intake = Intake(store)
        desk = Desk(
            store=store,
            worker=Worker(store, app, listeners, (rounds.tick, changes.look)),
            sender=Sender(store, client, handover.undelivered),
            intake=intake,
            rooms=rooms,
            staff=staff,
            rounds=rounds,
            directory=directory,
            socket=_socket(settings, intake),
            lock=lock,
        )
        undo.pop_all()  # from here on the desk closes them
    return desk


def build_client(settings: Settings, timeout: int = API_TIMEOUT) -> WebClient:
    """A client without retries of its own: after a lost answer it would post twice. The outbox owns retries."""
    if not settings.slack_bot_token:
        raise BadConfiguration("SLACK_BOT_TOKEN is missing; set it in the environment or in .env (see .env.sample)")
    token = settings.slack_bot_token.get_secret_value()
    return WebClient(token, base_url=settings.slack_api_url, timeout=timeout, retry_handlers=[])


@contextlib.contextmanager
def slack_in_words(address: str, token: str) -> Iterator[None]:
    """What Slack answers to a call with `token` (its setting's name), as one sentence with the remedy."""
    try:
        yield
    except SlackApiError as fault:
        raise _refusal(fault.response, token) from fault
    except (OSError, HTTPException) as fault:
        why = getattr(fault, "reason", None) or fault
        raise CannotStart(
            f"Slack cannot be reached at {address} ({why}); check the network, the proxy and SLACK_API_URL"
        ) from fault


def _refusal(answer: Any, token: str) -> BadConfiguration | CannotStart:
    error = str(answer.get("error"))
    if error in BAD_TOKEN:
        return BadConfiguration(f"Slack does not accept {token} ({error}); copy it again from the app's page")
    if error == "missing_scope":
        needed = answer.get("needed")
        return BadConfiguration(SCOPE_MISSING[token].format(scope=f"the scope {needed}" if needed else "a scope"))
    if error == "ratelimited" or answer.status_code == 429:
        seconds = answer.headers.get("Retry-After", "60")
        return CannotStart(f"Slack asks the desk to wait; start it again in {seconds} seconds")
    if not re.fullmatch(r"\w+", error):  # a page for people, of a proxy or of Slack in trouble
        error = f"HTTP {answer.status_code}"
    return CannotStart(f"Slack could not do what was asked ({error}); try again in a minute")


def _bolt_app(client: WebClient, settings: Settings, *listeners: Listeners | AgentListeners) -> App:
    # Bolt warns at length of what is meant so: a token beside the client, deliveries that no listener wants.
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    app = App(
        client=client,
        logger=logger,
        # Listeners run where the worker calls, one after the other, and the worker sees how they end.
        process_before_response=True,
        # Requests come from our own inbox; the door has checked the signature already.
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    for each in listeners:
        each.register(app)
    return app


def _check_door(settings: Settings) -> None:
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise BadConfiguration(
            "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set; "
            "set one in the environment or in .env (see .env.sample)"
        )


def _socket(settings: Settings, intake: Intake) -> SocketModeClient | None:
    if not settings.slack_app_token:
        return None
    token = settings.slack_app_token.get_secret_value()
    socket = SocketModeClient(
        app_token=token,
        web_client=WebClient(base_url=settings.slack_api_url, timeout=API_TIMEOUT),
        ping_interval=PING_INTERVAL,
    )
    socket.socket_mode_request_listeners.append(intake.on_socket)
    return socket


@contextlib.contextmanager
def database_in_words(path: Path) -> Iterator[None]:
    """A file that SQLite cannot work with, as one sentence with the remedy."""
    try:
        yield
    except sqlite3.OperationalError as fault:
        raise CannotStart(
            f"{path} cannot be used as the desk's database ({fault}); "
            "see that it is a file of the desk, that you may write it and that no other program holds it"
        ) from fault
    except sqlite3.DatabaseError as fault:
        raise CannotStart(
            f"{path} is damaged or no database ({fault}); "
            "put a backup in its place, or move it away and the desk begins with an empty one"
        ) from fault


def _open_store(path: Path, now: Callable[[], float] | None) -> Database:
    with database_in_words(path):
        return Database(path, **({"now": now} if now else {}))


def _only_one(home: Path) -> IO[str]:
    """Hold the home folder: two desks on one SQLite file would both send what the other is sending."""
    lock = (writable(home) / "desk.lock").open("a+")
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
