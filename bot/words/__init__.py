"""Every sentence the desk says, by audience and language: `people.en.toml`, `agents.en.toml`, and so on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

Audience = Literal["people", "agents"]
FALLBACK = "en"


@dataclass(frozen=True)
class Words:
    """The sentences for one audience in one language, by key. Placeholders are `{name}`."""

    sentences: Mapping[str, str]
    prompts: tuple[Mapping[str, str], ...] = ()  # things to try: `title` and `message`
    categories: Mapping[str, str] = field(default_factory=dict)  # how people read a category's id; English: taxonomy

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
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    categories = table.pop("category", {})
    prompts = tuple(table.pop(key) for key in [key for key in table if re.fullmatch(r"prompt_\d+", key)])
    return Words(table, prompts, categories)


@cache
def templates() -> Mapping[str, Mapping[str, str]]:
    """Ready texts that an agent can send: name → language → words. Each has all languages of the catalogues."""
    table: dict[str, dict[str, str]] = tomllib.loads(
        files("bot.words").joinpath("templates.toml").read_text(encoding="utf-8")
    )
    return table


@cache
def category_title(category: str, language: str = FALLBACK) -> str:
    """How people read a category id in that language, or in English, as the taxonomy has it."""
    if own := words_for("people", language).categories.get(category):
        return own
    taxonomy = tomllib.loads(files("bot").joinpath("defaults/taxonomy.toml").read_text(encoding="utf-8"))
    row = taxonomy["category"].get(category)
    return str(row["title"]) if row else category
