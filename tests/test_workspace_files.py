"""Files that people share: what the app is told, who gets the content, and what is too much."""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from bot.workspace import Running, Workspace, serve
from bot.workspace.files import KEPT, LARGEST, Contents
from bot.workspace.page_acts import act
from bot.workspace.world import CannotDo
from tests.workspace_fixtures import MANIFEST, STEADY, Clock, call, events

PICTURE = b"\x89PNG\r\n\x1a\n pretended pixels"
ERROR = {"name": "error 1.png", "content": PICTURE}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(MANIFEST, now=Clock())


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serve(Workspace(MANIFEST), timing=STEADY) as running:
        yield running


def test_the_app_is_told_what_slack_tells_about_a_file(workspace: Workspace) -> None:
    workspace.say("ana", "it-help", "look", files=[ERROR])

    [event] = events(workspace, "message")
    [file] = event["files"]
    assert (event["subtype"], file["name"], file["mimetype"], file["size"]) == (
        "file_share",
        "error 1.png",
        "image/png",
        len(PICTURE),
    )
    assert file["permalink"] == f"http://127.0.0.1/files/U0ANA000000/{file['id']}/error%201.png"
    assert (file["channels"], file["groups"], file["ims"]) == (["C0ITHELP000"], [], [])
    assert call(workspace, "files.info", file=file["id"])["file"] == file


def test_a_file_shared_where_the_app_is_not_does_not_exist_for_it(workspace: Workspace) -> None:
    im = workspace.open_im("ana", "jonas")
    workspace.say("ana", im, "look", files=[ERROR])
    [message] = workspace.messages(im)

    assert call(workspace, "files.info", file=message.files[0]["id"])["error"] == "file_not_found"


def test_a_deleted_message_takes_its_file_along(workspace: Workspace) -> None:
    ts = workspace.say("ana", "it-help", "look", files=[ERROR])
    file_id = workspace.messages("it-help")[0].files[0]["id"]

    workspace.delete("ana", "it-help", ts)

    assert call(workspace, "files.info", file=file_id)["error"] == "file_not_found"
    with pytest.raises(CannotDo, match="not there"):
        workspace.file_for("ana", file_id)


@pytest.mark.parametrize(("size", "fits"), [(LARGEST, True), (LARGEST + 1, False)])
def test_a_file_holds_five_megabytes_at_most(workspace: Workspace, size: int, fits: bool) -> None:
    body = {"as": "ana", "do": "say", "channel": "C0ITHELP000", "text": "look"}
    data = base64.b64encode(bytes(size)).decode()

    done: Any = act(workspace, body | {"files": [{"name": "a.png", "data": data}]})

    assert done["ok"] is fits
    assert fits or done["error"] == "a.png is larger than 5 MB; attach a smaller one."
    assert len(workspace.messages("it-help")) == int(fits)


def test_a_file_that_did_not_arrive_whole_is_refused(workspace: Workspace) -> None:
    body = {"as": "ana", "do": "say", "channel": "C0ITHELP000", "text": "look"}

    done: Any = act(workspace, body | {"files": [{"name": "a.png", "data": "not base64!"}]})

    assert done == {"ok": False, "error": "a.png did not arrive whole; attach it once more."}


def test_the_oldest_contents_go_first_when_there_is_too_much() -> None:
    contents = Contents()
    for number in range(KEPT // LARGEST + 1):
        contents.keep(str(number), bytes(LARGEST))

    assert contents.get("0") is None
    assert contents.get("1") is not None


# Over HTTP


def shared(running: Running, channel: str = "queue-network", user: str = "priya", **file: Any) -> dict[str, Any]:
    running.workspace.say(user, channel, "look", files=[ERROR | file])
    found: dict[str, Any] = running.workspace.messages(channel)[-1].files[0]
    return found


def get(address: str, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers))


def test_a_picture_is_shown_to_those_who_see_its_message(running: Running) -> None:
    file = shared(running)

    with get(f"{running.url}/page/file/{file['id']}?as=lucia") as picture:
        assert picture.read() == PICTURE
        assert (picture.headers["Content-Type"], picture.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert picture.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("user", ["ana", "kasia", "nobody", ""])
def test_a_file_is_not_there_for_anybody_else(running: Running, user: str) -> None:
    file = shared(running)

    with pytest.raises(HTTPError) as refusal:
        get(f"{running.url}/page/file/{file['id']}?as={user}")
    refusal.value.close()
    assert refusal.value.code == 404


def test_what_could_carry_a_script_is_saved_and_not_shown(running: Running) -> None:
    file = shared(running, name="drawing.svg")

    assert "thumb_360" not in file
    with get(f"{running.url}/page/file/{file['id']}?as=priya") as saved:
        assert saved.headers["Content-Type"] == "application/octet-stream"
        assert saved.headers["Content-Disposition"].startswith("attachment")


def test_the_app_fetches_a_file_with_its_token_and_without_it_gets_a_page(running: Running) -> None:
    file = shared(running)

    with get(file["url_private"], running.bot_token) as picture:
        assert picture.read() == PICTURE
    with get(file["url_private_download"], running.bot_token) as picture:
        assert picture.read() == PICTURE
    with get(file["url_private"]) as page:
        assert page.headers["Content-Type"].startswith("text/html")


def test_a_files_permalink_opens_the_page_at_its_message(running: Running) -> None:
    file = shared(running)
    ts = running.workspace.messages("queue-network")[-1].ts

    with get(file["permalink"]) as page:
        assert page.url == f"{running.url}/?channel=C0QUEUENETWORK&ts={ts}"
