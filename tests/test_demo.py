"""The demo's week: it plays to its end through the real desk, and leaves something of everything behind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cases import State
from bot.demo.stage import Stage
from bot.demo.week import WEEK, Week
from bot.workspace import MovableClock
from tests.office import open_office


def test_a_week_of_the_desk_is_behind_whoever_opens_the_demo(tmp_path: Path) -> None:
    clock = MovableClock(lambda: datetime.now(UTC) - WEEK)
    with open_office(tmp_path, clock=clock) as office:
        week = Week(Stage(office.running, office.desk, clock))
        week.play()

        states = {office.case(number).state for number in range(1, office.cases() + 1)}
        begun = [scene for scene in week.scenes if scene.asked]

    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=5)
    assert len(begun) == len(week.scenes)
    assert {State.SOLVED, State.RESOLVED, State.CLAIMED, State.PENDING, State.WAITING} <= states


def test_everyone_in_the_script_is_somebody_of_the_workspace(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=MovableClock()) as office:
        week = Week(Stage(office.running, office.desk, office.workspace.movable))  # type: ignore[arg-type]

        assert all(office.workspace.person(scene.who).role == "person" for scene in week.scenes)
