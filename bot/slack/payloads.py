"""What stands in Slack's payloads, as the listeners need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk.values import Click
from bot.slack.dialogs import metadata

log = structlog.get_logger()

Payload = Mapping[str, Any]


def click_in(body: Payload, delivery: int | None) -> Click:
    """The button, menu or list that was used. On a home page there is no channel."""
    action = body["actions"][0]
    value = action.get("value") or action["selected_option"]["value"]
    case_id, _, about = value.partition("|")
    message = body.get("message") or {}
    thread = message.get("thread_ts")
    thread = None if thread == message.get("ts") else thread  # a card with replies stands in the channel all the same
    channel = (body.get("channel") or {}).get("id", "")
    return Click(int(case_id), body["user"]["id"], channel, about=about, thread=thread, delivery=delivery)


def where_clicked(payload: Payload) -> Click | None:
    """Who used a button, a shortcut or a command, and where; None where that is no place to say anything."""
    user = payload.get("user_id") or (payload.get("user") or {}).get("id")
    channel = payload.get("channel_id") or (payload.get("channel") or {}).get("id")
    if not channel and payload.get("type") == "view_submission":
        channel = metadata(payload["view"])[1]
    return Click(0, user, channel) if user and channel else None


def open_dialog(client: WebClient, body: Payload, view: dict[str, Any]) -> None:
    """Open a dialog. A trigger lives three seconds; after a restart it is gone, and the person presses again."""
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as fault:
        why = (fault.response.get("response_metadata") or {}).get("messages")
        log.warning("a dialog could not be opened", error=str(fault.response.get("error")), why=why)
