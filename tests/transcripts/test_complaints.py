"""Fifteen things that people say about help desks, each as the conversation that must not end like that here."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cases import State
from bot.words import words_for
from bot.workspace.messages import Message
from bot.workspace.world import CannotDo
from tests.office import EXAMPLES, HELP, Office, clock_at, open_office, words

PRINTER = "printer prints nothing, jobs sit in the queue"
QUEUE = "queue-service-desk"
MONDAY = "2027-03-01 09:00"
SUNDAY = "2027-03-07 05:00"  # eight in the morning in Riyadh, where the week begins
MOMENT = re.compile(r"<!date\^(\d+)\^")


def with_people(office: Office, who: str = "jonas", where: str = HELP) -> tuple[str, Message]:
    """(ts of the request, the card)"""
    asked = office.says(who, f"{PRINTER}. human please", where)
    office.hears(where, asked if where == HELP else None)
    card = office.hears(QUEUE)
    office.settled()
    return asked, card


def spoken(office: Office, where: str, thread: str | None = None) -> list[Message]:
    return [each for each in office.messages(where, thread) if not each.ephemeral_to]


def test_silent_failure(office: Office) -> None:
    """Slack refuses the answer itself: a person takes over and says so, and the operators know."""
    office.faults.fail("chat.postMessage", "invalid_blocks")
    office.says("ana", "outlook keeps asking for my password", "@ana")

    assert "I have passed this to" in office.hears("@ana").text
    assert "could not be posted" in office.hears("desk-ops").text
    assert office.case().state is State.WAITING


@pytest.mark.parametrize("text", ["outlook keeps asking for my password", "it does not work", "the coffee leaks"])
def test_no_way_to_a_person(office: Office, text: str) -> None:
    """Whatever the desk says first, the button for a person is there, and works."""
    office.says("grace", text, "@grace")
    office.presses("grace", office.hears("@grace"), "talk_to_person")

    assert "I have passed this to" in office.hears("@grace").text


def test_a_person_asked_for_and_nobody_told(tmp_path: Path) -> None:
    """Nobody claims it: the team is told while there is time, then again, then the lead."""
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = with_people(office)
        for minutes in (61, 36, 25):  # half of the two hours, four fifths, all of them
            office.passes(minutes=minutes)
        thread = [each.text for each in office.messages(QUEUE, card.ts)]

        assert len(thread) == 3
        assert "is late" in office.hears("desk-ops").text


@pytest.mark.parametrize("no", ["no, that's not it", "nope", "nein, das war es nicht", "non, ce n'est pas ça"])
def test_no_that_is_not_it_taken_as_a_new_question(office: Office, no: str) -> None:
    office.says("grace", PRINTER, "@grace")
    office.hears("@grace")
    office.says("grace", no, "@grace")
    office.hears("@grace")

    assert (office.cases(), office.case().shown) == (1, ("print-queue-stuck", "printer-offline"))


def test_noise_after_one_mention(office: Office) -> None:
    """Called once into a talk among colleagues, the desk leaves the rest of the talk to them."""
    top = office.says("ana", "who is in the office today?", "general")
    office.says("jonas", f"@triage {PRINTER}", "general", top)
    office.hears("general", top)
    office.says("jonas", "@ana let us have lunch, the printer can wait", "general", top)
    office.says("jonas", "when does the canteen open", "general", top)
    office.says("ana", "at noon, the printer there is offline by the way", "general", top)
    office.settled()

    assert (office.cases(), len(spoken(office, "general", top))) == (1, 1)
    assert office.case().state is State.ANSWERED


def test_a_person_asked_for_about_another_topic_gets_that_topic(office: Office) -> None:
    office.says("grace", PRINTER, "@grace")
    office.hears("@grace")
    office.says("grace", "wifi drops every few minutes, vpn keeps disconnecting. human please", "@grace")
    office.settled()

    assert (office.case(1).state, office.case(2).category) == (State.ANSWERED, "network")
    assert office.case(2).state is State.WAITING


def test_thread_context_lost(office: Office) -> None:
    """What was said before and after the hand-over stands on every card that the case gets, with what was tried."""
    asked = office.says("jonas", PRINTER)
    office.presses("jonas", office.hears(HELP, asked), "not_solved")
    office.hears(HELP, asked)
    office.says("jonas", "it is the blue one next to the kitchen. human please", HELP, asked)
    card = office.hears(QUEUE)
    office.settled()
    office.says("jonas", "and it smells burnt", HELP, asked)
    office.settled()
    office.escalates("priya", card)

    second = words(office.hears("queue-endpoint"))
    assert all(each in second for each in (PRINTER, "the blue one", "smells burnt", "Print jobs sit in the queue"))


def test_doubled_answers(office: Office) -> None:
    """A mention in a help channel comes as two events, is edited and gets an emoji: it is answered once."""
    asked = office.says("jonas", f"@triage {PRINTER}")
    office.hears(HELP, asked)
    office.settled()
    office.workspace.edit("jonas", HELP, asked, f"@triage {PRINTER}!")
    office.workspace.react("grace", HELP, asked, "sos")
    office.settled()

    assert (office.cases(), len(spoken(office, HELP, asked))) == (1, 1)


def test_clocks_wrong_for_an_agent_in_india_on_a_site_in_riyadh(tmp_path: Path) -> None:
    """One moment for both, shown to each in their own zone; and it is one at which a team is at work."""
    with open_office(tmp_path, clock=clock_at(SUNDAY)) as office:
        office.says("omar", f"{PRINTER}. human please", "@omar")
        told = MOMENT.findall(office.hears("@omar").text)
        card = words(office.hears(QUEUE))
        office.settled()

        assert office.case().assigned_team == "manila"  # Sunday is no day off there either
        seven = datetime(2027, 3, 7, 7, 0, tzinfo=UTC)  # two hours later: 10:00 in Riyadh, 12:30 in Pune
        assert 0 <= int(told[0]) - seven.timestamp() < 60
        assert f"first answer <!date^{told[0]}^" in card


def test_out_of_hours_silence(tmp_path: Path) -> None:
    """Nobody of the team is there: the person is told when the day starts, and by when somebody answers."""
    with open_office(tmp_path, clock=clock_at("2027-03-06 22:00")) as office:  # a Saturday night
        office.says("ana", f"{PRINTER}. human please", "@ana")
        office.hears("@ana")
        card = office.hears(QUEUE)
        office.settled()
        office.escalates("lucia", card)
        told = office.hears("@ana").text

        assert "day starts at" in told
        opens, answered = map(int, MOMENT.findall(told))
        assert opens == monday_in_pune() < answered


def monday_in_pune() -> int:
    return round(datetime(2027, 3, 8, 3, 30, tzinfo=UTC).timestamp())  # nine o'clock there


@pytest.mark.parametrize(
    "thanks", ["okay, thanks a lot!", "thanks Priya, have a nice weekend!", "Danke Priya, Sie sind die Beste", "👍"]
)
def test_thanks_reopening(office: Office, thanks: str) -> None:
    asked, card = with_people(office)
    office.resolves("priya", card)
    office.hears(HELP, asked)
    office.says("jonas", thanks, HELP, asked)
    office.settled()

    assert (office.cases(), office.case().state) == (1, State.RESOLVED)


def test_still_broken_after_the_end_reopens_also_days_later_in_a_private_chat(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = with_people(office, "grace", "@grace")
        office.resolves("priya", card)
        office.settled()
        office.passes(days=3)
        office.says("grace", "it is still not working", "@grace")
        office.settled()

        assert (office.cases(), office.case().state) == (1, State.WAITING)


def test_a_new_topic_in_the_thread_of_a_resolved_case_is_a_case_of_its_own(office: Office) -> None:
    asked, card = with_people(office)
    office.resolves("priya", card)
    office.hears(HELP, asked)
    office.says("jonas", "now the vpn does not connect from home", HELP, asked)
    office.settled()

    assert (office.case(1).state, office.case(2).category) == (State.RESOLVED, "network")


def test_what_comes_back_after_a_week_is_a_new_case_that_knows_the_old_words(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, card = with_people(office)
        office.resolves("priya", card)
        office.settled()
        office.passes(days=9)
        office.says("jonas", "it is still not working", HELP, asked)
        office.settled()

        assert (office.cases(), office.case().state) == (2, State.CLOSED)
        assert PRINTER in office.case(2).words


def test_invented_categories(office: Office) -> None:
    """A form that was tampered with chooses nothing that the desk does not have."""
    office.workspace.command("grace", "/triage", "", "general")
    office.wait_for(lambda: office.workspace.modal("grace"))
    view = office.workspace.views.top(office.workspace.person("grace").id)
    assert view is not None
    forged = {
        "type": "view_submission",
        "user": {"id": office.workspace.person("grace").id},
        "team": {"id": "T0"},
        "view": {
            "id": view.id,
            "type": "modal",
            "callback_id": "ask",
            "private_metadata": "0||",
            "state": {"values": chosen()},
        },
    }
    office.desk.intake.accept("interactive", forged)
    office.settled()

    assert office.case().category in EXAMPLES
    assert office.case().urgency == "normal"


def chosen() -> dict[str, dict[str, object]]:
    return {
        "text": {"text": {"value": PRINTER}},
        "category": {"category": {"selected_option": {"value": "printers-of-doom"}}},
        "urgency": {"urgency": {"selected_option": {"value": "critical"}}},
    }


def test_an_internal_note_reaching_the_user(office: Office) -> None:
    """Written, edited, with the desk and the person named in it, and quoted on the next card: it stays where it is."""
    asked, card = with_people(office)
    note = office.says("priya", "@triage @jonas never reads the manual", QUEUE, card.ts)
    office.workspace.edit("priya", QUEUE, note, "@jonas never ever reads the manual")
    office.settled()
    office.escalates("priya", card)
    office.settled()

    said = [words(each) for log in office.workspace.logs.values() for each in log if each.by_app]
    assert not any("reads the manual" in each for each in said)
    assert "stay with" not in words(spoken(office, HELP, asked)[-1])


def test_lost_screenshots(office: Office) -> None:
    """The picture that comes with the request stands on its card, and a later one in the card's thread. Offshore nobody
    is sent to look at it: a picture cannot be redacted."""
    asked = office.says("jonas", f"{PRINTER}. human please", HELP, files=["tray.png"])
    card = office.hears(QUEUE)
    office.settled()
    office.says("jonas", "", HELP, asked, files=["display.png"])
    relayed = office.hears(QUEUE, card.ts)

    unseen = words_for("agents", "en")("files_unseen", files="tray.png")
    assert unseen in words(card)
    assert unseen.replace("tray", "display") in words(relayed)


def test_a_screenshot_for_colleagues_onshore_says_where_it_can_be_opened(office: Office) -> None:
    posted = "I clicked a phishing link and entered my password"
    office.says("claire", posted, HELP, files=["mail.png"])
    office.settled()
    office.says("vera", posted, "@vera", files=["mail.png"])
    office.settled()

    cards = [words(each) for each in office.messages("queue-security")]
    say, room = words_for("agents", "en"), office.workspace.channel(HELP).id
    assert say("files_in_channel", files="mail.png", channel=room) in cards[0]
    assert say("files_private", files="mail.png") in cards[1]


PNG = {"name": "mail.png", "content": b"\x89PNG and the rest"}


def pictures(office: Office, where: str, card: Message) -> list[str]:
    """The ids of the files that the desk shows in a card's thread."""
    shown = [block for each in office.messages(where, card.ts) for block in each.blocks if block["type"] == "image"]
    return [block["slack_file"]["id"] for block in shown]


def test_a_screenshot_of_a_private_chat_is_seen_by_whoever_may_see_it_and_by_nobody_else(office: Office) -> None:
    office.says("claire", "I clicked a phishing link and entered my password", "@claire", files=[PNG])
    card = office.hears("queue-security")
    office.settled()

    (shown,) = pictures(office, "queue-security", card)
    assert office.workspace.file_for("tom", shown)[1] == PNG["content"]
    with pytest.raises(CannotDo):
        office.workspace.file_for("priya", shown)


def test_a_screenshot_waits_offshore_until_colleagues_may_see_it(office: Office) -> None:
    office.says("jonas", f"{PRINTER}. human please", "@jonas", files=[PNG])
    card = office.hears(QUEUE)
    office.settled()
    office.reroutes("priya", card, "Onshore engineering")
    onshore = office.hears("queue-onshore")
    office.settled()

    assert pictures(office, QUEUE, card) == []
    assert len(pictures(office, "queue-onshore", onshore)) == 1


def test_a_picture_that_slack_will_not_show_takes_no_words_with_it(office: Office) -> None:
    """The desk is not in the chat of two people from which one of them calls it with the shortcut."""
    there = office.workspace.open_im("jonas", "grace")
    ts = office.workspace.say("jonas", there, "I clicked a phishing link and entered my password", files=[PNG])
    office.workspace.shortcut("jonas", "get_help", there, ts)
    card = office.hears("queue-security")
    office.settled()

    assert "I clicked a phishing link" in words(card)
    assert pictures(office, "queue-security", card) == []
    assert "picture of case 1 could not be posted: invalid_blocks" in office.hears("desk-ops").text


def test_wrong_language(office: Office) -> None:
    """A German request stays German, and who presses another's button reads their own language."""
    asked = office.says("jonas", "Der Drucker druckt nicht, ich möchte bitte mit einem Menschen sprechen")
    told = office.hears(HELP, asked)
    card = office.hears(QUEUE)
    office.settled()
    office.says("jonas", "ok thanks", HELP, asked)
    office.settled()
    office.resolves("priya", card)
    resolved = office.hears(HELP, asked)
    office.presses("claire", resolved, "reopen")
    office.settled()

    assert told.text.startswith("Ich habe das an")
    assert words_for("people", "de")("reopen_button") in words(resolved)
    assert office.whispers("claire", HELP)[0].text == words_for("people", "fr")("not_yours")


def test_access_rules_that_flip(office: Office) -> None:
    """What is somebody else's request stays theirs, whoever pressed what in between."""
    asked = office.says("jonas", PRINTER)
    first = office.hears(HELP, asked)
    office.presses("grace", first, "talk_to_person")
    office.settled()
    office.presses("jonas", first, "not_solved")
    second = office.hears(HELP, asked)
    for press in ("solved", "not_solved", "talk_to_person"):
        office.presses("grace", second, press)
        office.settled()

    assert office.case().state is State.ANSWERED
    assert len(office.whispers("grace", HELP)) == 4
