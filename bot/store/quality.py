"""What people thought of the help, and what leads found when they read a case again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Picked:
    """A case that a lead should read again, and why it was picked."""

    case_id: int
    why: str


class QualityBook:
    """Named operations on ratings and reviews, inside one transaction."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def ask(self, case_id: int) -> bool:
        """Note that the person is asked for a rating. False when they were asked about this case before."""
        asked = self._conn.execute(
            "INSERT OR IGNORE INTO ratings (case_id, asked_at) VALUES (?, ?)", (case_id, self._now)
        )
        return asked.rowcount == 1

    def asked_since(self, reporter: str, since: float) -> bool:
        """Whether the person was asked for a rating since then, about any case."""
        row = self._conn.execute(
            "SELECT 1 FROM ratings JOIN cases ON cases.id = ratings.case_id WHERE cases.reporter = ? AND asked_at >= ?",
            (reporter, since),
        ).fetchone()
        return row is not None

    def rate(self, case_id: int, score: int) -> bool:
        """The person's word, 1 to 5; the last one counts. False where nobody asked."""
        kept = self._conn.execute(
            "UPDATE ratings SET score = ?, rated_at = ? WHERE case_id = ?", (score, self._now, case_id)
        )
        return kept.rowcount == 1

    def comment(self, case_id: int, words: str) -> None:
        self._conn.execute("UPDATE ratings SET comment = ? WHERE case_id = ?", (words, case_id))

    def pick(self, case_id: int, why: str) -> None:
        """Put a case on the leads' list, once."""
        self._conn.execute(
            "INSERT OR IGNORE INTO reviews (case_id, why, picked_at) VALUES (?, ?, ?)", (case_id, why, self._now)
        )

    def unread(self, limit: int) -> tuple[Picked, ...]:
        """What leads have not read again yet, the oldest first."""
        rows = self._conn.execute(
            "SELECT case_id, why FROM reviews WHERE reviewed_at IS NULL ORDER BY picked_at, case_id LIMIT ?", (limit,)
        ).fetchall()
        return tuple(Picked(row["case_id"], row["why"]) for row in rows)

    def picked(self, case_id: int) -> Picked | None:
        """A case that waits for a lead to read it again; None once somebody has."""
        row = self._conn.execute(
            "SELECT case_id, why FROM reviews WHERE case_id = ? AND reviewed_at IS NULL", (case_id,)
        ).fetchone()
        return Picked(row["case_id"], row["why"]) if row else None

    def review(self, case_id: int, reviewer: str, found: Mapping[str, str]) -> bool:
        """What a lead found. False when somebody has read it already."""
        kept = self._conn.execute(
            "UPDATE reviews SET reviewer = ?, found = ?, reviewed_at = ? WHERE case_id = ? AND reviewed_at IS NULL",
            (reviewer, json.dumps(dict(found), ensure_ascii=False), self._now, case_id),
        )
        return kept.rowcount == 1
