"""Going through an article step by step: what was tried, how it went, and which step is next. Pure.

Steps carry the numbers that the article gives them; the quick check before them is step 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from knowledge_base.articles import Article
from knowledge_base.body import Step, quick_check_step, steps


class Outcome(StrEnum):
    """How a step went, in the person's own judgement."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Tried:
    """One step that a person has been through. `title` is as they read it, in their language."""

    article: str
    number: int
    title: str
    outcome: Outcome


def walk_of(article: Article) -> tuple[Step, ...]:
    """Every step in order, the quick check first where there is one."""
    check = quick_check_step(article)
    return (*([check] if check else []), *steps(article))


def next_step(walk: Sequence[Step], tried: Iterable[Tried]) -> Step | None:
    """The first step that was not tried yet; None at the end. Steps are known by what they say: an article may have
    changed since, and its numbers with it."""
    been = {each.title for each in tried}
    return next((step for step in walk if step.title not in been), None)


def tried_in(audit: Iterable[tuple[str, str, dict[str, Any]]]) -> tuple[Tried, ...]:
    """The steps that a case's audit tells of, in order."""
    return tuple(
        Tried(detail["article"], detail["number"], detail["title"], Outcome(detail["outcome"]))
        for _, action, detail in audit
        if action == "step"
    )
