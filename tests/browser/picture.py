"""Takes the README's picture: `.venv/bin/python -m tests.browser.picture` plays the demo and photographs its page."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot.demo import Story, open_demo
from bot.settings import load_settings

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "workspace.png"


def main() -> None:
    with open_demo(load_settings(), port=0, note=lambda text: print(text, file=sys.stderr)) as stage:
        running = stage.running
        for _ in Story(stage.workspace).told():
            pass
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            asked = next(each for each in running.workspace.messages("it-help") if not each.by_app)
            page.goto(f"{running.url}/#/jonas/it-help/{asked.ts}")
            page.get_by_test_id("thread").get_by_text("has marked this as resolved").wait_for()
            page.screenshot(path=PICTURE)
            browser.close()
    print(PICTURE)


if __name__ == "__main__":
    main()
