"""JSONL: one article a line, an object with at least `id`, `title` and `body`.

Optional are `category, language (or lang), description, url, keywords, modified (or date)`; other keys are passed over.
A body is Markdown, or HTML when it begins and ends with a tag. One line is in memory at a time.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge_base.importing.clean import clean
from knowledge_base.importing.hypertext import to_markdown
from knowledge_base.importing.incoming import (
    CannotImport,
    Fault,
    Found,
    Incoming,
    address_of,
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

_HTML = re.compile(r"\s*<(?:!doctype|html|body|div|p|h[1-6]|table|ul|ol|section|article|span)\b[^<>]*>", re.IGNORECASE)
_SAMPLE = '{"id": "vpn-1", "title": "VPN does not connect", "body": "1. …"}'


def read(source: Path, language: str) -> Found:
    """Every row of the file, or of every *.jsonl file in the folder."""
    files = files_in(source, ".jsonl", ".ndjson")
    if not files:
        raise CannotImport(f"{source}: no *.jsonl file in this folder; add one with rows such as {_SAMPLE}")
    for file in files:
        if _is_utf16(file):
            what = "it is UTF-16, as PowerShell writes it; save it as UTF-8"
            yield Fault(file.name, what, unread=True)
            continue
        for number, line in _lines(file):
            yield _row(f"{file.name}, line {number}", line, language)


def _is_utf16(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield number, line


def _row(where: str, line: bytes, language: str) -> Incoming | Fault:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        return Fault(
            where, f"it is not UTF-8 (byte {fault.start + 1} of the line); save the file as UTF-8", unread=True
        )
    except (ValueError, RecursionError):
        return Fault(where, f"it is not JSON; each line holds one object, such as {_SAMPLE}", unread=True)
    if not isinstance(row, dict):
        return Fault(where, f"it is not an object; write it as {_SAMPLE}")
    return _article(where, row, language_of(row.get("language") or row.get("lang"), language))


def _article(where: str, row: Mapping[str, Any], language: str) -> Incoming | Fault:
    missing = [key for key in ("id", "title", "body") if row.get(key) in (None, "")]
    name = id_of(row.get("id"))
    keeps = name or None
    if missing:
        return Fault(where, f'"{missing[0]}" is missing; add it', keeps)
    body = row["body"]
    if not isinstance(body, str):
        return Fault(where, '"body" is not a text; put it in quotes', keeps)
    if length := too_long(body):
        return Fault(where, length, keeps)
    url = address_of(row.get("url"))
    return checked(
        Incoming(
            where=where,
            id=name,
            title=title_of(row["title"]),
            body=to_markdown(body, url) if _is_html(body) else clean(body, url),
            language=language,
            category=one_line(row.get("category"), 100),
            description=one_line(row.get("description")),
            keywords=words_in(row.get("keywords")),
            url=url,
            modified=day_of(row.get("modified") or row.get("date")),
        )
    )


def _is_html(body: str) -> bool:
    """Markdown may begin with a tag, too, such as a centred picture; it hardly ends with one."""
    return bool(_HTML.match(body)) and body.rstrip().endswith(">")
