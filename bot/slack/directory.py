"""Who a person is, as far as Slack knows: the language of their Slack, and the user groups they are in.

What was looked up is believed for five minutes. Where Slack does not answer then, it is asked again half a minute
later, and what is not known closes doors and never opens one. `asker` is for kindness, not for rights: it goes on with
what was known last.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPException
from typing import TypeVar

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk.values import Asker

log = structlog.get_logger()

BELIEVED = 5 * 60.0  # seconds
ASK_AGAIN = 30.0  # seconds
PAGE = 200
# What Slack says in a workspace whose plan has no user groups.
NO_GROUPS = frozenset({"paid_teams_only", "paid_only"})
REMEMBERED = 10_000  # people; the one looked up first goes first

Members = Mapping[str, frozenset[str]]  # the handle of a user group → the ids of its members
T = TypeVar("T")


class Directory:
    """Looks people up, at most once in five minutes each; user groups come all with one call."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, object]] = {}
        self._last_members: Members = {}
        self._group_ids: Mapping[str, str] = {}
        self._told: set[str] = set()

    def asker(self, user: str) -> Asker:
        return Asker(partial(self.language, user), partial(self._groups_last_known, user))

    def language(self, user: str) -> str:
        """The two-letter code of the language in which a person uses Slack; empty where it is not known."""
        return self._remembered(f"user {user}", partial(self._language, user)) or ""

    def groups(self, user: str) -> frozenset[str]:
        """The handles of the user groups that a person is in; none where it is not known."""
        return _groups_in(self.members(), user)

    def members(self) -> Members:
        """Who is in which user group, by handle; empty where it is not known."""
        return self.members_if_known() or {}

    def members_if_known(self) -> Members | None:
        """As `members`, with None where Slack does not tell: a workspace without groups is something else."""
        found = self._remembered("user groups", self._members)
        self._last_members = found or self._last_members
        return found

    def in_channel(self, channel: str) -> frozenset[str]:
        """The ids of a channel's members; none where it is not known."""
        return self._remembered(f"channel {channel}", partial(self._in_channel, channel)) or frozenset()

    def group_id(self, handle: str) -> str | None:
        """The id of a user group as it was known last, for a mention; asks nobody."""
        return self._group_ids.get(handle)

    def _groups_last_known(self, user: str) -> frozenset[str]:
        return _groups_in(self.members() or self._last_members, user)

    def _remembered(self, key: str, look_up: Callable[[], T]) -> T | None:
        with self._lock:
            until, value = self._known.get(key, (0.0, None))
            if self._clock() < until:
                return value  # type: ignore[return-value]  # what was kept under a key came from its `look_up`
        found = self._asked(look_up)
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = (self._clock() + (ASK_AGAIN if found is None else BELIEVED), found)
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        return found

    def _asked(self, look_up: Callable[[], T]) -> T | None:
        try:
            return look_up()
        except SlackApiError as fault:
            self._tell(str(fault.response.get("error")))
        except (OSError, HTTPException) as fault:
            self._tell(type(fault).__name__)
        return None

    def _tell(self, error: str) -> None:
        """Each kind of trouble once: a scope that is missing stays missing."""
        if error not in self._told:
            self._told.add(error)
            log.warning("Slack does not tell who somebody is; see `triage doctor`", error=error)

    def _language(self, user: str) -> str:
        locale = self._client.users_info(user=user, include_locale=True)["user"].get("locale") or ""
        return str(locale).partition("-")[0].lower()

    def _members(self) -> Members:
        try:
            groups = self._client.usergroups_list(include_users=True)["usergroups"]
        except SlackApiError as fault:
            if fault.response.get("error") in NO_GROUPS:
                return {}
            raise
        self._group_ids = {group["handle"]: group["id"] for group in groups}
        return {group["handle"]: frozenset(group.get("users") or ()) for group in groups}

    def _in_channel(self, channel: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        while True:
            page = self._client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
            members.update(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return frozenset(members)


def handles_of(client: WebClient) -> frozenset[str]:
    """The handles of all user groups. Raises what slack_sdk raises."""
    return frozenset(group["handle"] for group in client.usergroups_list()["usergroups"])


def _groups_in(members: Members, user: str) -> frozenset[str]:
    return frozenset(handle for handle, having in members.items() if user in having)
