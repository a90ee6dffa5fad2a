"""What people asked for that no article solved, like with like: where a new article would save the most requests."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from bot.cases import DELETED
from bot.privacy import redact
from knowledge_base.words import small_words, stem, words

# Requests are like one another from this cosine on, of their words weighted by rarity. Tried on 186 requests to a
# city's desk: 92 groups of which the large ones are about one matter; at 0.15 some are about two, at 0.3 many a matter
# is in two groups.
ALIKE = 0.2
SHOWN_WORDS = 4
_HIDDEN = re.compile(r"\[[^\]\n]* hidden\]")  # what `redact` leaves in the place of personal data
LONGEST_EXAMPLE = 160

_UNSOLVED = """
    SELECT id, category, words, reporter FROM cases
    WHERE state IN ('waiting', 'claimed', 'resolved') AND tier < 3
      AND NOT (category = 'other' AND confidence >= 0.6)
      AND opened_at >= ? AND trim(words) NOT IN ('', ?)
    ORDER BY id DESC
"""


@dataclass(frozen=True)
class Unsolved:
    """A request that people had to take."""

    case: int
    category: str
    words: str
    reporter: str


@dataclass(frozen=True)
class Gap:
    """Requests that are alike. `words` are what they have in common, the most telling first."""

    category: str
    people: int
    cases: tuple[int, ...]
    words: tuple[str, ...]
    example: str


_Group = tuple[Counter[str], list[Unsolved]]  # how many of the requests hold each word, and the requests


def unsolved(conn: sqlite3.Connection, since: float) -> list[Unsolved]:
    """Requests since then (epoch seconds) that ended with people and that an article might have solved, the latest
    first; personal data in them is hidden."""
    rows = conn.execute(_UNSOLVED, (since, DELETED))
    return [Unsolved(row["id"], row["category"], redact(row["words"]), row["reporter"]) for row in rows]


def gaps_in(requests: Sequence[Unsolved]) -> list[Gap]:
    """Groups of like requests, those of most people first; a request that is like no other is a group of its own."""
    bags = [_bag(each.words) for each in requests]
    rarity = _rarity(bags)
    groups: list[_Group] = []
    for request, bag in zip(requests, bags, strict=True):
        alike, nearest = _nearest(request, bag, groups, rarity)
        if nearest is not None and alike >= ALIKE:
            nearest[0].update(bag)
            nearest[1].append(request)
        else:
            groups.append((Counter(bag), [request]))
    found = [_gap(middle, members, rarity) for middle, members in groups]
    return sorted(found, key=lambda gap: (-gap.people, -len(gap.cases), gap.cases))


def _bag(text: str) -> Counter[str]:
    """Each word once, whatever its ending and however often it stands there."""
    return Counter({stem(word) for word in words(_HIDDEN.sub(" ", text))} - small_words())


def _rarity(bags: Iterable[Iterable[str]]) -> Mapping[str, float]:
    everything = list(bags)
    held_by = Counter(word for bag in everything for word in bag)
    return {word: log(1 + len(everything) / count) for word, count in held_by.items()}


def _nearest(
    request: Unsolved, bag: Counter[str], groups: Sequence[_Group], rarity: Mapping[str, float]
) -> tuple[float, _Group | None]:
    """The group of the same category that is most like a request, and how much."""
    weights = {word: rarity[word] for word in bag}
    rated = [
        (_cosine(weights, middle, rarity), (middle, members))
        for middle, members in groups
        if members[0].category == request.category
    ]
    return max(rated, key=lambda each: each[0], default=(0.0, None))


def _cosine(weights: Mapping[str, float], middle: Mapping[str, int], rarity: Mapping[str, float]) -> float:
    """Between one request and the middle of a group, which weighs a word by how many of its requests have it."""
    shared = sum(weight * middle[word] * rarity[word] for word, weight in weights.items() if word in middle)
    one = sqrt(sum(weight * weight for weight in weights.values()))
    other = sqrt(sum((count * rarity[word]) ** 2 for word, count in middle.items()))
    return shared / (one * other) if one and other else 0.0


def _gap(middle: Counter[str], members: Sequence[Unsolved], rarity: Mapping[str, float]) -> Gap:
    """The example is the shortest request: it says the thing and little else."""
    telling = sorted(middle, key=lambda word: (-middle[word] * rarity[word], word))[:SHOWN_WORDS]
    typed = {stem(word): word for each in members for word in words(_HIDDEN.sub(" ", each.words))}
    example = " ".join(min((each.words for each in members), key=len).split())
    return Gap(
        category=members[0].category,
        people=len({each.reporter for each in members}),
        cases=tuple(sorted(each.case for each in members)),
        words=tuple(typed[word] for word in telling),
        example=example if len(example) <= LONGEST_EXAMPLE else example[: LONGEST_EXAMPLE - 1] + "…",
    )
