"""`triage kb …`: what maintainers do with articles."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.shared import (
    AsJson,
    Exit,
    Home,
    Jsonl,
    advisor_of,
    answer_lines,
    as_line,
    database_of,
    library_of,
    note,
    plain_errors,
    settings_of,
    survey_of,
    text_of,
    votes_of,
)

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge_base.articles import Article

kb = typer.Typer(help="Articles: search them, import your own, and keep them good.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option("--kb", help="A folder or file of articles instead of those that the desk has.")
]
Which = Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, or its file.")]
Language = Annotated[str, typer.Option("--language", help="Which version, such as de.")]
Days = Annotated[int, typer.Option(min=1, help="How many days to look back.")]


class ArticleFormat(StrEnum):
    """What `kb import` reads."""

    JSONL = "jsonl"
    MARKDOWN = "markdown"
    ZENDESK = "zendesk"
    SERVICENOW = "servicenow"
    CONFLUENCE = "confluence"


@kb.command("search")
def kb_search(
    query: Annotated[str | None, typer.Argument(help="Words to look for.")] = None,
    jsonl: Jsonl = False,
    as_json: AsJson = False,
    folder: Folder = None,
    home: Home = None,
) -> None:
    """Find articles."""
    from bot.asking import hits_for, hits_in_words

    if jsonl == (query is not None):
        raise typer.BadParameter("give a QUERY, or --jsonl and queries on standard input")
    with plain_errors():
        library = library_of(settings_of(home=home), folder)
        if jsonl:
            answer_lines(lambda row: hits_for(library, row["id"], text_of(row, "query")))
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
    with plain_errors():
        try:
            refuse_archive(path)
            kind = form.value if form else guessed(path)
            done = import_articles(path, kind, into, progress=_counted, **how)
        except Unclear as fault:
            raise typer.BadParameter(str(fault)) from fault
        except CannotImport as fault:
            note(str(fault))
            raise typer.Exit(Exit.FAILED) from fault
    for line in (*(f"left out: {fault}" for fault in done.faults), *done.remarks):
        note(line)
    typer.echo(as_line(done.as_json()) if as_json else done.in_words())
    if not done.imported:
        raise typer.Exit(Exit.FAILED)


@kb.command("list")
def kb_list(as_json: AsJson = False, folder: Folder = None, home: Home = None) -> None:
    """Print every article with its languages, its last review, and what people said about it."""
    from bot.curating import list_in_words, list_rows

    with plain_errors():
        settings = settings_of(home=home)
        rows = list_rows(survey_of(settings, folder).articles, votes_of(settings))
    typer.echo(as_line(rows) if as_json else list_in_words(rows))


@kb.command("show")
def kb_show(
    which: Which, language: Language = "en", as_json: AsJson = False, folder: Folder = None, home: Home = None
) -> None:
    """Print one article, and what only maintainers see of it."""
    from bot.curating import NO_VOTES, article_in_words, article_row

    with plain_errors():
        settings = settings_of(home=home)
        versions = _versions(which, settings, folder)
        article = next((each for each in versions if each.language == language), versions[0])
        votes = votes_of(settings).get(article.id, NO_VOTES)
    if article.language != language:
        note(f"There is no version in {language!r}; this is the one in {article.language!r}.")
    typer.echo(as_line(article_row(article, votes)) if as_json else article_in_words(article, votes))


@kb.command("lint")
def kb_lint(as_json: AsJson = False, folder: Folder = None, home: Home = None) -> None:
    """Check articles: structure, length, readability, links, mentions, reviews, doubles, translations."""
    from bot.curating import remark_rows, remarks_in_words
    from knowledge_base.articles import BadArticles
    from knowledge_base.lint import lint

    with plain_errors():
        survey = survey_of(settings_of(home=home), folder)
        if not survey.articles and not survey.faults:
            raise BadArticles([f"{folder}: there is no article in it"])
        rows = remark_rows(survey.faults, lint(survey.articles, date.today()))
    typer.echo(as_line(rows) if as_json else remarks_in_words(rows, len({article.id for article in survey.articles})))
    if rows:
        raise typer.Exit(Exit.GATE)


@kb.command("accept")
def kb_accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A translation.", exists=True, dir_okay=False)],
    folder: Folder = None,
    home: Home = None,
) -> None:
    """Say that a translation was read against its article, and that both say the same."""
    from knowledge_base.articles import BadArticles
    from knowledge_base.translations import accept

    with plain_errors():
        versions = _versions(str(file), settings_of(home=home), folder or file.parent)
        original = next((each for each in versions if each.language == "en"), None)
        if original is None or original.path.resolve() == file.resolve():
            raise BadArticles([f"{file} is no translation of an English article beside it"])
        accept(file, original)
        note(f"{file.name} says what {original.path.name} says now.")


@kb.command("preview")
def kb_preview(
    which: Which,
    once: Annotated[bool, typer.Option("--once", help="Show it and exit.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8765,
    folder: Folder = None,
    home: Home = None,
) -> None:
    """Open the local workspace with one article in it, buttons and all."""
    from bot.deskdata import load_desk_data
    from bot.previewing import preview

    with plain_errors():
        settings = settings_of(home=home)
        near = folder or (Path(which).parent if which.endswith(".md") else None)
        data = load_desk_data(settings.config_folder)
        preview(_versions(which, settings, near), data, port=port, once=once, note=note)


@kb.command("review")
def kb_review(as_json: AsJson = False, folder: Folder = None, home: Home = None) -> None:
    """Print the articles that somebody should read: failing, stale, or past their date."""
    from bot.curating import review_in_words, review_rows

    with plain_errors():
        settings = settings_of(home=home)
        articles = survey_of(settings, folder).articles
        rows = review_rows(articles, votes_of(settings, articles), date.today())
    typer.echo(as_line(rows) if as_json else review_in_words(rows))


@kb.command("gaps")
def kb_gaps(days: Days = 90, as_json: AsJson = False, home: Home = None) -> None:
    """Print what people asked for that no article solved, like with like."""
    from bot.curating import gap_rows, gaps_in_words
    from bot.reports.gaps import gaps_in, unsolved

    with plain_errors():
        settings = settings_of(home=home)
        with database_of(settings) as conn:
            requests = unsolved(conn, _since(days))
        rows = gap_rows(gaps_in(requests), library_of(settings, None))
    typer.echo(as_line(rows) if as_json else gaps_in_words(rows, len(requests), days))


@kb.command("replay")
def kb_replay(
    folder: Folder = None,
    days: Days = 90,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="Compare with what the desk answered then, not with what it would now.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Run past requests through changed articles, and say what would be answered otherwise; 3 when some lose."""
    from bot.replaying import WORSE, answered_by, as_recorded, in_words, replay
    from bot.reports.past import past_requests

    if folder is None and not recorded:
        raise typer.BadParameter("give --kb FOLDER with the changed articles, or --recorded")
    with plain_errors():
        settings = settings_of(home=home)
        with database_of(settings) as conn:
            requests = past_requests(conn, _since(days))
        today = advisor_of(settings)
        changed_desk = replace(today, library=library_of(settings, folder)) if folder else today
        changed = replay(requests, as_recorded if recorded else answered_by(today), answered_by(changed_desk))
    typer.echo(as_line([each.as_json() for each in changed]) if as_json else in_words(changed, len(requests)))
    if any(each.effect in WORSE for each in changed):
        raise typer.Exit(Exit.GATE)


def _versions(which: str, settings: Settings, folder: Path | None) -> list[Article]:
    """Every version of one article. Raises BadArticles when there is none, or what stands in the file is no article."""
    from bot.curating import picked
    from knowledge_base.articles import BadArticles

    survey = survey_of(settings, folder)
    if found := picked(survey.articles, which):
        return found
    about = [fault for fault in survey.faults if Path(which).name in fault]
    raise BadArticles(about or [f"there is no article {which!r}; `triage kb list` names them all"])


def _since(days: int) -> float:
    return time.time() - days * 86_400


def _counted(done: int) -> None:
    """How far an import is whose end is not known."""
    if done % 500 == 0:
        note(f"  {done:,} articles read")
