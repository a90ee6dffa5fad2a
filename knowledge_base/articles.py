"""Articles as they lie on disk: read, checked, and turned into values.

A file is `<category>/<id>.md`, a translation of it `<id>.<language>.md` in the same folder. A translation holds the
texts that people read; what it leaves out, such as tier or sources, is taken from the article beside it, so the two
cannot drift apart. Every fault is named with its file and the way to mend it. Knows neither search nor readers; the
categories that exist come in from outside.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import yaml  # type: ignore[import-untyped]

from knowledge_base.body import steps_in

SHOWN_FAULTS = 20

# What each language says in its own words, so that a translation never takes it from the article beside it.
OWN_WORDS = frozenset({"title", "also_known_as", "applies_when", "escalate_when", "reviewed", "translates"})


@dataclass(frozen=True)
class Article:
    """One article in one language; the fields up to `sources` are the keys of its front matter."""

    id: str
    title: str
    category: str
    products: tuple[str, ...]
    also_known_as: tuple[str, ...]
    error_codes: tuple[str, ...]
    applies_when: str
    tier: int
    audience: str
    minutes: int
    risk: str
    needs_admin: bool
    escalate_when: str
    reviewed: date
    sources: tuple[str, ...]
    body: str
    language: str = "en"
    path: Path = Path()
    translates: str = ""  # a translation's own key: the fingerprint of the text that it was made from


@dataclass(frozen=True)
class Survey:
    """What a folder holds: the good articles, and one sentence for every fault of the others."""

    articles: tuple[Article, ...]
    faults: tuple[str, ...]


class BadArticles(ValueError):
    """Articles with faults; the text names the first of them, one a line, and can be shown to people."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        shown = list(self.faults[:SHOWN_FAULTS])
        if len(self.faults) > SHOWN_FAULTS:
            shown.append(f"… and {len(self.faults) - SHOWN_FAULTS} more")
        super().__init__("\n".join(shown))


def read_articles(folder: Path, categories: Collection[str] | None = None) -> list[Article]:
    """Every article under `folder`, in the order of their paths; BadArticles when one of them has a fault.

    Without `categories`, any category is accepted.
    """
    survey = survey_articles(folder, categories)
    if survey.faults:
        raise BadArticles(survey.faults)
    return list(survey.articles)


def survey_articles(folder: Path, categories: Collection[str] | None = None) -> Survey:
    """The lenient reading: good articles and faults side by side, nothing raised."""
    if not folder.is_dir():
        return Survey((), (f"{folder}: there is no such folder; give the folder that holds the articles",))
    articles: dict[tuple[str, str], Article] = {}
    faults: list[str] = []
    for path in sorted(folder.rglob("*.md")):
        shown = _shown(path, folder)
        article, problems = _read(path, folder, categories)
        earlier = articles.get((article.id, article.language)) if article else None
        if earlier:
            problems = [f'id "{earlier.id}" is already used by {_shown(earlier.path, folder)}; change one of them']
        elif article:
            articles[article.id, article.language] = article
        faults += [f"{shown}: {problem}" for problem in problems]
    return Survey(tuple(articles.values()), tuple(faults))


def _shown(path: Path, folder: Path) -> str:
    return str(Path(folder.resolve().name) / path.relative_to(folder))


_FILE_NAME = re.compile(r"(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?P<language>[a-z]{2}(?:-[a-z]{2})?))?\.md")


def _read(path: Path, folder: Path, categories: Collection[str] | None) -> tuple[Article | None, list[str]]:
    """The article, or None and what is wrong with it."""
    name = _FILE_NAME.fullmatch(path.name)
    if name is None:
        return None, ["the file name must be small letters, digits and hyphens, as in outlook-search-finds-nothing.md"]
    try:
        metadata, body = _parsed(path)
        if name["language"]:
            metadata = _inherited(path.with_name(f"{name['id']}.md")) | metadata
    except ValueError as fault:
        return None, [str(fault)]
    if not name["language"] and "translates" in metadata:
        return None, ['"translates" belongs into a translation, <id>.<language>.md; take it out']
    problems = [*_field_problems(metadata), *_place_problems(metadata, name["id"], path, folder, categories)]
    if not steps_in(body):
        problems.append('there are no numbered steps; add a list that starts with "1. " under "## Steps"')
    if problems:
        return None, problems
    return _article(metadata, body, name["language"] or "en", path), []


def _inherited(original: Path) -> dict[str, object]:
    """What a translation need not repeat; nothing where no article lies beside it, or none that can be read."""
    try:
        metadata, _ = _parsed(original)
    except ValueError:
        return {}
    return {key: value for key, value in metadata.items() if key not in OWN_WORDS}


def _parsed(path: Path) -> tuple[dict[str, object], str]:
    try:
        text = path.read_text("utf-8-sig")
        if not text.lstrip().startswith("---"):
            raise ValueError('there is no front matter; start the file with a line "---"')
        metadata, body = _front_matter(text)
    except UnicodeDecodeError as fault:
        raise ValueError(f"this is not UTF-8 text (byte {fault.start}); save it as UTF-8") from None
    except OSError as fault:
        raise ValueError(f"the file cannot be read ({fault.strerror}); check its permissions") from None
    if not metadata:
        raise ValueError('the front matter is empty or does not end; close it with a line "---"')
    return metadata, body


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    try:
        return frontmatter.parse(text)
    except yaml.YAMLError as fault:
        raise ValueError(_yaml_problem(fault)) from None
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"the front matter holds a value that does not exist ({fault}); correct it") from None


def _yaml_problem(fault: Any) -> str:
    mark = getattr(fault, "problem_mark", None)
    where = f" in line {mark.line + 1}" if mark else ""
    what = getattr(fault, "problem", None) or "it cannot be read"
    return f"the front matter is not YAML{where} ({what}); put quotes around texts with : or #"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a text that is not empty"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
    return None if good else 'must be a list of texts; put quotes around numbers and words such as "no"'


def _addresses(value: object) -> str | None:
    problem = _texts(value)
    if problem or not isinstance(value, list):
        return problem
    wrong = [address for address in value if not address.startswith("https://")]
    return f'must hold addresses that start with https://, not "{wrong[0]}"' if wrong else None


def _one_of(*allowed: object) -> Callable[[object], str | None]:
    def problem(value: object) -> str | None:
        good = any(value == choice and type(value) is type(choice) for choice in allowed)
        return None if good else f"must be {_or(allowed)}, not {_quoted(value)}"

    return problem


def _minutes(value: object) -> str | None:
    good = type(value) is int and 0 < value <= 24 * 60
    return None if good else f"must be a whole number of minutes from 1 to 1440, not {_quoted(value)}"


def _date(value: object) -> str | None:
    return None if type(value) is date else f"must be a date as in 2026-11-21, not {_quoted(value)}"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _or(choices: Iterable[object]) -> str:
    *most, last = [_quoted(choice) for choice in choices]
    return f"{', '.join(most)} or {last}"


_CHECKS: dict[str, Callable[[object], str | None]] = {
    "id": _text,
    "title": _text,
    "category": _text,
    "products": _texts,
    "also_known_as": _texts,
    "error_codes": _texts,
    "applies_when": _text,
    "tier": _one_of(1, 2, 3),
    "audience": _text,
    "minutes": _minutes,
    "risk": _one_of("none", "low", "data"),
    "needs_admin": _one_of(True, False),
    "escalate_when": _text,
    "reviewed": _date,
    "sources": _addresses,
}


def _field_problems(metadata: Mapping[str, object]) -> list[str]:
    problems = [f'"{key}" is missing; add it to the front matter' for key in _CHECKS if key not in metadata]
    checks = _CHECKS | {"translates": _text}
    problems += [f'unknown key "{key}"{_did_you_mean(key, checks)}' for key in metadata if key not in checks]
    for key, check in checks.items():
        if key in metadata and (problem := check(metadata[key])):
            problems.append(f'"{key}" {problem}')
    return problems


def _place_problems(
    metadata: Mapping[str, object],
    id_of_file: str,
    path: Path,
    folder: Path,
    categories: Collection[str] | None,
) -> list[str]:
    """Whether id and category agree with the file name, the folder and the categories that exist."""
    problems: list[str] = []
    article_id, category = metadata.get("id"), metadata.get("category")
    if isinstance(article_id, str) and article_id != id_of_file:
        problems.append(f'id "{article_id}" differs from the file name "{id_of_file}"; make them the same')
    if not isinstance(category, str):
        return problems
    if categories is not None and category not in categories:
        problems.append(f'unknown category "{category}"{_did_you_mean(category, categories)}')
    elif path.parent != folder and path.parent.name != category:
        problems.append(
            f'category "{category}" differs from the folder "{path.parent.name}"; move the file or change it'
        )
    return problems


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f' (did you mean "{close[0]}"?)' if close else f" (known are {', '.join(sorted(known))})"


def _article(metadata: Mapping[str, Any], body: str, language: str, path: Path) -> Article:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in metadata.items()
    }
    return Article(**values, body=body, language=language, path=path)
