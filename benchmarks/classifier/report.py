"""The results as tables for people and as JSON. Measures nothing; names no host, no person and no path."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = ("scikit-learn", "numpy", "scipy", "joblib", "fasttext-wheel")
SHARES = {
    "accuracy": "in scope",
    "accuracy_with_gate": "with gate",
    "top3": "top 3",
    "auroc": "AUROC",
    "fpr95": "FPR at 95 %",
    "coverage_at_5_risk": "coverage at 5 % risk",
    "ece": "ECE",
    "tier": "tier",
    "tier3_recall": "tier 3 recall",
}
COSTS = {
    "p50_us": ("p50 µs", "{:,.0f}"),
    "p99_us": ("p99 µs", "{:,.0f}"),
    "ratio_to_ours": ("ratio", "{:.2f}"),
    "size_mb": ("size MB", "{:,.1f}"),
    "imports_ms": ("imports ms", "{:,.0f}"),
    "load_ms": ("load ms", "{:,.0f}"),
    "first_ms": ("first answer ms", "{:,.1f}"),
    "peak_mb": ("peak MB", "{:,.0f}"),
    "learn_s": ("learn s", "{:,.0f}"),
}
NONE, MISSING = "–", "not installed"
HOW_TO_READ = """\
Shares are in percent. *In scope*: of the rows that are for the desk, those whose best label but the foreign one is
right, as published figures have it; *with gate*: the same, where calling such a row foreign is a miss. *AUROC* and
*FPR at 95 %*: telling foreign rows, the latter when 95 % of the others are let in. *Coverage at 5 % risk* and *ECE*
(15 bins) are over all rows, by the probability that is shown."""


def machine(today: date) -> dict[str, str]:
    found = {"date": today.isoformat(), "cores": str(os.cpu_count()), "processor": platform.machine()}
    found |= {"system": platform.system(), "python": platform.python_version()}
    return found | {name: installed for name in LIBRARIES if (installed := _installed(name))}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def markdown(results: Mapping[str, Any]) -> str:
    """All tables that there are results for."""
    told = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    parts = ["# The classifier beside others", f"{told}. Seed {results['seed']}.", HOW_TO_READ]
    if results["notes"]:
        parts.append("\n".join(f"- {note}" for note in results["notes"]))
    makers = {"held_out": _held_out, "desk": _desk, "clinc": _clinc, "own": _own, "costs": _costs}
    makers |= {"robustness": _robustness, "equality": _equality}
    parts += [make(results[name]) for name, make in makers.items() if results.get(name)]
    return "\n\n".join(parts) + "\n"


def write(results: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classifier.md").write_text(markdown(results), "utf-8")
    (folder / "classifier.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _clinc(found: Mapping[str, Any]) -> str:
    shown = [key for key in SHARES if key not in ("tier", "tier3_recall")]
    head = f"## CLINC150: {found['learned']:,} rows learned, {found['judged']:,} judged"
    return f"{head}\n\n{_shares(shown, found['systems'])}"


def _held_out(found: Mapping[str, Any]) -> str:
    head = f"## Messages of other writers: {found['rows']:,}, never learned from"
    return f"{head}\n\nAll systems learned all our own examples.\n\n{_groups(found['groups'])}"


def _own(found: Mapping[str, Any]) -> str:
    head = f"## Our own examples: {found['rows']:,} rows in {found['folds']} folds, each known issue on one side"
    return f"{head}\n\n{_groups(found['groups'])}"


def _groups(groups: Mapping[str, Mapping[str, Any]]) -> str:
    return "\n\n".join(f"### {group}\n\n{_shares(list(SHARES), systems)}" for group, systems in groups.items())


def _desk(found: Mapping[str, Any]) -> str:
    shown = ["accuracy", "top3", "ece", "coverage_at_5_risk"]
    return f"## Rows from outside: {found['rows']:,}\n\n{_shares(shown, found['systems'])}"


def _costs(found: Mapping[str, Mapping[str, float] | None]) -> str:
    head = "## One message, and a fresh process\n\nAll systems learned all our own examples."
    rows = [
        [name, *(form.format(of[key]) if of and key in of else NONE for key, (_, form) in COSTS.items())]
        if of
        else [name, MISSING, *[NONE] * (len(COSTS) - 1)]
        for name, of in found.items()
    ]
    return f"{head}\n\n{table(['system', *(title for title, _ in COSTS.values())], rows)}"


def _robustness(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    head = "## Points of in-scope accuracy lost"
    names = list(dict.fromkeys(name for ways in found.values() for lost in ways.values() for name in lost))
    rows = [
        [f"{data}: {how}", *(f"{lost[name]:.1f}" if name in lost else NONE for name in names)]
        for data, ways in found.items()
        for how, lost in ways.items()
    ]
    return f"{head}\n\n{table(['texts', *names], rows)}"


def _equality(found: Mapping[str, Any]) -> str:
    return (
        "## What is served against what was trained\n\n"
        f"Over {found['texts']:,} generated texts the largest difference of any score is {found['largest']:.1e} "
        f"({found['where']}). One message at a time the scorer takes {found['scorer_us']:,.0f} µs of CPU and the "
        f"pipeline {found['pipeline_us']:,.0f} µs: {found['faster']:.1f} times faster."
    )


def _shares(shown: Sequence[str], systems: Mapping[str, Mapping[str, Any] | None]) -> str:
    """One row a system; None stands for one that is not installed."""
    rows = []
    for name, of in systems.items():
        if of is None:
            rows.append([name, MISSING, *[NONE] * len(shown)])
        else:
            rows.append([name, of["chosen"] or NONE, *(_percent(of.get(key)) for key in shown)])
    return table(["system", "chosen", *(SHARES[key] for key in shown)], rows)


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
