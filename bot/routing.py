"""Who gets a case: queues, and the one that owns a category at a tier. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Region = Literal["offshore", "onshore"]

# Where work goes that no queue owns.
UNSORTED = "unsorted"
TOP_TIER = 3


class NoHigherTier(Exception):
    """The case is with the highest tier already. The text can be shown."""


@dataclass(frozen=True)
class Queue:
    """One team's queue. `answers` maps an urgency to the promised first response, in minutes."""

    name: str
    title: str
    channel: str
    group: str
    tiers: tuple[int, ...]
    owns: tuple[str, ...]
    region: Region
    sees: Literal["redacted", "full"]
    answers: Mapping[str, int]

    def takes(self, category: str, tier: int) -> bool:
        return tier in self.tiers and category in self.owns

    def takes_the_rest(self, tier: int) -> bool:
        return tier in self.tiers and "*" in self.owns


def queue_for(category: str, tier: int, queues: Sequence[Queue]) -> Queue:
    """The queue that owns `category` at `tier`: a named owner first, then who takes the rest, then `unsorted`."""
    for queue in queues:
        if queue.takes(category, tier):
            return queue
    for queue in queues:
        if queue.takes_the_rest(tier):
            return queue
    return named(UNSORTED, queues)


def next_tier(current: Queue, category: str, queues: Sequence[Queue]) -> Queue:
    """Where an escalation goes: the category's owner one tier up; tier 3 is onshore and has nobody above it."""
    for tier in range(max(current.tiers) + 1, TOP_TIER + 1):
        above = queue_for(category, tier, queues)
        if above.name not in (current.name, UNSORTED):
            return above
    raise NoHigherTier(f"{current.title} is the highest tier. Reroute the case if another team should have it.")


def named(name: str, queues: Sequence[Queue]) -> Queue:
    """The queue called `name`. Raises KeyError, with the names that exist, for an unknown one."""
    for queue in queues:
        if queue.name == name:
            return queue
    known = ", ".join(queue.name for queue in queues)
    raise KeyError(f"there is no queue {name!r}; queues.toml has {known}")
