"""Works the inbox: one delivery at a time, through Bolt to its listener; what fails comes back, then is put aside."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.error import URLError

import structlog
from slack_bolt import App, BoltRequest
from slack_sdk.errors import SlackApiError

from bot.slack.listeners import Listeners
from bot.slack.sender import TRANSIENT
from bot.store import Database, Delivery, Transaction
from bot.store.inbox import OUTAGE_CAP

log = structlog.get_logger()

# How long the worker sleeps when nothing wakes it: deliveries that wait for another try are due by the second.
NAP = 1.0
# How long a chore may go on while deliveries may be waiting.
MOMENT = 0.2


class Worker:
    """One thread that decides everything. Bolt runs listeners in it (`process_before_response`), so a delivery ends
    before the next; `chores` are worked in between, each returns whether it had something to do."""

    def __init__(
        self, store: Database, app: App, listeners: Listeners, chores: Sequence[Callable[[], bool]] = ()
    ) -> None:
        self.store = store
        self.app = app
        self.listeners = listeners
        self.chores = chores
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        self._stopping.set()
        self.store.inbox_filled.set()
        self._thread.join()

    def work(self) -> bool:
        """Work on one delivery. False when none is waiting."""
        with self.store.transaction(wakes=False) as unit:
            delivery = unit.inbox.take()
        if delivery is None:
            return False
        try:
            self._dispatch(delivery)
        except Exception as fault:  # how it ended could not be noted, and nobody else knows that it is in hand
            log.exception("a delivery could not be ended", delivery=delivery.id)
            why = repr(fault)
            self.store.insist(lambda unit: _hand_back(unit, delivery, why), self._stopping)
        return True

    def do_chores(self) -> bool:
        """Each until it has nothing to do, or for a moment: what is delivered must not wait for long. What fails is
        logged and comes again with the next round."""
        did = [self._do(chore) for chore in self.chores]
        return any(did)

    def _do(self, chore: Callable[[], bool]) -> bool:
        until = time.monotonic() + MOMENT
        did = False
        while chore():
            did = True
            if time.monotonic() >= until or self._stopping.is_set():
                break
        return did

    def _dispatch(self, delivery: Delivery) -> None:
        if delivery.is_deadly:
            self._failed(delivery, RuntimeError("the process ended each time that this was worked on"))
            return
        request = BoltRequest(body=json.loads(delivery.payload), mode="socket_mode", context={"delivery": delivery.id})
        try:
            self.app.dispatch(request)
            failure = request.context.get("failure")
        except Exception as fault:  # Bolt itself failed; the delivery must not be lost with it
            failure = fault
        if failure is None:
            self._settle(delivery)
        else:
            self._failed(delivery, failure)

    def _settle(self, delivery: Delivery) -> None:
        """A listener settles its delivery in its own transaction; this ends what no listener wanted."""
        with self.store.reading() as unit:
            still_open = unit.inbox.is_open(delivery.id)
        if still_open:
            with self.store.transaction() as unit:
                unit.inbox.settle(delivery.id)

    def _failed(self, delivery: Delivery, failure: Exception) -> None:
        log.error("delivery failed", delivery=delivery.id, attempt=delivery.attempts, exc_info=failure)
        with self.store.transaction() as unit:
            if self._is_last(delivery, failure) or delivery.is_deadly:
                unit.inbox.put_aside(delivery.id, repr(failure))
                self.listeners.tell_failed(unit, delivery)
            else:
                unit.inbox.put_back(delivery, repr(failure))

    def _is_last(self, delivery: Delivery, failure: Exception) -> bool:
        return delivery.failures + 1 >= OUTAGE_CAP if slack_is_away(failure) else delivery.last_try

    def _run(self) -> None:
        chores_at = 0.0
        while not self._stopping.is_set():
            self.store.inbox_filled.clear()
            try:
                busy = self.work()
                if not busy or time.monotonic() >= chores_at:  # also while there is no end of deliveries
                    busy = self.do_chores() or busy
                    chores_at = time.monotonic() + NAP
            except Exception:  # a full disk, a locked file: say so, and go on when it is over
                log.exception("the inbox could not be worked")
                busy = False
            if not busy:
                self.store.inbox_filled.wait(NAP)


def slack_is_away(failure: Exception) -> bool:
    """Whether Slack did not answer, or wants to be asked later: what a listener needs of it, it gets then."""
    if isinstance(failure, SlackApiError):
        status = failure.response.status_code
        return status == 429 or status >= 500 or failure.response.get("error") in TRANSIENT
    return isinstance(failure, (URLError, TimeoutError, ConnectionError, HTTPException))


def _hand_back(unit: Transaction, delivery: Delivery, why: str) -> None:
    """For another try. Where even the last one could not be ended, it waits for an operator without a word."""
    if delivery.failures > OUTAGE_CAP:
        unit.inbox.put_aside(delivery.id, why)
    else:
        unit.inbox.put_back(delivery, why)
