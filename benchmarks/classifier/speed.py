"""How long one message takes, how large a system is on disk, and what a fresh process pays for it."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.classifier.systems import OURS, Learned, Ours

SCORES_ONLY = "ours, scores only"
WARM_UP = 200
ROOT = Path(__file__).resolve().parents[2]
FIRST_TEXT = "outlook keeps asking for my password since this morning"


def latencies(systems: Mapping[str, Learned], texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Microseconds of CPU for one message, after a warm-up: each text goes through every system in turn, so that
    whatever else the machine does meets all of them alike."""
    ask: dict[str, Callable[[str], object]] = {}
    for name, learned in systems.items():
        ask[name] = learned.system.answer
        if isinstance(learned.system, Ours):
            ask[SCORES_ONLY] = learned.system.scores_only
    with threadpool_limits(1):  # no work hides in another thread
        for text in texts[:WARM_UP]:
            for answer in ask.values():
                answer(text)
        taken = interleaved(ask, texts)
    ours = float(np.median(taken[OURS]))
    return {
        name: {
            "p50_us": float(np.median(times)),
            "p99_us": float(np.percentile(times, 99)),
            "ratio_to_ours": float(np.median(times)) / ours,
        }
        for name, times in taken.items()
    }


def interleaved(ask: Mapping[str, Callable[[str], object]], texts: Sequence[str]) -> dict[str, list[float]]:
    """Microseconds of this thread's CPU time for each text, by name."""
    taken: dict[str, list[float]] = {name: [] for name in ask}
    for text in texts:
        for name, answer in ask.items():
            start = time.thread_time_ns()
            answer(text)
            taken[name].append((time.thread_time_ns() - start) / 1000)
    return taken


def size_on_disk(folder: Path) -> float:
    """Megabytes. Of ours only what serving reads: the pipeline beside it is for whoever goes on training."""
    served = folder / "arrays"
    files = [file for file in (served if served.is_dir() else folder).rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def fresh_starts(folder: Path, runs: int) -> dict[str, float]:
    """Medians of what `fresh.py` prints."""
    command = [sys.executable, "-m", "benchmarks.classifier.fresh", str(folder), FIRST_TEXT]
    printed = [
        json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        for _ in range(runs)
    ]
    return {name: statistics.median(each[name] for each in printed) for name in printed[0] if printed[0][name]}


def costs(systems: Mapping[str, Learned], runs: int) -> dict[str, dict[str, float]]:
    return {
        name: {
            "size_mb": size_on_disk(learned.folder),
            "learn_s": learned.seconds,
            **fresh_starts(learned.folder, runs),
        }
        for name, learned in systems.items()
    }
