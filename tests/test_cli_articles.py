"""`triage kb …` as a maintainer uses it: on a folder of their own, and on what a desk has lived through."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.deskdata import load_desk_data
from bot.previewing import open_preview
from knowledge_base.articles import read_articles
from tests.office import open_office, small_model, words
from tests.test_kb_translations import ENGLISH, GERMAN

QUESTION = "outlook is slow since the update"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    (path / "outlook").mkdir(parents=True)
    (path / "outlook" / "outlook-slow.md").write_text(
        ENGLISH.replace("needs_admin: true", "needs_admin: false"), "utf-8"
    )
    (path / "outlook" / "outlook-slow.de.md").write_text(GERMAN, "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which a desk has worked: Grace's printer was solved, Jonas' VPN went to people."""
    home = tmp_path / "home"
    with open_office(home) as office:
        office.says("grace", "printer offline", "@grace")
        office.presses("grace", office.hears("@grace"), "solved")
        office.says("jonas", "the vpn drops whenever the train enters a tunnel. human please", "@jonas")
        office.hears("@jonas")
        office.settled()
    small_model().save(home / "models" / "m")
    (home / "models" / "current").write_text("m\n", "utf-8")
    return home


def triage(*args: object) -> Result:
    return CliRunner().invoke(app, ["kb", *map(str, args)])


def test_every_article_is_listed_once_with_its_languages(folder: Path, tmp_path: Path) -> None:
    rows = json.loads(triage("list", "--kb", folder, "--json", "--home", tmp_path).stdout)
    told = triage("list", "--kb", folder, "--home", tmp_path).stdout

    assert [(row["id"], row["languages"]) for row in rows] == [("outlook-slow", ["de", "en"])]
    assert "not shown yet" in told
    assert told.endswith("\n1 article\n")


def test_what_people_said_stands_in_the_list(home: Path) -> None:
    rows = {row["id"]: row for row in json.loads(triage("list", "--json", "--home", home).stdout)}

    assert [rows["printer-offline"][name] for name in ("shown", "solved", "not_solved")] == [1, 1, 0]
    assert rows["printer-queue-stuck"]["shown"] == 0


def test_an_article_is_shown_in_a_language_or_the_one_there_is(folder: Path, tmp_path: Path) -> None:
    german = triage("show", "outlook-slow", "--language", "de", "--kb", folder, "--home", tmp_path)
    french = triage("show", "outlook-slow", "--language", "fr", "--kb", folder, "--home", tmp_path)
    as_json = json.loads(triage("show", "outlook-slow", "--json", "--kb", folder, "--home", tmp_path).stdout)

    assert german.stdout.startswith("Outlook ist langsam")
    assert "There is no version in 'fr'" in french.stderr
    assert (as_json["title"], as_json["error_codes"], as_json["shown"]) == ("Outlook is slow", ["0x80040115"], 0)


def test_an_article_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    shown = triage("show", "outlok-slow", "--kb", folder, "--home", tmp_path)

    assert shown.exit_code == 1
    assert "there is no article 'outlok-slow'; `triage kb list` names them all" in shown.stderr


def test_lint_names_what_to_mend_and_fails_as_a_gate(folder: Path, tmp_path: Path) -> None:
    found = triage("lint", "--kb", folder, "--home", tmp_path)
    rows = json.loads(triage("lint", "--kb", folder, "--json", "--home", tmp_path).stdout)

    assert found.exit_code == 3
    assert "outlook-slow.de.md: the article it translates has changed" in found.stdout
    assert [row["kind"] for row in rows] == ["translation"]


def test_an_accepted_translation_is_no_more_to_mend(folder: Path, tmp_path: Path) -> None:
    file = folder / "outlook" / "outlook-slow.de.md"
    accepted = triage("accept", file, "--home", tmp_path)
    refused = triage("accept", folder / "outlook" / "outlook-slow.md", "--home", tmp_path)

    assert "outlook-slow.de.md says what outlook-slow.md says now." in accepted.stderr
    assert triage("lint", "--kb", folder, "--home", tmp_path).exit_code == 0
    assert (refused.exit_code, "is no translation" in refused.stderr) == (1, True)


def test_review_names_what_somebody_should_read(folder: Path, tmp_path: Path) -> None:
    path = folder / "outlook" / "outlook-slow.md"
    path.write_text(path.read_text("utf-8").replace("2026-11-21", "2020-01-01"), "utf-8")

    told = triage("review", "--kb", folder, "--home", tmp_path).stdout

    assert "outlook-slow (de): the de text is older than the article" in told
    assert "outlook-slow (en): last reviewed on 2020-01-01" in told


def test_gaps_tell_what_people_had_to_take(home: Path) -> None:
    told = triage("gaps", "--home", home).stdout
    rows = json.loads(triage("gaps", "--json", "--home", home).stdout)

    assert told.startswith("1 request of the last 90 days ended with people:\n  1 person, ")
    assert "the vpn drops whenever the train enters a tunnel" in told
    assert [(row["people"], row["cases"]) for row in rows] == [(1, [2])]


def test_without_a_database_the_remedy_is_named(tmp_path: Path) -> None:
    gaps = triage("gaps", "--home", tmp_path)

    assert gaps.exit_code == 1
    assert "There is no database" in gaps.stderr


def test_replay_tells_who_would_be_answered_otherwise(home: Path, folder: Path) -> None:
    replayed = triage("replay", "--kb", folder, "--recorded", "--home", home)
    rows = json.loads(triage("replay", "--kb", folder, "--recorded", "--json", "--home", home).stdout)

    assert replayed.exit_code == 3
    assert replayed.stdout.startswith("1 of 2 past requests would be answered otherwise:")
    assert [(row["case"], row["effect"]) for row in rows] == [(1, "lost")]


def test_replay_needs_something_to_compare_with(tmp_path: Path) -> None:
    assert triage("replay", "--home", tmp_path).exit_code == 2


def test_a_preview_shows_each_version_to_somebody_who_speaks_its_language(folder: Path) -> None:
    data = load_desk_data(folder / "no such folder")
    with open_preview(read_articles(folder, {"outlook"}), data) as running:
        workspace = running.workspace
        said = {
            handle: [words(message) for message in workspace.logs[workspace.channel(f"@{handle}").id] if message.by_app]
            for handle in ("jonas", "grace")
        }

    assert "Outlook ist langsam" in said["jonas"][0]
    assert "Outlook is slow" in said["grace"][0]


def test_preview_of_a_file_that_is_no_article_says_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    path = folder / "outlook" / "outlook-slow.md"
    path.write_text("no front matter", "utf-8")

    shown = triage("preview", path, "--once", "--port", 0, "--home", tmp_path)

    assert shown.exit_code == 1
    assert "there is no front matter" in shown.stderr
