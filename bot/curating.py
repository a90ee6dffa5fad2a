"""What maintainers read about articles: `triage kb list`, `show`, `lint`, `review` and `gaps` as rows and as words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.reports.gaps import Gap
from knowledge_base.articles import Article
from knowledge_base.lint import Remark, is_due
from knowledge_base.rendering import as_plain_text
from knowledge_base.search import Library
from knowledge_base.translations import stale
from knowledge_base.worth import Votes, failing

NO_VOTES = Votes()
SHOWN_GAPS = 20


def list_rows(articles: Iterable[Article], votes: Mapping[str, Votes]) -> list[dict[str, Any]]:
    """One object an article, its languages and verdicts in it, in the order of category and id."""
    versions: defaultdict[str, dict[str, Article]] = defaultdict(dict)
    for article in articles:
        versions[article.id][article.language] = article
    rows = [_row(article_id, having, votes.get(article_id, NO_VOTES)) for article_id, having in versions.items()]
    return sorted(rows, key=lambda row: (row["category"], row["id"]))


def _row(article_id: str, having: Mapping[str, Article], votes: Votes) -> dict[str, Any]:
    article = having.get("en") or next(iter(having.values()))
    return {
        "id": article_id,
        "title": article.title,
        "category": article.category,
        "languages": sorted(having),
        "reviewed": article.reviewed.isoformat() if article.reviewed != date.min else None,
        "shown": votes.shown,
        "solved": votes.solved,
        "not_solved": votes.not_solved,
    }


def list_in_words(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "There are no articles."
    wide = max(len(row["id"]) for row in rows)
    lines = [f"{row['id']:<{wide}}  {_facts(row)}  {row['title']}" for row in rows]
    return "\n".join([*lines, _counted(len(rows), "article")])


def _facts(row: Mapping[str, Any]) -> str:
    return f"{'/'.join(row['languages']):<14}  {row['reviewed'] or 'no date':<10}  {_verdicts(row):<24}"


def _verdicts(row: Mapping[str, Any]) -> str:
    if not row["shown"]:
        return "not shown yet"
    return f"shown {row['shown']}, solved {row['solved']}, not {row['not_solved']}"


def article_in_words(article: Article, votes: Votes) -> str:
    """Everything about one article: what people read, and what only maintainers see."""
    facts = {
        "category": article.category,
        "language": article.language,
        "products": ", ".join(article.products),
        "known as": "; ".join(article.also_known_as),
        "error codes": ", ".join(article.error_codes),
        "applies when": article.applies_when,
        "escalate when": article.escalate_when,
        "tier": f"{article.tier}, risk {article.risk}, about {article.minutes} min",
        "reviewed": article.reviewed.isoformat() if article.reviewed != date.min else "no date",
        "sources": "\n               ".join(article.sources),
        "verdicts": f"shown {votes.shown}, solved {votes.solved}, not solved {votes.not_solved}",
        "file": str(article.path),
    }
    lines = [f"{name:<13}  {value}" for name, value in facts.items() if value]
    return "\n".join([as_plain_text(article), "", *lines])


def article_row(article: Article, votes: Votes) -> dict[str, Any]:
    fields = {name: getattr(article, name) for name in Article.__dataclass_fields__}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    texts = {"reviewed": article.reviewed.isoformat(), "path": str(article.path)}
    return {**listed, **texts, "shown": votes.shown, "solved": votes.solved, "not_solved": votes.not_solved}


def remark_rows(faults: Iterable[str], remarks: Iterable[Remark]) -> list[dict[str, str]]:
    """Faults stop an article from being served; remarks do not."""
    rows = [{"file": fault.partition(": ")[0], "kind": "fault", "text": fault.partition(": ")[2]} for fault in faults]
    return rows + [{"file": str(remark.article.path), "kind": remark.kind, "text": remark.text} for remark in remarks]


def remarks_in_words(rows: Sequence[Mapping[str, str]], articles: int) -> str:
    if not rows:
        return f"{_counted(articles, 'article')}, nothing to mend."
    lines = [f"{row['file']}: {row['text']}" for row in rows]
    return "\n".join([*lines, f"{_counted(articles, 'article')}, {len(rows)} to mend"])


def review_rows(articles: Sequence[Article], votes: Mapping[str, Votes], today: date) -> list[dict[str, str]]:
    """The articles that somebody should read, those that fail first, then stale translations, then old ones."""
    english = {article.id: article for article in articles if article.language == "en"} or {
        article.id: article for article in articles
    }
    rows = [
        _due(english[each], f"solved it for {votes[each].solved} of {votes[each].said} people who said")
        for each in failing(votes)
        if each in english
    ]
    rows += [_due(article, f"the {article.language} text is older than the article") for article in stale(articles)]
    old = sorted((article for article in articles if is_due(article, today)), key=lambda article: article.reviewed)
    return rows + [_due(article, f"last reviewed on {article.reviewed}") for article in old]


def _due(article: Article, why: str) -> dict[str, str]:
    return {
        "id": article.id,
        "language": article.language,
        "title": article.title,
        "why": why,
        "file": str(article.path),
    }


def review_in_words(rows: Sequence[Mapping[str, str]]) -> str:
    if not rows:
        return "No article is failing, stale or past its date."
    return "\n".join(f"{row['id']} ({row['language']}): {row['why']}" for row in rows)


def gap_rows(gaps: Sequence[Gap], library: Library) -> list[dict[str, Any]]:
    """Each gap with the article that comes nearest: a better phrase there may be all that is missing."""
    return [_gap_row(gap, library) for gap in gaps]


def _gap_row(gap: Gap, library: Library) -> dict[str, Any]:
    hits = library.search(gap.example, categories={gap.category: 1.0}, limit=1)
    return {
        "category": gap.category,
        "people": gap.people,
        "cases": list(gap.cases),
        "words": list(gap.words),
        "example": gap.example,
        "nearest": hits[0].article.id if hits else None,
        "chance": round(hits[0].score, 3) if hits else 0.0,
    }


def gaps_in_words(rows: Sequence[Mapping[str, Any]], requests: int, days: int) -> str:
    if not rows:
        return f"No request of the last {days} days ended with people."
    lines = [f"{_counted(requests, 'request')} of the last {days} days ended with people:"]
    lines += [_gap_line(row) for row in rows[:SHOWN_GAPS]]
    rest = len(rows) - SHOWN_GAPS
    return "\n".join([*lines, f"… and {rest} more; --json lists all"] if rest > 0 else lines)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _gap_line(row: Mapping[str, Any]) -> str:
    who = "person" if row["people"] == 1 else "people"
    near = f"nearest: {row['nearest']} ({row['chance']:.0%})" if row["nearest"] else "no article is near"
    return f"{row['people']:>3} {who}, {row['category']}: {', '.join(row['words'])}; {near}\n     “{row['example']}”"


def picked(articles: Iterable[Article], which: str) -> list[Article]:
    """All versions of the article with that id, or of the one in that file."""
    known = list(articles)
    path = Path(which)
    wanted = {article.id for article in known if path.suffix == ".md" and article.path.resolve() == path.resolve()}
    return [article for article in known if article.id in (wanted or {which})]
