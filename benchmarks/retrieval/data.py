"""The articles and questions that the search is measured on: ours, and public ones from outside. Measures nothing."""

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from knowledge_base.articles import Article, read_articles
from knowledge_base.asked import Asked, read_asked

ARTICLES = ("kb_officedocs_support_en.jsonl", "kb_intunedocs_en.jsonl")
PAIRS = "pairs_symptoms_officedocs.jsonl"
PARAGRAPHS = 3  # of which a made-up article consists
HERE = Path(__file__).parent


class Missing(Exception):
    """A file that is needed is not there; the text says what to do."""


@dataclass(frozen=True)
class Asking:
    """A query, the articles that answer it, and the one that it was written for where there are several."""

    query: str
    right: frozenset[str]
    about: str = ""


def was_read(asking: Asking) -> bool:
    """Whether a question that is not answered may be read. The other half, by its article, is for judging only."""
    return zlib.crc32(asking.about.encode()) % 2 == 0


def own_questions() -> list[Asking]:
    """Questions that were written for our articles from their titles alone."""
    return _questions(HERE / "questions.jsonl")


def public_questions() -> list[Asking]:
    """Short questions that were written for public articles from their titles alone."""
    return _questions(HERE / "public_questions.jsonl")


def own_articles() -> list[Article]:
    with as_file(files("knowledge_base").joinpath("articles")) as folder:
        return read_articles(folder)


def own_messages() -> Asked:
    with as_file(files("classifier").joinpath("data/examples")) as folder:
        return read_asked(folder)


def public_articles(folder: Path, *, symptoms: bool = True) -> list[Article]:
    """Microsoft's public articles; without `symptoms`, those that pairs were made from lack that part."""
    bodies = {} if symptoms else {row["relevant"][0]: row["doc_without_symptoms"] for row in _rows(folder / PAIRS)}
    rows = [row for name in ARTICLES for row in _rows(folder / name)]
    return [_article(row["id"], row["title"], bodies.get(row["id"], row["body"])) for row in rows]


def pairs(folder: Path, count: int, seed: int) -> list[Asking]:
    """Symptoms as an article describes them, always the same ones."""
    rows = random.Random(seed).sample(_rows(folder / PAIRS), count)
    return [Asking(row["query"], frozenset(row["relevant"])) for row in rows]


def enlarged(articles: Sequence[Article], size: int, seed: int) -> Iterator[Article]:
    """The articles, then made-up ones until there are `size`: a title of one and paragraphs of others."""
    yield from articles[:size]
    paragraphs = [part for article in articles for part in article.body.split("\n\n") if len(part) > 40]
    chance = random.Random(seed)
    for number in range(len(articles), size):
        body = "\n\n".join(chance.choices(paragraphs, k=PARAGRAPHS))
        yield _article(f"made-up-{number}", chance.choice(articles).title, body)


def _questions(path: Path) -> list[Asking]:
    return [Asking(row["query"], frozenset(row["article"]), row["article"][0]) for row in _rows(path)]


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except OSError:
        raise Missing(f"{path.name} is not there; name its folder with --data FOLDER") from None


def _article(article_id: str, title: str, body: str) -> Article:
    nothing: tuple[str, ...] = ()
    rest = (1, "everyone", 5, "none", False, "", date(2026, 11, 22), nothing, body)
    return Article(article_id, title, "", nothing, nothing, nothing, "", *rest)
