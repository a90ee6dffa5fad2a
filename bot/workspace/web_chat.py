"""Web API: messages, reactions and files.

Each function is one method: it reads the call, refuses as Slack does, changes the workspace and returns the
answer without `ok`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.workspace import limits
from bot.workspace.files import files_in
from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel
from bot.workspace.shapes import reactions_shape
from bot.workspace.web_call import Call, Refused, within_limits
from bot.workspace.world import UnknownMessage


def post_message(call: Call) -> Json:
    channel = _open_channel(call)
    content = _content(call)
    thread_ts = call.text("thread_ts") or None  # what Slack answers to an unknown one is not confirmed: taken here
    subtype = "thread_broadcast" if thread_ts and call.flag("reply_broadcast") else None
    message = _say(call, channel, content, thread_ts=thread_ts, subtype=subtype, metadata=_metadata(call))
    return {"channel": channel.id, "ts": message.ts, "message": with_metadata(call, message)}


def post_ephemeral(call: Call) -> Json:
    channel = call.joined_channel()
    reader = call.person("user")
    if reader.id not in channel.members:
        raise Refused("user_not_in_channel")
    content = _content(call)
    message = _say(call, channel, content, thread_ts=call.text("thread_ts") or None, ephemeral_to=reader.id)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    message = _own_message(call, "cant_update_message")
    if len(call.text("text")) > limits.UPDATE_TEXT:
        raise Refused("msg_too_long")
    fields = _content(call)
    if not call.has("text"):
        fields.pop("text")
    if not fields["blocks"]:  # text alone takes the blocks away, and only then the message counts as edited
        fields |= {"edited_by": call.workspace.identity.bot_user, "edited_ts": call.workspace.next_ts()}
    if call.has("metadata"):
        fields["metadata"] = _metadata(call)
    changed = call.workspace.change(message, **fields)
    shape = with_metadata(call, changed)
    return {"channel": message.channel, "ts": message.ts, "text": changed.text, "message": shape}


def delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    call.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.required("message_ts")
    message = _message(call, channel, ts)
    link = f"{call.workspace.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def with_metadata(call: Call, message: Message) -> Json:
    shape = call.workspace.shape(message)
    return shape | ({"metadata": message.metadata} if message.metadata else {})


def _say(call: Call, channel: Channel, content: Json, **fields: Any) -> Message:
    fields |= {name: content[name] for name in ("blocks", "attachments")}
    return call.workspace.post(channel, call.workspace.identity.bot_user, content["text"], by_app=True, **fields)


def _open_channel(call: Call) -> Channel:
    """Where to post: a channel that the app is in, or a person's id for the direct message with them."""
    workspace = call.workspace
    channel = _named_channel(call)
    if channel.archived:
        raise Refused("is_archived")
    if channel.is_im and not workspace.manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    if not call.is_member(channel) and "chat:write.public" not in workspace.manifest.scopes:
        raise Refused("not_in_channel")
    return channel


def _named_channel(call: Call) -> Channel:
    workspace, wanted = call.workspace, call.required("channel")
    if wanted == workspace.identity.bot_user:
        raise Refused("cannot_dm_bot")
    if wanted in workspace.people:
        return workspace.im_between(wanted, workspace.identity.bot_user)
    for channel in workspace.channels.values():
        if not channel.is_im and channel.name == wanted.removeprefix("#"):
            return replace(call, args={**call.args, "channel": channel.id}).channel()
    return call.channel()


def _content(call: Call) -> Json:
    """Text, blocks and attachments; there must be something to show."""
    blocks = call.data("blocks") or []
    attachments = call.data("attachments") or []
    if not isinstance(attachments, list):
        raise Refused("invalid_attachments")
    if not call.text("text").strip() and not blocks and not attachments:
        raise Refused("no_text")
    checked = within_limits(limits.checked_blocks, blocks)
    for file_id in files_in(checked):
        _check_showable(call, file_id)
    return {
        "text": call.text("text"),
        "blocks": checked,
        "attachments": tuple(attachments),
    }


def _check_showable(call: Call, file_id: str) -> None:
    """Whoever posts a file's block must have access to the file, and it must be a picture."""
    workspace = call.workspace
    found = workspace.shared_file(file_id) if workspace.manifest.allows(frozenset({"files:read"})) else None
    seen = found is not None and workspace.identity.bot_user in workspace.channels[found[0].channel].members
    if not seen or found is None or not str(found[1]["mimetype"]).startswith("image/"):
        raise Refused("invalid_blocks")


def _metadata(call: Call) -> Json | None:
    metadata = call.data("metadata")
    if metadata is None:
        return None
    form = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    if not form or not metadata.get("event_type"):
        raise Refused("invalid_metadata_format")
    return dict(metadata)


def _own_message(call: Call, error: str) -> Message:
    message = _message(call, call.channel(), call.required("ts"))
    if not message.by_app:
        raise Refused(error)
    return message


def _message(call: Call, channel: Channel, ts: str) -> Message:
    """A message that everyone may see; an ephemeral one is out of the Web API's reach."""
    try:
        message = call.workspace.message(channel.id, ts)
    except UnknownMessage:
        raise Refused("message_not_found") from None
    if message.ephemeral_to is not None:
        raise Refused("message_not_found")
    return message


# Reactions


def react(call: Call) -> Json:
    message, name = _reacted_to(call)
    bot = call.workspace.identity.bot_user
    if message.has_reaction(name, bot):
        raise Refused("already_reacted")
    call.workspace.set_reaction(message, bot, name, add=True)
    return {}


def unreact(call: Call) -> Json:
    message, name = _reacted_to(call)
    bot = call.workspace.identity.bot_user
    if not message.has_reaction(name, bot):
        raise Refused("no_reaction")
    call.workspace.set_reaction(message, bot, name, add=False)
    return {}


def reactions(call: Call) -> Json:
    channel = call.channel()
    message = _message(call, channel, call.required("timestamp"))
    shape = call.workspace.shape(message) | {"reactions": reactions_shape(message)}
    return {"type": "message", "channel": channel.id, "message": shape}


def _reacted_to(call: Call) -> tuple[Message, str]:
    name = call.required("name")
    if not name.replace("_", "").replace("-", "").replace("+", "").replace(":", "").isalnum():
        raise Refused("invalid_name")
    return _message(call, call.joined_channel(), call.required("timestamp")), name


# Files


def file_info(call: Call) -> Json:
    found = call.workspace.shared_file(call.required("file"))
    if found is None or not call.is_member(call.workspace.channels[found[0].channel]):
        raise Refused("file_not_found")
    return {"file": found[1], "comments": []}
