"""What is to be done at a time: one row a thing, taken in the same commit that does it, so that it is done once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Timer:
    """`key` makes it one thing however often it is planned; `about` is what the kind needs besides the case."""

    key: str
    kind: str
    case_id: int | None
    about: str
    due_at: float


class Timers:
    """Named operations on timers, inside one transaction. Times are epoch seconds."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def set(self, kind: str, due_at: float | None, *, case_id: int | None = None, about: str = "") -> None:
        """Plan it, in place of what was planned for the same kind, case and `about`. None: not any more."""
        key = f"{kind}:{case_id or ''}:{about}"
        if due_at is None:
            self._conn.execute("DELETE FROM timers WHERE key = ?", (key,))
            return
        self._conn.execute(
            "INSERT OR REPLACE INTO timers (key, kind, case_id, about, due_at) VALUES (?, ?, ?, ?, ?)",
            (key, kind, case_id, about, due_at),
        )

    def due_at(self, kind: str, *, case_id: int | None = None, about: str = "") -> float | None:
        """When it is due; None where it is not planned."""
        key = f"{kind}:{case_id or ''}:{about}"
        row = self._conn.execute("SELECT due_at FROM timers WHERE key = ?", (key,)).fetchone()
        return float(row["due_at"]) if row else None

    def clear(self, case_id: int, *kinds: str) -> None:
        """Forget what was planned for a case; without kinds, all of it."""
        marks = ", ".join("?" * len(kinds))
        which = f"AND kind IN ({marks})" if kinds else ""
        self._conn.execute(f"DELETE FROM timers WHERE case_id = ? {which}", (case_id, *kinds))

    def any_due(self) -> bool:
        return self._conn.execute("SELECT 1 FROM timers WHERE due_at <= ? LIMIT 1", (self._now,)).fetchone() is not None

    def next_at(self) -> float | None:
        """When the next one is due."""
        found = self._conn.execute("SELECT min(due_at) AS at FROM timers").fetchone()["at"]
        return None if found is None else float(found)

    def take(self) -> Timer | None:
        """The timer that is due longest, gone from the book once this transaction is kept."""
        row = self._conn.execute(
            "DELETE FROM timers WHERE key = (SELECT key FROM timers WHERE due_at <= ? ORDER BY due_at, key LIMIT 1) "
            "RETURNING key, kind, case_id, about, due_at",
            (self._now,),
        ).fetchone()
        return Timer(**row) if row else None

    def put_off(self, timer: Timer, seconds: float) -> None:
        """Try again later, after it failed."""
        self._conn.execute("UPDATE timers SET due_at = ? WHERE key = ?", (self._now + seconds, timer.key))
