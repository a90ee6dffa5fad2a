"""`python -m benchmarks.likeness`: precision and recall of likeness by threshold, and what a call costs.

Requests are drawn from our own examples: rows of one issue are about the same trouble, rows of another issue of the
same category are what is easily mistaken for it. The questions of the retrieval benchmark, written by others and for
something else, are a second witness. A whole run takes some minutes on one slow core.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.classifier.report import machine
from benchmarks.likeness.scenes import Row, Scene, all_others, draws, scenes
from bot import likeness
from bot.likeness import AGAIN, APART, TOGETHER, WORTH_READING
from bot.models import bundled_examples
from classifier import read_examples

HERE = Path(__file__).resolve().parent
QUESTIONS = HERE.parent / "retrieval" / "questions.jsonl"
ARTICLES = HERE.parents[1] / "knowledge_base" / "articles"
NOT_A_TROUBLE = frozenset({"other", "unclear"})
THRESHOLDS = tuple(step / 20 for step in range(1, 13))
SHOWN = 3
# What each scene decides, and how precise the suggestions in it must be.
DECIDES = {
    "one category": (("WORTH_READING", WORTH_READING, 0.8), ("APART", APART, 0.9)),
    "an outage": (("TOGETHER", TOGETHER, 0.9),),
    "the same person": (("AGAIN", AGAIN, 0.9),),
}


@dataclass(frozen=True)
class Found:
    """What one scene gave: its best scores, each with whether it is the same trouble, and whether any could be."""

    best: tuple[tuple[float, bool], ...]
    possible: bool
    seconds: float


@dataclass(frozen=True)
class Point:
    """What happens from one threshold on: suggestions, the share that is right, the share of requests helped."""

    threshold: float
    shown: int
    precision: float
    recall: float


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    likeness.similar(
        "printer", "printing", [likeness.Known(1, "printer", "printing", "p", 0.0)]
    )  # loads the word lists
    text = _markdown(measure(asked.scenes, asked.seed), asked.scenes, asked.seed)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.likeness", description=__doc__)
    add = parser.add_argument
    add("--scenes", type=int, default=600, metavar="N", help="how many of each kind (default: %(default)s)")
    add("--seed", type=int, default=0)
    add("--out", type=Path, metavar="FILE", help="where to write, as well (kept: benchmarks/results/likeness.md)")
    return parser


# -- measuring ---------------------------------------------------------------------------------------------------------


def measure(count: int, seed: int) -> Mapping[str, Sequence[Found]]:
    rows = [
        Row(row.text, row.category, (row.category, row.issue))
        for row in read_examples(bundled_examples(), skip_bad=True)
        if row.issue and row.category not in NOT_A_TROUBLE
    ]
    ours = {name: list(map(_look, scenes(draw, count, seed))) for name, draw in draws(rows).items()}
    return ours | {"questions about our articles": list(map(_look, all_others(_questions())))}


def _look(scene: Scene) -> Found:
    known, asked = scene.known, scene.asked
    likeness.likenesses(asked.text, asked.category, known)  # the desk has read most of them before, too
    start = time.thread_time()
    scores = likeness.likenesses(asked.text, asked.category, known)
    seconds = time.thread_time() - start
    own = [place for place, each in enumerate(known) if each.reporter == "asked"]
    ranked = sorted(own or range(len(known)), key=lambda place: -scores[place])[:SHOWN]
    return Found(tuple((scores[place], place in scene.same) for place in ranked), bool(scene.same), seconds)


def _questions() -> list[Row]:
    category = {path.stem: path.parent.name for path in ARTICLES.glob("*/*.md")}
    told = (json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines())
    named = ((each["query"], each["article"][0]) for each in told)
    return [Row(query, category[article], (category[article], article)) for query, article in named]


def points(found: Sequence[Found], thresholds: Iterable[float] = THRESHOLDS) -> Iterator[Point]:
    possible = sum(each.possible for each in found)
    for threshold in thresholds:
        verdicts = [[right for score, right in each.best if score >= threshold] for each in found]
        shown, right = sum(map(len, verdicts)), sum(map(sum, verdicts))
        yield Point(threshold, shown, right / max(1, shown), sum(map(any, verdicts)) / max(1, possible))


# -- telling -----------------------------------------------------------------------------------------------------------


def _markdown(found: Mapping[str, Sequence[Found]], count: int, seed: int) -> str:
    here = "; ".join(f"{name} {value}" for name, value in machine(datetime.now(UTC).date()).items())
    return "\n\n".join(
        [
            "# Requests about the same trouble",
            f"`python -m benchmarks.likeness --scenes {count}`, seed {seed}. {here}.",
            _chosen(found),
            _curves(found),
            _cost(found),
            (HERE / "reading.md").read_text("utf-8").strip(),
        ]
    )


def _chosen(found: Mapping[str, Sequence[Found]]) -> str:
    rows = [["threshold", "is", "scene", "wanted", "shown", "precision", "recall"], ["---"] * 7]
    for scene, decided in DECIDES.items():
        for name, threshold, wanted in decided:
            (point,) = points(found[scene], [threshold])
            rows.append([f"`{name}`", f"{threshold:.2f}", scene, f"{wanted:.0%}", *_figures(point)])
    return _table(rows)


def _curves(found: Mapping[str, Sequence[Found]]) -> str:
    rows = [["likeness from", *found], ["---"] * (len(found) + 1)]
    by_scene = [list(points(each)) for each in found.values()]
    for threshold, *here in zip(THRESHOLDS, *by_scene, strict=True):
        rows.append([f"{threshold:.2f}", *(" / ".join(_figures(point)) for point in here)])
    return f"Suggestions shown / precision / recall:\n\n{_table(rows)}"


def _figures(point: Point) -> list[str]:
    return [f"{point.shown:,}", f"{point.precision:.0%}", f"{point.recall:.1%}"]


def _cost(found: Mapping[str, Sequence[Found]]) -> str:
    taken = sorted(each.seconds * 1_000 for each in found["one category"])
    return (
        f"CPU time of one call with 500 known requests that were read before: median {taken[len(taken) // 2]:.1f} ms, "
        f"99 of 100 below {taken[int(0.99 * len(taken))]:.1f} ms."
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
