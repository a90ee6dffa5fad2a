"""How likely it is that a found article is the right one.

Knows four figures about a hit, not articles or texts.

Where the weights come from: a logistic regression on the three best hits of 2,055 queries (November 2026), which
`python -m benchmarks.retrieval --fit` does again: 432 questions written from the titles of our articles alone, 6
English messages about each article, held back from the library that they were asked of, 600 messages that are not for
this desk, and questions whose article was taken out. Cross-validated by article: calibration error 3.0 points; at a
chance of 0.7 or more, 91 % of first hits are right (46 % of these queries). A held-back message counts as wrong where a
neighbouring article answers it too, so the chance is rather too low. Refit when articles or ranking change much.
"""

from dataclasses import dataclass
from math import exp, log1p
from operator import mul

# Rules, not measurements; several articles of a kind share the chance.
SOLVES_CODE = 0.97  # the article says that it solves the code
SAYS_SO = 0.9  # the query is a title or an also-known-as phrase of the article, apart from small words
MENTIONS_CODE = 0.7  # nobody solves the code, and the article speaks of it

# One telling word names a thing and not what is wrong with it ("help with the printer").
CLEAR_WORDS, VAGUE = 2, 0.7


@dataclass(frozen=True)
class Evidence:
    """What speaks for one hit.

    `covered`: the share of the query, by the rarity of its words, that the article holds (0 to 1).
    `lead`: its score ahead of the best rival, or behind it, as a share of the highest score.
    `strength`: its score for each unit of rarity in the query.
    `held`: how many telling words of the query it holds.
    """

    covered: float
    lead: float
    strength: float
    held: int


WEIGHTS = (-5.71, 3.35, 4.66, 0.35, 1.93)


def features(evidence: Evidence) -> tuple[float, ...]:
    """What the weights are for, after the first, which stands alone."""
    return (evidence.lead, evidence.lead * evidence.covered, evidence.strength, log1p(evidence.held))


def chance(evidence: Evidence) -> float:
    """The probability, 0 to 1, that a hit with this evidence is the right article."""
    log_odds = WEIGHTS[0] + sum(map(mul, WEIGHTS[1:], features(evidence)))
    likely = 1 / (1 + exp(-log_odds))
    return likely if evidence.held >= CLEAR_WORDS else min(likely, VAGUE)
