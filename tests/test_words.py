"""The catalogues of sentences: every one that the code says exists, with just the values it is given."""

import re
from pathlib import Path
from string import Formatter

import pytest

import bot.slack
from bot.words import words_for

SOURCE = "\n".join(path.read_text("utf-8") for path in Path(bot.slack.__file__).parent.glob("*.py"))
CATALOGUES = {"people": words_for("people", "en"), "agents": words_for("agents", "en")}
JARGON = re.compile(
    r"\b(ticket|queue id|payload|null|exception|invalid|ML|classifier|TF-IDF|sorry|apolog\w+|oops)\b", re.I
)


@pytest.mark.parametrize("audience", CATALOGUES)
def test_every_sentence_is_said_somewhere(audience: str) -> None:
    unused = [key for key in CATALOGUES[audience].sentences if not re.search(f"""["']{key}["']""", SOURCE)]

    assert unused == []


@pytest.mark.parametrize("audience", CATALOGUES)
def test_sentences_are_free_of_jargon_and_apology(audience: str) -> None:
    assert [key for key, text in CATALOGUES[audience].sentences.items() if JARGON.search(text)] == []


def test_an_unknown_language_is_answered_in_english() -> None:
    assert words_for("people", "xx").sentences == words_for("people", "en").sentences


def test_a_missing_value_is_noticed() -> None:
    with pytest.raises(KeyError):
        CATALOGUES["people"]("claimed", agent="U1")


def test_placeholders_have_names() -> None:
    fields = [
        name
        for words in CATALOGUES.values()
        for text in words.sentences.values()
        for _, name, _, _ in Formatter().parse(text)
    ]

    assert "" not in fields
