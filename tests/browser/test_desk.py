"""The desk's own messages on the page: everything that it says can be shown, to everybody who sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.office import HELP, Office, open_office

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
expect = playwright.expect


@pytest.fixture
def page() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser.new_page(viewport={"width": 1280, "height": 1000})
        browser.close()


@pytest.fixture
def eventful(tmp_path: Path) -> Iterator[Office]:
    """A desk that has said everything it can say: answers, a question, first aid, cards, notes, a dialog, Home."""
    with open_office(tmp_path) as office:
        asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
        office.presses("jonas", office.hears(HELP, asked), "not_solved")
        office.presses("jonas", office.hears(HELP, asked), "talk_to_person")
        card = office.hears("queue-service-desk")
        office.says("jonas", "it is the one by the kitchen", HELP, asked, files=["photo.png"])
        office.says("grace", "the heating in room 4 is broken", "@grace")
        office.says("claire", "I clicked a phishing link and typed my password", "@claire")
        office.workspace.open_home("ana")
        office.presses("priya", card, "send_to_user")
        office.wait_for(lambda: office.workspace.modal("priya"))
        office.settled()
        yield office


@pytest.mark.parametrize(
    ("place", "shows"),
    [
        ("jonas/it-help", "replies"),
        ("grace/@triage", "None of these"),
        ("claire/@triage", "First aid after a phishing link"),
        ("priya/queue-service-desk", "Your words to the person"),
        ("tom/queue-security", "Claim"),
        ("ana/@triage/home", "Sou o serviço de ajuda"),
    ],
)
def test_everything_that_the_desk_says_can_be_shown(eventful: Office, page: Any, place: str, shows: str) -> None:
    page.goto(f"{eventful.running.url}/#/{place}")

    expect(page.get_by_text(shows).first).to_be_visible(timeout=15_000)
    expect(page.locator("[data-unknown-block]")).to_have_count(0)
