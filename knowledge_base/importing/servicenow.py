"""ServiceNow: a CSV export of the table kb_knowledge, with field names or with the labels of the list as its header.

Fields and what becomes visible as in docs.servicenow.com, "Create a knowledge article" and "Knowledge workflows" (read
November 2026): only published articles are shown, and none after its `valid_to`. A row without that date is taken in,
because exports often lack it. Rows are read one at a time, in UTF-8 or, as older exports are, in Windows-1252.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from knowledge_base.importing.clean import clean
from knowledge_base.importing.hypertext import to_markdown
from knowledge_base.importing.incoming import (
    LONGEST_BODY,
    CannotImport,
    Fault,
    Found,
    Incoming,
    Remark,
    checked,
    day_of,
    files_in,
    id_of,
    language_of,
    one_line,
    title_of,
    too_long,
    words_in,
)

# Field → the headers it goes under, in small letters.
_HEADERS = {
    "number": ("number", "article number", "knowledge number"),
    "title": ("short_description", "short description", "title"),
    "text": ("text", "article body", "body"),
    "wiki": ("wiki",),
    "kind": ("article_type", "article type"),
    "category": ("kb_category", "category", "category(kb_category)"),
    "base": ("kb_knowledge_base", "knowledge base"),
    "state": ("workflow_state", "workflow", "workflow state"),
    "valid_to": ("valid_to", "valid to"),
    "updated": ("sys_updated_on", "updated"),
    "language": ("language",),
    "meta": ("meta", "keywords", "meta description"),
    "readers": ("can_read_user_criteria", "can read", "roles"),
    "description": ("description", "meta_description"),
}
_NEEDED = ("number", "title")
_LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "portuguese": "pt", "italian": "it"}
_Row = Mapping[str, str]


def read(source: Path, language: str, today: date | None = None) -> Found:
    """Every row of the file, or of every *.csv file in the folder."""
    files = files_in(source, ".csv")
    if not files:
        raise CannotImport(f"{source}: no *.csv file in this folder; export the list kb_knowledge as CSV")
    restricted = 0
    for file in files:
        for where, row in _rows(file):
            if isinstance(row, Fault):
                yield row
                continue
            article = _article(where, row, language, today or date.today())
            restricted += isinstance(article, Incoming) and bool(one_line(row.get("readers")))
            yield article
    if restricted:
        yield Remark(
            f"{restricted:,} of these articles are for some readers only in ServiceNow (can_read_user_criteria); "
            "the desk shows them to everybody who writes to it, so take out what not everybody may read"
        )


def _rows(file: Path) -> Iterator[tuple[str, _Row | Fault]]:
    before = csv.field_size_limit(8 * LONGEST_BODY)  # the limit of the csv module would end the reading
    try:
        with file.open(encoding=_encoding(file), errors="replace", newline="") as stream:
            lines = _Lines(stream)
            reader = csv.reader(lines, delimiter=_delimiter(file))
            columns = _columns(next(reader, []), file)
            start = reader.line_num + 1
            for values in reader:
                where, start = f"{file.name}, line {start}", reader.line_num + 1
                if any(values):
                    yield where, _named(where, columns, values)
            if lines.quotes % 2:
                what = (
                    "its quotes do not come in pairs, so that one article may hold the next ones; look for the odd one"
                )
                yield file.name, Fault(file.name, what, unread=True)
    except csv.Error as fault:
        yield (
            file.name,
            Fault(file.name, f"it cannot be read on ({fault}); look for a quote that does not end", unread=True),
        )
    finally:
        csv.field_size_limit(before)


class _Lines:
    """The lines without NUL, and how many quotes they hold: in a whole file every one has its partner."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = stream
        self.quotes = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.quotes += line.count('"')
            yield line.replace("\0", "")


def _named(where: str, columns: Mapping[str, int], values: list[str]) -> _Row | Fault:
    if len(values) <= max(columns[field] for field in _NEEDED):
        return Fault(
            where, f"it has {len(values)} columns only; look for a quote that is missing before this line", unread=True
        )
    return {field: values[at] if at < len(values) else "" for field, at in columns.items()}


def _encoding(file: Path) -> str:
    """UTF-8 when all of the file is, UTF-16 by its mark, else the Windows code page of Western Europe."""
    with file.open("rb") as stream:
        if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    try:
        with file.open(encoding="utf-8-sig") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(file: Path) -> str:
    with file.open(encoding=_encoding(file), errors="replace") as text:
        header = text.readline(10_000)
    return max(",;\t", key=header.count)


def _columns(header: list[str], file: Path) -> dict[str, int]:
    named = {name.strip().lower(): at for at, name in reversed(list(enumerate(header)))}
    found = {
        field: next(named[name] for name in names if name in named)
        for field, names in _HEADERS.items()
        if any(name in named for name in names)
    }
    missing = [_HEADERS[field][0] for field in _NEEDED if field not in found]
    if "text" not in found and "wiki" not in found:
        missing.append("text")
    if missing:
        raise CannotImport(
            f"{file.name}, line 1: there is no column {' and no column '.join(missing)}; "
            "export the list kb_knowledge with the columns number, short_description, text and workflow_state"
        )
    return found


def _article(where: str, row: _Row, default: str, today: date) -> Incoming | Fault:
    name = id_of(row["number"])
    where = f"{where} ({name})" if name else where
    told = one_line(row.get("language")).lower()
    language = _LANGUAGES.get(told) or language_of(told, default)
    if hidden := _hidden(row, today):
        return Fault(where, hidden)
    text, wiki = row.get("text", ""), row.get("wiki", "")
    is_wiki = bool(wiki.strip()) and (not text.strip() or row.get("kind", "").strip().lower() == "wiki")
    if length := too_long(wiki if is_wiki else text):
        return Fault(where, length, name)
    return checked(
        Incoming(
            where=where,
            id=name,
            title=title_of(row["title"]),
            body=clean(from_wiki(wiki)) if is_wiki else to_markdown(text),
            language=language,
            description=one_line(row.get("description")),
            keywords=words_in(row.get("meta")),
            topics=tuple(word for key in ("base", "category") if (word := one_line(row.get(key), 100))),
            modified=day_of(row.get("updated")),
        )
    )


def _hidden(row: _Row, today: date) -> str | None:
    """Why ServiceNow does not show it either."""
    state = one_line(row.get("state"))
    if state and state.lower() != "published":
        return f'it is not published (workflow_state is "{state}"); publish it in ServiceNow to have it here'
    until = day_of(row.get("valid_to"))
    if until and until < today:
        return f"it was valid until {until}; extend it in ServiceNow to have it here"
    return None


_WIKI = (
    (re.compile(r"^(={1,6})([^=\n]+)=+[ \t]*$", re.MULTILINE), lambda m: f"{'#' * len(m[1])} {m[2].strip()}"),
    (re.compile(r"^([*#]+)[ \t]*", re.MULTILINE), lambda m: _wiki_item(m[1])),
    (re.compile(r"'''(.+?)'''"), lambda m: f"**{m[1]}**"),
    (re.compile(r"''(.+?)''"), lambda m: f"*{m[1]}*"),
    (re.compile(r"\[(https?://[^\s\[\]]+)[ \t]+([^\[\]\n]+)\]"), lambda m: f"[{m[2]}]({m[1]})"),
    (re.compile(r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]"), lambda m: m[1]),
)


def from_wiki(text: str) -> str:
    """The markup of ServiceNow's wiki fields (MediaWiki's) as Markdown; lists first, as both use #."""
    items, headings = _WIKI[1], _WIKI[0]
    for pattern, write in (items, headings, *_WIKI[2:]):
        text = pattern.sub(write, text)
    return text


def _wiki_item(marks: str) -> str:
    return "   " * (len(marks) - 1) + ("1. " if marks[-1] == "#" else "- ")
