"""`python -m benchmarks.streaming`: what `triage train --partial` costs and gives, beside normal training.

One fifth of the known issues of our own examples is held back to judge by. The rows to learn from are drawn from the
rest again and again, each with 3 % of its letters mistyped, into a file that is deleted afterwards. Every step runs in
a process of its own, so that its CPU time and the most memory it took are its own.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.classifier.report import machine

RESULTS = Path(__file__).resolve().parents[1] / "results"
SIZES = (100_000, 1_000_000)
MOST_FOR_NORMAL = 100_000  # rows; ten times as many would need about ten times the memory that the table shows
MISTYPED = 0.03
JUDGED = ("accuracy", "accuracy_with_gate", "macro_f1", "ece")
HEAD = (
    "trained",
    "rows",
    "wall s",
    "CPU s",
    "rows/s",
    "peak MB",
    "in scope",
    "with gate",
    "macro F1",
    "ECE",
    "AUROC",
)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.step:
        print(json.dumps(STEPS[asked.step](*asked.given, asked.seed)))
        return 0
    text = _markdown(_runs(asked.rows or SIZES, asked.seed), asked.seed)
    print(text)
    if asked.out or not asked.rows:
        out = asked.out or RESULTS
        out.mkdir(parents=True, exist_ok=True)
        (out / "streaming.md").write_text(text + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__)
    add = parser.add_argument
    add("--rows", type=int, action="append", metavar="N", help=f"how many; may be given again (default: {SIZES})")
    add("--seed", type=int, default=0)
    add("--out", type=Path, metavar="FOLDER", help="where to write (default: benchmarks/results, without --rows only)")
    add("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    add("given", nargs="*", help=argparse.SUPPRESS)
    return parser


# -- the whole run ----------------------------------------------------------------------------------------------------


def _runs(sizes: Sequence[int], seed: int) -> list[dict[str, Any]]:
    with TemporaryDirectory(prefix="triage-streaming-") as name:
        folder = Path(name)
        issues = _step("split", folder / "learn.jsonl", folder / "judge.jsonl", seed=seed)
        runs = [_run(how, folder / "learn.jsonl", folder, seed) | issues for how in ("normal", "partial")]
        for rows in sizes:
            _step("resample", folder / "learn.jsonl", folder / "rows.jsonl", rows, seed=seed)
            ways = ("normal", "partial") if rows <= MOST_FOR_NORMAL else ("partial",)
            runs += [_run(how, folder / "rows.jsonl", folder, seed) for how in ways]
        return runs


def _run(how: str, examples: Path, folder: Path, seed: int) -> dict[str, Any]:
    cost = _step(how, examples, folder / "model", seed=seed)
    run = {"how": how, **cost, **_step("judge", folder / "model", folder / "judge.jsonl", seed=seed)}
    print(json.dumps(run), file=sys.stderr)
    return run


def _step(name: str, *given: object, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.streaming", "--seed", str(seed), "--step", name, *map(str, given)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    result: dict[str, Any] = json.loads(told)
    return result


def _markdown(runs: Sequence[dict[str, Any]], seed: int) -> str:
    judged, issues = runs[0]["n"], runs[0]["issues"]
    rows = [HEAD, ["---", *["---:"] * (len(HEAD) - 1)], *map(_cells, runs)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    here = "; ".join(f"{name} {value}" for name, value in machine(_today()).items())
    return f"""\
# Training from more rows than fit into memory

`python -m benchmarks.streaming`, seed {seed}. {here}.

{table}

The first two lines learn from the rows themselves, the others from rows drawn out of them with {MISTYPED:.0%} of the
letters mistyped: many rows, but nothing new to know. Judged by {judged:,} examples of {issues:,} known issues that none
of those rows is about. "In scope" is the share of in-scope rows whose best label but "other" is right, "with gate"
counts calling them "other" as a miss; one point is noise. CPU seconds count all processes; peak memory (`ru_maxrss`)
is that of the largest one, and normal training of many rows has several. Normal training of more than
{MOST_FOR_NORMAL:,} rows is left out."""


def _cells(run: dict[str, Any]) -> list[str]:
    name = {"normal": "normally", "partial": "with `--partial`"}[run["how"]]
    cost = [f"{run['wall']:,.0f}", f"{run['cpu']:,.0f}", f"{run['rows'] / run['wall']:,.0f}", f"{run['peak']:,.0f}"]
    shares = [f"{100 * run[figure]:.1f}" for figure in (*JUDGED, "auroc")]
    return [name, f"{run['rows']:,}", *cost, *shares]


def _today() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()


# -- its steps, each a process ----------------------------------------------------------------------------------------


def _split(learn: str, judge: str, seed: int) -> dict[str, int]:
    from bot.models import bundled_examples
    from classifier import read_examples
    from classifier.folds import group_of, grouped_folds

    rows = read_examples(bundled_examples(), skip_bad=True)
    held_back = set(grouped_folds(rows, 5, seed)[0])
    sides: dict[str, list[Any]] = {learn: [], judge: []}
    for position, row in enumerate(rows):
        sides[judge if position in held_back else learn].append(row)
    for path, side in sides.items():
        Path(path).write_text("".join(map(_line, side)), encoding="utf-8")
    return {"issues": len({group_of(row) for row in sides[judge]})}


def _resample(examples: str, out: str, rows: str, seed: int) -> dict[str, int]:
    from dataclasses import replace

    from classifier import read_examples
    from classifier.typos import mistyped

    known, chance = read_examples(examples), random.Random(f"{seed}:resampled")
    with Path(out).open("w", encoding="utf-8") as file:
        for _ in range(int(rows)):
            row = chance.choice(known)
            file.write(_line(replace(row, text=mistyped(row.text, chance, MISTYPED) or row.text)))
    return {"rows": int(rows)}


def _line(row: Any) -> str:
    from dataclasses import asdict

    return json.dumps(asdict(row), ensure_ascii=True) + "\n"


def _normal(examples: str, out: str, seed: int) -> dict[str, float]:
    from joblib.externals.loky import get_reusable_executor

    from classifier import read_examples, train

    start = time.perf_counter()
    model = train(read_examples(examples), seed=seed)
    get_reusable_executor().shutdown(wait=True)  # only what has ended is counted
    return _cost(model, out, start)


def _partial(examples: str, out: str, seed: int) -> dict[str, float]:
    from classifier.examples import stream_examples
    from classifier.streaming import train_streaming

    start = time.perf_counter()
    model = train_streaming(stream_examples(examples), seed=seed)
    return _cost(model, out, start)


def _cost(model: Any, out: str, start: float) -> dict[str, float]:
    """Reading, learning and saving."""
    model.save(out)
    usage = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "rows": sum(model.record.rows.values()),
        "wall": time.perf_counter() - start,
        "cpu": sum(each.ru_utime + each.ru_stime for each in usage),
        "peak": max(each.ru_maxrss for each in usage) / 1024,
        "columns": model.scorer.width,
    }


def _judge(model: str, examples: str, seed: int) -> dict[str, Any]:
    from classifier import evaluate, load, read_examples

    figures = evaluate(load(model), read_examples(examples))
    return {"n": figures.n, "auroc": figures.oos.auroc, **{name: getattr(figures, name) for name in JUDGED}}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "split": _split,
    "resample": _resample,
    "normal": _normal,
    "partial": _partial,
    "judge": _judge,
}


if __name__ == "__main__":
    sys.exit(main())
