"""Builds what Slack would send for something that happened: events, interactions, slash commands.

Pure functions from values to JSON; knows nothing about delivery, subscriptions or the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel, Identity, Person
from bot.workspace.shapes import message_shape

# What becomes of a deleted message that has replies.
TOMBSTONE: Json = {
    "subtype": "tombstone",
    "text": "This message was deleted.",
    "user": "USLACKBOT",
    "by_app": False,
    "blocks": (),
    "files": (),
    "attachments": (),
    "metadata": None,
    "reactions": (),
    "edited_by": None,
}


@dataclass(frozen=True)
class Event:
    """One event and the subscription that an app needs to hear it."""

    subscription: str
    body: Json


def callback(event: Event, identity: Identity, event_id: str, event_time: int) -> Json:
    """The envelope's payload of an event, with what Bolt needs to know whom it is for."""
    return {
        "team_id": identity.team_id,
        "context_team_id": identity.team_id,
        "context_enterprise_id": None,
        "api_app_id": identity.app_id,
        "event": event.body,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": identity.team_id,
                "user_id": identity.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


# Messages


def subscription_of(channel: Channel) -> str:
    if channel.is_im:
        return "message.im"
    return "message.groups" if channel.private else "message.channels"


def channel_type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "group" if channel.private else "channel"


def message_posted(message: Message, channel: Channel, identity: Identity, parent: Message | None) -> Event:
    body = message_shape(message, identity) | _where(channel) | {"event_ts": message.ts}
    if parent is not None:
        body["parent_user_id"] = parent.user
    return Event(subscription_of(channel), body)


def app_mentioned(message: Message, channel: Channel, identity: Identity) -> Event:
    body = message_shape(message, identity) | {
        "type": "app_mention",
        "channel": channel.id,
        "event_ts": message.ts,
    }
    body.pop("subtype", None)
    return Event("app_mention", body)


def message_changed(before: Json, after: Json, channel: Channel, ts: str) -> Event:
    body = {
        "type": "message",
        "subtype": "message_changed",
        "message": after,
        "previous_message": before,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }
    return Event(subscription_of(channel), body | _where(channel))


def message_deleted(before: Json, channel: Channel, ts: str) -> Event:
    body = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "deleted_ts": before["ts"],
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }
    return Event(subscription_of(channel), body | _where(channel))


def _where(channel: Channel) -> Json:
    return {"channel": channel.id, "channel_type": channel_type(channel)}


def reaction(added: bool, user: str, name: str, message: Message, ts: str) -> Event:
    kind = "reaction_added" if added else "reaction_removed"
    body = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": ts,
    }
    return Event(kind, body)


# People and the app


def home_opened(user: str, im: str, tab: str, view: Json | None, ts: str) -> Event:
    body: Json = {"type": "app_home_opened", "user": user, "channel": im, "tab": tab, "event_ts": ts}
    return Event("app_home_opened", body | ({"view": view} if view and tab == "home" else {}))


def member_joined(user: str, channel: Channel, identity: Identity, ts: str) -> Event:
    body = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.private else "C",
        "team": identity.team_id,
        "event_ts": ts,
    }
    return Event("member_joined_channel", body)


# Interactions


def interaction(kind: str, person: Person, identity: Identity, trigger_id: str | None) -> Json:
    """What every interaction payload starts with."""
    start: Json = {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": identity.team_id,
        },
        "api_app_id": identity.app_id,
        "team": {"id": identity.team_id, "domain": identity.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return start | ({"trigger_id": trigger_id} if trigger_id else {})


def spoken_name(channel: Channel) -> str:
    """Payloads hide the name of what is private."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.private else channel.name


def channel_stub(channel: Channel) -> Json:
    return {"id": channel.id, "name": spoken_name(channel)}


def pressed_in_message(
    start: Json, message: Message, shape: Json, channel: Channel, values: Json, action: Json, response_url: str
) -> Json:
    """`values` is what this person has picked in the message so far."""
    ephemeral = message.ephemeral_to is not None
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
    payload = start | {
        "container": container,
        "channel": channel_stub(channel),
        "state": {"values": values},
        "response_url": response_url,
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": shape}


def pressed_in_view(start: Json, view: Json, action: Json) -> Json:
    return start | {"container": {"type": "view", "view_id": view["id"]}, "view": view, "actions": [action]}


def view_submitted(start: Json, view: Json) -> Json:
    return start | {"view": view, "response_urls": []}


def view_closed(start: Json, view: Json, is_cleared: bool) -> Json:
    return start | {"view": view, "is_cleared": is_cleared}


def global_shortcut(start: Json, callback_id: str, ts: str) -> Json:
    return start | {"callback_id": callback_id, "action_ts": ts}


def message_shortcut(start: Json, callback_id: str, shape: Json, channel: Channel, response_url: str, ts: str) -> Json:
    return start | {
        "callback_id": callback_id,
        "action_ts": ts,
        "message_ts": shape["ts"],
        "message": shape,
        "channel": channel_stub(channel),
        "response_url": response_url,
    }


def slash_command(
    person: Person,
    channel: Channel,
    identity: Identity,
    command: str,
    text: str,
    response_url: str,
    trigger_id: str,
) -> Json:
    return {
        "team_id": identity.team_id,
        "team_domain": identity.team_domain,
        "channel_id": channel.id,
        "channel_name": spoken_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }
