"""What goes wrong on demand, as slack_sdk's own client meets it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from http.client import RemoteDisconnected
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.workspace import Running, Workspace, serve
from bot.workspace.faults import Faults
from bot.workspace.sockets import Hub
from tests.workspace_fixtures import MANIFEST, STEADY, Clock, app_socket, button, call, section, web_client

HELP = "C0ITHELP000"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serve(Workspace(MANIFEST), timing=STEADY) as running:
        yield running


@pytest.fixture
def running(server: Running) -> Iterator[Running]:
    """One server for all tests here; each leaves it with no fault pending and an empty channel."""
    yield server
    server.faults.clear()
    for message in server.workspace.messages("it-help"):
        server.workspace.remove(message)


def texts(running: Running) -> list[str]:
    return [message.text for message in running.workspace.messages("it-help")]


def test_a_method_fails_as_often_as_it_was_told_to(running: Running) -> None:
    running.faults.fail("chat.postMessage", "internal_error", times=2)
    client = web_client(running)

    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            client.chat_postMessage(channel=HELP, text="one")
    client.chat_postMessage(channel=HELP, text="two")

    assert texts(running) == ["two"]


def test_only_the_method_that_was_named_fails(running: Running) -> None:
    running.faults.fail("chat.update")

    assert web_client(running).auth_test()["ok"]
    assert running.faults.pending == 1


def test_any_method_may_be_meant(running: Running) -> None:
    running.faults.fail("*", "fatal_error")

    with pytest.raises(SlackApiError, match="fatal_error"):
        web_client(running).auth_test()


def test_a_throttled_method_says_when_to_come_back(running: Running) -> None:
    running.faults.throttle("chat.postMessage", retry_after=7)

    with pytest.raises(SlackApiError) as refusal:
        web_client(running).chat_postMessage(channel=HELP, text="one")

    assert refusal.value.response.status_code == 429
    assert refusal.value.response.headers["Retry-After"] == "7"
    assert refusal.value.response["error"] == "ratelimited"
    assert texts(running) == []


def test_a_broken_server_answers_without_json(running: Running) -> None:
    running.faults.break_down("chat.postMessage", status=503)

    with pytest.raises(SlackApiError) as refusal:
        web_client(running).chat_postMessage(channel=HELP, text="one")

    assert refusal.value.response.status_code == 503


def test_a_swallowed_post_is_there_although_no_answer_came(running: Running) -> None:
    running.faults.swallow("chat.postMessage")

    with pytest.raises((RemoteDisconnected, ConnectionResetError, URLError)):
        web_client(running, retry_handlers=[]).chat_postMessage(channel=HELP, text="once")

    assert texts(running) == ["once"]


def test_a_client_that_retries_a_swallowed_post_doubles_it(running: Running) -> None:
    running.faults.swallow("chat.postMessage")

    web_client(running).chat_postMessage(channel=HELP, text="twice")

    assert texts(running) == ["twice", "twice"]


def test_a_delayed_method_answers_late(running: Running) -> None:
    running.faults.delay("auth.test", 0.2)
    before = monotonic()

    web_client(running).auth_test()

    assert monotonic() - before >= 0.2


def test_a_delay_and_another_fault_strike_together(running: Running) -> None:
    running.faults.delay("auth.test", 0.05)
    running.faults.fail("auth.test")

    with pytest.raises(SlackApiError):
        web_client(running).auth_test()
    assert running.faults.pending == 0


def test_posts_are_limited_to_one_a_second_a_channel(running: Running) -> None:
    seconds = [100.0]
    running.faults.limit_posts(per_second=1.0, burst=1, clock=lambda: seconds[0])
    client = web_client(running)

    client.chat_postMessage(channel=HELP, text="one")
    client.chat_postMessage(channel="C0GENERAL00", text="elsewhere")
    with pytest.raises(SlackApiError) as refusal:
        client.chat_postMessage(channel=HELP, text="too soon")
    seconds[0] += 1.0
    client.chat_postMessage(channel=HELP, text="two")

    assert refusal.value.response.headers["Retry-After"] == "1"
    assert texts(running) == ["one", "two"]


# Doubled events


def told(*texts: str) -> tuple[Workspace, Faults]:
    workspace = Workspace(MANIFEST, now=Clock())
    for text in texts:
        workspace.say("ana", "it-help", text)
    call(workspace, "chat.postMessage", channel=HELP, text="the app's own words")
    return workspace, Faults(workspace, Hub(workspace, STEADY, lambda address: None))


def test_the_last_event_of_a_person_is_redelivered_as_a_retry() -> None:
    _workspace, faults = told("one", "two")

    [again] = faults.redeliver()

    assert again.payload["event"]["text"] == "two"
    assert (again.attempt, again.reason) == (1, "timeout")


def test_a_redelivery_may_come_under_another_event_id() -> None:
    workspace, faults = told("one")
    first = workspace.ledger.events()[0]

    [again] = faults.redeliver(fresh_id=True)

    assert again.payload["event"] == first.payload["event"]
    assert (again.event_id == first.event_id, again.attempt) == (False, 0)


def test_all_events_may_be_redelivered_in_their_order() -> None:
    _workspace, faults = told("one", "two", "three")

    assert [each.payload["event"]["text"] for each in faults.redeliver(last=None)] == ["one", "two", "three"]


def test_a_redelivery_reaches_the_app() -> None:
    with serve(Workspace(MANIFEST), timing=STEADY) as running, app_socket(running) as app:
        running.workspace.say("ana", "it-help", "no sound")
        first = app.receive()
        app.acknowledge(first)
        running.faults.redeliver()
        again = app.receive()
        app.acknowledge(again)
        running.workspace.wait_until(lambda: running.workspace.idle)

    assert again["payload"] == first["payload"]
    assert again["retry_attempt"] == 1


# response_url


def pressed(workspace: Workspace) -> str:
    blocks = [section("Solved?"), {"type": "actions", "elements": [button("solved")]}]
    ts = call(workspace, "chat.postMessage", channel=HELP, text="Solved?", blocks=blocks)["ts"]
    return str(workspace.press("ana", "it-help", ts, "solved").payload["response_url"])


def test_a_response_url_answers_the_one_who_pressed(running: Running) -> None:
    url = pressed(running.workspace)

    assert WebhookClient(url).send(text="Thanks.").body == "ok"

    assert running.workspace.messages_for("ana", "it-help")[-1].text == "Thanks."
    assert texts(running) == ["Solved?"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"text": "Thanks.", "response_type": "in_channel"}, ["Solved?", "Thanks."]),
        ({"text": "Solved.", "replace_original": True}, ["Solved."]),
        ({"delete_original": True}, []),
    ],
)
def test_a_response_url_answers_all_or_changes_the_message(
    running: Running, options: dict[str, Any], left: list[str]
) -> None:
    url = pressed(running.workspace)

    assert WebhookClient(url).send(**options).status_code == 200

    assert texts(running) == left


def test_a_response_url_changes_what_only_one_person_sees(running: Running) -> None:
    blocks = [{"type": "actions", "elements": [button("solved")]}]
    args = {"channel": HELP, "user": "U0ANA000000", "text": "Solved?", "blocks": blocks}
    ts = call(running.workspace, "chat.postEphemeral", **args)["message_ts"]
    url = str(running.workspace.press("ana", "it-help", ts, "solved").payload["response_url"])

    WebhookClient(url).send(text="Solved.", replace_original=True)

    assert running.workspace.messages_for("ana", "it-help")[-1].text == "Solved."


def test_a_response_url_is_good_for_five_uses(running: Running) -> None:
    url = pressed(running.workspace)

    statuses = [WebhookClient(url).send(text=str(number)) for number in range(6)]

    assert [each.status_code for each in statuses] == [200] * 5 + [404]
    assert statuses[5].body == "used_url"


@pytest.mark.parametrize(("minutes", "status"), [(30, 200), (30.01, 404)])
def test_a_response_url_is_good_for_half_an_hour(minutes: float, status: int) -> None:
    clock = Clock()
    with serve(Workspace(MANIFEST, now=clock), timing=STEADY) as running:
        url = pressed(running.workspace)
        clock.pass_(minutes=minutes)

        assert WebhookClient(url).send(text="x").status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 400), (b"not json", 400), (b'{"text": "x", "blocks": [{"type": "nope"}]}', 400)],
)
def test_a_response_that_says_nothing_is_refused(running: Running, body: bytes, status: int) -> None:
    request = urllib.request.Request(pressed(running.workspace), body, {"Content-Type": "application/json"})

    with pytest.raises(HTTPError) as refusal, urllib.request.urlopen(request):
        pass
    refusal.value.close()
    assert refusal.value.code == status


# HTTP


def test_arguments_may_come_as_a_form_and_the_token_in_it(running: Running) -> None:
    body = f"token={running.bot_token}&channel={HELP}&text=a+%26+b".encode()
    with urllib.request.urlopen(f"{running.api_url}chat.postMessage", body) as response:
        answer = json.load(response)

    assert answer["ok"]
    assert texts(running) == ["a & b"]


def test_arguments_that_are_not_json_are_refused(running: Running) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {running.bot_token}"}
    request = urllib.request.Request(f"{running.api_url}auth.test", b"[1]", headers)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["error"] == "invalid_json"


def test_a_stranger_host_name_is_turned_away(running: Running) -> None:
    request = urllib.request.Request(f"{running.api_url}api.test", headers={"Host": "evil.example.com"})

    with pytest.raises(HTTPError) as refusal, urllib.request.urlopen(request):
        pass
    refusal.value.close()
    assert refusal.value.code == 400
