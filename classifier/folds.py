"""Splitting examples so that a known issue never sits on both sides. Pure.

Rows about one issue are paraphrases of one another: a model that trained on some knows the others by heart,
and a test on them would flatter it.
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from classifier.examples import Example
from classifier.text import fold, normalise


def group_of(example: Example) -> Hashable:
    """What must stay together: the issue within its category, or the very text where no issue is named."""
    if example.issue:
        return example.category, example.issue
    return fold(normalise(example.text))


def row_folds(examples: Sequence[Example], folds: int, seed: int) -> list[list[int]]:
    """As `grouped_folds`, but every row for itself: a test on what the model mostly meets, other words for known
    issues."""
    alone = [replace(example, issue=None) for example in examples]
    return grouped_folds(alone, folds, seed)


def grouped_folds(examples: Sequence[Example], folds: int, seed: int) -> list[list[int]]:
    """Positions of the examples in each of up to `folds` parts: every category spread evenly, no group torn
    apart.

    Fewer parts when no category has that many groups; at least two, of which one may be empty.
    """
    by_category: dict[str, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    home: dict[Hashable, str] = {}
    for position, example in enumerate(examples):
        group = group_of(example)
        category = home.setdefault(group, example.category)  # one text under two labels still stays together
        by_category[category][group].append(position)
    most_groups = max((len(groups) for groups in by_category.values()), default=0)
    parts: list[list[int]] = [[] for _ in range(max(2, min(folds, most_groups)))]
    for category in sorted(by_category):
        _spread(list(by_category[category].values()), parts, random.Random(f"{seed}:{category}"))
    return [sorted(part) for part in parts]


def _spread(groups: list[list[int]], parts: list[list[int]], chance: random.Random) -> None:
    """Largest group first, each to the part that has least of this category so far."""
    chance.shuffle(groups)
    here = [0] * len(parts)
    for group in sorted(groups, key=len, reverse=True):
        least = min(range(len(parts)), key=lambda part: (here[part], len(parts[part])))
        parts[least].extend(group)
        here[least] += len(group)
