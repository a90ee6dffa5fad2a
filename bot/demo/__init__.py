"""`triage demo`: the desk in a local workspace, with a week behind it and a short real conversation played."""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from pydantic import SecretStr

from bot.advising import following_advisor
from bot.app import build_desk
from bot.demo.stage import Stage
from bot.demo.story import Story
from bot.demo.week import WEEK, Week
from bot.settings import Settings
from bot.workspace import MovableClock
from bot.workspace.server import Running, serve
from bot.workspace.state import Workspace

HELP_CHANNEL = "it-help"

__all__ = ["Story", "Week", "manifest", "open_demo", "play", "settings_for"]


def manifest() -> dict[str, object]:
    """The Slack app's manifest: beside the packages in a checkout, inside `bot` where the project is installed."""
    beside = Path(__file__).resolve().parents[2] / "manifest.json"
    text = beside.read_text("utf-8") if beside.is_file() else files("bot").joinpath("manifest.json").read_text("utf-8")
    found: dict[str, object] = json.loads(text)
    return found


def play(
    settings: Settings,
    *,
    port: int,
    once: bool,
    week: bool,
    say: Callable[[str], None],
    note: Callable[[str], None],
) -> None:
    """Open the workspace and the desk; play the week before and then the story, print it; serve until Ctrl-C, unless
    `once`, which plays the story alone."""
    behind = week and not once
    with open_demo(settings, port=port, note=note, days_ago=WEEK.days if behind else 0) as stage:
        if behind:
            note("Playing a week of the desk, so that there is something to see …")
            Week(stage).play()
        for line in Story(stage.workspace).told():
            say(line)
        if once:
            return
        note(f"\nThe workspace is open: {stage.running.url}\nIts clock can be moved at the top. Press Ctrl-C to stop.")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


@contextlib.contextmanager
def open_demo(settings: Settings, *, port: int, note: Callable[[str], None], days_ago: float = 0) -> Iterator[Stage]:
    """A workspace and a desk that know each other and share a clock, which begins `days_ago`. Cases live in a temporary
    folder; the model stays for next time."""
    advisor = following_advisor(settings, note=note)
    clock = MovableClock(lambda: datetime.now(UTC) - timedelta(days=days_ago))
    with (
        tempfile.TemporaryDirectory() as home,
        serve(Workspace(manifest(), now=clock), port=port) as running,
        build_desk(settings_for(running, Path(home)), advisor, now=lambda: clock().timestamp()) as desk,
    ):
        clock.watch(desk.look_at_the_clock)
        yield Stage(running, desk, clock)


def settings_for(running: Running, home: Path) -> Settings:
    """Settings that point the unchanged desk at a local workspace."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # a person's .env holds the tokens of their real workspace
        slack_bot_token=SecretStr(running.bot_token),
        slack_app_token=SecretStr(running.app_token),
        slack_signing_secret=None,
        slack_api_url=running.api_url,
        home=home,
        help_channels=[HELP_CHANNEL],
        ops_channel="desk-ops",
    )
