"""Which earlier requests are about the same trouble: similar solved cases for an agent, and probable duplicates.

Pure: words, times and people come in, suggestions come out; nothing is merged here. Knows no database, no clock, no
Slack and no model.

Two requests are alike by what they tell: the concepts behind their words (so that "Postfach voll" is near "mailbox
full"), words that stand for no concept, error codes, and names of devices. What is rare among the known requests tells
more. The figures below are measured: `python -m benchmarks.likeness` draws them again.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from operator import mul

from classifier.grams import bundled_lexicon
from classifier.text import fold, normalise, words
from knowledge_base.codes import codes_in
from knowledge_base.words import small_words, stem

READ_CHARACTERS = 1_000  # what the trouble is stands at the beginning; bounds the time, too
CODE_CHARACTERS = 4_000  # an error is often pasted below it
REMEMBERED = 2_048  # requests whose reading is kept in memory: the same few hundred are compared again and again

# What a shared piece counts, times its rarity. Two things said side by side tell most of all: without pairs, half as
# many suggestions reach the same precision.
CONCEPT, EVERYDAY_CONCEPT, WORD, PAIR, NAME, CODE = 1.0, 0.6, 0.7, 0.5, 1.5, 1.5
# Concepts that say how somebody writes, when, and for whom, rather than what the trouble is.
# fmt: off
EVERYDAY = frozenset({
    "again-still", "already-tried", "app", "cannot", "colleague", "company", "complaint", "computer",
    "constantly", "error", "everyone", "everyone-whole-site", "greeting", "help", "how-to", "it-desk", "laptop",
    "low-priority", "many-users", "negation", "only-me", "question", "question-pending", "request", "says",
    "see", "since", "since-update", "solved", "sometimes", "thanks", "today", "tomorrow-later",
    "tried-did-not-help", "trouble-vague", "urgent", "user", "whole-site", "windows-os", "worked-before",
    "works",
})
# fmt: on

# Rarity is counted among the known requests as if a hundred more stood beside them, of which one in three hundred has
# the piece: with three open cases, what two of them share is still worth something.
ASSUMED, ASSUMED_SHARE = 100, 1 / 300
DOUBT = 30.0  # shared rarity that it takes to believe: a cosine alone makes any two short texts alike
OTHER_CATEGORY = 0.6  # a category is often a guess, so another one makes a match weaker, not impossible

HOUR = 3_600.0
# Thresholds of `benchmarks/results/likeness.md`. WORTH_READING: 88 % of what is shown is right among 500 cases of one
# category (80 wanted). APART: 89 % there, on 28 suggestions (90 wanted). TOGETHER: 98 % in an outage; lower ones pass
# there, too, but an outage is the easy case. AGAIN: 92 % where one in two is the same trouble. The hours are a choice.
WORTH_READING = 0.40
AGAIN, AGAIN_HOURS = 0.10, 12
TOGETHER, TOGETHER_HOURS = 0.20, 2
APART, APART_HOURS = 0.50, 72


@dataclass(frozen=True)
class Known:
    """An earlier request. `at` is in epoch seconds."""

    id: int
    text: str
    category: str
    reporter: str
    at: float


@dataclass(frozen=True)
class Alike:
    """A known request and its likeness, 0 to 1."""

    id: int
    score: float


@dataclass(frozen=True)
class _Reading:
    """A request as it is compared: its words, and the square of what each piece counts; none where nothing tells."""

    words: frozenset[str]
    squares: Mapping[str, float]


def similar(text: str, category: str, known: Sequence[Known], *, limit: int = 3) -> tuple[Alike, ...]:
    """The known requests worth reading beside this one, best first; none where nothing is near enough.

    Chosen for 80 % right of what is shown: it is silent for most requests rather than often wrong (WORTH_READING).
    """
    found = [Alike(each.id, score) for each, score in _scored(text, category, known) if score >= WORTH_READING]
    return tuple(sorted(found, key=lambda alike: -alike.score)[:limit])


def duplicates(
    text: str, category: str, reporter: str, at: float, known: Sequence[Known], *, limit: int = 3
) -> tuple[Alike, ...]:
    """The open cases that are probably the same problem: the person's own first, then by likeness.

    The same person within hours needs little likeness; somebody else the more, the further apart in time. Chosen for
    90 % right of what is shown, see the thresholds above.
    """
    found = [
        (each.reporter == reporter, Alike(each.id, score))
        for each, score in _scored(text, category, known)
        if score >= likeness_needed(each.reporter == reporter, abs(at - each.at))
    ]
    ranked = sorted(found, key=lambda pair: (pair[0], pair[1].score), reverse=True)
    return tuple(alike for _, alike in ranked[:limit])


def likeness_needed(same_person: bool, seconds: float) -> float:
    """The least likeness at which two requests that lie so far apart are probably one problem."""
    hours = seconds / HOUR
    if same_person and hours <= AGAIN_HOURS:
        return AGAIN
    far = (hours - TOGETHER_HOURS) / (APART_HOURS - TOGETHER_HOURS)
    return TOGETHER + (APART - TOGETHER) * min(1.0, max(0.0, far))


def likenesses(text: str, category: str, known: Sequence[Known]) -> list[float]:
    """How alike the text is to each of the known requests, 0 to 1, whether or not that is worth showing.

    1 is for the same words, and for no others. A text without a telling word is like nothing.
    """
    asked, readings = _read(text), [_read(each.text) for each in known]
    told = _squared_rarities([asked, *readings])
    size = _size(asked, told)
    scores = (_likeness(asked, size, reading, told) for reading in readings)
    return [
        score if each.category == category else OTHER_CATEGORY * score
        for each, score in zip(known, scores, strict=True)
    ]


def _scored(text: str, category: str, known: Sequence[Known]) -> Iterator[tuple[Known, float]]:
    scores = likenesses(text, category, known)
    return (pair for pair in zip(known, scores, strict=True) if pair[1] > 0)


def _likeness(asked: _Reading, size: float, other: _Reading, told: Mapping[str, float]) -> float:
    shared = asked.squares.keys() & other.squares.keys()
    if not shared:
        return 0.0
    if asked.words == other.words:
        return 1.0
    together = math.fsum(asked.squares[piece] * told[piece] for piece in shared)
    return together / (math.sqrt(size * _size(other, told)) + DOUBT)


def _size(reading: _Reading, told: Mapping[str, float]) -> float:
    return math.fsum(map(mul, reading.squares.values(), map(told.__getitem__, reading.squares)))


def _squared_rarities(readings: Sequence[_Reading]) -> Mapping[str, float]:
    """What each piece tells: the fewer requests have it, the more. A cosine needs the squares only."""
    held_by = Counter(chain.from_iterable(reading.squares for reading in readings))
    everyone = len(readings) + ASSUMED
    by_count = [math.log(everyone / (count + ASSUMED * ASSUMED_SHARE)) ** 2 for count in range(len(readings) + 1)]
    return {piece: by_count[count] for piece, count in held_by.items()}


# -- reading a request -------------------------------------------------------------------------------------------------

# lap-4711, PRN-BER-02, hq2-floor3: letters and digits in one run, which a hyphen may join.
_DEVICE = re.compile(r"\b(?=[\w-]{0,30}\d)(?=[\w-]{0,30}[a-z])[a-z0-9]{2,16}(?:[-_][a-z0-9]{1,16}){1,4}\b")


@lru_cache(maxsize=REMEMBERED)
def _read(text: str) -> _Reading:
    text = text.lstrip()
    plain = fold(normalise(text[:READ_CHARACTERS]))
    told = words(plain)
    of_words = [pieces for word in told if (pieces := _pieces_of(word))]
    pieces = _pairs([next(iter(each)) for each in of_words])
    for each in of_words:
        pieces |= each
    pieces |= {f"name {name}": NAME for name in _DEVICE.findall(plain)}
    pieces |= {f"code {code}": CODE for code in codes_in(text[:CODE_CHARACTERS])}
    telling = any(weight > EVERYDAY_CONCEPT for weight in pieces.values())
    return _Reading(frozenset(told), {piece: weight**2 for piece, weight in pieces.items()} if telling else {})


def _pairs(said: Sequence[str]) -> dict[str, float]:
    """What stands side by side, or with one other between, in whatever order: "sound in teams" is "teams sound"."""
    near = chain(pairwise(said), zip(said, said[2:], strict=False))
    return {f"{min(pair)} ~ {max(pair)}": PAIR for pair in near if pair[0] != pair[1]}


@lru_cache(maxsize=16_384)
def _pieces_of(word: str) -> Mapping[str, float]:
    """The concepts of a word, or its stem where it has none; a small word is nothing."""
    concepts = bundled_lexicon().of(word)
    if concepts:
        return {f"# {concept}": EVERYDAY_CONCEPT if concept in EVERYDAY else CONCEPT for concept in concepts}
    stemmed = stem(word)
    return {} if stemmed in small_words() else {stemmed: WORD}
