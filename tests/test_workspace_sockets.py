"""Socket Mode, as an app at the other end of a raw WebSocket lives it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.workspace import Running, Workspace, serve
from tests.workspace_fixtures import HURRY, MANIFEST, STEADY, app_socket, web_client


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Workspace(MANIFEST), timing=STEADY) as running:
        yield running


@pytest.fixture
def impatient() -> Iterator[Running]:
    with serve(Workspace(MANIFEST), timing=HURRY) as running:
        yield running


def test_a_socket_begins_with_hello(running: Running) -> None:
    with app_socket(running) as app:
        assert (app.hello["type"], app.hello["num_connections"]) == ("hello", 1)
        assert app.hello["connection_info"]["app_id"] == running.workspace.identity.app_id


def test_a_ticket_opens_one_socket(running: Running) -> None:
    address = web_client(running).apps_connections_open(app_token=running.app_token)["url"]

    with connect(address) as first:
        assert "hello" in str(first.recv(timeout=3))
        with pytest.raises(InvalidStatus, match="403"), connect(address):
            pass


def test_the_first_delivery_says_that_it_is_no_retry(running: Running) -> None:
    with app_socket(running) as app:
        running.workspace.say("ana", "it-help", "no sound")
        envelope = app.receive()
        app.acknowledge(envelope)
        running.workspace.wait_until(lambda: running.workspace.idle)

    assert envelope["type"] == "events_api"
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    assert envelope["accepts_response_payload"] is False
    assert envelope["payload"]["event"]["text"] == "no sound"


def test_what_is_not_acknowledged_comes_three_times_more(impatient: Running) -> None:
    with app_socket(impatient) as app:
        impatient.workspace.say("ana", "it-help", "no sound")
        envelopes = [app.receive() for _ in range(4)]
        impatient.workspace.wait_until(lambda: impatient.workspace.idle)

    assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in envelopes] == ["", "timeout", "timeout", "timeout"]
    assert len({each["payload"]["event_id"] for each in envelopes}) == 1
    assert len({each["envelope_id"] for each in envelopes}) == 4
    [delivery] = impatient.workspace.ledger.events()
    assert (delivery.fate, delivery.sent) == ("given up", 4)


def test_an_acknowledged_event_does_not_come_again(running: Running) -> None:
    with app_socket(running) as app:
        running.workspace.say("ana", "it-help", "one")
        app.acknowledge(app.receive())
        running.workspace.wait_until(lambda: running.workspace.idle)
        running.workspace.say("ana", "it-help", "two")

        assert app.receive()["payload"]["event"]["text"] == "two"


def test_what_is_said_while_nobody_listens_comes_later_as_a_retry(running: Running) -> None:
    for text in ("one", "two"):
        running.workspace.say("ana", "it-help", text)

    with app_socket(running) as app:
        envelopes = [app.receive(), app.receive()]

    assert [each["payload"]["event"]["text"] for each in envelopes] == ["one", "two"]
    assert [each["retry_attempt"] for each in envelopes] == [1, 1]


def test_what_was_said_before_the_server_started_comes_too() -> None:
    workspace = Workspace(MANIFEST)
    workspace.say("ana", "it-help", "early bird")

    with serve(workspace, timing=STEADY) as running, app_socket(running) as app:
        assert app.receive()["payload"]["event"]["text"] == "early bird"


def test_each_payload_goes_to_one_of_several_sockets(running: Running) -> None:
    with app_socket(running) as first, app_socket(running) as second:
        assert second.hello["num_connections"] == 2
        for text in ("one", "two"):
            running.workspace.say("ana", "it-help", text)
        heard = []
        for app in (first, second):
            envelope = app.receive()
            app.acknowledge(envelope)
            heard.append(envelope["payload"]["event"]["text"])
        running.workspace.wait_until(lambda: running.workspace.idle)

    assert sorted(heard) == ["one", "two"]


def test_an_acknowledgement_may_come_on_another_socket(running: Running) -> None:
    with app_socket(running) as first, app_socket(running) as second:
        running.workspace.say("ana", "it-help", "one")
        running.workspace.say("ana", "it-help", "two")
        for app, other in ((first, second), (second, first)):
            other.acknowledge(app.receive())

        running.workspace.wait_until(lambda: running.workspace.idle)
    assert {delivery.sent for delivery in running.workspace.ledger.events()} == {1}


def test_an_eleventh_socket_is_sent_away(running: Running) -> None:
    client = web_client(running)
    addresses = [client.apps_connections_open(app_token=running.app_token)["url"] for _ in range(11)]
    with ExitStack() as open_until_the_end:
        sockets = [open_until_the_end.enter_context(connect(address)) for address in addresses]
        assert all("hello" in str(socket.recv(timeout=3)) for socket in sockets[:10])
        assert "too_many_websockets" in str(sockets[10].recv(timeout=3))
        with pytest.raises(ConnectionClosed):
            sockets[10].recv(timeout=3)


def test_a_polite_disconnect_is_announced_and_payloads_wait_for_the_next_socket(running: Running) -> None:
    with app_socket(running) as app:
        running.faults.disconnect(politely=True)
        assert app.receive()["type"] == "disconnect"
        running.workspace.say("ana", "it-help", "hello?")
        with app_socket(running) as next_app:
            assert next_app.receive()["payload"]["event"]["text"] == "hello?"
        with pytest.raises(ConnectionClosed):
            app.receive()


def test_an_abrupt_disconnect_says_nothing(running: Running) -> None:
    with app_socket(running) as app:
        running.faults.disconnect(politely=False)

        with pytest.raises(ConnectionClosed) as end:
            app.receive()
    assert end.value.rcvd is None
    assert running.workspace.connections == 0


def test_what_was_on_its_way_when_the_connection_broke_comes_again(impatient: Running) -> None:
    with app_socket(impatient) as app:
        impatient.workspace.say("ana", "it-help", "no sound")
        lost = app.receive()
        impatient.faults.disconnect(politely=False)
        impatient.workspace.wait_until(lambda: impatient.workspace.connections == 0)

    with app_socket(impatient) as app:
        again = app.receive()

    assert again["payload"] == lost["payload"]
    assert again["retry_attempt"] == 1


def test_a_press_that_nobody_acknowledges_is_given_up_and_not_repeated(impatient: Running) -> None:
    with app_socket(impatient) as app:
        delivery = impatient.workspace.shortcut("ana", "new_report")
        envelope = app.receive()
        impatient.workspace.wait_until(lambda: delivery.settled)

        assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", True)
        assert "retry_attempt" not in envelope
        assert (delivery.fate, delivery.sent) == ("given up", 1)


def test_a_press_while_nobody_listens_is_given_up(impatient: Running) -> None:
    delivery = impatient.workspace.command("ana", "/triage", "help")

    impatient.workspace.wait_until(lambda: delivery.settled)

    assert (delivery.fate, delivery.sent) == ("given up", 0)


def test_the_answer_to_a_command_is_shown_to_the_one_who_gave_it(running: Running) -> None:
    with app_socket(running) as app:
        running.workspace.command("ana", "/triage", "help", channel="general")
        app.acknowledge(app.receive(), {"text": "Tell me what happens."})
        running.workspace.wait_until(lambda: running.workspace.messages_for("ana", "general"))

    assert running.workspace.messages_for("jonas", "general") == []


def test_the_answer_to_a_command_may_be_for_all(running: Running) -> None:
    with app_socket(running) as app:
        running.workspace.command("ana", "/triage", "status", channel="general")
        app.acknowledge(app.receive(), {"text": "All is well.", "response_type": "in_channel"})

        running.workspace.wait_until(lambda: running.workspace.messages("general"))


def test_the_server_keeps_sockets_alive_with_pings(running: Running) -> None:
    with app_socket(running) as app:
        pong = app.socket.ping()

        assert pong.wait(timeout=3)


def test_no_socket_without_socket_mode_in_the_manifest() -> None:
    settings = MANIFEST["settings"] | {"socket_mode_enabled": False}

    with serve(Workspace(MANIFEST | {"settings": settings}), timing=STEADY) as running:
        answer = web_client(running).api_call("auth.test")
        assert answer["ok"]
        with pytest.raises(Exception, match="not_enabled"):
            web_client(running).apps_connections_open(app_token=running.app_token)
