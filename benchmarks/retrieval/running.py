"""The whole run: each system and size in a process of its own, so that memory is its own."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.retrieval import data, spellings
from benchmarks.retrieval.data import Asking
from benchmarks.retrieval.measuring import as_row, cost, found, peak_mb
from benchmarks.retrieval.systems import SYSTEMS, Search, System
from knowledge_base.articles import Article
from knowledge_base.search import Library

PAIRS = 500
TIMED = 60
SIZES = (3_000, 30_000, 300_000)
QUALITY = "quality"


@dataclass(frozen=True)
class Plan:
    """What to measure: the folder of public data, the sizes, and the seed of everything that is random."""

    folder: Path
    sizes: Sequence[int] = SIZES
    seed: int = 0


def run(plan: Plan) -> dict[str, Any]:
    """All results. Raises data.Missing when the public data is not there."""
    data.pairs(plan.folder, 1, plan.seed)
    notes = [system.missing for system in SYSTEMS if system.missing]
    here = [system for system in SYSTEMS if not system.missing]
    quality = {system.name: _apart(plan, system.name, QUALITY) for system in here}
    costs = {
        f"{size:,}": {system.name: _apart(plan, system.name, str(size)) for system in here if size <= system.most}
        for size in plan.sizes
    }
    return {"quality": quality, "own": own(), "codes": codes(plan.seed), "costs": costs, "notes": notes}


def _apart(plan: Plan, system: str, part: str) -> dict[str, Any]:
    started = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.retrieval", "--data", str(plan.folder), "--seed", str(plan.seed)]
    done = subprocess.run([*command, "--system", system, "--part", part], capture_output=True, text=True, check=True)
    print(f"{system}, {part}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def one(plan: Plan, name: str, part: str) -> dict[str, Any]:
    """One system in this process: what it finds, or what it costs at a size."""
    system = next(each for each in SYSTEMS if each.name == name)
    return _quality(plan, system) if part == QUALITY else _costs(plan, system, int(part))


def _quality(plan: Plan, system: System) -> dict[str, Any]:
    askings = data.pairs(plan.folder, PAIRS, plan.seed)
    public = system.build(data.public_articles(plan.folder))
    without = system.build(data.public_articles(plan.folder, symptoms=False))
    result = _halves(public, data.public_questions(), "short questions")
    result["symptoms"] = as_row(found(public, askings))
    result["symptoms taken out"] = as_row(found(without, askings))
    return result | _halves(system.build(_originals()), data.own_questions(), "our articles")


def _originals() -> list[Article]:
    """Ours in English: the others cannot tell versions apart."""
    return [article for article in data.own_articles() if article.language == "en"]


def _halves(search: Search, askings: Sequence[Asking], name: str) -> dict[str, Any]:
    """The half whose misses were read, and the other."""
    halves = {f"{name}, read": True, f"{name}, unread": False}
    return {half: as_row(found(search, [each for each in askings if data.was_read(each) == read]))
            for half, read in halves.items()}  # fmt: skip


def _costs(plan: Plan, system: System, size: int) -> dict[str, Any]:
    articles = list(data.enlarged(data.public_articles(plan.folder), size, plan.seed))
    before = peak_mb()
    started = time.perf_counter()
    search = system.build(articles)
    taken = time.perf_counter() - started
    short = [asking.query for asking in data.public_questions()[:TIMED]]
    long = [asking.query for asking in data.pairs(plan.folder, TIMED, plan.seed)]
    return {"short": as_row(cost(search, short, taken)), "long": as_row(cost(search, long, taken)), "texts_mb": before}


def own() -> dict[str, Any]:
    """Ours as it serves: all languages, and what people wrote about the problems."""
    library = Library(data.own_articles(), data.own_messages())
    return _halves(_search(library), data.own_questions(), "our articles")


def codes(seed: int) -> dict[str, Any]:
    """Every spelling of every code of our articles, in sentences."""
    return as_row(found(_search(Library(data.own_articles())), spellings.askings(data.own_articles(), seed)))


def _search(library: Library) -> Search:
    return lambda query: [hit.article.id for hit in library.search(query)]
