"""Takes up what a team changed in its files while the desk runs: as a whole, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot.desk.conversation import Conversation
from bot.desk.rounds import Rounds
from bot.desk.staff import Staff
from bot.desk.voice import Voice
from bot.deskdata import DeskData, DeskFiles
from bot.obstacles import MissingRooms
from bot.routing import Queue
from bot.settings import BadConfiguration
from bot.slack.rooms import Rooms
from bot.store import Database

log = structlog.get_logger()

# An editor empties a file before it fills it again; two looks this far apart, in seconds, do not both see it empty.
BETWEEN_LOOKS = 0.5

# What is right and still cannot be used is tried again after this time, in seconds: its reason may pass by itself.
AGAIN = 5.0
NOT_USED = "The changed files are not used, the former ones stay in force."


class Changes:
    """`look` is a chore of the thread that decides, so nothing is decided while the files change under it. `rooms_of`
    finds the queues' channels; it is a call to Slack."""

    def __init__(
        self,
        files: DeskFiles,
        store: Database,
        voice: Voice,
        staff: Staff,
        rounds: Rounds,
        conversation: Conversation,
        rooms_of: Callable[[Sequence[Queue]], Rooms],
    ) -> None:
        self.files = files
        self.store = store
        self.voice = voice
        self.staff = staff
        self.rounds = rounds
        self.conversation = conversation
        self.rooms_of = rooms_of
        self._again_at = 0.0
        self._look_at = 0.0
        self._refused = ""

    def look(self) -> bool:
        """Whether something changed. What is wrong is told to the operators once, and what was in force stays so.

        Files that are right, but do not go with the cases that are open or with Slack, come into force when they do.
        """
        if self.store.now() < self._again_at or time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + BETWEEN_LOOKS
        try:
            data = self.files.look()
        except BadConfiguration as fault:
            self._say(f"{NOT_USED} {fault}")
            return False
        if data is None:  # also when something else was saved since, so that its fault is told even if it is the same
            self._refused = ""
            return False
        return self._taken_up(data)

    def _taken_up(self, data: DeskData) -> bool:
        try:
            rooms = self._rooms(data)
        except (BadConfiguration, MissingRooms) as fault:
            self.files.take_back()
            self._again_at = self.store.now() + AGAIN
            if str(fault) != self._refused:
                self._refused = str(fault)
                self._say(f"{NOT_USED} {fault}")
            return False
        with self.rounds.changing():
            self._adopt(data, rooms)
        warnings = (f" Warning: {each.removesuffix('.')}." for each in (*data.warnings, *rooms.warnings))
        self._say("The changed files are in use." + "".join(warnings))
        return True

    def _rooms(self, data: DeskData) -> Rooms:
        """Where the queues' cards will stand. Raises where the queues cannot be used, or not yet."""
        with self.store.reading() as unit:
            objection = self.staff.objection(data.queues, unit.cases.all_with_people(), unit.cases.queues_used())
        if objection:
            raise BadConfiguration(f"queues.toml: {objection}. Once that is done, the files come into force.")
        return self.rooms_of(data.queues)

    def _adopt(self, data: DeskData, rooms: Rooms) -> None:
        self.staff.adopt(data.queues, rooms.queues)
        advisor = self.conversation.advisor
        changed = replace(advisor, rules=data.rules, policy=data.policy, queues=data.queues, categories=data.categories)
        self.conversation.adopt(changed)

    def _say(self, text: str) -> None:
        log.info("files changed", text=text)
        with self.store.transaction() as unit:
            unit.outbox.add(self.voice.alarm(text), None)
