"""What people do in the workspace, what others then see, and what the app is told about it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from bot.workspace import Workspace
from bot.workspace.world import CannotDo, UnknownChannel, UnknownMessage
from tests.workspace_fixtures import MANIFEST, Clock, button, call, events, input_block, modal, section


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(MANIFEST, now=Clock())


def without(manifest: dict[str, Any], event: str) -> dict[str, Any]:
    heard = manifest["settings"]["event_subscriptions"]["bot_events"]
    left = {"bot_events": [each for each in heard if each != event]}
    return manifest | {"settings": manifest["settings"] | {"event_subscriptions": left}}


# Writing


def test_messages_have_growing_ids_even_when_the_clock_stands_still(workspace: Workspace) -> None:
    first = workspace.say("ana", "it-help", "one")
    second = workspace.say("jonas", "#it-help", "two")

    assert (first, second) == ("1795165200.000000", "1795165200.000001")
    assert [message.text for message in workspace.messages("it-help")] == ["one", "two"]


def test_the_app_hears_a_message_with_all_that_slack_says_about_it(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")

    payload = workspace.ledger.events()[0].payload
    assert payload["type"] == "event_callback"
    assert payload["authorizations"][0]["user_id"] == workspace.app.id
    assert payload["team_id"] == workspace.identity.team_id
    assert payload["event_time"] == 1795165200
    event = payload["event"]
    assert event.pop("blocks")[0]["type"] == "rich_text"
    assert event.pop("client_msg_id")
    assert event == {
        "type": "message",
        "user": "U0ANA000000",
        "text": "no sound",
        "ts": ts,
        "event_ts": ts,
        "team": "T0NORTHWIND",
        "channel": "C0ITHELP000",
        "channel_type": "channel",
    }


@pytest.mark.parametrize(
    ("user", "channel", "kind"),
    [("ana", "it-help", "channel"), ("priya", "queue-network", "group"), ("ana", "@triage", "im")],
)
def test_the_app_learns_what_kind_of_channel_it_was(workspace: Workspace, user: str, channel: str, kind: str) -> None:
    workspace.say(user, channel, "hello")

    assert events(workspace)[0]["channel_type"] == kind


def test_the_app_hears_nothing_of_what_it_does_not_subscribe_to() -> None:
    workspace = Workspace(without(MANIFEST, "message.channels"), now=Clock())

    workspace.say("ana", "it-help", "hello")

    assert events(workspace) == []


def test_the_app_hears_nothing_of_conversations_between_others(workspace: Workspace) -> None:
    workspace.say("ana", "@jonas", "lunch?")

    assert events(workspace) == []


def test_a_mention_comes_as_a_second_event_for_the_same_message(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "@triage no sound")

    assert [(event["type"], event["ts"]) for event in events(workspace)] == [("message", ts), ("app_mention", ts)]
    assert events(workspace)[1]["text"] == "<@U0TRIAGE000> no sound"
    ids = {delivery.event_id for delivery in workspace.ledger.events()}
    assert len(ids) == 2


def test_a_mention_in_a_direct_message_is_only_a_message(workspace: Workspace) -> None:
    workspace.say("ana", "@triage", "@triage no sound")

    assert [event["type"] for event in events(workspace)] == ["message"]


def test_event_ids_are_not_used_again_by_the_next_run() -> None:
    runs = [Workspace(MANIFEST), Workspace(MANIFEST)]
    for workspace in runs:
        workspace.say("ana", "it-help", "hello")

    first, second = (workspace.ledger.events()[0].event_id for workspace in runs)
    assert first != second


def test_a_reply_names_its_thread_and_whoever_began_it(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.say("jonas", "it-help", "same here", thread_ts=ts)

    reply = events(workspace)[-1]
    assert (reply["thread_ts"], reply["parent_user_id"]) == (ts, "U0ANA000000")
    assert [message.text for message in workspace.replies("it-help", ts)] == ["same here"]
    assert [message.text for message in workspace.messages("it-help")] == ["no sound"]


def test_a_reply_may_be_shown_in_the_channel_too(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.say("ana", "it-help", "solved!", thread_ts=ts, broadcast=True)

    assert [message.text for message in workspace.messages("it-help")] == ["no sound", "solved!"]
    assert len(workspace.replies("it-help", ts)) == 1


def test_a_shared_file_comes_with_the_message(workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "look", files=[{"name": "error.png", "size": 10}])

    event = events(workspace)[0]
    assert event["subtype"] == "file_share"
    assert (event["files"][0]["name"], event["files"][0]["filetype"]) == ("error.png", "png")
    info = call(workspace, "files.info", file=event["files"][0]["id"])
    assert info["file"]["name"] == "error.png"


def test_an_edit_tells_the_app_what_stood_there_before(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sund")
    workspace.edit("ana", "it-help", ts, "no sound & no picture")

    event = events(workspace)[-1]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["previous_message"]["text"] == "no sund"
    assert event["message"]["text"] == "no sound &amp; no picture"
    assert event["message"]["edited"]["user"] == "U0ANA000000"
    assert (event["message"]["ts"], event["ts"] > ts) == (ts, True)


def test_a_deleted_message_is_gone(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "never mind")
    workspace.delete("ana", "it-help", ts)

    event = events(workspace)[-1]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", ts)
    assert event["previous_message"]["text"] == "never mind"
    assert workspace.messages("it-help") == []


def test_a_deleted_message_that_has_replies_leaves_a_tombstone(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "never mind")
    workspace.say("jonas", "it-help", "what was it?", thread_ts=ts)
    workspace.delete("ana", "it-help", ts)

    event = events(workspace)[-1]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert [message.text for message in workspace.replies("it-help", ts)] == ["what was it?"]


def test_a_deleted_reply_leaves_its_thread(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    reply = workspace.say("jonas", "it-help", "same", thread_ts=ts)
    workspace.delete("jonas", "it-help", reply)

    assert workspace.replies("it-help", ts) == []


def test_a_reaction_is_taken_back_by_reacting_again(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.react("jonas", "it-help", ts, ":+1:")
    workspace.react("claire", "it-help", ts, "+1")
    workspace.react("jonas", "it-help", ts, "+1")

    [reaction] = workspace.messages("it-help")[0].reactions
    assert (reaction.name, reaction.users) == ("+1", ("U0CLAIRE000",))
    assert [event["type"] for event in events(workspace)[1:]] == ["reaction_added"] * 2 + ["reaction_removed"]
    assert events(workspace)[1]["item"] == {"type": "message", "channel": "C0ITHELP000", "ts": ts}
    assert events(workspace)[1]["item_user"] == "U0ANA000000"


def test_a_reaction_is_told_with_all_that_slack_says_about_it(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel="C0ITHELP000", text="Did this help?")["ts"]
    workspace.react("ana", "it-help", ts, "ticket")

    [event] = events(workspace, "reaction_added")
    assert event.pop("event_ts") > ts
    assert event == {
        "type": "reaction_added",
        "user": "U0ANA000000",
        "reaction": "ticket",
        "item_user": "U0TRIAGE000",
        "item": {"type": "message", "channel": "C0ITHELP000", "ts": ts},
    }


def test_the_app_hears_no_reactions_where_it_is_not(workspace: Workspace) -> None:
    im = workspace.open_im("ana", "jonas")
    ts = workspace.say("ana", im, "hello")

    workspace.react("jonas", im, ts, "wave")

    assert events(workspace) == []


def test_the_app_hears_no_reactions_that_it_did_not_subscribe_to() -> None:
    bot_events = ["message.channels"]
    settings = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": bot_events}}
    workspace = Workspace(MANIFEST | {"settings": settings}, now=Clock())

    workspace.react("jonas", "it-help", workspace.say("ana", "it-help", "no sound"), "eyes")

    assert [event["type"] for event in events(workspace)] == ["message"]


def test_what_only_one_person_sees_takes_no_reactions(workspace: Workspace) -> None:
    call(workspace, "chat.postEphemeral", channel="C0ITHELP000", user="U0ANA000000", text="just you")
    [message] = workspace.messages_for("ana", "it-help")

    with pytest.raises(CannotDo, match="takes no reactions"):
        workspace.react("ana", "it-help", message.ts, "eyes")


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda w, ts: w.say("ana", "it-help", "  "), "Write something first."),
        (lambda w, ts: w.say("ana", "queue-network", "hi"), "Ana Ribeiro is not in #queue-network."),
        (lambda w, ts: w.say("ana", "it-help", "hi", thread_ts="1.000000"), "That message is not there any more."),
        (lambda w, ts: w.say("eve", "it-help", "hi"), "Nobody here is called 'eve'."),
        (lambda w, ts: w.say("ana", "nowhere", "hi"), "There is no channel called 'nowhere'."),
        (lambda w, ts: w.edit("jonas", "it-help", ts, "mine now"), "Only its writer can change a message."),
        (lambda w, ts: w.delete("jonas", "it-help", ts), "Only its writer can change a message."),
        (lambda w, ts: w.command("ana", "/dance"), "/dance is not a command here."),
        (lambda w, ts: w.shortcut("ana", "nothing"), "The app has no global shortcut 'nothing'."),
        (lambda w, ts: w.press("ana", "it-help", ts, "solved"), "there is no 'solved' to press here; there is: none"),
        (lambda w, ts: w.submit("ana"), "That window is closed; open it again."),
    ],
)
def test_what_a_person_cannot_do_is_said_in_one_sentence(workspace: Workspace, act: Any, sentence: str) -> None:
    ts = workspace.say("ana", "it-help", "no sound")

    with pytest.raises(CannotDo, match=sentence.replace("?", r"\?")):
        act(workspace, ts)


def test_nobody_writes_to_an_app_whose_messages_tab_is_read_only() -> None:
    features = MANIFEST["features"] | {
        "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    }
    workspace = Workspace(MANIFEST | {"features": features})

    with pytest.raises(CannotDo, match="read-only"):
        workspace.say("ana", "@triage", "hello")


def test_what_is_said_to_one_person_is_seen_by_nobody_else(workspace: Workspace) -> None:
    call(workspace, "chat.postEphemeral", channel="C0ITHELP000", user="U0ANA000000", text="just you")

    assert [message.text for message in workspace.messages_for("ana", "it-help")] == ["just you"]
    assert workspace.messages_for("jonas", "it-help") == []
    assert workspace.messages("it-help") == []
    assert events(workspace) == []
    with pytest.raises(UnknownMessage):
        workspace.react("jonas", "it-help", workspace.messages_for("ana", "it-help")[0].ts, "eyes")


def test_a_person_can_leave_no_trace_in_a_channel_that_does_not_exist(workspace: Workspace) -> None:
    with pytest.raises(UnknownChannel):
        workspace.messages("queue-none")


# Pressing


def actions_block(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "choices", "elements": list(elements)}


def posted(workspace: Workspace, *blocks: dict[str, Any], channel: str = "C0ITHELP000", **args: Any) -> str:
    answer = call(workspace, "chat.postMessage", channel=channel, text="answer", blocks=list(blocks), **args)
    assert answer["ok"], answer
    return str(answer["ts"])


def test_a_pressed_button_reaches_the_app_with_its_message(workspace: Workspace) -> None:
    ts = posted(workspace, section("Does this help?"), actions_block(button("solved"), button("not_solved")))

    payload = workspace.press("ana", "it-help", ts, "not_solved").payload

    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U0ANA000000"
    assert payload["channel"] == {"id": "C0ITHELP000", "name": "it-help"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0ITHELP000",
        "is_ephemeral": False,
    }
    assert payload["message"]["text"] == "answer"
    assert payload["trigger_id"]
    assert payload["response_url"].startswith("http://127.0.0.1")
    [action] = payload["actions"]
    assert action.pop("action_ts") > ts
    assert action == {
        "type": "button",
        "action_id": "not_solved",
        "block_id": "choices",
        "value": "case-1",
        "text": {"type": "plain_text", "text": "Solved"},
    }


def test_a_press_in_a_thread_names_the_thread(workspace: Workspace) -> None:
    asked = workspace.say("ana", "@triage", "no sound")
    channel = workspace.channel("@ana").id
    ts = posted(workspace, actions_block(button("solved")), channel=channel, thread_ts=asked)

    payload = workspace.press("ana", "@triage", ts, "solved").payload

    assert payload["container"]["thread_ts"] == asked
    assert payload["message"]["thread_ts"] == asked
    assert payload["channel"]["name"] == "directmessage"


def test_the_name_of_a_private_channel_is_hidden_from_payloads(workspace: Workspace) -> None:
    ts = posted(workspace, actions_block(button("claim")), channel="C0QUEUENETWORK")

    assert workspace.press("priya", "queue-network", ts, "claim").payload["channel"]["name"] == "privategroup"


def test_a_press_on_what_only_one_person_sees_comes_without_the_message(workspace: Workspace) -> None:
    blocks = [actions_block(button("talk_to_person"))]
    answer = call(workspace, "chat.postEphemeral", channel="C0ITHELP000", user="U0ANA000000", text="a", blocks=blocks)

    payload = workspace.press("ana", "it-help", answer["message_ts"], "talk_to_person").payload

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": {"type": "plain_text", "text": value.title()}, "value": value} for value in values]


@pytest.mark.parametrize(
    ("element", "choice", "kept"),
    [
        ({"type": "static_select", "options": options("high", "low")}, "low", {"selected_option": options("low")[0]}),
        ({"type": "static_select", "options": options("high", "low")}, "Low", {"selected_option": options("low")[0]}),
        ({"type": "overflow", "options": options("merge")}, "merge", {"selected_option": options("merge")[0]}),
        ({"type": "checkboxes", "options": options("a", "b")}, ["a"], {"selected_options": options("a")}),
        ({"type": "users_select"}, "U0ANA000000", {"selected_user": "U0ANA000000"}),
        ({"type": "multi_users_select"}, ["U0ANA000000"], {"selected_users": ["U0ANA000000"]}),
        ({"type": "datepicker"}, "2026-11-20", {"selected_date": "2026-11-20"}),
    ],
)
def test_a_pick_carries_what_was_picked(
    workspace: Workspace, element: dict[str, Any], choice: Any, kept: dict[str, Any]
) -> None:
    ts = posted(workspace, actions_block(element | {"action_id": "pick"}))

    [action] = workspace.press("ana", "it-help", ts, "pick", choice).payload["actions"]

    assert {key: action[key] for key in kept} == kept


def test_a_press_carries_what_the_same_person_picked_in_the_message_before(workspace: Workspace) -> None:
    pick = {"type": "static_select", "action_id": "urgency", "options": options("high", "low")}
    ts = posted(workspace, actions_block(pick, button("send")))
    workspace.press("ana", "it-help", ts, "urgency", "high")

    picked = workspace.press("ana", "it-help", ts, "send").payload["state"]["values"]
    untouched = workspace.press("jonas", "it-help", ts, "send").payload["state"]["values"]

    urgency = {"type": "static_select", "selected_option": options("high")[0]}
    assert picked == {"choices": {"urgency": urgency}}
    assert untouched["choices"]["urgency"]["selected_option"] is None


def test_an_option_that_is_not_there_cannot_be_picked(workspace: Workspace) -> None:
    ts = posted(workspace, actions_block({"type": "static_select", "action_id": "pick", "options": options("high")}))

    with pytest.raises(CannotDo, match="pick has no option 'low'; it has: high"):
        workspace.press("ana", "it-help", ts, "pick", "low")


def test_feedback_carries_the_value_of_the_side_that_was_pressed(workspace: Workspace) -> None:
    sides = {
        f"{side}_button": {"text": {"type": "plain_text", "text": side}, "value": f"{side}:42"}
        for side in ("positive", "negative")
    }
    element = {"type": "feedback_buttons", "action_id": "rate"} | sides
    ts = posted(workspace, {"type": "context_actions", "elements": [element]})

    [action] = workspace.press("ana", "it-help", ts, "rate", "negative").payload["actions"]

    assert action["value"] == "negative:42"


def test_a_button_inside_a_container_or_a_carousel_can_be_pressed(workspace: Workspace) -> None:
    inside = {"type": "container", "child_blocks": [actions_block(button("claim"))]}
    cards = {"type": "carousel", "elements": [{"type": "card", "actions": [button("resolve")]}]}
    ts = posted(workspace, inside, cards)

    pressed = [workspace.press("ana", "it-help", ts, name).payload["actions"][0] for name in ("claim", "resolve")]

    assert [action["action_id"] for action in pressed] == ["claim", "resolve"]
    assert pressed[0]["block_id"] == "choices"


def test_a_message_shortcut_carries_the_message(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")

    payload = workspace.shortcut("priya", "get_help", "it-help", ts).payload

    assert (payload["type"], payload["callback_id"]) == ("message_action", "get_help")
    assert payload["message"]["text"] == "no sound"
    assert (payload["message_ts"], payload["channel"]["id"]) == (ts, "C0ITHELP000")
    assert payload["user"]["id"] == "U0PRIYA0000"
    assert payload["trigger_id"]
    assert payload["response_url"]
    assert payload["action_ts"]


def test_a_global_shortcut_carries_only_the_person(workspace: Workspace) -> None:
    payload = workspace.shortcut("ana", "new_report").payload

    assert (payload["type"], payload["callback_id"]) == ("shortcut", "new_report")
    assert "channel" not in payload
    assert "message" not in payload


def test_a_command_carries_its_words_with_mentions_spelled_out(workspace: Workspace) -> None:
    payload = workspace.command("ana", "/triage", "ask @sam & see #it-help", channel="general").payload

    assert payload["command"] == "/triage"
    assert payload["text"] == "ask <@U0SAM000000|sam> &amp; see <#C0ITHELP000|it-help>"
    assert (payload["user_id"], payload["channel_name"]) == ("U0ANA000000", "general")
    assert payload["trigger_id"]
    assert payload["response_url"]


def test_interactions_need_interactivity_in_the_manifest() -> None:
    settings = MANIFEST["settings"] | {"interactivity": {"is_enabled": False}}
    workspace = Workspace(MANIFEST | {"settings": settings})

    with pytest.raises(CannotDo, match="interactivity switched off"):
        workspace.shortcut("ana", "new_report")


# Modals and the Home tab


def opened(workspace: Workspace, view: dict[str, Any], user: str = "ana") -> str:
    trigger = workspace.shortcut(user, "new_report").payload["trigger_id"]
    answer = call(workspace, "views.open", trigger_id=trigger, view=view)
    assert answer["ok"], answer
    return str(answer["view"]["id"])


def acknowledge(workspace: Workspace, **payload: Any) -> None:
    workspace.acknowledged(workspace.ledger.recent[-1], payload)


def test_a_submitted_modal_carries_all_its_values(workspace: Workspace) -> None:
    urgency = {"type": "static_select", "options": options("high", "low"), "initial_option": options("low")[0]}
    opened(workspace, modal(input_block("what"), input_block("urgency", **urgency), private_metadata="case-1"))

    payload = workspace.submit("ana", {"what": "no sound"}).payload

    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "case-1"
    assert payload["view"]["state"]["values"] == {
        "block-what": {"what": {"type": "plain_text_input", "value": "no sound"}},
        "block-urgency": {"urgency": {"type": "static_select", "selected_option": options("low")[0]}},
    }


def test_a_modal_may_be_filled_in_with_slacks_own_state(workspace: Workspace) -> None:
    opened(workspace, modal(input_block("what")))
    state = {"block-what": {"what": {"type": "plain_text_input", "value": "no sound"}}}

    assert workspace.submit("ana", state).payload["view"]["state"]["values"] == state


def test_a_required_field_left_empty_never_reaches_the_app(workspace: Workspace) -> None:
    opened(workspace, modal(input_block("what"), input_block("more") | {"optional": True}))
    sent = len(workspace.ledger.recent)

    with pytest.raises(CannotDo, match="complete this required field"):
        workspace.submit("ana", {"more": "words"})

    assert workspace.errors("ana") == {"block-what": "Please complete this required field."}
    assert len(workspace.ledger.recent) == sent


@pytest.mark.parametrize(("typed", "fits"), [("abc", False), ("abcd", True), ("abcdef", True), ("abcdefg", False)])
def test_a_field_holds_as_many_characters_as_it_says(workspace: Workspace, typed: str, fits: bool) -> None:
    opened(workspace, modal(input_block("what", min_length=4, max_length=6)))

    if fits:
        assert workspace.submit("ana", {"what": typed}).payload["type"] == "view_submission"
    else:
        with pytest.raises(CannotDo, match="Please enter at"):
            workspace.submit("ana", {"what": typed})


def test_a_field_that_does_not_exist_is_named(workspace: Workspace) -> None:
    opened(workspace, modal(input_block("what")))

    with pytest.raises(CannotDo, match="no field 'wat' here; there is: block-what, what"):
        workspace.submit("ana", {"wat": "no sound"})


def test_a_bare_acknowledgement_closes_the_modal(workspace: Workspace) -> None:
    opened(workspace, modal(section("Sure?")))
    workspace.submit("ana")
    acknowledge(workspace)

    assert workspace.modal("ana") is None


def test_errors_in_the_acknowledgement_keep_the_modal_and_what_was_filled_in(workspace: Workspace) -> None:
    opened(workspace, modal(input_block("what")))
    workspace.submit("ana", {"what": "?"})
    acknowledge(workspace, response_action="errors", errors={"block-what": "Say a little more."})

    assert workspace.errors("ana") == {"block-what": "Say a little more."}
    view = workspace.modal("ana")
    assert view is not None
    assert view["state"]["values"]["block-what"]["what"]["value"] == "?"


def test_an_update_in_the_acknowledgement_replaces_the_modal(workspace: Workspace) -> None:
    view_id = opened(workspace, modal(section("one")))
    workspace.submit("ana")
    acknowledge(workspace, response_action="update", view=modal(section("two")))

    view = workspace.modal("ana")
    assert view is not None
    assert (view["id"], view["blocks"][0]["text"]["text"]) == (view_id, "two")


def test_a_pushed_modal_lies_on_top_until_it_is_closed(workspace: Workspace) -> None:
    first = opened(workspace, modal(section("one")))
    workspace.submit("ana")
    acknowledge(workspace, response_action="push", view=modal(section("two")))

    view = workspace.modal("ana")
    assert view is not None
    assert (view["previous_view_id"], view["root_view_id"]) == (first, first)
    workspace.close("ana")
    below = workspace.modal("ana")
    assert below is not None
    assert below["id"] == first


def test_clear_in_the_acknowledgement_closes_all_modals(workspace: Workspace) -> None:
    opened(workspace, modal(section("one")))
    workspace.submit("ana")
    acknowledge(workspace, response_action="push", view=modal(section("two")))
    workspace.submit("ana")
    acknowledge(workspace, response_action="clear")

    assert workspace.modal("ana") is None


def test_an_answer_that_slack_would_refuse_leaves_the_modal_and_is_logged(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    opened(workspace, modal(section("one")))
    workspace.submit("ana")
    acknowledge(workspace, response_action="update", view=modal(section("x" * 3001)))

    assert workspace.modal("ana") is not None
    assert "must be less than 3001 characters" in caplog.text


@pytest.mark.parametrize("errors", [None, {}, "wrong", {"block-other": "There is no such field."}])
def test_errors_must_name_fields_of_the_modal(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, errors: Any
) -> None:
    opened(workspace, modal(input_block("what")))
    workspace.submit("ana", {"what": "no sound"})
    acknowledge(workspace, response_action="errors", errors=errors)

    assert workspace.errors("ana") == {}
    assert workspace.modal("ana") is not None
    assert "errors must name input blocks" in caplog.text


def test_the_app_learns_of_a_closed_modal_only_if_it_asked_to(workspace: Workspace) -> None:
    opened(workspace, modal(section("one")))
    workspace.close("ana")
    assert workspace.ledger.recent[-1].payload["type"] == "shortcut"

    opened(workspace, modal(section("one"), notify_on_close=True))
    workspace.close("ana")
    assert workspace.ledger.recent[-1].payload["type"] == "view_closed"


def test_nobody_submits_what_somebody_else_has_open(workspace: Workspace) -> None:
    view_id = opened(workspace, modal(section("one")))

    with pytest.raises(CannotDo, match="window is closed"):
        workspace.submit("jonas", {}, view_id)


def test_a_press_in_a_modal_carries_the_view_and_what_is_filled_in(workspace: Workspace) -> None:
    view_id = opened(workspace, modal(input_block("what"), actions_block(button("more"))))

    payload = workspace.press_in_view("ana", view_id, "more", state={"what": "half a sen"}).payload

    assert payload["container"] == {"type": "view", "view_id": view_id}
    assert payload["view"]["state"]["values"]["block-what"]["what"]["value"] == "half a sen"
    assert "message" not in payload
    assert "channel" not in payload


def test_the_home_tab_is_announced_and_shows_what_the_app_published(workspace: Workspace) -> None:
    workspace.open_home("ana")
    first = events(workspace, "app_home_opened")[0]
    call(workspace, "views.publish", user_id="U0ANA000000", view={"type": "home", "blocks": [section("Hello Ana")]})
    workspace.open_home("ana", tab="home")
    workspace.open_home("ana", tab="messages")

    _, second, third = events(workspace, "app_home_opened")
    assert (first["user"], first["tab"], first["channel"]) == ("U0ANA000000", "home", workspace.channel("@ana").id)
    assert "view" not in first
    assert second["view"]["blocks"][0]["text"]["text"] == "Hello Ana"
    assert (third["tab"], "view" in third) == ("messages", False)
    home = workspace.home("ana")
    assert home is not None
    assert home["blocks"][0]["text"]["text"] == "Hello Ana"
    assert workspace.home("jonas") is None


# Waiting


def test_waiting_ends_as_soon_as_it_happens(workspace: Workspace) -> None:
    speaker = threading.Thread(target=workspace.say, args=("ana", "it-help", "hello"))
    speaker.start()

    assert workspace.wait_until(lambda: workspace.messages("it-help"))[0].text == "hello"
    speaker.join()


def test_waiting_in_vain_says_what_was_last_said(workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "hello")

    with pytest.raises(TimeoutError, match="last said: U0ANA000000: 'hello'"):
        workspace.wait_until(lambda: workspace.messages("general"), timeout=0.01)
