"""Who may do what: every act of agents is refused to everybody else, in words, however the click came about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cases import Case, State
from bot.demo import settings_for
from bot.slack.connection import build_client
from bot.slack.dialogs import DIALOGS
from bot.slack.directory import BELIEVED, Directory
from bot.slack.rights import GroupRights
from bot.workspace.messages import Message
from bot.workspace.seed import read_seed
from tests.office import HELP, HurriedClock, Office, open_office, words

DESK, SECURITY = "queue-service-desk", "queue-security"
PRINTER = "printer prints nothing, mail me at jonas@example.com. human please"
PHISHING = "I clicked a phishing link and entered my password"
BUTTONS = ("claim", "unclaim", "part", "send_to_user", "resolve", "escalate", "reroute", "merge", "details")
MENU = ("wait", "go_on", "assign", "merge", "split", "incident")
FILLED = {"text": "jobs sit in the queue", "choice": "none", "reason": "category", "other": "2", "person": "U0TOM00000"}
numbers = itertools.count(1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """As the common one, but Slack's pace of one message a second holds nobody up."""
    with open_office(tmp_path, now=HurriedClock()) as opened:
        yield opened


def case_of(office: Office, who: str, text: str = PRINTER, where: str = HELP, room: str = DESK) -> Message:
    office.says(who, text, where)
    office.settled()
    return office.hears(room)


def pressed(office: Office, who: str, action: str, value: str, room: str | None = DESK) -> None:
    """A click as Slack would deliver it, whether or not such a button is there to be pressed."""
    at = f"{next(numbers)}.0"
    act = {"action_id": action, "type": "button", "value": value, "action_ts": at, "block_id": "case"}
    _deliver(office, who, room, {"type": "block_actions", "actions": [act], "trigger_id": at, "message": {"ts": at}})


def filled(office: Office, who: str, act: str, about: str, fields: Mapping[str, str] = FILLED) -> None:
    """A dialog sent in that nobody had opened."""
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in fields.items()}
    view = {
        "id": f"V{next(numbers)}",
        "type": "modal",
        "callback_id": act,
        "private_metadata": about,
        "state": {"values": values},
    }
    _deliver(office, who, None, {"type": "view_submission", "view": view})


def _deliver(office: Office, who: str, room: str | None, payload: dict[str, Any]) -> None:
    place = {"channel": {"id": office.workspace.channel(room).id}} if room else {}
    user = {"user": {"id": office.workspace.person(who).id}, "team": {"id": office.workspace.identity.team_id}}
    office.desk.intake.accept("interactive", payload | user | place)
    office.settled()


def refused(office: Office, who: str, room: str = DESK) -> list[str]:
    return [words(each) for each in office.whispers(who, room)]


def state_of(office: Office, number: int = 1) -> tuple[Case, int, int]:
    """All that an act could change about a case: itself, its history, what was said."""
    case = office.case(number)
    with office.desk.store.reading() as unit:
        return case, len(unit.cases.audit(number)), len(unit.cases.transcript(number))


def test_whoever_is_not_in_the_group_is_refused_every_button_and_changes_nothing(office: Office) -> None:
    case_of(office, "jonas")
    office.workspace.join(office.workspace.person("tom").id, office.workspace.channel(DESK))
    before = state_of(office)
    for action in BUTTONS:
        pressed(office, "tom", action, "1|network")
    for act in MENU:
        pressed(office, "tom", "more", f"1|{act}")

    told = refused(office, "tom")
    assert len(told) == len(BUTTONS) + len(MENU)
    assert all("Only people of Service desk can do this" in each for each in told)
    assert office.workspace.modal("tom") is None
    assert state_of(office) == before


def test_a_dialog_that_was_never_opened_does_nothing_for_somebody_outside_the_group(office: Office) -> None:
    case_of(office, "jonas")
    case_of(office, "grace")
    desk = office.workspace.join(office.workspace.person("tom").id, office.workspace.channel(DESK))
    before = state_of(office)
    for act in DIALOGS:
        filled(office, "tom", act, f"1|{desk.id}|network")

    told = refused(office, "tom")
    assert len(told) == len(DIALOGS)
    assert all("Only people of Service desk can do this" in each for each in told)
    assert state_of(office) == before


@pytest.mark.parametrize("room", [DESK, SECURITY])
def test_an_offshore_agent_reaches_no_onshore_case_from_wherever_they_click(office: Office, room: str) -> None:
    case_of(office, "claire", PHISHING, "@claire", SECURITY)
    case_of(office, "jonas")
    before = state_of(office)
    marco, here = office.workspace.person("marco").id, office.workspace.channel(room)
    office.workspace.join(marco, here)  # somebody let them into the channel, not into the group
    for action in BUTTONS:
        pressed(office, "marco", action, "1|service-desk", room)
    for act in DIALOGS:
        filled(office, "marco", act, f"1|{here.id}|service-desk")

    told = refused(office, "marco", room)
    assert len(told) == len(BUTTONS) + len(DIALOGS)
    assert all("Only people of Security team" in each or "has moved on" in each for each in told)
    assert not any("phishing" in each for each in told)
    assert office.workspace.modal("marco") is None
    assert state_of(office) == before


def test_no_home_page_shows_an_agent_what_a_card_would_not(office: Office) -> None:
    card = case_of(office, "jonas")
    case_of(office, "claire", PHISHING, "@claire", SECURITY)
    office.presses("marco", card, "claim")
    office.settled()
    theirs, marco = office.case(2), office.case(1).assignee
    with office.desk.store.transaction() as unit:  # marco had this one, too, before he left the security team
        unit.cases.keep(replace(theirs, state=State.CLAIMED, assignee=marco), was=theirs)
    office.workspace.open_home("marco")
    office.wait_for(lambda: office.workspace.home("marco"))

    page = str(office.workspace.home("marco"))
    assert "printer prints nothing" in page
    assert "jonas@example.com" not in page
    assert "phishing" not in page
    assert "Security team" not in page


def test_an_onshore_case_is_in_no_suggestion_offshore(office: Office) -> None:
    case_of(office, "claire", PHISHING + " on my printer", "@claire", SECURITY)
    card = case_of(office, "claire", "printer prints nothing since this morning. human please", HELP)
    office.presses("priya", card, "details")
    office.wait_for(lambda: office.workspace.modal("priya"))

    assert "phishing" not in words(card)
    assert "phishing" not in str(office.workspace.modal("priya"))


def test_nobody_may_act_while_slack_does_not_tell_who_is_in_which_group(tmp_path: Path) -> None:
    with open_office(tmp_path, before=lambda running: running.faults.fail("usergroups.list", times=50)) as office:
        card = case_of(office, "jonas")
        office.presses("priya", card, "claim")
        office.settled()

        assert "I could not see that you are one of them" in refused(office, "priya")[0]
        assert office.case().state is State.WAITING


def test_a_change_of_a_group_counts_after_five_minutes_at_most(office: Office, tmp_path: Path) -> None:
    at = [0.0]
    client = build_client(settings_for(office.running, tmp_path / "other"))
    staff = office.desk.rounds.staff
    rights = GroupRights(Directory(client, clock=lambda: at[0]), staff)
    desk, priya = staff.queue("service-desk"), office.workspace.person("priya").id
    assert rights.works_in(priya, desk)

    group = next(each for each in office.workspace.groups.values() if each.handle == desk.group)
    office.workspace.groups[group.id] = replace(group, members=())
    at[0] = BELIEVED

    assert not rights.works_in(priya, desk)


def test_where_the_workspace_has_no_groups_the_members_of_the_channel_are_the_agents(tmp_path: Path) -> None:
    with open_office(tmp_path, seed=replace(read_seed(), groups=())) as office:
        card = case_of(office, "jonas")
        pressed(office, "tom", "claim", "1|")
        assert office.case().state is State.WAITING

        office.presses("priya", card, "claim")
        office.settled()
        assert office.case().assignee == office.workspace.person("priya").id


def test_people_who_need_help_cannot_press_what_agents_press(office: Office) -> None:
    case_of(office, "jonas")
    before = state_of(office)
    for who in ("jonas", "grace"):
        pressed(office, who, "claim", "1|", HELP)
        filled(office, who, "send_to_user", f"1|{office.workspace.channel(HELP).id}|")

        assert len(refused(office, who, HELP)) == 2
    assert state_of(office) == before


def test_nobody_ends_reopens_or_rates_the_case_of_somebody_else(office: Office) -> None:
    card = case_of(office, "jonas")
    office.resolves("priya", card)
    office.settled()
    before = state_of(office)
    for action in ("solved", "not_solved", "talk_to_person", "reopen", "withdraw"):
        pressed(office, "grace", action, "1|print-jobs-stuck", HELP)
    pressed(office, "grace", "rate", "1|1", HELP)
    pressed(office, "grace", "reopen", "1|", None)  # as if from her own home page

    assert all("Only the person who asked" in each for each in refused(office, "grace", HELP))
    assert "Only the person who asked" in words(office.hears("@grace"))
    assert state_of(office) == before


def test_a_review_is_for_leads_and_nobody_reviews_their_own_work(office: Office) -> None:
    card = case_of(office, "jonas")
    office.resolves("sam", card)
    office.settled()
    with office.desk.store.transaction() as unit:
        unit.quality.pick(1, "sample")
    for who in ("priya", "sam"):
        pressed(office, who, "review", "1|", None)
        filled(office, who, "review", "1||", {"right": "yes", "kind": "yes", "level": "yes"})

        assert "Only a lead of its queue" in words(office.hears(f"@{who}"))
        assert office.workspace.modal(who) is None
    with office.desk.store.reading() as unit:
        assert "reviewed" not in [action for _, action, _ in unit.cases.audit(1)]
