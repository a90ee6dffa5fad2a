"""What the page is served: the world as one person may see it, acts, and the notice that something changed."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from time import monotonic
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from bot.workspace import Running, Workspace, serve
from bot.workspace.page_acts import NO_ANSWER, act
from bot.workspace.page_view import view
from tests.workspace_fixtures import (
    HURRY,
    MANIFEST,
    STEADY,
    Clock,
    app_socket,
    button,
    call,
    input_block,
    modal,
    section,
)

HELP, ANA = "C0ITHELP000", "U0ANA000000"


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(MANIFEST, now=Clock())


def channel(seen: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in seen["channels"] if each["name"] == name)


# The view


def test_a_person_sees_only_the_channels_they_are_in(workspace: Workspace) -> None:
    def names(user: str) -> set[str]:
        return {each["name"] for each in view(workspace, user)["channels"] if each["kind"] == "channel"}

    assert names("ana") == {"it-help", "general"}
    assert names("priya") == {"it-help", "general", *(f"queue-{q}" for q in PRIYAS_QUEUES)}
    assert "desk-ops" in names("sam")


PRIYAS_QUEUES = ("service-desk", "endpoint", "network", "unsorted")


def test_the_view_says_who_everyone_is(workspace: Workspace) -> None:
    seen = view(workspace, "ana")

    assert (seen["me"], seen["team"]["name"]) == (ANA, "Northwind Foundry")
    assert seen["now"] == 1795165200.0
    assert seen["bot"] == {"user": "U0TRIAGE000", "connected": False}
    ana = seen["people"][ANA]
    assert (ana["name"], ana["role"], ana["tz"]) == ("ana", "person", "Europe/Lisbon")
    assert ana["tries"]
    assert ana["about"]
    assert ana["colour"].startswith("#")
    assert seen["people"]["U0TRIAGE000"]["role"] == "app"


def test_the_view_offers_what_the_manifest_has(workspace: Workspace) -> None:
    seen = view(workspace, "ana")

    assert [each["callback_id"] for each in seen["shortcuts"]] == ["get_help", "new_report"]
    assert [each["command"] for each in seen["commands"]] == ["/triage"]


def test_messages_and_their_threads_are_apart(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.say("jonas", "it-help", "same", thread_ts=ts)

    seen = view(workspace, "claire")

    [message] = seen["messages"][HELP]
    assert (message["text"], message["reply_count"]) == ("no sound", 1)
    assert [reply["text"] for reply in seen["replies"][HELP][ts]] == ["same"]
    assert "blocks" not in message


def test_the_page_never_gets_metadata(workspace: Workspace) -> None:
    metadata = {"event_type": "sent", "event_payload": {"send_id": "s-1"}}
    call(workspace, "chat.postMessage", channel=HELP, text="x", blocks=[section("x")], metadata=metadata)

    [message] = view(workspace, "ana")["messages"][HELP]

    assert "metadata" not in message
    assert message["blocks"][0]["type"] == "section"


def test_what_is_meant_for_one_person_is_only_in_that_persons_view(workspace: Workspace) -> None:
    call(workspace, "chat.postEphemeral", channel=HELP, user=ANA, text="just you")

    assert view(workspace, "ana")["messages"][HELP][0]["ephemeral"] is True
    assert view(workspace, "jonas")["messages"][HELP] == []
    assert channel(view(workspace, "ana"), "it-help")["unread"] == 1
    assert channel(view(workspace, "jonas"), "it-help")["unread"] == 0


def test_unread_messages_and_mentions_are_counted_until_they_are_read(workspace: Workspace) -> None:
    workspace.say("jonas", "it-help", "good morning")
    workspace.say("jonas", "it-help", "@ana look")
    last = workspace.say("jonas", "it-help", "@here look")

    before = channel(view(workspace, "ana"), "it-help")
    workspace.read("ana", "it-help", last)
    after = channel(view(workspace, "ana"), "it-help")

    assert (before["unread"], before["mentions"]) == (3, 2)
    assert (after["unread"], after["mentions"], after["last_read"]) == (0, 0, last)
    assert channel(view(workspace, "jonas"), "it-help")["unread"] == 0


def test_replies_are_news_only_for_those_who_take_part(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.read("claire", "it-help")
    workspace.say("jonas", "it-help", "same", thread_ts=ts)

    assert channel(view(workspace, "ana"), "it-help")["unread"] == 1
    assert channel(view(workspace, "claire"), "it-help")["unread"] == 0


def test_a_user_group_calls_all_of_its_members_and_nobody_else(workspace: Workspace) -> None:
    workspace.say("sam", "queue-network", "@queue-network who can take this?")
    call(
        workspace, "chat.postMessage", channel="C0QUEUENETWORK", text="Card", blocks=[section("<!subteam^S0TEAMPUNE0>")]
    )

    def mentions(user: str) -> int:
        return int(channel(view(workspace, user), "queue-network")["mentions"])

    assert (mentions("lucia"), mentions("priya")) == (1, 2)
    assert view(workspace, "priya")["groups"]["S0TEAMPUNE0"] == {
        "handle": "team-pune",
        "name": "Team Pune",
        "mine": True,
    }
    assert view(workspace, "lucia")["groups"]["S0TEAMPUNE0"]["mine"] is False


def test_whoever_is_called_in_a_thread_learns_of_it_without_taking_part(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sound")
    workspace.read("claire", "it-help")
    workspace.read("grace", "it-help")

    workspace.say("jonas", "it-help", "@claire has the same", thread_ts=ts)

    news = {user: channel(view(workspace, user), "it-help") for user in ("claire", "grace")}
    assert {user: (seen["unread"], seen["mentions"]) for user, seen in news.items()} == {
        "claire": (1, 1),
        "grace": (0, 0),
    }


def test_every_direct_message_calls_for_its_reader(workspace: Workspace) -> None:
    ts = call(workspace, "chat.postMessage", channel=ANA, text="hello")["ts"]
    call(workspace, "chat.postMessage", channel=ANA, text="are you there?", thread_ts=ts)

    [direct] = [each for each in view(workspace, "ana")["channels"] if each["kind"] == "im"]

    assert (direct["unread"], direct["mentions"], direct["with"]) == (2, 2, "U0TRIAGE000")


def test_the_view_shows_the_modal_the_home_tab_prompts_and_status(workspace: Workspace) -> None:
    trigger = workspace.shortcut("ana", "new_report").payload["trigger_id"]
    call(workspace, "views.open", trigger_id=trigger, view=modal(input_block("what")))
    call(workspace, "views.publish", user_id=ANA, view={"type": "home", "blocks": [section("Hello Ana")]})
    im = workspace.channel("@ana").id
    prompt = {"title": "No sound", "message": "my headset has no sound"}
    call(workspace, "assistant.threads.setSuggestedPrompts", channel_id=im, title="Try one", prompts=[prompt])
    call(workspace, "assistant.threads.setStatus", channel_id=im, thread_ts="1.0", status="is looking that up…")

    seen = view(workspace, "ana")

    assert seen["modal"]["view"]["blocks"][0]["type"] == "input"
    assert (seen["modal"]["id"], seen["modal"]["errors"]) == (seen["modal"]["view"]["id"], {})
    assert seen["home"]["U0TRIAGE000"]["blocks"][0]["text"]["text"] == "Hello Ana"
    assert seen["prompts"] == {im: {"title": "Try one", "prompts": [prompt]}}
    assert seen["status"] == {f"{im}/1.0": "is looking that up…"}
    other = view(workspace, "jonas")
    assert (other["modal"], other["home"], other["prompts"]) == (None, {"U0TRIAGE000": None}, {})


# Acts


def acted(workspace: Workspace, do: str, **body: Any) -> Any:
    return act(workspace, {"as": ANA, "do": do, **body})


def test_what_is_written_on_the_page_is_escaped_by_the_server(workspace: Workspace) -> None:
    done = acted(workspace, "say", channel=HELP, text="<b> @triage", files=[{"name": "a.png"}])

    [message] = workspace.messages("it-help")
    assert done == {"ok": True, "ts": message.ts}
    assert message.text == "&lt;b&gt; <@U0TRIAGE000>"
    assert message.files[0]["name"] == "a.png"


def test_a_message_is_edited_reacted_to_and_deleted(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "no sund")

    assert acted(workspace, "edit", channel=HELP, ts=ts, text="no sound") == {"ok": True}
    assert acted(workspace, "react", channel=HELP, ts=ts, name="eyes") == {"ok": True}
    [message] = workspace.messages("it-help")
    assert (message.text, message.reactions[0].name) == ("no sound", "eyes")
    assert acted(workspace, "delete", channel=HELP, ts=ts) == {"ok": True}
    assert workspace.messages("it-help") == []


def test_a_direct_message_is_opened(workspace: Workspace) -> None:
    done = acted(workspace, "open_im", user="U0JONAS0000")

    assert done["channel"] in {each["id"] for each in view(workspace, "ana")["channels"]}


def test_reading_and_opening_home_are_acts_too(workspace: Workspace) -> None:
    ts = workspace.say("jonas", "it-help", "hello")

    assert acted(workspace, "read", channel=HELP, ts=ts) == {"ok": True}
    assert acted(workspace, "open_home", tab="home") == {"ok": True}
    assert channel(view(workspace, "ana"), "it-help")["unread"] == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"do": "dance", "as": ANA}, "Nobody can 'dance' here; there is: close, command"),
        ({"do": "say", "as": ANA}, "The act 'say' needs 'channel'."),
        ({"do": "say", "channel": HELP}, "The act 'say' needs 'as'."),
        ({"do": "say", "as": "U0EVE", "channel": HELP, "text": "x"}, "Nobody here is called 'U0EVE'."),
        ({"do": "say", "as": ANA, "channel": "C0DESKOPS00", "text": "x"}, "Ana Ribeiro is not in #desk-ops."),
    ],
)
def test_an_act_that_cannot_be_is_refused_in_one_sentence(
    workspace: Workspace, body: dict[str, Any], sentence: str
) -> None:
    done: Any = act(workspace, body)

    assert done["ok"] is False
    assert done["error"].startswith(sentence)


# Over HTTP


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serve(Workspace(MANIFEST), timing=STEADY) as running:
        yield running


def post(running: Running, body: dict[str, Any]) -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{running.url}/page/act", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_an_act_that_the_app_must_answer_says_when_it_does_not() -> None:
    body = {"as": ANA, "do": "shortcut", "callback_id": "new_report"}

    with serve(Workspace(MANIFEST), timing=HURRY) as running:
        assert post(running, body) == {"ok": False, "error": NO_ANSWER}


def test_a_page_learns_of_every_change(running: Running) -> None:
    with connect(running.url.replace("http", "ws") + "/page/live") as live:
        first = json.loads(live.recv(timeout=3))["version"]
        post(running, {"as": ANA, "do": "say", "channel": HELP, "text": "hello"})

        assert json.loads(live.recv(timeout=3))["version"] > first


def test_a_page_is_told_at_most_thirty_times_a_second(running: Running) -> None:
    with connect(running.url.replace("http", "ws") + "/page/live") as live:
        live.recv(timeout=3)
        began = monotonic()
        for number in range(7):
            running.workspace.say("ana", "it-help", str(number))
            live.recv(timeout=3)

    assert monotonic() - began >= 6 / 30


def test_a_page_from_elsewhere_is_not_told(running: Running) -> None:
    address = running.url.replace("http", "ws") + "/page/live"

    with pytest.raises(InvalidStatus, match="403"), connect(address, origin=Origin("http://evil.example.com")):
        pass


def test_a_form_on_another_site_cannot_act(running: Running) -> None:
    request = urllib.request.Request(f"{running.url}/page/act", b'{"as": "ana", "do": "open_home"}')

    with pytest.raises(HTTPError) as refusal, urllib.request.urlopen(request):
        pass
    refusal.value.close()
    assert refusal.value.code == 415


def test_without_a_name_the_view_is_that_of_the_first_person(running: Running) -> None:
    with urllib.request.urlopen(f"{running.url}/page/view") as response:
        assert json.load(response)["me"] == ANA


def test_the_view_of_a_stranger_is_refused(running: Running) -> None:
    with pytest.raises(HTTPError) as refusal, urllib.request.urlopen(f"{running.url}/page/view?as=eve"):
        pass
    refusal.value.close()
    assert refusal.value.code == 404


def test_the_view_is_served_as_json(running: Running) -> None:
    with urllib.request.urlopen(f"{running.url}/page/view?as={ANA}") as response:
        assert json.load(response)["me"] == ANA


def test_a_permalink_opens_the_page_at_the_message(running: Running) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    with pytest.raises(HTTPError) as moved:
        opener.open(f"{running.url}/archives/{HELP}/p1795165200000001")
    moved.value.close()
    assert moved.value.headers["Location"] == f"/?channel={HELP}&ts=1795165200.000001"


def test_a_press_on_the_page_reaches_the_app_and_waits_for_it(running: Running) -> None:
    blocks = [{"type": "actions", "elements": [button("solved")]}]
    ts = call(running.workspace, "chat.postMessage", channel=ANA, text="Solved?", blocks=blocks)["ts"]
    im = running.workspace.channel("@ana").id
    body = {"as": ANA, "do": "press", "channel": im, "ts": ts, "action_id": "solved", "block_id": "", "value": "x"}

    with app_socket(running) as app:
        answers: list[Any] = []
        presser = threading.Thread(target=lambda: answers.append(post(running, body)))
        presser.start()
        envelope = app.receive()
        while envelope["type"] != "interactive":
            app.acknowledge(envelope)
            envelope = app.receive()
        app.acknowledge(envelope)
        presser.join()

    assert answers == [{"ok": True}]
    assert envelope["payload"]["actions"][0]["value"] == "case-1"
