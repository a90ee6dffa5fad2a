"""Which Slack event means which use case: each listener unwraps a payload, asks the desk, and is done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk.conversation import Conversation
from bot.desk.overview import Overviews
from bot.desk.values import Change, Click, Picture, Removal, Report
from bot.desk.voice import Voice
from bot.privacy import scrub
from bot.slack import dialogs, forms
from bot.slack.home import home_view, prompts
from bot.slack.payloads import Payload, click_in, open_dialog, where_clicked
from bot.slack.text import escape, mentions, without_mention
from bot.store import Delivery, Transaction
from bot.walk import Outcome
from bot.words import words_for
from classifier.language import identify
from classifier.text import normalise

log = structlog.get_logger()

# A screenshot is a report, and so is a reply that was also sent to the channel; a join or a topic change is not.
REPORT_SUBTYPES = frozenset({None, "file_share", "thread_broadcast", "me_message"})
SLACKBOT = "USLACKBOT"
# Docs: reference/block-kit/composition-objects/slack-file-object, "only png, jpg, jpeg, and gif".
SHOWABLE = (".png", ".jpg", ".jpeg", ".gif")
SIMPLE_CLICKS = (
    *("solved", "not_solved", "talk_to_person", "walk", "whole_answer"),
    *("withdraw", "rate", "reopen"),
)
STEPS = {"step_done": Outcome.DONE, "step_failed": Outcome.FAILED, "step_skipped": Outcome.SKIPPED}


class Listeners:
    """The desk's ears for people who need help. `help_channels` are the ids of the channels where it answers unasked;
    `language_of` tells in which language a person uses Slack, empty where it is not known; `categories` gives those
    that a form offers; `calling_emoji` make a request of the message that they are put on."""

    def __init__(
        self,
        conversation: Conversation,
        overviews: Overviews,
        voice: Voice,
        bot_user: str,
        help_channels: Collection[str],
        language_of: Callable[[str], str],
        categories: Callable[[], Sequence[str]],
        calling_emoji: Collection[str] = (),
        contact: str = "",
    ) -> None:
        self.conversation = conversation
        self.overviews = overviews
        self.voice = voice
        self.bot_user = bot_user
        self.help_channels = frozenset(help_channels)
        self.language_of = language_of
        self.categories = categories
        self.calling_emoji = frozenset(calling_emoji)
        self.contact = contact

    def register(self, app: App) -> None:
        """Messages first: Bolt looks through its listeners in order, and nearly everything is a message."""
        app.event("message")(self.on_message)
        app.event("app_mention")(self.on_message)
        app.action(re.compile("^(" + "|".join(SIMPLE_CLICKS) + ")$"))(self.on_click)
        app.action(re.compile("^(" + "|".join(STEPS) + ")$"))(self.on_step)
        app.action(re.compile("^choose:"))(self.on_choice)
        app.event("reaction_added")(self.on_reaction)
        app.shortcut("get_help")(self.on_get_help)
        app.command("/triage")(self.on_command)
        app.action(forms.ASK)(self.on_ask)
        app.view(forms.ASK)(self.on_asked)
        app.event("app_home_opened")(self.on_home)
        app.action(forms.DATA)(self.on_my_data)
        app.action(forms.RATE)(self.on_why_rated)
        app.view(forms.RATE)(self.on_rating_explained)
        app.view(forms.REVIEW)(self.on_reviewed)
        app.error(self.on_failure)

    # -- messages -------------------------------------------------------------------------------------------------

    def on_message(self, event: Payload, body: Payload, client: WebClient, context: Payload) -> None:
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
                report = self._report(event, team, delivery)
                self.conversation.receive(replace(report, above=partial(self._above, client, report)))

    def _report(self, event: Payload, team: str, delivery: int | None) -> Report:
        private = event["channel"].startswith("D")
        text = event.get("text") or ""
        thread = event.get("thread_ts")
        return Report(
            team=team,
            channel=event["channel"],
            ts=event["ts"],
            user=event["user"],
            text=without_mention(text, self.bot_user),
            thread=thread if thread != event["ts"] else None,  # a message with replies names itself
            addressed=private or mentions(text, self.bot_user),
            listens=event["channel"] in self.help_channels,
            private=private,
            files=_files(event),
            pictures=_pictures(event),
            delivery=delivery,
        )

    def _above(self, client: WebClient, report: Report) -> str:
        """What the thread hangs under into which a person called the desk."""
        if report.private or report.thread is None:
            return ""
        message = message_at(client, report.channel, report.thread)
        return (
            without_mention(message.get("text") or "", self.bot_user) if message and self._by_a_person(message) else ""
        )

    def _by_a_person(self, message: Payload) -> bool:
        """Not this bot, not another one, not Slackbot: bots that answer bots never stop."""
        user = message.get("user")
        return bool(user) and user not in (self.bot_user, SLACKBOT) and not message.get("bot_id")

    # -- clicks ---------------------------------------------------------------------------------------------------

    def on_click(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        ack()
        use_case = {
            "solved": self.conversation.helped,
            "not_solved": self.conversation.not_helped,
            "talk_to_person": self.conversation.wants_person,
            "walk": self.conversation.walks,
            "whole_answer": self.conversation.shows_all,
            "withdraw": self.conversation.withdraws,
            "rate": self.conversation.rates,
            "reopen": self.conversation.reopens,
        }[body["actions"][0]["action_id"]]
        use_case(click_in(body, context["delivery"]))
        if (body.get("view") or {}).get("type") == "home":
            self._refresh_home(client, body["user"]["id"])

    def on_step(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        self.conversation.stepped(click_in(body, context["delivery"]), STEPS[body["actions"][0]["action_id"]])

    def on_choice(self, ack: Any, body: Payload, context: Payload) -> None:
        ack()
        self.conversation.chose(click_in(body, context["delivery"]))

    # -- other ways to ask ----------------------------------------------------------------------------------------

    def on_get_help(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        """The shortcut on any message: its words become a private request of whoever used it. On their own request, or
        on the desk's words, it calls for more help there."""
        ack()
        message, channel, user = body["message"], body["channel"]["id"], body["user"]["id"]
        ours = message.get("user") == self.bot_user
        click = Click(0, user, channel, thread=message.get("thread_ts"), delivery=context["delivery"])
        if (ours or message.get("user") == user) and self.conversation.called_again(click, message["ts"]):
            return
        text = "" if ours else message.get("text", "")
        self._ask_privately(
            client,
            user,
            f"{channel}:{message['ts']}",
            text,
            body,
            context,
            files=_files(message),
            pictures=_pictures(message),
        )

    def on_command(self, ack: Any, body: Payload, client: WebClient, context: Payload) -> None:
        """`/triage` with words asks at once; without, it opens the form."""
        ack()
        text = body.get("text", "")
        if text.strip():
            self._ask_privately(client, body["user_id"], body["trigger_id"], text, body, context)
        else:
            open_dialog(client, body, self._form(body["user_id"]))

    def on_ask(self, ack: Any, body: Payload, client: WebClient) -> None:
        """The button on the home page."""
        ack()
        open_dialog(client, body, self._form(body["user"]["id"]))

    def on_asked(self, ack: Any, body: Payload, view: Payload, client: WebClient, context: Payload) -> None:
        ack()
        text, category, urgency = forms.read_ask(view)
        user = body["user"]["id"]
        self._ask_privately(client, user, view["id"], escape(text), body, context, category, urgency)

    def _form(self, user: str) -> dict[str, Any]:
        return forms.ask(self.language_of(user) or "en", self.categories())

    def on_reaction(self, event: Payload, body: Payload, client: WebClient, context: Payload) -> None:
        """An emoji that calls the desk: the message becomes a request of whoever wrote it, once."""
        item, caller = event.get("item") or {}, event.get("user", "")
        if event.get("reaction") not in self.calling_emoji or item.get("type") != "message":
            return
        message = message_at(client, item["channel"], item["ts"])
        if message is None:
            return
        click = Click(0, caller, item["channel"], thread=message.get("thread_ts"), delivery=context["delivery"])
        if self.conversation.called_again(click, item["ts"]):
            return
        if message.get("subtype") in REPORT_SUBTYPES and self._by_a_person(message):
            report = self._report({**message, "channel": item["channel"]}, body.get("team_id", ""), click.delivery)
            called_by = caller if caller != report.user else ""
            above = partial(self._above, client, report)
            self.conversation.receive(replace(report, addressed=True, called_by=called_by, above=above))

    def _ask_privately(
        self,
        client: WebClient,
        user: str,
        origin: str,
        text: str,
        body: Payload,
        context: Payload,
        category: str = "",
        urgency: str = "",
        files: tuple[str, ...] = (),
        pictures: tuple[Picture, ...] = (),
    ) -> None:
        room = str(client.conversations_open(users=user)["channel"]["id"])
        team = body.get("team_id") or body["team"]["id"]
        self.conversation.receive(
            Report(
                team,
                room,
                origin,
                user,
                text,
                addressed=True,
                private=True,
                anew=True,
                delivery=context["delivery"],
                category=category,
                urgency=urgency,
                files=files,
                pictures=pictures,
            )
        )

    # -- the home page --------------------------------------------------------------------------------------------

    def on_home(self, event: Payload, client: WebClient) -> None:
        """The person's own page, and things to try beside an empty conversation. A failure is only logged."""
        if event.get("tab") == "home":
            self._refresh_home(client, event["user"])
            return
        language = self.language_of(event["user"]) or "en"
        title = words_for("people", language)("prompt_title")
        try:
            client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"], title=title, prompts=prompts(language)
            )
        except SlackApiError as fault:
            log.info("the prompts could not be shown", error=str(fault.response.get("error")))

    def _refresh_home(self, client: WebClient, user: str) -> None:
        """After a press on it, too: a page that stays as it was looks as if nothing had happened."""
        view = home_view(self.language_of(user) or "en", self.overviews.of(user))
        try:
            client.views_publish(user_id=user, view=view)
        except SlackApiError as fault:
            log.info("the home page could not be shown", error=str(fault.response.get("error")))

    def on_reviewed(self, ack: Any, body: Payload, view: Payload, client: WebClient, context: Payload) -> None:
        ack()
        case_id, channel, _ = dialogs.metadata(view)
        click = Click(case_id, body["user"]["id"], channel, delivery=context["delivery"])
        self.overviews.reviewed(click, forms.read_review(view))
        self._refresh_home(client, click.user)

    def on_my_data(self, ack: Any, body: Payload, client: WebClient) -> None:
        ack()
        user = body["user"]["id"]
        language = self.language_of(user) or "en"
        open_dialog(client, body, forms.my_data(language, self.overviews.kept_about(user), self.contact))

    def on_why_rated(self, ack: Any, body: Payload, client: WebClient) -> None:
        ack()
        click = click_in(body, None)
        open_dialog(client, body, forms.why_rated(click.case_id, self.language_of(click.user) or "en"))

    def on_rating_explained(self, ack: Any, body: Payload, view: Payload, context: Payload) -> None:
        ack()
        click = dialogs.read(view, body["user"]["id"], context["delivery"])
        self.conversation.comments(click)

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
        elif where := where_clicked(payload):
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


def _files(message: Payload) -> tuple[str, ...]:
    return tuple(each.get("name", "a file") for each in message.get("files", ()))


def _pictures(message: Payload) -> tuple[Picture, ...]:
    """The files that Slack can show in a block."""
    files = ((each.get("id"), each.get("name") or "") for each in message.get("files", ()))
    return tuple(Picture(file, name) for file, name in files if file and name.lower().endswith(SHOWABLE))


def message_at(client: WebClient, channel: str, ts: str) -> Payload | None:
    """A message by its place: at the top of a channel, or in a thread; without the secrets in it, since it did not come
    through the intake. None where it cannot be read (any more)."""
    try:
        found = client.conversations_history(channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1)["messages"]
        found = (
            found
            or client.conversations_replies(channel=channel, ts=ts, latest=ts, oldest=ts, inclusive=True)["messages"]
        )
    except SlackApiError as fault:
        log.info("a message cannot be read", error=str(fault.response.get("error")))
        return None
    message = next((each for each in found if each.get("ts") == ts), None)
    return {**message, "text": scrub(message.get("text") or ""), "files": _scrubbed(message)} if message else None


def _scrubbed(message: Payload) -> list[dict[str, str]]:
    files = message.get("files", ())
    return [{"id": each.get("id") or "", "name": scrub(each.get("name") or "a file")} for each in files]
