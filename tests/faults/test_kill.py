"""kill -9 at any moment: whatever people wrote has one case and one first reply, and nobody sees anything twice.

The desk is a real process with its threads and its file, and it is really killed, where the workspace says that
something has just changed. TRIAGE_KILLS says how often. The last tests take a safeguard away and see the damage,
so that everybody knows that the checks would notice it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo import manifest
from bot.workspace.server import Running, serve
from bot.workspace.sockets import Timing
from bot.workspace.state import Workspace
from tests.faults.aftermath import Aftermath, aftermath, in_work
from tests.faults.desks import PATIENCE, DeskProcess, Nursery
from tests.faults.town import Reported, Town, seed_with_newcomers

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a desk is born by os.fork, which Windows lacks")

KILLS = int(os.environ.get("TRIAGE_KILLS", "10"))
SEED = 20261121
# An envelope that a dead desk had in hand comes again within half a second, and Slack does not give up on it.
TIMING = Timing(ack_within=0.5, retry_after=(0.0, *[0.1] * 1_000))
TEXT = "outlook keeps asking for my password"


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    opened = Nursery(tmp_path_factory.mktemp("nursery") / "desks.log")
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Workspace(manifest(), seed=seed_with_newcomers(6 * KILLS)), timing=TIMING) as opened:
        yield opened


@pytest.fixture
def town(running: Running) -> Town:
    return Town(running.workspace, newcomers=6 * KILLS, seed=SEED)


# -- whole desks -----------------------------------------------------------------------------------------------------


def test_a_desk_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    nursery: Nursery, running: Running, town: Town, tmp_path: Path
) -> None:
    found: Counter[str] = Counter()
    kills = 0
    with contextlib.suppress(TimeoutError):  # whoever waits in vain is named in the aftermath
        while kills < KILLS:
            town.reports_something()
            with nursery.desk(running, tmp_path) as desk:
                much_happens(running, town)
                dies_somewhere(desk, town, tmp_path)
            kills += 1
            found += in_work(tmp_path / "desk.db")
    with nursery.desk(running, tmp_path) as desk:
        everything_is_answered(town)
        desk.leaves()

    assert aftermath(town, tmp_path / "desk.db") == Aftermath()
    assert kills == KILLS
    print(in_figures(town, found))


def test_what_was_acknowledged_is_answered_although_the_desk_died_at_once(
    nursery: Nursery, running: Running, town: Town, tmp_path: Path
) -> None:
    with nursery.desk(running, tmp_path) as desk:
        connected(running)
        town.says("ana", TEXT)
        desk.dies_when(running.workspace, lambda: running.workspace.idle)
    with nursery.desk(running, tmp_path) as desk:
        desk.leaves()

    assert aftermath(town, tmp_path / "desk.db") == Aftermath()


# -- with and without the safeguards ---------------------------------------------------------------------------------


def twice(report: Reported) -> Aftermath:
    return Aftermath(not_answered_once=((report.ts, 2),), doubled=(("answer", 2),))


@pytest.mark.parametrize("weakness", ["", "without-look-up"])
def test_a_post_whose_answer_was_lost_is_made_again_only_by_a_desk_that_does_not_look(
    nursery: Nursery, running: Running, town: Town, tmp_path: Path, weakness: str
) -> None:
    with nursery.desk(running, tmp_path, weakness) as desk:
        running.faults.swallow("chat.postMessage")
        report = town.says("ana", TEXT)
        answered(town, report)
        desk.leaves()

    assert aftermath(town, tmp_path / "desk.db") == (twice(report) if weakness else Aftermath())


@pytest.mark.parametrize("weakness", ["", "without-look-up"])
def test_a_post_that_a_kill_cut_short_is_made_again_only_by_a_desk_that_does_not_look(
    nursery: Nursery, running: Running, town: Town, tmp_path: Path, weakness: str
) -> None:
    with nursery.desk(running, tmp_path, weakness) as desk:
        report = town.says("ana", TEXT)
        desk.dies_when(running.workspace, lambda: bool(town.replies(report)))
    with nursery.desk(running, tmp_path, weakness) as desk:
        desk.leaves()

    assert aftermath(town, tmp_path / "desk.db") == (twice(report) if weakness else Aftermath())


def test_without_an_inbox_an_acknowledged_report_dies_with_the_process(
    nursery: Nursery, running: Running, town: Town, tmp_path: Path
) -> None:
    """The moment between acknowledgement and work is held open by a lock on the file, as a backup may hold it."""
    with nursery.desk(running, tmp_path, "without-inbox") as desk:
        answered(town, town.says("ana", TEXT))
        with nothing_can_be_written(tmp_path / "desk.db"):
            lost = town.says("grace", TEXT)
            running.workspace.wait_until(lambda: running.workspace.idle, PATIENCE)
            desk.killed()
    with nursery.desk(running, tmp_path, "without-inbox") as desk:
        answered(town, town.says("omar", TEXT))
        desk.leaves()

    assert aftermath(town, tmp_path / "desk.db") == Aftermath(lost=(lost.ts,), not_answered_once=((lost.ts, 0),))


# -- what happens ----------------------------------------------------------------------------------------------------


def in_figures(town: Town, found: Counter[str]) -> str:
    """The bound is the rule of three: after n trials without a failure, the rate is below 3/n with 95 % confidence."""
    reports = len(town.reports)
    left = ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
    return (
        f"{KILLS} kills and {len(town.presses)} presses: 0 of {reports} reports lost or doubled "
        f"(below {3 / reports:.1%} with 95 % confidence). The dead desks left {left}."
    )


def much_happens(running: Running, town: Town) -> None:
    """While the desk starts or works: reports, presses, and things that Slack delivers once more."""
    if town.chance.random() < 0.5:
        connected(running)
        town.presses_something()
    for _ in range(town.chance.randint(0, 3)):
        town.reports_something()
    running.faults.redeliver(2, fresh_id=town.chance.random() < 0.5)


def dies_somewhere(desk: DeskProcess, town: Town, home: Path) -> None:
    """At any change, or in the middle of a post: people see it, and the desk never hears that they do."""
    if town.chance.random() < 0.5:
        dies_after_some_changes(desk, town)
    else:
        dies_while_it_posts(desk, town)
        assert in_work(home / "desk.db")["outbox sending"]


def dies_after_some_changes(desk: DeskProcess, town: Town) -> None:
    """Every unanswered report brings at least two changes: the reply, and the acknowledgement of its echo."""
    with town.workspace.lock:
        goal = town.workspace.version + town.chance.randint(1, 2 * len(still_waiting(town)))
    town.workspace.wait_until(lambda: town.workspace.version >= goal, PATIENCE)
    desk.killed()


def dies_while_it_posts(desk: DeskProcess, town: Town) -> None:
    with town.workspace.lock:  # or a reply could slip in before anybody watches
        goal = town.chance.randint(0, len(still_waiting(town)) - 1)
        desk.dies_when(town.workspace, lambda: len(town.unanswered()) <= goal)


def still_waiting(town: Town) -> list[Reported]:
    """Those whom the desk owes a reply: one at least, so that something will change."""
    return town.unanswered() or [town.reports_something()]


def connected(running: Running) -> None:
    running.workspace.wait_until(lambda: running.workspace.connections > 0, PATIENCE)


def answered(town: Town, report: Reported) -> None:
    town.workspace.wait_until(lambda: town.replies(report), PATIENCE)


def everything_is_answered(town: Town) -> None:
    with contextlib.suppress(TimeoutError):  # whoever waits in vain is named in the aftermath
        town.workspace.wait_until(lambda: town.workspace.idle and not town.unanswered(), PATIENCE)


@contextlib.contextmanager
def nothing_can_be_written(database: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
