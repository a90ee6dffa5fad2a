"""One import from start to end: which format, what is new, what changed, what is gone.

An article that is gone from the source is marked as retired, never deleted; one that a person changed is overwritten
only when asked to. Killed at any moment it leaves whole files, and the next run does the rest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge_base.importing import confluence, docs, jsonl, servicenow, zendesk
from knowledge_base.importing.files import Key, Shelf, as_file, free_name, look, marked_retired, not_retired, write
from knowledge_base.importing.incoming import CannotImport, Fault, Found, Incoming, Remark, language_of

FORMATS: dict[str, Callable[[Path, str], Found]] = {
    "jsonl": jsonl.read,
    "markdown": docs.read,
    "zendesk": zendesk.read,
    "servicenow": servicenow.read,
    "confluence": confluence.read,
}
# More than half of many articles gone at once is more often half an export than a clear-out.
MANY, TOO_MUCH_OF_THEM = 20, 0.5

_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "zendesk",
    ".csv": "servicenow",
    ".html": "confluence",
    ".md": "markdown",
}
_PAGES = ("markdown", "confluence")  # one file is one article
_ARCHIVES = frozenset((".zip", ".gz", ".tgz", ".tar", ".7z", ".rar"))


class Unclear(CannotImport):
    """The format cannot be told from the path."""


@dataclass
class Source:
    """The articles of one export, read once; what is left out and what is to be said gathers on the way."""

    found: Found
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    partial: bool = False

    def articles(self) -> Iterator[Incoming]:
        for each in self.found:
            match each:
                case Incoming():
                    yield each
                case Fault():
                    self.faults.append(each)
                case Remark(text, partial):
                    self.remarks.append(text)
                    self.partial |= partial


@dataclass
class Outcome:
    """What an import did, in numbers, and one sentence for everything that wants attention."""

    new: int = 0
    changed: int = 0
    same: int = 0
    retired: int = 0
    kept: int = 0
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def imported(self) -> int:
        return self.new + self.changed + self.same + self.kept

    def as_json(self) -> dict[str, object]:
        counts = ("new", "changed", "same", "retired", "kept")
        return {
            **{name: getattr(self, name) for name in counts},
            "left_out": len(self.faults),
            "faults": self.faults,
            "remarks": self.remarks,
        }

    def in_words(self) -> str:
        told = f"{self.new:,} new, {self.changed:,} changed, {self.same:,} as they were, {self.retired:,} retired"
        edited = f", {self.kept:,} edited by hand and kept" if self.kept else ""
        return f"{told}{edited}, {len(self.faults):,} left out"


def guessed(path: Path) -> str:
    """The format, by the file's ending or by what is in the folder. Raises Unclear."""
    refuse_archive(path)
    if path.is_file():
        endings = {path.suffix.lower()}
    elif (path / "index.html").is_file():
        endings = {".html"}
    else:
        endings = {each.suffix.lower() for each in path.rglob("*") if each.suffix.lower() in _ENDINGS}
    formats = {_ENDINGS[ending] for ending in endings if ending in _ENDINGS}
    if len(formats) != 1:
        raise Unclear(f"{path}: what it holds is not clear; say it with --format {'|'.join(FORMATS)}")
    return formats.pop()


def refuse_archive(path: Path) -> None:
    if path.suffix.lower() in _ARCHIVES:
        raise Unclear(f"{path} is an archive; unpack it first, and give the folder")


def source_of(path: Path, kind: str, language: str = "en") -> Source:
    """`language` is that of articles that do not say theirs."""
    return Source(FORMATS[kind](path, language))


def import_articles(
    path: Path,
    kind: str,
    into: Path,
    *,
    language: str = "en",
    overwrite: bool = False,
    retire_many: bool = False,
    today: date | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Brings `into` up to date with the export at `path`. Raises CannotImport when nothing of it can be read."""
    if not language_of(language, ""):
        raise Unclear(f"{language!r} is no language; give its code, such as de or en")
    if into.resolve().is_relative_to(path.resolve()):
        raise Unclear(f"{into} lies inside {path}, so it would be imported, too; choose a folder beside it")
    with _folders_in_words(into):
        into.mkdir(parents=True, exist_ok=True)
        source, run = source_of(path, kind, language_of(language, "")), _Run(look(into), into, kind, overwrite)
        for done, article in enumerate(source.articles(), start=1):
            run.take(article)
            progress(done)
        alone = kind in _PAGES and path.is_file()  # says nothing about the others
        if run.outcome.imported and not source.partial and not alone:
            run.retire(source.faults, today or date.today(), many=retire_many)
    run.outcome.faults[:0] = [*run.shelf.faults, *map(str, source.faults)]
    run.outcome.remarks[:0] = source.remarks
    return run.outcome


@contextmanager
def _folders_in_words(into: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        where = f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror
        raise CannotImport(
            f"{where}; see that it can be read, that {into} can be written and that the disk has room"
        ) from fault


class _Run:
    """One import under way."""

    def __init__(self, shelf: Shelf, folder: Path, source: str, overwrite: bool) -> None:
        self.shelf = shelf
        self.outcome = Outcome()
        self._folder = folder
        self._source = source
        self._overwrite = overwrite
        self._seen: dict[Key, str] = {}

    def take(self, article: Incoming) -> None:
        key = (article.id, article.language)
        earlier = self.shelf.known.get(key)
        if key in self._seen:
            self._leave_out(article, f'id "{article.id}" is already used by {self._seen[key]}; give it another')
        elif earlier and earlier.source != self._source:
            taken = f'id "{article.id}" is already used by {earlier.path.name}, which came from {earlier.source}'
            self._leave_out(article, f"{taken}; import each source into a folder of its own")
        else:
            self._seen[key] = article.where
            self._put(key, article)

    def _leave_out(self, article: Incoming, why: str) -> None:
        self.outcome.faults.append(f"{article.where}: {why}")

    def _put(self, key: Key, article: Incoming) -> None:
        text = as_file(article, self._source)
        known = self.shelf.known.get(key)
        if damaged := self.shelf.damaged.get(key):
            self._put_over(damaged, text)
            return
        if known is None:
            write(self._folder / free_name(article, self.shelf), text)
            self.outcome.new += 1
            return
        source_changed = f'"{known.written}"' not in text.partition("\n---\n")[0]
        if known.edited and source_changed and not self._overwrite:
            self._keep(known.path, article, retired=known.retired)
        elif source_changed or (known.edited and self._overwrite):
            write(known.path, text)
            self.outcome.changed += 1
        elif known.retired:
            write(known.path, not_retired(known.path.read_text("utf-8-sig")))
            self.outcome.changed += 1
        else:
            self.outcome.same += 1

    def _put_over(self, damaged: Path, text: str) -> None:
        """What was edited until it could not be read is an edit, too."""
        if self._overwrite:
            write(damaged, text)
        self.outcome.changed += self._overwrite
        self.outcome.kept += not self._overwrite

    def _keep(self, path: Path, article: Incoming, *, retired: bool) -> None:
        if retired:
            write(path, not_retired(path.read_text("utf-8-sig")))
        self.outcome.kept += 1
        self.outcome.remarks.append(
            f"{path}: edited here and changed in the source ({article.where}); it was kept. "
            "Import with --overwrite to take the source's text"
        )

    def retire(self, faults: list[Fault], today: date, *, many: bool) -> None:
        """Marks what the source no longer has."""
        still_there = {fault.keeps for fault in faults if fault.keeps}
        ours = {key: each for key, each in self.shelf.known.items() if each.source == self._source and not each.retired}
        gone = [each for key, each in ours.items() if key not in self._seen and key[0] not in still_there]
        if gone and not many and (unread := [fault.where for fault in faults if fault.unread]):
            self.outcome.remarks.append(
                f"{len(gone):,} of {len(ours):,} articles were not found, but {unread[0]} could not be read and may "
                "hold them, so none was retired. Mend it, or import with --retire-many if they are really gone"
            )
            return
        if len(gone) > MANY and len(gone) > TOO_MUCH_OF_THEM * len(ours) and not many:
            self.outcome.remarks.append(
                f"{len(gone):,} of {len(ours):,} articles are not in this export. That may be half an export, so none "
                "was retired. Import with --retire-many if they are really gone"
            )
            return
        for each in gone:
            write(each.path, marked_retired(each.path.read_text("utf-8-sig"), today))
            self.outcome.remarks.append(f"{each.path}: retired, because the source no longer has it ({each.title})")
        self.outcome.retired = len(gone)
