"""Finds the configured channels in the workspace, and says what is missing, with the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.obstacles import MissingRooms
from bot.routing import UNSORTED, Queue, named


@dataclass(frozen=True)
class Rooms:
    """Channel ids. `warnings` are sentences for the operator about what is missing but bearable."""

    queues: Mapping[str, str]
    help: tuple[str, ...]
    ops: str
    warnings: tuple[str, ...]


def find_rooms(client: WebClient, queues: Sequence[Queue], help_channels: Sequence[str], ops: str) -> Rooms:
    """Resolve names once, at start. Raises MissingRooms."""
    return arrange(_channels_of(client), queues, help_channels, ops)


def find_rooms_again(client: WebClient, queues: Sequence[Queue], help_channels: Sequence[str], ops: str) -> Rooms:
    """The same while the desk runs, where trouble with Slack is no end. Raises MissingRooms for that, too."""
    try:
        return find_rooms(client, queues, help_channels, ops)
    except (SlackApiError, OSError, HTTPException) as fault:
        raise MissingRooms("Slack did not tell which channels there are; it is asked again in a moment.") from fault


def arrange(known: Mapping[str, str], queues: Sequence[Queue], help_channels: Sequence[str], ops: str) -> Rooms:
    """`known`: channel name → id, of the channels that the bot is in.

    An offshore queue without a channel falls back to `unsorted`; an onshore one to another onshore one, never offshore.
    """
    warnings: list[str] = []
    rooms = {queue.name: known[queue.channel] for queue in queues if queue.channel in known}
    for queue in queues:
        if queue.name not in rooms:
            rooms[queue.name] = _fallback(queue, queues, known)
            warnings.append(
                f"#{queue.channel} of queue {queue.name} is missing: {_REMEDY} Until then its cases go elsewhere."
            )
    for name in help_channels:
        if name not in known:
            warnings.append(f"The help channel #{name} is missing: {_REMEDY}")
    if ops not in known:
        warnings.append(f"#{ops} for alarms is missing: {_REMEDY} Until then alarms go to the unsorted queue.")
    found = tuple(known[name] for name in help_channels if name in known)
    return Rooms(rooms, found, known.get(ops, rooms[UNSORTED]), tuple(warnings))


_REMEDY = "create it and invite the app (/invite @triage), or name another one in the configuration."


def _fallback(queue: Queue, queues: Sequence[Queue], known: Mapping[str, str]) -> str:
    if queue.region == "onshore":
        others = [each.channel for each in queues if each.region == "onshore" and each.channel in known]
        if not others:
            raise MissingRooms(f"No onshore queue has a channel, and security cases may go nowhere else: {_REMEDY}")
        return known[others[0]]
    unsorted = named(UNSORTED, queues).channel
    if unsorted not in known:
        raise MissingRooms(f"Neither #{queue.channel} nor #{unsorted} exists: {_REMEDY}")
    return known[unsorted]


def _channels_of(client: WebClient) -> dict[str, str]:
    channels: dict[str, str] = {}
    cursor = ""
    while True:
        page = client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor
        )
        channels.update({each["name"]: each["id"] for each in page["channels"] if each.get("is_member")})
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return channels
