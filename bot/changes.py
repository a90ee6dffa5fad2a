"""Takes up what a team changed in its files while the desk runs: as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.desk import Conversation, Rounds, Staff, Voice
from bot.deskdata import DeskData, DeskFiles
from bot.routing import Queue
from bot.settings import BadConfiguration
from bot.slack.rooms import MissingRooms
from bot.store import Database

log = structlog.get_logger()


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
        rooms_of: Callable[[Sequence[Queue]], Mapping[str, str]],
    ) -> None:
        self.files = files
        self.store = store
        self.voice = voice
        self.staff = staff
        self.rounds = rounds
        self.conversation = conversation
        self.rooms_of = rooms_of

    def look(self) -> bool:
        """Whether something changed. What is wrong is told to the operators once, and what was in force stays so."""
        try:
            data = self.files.look()
            if data is None:
                return False
            self._adopt(data)
        except (BadConfiguration, MissingRooms) as fault:
            self._say(f"The changed files are not used, the former ones stay in force. {fault}")
            return False
        self._say("The changed files are in use." + "".join(f" Warning: {each}." for each in data.warnings))
        return True

    def _adopt(self, data: DeskData) -> None:
        with self.store.reading() as unit:
            objection = self.staff.objection(data.queues, unit.cases.all_with_people())
        if objection:
            raise BadConfiguration(f"queues.toml: {objection}")
        rooms = self.rooms_of(data.queues)
        self.rounds.fold()
        self.staff.adopt(data.queues, rooms)
        advisor = self.conversation.advisor
        changed = replace(advisor, rules=data.rules, policy=data.policy, queues=data.queues, categories=data.categories)
        self.conversation.adopt(changed)
        self.rounds.plan()

    def _say(self, text: str) -> None:
        log.info("files changed", text=text)
        with self.store.transaction() as unit:
            unit.outbox.add(self.voice.alarm(text), None)
