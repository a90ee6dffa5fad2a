"""Labelled examples: read from JSONL, checked like code, and refused with file, line and remedy.

A row is {"text", "category"} and, where known, "tier", "urgency", "language", "issue", "source", "date";
other keys are nobody's business here and pass unread. Any label set will do. Knows nothing about learning.
"""

import difflib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier.text import fold, normalise

MOST_PROBLEMS = 20  # a reader mends a screenful at a time
_OPTIONAL_WORDS = ("urgency", "language", "issue", "source", "date")


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its right answer. `issue` names the known issue behind it: rows of one issue are never
    split between training and test."""

    text: str
    category: str
    tier: int | None = None
    urgency: str | None = None
    language: str | None = None
    issue: str | None = None
    source: str | None = None
    date: str | None = None


class BadExamples(ValueError):
    """What is wrong with the examples, one line each: `file:line: what, and what to do`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > len(shown):
            shown = [*shown, f"and {len(problems) - len(shown)} more"]
        super().__init__("\n".join(shown))


class _BadRow(ValueError):
    """One row's problem, before its place is known."""


def read_examples(
    path: Path | str,
    *,
    skip_bad: bool = False,
    labels: Collection[str] | None = None,
    on_skip: Callable[[str], None] | None = None,
) -> list[Example]:
    """The examples of a JSONL file, or of every *.jsonl file in a folder, in file order.

    Raises BadExamples unless `skip_bad`; then each bad row is left out and told to `on_skip`. With `labels`,
    a category outside them is a bad row. A folder is a reviewed collection, so a text may stand in it only
    once; a single file may be anybody's export, where people do say the same thing twice.
    """
    reading = _Reading(labels=labels, unique=Path(path).is_dir())
    for file in _files(Path(path)):
        reading.add(file)
    if reading.problems and not skip_bad:
        raise BadExamples(reading.problems)
    if on_skip:
        for problem in reading.problems:
            on_skip(problem)
    if not reading.examples:
        raise BadExamples([*reading.problems, f"{path}: no examples; add rows such as {_SAMPLE_ROW}"])
    return reading.examples


_SAMPLE_ROW = '{"text": "outlook will not open", "category": "outlook"}'


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise BadExamples([f"{path}: no such file or folder; give a JSONL file or a folder of them"])
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise BadExamples([f"{path}: no *.jsonl file in this folder; add one with rows such as {_SAMPLE_ROW}"])
    return files


class _Reading:
    """Examples and problems found so far, over all files of one read."""

    def __init__(self, *, labels: Collection[str] | None, unique: bool) -> None:
        self.examples: list[Example] = []
        self.problems: list[str] = []
        self._labels = labels
        self._unique = unique
        self._places: dict[str, str] = {}

    def add(self, file: Path) -> None:
        for number, line in _lines(file):
            place = f"{file.name}:{number}"
            try:
                example = _example(line)
                self._check(example, place)
            except _BadRow as problem:
                self.problems.append(f"{place}: {problem}")
            else:
                self.examples.append(example)

    def _check(self, example: Example, place: str) -> None:
        if self._labels is not None and example.category not in self._labels:
            raise _BadRow(f'unknown category "{example.category}"{_suggestion(example.category, self._labels)}')
        if self._unique:
            same = self._places.setdefault(fold(normalise(example.text)), place)
            if same != place:
                raise _BadRow(f"the same text as {same}; remove one of the two")


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as rows:
        for number, line in enumerate(rows, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _example(line: bytes) -> Example:
    row = _row(line)
    text, category = _word(row, "text"), _word(row, "category")
    if text is None or category is None:
        missing = "text" if text is None else "category"
        raise _BadRow(f'no "{missing}"{_misspelt(missing, row)}; a row looks like {_SAMPLE_ROW}')
    rest = {name: _word(row, name) for name in _OPTIONAL_WORDS}
    return Example(text=text, category=category.strip(), tier=_tier(row.get("tier")), **rest)


def _row(line: bytes) -> Mapping[str, object]:
    try:
        row = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise _BadRow(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _BadRow(f"not JSON at column {error.colno} ({error.msg}); write one object a line") from None
    except (ValueError, RecursionError):
        raise _BadRow("JSON too deep or with too large a number; write one plain object a line") from None
    if not isinstance(row, dict):
        raise _BadRow(f"a row must be an object; write {_SAMPLE_ROW}")
    return row


def _word(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _BadRow(f'"{name}" must be words in quotes, not {json.dumps(value, ensure_ascii=False)}')
    return value


def _tier(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _BadRow(f'"tier" must be a whole number such as 1, 2 or 3, not {json.dumps(value, ensure_ascii=False)}')
    return value


def _misspelt(name: str, row: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, row, n=1, cutoff=0.75)
    return f' (did you mean "{name}" by "{near[0]}"?)' if near else ""


def _suggestion(label: str, labels: Collection[str]) -> str:
    near = difflib.get_close_matches(label.casefold(), sorted(labels), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else f"; use one of {', '.join(sorted(labels))}"
