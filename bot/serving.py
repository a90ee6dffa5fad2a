"""`triage serve`: runs the desk against Slack until a signal, with its health on loopback."""

from __future__ import annotations

import signal
import threading

from bot.app import Desk, build_desk
from bot.desk.advice import Advisor
from bot.models import Note
from bot.settings import Settings
from bot.slack.http import listen, start_server


def run(settings: Settings, advisor: Advisor, *, note: Note) -> None:
    """Blocks until SIGINT or SIGTERM; then what is being worked on is finished, and the rest waits in the database."""
    with listen(settings.http_port) as listener:  # before the desk hears anything: a taken port stops the start
        desk = build_desk(settings, advisor)
        for warning in desk.rooms.warnings:
            note(f"Warning: {warning}")
        stopped = _stopped_by_signal()
        with desk, start_server(settings, desk.intake, lambda: is_ready(desk), listener) as address:
            note(f"The desk is open. Health: {address}/healthz")
            stopped.wait()
            note("The desk closes; what is unfinished waits for the next start.")


def _stopped_by_signal() -> threading.Event:
    stopped = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())
    return stopped


def is_ready(desk: Desk) -> bool:
    """Whether new messages reach the desk: its threads live, and the socket, where there is one, is connected."""
    return desk.worker.alive and desk.sender.alive and (desk.socket is None or desk.socket.is_connected())
