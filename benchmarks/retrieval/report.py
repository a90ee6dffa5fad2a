"""The results as tables for people. Measures nothing; names no host, no person and no path."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LIBRARIES = ("numpy", "scikit-learn", "scipy", "bm25s")
HOW_TO_READ = """\
Shares of questions in percent: the right article first / among three / among five. *Symptoms*: 500 texts from
Microsoft's public articles, asked of all 3,035 of them; *taken out*: the same, where the articles lack that text.
*Short questions*: 3 to 8 words for public articles, and *our articles*: questions of people, both written from titles
alone. The halves are cut by article. Only the first was read for what is not found; the few numbers in the search were
chosen on both, so the second is unread, not unseen."""


def machine(today: date) -> str:
    told = [f"date {today.isoformat()}", f"cores {os.cpu_count()}", f"processor {platform.machine()}"]
    told += [f"system {platform.system()}", f"python {platform.python_version()}"]
    return ", ".join(told + [f"{name} {found}" for name in LIBRARIES if (found := _installed(name))])


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def markdown(results: Mapping[str, Any], told: str) -> str:
    quality = results["quality"]
    kinds = list(next(iter(quality.values())))
    rows = [[name, *(_shares(found[kind]) for kind in kinds)] for name, found in quality.items()]
    served = results["own"]
    rows.append(["ours, with what people wrote", *(_shares(served[kind]) if kind in served else "–" for kind in kinds)])
    codes = results["codes"]
    parts = ["# The search beside others", f"{told}.", HOW_TO_READ, *(f"- {note}" for note in results["notes"])]
    parts += ["## What is found", _table(["system", *(f"{kind} ({_n(quality, kind)})" for kind in kinds)], rows)]
    parts += [
        "## Codes",
        f"{codes['first']:.2f} % first of {codes['n']:,} codes in sentences, in all spellings.",
    ]
    parts += ["## What it costs", COSTS, _table(["articles", "system", *HEADS], _costs(results["costs"]))]
    return "\n\n".join(parts) + "\n"


HEADS = ("short p50 ms", "p95", "long p50 ms", "p95", "build s", "MB", "of it texts", "peak MB")
COSTS = """\
One thread, by the clock, each system in a process of its own; *MB* once it is built, *peak* while it was being built.
*Short* are the short questions, *long* the symptoms.
Beyond 3,035, articles are made up: a title of one and three paragraphs of others. TF-IDF is not asked to hold
300,000."""


def _costs(costs: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    for size, systems in costs.items():
        for name, found in systems.items():
            short, long = found["short"], found["long"]
            figures = [short["p50_ms"], short["p95_ms"], long["p50_ms"], long["p95_ms"]]
            rest = (short["build_s"], long["held_mb"], found["texts_mb"], long["peak_mb"])
            yield (size, name, *(f"{figure:.2f}" for figure in figures), *(f"{figure:,.0f}" for figure in rest))


def _n(quality: Mapping[str, Any], kind: str) -> int:
    return int(next(iter(quality.values()))[kind]["n"])


def _shares(found: Mapping[str, float]) -> str:
    return f"{found['first']:.1f} / {found['in_three']:.1f} / {found['in_five']:.1f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
