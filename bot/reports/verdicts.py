"""What people said about the articles they were shown, counted from the audit."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from bot.store import Database
from knowledge_base.articles import Article
from knowledge_base.worth import Votes, worth

COUNTED_EVERY = 60 * 60.0  # seconds

_EVENTS = """
    SELECT json_extract(audit.detail, '$.article') AS article, audit.action, audit.at, audit.case_id, cases.reporter
    FROM audit JOIN cases ON cases.id = audit.case_id
    WHERE audit.action IN ('answered', 'solved', 'not solved', 'reopened')
    ORDER BY audit.id
"""


def count_votes(conn: sqlite3.Connection, since: Mapping[str, float] | None = None) -> dict[str, Votes]:
    """Votes by article id. `since`: epoch seconds by article id; what was said before that, of an older text, is left
    out."""
    since = since or {}
    shown: Counter[str] = Counter()
    latest: dict[tuple[str, str], str] = {}
    solved_by: dict[int, str] = {}
    for row in conn.execute(_EVENTS):
        article, case = row["article"], row["case_id"]
        if row["action"] == "reopened":  # what seemed to solve it did not
            article = solved_by.pop(case, None)
        elif row["action"] == "solved":
            solved_by[case] = article
        if article is None or row["at"] < since.get(article, 0.0):
            continue
        if row["action"] == "answered":
            shown[article] += 1
        else:
            latest[article, row["reporter"]] = "solved" if row["action"] == "solved" else "not solved"
    said = Counter((article, action) for (article, _), action in latest.items())
    return {each: Votes(n, said[each, "solved"], said[each, "not solved"]) for each, n in shown.items()}


def since_review(articles: Iterable[Article]) -> dict[str, float]:
    """When each article was last reviewed, in epoch seconds (midnight UTC); of one in several languages, the English
    text. What was said before is of an older text."""
    english_last = sorted(articles, key=lambda article: article.language == "en")
    return {
        article.id: datetime.combine(article.reviewed, datetime.min.time(), UTC).timestamp() for article in english_last
    }


class Experience:
    """What the articles are worth by what people said; counted again every hour."""

    def __init__(
        self, store: Database, since: Mapping[str, float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._since = since
        self._clock = clock
        self._until = 0.0
        self._worth: Mapping[str, float] = {}

    def __call__(self) -> Mapping[str, float]:
        if self._clock() >= self._until:
            self._until = self._clock() + COUNTED_EVERY
            with self._store.reading() as unit:
                self._worth = worth(count_votes(unit.conn, self._since))
        return self._worth
