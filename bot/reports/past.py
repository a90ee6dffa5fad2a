"""Past requests with what the desk did and how it went, for trying out what another desk would do."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from bot.cases import DELETED

_CASES = "SELECT id, words FROM cases WHERE opened_at >= ? AND words != ? ORDER BY id"
_EVENTS = """
    SELECT audit.case_id, audit.action, json_extract(audit.detail, '$.article') AS article
    FROM audit JOIN cases ON cases.id = audit.case_id
    WHERE cases.opened_at >= ?
      AND audit.action IN ('answered', 'asked', 'handed over', 'solved', 'not solved', 'reopened')
    ORDER BY audit.id
"""


@dataclass
class Past:
    """A request that was worked on. `answered` is the article that was shown at once, None where people took it or a
    question came first; `solved` is the one that solved it for good, `refused` those of which the person said that
    they did not."""

    case: int
    words: str
    answered: str | None = None
    solved: str | None = None
    refused: set[str] = field(default_factory=set)


def past_requests(conn: sqlite3.Connection, since: float) -> list[Past]:
    """Requests since then (epoch seconds), oldest first."""
    found = {row["id"]: Past(row["id"], row["words"]) for row in conn.execute(_CASES, (since, DELETED))}
    begun: set[int] = set()
    for row in conn.execute(_EVENTS, (since,)):
        if past := found.get(row["case_id"]):
            _take(past, row["action"], row["article"], first=past.case not in begun)
            begun.add(past.case)
    return list(found.values())


def _take(past: Past, action: str, article: str | None, *, first: bool) -> None:
    """One step of the audit; `first` of the desk's."""
    match action:
        case "answered" if first:
            past.answered = article
        case "solved":
            past.solved = article
        case "not solved" if article:
            past.refused.add(article)
        case "reopened" if past.solved:
            past.refused.add(past.solved)
            past.solved = None
