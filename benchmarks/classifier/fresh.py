"""A process of its own that loads one saved system, answers one text, and prints what that took as JSON.

`python -m benchmarks.classifier.fresh FOLDER TEXT`. Before the clock runs it imports only what comes with Python.
"""

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

OURS_CARD = "card.json"  # what tells our folder from the others'
PROC_STATUS = Path("/proc/self/status")


def peak_memory() -> float | None:
    """Megabytes at most. Not `ru_maxrss` where there is a better way: on Linux that includes the parent's peak."""
    if PROC_STATUS.is_file():
        found = next(line for line in PROC_STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def answering(folder: Path) -> tuple[Callable[[], None], Callable[[], Callable[[str], object]]]:
    """What to import, and what to load, for the system in a folder."""
    if (folder / OURS_CARD).is_file():
        return _import_ours, lambda: _load_ours(folder)
    return lambda: _import_other(folder), lambda: _load_other(folder)


def _import_ours() -> None:
    import classifier.artifact  # noqa: F401


def _load_ours(folder: Path) -> Callable[[str], object]:
    from classifier import load

    return load(folder).predict


def _import_other(folder: Path) -> None:
    from benchmarks.classifier.baselines import FASTTEXT_FILE

    if (folder / FASTTEXT_FILE).is_file():
        import fasttext  # noqa: F401
    else:
        import joblib  # noqa: F401
        import sklearn.feature_extraction.text
        import sklearn.linear_model
        import sklearn.pipeline  # noqa: F401


def _load_other(folder: Path) -> Callable[[str], object]:
    from benchmarks.classifier.baselines import load_baseline

    return load_baseline(folder).answer


def main(folder: Path, text: str) -> None:
    prepare, load = answering(folder)
    times = [time.perf_counter()]
    prepare()
    times.append(time.perf_counter())
    answer = load()
    times.append(time.perf_counter())
    answer(text)
    times.append(time.perf_counter())
    took = [1000 * (later - earlier) for earlier, later in pairwise(times)]
    print(json.dumps(dict(zip(("imports_ms", "load_ms", "first_ms"), took, strict=True), peak_mb=peak_memory())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
