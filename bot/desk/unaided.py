"""What stands in for a model where none can be used: no certainty at all, and what the articles are about.

The rules decide as ever, the search answers only what fits very well, the one question offers what was found, and
people take the rest. Knows neither models nor files.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.triage import TOO_LITTLE_SAID
from classifier.language import identify
from classifier.prediction import Prediction
from classifier.text import normalise
from knowledge_base.search import Library

LOOKED_AT = 5


def unaided(library: Library) -> Callable[[str], Prediction]:
    """Predicts `unclear` with confidence 0. Behind it stand the categories of the articles found, best first and with
    probability 0 too: which one it is, the person says."""

    def predict(text: str) -> Prediction:
        found = dict.fromkeys(hit.article.category for hit in library.search(text, limit=LOOKED_AT))
        return Prediction(
            category=TOO_LITTLE_SAID,
            confidence=0.0,
            categories=tuple((category, 0.0) for category in (TOO_LITTLE_SAID, *found)),
            in_scope=0.0,
            tier=None,
            tier_probabilities=(),
            urgency=None,
            language=identify(normalise(text), "")[0],
            terms=(),
            model="",
        )

    return predict
