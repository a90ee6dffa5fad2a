"""`triage …`: parse, one call, print. Data goes to standard output, talk to standard error."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from bot.cli import learning, service
from bot.cli.articles import kb
from bot.cli.models import models
from bot.cli.shared import (
    AsJson,
    Exit,
    Home,
    Jsonl,
    ModelFolder,
    advisor_of,
    answer_lines,
    note,
    plain_errors,
    progress,
    settings_of,
    text_of,
)

app = typer.Typer(
    help="The help desk for Office 365 and Windows in Slack: it answers what it knows and hands the rest to people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
config = typer.Typer(help="What the desk is configured to do.", no_args_is_help=True)
app.add_typer(kb, name="kb")
app.add_typer(models, name="models")
app.add_typer(config, name="config")
app.command()(learning.train)
app.command()(learning.evaluate)
app.command()(service.report)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the conversation and exit.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8765,
    week: Annotated[bool, typer.Option("--week/--no-week", help="Begin with a week of cases behind the desk.")] = True,
    home: Home = None,
) -> None:
    """Start a local workspace with the desk in it, play a short conversation, and go on serving."""
    from bot.demo import play

    with plain_errors():
        play(settings_of(home=home), port=port, once=once, week=week, say=typer.echo, note=note)


@app.command()
def serve(home: Home = None) -> None:
    """Connect to Slack and run the desk until it is stopped."""
    from bot.advising import following_advisor
    from bot.serving import run

    with plain_errors():
        settings = settings_of(home=home)
        run(settings, following_advisor(settings, note=note, progress=progress), note=note)


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
    with plain_errors():
        advisor = advisor_of(settings_of(home=home), model)

        def answer(request: Any, words: str) -> dict[str, Any]:
            row = row_for(advisor, request, words)
            return row | {"why": explained(advisor, words)} if explain else row

        if jsonl:
            answer_lines(lambda row: answer(row["id"], text_of(row, "text")))
            return
        row = answer(None, text or "")
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(in_words(row) + ("\n" + explanation_in_words(row["why"]) if explain else ""))


@app.command()
def doctor(as_json: AsJson = False, home: Home = None) -> None:
    """Check configuration, model, articles, database and Slack; say what is wrong and what to do."""
    from bot.doctor import examine

    with plain_errors():
        findings = examine(settings_of(home=home))
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
    with plain_errors():
        values = settings_of(home=home).model_dump(mode="json")
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
