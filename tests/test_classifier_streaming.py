"""Training from more rows than fit into memory: the usual kind of model, within bounds, from rows in any order."""

import hashlib
import io
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.models import bundled_examples
from classifier import Example, Model, TooFewExamples, evaluate, load, read_examples, train
from classifier import streaming as streaming_module
from classifier.folds import group_of, grouped_folds
from classifier.scorer import Scorer
from classifier.streaming import train_streaming
from classifier.text import normalise
from classifier.typos import mistyped
from classifier.weights import HEADS

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
FILES = ("network", "other", "outlook", "printing")
# Sorted by category, and by issue within it, as the files are.
ROWS = [row for name in FILES for row in read_examples(bundled_examples() / f"{name}.jsonl")[:200]]
TEXTS = [normalise(row.text) for row in ROWS]


def trained(rows: list[Example], **how: object) -> Model:
    """From a stream, which can be gone through once."""
    return train_streaming(iter(rows), **how)


@pytest.fixture(scope="module")
def model() -> Model:
    return trained(ROWS, now=NOW, passes=2)


def largest_difference(model: Model, texts: list[str]) -> float:
    """Between the scores that are served and those of what was learned, as a part of the largest score."""
    learned = model.pipeline.read(texts, ("other",))
    served = [model.scorer.read(text).heads for text in texts]
    pairs = [(np.array([each[name] for each in served]), getattr(learned, name)) for name in model.pipeline.heads()]
    return max(float(np.abs(seen - expected).max() / max(1.0, np.abs(expected).max())) for seen, expected in pairs)


def test_the_scores_served_are_those_that_were_learned_for_known_grams_and_for_others(model):
    chance = random.Random(5)

    texts = [*TEXTS[::5], *(mistyped(text, chance, 0.1) for text in TEXTS[::5]), "", "qqq zzz", "ok ok"]

    assert largest_difference(model, texts) <= 1e-6


def test_mistyped_words_are_read_as_the_common_ones_that_were_counted(model):
    meant, typed = model.scorer.read("the printer prints nothing"), model.scorer.read("the pritner prints nothing")

    assert "pritner" not in model.scorer.arrays.words
    assert np.array_equal(typed.heads["category"], meant.heads["category"])


def test_the_model_is_like_any_other(model, tmp_path):
    model.save(tmp_path / "model")

    again = load(tmp_path / "model")

    assert again.labels == FILES
    assert replace(again.record, evaluation=None) == model.record
    assert (again.record.rows, again.record.version[:10]) == (dict.fromkeys(FILES, 200), "2026-03-04")
    assert again.predict(ROWS[0].text) == model.predict(ROWS[0].text)
    assert again.explain(ROWS[0].text).examples[0].text == ROWS[0].text
    assert all(getattr(model.calibration, head) not in (0.0, 1.0) for head in HEADS)


def test_the_same_rows_and_seed_give_the_same_model_and_another_seed_another(model):
    again, other = trained(ROWS, now=NOW, passes=2), trained(ROWS, now=NOW, passes=2, seed=1)

    seen = [each.predict_many(TEXTS[::50]) for each in (model, again, other)]
    assert seen[0] == seen[1]
    assert again.version == model.version
    assert seen[0] != seen[2]


def test_sorted_rows_are_learned_as_well_as_shuffled_ones(monkeypatch):
    monkeypatch.setattr(streaming_module, "BLOCKS_AT_ONCE", 16)  # a category fills several batches
    held_back = set(grouped_folds(ROWS, 4, 0)[0])
    rest = [row for position, row in enumerate(ROWS) if position not in held_back]
    judged = [ROWS[position] for position in sorted(held_back)]

    by_order = {"sorted": rest, "backwards": rest[::-1], "shuffled": random.Random(3).sample(rest, len(rest))}

    found = {order: evaluate(trained(rows, passes=4), judged).accuracy for order, rows in by_order.items()}
    assert min(found.values()) > max(found.values()) - 0.08, found


def test_no_batch_of_sorted_rows_is_of_one_kind(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming_module, "BLOCKS_AT_ONCE", 16)
    with (tmp_path / "spool").open("w+b") as file:
        spool = streaming_module._Spool(file)
        rows = [
            streaming_module._Row(f"text {n} \udc80", (str(n // 500), None, None, None), False) for n in range(1_999)
        ]
        for row in rows:
            spool.add(row)

        batches = list(spool.batches((0, 0)))

    assert sorted((row for batch in batches for row in batch), key=lambda row: int(row.text.split()[1])) == rows
    assert all(len({row.labels[0] for row in batch}) >= 3 for batch in batches[:-1])
    assert {len(batch) for batch in batches[:-1]} <= {63, 64}


def test_rows_of_a_rare_category_are_not_drowned():
    few = [row for row in ROWS if row.category != "printing"] + [row for row in ROWS if row.category == "printing"][:20]

    model = trained(few, passes=4)

    judged = [row for row in ROWS if row.category == "printing"][20:]
    assert evaluate(model, judged).accuracy > 0.5


def test_columns_stay_within_the_bound_and_are_those_met_most_often(monkeypatch):
    monkeypatch.setattr(streaming_module, "MOST_COLUMNS", 500)
    monkeypatch.setattr(streaming_module, "MOST_COUNTED", 2_000)

    model = trained(ROWS, passes=1)

    assert 250 < model.scorer.width <= 500
    assert {"in", "my", "no", "the"} <= set(model.scorer.arrays.words)
    assert largest_difference(model, TEXTS[::10]) <= 1e-6


def test_rare_grams_are_forgotten_and_frequent_ones_counted():
    counted = streaming_module._Counted(100)

    for number in range(5_000):
        counted.add({"always", f"once {number}", *(["often"] if number % 3 == 0 else [])})

    assert len(counted.rows) <= 100
    assert (counted.rows["always"], counted.rows["often"]) == (5_000, 1_667)


def test_a_sample_is_fair_and_bounded():
    sample = streaming_module._Reservoir(200, "seed")

    for number in range(10_000):
        sample.add(number)

    assert len(set(sample.kept)) == 200
    assert 4_000 < sum(sample.kept) / 200 < 6_000


def test_a_known_issue_is_wholly_held_back_or_wholly_learned():
    sides = [{group_of(row) for row in ROWS if streaming_module._is_left_out(row, 0) is left} for left in (True, False)]

    assert sides[0]
    assert not sides[0] & sides[1]


def test_words_only_of_rows_left_out_are_unknown_to_the_gate_that_they_teach(model):
    mean_share = model.calibration.gate.mean[2]

    assert 0.5 < mean_share < 0.99


def test_the_issues_that_were_held_back_are_judged_for_the_card(model):
    held_back = [row for row in ROWS if streaming_module._is_left_out(row, 0)]

    assert model.held_back.n == len(held_back)
    assert 0.5 < model.held_back.accuracy < 0.99
    assert model.held_back.tier.n == len(held_back)


def test_the_model_says_that_it_learned_a_part_at_a_time_and_of_which_rows_in_which_order(model):
    told = "".join(f"{json.dumps(asdict(row), sort_keys=True)}\n" for row in ROWS)

    assert model.record.partial
    assert model.record.examples_sha256 == hashlib.sha256(told.encode()).hexdigest()
    assert trained(ROWS[::-1], passes=1).record.examples_sha256 != model.record.examples_sha256


def test_rows_held_back_are_read_once_for_temperatures_and_figures(monkeypatch):
    """The scorer reads the rows to show and no others: figures come from the scores that temperatures came from."""
    read: list[str] = []
    reads = Scorer.words_of  # where all that it does with a text begins
    monkeypatch.setattr(Scorer, "words_of", lambda scorer, text: read.append(text) or reads(scorer, text))

    model = trained(ROWS, passes=1)

    assert model.held_back.n > 100
    assert sorted(read) == sorted(TEXTS)


def test_heads_whose_labels_do_not_differ_are_left_out():
    bare = [Example(row.text, row.category, issue=row.issue) for row in ROWS[::4]]

    assert list(trained(bare).scorer.heads) == ["category"]


def test_a_handful_of_rows_is_enough():
    rows = [
        Example(f"{start}the {text}", category)
        for start in ("", "since monday ")
        for text, category in (("printer is jammed", "printing"), ("vpn does not connect", "network"))
    ]

    assert trained(rows).predict("printer jammed").category == "printing"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "0 examples of 0 category"),
        ([Example("a b", "network")] * 3, "3 examples of 1 category"),
        ([Example("a b", "network")] * 3 + [Example("c d", "printing")], "only one example of printing; give each"),
        ([Example("a b", "other"), Example("c d", "lunch")] * 2, "every example is out of scope"),
    ],
)
def test_too_few_examples_are_refused_with_the_words_of_training_at_once(rows, why):
    with pytest.raises(TooFewExamples, match=why) as refused:
        trained(rows, out_of_scope=("other", "lunch"))
    with pytest.raises(TooFewExamples, match=f"^{refused.value}$"):
        train(rows, out_of_scope=("other", "lunch"))


def test_progress_counts_up_to_a_hundred():
    told: list[tuple[str, int, int]] = []

    trained(ROWS, passes=1, progress=lambda *step: told.append(step))

    assert told[-2] == ("learning", 99, 100)
    assert told[-1] == ("learned", 100, 100)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


# -- from files, and with a disk that is full -------------------------------------------------------------------------


def written(path: Path, rows: Iterator[str]) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


class FullDisk(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def write(self, data: bytes) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("rows", [ROWS[::20], ROWS], ids=["at the last flush", "on the way"])
def test_a_full_disk_is_named_with_the_remedy_whenever_it_is_noticed(monkeypatch, rows):
    monkeypatch.setattr(streaming_module, "TemporaryFile", lambda prefix: io.BufferedRandom(FullDisk()))

    with pytest.raises(OSError, match=r"\(No space left on device\); set TMPDIR to a folder with more room$"):
        trained(rows)


def test_train_partial_makes_a_model_from_an_export_and_tells_what_it_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    lines = ("title,group", *(f'"{row.text.replace(chr(34), "")}",{row.category}' for row in islice(ROWS, 0, None, 4)))
    file = written(tmp_path / "export.csv", iter([*lines, "no group,", ",no title"]))
    how = ["--examples", str(file), "--column", "text=title", "--column", "category=group", "--skip-bad"]

    answered = CliRunner().invoke(app, ["train", "--partial", "--out", str(tmp_path / "model"), *how])
    judged = CliRunner().invoke(app, ["evaluate", "--model", str(tmp_path / "model"), *how])

    assert (answered.exit_code, answered.stdout) == (0, f"{tmp_path / 'model'}\n"), answered.stderr
    assert load(tmp_path / "model").record.rows == dict.fromkeys(FILES, 50)
    assert "--partial" in (tmp_path / "model" / "card.md").read_text("utf-8")
    told = '2 rows were left out, the first: export.csv:202: the category ("group") is empty'
    assert told in answered.stderr
    assert told in judged.stderr


def test_rows_without_an_issue_are_held_back_by_their_text():
    row = replace(ROWS[0], issue=None)

    assert streaming_module._is_left_out(row, 0) == streaming_module._is_left_out(replace(row, text=f" {row.text} "), 0)
