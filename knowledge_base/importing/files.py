"""The folder of imported articles: one Markdown file each, whole at every moment.

A file says itself which article it is (`id`, `language`), where it comes from (`source`) and what it looked like when
it was written (`imported`, a fingerprint of everything else). So a repeated import knows what changed in the source and
what a person changed here, and needs no list beside the files. Knows no format.
"""

import hashlib
import itertools
import json
import os
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge_base.imported import MARK, RETIRED
from knowledge_base.importing.front_matter import FRONT, BadFrontMatter, split
from knowledge_base.importing.incoming import Incoming, one_line

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
    """What is in the folder: the articles, files that could not be understood, and the names in use.

    `damaged` says which articles those files are, as far as one can tell: they are not to be written a second time.
    `numbers` says for a name that is in use from where on to look for a free number.
    """

    known: dict[Key, Known]
    faults: tuple[str, ...]
    names: set[str]
    damaged: dict[Key, Path] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


def look(folder: Path) -> Shelf:
    """Reads the folder, and removes what an import that was killed left half-written."""
    known: dict[Key, Known] = {}
    damaged: dict[Key, Path] = {}
    faults, names = [], set()
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".") and path.name.endswith(f".md{PART}") and path.is_file():
            path.unlink(missing_ok=True)
            continue
        if not _is_empty(path):  # a file without a word, such as a power cut can leave, is written anew
            names.add(path.name.casefold())
        if path.suffix == ".md" and path.is_file():
            try:
                _note(known, path)
            except (OSError, UnicodeDecodeError, BadFrontMatter) as fault:
                faults.append(f"{path}: {fault}; mend it, or delete it and import again")
                damaged |= dict.fromkeys(_told_by(path), path)
    return Shelf(known, tuple(faults), names, {key: damaged[key] for key in damaged.keys() - known.keys()})


def _is_empty(path: Path) -> bool:
    return path.suffix == ".md" and path.is_file() and not path.stat().st_size


def _note(known: dict[Key, Known], path: Path) -> None:
    text = path.read_text("utf-8-sig")  # some editors put a mark before the text
    values, _ = split(text)
    if MARK not in values:
        return  # somebody's own file
    key = (one_line(values.get("id")), one_line(values.get("language")))
    if not all(key):
        raise BadFrontMatter('"id" or "language" is gone')
    known.setdefault(
        key,
        Known(
            path=path,
            title=one_line(values.get("title")),
            source=one_line(values.get("source")),
            written=one_line(values.get(MARK)),
            now=fingerprint(text),
            retired=bool(values.get(RETIRED)),
        ),
    )


_ID = re.compile(r'^id: (".*")$', re.MULTILINE)
_LANGUAGE = re.compile(r'^language: (".*")$', re.MULTILINE)


def _told_by(damaged: Path) -> set[Key]:
    """Which article it is, where its lines still say so."""
    try:
        text = damaged.read_bytes().decode("utf-8", "replace")
        found = [json.loads(each[1]) for each in (_ID.search(text), _LANGUAGE.search(text)) if each]
    except (OSError, ValueError):
        return set()
    return {(found[0], found[1])} if len(found) == 2 else set()


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
    """The file is the old one or the new one at every moment, also when the import is killed or the power fails."""
    part = path.with_name(f".{path.name}{PART}")
    with part.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())  # or the name could be on the disk before the text is
    os.replace(part, path)


def free_name(article: Incoming, shelf: Shelf) -> str:
    """A file name that is taken from now on, readable, and good on every system whatever the title or the id is."""
    stem = _slug(article.title) or _slug(article.id) or "article"
    if stem in _DEVICES:
        stem += "-article"
    ending = "" if article.language == "en" else f".{article.language}"
    name = f"{stem}{ending}.md"
    if name in shelf.names:
        for number in itertools.count(shelf.numbers.get(name, 2)):
            if (numbered := f"{stem}-{number}{ending}.md") not in shelf.names:
                shelf.numbers[name] = number + 1
                name = numbered
                break
    shelf.names.add(name)
    return name


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rpartition("-")[0] or words[:LONGEST_NAME]
