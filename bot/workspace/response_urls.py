"""The response_url of an interaction: whom and what it answers, and how often it may still be used.

Knows nothing about HTTP. Not thread-safe: the world's lock guards it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(minutes=30)
USES = 5


class UrlRefused(Exception):
    """The URL is no longer good; the text is Slack's error code."""


@dataclass
class Place:
    """What an interaction was about: the reader, the channel and, if there was one, the message."""

    user: str
    channel: str
    message_ts: str | None
    thread_ts: str | None
    expires: datetime
    uses: int = USES


class ResponseUrls:
    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def issue(self, user: str, channel: str, message_ts: str | None, thread_ts: str | None, at: datetime) -> str:
        """The last part of a new URL."""
        token = uuid.uuid4().hex
        self._places[token] = Place(user, channel, message_ts, thread_ts, at + LIFE)
        return token

    def use(self, token: str, at: datetime) -> Place:
        place = self._places.get(token)
        if place is None:
            raise UrlRefused("no_such_url")
        if at > place.expires:
            raise UrlRefused("expired_url")
        if place.uses == 0:
            raise UrlRefused("used_url")
        place.uses -= 1
        return place
