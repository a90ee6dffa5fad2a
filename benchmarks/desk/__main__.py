"""`python -m benchmarks.desk`: ask the desk messages that it has not learned from, and count what it does.

Other benchmarks judge the model or the search by itself; here the written rules stand above the model, `policy.toml`
decides what is trusted, and articles answer. A whole run takes about a minute on two slow cores, most of it for
learning the bundled examples.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.classifier.data import HELD_OUT_GROUPS, Missing, held_out, own_examples, read_desk
from benchmarks.classifier.report import machine, table
from bot.advising import build_advisor, build_library
from bot.desk.advice import Advisor
from bot.deskdata import load_desk_data
from bot.privacy import scrub
from bot.triage import NOT_FOR_THIS_DESK, ONSHORE_TIER, Advice, Answer, Clarify, HandOff
from classifier import BadExamples, Example, Model, UnusableModel, load, train

RESULTS = Path(__file__).resolve().parents[1] / "results"
TIERS = (1, 2, 3)
NOTES = """\
Shares are in percent. *Trusted*: the category is at least as likely as `policy.toml` asks. *Tier* is what queues are
chosen by: the rules and the lowered threshold for tier 3 stand above the model. *Self-help alone*: a message that is
labelled tier 3 is answered with an article while no person takes over."""


@dataclass(frozen=True)
class Asked:
    """A message with its labels, and what the desk would do."""

    row: Example
    advice: Advice
    trusted: bool

    @property
    def right(self) -> bool:
        return self.row.category == self.advice.judgement.category

    @property
    def in_scope(self) -> bool:
        return self.row.category != NOT_FOR_THIS_DESK

    @property
    def tier(self) -> int:
        return self.advice.judgement.tier


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        columns = _columns(asked.model, asked.desk)
    except (Missing, BadExamples, UnusableModel) as problem:
        print(problem, file=sys.stderr)
        return 1
    text = markdown(columns)
    print(text)
    if asked.out or not asked.model:
        folder = asked.out or RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "desk.md").write_text(text, "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    add = parser.add_argument
    add("--model", type=Path, metavar="FOLDER", help="a saved model (default: learn the bundled examples)")
    add("--desk", type=Path, metavar="FILE", help="rows from outside too: JSON lines with text and category")
    add(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="where to write (default: benchmarks/results, unless --model is given)",
    )
    return parser


def _columns(model: Path | None, outside: Path | None) -> dict[str, list[Asked]]:
    """What was asked, by the heading of its column."""
    rows, others = held_out(), read_desk(outside) if outside else []
    with tempfile.TemporaryDirectory() as scratch:
        advisor = _advisor(load(model) if model else _taught(), Path(scratch))
        told = ask(advisor, rows)
        columns = {name: [each for each in told if belongs(each.row)] for name, belongs in HELD_OUT_GROUPS.items()}
        return {**columns, "From outside": ask(advisor, others)} if others else columns


def _taught() -> Model:
    print("learning the bundled examples", file=sys.stderr, flush=True)
    return train(own_examples())


def _advisor(model: Model, scratch: Path) -> Advisor:
    """The desk as it comes: nobody's own configuration, nobody's own articles."""
    data = load_desk_data(scratch / "config")
    return build_advisor(data, build_library(data, scratch / "library"), model.predict)


def ask(advisor: Advisor, rows: Iterable[Example]) -> list[Asked]:
    """What the desk would do with each."""
    told = []
    for row in rows:
        advice = advisor.advise(scrub(row.text))
        judged = advice.judgement
        told.append(Asked(row, advice, judged.confidence >= advisor.policy.needed(judged.category)))
    return told


# -- figures ---------------------------------------------------------------------------------------------------------


def figures(told: Sequence[Asked]) -> dict[str, str]:
    """The column of one group of messages."""
    ours = [each for each in told if each.in_scope]
    foreign = [each for each in told if not each.in_scope]
    trusted = [each for each in ours if each.trusted]
    return {
        "messages": f"{len(told)}, {len(foreign)} of them not for the desk",
        "answers with an article": _action(told, Answer),
        "asks back": _action(told, Clarify),
        "hands over": _action(told, HandOff),
        "not for the desk, and yet answered": _of(sum(_is(each, Answer) for each in foreign), len(foreign)),
        "trusted, in scope": _of(len(trusted), len(ours)),
        "category right where trusted": _share(each.right for each in trusted),
        "language right": _share(
            each.row.language == each.advice.judgement.language for each in told if each.row.language
        ),
        **_tiers("in scope", ours),
        **_tiers("where trusted", trusted),
        "tier 3, self-help alone": _of(
            sum(map(_left_alone, ours)), sum(each.row.tier == ONSHORE_TIER for each in ours)
        ),
    }


def _tiers(where: str, asked: Sequence[Asked]) -> dict[str, str]:
    """Nothing for rows that carry no tier."""
    told = [each for each in asked if each.row.tier]
    if not told:
        return {}
    found = {tier: [each.tier == tier for each in told if each.row.tier == tier] for tier in TIERS}
    recalls = [sum(hits) / len(hits) for hits in found.values() if hits]
    called = [each.row.tier == ONSHORE_TIER for each in told if each.tier == ONSHORE_TIER]
    return {
        f"tier right, {where}": _share(each.tier == each.row.tier for each in told),
        f"mean of the tiers, {where}": f"{100 * sum(recalls) / len(recalls):.1f}",
        f"tier 3 found, {where}": _of(sum(found[ONSHORE_TIER]), len(found[ONSHORE_TIER])),
        f"of what is called tier 3, {where}": _of(sum(called), len(called)),
    }


def _left_alone(asked: Asked) -> bool:
    """Labelled tier 3, and only an article comes: the desk took it for less."""
    return asked.row.tier == ONSHORE_TIER and _is(asked, Answer)


def _is(asked: Asked, kind: type) -> bool:
    return isinstance(asked.advice.decision, kind)


def _action(told: Sequence[Asked], kind: type) -> str:
    done = [each for each in told if _is(each, kind)]
    return f"{len(done)}, category right in {_share(each.right for each in done)} %"


def _share(hits: Iterable[bool]) -> str:
    told = list(hits)
    return f"{100 * sum(told) / len(told):.1f}" if told else "–"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f})" if whole else "–"


def markdown(columns: Mapping[str, Sequence[Asked]]) -> str:
    shown = {name: figures(told) for name, told in columns.items()}
    lines = list(dict.fromkeys(line for column in shown.values() for line in column))
    on = ", ".join(f"{name} {value}" for name, value in machine(datetime.now(UTC).date()).items())
    rows = table(["", *shown], [[line, *(column.get(line, "–") for column in shown.values())] for line in lines])
    return f"# The desk on messages of other writers\n\n{on}.\n\n{NOTES}\n\n{rows}\n"


if __name__ == "__main__":
    sys.exit(main())
