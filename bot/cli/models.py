"""`triage models …`: which model is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import AsJson, Home, as_line, note, plain_errors, settings_of

models = typer.Typer(help="Models: list, show, promote, go back, exchange.", no_args_is_help=True)
Version = Annotated[str, typer.Argument(help="A model's version, as `triage models list` shows it.")]
SkopsFile = Annotated[Path, typer.Argument(metavar="FILE.skops", help="One file that holds a model.", dir_okay=False)]


@models.command("list")
def models_list(as_json: AsJson = False, home: Home = None) -> None:
    """Print every model that there is: its figures, which one is in use, and which cannot be used."""
    from bot.models import listed
    from bot.showing import list_in_words, row_of

    with plain_errors():
        folder = settings_of(home=home).models
        found = listed(folder)
        typer.echo(as_line([row_of(each) for each in found]) if as_json else list_in_words(found, folder))


@models.command("show")
def models_show(version: Version, as_json: AsJson = False, home: Home = None) -> None:
    """Print a model's card."""
    from bot.models import look_at
    from bot.showing import card_in_words, card_of

    with plain_errors():
        found = look_at(settings_of(home=home).models, version)
        typer.echo(as_line(card_of(found)) if as_json else card_in_words(found))


@models.command("promote")
def models_promote(version: Version, home: Home = None) -> None:
    """Check a model, and make it the one in use; a running desk takes it within a second of use."""
    from bot.models import promote

    with plain_errors():
        promote(settings_of(home=home).models, version)
        note(f"{version} is the model in use. A running desk takes it within a second of use.")


@models.command("rollback")
def models_rollback(home: Home = None) -> None:
    """Go back to the model that was in use before."""
    from bot.models import rollback

    with plain_errors():
        version = rollback(settings_of(home=home).models)
        note(f"{version} is the model in use again. A running desk takes it within a second of use.")


@models.command("export")
def models_export(version: Version, file: SkopsFile, home: Home = None) -> None:
    """Write a model to one file for another desk, without its examples."""
    from bot.models import export_model

    with plain_errors():
        export_model(settings_of(home=home).models, version, file)
        typer.echo(str(file))


@models.command("import")
def models_import(file: SkopsFile, home: Home = None) -> None:
    """Take in a model from another desk, checked before anything of it is loaded."""
    from bot.models import import_model

    with plain_errors():
        folder = settings_of(home=home).models
        taken = import_model(folder, file)
        say_how_to_promote(folder, taken)
        typer.echo(str(taken))


def say_how_to_promote(models: Path, folder: Path) -> None:
    from bot.models import history

    if history(models)[:1] == (folder.name,):
        note(f"{folder.name} is the model in use.")
        return
    note(
        f"{folder.name} is not in use yet. Compare it with the one that is, on examples that neither has learned:\n"
        f"  triage evaluate --examples FILE --model {folder}\n"
        "  triage evaluate --examples FILE\n"
        f"Where it is better: triage models promote {folder.name}"
    )
