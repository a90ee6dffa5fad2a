"""`triage kb import`: what a maintainer sees, and what the desk then serves."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.advising import build_library
from bot.cli import app
from bot.deskdata import load_desk_data
from bot.settings import load_settings

VPN = {"id": "vpn/1", "title": "Tunnel to Atlantis collapses", "body": "1. Open the client.", "category": "network"}


@pytest.fixture(autouse=True)
def _nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(VPN) + "\n{broken\n")
    return path


def triage(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_an_import_ends_with_one_line_and_names_what_it_left_out(export: Path) -> None:
    done = triage("kb", "import", export, "--into", "ours")

    assert done.exit_code == 0
    assert done.stdout == "1 new, 0 changed, 0 as they were, 0 retired, 1 left out\n"
    assert "left out: export.jsonl, line 2: it is not JSON" in done.stderr


def test_an_import_tells_machines_the_same(export: Path) -> None:
    told = json.loads(triage("kb", "import", export, "--into", "ours", "--json").stdout)

    assert {key: value for key, value in told.items() if isinstance(value, int)} == {
        "new": 1,
        "changed": 0,
        "same": 0,
        "retired": 0,
        "kept": 0,
        "left_out": 1,
    }
    assert told["faults"][0].startswith("export.jsonl, line 2")


def test_imported_articles_are_searched_by_folder_or_straight_from_the_export(export: Path) -> None:
    triage("kb", "import", export, "--into", "ours")

    for where in ("ours", export):
        found = triage("kb", "search", "tunnel to atlantis", "--kb", where, "--json")
        assert [hit["article"] for hit in json.loads(found.stdout)["hits"]] == ["vpn/1"]


def test_imported_articles_are_served_beside_ours(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    triage("kb", "import", export, "--into", "ours")
    alone = len(build_library(load_desk_data(Path("none")), Path("saves")))
    monkeypatch.setenv("TRIAGE_ARTICLES", "ours, more")

    settings = load_settings()
    library = build_library(load_desk_data(Path("none")), Path("saves"), settings.articles)

    assert settings.articles == [Path("ours"), Path("more")]
    assert len(library) == alone + 1
    assert library.search("tunnel to atlantis")[0].article.category == "network"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["export.zip"], 2, "unpack it first"),
        (["export.txt"], 2, "--format"),
        (["nowhere.csv"], 2, "does not exist"),
        (["export.csv"], 1, "there is no column number"),
        (["empty.jsonl"], 1, "0 new"),
        (["export.csv", "--format", "word"], 2, "servicenow"),
    ],
)
def test_what_cannot_be_imported_comes_with_what_to_do(words: list[str], code: int, told: str) -> None:
    for name in ("export.zip", "export.txt", "export.csv", "empty.jsonl"):
        Path(name).write_text("")

    done = triage("kb", "import", *words, "--into", "ours")

    assert done.exit_code == code
    assert told in " ".join(done.output.split())


def test_a_folder_that_cannot_be_made_is_named(export: Path) -> None:
    Path("file").touch()

    done = triage("kb", "import", export, "--into", "file/below")

    assert done.exit_code == 1
    assert "file/below" in done.stderr
    assert "see that it can be read" in done.stderr
