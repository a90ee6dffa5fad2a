"""What a person means by a short reply: solved, still broken, "a human please", thanks. Pure; the phrases are data."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files

# A verdict is short. Longer text tells something new and is read as a report, whatever words it holds.
LONGEST_VERDICT = 16
LONGEST_SMALL_TALK = 8
# Among what small talk may hold ("ok", "great"), the words that really thank; and what takes the thanks back.
_THANKS = re.compile(r"thank|thx|cheers|dank|merci|gracias|agrade|obrigad|valeu")
_YET = re.compile(r"[?]|\b(but|however|though|although|aber|jedoch|mais|pero|sino|mas|por[ée]m)\b")


class Meaning(StrEnum):
    """What a reply says about the case it stands under."""

    PERSON = "person"
    NOT_SOLVED = "not_solved"
    SOLVED = "solved"
    TRYING = "trying"
    THANKS = "thanks"
    GREETING = "greeting"
    STEP_DONE = "step_done"
    STEP_FAILED = "step_failed"
    STEP_SKIPPED = "step_skipped"
    OTHER = "other"


@dataclass(frozen=True)
class ReplyReader:
    """Reads a reply with the expressions of `replies.toml`: meaning → one for all languages. Each is compiled when it
    is first asked for: together they take longer than a short command should."""

    expressions: Mapping[Meaning, str]
    _compiled: dict[Meaning, re.Pattern[str]] = field(default_factory=dict, repr=False, compare=False)

    def read(self, text: str) -> Meaning:
        """The meaning of `text` as a reply under an answer. "It worked, but now it fails again" is not solved."""
        plain = _plain(text)
        words = len(plain.split())
        if self._says(Meaning.PERSON, plain):
            return Meaning.PERSON
        if words <= LONGEST_VERDICT:
            for meaning in (Meaning.NOT_SOLVED, Meaning.SOLVED, Meaning.TRYING):
                if self._says(meaning, plain):
                    return meaning
        return self.small_talk(text)

    def small_talk(self, text: str) -> Meaning:
        """THANKS or GREETING when the text is nothing else, OTHER when it carries more."""
        plain = _plain(text)
        if len(plain.split()) > LONGEST_SMALL_TALK:  # first: on long texts the expressions may take for ever
            return Meaning.OTHER
        both = (Meaning.THANKS, Meaning.GREETING)
        return next((meaning for meaning in both if self._pattern(meaning).fullmatch(plain)), Meaning.OTHER)

    def thanks_first(self, text: str) -> bool:
        """Whether short words open with thanks and bring no question and no objection: "thanks Priya, bye now"."""
        plain = _plain(text)
        opening = self._pattern(Meaning.THANKS).match(plain)
        thanked = opening is not None and _THANKS.search(opening.group()) is not None
        return thanked and len(plain.split()) <= LONGEST_VERDICT and not _YET.search(plain)

    def about_a_step(self, text: str) -> Meaning:
        """How a step went, for somebody who goes through an answer step by step; OTHER when the text says more."""
        plain = _plain(text)
        if len(plain.split()) > LONGEST_SMALL_TALK:
            return Meaning.OTHER
        steps = (Meaning.STEP_DONE, Meaning.STEP_FAILED, Meaning.STEP_SKIPPED)
        return next((meaning for meaning in steps if self._pattern(meaning).fullmatch(plain)), Meaning.OTHER)

    def wants_person(self, text: str) -> bool:
        return self._says(Meaning.PERSON, _plain(text))

    def _says(self, meaning: Meaning, plain: str) -> bool:
        return self._pattern(meaning).search(plain) is not None

    def _pattern(self, meaning: Meaning) -> re.Pattern[str]:
        if meaning not in self._compiled:
            self._compiled[meaning] = re.compile(self.expressions[meaning], re.IGNORECASE)
        return self._compiled[meaning]


def bundled() -> ReplyReader:
    """The reader with the phrases that come with the desk."""
    source = files("bot").joinpath("defaults/replies.toml").read_text(encoding="utf-8")
    return reader_from(tomllib.loads(source))


def reader_from(data: Mapping[str, Mapping[str, list[str]]]) -> ReplyReader:
    """`data`: meaning → language → expressions. Small talk matches whole messages, so its pieces may repeat."""
    sources: dict[Meaning, str] = {}
    for meaning, by_language in data.items():
        either = "|".join(f"(?:{each})" for expressions in by_language.values() for each in expressions)
        small_talk = meaning in (Meaning.THANKS, Meaning.GREETING)
        sources[Meaning(meaning)] = rf"(?:(?:{either})\W*)+" if small_talk else either
    return ReplyReader(sources)


def _plain(text: str) -> str:
    """Straight quotes, no mentions, one line: what the patterns expect."""
    without_mentions = re.sub(r"<[@#!][^>]*>", " ", text)
    straight = unicodedata.normalize("NFKC", without_mentions).replace("’", "'").replace("`", "'")
    return re.sub(r"\s+", " ", straight).strip().lower()
