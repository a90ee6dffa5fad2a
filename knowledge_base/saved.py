"""A library kept on disk after it was built, and opened again at once: arrays and JSON, no code, no pickle.

A save is a folder that bears the fingerprint of everything the library was made of, so a save of other articles, other
messages or another version of this package is never opened. What is damaged is built and saved again. Knows where a
library lies and whether it is whole, not how it is read or searched.
"""

import hashlib
import json
import mmap
import os
import re
import shutil
import sys
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, overload

import numpy as np
import numpy.typing as npt

from knowledge_base.articles import Article, Survey
from knowledge_base.asked import Asked
from knowledge_base.index import Index, Postings
from knowledge_base.search import Library, Parts

PACKAGE = Path(__file__).parent
FORMAT = 1
KEPT = 4  # saves, the latest used: of the desk's own articles, and of folders that somebody searches
LEFT_BEHIND = 60 * 60  # seconds after which an unfinished save belongs to a process that died
READ_AT_ONCE = 1 << 20
KEPT_IN_MEMORY = 512  # articles that were read last

MANIFEST, ARTICLES, VOCABULARY, TABLES = "manifest.json", "articles.jsonl", "vocabulary.json", "tables.json"
ARRAYS = ("pairs", "starts", "documents", "adds")
_SAVE = re.compile("[0-9a-f]{32}")
_UNFINISHED = "unfinished-"
_READ = (".md", ".jsonl")

Versions = Mapping[str, Article]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Opened:
    """A library, one sentence for every article that was left out, and why it could not be saved where that failed."""

    library: Library
    faults: tuple[str, ...] = ()
    unsaved: str = ""


def open_library(
    folder: Path, fingerprint: str, survey: Callable[[], Survey], asked: Callable[[], Asked] = dict
) -> Opened:
    """The library of this fingerprint: from its save in `folder`, or built and saved for the next time.

    Take the fingerprint first: then articles that change while they are read make the save useless, not wrong.
    """
    save = folder / fingerprint
    if saved := _read(save):
        with suppress(OSError):
            os.utime(save)
        return saved
    surveyed = survey()
    built = Library(surveyed.articles, asked())
    try:
        _keep(save, built.parts, surveyed.faults)
    except OSError as fault:
        return Opened(built, surveyed.faults, fault.strerror or str(fault))
    return Opened(built, surveyed.faults)


def fingerprint_of(sources: Iterable[Path], categories: Collection[str] | None = None, package: Path = PACKAGE) -> str:
    """Of everything that a library is made of: article files and message files under `sources`, by name, size and time,
    the categories that exist, and what this package consists of.

    A source that is not there counts as such. The time at which a file's entry changed is in it too: unlike the time of
    its text, no copying sets it back.
    """
    digest = hashlib.blake2b(digest_size=16)
    known = None if categories is None else sorted(categories)
    digest.update(f"{FORMAT} {sys.version} {unicodedata.unidata_version} {known}\n".encode())
    for path in _package(package):
        digest.update(path.read_bytes())
    for source in sources:
        digest.update(f"{source.absolute()}\n".encode("utf-8", "surrogateescape"))
        for name, stat in sorted(_files(str(source))):
            line = f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _package(folder: Path) -> list[Path]:
    """Code, word lists and weights; they are few, so what they say counts and not when they were written."""
    return sorted([*folder.glob("*.py"), *folder.glob("*.toml"), *folder.glob("importing/*.py")])


def _files(place: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file that may be read, a folder's or the file itself; nothing where there is none."""
    try:
        entries = list(os.scandir(place))
    except NotADirectoryError:
        yield place, os.stat(place)
        return
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.name.endswith(_READ):
            with suppress(OSError):  # a link to nowhere
                yield entry.path, entry.stat()


def _read(save: Path) -> Opened | None:
    """What is in the save; None where there is none, or not a whole one."""
    try:
        manifest = json.loads((save / MANIFEST).read_bytes())
        if manifest["fingerprint"] != save.name:
            return None
        if any(_checked(save / name) != tuple(check) for name, check in manifest["files"].items()):
            return None
        return _opened(save)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _opened(save: Path) -> Opened:
    tables = json.loads((save / TABLES).read_bytes())
    vocabulary = json.loads((save / VOCABULARY).read_bytes())
    faults = tuple(tables.pop("faults"))
    index = Index(vocabulary, len(tables["ids"]), Postings(**{name: _mapped(save / f"{name}.npy") for name in ARRAYS}))
    documents = Shelf(save / ARTICLES, _mapped(save / "lines.npy"))
    return Opened(Library.of(Parts(documents=documents, index=index, **tables)), faults)


def _keep(save: Path, parts: Parts, faults: Sequence[str]) -> None:
    """Writes a save beside where it belongs and moves it there whole. Raises OSError; then nothing is left."""
    save.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=save.parent))
    try:
        _write(making, parts, faults)
        checks = {path.name: _checked(path) for path in making.iterdir()}
        _write_text(making / MANIFEST, [json.dumps({"fingerprint": save.name, "files": checks})])
        _move(making, save)
        _tidy(save.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write(folder: Path, parts: Parts, faults: Sequence[str]) -> None:
    for name in ARRAYS:
        _write_array(folder / f"{name}.npy", getattr(parts.index.postings, name))
    lengths = _write_text(folder / ARTICLES, map(_line, parts.documents))
    _write_array(folder / "lines.npy", np.cumsum([0, *lengths]))
    _write_text(folder / VOCABULARY, [json.dumps(list(parts.index.vocabulary))])
    names = ("ids", "categories", "solvers", "mentions", "phrases", "odd_codes")
    _write_text(folder / TABLES, [json.dumps({name: getattr(parts, name) for name in names} | {"faults": faults})])


def _write_array(path: Path, array: Array) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        _settle(file)


def _write_text(path: Path, lines: Iterable[str]) -> list[int]:
    """Writes them one after the other; the length of each."""
    with path.open("w", encoding="ascii", newline="") as file:  # JSON escapes all other letters
        lengths = [file.write(line) for line in lines]
        _settle(file)
    return lengths


def _settle(file: IO[Any]) -> None:
    """To the disk before the save gets its name: a power cut must not leave a named save of zeros."""
    file.flush()
    os.fsync(file.fileno())


def _move(made: Path, save: Path) -> None:
    """Gives a finished save its name. Where another process was first, its save is as good."""
    damaged = made.with_name(f"{made.name}-damaged")
    with suppress(FileNotFoundError):
        os.replace(save, damaged)  # whoever has it open keeps what they have
    try:
        os.replace(made, save)
    except OSError:
        if not save.exists():
            raise
    shutil.rmtree(damaged, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Leaves the saves that were used last, and what somebody may be writing now."""
    with suppress(OSError):
        used = {path: path.stat().st_mtime for path in folder.iterdir()}
        saves = sorted((path for path in used if _SAVE.fullmatch(path.name)), key=lambda path: -used[path])
        old = time.time() - LEFT_BEHIND
        dead = [path for path in used if path.name.startswith(_UNFINISHED) and used[path] < old]
        for path in (*saves[KEPT:], *dead):
            shutil.rmtree(path, ignore_errors=True)


def _checked(path: Path) -> tuple[int, int]:
    """Size and checksum (CRC-32) of a file: it is there to notice damage, not malice."""
    size = check = 0
    with path.open("rb", buffering=0) as file:
        while part := file.read(READ_AT_ONCE):
            size += len(part)
            check = zlib.crc32(part, check)
    return size, check


def _mapped(path: Path) -> Array:
    """An array that is read from the disk where it is looked at; a small one (it may be empty) at once."""
    small = path.stat().st_size < mmap.PAGESIZE
    array: Array = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    return array.view(np.ndarray)


class Shelf(Sequence[Versions]):
    """The articles of a save by their places, each with its versions; one is read when it is asked for."""

    def __init__(self, path: Path, lines: npt.NDArray[np.int64]) -> None:
        self._lines = lines
        with path.open("rb") as file:
            self._text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if len(lines) > 1 else b""
        self._document = lru_cache(KEPT_IN_MEMORY)(self._from_line)

    def __len__(self) -> int:
        return len(self._lines) - 1

    @overload
    def __getitem__(self, place: int) -> Versions: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Versions]: ...

    def __getitem__(self, place: int | slice) -> Versions | Sequence[Versions]:
        if isinstance(place, slice):
            return [self._document(each) for each in range(len(self))[place]]
        return self._document(range(len(self))[place])

    def __iter__(self) -> Iterator[Versions]:
        """All of them in order, none kept: they may be more than fit."""
        return map(self._from_line, range(len(self)))

    def _from_line(self, place: int) -> Versions:
        rows = json.loads(self._text[self._lines.item(place) : self._lines.item(place + 1)])
        return {row["language"]: _article(row) for row in rows}


def _line(versions: Versions) -> str:
    rows = [vars(each) | {"reviewed": each.reviewed.isoformat(), "path": str(each.path)} for each in versions.values()]
    return json.dumps(rows) + "\n"


def _article(row: Mapping[str, Any]) -> Article:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    values |= {"reviewed": date.fromisoformat(row["reviewed"]), "path": Path(row["path"])}
    return Article(**values)
