"""Text cut into comparable words: the same for articles when they are indexed and for what people type.

Letters are folded (case, accents, width), hyphens and apostrophes evened out, English endings cut lightly.
Which words are small and which mean the same is data: `words.toml`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LONGEST_WORD = 40  # longer runs of letters are not words: addresses, keys, a cat on the keyboard

_APOSTROPHE = "['\u2019]"
_HYPHEN = "[\\-\u2010-\u2015]"
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(rf"[^\W_]+(?:(?:{_APOSTROPHE}|{_HYPHEN})[^\W_]+)*")
_ENDINGS = (
    *(("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("us", "us"), ("is", "is")),
    *(("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")),
)


def terms(text: str) -> list[str]:
    """The stems of the words of `text`, in order. "wi-fi" gives wi, fi and wifi; "can't" gives cant."""
    return [stem(word) for word in words(text)]


def words(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        found += [word] if word.isalnum() else _parts(word)
    return [word for word in found if len(word) <= LONGEST_WORD]


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents folded: "Größe" and "GROSSE" differ in their vowel only."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _parts(word: str) -> list[str]:
    parts = re.split(_HYPHEN, re.sub(_APOSTROPHE, "", word))
    return [*parts, "".join(parts)] if len(parts) > 1 else parts


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light stem that joins the forms of English words: crashes, crashed, crashing and crash."""
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + replacement
    return word


@cache
def small_words() -> frozenset[str]:
    """Stems of the words that carry little."""
    return frozenset(terms(_data()["small"]))


def related(query: Sequence[str]) -> set[str]:
    """The stems that mean the same as phrases in `query`, without those that are there already."""
    table, longest = _synonyms()
    found: set[str] = set()
    for length in range(1, longest + 1):
        for start in range(len(query) - length + 1):
            found.update(table.get(tuple(query[start : start + length]), ()))
    return found.difference(query)


@cache
def _synonyms() -> tuple[Mapping[tuple[str, ...], frozenset[str]], int]:
    """Each phrase with the stems of the other phrases of its groups; and the length of the longest."""
    table: dict[tuple[str, ...], set[str]] = {}
    for group in _data()["synonyms"]:
        phrases = [tuple(terms(phrase)) for phrase in group]
        stems = {word for phrase in phrases for word in phrase} - small_words()
        for phrase in phrases:
            table.setdefault(phrase, set()).update(stems.difference(phrase))
    return {phrase: frozenset(stems) for phrase, stems in table.items()}, max(map(len, table), default=0)


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
