"""What `triage ask` and `triage kb search` print: advice and hits as rows of the documented format, and as words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.advice import Advisor
from bot.privacy import redact, scrub
from bot.routing import named
from bot.triage import Advice, Answer, Clarify, HandOff, Ignore
from knowledge_base.search import Library

TOP = 5
FOR_PLOTS = ("confusion", "reliability", "risk_coverage")  # curves and tables too long for a terminal
HITS = 10


def row_for(advisor: Advisor, request_id: Any, text: str) -> dict[str, Any]:
    """One object of `ask --jsonl`: the keys are a contract. `request_id` is any JSON value, given back untouched."""
    clean = scrub(text)
    advice = advisor.advise(clean)
    judgement = advice.judgement
    action, article, queue = _decision(advice)
    return {
        "id": request_id,
        "language": judgement.language,
        "category": judgement.category,
        "confidence": round(judgement.confidence, 6),
        "categories": [{"category": name, "probability": round(p, 6)} for name, p in judgement.categories[:TOP]],
        "tier": judgement.tier,
        "urgency": judgement.urgency,
        "action": action,
        "article": article,
        "articles": [{"article": hit.article.id, "score": round(hit.score, 6)} for hit in advice.hits[:TOP]],
        "queue": queue,
        "region": named(queue, advisor.queues).region if queue else None,
        "redacted": redact(clean),
        "reasons": list(advice.reasons),
        "model": judgement.model,
    }


def explained(advisor: Advisor, text: str) -> dict[str, Any] | None:
    """Why the model reads a text as it does: words with what each added, and the nearest examples. None without one."""
    why = advisor.explain(scrub(text)) if advisor.explain else None
    if why is None:
        return None
    return {
        "category": why.category,
        "terms": [{"term": term, "added": round(added, 3)} for term, added in why.terms],
        "examples": [
            {"text": each.text, "category": each.category, "issue": each.issue, "likeness": round(each.likeness, 3)}
            for each in why.examples
        ],
    }


def explanation_in_words(why: Mapping[str, Any] | None) -> str:
    if why is None:
        return "  No model is in use, so there is nothing to explain."
    lines = [f"  word      {term['term']} (+{term['added']:.2f} for {why['category']})" for term in why["terms"]]
    lines += [f"  like      “{each['text']}” ({each['category']}, {each['likeness']:.0%})" for each in why["examples"]]
    return "\n".join(lines) or "  No word of it speaks for any category."


def in_words(row: Mapping[str, Any]) -> str:
    """The same for a terminal."""
    lines = [f"{row['action'].replace('_', ' ')}: {row['article'] or row['queue'] or row['category']}"]
    lines += [f"  category  {row['category']} ({row['confidence']:.0%}), tier {row['tier']}, {row['urgency']}"]
    lines += [f"  article   {each['article']} ({each['score']:.0%})" for each in row["articles"]]
    if row["queue"]:
        lines.append(f"  queue     {row['queue']} ({row['region']})")
    lines += [f"  because   {reason}" for reason in row["reasons"]]
    return "\n".join(lines)


def hits_for(library: Library, request_id: Any, query: str) -> dict[str, Any]:
    """One object of `kb search --jsonl`: the keys are a contract."""
    hits = library.search(query, limit=HITS)
    return {
        "id": request_id,
        "hits": [{"article": h.article.id, "title": h.article.title, "score": round(h.score, 6)} for h in hits],
    }


def hits_in_words(found: Mapping[str, Any]) -> str:
    if not found["hits"]:
        return "No article matches. Try other words, or an error code."
    return "\n".join(f"{hit['score']:>4.0%}  {hit['article']}  {hit['title']}" for hit in found["hits"])


def figures_in_words(figures: Mapping[str, Any]) -> str:
    """An evaluation as a short table: one figure a line, categories below."""
    told = {name: value for name, value in figures.items() if name not in FOR_PLOTS}
    lines = [f"{name:<28}{_figure(value)}" for name, value in told.items() if not isinstance(value, Mapping)]
    for name, group in told.items():
        if isinstance(group, Mapping) and name != "per_category":
            lines += [f"{name + ' ' + key:<28}{_figure(value)}" for key, value in group.items()]
    for label, row in figures["per_category"].items():
        lines.append(f"  {label:<22}" + "  ".join(f"{key} {_figure(value)}" for key, value in row.items()))
    return "\n".join(lines)


def _decision(advice: Advice) -> tuple[str, str | None, str | None]:
    """(action, article, queue)"""
    match advice.decision:
        case Answer(article):
            return "answer", article, None
        case Clarify():
            return "clarify", None, None
        case HandOff(queue, aid):
            return "hand_off", aid, queue
        case Ignore():
            return "ignore", None, None


def _figure(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
