"""`triage kb preview`: one article in the local workspace, with buttons that work, before anyone else sees it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.app import build_desk
from bot.demo import manifest, settings_for
from bot.desk.advice import Advisor
from bot.desk.unaided import unaided
from bot.deskdata import DeskData
from bot.replies import bundled
from bot.triage import Rules
from bot.workspace.seed import Person
from bot.workspace.server import Running, serve
from bot.workspace.state import Workspace
from knowledge_base.articles import Article
from knowledge_base.search import Library

PATIENCE = 20.0


def preview(versions: Sequence[Article], data: DeskData, *, port: int, once: bool, note: Callable[[str], None]) -> None:
    """Show all versions of one article, each to somebody who speaks its language, until Ctrl-C, unless `once`."""
    with open_preview(versions, data, port=port) as running:
        if once:
            return
        note(f"The article stands in {running.url}, in the conversations with the app.\nPress Ctrl-C to stop.")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


@contextlib.contextmanager
def open_preview(versions: Sequence[Article], data: DeskData, *, port: int = 0) -> Iterator[Running]:
    """A workspace with a desk that knows this article alone and answers everything with it."""
    library = Library(versions)
    sure = replace(data.policy, answer_untrusted_above=0.0)
    advisor = Advisor(unaided(library), library, Rules(), sure, data.queues, bundled())
    with (
        tempfile.TemporaryDirectory() as home,
        serve(Workspace(manifest()), port=port) as running,
        build_desk(settings_for(running, Path(home)), advisor),
    ):
        for article in versions:
            _ask_for(article, running.workspace)
        yield running


def _ask_for(article: Article, workspace: Workspace) -> None:
    """Somebody asks for the article in its own words, and has got it when this returns."""
    where = f"@{_speaker(article.language, workspace).handle}"
    workspace.say(where[1:], where, article.title)
    room = workspace.channel(where).id
    workspace.wait_until(lambda: any(message.by_app for message in workspace.logs[room]), PATIENCE)


def _speaker(language: str, workspace: Workspace) -> Person:
    """A person whose Slack is in that language, or in English."""
    people = [person for person in workspace.people.values() if person.role == "person"]
    return next(
        (person for wanted in (language, "en") for person in people if person.locale.startswith(wanted)), people[0]
    )
