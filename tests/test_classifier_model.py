"""Training, predicting, saving and loading: on a handful of rows, so nothing here says how good a model is."""

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sklearn.naive_bayes import MultinomialNB

from classifier import Example, Model, TooFewExamples, UnusableModel, evaluate, load, train
from classifier.artifact import load_pipeline
from classifier.calibration import fit_temperature, softmax
from classifier.features import MANY_TEXTS
from classifier.folds import grouped_folds, row_folds
from classifier.pipeline import BAYES, DEFAULT, MANY_ROWS, RARE, closeness_of, fit_features, fit_head, least_of
from classifier.scope import FOREIGN_SHARE, fit_gate

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ROWS = {
    "printing": [
        "the printer prints blank pages",
        "printer on floor two is jammed again",
        "no toner left in our printer",
        "my print jobs stay in the queue",
        "scanner sends nothing to my folder",
        "printing shows 0x0000011b",
    ],
    "network": [
        "wifi drops every few minutes",
        "vpn does not connect from home",
        "no internet at my desk",
        "the vpn asks for a code and then hangs",
        "network drive cannot be reached",
        "wifi password is refused",
    ],
    "security": [
        "i typed my password into a strange page",
        "somebody stole my laptop on the train",
        "this mail looks like phishing",
        "my account was hacked last night",
        "i opened an attachment and files got locked",
        "phishing message from the boss",
    ],
    "other": [
        "what is for lunch today",
        "can you book a room for friday",
        "my holiday balance is wrong",
        "the coffee machine is empty",
        "tell me a joke please",
        "who won the game on sunday",
    ],
}
TIERS = {"printing": (1, "normal"), "network": (2, "high"), "security": (3, "critical"), "other": (1, "low")}
EXAMPLES = [
    Example(text, category, *TIERS[category], language="en", issue=f"{category}-{number // 2}")
    for category, texts in ROWS.items()
    for number, text in enumerate(texts)
]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(EXAMPLES, now=NOW)


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model", evaluation=evaluate(model, EXAMPLES))
    return tmp_path / "model"


def rewrite(card: Path, **changes: object) -> None:
    card.write_text(json.dumps(json.loads(card.read_text()) | changes))


def test_a_prediction_names_category_tier_urgency_language_and_words(model):
    seen = model.predict("the <@U1> Printer prints blank pages again")

    assert (seen.category, seen.tier, seen.urgency, seen.language) == ("printing", 1, "normal", "en")
    assert seen.categories[0] == (seen.category, seen.confidence)
    assert [p for _, p in seen.categories] == sorted((p for _, p in seen.categories), reverse=True)
    assert sum(probability for _, probability in seen.tier_probabilities) == pytest.approx(1, abs=1e-5)
    assert "Printer" in " ".join(seen.terms)
    assert seen.model == model.version


def test_words_of_no_category_lower_the_chance_that_a_text_is_in_scope(model):
    ours = model.predict("wifi drops and the vpn does not connect")
    foreign = model.predict("what is for lunch on friday")

    assert ours.in_scope > foreign.in_scope
    assert foreign.category == "other"
    assert foreign.confidence == pytest.approx(1 - foreign.in_scope, abs=1e-6)


@pytest.mark.parametrize(("in_scope", "named"), [(0.49, {"other"}), (0.51, {"printing", "network", "security"})])
def test_a_foreign_label_is_named_only_when_foreign_is_more_likely(model, in_scope, named):
    """Even where no other label alone reaches what is left for the foreign one."""
    bias = float(np.log(in_scope / (1 - in_scope)))
    gate = replace(model.calibration.gate, weights=np.zeros(3, np.float32), bias=bias)
    unsure = replace(model, calibration=replace(model.calibration, gate=gate, category=5.0))

    seen = unsure.predict_many([row.text for row in EXAMPLES])

    assert {one.category for one in seen} <= named
    assert {label for one in seen for label, share in one.categories if share > 0} >= named
    assert max(one.confidence for one in seen) < 0.52


def test_many_texts_at_once_are_read_as_one_by_one(model):
    texts = [row.text for row in EXAMPLES[::3]] + ["", "\U0001f621", "x" * 50_000]

    at_once = model.predict_many(texts)

    for text, seen in zip(texts, at_once, strict=True):
        alone = model.predict(text)
        assert replace(alone, categories=(), tier_probabilities=(), confidence=0, in_scope=0) == replace(
            seen, categories=(), tier_probabilities=(), confidence=0, in_scope=0
        )
        assert (alone.confidence, alone.in_scope) == pytest.approx((seen.confidence, seen.in_scope), abs=1e-5)


def test_pairs_of_words_apart_must_be_in_one_text_more_than_neighbours_once_there_are_many_texts():
    few, many = least_of(MANY_TEXTS), least_of(MANY_TEXTS + 1)

    needed = {
        gram: (few.of(block, gram), many.of(block, gram), many.raised(3).of(block, gram))
        for block, gram in (("words", "vpn"), ("words", "the vpn"), ("words", "slow~vpn"), ("letters", "vp"))
    }
    assert needed == {"vpn": (1, 1, 3), "the vpn": (1, 2, 3), "slow~vpn": (1, 3, 3), "vp": (1, 2, 3)}


def test_naive_bayes_ranks_labels_where_it_alone_is_asked():
    texts, labels = [row.text for row in EXAMPLES], [row.category for row in EXAMPLES]
    matrix = fit_features(texts).matrix(texts)
    head = fit_head(matrix, labels, seed=0, recipe=replace(DEFAULT, bayes=1.0))
    expected = MultinomialNB(alpha=RARE, fit_prior=False).fit(matrix, labels).predict_joint_log_proba(matrix)
    assert (head.scores(matrix).argsort(axis=1) == expected.argsort(axis=1)).all()


@pytest.mark.parametrize("copies", [1, 2 * MANY_ROWS // 6])
def test_naive_bayes_has_less_to_say_the_more_rows_there_are(copies):
    texts, labels = [row.text for row in EXAMPLES], [row.category for row in EXAMPLES]
    matrix = fit_features(texts).matrix(texts * copies)
    machine, both = (fit_head(matrix, labels * copies, seed=0, recipe=replace(DEFAULT, bayes=b)) for b in (0.0, BAYES))
    share = 1 - both.bias / machine.bias  # naive Bayes has no bias
    assert share == pytest.approx(np.full(len(share), BAYES if copies == 1 else BAYES / 2), abs=0.002)


def test_the_two_kinds_of_machine_are_heard_equally_far():
    texts, labels = [row.text for row in EXAMPLES], [row.category for row in EXAMPLES]
    matrix = fit_features(texts).matrix(texts)
    alone = [fit_head(matrix, labels, seed=0, recipe=replace(DEFAULT, bayes=share)) for share in (0.0, 1.0)]
    spreads = [head.scores(matrix).std() for head in alone]
    assert spreads[0] == pytest.approx(spreads[1], rel=1e-5)


@pytest.mark.parametrize("issues", [True, False])
def test_temperatures_come_from_rows_held_back_by_themselves_where_there_are_known_issues(issues):
    rows = [replace(row, issue=row.issue if issues else None) for row in EXAMPLES]
    told = []
    model = train(rows, progress=lambda what, done, of: told.append((what, of)))
    assert (model.reworded.n if model.reworded else 0) == (len(rows) if issues else 0)
    assert told[-1][1] == 1 + (len(grouped_folds(rows, 5, 0)) + len(row_folds(rows, 5, 0)) if issues else 5)


@pytest.mark.parametrize(
    ("rows", "times"), [([500, 500], 1), ([2_000, 2_000, 20], 1), ([250] * 3, 2), ([100], 5), ([3], 5)]
)
def test_rows_are_followed_more_closely_where_labels_have_few_of_them(rows, times):
    assert closeness_of(rows) == pytest.approx(times * DEFAULT.closeness)


def test_a_text_too_short_to_tell_its_language_is_given_none(model):
    assert model.predict("VPN").language == ""


def test_the_same_examples_in_another_order_give_the_same_model(model):
    again = train(EXAMPLES[::-1], now=NOW)

    assert again.record == model.record
    assert again.predict("the printer is jammed") == model.predict("the printer is jammed")


def test_the_version_is_the_day_and_a_hash_of_the_data(model):
    fewer = train(EXAMPLES[1:], now=NOW)

    assert model.version == f"2026-03-04-{model.record.examples_sha256[:8]}"
    assert fewer.version.startswith("2026-03-04-")
    assert fewer.version != model.version
    assert model.record.rows == {"network": 6, "other": 6, "printing": 6, "security": 6}


def test_any_labels_will_do_without_tier_urgency_or_foreign_rows():
    rows = [Example(text, f"L-{category}") for category in ("printing", "network") for text in ROWS[category]]
    progress: list[tuple[int, int]] = []

    model = train(rows, progress=lambda what, done, total: progress.append((done, total)))
    seen = model.predict("printer jammed again")

    assert (seen.category, seen.tier, seen.urgency, seen.tier_probabilities) == ("L-printing", None, None, ())
    assert 0 <= seen.in_scope <= 1
    assert sum(probability for _, probability in seen.categories) == pytest.approx(1, abs=1e-5)
    assert progress == [(step, 6) for step in range(1, 7)]


def test_two_rows_of_two_categories_are_enough():
    rows = [Example("printer jammed", "a"), Example("toner gone", "a"), Example("vpn", "b"), Example("wifi", "b")]
    one_issue_each = [replace(row, issue="same") for row in rows]

    assert train(rows).predict("the printer jammed").category == "a"
    assert train(one_issue_each).predict("wifi").category == "b"


def test_the_gate_assumes_one_message_in_ten_foreign_however_many_examples_are():
    """Signals that say nothing leave the assumed share; half of the rows here are foreign."""
    signals = np.zeros((40, 3), np.float32)

    gate = fit_gate(signals, np.arange(40) % 2 == 0)

    assert gate.probability(signals[0].tolist()) == pytest.approx(1 - FOREIGN_SHARE, abs=0.01)


@pytest.mark.parametrize("of_known_kinds", [True, False])
def test_foreign_rows_of_no_known_kind_weigh_no_more_by_their_likeness_than_by_their_strangeness(of_known_kinds):
    chance = np.random.default_rng(0)
    inside = np.arange(400) % 2 == 0
    signals = chance.normal(size=(400, 3)).astype(np.float32)
    signals[:, 0] += inside  # a weak sign of ours, and a strong one of the foreign
    signals[:, 1] -= 4 * inside

    margin, foreign, _ = fit_gate(signals, inside, of_known_kinds=of_known_kinds).slopes

    assert (-foreign > margin) if of_known_kinds else (-foreign == pytest.approx(margin))
    assert margin > 0


def test_without_foreign_rows_the_gate_ranks_by_margin():
    signals = np.column_stack([np.linspace(-1, 1, 101), np.zeros(101), np.zeros(101)]).astype(np.float32)

    gate = fit_gate(signals, np.ones(101, bool))
    chances = np.array([gate.probability(row) for row in signals.tolist()])

    assert (chances[5], chances[50]) == pytest.approx((0.5, 0.95), abs=1e-4)
    assert (np.diff(chances) > 0).all()


@pytest.mark.parametrize(
    ("rows", "remedy"),
    [
        ([], "0 examples of 0 category; give examples of at least two categories"),
        ([Example("x", "a"), Example("y", "a")], "2 examples of 1 category; give examples of at least two categories"),
        (
            [Example("x", "a"), Example("y", "a"), Example("z", "b")],
            "only one example of b; give each category at least two, or leave it out",
        ),
        (
            [Example("x", "other"), Example("y", "other"), Example("z", "spam"), Example("v", "spam")],
            "every example is out of scope; give examples of a category that is not",
        ),
    ],
)
def test_too_few_examples_are_refused_with_what_to_add(rows, remedy):
    with pytest.raises(TooFewExamples, match=f"^{remedy}$"):
        train(rows, out_of_scope=("other", "spam"))


def test_one_temperature_makes_overconfident_scores_as_sure_as_they_are_right():
    """Scores that say 99.9 % where 7 of 10 are right."""
    scores = np.tile(np.array([[7.0, 0.0]], np.float32), (10, 1))
    truth = np.array([0] * 7 + [1] * 3)

    sure = softmax(scores, fit_temperature(scores, truth))[0, 0]

    assert softmax(scores, 1.0)[0, 0] > 0.999
    assert sure == pytest.approx(0.7, abs=0.001)


def test_the_card_tells_known_issues_in_other_words_apart_from_issues_never_met(model, tmp_path):
    model.save(tmp_path / "m")
    page = (tmp_path / "m" / "card.md").read_text("utf-8")
    assert "Measured on held-out known issues" in page
    assert f"Of {len(EXAMPLES)} rows that were held back by themselves" in page


def test_a_saved_model_predicts_as_before_and_its_card_can_be_read(model, saved):
    card = json.loads((saved / "card.json").read_text())
    loaded = load(saved)

    assert loaded.predict("the vpn is slow") == model.predict("the vpn is slow")
    assert (loaded.version, loaded.labels) == (model.version, ("network", "other", "printing", "security"))
    assert set(card["made_with"]) == {"python", "scikit-learn", "numpy", "joblib"}
    assert (card["version"], card["trained_at"], card["seed"]) == (model.version, "2026-03-04T09:30:00+00:00", 0)
    assert card["evaluation"]["n"] == len(EXAMPLES)
    assert all(0 <= probe["probability"] <= 1 for probe in card["probes"])
    assert sorted(path.name for path in saved.parent.iterdir()) == ["model"]


@pytest.mark.parametrize("name", ["card.json", "arrays/weights.npy", "arrays/words.txt", "arrays/examples.jsonl"])
def test_a_model_with_a_missing_file_is_refused(saved, name):
    (saved / name).unlink()

    with pytest.raises(UnusableModel, match=f"model has no {name}; run `triage train`$"):
        load(saved)


@pytest.mark.parametrize("library", ["python", "scikit-learn", "numpy", "joblib"])
def test_a_pipeline_of_other_versions_is_refused_before_its_weights_are_opened(saved, library):
    card = json.loads((saved / "card.json").read_text())
    rewrite(saved / "card.json", made_with=card["made_with"] | {library: "0.0.1"})
    (saved / "weights.joblib").unlink()

    with pytest.raises(
        UnusableModel, match=rf"was trained with {library} 0\.0\.1, and this is .*; run `triage train`$"
    ):
        load_pipeline(saved)


class Trap:
    """Unpickling it makes a folder: what a tampered file could do."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def test_weights_that_the_card_does_not_describe_are_never_unpickled(saved, tmp_path):
    trap = tmp_path / "sprung"
    (saved / "weights.joblib").write_bytes(pickle.dumps(Trap(str(trap))))

    with pytest.raises(UnusableModel, match=r"a file weights\.joblib that is not the one its card describes"):
        load_pipeline(saved)
    load(saved)  # what serves is vouched for by itself, and opens no pickle
    assert not trap.exists()


@pytest.mark.parametrize("name", ["weights.npy", "settings.json", "nearest_values.npy"])
def test_arrays_that_the_card_does_not_describe_are_refused(saved, name):
    with (saved / "arrays" / name).open("ab") as file:
        file.write(b" ")

    with pytest.raises(UnusableModel, match=rf"a file arrays/{name} that is not the one its card describes"):
        load(saved)


def test_arrays_that_the_card_does_not_name_are_refused(saved):
    card = json.loads((saved / "card.json").read_text())
    del card["files"]["arrays/bias.npy"]
    rewrite(saved / "card.json", files=card["files"])

    with pytest.raises(UnusableModel, match=r"a file arrays/bias\.npy that is not the one its card describes"):
        load(saved)


def test_the_pipeline_is_kept_as_it_was_trained(model, saved):
    texts = ["the vpn is slow", "printer again"]

    before, after = model.pipeline.read(texts, ("other",)), load_pipeline(saved).read(texts, ("other",))

    assert np.array_equal(before.category, after.category)


def test_a_card_that_cannot_be_read_is_refused(saved):
    (saved / "card.json").write_text('{"format": 1}')
    with pytest.raises(UnusableModel, match=r"has a card\.json that cannot be read .*; run `triage train`$"):
        load(saved)

    (saved / "card.json").write_text("not json")
    with pytest.raises(UnusableModel, match=r"has a card\.json that cannot be read"):
        load(saved)


def test_a_refused_model_keeps_where_it_is_and_why(saved):
    (saved / "arrays" / "bias.npy").unlink()

    with pytest.raises(UnusableModel) as refused:
        load(saved)

    assert (refused.value.where, refused.value.why) == (saved, "has no arrays/bias.npy")
    assert str(refused.value) == f"{saved} has no arrays/bias.npy; run `triage train`"


def test_a_card_that_does_not_say_how_it_was_learned_is_of_a_model_that_learned_all_at_once(model, saved):
    card = json.loads((saved / "card.json").read_text())
    del card["partial"]
    (saved / "card.json").write_text(json.dumps(card))

    assert load(saved).record.partial is False


def test_a_model_that_answers_its_probes_otherwise_is_refused(saved):
    card = json.loads((saved / "card.json").read_text())
    card["probes"][0]["probability"] += 0.01
    rewrite(saved / "card.json", probes=card["probes"])

    with pytest.raises(UnusableModel, match="no longer answers its own probe texts"):
        load(saved)


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_model_is_replaced_whole_and_a_failed_save_leaves_the_old_one(model, saved, monkeypatch, step):
    newer = replace(model, record=replace(model.record, version="newer"))
    works = getattr(os, step)

    def fails(source: object, *target: object) -> None:
        if step == "rename" and (Path(str(target[0])) != saved or str(source).endswith(".old")):
            return works(source, *target)  # the old model steps aside, and comes back
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, step, fails)
        with pytest.raises(OSError, match=r"model cannot take the model \(No space left on device\); make room there"):
            newer.save(saved)
    kept = load(saved).version
    newer.save(saved)

    assert kept == model.version
    assert load(saved).version == "newer"
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_a_folder_with_anything_else_in_it_is_left_alone(model, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(FileExistsError, match="holds something other than a model; choose a new or empty folder"):
        model.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_package_and_what_only_decides_load_no_learning_library():
    code = (
        "import sys, classifier\n"
        "light = {'numpy', 'sklearn', 'joblib'} & set(sys.modules)\n"
        "classifier.Prediction, classifier.read_examples, classifier.normalise\n"
        "middling = {'numpy', 'sklearn', 'joblib'} & set(sys.modules)\n"
        "classifier.load, classifier.train, classifier.evaluate, classifier.identify\n"
        "print(light, middling, {'sklearn', 'joblib'} & set(sys.modules))\n"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.split("\n")[0] == "set() set() set()"
