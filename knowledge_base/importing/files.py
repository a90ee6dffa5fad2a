"""The folder of imported articles: one Markdown file each, whole at every moment.

A file says itself which article it is (`id`, `language`), where it comes from (`source`) and what it looked like when
it was written (`imported`, a fingerprint of everything else). So a repeated import knows what changed in the source and
what a person changed here, and needs no list beside the files. Knows no format.
"""

import hashlib
import json
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge_base.imported import MARK, RETIRED
from knowledge_base.importing.front_matter import FRONT, BadFrontMatter, split
from knowledge_base.importing.incoming import Incoming

PART = ".part"  # what a file is called until it is whole
LONGEST_NAME = 60
# Windows opens a device where a file has one of these names, whatever its ending.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))
_OWN_LINES = re.compile(rf"^(?:{MARK}|{RETIRED}):.*\n", re.MULTILINE)

Key = tuple[str, str]  # id and language


@dataclass(frozen=True)
class Known:
    """An imported article as it lies in the folder; `written` is its fingerprint at the import, `now` that of today."""

    path: Path
    title: str
    source: str
    written: str
    now: str
    retired: bool

    @property
    def edited(self) -> bool:
        return self.now != self.written


@dataclass(frozen=True)
class Shelf:
    """What is in the folder: the articles, files that could not be understood, and the names in use."""

    known: dict[Key, Known]
    faults: tuple[str, ...]
    names: set[str]


def look(folder: Path) -> Shelf:
    """Reads the folder, and removes what an import that was killed left half-written."""
    known: dict[Key, Known] = {}
    faults, names = [], set()
    for path in sorted(folder.rglob("*")):
        names.add(path.name.casefold())
        if path.name.startswith(".") and path.name.endswith(PART):
            path.unlink(missing_ok=True)
        elif path.suffix == ".md" and path.is_file():
            try:
                _note(known, path)
            except (OSError, UnicodeDecodeError, BadFrontMatter) as fault:
                faults.append(f"{path}: {fault}; mend it, or delete it and import again")
    return Shelf(known, tuple(faults), names)


def _note(known: dict[Key, Known], path: Path) -> None:
    text = path.read_text("utf-8")
    values, _ = split(text)
    if MARK not in values:
        return  # somebody's own file
    key = (str(values.get("id")), str(values.get("language")))
    known.setdefault(
        key,
        Known(
            path=path,
            title=str(values.get("title")),
            source=str(values.get("source")),
            written=str(values.get(MARK)),
            now=fingerprint(text),
            retired=bool(values.get(RETIRED)),
        ),
    )


def fingerprint(text: str) -> str:
    """Of the file without the lines that only an import writes."""
    front = FRONT.match(text)
    end = front.end() if front else 0
    own = _OWN_LINES.sub("", text[:end]) + text[end:]
    return "sha256-" + hashlib.sha256(own.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def values_of(article: Incoming) -> dict[str, object]:
    """The front matter of the article; what it does not have is left out."""
    values: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "language": article.language,
        "category": article.category,
        "description": article.description,
        "keywords": list(article.keywords),
        "topics": list(article.topics),
        "url": article.url,
        "modified": article.modified,
    }
    return {key: value for key, value in values.items() if value}


def as_file(article: Incoming, source: str) -> str:
    """The file's text, with its fingerprint in it."""
    values = {**values_of(article), "source": source}
    front = "".join(f"{key}: {_yaml(value)}\n" for key, value in values.items())
    body = f"---\n{article.body}\n"
    mark = fingerprint(f"---\n{front}{body}")
    return f"---\n{front}{MARK}: {json.dumps(mark)}\n{body}"


def _yaml(value: object) -> str:
    """JSON is YAML, too, and leaves nothing to guess; only days have no quotes."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def marked_retired(text: str, day: date) -> str:
    """The same file, with the line that takes it out of search."""
    return re.sub(rf"^({MARK}:.*\n)", rf"\1{RETIRED}: {day}\n", text, count=1, flags=re.MULTILINE)


def not_retired(text: str) -> str:
    front = FRONT.match(text)
    end = front.end() if front else 0
    return re.sub(rf"^{RETIRED}:.*\n", "", text[:end], flags=re.MULTILINE) + text[end:]


def write(path: Path, text: str) -> None:
    """The file is the old one or the new one at every moment, also when the import is killed."""
    part = path.with_name(f".{path.name}{PART}")
    part.write_bytes(text.encode("utf-8"))
    os.replace(part, path)


def name_for(article: Incoming, names: set[str]) -> str:
    """A file name that is not in `names`, readable, and good on every system whatever the title or the id is."""
    stem = _slug(article.title) or _slug(article.id) or "article"
    if stem in _DEVICES:
        stem += "-article"
    ending = "" if article.language == "en" else f".{article.language}"
    number, name = 1, f"{stem}{ending}.md"
    while name in names:
        number += 1
        name = f"{stem}-{number}{ending}.md"
    return name


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rpartition("-")[0] or words[:LONGEST_NAME]
