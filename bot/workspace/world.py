"""The workspace's memory: people, channels, messages, views, and what the app was told about them.

Everything that changes goes through here, under one lock, and wakes whoever waits. Knows nothing about HTTP,
sockets or the page; what people and the app may do is judged by those who call it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.workspace import events
from bot.workspace.attention import Attention
from bot.workspace.deliveries import Answer, Delivery, Kind, Ledger
from bot.workspace.elements import with_ids
from bot.workspace.files import Contents
from bot.workspace.manifest import Manifest
from bot.workspace.messages import Json, Log, Message
from bot.workspace.response_urls import ResponseUrls
from bot.workspace.seed import Channel, Group, Person, Seed, slack_id
from bot.workspace.shapes import message_shape
from bot.workspace.text import mentions
from bot.workspace.views import Views

LONGEST_MESSAGE = 40_000  # what is longer, Slack cuts off

P = ParamSpec("P")
R = TypeVar("R")
W = TypeVar("W", bound="World")


class CannotDo(Exception):
    """Something that this person cannot do here; the text is one plain sentence for the page."""


class UnknownPerson(CannotDo):
    pass


class UnknownChannel(CannotDo):
    pass


class UnknownMessage(CannotDo):
    pass


def locked(method: Callable[Concatenate[W, P], R]) -> Callable[Concatenate[W, P], R]:
    """The method runs with the workspace's lock held."""

    @wraps(method)
    def inner(self: W, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return inner


class World:
    def __init__(self, manifest: Manifest, seed: Seed, now: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self.url = "http://127.0.0.1"  # the server that serves this workspace puts its own address here
        self.manifest = manifest
        self.identity = seed.identity
        self.now = now
        self.people: dict[str, Person] = {person.id: person for person in seed.people}
        self.groups: dict[str, Group] = {group.id: group for group in seed.groups}
        self.channels: dict[str, Channel] = {}
        self.logs: dict[str, Log] = {}
        self.views = Views()
        self.attention = Attention()
        self.contents = Contents()
        self.response_urls = ResponseUrls()
        self.ledger = Ledger()
        self.connections = 0
        self._tickets: set[str] = set()
        self._listeners: list[Callable[[], None]] = []
        self._last_ts = 0
        self._events = 0
        self._run = uuid.uuid4().hex[:6].upper()  # event ids differ from run to run: the app may outlive this one
        for channel in seed.channels:
            self.add_channel(channel)

    # Who and where

    def person(self, who: str) -> Person:
        """By id, or by handle with or without its @."""
        if who in self.people:
            return self.people[who]
        for person in self.people.values():
            if person.handle == who.removeprefix("@"):
                return person
        raise UnknownPerson(f"Nobody here is called {who!r}.")

    @property
    def app(self) -> Person:
        return self.people[self.identity.bot_user]

    @locked
    def channel(self, which: str, seen_by: str | None = None) -> Channel:
        """By id, by name with or without its #, or `@handle`: the direct message with that person."""
        if which in self.channels:
            return self.channels[which]
        if which.startswith("@"):
            return self.im_between(seen_by or self.identity.bot_user, self.person(which).id)
        for channel in self.channels.values():
            if not channel.is_im and channel.name == which.removeprefix("#"):
                return channel
        raise UnknownChannel(f"There is no channel called {which!r}.")

    @locked
    def im_between(self, one: str, other: str) -> Channel:
        """The direct message of two people; made when it is first needed."""
        handles = sorted(self.people[user].handle for user in {one, other} if user != self.identity.bot_user)
        im_id = slack_id("D", "".join(handles))
        if im_id not in self.channels:
            self.add_channel(Channel(im_id, "", "", private=True, members=frozenset({one, other})))
        return self.channels[im_id]

    @locked
    def add_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = replace(channel, created=int(self.now().timestamp()))
        self.logs[channel.id] = Log()
        self.touch()

    @locked
    def join(self, user: str, channel: Channel) -> Channel:
        if user in channel.members:
            return channel
        joined = replace(channel, members=channel.members | {user})
        self.channels[channel.id] = joined
        self.emit(events.member_joined(user, joined, self.identity, self.next_ts()), joined)
        self.touch()
        return joined

    @locked
    def place(self, person: Person, channel: str) -> Channel:
        """A channel that this person is in."""
        found = self.channel(channel, seen_by=person.id)
        if person.id not in found.members:
            raise CannotDo(f"{person.real_name} is not in #{found.name}.")
        return found

    @locked
    def visible(self, person: Person, channel: str, ts: str) -> Message:
        """A message that this person can see."""
        message = self.message(self.place(person, channel).id, ts)
        if not message.visible_to(person.id):
            raise UnknownMessage("That message is not there any more.")
        return message

    # Time and change

    @locked
    def next_ts(self) -> str:
        """A message's id: seconds with six decimals, unique and growing even when the clock stands still."""
        micros = round(self.now().astimezone(UTC).timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    @locked
    def touch(self) -> None:
        """Something changed: wake whoever waits and tell the page."""
        self.version += 1
        self.changed.notify_all()
        for listener in self._listeners:
            listener()

    @locked
    def watch(self, listener: Callable[[], None]) -> None:
        """`listener` is called after every change, with the lock held: it must not block."""
        self._listeners.append(listener)

    @locked
    def unwatch(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    @locked
    def wait_until(self, predicate: Callable[[], R], timeout: float = 5.0) -> R:
        """Waits, without polling, until `predicate()` is true of the workspace, and returns its value."""
        outcome: list[R] = []

        def holds() -> bool:
            outcome[:] = [predicate()]
            return bool(outcome[0])

        if not self.changed.wait_for(holds, timeout):
            raise TimeoutError(f"still waiting after {timeout:g} s; last said: {self._last_said()}")
        return outcome[0]

    def _last_said(self) -> str:
        everything = (message for log in self.logs.values() for message in log)
        last = max(everything, key=lambda message: message.ts, default=None)
        return f"{last.user}: {last.text!r}" if last else "nothing"

    # Messages

    @locked
    def message(self, channel_id: str, ts: str) -> Message:
        message = self.logs[channel_id].get(ts)
        if message is None:
            raise UnknownMessage("That message is not there any more.")
        return message

    @locked
    def shape(self, message: Message) -> Json:
        return message_shape(message, self.identity, self.logs[message.channel].summary(message.ts))

    @locked
    def post(self, channel: Channel, user: str, text: str, /, **fields: Any) -> Message:
        """Adds a message and tells the app. `fields` are the other fields of `Message`."""
        ts = self.next_ts()
        fields["blocks"] = with_ids(fields.get("blocks", ()), prefix=f"b{ts[-6:]}")
        message = Message(channel.id, ts, user, text[:LONGEST_MESSAGE], **fields)
        self.logs[channel.id].add(message)
        if message.ephemeral_to is None:
            self._announce(message, channel)
        if message.by_app:
            self.attention.set_status(channel.id, message.thread_ts or "", "", self.now())
        self.attention.read(user, channel.id, ts)
        self.touch()
        return message

    def _announce(self, message: Message, channel: Channel) -> None:
        parent = self.logs[channel.id].get(message.thread_ts or "") if message.is_reply else None
        self.emit(events.message_posted(message, channel, self.identity, parent), channel)
        by_person = not message.by_app and not channel.is_im
        if by_person and mentions(message.text, self.identity.bot_user):
            self.emit(events.app_mentioned(message, channel, self.identity), channel)

    @locked
    def change(self, message: Message, /, **fields: Any) -> Message:
        """Replaces fields of a message and tells the app that it changed."""
        before = self.shape(message)
        if "blocks" in fields:
            fields["blocks"] = with_ids(fields["blocks"], prefix=f"b{message.ts[-6:]}")
        after = replace(message, **fields)
        self.logs[message.channel].put(after)
        if message.ephemeral_to is None:
            channel = self.channels[message.channel]
            event = events.message_changed(before, self.shape(after), channel, self.next_ts())
            self.emit(event, channel)
        self.touch()
        return after

    @locked
    def remove(self, message: Message) -> None:
        """Deletes a message; one that has replies leaves a tombstone, so that its thread stays."""
        if self.logs[message.channel].summary(message.ts):
            self.change(message, **events.TOMBSTONE)
            return
        before = self.shape(message)
        self.logs[message.channel].remove(message.ts)
        if message.ephemeral_to is None:
            channel = self.channels[message.channel]
            self.emit(events.message_deleted(before, channel, self.next_ts()), channel)
        self.touch()

    @locked
    def set_reaction(self, message: Message, user: str, name: str, *, add: bool) -> None:
        changed = message.with_reaction(name, user) if add else message.without_reaction(name, user)
        self.logs[message.channel].put(changed)
        event = events.reaction(add, user, name, message, self.next_ts())
        self.emit(event, self.channels[message.channel])
        self.touch()

    # What the app is told

    @locked
    def emit(self, event: events.Event, channel: Channel | None = None) -> None:
        """Sends what the manifest subscribes to, and of what happens in channels only where the app is in."""
        hears = event.subscription in self.manifest.events
        if hears and (channel is None or self.identity.bot_user in channel.members):
            at = int(self.now().timestamp())
            self.send("events_api", events.callback(event, self.identity, self.new_event_id(), at))

    @locked
    def new_event_id(self) -> str:
        self._events += 1
        return f"Ev{self._run}{self._events:07d}"

    @locked
    def send(self, kind: Kind, payload: Json, on_answer: Answer | None = None) -> Delivery:
        return self.ledger.send(Delivery(kind, payload, on_answer))

    @locked
    def acknowledged(self, delivery: Delivery, answer: Json) -> None:
        self.ledger.settle(delivery, "acknowledged", answer)
        if delivery.on_answer is not None:
            delivery.on_answer(answer)
        self.touch()

    @locked
    def gave_up(self, delivery: Delivery) -> None:
        self.ledger.settle(delivery, "given up")
        self.touch()

    # The app's sockets

    @locked
    def issue_ticket(self) -> str:
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    @locked
    def take_ticket(self, ticket: str) -> bool:
        """Whether this ticket opens a socket; it does so once."""
        known = ticket in self._tickets
        self._tickets.discard(ticket)
        return known

    @locked
    def connections_are(self, count: int) -> None:
        self.connections = count
        self.touch()
