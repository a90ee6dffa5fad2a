"""Takes the pictures of the documents: `.venv/bin/python -m tests.browser.picture` plays the demo for them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bot.demo import Story, Week, open_demo
from bot.demo.week import WEEK
from bot.settings import load_settings

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    def note(text: str) -> None:
        print(text, file=sys.stderr)

    with open_demo(load_settings(), port=0, note=note, days_ago=WEEK.days) as stage:
        Week(stage).play()
        for _ in Story(stage.workspace).told():
            pass
        asked = next(each for each in reversed(stage.workspace.messages("it-help")) if not each.by_app)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            address = stage.running.url
            page.goto(f"{address}/#/jonas/it-help/{asked.ts}")
            page.get_by_test_id("thread").get_by_text("has marked this as resolved").wait_for()
            photograph(page, "workspace")
            page.goto(f"{address}/#/kasia/queue-service-desk")
            page.get_by_role("button", name="Claim", exact=True).last.scroll_into_view_if_needed()
            photograph(page, "card")
            page.goto(f"{address}/#/sam/@triage")
            page.get_by_role("tab", name="Home").click()
            page.get_by_role("heading", name="Your queues").wait_for()
            photograph(page, "home")
            browser.close()


def photograph(page: Page, name: str) -> None:
    page.screenshot(path=DOCS / f"{name}.png")
    print(DOCS / f"{name}.png")


if __name__ == "__main__":
    main()
