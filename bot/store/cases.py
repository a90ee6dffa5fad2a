"""Cases, what was said in them, and who did what when."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from bot.cases import ENDED, WITH_PEOPLE, Case, State

Role = Literal["person", "desk", "agent"]

_LISTS = ("candidates", "shown", "offered", "reasons")
_COLUMNS = tuple(field.name for field in fields(Case))
_ENDED = f"state IN ({', '.join(repr(str(state)) for state in sorted(ENDED))})"
_WITH_PEOPLE = f"state IN ({', '.join(repr(str(state)) for state in sorted(WITH_PEOPLE))})"


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
        ended = case.ended_at if was.state in ENDED else self._now
        row = _row(replace(case, ended_at=ended if case.state in ENDED else None)) | {"changed_at": self._now}
        assignments = ", ".join(f"{name} = :{name}" for name in row if name != "id")
        kept = self._conn.execute(
            f"UPDATE cases SET {assignments} "
            "WHERE id = :id AND state = :old_state AND queue IS :old_queue AND assignee IS :old_assignee",
            row | {"old_state": was.state, "old_queue": was.queue, "old_assignee": was.assignee},
        )
        if kept.rowcount != 1:
            raise StaleCase(case.id)

    def get(self, case_id: int) -> Case | None:
        return self._one("id = ?", case_id)

    def of_report(self, team: str, channel: str, ts: str) -> Case | None:
        return self._one("team = ? AND channel = ? AND ts = ?", team, channel, ts)

    def in_thread(self, channel: str, thread: str, reporter: str) -> Case | None:
        """The person's case that lives in a thread, or that the thread hangs under; of several the one that is still
        open, and of those the one that moved last."""
        return self._one(
            "channel = ? AND (thread = ? OR ts = ?) AND reporter = ? "
            f"ORDER BY {_ENDED}, changed_at DESC, id DESC LIMIT 1",
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
            "AND (changed_at >= ? OR state IN ('waiting', 'claimed', 'pending', 'joined')) "
            f"ORDER BY {_ENDED}, changed_at DESC, id DESC LIMIT 1",
            channel,
            reporter,
            since,
        )

    def with_people(self, queue: str) -> tuple[Case, ...]:
        """Every case that a queue has, the oldest first."""
        return self._all(f"{_WITH_PEOPLE} AND queue = ? ORDER BY id", queue)

    def all_with_people(self) -> tuple[Case, ...]:
        return self._all(f"{_WITH_PEOPLE} ORDER BY id")

    def incidents(self) -> tuple[Case, ...]:
        """The open cases that are heads of known incidents."""
        return self._all(f"{_WITH_PEOPLE} AND incident != '' ORDER BY id")

    def queues_used(self) -> frozenset[str]:
        """Every queue that has, or had, a case."""
        rows = self._conn.execute("SELECT DISTINCT queue FROM cases WHERE queue IS NOT NULL").fetchall()
        return frozenset(row["queue"] for row in rows)

    def latest_with_people(self, limit: int) -> tuple[Case, ...]:
        """The newest of them, the oldest first."""
        newest = f"SELECT id FROM cases WHERE {_WITH_PEOPLE} ORDER BY id DESC LIMIT ?"
        return self._all(f"id IN ({newest}) ORDER BY id", limit)

    def joined_to(self, head: int) -> tuple[Case, ...]:
        """The cases that are handled together with this one."""
        return self._all("part_of = ? AND state = 'joined' ORDER BY id", head)

    def of_person(self, reporter: str, limit: int) -> tuple[Case, ...]:
        """A person's cases: those that are open first, then the latest."""
        return self._all(f"reporter = ? ORDER BY {_ENDED}, id DESC LIMIT ?", reporter, limit)

    def held_by(self, agent: str, limit: int) -> tuple[Case, ...]:
        """What an agent has in hand, the oldest first."""
        return self._all("assignee = ? AND state IN ('claimed', 'pending') ORDER BY id LIMIT ?", agent, limit)

    def helped_lately(self, category: str, limit: int) -> tuple[Case, ...]:
        """The latest cases of a category that were solved or resolved; also those that were closed after that."""
        helped = "(state IN ('solved', 'resolved') OR (state = 'closed' AND resolution != ''))"
        return self._all(f"category = ? AND {helped} ORDER BY id DESC LIMIT ?", category, limit)

    def posted_before(self, channel: str, reporter: str, at: float, within: float) -> Case | None:
        """The person's newest open case in a channel whose message was posted at most `within` seconds away from `at`:
        by Slack's time, since the desk may have been away in between. Slack may deliver the later piece first."""
        return self._one(
            "channel = ? AND reporter = ? AND CAST(ts AS REAL) BETWEEN ? AND ? "
            f"AND NOT {_ENDED} ORDER BY id DESC LIMIT 1",
            channel,
            reporter,
            at - within,
            at + within,
        )

    def kept_about(self, reporter: str) -> tuple[int, int]:
        """(cases, messages in them) of a person."""
        row = self._conn.execute(
            "SELECT count(DISTINCT cases.id) AS cases, count(messages.id) AS messages "
            "FROM cases LEFT JOIN messages ON messages.case_id = cases.id WHERE reporter = ?",
            (reporter,),
        ).fetchone()
        return int(row["cases"]), int(row["messages"])

    def spoken_in_vain(self, channel: str, *, since: float, ignored_before: float) -> int:
        """How often the desk spoke up unasked in a channel since then, and was waved away or ignored."""
        row = self._conn.execute(
            "SELECT count(*) AS n FROM cases WHERE channel = ? AND unasked AND opened_at >= ? AND (state = 'withdrawn' "
            "OR (state IN ('answered', 'clarifying') AND changed_at < ?))",
            (channel, since, ignored_before),
        ).fetchone()
        return int(row["n"])

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

    def _all(self, where: str, *values: object) -> tuple[Case, ...]:
        rows = self._conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM cases WHERE {where}", values).fetchall()
        return tuple(_case(row) for row in rows)

    def _one(self, where: str, *values: object) -> Case | None:
        row = self._conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM cases WHERE {where}", values).fetchone()
        return _case(row) if row else None


class StaleCase(Exception):
    """Somebody else moved the case in the meantime. The text can be shown."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"Somebody else changed case {case_id} just now. Look at its card, then try again.")


def _row(case: Case) -> dict[str, Any]:
    row = asdict(case)
    for name in _LISTS:
        row[name] = json.dumps(row[name], ensure_ascii=False)
    return row | {"state": str(case.state), "asked": int(case.asked), "unasked": int(case.unasked)}


def _case(row: sqlite3.Row) -> Case:
    values = dict(row)
    for name in _LISTS:
        values[name] = () if values[name] == "[]" else tuple(json.loads(values[name]))  # most are empty
    flags = {name: bool(values[name]) for name in ("asked", "unasked")}
    return Case(**{**values, **flags, "state": State(values["state"])})


def _said(row: sqlite3.Row) -> Said:
    return Said(row["author"], row["role"], row["text"], row["said_at"], bool(row["internal"]), row["ts"])
