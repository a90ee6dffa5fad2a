"""Labelled examples: read from JSONL, CSV or JSON, checked like code, and refused with file, line and remedy.

A row is {"text", "category"} and, where known, "tier", "urgency", "language", "issue", "source", "date";
other keys are nobody's business here and pass unread. Any label set will do. What the columns of other
products mean stands in columns.py. Rows are read one at a time, so that a file may be larger than memory.
Knows nothing about learning.
"""

import csv
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from classifier.columns import (
    REQUIRED,
    BadRow,
    Layout,
    NamedColumns,
    UnknownColumns,
    cells_of,
    fields_of,
    layout_of,
    layout_of_cells,
    plain,
)
from classifier.text import fold, normalise

MOST_PROBLEMS = 20  # a reader mends a screenful at a time
DELIMITERS = ",;\t"
# Far above any real cell. A quote that is never closed swallows no more than this before it is named.
MOST_CELL_CHARACTERS = 16_000_000
_OPTIONAL_WORDS = ("urgency", "language", "issue", "source", "date")
_QUOTING = "put a cell with a delimiter, a quote or a line break in double quotes, and write a quote in it twice"
_NOT_UTF8 = 'save the file as UTF-8 (in Excel: "CSV UTF-8")'


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


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be an example: where it begins, what is wrong, and what to do."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


_Row: TypeAlias = tuple[int, Example | BadRow]  # the line it begins on, and what it is


def read_examples(
    path: Path | str,
    *,
    skip_bad: bool = False,
    labels: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
    on_skip: Callable[[str], None] | None = None,
) -> list[Example]:
    """All of `iter_examples`, in file order.

    Raises BadExamples unless `skip_bad`; then each bad row is left out and told to `on_skip`. A file that
    cannot be read at all, or holds no examples, raises it always.
    """
    examples: list[Example] = []
    problems: list[str] = []
    for row in iter_examples(path, labels=labels, columns=columns):
        if isinstance(row, Example):
            examples.append(row)
        else:
            problems.append(str(row))
    if problems and not skip_bad:
        raise BadExamples(problems)
    if on_skip:
        for problem in problems:
            on_skip(problem)
    if not examples:
        raise BadExamples([_no_examples(path), *problems])
    return examples


def stream_examples(
    path: Path | str,
    *,
    skip_bad: bool = False,
    columns: Mapping[str, str] | None = None,
    on_skip: Callable[[str], None] | None = None,
) -> Iterator[Example]:
    """The same one at a time, however many there are. Raises BadExamples at the twentieth bad row, or after the last
    row where any was bad or none was good; with `skip_bad` each bad row is left out and told to `on_skip` at once."""
    problems: list[str] = []
    good = 0
    for row in iter_examples(path, columns=columns):
        if isinstance(row, Example):
            good += 1
            yield row
            continue
        if len(problems) < MOST_PROBLEMS:
            problems.append(str(row))
        if skip_bad and on_skip:
            on_skip(str(row))
        if len(problems) == MOST_PROBLEMS and not skip_bad:
            break
    if problems and not skip_bad:
        raise BadExamples(problems)
    if not good:
        raise BadExamples([_no_examples(path), *problems])


def _no_examples(path: Path | str) -> str:
    return f"{path}: no examples; add rows such as {_SAMPLE_ROW}"


def iter_examples(
    path: Path | str,
    *,
    labels: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Example | Problem]:
    """Row by row, the examples of a file, or of every JSONL and CSV file in a folder, in file order.

    The suffix says the format: .csv or .tsv; .json for JSON lines or one list of objects; anything else is
    JSONL. `columns` says which columns make up a field, as {"text": "short_description+description"}; what it
    does not name follows from the product whose columns these are. With `labels`, a category outside them is a
    problem. A folder is a reviewed collection, so a text may stand in it only once; a single file may be
    anybody's export, where people do say the same thing twice. Raises BadExamples where nothing can be read, and
    where `columns` names a column that a CSV header, or every row of a JSON file, is without.
    """
    check = _Check(labels=labels, unique=Path(path).is_dir())
    for file in _files(Path(path)):
        for number, row in _reader_of(file)(file, columns or {}):
            place = f"{file.name}:{number}"
            checked = row if isinstance(row, BadRow) else check.checked(row, place)
            yield checked if isinstance(checked, Example) else Problem(place, str(checked))


_SAMPLE_ROW = '{"text": "outlook will not open", "category": "outlook"}'


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise BadExamples([f"{path}: no such file or folder; give a JSONL or CSV file, or a folder of them"])
    files = sorted(file for file in path.iterdir() if file.suffix in (".jsonl", ".csv") and file.is_file())
    if not files:
        raise BadExamples([f"{path}: no *.jsonl or *.csv file in this folder; add one with rows such as {_SAMPLE_ROW}"])
    return files


def _reader_of(file: Path) -> Callable[[Path, Mapping[str, str]], Iterator[_Row]]:
    return {".csv": _csv_rows, ".tsv": _csv_rows, ".json": _json_rows}.get(file.suffix.casefold(), _jsonl_rows)


class _Check:
    """What holds over all rows of one read. Where texts must be unique, it remembers of each a digest and its place,
    not the text: there may be more of them than fit into memory."""

    def __init__(self, *, labels: Collection[str] | None, unique: bool) -> None:
        self._labels = labels
        self._unique = unique
        self._places: dict[bytes, str] = {}

    def checked(self, example: Example, place: str) -> Example | BadRow:
        if self._labels is not None and example.category not in self._labels:
            return BadRow(f'unknown category "{example.category}"{_suggestion(example.category, self._labels)}')
        if self._unique:
            text = fold(normalise(example.text)).encode("utf-8", "surrogatepass")
            same = self._places.setdefault(hashlib.blake2b(text, digest_size=16).digest(), place)
            if same != place:
                return BadRow(f"the same text as {same}; remove one of the two")
        return example


def _or_problem(read: Callable[..., Example], *given: Any) -> Example | BadRow:
    try:
        return read(*given)
    except BadRow as problem:
        return problem


# -- JSON lines -------------------------------------------------------------------------------------------------------


def _jsonl_rows(file: Path, columns: Mapping[str, str]) -> Iterator[_Row]:
    named = NamedColumns(columns)
    for number, line in _lines(file):
        yield number, _or_problem(lambda line: _example(_object(line), named), line)
    _check_named(file, named)


def _check_named(file: Path, named: NamedColumns) -> None:
    """After the last row."""
    if unknown := named.unknown():
        raise BadExamples([f"{file.name}: {unknown}"])


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as rows:
        for number, line in enumerate(rows, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _object(line: bytes) -> Mapping[str, object]:
    try:
        row = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise BadRow(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadRow(f"not JSON at column {error.colno} ({error.msg}); write one object a line") from None
    except (ValueError, RecursionError):
        raise BadRow("JSON too deep or with too large a number; write one plain object a line") from None
    if not isinstance(row, dict):
        raise BadRow(f"a row must be an object; write {_SAMPLE_ROW}")
    return row


def _example(row: object, named: NamedColumns) -> Example:
    """One JSON object, laid out as our own or as a product's."""
    if not isinstance(row, dict):
        raise BadRow(f"a row must be an object; write {_SAMPLE_ROW}")
    if named.named or not {"text", "category"} <= row.keys():
        names, cells = cells_of(row)
        named.meet(names)
        layout = layout_of_cells(names, named.named)
        if layout is not None:
            return _from_fields(_fields(layout, cells, named))
    text, category = _word(row, "text"), _word(row, "category")
    if text is None or category is None:
        missing = "text" if text is None else "category"
        raise BadRow(f'no "{missing}"{_misspelt(missing, row)}; a row looks like {_SAMPLE_ROW}')
    rest = {name: _word(row, name) for name in _OPTIONAL_WORDS}
    return Example(text=text, category=category.strip(), tier=_tier(row.get("tier")), **rest)


def _fields(layout: Layout, cells: Mapping[str, Sequence[str]], named: NamedColumns) -> Mapping[str, str | None]:
    for target in REQUIRED:
        if unknown := named.nowhere(target):
            raise BadRow(unknown)
    return fields_of(layout, cells)


def _from_fields(found: Mapping[str, str | None]) -> Example:
    """`found` has a text and a category."""
    rest = {name: found.get(name) for name in _OPTIONAL_WORDS}
    return Example(found["text"] or "", found["category"] or "", tier=_tier(found.get("tier")), **rest)


# -- JSON in one piece ------------------------------------------------------------------------------------------------

# A list, or an object that holds the list under the name its product gives it, after plain members only.
_LIST_OPENS = re.compile(r'\s*(?:\{[^\[\]{}]*"(?:tickets|records|result|issues)"\s*:\s*)?\[')
_BETWEEN = re.compile(r"[\s,]*")
_CHUNK = 1 << 16


def _json_rows(file: Path, columns: Mapping[str, str]) -> Iterator[_Row]:
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as stream:
        head = stream.read(_CHUNK)
        opens = _LIST_OPENS.match(head)
        if opens is None:
            yield from _jsonl_rows(file, columns)
            return
        named, members = NamedColumns(columns), _Members(file.name, stream, head, opens.end())
        while (row := members.next()) is not None:
            number, value = row
            yield number, _or_problem(lambda value: _readable(_example(value, named)), value)
        _check_named(file, named)


class _Members:
    """The members of a JSON list, one after the other; only one is held."""

    def __init__(self, name: str, stream: TextIO, head: str, at: int) -> None:
        """`head` is what has been read of the stream; the first member stands behind `at`."""
        self._name, self._stream, self._buffer, self._at = name, stream, head, at
        self._line = 1 + head.count("\n", 0, at)
        self._decoder = json.JSONDecoder()

    def next(self) -> tuple[int, object] | None:
        """The line a member begins on and the member; None after the last."""
        self._skip_between()
        if self._buffer.startswith("]", self._at):
            return None
        number = self._line
        value, end = self._decoded()
        self._advance(end)
        return number, value

    def _skip_between(self) -> None:
        while between := _BETWEEN.match(self._buffer, self._at):
            self._advance(between.end())
            if self._at < len(self._buffer) or not self._more(_CHUNK):
                return

    def _decoded(self) -> tuple[object, int]:
        """Tries again with twice as much while the member may not be complete."""
        while True:
            held = len(self._buffer) - self._at
            try:
                return self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if held > MOST_CELL_CHARACTERS or not self._more(max(held, _CHUNK)):
                    raise self._refusal(f"not JSON ({error.msg}); export the file again") from None
            except (ValueError, RecursionError):
                raise self._refusal("JSON too deep or with too large a number; write plain objects") from None

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _more(self, characters: int) -> bool:
        read = self._stream.read(characters)
        if read:
            self._buffer, self._at = self._buffer[self._at :] + read, 0
        return bool(read)

    def _refusal(self, what: str) -> BadExamples:
        return BadExamples([f"{self._name}:{self._line}: {what}"])


# -- CSV --------------------------------------------------------------------------------------------------------------


def _csv_rows(file: Path, columns: Mapping[str, str]) -> Iterator[_Row]:
    table = _table_of(file, columns)
    if table is None:
        return
    with _opened(file) as text:
        for number, record in _records(text, table.delimiter):
            if number > table.header_line:
                yield number, record if isinstance(record, BadRow) else _or_problem(table.example, record)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the header says of all rows below it."""

    delimiter: str
    header_line: int
    width: int
    layout: Layout
    positions: Mapping[str, Sequence[int]]  # of each column that is read, and of those that repeat its name

    def example(self, record: Sequence[str]) -> Example:
        last = max(position for at in self.positions.values() for position in at)
        if len(record) <= last or any(cell.strip() for cell in record[self.width :]):
            raise BadRow(f"{len(record)} cells under a header of {self.width}; {_QUOTING}")
        cells = {name: [record[position].replace("\0", "") for position in at] for name, at in self.positions.items()}
        return _readable(_from_fields(fields_of(self.layout, cells)))


def _table_of(file: Path, columns: Mapping[str, str]) -> _Table | None:
    """The header as the delimiter splits it under which its columns are known; None for an empty file."""
    firsts = [(delimiter, *first) for delimiter in DELIMITERS if (first := _first_record(file, delimiter))]
    refusals: list[str] = []
    for delimiter, line, record in sorted(firsts, key=lambda first: -_width(first[2])):
        try:
            return _table(delimiter, line, _readable_header(record), columns)
        except (BadRow, UnknownColumns) as refusal:
            refusals.append(f"{file.name}:{line}: {refusal}")
    if refusals:
        raise BadExamples(refusals[:1])  # under the delimiter that makes the most columns
    return None


def _width(record: list[str] | BadRow) -> int:
    return 0 if isinstance(record, BadRow) else len(record)


def _table(delimiter: str, line: int, header: Sequence[str], columns: Mapping[str, str]) -> _Table:
    layout = layout_of(header, columns)
    names = [plain(name) for name in header]
    wanted = {column for source in layout.sources.values() for column in source}
    positions = {name: [at for at, other in enumerate(names) if other == name] for name in wanted}
    return _Table(delimiter, line, len(header), layout, positions)


def _first_record(file: Path, delimiter: str) -> tuple[int, list[str] | BadRow] | None:
    with _opened(file) as text:
        return next(_records(text, delimiter), None)


def _opened(file: Path) -> TextIO:
    """UTF-8, or UTF-16 where its mark says so. A byte that is neither stays in the text as half a letter, and
    its row is named later. Lines end at line feeds only, as in an editor, except in old Mac files without any."""
    with file.open("rb") as raw:
        head = raw.read(_CHUNK)
    newline = "\r" if b"\r" in head and b"\n" not in head else "\n"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return file.open(encoding="utf-16", errors="replace", newline=newline)
    return file.open(encoding="utf-8-sig", errors="surrogateescape", newline=newline)


def _records(text: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | BadRow]]:
    """The line each record begins on, and its cells; empty ones are left out."""
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, BadRow("a quote or a line break stands bare, or a quoted cell never ends; " + _QUOTING)
        else:
            if any(cell.strip() for cell in record):
                yield number, record


def _readable_header(header: list[str] | BadRow) -> list[str]:
    if isinstance(header, BadRow):
        raise header
    if any("\0" in name or not _is_utf8(name) for name in header):
        raise BadRow(f"neither UTF-8 nor UTF-16 with its mark; {_NOT_UTF8}")
    return header


def _readable(example: Example) -> Example:
    rest = f"{example.urgency}{example.language}{example.issue}{example.source}{example.date}"
    if not _is_utf8(f"{example.text}{example.category}{rest}"):
        raise BadRow(f"a letter in this row is not UTF-8; {_NOT_UTF8}")
    return example


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# -- one value --------------------------------------------------------------------------------------------------------


def _word(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise BadRow(f'"{name}" must be words in quotes, not {json.dumps(value, ensure_ascii=False)}')
    return value


def _tier(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) < 20 and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadRow(f'"tier" must be a whole number such as 1, 2 or 3, not {json.dumps(value, ensure_ascii=False)}')
    return value


def _misspelt(name: str, row: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, row, n=1, cutoff=0.75)
    return f' (did you mean "{name}" by "{near[0]}"?)' if near else ""


def _suggestion(label: str, labels: Collection[str]) -> str:
    near = difflib.get_close_matches(label.casefold(), sorted(labels), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else f"; use one of {', '.join(sorted(labels))}"
