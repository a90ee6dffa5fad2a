"""The app's Home tab and the prompts beside an empty conversation."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.views import View

from bot.slack.messages import section
from bot.words import words_for


def prompts(language: str) -> list[dict[str, str]]:
    """Things to try, as Slack takes them."""
    return [dict(prompt) for prompt in words_for("people", language).prompts]


def home_view(language: str) -> dict[str, Any]:
    say = words_for("people", language)
    view = View(type="home", blocks=[section(f"*{say('home_title')}*"), section(say("home_how"))])
    return dict(view.to_dict())
