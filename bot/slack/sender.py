"""Sends the outbox: in order within a conversation, never faster than Slack allows, once as people see it.

slack_sdk's own retries would post twice after a lost answer, so the client has none; here a post whose fate is unknown
is looked up by the opaque `send_id` in its metadata before it is posted again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from itertools import islice
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.pace import Pace
from bot.store import Database, Sendable, Transaction

log = structlog.get_logger()

EVENT_TYPE = "triage_send"
# What Slack says when another try may go better; whatever else it says, it will say again. That is so for HTTP 5xx too.
TRANSIENT = frozenset(
    (
        *("internal_error", "fatal_error", "service_unavailable", "request_timeout"),
        *("ratelimited", "rate_limited", "team_added_to_org", "org_login_required"),
    )
)
# No answer, or half of one: the network, TLS, a proxy. urllib's and ssl's errors are OSErrors.
BROKEN_ANSWERS = (OSError, HTTPException, ValueError)
# What is as good as done.
DONE_ALREADY = frozenset({"already_reacted"})
# Waiting after failures: 1, 2, 4 … seconds, then a minute each time, so that this many tries last about a day.
LONGEST_WAIT = 60.0
ATTEMPTS_CAP = 24 * 60
# Where nothing says how far back to look for a post, among the newest so many messages; five pages.
PAGE = 200
FAR_BACK = 5 * PAGE
NAP = 1.0


class Sender:
    """A few threads that share the outbox. `undelivered` does what follows from giving a post up, in that commit."""

    def __init__(
        self,
        store: Database,
        client: WebClient,
        undelivered: Callable[[Transaction, Sendable, str], None],
        threads: int = 3,
    ) -> None:
        self.store = store
        self.client = client
        self.undelivered = undelivered
        self.pace = Pace(now=store.now)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"sender-{n}", daemon=True) for n in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        self._stopping.set()
        self.store.outbox_filled.set()
        for thread in self._threads:
            thread.join()

    def send(self) -> bool:
        """Send one post. False when none may go now."""
        row = self._taken()
        if row is None:
            return False
        self.pace.spend(row.channel)
        try:
            self._deliver(row)
        except Exception as fault:  # how it ended could not be noted, and nobody else knows that it is in hand
            log.exception("what became of a post could not be noted", purpose=row.purpose)
            why = repr(fault)
            self.store.insist(lambda unit: self._hand_back(unit, row, why), self._stopping)
        return True

    def _taken(self) -> Sendable | None:
        """The next post. Three threads look after every commit: they only read, so long as there is nothing to do."""
        resting = self.pace.resting()
        with self.store.reading() as unit:
            due = unit.outbox.is_due(resting)
        if not due:
            return None
        with self.store.transaction(wakes=False) as unit:
            return unit.outbox.take(resting)

    def _deliver(self, row: Sendable) -> None:
        try:
            ts = self._found(row) if row.unsure and row.method == "post" else None
            ts = ts or self._call(row)
        except SlackApiError as fault:
            self._refused(row, fault)
        except BROKEN_ANSWERS as fault:
            self._unknown(row, repr(fault))
        except Exception as fault:  # the post itself is at fault, so another try would be as well
            self._give_up(row, repr(fault))
        else:
            self._sent(row, ts)

    def _call(self, row: Sendable) -> str | None:
        match row.method:
            case "post":
                metadata = {"event_type": EVENT_TYPE, "event_payload": {"send_id": row.send_id}}
                thread = row.thread or row.parent_ts
                answer = self.client.chat_postMessage(
                    channel=row.channel, thread_ts=thread, metadata=metadata, unfurl_links=False, **row.payload
                )
                return str(answer["ts"])
            case "update":
                self.client.chat_update(channel=row.channel, ts=row.parent_ts or "", **row.payload)
            case "whisper":
                self.client.chat_postEphemeral(channel=row.channel, **row.payload)
            case "react":
                self.client.reactions_add(channel=row.channel, **row.payload)
        return None

    def _found(self, row: Sendable) -> str | None:
        """The ts of a post that arrived although its answer was lost; None when it never arrived."""
        for message in self._where_it_would_be(row):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("send_id") == row.send_id:
                return str(message["ts"])
        return None

    def _where_it_would_be(self, row: Sendable) -> Iterator[dict[str, Any]]:
        """The messages to look through. Only Slack's times count here: our clock may be far from Slack's."""
        if thread := row.thread or row.parent_ts:
            return self._read(self.client.conversations_replies, channel=row.channel, ts=thread)
        history = self.client.conversations_history
        if row.after_ts:
            return self._read(history, channel=row.channel, oldest=row.after_ts)
        return islice(self._read(history, channel=row.channel), FAR_BACK)

    def _read(self, method: Callable[..., SlackResponse], **where: str) -> Iterator[dict[str, Any]]:
        """Messages, page by page; of a channel the newest first."""
        cursor = ""
        while True:
            page = method(cursor=cursor, limit=PAGE, include_all_metadata=True, **where)
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _refused(self, row: Sendable, fault: SlackApiError) -> None:
        """Slack answered: wait as told, try later where that may help, else give up; its conversation goes on."""
        status, error = fault.response.status_code, str(fault.response.get("error") or "")
        if error in DONE_ALREADY:
            self._sent(row, None)
        elif status == 429:
            seconds = seconds_to_rest(fault.response.headers)
            self.pace.rest(row.channel, seconds)
            self._again(row, seconds, unsure=row.unsure, error="ratelimited")
        elif status >= 500 or error in TRANSIENT or not error.isidentifier():
            # Some of it may have been done. What is no identifier is not Slack's word, but the page of a proxy.
            self._unknown(row, error or f"HTTP {status}")
        else:
            self._give_up(row, error)

    def _unknown(self, row: Sendable, error: str) -> None:
        """The post may have arrived: it is looked up before the next try."""
        log.warning("answer lost", purpose=row.purpose, attempt=row.attempts, error=error)
        if row.attempts >= ATTEMPTS_CAP:
            self._give_up(row, error)
        else:
            self._again(row, _backoff(row.attempts), unsure=True, error=error)

    def _sent(self, row: Sendable, ts: str | None) -> None:
        with self.store.transaction() as unit:
            unit.outbox.sent(row.id, ts)

    def _again(self, row: Sendable, seconds: float, *, unsure: bool, error: str) -> None:
        with self.store.transaction() as unit:
            unit.outbox.put_back(row.id, not_before=self.store.now() + seconds, unsure=unsure, error=error)

    def _give_up(self, row: Sendable, error: str) -> None:
        log.error("post given up", purpose=row.purpose, case=row.case_id, channel=row.channel, error=error)
        with self.store.transaction() as unit:
            unit.outbox.put_aside(row.id, error)
            if row.purpose != "alarm":  # an alarm about an alarm would never end
                self.undelivered(unit, row, error)

    def _hand_back(self, unit: Transaction, row: Sendable, why: str) -> None:
        if row.attempts >= ATTEMPTS_CAP:
            unit.outbox.put_aside(row.id, why)
        else:
            later = self.store.now() + _backoff(row.attempts)
            unit.outbox.put_back(row.id, not_before=later, unsure=True, error=why)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.store.outbox_filled.clear()
            try:
                nap = 0.0 if self.send() else self._nap()
            except Exception:  # the store is in trouble: say so, and go on when it is over
                log.exception("the outbox could not be sent")
                nap = NAP
            self.store.outbox_filled.wait(nap)

    def _nap(self) -> float:
        """Until the next post may go, at most NAP seconds."""
        resting = self.pace.resting()
        with self.store.reading() as unit:
            due = unit.outbox.next_at(resting)
        wait = NAP if due is None else max(0.0, due - self.store.now())
        return min(NAP, wait, self.pace.shortest_rest() or NAP)


def seconds_to_rest(headers: Mapping[str, str]) -> float:
    """How long Slack wants us to wait; a second where it does not say it in seconds."""
    told = {name.lower(): str(value).strip() for name, value in headers.items()}.get("retry-after", "")
    return max(1.0, float(told)) if told.isdecimal() else 1.0


def _backoff(attempts: int) -> float:
    return float(min(2 ** (attempts - 1), LONGEST_WAIT))
