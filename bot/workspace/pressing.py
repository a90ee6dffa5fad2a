"""What people do with buttons, menus, shortcuts and slash commands. Part of `Workspace`.

Knows nothing about HTTP, sockets or the page.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.workspace import events, limits
from bot.workspace.deliveries import Delivery
from bot.workspace.elements import Choice, NoSuchElement, action_of, find_element, values_of
from bot.workspace.forms import Forms
from bot.workspace.messages import Json, Message
from bot.workspace.seed import Channel, Person
from bot.workspace.text import escape, with_handles
from bot.workspace.views import view_shape
from bot.workspace.world import CannotDo, locked
from bot.workspace.writing import Writing

log = logging.getLogger(__name__)


class Pressing(Writing, Forms):
    @locked
    def press(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        choice: Choice = None,
        *,
        block_id: str | None = None,
    ) -> Delivery:
        """Presses a button in a message, or picks `choice`: an option's value or label, a date, a person."""
        person = self.person(user)
        message = self.visible(person, channel, ts)
        action = self._action(message.blocks, action_id, choice, block_id)
        picks = self.attention.pick(person.id, message.channel, ts, action)
        place = self.channels[message.channel]
        payload = events.pressed_in_message(
            self.interaction("block_actions", person),
            message,
            self.shape(message),
            place,
            values_of(message.blocks, picks),
            action,
            self._answer_url(person, place, message),
        )
        return self.send("interactive", payload)

    @locked
    def press_in_view(
        self,
        user: str,
        view_id: str,
        action_id: str,
        choice: Choice = None,
        *,
        block_id: str | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """The same in a modal or on the Home tab; `state` is what the person has filled in so far."""
        person = self.person(user)
        view = self.open_view(person, view_id)
        blocks = view.body.get("blocks", [])
        action = self._action(blocks, action_id, choice, block_id)
        shape = view_shape(view, self.identity, self.values(blocks, state or {}))
        start = self.interaction("block_actions", person)
        return self.send("interactive", events.pressed_in_view(start, shape, action))

    @locked
    def shortcut(self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Delivery:
        """Runs a shortcut of the manifest: a global one, or with `channel` and `ts` one on that message."""
        person = self.person(user)
        kind = "global" if channel is None or ts is None else "message"
        if not any(each.callback_id == callback_id and each.type == kind for each in self.manifest.shortcuts):
            raise CannotDo(f"The app has no {kind} shortcut {callback_id!r}.")
        if channel is None or ts is None:
            start = self.interaction("shortcut", person)
            return self.send("interactive", events.global_shortcut(start, callback_id, self.next_ts()))
        message = self.visible(person, channel, ts)
        place = self.channels[message.channel]
        start = self.interaction("message_action", person)
        url = self._answer_url(person, place, message)
        shape = self.shape(message)
        payload = events.message_shortcut(start, callback_id, shape, place, url, self.next_ts())
        return self.send("interactive", payload)

    @locked
    def command(self, user: str, command: str, text: str = "", channel: str = "general") -> Delivery:
        """Runs a slash command; the answer is shown to that person only, or to all if the app says so."""
        person = self.person(user)
        place = self.place(person, channel)
        known = next((each for each in self.manifest.commands if each.command == command), None)
        if known is None:
            raise CannotDo(f"{command} is not a command here.")
        payload = events.slash_command(
            person,
            place,
            self.identity,
            command,
            with_handles(self.stored(text), self._handle) if known.escapes else escape(text),
            self._answer_url(person, place),
            self.views.issue_trigger(person.id, self.now()),
        )
        return self.send("slash_commands", payload, lambda answer: self._answered(person, place, answer))

    def _handle(self, user: str) -> str:
        return self.people[user].handle

    def _answered(self, person: Person, channel: Channel, answer: Json) -> None:
        try:
            blocks = limits.checked_blocks(answer.get("blocks") or [])
        except limits.Invalid as error:
            log.warning("The app answered a command with something that Slack refuses: %s", error)
        else:
            self.say_back(person.id, channel, answer | {"blocks": blocks})

    @locked
    def say_back(self, user: str, channel: Channel, answer: Json, thread_ts: str | None = None) -> None:
        """Shows an app's answer in a channel: to one person, unless it says `in_channel`."""
        if not answer.get("text") and not answer.get("blocks"):
            return
        self.post(
            channel,
            self.identity.bot_user,
            str(answer.get("text", "")),
            by_app=True,
            blocks=answer.get("blocks") or (),
            thread_ts=answer.get("thread_ts", thread_ts),
            ephemeral_to=None if answer.get("response_type") == "in_channel" else user,
        )

    def _action(self, blocks: Sequence[Json], action_id: str, choice: Choice, block_id: str | None) -> Json:
        try:
            found_in, element = find_element(blocks, action_id, block_id)
            return action_of(element, found_in, choice, self.next_ts())
        except NoSuchElement as error:
            raise CannotDo(f"That cannot be pressed: {error}.") from error

    def _answer_url(self, person: Person, channel: Channel, message: Message | None = None) -> str:
        ts, thread_ts = (message.ts, message.thread_ts) if message else (None, None)
        token = self.response_urls.issue(person.id, channel.id, ts, thread_ts, self.now())
        return f"{self.url}/hooks/{token}"
