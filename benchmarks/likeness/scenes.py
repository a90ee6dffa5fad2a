"""The scenes that likeness is measured in: a request, what stands beside it, and which of that is the same trouble.

Drawn from labelled rows by one seed. Knows nothing of how likeness is computed.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.likeness import Known

WRONG_CATEGORY = 0.15  # of the rows stand under another category, about as many as the classifier gets wrong
KNOWN = 500
OPEN = 60
IN_OUTAGE = 8
ISSUES_OF_A_DESK = 120


@dataclass(frozen=True)
class Row:
    """One text, the category it stands under, and the trouble that it is about."""

    text: str
    category: str
    issue: tuple[str, str]


@dataclass(frozen=True)
class Scene:
    """A request and the known ones; `same` are the ids of those about the same trouble."""

    asked: Row
    known: tuple[Known, ...]
    same: frozenset[int]


Draw = Callable[[random.Random], Scene]


def scenes(draw: Draw, count: int, seed: int) -> Iterator[Scene]:
    chance = random.Random(f"{seed}:likeness")
    return (draw(chance) for _ in range(count))


def draws(rows: Sequence[Row]) -> Mapping[str, Draw]:
    """By name, how each scene is drawn from the rows."""
    by_category, by_issue = defaultdict(list), defaultdict(list)
    for row in rows:
        by_category[row.issue[0]].append(row)
        by_issue[row.issue].append(row)
    categories = sorted(by_category)
    repeated = sorted(issue for issue, members in by_issue.items() if len(members) > IN_OUTAGE)
    return {
        "one category": partial(_one_category, by_category, categories),
        "a desk": partial(_a_desk, by_issue, repeated, categories),
        "anything": partial(_anything, rows, categories),
        "an outage": partial(_an_outage, rows, by_issue, repeated, categories),
        "the same person": partial(_the_same_person, rows, by_category, by_issue, repeated, categories),
    }


def all_others(rows: Sequence[Row]) -> Iterator[Scene]:
    """Every row asked in turn, with all others known."""
    return (_scene(row, [*rows[:place], *rows[place + 1 :]]) for place, row in enumerate(rows))


Groups = Mapping[str, Sequence[Row]]
Issues = Mapping[tuple[str, str], Sequence[Row]]


def _one_category(by_category: Groups, categories: Sequence[str], chance: random.Random) -> Scene:
    members = by_category[chance.choice(categories)]
    return _guessed(chance.sample(members, min(KNOWN + 1, len(members))), categories, chance)


def _a_desk(
    by_issue: Issues, repeated: Sequence[tuple[str, str]], categories: Sequence[str], chance: random.Random
) -> Scene:
    issues = chance.sample(repeated, min(ISSUES_OF_A_DESK, len(repeated)))
    members = [row for issue in issues for row in by_issue[issue]]
    return _guessed(chance.sample(members, min(KNOWN + 1, len(members))), categories, chance)


def _anything(rows: Sequence[Row], categories: Sequence[str], chance: random.Random) -> Scene:
    return _guessed(chance.sample(rows, min(KNOWN + 1, len(rows))), categories, chance)


def _an_outage(
    rows: Sequence[Row],
    by_issue: Issues,
    repeated: Sequence[tuple[str, str]],
    categories: Sequence[str],
    chance: random.Random,
) -> Scene:
    struck = chance.sample(by_issue[chance.choice(repeated)], IN_OUTAGE + 1)
    return _guessed([*struck, *chance.sample(rows, min(OPEN - IN_OUTAGE, len(rows)))], categories, chance)


def _the_same_person(
    rows: Sequence[Row],
    by_category: Groups,
    by_issue: Issues,
    repeated: Sequence[tuple[str, str]],
    categories: Sequence[str],
    chance: random.Random,
) -> Scene:
    """The first known request is the person's own earlier one: as often the same trouble as another of its category
    or of any. The others are only there to be open."""
    asked, again = chance.sample(by_issue[chance.choice(repeated)], 2)
    another = chance.choice(by_category[asked.issue[0]] if chance.random() < 0.5 else rows)
    own = again if chance.random() < 0.5 else another
    scene = _guessed([asked, own, *chance.sample(rows, min(OPEN, len(rows)))], categories, chance)
    first = replace(scene.known[0], reporter="asked")
    return replace(scene, known=(first, *scene.known[1:]), same=scene.same & {0})


def _guessed(rows: Sequence[Row], categories: Sequence[str], chance: random.Random) -> Scene:
    """The first row asked, the rest known, some under a category that is wrong."""
    wrong = [
        replace(row, category=chance.choice(categories)) if chance.random() < WRONG_CATEGORY else row for row in rows
    ]
    return _scene(wrong[0], wrong[1:])


def _scene(asked: Row, others: Sequence[Row]) -> Scene:
    known = tuple(Known(place, row.text, row.category, f"p{place}", 0.0) for place, row in enumerate(others))
    return Scene(asked, known, frozenset(place for place, row in enumerate(others) if row.issue == asked.issue))
