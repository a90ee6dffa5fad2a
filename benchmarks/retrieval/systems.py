"""The systems that are compared, each a function from articles to a search. Knows no questions."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from knowledge_base.articles import Article
from knowledge_base.search import Library

Search = Callable[[str], list[str]]  # a query to the ids of at most ten articles, best first
Builder = Callable[[Sequence[Article]], Search]
FOUND = 10


def _text(article: Article) -> str:
    """All that an article says besides its title, for systems that know no other fields."""
    return "\n".join((*article.also_known_as, *article.error_codes, article.applies_when, article.body))


def ours(articles: Sequence[Article]) -> Search:
    library = Library(articles)
    return lambda query: [hit.article.id for hit in library.search(query, limit=FOUND)]


def full_text(articles: Sequence[Article]) -> Search:
    """SQLite FTS5: stemmed words joined by OR, the title five times as heavy."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE kb USING fts5(title, body, tokenize='porter unicode61')")
    rows = ((number, article.title, _text(article)) for number, article in enumerate(articles))
    database.executemany("INSERT INTO kb(rowid, title, body) VALUES (?, ?, ?)", rows)
    ids = [article.id for article in articles]

    def search(query: str) -> list[str]:
        any_word = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query)))
        best = "SELECT rowid FROM kb WHERE kb MATCH ? ORDER BY bm25(kb, 5.0, 1.0) LIMIT ?"
        return [ids[number] for (number,) in database.execute(best, (any_word, FOUND))] if any_word else []

    return search


def words(articles: Sequence[Article]) -> Search:
    return _tfidf(articles, analyzer="word", ngram_range=(1, 2))


def characters(articles: Sequence[Article]) -> Search:
    return _tfidf(articles, analyzer="char_wb", ngram_range=(3, 5))


def _tfidf(articles: Sequence[Article], **options: object) -> Search:
    """Cosine over titles and bodies, half of the weight on each."""
    import numpy as np
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    fields = ([article.title for article in articles], [_text(article) for article in articles])
    readers = [TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **options) for _ in fields]
    held = hstack([reader.fit_transform(texts) for reader, texts in zip(readers, fields, strict=True)], "csr")
    ids = [article.id for article in articles]

    def search(query: str) -> list[str]:
        asked = hstack([reader.transform([query]) for reader in readers], "csr")
        scores = (held @ asked.T).toarray().ravel()
        best = np.argsort(-scores, kind="stable")[:FOUND]
        return [ids[number] for number in best if scores[number] > 0]

    return search


def bm25s(articles: Sequence[Article]) -> Search:
    """The package bm25s, the title three times, English small words left out."""
    package = import_module("bm25s")
    cut = partial(package.tokenize, stopwords="en", show_progress=False)
    index = package.BM25()
    index.index(cut([f"{article.title} " * 3 + _text(article) for article in articles]), show_progress=False)
    ids = [article.id for article in articles]

    def search(query: str) -> list[str]:
        asked = cut([query], return_ids=False)
        if not asked[0]:
            return []
        numbers, scores = index.retrieve(asked, k=min(FOUND, len(ids)), show_progress=False)
        return [ids[number] for number, score in zip(numbers[0], scores[0], strict=True) if score > 0]

    return search


@dataclass(frozen=True)
class System:
    """How one is called, built and up to how many articles it can be asked to hold."""

    name: str
    build: Builder
    package: str | None = None
    most: int = 10**9

    @property
    def missing(self) -> str | None:
        """Why it is left out, or None when it is here."""
        if self.package is None or find_spec(self.package):
            return None
        return f"{self.name} is left out: {self.package} is not installed; see benchmarks/requirements.txt"


SYSTEMS = (
    System("ours", ours),
    System("FTS5", full_text),
    System("TF-IDF words", words, most=30_000),
    System("TF-IDF characters", characters, most=30_000),
    System("bm25s", bm25s, "bm25s"),
)
