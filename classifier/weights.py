"""What training leaves behind, and how it reads many texts at once: scores and signals, not yet probabilities.

Knows labels only as names of columns. Everything in here is saved as it stands; the desk itself is served by
`scorer.py`, which gives the same scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.scope import signals_of
from classifier.scorer import Floats

if TYPE_CHECKING:  # serving needs the names of the heads, and nothing of what learns them
    from classifier.features import Features
    from classifier.pipeline import Head

HEADS = ("category", "tier", "urgency", "language")


@dataclass(frozen=True, eq=False)
class Reading:
    """Scores of some texts, one row each; `signals` are the columns of `scope.SIGNALS`."""

    category: Floats
    signals: Floats
    tier: Floats | None
    urgency: Floats | None
    language: Floats | None


@dataclass(frozen=True, eq=False)
class Weights:
    """Features, and one head a question: which category, which tier, how urgent, which language."""

    features: Features
    category: Head
    tier: Head | None
    urgency: Head | None
    language: Head | None

    def heads(self) -> Mapping[str, Head]:
        """The heads that there are, in the order of the questions."""
        return {name: head for name in HEADS if (head := getattr(self, name)) is not None}

    def read(self, texts: Sequence[str], foreign: Collection[str]) -> Reading:
        """Score normalised texts; labels in `foreign` mean "not one of ours"."""
        matrix = self.features.matrix(texts)
        scores = self.category.scores(matrix)
        ours = np.array([label not in foreign for label in self.category.labels])
        return Reading(
            category=scores,
            signals=signals_of(scores, ours, self.features.known_shares(texts)),
            tier=self.tier.scores(matrix) if self.tier else None,
            urgency=self.urgency.scores(matrix) if self.urgency else None,
            language=self.language.scores(matrix) if self.language else None,
        )
