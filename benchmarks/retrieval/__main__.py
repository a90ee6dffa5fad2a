"""`python -m benchmarks.retrieval`: measure ours and the others in one run, print the tables, and keep them."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.retrieval import report, running
from benchmarks.retrieval.data import Missing

ENVIRONMENT = "TRIAGE_BENCH_DATA"
RESULTS = Path(__file__).resolve().parents[1] / "results" / "retrieval.md"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.fit:
        from benchmarks.retrieval.fitting import fit

        print(fit(asked.seed))
        return 0
    plan = running.Plan(asked.data, tuple(asked.size or running.SIZES), asked.seed)
    try:
        if asked.system:
            print(json.dumps(running.one(plan, asked.system, asked.part)))
            return 0
        told = report.markdown(running.run(plan), report.machine(datetime.now(UTC).date()))
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 1
    print(told)
    if not asked.size:
        RESULTS.write_text(told, "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    named = Path(os.environ.get(ENVIRONMENT, "."))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, default=named, metavar="FOLDER", help="public articles and pairs, as JSON lines")
    add("--size", type=int, action="append", metavar="N", help="number of articles; may be given again; keeps nothing")
    add("--seed", type=int, default=0)
    add("--fit", action="store_true", help="fit the chance that a hit is right, and print its weights")
    add("--system", help="one system only, as JSON")
    add("--part", default=running.QUALITY, help="with --system: quality, or a number of articles")
    return parser


if __name__ == "__main__":
    sys.exit(main())
