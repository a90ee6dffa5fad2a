"""`triage …`: parse, one call, print. Data goes to standard output, talk to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.desk import Advisor
    from bot.settings import Settings


class Exit(IntEnum):
    """What the exit code says; 2 (wrong usage) comes from typer."""

    DONE = 0
    FAILED = 1
    GATE = 3
    CONFIGURATION = 4


app = typer.Typer(
    help="The help desk for Office 365 and Windows in Slack: it answers what it knows and hands the rest to people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
kb = typer.Typer(help="Articles: search them.", no_args_is_help=True)
config = typer.Typer(help="What the desk is configured to do.", no_args_is_help=True)
app.add_typer(kb, name="kb")
app.add_typer(config, name="config")

Home = Annotated[Path | None, typer.Option("--home", help="Folder for database, models and logs (TRIAGE_HOME).")]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="A model's folder instead of the one in use.")]
Jsonl = Annotated[
    bool, typer.Option("--jsonl", help="Read one JSON object a line from standard input, write one each.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=COLUMN",
        help="Which column of an export is the text, the category and so on; + joins several. Give it once for each.",
    ),
]


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the conversation and exit.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8765,
    home: Home = None,
) -> None:
    """Start a local workspace with the desk in it, play a short conversation, and go on serving."""
    from bot.demo import play

    with _plain_errors():
        play(_settings(home=home), port=port, once=once, say=typer.echo, note=_note)


@app.command()
def serve(home: Home = None) -> None:
    """Connect to Slack and run the desk until it is stopped."""
    from bot.serving import run

    with _plain_errors():
        settings = _settings(home=home)
        run(settings, _advisor(settings), note=_note)


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="What somebody writes to the desk.")] = None,
    jsonl: Jsonl = False,
    as_json: AsJson = False,
    model: ModelFolder = None,
    home: Home = None,
) -> None:
    """Print what the desk would do with a text; changes nothing."""
    from bot.asking import in_words, row_for

    if jsonl == (text is not None):
        raise typer.BadParameter("give a TEXT, or --jsonl and requests on standard input")
    with _plain_errors():
        advisor = _advisor(_settings(home=home), model)
        if jsonl:
            _answer_lines(lambda row: row_for(advisor, row["id"], _text(row, "text")))
        else:
            row = row_for(advisor, None, text or "")
            typer.echo(json.dumps(row, ensure_ascii=False) if as_json else in_words(row))


@kb.command("search")
def kb_search(
    query: Annotated[str | None, typer.Argument(help="Words to look for.")] = None,
    jsonl: Jsonl = False,
    as_json: AsJson = False,
    folder: Annotated[
        Path | None, typer.Option("--kb", help="A folder of articles instead of the bundled ones.")
    ] = None,
    home: Home = None,
) -> None:
    """Find articles."""
    from bot.asking import hits_for, hits_in_words

    if jsonl == (query is not None):
        raise typer.BadParameter("give a QUERY, or --jsonl and queries on standard input")
    with _plain_errors():
        library = _library(_settings(home=home), folder)
        if jsonl:
            _answer_lines(lambda row: hits_for(library, row["id"], _text(row, "query")))
        else:
            found = hits_for(library, None, query or "")
            typer.echo(json.dumps(found, ensure_ascii=False) if as_json else hits_in_words(found))


@app.command()
def train(
    examples: Annotated[
        Path | None, typer.Option(help="JSONL or CSV file, or folder; the bundled examples by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the model; by default it becomes the one in use.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The one seed of everything random.")] = 0,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave faulty rows out instead of stopping.")] = False,
    column: Columns = None,
    oos: Annotated[str, typer.Option(help="The label of rows that are out of scope.")] = "other",
    home: Home = None,
) -> None:
    """Learn a model from labelled examples."""
    from bot import models
    from bot.settings import writable
    from classifier import read_examples
    from classifier import train as learn

    columns = _columns(column or [])
    with _plain_errors():
        in_use = _settings(home=home).models
        if out is None:
            writable(in_use)  # before a minute of learning, not after it
        rows = read_examples(examples or models.bundled_examples(), skip_bad=skip_bad, columns=columns)
        _note(f"Learning from {len(rows):,} examples …")
        model = learn(rows, seed=seed, out_of_scope=(oos,), progress=_progress, now=datetime.now(UTC))
        folder = out or in_use / model.version
        model.save(folder)
        if out is None:
            models.use(in_use, model.version)
        typer.echo(str(folder))


@app.command()
def evaluate(
    examples: Annotated[Path, typer.Option(help="JSONL or CSV file, or folder, to measure against.")],
    model: ModelFolder = None,
    as_json: AsJson = False,
    oos: Annotated[str, typer.Option(help="The label of rows that are out of scope.")] = "other",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave faulty rows out instead of stopping.")] = False,
    column: Columns = None,
    home: Home = None,
) -> None:
    """Measure a model against labelled examples."""
    from bot import models
    from bot.asking import figures_in_words
    from classifier import evaluate as measure
    from classifier import read_examples

    columns = _columns(column or [])
    with _plain_errors():
        loaded = models.load_model(model or _ensure_model(_settings(home=home)))
        rows = read_examples(examples, skip_bad=skip_bad, columns=columns)
        figures = measure(loaded, rows, out_of_scope=oos).as_json()
        typer.echo(json.dumps(figures, ensure_ascii=False) if as_json else figures_in_words(figures))


@app.command()
def doctor(as_json: AsJson = False, home: Home = None) -> None:
    """Check configuration, model, articles, database and Slack; say what is wrong and what to do."""
    from bot.doctor import examine

    with _plain_errors():
        findings = examine(_settings(home=home))
    if as_json:
        typer.echo(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(finding.in_words())
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(Exit.CONFIGURATION)


@config.command("show")
def config_show(as_json: AsJson = False, home: Home = None) -> None:
    """Print every setting; tokens stay hidden."""
    with _plain_errors():
        values = _settings(home=home).model_dump(mode="json")
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
    else:
        for name, value in values.items():
            typer.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")


def main() -> None:
    """The entry point of `triage`."""
    from bot.logs import configure

    configure()
    app(prog_name="triage")


# -- what the commands share ------------------------------------------------------------------------------------------


@contextmanager
def _plain_errors() -> Iterator[None]:
    """One clear sentence instead of a traceback, for everything that an operator can mend."""
    from bot.app import CannotStart
    from bot.models import NoModel
    from bot.settings import BadConfiguration
    from bot.slack.rooms import MissingRooms
    from classifier import BadExamples, TooFewExamples, UnusableModel
    from knowledge_base.articles import BadArticles

    try:
        yield
    except (BadConfiguration, MissingRooms) as fault:
        _note(str(fault))
        raise typer.Exit(Exit.CONFIGURATION) from fault
    except (BadArticles, BadExamples, CannotStart, NoModel, TooFewExamples, UnusableModel, OSError) as fault:
        _note(str(fault))
        raise typer.Exit(Exit.FAILED) from fault


def _settings(**flags: Any) -> Settings:
    from bot.settings import load_settings

    return load_settings(**flags)


def _advisor(settings: Settings, model: Path | None = None) -> Advisor:
    from bot.app import build_advisor
    from bot.models import load_model
    from bot.settings import load_desk_data

    data = load_desk_data(settings.config_folder)
    return build_advisor(data, load_model(model or _ensure_model(settings)).predict)


def _ensure_model(settings: Settings) -> Path:
    """The model in use; the first time, one is learned from the bundled examples."""
    from bot.models import current_model, train_first_model

    folder = current_model(settings.models)
    if folder is None:
        _note("Learning the first model from the bundled examples (once) …")
        folder = train_first_model(settings.models, _progress)
    return folder


def _columns(given: list[str]) -> dict[str, str]:
    """What --column says: the columns that make up each field."""
    from classifier.columns import FIELDS

    columns: dict[str, str] = {}
    for pair in given:
        name, _, column = (part.strip() for part in pair.partition("="))
        if name not in FIELDS or not column.strip("+ "):
            raise typer.BadParameter(
                f"{pair!r} is not NAME=COLUMN, such as text=subject+description; NAME is one of {', '.join(FIELDS)}",
                param_hint="--column",
            )
        if name in columns:
            raise typer.BadParameter(f"{name!r} is given twice; join its columns with +", param_hint="--column")
        columns[name] = column
    return columns


def _library(settings: Settings, folder: Path | None) -> Any:
    from bot.app import build_library
    from bot.settings import load_desk_data
    from knowledge_base.articles import read_articles
    from knowledge_base.search import Library

    data = load_desk_data(settings.config_folder)
    return Library(read_articles(folder, data.categories)) if folder else build_library(data)


def _answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """One line out for each line in, in order. A line that cannot be read is named, and the next one goes on."""
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
            if not isinstance(row, dict):
                raise ValueError("it is not an object")
            typer.echo(_as_line(answer(row)))
        except (ValueError, KeyError, RecursionError) as fault:
            failed = True
            _note(f"standard input, line {number}: {_reason(fault)}; give one JSON object a line")
    if failed:
        raise typer.Exit(Exit.FAILED)


def _text(row: dict[str, Any], name: str) -> str:
    """The field, if it is text, without half letters that nothing could write again."""
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"{name!r} is not text")
    return value.encode("utf-8", "replace").decode("utf-8")


def _as_line(row: dict[str, Any]) -> str:
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


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {done}/{total} {what:<30}", err=True, nl=done == total)
