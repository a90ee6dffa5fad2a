"""A process that bears desks: it imports everything and trains the small model once, then forks one desk an order.

    python -m tests.faults.nursery        orders on standard input, answers on standard output, a line each

An order is `end`, answered with the exit status of the desk that has ended, or JSON (`api_url`, `bot_token`,
`app_token`, `home`, `weakness`), answered with the new desk's process id. Everything else that is printed goes to
standard error. A desk that is told to leave (SIGTERM) finishes what it has, and goes. Knows nothing about the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from pydantic import SecretStr
from slack_bolt import BoltRequest
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.app import Desk, build_desk
from bot.settings import Settings
from tests.office import HELP, small_advisor

# How long a desk that leaves may work on what it has. Its posts in one channel are a second apart.
FINISHES_WITHIN = 60.0


# -- desks that lack one of the two safeguards, to show that the checks notice ---------------------------------------


def without_look_up(desk: Desk) -> None:
    """A post whose fate is unknown is posted again, as slack_sdk's own retries do."""
    desk.sender._found = lambda row: None  # type: ignore[method-assign]


def without_inbox(desk: Desk) -> None:
    """As plain Bolt: acknowledged at once, then worked on in a thread, and nowhere written down in between."""
    assert desk.socket is not None
    pool = ThreadPoolExecutor()

    def on_socket(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        bolt_request = BoltRequest(body=request.payload, mode="socket_mode", context={"delivery": None})
        pool.submit(desk.worker.app.dispatch, bolt_request)

    desk.socket.socket_mode_request_listeners[:] = [on_socket]


WEAKNESSES: Mapping[str, Callable[[Desk], None]] = {
    "": lambda desk: None,
    "without-look-up": without_look_up,
    "without-inbox": without_inbox,
}


# -- one desk --------------------------------------------------------------------------------------------------------


def live(order: Mapping[str, str]) -> int:
    """A desk's whole life, unless it is killed. Returns the exit status."""
    desk = build_desk(_settings(order), small_advisor())
    WEAKNESSES[order["weakness"]](desk)
    with desk:
        signal.sigwait({signal.SIGTERM})
        _finish(desk)
    return 0


def _settings(order: Mapping[str, str]) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=SecretStr(order["bot_token"]),
        slack_app_token=SecretStr(order["app_token"]),
        slack_signing_secret=None,
        slack_api_url=order["api_url"],
        home=Path(order["home"]),
        help_channels=[HELP],
    )


def _finish(desk: Desk) -> None:
    """Nothing more comes in; then everything that is there is worked on and said, or is left to be found."""
    assert desk.socket is not None
    # slack_sdk's `close` never returns when its receiving thread is just starting on a connection that is still open.
    desk.socket.auto_reconnect_enabled = False
    desk.socket.disconnect()
    desk.socket.close()
    with desk.store.committed:
        desk.store.committed.wait_for(desk.is_idle, FINISHES_WITHIN)


# -- the process that bears them -------------------------------------------------------------------------------------


def main() -> None:
    answers = _own_standard_output()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # a desk inherits it, and waits for it when it is ready
    small_advisor().advise("outlook keeps asking for my password")  # what is loaded at first use is loaded now
    pid = 0
    try:
        for line in sys.stdin:
            if line.strip() == "end":
                answer, pid = _status(pid), 0
            else:
                answer = pid = _born(json.loads(line), answers)
            print(answer, file=answers, flush=True)
    finally:
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _own_standard_output() -> IO[str]:
    """Where answers go. Whatever desks print to standard output lands in standard error from now on."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _born(order: Mapping[str, str], answers: IO[str]) -> int:
    """The process id of a new desk."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        answers.close()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        status = live(order)
    except BaseException:  # whatever it is, a desk must not go on as a second nursery
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _status(pid: int) -> int:
    """How a desk ended: its exit status, or the signal that killed it, below zero."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
