"""Models in use: choosing one, following a change while serving, and going on when none can be used."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from bot.cases import State
from bot.cli import app
from bot.desk.unaided import unaided
from bot.models import FollowedModel, NoModel, begin, follow, keep, last_good, promote, rollback
from bot.settings import Settings
from classifier.prediction import Prediction
from knowledge_base.search import Library
from tests.office import ARTICLES, EXAMPLES, HELP, Office, open_office, small_advisor, small_model, words

ROOT = Path(__file__).resolve().parent.parent
WITHOUT = unaided(Library(ARTICLES))


@pytest.fixture(autouse=True)
def _nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper() if name.startswith("slack_") else f"TRIAGE_{name.upper()}", raising=False)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    for version in ("monday", "tuesday"):
        record = replace(small_model().record, version=version)
        replace(small_model(), record=record).save(folder / version)
    return folder


@pytest.fixture
def models(trained: Path, tmp_path: Path) -> Path:
    """Two good models and a damaged one; none is in use."""
    folder = tmp_path / "models"
    shutil.copytree(trained, folder)
    shutil.copytree(folder / "tuesday", folder / "broken")
    _damage(folder / "broken")
    return folder


def _damage(folder: Path) -> None:
    with (folder / "arrays" / "weights.npy").open("ab") as file:
        file.write(b"x")


def triage(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def states() -> dict[str, str]:
    rows = json.loads(triage("models", "list", "--json").stdout)
    return {
        row["version"]: "current" if row["current"] else "before" if row["before"] else row["why"] or "" for row in rows
    }


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


# -- choosing ----------------------------------------------------------------------------------------------------------


def test_promoting_remembers_what_was_in_use_before_and_rolling_back_returns_to_it(models: Path) -> None:
    promoted = [triage("models", "promote", version).exit_code for version in ("monday", "tuesday")]
    after_promotion = states()
    rolled_back = triage("models", "rollback")

    assert promoted == [0, 0]
    assert (after_promotion["tuesday"], after_promotion["monday"]) == ("current", "before")
    assert (rolled_back.exit_code, "monday is the model in use again" in rolled_back.stderr) == (0, True)
    assert (states()["monday"], states()["tuesday"]) == ("current", "")


def test_there_is_nothing_to_go_back_to_from_the_first_model(models: Path) -> None:
    promote(models, "monday")

    refused = triage("models", "rollback")

    assert (refused.exit_code, refused.stderr) == (
        1,
        "There is no model to go back to; `triage models list` shows what there is to promote\n",
    )


def test_promoting_the_model_in_use_again_keeps_what_was_before(models: Path) -> None:
    for version in ("monday", "tuesday", "tuesday"):
        promote(models, version)

    assert rollback(models) == "monday"


def test_a_model_that_cannot_be_used_is_refused_and_the_one_in_use_stays(models: Path) -> None:
    promote(models, "monday")

    refused = triage("models", "promote", "broken")

    assert refused.exit_code == 1
    assert "weights.npy that is not the one its card describes, so it cannot be used" in refused.stderr
    assert "monday stays the model in use" in refused.stderr
    assert states()["monday"] == "current"


def test_going_back_to_a_model_that_was_damaged_meanwhile_is_refused(models: Path) -> None:
    promote(models, "monday")
    promote(models, "tuesday")
    _damage(models / "monday")

    with pytest.raises(NoModel, match="tuesday stays the model in use"):
        rollback(models)

    assert states()["tuesday"] == "current"


@pytest.mark.parametrize("version", ["nothing", "..", ".", "../models/monday", "current", ""])
def test_only_a_model_that_is_there_can_be_promoted_or_shown(models: Path, version: str) -> None:
    promote(models, "tuesday")

    answers = [triage("models", "promote", version), triage("models", "show", version)]

    assert [answer.exit_code for answer in answers] == [1, 1]
    assert all(f"There is no model {version!r} in " in answer.stderr for answer in answers)
    assert states()["tuesday"] == "current"


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_model_is_and_why_one_cannot_be_used(models: Path) -> None:
    promote(models, "monday")

    rows = {row["version"]: row for row in json.loads(triage("models", "list", "--json").stdout)}
    figures = [rows["monday"].pop(name) for name in ("accuracy", "ece")]
    told = {line.split()[0]: line for line in triage("models", "list").stdout.splitlines()}

    assert rows["monday"] == {
        "version": "monday",
        "trained_at": None,
        "rows": 42,
        "current": True,
        "before": False,
        "usable": True,
        "why": None,
    }
    assert (rows["broken"]["usable"], "not the one its card describes" in rows["broken"]["why"]) == (False, True)
    assert all(0 <= figure <= 1 for figure in figures)  # of the issues that training held back
    assert told["monday"].endswith("in use")
    assert "unusable: holds a file " in told["broken"]


def test_measured_figures_come_from_the_card(models: Path) -> None:
    card = json.loads((models / "monday" / "card.json").read_text())
    measured = {**card, "evaluation": {"n": 100, "accuracy": 0.925, "ece": 0.0184}}
    (models / "monday" / "card.json").write_text(json.dumps(measured))

    row = next(row for row in json.loads(triage("models", "list", "--json").stdout) if row["version"] == "monday")
    told = next(line for line in triage("models", "list").stdout.splitlines() if line.startswith("monday"))

    assert (row["accuracy"], row["ece"]) == (0.925, 0.0184)
    assert told.split()[3:5] == ["92.5%", "1.8%"]
    assert "accuracy                   0.925" in triage("models", "show", "monday").stdout


def test_a_model_that_was_in_use_and_is_gone_is_still_listed(models: Path) -> None:
    promote(models, "monday")
    shutil.rmtree(models / "monday")

    assert "is not there any more" in triage("models", "list").stdout


def test_an_empty_home_has_no_models_to_list() -> None:
    assert triage("models", "list").stdout.endswith("/models yet; `triage train` makes one.\n")
    assert triage("models", "list", "--json").stdout == "[]\n"


def test_a_card_is_shown_with_its_data_its_files_and_where_to_read_on(models: Path) -> None:
    shown = json.loads(triage("models", "show", "monday", "--json").stdout)
    told = triage("models", "show", "monday").stdout

    assert shown["page"] == str(models / "monday" / "card.md")
    assert shown["card"]["rows"]["printing"] == len(EXAMPLES["printing"])
    assert "arrays/weights.npy" in shown["card"]["files"]
    for part in ("monday (ready)", str(models / "monday" / "card.md"), "accuracy", "arrays/weights.npy", "42"):
        assert part in told


# -- training ----------------------------------------------------------------------------------------------------------


def test_a_trained_model_goes_live_by_itself_only_where_there_is_none(tmp_path: Path) -> None:
    examples = tmp_path / "own.jsonl"
    rows = ({"text": text, "category": c} for c in ("printing", "network") for text in EXAMPLES[c])
    examples.write_text("".join(json.dumps(row) + "\n" for row in rows))

    first = triage("train", "--examples", examples)
    second = triage("train", "--examples", examples)

    names = [Path(each.stdout.strip()).name for each in (first, second)]
    assert names[1] == f"{names[0]}-2"  # the same rows on the same day, and nothing of the first is replaced
    assert "is the model in use" in first.stderr
    assert f"triage evaluate --examples FILE --model {second.stdout.strip()}" in second.stderr
    assert f"triage models promote {names[1]}" in second.stderr
    assert states() == {names[0]: "current", names[1]: ""}


def test_a_new_model_helps_out_where_the_one_in_use_cannot_be_used(models: Path) -> None:
    (models / "current").write_text("broken\n")

    folder = keep(models, small_model())

    assert states()[folder.name] == "current"


# -- following a change while serving ---------------------------------------------------------------------------------


@pytest.fixture
def followed(models: Path) -> tuple[FollowedModel, Clock]:
    clock = Clock()
    promote(models, "monday")
    model = last_good(models).model
    return FollowedModel(models, model, WITHOUT, seen=_seen(models), clock=clock), clock


def _seen(models: Path) -> tuple[int, int, int]:
    found = (models / "current").stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


def test_a_promotion_is_noticed_a_second_later_and_told_in_the_log(
    models: Path, followed: tuple[FollowedModel, Clock]
) -> None:
    predict, clock = followed
    promote(models, "tuesday")

    before = predict("printer offline").model
    clock.at = 1.0
    with capture_logs() as logged:
        after = predict("printer offline").model

    assert (before, after) == ("monday", "tuesday")
    assert logged == [
        {"event": "another model is in use", "model": "tuesday", "before": "monday", "log_level": "warning"}
    ]


def test_a_broken_promotion_leaves_the_old_model_in_use_and_is_told_once(
    models: Path, followed: tuple[FollowedModel, Clock]
) -> None:
    predict, clock = followed
    (models / "current").write_text("broken\nmonday\n")

    with capture_logs() as logged:
        answered = []
        for clock.at in (1.0, 2.0, 3.0):
            answered.append(predict("printer offline").model)

    assert answered == ["monday"] * 3
    assert [line["event"] for line in logged] == [
        "another model was promoted and cannot be used; the desk goes on as before"
    ]
    assert "weights.npy" in logged[0]["why"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n", b"../../etc\n", None], ids=repr)
def test_a_pointer_that_leads_nowhere_changes_nothing(
    models: Path, followed: tuple[FollowedModel, Clock], content: bytes | None
) -> None:
    predict, clock = followed
    (models / "current").unlink() if content is None else (models / "current").write_bytes(content)
    clock.at = 1.0

    assert predict("printer offline").model == "monday"


def test_a_repaired_model_is_taken_when_it_is_promoted_again(models: Path) -> None:
    clock = Clock()
    (models / "current").write_text("broken\nmonday\n")
    predict = FollowedModel(models, last_good(models).model, WITHOUT, seen=_seen(models), clock=clock)
    shutil.rmtree(models / "broken")
    shutil.copytree(models / "tuesday", models / "broken")

    promote(models, "broken")
    clock.at = 1.0

    assert predict("printer offline").model == "tuesday"


def test_a_prediction_under_way_ends_with_the_model_it_began_with(models: Path) -> None:
    clock, began, finish = Clock(), threading.Event(), threading.Event()

    def slowly(text: str) -> Prediction:
        began.set()
        assert finish.wait(20)
        return WITHOUT(text)

    predict = FollowedModel(models, None, slowly, seen=None, clock=clock)
    ended: list[Prediction] = []
    under_way = threading.Thread(target=lambda: ended.append(predict("printer offline")))
    under_way.start()
    assert began.wait(20)

    promote(models, "tuesday")
    clock.at = 1.0
    meanwhile = predict("printer offline")
    finish.set()
    under_way.join()

    assert (meanwhile.model, ended[0].model) == ("tuesday", "")


def test_a_running_desk_takes_a_promoted_model_and_each_case_keeps_whose_judgement_it_was(
    models: Path, tmp_path: Path
) -> None:
    clock = Clock()
    promote(models, "monday")
    predict = FollowedModel(models, last_good(models).model, WITHOUT, seen=_seen(models), clock=clock)
    with open_office(tmp_path / "desk", advisor=replace(small_advisor(), predict=predict)) as office:
        office.says("ana", "the printer prints nothing, jobs sit in the queue")
        office.settled()
        promote(models, "tuesday")
        clock.at = 1.0
        office.says("jonas", "vpn does not connect from home")
        office.settled()

        assert [office.case(number).model for number in (1, 2)] == ["monday", "tuesday"]


# -- when a model cannot be used ---------------------------------------------------------------------------------------


def test_the_desk_begins_with_the_last_good_model_and_says_so_everywhere(models: Path) -> None:
    (models / "current").write_text("broken\nmonday\n")
    notes: list[str] = []

    with capture_logs() as logged:
        predict = follow(models, WITHOUT, note=notes.append)
    asked = triage("ask", "outlook keeps asking for my password", "--json")
    examined = triage("doctor")

    assert predict("printer offline").model == "monday"
    assert json.loads(asked.stdout)["model"] == "monday"
    assert "warning  model: " in examined.stdout
    for told in (notes[0], logged[0]["why"], asked.stderr, examined.stdout):
        assert (
            "weights.npy that is not the one its card describes. The desk uses monday, which was in use before" in told
        )
        assert "Promote another model, or run `triage train`" in told


@pytest.mark.parametrize("chosen", ["broken", "gone", "../x"])
def test_without_any_model_that_can_be_used_the_desk_goes_on_and_the_doctor_names_the_remedy(
    models: Path, chosen: str
) -> None:
    (models / "current").write_text(f"{chosen}\n")

    asked = triage("ask", "my laptop was stolen", "--json")
    examined = triage("doctor")

    row = json.loads(asked.stdout)
    assert (row["action"], row["queue"], row["model"]) == ("hand_off", "security", "")
    assert "FAULT    model: " in examined.stdout
    for told in (asked.stderr, examined.stdout):
        assert "The desk goes on without a model, by rules, search and people. " in told
        assert "Promote another model, or run `triage train`" in told


def test_a_first_model_that_cannot_be_learned_is_no_reason_not_to_begin(tmp_path: Path) -> None:
    notes: list[str] = []
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.jsonl").write_text('{"text": "no category"}\n')

    beginning = begin(tmp_path / "models", note=notes.append, examples=tmp_path / "examples")

    assert beginning.model is None
    assert beginning.troubles[0].startswith("The first model cannot be learned (")
    assert notes == ["Learning the first model from the examples that come with the desk (once) …"]


def test_the_first_model_is_learned_where_none_was_ever_chosen(tmp_path: Path) -> None:
    examples = tmp_path / "own.jsonl"
    rows = ({"text": text, "category": c} for c in ("printing", "network") for text in EXAMPLES[c])
    examples.write_text("".join(json.dumps(row) + "\n" for row in rows))

    beginning = begin(tmp_path / "models", note=lambda _: None, examples=examples)

    assert (beginning.model is not None, beginning.troubles) == (True, ())
    assert list(states().values()) == ["current"]


def test_a_model_is_not_measured_where_there_is_none(models: Path, tmp_path: Path) -> None:
    (models / "current").write_text("broken\n")
    (tmp_path / "own.jsonl").write_text('{"text": "a", "category": "b"}\n')

    refused = triage("evaluate", "--examples", tmp_path / "own.jsonl")

    assert (refused.exit_code, "name one with --model" in refused.stderr) == (1, True)


def test_what_stands_in_for_a_model_is_sure_of_nothing_and_offers_what_the_articles_are_about() -> None:
    prediction = WITHOUT("the printer does something strange in outlook")

    assert (prediction.category, prediction.confidence, prediction.model) == ("unclear", 0.0, "")
    assert {"printing", "outlook"} <= {category for category, _ in prediction.categories}
    assert {probability for _, probability in prediction.categories} == {0.0}


@pytest.fixture
def office_without(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "desk", advisor=replace(small_advisor(), predict=WITHOUT)) as office:
        yield office


def test_without_a_model_an_error_code_is_answered_by_its_article(office_without: Office) -> None:
    asked = office_without.says("ana", "what is 0x80070643 please")

    assert "Windows Update stops with 0x80070643" in words(office_without.hears(HELP, asked))


def test_without_a_model_the_one_question_offers_what_was_found_and_the_choice_leads_on(
    office_without: Office,
) -> None:
    asked = office_without.says("ana", "the printer in my room is being strange")

    question = office_without.hears(HELP, asked)
    office_without.presses("ana", question, "choose:printing")
    office_without.settled()

    case = office_without.case()
    assert (case.category, case.model) == ("printing", "")
    assert case.state in (State.ANSWERED, State.WAITING)


def test_without_a_model_nobody_waits_in_vain(office_without: Office) -> None:
    asked = office_without.says("ana", "qwertz flibber")
    office_without.hears(HELP, asked)
    office_without.says("ana", "still flibbering", thread=asked)

    card = office_without.hears("queue-service-desk")

    assert "qwertz flibber" in words(card)
    assert office_without.case().state is State.WAITING


def test_without_a_model_written_rules_decide_as_ever(office_without: Office) -> None:
    office_without.says("ana", "my laptop was stolen")

    assert "my laptop was stolen" in words(office_without.hears("queue-security"))


# -- what serving needs ------------------------------------------------------------------------------------------------

SERVED = """
import sys
unpickled = []
sys.addaudithook(lambda event, args: unpickled.append(args) if event.startswith("pickle.") else None)
import bot.demo, bot.serving
from bot.advising import following_advisor
from bot.cli import app
from bot.settings import load_settings
app(["ask", "outlook keeps asking for my password"], standalone_mode=False)
assert following_advisor(load_settings(), note=print).advise("printer offline").judgement.model == "monday"
print([name for name in ("sklearn", "joblib", "scipy", "skops") if name in sys.modules], unpickled)
"""


def test_ask_serve_and_demo_need_no_learning_library_and_unpickle_nothing(models: Path, tmp_path: Path) -> None:
    promote(models, "monday")

    ran = subprocess.run(
        [sys.executable, "-c", SERVED], capture_output=True, text=True, cwd=ROOT, env={**os.environ}, check=False
    )

    assert (ran.stdout.splitlines()[-1:], ran.returncode) == (["[] []"], 0), ran.stderr


# -- models for and from elsewhere ---------------------------------------------------------------------------------


def test_without_skops_models_are_not_exchanged_and_one_sentence_says_what_to_install(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skops", None)

    refused = [
        triage("models", "export", "monday", tmp_path / "m.skops"),
        triage("models", "import", tmp_path / "m.skops"),
    ]

    assert [each.exit_code for each in refused] == [1, 1]
    assert {each.stderr for each in refused} == {
        "skops, which reads and writes such files, is not installed; run `pip install skops`\n"
    }
