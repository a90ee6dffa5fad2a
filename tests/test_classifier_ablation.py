"""The ablation table: each variant on the same folds, and its difference to what is shipped."""

from dataclasses import replace

from classifier.ablation import VARIANTS, Variant, ablate, as_table
from classifier.pipeline import DEFAULT
from tests.test_classifier_model import EXAMPLES


def test_each_variant_undoes_one_choice_of_the_shipped_recipe():
    first, *others = VARIANTS.values()

    assert first == DEFAULT
    for recipe in others:
        changed = [name for name in vars(DEFAULT) if getattr(recipe, name) != getattr(DEFAULT, name)]
        assert len(changed) == 1, recipe


def test_variants_are_judged_on_the_same_rows():
    few = {"as shipped": DEFAULT, "words only": replace(DEFAULT, blocks=("words",)),
           "letters only": replace(DEFAULT, blocks=("letters",))}  # fmt: skip
    begun: list[str] = []

    seen = list(ablate(EXAMPLES, folds=2, variants=few, begun=begun.append))

    assert begun == [variant.name for variant in seen] == list(few)
    assert {variant.evaluation.n for variant in seen} == {len(EXAMPLES)}
    assert seen[0].evaluation != seen[1].evaluation


def test_the_table_shows_differences_in_points():
    shipped = next(iter(ablate(EXAMPLES, folds=2, variants={"as shipped": DEFAULT}))).evaluation
    worse = replace(shipped, accuracy=(shipped.accuracy or 0) - 0.05)

    table = as_table([Variant("as shipped", shipped), Variant("worse", worse)])

    assert "| worse | " in table
    assert "(-5.0)" in table.splitlines()[-1]
    assert "(" not in table.splitlines()[2]
