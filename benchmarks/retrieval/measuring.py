"""One system over one set of articles: what it finds, how long it takes, what it holds in memory. Prints nothing."""

import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.retrieval.data import Asking
from benchmarks.retrieval.systems import Search


@dataclass(frozen=True)
class Found:
    """Shares of questions whose right article came first, among three and among five, in percent."""

    first: float
    in_three: float
    in_five: float
    n: int


@dataclass(frozen=True)
class Cost:
    """Milliseconds by the clock for one query, seconds to build, MB of the process: once built, and at its most."""

    p50_ms: float
    p95_ms: float
    build_s: float
    held_mb: float
    peak_mb: float


def found(search: Search, askings: Sequence[Asking]) -> Found:
    ranks = [_rank(search(asking.query), asking.right) for asking in askings]
    first, three, five = (100 * sum(rank < within for rank in ranks) / len(ranks) for within in (1, 3, 5))
    return Found(round(first, 1), round(three, 1), round(five, 1), len(ranks))


def cost(search: Search, queries: Sequence[str], build_s: float) -> Cost:
    """After a few queries to warm up."""
    for query in queries[:5]:
        search(query)
    taken = sorted(_milliseconds(search, query) for query in queries)
    p95 = taken[min(len(taken) - 1, int(0.95 * len(taken)))]
    return Cost(round(statistics.median(taken), 2), round(p95, 2), round(build_s, 1), held_mb(), peak_mb())


def held_mb() -> float:
    """What the process holds now; where the system does not tell, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return peak_mb()
    return round(pages * resource.getpagesize() / 2**20)


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def as_row(value: Found | Cost) -> dict[str, float]:
    return asdict(value)


def _rank(ids: Sequence[str], right: frozenset[str]) -> int:
    return next((place for place, each in enumerate(ids) if each in right), 10**6)


def _milliseconds(search: Search, query: str) -> float:
    started = time.perf_counter()
    search(query)
    return 1000 * (time.perf_counter() - started)
