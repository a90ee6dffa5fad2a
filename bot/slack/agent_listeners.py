"""What agents and leads press and fill in: each listener unwraps a payload, asks the desk, and is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.desk.acting import Form, Refused
from bot.desk.agents import Agents
from bot.desk.overview import Overviews
from bot.desk.together import Together
from bot.desk.values import Click
from bot.routing import NoHigherTier
from bot.slack import dialogs, forms
from bot.slack.payloads import Payload, click_in, open_dialog
from bot.words import words_for

DIRECT = ("claim", "unclaim", "part")
WITH_A_FORM = (dialogs.SEND, dialogs.RESOLVE, dialogs.ESCALATE, dialogs.REROUTE, dialogs.MERGE, dialogs.DETAILS)
# Acts in the menu "more" that need no form.
AT_ONCE = ("wait", "go_on")


class AgentListeners:
    """The cards' buttons and their dialogs, the shortcut on a note, and the leads' reviews."""

    def __init__(self, agents: Agents, together: Together, overviews: Overviews) -> None:
        self.agents = agents
        self.together = together
        self.overviews = overviews

    def register(self, app: App) -> None:
        app.action(_any_of(DIRECT))(self.on_click)
        app.action(_any_of(WITH_A_FORM))(self.on_form)
        app.action("more")(self.on_more)
        app.shortcut("send_to_user")(self.on_reply_shortcut)
        for act in dialogs.DIALOGS:
            app.view(act)(self.on_filled_in)
        app.action(forms.REVIEW)(self.on_review)

    def on_click(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        self._use_case(body["actions"][0]["action_id"])(click_in(body, context["delivery"]))

    def on_form(self, ack: Any, body: Payload, client: WebClient) -> None:
        ack()
        self._open_form(body["actions"][0]["action_id"], click_in(body, None), body, client)

    def on_more(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        ack()
        click = click_in(body, context["delivery"])
        if click.about in AT_ONCE:
            self._use_case(click.about)(click)
        else:
            self._open_form(click.about, click_in(body, None), body, client)

    def on_reply_shortcut(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        """On a message in a card's thread: the same dialog, with the message in it, so that nothing goes unread."""
        ack()
        message, channel, user = body["message"], body["channel"]["id"], body["user"]["id"]
        case_id = self.agents.case_of_note(channel, message.get("thread_ts") or message["ts"])
        if case_id is None:
            why = words_for("agents", "en")("reply_nowhere")
            self.agents.refuse(Click(0, user, channel, text=why, delivery=context["delivery"]))
        elif form := self.agents.form(Click(case_id, user, channel)):
            own = "" if message.get("bot_id") else message.get("text", "")  # the desk's messages quote the person
            open_dialog(client, body, dialogs.reply(form, own))

    def on_filled_in(self, ack: Any, body: Payload, view: Payload, context: Payload) -> None:
        ack()
        self._use_case(view["callback_id"])(dialogs.read(view, body["user"]["id"], context["delivery"]))

    def on_review(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        ack()
        click = click_in(body, None)
        if found := self.overviews.to_review(click):
            open_dialog(client, body, forms.review(found))
        else:
            why = words_for("agents", "en")("no_review")
            self.agents.refuse(replace(click, text=why, delivery=context["delivery"]))

    def _use_case(self, act: str) -> Callable[[Click], None]:
        by_name: Mapping[str, Callable[[Click], None]] = {
            "claim": self.agents.claim,
            "unclaim": self.agents.unclaim,
            "part": self.together.part,
            "wait": self.agents.wait,
            "go_on": self.agents.go_on,
            dialogs.SEND: self.agents.send_to_user,
            dialogs.RESOLVE: self.agents.resolve,
            dialogs.ESCALATE: self.agents.escalate,
            dialogs.REROUTE: self.agents.reroute,
            dialogs.ASSIGN: self.agents.assign,
            dialogs.MERGE: self.together.merge,
            dialogs.SPLIT: self.together.split,
            dialogs.INCIDENT: self.together.incident,
        }
        return by_name[act]

    def _open_form(self, act: str, click: Click, body: Payload, client: WebClient) -> None:
        form = self.agents.form(click, to_read=act == dialogs.DETAILS)
        if form is None:
            return
        try:
            view = self._view(act, form, click)
        except (NoHigherTier, Refused) as refusal:
            self.agents.refuse(replace(click, text=str(refusal)))
        else:
            open_dialog(client, body, view)

    def _view(self, act: str, form: Form, click: Click) -> dict[str, Any]:
        match act:
            case dialogs.SEND:
                return dialogs.reply(form)
            case dialogs.ESCALATE:
                return dialogs.escalate(form, self.agents.above(form.story.case))
            case dialogs.REROUTE:
                return dialogs.reroute(form, self.agents.queue_called(click.about))
        plain = {
            dialogs.RESOLVE: dialogs.resolve,
            dialogs.MERGE: dialogs.merge,
            dialogs.ASSIGN: dialogs.assign,
            dialogs.SPLIT: dialogs.split,
            dialogs.INCIDENT: dialogs.incident,
            dialogs.DETAILS: dialogs.details,
        }
        return plain[act](form)


def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("^(" + "|".join(names) + ")$")
