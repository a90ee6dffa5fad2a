"""Every road to the desk: form, shortcut, emoji, posts in pieces; and how it keeps quiet where it is not wanted."""

from pathlib import Path

from bot.cases import State
from bot.words import words_for
from tests.office import HELP, Office, clock_at, open_office, words

PRINTER = "printer prints nothing, jobs sit in the queue"
VPN = "the vpn does not connect from home"
SECRET = "Hunter" + "2!xyz"
MONDAY = "2027-03-01 09:00"


def asks_by_form(office: Office, who: str, **fields: object) -> None:
    office.workspace.command(who, "/triage", "", "general")
    office.wait_for(lambda: office.workspace.modal(who))
    office.workspace.submit(who, fields)


def put_sos(office: Office, who: str, where: str, ts: str) -> None:
    office.workspace.react(who, where, ts, "sos")
    office.settled()


# -- command, form, shortcut -------------------------------------------------------------------------------------------


def test_what_was_asked_by_a_command_stands_above_its_answer_in_the_private_chat(office: Office) -> None:
    office.workspace.command("grace", "/triage", VPN, "general")

    asked, answer = office.hears("@grace"), office.hears("@grace")
    assert asked.text == words_for("people", "en")("asked_privately")
    assert VPN in words(asked)
    assert "The VPN does not connect" in words(answer)


def test_the_form_speaks_the_language_of_the_persons_slack_and_says_where_a_picture_goes(office: Office) -> None:
    office.workspace.command("jonas", "/triage", "", "general")
    office.wait_for(lambda: office.workspace.modal("jonas"))

    form = str(office.workspace.modal("jonas"))
    say = words_for("people", "de")
    assert all(say(key) in form for key in ("ask_title", "ask_category", "ask_urgency", "ask_screenshot"))


def test_what_was_chosen_in_the_form_is_certain(office: Office) -> None:
    asks_by_form(office, "grace", text="it does not work", category="Printing and scanning", urgency="I cannot work")
    office.settled()

    assert (office.case().category, office.case().urgency) == ("printing", "high")


def test_a_person_asked_for_in_the_form_is_obeyed_whatever_else_was_chosen(office: Office) -> None:
    asks_by_form(office, "grace", text=f"{PRINTER}. I want to talk to a person", category="Printing and scanning")
    office.settled()

    assert office.case().state is State.WAITING
    assert "I have passed this to" in office.messages("@grace")[-1].text


def test_the_shortcut_brings_the_picture_of_the_message_along(office: Office) -> None:
    ts = office.says("jonas", "", "general", files=["blue-screen.png"])
    office.workspace.shortcut("grace", "get_help", "general", ts)
    office.settled()

    with office.desk.store.reading() as unit:
        assert "blue-screen.png" in unit.cases.transcript(1)[0].text
    assert words_for("people", "en")("question_open") in words(office.messages("@grace")[-1])


def test_the_shortcut_on_ones_own_request_opens_no_second_one(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    office.hears(HELP, asked)
    office.workspace.shortcut("jonas", "get_help", HELP, asked)
    office.settled()

    assert office.cases() == 1
    assert words_for("people", "de")("known_already", number=1) == office.whispers("jonas", HELP)[0].text


def test_the_shortcut_on_the_desks_own_answer_calls_a_person(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    answer = office.hears("@ana")
    office.settled()
    office.workspace.shortcut("ana", "get_help", "@ana", answer.ts)
    office.settled()

    assert (office.cases(), office.case().state) == (1, State.WAITING)


# -- the emoji ---------------------------------------------------------------------------------------------------------


def test_an_emoji_on_somebody_elses_message_offers_them_help_and_a_way_out(office: Office) -> None:
    ts = office.says("jonas", VPN, "general")
    put_sos(office, "grace", "general", ts)

    answer = office.hears("general", ts)
    assert office.case().reporter == office.workspace.person("jonas").id
    assert words_for("people", "en")("withdraw_button") in words(answer)


def test_an_emoji_that_is_put_twice_and_by_two_people_makes_one_case_and_one_answer(office: Office) -> None:
    ts = office.says("jonas", VPN, "general")
    for who in ("jonas", "grace", "jonas", "jonas"):  # the third takes it back, the fourth puts it on again
        put_sos(office, who, "general", ts)

    spoken = [each for each in office.messages("general", ts) if not each.ephemeral_to]
    assert (office.cases(), len(spoken)) == (1, 1)
    assert "This is request no. 1 already" in office.whispers("grace", "general")[0].text


def test_an_emoji_on_a_reply_helps_in_that_thread(office: Office) -> None:
    top = office.says("ana", "good morning all", "general")
    ts = office.says("jonas", VPN, "general", top)
    put_sos(office, "jonas", "general", ts)

    assert "The VPN does not connect" in words(office.hears("general", top))


def test_an_emoji_on_the_desks_answer_calls_a_person_for_whoever_asked(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    answer = office.hears(HELP, asked)
    office.settled()
    put_sos(office, "grace", HELP, answer.ts)
    state_after_a_stranger = office.case().state
    put_sos(office, "jonas", HELP, answer.ts)

    assert (state_after_a_stranger, office.case().state) == (State.ANSWERED, State.WAITING)


def test_a_secret_in_a_message_with_the_emoji_is_never_written_to_disk(office: Office) -> None:
    ts = office.says("jonas", f"cannot sign in to my work account, my password: {SECRET}", "general")
    put_sos(office, "grace", "general", ts)

    assert office.cases() == 1
    assert SECRET not in office.case().words
    files = [path.read_bytes() for path in office.desk.store.path.parent.glob("desk.db*")]
    assert not any(SECRET.encode() in content for content in files)


def test_an_emoji_where_the_app_cannot_read_breaks_nothing(office: Office) -> None:
    ts = office.says("jonas", VPN, "general")
    office.faults.fail("conversations.history", "not_in_channel")
    put_sos(office, "jonas", "general", ts)
    office.says("ana", "outlook keeps asking for my password", "@ana")

    assert "Outlook keeps asking" in words(office.hears("@ana"))
    assert office.cases() == 1


# -- a mention in a thread ---------------------------------------------------------------------------------------------


def test_who_calls_the_desk_into_a_thread_need_not_repeat_what_stands_above(office: Office) -> None:
    top = office.says("jonas", VPN, "general")
    office.says("jonas", "@triage can you help?", "general", top)

    assert "The VPN does not connect" in words(office.hears("general", top))
    assert VPN in office.case().words


# -- a help channel ----------------------------------------------------------------------------------------------------


def test_posts_of_one_person_within_minutes_are_one_case_and_another_topic_is_not(office: Office) -> None:
    office.says("jonas", PRINTER)
    office.says("jonas", "it prints nothing at all")
    office.settled()
    after_a_piece = office.cases()
    office.says("jonas", "also the vpn does not connect from home")
    office.settled()

    assert (after_a_piece, office.cases()) == (1, 2)
    assert office.case(2).category == "network"


def test_the_same_words_of_two_people_are_two_cases(office: Office) -> None:
    office.says("jonas", PRINTER)
    office.says("grace", PRINTER)
    office.settled()

    assert office.cases() == 2


def test_a_reply_of_a_colleague_in_a_help_thread_is_left_alone(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    office.hears(HELP, asked)
    office.says("grace", "mine prints blank pages, too", HELP, asked)
    office.settled()

    assert (office.cases(), len(office.messages(HELP, asked))) == (1, 1)


def test_posts_that_waited_for_the_desk_are_told_apart_by_the_time_at_which_they_were_posted(tmp_path: Path) -> None:
    clock = clock_at(MONDAY)

    def before(running: object) -> None:
        """While the desk is away: two pieces of one trouble, and an hour later another one."""
        workspace = running.workspace  # type: ignore[attr-defined]
        workspace.say("jonas", HELP, PRINTER)
        clock.move(60)
        workspace.say("jonas", HELP, "it prints nothing at all")
        clock.move(3600)
        workspace.say("jonas", HELP, "the printer is offline")

    with open_office(tmp_path, clock=clock, before=before) as office:
        office.wait_for(lambda: len([each for each in office.workspace.logs[channel(office)] if each.by_app]) >= 2)
        office.settled()

        assert office.cases() == 2  # whichever piece was delivered first
        assert "the printer is offline" in [office.case(number).words for number in (1, 2)]


def channel(office: Office) -> str:
    return office.workspace.channel(HELP).id


def test_a_person_or_a_rule_is_never_taken_for_something_else(office: Office) -> None:
    first = office.says("jonas", "human please")
    office.settled()
    second = office.says("grace", "the whole building has no internet and the coffee machine leaks")
    office.settled()

    assert [len(office.messages(HELP, ts)) for ts in (first, second)] == [1, 1]
    assert office.case(2).queue == "major-incident"


# -- noise -------------------------------------------------------------------------------------------------------------


def waved_away(office: Office, times: int) -> None:
    for who in ("ana", "jonas", "claire", "diego", "grace")[:times]:
        answer = office.hears(HELP, office.says(who, PRINTER))
        office.presses(who, answer, "withdraw")
        office.settled()


def test_no_help_needed_is_understood_and_the_thread_stays_quiet(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    answer = office.hears(HELP, asked)
    office.presses("jonas", answer, "withdraw")
    office.settled()
    office.says("jonas", "the printer is offline, I ask my neighbour", HELP, asked)
    office.settled()

    assert "You need no help with this" in words(office.sees(answer))
    assert (office.case().state, office.cases()) == (State.WITHDRAWN, 1)
    assert len(office.messages(HELP, asked)) == 1


def test_past_the_noise_budget_the_desk_whispers_once_and_speaks_again_the_next_day(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        waved_away(office, 5)
        ts = office.says("omar", VPN)
        office.settled()
        office.says("omar", "it is really urgent, vpn does not connect")
        office.settled()
        whispered = [each.text for each in office.whispers("omar", HELP)]
        silent = office.messages(HELP, ts)
        office.passes(days=1, minutes=1)
        tomorrow = office.says("omar", VPN)

        assert (silent, whispered) == ([], [words_for("people", "en")("only_if_asked")])
        assert "The VPN does not connect" in words(office.hears(HELP, tomorrow))


def test_past_the_noise_budget_a_mention_a_rule_and_a_cry_for_a_person_get_everything(office: Office) -> None:
    waved_away(office, 5)
    said = [
        office.says("omar", f"@triage {VPN}"),
        office.says("vera", "my laptop was stolen"),
        office.says("claire", "can I talk to a human?"),
    ]
    office.settled()

    assert [len(office.messages(HELP, ts)) for ts in said] == [1, 1, 1]


def test_an_answer_that_nobody_took_up_within_half_an_hour_counts_as_noise(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        for who in ("ana", "jonas", "claire", "diego", "grace"):
            office.says(who, PRINTER)
        office.settled()
        soon = office.says("omar", VPN)
        office.settled()
        office.passes(minutes=31)
        late = office.says("vera", PRINTER.upper())
        office.settled()

        assert [len(office.messages(HELP, ts)) for ts in (soon, late)] == [1, 0]
