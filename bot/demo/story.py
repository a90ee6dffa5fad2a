"""The short conversation that the demo plays and prints: what three people and an agent see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.workspace.elements import find_element
from bot.workspace.messages import Message
from bot.workspace.state import Workspace

PATIENCE = 20.0
HELP_CHANNEL = "it-help"


class Story:
    """Three people with three problems: one solved at once, one handed over and resolved, one for the security team."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._heard = {(message.channel, message.ts) for log in workspace.logs.values() for message in log}
        self._lines: list[str] = []
        self._reader_zone = "UTC"

    def told(self) -> Iterator[str]:
        for scene in (self._an_answer_that_helps, self._a_case_for_an_agent, self._a_case_for_security):
            scene()
            yield "\n".join([*self._lines, ""])
            self._lines.clear()

    def _an_answer_that_helps(self) -> None:
        self._title("Ana writes to the desk in private; an article solves it")
        self._says("ana", "@ana", "hi, outlook keeps asking for my password since this morning, it never accepts it")
        self._hears("@ana")
        self._says("ana", "@ana", "that worked, thanks!")
        self._hears("@ana")

    def _a_case_for_an_agent(self) -> None:
        self._title("Jonas posts in #it-help; two articles do not help, so an agent takes over")
        asked = self._says("jonas", HELP_CHANNEL, "printer on floor 2 prints nothing, my jobs just sit in the queue")
        answer = self._hears(HELP_CHANNEL, asked)
        self._presses("jonas", answer, "not_solved")
        self._hears(HELP_CHANNEL, asked)
        self._says("jonas", HELP_CHANNEL, "still broken", asked)
        self._hears(HELP_CHANNEL, asked)
        card = self._hears("queue-service-desk")
        self._presses("priya", card, "claim")
        self._hears(HELP_CHANNEL, asked)
        self._presses("priya", self.workspace.message(card.channel, card.ts), "resolve")
        self.workspace.wait_until(lambda: self.workspace.modal("priya"), PATIENCE)
        self.workspace.submit("priya", {})
        self._hears(HELP_CHANNEL, asked)

    def _a_case_for_security(self) -> None:
        self._title("Claire was tricked; the onshore security team has it within a second, with first aid for her")
        self._says(
            "claire", "@claire", "I clicked a link in a mail about a parcel and typed my password, it looked fake"
        )
        self._hears("@claire")
        self._hears("queue-security")

    # -- acting and watching ----------------------------------------------------------------------------------------

    def _title(self, text: str) -> None:
        self._lines.append(f"── {text} ──")

    def _says(self, who: str, where: str, text: str, thread: str | None = None) -> str:
        self._reader_zone = self.workspace.person(who).tz
        self._line(self.workspace.person(who).real_name, text)
        return self.workspace.say(who, where, text, thread)

    def _presses(self, who: str, message: Message, action: str) -> None:
        _, element = find_element(message.blocks, action)
        self._line(self.workspace.person(who).real_name, f"presses [{element['text']['text']}]")
        self.workspace.press(who, message.channel, message.ts, action)

    def _hears(self, where: str, thread: str | None = None) -> Message:
        """The desk's next message there, as soon as it is said."""
        channel = self.workspace.channel(where)
        message = self.workspace.wait_until(lambda: self._new(channel.id, thread), PATIENCE)[0]
        self._heard.add((channel.id, message.ts))
        place = f" in #{channel.name}" if channel.name.startswith("queue-") else ""
        self._line(f"Triage{place}", " ".join([message.text, *labels(message)]))
        return message

    def _new(self, channel: str, thread: str | None) -> list[Message]:
        return [
            message
            for message in self.workspace.logs[channel]
            if message.by_app and message.thread_ts == thread and (channel, message.ts) not in self._heard
        ]

    def _line(self, who: str, text: str) -> None:
        named = re.sub(r"<@(\w+)>", lambda found: self.workspace.person(found[1]).real_name, text)
        named = re.sub(r"<!date\^(\d+)\^[^|]*\|[^>]*>", lambda found: self._time(int(found[1])), named)
        self._lines.append(f"{who + ':':<32} {named}")

    def _time(self, at: int) -> str:
        """A moment as the person reads it whose story is told."""
        return datetime.fromtimestamp(at, ZoneInfo(self._reader_zone)).strftime("%H:%M")


def labels(message: Message) -> Iterator[str]:
    """The buttons under a message, as `[That solved it]`."""
    for block in message.blocks:
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            if element["type"] == "button":
                yield f"[{element['text']['text']}]"
