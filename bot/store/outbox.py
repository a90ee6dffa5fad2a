"""What is to be said in Slack: written with the case, sent afterwards, in order, once as people see it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

Method = Literal["post", "update", "whisper", "react"]


def new_send_id() -> str:
    """An opaque id. Everyone in a workspace can read a message's metadata, so it says nothing."""
    return uuid4().hex


@dataclass(frozen=True)
class Post:
    """Something to say. `payload` holds the arguments of the Web API call: text, blocks, user, name …

    post: a new message;  update: new content for the message `belongs_to`;  whisper: only `payload["user"]` sees it;
    react: an emoji on the message `payload["timestamp"]`. A post with `belongs_to` is a reply in that message's thread.
    """

    purpose: str
    channel: str
    payload: Mapping[str, Any]
    method: Method = "post"
    thread: str | None = None
    belongs_to: str | None = None
    send_id: str = field(default_factory=new_send_id)

    @property
    def conversation(self) -> str:
        return f"{self.channel}:{self.thread or self.belongs_to or ''}"


@dataclass(frozen=True)
class Sendable:
    """A claimed row. `parent_ts` is the ts of the post it belongs to; `unsure`: an earlier try may have arrived."""

    id: int
    send_id: str
    case_id: int | None
    purpose: str
    method: Method
    channel: str
    thread: str | None
    parent_ts: str | None
    payload: dict[str, Any]
    attempts: int
    unsure: bool
    written_at: float


class Outbox:
    """Named operations on posts, inside one transaction."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def add(self, post: Post, case_id: int | None) -> None:
        """Say this, in its turn. What belongs to a lost post is lost with it."""
        self._conn.execute(
            """
            INSERT INTO outbox (send_id, case_id, purpose, method, channel, thread, belongs_to, conversation, payload,
                                written_at, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                    CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE send_id = ?7 AND state = 'dead')
                         THEN 'dead' ELSE 'waiting' END)
            """,
            (
                post.send_id,
                case_id,
                post.purpose,
                post.method,
                post.channel,
                post.thread,
                post.belongs_to,
                post.conversation,
                json.dumps(post.payload, ensure_ascii=False),
                self._now,
            ),
        )

    def take(self, resting: Sequence[str] = ()) -> Sendable | None:
        """Claim the oldest row that may go now: its conversation has nothing earlier open, its parent is there.

        `resting` are channels in which nothing may be said at the moment.
        """
        row = self._conn.execute(
            """
            UPDATE outbox SET state = 'sending', attempts = attempts + 1
            WHERE id = (
              SELECT o.id FROM outbox AS o LEFT JOIN outbox AS parent ON parent.send_id = o.belongs_to
              WHERE o.state = 'waiting' AND o.not_before <= ? AND o.channel NOT IN (SELECT value FROM json_each(?))
                AND (o.belongs_to IS NULL OR parent.ts IS NOT NULL)
                AND NOT EXISTS (
                  SELECT 1 FROM outbox AS earlier
                  WHERE earlier.conversation = o.conversation AND earlier.id < o.id
                    AND earlier.state IN ('waiting', 'sending')
                )
              ORDER BY o.id LIMIT 1
            )
            RETURNING id, send_id, case_id, purpose, method, channel, thread, payload, attempts, unsure, written_at,
                      (SELECT p.ts FROM outbox AS p WHERE p.send_id = outbox.belongs_to) AS parent_ts
            """,
            (self._now, json.dumps(resting)),
        ).fetchone()
        return _sendable(row) if row else None

    def next_at(self) -> float | None:
        """When the earliest waiting row may go, in epoch seconds; None when nothing waits."""
        row = self._conn.execute("SELECT min(not_before) AS at FROM outbox WHERE state = 'waiting'").fetchone()
        return None if row["at"] is None else float(row["at"])

    def sent(self, row: int, ts: str | None) -> None:
        self._conn.execute(
            "UPDATE outbox SET state = 'sent', ts = ?, settled_at = ?, error = NULL, unsure = 0 WHERE id = ?",
            (ts, self._now, row),
        )

    def put_back(self, row: int, *, not_before: float, unsure: bool, error: str) -> None:
        self._conn.execute(
            "UPDATE outbox SET state = 'waiting', not_before = ?, unsure = ?, error = ? WHERE id = ?",
            (not_before, int(unsure), error, row),
        )

    def put_aside(self, row: int, error: str) -> None:
        """A dead letter. Whatever belongs to it could never be sent and goes with it."""
        self._conn.execute(
            """
            WITH RECURSIVE lost(send_id) AS (
              SELECT send_id FROM outbox WHERE id = ?
              UNION SELECT o.send_id FROM outbox AS o JOIN lost ON o.belongs_to = lost.send_id WHERE o.state = 'waiting'
            )
            UPDATE outbox SET state = 'dead', settled_at = ?, error = ? WHERE send_id IN (SELECT send_id FROM lost)
            """,
            (row, self._now, error),
        )

    def cancel_unsent(self, case_id: int) -> int:
        """Take back what has not been said yet about a case. Returns how many posts that were."""
        cancelled = self._conn.execute(
            "UPDATE outbox SET state = 'cancelled', settled_at = ? "
            "WHERE case_id = ? AND state = 'waiting' AND attempts = 0",
            (self._now, case_id),
        )
        return cancelled.rowcount

    def all_said(self, case_id: int) -> bool:
        """Whether nothing about the case is still on its way."""
        row = self._conn.execute(
            "SELECT count(*) AS n FROM outbox WHERE case_id = ? AND state IN ('waiting', 'sending')", (case_id,)
        ).fetchone()
        return int(row["n"]) == 0

    def find(self, case_id: int, purpose: str) -> str | None:
        """The send_id of the newest post with that purpose about a case, unless it was taken back or never arrived."""
        row = self._conn.execute(
            "SELECT send_id FROM outbox WHERE case_id = ? AND purpose = ? AND state NOT IN ('cancelled', 'dead') "
            "ORDER BY id DESC LIMIT 1",
            (case_id, purpose),
        ).fetchone()
        return row["send_id"] if row else None

    def case_of(self, channel: str, ts: str, purpose: str) -> int | None:
        """The case whose post with this purpose has that ts in that channel."""
        row = self._conn.execute(
            "SELECT case_id FROM outbox WHERE channel = ? AND ts = ? AND purpose = ?", (channel, ts, purpose)
        ).fetchone()
        return int(row["case_id"]) if row else None

    def whereabouts(self, send_id: str) -> tuple[str, str | None] | None:
        """Channel and ts of a post; the ts is None until it is sent."""
        row = self._conn.execute("SELECT channel, ts FROM outbox WHERE send_id = ?", (send_id,)).fetchone()
        return (row["channel"], row["ts"]) if row else None

    def release_all(self) -> None:
        """What a crashed process was sending may have arrived: look it up before sending it again."""
        self._conn.execute("UPDATE outbox SET state = 'waiting', unsure = 1 WHERE state = 'sending'")

    def count(self, state: str) -> int:
        row = self._conn.execute("SELECT count(*) AS n FROM outbox WHERE state = ?", (state,)).fetchone()
        return int(row["n"])


def _sendable(row: sqlite3.Row) -> Sendable:
    values = dict(row)
    return Sendable(**{**values, "payload": json.loads(values["payload"]), "unsure": bool(values["unsure"])})
