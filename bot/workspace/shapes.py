"""Turns the workspace's values into the JSON shapes that Slack uses for messages, people and channels.

Pure functions; knows nothing about the Web API's methods or who asks.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.workspace.messages import Json, Message, ThreadSummary
from bot.workspace.seed import Channel, Group, Identity, Person
from bot.workspace.text import rich_text


def message_shape(message: Message, identity: Identity, thread: ThreadSummary | None = None) -> Json:
    """A message as history, events and payloads show it, without its metadata."""
    shape: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shape["team"] = identity.team_id
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.by_app:
        shape |= {"bot_id": identity.bot_id, "app_id": identity.app_id, "bot_profile": bot_shape(identity)}
    elif message.subtype != "tombstone":
        shape["client_msg_id"] = f"00000000-0000-4000-8000-{message.ts.replace('.', '')[-12:]}"
    shape |= _blocks_of(message) | _thread_of(message, thread)
    if message.attachments:
        shape["attachments"] = list(message.attachments)
    if message.files:
        shape |= {"files": list(message.files), "upload": False}
    if message.edited_by:
        shape["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    if message.reactions:
        shape["reactions"] = reactions_shape(message)
    return shape


def page_message_shape(message: Message, identity: Identity, thread: ThreadSummary | None = None) -> Json:
    """The same for the page, which shows the text of people's messages: without the editor's rich_text."""
    shape = message_shape(message, identity, thread)
    shape.pop("bot_profile", None)
    if not message.blocks:
        shape.pop("blocks", None)
    if message.ephemeral_to:
        shape["ephemeral"] = True
    return shape


def reactions_shape(message: Message) -> list[Json]:
    return [{"name": r.name, "users": list(r.users), "count": len(r.users)} for r in message.reactions]


def _blocks_of(message: Message) -> Json:
    if message.blocks:
        return {"blocks": list(message.blocks)}
    if message.by_app or not message.text:
        return {}
    return {"blocks": [rich_text(message.text, block_id=f"r{message.ts[-4:]}")]}


def _thread_of(message: Message, thread: ThreadSummary | None) -> Json:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    if thread is None:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": thread.replies,
        "reply_users": list(thread.users),
        "reply_users_count": len(thread.users),
        "latest_reply": thread.latest,
        "is_locked": False,
        "subscribed": False,
    }


def bot_shape(identity: Identity) -> Json:
    return {
        "id": identity.bot_id,
        "app_id": identity.app_id,
        "user_id": identity.bot_user,
        "name": identity.bot_name,
        "deleted": False,
        "updated": 0,
        "icons": {},
        "team_id": identity.team_id,
    }


# What Slack calls zones, by their short names; two share theirs with another zone and are told apart by place.
ZONE_NAMES = {
    "WET": "Western European Time",
    "WEST": "Western European Summer Time",
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "IST": "India Standard Time",
    "CST": "Central Standard Time",
    "UTC": "Coordinated Universal Time",
    "Asia/Riyadh": "Arabia Standard Time",
    "Asia/Manila": "Philippine Standard Time",
    "America/Bogota": "Colombia Standard Time",
}


def zone_label(local: datetime) -> str:
    """A zone in words, summer time told apart; one that is not in the table keeps its own name."""
    place = str(local.tzinfo)
    return ZONE_NAMES.get(place) or ZONE_NAMES.get(local.tzname() or "") or place


def person_shape(
    person: Person, identity: Identity, at: datetime, *, with_locale: bool = False, with_email: bool = False
) -> Json:
    zone = at.astimezone(ZoneInfo(person.tz))
    offset = zone.utcoffset()
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.handle,
        "display_name_normalized": person.handle,
        "title": person.title,
        "team": identity.team_id,
    }
    if with_email and not person.is_app:
        profile["email"] = f"{person.handle}@example.com"
    if person.is_app:
        profile |= {"bot_id": identity.bot_id, "api_app_id": identity.app_id}
    shape: Json = {
        "id": person.id,
        "team_id": identity.team_id,
        "name": person.handle,
        "deleted": False,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": zone_label(zone),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": person.role == "maintainer",
        "is_bot": person.is_app,
        "is_app_user": False,
        "updated": 0,
    }
    return shape | ({"locale": person.locale} if with_locale else {})


def channel_shape(channel: Channel, identity: Identity, *, with_count: bool = False) -> Json:
    if channel.is_im:
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "user": channel.other(identity.bot_user),
            "is_user_deleted": False,
            "is_open": True,
        }
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_member": identity.bot_user in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return shape | ({"num_members": len(channel.members)} if with_count else {})


def group_shape(group: Group, identity: Identity, *, with_users: bool = False, with_count: bool = False) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": identity.team_id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
    if with_users:
        shape["users"] = list(group.members)
    if with_count:
        shape["user_count"] = len(group.members)
    return shape
