"""`triage …`: parse, one call, print. Data goes to standard output, talk to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.desk import Advisor
    from bot.settings import Settings
    from classifier import Example, Model


class Exit(IntEnum):
    """What the exit code says; 2 (wrong usage) comes from typer."""

    DONE = 0
    FAILED = 1
    GATE = 3
    CONFIGURATION = 4


class ArticleFormat(StrEnum):
    """What `kb import` reads."""

    JSONL = "jsonl"
    MARKDOWN = "markdown"
    ZENDESK = "zendesk"
    SERVICENOW = "servicenow"
    CONFLUENCE = "confluence"


app = typer.Typer(
    help="The help desk for Office 365 and Windows in Slack: it answers what it knows and hands the rest to people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
kb = typer.Typer(help="Articles: search them, import your own.", no_args_is_help=True)
config = typer.Typer(help="What the desk is configured to do.", no_args_is_help=True)
models = typer.Typer(help="Models: list, show, promote, go back, exchange.", no_args_is_help=True)
app.add_typer(kb, name="kb")
app.add_typer(models, name="models")
app.add_typer(config, name="config")

Home = Annotated[Path | None, typer.Option("--home", help="Folder for database, models and logs (TRIAGE_HOME).")]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="A model's folder instead of the one in use.")]
Jsonl = Annotated[
    bool, typer.Option("--jsonl", help="Read one JSON object a line from standard input, write one each.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Version = Annotated[str, typer.Argument(help="A model's version, as `triage models list` shows it.")]
SkopsFile = Annotated[Path, typer.Argument(metavar="FILE.skops", help="One file that holds a model.", dir_okay=False)]
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
    from bot.app import following_advisor
    from bot.serving import run

    with _plain_errors():
        settings = _settings(home=home)
        run(settings, following_advisor(settings, note=_note, progress=_progress), note=_note)


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="What somebody writes to the desk.")] = None,
    jsonl: Jsonl = False,
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also why: telling words and the nearest examples.")
    ] = False,
    model: ModelFolder = None,
    home: Home = None,
) -> None:
    """Print what the desk would do with a text; changes nothing."""
    from bot.asking import explained, explanation_in_words, in_words, row_for

    if jsonl == (text is not None):
        raise typer.BadParameter("give a TEXT, or --jsonl and requests on standard input")
    with _plain_errors():
        advisor = _advisor(_settings(home=home), model)

        def answer(request: Any, words: str) -> dict[str, Any]:
            row = row_for(advisor, request, words)
            return row | {"why": explained(advisor, words)} if explain else row

        if jsonl:
            _answer_lines(lambda row: answer(row["id"], _text(row, "text")))
            return
        row = answer(None, text or "")
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(in_words(row) + ("\n" + explanation_in_words(row["why"]) if explain else ""))


@kb.command("search")
def kb_search(
    query: Annotated[str | None, typer.Argument(help="Words to look for.")] = None,
    jsonl: Jsonl = False,
    as_json: AsJson = False,
    folder: Annotated[
        Path | None, typer.Option("--kb", help="A folder or file of articles instead of the bundled ones.")
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


@kb.command("import")
def kb_import(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The export: a file, or an unpacked folder.", exists=True)
    ],
    into: Annotated[
        Path, typer.Option("--into", help="Folder for the articles; one for each source.", file_okay=False)
    ],
    form: Annotated[
        ArticleFormat | None, typer.Option("--format", help="What PATH is, where its name does not say it.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of articles that do not say theirs, such as de.")] = "en",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Take the source's text also where a file was edited here.")
    ] = False,
    retire_many: Annotated[
        bool, typer.Option("--retire-many", help="Retire what is gone also when that is more than half.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in your own articles from an export; again and again, as they change there."""
    from knowledge_base.importing.incoming import CannotImport
    from knowledge_base.importing.run import Unclear, guessed, import_articles, refuse_archive

    how: dict[str, Any] = {"language": language, "overwrite": overwrite, "retire_many": retire_many}
    with _plain_errors():
        try:
            refuse_archive(path)
            kind = form.value if form else guessed(path)
            done = import_articles(path, kind, into, progress=_counted, **how)
        except Unclear as fault:
            raise typer.BadParameter(str(fault)) from fault
        except CannotImport as fault:
            _note(str(fault))
            raise typer.Exit(Exit.FAILED) from fault
    for line in (*(f"left out: {fault}" for fault in done.faults), *done.remarks):
        _note(line)
    typer.echo(_as_line(done.as_json()) if as_json else done.in_words())
    if not done.imported:
        raise typer.Exit(Exit.FAILED)


@app.command()
def train(
    examples: Annotated[
        Path | None, typer.Option(help="JSONL or CSV file, or folder; the bundled examples by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the model; by default among those that `triage models` knows.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The one seed of everything random.")] = 0,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave faulty rows out instead of stopping.")] = False,
    column: Columns = None,
    oos: Annotated[str, typer.Option(help="The label of rows that are out of scope.")] = "other",
    partial: Annotated[bool, typer.Option("--partial", help="Learn from more rows than fit into memory.")] = False,
    home: Home = None,
) -> None:
    """Learn a model from labelled examples; `triage models promote` makes it the one in use."""
    from bot.models import bundled_examples
    from bot.settings import writable
    from classifier import read_examples
    from classifier import train as learn
    from classifier.examples import stream_examples
    from classifier.streaming import train_streaming

    columns = _columns(column or [])
    with _plain_errors():
        in_use = _settings(home=home).models
        if out is None:
            writable(in_use)  # before a minute of learning, not after it
        source = examples or bundled_examples()
        how: dict[str, Any] = {"seed": seed, "out_of_scope": (oos,), "progress": _progress, "now": datetime.now(UTC)}
        reading: dict[str, Any] = {"skip_bad": skip_bad, "columns": columns}
        if partial:
            _note(f"Learning from {source}, a part at a time …")
            with _telling_left_out() as on_skip:
                model = train_streaming(stream_examples(source, on_skip=on_skip, **reading), **how)
        else:
            with _telling_left_out() as on_skip:
                rows = read_examples(source, on_skip=on_skip, **reading)
            _note(f"Learning from {len(rows):,} examples …")
            model = learn(rows, **how)
        typer.echo(str(_saved(model, out, in_use)))


@app.command()
def evaluate(
    examples: Annotated[
        Path | None,
        typer.Option(help="JSONL or CSV file, or folder, to measure against; the bundled ones with --folds."),
    ] = None,
    model: ModelFolder = None,
    as_json: AsJson = False,
    oos: Annotated[str, typer.Option(help="The label of rows that are out of scope.")] = "other",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave faulty rows out instead of stopping.")] = False,
    column: Columns = None,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Train that many times on the rows and judge what was held back.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="With --folds: what each choice of the model is worth.")
    ] = False,
    write_policy: Annotated[
        Path | None, typer.Option(help="With --folds: write operating points to this policy.toml.")
    ] = None,
    home: Home = None,
) -> None:
    """Measure a model against labelled examples, or the way of training by holding rows back."""
    from bot.models import bundled_examples
    from classifier import read_examples

    if examples is None and folds is None:
        raise typer.BadParameter("give --examples, or --folds to judge the bundled ones by holding rows back")
    if (ablation or write_policy) and folds is None:
        raise typer.BadParameter("--ablation and --write-policy need --folds, such as --folds 3")
    if ablation and write_policy:
        raise typer.BadParameter("give --ablation or --write-policy, one at a time")
    if model and folds:
        raise typer.BadParameter("--folds trains models of its own; leave --model out")
    columns = _columns(column or [])
    with _plain_errors():
        with _telling_left_out() as on_skip:
            source = examples or bundled_examples()
            rows = read_examples(source, skip_bad=skip_bad, columns=columns, on_skip=on_skip)
        if folds is None:
            _print_figures(_figures_of(model, rows, oos, home), as_json=as_json)
        elif ablation:
            _print_ablation(rows, folds, oos, as_json=as_json)
        elif write_policy:
            _write_policy(rows, folds, oos, write_policy)
        else:
            _print_figures(_figures_held_back(rows, folds, oos), as_json=as_json)


def _figures_of(model: Path | None, rows: list[Example], oos: str, home: Path | None) -> dict[str, Any]:
    """How the model that is given, or the one in use, does on these rows."""
    from bot.models import load_model
    from classifier import evaluate as measure

    loaded = load_model(model) if model else _model_in_use(_settings(home=home))
    return measure(loaded, rows, out_of_scope=oos).as_json()


def _figures_held_back(rows: list[Example], folds: int, oos: str) -> dict[str, Any]:
    from classifier import cross_validate

    return cross_validate(rows, folds, out_of_scope=oos, progress=_progress).as_json()


def _print_figures(figures: dict[str, Any], *, as_json: bool) -> None:
    from bot.asking import figures_in_words

    typer.echo(json.dumps(figures, ensure_ascii=False) if as_json else figures_in_words(figures))


def _print_ablation(rows: list[Example], folds: int, oos: str, *, as_json: bool) -> None:
    from classifier.ablation import ablate, as_table

    variants = list(
        ablate(rows, folds, out_of_scope=oos, begun=lambda name: _note(f"Training {folds} times: {name} …"))
    )
    figures = [{"variant": each.name, **each.evaluation.as_json()} for each in variants]
    typer.echo(json.dumps(figures, ensure_ascii=False) if as_json else as_table(variants))


def _write_policy(rows: list[Example], folds: int, oos: str, policy: Path) -> None:
    from bot.tuning import tuned_policy, write

    text, told = tuned_policy(rows, folds, oos, policy, day=datetime.now(UTC), progress=_progress)
    write(policy, text)
    typer.echo(f"{policy}: {told}")


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


@models.command("list")
def models_list(as_json: AsJson = False, home: Home = None) -> None:
    """Print every model that there is: its figures, which one is in use, and which cannot be used."""
    from bot.models import listed
    from bot.showing import list_in_words, row_of

    with _plain_errors():
        folder = _settings(home=home).models
        found = listed(folder)
        typer.echo(_as_line([row_of(each) for each in found]) if as_json else list_in_words(found, folder))


@models.command("show")
def models_show(version: Version, as_json: AsJson = False, home: Home = None) -> None:
    """Print a model's card."""
    from bot.models import look_at
    from bot.showing import card_in_words, card_of

    with _plain_errors():
        found = look_at(_settings(home=home).models, version)
        typer.echo(_as_line(card_of(found)) if as_json else card_in_words(found))


@models.command("promote")
def models_promote(version: Version, home: Home = None) -> None:
    """Check a model, and make it the one in use; a running desk takes it with its next message."""
    from bot.models import promote

    with _plain_errors():
        promote(_settings(home=home).models, version)
        _note(f"{version} is the model in use. A running desk takes it with its next message.")


@models.command("rollback")
def models_rollback(home: Home = None) -> None:
    """Go back to the model that was in use before."""
    from bot.models import rollback

    with _plain_errors():
        version = rollback(_settings(home=home).models)
        _note(f"{version} is the model in use again. A running desk takes it with its next message.")


@models.command("export")
def models_export(version: Version, file: SkopsFile, home: Home = None) -> None:
    """Write a model to one file for another desk, without its examples."""
    from bot.models import export_model

    with _plain_errors():
        export_model(_settings(home=home).models, version, file)
        typer.echo(str(file))


@models.command("import")
def models_import(file: SkopsFile, home: Home = None) -> None:
    """Take in a model from another desk, checked before anything of it is loaded."""
    from bot.models import import_model

    with _plain_errors():
        folder = _settings(home=home).models
        taken = import_model(folder, file)
        _say_how_to_promote(folder, taken)
        typer.echo(str(taken))


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
    from classifier.elsewhere import NoSkops
    from knowledge_base.articles import BadArticles

    try:
        yield
    except (BadConfiguration, MissingRooms) as fault:
        _note(str(fault))
        raise typer.Exit(Exit.CONFIGURATION) from fault
    except (BadArticles, BadExamples, CannotStart, NoModel, NoSkops, TooFewExamples, UnusableModel, OSError) as fault:
        _note(str(fault))
        raise typer.Exit(Exit.FAILED) from fault


def _settings(**flags: Any) -> Settings:
    from bot.settings import load_settings

    return load_settings(**flags)


def _advisor(settings: Settings, model: Path | None = None) -> Advisor:
    """What the desk would do with one text: the model that is given, or the one in use, or none."""
    from bot.app import build_advisor, build_library
    from bot.desk.unaided import unaided
    from bot.models import load_model
    from bot.settings import load_desk_data

    data = load_desk_data(settings.config_folder)
    library = build_library(data, settings.articles)
    found = load_model(model) if model else _begin(settings)
    if found is None:
        return build_advisor(data, library, unaided(library))
    return build_advisor(data, library, found.predict, found.explain)


def _model_in_use(settings: Settings) -> Model:
    from bot.models import NoModel

    if found := _begin(settings):
        return found
    raise NoModel("There is no model to measure; name one with --model, or make one with `triage train`")


def _begin(settings: Settings) -> Model | None:
    """The model that the desk would begin with; the first time, one is learned from the bundled examples."""
    from bot.models import begin

    beginning = begin(settings.models, note=_note, progress=_progress)
    for trouble in beginning.troubles:
        _note(f"Warning: {trouble}")
    return beginning.model


def _saved(model: Model, out: Path | None, models: Path) -> Path:
    """Where the model lies now: in the folder asked for, or among the others, where it waits to be promoted."""
    from bot.models import keep

    if out:
        model.save(out)
        return out
    folder = keep(models, model)
    _say_how_to_promote(models, folder)
    return folder


def _say_how_to_promote(models: Path, folder: Path) -> None:
    from bot.models import history

    if history(models)[:1] == (folder.name,):
        _note(f"{folder.name} is the model in use.")
        return
    _note(
        f"{folder.name} is not in use yet. Compare it with the one that is, on examples that neither has learned:\n"
        f"  triage evaluate --examples FILE --model {folder}\n"
        "  triage evaluate --examples FILE\n"
        f"Where it is better: triage models promote {folder.name}"
    )


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


@contextmanager
def _telling_left_out() -> Iterator[Callable[[str], None]]:
    """Takes what is wrong with each row that --skip-bad leaves out, and tells at the end how many they were, and the
    first."""
    count, first = 0, ""

    def add(problem: str) -> None:
        nonlocal count, first
        count, first = count + 1, first or problem

    try:
        yield add
    finally:
        if count:
            _note(f"1 row was left out: {first}" if count == 1 else f"{count:,} rows were left out, the first: {first}")


def _library(settings: Settings, folder: Path | None) -> Any:
    from bot.app import build_library
    from bot.settings import load_desk_data
    from knowledge_base.imported import survey_any
    from knowledge_base.search import Library

    data = load_desk_data(settings.config_folder)
    if folder is None:
        return build_library(data, settings.articles)
    survey = survey_any(folder, data.categories)
    for fault in survey.faults:
        _note(f"left out: {fault}")
    return Library(survey.articles)


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


def _as_line(row: object) -> str:
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


def _counted(done: int) -> None:
    """How far an import is whose end is not known."""
    if done % 500 == 0:
        _note(f"  {done:,} articles read")


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r  {done}/{total} {what:<30}", err=True, nl=done == total)
