"""What a piece of text looks like when somebody might have typed a password: its edges, and how likely it is one.

Knows no sentence; whether a password was announced is decided in `passwords`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from bot.privacy.reading import MARKUP, MASK
from bot.privacy.vocabulary import DESCRIBES, TECHNICAL, THING, UNIT, harmless_words

LONGEST_VALUE = 128
SPECIAL = "!@#$%^&*?+=~{}<>"
TYPICAL = re.compile(
    r"[A-Z][a-zà-ÿ]{3,}[_.]?\d{1,8}"  # a word and a number
    r"|(?=.*[A-Z])(?=.*[a-z])(?=[^\d]*\d+[^\W\d_]+\d)[^\W_]{7,}"  # a generator's
)
STRIKING = "!@#$%^&*"  # what nobody types into a word by accident


class Look(IntEnum):
    """How much a value looks like a password, from nothing to certain."""

    NOTHING = 0  # punctuation, a version, an error code, a word that only talks about passwords
    WORD = 1  # "sunshine": a password only if the sentence says so
    NUMBER = 2  # "4711"
    THING = 3  # "Room12", "Port2025": a password only if the sentence says so plainly
    MIXED = 4  # "hunter2"
    TYPICAL = 5  # "Sunflower9", "kT7pQ2mW": made as passwords are made
    STRONG = 6  # "Welcome2024!": nobody types that by accident


@dataclass(frozen=True)
class Value:
    """A candidate: what it says, where it stands, whether it is in quotes, and whether its clause ends there."""

    text: str
    start: int
    end: int
    quoted: bool
    last: bool

    @cached_property
    def look(self) -> Look:
        return look_of(self.text)


_LINKED = re.compile(r"<(?:https?://|mailto:)(?P<target>[^<>|\s/]{1,100})/?(?:\|(?P<it>[^<>\n/]{1,100}))?>")
_QUOTED = re.compile(
    r"(?:```|[*_~(\[]{0,2}`|[*_~(\[]{0,2}\"|[*_~(\[]{0,2}')(?=\S)(?P<it>[^`\"'\n\ue000]{1,80}?)(?:```|[`\"'])(?!\w)"
    r"|(?P<mark>[*_~]{1,3})(?=[^\s*_~])(?P<marked>[^\s\ue000]{1,80}?)(?P=mark)(?![\w*])"
    r"|[(\[{](?P<held>[^\s()\[\]{}\ue000]{1,80})[)\]}]"
    r"|<(?P<angled>[^\s<>@#!\ue000][^\s<>|\ue000]{0,80})>"
)
_BARE = re.compile(rf"[^\s{MASK}{MARKUP}]{{1,{LONGEST_VALUE}}}")
_OPENING = "\"'`*_~([{<"
_TRAILING = ".,;:)]}>*_~`\"'…"
_CLAUSE_END = re.compile(
    r"[*_~`\"')\]}>]{0,3}\s{0,2}(?:\Z|[.,;!?)\n|/]|-{1,2} |\s?[\u2014:]|\s?\(|(?:and|but|so|please|pls|thanks|thank|"
    r"thx|or|if|because|for|on|since|und|aber|oder|bitte|danke|et|mais|merci|y|pero|gracias|por|e|mas|obrigad[oa]|btw|"
    r"fyi|lol|is|was|ist|wird|geht|ne|no|não|won't|user(?:name)?|login|it|when|while|can|could|doesn't|does|didn't|"
    r"isn't|which|still|i|in)\b)",
    re.IGNORECASE,
)


def value_at(text: str, at: int) -> Value | None:
    """The value that begins at `at`: the inside of its quotes, or the run of characters up to the next space."""
    if linked := _LINKED.match(text, at):
        return Value(linked["it"] or linked["target"], *linked.span(), True, _ends_clause(text, linked.end()))
    if quoted := _QUOTED.match(text, at):
        name = quoted.lastgroup if quoted.lastgroup != "mark" else "marked"
        start, end = quoted.span(name or "it")
        return Value(text[start:end], start, end, name != "held", _ends_clause(text, quoted.end()))
    if bare := _BARE.match(text, at):
        return _trimmed(text, *bare.span())
    return None


def _trimmed(text: str, start: int, end: int) -> Value | None:
    while start < end and text[start] in _OPENING:
        start += 1
    whole = end
    while end > start and text[end - 1] in _TRAILING:
        end -= 1
    if start == end:
        return None
    return Value(text[start:end], start, end, False, end < whole or _ends_clause(text, whole))


def _ends_clause(text: str, at: int) -> bool:
    return _CLAUSE_END.match(text, at) is not None


def counts_something(text: str, value: Value) -> bool:
    """ "12 characters", "90 days": a number that measures."""
    return UNIT.match(text, value.end) is not None


def is_harmless(word: str) -> bool:
    """A word that talks about passwords ("expired"), alone or as the head of "expired/locked"."""
    low = word.lower().strip("!?.…")
    head = re.split(r"[/'.,:_]|(?<!-\w)-(?=[^-]*$)", low, maxsplit=1)[0]
    if low in harmless_words() or head in harmless_words():
        return True
    return word[:1].islower() and DESCRIBES.fullmatch(low) is not None


_NEXT_WORD = re.compile(r"\s{1,2}([^\W\d_]{3,30})(?!\w)")


def reads_on_about_it(text: str, value: Value) -> bool:
    """ "… blocked", "… apparently" after a plain word: then the word began a description and is no password."""
    following = _NEXT_WORD.match(text, value.end)
    return following is not None and DESCRIBES.fullmatch(following[1]) is not None


def look_of(value: str) -> Look:
    core = value.rstrip("!?")
    if not core or len(value) > LONGEST_VALUE or _is_stand_in(core):
        return Look.NOTHING
    if core.isalpha():
        return Look.MIXED if _is_jumbled(core) else _look_of_words(core)
    if any(TECHNICAL.fullmatch(part) for part in (core, value, *value.split())):
        return Look.NOTHING
    return Look.THING if THING.fullmatch(core) else _look_of_a_mixture(value, core)


def _look_of_a_mixture(value: str, core: str) -> Look:
    digits = sum(character.isdigit() for character in value)
    letters = any(character.isalpha() for character in value)
    special = any(character in SPECIAL for character in core) or (value.endswith("!") and digits > 0)
    if not digits and not special:
        return _look_of_words(core) if letters else Look.NOTHING
    if not letters:
        return Look.NUMBER if digits >= 4 and core.isdigit() else Look.NOTHING
    if digits and len(value) >= 6 and any(character in STRIKING for character in value):
        return Look.STRONG
    if TYPICAL.fullmatch(core):
        return Look.TYPICAL
    return Look.MIXED if len(value) >= 4 else Look.NOTHING


def _is_stand_in(core: str) -> bool:
    """ "****", "xxxx": somebody already hid it."""
    return len(set(core.lower())) == 1 and not core.isdigit()


def _look_of_words(core: str) -> Look:
    return Look.WORD if len(core) >= 4 and not is_harmless(core) else Look.NOTHING


def _is_jumbled(word: str) -> bool:
    """Capitals inside as no name has them: "xKqPzRtV", not "SharePoint"."""
    return len(word) >= 8 and len(re.findall(r"[a-z][A-Z]", word)) >= 2
