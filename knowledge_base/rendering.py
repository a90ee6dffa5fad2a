"""An article as people read it: Markdown for a chat message of limited length, and plain text.

Knows Markdown, not Slack: the limit comes in as a number. Text that could call a whole channel is disarmed.
"""

import re

from knowledge_base.articles import Article
from knowledge_base.body import Step, after_steps

MARKDOWN_LIMIT = 12_000  # characters of all Markdown blocks of one Slack message together
SHORTENED = "_This is the beginning: the whole article is too long for one message._"

_ACTIVE_MENTION = re.compile(r"<(?=[!@#])")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((\S{1,1000}?)\)")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_HEADING_MARK = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)


def as_markdown(article: Article, limit: int = MARKDOWN_LIMIT) -> str:
    """The title and the body in at most `limit` characters; a longer one is cut before a step and says so."""
    whole = _ACTIVE_MENTION.sub("&lt;", f"**{article.title}**\n\n{article.body.strip()}")
    return _bounded(whole, limit)


def step_as_markdown(step: Step, limit: int = MARKDOWN_LIMIT) -> str:
    """One step, disarmed as a whole article is; a longer one is cut and says so."""
    return _bounded(_ACTIVE_MENTION.sub("&lt;", step.text), limit)


def after_steps_as_markdown(article: Article, limit: int = MARKDOWN_LIMIT) -> str:
    """What stands after the steps, under its heading; empty when nothing does."""
    part = after_steps(article)
    return _bounded(_ACTIVE_MENTION.sub("&lt;", f"**{part.heading}**\n\n{part.text}"), limit) if part else ""


def as_plain_text(article: Article, limit: int | None = None) -> str:
    """The same without Markdown's marks, for notifications and terminals."""
    text = _HEADING_MARK.sub("", f"{article.title}\n\n{article.body.strip()}")
    text = _MARKS.sub("", _LINK.sub(_spelled_out, text))
    if limit is None or len(text) <= limit:
        return text
    return text[: max(0, limit - 1)].rstrip() + "…"


def _bounded(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{_cut(text, limit - len(SHORTENED) - 2)}\n\n{SHORTENED}"[:limit]


def _spelled_out(link: re.Match[str]) -> str:
    return link[2] if link[1] in ("", link[2]) else f"{link[1]} ({link[2]})"


def _cut(text: str, room: int) -> str:
    """The longest part of `text` that ends where a step, a paragraph or, at worst, a word ends."""
    if room <= 0:
        return ""
    head = text[: room + 1]
    for boundary in (r"\n(?= {0,3}\d{1,3}[.)][ \t])", r"\n\n", r"\n", r"\s"):
        ends = [match.start() for match in re.finditer(boundary, head)]
        if ends and ends[-1] > room // 2:
            return head[: ends[-1]].rstrip()
    return head[:room]
