"""Takes the pictures of the documents: `.venv/bin/python -m tests.browser.picture` plays the demo for them."""

from __future__ import annotations

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from bot.demo import Story, Week, open_demo
from bot.demo.stage import Stage
from bot.demo.week import WEEK
from bot.settings import load_settings

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DOCS = Path(__file__).resolve().parents[2] / "docs"
QUEUE = "queue-service-desk"
EVENING = 20  # in UTC: the endpoint team has gone home then, on every day of the week


def main() -> None:
    def note(text: str) -> None:
        print(text, file=sys.stderr)

    with open_demo(load_settings(), port=0, note=note, days_ago=WEEK.days) as stage:
        Week(stage).play()
        for _ in Story(stage.workspace).told():
            pass
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            the_present(stage, page)
            the_evening(stage, page)
            browser.close()


def the_present(stage: Stage, page: Page) -> None:
    asked = next(each for each in reversed(stage.workspace.messages("it-help")) if not each.by_app)
    visit(stage, page, f"jonas/it-help/{asked.ts}")
    page.get_by_test_id("thread").get_by_text("has marked this as resolved").wait_for()
    photograph(page, "workspace")
    visit(stage, page, "sam/@triage/home")
    page.get_by_role("heading", name="Your queues").wait_for()
    photograph(page, "home")
    visit(stage, page, f"marco/{QUEUE}")
    to_the_top(page.get_by_test_id("message").filter(has_text="Maybe the same problem").last)
    photograph(page, "card")
    a_ready_text(page)


def a_ready_text(page: Page) -> None:
    """To Ana, who writes Portuguese; the digest of the evening tells that her answer is awaited."""
    card = page.get_by_test_id("message").filter(has_text="Writes in: Portuguese").filter(has_text="Nobody has claimed")
    card.get_by_role("button", name="Claim", exact=True).click()
    card = page.get_by_test_id("message").filter(has_text="Writes in: Portuguese").filter(has_text="With @Marco Santos")
    card.get_by_role("button", name="Send to user", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-action-id=choice]").click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("checkbox").check()
    photograph(page, "send")
    dialog.get_by_role("button", name="Send", exact=True).click()
    dialog.wait_for(state="detached")


def the_evening(stage: Stage, page: Page) -> None:
    now = stage.clock()
    tonight = now.replace(hour=EVENING, minute=0)
    stage.go_to(tonight if tonight > now else tonight + timedelta(days=1))
    visit(stage, page, f"lucia/{QUEUE}")
    to_the_top(page.get_by_test_id("message").filter(has_text="Manila goes home").last)
    photograph(page, "digest")
    stage.says("grace", "@grace", "every Windows update fails and rolls back with 0x800f0922, a person please")
    visit(stage, page, "grace/@triage")
    page.get_by_text("The team's day starts").last.scroll_into_view_if_needed()
    photograph(page, "promise")


def visit(stage: Stage, page: Page, place: str) -> None:
    page.goto(f"{stage.running.url}/#/{place}")
    page.get_by_test_id("viewer").wait_for()
    page.wait_for_load_state("networkidle")
    unread = page.get_by_role("button", name="New messages")
    if unread.is_visible():
        unread.click()


def to_the_top(message: Locator) -> None:
    message.evaluate("element => element.scrollIntoView({block: 'start'})")


def photograph(page: Page, name: str) -> None:
    page.mouse.move(0, 0)  # so that nothing is lit
    page.screenshot(path=DOCS / f"{name}.png")
    print(DOCS / f"{name}.png")


if __name__ == "__main__":
    main()
