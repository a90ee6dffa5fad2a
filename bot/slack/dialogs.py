"""The dialogs that the desk opens, and what was entered in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack.text import escape, readable, shortened
from bot.words import words_for

REPLY = "reply_to_person"


def reply(case_id: int, channel: str, text: str = "") -> dict[str, Any]:
    """An agent's words to the person; `text` is what they wrote in the thread, to be read once more before it goes."""
    say = words_for("agents", "en")
    entry = PlainTextInputElement(
        action_id="text", multiline=True, max_length=3_000, initial_value=shortened(readable(text), 3_000) or None
    )
    view = View(
        type="modal",
        callback_id=REPLY,
        private_metadata=f"{case_id}|{channel}",
        title=say("reply_title"),
        submit=say("reply_submit"),
        close=say("reply_close"),
        blocks=[InputBlock(block_id="reply", label=say("reply_label"), hint=say("reply_hint"), element=entry)],
    )
    return dict(view.to_dict())


def read_reply(view: Mapping[str, Any]) -> tuple[int, str, str]:
    """(case, channel of its card, text) of a submitted reply; what is typed in a dialog comes as it was typed."""
    case_id, _, channel = view["private_metadata"].partition("|")
    return int(case_id), channel, escape(view["state"]["values"]["reply"]["text"]["value"] or "")
