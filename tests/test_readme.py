"""What the README claims is so."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_articles_are_as_many_as_it_says() -> None:
    files = list((ROOT / "knowledge_base" / "articles").rglob("*.md"))
    articles = [path for path in files if "." not in path.stem]
    translated = {path.name.partition(".")[0] for path in files if "." in path.stem}

    assert f"knowledge base of {len(articles)} articles ({len(translated)} of them in five languages)" in README
    assert len(files) == len(articles) + 4 * len(translated)


def test_the_examples_are_as_many_as_it_says() -> None:
    files = (ROOT / "classifier" / "data" / "examples").glob("*.jsonl")
    rows = sum(len(path.read_text("utf-8").splitlines()) for path in files)

    assert f"{rows:,} rows" in README


@pytest.mark.parametrize("words", sorted(set(re.findall(r"^\| `triage ((?:[a-z]+ ?)+)", README, re.M))))
def test_every_command_of_the_table_exists(words: str) -> None:
    command = get_command(app)
    for word in words.split():
        command = command.commands[word]  # type: ignore[attr-defined]

    assert command.help


def test_every_command_is_in_the_table() -> None:
    assert [name for name in get_command(app).commands if f"`triage {name}" not in README] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", re.findall(r"python3 -m (\w+)", README))
def test_the_modules_that_it_tells_to_run_exist(module: str) -> None:
    assert find_spec(f"{module}.__main__")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"TRIAGE_[A-Z_]+", README))))
def test_every_setting_exists(name: str) -> None:
    assert name.removeprefix("TRIAGE_").lower() in Settings.model_fields


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^h)][^)]*)\)", README))))
def test_every_file_that_it_links_exists(path: str) -> None:
    assert (ROOT / path).exists()
