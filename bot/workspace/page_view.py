"""The workspace as one person may see it, as the JSON that the page draws.

Reads only; knows nothing about HTTP or how the page looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel, Group, Person
from bot.workspace.shapes import page_message_shape
from bot.workspace.state import Workspace
from bot.workspace.text import calls, mrkdwn_in
from bot.workspace.views import view_shape


def view(workspace: Workspace, user: str) -> Json:
    with workspace.lock:
        me = workspace.person(user)
        identity = workspace.identity
        mine = [channel for channel in workspace.channels.values() if me.id in channel.members]
        home = workspace.views.home(me.id)
        reader = _reader(workspace, me)
        return {
            "version": workspace.version,
            "now": workspace.now().astimezone(UTC).timestamp(),
            "clock": {"offset": workspace.movable.offset.total_seconds()} if workspace.movable else None,
            "fresh_until": _fresh_until(workspace),
            "team": {"id": identity.team_id, "name": identity.team_name},
            "me": me.id,
            "bot": {"user": identity.bot_user, "connected": workspace.connections > 0},
            "people": {person.id: _person(person) for person in workspace.people.values()},
            "groups": {group.id: _group(group, me) for group in workspace.groups.values()},
            "channels": [_channel(workspace, channel, reader) for channel in mine],
            "messages": {channel.id: _top_level(workspace, channel, me) for channel in mine},
            "replies": {channel.id: _replies(workspace, channel, me) for channel in mine},
            "modal": _modal(workspace, me),
            "home": {identity.bot_user: view_shape(home, identity) if home else None},
            "prompts": _prompts(workspace, mine),
            "status": _statuses(workspace, mine),
        } | _offers(workspace)


def _group(group: Group, me: Person) -> Json:
    return {"handle": group.handle, "name": group.name, "mine": me.id in group.members}


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.handle,
        "real_name": person.real_name,
        "title": person.title,
        "city": person.city,
        "country": person.country,
        "tz": person.tz,
        "locale": person.locale,
        "role": person.role,
        "about": person.about,
        "tries": list(person.tries),
        "colour": person.colour,
    }


@dataclass(frozen=True)
class _Reader:
    """Whoever looks, with the user groups that they are in."""

    id: str
    groups: frozenset[str]

    def is_called(self, message: Message) -> bool:
        said = " ".join((message.text, *mrkdwn_in(message.blocks), *mrkdwn_in(message.attachments)))
        return calls(said, self.id, self.groups)


def _reader(workspace: Workspace, me: Person) -> _Reader:
    return _Reader(me.id, frozenset(group.id for group in workspace.groups.values() if me.id in group.members))


def _channel(workspace: Workspace, channel: Channel, me: _Reader) -> Json:
    unread = [message for message in workspace.logs[channel.id] if _is_unread(workspace, channel, message, me)]
    calling = [message for message in unread if channel.is_im or me.is_called(message)]
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "kind": "im" if channel.is_im else "channel",
        "topic": channel.topic,
        "private": channel.private,
        "members": sorted(channel.members),
        "unread": len(unread),
        "mentions": len(calling),
        "last_read": workspace.attention.last_read(me.id, channel.id),
    }
    return shape | ({"with": channel.other(me.id)} if channel.is_im else {})


def _is_unread(workspace: Workspace, channel: Channel, message: Message, me: _Reader) -> bool:
    """New to this person: in the channel itself, or in a thread that they take part in or are called into."""
    if message.user == me.id or not message.visible_to(me.id):
        return False
    if message.ts <= workspace.attention.last_read(me.id, channel.id):
        return False
    return message.in_channel or channel.is_im or _takes_part(workspace, message, me) or me.is_called(message)


def _takes_part(workspace: Workspace, reply: Message, me: _Reader) -> bool:
    log = workspace.logs[reply.channel]
    parent = log.get(reply.thread_ts or "")
    return (parent is not None and parent.user == me.id) or any(
        other.user == me.id for other in log.replies(reply.thread_ts or "")
    )


def _top_level(workspace: Workspace, channel: Channel, me: Person) -> list[Json]:
    log = workspace.logs[channel.id]
    return _shapes(workspace, (message for message in log if message.in_channel and message.visible_to(me.id)))


def _replies(workspace: Workspace, channel: Channel, me: Person) -> dict[str, list[Json]]:
    threads: dict[str, list[Message]] = {}
    for message in workspace.logs[channel.id]:
        if message.is_reply and message.visible_to(me.id):
            threads.setdefault(message.thread_ts or "", []).append(message)
    return {thread_ts: _shapes(workspace, messages) for thread_ts, messages in threads.items()}


def _shapes(workspace: Workspace, messages: Iterable[Message]) -> list[Json]:
    logs = workspace.logs
    return [
        page_message_shape(message, workspace.identity, logs[message.channel].summary(message.ts))
        for message in messages
    ]


def _modal(workspace: Workspace, me: Person) -> Json | None:
    top = workspace.views.top(me.id)
    if top is None:
        return None
    return {"id": top.id, "view": view_shape(top, workspace.identity), "errors": dict(top.errors)}


def _prompts(workspace: Workspace, mine: Iterable[Channel]) -> Json:
    prompts = workspace.attention.prompts
    return {channel.id: prompts[channel.id] for channel in mine if channel.id in prompts}


def _statuses(workspace: Workspace, mine: Iterable[Channel]) -> dict[str, str]:
    ids = {channel.id for channel in mine}
    statuses = workspace.attention.statuses(workspace.now()).items()
    return {f"{channel}/{thread}": status for (channel, thread), status in statuses if channel in ids}


def _fresh_until(workspace: Workspace) -> float | None:
    """When something in the view goes by itself, without any change that the page would be told of."""
    end = workspace.attention.next_end(workspace.now())
    return end.timestamp() if end else None


def _offers(workspace: Workspace) -> Json:
    """What the manifest puts into the menus."""
    shortcuts = [
        {
            "name": each.name,
            "type": each.type,
            "callback_id": each.callback_id,
            "description": each.description,
        }
        for each in workspace.manifest.shortcuts
    ]
    commands = [
        {"command": each.command, "description": each.description, "usage_hint": each.usage_hint}
        for each in workspace.manifest.commands
    ]
    return {"shortcuts": shortcuts, "commands": commands}
