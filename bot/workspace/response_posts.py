"""What an app may do with a response_url: answer, replace or delete the message that it belongs to.

Knows nothing about HTTP; `server` hands it the JSON that was posted.
"""

from __future__ import annotations

from typing import Any

from bot.workspace import limits
from bot.workspace.messages import Json, Message
from bot.workspace.response_urls import Place, UrlRefused
from bot.workspace.state import Workspace
from bot.workspace.world import UnknownMessage


def respond(workspace: Workspace, token: str, body: Json) -> tuple[int, str]:
    """The HTTP status and text that Slack answers with."""
    with workspace.lock:
        try:
            place = workspace.response_urls.use(token, workspace.now())
            content = _content(body)
        except UrlRefused as error:
            return 404, str(error)
        except limits.Invalid as error:
            return 400, error.error
        return _apply(workspace, place, body, content)


def _apply(workspace: Workspace, place: Place, body: Json, content: dict[str, Any]) -> tuple[int, str]:
    original = _original(workspace, place)
    if body.get("delete_original") or body.get("replace_original"):
        if original is None:
            return 404, "message_not_found"
        if body.get("delete_original"):
            workspace.remove(original)
            return 200, "ok"
    if not content["text"] and not content["blocks"]:
        return 400, "no_text"
    if body.get("replace_original") and original is not None:
        workspace.change(original, **content)
    else:
        workspace.say_back(place.user, workspace.channels[place.channel], body, place.thread_ts)
    return 200, "ok"


def _content(body: Json) -> dict[str, Any]:
    return {"text": str(body.get("text", "")), "blocks": limits.checked_blocks(body.get("blocks") or [])}


def _original(workspace: Workspace, place: Place) -> Message | None:
    """The app's own message that was pressed; a person's message cannot be replaced."""
    try:
        message = workspace.message(place.channel, place.message_ts or "")
    except UnknownMessage:
        return None
    return message if message.by_app else None
