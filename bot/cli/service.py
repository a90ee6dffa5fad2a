"""`triage report`: the figures of the service desk, as tables or as JSON. Counts nothing itself."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from bot.cli.shared import AsJson, Home, as_line, database_of, plain_errors, settings_of
from bot.reports.service import LEAST, By, Figures, Ratio, Times, cases_opened, figures_by, figures_of, has_figures

Day = datetime | None
Cells = Mapping[str, Callable[[Figures], str]]


def report(
    since: Annotated[Day, typer.Option(formats=["%Y-%m-%d"], help="First day, in UTC, such as 2026-11-01.")] = None,
    until: Annotated[Day, typer.Option(formats=["%Y-%m-%d"], help="Last day; it counts too.")] = None,
    by: Annotated[By | None, typer.Option(help="A line for each of these.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print how the desk does: outcomes, first response, resolution, satisfaction; for the cases opened in a period."""
    if since and until and until < since:
        raise typer.BadParameter("the last day is before the first", param_hint="--until")
    with plain_errors(), _figures_in(home) as conn:
        cases = cases_opened(conn, *_moments(since, until))
    groups = figures_by(cases, by) if by else {}
    if as_json:
        typer.echo(as_line(_as_json(since, until, by, groups, figures_of(cases))))
    else:
        typer.echo(_in_words(_period(since, until), by, groups, figures_of(cases)))


@contextmanager
def _figures_in(home: Any) -> Iterator[sqlite3.Connection]:
    """The database, to be counted. Raises CannotStart where there is none, or it lacks what is counted."""
    from bot.obstacles import CannotStart

    settings = settings_of(home=home)
    with database_of(settings) as conn:
        if not has_figures(conn):
            raise CannotStart(
                f"{settings.database} is of an older version; `triage serve` brings it up to date when it starts"
            )
        yield conn


def _moments(since: Day, until: Day) -> tuple[float, float]:
    """From the first moment of the first day up to the end of the last one, in epoch seconds."""
    start = since.replace(tzinfo=UTC).timestamp() if since else 0.0
    end = (until.replace(tzinfo=UTC) + timedelta(days=1)).timestamp() if until else math.inf
    return start, end


# -- as JSON -----------------------------------------------------------------------------------------------------------


def _as_json(since: Day, until: Day, by: By | None, groups: Mapping[str | None, Figures], of_all: Figures) -> Any:
    """The keys are a contract; what is told of too few is null."""
    return {
        "since": since.date().isoformat() if since else None,
        "until": until.date().isoformat() if until else None,
        "by": by,
        "all": of_all.as_json(),
        "groups": [{"name": name, **figures.as_json()} for name, figures in groups.items()],
    }


# -- in words ----------------------------------------------------------------------------------------------------------


def _in_words(period: str, by: By | None, groups: Mapping[str | None, Figures], of_all: Figures) -> str:
    if not of_all.cases:
        return f"No case was opened {period}."
    lines = {name or f"no {by}": figures for name, figures in groups.items()} | {"all": of_all}
    count = "1 case" if of_all.cases == 1 else f"{of_all.cases:,} cases"
    tables = [_table(title, cells, lines) for title, cells in TABLES.items()]
    return "\n\n".join([f"{count} opened {period}", *tables, f"Of fewer than {LEAST}, only their number n is told."])


def _period(since: Day, until: Day) -> str:
    match since, until:
        case None, None:
            return "since the desk began"
        case None, datetime():
            return f"up to {until:%Y-%m-%d} (UTC)"
        case datetime(), None:
            return f"since {since:%Y-%m-%d} (UTC)"
        case _:
            return f"from {since:%Y-%m-%d} to {until:%Y-%m-%d} (UTC)"


def _table(title: str, cells: Cells, lines: Mapping[str, Figures]) -> str:
    body = [(name, *(cell(figures) for cell in cells.values())) for name, figures in lines.items()]
    columns = list(zip((title, *cells), *body, strict=True))
    widths = [max(map(len, column)) for column in columns]
    padded = ([cell.ljust(width) for cell in column] for column, width in zip(columns, widths, strict=True))
    return "\n".join("  ".join(row).rstrip() for row in zip(*padded, strict=True))


def _share(ratio: Ratio) -> str:
    return f"n {ratio.n:,}" if ratio.value is None else f"{ratio.value:.0%} of {ratio.n:,}".replace("%", " %")


def _mean(ratio: Ratio) -> str:
    return f"n {ratio.n:,}" if ratio.value is None else f"{ratio.value:.2f} (n {ratio.n:,})"


def _minutes(value: float | None, n: int) -> str:
    return f"n {n:,}" if value is None else f"{value:,.0f} (n {n:,})"


def _times(of: Callable[[Figures], Times]) -> Cells:
    return {
        "median": lambda figures: _minutes(of(figures).median, of(figures).n),
        "90th percentile": lambda figures: _minutes(of(figures).p90, of(figures).n),
        "in time": lambda figures: _share(of(figures).in_time),
        "late": lambda figures: f"{of(figures).late:,}",
    }


TABLES: Mapping[str, Cells] = {
    "Outcome": {
        "cases": lambda figures: f"{figures.cases:,}",
        "solved without people": lambda figures: _share(figures.solved),
        "resolved by agents": lambda figures: _share(figures.resolved),
        "open with agents": lambda figures: _share(figures.open),
        "no word": lambda figures: _share(figures.no_word),
        "withdrawn": lambda figures: _share(figures.withdrawn),
    },
    "First response, working minutes": _times(lambda figures: figures.response),
    "Resolution, working minutes": _times(lambda figures: figures.resolution),
    "Quality": {
        "reopened": lambda figures: _share(figures.reopened),
        "bounces per case": lambda figures: _mean(figures.bounces),
        "CSAT (4 or 5)": lambda figures: _share(figures.csat),
        "asked": lambda figures: f"{figures.asked:,}",
    },
    "Read again by leads": {
        "cases": lambda figures: f"{figures.reviewed:,} ({figures.by_lot:,} by lot)",
        "right": lambda figures: _share(figures.right),
        "kind": lambda figures: _share(figures.kind),
        "level 1 capable": lambda figures: _share(figures.level_1_capable),
    },
}
