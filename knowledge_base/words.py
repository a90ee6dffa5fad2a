"""Text cut into comparable words: the same for articles when they are indexed and for what people type.

Letters are folded (case, accents, width), hyphens and apostrophes evened out, English endings cut lightly.
Which words are small and which mean the same is data: `words.toml`.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
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
    return list(chain.from_iterable(map(_stems, _WORD.findall(fold(text)))))


def words(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    return list(chain.from_iterable(map(_parts, _WORD.findall(fold(text)))))


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents folded: "Größe" and "GROSSE" differ in their vowel only."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _parts(word: str) -> list[str]:
    """The words that a run of letters, hyphens and apostrophes stands for."""
    parts = [word] if word.isalnum() else re.split(_HYPHEN, re.sub(_APOSTROPHE, "", word))
    both = [*parts, "".join(parts)] if len(parts) > 1 else parts
    return [part for part in both if len(part) <= LONGEST_WORD]


@lru_cache(maxsize=65_536)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(map(stem, _parts(word)))


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
    by_first_word = _synonyms()
    found: set[str] = set()
    for start, word in enumerate(query):
        for phrase, stems in by_first_word.get(word, ()):
            if len(phrase) == 1 or phrase == tuple(query[start : start + len(phrase)]):
                found.update(stems)
    return found.difference(query)


@cache
def _synonyms() -> Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[str]]]]:
    """By their first word: phrases with the stems of the other phrases of their groups."""
    table: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for group in _data()["synonyms"]:
        phrases = [tuple(terms(phrase)) for phrase in group]
        stems = {word for phrase in phrases for word in phrase} - small_words()
        for phrase in phrases:
            table[phrase].update(stems.difference(phrase))
    by_first_word: defaultdict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for phrase, stems_of in table.items():
        by_first_word[phrase[0]].append((phrase, frozenset(stems_of)))
    return by_first_word


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
