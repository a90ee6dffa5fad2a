"""The benchmark of the whole desk: that it counts what the desk does, on a handful of messages."""

from benchmarks.desk.__main__ import Asked, ask, figures, main, markdown
from bot.advising import build_advisor
from bot.deskdata import load_desk_data
from bot.triage import Answer, Clarify, HandOff
from classifier import Example, train
from knowledge_base.search import Library
from tests.office import article

ROWS = [
    Example(f"{text} {number}", category, tier, "normal", "en", f"{category}-{number}")
    for category, tier, text in (
        ("printing", 1, "the printer prints blank pages"),
        ("outlook", 2, "shared mailbox is missing in outlook"),
        ("other", 1, "what is for lunch in the canteen"),
    )
    for number in range(8)
]


def asked(tmp_path, *rows: Example) -> list[Asked]:
    data = load_desk_data(tmp_path)
    library = Library((article("printing-blank", "The printer prints blank pages", "printing"),))
    return ask(build_advisor(data, library, train(ROWS).predict), rows)


def test_a_stolen_laptop_is_handed_over_by_the_rules_whatever_the_model_has_learned(tmp_path):
    (told,) = asked(tmp_path, Example("my laptop was stolen from the car", "security", 3))

    assert isinstance(told.advice.decision, HandOff)
    assert figures([told])["tier 3 found, in scope"] == "1 of 1 (100.0)"
    assert figures([told])["tier 3, self-help alone"] == "0 of 1 (0.0)"


def test_what_the_desk_does_is_counted_by_kind_with_how_often_the_category_was_right(tmp_path):
    told = asked(
        tmp_path,
        Example("the printer prints blank pages", "printing", 1, language="en"),
        Example("the printer prints blank pages", "windows-desktop", 3, language="de"),
        Example("lunch in the canteen", "other", 1, language="en"),
    )
    found = figures(told)

    assert [type(each.advice.decision) for each in told] == [Answer, Answer, Clarify]
    assert found["messages"] == "3, 1 of them not for the desk"
    assert found["answers with an article"] == "2, category right in 50.0 %"
    assert found["not for the desk, and yet answered"] == "0 of 1 (0.0)"
    assert found["tier 3, self-help alone"] == "1 of 1 (100.0)"
    assert found["mean of the tiers, in scope"] == "50.0"


def test_rows_without_tier_or_language_leave_those_lines_open(tmp_path):
    outside = asked(tmp_path, Example("the printer prints blank pages", "printing"))

    assert figures(outside)["language right"] == "–"
    assert "| tier right, in scope | – |" not in markdown({"from outside": outside})


def test_a_file_that_is_not_there_ends_the_run_with_one_line(tmp_path, capsys):
    assert main(["--desk", str(tmp_path / "rows.jsonl")]) == 1
    assert capsys.readouterr().err.startswith("rows.jsonl is left out: no such file")
