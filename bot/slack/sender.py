"""Sends the outbox: in order within a conversation, never faster than Slack allows, once as people see it.

slack_sdk's own retries would post twice after a lost answer, so the client has none; here a post whose fate is unknown
is looked up by the opaque `send_id` in its metadata before it is posted again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.pace import Pace
from bot.store import Database, Sendable

log = structlog.get_logger()

EVENT_TYPE = "triage_send"
# Answers after which another try is pointless.
HOPELESS = frozenset(
    (
        *("channel_not_found", "is_archived", "not_in_channel", "restricted_action"),
        *("msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_blocks_format"),
        *("message_not_found", "cant_update_message", "user_not_in_channel", "user_not_found", "invalid_arguments"),
    )
)
# What is as good as done.
DONE_ALREADY = frozenset({"already_reacted"})
# Waiting after failures: 1 s doubling to 60 s. Forty tries are about half an hour of outage beyond a network error.
LONGEST_WAIT = 60.0
ATTEMPTS_CAP = 200
# How far before the first try a post may stand in the history: clocks differ.
CLOCK_SKEW = 120.0
NAP = 1.0


class Sender:
    """A few threads that share the outbox. `undelivered` is told of every post that is given up."""

    def __init__(
        self, store: Database, client: WebClient, undelivered: Callable[[Sendable, str], None], threads: int = 3
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
        with self.store.transaction(wakes=False) as unit:
            row = unit.outbox.take(self.pace.resting())
        if row is None:
            return False
        self.pace.spend(row.channel)
        self._deliver(row)
        return True

    def _deliver(self, row: Sendable) -> None:
        try:
            ts = self._found(row) if row.unsure and row.method == "post" else None
            ts = ts or self._call(row)
        except SlackApiError as fault:
            self._refused(row, fault)
        except Exception as fault:  # connection lost, time-out, garbage: the post may have arrived
            self._unknown(row, fault)
        else:
            with self.store.transaction() as unit:
                unit.outbox.sent(row.id, ts)

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
        for message in self._since(row):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("send_id") == row.send_id:
                return str(message["ts"])
        return None

    def _since(self, row: Sendable) -> Iterator[dict[str, Any]]:
        """Messages of the row's conversation since it was written, page by page."""
        asked: dict[str, Any] = {
            "channel": row.channel,
            "oldest": f"{row.written_at - CLOCK_SKEW:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        thread = row.thread or row.parent_ts
        cursor = ""
        while True:
            if thread:
                page = self.client.conversations_replies(ts=thread, cursor=cursor, **asked)
            else:
                page = self.client.conversations_history(cursor=cursor, **asked)
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _refused(self, row: Sendable, fault: SlackApiError) -> None:
        """Slack answered, so nothing was posted: wait as told, give up where waiting is no use, else try later."""
        error = str(fault.response.get("error") or fault.response.status_code)
        if error in DONE_ALREADY:
            with self.store.transaction() as unit:
                unit.outbox.sent(row.id, None)
        elif fault.response.status_code == 429:
            seconds = float(fault.response.headers.get("Retry-After", 1))
            self.pace.rest(row.channel, seconds)
            self._again(row, seconds, unsure=row.unsure, error="ratelimited")
        elif error in HOPELESS or row.attempts >= ATTEMPTS_CAP:
            self._give_up(row, error)
        else:
            # A 5xx may hide a post that was made.
            self._again(
                row, _backoff(row.attempts), unsure=row.unsure or fault.response.status_code >= 500, error=error
            )

    def _unknown(self, row: Sendable, fault: Exception) -> None:
        log.warning("answer lost", purpose=row.purpose, attempt=row.attempts, error=repr(fault))
        if row.attempts >= ATTEMPTS_CAP:
            self._give_up(row, repr(fault))
        else:
            self._again(row, _backoff(row.attempts), unsure=True, error=repr(fault))

    def _again(self, row: Sendable, seconds: float, *, unsure: bool, error: str) -> None:
        with self.store.transaction() as unit:
            unit.outbox.put_back(row.id, not_before=self.store.now() + seconds, unsure=unsure, error=error)

    def _give_up(self, row: Sendable, error: str) -> None:
        log.error("post given up", purpose=row.purpose, case=row.case_id, channel=row.channel, error=error)
        with self.store.transaction() as unit:
            unit.outbox.put_aside(row.id, error)
        if row.purpose != "alarm":  # an alarm about an alarm would never end
            self.undelivered(row, error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.store.outbox_filled.clear()
            try:
                busy = self.send()
            except Exception:  # the store is in trouble: say so, and go on when it is over
                log.exception("the outbox could not be sent")
                busy = False
            if not busy:
                self.store.outbox_filled.wait(self._nap())

    def _nap(self) -> float:
        """Until the next post may go, at most NAP seconds."""
        with self.store.reading() as unit:
            due = unit.outbox.next_at()
        wait = NAP if due is None else max(0.02, due - self.store.now())
        return min(NAP, wait, self.pace.shortest_rest() or NAP)


def _backoff(attempts: int) -> float:
    return float(min(2 ** (attempts - 1), LONGEST_WAIT))
