"""The search over articles in people's own words.

Knows articles and words, not Slack, not models. What a model thinks of the message comes in as a hint.

1. An error code, in any spelling, is looked up in an exact index: the articles that solve it come first, then
   those that say they are known under the very words of the query.
2. The words are scored by BM25 over weighted fields and pairs of neighbours. Where a word is in no article,
   its nearest spellings, its halves ("bluescreen") or its whole ("one drive") stand in for it: mending typos
   costs nothing on clean text. Words that mean the same count a little.
3. The category that a model sees lifts its articles, and hides no others.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.articles import Article
from knowledge_base.asked import Asked
from knowledge_base.chance import MENTIONS_CODE, SAYS_SO, SOLVES_CODE, Evidence, chance
from knowledge_base.codes import canonical, codes_in
from knowledge_base.index import Field, Floats, Index, Ints, Version, highest, indexed
from knowledge_base.question import Question, Reader, Word, code_term, phrase_of
from knowledge_base.words import terms

# How much fields count, chosen as in question.py. `asked` is what people wrote about the problem; `lead` is where
# a body begins, which says what it is about: counted apart, it lifts known symptoms by 1 point at the first place.
FIELDS = {
    "title": Field(6.0, 0.3),
    "also_known_as": Field(3.0, 0.3),
    "asked": Field(4.0, 0.6),
    "error_codes": Field(6.0, 0.0),
    "applies_when": Field(2.0, 0.3),
    "products": Field(2.0, 0.3),
    "lead": Field(1.0, 0.3),
    "body": Field(1.0, 0.9),
}
LEAD_WORDS = 60
HINT = 0.2

# Hits of a higher rank come first, whatever their words.
SOLVES, SAYS, MENTIONS = 3, 2, 1
_SURE = {SOLVES: SOLVES_CODE, SAYS: SAYS_SO, MENTIONS: MENTIONS_CODE}
SHOWN_WORDS = 5
RIVALS = 2


@dataclass(frozen=True)
class Hit:
    """An article, the chance (0 to 1) that it is the right one, and the codes and words that matched.

    `by_code`: it solves an error code that stands in the query.
    """

    article: Article
    score: float
    why: tuple[str, ...]
    by_code: bool = False


@dataclass(frozen=True)
class Parts:
    """What a library knows after reading its articles: all that `saved` has to keep.

    A document is an article with its versions by language; the tables name documents by their places.
    """

    documents: Sequence[Mapping[str, Article]]
    ids: Sequence[str]
    categories: Sequence[str]
    index: Index
    solvers: Mapping[str, Sequence[int]]
    mentions: Mapping[str, Sequence[int]]
    phrases: Mapping[str, Sequence[int]]
    odd_codes: Mapping[str, str]


class Library:
    """Articles ready to be searched. Nothing in it changes after it is built, so threads may share it."""

    def __init__(self, articles: Sequence[Article], asked: Asked | None = None) -> None:
        """`asked` is what people have written about the problems that the articles solve."""
        self._use(_parts(articles, asked or {}))

    @classmethod
    def of(cls, parts: Parts) -> "Library":
        """A library whose articles were read before."""
        library = cls.__new__(cls)
        library._use(parts)
        return library

    def _use(self, parts: Parts) -> None:
        self.parts = parts
        self._articles = parts.documents
        self._numbers = {article_id: number for number, article_id in enumerate(parts.ids)}
        self._index = parts.index
        self._solvers, self._mentions, self._phrases = parts.solvers, parts.mentions, parts.phrases
        self._reader = Reader(parts.index, parts.odd_codes)
        self._categories = tuple(dict.fromkeys(parts.categories))
        numbers = {category: number for number, category in enumerate(self._categories)}
        self._category = np.array([numbers[category] for category in parts.categories], np.int64)

    @property
    def articles(self) -> Iterator[Article]:
        """Every version of every article."""
        return (article for versions in self._articles for article in versions.values())

    def __len__(self) -> int:
        return sum(map(len, self._articles))

    def search(
        self,
        query: str,
        *,
        categories: Mapping[str, float] | None = None,
        language: str = "en",
        limit: int = 10,
        worth: Mapping[str, float] | None = None,
    ) -> list[Hit]:
        """The best articles first, at most one version of each, in `language` where there is one.

        `categories` are a model's probabilities; `worth` are factors of the scores of articles by their ids, as
        `worth.worth` makes them of people's verdicts. Any text is a valid query; it may find nothing.
        """
        question = self._reader.read(query)
        earned = self._factors(worth or {})
        scores = self._scores(question, categories or {})
        scores[list(earned)] *= np.array(list(earned.values()), np.float32)
        rank = self._rank(question)
        best = self._best(scores, rank, max(limit, RIVALS))  # the chance of the first depends on its rivals
        if not len(best):
            return []
        held = self._held(question.telling, best)
        chances = self._chances(_evidence(question.telling, held, scores[best]), best, rank, earned)
        return [
            Hit(
                _in_language(self._articles[document], language),
                likely,
                self._why(question, document, words_held),
                by_code=rank.get(document) == SOLVES,
            )
            for document, likely, words_held in zip(best.tolist(), chances, held.T.tolist(), strict=True)
        ][: max(0, limit)]

    def weigh(self, query: str, limit: int = 3) -> list[tuple[str, Evidence]]:
        """What speaks for the best articles by their words alone; nothing where a code or a title decides.

        This is what `chance` was fitted on and can be fitted on again.
        """
        question = self._reader.read(query)
        scores, rank = self._scores(question, {}), self._rank(question)
        best = self._best(scores, rank, max(limit, RIVALS))
        if not len(best) or rank:
            return []
        evidence = _evidence(question.telling, self._held(question.telling, best), scores[best])
        ids = [self.parts.ids[document] for document in best.tolist()]
        return list(zip(ids, evidence, strict=True))[:limit]

    def get(self, article_id: str, language: str = "en") -> Article | None:
        """The article in that language, or in English, or in the language it has; None when it is not here any more."""
        number = self._numbers.get(article_id)
        return None if number is None else _in_language(self._articles[number], language)

    def _held(self, telling: Sequence[Word], documents: Ints) -> npt.NDArray[np.bool_]:
        """Which word of the question (row) is in which document (column)."""
        rows = [[self._index.holds(term, documents) for term in word.terms] for word in telling]
        return np.array([np.any(row, axis=0) for row in rows], bool).reshape(len(telling), len(documents))

    def _scores(self, question: Question, categories: Mapping[str, float]) -> Floats:
        scores = self._index.scores(question.terms, question.pairs)
        return scores * self._lift(categories) if categories else scores

    def _lift(self, categories: Mapping[str, float]) -> Floats:
        hints = np.array([1 + HINT * categories.get(category, 0.0) for category in self._categories], np.float32)
        return hints[self._category]

    def _rank(self, question: Question) -> dict[int, int]:
        """The documents of which more is known than their words."""
        # one word alone ("vpn not working") says what it is about and not what is wrong
        says = self._phrases.get(_key(question.phrase), ()) if len(question.phrase) > 1 else ()
        rank = dict.fromkeys(says, SAYS)
        for code in question.codes:
            solvers = self._solvers.get(code)
            rank |= dict.fromkeys(solvers or self._mentions.get(code, ()), SOLVES if solvers else MENTIONS)
        return rank

    def _best(self, scores: Floats, rank: Mapping[int, int], limit: int) -> Ints:
        """The documents to show, best first."""
        found = {*highest(scores, limit).tolist(), *rank}
        best = sorted(found, key=lambda document: (-rank.get(document, 0), -scores[document], document))
        return np.array(best[:limit], np.int64)

    def _factors(self, worth: Mapping[str, float]) -> dict[int, float]:
        """What each document has earned, of those that are here."""
        known = ((self._numbers.get(article), factor) for article, factor in worth.items())
        return {document: factor for document, factor in known if document is not None}

    def _chances(
        self, evidence: Sequence[Evidence], best: Ints, rank: Mapping[int, int], earned: Mapping[int, float]
    ) -> list[float]:
        """The chance of each document, never rising down the list; one that helps seldom is seldom right."""
        chances: list[float] = []
        left = 1.0  # what the articles of a rank leave for the others
        alike = Counter(rank.values())
        for each, document in zip(evidence, best.tolist(), strict=True):
            if known := rank.get(document):
                likely = _SURE[known] / alike[known]
                left = min(left, 1 - likely)
            else:
                likely = left * chance(each) * min(1.0, earned.get(document, 1.0))
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


def _in_language(versions: Mapping[str, Article], language: str) -> Article:
    """The version in the language, or in English, or in the language there is."""
    wanted = (language.lower(), language.lower().partition("-")[0], "en")
    return next((versions[code] for code in wanted if code in versions), next(iter(versions.values())))


def _parts(articles: Sequence[Article], asked: Asked) -> Parts:
    by_id: dict[str, dict[str, Article]] = {}
    for article in articles:
        by_id.setdefault(article.id, {})[article.language] = article
    documents = tuple(by_id.values())
    return Parts(
        documents=documents,
        ids=tuple(by_id),
        categories=[next(iter(versions.values())).category for versions in documents],
        index=indexed(_versions(by_id, asked), tuple(FIELDS.values())),
        solvers=_documents_by(documents, lambda article: {canonical(code) for code in article.error_codes}),
        mentions=_documents_by(documents, _mentioned),
        phrases=_documents_by(documents, _phrases),
        odd_codes=_odd_codes(articles),
    )


def _documents_by(
    documents: Sequence[Mapping[str, Article]], keys: Callable[[Article], set[str]]
) -> dict[str, tuple[int, ...]]:
    """Which documents have each of the keys in one of their versions."""
    found: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for document, versions in enumerate(documents):
        for key in set().union(*map(keys, versions.values())):
            found[key][document] = None
    return {key: tuple(having) for key, having in found.items()}


def _versions(by_id: Mapping[str, Mapping[str, Article]], asked: Asked) -> Iterator[Version]:
    """What the index takes: each version with the messages in its language, then languages that have messages only."""
    for document, (article_id, versions) in enumerate(by_id.items()):
        messages = asked.get(article_id, {})
        for language, article in versions.items():
            yield Version(document, _fields(article, messages.get(language, ())))
        for language in messages.keys() - versions.keys():
            alone = {"asked": [terms("\n".join(messages[language]))]}
            yield Version(document, [alone.get(name, []) for name in FIELDS])


def _fields(article: Article, messages: Sequence[str]) -> list[list[list[str]]]:
    """The fields of an article as the index takes them, in the order of FIELDS."""
    body = terms(article.body)
    fields = {
        "title": [terms(article.title)],
        "also_known_as": [terms(phrase) for phrase in article.also_known_as],
        "asked": [terms("\n".join(messages))],
        "error_codes": [[code_term(canonical(code))] for code in article.error_codes],
        "applies_when": [terms(article.applies_when)],
        "products": [terms(product) for product in article.products],
        "lead": [body[:LEAD_WORDS]],
        "body": [body],
    }
    return [fields[name] for name in FIELDS]


def _odd_codes(articles: Iterable[Article]) -> dict[str, str]:
    """Codes that no sentence is needed to recognise: those without a known shape, and long numbers."""
    declared = {code for article in articles for code in article.error_codes}
    odd = sorted(code for code in declared if re.fullmatch("[0-9]{5,}", code) or not codes_in(code))
    return {code.casefold(): canonical(code) for code in odd}


_MAY_HOLD_A_CODE = re.compile(r"[0-9]|[A-Za-z]_[A-Za-z]")


def _mentioned(article: Article) -> set[str]:
    """The codes an article speaks of besides those it solves; plain numbers ("error 5") say too little."""
    text = "\n".join((article.title, *article.also_known_as, article.applies_when, article.body))
    telling = "\n".join(line for line in text.splitlines() if _MAY_HOLD_A_CODE.search(line))
    return {code for code in codes_in(telling) if not code.startswith("error ")}


def _phrases(article: Article) -> set[str]:
    """What the title and the also-known-as phrases say, each without its small words."""
    return {_key(phrase_of(terms(phrase))) for phrase in (article.title, *article.also_known_as)} - {""}


def _key(phrase: frozenset[str]) -> str:
    """A phrase as a text that can be looked up and saved."""
    return " ".join(sorted(phrase))


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
