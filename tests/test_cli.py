"""`triage …` as an operator meets it: formats, exit codes, and one clear line for everything that can be mended."""

import contextlib
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.app import build_desk
from bot.cli import app
from bot.demo import manifest, settings_for
from bot.deskdata import load_desk_data
from bot.obstacles import CannotStart
from bot.settings import BadConfiguration, Settings
from bot.store import Database, Post
from bot.workspace.server import Running, serve
from bot.workspace.state import Workspace
from tests.office import EXAMPLES, open_office, small_advisor, small_model

ROOT = Path(__file__).resolve().parent.parent
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
        monkeypatch.delenv(name.upper() if name.startswith("slack_") else f"TRIAGE_{name.upper()}", raising=False)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(model: Path, tmp_path: Path) -> Path:
    """A home folder with a model in use."""
    models = tmp_path / "home" / "models"
    shutil.copytree(model, models / "small")
    (models / "current").write_text("small\n")
    return models.parent


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A workspace, and an environment that names it."""
    with serve(Workspace(manifest())) as running:
        monkeypatch.setenv("SLACK_API_URL", running.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", running.app_token)
        monkeypatch.setenv("TRIAGE_HTTP_PORT", "0")
        yield running


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


@pytest.mark.parametrize("command", [("ask", "text"), ("kb", "search", "query")], ids=["ask", "kb search"])
def test_an_id_is_given_back_as_it_came_and_bad_lines_do_not_stop_the_others(
    model: Path, command: tuple[str, ...]
) -> None:
    *words, field = command
    ids = [7, 1.5, None, True, ["a", {"b": "ü"}], "\ud800"]
    bad = [f'{{"id": 8, "{field}": null}}', f'{{"id": 9, "{field}": ["a"]}}', "[" * 100_000, f'{{"{field}": "x"}}']
    asked = "\n".join(bad) + "\n" + rows(*({"id": each, field: "outlook is slow"} for each in ids))

    answered = triage(*words, "--jsonl", *(["--model", model] if words == ["ask"] else []), typed=asked)

    assert [json.loads(line)["id"] for line in answered.stdout.splitlines()] == ids
    assert [line.partition(";")[0] for line in answered.stderr.splitlines()] == [
        f"standard input, line 1: '{field}' is not text",
        f"standard input, line 2: '{field}' is not text",
        "standard input, line 3: it is nested too deeply",
        "standard input, line 4: there is no 'id'",
    ]
    assert answered.exit_code == 1


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


def test_a_chosen_model_that_is_gone_is_named_and_the_text_is_answered_without(tmp_path: Path) -> None:
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    (models / "current").write_text("2026-01-01-abc\n")

    answered = triage("ask", "the printer is offline", "--json")

    assert (answered.exit_code, json.loads(answered.stdout)["model"]) == (0, "")
    assert answered.stderr.startswith("Warning: There is no model '2026-01-01-abc' in ")
    assert "run `triage train`" in answered.stderr


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


@pytest.fixture
def own_rows(tmp_path: Path) -> Path:
    """A small set of the desk's own labels."""
    file = tmp_path / "own.jsonl"
    file.write_text(
        rows(*({"text": text, "category": c, "tier": 1} for c, texts in EXAMPLES.items() for text in texts))
    )
    return file


def test_the_way_of_training_is_judged_by_holding_rows_back(own_rows: Path) -> None:
    held_back = triage("evaluate", "--folds", 2, "--examples", own_rows, "--json")
    ablation = triage("evaluate", "--folds", 2, "--ablation", "--examples", own_rows)

    assert json.loads(held_back.stdout)["n"] == len(own_rows.read_text().splitlines())
    assert ablation.stdout.startswith("| variant | accuracy |")
    assert "| without mistyped copies | " in ablation.stdout


def test_operating_points_are_written_into_a_policy(own_rows: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"

    told = triage("evaluate", "--folds", 2, "--write-policy", policy, "--examples", own_rows)

    assert told.exit_code == 0
    assert "held back in 2 parts" in told.stdout
    assert set(tomllib.loads(policy.read_text())["trust"]) == set(EXAMPLES) - {"other"}
    assert load_desk_data(tmp_path).policy.clarify_with == 3


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["evaluate"], "give --examples, or --folds"),
        (["evaluate", "--examples", "x.jsonl", "--ablation"], "need --folds"),
        (["evaluate", "--folds", "2", "--ablation", "--write-policy", "p.toml"], "one at a time"),
        (["evaluate", "--folds", "2", "--model", "m"], "leave --model out"),
    ],
)
def test_options_that_do_not_go_together_are_told(words: list[str], remedy: str) -> None:
    told = triage(*words)

    assert told.exit_code == 2
    assert remedy in " ".join(told.stderr.replace("│", " ").split())


def test_ask_explains_itself(tmp_path: Path) -> None:
    small_model().save(tmp_path / "model")

    told = triage("ask", "printer prints nothing", "--explain", "--model", tmp_path / "model")
    row = json.loads(triage("ask", "printer", "--explain", "--json", "--model", tmp_path / "model").stdout)

    assert re.search(r"word +printer.* \(\+\d\.\d\d for printing\)", told.stdout)
    assert re.search(r"like +“.*printer.*” \(printing, \d+%\)", told.stdout)
    assert row["why"]["examples"][0]["category"] == "printing"


def test_a_bad_example_is_named_by_file_and_line_and_skipped_only_when_told(tmp_path: Path) -> None:
    examples = tmp_path / "own.jsonl"
    good = rows(*({"text": text, "category": c} for c in ("printing", "network") for text in EXAMPLES[c]))
    examples.write_text(good + '{"text": "no category"}\n')

    refused = triage("train", "--examples", examples, "--out", tmp_path / "model")
    skipped = triage("train", "--examples", examples, "--out", tmp_path / "model", "--skip-bad")

    assert refused.exit_code == 1
    assert "own.jsonl:13" in refused.stderr
    assert skipped.exit_code == 0


def test_an_export_is_learned_and_measured_by_the_columns_that_are_named(tmp_path: Path) -> None:
    export = tmp_path / "incidents.csv"
    labels = {"Print team": EXAMPLES["printing"], "Network team": EXAMPLES["network"], "other": EXAMPLES["other"]}
    lines = [f'"{text}";;hardware;{team}' for team, texts in labels.items() for text in texts]
    export.write_text("\n".join(["short_description;notes;category;assignment_group", *lines]))
    columns = ("--column", "text=short_description+notes", "--column", "category=assignment_group")

    trained = triage("train", "--examples", export, *columns, "--out", tmp_path / "model")
    measured = triage("evaluate", "--model", tmp_path / "model", "--examples", export, *columns, "--json")

    assert (trained.exit_code, measured.exit_code) == (0, 0)
    assert set(json.loads(measured.stdout)["per_category"]) >= {"Print team", "Network team"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["text"], "'text' is not NAME=COLUMN, such as text=subject+description"),
        (["text= + "], "is not NAME=COLUMN"),
        (["colour=Subject"], "NAME is one of text, category, tier, urgency, language, issue, source, date"),
        (["text=Subject", "text=Body"], "'text' is given twice; join its columns with +"),
    ],
)
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_column_that_cannot_be_understood_is_refused_before_anything_is_read(
    command: str, columns: list[str], said: str, tmp_path: Path
) -> None:
    given = [word for column in columns for word in ("--column", column)]

    refused = triage(command, "--examples", tmp_path / "nowhere.csv", *given)

    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())


def test_a_header_nobody_knows_comes_back_with_the_option_that_helps(tmp_path: Path) -> None:
    export = tmp_path / "own.csv"
    export.write_text("Titel,Team\nno toner,Print team\n")

    refused = triage("train", "--examples", export, "--out", tmp_path / "model")

    assert refused.exit_code == 1
    assert "the columns are Titel, Team; say which to take, for instance --column text=Titel" in refused.stderr


def test_serve_without_a_token_says_which_and_where(home: Path) -> None:
    served = triage("serve")

    assert (served.exit_code, "SLACK_BOT_TOKEN is missing" in served.stderr) == (4, True)


def test_serve_never_opens_without_a_door(
    home: Path, slack: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "")
    (tmp_path / ".env").write_text("SLACK_APP_TOKEN=\n")

    served = triage("serve")

    assert (served.exit_code, served.stderr.startswith("Neither SLACK_APP_TOKEN")) == (4, True)


BAD_STARTS = {
    "bot token": ({"SLACK_BOT_TOKEN": "wrong"}, 4, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth); copy it"),
    "app token": ({"SLACK_APP_TOKEN": "wrong"}, 4, "Slack does not accept SLACK_APP_TOKEN (invalid_auth); copy it"),
    "address": (
        {"SLACK_API_URL": "http://127.0.0.1:9/api/"},
        1,
        "Slack cannot be reached at http://127.0.0.1:9/api/ (",
    ),
    "port": ({"TRIAGE_HTTP_PORT": "99999"}, 4, "TRIAGE_HTTP_PORT (http_port in triage.toml): "),
}


@pytest.mark.parametrize(("environment", "code", "says"), BAD_STARTS.values(), ids=BAD_STARTS)
def test_a_start_that_fails_says_why_in_words(
    home: Path, slack: Running, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], code: int, says: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    served = triage("serve")

    assert (served.exit_code, says in served.stderr, type(served.exception)) == (code, True, SystemExit)


REFUSALS = [
    ("conversations.list", "missing_scope", 4, "The app lacks a scope; update it from manifest.json and re-install it"),
    ("apps.connections.open", "missing_scope", 4, "SLACK_APP_TOKEN lacks a scope; make one with connections:write"),
    ("auth.test", "ratelimited", 1, "Slack asks the desk to wait; start it again in 60 seconds"),
    ("auth.test", "internal_error", 1, "Slack could not do what was asked (internal_error); try again in a minute"),
]


@pytest.mark.parametrize(("method", "error", "code", "says"), REFUSALS)
def test_what_slack_refuses_at_the_start_comes_with_its_remedy(
    home: Path, slack: Running, method: str, error: str, code: int, says: str
) -> None:
    slack.faults.fail(method, error)

    served = triage("serve")

    assert (served.exit_code, says in served.stderr, type(served.exception)) == (code, True, SystemExit)


def test_a_page_instead_of_an_answer_and_a_limit_are_said_in_words(home: Path, slack: Running) -> None:
    slack.faults.break_down("auth.test", 502)
    broken = triage("serve")
    slack.faults.throttle("auth.test", retry_after=7)
    limited = triage("serve")

    assert (broken.exit_code, "(HTTP 502); try again in a minute" in broken.stderr) == (1, True)
    assert (limited.exit_code, "start it again in 7 seconds" in limited.stderr) == (1, True)


def test_a_missing_scope_is_named_and_the_token_is_not_blamed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = json.loads(json.dumps(manifest()))
    smaller["oauth_config"]["scopes"]["bot"].remove("groups:read")
    smaller["oauth_config"]["scopes"]["bot"].remove("channels:read")
    with serve(Workspace(smaller)) as running:
        monkeypatch.setenv("SLACK_API_URL", running.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", running.app_token)
        said = [triage("serve").stderr, triage("doctor").stdout]

    for each in said:
        assert "The app lacks the scope " in each
        assert ":read; update it from manifest.json and re-install it" in each
        assert "SLACK_BOT_TOKEN" not in each


def test_a_taken_port_stops_the_start_before_anything_is_heard(
    home: Path, slack: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("TRIAGE_HTTP_PORT", str(port))
        served = triage("serve")

    assert served.exit_code == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in served.stderr
    assert "set TRIAGE_HTTP_PORT to another one" in served.stderr
    assert not (home / "desk.db").exists()


def _garbage(database: Path) -> None:
    database.write_bytes(b"garbage" * 2_000)


def _damage(database: Path) -> None:
    """The page on which the inbox begins is overwritten; the file can still be opened, and its migrations read."""
    Database(database).close()
    with contextlib.closing(sqlite3.connect(database)) as conn:
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'inbox'").fetchone()
        (size,) = conn.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("harm", [_garbage, _damage, Path.mkdir], ids=["no database", "damaged", "a folder"])
def test_a_database_that_cannot_be_used_is_named_by_serve_and_doctor(home: Path, slack: Running, harm: object) -> None:
    harm(home / "desk.db")  # type: ignore[operator]

    served, examined = triage("serve"), triage("doctor")

    assert (served.exit_code, examined.exit_code) == (1, 4)
    for said in (served.stderr, examined.stdout):
        assert f"{home / 'desk.db'} " in said
        assert "put a backup in its place" in said or "see that it is a file of the desk" in said
    assert "FAULT    database: " in examined.stdout
    assert (type(served.exception), type(examined.exception)) == (SystemExit, SystemExit)


@pytest.mark.parametrize("words", [("ask", "hello"), ("serve",), ("demo", "--once"), ("train",)], ids=" ".join)
def test_a_home_that_cannot_be_written_is_found_out_before_anything_is_learned(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")

    started = triage(*words, "--home", tmp_path / "file" / "home")

    assert (started.exit_code, "cannot be written" in started.stderr, "TRIAGE_HOME" in started.stderr) == (
        4,
        True,
        True,
    )


def test_a_desk_that_cannot_connect_leaves_nothing_running_and_nothing_locked(slack: Running, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    slack.faults.fail("apps.connections.open", "invalid_auth")
    desk = build_desk(settings, small_advisor())

    with pytest.raises(BadConfiguration, match="SLACK_APP_TOKEN"):
        desk.__enter__()

    names = {thread.name.partition("-")[0] for thread in threading.enumerate()}
    assert not names & {"worker", "sender"}
    assert desk.socket is not None
    assert desk.socket.closed
    with build_desk(settings, small_advisor()) as second:
        assert second.worker.alive


def test_a_desk_that_cannot_be_built_leaves_nothing_locked(slack: Running, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    settings.database.write_bytes(b"garbage" * 2_000)

    for _ in range(2):
        with pytest.raises(CannotStart, match=r"desk\.db is damaged or no database"):
            build_desk(settings, small_advisor())


def test_two_desks_do_not_share_a_home(home: Path, slack: Running) -> None:
    with build_desk(settings_for(slack, home), small_advisor()):
        second = triage("serve")

    assert (second.exit_code, "Another desk is running on" in second.stderr) == (1, True)


def test_the_doctor_names_what_is_missing() -> None:
    examined = triage("doctor")

    assert examined.exit_code == 4
    assert "FAULT    Slack: SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing; see .env.sample" in examined.stdout
    assert "articles: 2" in examined.stdout
    assert "aid" not in examined.stdout


def test_the_doctor_says_what_was_given_up_without_anybodys_words(home: Path) -> None:
    store = Database(home / "desk.db", now=lambda: 1_000.0)
    for number in range(24):
        store.accept(f"f{number}", "events_api", "{}")
    with store.transaction() as unit:
        for number in range(1, 25):
            unit.inbox.put_aside(number, "ValueError('my pin is 4711')")
        unit.outbox.add(Post("answer", "C1", {"text": "hunter"}, send_id="s1"), None)
        unit.outbox.put_aside(1, "channel_not_found")
        unit.outbox.add(Post("update", "C1", {"text": "hunter"}, belongs_to="s1"), None)
    store.close()
    before = set(home.iterdir())

    told, listed = triage("doctor").stdout, triage("doctor", "--json").stdout

    finding = next(each for each in json.loads(listed) if each["dead"])
    assert finding["says"].startswith("24 deliveries and 2 posts were given up; `triage doctor --json` lists")
    assert len(finding["dead"]) == 20
    assert list(finding["dead"][0]) == ["what", "id", "kind", "error", "age"]
    assert {(each["what"], each["kind"], each["error"]) for each in finding["dead"]} <= {
        ("delivery", "events_api", "ValueError"),
        ("post", "answer", "channel_not_found"),
        ("post", "update", "unknown"),
    }
    assert told.count(" min ago") == 5
    assert set(home.iterdir()) == before
    assert "4711" not in told + listed
    assert "hunter" not in told + listed


def test_the_doctor_changes_nothing_in_a_database_that_a_desk_is_using(home: Path) -> None:
    with sqlite3.connect(home / "desk.db") as live:
        live.execute("PRAGMA journal_mode = WAL")
        live.execute("CREATE TABLE of_another_version (id)")
    before = list(live.iterdump())

    examined = triage("doctor")

    assert "FAULT    database: " in examined.stdout
    assert list(live.iterdump()) == before
    live.close()


def test_the_doctor_tells_how_much_a_running_desk_has_to_do(slack: Running, home: Path) -> None:
    with build_desk(settings_for(slack, home), small_advisor()):
        examined = triage("doctor")

    assert "ok       database: 0 cases, 0 deliveries and 0 posts waiting" in examined.stdout
    assert "ok       Slack: connected to " in examined.stdout


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


LOGGING = """
import logging, structlog
from bot.logs import configure
configure()
logging.getLogger("slack_sdk.socket_mode.builtin.client").error("two\\nlines")
logging.getLogger("slack_sdk.web.base_client").error("said by whoever called")
try:
    {}["x"]
except KeyError:
    logging.getLogger("a library").exception("failed")
    structlog.get_logger().exception("ours failed")
"""


def test_every_line_of_a_log_that_nobody_watches_is_json() -> None:
    ran = subprocess.run([sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True, cwd=ROOT)

    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["two lines", "failed", "ours failed"]
    assert all("KeyError" in line["exception"] for line in lines[1:])


def test_bolt_does_not_talk_about_what_is_meant_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xo" + "xb-another")
    with open_office(tmp_path) as office:
        unwanted = {"type": "event_callback", "team_id": "T1", "event_id": "Ev9", "event": {"type": "team_join"}}
        office.desk.intake.accept("events_api", unwanted)
        office.settled()

    assert [record.getMessage() for record in caplog.records if record.name.startswith("slack_bolt")] == []


def test_help_loads_none_of_the_heavy_libraries() -> None:
    heavy = "pydantic", "slack_bolt", "slack_sdk", "sklearn", "numpy", "structlog._config", "uvicorn"
    script = f"import bot.cli, sys; print([name for name in {heavy!r} if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert ran.stdout == "[]\n"
