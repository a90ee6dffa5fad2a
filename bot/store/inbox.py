"""What Slack delivered, kept before it is acknowledged, worked on once, and never lost."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

# A delivery that failed this often is put aside for an operator: five tries span about half a minute.
FAILURES_CAP = 5
# While Slack itself is in trouble, nothing is wrong with what was delivered: so many tries last about an hour.
OUTAGE_CAP = 60
LONGEST_WAIT = 60.0
# One that was begun this often and never ended takes the process down with it.
STARTS_CAP = 10


@dataclass(frozen=True)
class Delivery:
    """One row of the inbox. `payload` is JSON; `attempts` counts this try too, `failures` those that raised."""

    id: int
    kind: str
    payload: str
    attempts: int
    failures: int

    @property
    def last_try(self) -> bool:
        return self.failures + 1 >= FAILURES_CAP

    @property
    def is_deadly(self) -> bool:
        """Whether the process has ended each time that this was worked on."""
        return self.attempts - self.failures > STARTS_CAP


class Inbox:
    """Named operations on deliveries, inside one transaction."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def add(self, fingerprint: str, kind: str, payload: str, *, urgent: bool) -> bool:
        """Keep a delivery. False when one with the same fingerprint is there already."""
        added = self._conn.execute(
            "INSERT OR IGNORE INTO inbox (fingerprint, kind, urgent, payload, received_at) VALUES (?, ?, ?, ?, ?)",
            (fingerprint, kind, int(urgent), payload, self._now),
        )
        return added.rowcount == 1

    def take(self) -> Delivery | None:
        """Claim the next delivery: clicks first (their dialogs expire after 3 s), then in order of arrival."""
        row = self._conn.execute(
            """
            UPDATE inbox SET state = 'working', attempts = attempts + 1
            WHERE id = (
              SELECT id FROM inbox WHERE state = 'waiting' AND (not_before <= :now OR not_before > :now + :longest)
              ORDER BY urgent DESC, id LIMIT 1
            )
            RETURNING id, kind, payload, attempts, failures
            """,
            {"now": self._now, "longest": LONGEST_WAIT},  # beyond that lies what the clock was set back over
        ).fetchone()
        return Delivery(**row) if row else None

    def settle(self, delivery: int) -> None:
        self._conn.execute(
            "UPDATE inbox SET state = 'done', settled_at = ?, error = NULL WHERE id = ?", (self._now, delivery)
        )

    def is_open(self, delivery: int) -> bool:
        """Whether nobody has settled it yet."""
        row = self._conn.execute("SELECT state FROM inbox WHERE id = ?", (delivery,)).fetchone()
        return row is not None and row["state"] in ("waiting", "working")

    def put_back(self, delivery: Delivery, error: str) -> None:
        """Try again later: after 1, 2, 4, 8 … seconds, then a minute each time."""
        later = self._now + min(2.0**delivery.failures, LONGEST_WAIT)
        self._conn.execute(
            "UPDATE inbox SET state = 'waiting', failures = failures + 1, not_before = ?, error = ? WHERE id = ?",
            (later, error, delivery.id),
        )

    def put_aside(self, delivery: int, error: str) -> None:
        """A dead letter: kept for an operator, with what went wrong."""
        self._conn.execute(
            "UPDATE inbox SET state = 'dead', settled_at = ?, error = ? WHERE id = ?", (self._now, error, delivery)
        )

    def release_all(self) -> None:
        self._conn.execute("UPDATE inbox SET state = 'waiting' WHERE state = 'working'")

    def count(self, state: str) -> int:
        row = self._conn.execute("SELECT count(*) AS n FROM inbox WHERE state = ?", (state,)).fetchone()
        return int(row["n"])
