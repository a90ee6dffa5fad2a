"""The rows that everything is measured on: CLINC150, our own examples, messages held out, files from outside."""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from classifier import Example, read_examples
from classifier.folds import grouped_folds

CLINC_FILE = "tickets_clinc150.jsonl"
HELD_OUT = Path(__file__).resolve().parents[1] / "held_out.jsonl"
CLINC_FOREIGN, OWN_FOREIGN = "oos", "other"
CLINC_PARTS = {
    "train": ("train", "oos_train"),
    "val": ("val", "oos_val"),
    "test": ("test", "oos_test"),
}
INNER_FOLDS = 4  # a quarter of the rows to learn from is what choices are made by


class Missing(Exception):
    """A file that a part needs is not there or not readable; the text says what to do."""


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to choose settings by. `foreign` is the label of rows that are nobody's business."""

    train: Sequence[Example]
    val: Sequence[Example]
    foreign: str


@dataclass(frozen=True)
class Clinc:
    """CLINC150 as its authors split it, foreign rows included. The test rows are for judging only."""

    train: Sequence[Example]
    val: Sequence[Example]
    test: Sequence[Example]


def read_clinc(path: Path | None) -> Clinc:
    """From its authors' `data_full.json`, or from JSON lines with "text", "intent" and "split". Raises Missing."""
    remedy = "give the file with --clinc FILE, or its folder in TRIAGE_BENCH_DATA"
    if path is None:
        raise Missing(f"CLINC150 is left out: no file was named; {remedy}")
    file = path / CLINC_FILE if path.is_dir() else path
    try:
        parts = _clinc_parts(file.read_text("utf-8"))
        return Clinc(**{name: [row for part in named for row in parts[part]] for name, named in CLINC_PARTS.items()})
    except FileNotFoundError:
        raise Missing(f"CLINC150 is left out: {file.name} is not there; {remedy}") from None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Missing(f"CLINC150 is left out: {file.name} cannot be read ({error!r}); {remedy}") from None


def _clinc_parts(content: str) -> dict[str, list[Example]]:
    parts: dict[str, list[Example]] = defaultdict(list)
    if '"split"' in content[:1000]:
        for line in content.splitlines():
            row = json.loads(line)
            parts[row["split"]].append(Example(row["text"], row["intent"]))
        return dict(parts)
    return {name: [Example(text, intent) for text, intent in pairs] for name, pairs in json.loads(content).items()}


def own_examples() -> list[Example]:
    """The examples that the desk's own model learns from."""
    with as_file(files("classifier").joinpath("data/examples")) as folder:
        return read_examples(folder)


GROUPS: Mapping[str, Callable[[Example], bool]] = {
    "English": lambda row: row.language == "en",
    "Other languages": lambda row: row.language != "en",
}


def held_out() -> list[Example]:
    """Messages by writers who had seen neither examples nor model, and that no model ever learned from."""
    return read_examples(HELD_OUT)


def unread(row: Example) -> bool:
    """Whether a message held out is of the half that nobody had read who wrote or commissioned examples since."""
    return hashlib.sha256(row.text.encode()).digest()[-1] % 2 == 1


HELD_OUT_GROUPS = {**GROUPS, "All languages, the unread half": unread}


def read_desk(path: Path) -> list[Example]:
    """Somebody else's labelled rows. Raises Missing, or classifier.BadExamples naming the line."""
    if not path.is_file():
        raise Missing(f"{path.name} is left out: no such file; give --desk a JSONL file with text and category")
    return read_examples(path)


def inner_split(rows: Sequence[Example], foreign: str, seed: int) -> Split:
    """A part of the rows to choose by, none of whose known issues is learned from."""
    held = set(grouped_folds(rows, INNER_FOLDS, seed)[0])
    train = [row for position, row in enumerate(rows) if position not in held]
    return Split(train, [rows[position] for position in sorted(held)], foreign)


def some(rows: Sequence[Example], each: int | None, seed: int) -> list[Example]:
    """At most so many rows of each category, always the same ones; all of them when `each` is None."""
    if each is None:
        return list(rows)
    by_category: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        by_category[row.category].append(position)
    chance = random.Random(seed)
    kept = [chance.sample(places, min(each, len(places))) for _, places in sorted(by_category.items())]
    return [rows[position] for position in sorted(position for places in kept for position in places)]


def texts_of(rows: Iterable[Example]) -> list[str]:
    return [row.text for row in rows]
