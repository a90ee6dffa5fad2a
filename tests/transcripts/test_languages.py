"""The person's language decides what they read; agents read English and see which language the person writes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.words import words_for
from knowledge_base.search import Library
from tests.office import ARTICLES, Office, article, open_office, small_advisor, words

GERMAN = replace(
    article("outlook-password-prompt", "Outlook fragt ständig nach dem Passwort", "outlook", "passwort abfrage"),
    language="de",
    body="Das hilft.\n\n## Schritte\n1. **Schließen Sie Outlook.** Es ist dann zu.\n",
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """With one article in German too."""
    with open_office(tmp_path, advisor=replace(small_advisor(), library=Library((*ARTICLES, GERMAN)))) as office:
        yield office


def test_a_german_request_gets_german_words_and_the_german_article(office: Office) -> None:
    office.says("jonas", "Outlook fragt mich ständig nach meinem Passwort, was kann ich tun?", "@jonas")
    answer = office.hears("@jonas")
    say = words_for("people", "de")

    assert answer.text.startswith(say("answer_first"))
    assert "Schließen Sie Outlook" in words(answer)
    assert say("solved_button") in words(answer)


def test_the_agents_card_is_in_english_and_names_the_language(office: Office) -> None:
    office.says("jonas", "Outlook fragt mich ständig nach meinem Passwort, was kann ich tun?", "@jonas")
    office.presses("jonas", office.hears("@jonas"), "talk_to_person")
    told = office.hears("@jonas")
    card = words(office.hears("queue-service-desk"))

    assert told.text.startswith("Ich habe das an *Service desk* weitergegeben")
    assert "German" in card
    assert "Outlook keeps asking for the password" in card


def test_the_home_page_and_its_prompts_are_in_the_language_of_the_persons_slack(office: Office) -> None:
    office.workspace.open_home("jonas")
    office.workspace.open_home("jonas", tab="messages")
    room = office.workspace.channel("@jonas").id
    office.wait_for(lambda: office.workspace.home("jonas") and room in office.workspace.attention.prompts)

    assert words_for("people", "de")("home_title") in str(office.workspace.home("jonas"))
    assert "Langsamer PC" in str(office.workspace.attention.prompts[room])


def test_a_greeting_is_answered_in_its_language(office: Office) -> None:
    office.says("jonas", "hallo zusammen", "@jonas")

    assert office.hears("@jonas").text == words_for("people", "de")("welcome")


def test_the_choices_of_the_one_question_are_in_the_persons_language(office: Office) -> None:
    office.says("jonas", "die Heizung in Zimmer 4 ist kaputt und es ist sehr kalt", "@jonas")
    question = office.hears("@jonas")

    assert words_for("people", "de")("none_button") in words(question)


def test_a_language_that_the_desk_does_not_speak_is_answered_in_english(office: Office) -> None:
    office.says("grace", "outlook continua a chiedermi la password, non so più che cosa fare", "@grace")
    office.hears("@grace")

    assert office.case().language == "it"
    assert words_for("people", "en")("person_button") in words(office.messages("@grace")[0])
