"""The readable card of a model, `card.md` and its pictures: what it is for, what it was made of, how good it is.

Returns text; writes nothing. Knows no label by name, and of the training only what its record says.
"""

import string
from collections.abc import Iterator, Mapping, Sequence

from classifier.measuring import Confusion, Evaluation, LabelFigures
from classifier.model import TrainingRecord
from classifier.plots import (
    FEW,
    confusion_svg,
    mistakes,
    one_line,
    percent,
    reliability_svg,
    risk_coverage_svg,
)

HELD_OUT = (
    "Measured on held-out known issues: each row was judged by a model that had learned no row of the same issue. The "
    "model of this card has learned all of them. Rows of one issue resemble one another, so the figures are less "
    "certain than their n suggests."
)
REWORDED = (
    "What a desk mostly hears are known issues in other words, and the confidence is made for these. Of {n:,} rows "
    "that were held back by themselves, while others of their issue were learned, {right} have the right category in "
    "scope, the mean gap of confidence to truth (ECE) is {gap}, and {share} can be decided with 95 % right. Of issues "
    "that it has never met, as in the table, the model may be too sure."
)
CONFUSION, RELIABILITY, RISK = "confusion.svg", "reliability.svg", "risk-coverage.svg"
MOST_WEAK, MOST_MISTAKES = 5, 8
LONGEST_NAME = 80  # letters; two names that only differ beyond are nobody's names
NONE = "–"


def card_markdown(
    record: TrainingRecord,
    evaluation: Evaluation | None,
    made_with: Mapping[str, str],
    *,
    measured: str = HELD_OUT,
) -> str:
    """The card as Markdown, with the pictures of `card_plots` beside it. `measured` says how the figures were got:
    by default as `cross_validate` gets them."""
    parts = [
        f"# Model {_name(record.version)}",
        _purpose(record),
        _data(record),
        *(_figures(record, evaluation, measured) if evaluation else _UNMEASURED),
        "## By category",
        _categories(record, evaluation),
        _reproduce(record, made_with),
        _ROLL_BACK,
    ]
    return "\n\n".join(parts) + "\n"


def in_other_words(reworded: Evaluation) -> str:
    """What the card says of rows whose known issue had been learned from others."""
    return REWORDED.format(
        n=reworded.n,
        right=_share(reworded.accuracy),
        gap=_share(reworded.ece),
        share=_share(reworded.coverage_at_95_precision),
    )


def card_plots(evaluation: Evaluation) -> Mapping[str, str]:
    """File name to SVG, for the folder of the card."""
    return {
        CONFUSION: confusion_svg(evaluation.confusion),
        RELIABILITY: reliability_svg(evaluation),
        RISK: risk_coverage_svg(evaluation),
    }


def _purpose(record: TrainingRecord) -> str:
    ours = [label for label in record.rows if label not in record.out_of_scope]
    foreign = ", ".join(map(_name, record.out_of_scope)) or "no label of its own"
    return f"""\
It reads one message to a help desk and says which of {len(ours)} categories it is about, how sure it is, and whether \
it is for this desk at all (out of scope: {foreign}). Where the examples carried tier and urgency, it says these too.

## What it is for

- Choosing an answer or a queue for a message, where a person is one step away.
- Suggesting a category to the person who takes over.

## What it must not be used for

- Judging people: who wrote, how well, or how often says nothing here.
- Deciding alone what must never be missed, such as a compromised account or lost data. Written rules and people stand \
above it.
- Granting access, refusing help, or closing a request without asking.
- Other desks, subjects or languages than its examples have, until it was measured on them."""


def _data(record: TrainingRecord) -> str:
    rows = sum(record.rows.values())
    return f"""\
## What it learned from

{rows:,} labelled examples in {len(record.rows)} categories, counted below. {_IN_ORDER if record.partial else _IN_ANY}

- SHA-256 of the examples: {_code(record.examples_sha256)}
- Seed: {record.seed}
- Trained: {_code(record.trained_at) if record.trained_at else "no date was recorded"}
- Languages and sources of the rows: not recorded here; see where the examples are kept."""


_IN_ANY = "The order of rows does not matter."
_IN_ORDER = "It learned them a part at a time, so their order matters; the SHA-256 is of the rows in that order."

_UNMEASURED = (
    "## How good it is",
    "Not measured yet. Run `triage evaluate` with examples that it has not learned from, before anybody relies on it.",
)


def _figures(record: TrainingRecord, evaluation: Evaluation, measured: str) -> Iterator[str]:
    yield f"## How good it is\n\n{measured}"
    yield _table(("what", "figure", "n"), "lrr", _figure_rows(evaluation))
    yield f"![Confusion: what was taken for what]({CONFUSION})"
    yield f"![Reliability: how far the confidence can be believed]({RELIABILITY})"
    yield f"![Risk and coverage: how much can be decided, and how much of it is wrong]({RISK})"
    yield "\n".join(["## Where it is weak", "", *_weakest(record, evaluation), *_mistaken(evaluation.confusion)])


def _figure_rows(evaluation: Evaluation) -> Iterator[tuple[str, str, str]]:
    n, foreign = evaluation.n, evaluation.oos.n
    yield "right category, in scope", _share(evaluation.accuracy), f"{n - foreign:,}"
    yield "the same, where calling a row foreign is a miss", _share(evaluation.accuracy_with_gate), f"{n - foreign:,}"
    yield "right category among the first three, in scope", _share(evaluation.top3), f"{n - foreign:,}"
    yield "mean F1 of the categories in scope", _share(evaluation.macro_f1), f"{n:,}"
    yield "telling foreign rows: area under the ROC curve", _share(evaluation.oos.auroc), f"{foreign:,} foreign"
    yield "foreign rows let in with 95 % of ours", _share(evaluation.oos.fpr95), f"{foreign:,} foreign"
    yield "mean gap of confidence to truth (ECE)", _share(evaluation.ece), f"{n:,}"
    yield "share that can be decided with 95 % right", _share(evaluation.coverage_at_95_precision), f"{n:,}"
    yield "area under the risk-coverage curve (0 is perfect)", f"{evaluation.aurc:.4f}", f"{n:,}"
    for name, head in (("tier", evaluation.tier), ("urgency", evaluation.urgency)):
        if head:
            yield f"right {name}", _share(head.accuracy), f"{head.n:,}"
            yield f"right {name}, each {name} weighing the same", _share(head.mean_recall), f"{head.n:,}"
            for label, recall in head.recall.items():
                yield f"found of {name} {_name(label)}", _share(recall), NONE


def _weakest(record: TrainingRecord, evaluation: Evaluation) -> Iterator[str]:
    ours = {label: f for label, f in evaluation.per_category.items() if label not in record.out_of_scope}
    weak = sorted((f.f1, label) for label, f in ours.items() if f.f1 < 1)[:MOST_WEAK]
    yield "Weakest categories, by F1:" if weak else "No category in scope has a mistake in these rows."
    if weak:
        yield ""
    for _, label in weak:
        yield _weakness(label, ours[label])


def _weakness(label: str, figures: LabelFigures) -> str:
    few = f" (only {figures.n} rows: take this as a hint)" if figures.n < FEW else ""
    return (
        f"- {_name(label)}: {percent(figures.recall)} of its {figures.n:,} rows were found; "
        f"where it was named, it was right {percent(figures.precision)} of the time{few}."
    )


def _mistaken(confusion: Confusion) -> Iterator[str]:
    found = mistakes(confusion)[:MOST_MISTAKES]
    if found:
        yield from ("", "Most frequent mistakes:", "")
    for truth, said, count, n in found:
        yield f"- {_name(truth)} was taken for {_name(said)} {_times(count)}, {percent(count / n)} of its {n:,} rows."


def _categories(record: TrainingRecord, evaluation: Evaluation | None) -> str:
    judged = evaluation.per_category if evaluation else {}
    labels = sorted({*record.rows, *judged})
    learned = [(_name(label), _count(record.rows.get(label))) for label in labels]
    if not evaluation:
        return _table(("category", "rows learned"), "lr", learned)
    return "`found` is recall, `right when named` is precision.\n\n" + _table(
        ("category", "rows learned", "rows judged", "found", "right when named", "F1"),
        "lrrrrr",
        [(*row, *_judged(judged.get(label))) for row, label in zip(learned, labels, strict=True)],
    )


def _judged(figures: LabelFigures | None) -> tuple[str, str, str, str]:
    if figures is None:
        return NONE, NONE, NONE, NONE
    return f"{figures.n:,}", percent(figures.recall), percent(figures.precision), percent(figures.f1)


def _reproduce(record: TrainingRecord, made_with: Mapping[str, str]) -> str:
    used = "\n".join(f"- {_code(f'{name} {version}')}" for name, version in sorted(made_with.items()))
    partial = " --partial" if record.partial else ""
    return f"""\
## How to make it again

With the same examples{" in the same order" if record.partial else ""} (the SHA-256 above tells) and these versions:

{used}

```
triage train --examples EXAMPLES --seed {record.seed}{partial} --out FOLDER
triage evaluate --model FOLDER --examples ROWS-IT-HAS-NOT-SEEN --json
```"""


_ROLL_BACK = """\
## How to go back

```
triage models rollback
```

makes the model before this one the one in use again; both stay on disk. `triage models list` shows what there is."""


def _table(head: Sequence[str], sides: str, rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> str:
    rule = ["---:" if side == "r" else "---" for side in sides]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _name(text: str) -> str:
    """Anybody's words as plain words in Markdown, in a table or out of it."""
    line = one_line(text)
    if len(line) > LONGEST_NAME:
        line = f"{line[: LONGEST_NAME - 1]}…"
    return "".join(_ESCAPES.get(character, character) for character in line)


# Every sign that can mean something in Markdown; the rest would only make the source hard to read.
_ESCAPES = {sign: f"\\{sign}" for sign in string.punctuation if sign not in "-,;'/"} | {"<": "&lt;", "&": "&amp;"}


def _code(text: str) -> str:
    inside = one_line(text).replace("`", "'")
    return f"`{inside}`"


def _share(value: float | None) -> str:
    return NONE if value is None else percent(value)


def _count(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
