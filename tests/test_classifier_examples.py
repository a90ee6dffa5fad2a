"""Labelled examples: what is accepted, and how each kind of bad row is named."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import BadExamples, Example, read_examples
from classifier.examples import stream_examples
from classifier.folds import group_of, grouped_folds


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def row(text: str, category: str = "printing", **rest: object) -> str:
    return json.dumps({"text": text, "category": category, **rest})


def test_a_full_row_and_a_bare_row_are_read(tmp_path):
    full = row("paper jam", tier=2, urgency="high", language="en", issue="jam", source="desk", date="2026-01-02", id=7)
    file = write(tmp_path / "rows.jsonl", full, "", row("no toner"))

    assert read_examples(file) == [
        Example("paper jam", "printing", 2, "high", "en", "jam", "desk", "2026-01-02"),
        Example("no toner", "printing"),
    ]


def test_a_folder_is_read_file_by_file_in_order_of_name(tmp_path):
    write(tmp_path / "b.jsonl", row("second"))
    write(tmp_path / "a.jsonl", row("first"))
    write(tmp_path / "notes.txt", "not examples")

    assert [example.text for example in read_examples(tmp_path)] == ["first", "second"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{broken", "rows.jsonl:2: not JSON at column 2"),
        ("[1]", "rows.jsonl:2: a row must be an object"),
        ("[" * 9999, "rows.jsonl:2: JSON too deep"),
        ('{"category": "printing"}', 'rows.jsonl:2: no "text"'),
        ('{"text": "x", "categorie": "y"}', 'no "category" (did you mean "category" by "categorie"?)'),
        ('{"text": "  ", "category": "y"}', '"text" must be words in quotes'),
        ('{"text": "x", "category": 3}', '"category" must be words in quotes, not 3'),
        ('{"text": "x", "category": "y", "tier": "two"}', '"tier" must be a whole number such as 1, 2 or 3, not "two"'),
        ('{"text": "x", "category": "y", "tier": true}', '"tier" must be a whole number such as 1, 2 or 3, not true'),
        ('{"text": "x", "category": "y", "urgency": 1}', '"urgency" must be words in quotes, not 1'),
    ],
)
def test_a_bad_row_is_named_with_file_line_and_remedy(tmp_path, line, problem):
    file = write(tmp_path / "rows.jsonl", row("fine"), line)

    with pytest.raises(BadExamples) as refused:
        read_examples(file)

    assert problem in str(refused.value)
    assert len(refused.value.problems) == 1


def test_a_line_that_is_not_utf8_is_named(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(row("fine").encode() + b'\n{"text": "caf\xe9", "category": "x"}\n')

    with pytest.raises(BadExamples, match=r"rows\.jsonl:2: byte 14 is not UTF-8; save the file as UTF-8"):
        read_examples(file)


def test_bad_rows_are_skipped_only_when_told_and_each_is_said(tmp_path):
    file = write(tmp_path / "rows.jsonl", row("fine"), "{broken", row("also fine"), "[]")
    said: list[str] = []

    kept = read_examples(file, skip_bad=True, on_skip=said.append)

    assert [example.text for example in kept] == ["fine", "also fine"]
    assert [problem.split(": ")[0] for problem in said] == ["rows.jsonl:2", "rows.jsonl:4"]


def test_twenty_problems_are_shown_and_the_rest_counted(tmp_path):
    file = write(tmp_path / "rows.jsonl", *["{broken"] * 25)

    with pytest.raises(BadExamples) as refused:
        read_examples(file)

    shown = str(refused.value).splitlines()
    assert (len(shown), shown[-1]) == (21, "and 5 more")
    assert len(refused.value.problems) == 25


@pytest.mark.parametrize("read", [read_examples, lambda file, **how: list(stream_examples(file, **how))])
def test_that_there_are_no_examples_is_said_first_however_many_rows_are_bad(tmp_path, read):
    file = write(tmp_path / "rows.jsonl", *["{broken"] * 25)

    with pytest.raises(BadExamples) as refused:
        read(file, skip_bad=True)

    said = str(refused.value).splitlines()
    assert (
        said[0] == f'{file}: no examples; add rows such as {{"text": "outlook will not open", "category": "outlook"}}'
    )
    assert said[1].startswith("rows.jsonl:1: not JSON")


def test_bad_rows_stop_the_stream_at_the_twentieth(tmp_path):
    file = write(tmp_path / "rows.jsonl", row("fine"), *["{broken"] * 30, row("also fine"))

    with pytest.raises(BadExamples) as refused:
        list(stream_examples(file))

    assert len(refused.value.problems) == 20
    assert refused.value.problems[0].startswith("rows.jsonl:2: not JSON")


def test_a_stream_tells_each_row_that_it_leaves_out_when_it_comes_to_it(tmp_path):
    file = write(tmp_path / "rows.jsonl", row("fine"), *["{broken"] * 30, row("also fine"), "[]")
    said: list[str] = []
    stream = stream_examples(file, skip_bad=True, on_skip=said.append)

    seen = [(example.text, len(said)) for example in stream]

    assert seen == [("fine", 0), ("also fine", 30)]
    assert len(said) == 31
    assert said[-1].startswith("rows.jsonl:33: a row must be an object")


def test_a_label_outside_the_given_set_gets_a_suggestion(tmp_path):
    file = write(tmp_path / "rows.jsonl", row("x", "outlok"), row("y", "garden"))

    with pytest.raises(BadExamples) as refused:
        read_examples(file, labels={"outlook", "printing"})

    assert refused.value.problems == (
        'rows.jsonl:1: unknown category "outlok" (did you mean "outlook"?)',
        'rows.jsonl:2: unknown category "garden"; use one of outlook, printing',
    )
    assert len(read_examples(file)) == 2


def test_the_same_text_twice_in_a_folder_names_both_places(tmp_path):
    write(tmp_path / "a.jsonl", row("Paper jam!"))
    write(tmp_path / "b.jsonl", row("no toner"), row("paper  JAM!", "devices"))

    with pytest.raises(BadExamples, match=r"^b\.jsonl:2: the same text as a\.jsonl:1; remove one of the two$"):
        read_examples(tmp_path)


def test_an_export_in_one_file_may_repeat_itself(tmp_path):
    file = write(tmp_path / "export.jsonl", row("paper jam"), row("paper jam"))

    assert len(read_examples(file)) == 2


def test_a_missing_path_an_empty_folder_and_an_empty_file_are_each_said(tmp_path):
    empty = write(tmp_path / "rows.jsonl")
    (tmp_path / "folder").mkdir()

    with pytest.raises(BadExamples, match="no such file or folder"):
        read_examples(tmp_path / "nowhere")
    with pytest.raises(BadExamples, match=r"no \*\.jsonl or \*\.csv file in this folder"):
        read_examples(tmp_path / "folder")
    with pytest.raises(BadExamples, match="no examples; add rows such as"):
        read_examples(empty)


EXAMPLES = st.lists(
    st.builds(
        Example,
        text=st.text(alphabet="abc", max_size=2),
        category=st.sampled_from("xyz"),
        issue=st.one_of(st.none(), st.sampled_from("12345")),
    )
)


@given(EXAMPLES, st.integers(2, 6), st.integers())
def test_no_known_issue_is_ever_on_both_sides(examples, folds, seed):
    parts = grouped_folds(examples, folds, seed)

    assert sorted(position for part in parts for position in part) == list(range(len(examples)))
    homes = Counter(group for part in parts for group in {group_of(examples[position]) for position in part})
    assert set(homes.values()) <= {1}


def test_every_part_gets_its_share_of_every_category():
    examples = [Example(f"{category} {n}", category) for category in "ab" for n in range(20)]

    parts = grouped_folds(examples, 4, seed=3)

    assert [Counter(examples[position].category for position in part) for part in parts] == [{"a": 5, "b": 5}] * 4
    assert grouped_folds(examples, 4, seed=3) == parts
    assert grouped_folds(examples, 4, seed=4) != parts
