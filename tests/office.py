"""The whole desk against the local workspace, driven as people do: real Bolt, real Socket Mode, a real SQLite file.

The classifier and the search are the real ones, on a handful of examples and articles that no other change touches.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.app import Desk, build_desk
from bot.cases import Case
from bot.demo import manifest, settings_for
from bot.desk.advice import Advisor
from bot.deskdata import load_desk_data
from bot.replies import bundled
from bot.triage import Policy
from bot.workspace.messages import Message
from bot.workspace.moving import MovableClock
from bot.workspace.seed import Seed
from bot.workspace.server import Running, serve
from bot.workspace.sockets import Timing
from bot.workspace.state import Workspace
from classifier import Example, Model, train
from knowledge_base.articles import Article
from knowledge_base.search import Library

PATIENCE = 20.0
HELP = "it-help"

EXAMPLES = {
    "outlook": [
        "outlook keeps asking for my password",
        "outlook search finds nothing in my mailbox",
        "mail is stuck in the outbox of outlook",
        "shared mailbox does not show in outlook",
        "calendar invitations disappear from outlook",
        "my mailbox is full and mail bounces",
    ],
    "printing": [
        "printer prints nothing, jobs sit in the queue",
        "the printer is offline",
        "print job stuck in the print queue",
        "scanner does not send scans to my folder",
        "printer prints blank pages",
        "cannot add the printer on floor 2",
    ],
    "network": [
        "vpn does not connect from home",
        "wifi is connected but no internet",
        "mapped drive G is gone",
        "wifi drops every few minutes",
        "vpn keeps disconnecting",
        "network share access denied",
    ],
    "security": [
        "I got a suspicious mail, is this phishing",
        "strange mail asks me to log in, looks like phishing",
        "is this link in the mail safe",
        "my laptop was stolen",
        "somebody uses my account",
        "I clicked a phishing link",
    ],
    "account-access": [
        "my account is locked out",
        "forgot my password and cannot reset it",
        "authenticator does not work on my new phone",
        "password expired and cannot change it",
        "cannot sign in to my work account",
        "mfa code never arrives",
    ],
    "other": [
        "when does the canteen open",
        "the heating in room 4 is broken",
        "how many vacation days do I have left",
        "who won the match yesterday",
        "the coffee machine leaks",
        "please order new business cards",
    ],
    "unclear": [
        "it does not work",
        "help me please",
        "same problem again",
        "nothing works",
        "broken",
        "it is not going",
    ],
}


@cache
def small_model() -> Model:
    rows = [
        Example(text, category, tier=1, urgency="normal", language="en", issue=f"{category}-{number}")
        for category, texts in EXAMPLES.items()
        for number, text in enumerate(texts)
    ]
    return train(rows)


def article(article_id: str, title: str, category: str, *known_as: str, **changes: object) -> Article:
    fields: dict[str, object] = {
        "products": (),
        "error_codes": (),
        "applies_when": title,
        "tier": 1,
        "audience": "everyone",
        "minutes": 5,
        "risk": "none",
        "needs_admin": False,
        "escalate_when": "It still happens afterwards.",
        "reviewed": date(2026, 11, 1),
        "sources": (),
        "body": f"What to do about it: {title}.\n\n## Steps\n1. **Restart it.** You should see it work.\n",
    }
    return Article(article_id, title, category, also_known_as=known_as, **{**fields, **changes})  # type: ignore[arg-type]


ARTICLES = (
    article(
        "outlook-password-prompt", "Outlook keeps asking for the password", "outlook", "password prompt in outlook"
    ),
    article("outlook-search", "Outlook search finds nothing", "outlook", "search in outlook is empty"),
    article(
        "print-queue-stuck", "Print jobs sit in the queue", "printing", "printer prints nothing", "jobs stuck in queue"
    ),
    article("printer-offline", "The printer prints nothing and shows as offline", "printing", "printer offline"),
    article("vpn-no-connection", "The VPN does not connect", "network", "vpn does not connect from home"),
    article(
        "security-clicked-link-or-typed-password", "First aid after a phishing link", "security", "typed my password"
    ),
    article("security-lost-or-stolen-device", "First aid for a lost or stolen device", "security", "laptop stolen"),
    article(
        "windows-update-0x80070643",
        "Windows Update stops with 0x80070643",
        "windows-update",
        error_codes=("0x80070643",),
    ),
)

POLICY = Policy(
    trust_category_above=0.35,
    answer_above=0.3,
    answer_untrusted_above=0.99,
    second_answer_above=0.1,
    other_above=0.35,
    clarify_with=3,
)


@cache
def small_advisor() -> Advisor:
    data = load_desk_data(Path("a folder that does not exist"))
    model = small_model()
    return Advisor(
        model.predict,
        Library(ARTICLES),
        data.rules,
        POLICY,
        data.queues,
        bundled(),
        model.explain,
        categories=tuple(EXAMPLES),
    )


class Office:
    """What people in the workspace do and see: people by handle, channels by name; `@ana` is her private chat."""

    def __init__(self, running: Running, desk: Desk) -> None:
        self.running = running
        self.workspace = running.workspace
        self.faults = running.faults
        self.desk = desk
        self._heard: set[tuple[str, str]] = set()

    def says(self, who: str, text: str, where: str = HELP, thread: str | None = None, **more: object) -> str:
        return self.workspace.say(who, where, text, thread, **more)  # type: ignore[arg-type]

    def hears(self, where: str, thread: str | None = None) -> Message:
        """The desk's next message there, in order."""
        channel = self.workspace.channel(where).id
        message = self.workspace.wait_until(lambda: self._new(channel, thread), PATIENCE)[0]
        self._heard.add((channel, message.ts))
        return message

    def presses(self, who: str, message: Message, action: str, choice: str | None = None) -> None:
        self.workspace.press(who, message.channel, message.ts, action, choice)

    def fills(self, who: str, message: Message, action: str, values: dict[str, object], **press: str) -> None:
        """Press something that opens a dialog, and send the dialog."""
        self.presses(who, message, action, **press)
        self.wait_for(lambda: self.workspace.modal(who))
        self.workspace.submit(who, values)

    def resolves(self, who: str, card: Message) -> None:
        self.fills(who, self.sees(card), "resolve", {})

    def escalates(self, who: str, card: Message, why: str = "it needs more rights than I have") -> None:
        self.fills(who, self.sees(card), "escalate", {"text": why})

    def reroutes(self, who: str, card: Message, queue: str, why: str = "It is about something else") -> None:
        self.fills(who, self.sees(card), "reroute", {"reason": why}, choice=queue)

    def whispers(self, who: str, where: str) -> list[Message]:
        """What only this person sees there."""
        return [each for each in self.workspace.messages_for(who, where) if each.ephemeral_to]

    def sees(self, message: Message) -> Message:
        """The message as it stands now."""
        return self.workspace.message(message.channel, message.ts)

    def wait_for(self, predicate: Callable[[], object]) -> None:
        self.workspace.wait_until(predicate, PATIENCE)

    def settled(self) -> None:
        """Until everything that was said to the desk is worked on and everything it had to say is said."""
        self.wait_for(lambda: self.workspace.idle)
        store = self.desk.store
        with store.committed:
            assert store.committed.wait_for(self.desk.is_idle, PATIENCE), "the desk is still busy"

    def passes(self, **units: float) -> None:
        """Time goes by, and everything that falls due in it is done: `passes(hours=2)`."""
        clock = self.workspace.movable
        assert clock is not None, "open the office with a clock that can be moved"
        self.settled()
        clock.move(timedelta(**units).total_seconds())
        self.settled()

    def messages(self, where: str, thread: str | None = None) -> list[Message]:
        """Everything the desk said there."""
        log = self.workspace.logs[self.workspace.channel(where).id]
        return [each for each in log if each.by_app and (each.thread_ts if each.is_reply else None) == thread]

    def case(self, number: int = 1) -> Case:
        with self.desk.store.reading() as unit:
            case = unit.cases.get(number)
        assert case is not None
        return case

    def cases(self) -> int:
        with self.desk.store.reading() as unit:
            return unit.cases.count()

    def _new(self, channel: str, thread: str | None) -> list[Message]:
        return [
            each
            for each in self.workspace.logs[channel]
            if each.by_app
            and each.ephemeral_to is None
            and (each.thread_ts if each.is_reply else None) == thread
            and (channel, each.ts) not in self._heard
        ]


@contextlib.contextmanager
def open_office(
    home: Path,
    *,
    now: Callable[[], float] | None = None,
    advisor: Advisor | None = None,
    seed: Seed | None = None,
    clock: MovableClock | None = None,
    before: Callable[[Running], None] = lambda _: None,
) -> Iterator[Office]:
    """A workspace and a desk. Slack's retries come at once instead of after a minute; `before` the desk starts,
    something may happen to the workspace. `clock` is the workspace's time and the desk's."""
    timing = Timing(retry_after=(0.0, 0.2, 0.5), ping_every=0.1)
    times = {"now": clock} if clock else {}
    with serve(Workspace(manifest(), seed=seed, **times), timing=timing) as running:
        before(running)
        now = (lambda: clock().timestamp()) if clock else now
        with build_desk(settings_for(running, home), advisor or small_advisor(), now=now) as desk:
            if clock:
                clock.watch(desk.look_at_the_clock)
            yield Office(running, desk)


def clock_at(moment: str) -> MovableClock:
    """A clock that stands at a moment to come, in UTC: `clock_at("2027-03-01 09:00")`, a Monday."""
    clock = MovableClock()
    clock.set_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return clock


class HurriedClock:
    """Time that runs fifty times as fast: the desk waits as long as ever, and a test does not.

    Counted by the monotonic clock: setting the machine's clock back by a second would hold the desk up for fifty.
    """

    def __init__(self) -> None:
        self.began_at = time.time()
        self._began = time.monotonic()

    def __call__(self) -> float:
        return self.began_at + (time.monotonic() - self._began) * 50


def words(message: Message) -> str:
    """All the words of a message, blocks included."""
    return f"{message.text} {message.blocks}"
