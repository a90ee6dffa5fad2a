"""`triage …` as an operator meets it: formats, exit codes, and one clear line for everything that can be mended."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from tests.office import EXAMPLES, small_model

ASK_KEYS = [
    *("id", "language", "category", "confidence", "categories", "tier", "urgency", "action", "article", "articles"),
    *("queue", "region", "redacted", "reasons", "model"),
]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "small"
    small_model().save(folder)
    return folder


@pytest.fixture(autouse=True)
def _nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRIAGE_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def triage(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)


def rows(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def test_ask_jsonl_answers_each_line_in_order_in_the_agreed_format(model: Path) -> None:
    asked = rows(
        {"id": "a", "text": "outlook keeps asking for my password"}, {"id": "b", "text": "my laptop was stolen"}
    )

    answered = triage("ask", "--jsonl", "--model", model, typed=asked)

    first, second = [json.loads(line) for line in answered.stdout.splitlines()]
    assert (answered.exit_code, list(first), [first["id"], second["id"]]) == (0, ASK_KEYS, ["a", "b"])
    assert (second["action"], second["queue"], second["region"], second["tier"]) == (
        "hand_off",
        "security",
        "onshore",
        3,
    )
    assert first["action"] in ("answer", "clarify", "hand_off")
    assert len(first["articles"]) == 5


def test_a_line_that_cannot_be_read_is_named_and_the_next_one_goes_on(model: Path) -> None:
    asked = '{"id": "a", "text": "hi"}\nnot json\n{"id": "c"}\n{"id": "d", "text": "thanks"}\n'

    answered = triage("ask", "--jsonl", "--model", model, typed=asked)

    assert [json.loads(line)["id"] for line in answered.stdout.splitlines()] == ["a", "d"]
    assert answered.exit_code == 1
    assert "standard input, line 2:" in answered.stderr
    assert "standard input, line 3: there is no 'text'; give one JSON object a line" in answered.stderr


def test_odd_text_is_answered_like_any_other(model: Path) -> None:
    asked = '{"id": "1", "text": "\\ud800 lone surrogate"}\n' + rows(
        {"id": "2", "text": ""}, {"id": "3", "text": "x" * 50_000}
    )

    answered = triage("ask", "--jsonl", "--model", model, typed=asked)

    assert [json.loads(line)["id"] for line in answered.stdout.splitlines()] == ["1", "2", "3"]


def test_secrets_and_personal_data_do_not_show_in_redacted(model: Path) -> None:
    answered = triage("ask", "my password: Winter-2026x and mail ana@example.com", "--json", "--model", model)

    assert "Winter" not in answered.stdout
    assert "ana@example.com" not in json.loads(answered.stdout)["redacted"]


def test_ask_wants_a_text_or_lines() -> None:
    assert triage("ask").exit_code == 2
    assert triage("ask", "--jsonl", "a text too").exit_code == 2


def test_a_model_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    answered = triage("ask", "hello", "--model", tmp_path / "nothing")

    assert answered.exit_code == 1
    assert "triage train" in answered.stderr
    assert "Traceback" not in answered.output


def test_a_chosen_model_that_is_gone_is_named(tmp_path: Path) -> None:
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    (models / "current").write_text("2026-01-01-abc\n")

    answered = triage("ask", "hello")

    assert (answered.exit_code, "2026-01-01-abc" in answered.stderr, "triage train" in answered.stderr) == (
        1,
        True,
        True,
    )


def test_kb_search_jsonl_gives_ten_hits_at_most() -> None:
    found = triage("kb", "search", "--jsonl", typed=rows({"id": "q", "query": "error 8007 0643 when updating"}))

    row = json.loads(found.stdout)
    assert list(row) == ["id", "hits"]
    assert list(row["hits"][0]) == ["article", "title", "score"]
    assert row["hits"][0]["article"].startswith("windows-update")
    assert len(row["hits"]) <= 10


def test_an_article_with_an_unknown_category_is_named_with_a_suggestion(tmp_path: Path) -> None:
    source = next(Path("/").joinpath(*Path(__file__).parts[1:-2], "knowledge_base/articles/outlook").glob("*.md"))
    folder = tmp_path / "articles" / "oulook"
    folder.mkdir(parents=True)
    (folder / source.name).write_text(
        source.read_text("utf-8").replace("category: outlook", "category: oulook"), "utf-8"
    )

    found = triage("kb", "search", "mail", "--kb", tmp_path / "articles")

    assert found.exit_code == 1
    assert source.name in found.stderr
    assert 'did you mean "outlook"' in found.stderr


def test_train_and_evaluate_work_on_any_labels(tmp_path: Path) -> None:
    examples = tmp_path / "own.jsonl"
    labels = {"red": EXAMPLES["printing"], "blue": EXAMPLES["network"], "other": EXAMPLES["other"]}
    examples.write_text(rows(*({"text": text, "category": label} for label, texts in labels.items() for text in texts)))

    trained = triage("train", "--examples", examples, "--out", tmp_path / "model")
    measured = triage("evaluate", "--model", tmp_path / "model", "--examples", examples, "--json")

    figures = json.loads(measured.stdout)
    assert (trained.exit_code, measured.exit_code) == (0, 0)
    assert {"n", "accuracy", "top3", "macro_f1", "oos", "ece", "coverage_at_95_precision", "per_category"} <= set(
        figures
    )
    assert set(figures["oos"]) == {"n", "auroc", "fpr95"}
    assert figures["accuracy"] > 0.9


def test_a_bad_example_is_named_by_file_and_line_and_skipped_only_when_told(tmp_path: Path) -> None:
    examples = tmp_path / "own.jsonl"
    good = rows(*({"text": text, "category": c} for c in ("printing", "network") for text in EXAMPLES[c]))
    examples.write_text(good + '{"text": "no category"}\n')

    refused = triage("train", "--examples", examples, "--out", tmp_path / "model")
    skipped = triage("train", "--examples", examples, "--out", tmp_path / "model", "--skip-bad")

    assert refused.exit_code == 1
    assert "own.jsonl:13" in refused.stderr
    assert skipped.exit_code == 0


def test_serve_without_a_token_says_which_and_where(model: Path, tmp_path: Path) -> None:
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    small_model().save(models / "small")
    (models / "current").write_text("small\n")

    served = triage("serve")

    assert (served.exit_code, "SLACK_BOT_TOKEN is missing" in served.stderr) == (4, True)


def test_the_doctor_names_what_is_missing() -> None:
    examined = triage("doctor")

    assert examined.exit_code == 4
    assert "FAULT    Slack: SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing; see .env.sample" in examined.stdout
    assert "articles: 2" in examined.stdout
    assert "aid" not in examined.stdout


def test_config_show_hides_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xo" + "xb-hidden")

    shown = triage("config", "show", "--json")

    assert "hidden" not in shown.stdout
    assert json.loads(shown.stdout)["help_channels"] == ["it-help"]


def test_a_broken_configuration_file_is_named(tmp_path: Path, model: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    (config / "policy.toml").write_text("answer_above = \n")

    asked = triage("ask", "hello", "--model", model)

    assert (asked.exit_code, "policy.toml" in asked.stderr) == (4, True)
