"""The app's Home tab and the prompts beside an empty conversation."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.views import View

from bot.slack.messages import section
from bot.words import words_for

PROMPTS = [
    {"title": "Outlook", "message": "Outlook keeps asking for my password"},
    {"title": "Teams", "message": "Nobody can hear me in Teams meetings"},
    {"title": "Slow PC", "message": "My laptop is very slow since this morning"},
    {"title": "A person, please", "message": "I would like to talk to a person"},
]


def home_view() -> dict[str, Any]:
    say = words_for("people", "en")
    view = View(type="home", blocks=[section(f"*{say('home_title')}*"), section(say("home_how"))])
    return dict(view.to_dict())
