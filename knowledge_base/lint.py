"""What an editor would mark in an article before it goes live: too long, hard to read, a link to nowhere, a double.

Looks at articles that can be read at all; what cannot is told by `articles`. Knows no search and no network: an
address on the web is not visited.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from knowledge_base.articles import Article
from knowledge_base.body import sections, steps
from knowledge_base.rendering import MARKDOWN_LIMIT, as_markdown, as_plain_text
from knowledge_base.translations import stale
from knowledge_base.words import small_words, terms

REVIEW_AFTER = timedelta(days=365)
EASY_LENGTH = 2_500  # characters of a body: what people read on a phone without giving up
MOST_STEPS = 10
# Words in a sentence. Plain-language guides ask for 15 to 20 on average and 25 at most (GOV.UK, plainlanguage.gov);
# single longer ones are common where a step names a menu path, so only clear cases are marked.
LONGEST_SENTENCE = 40
USUAL_SENTENCE = 20
ALIKE = 0.8  # share of telling words that two articles have in common, from which they are one article twice

_ACTIVE = re.compile(r"<[!@#][^>\s]*>?|(?<![\w.])@(?:channel|here|everyone)\b", re.IGNORECASE)
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]*\]\(([^()\s]+)\)")
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_LIST_MARK = re.compile(r"^[ \t]*(?:\d{1,3}[.)]|[-*+])[ \t]+", re.MULTILINE)
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Remark:
    """One thing to mend. `kind` is a short word to filter by; `text` says what is wrong and what to do."""

    article: Article
    kind: str
    text: str


def lint(articles: Sequence[Article], today: date) -> list[Remark]:
    """Remarks on every article, in the order of their paths."""
    remarks = [remark for article in articles for remark in _about(article, today)]
    remarks += [*_stale(articles), *_doubles(articles), *_shared_phrases(articles)]
    return sorted(remarks, key=lambda remark: (str(remark.article.path), remark.kind))


def is_due(article: Article, today: date) -> bool:
    """Whether nobody has read the article against the products for a year; of an imported one without a date, nobody
    knows."""
    return article.reviewed != date.min and today - article.reviewed > REVIEW_AFTER


def _about(article: Article, today: date) -> Iterator[Remark]:
    for kind, texts in (
        ("review", _review(article, today)),
        ("length", _length(article)),
        ("readability", _readability(article)),
        ("links", _links(article)),
        ("mentions", _mentions(article)),
    ):
        for text in texts:
            yield Remark(article, kind, text)


def _review(article: Article, today: date) -> Iterator[str]:
    if article.reviewed > today:
        yield f"reviewed on {article.reviewed}, which is still to come; correct the date"
    elif article.reviewed == date.min:
        yield "does not say when it was last changed; its source should"
    elif is_due(article, today):
        yield f"last reviewed on {article.reviewed}; read it against the products and set the date"


def _length(article: Article) -> Iterator[str]:
    rendered = len(as_markdown(article, limit=10**9))
    if rendered > MARKDOWN_LIMIT:
        yield f"{rendered:,} characters, and Slack shows {MARKDOWN_LIMIT:,}; make two articles of it"
    elif len(article.body) > EASY_LENGTH * 2:
        yield f"{len(article.body):,} characters; shorten it to about {EASY_LENGTH:,}"
    if (count := len(steps(article))) > MOST_STEPS:
        yield f"{count} steps; people give up after about {MOST_STEPS}, so join or move some"


def _readability(article: Article) -> Iterator[str]:
    plain = _LIST_MARK.sub("", as_plain_text(article).partition("\n")[2])
    lengths = [(len(sentence.split()), sentence) for sentence in _SENTENCE_END.split(plain) if sentence.strip()]
    if not lengths:
        return
    usual = sum(count for count, _ in lengths) / len(lengths)
    if usual > USUAL_SENTENCE:
        yield f"{usual:.0f} words a sentence; {USUAL_SENTENCE} or fewer are easier to follow"
    longest, sentence = max(lengths)
    if longest > LONGEST_SENTENCE:
        yield f'a sentence of {longest} words, "{" ".join(sentence.split()[:6])} …"; make two of it'


def _links(article: Article) -> Iterator[str]:
    """Anchors and relative files; they must lead somewhere."""
    anchors = {_anchor(part.heading) for part in sections(article.body)}
    for address in _LINK.findall(_without_code(article.body)):
        target, _, anchor = address.partition("#")
        if not target and anchor not in anchors:
            yield f'the link to "#{anchor}" leads to no heading; correct it, or take it out'
        elif target and ":" not in target and not _is_file(article.path.parent / target):
            yield f'the link to "{target}" leads to no file; give the whole address'


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _anchor(heading: str) -> str:
    """A heading as the address of its place, the way Markdown renderers make it."""
    return _NOT_IN_ANCHOR.sub("", heading.lower()).replace(" ", "-")


def _mentions(article: Article) -> Iterator[str]:
    readable = "\n".join((article.title, article.applies_when, article.escalate_when, _without_code(article.body)))
    for mention in dict.fromkeys(_ACTIVE.findall(readable)):
        yield f'"{mention}" would call people in Slack; take it out, or put it between backticks'


def _without_code(text: str) -> str:
    return _CODE.sub("", _FENCED.sub("", text))


def _stale(articles: Iterable[Article]) -> Iterator[Remark]:
    for article in stale(articles):
        text = "the article it translates has changed; read both, then run `triage kb accept` with this file"
        yield Remark(article, "translation", text)


def _doubles(articles: Sequence[Article]) -> Iterator[Remark]:
    """Articles of one language and category with nearly the same words."""
    groups: defaultdict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in articles:
        groups[article.language, article.category].append(article)
    for group in groups.values():
        for double, first in _first_like(list(map(_telling, group))).items():
            text = f"says nearly the same as {group[first].id}; make one article of both"
            yield Remark(group[double], "duplicate", text)


def _first_like(bags: Sequence[frozenset[str]]) -> dict[int, int]:
    """For each bag that is like an earlier one, the first such that is not itself a double.

    Not every pair is compared: two bags with so much in common share one of their few rarest words (prefix filtering;
    Chaudhuri, Ganti and Kaushik 2006).
    """
    held_by = Counter(word for bag in bags for word in bag)
    having: defaultdict[str, list[int]] = defaultdict(list)
    doubles: dict[int, int] = {}
    for number, bag in enumerate(bags):
        rarest = sorted(bag, key=lambda word: (held_by[word], word))[: len(bag) - ceil(ALIKE * len(bag)) + 1]
        near = sorted({earlier for word in rarest for earlier in having[word]})
        first = next((earlier for earlier in near if _alike(bags[earlier], bag) >= ALIKE), None)
        if first is not None:
            doubles[number] = first
            continue
        for word in rarest:
            having[word].append(number)
    return doubles


def _telling(article: Article) -> frozenset[str]:
    return frozenset(terms(f"{article.title} {article.body}")) - small_words()


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _shared_phrases(articles: Iterable[Article]) -> Iterator[Remark]:
    """A phrase or a code that leads to two articles leads to neither with certainty."""
    owners: defaultdict[tuple[str, str], dict[str, Article]] = defaultdict(dict)
    for article in articles:
        for phrase in (article.title, *article.also_known_as):
            owners[article.language, " ".join(phrase.casefold().split())].setdefault(article.id, article)
    yield from _told_twice(owners)


def _told_twice(owners: Mapping[tuple[str, str], Mapping[str, Article]]) -> Iterator[Remark]:
    for (_, phrase), having in owners.items():
        first, *others = having.values()
        for article in others:
            yield Remark(article, "phrase", f'"{phrase}" also leads to {first.id}; keep it in one of them')
