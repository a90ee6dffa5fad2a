"""What each choice of the recipe is worth: the same folds, one choice undone at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.evaluation import cross_validate
from classifier.examples import Example
from classifier.measuring import Evaluation
from classifier.pipeline import DEFAULT, Recipe

VARIANTS = {
    "as shipped": DEFAULT,
    "words only": replace(DEFAULT, blocks=("words",)),
    "letters only": replace(DEFAULT, blocks=("letters",)),
    "without concepts": replace(DEFAULT, blocks=("words", "letters")),
    "without letters": replace(DEFAULT, blocks=("words", "concepts")),
    "pairs and letters of single rows too": replace(DEFAULT, least_rows=1),
    "without mistyped copies": replace(DEFAULT, typos=False),
    "without naive Bayes": replace(DEFAULT, bayes=0.0),
    "without class weights": replace(DEFAULT, balanced=False),
    "closeness 1 (the library's)": replace(DEFAULT, closeness=1.0),
    "closeness 0.05": replace(DEFAULT, closeness=0.05),
    "tolerance 1e-4": replace(DEFAULT, tolerance=1e-4),
}


@dataclass(frozen=True)
class Variant:
    """One row of the table."""

    name: str
    evaluation: Evaluation


def ablate(
    examples: Sequence[Example],
    folds: int = 3,
    seed: int = 0,
    *,
    out_of_scope: str = "other",
    variants: dict[str, Recipe] | None = None,
    begun: Callable[[str], None] | None = None,
) -> Iterator[Variant]:
    """One variant after the other, each by cross-validation with known issues held back."""
    for name, recipe in (variants or VARIANTS).items():
        if begun:
            begun(name)
        yield Variant(name, cross_validate(examples, folds, seed, out_of_scope=out_of_scope, recipe=recipe))


def as_table(variants: Sequence[Variant]) -> str:
    """A Markdown table; the differences are to the first row, in points."""
    lines = ["| variant | accuracy | macro F1 | out-of-scope AUROC | ECE |", "|---|---|---|---|---|"]
    first = variants[0].evaluation
    for variant in variants:
        seen = variant.evaluation
        figures = (
            _with_difference(seen.accuracy, first.accuracy, variant is variants[0]),
            _with_difference(seen.macro_f1, first.macro_f1, variant is variants[0]),
            _with_difference(seen.oos.auroc, first.oos.auroc, variant is variants[0]),
            _with_difference(seen.ece, first.ece, variant is variants[0]),
        )
        lines.append(f"| {variant.name} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _with_difference(value: float | None, base: float | None, is_first: bool) -> str:
    if value is None:
        return "-"
    told = f"{100 * value:.1f}"
    return told if is_first or base is None else f"{told} ({100 * (value - base):+.1f})"
