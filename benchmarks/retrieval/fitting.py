"""Fits the chance that a hit is right, and says how well it keeps its word. Changes no file.

The hits are those of honest questions: ours, of which no article's text was made; a fifth of the labelled messages,
held back from the library they are asked of; and the same questions with their article taken out, or messages that are
not for the desk, where every hit is wrong.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from benchmarks.retrieval.data import Asking, own_articles, own_messages, own_questions
from knowledge_base.articles import Article
from knowledge_base.asked import Asked
from knowledge_base.chance import Evidence, features
from knowledge_base.search import Library

KEPT = 0.8  # the share of messages that the library learns from
EACH = 6  # messages that are asked about each article
FOREIGN = 600
WEIGHT_OF_QUESTIONS = 3.0


@dataclass(frozen=True)
class Row:
    """The evidence for one hit of a query, whether it is right, and what it counts."""

    evidence: Evidence
    first: bool
    right: bool
    weight: float
    group: str


def fit(seed: int) -> str:
    """The weights, and what they are worth on questions about articles that they were not fitted on."""
    rows = list(_rows(seed))
    figures = np.array([features(row.evidence) for row in rows])
    right = np.array([row.right for row in rows])
    weights = np.array([row.weight for row in rows])
    groups = [row.group for row in rows]
    model = LogisticRegression(C=10.0, max_iter=1000)
    counted = {"sample_weight": weights}
    folds = {"groups": groups, "cv": GroupKFold(5), "method": "predict_proba"}
    chances = cross_val_predict(model, figures, right, params=counted, **folds)[:, 1]
    model.fit(figures, right, **counted)
    told = ", ".join(f"{weight:.2f}" for weight in (model.intercept_[0], *model.coef_[0]))
    first = np.array([row.first for row in rows])
    lines = [f"{first.sum()} queries, {right[first].mean():.0%} of first hits right", f"WEIGHTS = ({told})"]
    return "\n".join([*lines, *_table(chances[first], right[first], weights[first])])


def _table(
    chances: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64]
) -> Iterator[str]:
    bins = np.minimum((chances * 10).astype(int), 9)
    error = sum(
        weights[bins == each].sum()
        * abs(
            np.average(right[bins == each], weights=weights[bins == each])
            - np.average(chances[bins == each], weights=weights[bins == each])
        )
        for each in set(bins.tolist())
    )
    yield f"calibration error {100 * error / weights.sum():.1f} points"
    for bar in (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        above = chances >= bar
        if above.any():
            precision = np.average(right[above], weights=weights[above])
            yield f"at {bar:.2f}: {precision:.1%} right of {weights[above].sum() / weights.sum():.1%} of the queries"


def _rows(seed: int) -> Iterator[Row]:
    articles, messages = own_articles(), own_messages()
    kept, held = _split(messages, seed)
    library = Library(articles, messages)
    yield from _hits(library, own_questions(), WEIGHT_OF_QUESTIONS)
    partial = Library(articles, kept)
    yield from _hits(partial, held, 1.0)
    yield from _hits(partial, _foreign(seed), 1.0)
    for half in (0, 1):
        missing, asked = _without(half, articles, own_questions())
        yield from _hits(Library(missing, kept), asked, WEIGHT_OF_QUESTIONS / 3)


def _hits(library: Library, askings: Sequence[Asking], weight: float) -> Iterator[Row]:
    for asking in askings:
        group = min(asking.right, default=asking.query)
        for place, (article, evidence) in enumerate(library.weigh(asking.query)):
            yield Row(evidence, place == 0, article in asking.right, weight, group)


def _split(messages: Asked, seed: int) -> tuple[dict[str, dict[str, list[str]]], list[Asking]]:
    """What the library may know, and English messages to ask it."""
    chance = random.Random(seed)
    kept: dict[str, dict[str, list[str]]] = {}
    held: list[Asking] = []
    for article, by_language in messages.items():
        for language, texts in by_language.items():
            mixed = chance.sample(list(texts), len(texts))
            cut = int(KEPT * len(mixed)) + 1
            kept.setdefault(article, {})[language] = mixed[:cut]
            if language == "en":
                held += [Asking(text, frozenset([article])) for text in mixed[cut:][:EACH]]
    return kept, held


def _without(half: int, articles: Sequence[Article], asked: Sequence[Asking]) -> tuple[list[Article], list[Asking]]:
    """Half of the articles taken out, and the questions about them, to which nothing that is left is the answer."""
    out = {each for number, each in enumerate(sorted({article.id for article in articles})) if number % 8 == half * 4}
    return [each for each in articles if each.id not in out], [each for each in asked if each.right <= out]


def _foreign(seed: int) -> list[Asking]:
    """Messages that are not for the desk: no article is right."""
    with as_file(files("classifier").joinpath("data/examples/other.jsonl")) as file:
        texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    return [Asking(text, frozenset()) for text in random.Random(seed).sample(texts, min(FOREIGN, len(texts)))]
