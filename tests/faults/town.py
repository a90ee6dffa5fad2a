"""Many people with problems: who writes what where, and presses what, is drawn from one seed.

Knows nothing about the desk but what people see of it.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass

from bot.workspace.deliveries import Delivery
from bot.workspace.elements import elements_in
from bot.workspace.messages import Message
from bot.workspace.seed import PEOPLE, Seed, seed_from
from bot.workspace.state import Workspace
from tests.office import HELP

# Answered at once; answered twice before a person takes over; handed over at once, with a card; asked about.
PROBLEMS = (
    "outlook keeps asking for my password",
    "printer prints nothing, jobs sit in the queue",
    "vpn does not connect from home",
    "my laptop was stolen",
    "it does not work",
)
BUTTONS = ("not_solved", "talk_to_person")


@dataclass(frozen=True)
class Reported:
    """One report as its writer sees it: in a thread of the help channel, or in a private chat of its own."""

    who: str
    channel: str
    ts: str
    private: bool


@dataclass(frozen=True)
class Pressed:
    message: Message
    delivery: Delivery


def seed_with_newcomers(count: int) -> Seed:
    """The workspace's people and `count` more, called n001, n002 …: each has a private chat with the desk."""
    with PEOPLE.open("rb") as file:
        table = tomllib.load(file)
    newcomers = [{"handle": f"n{number:03}", "real_name": f"Newcomer {number}"} for number in range(1, count + 1)]
    return seed_from(table | {"person": [*table["person"], *newcomers]})


class Town:
    """`newcomers` of the workspace write once each: a private chat is one conversation, so one case."""

    def __init__(self, workspace: Workspace, newcomers: int = 0, seed: int = 0) -> None:
        self.workspace = workspace
        self.chance = random.Random(seed)
        self.reports: list[Reported] = []
        self.presses: list[Pressed] = []
        self._newcomers = [f"n{number:03}" for number in range(1, newcomers + 1)]

    def reports_something(self) -> Reported:
        """Somebody writes who has not yet: in private, or in the help channel, where posts are a second apart. Two
        posts of one person so soon after each other would be one request."""
        text, who = self.chance.choice(PROBLEMS), self._newcomers.pop()
        return self.says(who, text, f"@{who}" if self.chance.random() < 0.7 else HELP)

    def says(self, who: str, text: str, where: str = HELP) -> Reported:
        ts = self.workspace.say(who, where, text)
        channel = self.workspace.channel(where).id
        self.reports.append(Reported(who, channel, ts, private=where.startswith("@")))
        return self.reports[-1]

    def presses_something(self) -> None:
        """Somebody presses a button under one of the desk's replies, if there is one."""
        with self.workspace.lock:
            buttons = [
                (report, reply, button)
                for report in self.reports
                for reply in self.replies(report)
                for button in buttons_of(reply)
            ]
            if buttons:
                report, reply, button = self.chance.choice(buttons)
                delivery = self.workspace.press(report.who, reply.channel, reply.ts, button)
                self.presses.append(Pressed(reply, delivery))

    def replies(self, report: Reported) -> list[Message]:
        """What the desk said to a report, in order."""
        if report.private:
            there = self.workspace.messages(report.channel)
        else:
            there = self.workspace.replies(report.channel, report.ts)
        return [message for message in there if message.by_app]

    def unanswered(self) -> list[Reported]:
        return [report for report in self.reports if not self.replies(report)]


def buttons_of(message: Message) -> list[str]:
    return [element["action_id"] for _, element in elements_in(message.blocks) if element["action_id"] in BUTTONS]
