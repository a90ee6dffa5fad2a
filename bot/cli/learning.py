"""`triage train` and `triage evaluate`: models from anyone's examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.models import say_how_to_promote
from bot.cli.shared import AsJson, Home, ModelFolder, begin_model, note, plain_errors, progress, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from classifier import Example, Model
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=COLUMN",
        help="Which column of an export is the text, the category and so on; + joins several. Give it once for each.",
    ),
]


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
    with plain_errors():
        in_use = settings_of(home=home).models
        if out is None:
            writable(in_use)  # before a minute of learning, not after it
        source = examples or bundled_examples()
        how: dict[str, Any] = {"seed": seed, "out_of_scope": (oos,), "progress": progress, "now": datetime.now(UTC)}
        reading: dict[str, Any] = {"skip_bad": skip_bad, "columns": columns}
        if partial:
            note(f"Learning from {source}, a part at a time …")
            with _telling_left_out() as on_skip:
                model = train_streaming(stream_examples(source, on_skip=on_skip, **reading), **how)
        else:
            with _telling_left_out() as on_skip:
                rows = read_examples(source, on_skip=on_skip, **reading)
            note(f"Learning from {len(rows):,} examples …")
            model = learn(rows, **how)
        typer.echo(str(_saved(model, out, in_use)))


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
    with plain_errors():
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

    loaded = load_model(model) if model else model_in_use(settings_of(home=home))
    return measure(loaded, rows, out_of_scope=oos).as_json()


def _figures_held_back(rows: list[Example], folds: int, oos: str) -> dict[str, Any]:
    from classifier import cross_validate

    return cross_validate(rows, folds, out_of_scope=oos, progress=progress).as_json()


def _print_figures(figures: dict[str, Any], *, as_json: bool) -> None:
    from bot.asking import figures_in_words

    typer.echo(json.dumps(figures, ensure_ascii=False) if as_json else figures_in_words(figures))


def _print_ablation(rows: list[Example], folds: int, oos: str, *, as_json: bool) -> None:
    from classifier.ablation import ablate, as_table

    variants = list(ablate(rows, folds, out_of_scope=oos, begun=lambda name: note(f"Training {folds} times: {name} …")))
    figures = [{"variant": each.name, **each.evaluation.as_json()} for each in variants]
    typer.echo(json.dumps(figures, ensure_ascii=False) if as_json else as_table(variants))


def _write_policy(rows: list[Example], folds: int, oos: str, policy: Path) -> None:
    from bot.tuning import tuned_policy, write

    text, told = tuned_policy(rows, folds, oos, policy, day=datetime.now(UTC), progress=progress)
    write(policy, text)
    typer.echo(f"{policy}: {told}")


def model_in_use(settings: Settings) -> Model:
    from bot.models import NoModel

    if found := begin_model(settings):
        return found
    raise NoModel("There is no model to measure; name one with --model, or make one with `triage train`")


def _saved(model: Model, out: Path | None, models: Path) -> Path:
    """Where the model lies now: in the folder asked for, or among the others, where it waits to be promoted."""
    from bot.models import keep

    if out:
        model.save(out)
        return out
    folder = keep(models, model)
    say_how_to_promote(models, folder)
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
            note(f"1 row was left out: {first}" if count == 1 else f"{count:,} rows were left out, the first: {first}")
