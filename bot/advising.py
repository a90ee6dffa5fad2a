"""Puts together what the desk is advised by: articles, model, rules. Without Slack or a database: `ask` uses it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path

import structlog

from bot.desk.advice import Advisor, Explain
from bot.desk.unaided import unaided
from bot.deskdata import DeskData, load_desk_data
from bot.models import Note, Progress, follow
from bot.replies import bundled
from bot.settings import Settings
from classifier.prediction import Prediction
from knowledge_base.articles import Survey, survey_articles
from knowledge_base.asked import read_asked
from knowledge_base.imported import library_articles
from knowledge_base.saved import fingerprint_of, open_library
from knowledge_base.search import Library

log = structlog.get_logger()


def build_library(data: DeskData, saves: Path, imported: Sequence[Path] = ()) -> Library:
    """The articles that come with the desk, and those that a team imported into these folders; kept in `saves`, so that
    the next start need not read them.

    A faulty one is named in the log and left out; the others serve.
    """
    with bundled_articles() as ours, as_file(files("classifier").joinpath("data/examples")) as messages:
        fingerprint = fingerprint_of([ours, messages, *imported], data.categories)
        opened = open_library(saves, fingerprint, lambda: survey_all(data, imported), lambda: read_asked(messages))
    for fault in opened.faults:
        log.warning("article left out", fault=fault)
    if opened.unsaved:
        log.warning("the library was not saved, so the next start takes longer", folder=str(saves), why=opened.unsaved)
    return opened.library


def survey_all(data: DeskData, imported: Sequence[Path] = ()) -> Survey:
    """The bundled articles with the imported ones, and what is wrong with those that are left out."""
    with bundled_articles() as folder:
        survey = survey_articles(folder, data.categories)
    both = library_articles(survey.articles, imported, data.categories)
    return Survey(both.articles, (*survey.faults, *both.faults))


def bundled_articles() -> AbstractContextManager[Path]:
    return as_file(files("knowledge_base").joinpath("articles"))


def build_advisor(
    data: DeskData, library: Library, predict: Callable[[str], Prediction], explain: Explain | None = None
) -> Advisor:
    """What `triage ask` needs: no Slack, no database."""
    return Advisor(
        predict, library, data.rules, data.policy, data.queues, bundled(), explain, categories=data.categories
    )


def following_advisor(settings: Settings, *, note: Note, progress: Progress | None = None) -> Advisor:
    """What a desk that runs for long is advised by: the model in use, also after another was promoted."""
    data = load_desk_data(settings.config_folder)
    library = build_library(data, settings.saved_libraries, settings.articles)
    predict = follow(settings.models, unaided(library), note=note, progress=progress)
    return build_advisor(data, library, predict, predict.explain)
