"""What is a request, what is small talk, what is another matter; and the one question."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases import State
from bot.desk.values import Click
from bot.workspace.messages import Message
from bot.workspace.server import Running
from tests.office import HELP, Office, open_office, small_advisor, words


def test_too_little_said_gets_one_question_and_the_answer_to_it_an_article(office: Office) -> None:
    office.says("grace", "it does not work", "@grace")
    question = office.hears("@grace")
    office.says("grace", "the vpn does not connect from home", "@grace")

    assert question.text.startswith("I want to get this right")
    assert "The VPN does not connect" in words(office.hears("@grace"))


def test_the_likely_categories_come_as_buttons_with_none_of_these(office: Office) -> None:
    office.says("grace", "the heating in room 4 is broken", "@grace")
    question = office.hears("@grace")
    office.presses("grace", question, "choose:none")

    assert "looks like something else" in question.text
    assert "*Dispatch desk*" in office.hears("@grace").text
    assert "You chose *none of these*" in office.sees(question).text


def test_a_chosen_category_is_believed(office: Office) -> None:
    office.says("grace", "the heating in room 4 is broken", "@grace")
    question = office.hears("@grace")
    chosen = next(e for e in question.blocks[1]["elements"] if e["action_id"].startswith("choose:"))
    office.presses("grace", question, chosen["action_id"])
    office.hears("@grace")

    assert office.case().category == chosen["value"].split("|")[1]


@pytest.fixture
def unsure(tmp_path: Path) -> Iterator[Office]:
    """A desk that answers only what is certain, and asks which article fits from a small chance on."""
    advisor = small_advisor()
    careful = replace(advisor.policy, answer_above=1.0, answer_untrusted_above=1.0, ask_article_above=0.01)
    with open_office(tmp_path, advisor=replace(advisor, policy=careful)) as office:
        yield office


def offered(question: Message) -> list[str]:
    return [element["text"]["text"] for element in question.blocks[1]["elements"]]


def test_likely_articles_come_as_buttons_and_the_one_chosen_is_the_answer(unsure: Office) -> None:
    unsure.says("grace", "printer prints nothing, jobs sit in the queue", "@grace")
    question = unsure.hears("@grace")
    unsure.presses("grace", question, "choose:article:print-queue-stuck")

    assert question.text == "I may have the right steps. What fits best?"
    assert offered(question)[-2:] == ["None of these", "Talk to a person"]
    assert "What to do about it: Print jobs sit in the queue" in words(unsure.hears("@grace"))
    assert "You chose *Print jobs sit in the queue*" in unsure.sees(question).text
    assert unsure.case().shown == ("print-queue-stuck",)


def test_none_of_the_likely_articles_leads_to_a_person(unsure: Office) -> None:
    unsure.says("grace", "printer prints nothing, jobs sit in the queue", "@grace")
    unsure.presses("grace", unsure.hears("@grace"), "choose:none")

    assert "I have passed this to the *Service desk*" in unsure.hears("@grace").text


def test_an_article_that_was_not_offered_cannot_be_chosen(unsure: Office) -> None:
    unsure.says("grace", "printer prints nothing, jobs sit in the queue", "@grace")
    unsure.hears("@grace")
    click = Click(1, unsure.workspace.person("grace").id, unsure.workspace.channel("@grace").id)
    conversation = unsure.desk.worker.listeners.conversation
    conversation.chose(replace(click, about="article:vpn-no-connection"))

    assert "I have passed this to" in unsure.hears("@grace").text
    assert unsure.case().shown == ()


def test_no_second_question_is_asked(office: Office) -> None:
    office.says("grace", "it does not work", "@grace")
    office.hears("@grace")
    office.says("grace", "nothing works", "@grace")

    assert "I have passed this to" in office.hears("@grace").text


def test_thanks_and_greetings_are_left_alone_in_a_channel(office: Office) -> None:
    office.says("omar", "good morning all")
    office.says("omar", "thanks everyone!")
    office.settled()

    assert office.messages(HELP) == []
    assert office.cases() == 0


def test_a_greeting_in_private_gets_a_welcome_and_no_case(office: Office) -> None:
    office.says("omar", "hello", "@omar")

    assert office.hears("@omar").text.startswith("Hello!")
    assert office.cases() == 0


def test_talk_that_is_clearly_about_something_else_is_left_alone_in_the_help_channel(office: Office) -> None:
    office.says("omar", "when does the canteen open")
    office.settled()

    assert office.messages(HELP) == []


def test_other_people_in_a_thread_are_left_alone(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    office.hears(HELP, asked)
    office.says("grace", "mine is broken too, still broken", HELP, asked)
    office.settled()

    assert len(office.messages(HELP, asked)) == 1
    assert office.case().state is State.ANSWERED


def test_somebody_else_who_mentions_the_desk_in_a_thread_gets_a_case_of_their_own(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    office.hears(HELP, asked)
    office.says("grace", "@triage the vpn does not connect from home", HELP, asked)

    assert "The VPN does not connect" in words(office.hears(HELP, asked))
    assert office.case(2).reporter == office.workspace.person("grace").id


def test_a_mention_anywhere_is_answered_once(office: Office) -> None:
    asked = office.says("grace", "@triage the vpn does not connect from home", "general")
    office.hears("general", asked)
    office.settled()

    assert len(office.messages("general", asked)) == 1


def test_a_channel_where_the_desk_only_sits_is_left_alone(office: Office) -> None:
    office.says("grace", "the vpn does not connect from home", "general")
    office.settled()

    assert office.cases() == 0


def test_a_new_problem_in_private_opens_a_new_case(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    office.hears("@ana")
    office.says("ana", "that worked, thanks", "@ana")
    office.hears("@ana")
    office.says("ana", "the vpn does not connect from home", "@ana")

    assert "The VPN does not connect" in words(office.hears("@ana"))
    assert office.cases() == 2


def test_an_edit_before_the_answer_replaces_the_text(office: Office) -> None:
    ts = office.says("grace", "it does not work", "@grace")
    office.hears("@grace")
    office.workspace.edit("grace", "@grace", ts, "the vpn does not connect from home")

    assert "The VPN does not connect" in words(office.hears("@grace"))
    assert office.case().words == "the vpn does not connect from home"


def test_deleting_the_request_withdraws_it(office: Office) -> None:
    ts = office.says("grace", "it does not work", "@grace")
    office.hears("@grace")
    office.workspace.delete("grace", "@grace", ts)
    office.settled()

    assert office.case().state is State.WITHDRAWN


def test_the_slash_command_answers_in_private(office: Office) -> None:
    office.workspace.command("grace", "/triage", "the vpn does not connect from home", "general")
    office.hears("@grace")  # what they asked

    assert "The VPN does not connect" in words(office.hears("@grace"))


def test_the_shortcut_on_a_message_helps_whoever_uses_it_in_private(office: Office) -> None:
    ts = office.says("jonas", "the vpn does not connect from home", "general")
    office.workspace.shortcut("grace", "get_help", "general", ts)
    office.hears("@grace")  # what they asked

    assert "The VPN does not connect" in words(office.hears("@grace"))
    assert office.case().reporter == office.workspace.person("grace").id


def test_words_that_tell_no_language_take_the_persons_own(office: Office) -> None:
    office.says("jonas", "VPN", "@jonas")
    office.hears("@jonas")
    office.says("grace", "VPN", "@grace")
    office.hears("@grace")

    assert [office.case(number).language for number in (1, 2)] == ["de", "en"]


def test_words_that_tell_their_language_keep_it_whoever_writes(office: Office) -> None:
    office.says("jonas", "the printer prints nothing and jobs sit in the queue since this morning", "@jonas")
    office.hears("@jonas")

    assert office.case().language == "en"


def test_an_executive_gets_the_steps_and_a_person_at_once(office: Office) -> None:
    office.says("vera", "outlook keeps asking for my password", "@vera")
    told = office.hears("@vera")
    card = office.hears("queue-m365")

    assert "I have passed this to" in told.text
    assert "Outlook keeps asking for the password" in words(told)
    assert "always get a person" in words(card)
    assert office.case().urgency == "high"


def test_more_words_of_an_executive_go_to_the_person_who_has_the_case(office: Office) -> None:
    office.says("vera", "outlook keeps asking for my password", "@vera")
    office.hears("@vera")
    card = office.hears("queue-m365")
    office.says("vera", "it began after lunch", "@vera")

    assert "it began after lunch" in words(office.hears("queue-m365", card.ts))
    assert office.cases() == 1


def test_while_slack_does_not_tell_who_somebody_is_they_are_helped_like_everyone(tmp_path: Path) -> None:
    def no_groups(running: Running) -> None:
        running.faults.fail("usergroups.list", "missing_scope")

    with open_office(tmp_path, before=no_groups) as office:
        office.says("vera", "outlook keeps asking for my password", "@vera")

        assert "This should help" in office.hears("@vera").text
