"""What is to be said in Slack: written with the case, sent afterwards, in order, once as people see it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

Method = Literal["post", "update", "whisper", "react"]

# The rows whose turn it is, though some are to wait still: nothing earlier of their conversation is open, the post that
# they belong to is there, and their channel does not rest.
TURN = """
  FROM outbox AS o LEFT JOIN outbox AS parent ON parent.send_id = o.belongs_to
  WHERE o.state = 'waiting' AND o.channel NOT IN (SELECT value FROM json_each(:resting))
    AND (o.belongs_to IS NULL OR parent.ts IS NOT NULL)
    AND NOT EXISTS (
      SELECT 1 FROM outbox AS earlier
      WHERE earlier.conversation = o.conversation AND earlier.id < o.id AND earlier.state IN ('waiting', 'sending')
    )
"""
NEXT_AT = f"SELECT min(o.not_before) AS at {TURN}"
# Nothing is put off for longer than this, in seconds: what seems to be, was put off before the clock was set back.
FARTHEST = 3_600.0
IS_TIME = f"(o.not_before <= :now OR o.not_before > :now + {FARTHEST})"
NEXT = f"SELECT o.id {TURN} AND {IS_TIME} ORDER BY o.id LIMIT 1"
# What is looked up is looked for after the last post before it: by Slack's clock, since ours may be wrong.
CLAIM = f"""
UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ({NEXT})
RETURNING id, send_id, case_id, purpose, method, channel, thread, payload, attempts, unsure,
          (SELECT p.ts FROM outbox AS p WHERE p.send_id = outbox.belongs_to) AS parent_ts,
          CASE WHEN unsure AND thread IS NULL THEN (
            SELECT e.ts FROM outbox AS e
            WHERE e.channel = outbox.channel AND e.conversation = outbox.conversation AND e.id < outbox.id
              AND e.ts IS NOT NULL
            ORDER BY e.ts DESC LIMIT 1
          ) END AS after_ts
"""
# A row and whatever belongs to it, and so can never be said without it.
SETTLE_WITH_ALL_THAT_BELONGS = """
UPDATE outbox SET state = :state, settled_at = :now, error = :error WHERE send_id IN (
  WITH RECURSIVE gone(send_id) AS (
    SELECT send_id FROM outbox WHERE {which}
    UNION SELECT o.send_id FROM outbox AS o JOIN gone ON o.belongs_to = gone.send_id WHERE o.state = 'waiting'
  )
  SELECT send_id FROM gone
)
"""


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
        """What is to be said in order. An emoji or a whisper that does not get through must not hold up words."""
        place = f"{self.channel}:{self.thread or self.belongs_to or ''}"
        return f"{place}:{self.method}" if self.method in ("whisper", "react") else place


@dataclass(frozen=True)
class Sendable:
    """A claimed row. `parent_ts` is the ts of the post it belongs to; `unsure`: an earlier try may have arrived.

    `after_ts` is given for unsure rows: the ts of the post before it in its conversation, if there is any.
    """

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
    after_ts: str | None


class Outbox:
    """Named operations on posts, inside one transaction."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def add(self, post: Post, case_id: int | None) -> None:
        """Say this, in its turn. What belongs to a post that was lost or taken back goes the same way."""
        self._conn.execute(
            """
            INSERT INTO outbox (send_id, case_id, purpose, method, channel, thread, belongs_to, conversation, payload,
                                written_at, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                    coalesce((SELECT state FROM outbox WHERE send_id = ?7 AND state IN ('dead', 'cancelled')),
                             'waiting'))
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

    def is_due(self, resting: Sequence[str] = ()) -> bool:
        """Whether `take` would find something: asked first, because only asking locks nobody out."""
        return self._conn.execute(NEXT, self._at(resting)).fetchone() is not None

    def take(self, resting: Sequence[str] = ()) -> Sendable | None:
        """Claim the oldest row that may go now. `resting` are channels in which nothing may be said at the moment."""
        row = self._conn.execute(CLAIM, self._at(resting)).fetchone()
        return _sendable(row) if row else None

    def next_at(self, resting: Sequence[str] = ()) -> float | None:
        """When the earliest row whose turn it is may go, in epoch seconds; None when there is none."""
        row = self._conn.execute(NEXT_AT, self._at(resting)).fetchone()
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
        """A dead letter."""
        self._settle("id = :row", "dead", error, row=row)

    def cancel_unsent(self, case_id: int, purpose: str | None = None) -> bool:
        """Take back posts to a case's person, of one purpose or of any, that nobody can have seen yet.

        Whether there were any. What the agents read, and what changes an earlier message, is spared.
        """
        unseen = """case_id = :case AND method = 'post' AND state = 'waiting' AND attempts = 0
                    AND channel = (SELECT channel FROM cases WHERE id = :case)
                    AND (:purpose IS NULL OR purpose = :purpose)"""
        return self._settle(unseen, "cancelled", None, case=case_id, purpose=purpose) > 0

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

    def case_of_post(self, channel: str, ts: str) -> int | None:
        """The case that a post of ours is about, whatever its purpose."""
        row = self._conn.execute(
            "SELECT case_id FROM outbox WHERE channel = ? AND ts = ? AND case_id IS NOT NULL", (channel, ts)
        ).fetchone()
        return int(row["case_id"]) if row else None

    def whispered(self, purpose: str, channel: str, user: str, since: float) -> bool:
        """Whether a person was told this in words that only they see, in that channel since then."""
        row = self._conn.execute(
            "SELECT 1 FROM outbox WHERE purpose = ? AND channel = ? AND json_extract(payload, '$.user') = ? "
            "AND written_at >= ?",
            (purpose, channel, user, since),
        ).fetchone()
        return row is not None

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

    def _at(self, resting: Sequence[str]) -> dict[str, Any]:
        return {"now": self._now, "resting": json.dumps(resting)}

    def _settle(self, which: str, state: str, error: str | None, **values: object) -> int:
        """End rows that are not said, and all that belongs to them. Returns how many there were."""
        statement = SETTLE_WITH_ALL_THAT_BELONGS.format(which=which)
        return self._conn.execute(statement, {**values, "state": state, "error": error, "now": self._now}).rowcount


def _sendable(row: sqlite3.Row) -> Sendable:
    values = dict(row)
    return Sendable(**{**values, "payload": json.loads(values["payload"]), "unsure": bool(values["unsure"])})
