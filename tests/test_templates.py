"""The ready texts for agents: each in every language, short, whole as it stands, and told apart by its first line."""

from importlib.resources import files

import pytest

from bot.words import templates

LANGUAGES = {name.split(".")[1] for each in files("bot.words").iterdir() if (name := each.name).startswith("people.")}
LONGEST = 600
LONGEST_OPTION = 75  # Slack's limit for the text of an option
MARKS = set("{}*_~`<>&")  # placeholders, which nobody fills in, and Slack's marks, which would be shown as they stand


@pytest.mark.parametrize("name", templates())
def test_a_ready_text_exists_in_every_language_of_the_catalogues(name: str) -> None:
    assert set(templates()[name]) == LANGUAGES


@pytest.mark.parametrize("name", templates())
def test_a_ready_text_is_short_and_says_something(name: str) -> None:
    assert [language for language, text in templates()[name].items() if not 0 < len(text.strip()) <= LONGEST] == []


@pytest.mark.parametrize("name", templates())
def test_a_ready_text_can_be_sent_as_it_stands(name: str) -> None:
    assert [language for language, text in templates()[name].items() if MARKS & set(text)] == []


def test_no_ready_text_was_left_in_another_language_or_written_twice() -> None:
    texts = [text for by_language in templates().values() for text in by_language.values()]

    assert len(set(texts)) == len(texts)


def test_agents_tell_the_ready_texts_apart_by_first_lines_that_fit_an_option() -> None:
    first_lines = [by_language["en"].splitlines()[0] for by_language in templates().values()]

    assert len(set(first_lines)) == len(first_lines)
    assert [line for line in first_lines if len(line) > LONGEST_OPTION] == []
