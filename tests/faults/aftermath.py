"""What became of everything that people wrote: the desk's database against what they see in the workspace.

Reads both from outside, when the desk's process is gone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.workspace.messages import Message
from tests.faults.town import Town, buttons_of

# The steps of a case after which the person hears from the desk once more.
ASKS_FOR_MORE = ("not solved", "asked for a person")


# The number of each report's case, by the report's channel and ts.
Cases = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Aftermath:
    """What went wrong; equal to `Aftermath()` when nothing did. Reports go by their ts, posts by their purpose."""

    lost: tuple[str, ...] = ()  # reports without a case
    strays: tuple[str, ...] = ()  # cases that no report asked for
    not_answered_once: tuple[tuple[str, int], ...] = ()  # reports with another number of first replies than one
    doubled: tuple[tuple[str, int], ...] = ()  # posts that people see more often than once
    unseen: tuple[str, ...] = ()  # posts that count as sent and are nowhere
    unknown: tuple[str, ...] = ()  # messages of the desk that it has no record of: their words
    without_card: tuple[int, ...] = ()  # handed-over cases whose agents see another number of cards than one
    ignored: tuple[str, ...] = ()  # messages whose button was pressed and acknowledged, and nothing came of it
    unfinished: tuple[tuple[str, int], ...] = ()  # rows of inbox and outbox that wait, are in work, or are dead
    damage: tuple[str, ...] = ()  # what SQLite finds wrong with the file


def aftermath(town: Town, database: Path) -> Aftermath:
    with reading(database) as db, town.workspace.lock:
        cases = {(row["channel"], row["ts"]): row["id"] for row in db.execute("SELECT * FROM cases")}
        opened = Counter((row["channel"], row["ts"]) for row in db.execute("SELECT * FROM cases"))
        reported = Counter((report.channel, report.ts) for report in town.reports)
        posts = {row["send_id"]: row for row in db.execute("SELECT * FROM outbox WHERE method = 'post'")}
        seen = Counter(map(_send_id, _said_by_the_desk(town)))
        return Aftermath(
            lost=tuple(ts for _, ts in (reported - opened).elements()),
            strays=tuple(ts for _, ts in (opened - reported).elements()),
            not_answered_once=tuple(_not_answered_once(town, db, cases)),
            doubled=tuple(
                (posts[each]["purpose"], times) for each, times in seen.items() if each in posts and times > 1
            ),
            unseen=tuple(row["purpose"] for each, row in posts.items() if row["state"] == "sent" and not seen[each]),
            unknown=tuple(each.text for each in _said_by_the_desk(town) if _send_id(each) not in posts),
            without_card=tuple(_without_card(db, seen)),
            ignored=tuple(_ignored(town)),
            unfinished=tuple(_unfinished(db).items()),
            damage=tuple(_damage(db)),
        )


@contextlib.contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot change anything."""
    with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        yield db


def in_work(database: Path) -> Counter[str]:
    """How many rows of inbox and outbox a dead desk left in which state, other than finished."""
    with reading(database) as db:
        return _unfinished(db)


def _said_by_the_desk(town: Town) -> Iterator[Message]:
    for log in town.workspace.logs.values():
        yield from (message for message in log if message.by_app and message.ephemeral_to is None)


def _send_id(message: Message) -> str:
    payload: dict[str, Any] = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("send_id", ""))


def _not_answered_once(town: Town, db: sqlite3.Connection, cases: Cases) -> Iterator[tuple[str, int]]:
    """Each time that the person asked for more, they got one further reply; the rest are first replies."""
    asked = "SELECT count(*) FROM audit WHERE case_id = ? AND action IN (?, ?)"
    for report in town.reports:
        (further,) = db.execute(asked, (cases.get((report.channel, report.ts)), *ASKS_FOR_MORE)).fetchone()
        if (first := len(town.replies(report)) - further) != 1:
            yield report.ts, first


def _without_card(db: sqlite3.Connection, seen: Counter[str]) -> Iterator[int]:
    for case in db.execute("SELECT id FROM cases WHERE state = 'waiting'").fetchall():
        cards = db.execute(
            "SELECT send_id FROM outbox WHERE case_id = ? AND purpose = 'card'", (case["id"],)
        ).fetchall()
        if sum(seen[card["send_id"]] for card in cards) != 1:
            yield case["id"]


def _ignored(town: Town) -> Iterator[str]:
    """A press that counts closes the message that it was made under: its buttons go."""
    for press in town.presses:
        now = town.workspace.message(press.message.channel, press.message.ts)
        if press.delivery.fate == "acknowledged" and buttons_of(now):
            yield now.text


def _unfinished(db: sqlite3.Connection) -> Counter[str]:
    rows = db.execute(
        "SELECT 'inbox ' || state AS what FROM inbox WHERE state != 'done' "
        "UNION ALL SELECT 'outbox ' || state FROM outbox WHERE state != 'sent'"
    )
    return Counter(row["what"] for row in rows)


def _damage(db: sqlite3.Connection) -> Iterator[str]:
    for check in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
        for row in db.execute(check):
            if tuple(row) != ("ok",):
                yield str(tuple(row))
