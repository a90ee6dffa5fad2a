"""A real desk that is stepped by hand instead of by its threads, so that a test can kill it between any two steps."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from bot.app import Desk, build_desk
from bot.cases import Case
from bot.demo import manifest, settings_for
from bot.desk.agents import Agents
from bot.desk.handover import HandOver
from bot.desk.together import Together
from bot.desk.values import Click
from bot.slack.rights import GroupRights
from bot.workspace.server import serve
from bot.workspace.state import Workspace
from tests.office import small_advisor

MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC).timestamp()


def real_steps(*, max_examples: int, stateful_step_count: int) -> settings:
    """For a state machine in which every step is a real one: the same ones each time, and no shrinking, which would
    take minutes."""
    return settings(
        max_examples=max_examples,
        stateful_step_count=stateful_step_count,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )


class Clock:
    """One time for the workspace and the desk."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at

    def as_date(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class StepByStep:
    """A desk that is stepped by hand, and its agents; `at` is the one time for the workspace and the desk."""

    def __init__(self, at: float = MONDAY, home: Path | None = None) -> None:
        self.clock = Clock()
        self.clock.at = at
        self.open = contextlib.ExitStack()
        self.home = home or Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.running = self.open.enter_context(serve(Workspace(manifest(), now=self.clock.as_date)))
        self.workspace = self.running.workspace
        self.heard = 0
        self.start()

    def start(self) -> None:
        self.desk: Desk = build_desk(settings_for(self.running, self.home), small_advisor(), now=self.clock)
        self.desk.store.recover()
        self.desk.directory.members()
        rounds = self.desk.rounds
        parts = (rounds.store, rounds.voice, rounds.staff, rounds.board, rounds.clocks)
        handover = HandOver(rounds.voice, rounds.staff, rounds.board, rounds.clocks)
        rights = GroupRights(self.desk.directory, rounds.staff)
        self.agents, self.together = Agents(*parts, handover, rights), Together(*parts, handover, rights)

    def die(self) -> None:
        """What kill -9 leaves: the file. Nothing in memory survives."""
        self.desk.store.close()
        self.desk.lock.close()
        self.start()

    def close(self) -> None:
        self.desk.store.close()
        self.desk.lock.close()
        self.open.close()

    def says(self, who: str, text: str, where: str = "") -> None:
        self.workspace.say(who, where or f"@{who}", text)

    def works(self) -> None:
        """All that was said is worked on, all that is to be said is said, and nothing is due."""
        for _ in range(300):
            for payload in self.delivered():
                self.desk.intake.accept("events_api", payload)
            while self.desk.worker.work() or self.desk.sender.send():
                pass
            while self.desk.rounds.tick():
                pass
            if self.desk.is_idle():
                return
            self.clock.at += 1
        raise AssertionError("the desk comes to no end")

    def delivered(self) -> list[dict[str, Any]]:
        said = [dict(each.payload) for each in self.workspace.ledger.events()]
        new, self.heard = said[self.heard :], len(said)
        return new

    def cases(self) -> list[Case]:
        with self.desk.store.reading() as unit:
            numbers = range(1, unit.cases.count() + 1)
            return [case for number in numbers if (case := unit.cases.get(number))]

    def case(self, number: int = 1) -> Case:
        return self.cases()[number - 1]

    def click(self, case: Case, who: str, about: str = "", text: str = "", reason: str = "") -> Click:
        """As from the card of the case."""
        with self.desk.store.reading() as unit:
            room = self.desk.rounds.board.room(unit, case)
        return Click(case.id, self.workspace.person(who).id, room, about=about, text=text, reason=reason)

    def audit(self, case: Case) -> tuple[tuple[str, str, dict[str, Any]], ...]:
        with self.desk.store.reading() as unit:
            return unit.cases.audit(case.id)

    def told(self, case: Case) -> Counter[tuple[str, float]]:
        """How often each share of each clock was announced since the case was last opened."""
        lines = [(action, detail) for _, action, detail in self.audit(case)]
        opened = max((n for n, (action, _) in enumerate(lines) if action == "reopened"), default=0)
        return Counter((each["clock"], each["share"]) for action, each in lines[opened:] if action == "warned")

    def rows(self, statement: str) -> list[sqlite3.Row]:
        with self.desk.store.reading() as unit:
            return unit.conn.execute(statement).fetchall()

    def posts(self) -> Counter[str]:
        """How often each post of the desk stands in the workspace, by its opaque id."""
        said = (each for log in self.workspace.logs.values() for each in log if each.by_app and each.metadata)
        return Counter(each.metadata["event_payload"]["send_id"] for each in said if each.metadata)


@contextlib.contextmanager
def stepping() -> Iterator[StepByStep]:
    with contextlib.closing(StepByStep()) as desk:
        yield desk
