"""How good a model is on rows it has not seen: `evaluate` and `cross_validate`. The arithmetic is `measuring.py`'s."""

from collections.abc import Sequence

from classifier.examples import Example
from classifier.folds import grouped_folds
from classifier.measuring import Evaluation, measure
from classifier.model import Model
from classifier.pipeline import DEFAULT, Recipe
from classifier.prediction import Prediction
from classifier.training import Progress, learn


def evaluate(model: Model, examples: Sequence[Example], out_of_scope: str = "other") -> Evaluation:
    """The model's figures on these rows; raises ValueError when there are none."""
    return measure(
        model.predict_many([example.text for example in examples]),
        examples,
        out_of_scope,
        model.record.out_of_scope,
    )


def cross_validate(
    examples: Sequence[Example],
    folds: int = 5,
    seed: int = 0,
    *,
    out_of_scope: str = "other",
    progress: Progress | None = None,
    recipe: Recipe = DEFAULT,
) -> Evaluation:
    """The figures of models trained on the other folds, pooled; one known issue never sits on both sides."""
    parts = grouped_folds(examples, folds, seed)
    seen = held_back(examples, parts, seed, out_of_scope=out_of_scope, progress=progress, recipe=recipe)
    return measure(seen, examples, out_of_scope, (out_of_scope,))


def held_back(
    examples: Sequence[Example],
    parts: Sequence[Sequence[int]],
    seed: int = 0,
    *,
    out_of_scope: str = "other",
    progress: Progress | None = None,
    recipe: Recipe = DEFAULT,
) -> list[Prediction]:
    """What models that were trained without a part say about its rows, in the order of the examples. `parts` hold
    every position once."""
    predictions: dict[int, Prediction] = {}
    told = [part for part in parts if part]
    for number, part in enumerate(told, start=1):
        left_out = set(part)
        rest = [example for position, example in enumerate(examples) if position not in left_out]
        model = learn(rest, seed=seed, out_of_scope=(out_of_scope,), recipe=recipe)
        predictions.update(zip(part, model.predict_many([examples[position].text for position in part]), strict=True))
        if progress:
            progress("folds judged", number, len(told))
    return [predictions[position] for position in range(len(examples))]
