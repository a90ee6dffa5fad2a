"""What the commands share: options, exit codes, one clear sentence for a fault, lines in and lines out."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.desk.advice import Advisor
    from bot.settings import Settings
    from classifier import Model
    from knowledge_base.articles import Article, Survey
    from knowledge_base.search import Library
    from knowledge_base.worth import Votes


class Exit(IntEnum):
    """What the exit code says; 2 (wrong usage) comes from typer."""

    DONE = 0
    FAILED = 1
    GATE = 3
    CONFIGURATION = 4


Home = Annotated[Path | None, typer.Option("--home", help="Folder for database, models and logs (TRIAGE_HOME).")]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="A model's folder instead of the one in use.")]
Jsonl = Annotated[
    bool, typer.Option("--jsonl", help="Read one JSON object a line from standard input, write one each.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """One clear sentence instead of a traceback, for everything that an operator can mend."""
    try:
        yield
    except Exception as fault:
        code = _exit_for(fault)
        if code is None:
            raise
        note(str(fault))
        raise typer.Exit(code) from fault


def _exit_for(fault: Exception) -> Exit | None:
    """None for what no operator can mend. Looked up only when something went wrong: the faults of training would bring
    all of training with them."""
    from bot.models import NoModel
    from bot.obstacles import CannotStart, MissingRooms
    from bot.settings import BadConfiguration
    from classifier import BadExamples, TooFewExamples, UnusableModel
    from classifier.elsewhere import NoSkops
    from knowledge_base.articles import BadArticles

    if isinstance(fault, BadConfiguration | MissingRooms):
        return Exit.CONFIGURATION
    known = BadArticles | BadExamples | CannotStart | NoModel | NoSkops | TooFewExamples | UnusableModel | OSError
    return Exit.FAILED if isinstance(fault, known) else None


def settings_of(**flags: Any) -> Settings:
    from bot.settings import load_settings

    return load_settings(**flags)


def advisor_of(settings: Settings, model: Path | None = None) -> Advisor:
    """What the desk would do with one text: the model that is given, or the one in use, or none."""
    from bot.advising import build_advisor, build_library
    from bot.desk.unaided import unaided
    from bot.deskdata import load_desk_data
    from bot.models import load_model
    from knowledge_base.worth import worth

    data = load_desk_data(settings.config_folder)
    library = build_library(data, settings.saved_libraries, settings.articles)
    found = load_model(model) if model else begin_model(settings)
    judges = (found.predict, found.explain) if found else (unaided(library), None)
    earned = worth(votes_of(settings, library.articles))
    return replace(build_advisor(data, library, *judges), worth=lambda: earned)


def begin_model(settings: Settings) -> Model | None:
    """The model that the desk would begin with; the first time, one is learned from the bundled examples."""
    from bot.models import begin

    beginning = begin(settings.models, note=note, progress=progress)
    for trouble in beginning.troubles:
        note(f"Warning: {trouble}")
    return beginning.model


def survey_of(settings: Settings, folder: Path | None) -> Survey:
    """The articles in a folder or file, or else those that the desk has, and what is wrong with the others."""
    from bot.advising import survey_all
    from bot.deskdata import load_desk_data
    from knowledge_base.imported import survey_any

    data = load_desk_data(settings.config_folder)
    return survey_any(folder, data.categories) if folder else survey_all(data, settings.articles)


def library_of(settings: Settings, folder: Path | None) -> Library:
    """The same, ready to be searched; what is left out is told."""
    from bot.advising import build_library
    from bot.deskdata import load_desk_data
    from knowledge_base.imported import survey_any
    from knowledge_base.saved import fingerprint_of, open_library

    data = load_desk_data(settings.config_folder)
    if folder is None:
        return build_library(data, settings.saved_libraries, settings.articles)
    fingerprint = fingerprint_of([folder], data.categories)
    opened = open_library(settings.saved_libraries, fingerprint, lambda: survey_any(folder, data.categories))
    for fault in opened.faults:
        note(f"left out: {fault}")
    if opened.unsaved:
        note(f"not saved for the next search: {settings.saved_libraries} ({opened.unsaved})")
    return opened.library


@contextmanager
def database_of(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The desk's database, to read. Raises CannotStart when there is none yet, or when it cannot be read."""
    from bot.obstacles import CannotStart, database_in_words
    from bot.reports.reading import read_only

    if not settings.database.exists():
        raise CannotStart(f"There is no database in {settings.home} yet; run `triage serve`, or name it with --home")
    with database_in_words(settings.database), read_only(settings.database) as conn:
        yield conn


def votes_of(settings: Settings, articles: Iterable[Article] = ()) -> dict[str, Votes]:
    """What people said about articles; nothing where no desk has run. Of `articles`, only what was said since their
    last review."""
    if not settings.database.exists():
        return {}
    from bot.reports.verdicts import count_votes, since_review

    with database_of(settings) as conn:
        return count_votes(conn, since_review(articles))


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """One line out for each line in, in order. A line that cannot be read is named, and the next one goes on."""
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
            if not isinstance(row, dict):
                raise ValueError("it is not an object")
            typer.echo(as_line(answer(row)))
        except (ValueError, KeyError, RecursionError) as fault:
            failed = True
            note(f"standard input, line {number}: {_reason(fault)}; give one JSON object a line")
    if failed:
        raise typer.Exit(Exit.FAILED)


def text_of(row: dict[str, Any], name: str) -> str:
    """The field, if it is text, without half letters that nothing could write again."""
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"{name!r} is not text")
    return value.encode("utf-8", "replace").decode("utf-8")


def as_line(row: object) -> str:
    """JSON in people's own letters; half a letter in an id, which cannot be written as such, stays escaped."""
    line = json.dumps(row, ensure_ascii=False, allow_nan=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(row)
    return line


def _reason(fault: Exception) -> str:
    match fault:
        case KeyError():
            return f"there is no {fault}"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(fault)


def note(text: str) -> None:
    typer.echo(text, err=True)


def progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {done}/{total} {what:<30}", err=True, nl=done == total)
