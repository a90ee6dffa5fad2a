"""The dialogs that people who need help see, and the lead's review form; and what was entered in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.desk.overview import Kept, ToReview
from bot.slack.dialogs import entered, field, text_field
from bot.slack.messages import context, section
from bot.slack.text import moment, quote, readable, shortened
from bot.words import category_title, words_for

ASK, RATE, REVIEW, DATA = "ask", "rate_more", "review", "my_data"
CATEGORY, URGENCY = "category", "urgency"
# What a person may choose; "critical" is for written rules.
URGENCIES = ("low", "normal", "high")
NOT_TO_CHOOSE = frozenset({"other", "unclear"})
REVIEW_FIELDS = {"right": ("yes", "partly", "no"), "kind": ("yes", "partly", "no"), "level": ("yes", "no")}
NOTE = "note"
# How much of a case a lead reads above the form.
TOLD_LINES = 20


def ask(language: str, categories: Sequence[str], text: str = "") -> dict[str, Any]:
    """The form behind `/triage` and the button on the home page."""
    say = words_for("people", language)
    titles = [
        Option(text=shortened(category_title(each, language), 75), value=each)
        for each in categories
        if each not in NOT_TO_CHOOSE
    ]
    pressing = [Option(text=say(f"ask_urgency_{each}"), value=each) for each in URGENCIES]
    kind = StaticSelectElement(action_id=CATEGORY, placeholder=say("ask_category_placeholder"), options=titles)
    blocks: list[Block] = [
        text_field(say("ask_text"), hint=say("ask_text_hint"), initial=readable(text), optional=False),
        field(CATEGORY, say("ask_category"), kind),
        field(
            URGENCY,
            say("ask_urgency"),
            RadioButtonsElement(action_id=URGENCY, options=pressing, initial_option=pressing[1]),
        ),
        context(say("ask_screenshot")),
    ]
    return _modal(ASK, say("ask_title"), blocks, submit=say("ask_submit"), close=say("ask_close"))


def read_ask(view: Mapping[str, Any]) -> tuple[str, str, str]:
    """(text as typed, category or empty, urgency or empty)"""
    found = entered(view)
    urgency = found.get(URGENCY, "")
    return found.get("text", ""), found.get(CATEGORY, ""), urgency if urgency in URGENCIES else ""


def why_rated(case_id: int, language: str) -> dict[str, Any]:
    say = words_for("people", language)
    blocks = [text_field(say("rate_label"), optional=False)]
    return _modal(RATE, say("rate_title"), blocks, submit=say("rate_submit"), close=say("rate_close"), about=case_id)


def my_data(language: str, kept: Kept, contact: str) -> dict[str, Any]:
    say = words_for("people", language)
    told = say("data_kept", cases=kept.cases, messages=kept.messages)
    why = say("data_why", contact=contact)
    return _modal(DATA, say("data_title"), [section(told), section(why)], close=say("data_close"))


def review(found: ToReview) -> dict[str, Any]:
    """The lead's small form about a case that somebody else worked on, under what was said in it."""
    say = words_for("agents", "en")
    questions = [
        field(name, say(f"review_{name}"), RadioButtonsElement(action_id=name, options=_options(names)), optional=False)
        for name, names in REVIEW_FIELDS.items()
    ]
    note = field(NOTE, say("review_note"), PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1_000))
    case = found.case
    return _modal(
        REVIEW,
        say("review_title", number=case.id),
        [*_told(found), *questions, note],
        submit=say("dialog_submit"),
        close=say("dialog_close"),
        about=case.id,
    )


def _told(found: ToReview) -> list[Block | RichTextBlock]:
    told: list[Block | RichTextBlock] = []
    for each in found.said[-TOLD_LINES:]:
        who = f"<@{each.author}>" if each.role != "desk" else "Triage"
        told += [context(f"{who}, {moment(each.said_at, words_for('agents', 'en')('moment'))}"), quote(each.text)]
    return told


def read_review(view: Mapping[str, Any]) -> dict[str, str]:
    found = entered(view)
    return {name: found[name] for name in (*REVIEW_FIELDS, NOTE) if name in found}


def _options(names: Sequence[str]) -> list[Option]:
    say = words_for("agents", "en")
    return [Option(text=say(f"review_{name}"), value=name) for name in names]


def _modal(
    act: str,
    title: str,
    blocks: Sequence[Block | RichTextBlock],
    *,
    close: str,
    submit: str | None = None,
    about: int = 0,
) -> dict[str, Any]:
    view = View(
        type="modal",
        callback_id=act,
        private_metadata=f"{about}||",
        title=shortened(title, 24),
        submit=submit,
        close=close,
        blocks=list(blocks),
    )
    return dict(view.to_dict())
