"""Web API: who is here, which channels there are, and what was said in them.

Each function is one method: it reads the call, refuses as Slack does and returns the answer without `ok`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel, Person
from bot.workspace.shapes import channel_shape, group_shape, person_shape
from bot.workspace.web_call import Call, Refused, page_of
from bot.workspace.web_chat import with_metadata
from bot.workspace.world import UnknownMessage

KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


# Channels


def channels(call: Call) -> Json:
    rows = [each for each in _channels_of_types(call) if not each.private or call.is_member(each)]
    return _channel_page(call, rows)


def channels_of_user(call: Call) -> Json:
    user = call.person().id if call.has("user") else call.workspace.identity.bot_user
    rows = [each for each in _channels_of_types(call) if user in each.members]
    return _channel_page(call, [each for each in rows if not each.private or call.is_member(each)])


def _channel_page(call: Call, rows: Sequence[Channel]) -> Json:
    page, metadata = page_of(call, rows, default=100, most=1000)
    shapes = [channel_shape(each, call.workspace.identity, with_count=True) for each in page]
    return {"channels": shapes} | metadata


def _channels_of_types(call: Call) -> list[Channel]:
    types = call.listed("types") or ["public_channel"]
    for each in types:
        if each not in KINDS:
            raise Refused("invalid_types")
        call.needs(f"{KINDS[each]}:read")
    return [
        channel
        for channel in call.workspace.channels.values()
        if _type_of(channel) in types and not (channel.archived and call.flag("exclude_archived"))
    ]


def _type_of(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.private else "public_channel"


def channel(call: Call) -> Json:
    found = call.channel()
    call.needs_for(found, "read")
    shape = channel_shape(found, call.workspace.identity, with_count=call.flag("include_num_members"))
    if call.flag("include_locale"):
        shape["locale"] = call.workspace.app.locale
    return {"channel": shape}


def members(call: Call) -> Json:
    found = call.channel()
    call.needs_for(found, "read")
    page, metadata = page_of(call, sorted(found.members), default=100, most=1000)
    return {"members": page} | metadata


def open_im(call: Call) -> Json:
    if call.has("channel"):
        found = call.channel()
    else:
        users = call.listed("users")
        if len(users) != 1:
            raise Refused("users_list_not_supplied" if not users else "not_enough_users")
        if users[0] not in call.workspace.people:
            raise Refused("user_not_found")
        found = call.workspace.im_between(users[0], call.workspace.identity.bot_user)
    shape = channel_shape(found, call.workspace.identity) if call.flag("return_im") else {"id": found.id}
    return {"channel": shape, "already_open": True, "no_op": True}


def join(call: Call) -> Json:
    found = call.channel()
    if found.private:
        raise Refused("method_not_supported_for_channel_type")
    joined = call.workspace.join(call.workspace.identity.bot_user, found)
    return {"channel": channel_shape(joined, call.workspace.identity)}


# What was said


def history(call: Call) -> Json:
    found = _readable(call)
    top_level = (each for each in reversed(call.workspace.logs[found.id]) if each.in_channel)
    page, metadata = page_of(call, _between(call, top_level), default=100, most=999)
    return _messages(call, page, metadata) | {"pin_count": 0}


def replies(call: Call) -> Json:
    found = _readable(call)
    ts = call.required("ts")
    try:
        parent = call.workspace.message(found.id, ts)
    except UnknownMessage:
        raise Refused("thread_not_found") from None
    answers = _between(call, call.workspace.logs[found.id].replies(ts))
    page, metadata = page_of(call, answers, default=1000, most=1000)
    return _messages(call, [parent, *page], metadata)  # Slack puts the parent first on every page


def _messages(call: Call, page: Iterable[Message], metadata: Json) -> Json:
    show = with_metadata if call.flag("include_all_metadata") else _without_metadata
    more = bool(metadata["response_metadata"]["next_cursor"])
    answer: Json = {"messages": [show(call, each) for each in page], "has_more": more}
    return answer | (metadata if more else {})


def _without_metadata(call: Call, message: Message) -> Json:
    return call.workspace.shape(message)


def _readable(call: Call) -> Channel:
    found = call.joined_channel()
    call.needs_for(found, "history")
    return found


def _between(call: Call, messages: Iterable[Message]) -> Iterator[Message]:
    """The messages after `oldest` and before `latest`; those two themselves only when `inclusive`."""
    inclusive = call.flag("inclusive")
    oldest, latest = call.moment("oldest") or 0.0, call.moment("latest") or math.inf
    for message in messages:
        ts = float(message.ts)
        inside = oldest <= ts <= latest if inclusive else oldest < ts < latest
        if inside and message.ephemeral_to is None:
            yield message


# People


def user(call: Call) -> Json:
    return {"user": _person(call, call.person())}


def users(call: Call) -> Json:
    page, metadata = page_of(call, list(call.workspace.people.values()), default=1000, most=1000)
    return {"members": [_person(call, each) for each in page], "cache_ts": 0} | metadata


def _person(call: Call, person: Person) -> Json:
    workspace = call.workspace
    return person_shape(
        person,
        workspace.identity,
        workspace.now(),
        with_locale=call.flag("include_locale"),
        with_email="users:read.email" in workspace.manifest.scopes,
    )


def groups(call: Call) -> Json:
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    return {"usergroups": list(_groups(call, with_users, with_count))}


def _groups(call: Call, with_users: bool, with_count: bool) -> Iterator[Json]:
    for group in call.workspace.groups.values():
        yield group_shape(group, call.workspace.identity, with_users=with_users, with_count=with_count)


def group_members(call: Call) -> Json:
    group = call.workspace.groups.get(call.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


def team(call: Call) -> Json:
    identity = call.workspace.identity
    return {"team": {"id": identity.team_id, "name": identity.team_name, "domain": identity.team_domain}}
