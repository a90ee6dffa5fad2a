"""How likely it is that a found article is the right one.

Knows four figures about a hit, not articles or texts.

Where the weights come from: a logistic regression on the three best hits of 2,776 queries over our first 204
English articles (November 2026). 1,563 queries were also-known-as phrases, each taken out of its article before
it was asked for; 609 such phrases whose whole article was taken out, so that every hit was wrong; 474 messages
that are not for this desk; 130 paraphrases by the maintainers, which count six times. Weighted and
cross-validated by article: area under the curve of the first hit 0.85, calibration error 2.2 points; at a chance
of 0.8 or more, 91 % of first hits are right (19 % of these queries, half of the paraphrases). The queries are
harder than people's: for easy ones the chance is too low. Refit when the articles or the ranking change much.
"""

from dataclasses import dataclass
from math import exp, log1p

# Rules, not measurements; several articles of a kind share the chance.
SOLVES_CODE = 0.97  # the article says that it solves the code
SAYS_SO = 0.9  # the query is a title or an also-known-as phrase of the article, apart from small words
MENTIONS_CODE = 0.7  # nobody solves the code, and the article speaks of it


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


def chance(evidence: Evidence) -> float:
    """The probability, 0 to 1, that a hit with this evidence is the right article."""
    lead = evidence.lead
    log_odds = (
        -4.29 + 1.40 * lead + 4.07 * lead * evidence.covered + 0.46 * evidence.strength + 1.46 * log1p(evidence.held)
    )
    return 1 / (1 + exp(-log_odds))
