"""How the service desk does: what came of its cases, how long people waited, and how good the help was.

A case counts in the period in which it was opened, whatever came later, and for the queue and the team that its row
names now: those that have it, or had it last. Must not know calendars nor configuration: the clocks counted already.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.cases import WITH_PEOPLE, State

# A share, a median or a mean of fewer cases than this says more about chance than about the desk: only their number is
# told.
LEAST = 5
# From this score (1 to 5) on, a person was content.
CONTENT = 4


class By(StrEnum):
    """What cases are put together by."""

    QUEUE = "queue"
    TEAM = "team"
    WEEK = "week"
    CATEGORY = "category"


class Outcome(StrEnum):
    """What came of a case. Each has exactly one, so that their numbers add up to all cases."""

    SOLVED = "solved"
    RESOLVED = "resolved"
    OPEN = "open"
    NO_WORD = "no word"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ClockRun:
    """One clock of a case. `minutes` of working time; `ended`: what it measures has happened."""

    minutes: float
    ended: bool
    late: bool


@dataclass(frozen=True)
class Review:
    """What a lead found on reading a case again: "yes", "partly", "no", or nothing. `by_lot`: it was not picked for a
    reason."""

    by_lot: bool
    right: str = ""
    kind: str = ""
    level: str = ""


@dataclass(frozen=True)
class CaseRecord:
    """What the figures need of one case. `moves` are those between queues; `with_people`: agents had it once."""

    opened_at: float
    state: State
    category: str = "unclear"
    queue: str | None = None
    team: str | None = None
    tier: int = 1
    has_resolution: bool = False
    with_people: bool = False
    reopened: bool = False
    moves: int = 0
    response: ClockRun | None = None
    resolution: ClockRun | None = None
    rating_asked: bool = False
    score: int | None = None
    review: Review | None = None

    @property
    def outcome(self) -> Outcome:
        """By the case's state. A person who never said whether it works was not helped: that is no word, whether an
        answer or an agent waited for it (closed without a resolution)."""
        match self.state:
            case State.SOLVED:
                return Outcome.SOLVED
            case State.WITHDRAWN:
                return Outcome.WITHDRAWN
            case State.RESOLVED:
                return Outcome.RESOLVED
            case State.CLOSED if self.has_resolution:
                return Outcome.RESOLVED
            case state if state in WITH_PEOPLE or state is State.JOINED:
                return Outcome.OPEN
            case _:
                return Outcome.NO_WORD

    @property
    def has_ended(self) -> bool:
        """Whether it was solved, resolved or closed, be it that it was reopened since."""
        return self.reopened or self.state in (State.SOLVED, State.RESOLVED, State.CLOSED)

    def group(self, by: By) -> str | None:
        """A week is that of ISO 8601 in which the case was opened, in UTC."""
        match by:
            case By.QUEUE:
                return self.queue
            case By.TEAM:
                return self.team
            case By.CATEGORY:
                return self.category
            case By.WEEK:
                return f"{datetime.fromtimestamp(self.opened_at, UTC):%G-W%V}"


@dataclass(frozen=True)
class Ratio:
    """`part` of `n`: a share, or a mean where a case can count more than once."""

    part: int
    n: int

    @property
    def value(self) -> float | None:
        """None where there are fewer than LEAST."""
        return self.part / self.n if self.n >= LEAST else None

    def as_json(self) -> dict[str, Any]:
        return {"value": _rounded(self.value, 3), "n": self.n}


@dataclass(frozen=True)
class Times:
    """Clocks of one kind. `n` ended; median and 90th percentile of those in working minutes, None below LEAST.

    `in_time` is of those that ended or are late already; `late` is how many did not make it.
    """

    n: int
    median: float | None
    p90: float | None
    in_time: Ratio

    @property
    def late(self) -> int:
        return self.in_time.n - self.in_time.part

    def as_json(self) -> dict[str, Any]:
        minutes = {"median_minutes": _rounded(self.median, 1), "p90_minutes": _rounded(self.p90, 1)}
        return {"n": self.n, **minutes, "in_time": self.in_time.as_json(), "late": self.late}


@dataclass(frozen=True)
class Figures:
    """The desk in numbers. Each says from which rows it is counted, for all cases opened in the period.

    cases           rows of `cases`
    solved          of cases: state solved, which only the person's own word brings about; no agent ever had these
    resolved        of cases: state resolved, or closed with a `resolution`
    open            of cases: state waiting, claimed, pending or joined
    no_word         of cases: state new, clarifying or answered, or closed without a `resolution`: silence helped nobody
    withdrawn       of cases: state withdrawn
    reopened        cases with "reopened" in `audit`, of those and the ones in state solved, resolved or closed
    response        rows of `clocks` of kind response: until an agent wrote to the person, or resolved; a reopening
                    begins it anew, and the row holds the latest run; "warned" in `audit` at share 1 makes it late
    resolution      rows of `clocks` of kind resolution: working time over all runs, without waiting for the person
    bounces         "escalated", "rerouted" and "moved by rule" in `audit`, per case that agents had: one with
                    "handed over" or "reopened" there
    csat            rows of `ratings` with a score of 4 or 5, of those with a score
    asked           rows of `ratings`
    reviewed        rows of `reviews` with `reviewed_at`; by_lot: those with `why` "sample", for the others were picked
                    because they were late, reopened or rated low, and are no picture of all cases
    right, kind     reviewed rows with `found` "yes", of those that say anything ("partly" is not yes)
    level_1_capable reviewed rows of cases of tier 2 and 3 with `found.level` "yes", of those that say anything
    """

    cases: int
    solved: Ratio
    resolved: Ratio
    open: Ratio
    no_word: Ratio
    withdrawn: Ratio
    reopened: Ratio
    response: Times
    resolution: Times
    bounces: Ratio
    csat: Ratio
    asked: int
    reviewed: int
    by_lot: int
    right: Ratio
    kind: Ratio
    level_1_capable: Ratio

    def as_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value if isinstance(value, int) else value.as_json() for name, value in values.items()}


def _clock(kind: str) -> str:
    """Columns of one clock.

    It is late when it ended (or rested) beyond its target, or its breach was announced at any time: neither a move to
    a queue with more time nor a reopening takes that back. Of a case that was merged into another it stood still from
    then on: it measures no end, and counts only where it is late.
    """
    return f"""
      {kind}.spent / 60.0 AS {kind}_minutes,
      {kind}.ended_at IS NOT NULL AND cases.part_of IS NULL AS {kind}_ended,
      {kind}.spent > {kind}.target OR ({kind}.ended_at IS NULL AND {kind}.told >= 1.0)
        OR total(audit.action = 'warned' AND json_extract(audit.detail, '$.clock') = '{kind}'
                 AND json_extract(audit.detail, '$.share') >= 1.0) > 0 AS {kind}_late"""


_CASES = f"""
    SELECT cases.opened_at, cases.state, cases.category, cases.queue, cases.assigned_team AS team, cases.tier,
      cases.resolution != '' AS has_resolution,
      total(audit.action IN ('handed over', 'reopened')) > 0 AS with_people,
      total(audit.action = 'reopened') > 0 AS reopened,
      total(audit.action IN ('escalated', 'rerouted', 'moved by rule')) AS moves,
      {_clock("response")},
      {_clock("resolution")},
      ratings.case_id IS NOT NULL AS rating_asked, ratings.score,
      reviews.why, reviews.found, reviews.reviewed_at
    FROM cases
    LEFT JOIN audit ON audit.case_id = cases.id
    LEFT JOIN clocks AS response ON response.case_id = cases.id AND response.kind = 'response'
    LEFT JOIN clocks AS resolution ON resolution.case_id = cases.id AND resolution.kind = 'resolution'
    LEFT JOIN ratings ON ratings.case_id = cases.id
    LEFT JOIN reviews ON reviews.case_id = cases.id
    WHERE cases.opened_at >= ? AND cases.opened_at < ?
    GROUP BY cases.id
    ORDER BY cases.id
"""


def has_figures(conn: sqlite3.Connection) -> bool:
    """Whether the database has all that is counted here; one that an older version of the desk made has not."""
    row = conn.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'reviews'").fetchone()
    return row is not None


def cases_opened(conn: sqlite3.Connection, since: float = 0.0, until: float = math.inf) -> list[CaseRecord]:
    """The cases opened from `since` on and before `until` (epoch seconds), oldest first."""
    return [_record(row) for row in conn.execute(_CASES, (since, until))]


def figures_of(cases: Sequence[CaseRecord]) -> Figures:
    outcomes = Counter(each.outcome for each in cases)
    of_all = {each: Ratio(outcomes[each], len(cases)) for each in Outcome}
    with_people = [each for each in cases if each.with_people]
    scores = [each.score for each in cases if each.score is not None]
    reviews = [each.review for each in cases if each.review]
    return Figures(
        cases=len(cases),
        solved=of_all[Outcome.SOLVED],
        resolved=of_all[Outcome.RESOLVED],
        open=of_all[Outcome.OPEN],
        no_word=of_all[Outcome.NO_WORD],
        withdrawn=of_all[Outcome.WITHDRAWN],
        reopened=_share(each.reopened for each in cases if each.has_ended),
        response=_times(each.response for each in cases),
        resolution=_times(each.resolution for each in cases),
        bounces=Ratio(sum(each.moves for each in with_people), len(with_people)),
        csat=_share(score >= CONTENT for score in scores),
        asked=sum(each.rating_asked for each in cases),
        reviewed=len(reviews),
        by_lot=sum(each.by_lot for each in reviews),
        right=_yes(each.right for each in reviews),
        kind=_yes(each.kind for each in reviews),
        level_1_capable=_yes(each.review.level for each in cases if each.review and each.tier > 1),
    )


def figures_by(cases: Iterable[CaseRecord], by: By) -> dict[str | None, Figures]:
    """The figures of each group in the order of their names; None, last, is of cases that no queue or team ever had."""
    groups: defaultdict[str | None, list[CaseRecord]] = defaultdict(list)
    for each in cases:
        groups[each.group(by)].append(each)
    names = sorted(groups, key=lambda name: (name is None, name or ""))
    return {name: figures_of(groups[name]) for name in names}


def _share(said: Iterable[bool]) -> Ratio:
    each = list(said)
    return Ratio(sum(each), len(each))


def _yes(answers: Iterable[str]) -> Ratio:
    return _share(answer == "yes" for answer in answers if answer)


def _times(clocks: Iterable[ClockRun | None]) -> Times:
    known = [each for each in clocks if each and (each.ended or each.late)]
    minutes = [each.minutes for each in known if each.ended]
    in_time = _share(not each.late for each in known)
    return Times(len(minutes), _percentile(minutes, 0.5), _percentile(minutes, 0.9), in_time)


def _percentile(values: Sequence[float], share: float) -> float | None:
    """By nearest rank: the smallest value that at least this share of all values does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if len(values) >= LEAST else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _record(row: sqlite3.Row) -> CaseRecord:
    state, has_resolution = State(row["state"]), bool(row["has_resolution"])
    return CaseRecord(
        opened_at=row["opened_at"],
        state=state,
        category=row["category"],
        queue=row["queue"],
        team=row["team"],
        tier=row["tier"],
        has_resolution=has_resolution,
        with_people=bool(row["with_people"]),
        reopened=bool(row["reopened"]),
        moves=int(row["moves"]),
        response=_run(row, "response"),
        resolution=_run(row, "resolution", resolved=state is not State.CLOSED or has_resolution),
        rating_asked=bool(row["rating_asked"]),
        score=row["score"],
        review=_review(row),
    )


def _run(row: sqlite3.Row, kind: str, *, resolved: bool = True) -> ClockRun | None:
    """None where people never had the case. A case that was closed because the person fell silent was not resolved."""
    minutes = row[f"{kind}_minutes"]
    if minutes is None:
        return None
    return ClockRun(minutes, bool(row[f"{kind}_ended"]) and resolved, bool(row[f"{kind}_late"]))


def _review(row: sqlite3.Row) -> Review | None:
    """None where no lead has read the case (yet)."""
    if row["reviewed_at"] is None:
        return None
    found = json.loads(row["found"])
    answers = {name: str(found.get(name, "")) for name in ("right", "kind", "level")}
    return Review(by_lot=row["why"] == "sample", **answers)
