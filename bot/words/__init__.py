"""Every sentence the desk says, by audience and language: `people.en.toml`, `agents.en.toml`, and so on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Audience = Literal["people", "agents"]
FALLBACK = "en"


@dataclass(frozen=True)
class Words:
    """The sentences for one audience in one language, by key. Placeholders are `{name}`."""

    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence. Raises KeyError for an unknown key or a missing value: a test holds both against the code."""
        return self.sentences[key].format(**values)


@cache
def words_for(audience: Audience, language: str) -> Words:
    """The catalogue in that language, or in English where there is none."""
    folder = files("bot.words")
    source = folder.joinpath(f"{audience}.{language}.toml")
    if not source.is_file():
        source = folder.joinpath(f"{audience}.{FALLBACK}.toml")
    return Words(tomllib.loads(source.read_text(encoding="utf-8")))


@cache
def category_title(category: str) -> str:
    """How people read a category id, from the taxonomy."""
    taxonomy = tomllib.loads(files("bot").joinpath("defaults/taxonomy.toml").read_text(encoding="utf-8"))
    row = taxonomy["category"].get(category)
    return str(row["title"]) if row else category
