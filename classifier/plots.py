"""An evaluation as pictures: confusion, reliability and risk-coverage as SVG text. Reads no file and chooses nothing.

Each picture stands alone: its own paper, light or dark as the reader's system is, with a title and a description
for those who hear it. Labels may be anybody's words, so each is made one clean line before it is drawn.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, sqrt

from classifier.measuring import WANTED_PRECISION, Confusion, Evaluation, RiskPoint

MOST_LABELS = 30  # more rows and columns cannot be read
ELSEWHERE = "any other"  # the column for what was said outside the labels shown
LONGEST_LABEL = 15.0  # in ems; the whole name is in the tooltip
CELL, SMALLEST_MATRIX = 30.0, 150.0  # pixels, as all lengths below
FEW = 30  # a share of fewer rows says little
WIDTH, MARGIN, PLOT_LEFT, PLOT_HEIGHT = 640.0, 24.0, 84.0, 300.0

# Every shade is some of `hit` or `miss` over `paper`; both are chosen so that `ink` can be read on all of it.
LIGHT = {
    "paper": "#ffffff",
    "ink": "#17212b",
    "faint": "#566370",
    "line": "#d7dde3",
    "hit": "#6aa5da",
    "miss": "#e8975a",
}
DARK = {
    "paper": "#14181d",
    "ink": "#eef2f5",
    "faint": "#a3afba",
    "line": "#343c45",
    "hit": "#2f6ea8",
    "miss": "#a4521f",
}


def confusion_svg(confusion: Confusion) -> str:
    """Rows are what it was, columns what the model said; a stronger shade is a larger share of its row.

    Where there are more than 30 labels, the 30 with the most mistakes are shown.
    """
    table = _table(confusion)
    names = [shortened(label) for label in table.columns]
    sizes = [f"{sum(row):,}" for row in table.counts]
    left = MARGIN + 40 + 11 * max(_ems(f"{name} {size}") for name, size in zip(names, sizes, strict=False))
    slope = 11 * max(map(_ems, names)) * sqrt(0.5) + 12  # how far up and right the slanted names reach
    cell = max(CELL, SMALLEST_MATRIX / len(names))
    width = max(WIDTH, left + cell * len(names) + slope + MARGIN)
    heading, below = _heading("What was taken for what", _confusion_words(confusion, table), width)
    grid = _Grid(left, below + slope, cell, len(table.counts), len(names))
    body = [*_cells(grid, table), *_names(grid, names, sizes), *_shades(grid.bottom + 44)]
    spoken = f"{_confusion_words(confusion, table)} {mistakes_in_words(confusion, 5)}"
    return _picture("confusion", "What was taken for what", spoken, width, grid.bottom + 84, [*heading, *body])


def reliability_svg(evaluation: Evaluation) -> str:
    """How often each degree of confidence was right: a bar a bin, and a mark where the confidence itself lies."""
    title = "How far the confidence can be believed"
    words = (
        f"{evaluation.n:,} rows in {len(evaluation.reliability)} bins by confidence. A bar is the share that was right "
        f"(pale: of fewer than {FEW} rows), the mark the mean confidence. Mean gap (ECE): {percent(evaluation.ece)}."
    )
    heading, below = _heading(title, words, WIDTH)
    frame = _Frame(PLOT_LEFT, below + 30)
    body = [
        *_axes(frame, "confidence that the model gave", "share that was right", 0.2),
        *_bars(frame, evaluation),
        _line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "mark dashed"),
    ]
    return _picture("reliability", title, words, WIDTH, frame.bottom + 64, [*heading, *body])


def risk_coverage_svg(evaluation: Evaluation) -> str:
    """How many of the decided rows are wrong, the more of them are decided; the 95 % precision point is marked."""
    title = "How much can be decided, and how much of it is wrong"
    best = evaluation.best_point
    words = (
        f"{evaluation.n:,} rows, surest first. {best_in_words(best)} "
        f"Area under the curve (AURC): {evaluation.aurc:.4f}; 0 is perfect."
    )
    heading, below = _heading(title, words, WIDTH)
    highest, step = _scale(max(point.risk for point in evaluation.risk_coverage))
    frame = _Frame(PLOT_LEFT, below + 30, highest)
    body = [
        *_axes(frame, "share of rows that is decided", "share of those that is wrong", step),
        *_curve(frame, evaluation.risk_coverage),
        *(_best_mark(frame, best) if best else ()),
    ]
    return _picture("risk-coverage", title, words, WIDTH, frame.bottom + 64, [*heading, *body])


def best_in_words(best: RiskPoint | None) -> str:
    if best is None:
        return f"No share of them is {100 * WANTED_PRECISION:.0f} % right."
    return (
        f"The surest {percent(best.coverage)} are {percent(1 - best.risk)} right "
        f"(confidence {best.confidence:.3f} or more)."
    )


def mistakes(confusion: Confusion) -> list[tuple[str, str, int, int]]:
    """(what it was, what was said, how often, rows of what it was), most frequent first."""
    found = [
        (truth, said, count, sum(row))
        for truth, row in zip(confusion.labels, confusion.counts, strict=True)
        for said, count in zip(confusion.labels, row, strict=True)
        if count and truth != said
    ]
    return sorted(found, key=lambda mistake: -mistake[2])


def mistakes_in_words(confusion: Confusion, most: int) -> str:
    said = [f"{count:,} of {n:,} {one_line(a)} as {one_line(b)}" for a, b, count, n in mistakes(confusion)[:most]]
    return f"Most frequent mistakes: {'; '.join(said)}." if said else "No mistakes."


def one_line(text: str) -> str:
    """Anybody's words as one clean line: no line ends, control or invisible characters, nothing XML forbids."""
    kept = (" " if unicodedata.category(c) in _GAPS else c for c in text if unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(kept).split()) or "(blank)"


_GAPS, _UNSEEN = {"Cc", "Zl", "Zp", "Zs"}, {"Cf", "Cn", "Co", "Cs"}


def shortened(text: str, most: float = LONGEST_LABEL) -> str:
    """One clean line of at most so many ems; what is too long loses its middle, as ends tell names apart too."""
    text = one_line(text)
    if _ems(text) <= most:
        return text
    head, tail = len(text), len(text)
    while _ems(text[:head]) > most * 0.6:
        head -= 1
    while _ems(text[-tail:]) > most * 0.3:
        tail -= 1
    return f"{text[:head].rstrip()}…{text[-tail:].lstrip()}"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


@dataclass(frozen=True)
class _Table:
    """The part of a confusion that is drawn; one column more than rows where something was left out."""

    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def _table(confusion: Confusion) -> _Table:
    counts = confusion.counts
    if len(confusion.labels) <= MOST_LABELS:
        return _Table(confusion.labels, counts)
    columns = zip(*counts, strict=True)
    wrong = [sum(row) + sum(column) - 2 * row[at] for at, (row, column) in enumerate(zip(counts, columns, strict=True))]
    shown = sorted(sorted(range(len(wrong)), key=lambda at: -wrong[at])[:MOST_LABELS])
    rows = [[counts[row][column] for column in shown] for row in shown]
    return _Table(
        (*(confusion.labels[at] for at in shown), ELSEWHERE),
        tuple((*row, sum(counts[at]) - sum(row)) for at, row in zip(shown, rows, strict=True)),
    )


def _confusion_words(confusion: Confusion, table: _Table) -> str:
    n = sum(map(sum, confusion.counts))
    right = sum(row[at] for at, row in enumerate(confusion.counts))
    words = f"{n:,} rows, {percent(right / n)} of them right, on the diagonal."
    if len(table.counts) < len(confusion.labels):
        words += f" The {MOST_LABELS} of {len(confusion.labels)} categories with the most mistakes."
    return words


@dataclass(frozen=True)
class _Grid:
    """Where the cells of the confusion lie."""

    left: float
    top: float
    cell: float
    rows: int
    columns: int

    @property
    def right(self) -> float:
        return self.left + self.cell * self.columns

    @property
    def bottom(self) -> float:
        return self.top + self.cell * self.rows


def _cells(grid: _Grid, table: _Table) -> Iterator[str]:
    for row, counts in enumerate(table.counts):
        for column, count in enumerate(counts):
            if count:
                about = f"{table.columns[row]} taken for {table.columns[column]}: {count:,} of {sum(counts):,}"
                yield _cell(grid, row, column, count, count / sum(counts), one_line(about))
    for row in range(grid.rows + 1):
        y = grid.top + row * grid.cell
        yield _line(grid.left, y, grid.right, y, "line")
    for column in range(grid.columns + 1):
        x = grid.left + column * grid.cell
        yield _line(x, grid.top, x, grid.bottom, "line")


def _cell(grid: _Grid, row: int, column: int, count: int, share: float, about: str) -> str:
    x, y = grid.left + column * grid.cell, grid.top + row * grid.cell
    shade = _rect(x, y, grid.cell, grid.cell, _kind(row == column), sqrt(share))  # the root shows the few per cent
    words = _text(x + grid.cell / 2, y + grid.cell / 2 + 3.5, _compact(count), "ink small", "middle")
    return f"<g><title>{escape(about)}</title>{shade}{words}</g>"


def _kind(right: bool) -> str:
    return "hit" if right else "miss"


def _names(grid: _Grid, names: Sequence[str], sizes: Sequence[str]) -> Iterator[str]:
    for row, size in enumerate(sizes):
        words = f'{escape(names[row])} <tspan class="faint">{size}</tspan>'
        yield _raw_text(grid.left - 8, grid.top + (row + 0.5) * grid.cell + 4, words, "ink", "end")
    for column, name in enumerate(names):
        x, y = grid.left + (column + 0.5) * grid.cell + 3, grid.top - 7
        yield _text(x, y, name, "faint" if name == ELSEWHERE else "ink", turn=-45)
    yield _text(grid.left + grid.cell * grid.columns / 2, grid.bottom + 22, "what the model said", "faint", "middle")
    middle = grid.top + grid.cell * grid.rows / 2
    yield _text(MARGIN + 10, middle, "what it was, and its rows", "faint", "middle", turn=-90)


def _shades(top: float) -> Iterator[str]:
    yield _text(MARGIN, top + 15, "share of its row:", "faint")
    for x, kind, name in ((130.0, "hit", "right"), (376.0, "miss", "wrong")):
        yield _text(x, top + 15, name, "ink")
        for step, share in enumerate((0.01, 0.1, 0.5, 1.0)):
            yield _rect(x + 42 + 46 * step, top, 46, 22, kind, sqrt(share))
            yield _text(x + 65 + 46 * step, top + 15, f"{share * 100:.0f} %", "ink small", "middle")


@dataclass(frozen=True)
class _Frame:
    """A plot of shares: from 0 to 1 to the right, from 0 to `highest` up."""

    left: float
    top: float
    highest: float = 1.0

    @property
    def bottom(self) -> float:
        return self.top + PLOT_HEIGHT

    def x(self, share: float) -> float:
        return self.left + share * (WIDTH - MARGIN - self.left)

    def y(self, share: float) -> float:
        return self.bottom - share / self.highest * PLOT_HEIGHT


def _axes(frame: _Frame, x_title: str, y_title: str, step: float) -> Iterator[str]:
    for tick in range(round(frame.highest / step) + 1):
        y = frame.y(tick * step)
        yield _line(frame.x(0), y, frame.x(1), y, "line")
        yield _text(frame.left - 8, y + 4, f"{tick * step * 100:.0f} %", "faint", "end")
    for tick in range(6):
        x = frame.x(tick / 5)
        yield _line(x, frame.bottom, x, frame.bottom + 5, "line")
        yield _text(x, frame.bottom + 19, f"{tick * 20} %", "faint", "middle")
    yield _text(frame.x(0.5), frame.bottom + 42, x_title, "faint", "middle")
    yield _text(MARGIN + 10, frame.y(frame.highest / 2), y_title, "faint", "middle", turn=-90)


def _bars(frame: _Frame, evaluation: Evaluation) -> Iterator[str]:
    yield _text(frame.left - 8, frame.top - 12, "rows", "faint small", "end")
    wide = (frame.x(1) - frame.x(0)) / len(evaluation.reliability)
    for at, bin_ in enumerate(evaluation.reliability):
        x = frame.x(0) + at * wide
        yield _text(x + wide / 2, frame.top - 12, _compact(bin_.n), "faint small", "middle")
        if bin_.confidence is not None and bin_.hit_share is not None:
            about = f"{bin_.n:,} rows: confidence {percent(bin_.confidence)}, right {percent(bin_.hit_share)}"
            y, opacity = frame.y(bin_.hit_share), 0.4 if bin_.n < FEW else 1.0
            bar = _rect(x + 2, y, wide - 4, frame.bottom - y, "hit", opacity)
            yield f"<g><title>{about}</title>{bar}</g>"
            yield _line(x + 2, frame.y(bin_.confidence), x + wide - 2, frame.y(bin_.confidence), "mark")


def _scale(highest: float) -> tuple[float, float]:
    """The end of an axis that shows this share, and the step of its ticks, both round numbers."""
    step = next((step for step in (0.02, 0.05, 0.1) if highest <= 6 * step), 0.2)
    return step * max(2, ceil(highest / step - 1e-9)), step


def _curve(frame: _Frame, points: Sequence[RiskPoint]) -> Iterator[str]:
    places = [f"{frame.x(point.coverage):.1f},{frame.y(point.risk):.1f}" for point in points]
    first, last = frame.x(points[0].coverage), frame.x(points[-1].coverage)
    under = " ".join([f"{first:.1f},{frame.bottom:.1f}", *places, f"{last:.1f},{frame.bottom:.1f}"])
    yield f'<polygon class="hit" fill-opacity="0.3" points="{under}"/>'
    yield f'<polyline class="curve" points="{" ".join(places)}"/>'


def _best_mark(frame: _Frame, best: RiskPoint) -> Iterator[str]:
    x, y = frame.x(best.coverage), frame.y(best.risk)
    limit = frame.y(1 - WANTED_PRECISION)
    anchor = "start" if best.coverage < 0.25 else "end" if best.coverage > 0.75 else "middle"
    yield _line(frame.x(0), limit, frame.x(1), limit, "mark dashed")
    yield _line(x, frame.top - 4, x, y, "mark dashed")
    yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    words = f"{percent(best.coverage)} of the rows at {100 * WANTED_PRECISION:.0f} % precision"
    yield _text(x, frame.top - 12, words, "ink", anchor)


def _heading(title: str, words: str, width: float) -> tuple[list[str], float]:
    """The title and the wrapped words under it, and where they end."""
    lines = textwrap.wrap(words, int((width - 2 * MARGIN) / 6.3))
    parts = [_text(MARGIN, 38, title, "ink title")]
    parts += [_text(MARGIN, 60 + 17 * number, line, "faint") for number, line in enumerate(lines)]
    return parts, 60 + 17 * len(lines)


def _picture(name: str, title: str, spoken: str, width: float, height: float, body: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="triage-plot" role="img" width="{width:.0f}" '
            f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'aria-labelledby="{name}-title {name}-desc">',
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-desc">{escape(spoken)}</desc>',
            f"<style>{_STYLE}</style>",
            '<rect class="paper" width="100%" height="100%"/>',
            *body,
            "</svg>\n",
        ]
    )


def _colours(palette: Mapping[str, str]) -> str:
    fills = [f".triage-plot .{name}{{fill:{palette[name]}}}" for name in ("paper", "ink", "faint", "hit", "miss")]
    strokes = [
        f".triage-plot .line{{stroke:{palette['line']}}}",
        f".triage-plot .mark{{stroke:{palette['ink']}}}",
        f".triage-plot .curve{{stroke:{palette['hit']};fill:none}}",
        f".triage-plot .dot{{fill:{palette['miss']};stroke:{palette['ink']}}}",
    ]
    return "".join(fills + strokes)


_STYLE = (
    ".triage-plot text{font:11px system-ui,-apple-system,'Segoe UI',sans-serif}"
    ".triage-plot .small{font-size:10px}.triage-plot .title{font-size:17px;font-weight:600}"
    ".triage-plot .mark{stroke-width:1.5}.triage-plot .dashed{stroke-width:1;stroke-dasharray:4 4}"
    f".triage-plot .curve{{stroke-width:2.5}}{_colours(LIGHT)}"
    f"@media (prefers-color-scheme:dark){{{_colours(DARK)}}}"
)


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start", turn: int = 0) -> str:
    return _raw_text(x, y, escape(words), kind, anchor, turn)


def _raw_text(x: float, y: float, markup: str, kind: str, anchor: str, turn: int = 0) -> str:
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{turned}>{markup}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _rect(x: float, y: float, width: float, height: float, kind: str, opacity: float) -> str:
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} class="{kind}" fill-opacity="{opacity:.2f}"/>'


def _compact(count: int) -> str:
    """At most four figures, as wide as a cell."""
    if count < 10_000:
        return str(count)
    return f"{count / 1_000:.0f}k" if count < 999_500 else f"{count / 1_000_000:.0f}M"


def _ems(text: str) -> float:
    """About how wide a text is: no font is at hand here, so a little more than most fonts need."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.2  # no width of its own, but a hundred of them are no name either
    if unicodedata.east_asian_width(character) in "WF" or character in "MWmw@%—…":
        return 1.0
    return 0.78 if character.isupper() else 0.64
