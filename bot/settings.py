"""Environment, `.env`, triage.toml, queues.toml, policy.toml and rules.toml → typed, checked values.

Order of precedence: flag, environment, `.env`, triage.toml, default. A fault names the file, the key and the remedy.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.routing import UNSORTED, Queue
from bot.triage import Policy, Rule, rules_from

SLACK_API = "https://slack.com/api/"
URGENCIES = ("low", "normal", "high", "critical")


class BadConfiguration(Exception):
    """Configuration is missing or wrong. The text names file, key and remedy; the exit code is 4."""


def default_home() -> Path:
    """`$XDG_DATA_HOME/triage`, or `.local/share/triage` in the home folder."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "triage"


class Settings(BaseSettings):
    """What an operator sets. Tokens never show in a print-out."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API
    home: Path = Field(default_factory=default_home, validation_alias=AliasChoices("TRIAGE_HOME", "home"))
    config: Path | None = Field(default=None, validation_alias=AliasChoices("TRIAGE_CONFIG", "config"))
    help_channels: list[str] = Field(
        default=["it-help"], validation_alias=AliasChoices("TRIAGE_HELP_CHANNELS", "help_channels")
    )
    ops_channel: str = Field(default="desk-ops", validation_alias=AliasChoices("TRIAGE_OPS_CHANNEL", "ops_channel"))
    contact: str = Field(default="your IT service desk", validation_alias=AliasChoices("TRIAGE_CONTACT", "contact"))
    http_port: int = Field(default=3000, validation_alias=AliasChoices("TRIAGE_HTTP_PORT", "http_port"))

    @property
    def config_folder(self) -> Path:
        return self.config or self.home / "config"

    @property
    def database(self) -> Path:
        return self.home / "desk.db"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, _triage_toml(init_settings))
        return init_settings, env_settings, dotenv_settings, toml


@dataclass(frozen=True)
class DeskData:
    """What a team edits: queues, policy, rules and the taxonomy's vocabulary."""

    queues: tuple[Queue, ...]
    policy: Policy
    rules: tuple[Rule, ...]
    categories: tuple[str, ...]


def load_settings(**flags: Any) -> Settings:
    """Settings with `flags` (those that are not None) on top. Raises BadConfiguration."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as fault:
        first = fault.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadConfiguration(f"{name}: {first['msg']}; correct it in the environment, .env or triage.toml") from fault
    except tomllib.TOMLDecodeError as fault:
        raise BadConfiguration(f"triage.toml cannot be read: {fault}; correct it or take it away") from fault


def load_desk_data(folder: Path) -> DeskData:
    """Each file from `folder` where the team has its own, else the one that comes with the desk."""
    taxonomy = _toml(folder, "taxonomy.toml")
    categories = tuple(taxonomy["category"])
    queues = _queues(_toml(folder, "queues.toml"), categories)
    rules = _rules(_toml(folder, "rules.toml"), queues, categories)
    return DeskData(queues, _policy(_toml(folder, "policy.toml")), rules, categories)


def _triage_toml(flags: PydanticBaseSettingsSource) -> Path:
    given = flags()
    config = given.get("config") or os.environ.get("TRIAGE_CONFIG")
    home = given.get("home") or os.environ.get("TRIAGE_HOME") or default_home()
    return Path(config or Path(home) / "config") / "triage.toml"


def _toml(folder: Path, name: str) -> dict[str, Any]:
    own = folder / name
    source = own if own.is_file() else files("bot").joinpath(f"defaults/{name}")
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadConfiguration(f"{own}: {fault}; correct that line") from fault


def _queues(data: Mapping[str, Any], categories: tuple[str, ...]) -> tuple[Queue, ...]:
    queues = tuple(_queue(name, row, categories) for name, row in data.items())
    names = [queue.name for queue in queues]
    if UNSORTED not in names:
        raise BadConfiguration(f"queues.toml: there is no [{UNSORTED}]; add it, for what nobody owns")
    for tier in (1, 2, 3):
        for category in categories:
            if not any(queue.takes(category, tier) or queue.takes_the_rest(tier) for queue in queues) and tier != 2:
                raise BadConfiguration(
                    f"queues.toml: nobody owns {category} at tier {tier}; name it in the `owns` of a queue of that tier"
                )
    return queues


def _queue(name: str, row: Mapping[str, Any], categories: tuple[str, ...]) -> Queue:
    expected = [field.name for field in fields(Queue) if field.name != "name"]
    for key in row:
        if key not in expected:
            raise BadConfiguration(f"queues.toml: [{name}] has an unknown key {key!r}{did_you_mean(key, expected)}")
    for key in expected:
        if key not in row:
            raise BadConfiguration(f"queues.toml: [{name}] has no {key!r}; add it")
    for category in row["owns"]:
        if category != "*" and category not in categories:
            raise BadConfiguration(
                f"queues.toml: [{name}] owns an unknown category {category!r}{did_you_mean(category, categories)}"
            )
    for key, allowed in (("region", ("offshore", "onshore")), ("sees", ("redacted", "full"))):
        if row[key] not in allowed:
            raise BadConfiguration(f"queues.toml: [{name}] {key} is {row[key]!r}; use {' or '.join(allowed)}")
    if missing := [urgency for urgency in URGENCIES if urgency not in row["answers"]]:
        raise BadConfiguration(f"queues.toml: [{name}] answers has no {missing[0]!r}; give it in minutes")
    return Queue(name=name, **{**row, "tiers": tuple(row["tiers"]), "owns": tuple(row["owns"])})


def _policy(data: Mapping[str, Any]) -> Policy:
    expected = {field.name for field in fields(Policy)}
    for key in data:
        if key not in expected:
            raise BadConfiguration(f"policy.toml: unknown key {key!r}{did_you_mean(key, expected)}")
    if missing := expected - set(data):
        raise BadConfiguration(f"policy.toml: {min(missing)!r} is missing; add it")
    for key, value in data.items():
        if key != "clarify_with" and not 0 <= value <= 1:
            raise BadConfiguration(f"policy.toml: {key} is {value}; it is a probability between 0 and 1")
    return Policy(**data)


def _rules(data: Mapping[str, Any], queues: tuple[Queue, ...], categories: tuple[str, ...]) -> tuple[Rule, ...]:
    try:
        rules = rules_from(data)
    except ValueError as fault:
        raise BadConfiguration(str(fault)) from fault
    names = [queue.name for queue in queues]
    for rule in rules:
        if rule.queue not in names:
            raise BadConfiguration(
                f"rules.toml: [{rule.name}] sends to unknown queue {rule.queue!r}{did_you_mean(rule.queue, names)}"
            )
        if rule.category and rule.category not in categories:
            raise BadConfiguration(
                f"rules.toml: [{rule.name}] has an unknown category {rule.category!r}"
                + did_you_mean(rule.category, categories)
            )
    return rules


def did_you_mean(word: str, known: Any) -> str:
    """`; did you mean "outlook"?` or the list of what there is."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; use one of {', '.join(sorted(known))}"
