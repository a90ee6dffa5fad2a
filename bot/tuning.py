"""Operating points for `policy.toml`: from held-back predictions to the table [trust] and the tier-3 threshold.

Arithmetic and one file; it decides nothing about a message, and a person reads the file before it counts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from bot.triage import ONSHORE_TIER
from classifier.evaluation import held_back
from classifier.examples import Example
from classifier.folds import row_folds
from classifier.operating import OperatingPoint, operating_points
from classifier.prediction import Prediction
from classifier.training import Progress

# What the desk needs before it speaks: asked back one question too many costs less than a wrong queue.
WANTED_PRECISION = 0.85
# Of the messages for tier 3, this share must reach it by the model alone, beside the written rules. On held-back rows
# 0.90 gives the best mean of the three tiers' recalls (82 %); 0.96 would send 28 % of all messages onshore, 9 % belong.
WANTED_ONSHORE_RECALL = 0.90
TABLE = "[trust]"
DEFAULT = "defaults/policy.toml"
KEY = "onshore_above"
_KEY = re.compile(rf"\s*{KEY}\s*=")
_HEADING = re.compile(r"\s*\[")
_TABLE = re.compile(r"^\s*\[trust\][^\n]*\n?(?:(?!\s*\[)[^\n]*\n?)*", re.MULTILINE)
# How the lines above the key begin, by which they are known again.
COMMENTS = (
    "# Counts as tier 3 from this probability on, even where a lower tier is likelier. On rows held back",
    "# messages were found so, and",
)


@dataclass(frozen=True)
class Tuning:
    """What was chosen, and what it gave on the rows that it was chosen on."""

    points: Mapping[str, OperatingPoint]
    onshore_above: float
    onshore_recall: float
    onshore_precision: float
    rows: int


def tune(
    predictions: Sequence[Prediction],
    examples: Sequence[Example],
    precision: float = WANTED_PRECISION,
    recall: float = WANTED_ONSHORE_RECALL,
    *,
    out_of_scope: str = "other",
) -> Tuning:
    """Operating points from predictions of rows that the model had not learned from."""
    points = operating_points(predictions, examples, precision, (out_of_scope,))
    chances = [dict(each.tier_probabilities).get(ONSHORE_TIER, 0.0) for each in predictions]
    onshore = [example.tier == ONSHORE_TIER for example in examples]
    level = _level_for(recall, [chance for chance, is_onshore in zip(chances, onshore, strict=True) if is_onshore])
    taken = [is_onshore for chance, is_onshore in zip(chances, onshore, strict=True) if chance >= level]
    found = sum(taken)
    return Tuning(
        points=points,
        onshore_above=level,
        onshore_recall=found / max(sum(onshore), 1),
        onshore_precision=found / max(len(taken), 1),
        rows=len(examples),
    )


def _level_for(recall: float, chances: Sequence[float]) -> float:
    """The highest thousandth that still takes this share; 1 where there is nothing to take."""
    if not chances:
        return 1.0
    ordered = sorted(chances, reverse=True)
    last = ordered[min(int(-(-recall * len(ordered) // 1)), len(ordered)) - 1]
    return int(last * 1000) / 1000


def rewritten(policy: str, tuning: Tuning, told: str) -> str:
    """The text of a policy.toml with the new numbers: the table [trust] and one key are written anew, before any other
    table, and all else stays. `told` says where the numbers come from."""
    kept = _TABLE.sub("", policy).split("\n")
    tables = next((at for at, line in enumerate(kept) if _HEADING.match(line)), len(kept))
    kept, others = kept[:tables], kept[tables:]
    kept = [line for line in kept if not line.startswith(COMMENTS) and not _KEY.match(line)]
    written = [
        f"{COMMENTS[0]} {tuning.onshore_recall:.0%} of tier-3",
        f"{COMMENTS[1]} {tuning.onshore_precision:.0%} of what was found was tier 3.",
        f"{KEY} = {tuning.onshore_above}",
        "",
        TABLE,
        "# From which probability on each category is trusted, instead of trust_category_above.",
        f"# {told}",
        *(_line(name, point) for name, point in tuning.points.items()),
    ]
    parts = ("\n".join(kept).rstrip("\n"), "\n".join(written), "\n".join(others).strip("\n"))
    return "\n".join([parts[0], parts[1], *(["", parts[2]] if parts[2] else [])]) + "\n"


def tuned_policy(
    examples: Sequence[Example], folds: int, out_of_scope: str, policy: Path, *, day: datetime, progress: Progress
) -> tuple[str, str]:
    """The new text of a policy.toml, and in one sentence where its numbers come from. Where the file is not there yet,
    the one that comes with the desk is taken.

    Single rows are held back, not whole issues: the desk mostly hears of issues that it knows, in other words.
    """
    known = policy.read_text("utf-8") if policy.is_file() else files("bot").joinpath(DEFAULT).read_text("utf-8")
    parts = row_folds(examples, folds, seed=0)
    seen = held_back(examples, parts, out_of_scope=out_of_scope, progress=progress)
    tuning = tune(seen, examples, out_of_scope=out_of_scope)
    hits = sum(said.category == row.category for said, row in zip(seen, examples, strict=True))
    told = (
        f"Chosen for {WANTED_PRECISION:.0%} precision on {day:%Y-%m-%d} from {tuning.rows:,} rows, held back in "
        f"{folds} parts (category right in {hits / tuning.rows:.1%})."
    )
    return rewritten(known, tuning, told), told


def write(path: Path, text: str) -> None:
    """Atomic: whoever reads sees the old file or the new one."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)


def _line(name: str, point: OperatingPoint) -> str:
    right = "never right" if point.precision is None else f"{point.precision:.1%} of {point.n} right"
    return f"{_as_key(name)} = {min(point.threshold, 1.0)}  # {right}, which is {point.coverage:.0%} of its messages"


def _as_key(name: str) -> str:
    """A label may be anybody's words; what TOML takes bare stays bare."""
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name, ensure_ascii=False)
