"""The desk's HTTP side, over real HTTP: signed requests of Slack, and health."""

import json
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

from bot.demo import manifest
from bot.serving import run
from bot.settings import Settings
from bot.slack.http import listen, start_server
from bot.slack.intake import Intake
from bot.store import Database
from bot.workspace.server import serve
from bot.workspace.state import Workspace
from tests.office import small_advisor

SECRET = "s3cret" + "-of-a-test"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "desk.db")
    yield database
    database.close()


@pytest.fixture
def ready() -> list[bool]:
    """What the desk says of itself; a test may change it."""
    return [True]


@pytest.fixture
def address(store: Database, ready: list[bool]) -> Iterator[str]:
    settings = Settings(_env_file=None, slack_signing_secret=SecretStr(SECRET))  # type: ignore[call-arg]
    with listen(0) as listener, start_server(settings, Intake(store), lambda: ready[0], listener) as url:
        yield url


@pytest.fixture
def handlers() -> Iterator[None]:
    """What a signal does is put back afterwards."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def post(
    address: str, body: str, *, secret: str = SECRET, kind: str = "application/json", age: int = 0
) -> tuple[int, str]:
    stamp = str(int(time.time()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}
    request = urllib.request.Request(f"{address}/slack/events", body.encode(), headers)
    return fetch(request)


def fetch(request: urllib.request.Request | str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def event(ts: str = "1.0") -> str:
    said = {"type": "message", "channel": "C1", "user": "U1", "text": "outlook is slow", "ts": ts}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": f"Ev{ts}", "event": said})


def waiting(store: Database) -> int:
    with store.reading() as unit:
        return unit.inbox.count("waiting")


def test_an_event_is_on_disk_when_slack_hears_200(address: str, store: Database) -> None:
    assert post(address, event())[0] == 200
    assert waiting(store) == 1


def test_an_event_that_comes_again_is_kept_once(address: str, store: Database) -> None:
    answers = [post(address, event())[0] for _ in range(3)]

    assert (answers, waiting(store)) == ([200, 200, 200], 1)


@pytest.mark.parametrize("how", [{"secret": "another"}, {"age": 400}], ids=["wrong secret", "old"])
def test_what_is_not_signed_by_slack_just_now_is_refused(address: str, store: Database, how: dict[str, object]) -> None:
    assert post(address, event(), **how)[0] == 401  # type: ignore[arg-type]
    assert waiting(store) == 0


def test_slack_can_verify_the_address(address: str) -> None:
    assert post(address, json.dumps({"type": "url_verification", "challenge": "abc"})) == (200, "abc")


def test_clicks_and_commands_come_as_forms(address: str, store: Database) -> None:
    click = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "solved", "action_ts": "5.0"}]}
    form = "application/x-www-form-urlencoded"

    answers = [
        post(address, "payload=" + urllib.parse.quote(json.dumps(click)), kind=form)[0],
        post(address, "command=%2Ftriage&text=help&trigger_id=1.2.3&user_id=U1", kind=form)[0],
    ]

    assert (answers, waiting(store)) == ([200, 200], 2)


def test_health_is_alive_and_readiness_tells_the_truth(address: str, ready: list[bool]) -> None:
    assert fetch(f"{address}/healthz") == (200, '{"alive":true}')
    assert fetch(f"{address}/readyz") == (200, '{"ready":true}')
    ready[0] = False
    assert fetch(f"{address}/readyz") == (503, '{"ready":false}')


def test_a_port_is_given_back_and_a_taken_one_is_named_with_the_setting() -> None:
    with listen(0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match=rf"^Port {port} on 127\.0\.0\.1 cannot be used .*set TRIAGE_HTTP_PORT"):
            listen(port)

    listen(port).close()


def test_without_a_signing_secret_slack_has_no_door(store: Database) -> None:
    settings = Settings(_env_file=None, slack_signing_secret="")  # type: ignore[call-arg, arg-type]
    with listen(0) as listener, start_server(settings, Intake(store), lambda: True, listener) as url:
        assert post(url, event())[0] == 404


def test_with_only_a_signing_secret_serve_runs_in_http_mode_until_a_signal(tmp_path: Path, handlers: None) -> None:
    noted: list[str] = []

    def note(text: str) -> None:
        noted.append(text)
        if address := re.search(r"http://[\d.:]+", text):
            noted.append(str(post(address[0], event())[0]))
            signal.raise_signal(signal.SIGTERM)

    with serve(Workspace(manifest())) as running:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            slack_bot_token=SecretStr(running.bot_token),
            slack_app_token="",  # type: ignore[arg-type]
            slack_signing_secret=SecretStr(SECRET),
            slack_api_url=running.api_url,
            home=tmp_path,
            http_port=0,
        )
        run(settings, small_advisor(), note=note)

    assert noted[-2:] == ["200", "The desk closes; what is unfinished waits for the next start."]
