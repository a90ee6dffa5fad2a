"""The parts of an article's body: its opening, the quick check, the numbered steps.

Knows the shape that articles have (an opening, then `##` sections, one of them with numbered steps) but no
language: the steps are the first section with a numbered list, the quick check is the section before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge_base.articles import Article


@dataclass(frozen=True)
class Step:
    """One numbered step: `title` is its bold lead without the stars, `text` the whole step as Markdown."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; the opening has no heading."""

    heading: str
    text: str


_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]++(\S.*)$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_NUMBERED = re.compile(r"^ {0,3}(\d{1,3})[.)][ \t]+(.*)$")
_BOLD_LEAD = re.compile(r"^\*\*(.+?)\*\*")
_SENTENCE = re.compile(r"^(.+?[.!?])(?:\s|$)")


def opening(article: "Article") -> str:
    """What stands before the first heading."""
    return sections(article.body)[0].text


def quick_check(article: "Article") -> str:
    """The section before the steps, without its heading; empty when there is none."""
    check = quick_check_step(article)
    return check.text if check else ""


def quick_check_step(article: "Article") -> Step | None:
    """The quick check as step 0, under its heading; None when there is none."""
    parts = sections(article.body)
    position = _steps_at(parts)
    if position is None or position < 2 or not parts[position - 1].text:
        return None
    return Step(0, parts[position - 1].heading, parts[position - 1].text)


def steps(article: "Article") -> tuple[Step, ...]:
    """The numbered steps in order, numbered from 1 whatever the Markdown says; empty when there are none."""
    return steps_in(article.body)


def steps_in(body: str) -> tuple[Step, ...]:
    """The numbered steps of a body that is not an article yet."""
    parts = sections(body)
    position = _steps_at(parts)
    if position is None:
        return ()
    return tuple(
        Step(number, _title(text), text) for number, text in enumerate(numbered_items(parts[position].text), start=1)
    )


def after_steps(article: "Article") -> Section | None:
    """What stands after the steps: what to do when none of them helped. None when nothing does."""
    parts = sections(article.body)
    position = _steps_at(parts)
    return parts[position + 1] if position is not None and position + 1 < len(parts) else None


def sections(body: str) -> list[Section]:
    """The opening first (perhaps empty), then every section under a heading of any level."""
    parts: list[Section] = []
    heading, lines, fenced = "", list[str](), False
    for line in body.splitlines():
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if found:
            parts.append(Section(heading, "\n".join(lines).strip()))
            heading, lines = heading_text(found[1]), []
        else:
            lines.append(line)
    parts.append(Section(heading, "\n".join(lines).strip()))
    return parts


def heading_text(line: str) -> str:
    """A heading of Markdown without its marks; a # that belongs to a word ("C#") stays."""
    text = " ".join(line.lstrip("#").split())
    bare = text.rstrip("#")
    return bare.rstrip() if bare.endswith(" ") else text


def numbered_items(text: str) -> list[str]:
    """The items of the numbered list in `text`, each with its continuation lines, without their numbers."""
    items: list[list[str]] = []
    for line, starts_item in _lines(text):
        if starts_item:
            items.append([line])
        elif items:
            items[-1].append(line.strip() if line[:1].isspace() else line)
    return ["\n".join(lines).strip() for lines in items]


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        item = None if fenced else _NUMBERED.match(line)
        yield (item[2], True) if item else (line, False)


def _steps_at(parts: list[Section]) -> int | None:
    return next((at for at, part in enumerate(parts) if numbered_items(part.text)), None)


def _title(text: str) -> str:
    """The bold lead of a step, or its first sentence."""
    lead = _BOLD_LEAD.match(text) or _SENTENCE.match(text)
    return (lead[1] if lead else text.partition("\n")[0]).rstrip(" .:")
