"""Environment, `.env` and triage.toml → typed, checked values; and how every file of a team is read.

Order of precedence: flag, environment, `.env`, triage.toml, default. A fault names the file, the key and the remedy.
Knows nothing of queues, rules or the taxonomy: those are `bot.deskdata`.
"""

from __future__ import annotations

import difflib
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

SLACK_API = "https://slack.com/api/"


class BadConfiguration(Exception):
    """Configuration is missing or wrong. The text names file, key and remedy; the exit code is 4."""


def default_home() -> Path:
    """`$XDG_DATA_HOME/triage`, or `.local/share/triage` in the home folder."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "triage"


class Settings(BaseSettings):
    """What an operator sets. Tokens never show in a print-out.

    In the environment and in `.env` a name begins with TRIAGE_, because HOME, CONFIG and CONTACT belong to others.
    """

    model_config = SettingsConfigDict(
        env_prefix="TRIAGE_",
        env_ignore_empty=True,
        env_file=".env",
        env_file_encoding="utf-8-sig",  # Notepad puts a mark before the first letter
        extra="ignore",
    )

    # An alias takes no prefix: these are SLACK_… in the environment too.
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="slack_bot_token")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="slack_app_token")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="slack_signing_secret")
    slack_api_url: str = Field(default=SLACK_API, validation_alias="slack_api_url", pattern="^https?://")
    home: Path = Field(default_factory=default_home)
    config: Path | None = None
    help_channels: Annotated[list[str], NoDecode] = ["it-help"]
    articles: Annotated[list[Path], NoDecode] = []  # folders of imported ones, beside ours
    ops_channel: str = "desk-ops"
    calling_emoji: Annotated[list[str], NoDecode] = ["sos"]  # put on a message, it makes a request of it
    contact: str = "your IT service desk"
    http_port: int = Field(default=3000, ge=0, le=65535)

    @property
    def config_folder(self) -> Path:
        return self.config or self.home / "config"

    @property
    def database(self) -> Path:
        return self.home / "desk.db"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def saved_libraries(self) -> Path:
        return self.home / "cache" / "library"

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A line of .env.sample that nobody filled in is not a token."""
        return {name: value for name, value in given.items() if not (isinstance(value, str) and not value.strip())}

    @field_validator("help_channels", "articles", "calling_emoji", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """`it-help, help` as well as `["it-help", "help"]`."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return [name.strip() for name in value.split(",") if name.strip()]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        stronger = (init_settings, env_settings, dotenv_settings)
        toml = InitSettingsSource(settings_cls, _triage_toml(stronger, settings_cls.model_fields))
        return *stronger, toml


def load_settings(**flags: Any) -> Settings:
    """Settings with `flags` (those that are not None) on top. Raises BadConfiguration."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0])
        raise BadConfiguration(f"{_variable(name)} ({name} in triage.toml): {first['msg']}; correct it") from fault
    except UnicodeDecodeError as fault:
        raise BadConfiguration(f".env{_undecodable(fault)}") from fault


def writable(folder: Path) -> Path:
    """The folder, made where it is missing. Raises BadConfiguration when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as fault:
        raise BadConfiguration(
            f"{folder} cannot be written ({fault.strerror}); set TRIAGE_HOME, or --home, to a folder that can"
        ) from fault


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "outlook"?` or the list of what there is."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; use one of {', '.join(sorted(known))}"


# -- files -------------------------------------------------------------------------------------------------------------


def _triage_toml(stronger: tuple[PydanticBaseSettingsSource, ...], known: Iterable[str]) -> dict[str, Any]:
    """What triage.toml says. Flags, environment and `.env` are asked first where it is."""
    given: dict[str, Any] = {}
    for source in reversed(stronger):
        given |= source()
    path = Path(given.get("config") or Path(given.get("home") or default_home()) / "config") / "triage.toml"
    data = parsed_toml(path, content_of(path)) if path.is_file() else {}
    for key in data:
        if key not in known:
            raise BadConfiguration(f"{path}: unknown key {key!r}{did_you_mean(key, known)}")
    return data


def content_of(path: Path) -> bytes:
    """Raises BadConfiguration where the file cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BadConfiguration(
            f"{path} cannot be read ({fault.strerror}); let the account that runs the desk read it"
        ) from fault


def parsed_toml(path: Path, content: bytes) -> dict[str, Any]:
    """`path` is what an operator knows the content as. Raises BadConfiguration, with the line."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise BadConfiguration(f"{path}{_undecodable(fault)}") from fault
    except tomllib.TOMLDecodeError as fault:
        raise BadConfiguration(f"{path} cannot be read: {fault}; correct that line") from fault


def _undecodable(fault: UnicodeDecodeError) -> str:
    line = fault.object[: fault.start].count(b"\n") + 1
    return f", line {line}, is not UTF-8; save the file as UTF-8"


def _variable(name: str) -> str:
    return name.upper() if name.startswith("slack_") else f"TRIAGE_{name.upper()}"
