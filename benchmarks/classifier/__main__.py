"""`python -m benchmarks.classifier`: measure ours and the others in one run, print the tables, and keep them."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.classifier import report
from benchmarks.classifier.data import Missing
from benchmarks.classifier.running import PARTS, QUICK, Plan, Scale, run
from classifier import BadExamples

ENVIRONMENT = "TRIAGE_BENCH_DATA"
RESULTS = Path(__file__).resolve().parents[1] / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    plan = Plan(
        clinc=asked.clinc,
        desk=asked.desk,
        parts=tuple(asked.only or PARTS),
        scale=QUICK if asked.quick else Scale(folds=asked.folds),
        seed=asked.seed,
    )
    try:
        results = {"machine": report.machine(datetime.now(UTC).date()), **run(plan)}
    except (Missing, BadExamples) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(report.markdown(results))
    whole = not asked.quick and not asked.only
    if asked.out or whole:
        report.write(results, asked.out or RESULTS)
    return 0


def _parser() -> argparse.ArgumentParser:
    named = os.environ.get(ENVIRONMENT)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classifier", description=__doc__)
    add = parser.add_argument
    add("--clinc", type=Path, default=Path(named) if named else None, metavar="PATH", help="file or folder of CLINC150")
    add("--desk", type=Path, metavar="FILE", help="judge rows from outside too: JSON lines with text and category")
    add("--folds", type=int, default=Scale.folds, metavar="K", help="parts of our own examples (default: %(default)s)")
    add("--only", action="append", choices=PARTS, help="one part of the run; may be given again")
    add("--seed", type=int, default=0)
    add("--quick", action="store_true", help="a smoke run on few rows; its figures mean nothing")
    add("--out", type=Path, metavar="FOLDER", help="where to write (default: benchmarks/results, for whole runs only)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
