"""What the model says about one text: plain values that every other room may hold.

It imports nothing, so that code which only decides about predictions never pays for the learning library.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Prediction:
    """One reading of one text. Probabilities lie between 0 and 1; lists of them are best first.

    `confidence` is the probability of `category`, which is `categories[0]`; `in_scope` is the probability
    that the text is about anything the labels cover. `tier` and `urgency` are None when the examples carried
    none; `language` is empty where the text does not tell it. `terms` are the words of the text that spoke most for
    `category`, as the person wrote them.
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


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example that resembles a text; `likeness` lies between 0 (nothing in common) and 1 (the same words)."""

    text: str
    category: str
    issue: str | None = None
    likeness: float = 0.0

    def at(self, likeness: float) -> Neighbour:
        return replace(self, likeness=likeness)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text was given its category: the words that raised the category's score most, each with what it added
    (in units of the score, where 1 is the width of the margin), and the examples most like it."""

    category: str
    terms: tuple[tuple[str, float], ...]
    examples: tuple[Neighbour, ...]
