"""The search over articles in people's own words.

Knows articles and words, not Slack, not models. What a model thinks of the message comes in as a hint.

1. An error code, in any spelling, is looked up in an exact index: the articles that solve it come first, then
   those that say they are known under the very words of the query.
2. The words are scored by BM25 over weighted fields and pairs of neighbours. Where a word is in no article,
   its nearest spellings, its halves ("bluescreen") or its whole ("one drive") stand in for it: mending typos
   costs nothing on clean text. Words that mean the same count a little.
3. The category that a model sees lifts its articles, and hides no others.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from knowledge_base.articles import Article
from knowledge_base.chance import MENTIONS_CODE, SAYS_SO, SOLVES_CODE, Evidence, chance
from knowledge_base.codes import canonical, codes_in
from knowledge_base.index import Field, Floats, Index, Ints
from knowledge_base.question import Question, Reader, Word, code_term, phrase_of
from knowledge_base.words import terms

_Key = TypeVar("_Key", bound=Hashable)

# How much fields count, chosen as in question.py.
FIELDS = {
    "title": Field(3.0, 0.3),
    "also_known_as": Field(1.5, 0.3),
    "error_codes": Field(3.0, 0.0),
    "applies_when": Field(2.0, 0.3),
    "products": Field(2.0, 0.3),
    "body": Field(1.0, 0.9),
}
HINT = 0.7

# Hits of a higher rank come first, whatever their words.
SOLVES, SAYS, MENTIONS = 3, 2, 1
_SURE = {SOLVES: SOLVES_CODE, SAYS: SAYS_SO, MENTIONS: MENTIONS_CODE}
SHOWN_WORDS = 5


@dataclass(frozen=True)
class Hit:
    """An article, the chance (0 to 1) that it is the right one, and the codes and words that matched.

    `by_code`: it solves an error code that stands in the query.
    """

    article: Article
    score: float
    why: tuple[str, ...]
    by_code: bool = False


class Library:
    """Articles ready to be searched. Nothing in it changes after it is built, so threads may share it."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)
        self._index = Index(map(_document, self._articles), tuple(FIELDS.values()))
        self._solvers = _by_key({canonical(code) for code in article.error_codes} for article in self._articles)
        self._mentions = _by_key(_mentioned(article) for article in self._articles)
        self._phrases = _by_key(_phrases(article) for article in self._articles)
        self._reader = Reader(self._index, {code for code in self._solvers if not codes_in(code)})
        self._versions: dict[str, dict[str, Article]] = {}
        for article in self._articles:
            self._versions.setdefault(article.id, {})[article.language] = article
        self._group = _numbered(article.id for article in self._articles)
        self._categories = tuple(dict.fromkeys(article.category for article in self._articles))
        self._category = _numbered(article.category for article in self._articles)

    def __len__(self) -> int:
        return len(self._articles)

    def search(
        self,
        query: str,
        *,
        categories: Mapping[str, float] | None = None,
        language: str = "en",
        limit: int = 10,
    ) -> list[Hit]:
        """The best articles first, at most one version of each, in `language` where there is one.

        `categories` are a model's probabilities. Any text is a valid query; it may find nothing.
        """
        question = self._reader.read(query)
        scores = self._index.scores(question.terms, question.pairs) * self._lift(categories or {})
        rank = self._rank(question)
        best = self._best(scores, rank, limit)
        if not len(best):
            return []
        held = self._held(question.telling, best)
        chances = self._chances(_evidence(question.telling, held, scores[best]), best, rank)
        return [
            Hit(
                self._in_language(document, language),
                likely,
                self._why(question, document, words_held),
                by_code=bool(rank[document] == SOLVES),
            )
            for document, likely, words_held in zip(best.tolist(), chances, held.T.tolist(), strict=True)
        ]

    def get(self, article_id: str, language: str = "en") -> Article | None:
        """The article in that language, or in English, or in the language it has; None when it is not here any more."""
        versions = self._versions.get(article_id, {})
        return versions.get(language) or versions.get("en") or next(iter(versions.values()), None)

    def _held(self, telling: Sequence[Word], documents: Ints) -> npt.NDArray[np.bool_]:
        """Which word of the question (row) is in which document (column)."""
        rows = [[self._index.holds(term, documents) for term in word.terms] for word in telling]
        return np.array([np.any(row, axis=0) for row in rows], bool).reshape(len(telling), len(documents))

    def _lift(self, categories: Mapping[str, float]) -> Floats:
        hints = np.array([1 + HINT * categories.get(category, 0.0) for category in self._categories], np.float32)
        return hints[self._category]

    def _rank(self, question: Question) -> Ints:
        """What is known about each document beyond its words; zero for most."""
        rank = np.zeros(len(self._articles), np.int64)
        rank[list(self._phrases.get(question.phrase, ()))] = SAYS
        for code in question.codes:
            solvers = list(self._solvers.get(code, ()))
            rank[solvers or list(self._mentions.get(code, ()))] = SOLVES if solvers else MENTIONS
        return rank

    def _best(self, scores: Floats, rank: Ints, limit: int) -> Ints:
        """The documents to show, best first, one of each article."""
        found = np.flatnonzero((scores > 0) | (rank > 0))
        wanted = limit if len(self._versions) == len(self._articles) else limit * 8
        if len(found) > wanted:
            order = rank[found] * (float(scores.max()) + 1) + scores[found]
            found = found[np.argpartition(-order, wanted)[:wanted]]
        found = found[np.lexsort((found, -scores[found], -rank[found]))]
        _, firsts = np.unique(self._group[found], return_index=True)
        return np.asarray(found[np.sort(firsts)][:limit])

    def _chances(self, evidence: Sequence[Evidence], best: Ints, rank: Ints) -> list[float]:
        """The chance of each document, never rising down the list."""
        chances: list[float] = []
        left = 1.0  # what the articles of a rank leave for the others
        for each, document in zip(evidence, best, strict=True):
            if rank[document]:
                likely = _SURE[int(rank[document])] / int((rank == rank[document]).sum())
                left = min(left, 1 - likely)
            else:
                likely = left * chance(each)
            chances.append(min(likely, chances[-1] if chances else 1.0))
        return chances

    def _why(self, question: Question, document: int, held: Sequence[bool]) -> tuple[str, ...]:
        """The codes that matched, and the rarest of the words that did."""
        codes = [code for code in question.codes if self._speaks_of(code, document)]
        typed = [word.typed for word, has in zip(question.telling, held, strict=True) if has]
        spelled = {code.casefold() for code in codes}
        return (*codes, *[word for word in typed if word not in spelled][:SHOWN_WORDS])

    def _speaks_of(self, code: str, document: int) -> bool:
        return document in self._solvers.get(code, ()) or document in self._mentions.get(code, ())

    def _in_language(self, document: int, language: str) -> Article:
        """The version of an article in the language, or in English, or the one that was found."""
        versions = self._versions[self._articles[document].id]
        wanted = (language.lower(), language.lower().partition("-")[0], "en")
        return next((versions[code] for code in wanted if code in versions), self._articles[document])


def _document(article: Article) -> list[list[list[str]]]:
    """The fields of an article as the index takes them, in the order of FIELDS."""
    fields: dict[str, Sequence[str]] = {
        "title": [article.title],
        "also_known_as": article.also_known_as,
        "error_codes": [],
        "applies_when": [article.applies_when],
        "products": article.products,
        "body": [article.body],
    }
    document = [[terms(phrase) for phrase in fields[name]] for name in FIELDS]
    document[list(FIELDS).index("error_codes")] = [[code_term(canonical(code))] for code in article.error_codes]
    return document


def _mentioned(article: Article) -> set[str]:
    """The codes an article speaks of besides those it solves; plain numbers ("error 5") say too little."""
    text = "\n".join((article.title, *article.also_known_as, article.applies_when, article.body))
    return {code for code in codes_in(text) if not code.startswith("error ")}


def _phrases(article: Article) -> set[frozenset[str]]:
    """The title and the also-known-as phrases, each without its small words."""
    return {phrase_of(terms(phrase)) for phrase in (article.title, *article.also_known_as)} - {frozenset()}


def _by_key(keys_of_documents: Iterable[set[_Key]]) -> dict[_Key, tuple[int, ...]]:
    found: defaultdict[_Key, list[int]] = defaultdict(list)
    for document, keys in enumerate(keys_of_documents):
        for key in keys:
            found[key].append(document)
    return {key: tuple(documents) for key, documents in found.items()}


def _numbered(names: Iterable[str]) -> Ints:
    """Each name as a number, the same for the same name, in the order of their first appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


def _evidence(telling: Sequence[Word], held: npt.NDArray[np.bool_], scores: Floats) -> list[Evidence]:
    rarities = np.array([word.rarity for word in telling])
    total = float(rarities.sum()) or 1.0
    strengths = scores / total if telling else np.zeros(len(scores))
    figures = zip(rarities @ held / total, _leads(scores), strengths, held.sum(axis=0), strict=True)
    return [Evidence(float(covered), lead, float(strength), int(count)) for covered, lead, strength, count in figures]


def _leads(scores: Floats) -> list[float]:
    """How far each score is ahead of its best rival (or behind it), as a share of the highest."""
    top = scores.tolist()
    highest = max(*top, 1e-6)
    ranked = sorted(top, reverse=True)
    return [(score - (ranked[0] if score < ranked[0] else (*ranked, 0.0)[1])) / highest for score in top]
