"""The real thing: an unchanged Bolt app on slack_sdk's own Socket Mode client, talking to the local workspace.

One app serves all tests here, because closing slack_sdk's client takes a second; each test uses words of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt import Ack, App, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.workspace import Running, Timing, Workspace, serve
from bot.workspace.messages import Message
from tests.workspace_fixtures import MANIFEST, button, input_block, modal, section, web_client


@dataclass
class Bot:
    running: Running
    handler: SocketModeHandler

    @property
    def workspace(self) -> Workspace:
        return self.running.workspace

    def reply_to(self, ts: str, channel: str = "it-help") -> Message:
        return self.workspace.wait_until(lambda: self.workspace.replies(channel, ts))[0]

    def waits_for(self, predicate: Callable[[], Any]) -> Any:
        return self.workspace.wait_until(predicate)


def listeners(app: App) -> None:
    @app.event("message")
    def on_message(event: dict[str, Any], say: Say) -> None:
        if event.get("subtype"):
            return
        blocks = [section("Does this help?"), {"type": "actions", "elements": [button("report")]}]
        say(text=f"You said: {event['text']}", blocks=blocks, thread_ts=event["ts"])

    @app.event("app_mention")
    def on_mention(event: dict[str, Any], say: Say) -> None:
        say(text="You called?", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def on_home(event: dict[str, Any], client: Any) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Your cases")]})

    @app.action("report")
    def on_report(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(input_block("what"), callback_id="report"))

    @app.view("report")
    def on_submit(ack: Ack, body: dict[str, Any], client: Any) -> None:
        what = body["view"]["state"]["values"]["block-what"]["what"]["value"]
        if len(what) < 5:
            ack(response_action="errors", errors={"block-what": "Say a little more."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Noted: {what}")

    @app.command("/triage")
    def on_command(ack: Ack, command: dict[str, Any], respond: Callable[..., Any]) -> None:
        ack(f"Looking for {command['text']}")
        respond(text="Found it", response_type="in_channel")

    @app.shortcut("get_help")
    def on_shortcut(ack: Ack, shortcut: dict[str, Any], client: Any) -> None:
        ack()
        client.chat_postEphemeral(
            channel=shortcut["channel"]["id"],
            user=shortcut["user"]["id"],
            text=f"About: {shortcut['message']['text']}",
        )


@pytest.fixture(scope="module")
def bot() -> Iterator[Bot]:
    quiet = logging.getLogger("quiet")
    quiet.setLevel(logging.CRITICAL)
    timing = Timing(retry_after=(0.0, 0.0, 0.0), ping_every=0.3)
    with serve(Workspace(MANIFEST), timing=timing) as running:
        app = App(client=web_client(running, logger=quiet), logger=quiet)
        handler = SocketModeHandler(app, running.app_token, logger=quiet, ping_interval=0.2)
        listeners(app)
        handler.connect()  # type: ignore[no-untyped-call]
        running.workspace.wait_until(lambda: running.workspace.connections == 1)
        yield Bot(running, handler)
        handler.close()  # type: ignore[no-untyped-call]


def test_a_message_is_heard_and_answered_in_its_thread(bot: Bot) -> None:
    ts = bot.workspace.say("ana", "it-help", "no sound & no picture")

    answer = bot.reply_to(ts)

    assert answer.text == "You said: no sound &amp; no picture"
    assert (answer.user, answer.by_app) == ("U0TRIAGE000", True)


def test_the_app_does_not_answer_itself(bot: Bot) -> None:
    ts = bot.workspace.say("ana", "it-help", "just once")
    bot.reply_to(ts)
    bot.waits_for(lambda: bot.workspace.idle)

    assert len(bot.workspace.replies("it-help", ts)) == 1


def test_a_mention_is_heard_as_message_and_as_mention(bot: Bot) -> None:
    ts = bot.workspace.say("ana", "it-help", "@triage hello")

    answers = bot.waits_for(lambda: len(found := bot.workspace.replies("it-help", ts)) == 2 and found)

    assert {answer.text for answer in answers} == {"You called?", "You said: <@U0TRIAGE000> hello"}


def test_a_direct_message_is_answered(bot: Bot) -> None:
    ts = bot.workspace.say("jonas", "@triage", "blue screen")

    assert bot.reply_to(ts, "@jonas").text == "You said: blue screen"


def test_a_private_queue_is_heard(bot: Bot) -> None:
    ts = bot.workspace.say("priya", "queue-network", "on it")

    assert bot.reply_to(ts, "queue-network").text == "You said: on it"


def test_a_button_opens_a_modal_and_the_modal_comes_back(bot: Bot) -> None:
    answer = bot.reply_to(bot.workspace.say("claire", "it-help", "headset is silent"))
    bot.workspace.press("claire", "it-help", answer.ts, "report")
    bot.waits_for(lambda: bot.workspace.modal("claire"))

    bot.workspace.submit("claire", {"what": "hm"})
    bot.waits_for(lambda: bot.workspace.errors("claire"))
    assert bot.workspace.errors("claire") == {"block-what": "Say a little more."}
    bot.workspace.submit("claire", {"what": "silent in Teams"})
    bot.waits_for(lambda: bot.workspace.messages("@claire"))

    assert bot.workspace.messages("@claire")[0].text == "Noted: silent in Teams"
    bot.waits_for(lambda: bot.workspace.modal("claire") is None)


def test_opening_home_publishes_it(bot: Bot) -> None:
    bot.workspace.open_home("grace")

    home = bot.waits_for(lambda: bot.workspace.home("grace"))
    assert home["blocks"][0]["text"]["text"] == "Your cases"


def test_a_command_is_answered_privately_and_then_to_all(bot: Bot) -> None:
    bot.workspace.command("omar", "/triage", "printer", channel="general")
    bot.waits_for(lambda: bot.workspace.messages("general"))
    bot.waits_for(lambda: len(bot.workspace.messages_for("omar", "general")) == 2)

    assert {message.text for message in bot.workspace.messages_for("omar", "general")} == {
        "Looking for printer",
        "Found it",
    }
    assert [message.text for message in bot.workspace.messages_for("ana", "general")] == ["Found it"]


def test_a_message_shortcut_is_answered_in_private(bot: Bot) -> None:
    ts = bot.workspace.say("ana", "it-help", "slow laptop")
    bot.reply_to(ts)
    bot.workspace.shortcut("priya", "get_help", "it-help", ts)

    private = bot.waits_for(
        lambda: [each for each in bot.workspace.messages_for("priya", "it-help") if each.ephemeral_to]
    )
    assert private[0].text == "About: slow laptop"


def test_a_redelivered_event_is_heard_twice_by_an_app_that_does_not_look(bot: Bot) -> None:
    ts = bot.workspace.say("ana", "it-help", "said once")
    bot.reply_to(ts)
    bot.running.faults.redeliver(where=lambda payload: payload["event"].get("ts") == ts)

    bot.waits_for(lambda: len(bot.workspace.replies("it-help", ts)) == 2)


def test_a_polite_disconnect_loses_nothing(bot: Bot) -> None:
    bot.running.faults.disconnect(politely=True)
    ts = bot.workspace.say("ana", "it-help", "said while moving")

    assert bot.reply_to(ts).text == "You said: said while moving"


def test_an_abrupt_disconnect_is_survived_and_what_was_said_meanwhile_comes_later(bot: Bot) -> None:
    bot.running.faults.disconnect(politely=False)
    bot.waits_for(lambda: bot.workspace.connections == 0)
    ts = bot.workspace.say("ana", "it-help", "said into the void")

    answer = bot.workspace.wait_until(lambda: bot.workspace.replies("it-help", ts), timeout=10)[0]

    assert answer.text == "You said: said into the void"
    delivery = next(each for each in bot.workspace.ledger.events() if each.payload["event"].get("ts") == ts)
    assert delivery.attempt == 1
