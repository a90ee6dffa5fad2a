"""The clocks of cases, as rows: how long the desk may take, how long it took, and what was said about it."""

from __future__ import annotations

import sqlite3
from typing import Literal

from bot.sla import Clock

Kind = Literal["response", "resolution"]


class ClockBook:
    """Named operations on clocks, inside one transaction. A clock that ended stays, for the figures."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def of(self, case_id: int, *, ended: bool = False) -> tuple[Clock, ...]:
        """The clocks of a case that have not ended; all of them if `ended`."""
        which = "" if ended else "AND ended_at IS NULL"
        rows = self._conn.execute(f"SELECT * FROM clocks WHERE case_id = ? {which} ORDER BY kind", (case_id,))
        return tuple(_clock(row) for row in rows.fetchall())

    def get(self, case_id: int, kind: Kind) -> Clock | None:
        """The clock of that kind, ended or not."""
        row = self._conn.execute("SELECT * FROM clocks WHERE case_id = ? AND kind = ?", (case_id, kind)).fetchone()
        return _clock(row) if row else None

    def keep(self, case_id: int, clock: Clock) -> None:
        """The clock as it stands now; it is alive (again)."""
        self._write(case_id, clock, None)

    def end(self, case_id: int, clock: Clock) -> None:
        """What it was to measure has happened."""
        self._write(case_id, clock, self._now)

    def _write(self, case_id: int, clock: Clock, ended_at: float | None) -> None:
        self._conn.execute(
            "INSERT OR REPLACE INTO clocks (case_id, kind, target, spent, since, told, ran_out, ended_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, clock.kind, clock.target, clock.spent, clock.since, clock.told, clock.ran_out, ended_at),
        )


def _clock(row: sqlite3.Row) -> Clock:
    return Clock(row["kind"], row["target"], row["spent"], row["since"], row["told"], row["ran_out"])
