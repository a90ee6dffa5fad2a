"""The composition root: the only place that builds things and connects them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.changes import Changes
from bot.desk.advice import Advisor
from bot.desk.agents import Agents
from bot.desk.board import Board
from bot.desk.clocks import Clocks
from bot.desk.conversation import Conversation
from bot.desk.handover import HandOver
from bot.desk.overview import Overviews
from bot.desk.rounds import Rounds
from bot.desk.staff import Staff
from bot.desk.together import Together
from bot.deskdata import DeskFiles
from bot.obstacles import AlreadyRunning, database_in_words
from bot.reports.verdicts import Experience, since_review
from bot.settings import BadConfiguration, Settings, writable
from bot.slack.agent_listeners import AgentListeners
from bot.slack.cards import AgentVoice
from bot.slack.connection import build_client, slack_in_words, socket_to
from bot.slack.directory import Directory
from bot.slack.intake import Intake
from bot.slack.listeners import Listeners
from bot.slack.messages import PeopleVoice
from bot.slack.rights import GroupRights
from bot.slack.rooms import Rooms, find_rooms, find_rooms_again
from bot.slack.sender import Sender
from bot.slack.worker import Worker
from bot.store import Database

log = structlog.get_logger()

LOOK_UP_TIMEOUT = 3  # the desk goes on without what it only wanted to look up


class DeskVoice(PeopleVoice, AgentVoice):
    """Everything the desk says, to people and to agents."""

    def __init__(self, contact: str, ops: str, group_id: Callable[[str], str | None]) -> None:
        PeopleVoice.__init__(self, contact)
        AgentVoice.__init__(self, ops, group_id)


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
        desk = _connected(settings, advisor, client, identity, rooms, store, lock)
        undo.pop_all()  # from here on the desk closes them
    return desk


def _connected(
    settings: Settings, advisor: Advisor, client: WebClient, identity: str, rooms: Rooms, store: Database, lock: IO[str]
) -> Desk:
    """All parts, each given what it needs; `identity` is the app's own user id."""
    directory = Directory(build_client(settings, timeout=LOOK_UP_TIMEOUT))
    voice = DeskVoice(settings.contact, rooms.ops, directory.group_id)
    staff = Staff(advisor.queues, rooms.queues)
    rights = GroupRights(directory, staff)
    board, clocks = Board(voice, staff, advisor.library), Clocks(staff)
    handover = HandOver(voice, staff, board, clocks)
    advisor = replace(advisor, worth=Experience(store, since_review(advisor.library.articles)))
    conversation = Conversation(store, advisor, voice, handover, directory.asker)
    overviews = Overviews(store, staff, rights)
    rounds = Rounds(store, voice, staff, board, clocks, lambda: conversation.advisor.policy)
    again = partial(find_rooms_again, client, help_channels=settings.help_channels, ops=settings.ops_channel)
    changes = Changes(DeskFiles(settings.config_folder), store, voice, staff, rounds, conversation, again)
    people = Listeners(
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
    intake = Intake(store)
    return Desk(
        store=store,
        worker=Worker(store, _bolt_app(client, people, agents), people, (rounds.tick, changes.look)),
        sender=Sender(store, client, handover.undelivered),
        intake=intake,
        rooms=rooms,
        staff=staff,
        rounds=rounds,
        directory=directory,
        socket=socket_to(settings, intake),
        lock=lock,
    )


def _bolt_app(client: WebClient, *listeners: Listeners | AgentListeners) -> App:
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
