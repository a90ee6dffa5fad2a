"""What the model says about one text: a plain value that every other room may hold.

It imports nothing, so that code which only decides about predictions never pays for the learning library.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prediction:
    """One reading of one text. Probabilities lie between 0 and 1; lists of them are best first.

    `confidence` is the probability of `category`, which is `categories[0]`; `in_scope` is the probability
    that the text is about anything the labels cover. `tier` and `urgency` are None when the examples carried
    none. `terms` are the words of the text that spoke most for `category`, as the person wrote them.
    """

    category: str
    confidence: float
    categories: tuple[tuple[str, float], ...]
    in_scope: float
    tier: int | None
    tier_probabilities: tuple[tuple[int, float], ...]
    urgency: str | None
    language: str
    terms: tuple[str, ...]
    model: str
