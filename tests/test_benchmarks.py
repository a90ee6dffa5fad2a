"""The benchmarks: the smallest possible run of each, and the pieces whose figures must be believed."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from benchmarks.classifier import report
from benchmarks.classifier.__main__ import main
from benchmarks.classifier.baselines import load_baseline, scope_scores
from benchmarks.classifier.choosing import BASELINES, BAYES, FASTTEXT, UNION_SVM, choose
from benchmarks.classifier.data import CLINC_FILE, Missing, Split, held_out, own_examples, read_clinc, some, unread
from benchmarks.classifier.equality import compare, generated
from benchmarks.classifier.judging import Judge
from benchmarks.classifier.running import Plan, Scale, run
from benchmarks.classifier.spoiling import SPOILS, look_alike, mistyped, spoiled
from benchmarks.classifier.systems import OURS, Learned, Ours
from benchmarks.streaming import __main__ as streaming
from classifier import Example, Prediction, train
from classifier.text import fold, words

# Two texts that share more of their words are one message; of so few words ("no sound") anybody may write both.
NEARLY_EQUAL, FEW_WORDS = 0.7, 4
SMALLEST = Scale(folds=2, messages=10, equality_texts=40, fresh_runs=1)
WORDS = {"printing": "printer paper toner", "email": "outlook mailbox inbox", "other": "holiday lunch parking"}
ROWS = [
    Example(f"the {word} {state} {number}", category, tier=tier, language="en", issue=f"{word}-{number % 3}")
    for category, told in WORDS.items()
    for word in told.split()
    for number, (state, tier) in enumerate([("is broken", 1), ("vanished", 2), ("again", 1), ("please", 3)] * 2)
][:60]


def test_the_smallest_run_compares_ours_with_an_other_system_on_everything(tmp_path):
    clinc = tmp_path / CLINC_FILE
    parts = ["train", "oos_train", "val", "oos_val", "test", "oos_test"]
    clinc.write_text("\n".join(json.dumps(_clinc_row(row, part)) for part in parts for row in _rows_of(part)))
    plan = Plan(clinc=tmp_path, systems=(BAYES,), scale=SMALLEST)

    found = run(plan, ROWS)

    assert found["clinc"]["systems"]["ours"]["accuracy"] == 1.0
    assert set(found["own"]["groups"]["English"]) == {"ours", BAYES}
    assert found["own"]["groups"]["Other languages"]["ours"]["n"] == 0
    assert found["held_out"]["groups"]["English"]["ours"]["n"] > 500
    assert found["costs"]["ours"]["ratio_to_ours"] == 1.0
    assert found["costs"][BAYES]["load_ms"] > 0
    assert found["equality"]["largest"] <= 1e-6
    assert set(found["robustness"]["our own"]) == set(SPOILS)
    json.dumps(found)
    assert "| naive Bayes | " in report.markdown({"machine": {}, **found})


def _rows_of(part: str) -> list[Example]:
    return [row for row in ROWS if (row.category == "other") == part.startswith("oos")]


def _clinc_row(row: Example, part: str) -> dict[str, str]:
    return {"text": row.text, "intent": "oos" if row.category == "other" else row.category, "split": part}


def test_what_is_held_out_is_not_among_the_examples():
    learned = {frozenset(words(fold(row.text))) for row in own_examples()}
    by_word = defaultdict(list)
    for told in learned:
        for word in told:
            by_word[word].append(told)
    for row in held_out():
        asked = frozenset(words(fold(row.text)))
        shared = Counter(told for word in asked for told in by_word[word])
        alike = max((count / len(asked | told) for told, count in shared.items()), default=0.0)
        assert alike <= NEARLY_EQUAL or len(asked) < FEW_WORDS, row.text


def test_about_half_of_what_is_held_out_is_unread():
    assert sum(map(unread, held_out())) == pytest.approx(len(held_out()) / 2, rel=0.05)


def test_without_its_file_clinc150_is_left_out_with_one_line_and_the_rest_goes_on(tmp_path, capsys):
    found = run(Plan(clinc=tmp_path, parts=("clinc", "own"), systems=(), scale=SMALLEST), ROWS)

    assert "own" in found
    assert "clinc" not in found
    assert f"CLINC150 is left out: {CLINC_FILE} is not there" in capsys.readouterr().err


def test_a_desk_file_that_is_not_there_ends_the_run_with_one_line(tmp_path, capsys):
    assert main(["--desk", str(tmp_path / "rows.jsonl"), "--quick"]) == 1

    assert capsys.readouterr().err == (
        "rows.jsonl is left out: no such file; give --desk a JSONL file with text and category\n"
    )


def test_the_file_of_clinc150s_authors_is_read_too(tmp_path):
    file = tmp_path / "data_full.json"
    rows = {part: [[f"text of {part}", "oos" if "oos" in part else "a"]] for part in ("train", "val", "test")}
    file.write_text(json.dumps({**rows, **{f"oos_{part}": [["what", "oos"]] for part in rows}}))

    read = read_clinc(file)

    assert [row.category for row in read.train] == ["a", "oos"]
    assert [row.text for row in read.test] == ["text of test", "what"]


def test_a_file_that_is_not_clinc150_is_named(tmp_path):
    file = tmp_path / "rows.json"
    file.write_text('{"train": [["a", "b"]]}')

    with pytest.raises(Missing, match=r"rows\.json cannot be read"):
        read_clinc(file)


def test_a_system_that_is_not_installed_has_a_row_that_says_so():
    figures = {"chosen": "", "accuracy": 0.5, "top3": None}

    text = report.markdown(
        {
            "machine": {},
            "seed": 0,
            "notes": [],
            "desk": {"rows": 2, "systems": {"ours": figures, FASTTEXT: None}},
            "costs": {"ours": {"p50_us": 50.0}, FASTTEXT: None},
        }
    )

    assert "| ours | – | 50.0 | – | – | – |" in text
    assert text.count("| fastText | not installed | – |") == 2


def test_a_saved_system_says_the_same_when_it_is_loaded(tmp_path):
    choice = choose(BASELINES[UNION_SVM], Split(ROWS[::2], ROWS[1::2], "other"), seed=0)
    learned = choice.on(ROWS, seed=0)

    learned.save(tmp_path)

    texts = ["my outlook is broken", ""]
    assert load_baseline(tmp_path).predict_many(texts) == learned.predict_many(texts)
    assert learned.answer(texts[0])[0] == "email"


class AsciiOnly:
    """Right about plain letters, and lost with any others; never sure that a text is foreign."""

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        return [self.answer(text) for text in texts]

    def answer(self, text: str) -> Prediction:
        ranked = (("email", 0.6), ("other", 0.4)) if text.isascii() else (("other", 0.6), ("email", 0.4))
        return Prediction(*ranked[0], ranked, 0.5, None, (), None, "en", (), "m")


def test_points_lost_are_told_as_accuracy_counts_them_and_with_the_gate(tmp_path):
    judge = Judge("other", seed=0, spoil=True)

    judge.hear({OURS: Learned(AsciiOnly(), tmp_path, 0.0)}, [Example("inbox is gone", "email"), Example("a", "other")])

    lost = judge.points_lost()
    assert lost["full-width letters"] == {OURS: 0.0, f"{OURS}, with gate": 100.0}
    assert lost["3 % of letters mistyped"] == {OURS: 0.0, f"{OURS}, with gate": 0.0}


def test_the_columns_of_accuracy_are_what_the_words_above_them_say(tmp_path):
    """The only in-scope row is called foreign, though its best label but that one is right."""
    judge = Judge("other", seed=0, spoil=False)
    judge.hear({OURS: Learned(AsciiOnly(), tmp_path, 0.0)}, [Example("\u00e9", "email"), Example("a", "other")])

    found = {"learned": 1, "judged": 2, "systems": {OURS: {"chosen": "", **judge.figures(OURS)}}}
    text = report.markdown({"machine": {}, "seed": 0, "notes": [], "clinc": found})

    assert "*In scope*: of the rows that are for the desk, those whose best label but the foreign one is" in text
    assert "*with gate*: the same, where calling such a row foreign is a miss" in text
    assert "| in scope | with gate |" in text
    assert "| ours | – | 100.0 | 0.0 |" in text


def test_a_model_that_is_served_otherwise_than_it_was_trained_is_found_out():
    trained, other = train(ROWS), train(ROWS[:-6])

    found = compare(Ours(trained, other), ROWS, "other", texts=40, timed=4, seed=0)

    assert found.largest > 1e-3


def test_every_kind_of_generated_text_occurs_and_the_seed_decides_all():
    first, second = generated(ROWS, random.Random(3)), generated(ROWS, random.Random(3))
    made = list(islice(first, 40))

    assert made == list(islice(second, 40))
    assert any(text.isascii() for text in made)
    assert any(ord(sign) > 0x1F000 for text in made for sign in text)


def test_a_row_is_ours_as_far_as_its_best_label_leads_the_foreign_one():
    raw = np.array([[1.0, 0.5, 0.8], [0.2, 0.1, 0.9]], np.float32)

    ways = scope_scores(raw, ("a", "b", "other"), "other")

    assert ways["ahead of the foreign label"] == pytest.approx([0.2, -0.7])
    assert ways["best score"] == pytest.approx([1.0, 0.2])


def test_about_as_many_letters_are_mistyped_as_asked_and_nothing_else():
    text = "outlook 2021 will not open, error 0 " * 300

    changed = mistyped(0.06)(text, random.Random(1))

    letters = sum(map(str.isalpha, text))
    assert 0.04 * letters < _edits(text, changed) < 0.06 * letters
    assert [sign for sign in changed if sign.isdigit()] == [sign for sign in text if sign.isdigit()]
    assert mistyped(0.0)(text, random.Random(1)) == text


def _edits(before: str, after: str) -> int:
    """A little less than the changes: words that are not as they were, though some have two."""
    return sum(a != b for a, b in zip(before.split(), after.split(), strict=True))


def test_every_way_of_spoiling_is_the_same_in_every_run_and_changes_the_text():
    texts = ["my outlook mailbox will not open since this morning " * 5]

    for how in SPOILS:
        assert spoiled(texts, how, seed=0) == spoiled(texts, how, seed=0), how
        assert spoiled(texts, how, seed=0) != texts, how


def test_look_alike_letters_are_of_other_alphabets_and_as_many_as_before():
    text = "scope access policy"

    seen = look_alike(text, random.Random(2))

    assert len(seen) == len(text)
    assert not seen.isascii()


def _step(capsys, *arguments: object) -> dict[str, float]:
    assert streaming.main(["--step", *map(str, arguments)]) == 0
    told: dict[str, float] = json.loads(capsys.readouterr().out)
    return told


def test_learning_from_a_stream_is_measured_step_by_step_and_told_in_a_table(tmp_path, capsys):
    judged, drawn = tmp_path / "judge.jsonl", tmp_path / "rows.jsonl"
    judged.write_text("".join(map(streaming._line, ROWS)))

    _step(capsys, "resample", judged, drawn, 200)
    cost = _step(capsys, "partial", drawn, tmp_path / "model")
    found = _step(capsys, "judge", tmp_path / "model", judged)

    assert (cost["rows"], found["n"]) == (200, len(ROWS))
    assert found["accuracy"] > 0.8
    assert cost["cpu"] > 0
    run_ = {"how": "partial", "issues": 9, **cost, **found}
    table = streaming._markdown([run_, run_ | {"how": "normal"}], seed=0)
    assert "`python -m benchmarks.streaming`, seed 0." in table
    assert f"| with `--partial` | 200 | {cost['wall']:,.0f} |" in table
    assert f"Judged by {len(ROWS)} examples of 9 known issues" in table


def test_some_rows_are_the_same_few_of_each_category_every_time():
    few = some(ROWS, 2, seed=0)

    assert few == some(ROWS, 2, seed=0)
    assert sorted({row.category for row in few}) == sorted(WORDS)
    assert len(few) == 6
    assert some(ROWS, None, seed=0) == ROWS
