"""Real desks in processes of their own, born by the nursery, for tests to kill. Unix only: it needs `fork`."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.workspace.server import Running
from bot.workspace.state import Workspace

ROOT = Path(__file__).resolve().parents[2]
# How long anything may take on a busy machine before a test gives up.
PATIENCE = 30.0
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # a process with threads of its own could not fork safely
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",  # a killed process takes with it what it has not written out
}


class DeskProcess:
    """One desk's process. It is gone when `killed` or `leaves` has returned."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self.ended = False
        self._nursery = nursery

    def strike(self) -> None:
        """kill -9. It runs no line more, but is still to be buried: call `killed`."""
        os.kill(self.pid, signal.SIGKILL)

    def killed(self) -> None:
        self.strike()
        assert self._end() == -signal.SIGKILL, self._nursery.said()

    def leaves(self) -> None:
        """It takes nothing more in, finishes what it has, and goes."""
        os.kill(self.pid, signal.SIGTERM)
        assert self._end() == 0, self._nursery.said()

    def dies_when(self, workspace: Workspace, so_far: Callable[[], bool]) -> None:
        """kill -9 at the very change that makes `so_far` true: before anybody, the desk included, hears of it."""

        def look() -> None:
            if so_far():
                self.strike()

        with watching(workspace, look):
            workspace.wait_until(so_far, PATIENCE)
        self.killed()

    def _end(self) -> int:
        status = self._nursery.asked("end")
        self.ended = True
        return status


class Nursery:
    """The process that bears desks, one at a time."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        with self.log.open("w") as talk:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env=os.environ | ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
                bufsize=1,
            )

    @contextlib.contextmanager
    def desk(self, running: Running, home: Path, weakness: str = "") -> Iterator[DeskProcess]:
        """A desk for as long as the block lasts; whatever happens in it, the process is gone afterwards."""
        order = {
            "api_url": running.api_url,
            "bot_token": running.bot_token,
            "app_token": running.app_token,
            "home": str(home),
            "weakness": weakness,
        }
        desk = DeskProcess(self, self.asked(json.dumps(order)))
        try:
            yield desk
        finally:
            if not desk.ended:
                desk.killed()

    def asked(self, order: str) -> int:
        """The nursery's answer. It is slow the first time only, when it trains the model."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(order, file=self._process.stdin, flush=True)
        ready, _, _ = select.select([self._process.stdout], [], [], 4 * PATIENCE)
        answer = self._process.stdout.readline() if ready else ""
        assert answer, f"the nursery does not answer\n{self.said()}"
        return int(answer)

    def said(self) -> str:
        """The last that the desks logged, for whoever reads why a test failed."""
        return self.log.read_text("utf-8", errors="replace")[-4_000:]

    def close(self) -> None:
        """It ends by itself when nobody orders any more, and takes its desk with it."""
        try:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


@contextlib.contextmanager
def watching(workspace: Workspace, look: Callable[[], None]) -> Iterator[None]:
    """`look` is called inside every change of the workspace, before it is answered for."""
    workspace.watch(look)
    try:
        yield
    finally:
        workspace.unwatch(look)
