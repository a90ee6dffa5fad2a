"""Who somebody is: looked up in Slack, believed for a while, and nobody where Slack does not answer."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.slack import directory
from bot.slack.directory import ASK_AGAIN, BELIEVED, Directory
from bot.workspace import Running, Workspace, serve
from tests.office import manifest


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Workspace(manifest())) as running:
        yield running


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def known(running: Running, clock: HandClock) -> Directory:
    client = WebClient(running.workspace.bot_token, base_url=f"{running.url}/api/", timeout=5, retry_handlers=[])
    return Directory(client, clock)


def user(running: Running, handle: str) -> str:
    return running.workspace.person(handle).id


def test_the_language_is_the_one_that_the_person_uses_slack_in(running: Running, known: Directory) -> None:
    assert [known.language(user(running, each)) for each in ("ana", "jonas", "grace")] == ["pt", "de", "en"]


def test_the_groups_are_those_that_the_person_is_in(running: Running, known: Directory) -> None:
    assert known.groups(user(running, "vera")) == {"executives"}
    assert known.groups(user(running, "ana")) == frozenset()
    assert known.members()["queue-security"] == {user(running, "tom"), user(running, "sam")}


def test_what_was_looked_up_is_believed_for_five_minutes_and_no_longer(
    running: Running, known: Directory, clock: HandClock
) -> None:
    group = next(each for each in running.workspace.groups.values() if each.handle == "executives")
    ana = user(running, "ana")
    known.groups(ana)
    running.workspace.groups[group.id] = replace(group, members=(ana,))

    clock.now = BELIEVED - 1
    before = known.groups(ana)
    clock.now = BELIEVED + 1

    assert (before, known.groups(ana)) == (frozenset(), {"executives"})


@pytest.mark.parametrize("fault", ["refused", "throttled", "page", "cut"])
def test_where_slack_does_not_answer_nobody_is_known_and_it_is_asked_again_soon(
    running: Running, known: Directory, clock: HandClock, fault: str
) -> None:
    ana, vera = user(running, "ana"), user(running, "vera")
    for method in ("users.info", "usergroups.list"):
        match fault:
            case "refused":
                running.faults.fail(method, "missing_scope")
            case "throttled":
                running.faults.throttle(method)
            case "page":
                running.faults.break_down(method)
            case _:
                running.faults.swallow(method)

    nothing = known.language(ana), known.groups(vera)
    clock.now = ASK_AGAIN - 1
    still_nothing = known.language(ana), known.groups(vera)
    clock.now = ASK_AGAIN + 1

    assert nothing == still_nothing == ("", frozenset())
    assert (known.language(ana), known.groups(vera)) == ("pt", {"executives"})


def test_kindness_goes_on_with_what_was_known_last_and_rights_do_not(
    running: Running, known: Directory, clock: HandClock
) -> None:
    vera = user(running, "vera")
    known.groups(vera)
    clock.now = BELIEVED + 1
    running.faults.throttle("usergroups.list")

    assert known.asker(vera).groups() == {"executives"}
    assert known.groups(vera) == frozenset()


def test_the_memory_has_an_end(running: Running, known: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "REMEMBERED", 2)
    for handle in ("ana", "jonas", "grace"):
        known.language(user(running, handle))
    running.faults.fail("users.info")

    assert known.language(user(running, "grace")) == "en"
    assert known.language(user(running, "ana")) == "", "the first was forgotten, so Slack was asked and refused"
