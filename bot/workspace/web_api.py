"""The Web API's methods in one table: which token and scopes each needs, and which function answers it.

Knows nothing about HTTP; `server` turns requests into calls and answers into responses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.workspace import web_chat, web_lists, web_views
from bot.workspace.messages import Json
from bot.workspace.shapes import bot_shape
from bot.workspace.state import Workspace
from bot.workspace.web_call import Call, Refused


@dataclass(frozen=True)
class Method:
    answer: Callable[[Call], Json]
    scopes: frozenset[str] = frozenset()  # any one of them is enough
    token: str | None = "bot"


def api_test(call: Call) -> Json:
    if call.has("error"):
        raise Refused(call.text("error"), args=dict(call.args))
    return {"args": dict(call.args)}


def auth_test(call: Call) -> Json:
    identity = call.workspace.identity
    return {
        "url": f"{call.workspace.url}/",
        "team": identity.team_name,
        "user": call.workspace.app.handle,
        "team_id": identity.team_id,
        "user_id": identity.bot_user,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def bot_info(call: Call) -> Json:
    if call.text("bot") not in ("", call.workspace.identity.bot_id):
        raise Refused("bot_not_found")
    return {"bot": bot_shape(call.workspace.identity)}


def open_connection(call: Call) -> Json:
    """A WebSocket address that is good for one connection."""
    if not call.workspace.manifest.socket_mode:
        raise Refused("not_enabled")
    ticket = call.workspace.issue_ticket()
    address = call.workspace.url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.workspace.identity.app_id}"}


def _method(answer: Callable[[Call], Json], *scopes: str, token: str | None = "bot") -> Method:
    return Method(answer, frozenset(scopes), token)


METHODS: Mapping[str, Method] = {
    "api.test": _method(api_test, token=None),
    "auth.test": _method(auth_test),
    "apps.connections.open": _method(open_connection, token="app"),
    "assistant.threads.setStatus": _method(web_views.set_status, "chat:write", "assistant:write"),
    "assistant.threads.setSuggestedPrompts": _method(web_views.set_prompts, "chat:write", "assistant:write"),
    "assistant.threads.setTitle": _method(web_views.set_title, "chat:write", "assistant:write"),
    "bots.info": _method(bot_info, "users:read"),
    "chat.delete": _method(web_chat.delete, "chat:write"),
    "chat.getPermalink": _method(web_chat.permalink),
    "chat.postEphemeral": _method(web_chat.post_ephemeral, "chat:write"),
    "chat.postMessage": _method(web_chat.post_message, "chat:write"),
    "chat.update": _method(web_chat.update, "chat:write"),
    "conversations.history": _method(web_lists.history),
    "conversations.info": _method(web_lists.channel),
    "conversations.join": _method(web_lists.join, "channels:join"),
    "conversations.list": _method(web_lists.channels),
    "conversations.members": _method(web_lists.members),
    "conversations.open": _method(web_lists.open_im, "im:write"),
    "conversations.replies": _method(web_lists.replies),
    "files.info": _method(web_chat.file_info, "files:read"),
    "reactions.add": _method(web_chat.react, "reactions:write"),
    "reactions.get": _method(web_chat.reactions, "reactions:read"),
    "reactions.remove": _method(web_chat.unreact, "reactions:write"),
    "team.info": _method(web_lists.team, "team:read"),
    "usergroups.list": _method(web_lists.groups, "usergroups:read"),
    "usergroups.users.list": _method(web_lists.group_members, "usergroups:read"),
    "users.conversations": _method(web_lists.channels_of_user),
    "users.info": _method(web_lists.user, "users:read"),
    "users.list": _method(web_lists.users, "users:read"),
    "views.open": _method(web_views.open_view),
    "views.publish": _method(web_views.publish_view),
    "views.push": _method(web_views.push_view),
    "views.update": _method(web_views.update_view),
}


def answer(workspace: Workspace, name: str, args: Mapping[str, Any], token: str | None) -> Json:
    """What the method answers, `ok` included; it never raises for what the app did wrong."""
    try:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        _check_token(workspace, method, token)
        call = Call(workspace, args)
        if method.token == "bot":
            call.needs(*sorted(method.scopes))
        with workspace.lock:
            return {"ok": True} | method.answer(call)
    except Refused as refusal:
        return {"ok": False, "error": refusal.error} | refusal.details


def _check_token(workspace: Workspace, method: Method, token: str | None) -> None:
    if method.token is None:
        return
    if not token:
        raise Refused("not_authed")
    kind = {workspace.bot_token: "bot", workspace.app_token: "app"}.get(token)
    if kind is None:
        raise Refused("invalid_auth")
    if kind != method.token:
        raise Refused("not_allowed_token_type")
