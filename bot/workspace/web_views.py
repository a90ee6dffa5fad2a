"""Web API: modals, the Home tab, and what an agent shows beside a conversation.

Each function is one method: it reads the call, refuses as Slack does, changes the workspace and returns the
answer without `ok`.
"""

from __future__ import annotations

from bot.workspace import limits
from bot.workspace.elements import with_ids
from bot.workspace.messages import Json
from bot.workspace.rules import chars, fields, said
from bot.workspace.seed import Channel
from bot.workspace.views import View, ViewRefused, view_shape
from bot.workspace.web_call import Call, Refused, within_limits

PROMPTS = 4
LOADING_MESSAGES = 10
_prompt = fields({"title": chars(3000), "message": chars(3000)})


def open_view(call: Call) -> Json:
    body = _body(call, "modal")
    workspace = call.workspace
    try:
        user = workspace.views.exchange(call.required("trigger_id"), workspace.now())
        return _shown(call, workspace.views.open(user, body))
    except ViewRefused as error:
        raise Refused(str(error)) from None


def push_view(call: Call) -> Json:
    body = _body(call, "modal")
    workspace = call.workspace
    try:
        user = workspace.views.exchange(call.required("trigger_id"), workspace.now())
        return _shown(call, workspace.views.push(user, body))
    except ViewRefused as error:
        raise Refused(str(error)) from None


def update_view(call: Call) -> Json:
    views = call.workspace.views
    view = views.find(call.text("view_id") or None, call.text("external_id") or None)
    if view is None:
        raise Refused("not_found")
    body = _body(call, view.body["type"])
    try:
        return _shown(call, views.update(view, body, call.text("hash") or None))
    except ViewRefused as error:
        raise Refused(str(error)) from None


def publish_view(call: Call) -> Json:
    if not call.workspace.manifest.home_tab:
        raise Refused("not_enabled")
    person = call.person("user_id")
    body = _body(call, "home")
    try:
        return _shown(call, call.workspace.views.publish(person.id, body, call.text("hash") or None))
    except ViewRefused as error:
        raise Refused(str(error)) from None


def _body(call: Call, kind: str) -> Json:
    view = within_limits(limits.checked_view, call.data("view"), kind)
    return view | {"blocks": list(with_ids(view["blocks"], prefix="v"))}


def _shown(call: Call, view: View) -> Json:
    call.workspace.touch()
    return {"view": view_shape(view, call.workspace.identity)}


# Beside a conversation


def set_prompts(call: Call) -> Json:
    channel = _im(call)
    prompts = call.data("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS:
        raise Refused.invalid("invalid_arguments", [said(f"no more than {PROMPTS} items allowed", "/prompts")])
    if problems := [problem for each in prompts for problem in _prompt(each, "/prompts")]:
        raise Refused.invalid("invalid_arguments", problems)
    if call.has("thread_ts") and call.workspace.manifest.agent_view:
        return {}  # Slack says ok and shows nothing: an agent's prompts belong to the whole conversation
    call.workspace.attention.prompts[channel.id] = {"title": call.text("title"), "prompts": prompts}
    call.workspace.touch()
    return {}


def set_status(call: Call) -> Json:
    channel = call.channel("channel_id")
    loading = call.listed("loading_messages")
    if len(loading) > LOADING_MESSAGES:
        raise Refused.invalid("invalid_arguments", [f"no more than {LOADING_MESSAGES} items allowed"])
    workspace = call.workspace
    workspace.attention.set_status(channel.id, call.text("thread_ts"), call.text("status"), workspace.now())
    workspace.touch()
    return {}


def set_title(call: Call) -> Json:
    _im(call)
    call.required("title")
    return {}  # a thread's title shows in Slack's history of the agent, which this workspace does not have


def _im(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if not channel.is_im:
        raise Refused("channel_type_not_supported")
    return channel
