"""The catalogues of sentences: every one that the code says exists, with just the values it is given."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import bot
import bot.desk
import bot.slack
from bot.words import Words, category_title, words_for

SPEAKERS = [*Path(bot.slack.__file__).parent.glob("*.py"), *Path(bot.desk.__file__).parent.glob("*.py")]
SOURCE = "\n".join(path.read_text("utf-8") for path in SPEAKERS)
# Keys that the code puts together: f"rate_{score}".
BEGINNINGS = tuple(re.findall(r'f"([a-z_]+_)\{', SOURCE))
LANGUAGES = ("en", "de", "fr", "es", "pt")
CATALOGUES = {"people": words_for("people", "en"), "agents": words_for("agents", "en")}
TAXONOMY = tomllib.loads(Path(bot.__file__).with_name("defaults").joinpath("taxonomy.toml").read_text("utf-8"))
JARGON = re.compile(
    r"\b(ticket|queue id|payload|null|exception|invalid|ML|classifier|TF-IDF|sorry|apolog\w+|oops)\b", re.I
)


@pytest.mark.parametrize("audience", CATALOGUES)
def test_every_sentence_is_said_somewhere(audience: str) -> None:
    unused = [key for key in CATALOGUES[audience].sentences if not re.search(f"""["']{key}["']""", SOURCE)]

    assert [key for key in unused if not key.startswith(BEGINNINGS)] == []


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


def shape(words: Words) -> dict[str, tuple[list[str | None], list[str]]]:
    """Of each sentence: the names of its values, and the emoji in it."""
    return {
        key: (sorted(name for _, name, _, _ in Formatter().parse(text) if name), sorted(re.findall(r":[a-z_]+:", text)))
        for key, text in words.sentences.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_sentences_with_the_same_values(language: str) -> None:
    assert shape(words_for("people", language)) == shape(CATALOGUES["people"])


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_sentence_was_left_in_english(language: str) -> None:
    own, english = words_for("people", language).sentences, CATALOGUES["people"].sentences
    same = [key for key in own if own[key] == english[key] and len(own[key].split()) > 2]

    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_prompts_that_slack_takes(language: str) -> None:
    prompts = words_for("people", language).prompts

    assert 1 <= len(prompts) <= 4
    assert all(set(prompt) == {"title", "message"} and 0 < len(prompt["title"]) <= 75 for prompt in prompts)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_category_has_a_title_that_fits_a_button_in_every_language(language: str) -> None:
    titles = words_for("people", language).categories

    assert set(titles) == set(TAXONOMY["category"])
    assert all(0 < len(title) <= 30 for title in titles.values())
    assert len(set(titles.values())) == len(titles)


def test_a_category_of_a_teams_own_is_shown_by_its_id() -> None:
    assert category_title("coffee", "de") == "coffee"
    assert category_title("outlook", "de") == words_for("people", "de").categories["outlook"]
