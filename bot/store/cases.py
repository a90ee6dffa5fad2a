"""Cases, what was said in them, and who did what when."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from bot.cases import Case, State

Role = Literal["person", "desk", "agent"]

_LISTS = ("candidates", "shown", "offered", "reasons")
_COLUMNS = tuple(field.name for field in fields(Case))


@dataclass(frozen=True)
class Said:
    """One message of a case's transcript. `internal` words are the agents' own and never reach the person."""

    author: str
    role: Role
    text: str
    said_at: float
    internal: bool = False
    ts: str = ""


class CaseBook:
    """Named operations on cases, inside one transaction."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self._conn = conn
        self._now = now

    def open(self, case: Case) -> Case | None:
        """Keep a new case and return it with its number; None when its report has a case already."""
        row = _row(replace(case, opened_at=self._now)) | {"changed_at": self._now}
        del row["id"]
        added = self._conn.execute(
            f"INSERT OR IGNORE INTO cases ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})", row
        )
        if added.rowcount != 1 or added.lastrowid is None:
            return None
        return replace(case, id=added.lastrowid, opened_at=self._now)

    def keep(self, case: Case, *, was: Case) -> None:
        """Write a move down, if the case is still as it `was`. Raises StaleCase when somebody else moved it first."""
        row = _row(case) | {"changed_at": self._now, "old_state": was.state, "old_queue": was.queue}
        assignments = ", ".join(f"{name} = :{name}" for name in row if name not in ("id", "old_state", "old_queue"))
        kept = self._conn.execute(
            f"UPDATE cases SET {assignments} WHERE id = :id AND state = :old_state AND queue IS :old_queue", row
        )
        if kept.rowcount != 1:
            raise StaleCase(case.id)

    def get(self, case_id: int) -> Case | None:
        return self._one("id = ?", case_id)

    def of_report(self, team: str, channel: str, ts: str) -> Case | None:
        return self._one("team = ? AND channel = ? AND ts = ?", team, channel, ts)

    def in_thread(self, channel: str, thread: str, reporter: str) -> Case | None:
        """The person's newest case that lives in a thread, or that the thread hangs under."""
        return self._one(
            "channel = ? AND (thread = ? OR ts = ?) AND reporter = ? ORDER BY id DESC LIMIT 1",
            channel,
            thread,
            thread,
            reporter,
        )

    def of_message(self, channel: str, ts: str) -> Case | None:
        """The case in whose transcript a message stands."""
        return self._one("id = (SELECT case_id FROM messages WHERE channel = ? AND ts = ?)", channel, ts)

    def newest_of(self, channel: str, reporter: str, since: float) -> Case | None:
        """The person's case in the flow of a direct message to which their words belong: an open one before an ended
        one, the one that moved last before the others. Only what moved since then (epoch seconds), or is with people.
        """
        return self._one(
            "channel = ? AND reporter = ? AND thread IS NULL "
            "AND (changed_at >= ? OR state IN ('waiting', 'claimed')) "
            "ORDER BY state IN ('solved', 'resolved', 'withdrawn'), changed_at DESC, id DESC LIMIT 1",
            channel,
            reporter,
            since,
        )

    def add_words(self, case_id: int, channel: str, said: Said) -> bool:
        """Add to the transcript. False when this message is there already."""
        added = self._conn.execute(
            "INSERT OR IGNORE INTO messages (case_id, channel, ts, author, role, internal, text, said_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, channel, said.ts, said.author, said.role, int(said.internal), said.text, said.said_at),
        )
        if added.rowcount == 1 and not said.internal:
            self._conn.execute("UPDATE cases SET changed_at = ? WHERE id = ?", (self._now, case_id))
        return added.rowcount == 1

    def agent_spoke_last(self, case_id: int) -> bool:
        """Whether the last words that the person and the agents exchanged were an agent's."""
        row = self._conn.execute(
            "SELECT role FROM messages WHERE case_id = ? AND NOT internal ORDER BY id DESC LIMIT 1", (case_id,)
        ).fetchone()
        return row is not None and row["role"] == "agent"

    def tried(self, case_id: int, action: str) -> bool:
        """Whether the audit of a case has that action."""
        row = self._conn.execute("SELECT 1 FROM audit WHERE case_id = ? AND action = ?", (case_id, action)).fetchone()
        return row is not None

    def change_words(self, channel: str, ts: str, text: str) -> None:
        self._conn.execute("UPDATE messages SET text = ? WHERE channel = ? AND ts = ?", (text, channel, ts))

    def words(self, channel: str, ts: str) -> Said | None:
        row = self._conn.execute("SELECT * FROM messages WHERE channel = ? AND ts = ?", (channel, ts)).fetchone()
        return _said(row) if row else None

    def transcript(self, case_id: int) -> tuple[Said, ...]:
        rows = self._conn.execute("SELECT * FROM messages WHERE case_id = ? ORDER BY id", (case_id,)).fetchall()
        return tuple(_said(row) for row in rows)

    def note(self, case_id: int, actor: str, action: str, **detail: Any) -> None:
        """One line of the audit: who did what, with which details."""
        self._conn.execute(
            "INSERT INTO audit (case_id, at, actor, action, detail) VALUES (?, ?, ?, ?, ?)",
            (case_id, self._now, actor, action, json.dumps(detail, ensure_ascii=False)),
        )

    def audit(self, case_id: int) -> tuple[tuple[str, str, dict[str, Any]], ...]:
        """(actor, action, detail) of each step, in order."""
        rows = self._conn.execute("SELECT * FROM audit WHERE case_id = ? ORDER BY id", (case_id,)).fetchall()
        return tuple((row["actor"], row["action"], json.loads(row["detail"])) for row in rows)

    def count(self) -> int:
        return int(self._conn.execute("SELECT count(*) AS n FROM cases").fetchone()["n"])

    def _one(self, where: str, *values: object) -> Case | None:
        row = self._conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM cases WHERE {where}", values).fetchone()
        return _case(row) if row else None


class StaleCase(Exception):
    """Somebody else moved the case in the meantime; read it again."""


def _row(case: Case) -> dict[str, Any]:
    row = asdict(case)
    for name in _LISTS:
        row[name] = json.dumps(row[name], ensure_ascii=False)
    return row | {"state": str(case.state), "asked": int(case.asked)}


def _case(row: sqlite3.Row) -> Case:
    values = dict(row)
    for name in _LISTS:
        values[name] = tuple(json.loads(values[name]))
    return Case(**{**values, "state": State(values["state"]), "asked": bool(values["asked"])})


def _said(row: sqlite3.Row) -> Said:
    return Said(row["author"], row["role"], row["text"], row["said_at"], bool(row["internal"]), row["ts"])
