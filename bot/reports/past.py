"""Past requests with what the desk did and how it went, for trying out what another desk would do."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

_CASES = "SELECT id, words FROM cases WHERE opened_at >= ? ORDER BY id"
_EVENTS = """
    SELECT audit.case_id, audit.action, json_extract(audit.detail, '$.article') AS article
    FROM audit JOIN cases ON cases.id = audit.case_id
    WHERE cases.opened_at >= ? AND audit.action IN ('answered', 'solved', 'not solved')
    ORDER BY audit.id
"""


@dataclass
class Past:
    """A request that was worked on. `answered` is the first article shown, None when people took it at once; `solved`
    is the one that the person said solved it, `refused` those that they said did not."""

    case: int
    words: str
    answered: str | None = None
    solved: str | None = None
    refused: set[str] = field(default_factory=set)


def past_requests(conn: sqlite3.Connection, since: float) -> list[Past]:
    """Requests since then (epoch seconds), oldest first."""
    found = {row["id"]: Past(row["id"], row["words"]) for row in conn.execute(_CASES, (since,))}
    for row in conn.execute(_EVENTS, (since,)):
        past, article = found[row["case_id"]], row["article"]
        match row["action"]:
            case "answered":
                past.answered = past.answered or article
            case "solved":
                past.solved = article
            case _:
                past.refused.add(article)
    return list(found.values())
