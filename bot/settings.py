"""Environment, `.env`, triage.toml, queues.toml, policy.toml and rules.toml → typed, checked values.

Order of precedence: flag, environment, `.env`, triage.toml, default. A fault names the file, the key and the remedy.
"""

from __future__ import annotations

import difflib
import json
import os
import reprlib
import tempfile
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.routing import UNSORTED, Queue
from bot.triage import Policy, Rules, rules_from

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

    @field_validator("help_channels", "articles", mode="before")
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


@dataclass(frozen=True)
class DeskData:
    """What a team edits: queues, policy, rules and the taxonomy's vocabulary."""

    queues: tuple[Queue, ...]
    policy: Policy
    rules: Rules
    categories: tuple[str, ...]


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


def load_desk_data(folder: Path) -> DeskData:
    """Each file from `folder` where the team has its own, else the one that comes with the desk."""
    categories = tuple(_row(_TaxonomyFile, _toml(folder, "taxonomy.toml"), "taxonomy.toml:").category)
    queues = _queues(_toml(folder, "queues.toml"), categories)
    policy = Policy(**_row(_PolicyFile, _toml(folder, "policy.toml"), "policy.toml:").model_dump())
    _check_trust(policy, categories)
    return DeskData(queues, policy, _rules(_toml(folder, "rules.toml"), queues, categories), categories)


def _check_trust(policy: Policy, categories: Collection[str]) -> None:
    for name in policy.trust:
        if name not in categories:
            raise BadConfiguration(
                f"policy.toml: [trust] has the unknown category {name!r}{did_you_mean(name, categories)}"
            )


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
    data = _parsed(path, path) if path.is_file() else {}
    for key in data:
        if key not in known:
            raise BadConfiguration(f"{path}: unknown key {key!r}{did_you_mean(key, known)}")
    return data


def _toml(folder: Path, name: str) -> dict[str, Any]:
    own = folder / name
    return _parsed(own, own if own.is_file() else files("bot").joinpath(f"defaults/{name}"))


def _parsed(path: Path, source: Any) -> dict[str, Any]:
    """`source` is anything with `read_bytes`; `path` is what an operator knows it as."""
    try:
        return tomllib.loads(source.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise BadConfiguration(f"{path}{_undecodable(fault)}") from fault
    except tomllib.TOMLDecodeError as fault:
        raise BadConfiguration(f"{path} cannot be read: {fault}; correct that line") from fault


def _undecodable(fault: UnicodeDecodeError) -> str:
    line = fault.object[: fault.start].count(b"\n") + 1
    return f", line {line}, is not UTF-8; save the file as UTF-8"


def _variable(name: str) -> str:
    return name.upper() if name.startswith("slack_") else f"TRIAGE_{name.upper()}"


# -- the shapes of what a team edits -----------------------------------------------------------------------------------


class _Shape(BaseModel):
    """One table of a file. Types are strict and keys are known; a field's description says what belongs there."""

    model_config = ConfigDict(strict=True, extra="forbid")


Shape = TypeVar("Shape", bound=_Shape)

Tier = Literal[1, 2, 3]
Words = Annotated[str, Field(min_length=1, description="words in quotes")]
Minutes = Annotated[int, Field(ge=1)]
Chance = Annotated[float, Field(ge=0, le=1, description="a probability between 0 and 1")]
Expressions = Annotated[list[Words], Field(min_length=1, description="a list with at least one expression in quotes")]


class _Answers(_Shape):
    low: Minutes
    normal: Minutes
    high: Minutes
    critical: Minutes


class _QueueTable(_Shape):
    title: Words
    channel: Words
    group: Words
    tiers: Annotated[list[Tier], Field(min_length=1, description="a list of tiers, such as [1, 2]")]
    owns: list[Words] = Field(description='a list of categories, such as ["network"], or [] for none')
    region: Literal["offshore", "onshore"] = Field(description="offshore or onshore")
    sees: Literal["redacted", "full"] = Field(description="redacted or full")
    answers: _Answers = Field(description="minutes, such as { critical = 15, high = 30, normal = 120, low = 480 }")


class _PolicyFile(_Shape):
    trust_category_above: Chance
    answer_above: Chance
    answer_untrusted_above: Chance
    second_answer_above: Chance
    other_above: Chance
    # Each is a button under the question; more than these nobody reads.
    clarify_with: int = Field(ge=1, le=10, description="a whole number from 1 to 10")
    onshore_above: Chance = 1.0
    ask_article_above: Chance = 1.0
    trust: dict[str, Chance] = Field(default={}, description="a table of categories, such as outlook = 0.55")


class _RuleTable(_Shape):
    reason: Words
    any: Expressions
    unless: Expressions | None = Field(default=None, description="a list with at least one expression in quotes")
    tier: Tier = Field(description="1, 2 or 3")
    urgency: Literal["low", "normal", "high", "critical"] = Field(description="low, normal, high or critical")
    queue: Words
    category: str | None = Field(default=None, description="a category in quotes")
    aid: str | None = Field(default=None, description="an article's id in quotes")


class _StandingTable(_Shape):
    reason: Words
    groups: list[Words] = Field(min_length=1, description="a list with at least one Slack user group in quotes")
    tier: Tier = Field(description="1, 2 or 3")
    urgency: Literal["low", "normal", "high", "critical"] = Field(description="low, normal, high or critical")


class _TaxonomyFile(_Shape):
    # Titles and explanations stand beside the ids, for people.
    model_config = ConfigDict(extra="ignore")

    category: dict[str, dict[str, Any]] = Field(
        min_length=1, description='a table for each category, such as [category.outlook] with title = "Outlook"'
    )


def _row(shape: type[Shape], data: Any, where: str) -> Shape:
    """`data` as the shape says. Raises BadConfiguration that names the place, the key and the remedy."""
    if not isinstance(data, dict):
        raise BadConfiguration(f"{where} is {reprlib.repr(data)}; make it a heading, with its keys on the lines below")
    try:
        return shape.model_validate(data)
    except ValidationError as fault:
        # A misspelt key is also a missing one; the misspelling is what to tell.
        error = min(fault.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise BadConfiguration(f"{where} {_remedy(shape, error['type'], error['loc'], error['input'])}") from fault


def _remedy(shape: type[_Shape], kind: str, place: tuple[int | str, ...], found: object) -> str:
    key = str(place[-1])
    inside = f"{place[0]}: " if len(place) > 1 else ""
    if kind == "extra_forbidden":
        return f"{inside}unknown key {key!r}{did_you_mean(key, _known(shape, place))}"
    if kind == "missing":
        return f"{inside}{key!r} is missing; add it"
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)[1:]
    return f"{name} is {reprlib.repr(found)}; use {shape.model_fields[str(place[0])].description}"


def _known(shape: type[_Shape], place: tuple[int | str, ...]) -> Iterable[str]:
    """The keys of the table that the last part of `place` stands in."""
    for part in place[:-1]:
        shape = shape.model_fields[str(part)].annotation  # type: ignore[assignment]
    return shape.model_fields


# -- what must hold between them ---------------------------------------------------------------------------------------


def _queues(data: Mapping[str, Any], categories: tuple[str, ...]) -> tuple[Queue, ...]:
    queues = tuple(_queue(name, row, categories) for name, row in data.items())
    if UNSORTED not in data:
        raise BadConfiguration(f"queues.toml: there is no [{UNSORTED}]; add it, for what nobody owns")
    _check_owners(queues, categories)
    _check_channels(queues)
    return queues


def _queue(name: str, data: Any, categories: tuple[str, ...]) -> Queue:
    row = _row(_QueueTable, data, f"queues.toml: [{name}]")
    for category in row.owns:
        if category not in ("*", *categories):
            raise BadConfiguration(
                f"queues.toml: [{name}] owns an unknown category {category!r}{did_you_mean(category, categories)}"
            )
    return Queue(name=name, **{**row.model_dump(), "tiers": tuple(row.tiers), "owns": tuple(row.owns)})


def _check_owners(queues: tuple[Queue, ...], categories: tuple[str, ...]) -> None:
    """Tier 1 is whole because every case may start there; tier 3 because work for onshore people must not end up in
    `unsorted`, which is offshore. Tier 2 may have gaps: there is no second line for `unclear`. What comes in there is
    sorted by hand in `unsorted`, and what is escalated goes on to tier 3.
    """
    for tier in (1, 3):
        for category in categories:
            if not any(queue.takes(category, tier) or queue.takes_the_rest(tier) for queue in queues):
                raise BadConfiguration(
                    f"queues.toml: nobody owns {category} at tier {tier}; name it in the `owns` of a queue of that tier"
                )


def _check_channels(queues: tuple[Queue, ...]) -> None:
    """Everybody in a channel reads what is posted there, whichever queue it is for."""
    for one, other in combinations(queues, 2):
        if one.channel == other.channel and (one.region, one.sees) != (other.region, other.sees):
            raise BadConfiguration(
                f"queues.toml: [{one.name}] and [{other.name}] share the channel {one.channel!r}, but not region and "
                f"`sees`; give [{other.name}] a channel of its own"
            )


def _rules(data: Mapping[str, Any], queues: tuple[Queue, ...], categories: tuple[str, ...]) -> Rules:
    names = [queue.name for queue in queues]
    for name, table in data.items():
        if isinstance(table, Mapping) and "groups" in table:
            _row(_StandingTable, table, f"rules.toml: [{name}]")
            continue
        row = _row(_RuleTable, table, f"rules.toml: [{name}]")
        if row.queue not in names:
            raise BadConfiguration(
                f"rules.toml: [{name}] sends to unknown queue {row.queue!r}{did_you_mean(row.queue, names)}"
            )
        if row.category and row.category not in categories:
            raise BadConfiguration(
                f"rules.toml: [{name}] has an unknown category {row.category!r}{did_you_mean(row.category, categories)}"
            )
    try:
        return rules_from(data)
    except ValueError as fault:
        raise BadConfiguration(str(fault)) from fault
