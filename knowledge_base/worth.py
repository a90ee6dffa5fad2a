"""What people's verdicts say about articles: which have earned a better place, which a worse one, which fail.

Pure arithmetic over counts. Each person counts once for an article, with their latest word; whoever says nothing
counts for nothing. Few votes change little: every article begins with PRIOR votes at the usual rate of all, so that
one person, or a handful on a bad day, neither sinks nor lifts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PRIOR = 20  # votes at the usual rate that every article begins with
USUAL = 0.6  # the share of "solved" among verdicts to begin with, until this desk has its own
LEAST, MOST = 0.6, 1.25  # how far verdicts can move an article
FAILING_VOTES = 8  # people who must have said something before an article is called failing
FAILING = 0.15  # this much less often than the others, after shrinkage


@dataclass(frozen=True)
class Votes:
    """How an article did. `shown` counts cases, the other two people."""

    shown: int = 0
    solved: int = 0
    not_solved: int = 0

    @property
    def said(self) -> int:
        return self.solved + self.not_solved


def rates(votes: Mapping[str, Votes]) -> dict[str, float]:
    """For each article, how much more (or less) often it solves than the others do: the difference of two shares, -1
    to 1, drawn towards 0 where few have spoken."""
    solved = sum(each.solved for each in votes.values())
    said = sum(each.said for each in votes.values())
    above = {}
    for article, each in votes.items():
        usual = (solved - each.solved + PRIOR * USUAL) / (said - each.said + PRIOR)
        above[article] = (each.solved + PRIOR * usual) / (each.said + PRIOR) - usual
    return above


def worth(votes: Mapping[str, Votes]) -> dict[str, float]:
    """For each article of which somebody said something, the factor of its score in a search: 1 is no change."""
    return {article: min(MOST, max(LEAST, 1 + above)) for article, above in rates(votes).items() if votes[article].said}


def failing(votes: Mapping[str, Votes]) -> list[str]:
    """The articles that solve clearly less often than the others, the worst first."""
    above = rates(votes)
    known = (article for article in above if votes[article].said >= FAILING_VOTES and above[article] < -FAILING)
    return sorted(known, key=lambda article: above[article])
