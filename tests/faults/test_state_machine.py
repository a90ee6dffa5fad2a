"""Any order of deliveries, crashes and lost answers: each report has one case, and people see one answer.

The desk is the real one, stepped by hand instead of by its threads, so that it can crash between any two steps.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.app import Desk, build_desk
from bot.demo import manifest, settings_for
from bot.desk.hearing import BURST
from bot.workspace.server import serve
from bot.workspace.state import Workspace
from tests.faults.steps import Clock, real_steps
from tests.office import small_advisor

PEOPLE = ("ana", "jonas", "grace", "omar")
TEXT = "outlook keeps asking for my password"


class DeskUnderFire(RuleBasedStateMachine):
    """Reports arrive once or often; the process dies anywhere; Slack answers, refuses, or loses its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.open = contextlib.ExitStack()
        self.home = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.running = self.open.enter_context(serve(Workspace(manifest(), now=self.clock.as_date)))
        self.reports: list[str] = []
        self.desk = self.start()

    def start(self) -> Desk:
        desk = build_desk(settings_for(self.running, self.home), small_advisor(), now=self.clock)
        desk.store.recover()
        return desk

    def die(self) -> None:
        """What kill -9 leaves: the file. Nothing in memory survives."""
        self.desk.store.close()
        self.desk.lock.close()
        self.desk = self.start()

    # -- what can happen --------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), delivered=st.booleans())
    def somebody_reports(self, who: str, delivered: bool) -> None:
        self.clock.at += BURST + 1  # sooner, it would be more words in the same case
        self.reports.append(self.running.workspace.say(who, "it-help", TEXT))
        if delivered:
            self.desk.intake.accept("events_api", self.payloads()[-1])

    @precondition(lambda self: self.reports)
    @rule(which=st.randoms(use_true_random=False), fresh_id=st.booleans())
    def slack_delivers(self, which: object, fresh_id: bool) -> None:
        payload = which.choice(self.payloads())  # type: ignore[attr-defined]
        self.desk.intake.accept("events_api", payload | ({"event_id": "Ev-again"} if fresh_id else {}))

    @rule()
    def the_worker_works(self) -> None:
        self.desk.worker.work()

    @rule()
    def the_sender_sends(self) -> None:
        self.desk.sender.send()

    @rule(
        method=st.sampled_from(["chat.postMessage", "conversations.replies"]),
        fault=st.sampled_from(["swallow", "break", "throttle"]),
    )
    def slack_fails_once_soon(self, method: str, fault: str) -> None:
        faults = self.running.faults
        {"swallow": faults.swallow, "break": faults.break_down, "throttle": faults.throttle}[fault](method)

    @rule()
    def the_process_dies(self) -> None:
        self.die()

    @rule()
    def the_process_dies_with_a_delivery_in_hand(self) -> None:
        with self.desk.store.transaction() as unit:
            unit.inbox.take()
        self.die()

    @rule(posted=st.booleans())
    def the_process_dies_while_sending(self, posted: bool) -> None:
        self.desk.worker.work()
        with self.desk.store.transaction() as unit:
            row = unit.outbox.take()
        if row and posted and not row.unsure:
            with contextlib.suppress(Exception):  # the answer does not matter to somebody who is dead
                self.desk.sender._call(row)
        self.die()

    @rule()
    def time_passes(self) -> None:
        self.clock.at += 90

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_answered_twice(self) -> None:
        assert all(len(self.answers_to(ts)) <= 1 for ts in self.reports)

    def teardown(self) -> None:
        self.running.faults.clear()
        for payload in self.payloads():
            self.desk.intake.accept("events_api", payload)
        self.drain()
        answered = [len(self.answers_to(ts)) for ts in self.reports]
        with self.desk.store.reading() as unit:
            cases, dead = unit.cases.count(), unit.inbox.count("dead") + unit.outbox.count("dead")
        self.desk.store.close()
        self.desk.lock.close()
        self.open.close()
        assert (answered, cases, dead) == ([1] * len(self.reports), len(self.reports), 0)

    def drain(self) -> None:
        """Everything that waits for later comes to its turn."""
        for _ in range(200):
            self.clock.at += 90
            while self.desk.worker.work() or self.desk.sender.send():
                pass
            with self.desk.store.reading() as unit:
                if not unit.inbox.count("waiting") + unit.outbox.count("waiting"):
                    return

    def payloads(self) -> list[dict[str, object]]:
        said = (each.payload for each in self.running.workspace.ledger.events())
        return [dict(payload) for payload in said if payload["event"].get("ts") in self.reports]

    def answers_to(self, ts: str) -> list[object]:
        channel = self.running.workspace.channel("it-help").id
        return [each for each in self.running.workspace.replies(channel, ts) if each.by_app]


TestDeskUnderFire = DeskUnderFire.TestCase
TestDeskUnderFire.settings = real_steps(max_examples=20, stateful_step_count=40)
