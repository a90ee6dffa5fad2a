"""Which Slack event means which use case: each listener unwraps a payload, asks the desk, and is done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import Change, Click, Conversation, HandOver, Removal, Report, Voice
from bot.slack import dialogs
from bot.slack.home import home_view, prompts
from bot.slack.text import mentions, without_mention
from bot.store import Delivery, Transaction
from bot.walk import Outcome
from bot.words import words_for
from classifier.language import identify
from classifier.text import normalise

log = structlog.get_logger()

Payload = Mapping[str, Any]

# A screenshot is a report, and so is a reply that was also sent to the channel; a join or a topic change is not.
REPORT_SUBTYPES = frozenset({None, "file_share", "thread_broadcast", "me_message"})
SLACKBOT = "USLACKBOT"
SIMPLE_CLICKS = (
    *("solved", "not_solved", "talk_to_person", "walk", "whole_answer", "reopen"),
    *("claim", "resolve", "escalate", "reroute"),
)
STEPS = {"step_done": Outcome.DONE, "step_failed": Outcome.FAILED, "step_skipped": Outcome.SKIPPED}


class Listeners:
    """The desk's ears. `help_channels` are the ids of the channels where it answers unasked; `language_of` tells in
    which language a person uses Slack, empty where it is not known."""

    def __init__(
        self,
        conversation: Conversation,
        handover: HandOver,
        voice: Voice,
        bot_user: str,
        help_channels: Collection[str],
        language_of: Callable[[str], str],
    ) -> None:
        self.conversation = conversation
        self.handover = handover
        self.voice = voice
        self.bot_user = bot_user
        self.help_channels = frozenset(help_channels)
        self.language_of = language_of

    def register(self, app: App) -> None:
        """Messages first: Bolt looks through its listeners in order, and nearly everything is a message."""
        app.event("message")(self.on_message)
        app.event("app_mention")(self.on_message)
        app.action(re.compile("^(" + "|".join(SIMPLE_CLICKS) + ")$"))(self.on_click)
        app.action(re.compile("^(" + "|".join(STEPS) + ")$"))(self.on_step)
        app.action(re.compile("^choose:"))(self.on_choice)
        app.action("send_to_user")(self.on_reply_button)
        app.shortcut("send_to_user")(self.on_reply_shortcut)
        app.view(dialogs.REPLY)(self.on_reply_sent)
        app.shortcut("get_help")(self.on_get_help)
        app.command("/triage")(self.on_command)
        app.event("app_home_opened")(self.on_home)
        app.error(self.on_failure)

    # -- messages -------------------------------------------------------------------------------------------------

    def on_message(self, event: Payload, body: Payload, context: Payload) -> None:
        team, delivery = body.get("team_id", ""), context["delivery"]
        match event.get("subtype"):
            case "message_changed" if event["message"].get("subtype") == "tombstone":
                # a message that has replies is not taken away when it is deleted, it becomes a stone
                self.conversation.remove(Removal(team, event["channel"], event["message"]["ts"], delivery))
            case "message_changed" if self._by_a_person(event["message"]) and _words_changed(event):
                said = {**event["message"], "channel": event["channel"], "channel_type": event.get("channel_type")}
                self.conversation.change(Change(self._report(said, team, delivery)))
            case "message_deleted":
                self.conversation.remove(Removal(team, event["channel"], event["deleted_ts"], delivery))
            case subtype if subtype in REPORT_SUBTYPES and self._by_a_person(event):
                self.conversation.receive(self._report(event, team, delivery))

    def _report(self, event: Payload, team: str, delivery: int | None) -> Report:
        private = event["channel"].startswith("D")
        text = event.get("text") or ""
        return Report(
            team=team,
            channel=event["channel"],
            ts=event["ts"],
            user=event["user"],
            text=without_mention(text, self.bot_user),
            thread=event.get("thread_ts"),
            addressed=private or mentions(text, self.bot_user),
            listens=event["channel"] in self.help_channels,
            private=private,
            files=tuple(each.get("name", "a file") for each in event.get("files", ())),
            delivery=delivery,
        )

    def _by_a_person(self, message: Payload) -> bool:
        """Not this bot, not another one, not Slackbot: bots that answer bots never stop."""
        user = message.get("user")
        return bool(user) and user not in (self.bot_user, SLACKBOT) and not message.get("bot_id")

    # -- clicks ---------------------------------------------------------------------------------------------------

    def on_click(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        use_case = {
            "solved": self.conversation.helped,
            "not_solved": self.conversation.not_helped,
            "talk_to_person": self.conversation.wants_person,
            "walk": self.conversation.walks,
            "whole_answer": self.conversation.shows_all,
            "claim": self.handover.claim,
            "resolve": self.handover.resolve,
            "escalate": self.handover.escalate,
            "reroute": self.handover.reroute,
            "reopen": self.conversation.reopens,
        }[body["actions"][0]["action_id"]]
        use_case(_click(body, context["delivery"]))

    def on_step(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        self.conversation.stepped(_click(body, context["delivery"]), STEPS[body["actions"][0]["action_id"]])

    def on_choice(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        self.conversation.chose(_click(body, context["delivery"]))

    # -- an agent's words to the person ---------------------------------------------------------------------------

    def on_reply_button(self, ack: Any, body: Payload, client: WebClient) -> None:
        ack()
        click = _click(body, None)
        _open(client, body, dialogs.reply(click.case_id, click.channel))

    def on_reply_shortcut(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        """On a message in a card's thread: the same dialog, with the message in it, so that nothing goes unread."""
        ack()
        message, channel = body["message"], body["channel"]["id"]
        case_id = self.handover.case_of_note(channel, message.get("thread_ts") or message["ts"])
        if case_id is None:
            why = words_for("agents", "en")("reply_nowhere")
            self.handover.refuse(Click(0, body["user"]["id"], channel, text=why, delivery=context["delivery"]))
        else:
            _open(client, body, dialogs.reply(case_id, channel, message.get("text", "")))

    def on_reply_sent(self, ack: Any, body: Payload, view: Payload, context: Payload) -> None:
        ack()
        case_id, channel, text = dialogs.read_reply(view)
        click = Click(case_id, body["user"]["id"], channel, text=text, delivery=context["delivery"])
        self.handover.send_to_user(click)

    # -- other ways to ask ----------------------------------------------------------------------------------------

    def on_get_help(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        """The shortcut on any message: its words become a private request of whoever used it."""
        ack()
        origin = f"{body['channel']['id']}:{body['message']['ts']}"
        self._ask_privately(client, body["user"]["id"], origin, body["message"].get("text", ""), body, context)

    def on_command(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        ack()
        self._ask_privately(client, body["user_id"], body["trigger_id"], body.get("text", ""), body, context)

    def _ask_privately(
        self, client: WebClient, user: str, origin: str, text: str, body: Payload, context: Payload
    ) -> None:
        room = str(client.conversations_open(users=user)["channel"]["id"])
        team = body.get("team_id") or body["team"]["id"]
        self.conversation.receive(
            Report(
                team, room, origin, user, text, addressed=True, private=True, anew=True, delivery=context["delivery"]
            )
        )

    def on_home(self, event: Payload, client: WebClient) -> None:
        """A greeting page, and things to try beside an empty conversation. A failure is only logged."""
        language = self.language_of(event["user"]) or "en"
        try:
            if event.get("tab") == "home":
                client.views_publish(user_id=event["user"], view=home_view(language))
            else:
                title = words_for("people", language)("prompt_title")
                client.assistant_threads_setSuggestedPrompts(
                    channel_id=event["channel"], title=title, prompts=prompts(language)
                )
        except SlackApiError as fault:
            log.info("the home page could not be shown", error=str(fault.response.get("error")))

    # -- when something fails -------------------------------------------------------------------------------------

    def on_failure(self, error: Exception, context: dict[str, Any]) -> None:
        """Bolt swallows what a listener raises; the worker wants to know."""
        context["failure"] = error

    def tell_failed(self, unit: Transaction, delivery: Delivery) -> None:
        """A delivery was given up: whoever waits for it is told whom to ask, and the operators that it is kept."""
        unit.outbox.add(self.voice.alarm(f"Delivery {delivery.id} was given up and is kept for you to look at."), None)
        payload = json.loads(delivery.payload)
        event = payload.get("event", {})
        if event.get("type") in ("message", "app_mention"):
            self._tell_author(unit, event)
        elif where := _where_clicked(payload):
            unit.outbox.add(
                self.voice.refused(where, self.voice.failed(where.channel, None, "en").payload["text"]), None
            )

    def _tell_author(self, unit: Transaction, event: Payload) -> None:
        if event.get("subtype") not in REPORT_SUBTYPES or not self._by_a_person(event):
            return
        report = self._report(event, "", None)
        if report.addressed or report.listens:
            language, _ = identify(normalise(report.text))
            unit.outbox.add(self.voice.failed(report.channel, report.speaks_under, language), None)


def _words_changed(event: Payload) -> bool:
    """A link that unfolds or a file that gets its preview changes a message, but not what it says."""
    before = event.get("previous_message") or {}
    return "text" not in before or before["text"] != event["message"].get("text")


def _where_clicked(payload: Payload) -> Click | None:
    """Who used a button, a shortcut or a command, and where; None for a dialog, which stands nowhere."""
    user = payload.get("user_id") or (payload.get("user") or {}).get("id")
    channel = payload.get("channel_id") or (payload.get("channel") or {}).get("id")
    if not channel and (payload.get("view") or {}).get("callback_id") == dialogs.REPLY:
        channel = dialogs.read_reply(payload["view"])[1]
    return Click(0, user, channel) if user and channel else None


def _click(body: Payload, delivery: int | None) -> Click:
    action = body["actions"][0]
    value = action.get("value") or action["selected_option"]["value"]
    case_id, _, about = value.partition("|")
    thread = (body.get("message") or {}).get("thread_ts")
    channel = body["channel"]["id"]
    return Click(int(case_id), body["user"]["id"], channel, about=about, thread=thread, delivery=delivery)


def _open(client: WebClient, body: Payload, view: dict[str, Any]) -> None:
    """Open a dialog. A trigger lives three seconds; after a restart it is gone, and the person presses again."""
    try:
        client.views_open(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as fault:
        log.warning("a dialog could not be opened", error=str(fault.response.get("error")))
