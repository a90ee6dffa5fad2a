"""What people do with modals and the Home tab: open it, fill in, submit, close. Part of `Workspace`.

Knows nothing about HTTP, sockets or the page.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.workspace import events, limits
from bot.workspace.deliveries import Delivery
from bot.workspace.elements import NoSuchElement, elements_in, missing_inputs, values_of, with_ids
from bot.workspace.messages import Json
from bot.workspace.seed import Person
from bot.workspace.views import View, ViewRefused, view_shape
from bot.workspace.world import CannotDo, World, locked

log = logging.getLogger(__name__)


class Forms(World):
    @locked
    def submit(self, user: str, filled: Mapping[str, Any] | None = None, view_id: str | None = None) -> Delivery:
        """Sends in the open modal, filled in with Slack's state.values or simply {action_id: value}."""
        person = self.person(user)
        view = self.open_view(person, view_id)
        blocks = view.body["blocks"]
        values = self.values(blocks, filled or {})
        errors = missing_inputs(blocks, values)
        view = self.views.put(replace(view, values=values, errors=errors))
        self.touch()
        if errors:
            raise CannotDo(next(iter(errors.values())))
        start = self.interaction("view_submission", person)
        payload = events.view_submitted(start, view_shape(view, self.identity))
        return self.send("interactive", payload, lambda answer: self._after_submit(view, answer))

    def _after_submit(self, view: View, answer: Json) -> None:
        try:
            self._apply(view, answer)
        except (ViewRefused, limits.Invalid) as error:
            log.warning("The app answered a submission with something that Slack refuses: %s", error)

    def _apply(self, view: View, answer: Json) -> None:
        """What the app's acknowledgement does to the modal: nothing said closes it."""
        match answer.get("response_action"):
            case "errors":
                self.views.put(replace(view, errors=_checked_errors(view, answer.get("errors"))))
            case "update":
                self.views.update(view, _checked(answer.get("view")))
            case "push":
                self.views.push(view.user, _checked(answer.get("view")))
            case "clear":
                self.views.clear(view.user)
            case _:
                self.views.close(view)

    @locked
    def close(self, user: str, view_id: str | None = None) -> None:
        person = self.person(user)
        view = self.open_view(person, view_id)
        self.views.close(view)
        if view.body.get("notify_on_close"):
            start = self.interaction("view_closed", person, trigger=False)
            shape = view_shape(view, self.identity)
            self.send("interactive", events.view_closed(start, shape, is_cleared=False))
        self.touch()

    @locked
    def open_home(self, user: str, tab: str = "home") -> None:
        """Opens the app's Home tab, or its Messages tab with `messages`."""
        person = self.person(user)
        im = self.im_between(person.id, self.identity.bot_user)
        self.emit(events.home_opened(person.id, im.id, tab, self.home(user), self.next_ts()))
        self.touch()

    @locked
    def modal(self, user: str) -> Json | None:
        """The modal that the person sees, as the app gets it, or None."""
        view = self.views.top(self.person(user).id)
        return view_shape(view, self.identity) if view else None

    @locked
    def errors(self, user: str) -> Mapping[str, str]:
        """What stands under the fields of the open modal, by block id."""
        view = self.views.top(self.person(user).id)
        return view.errors if view else {}

    @locked
    def home(self, user: str) -> Json | None:
        view = self.views.home(self.person(user).id)
        return view_shape(view, self.identity) if view else None

    @locked
    def open_view(self, person: Person, view_id: str | None) -> View:
        view = self.views.top(person.id) if view_id is None else self.views.find(view_id)
        if view is None or view.user != person.id:
            raise CannotDo("That window is closed; open it again.")
        return view

    @locked
    def interaction(self, kind: str, person: Person, *, trigger: bool = True) -> Json:
        """The start of an interaction's payload, with a fresh trigger unless it cannot open anything."""
        if not self.manifest.interactive:
            raise CannotDo("The app's manifest has interactivity switched off.")
        trigger_id = self.views.issue_trigger(person.id, self.now()) if trigger else None
        return events.interaction(kind, person, self.identity, trigger_id)

    @staticmethod
    def values(blocks: Sequence[Json], filled: Mapping[str, Any]) -> Json:
        fields = {name for block_id, element in elements_in(blocks) for name in (block_id, element["action_id"])}
        if unknown := sorted(set(filled) - fields):
            raise CannotDo(f"There is no field {unknown[0]!r} here; there is: {', '.join(sorted(fields))}.")
        try:
            return values_of(blocks, filled)
        except NoSuchElement as error:
            raise CannotDo(f"That cannot be picked: {error}.") from error


def _checked(body: object) -> Json:
    view = limits.checked_view(body, kind="modal")
    return view | {"blocks": list(with_ids(view["blocks"], prefix="m"))}


def _checked_errors(view: View, errors: object) -> Mapping[str, str]:
    """Sentences for input blocks of this view; Slack refuses any other."""
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        raise limits.Invalid("invalid_errors", ["errors must name input blocks of the view"])
    return errors
