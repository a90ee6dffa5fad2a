"""An article as people read it: Markdown for a chat message of limited length, and plain text.

Knows Markdown, not Slack: the limit comes in as a number. Text that could call a whole channel is disarmed.
"""

import re

from knowledge_base.articles import Article

MARKDOWN_LIMIT = 12_000  # characters of all Markdown blocks of one Slack message together
SHORTENED = "_This is the beginning: the whole article is too long for one message._"

_ACTIVE_MENTION = re.compile(r"<(?=[!@#])")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((\S{1,1000}?)\)")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_HEADING_MARK = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)


def as_markdown(article: Article, limit: int = MARKDOWN_LIMIT) -> str:
    """The title and the body in at most `limit` characters; a longer one is cut before a step and says so."""
    whole = _ACTIVE_MENTION.sub("&lt;", f"**{article.title}**\n\n{article.body.strip()}")
    if len(whole) <= limit:
        return whole
    room = limit - len(SHORTENED) - 2
    kept = _cut(whole, room)
    return f"{kept}\n\n{SHORTENED}"[:limit]


def as_plain_text(article: Article, limit: int | None = None) -> str:
    """The same without Markdown's marks, for notifications and terminals."""
    text = _HEADING_MARK.sub("", f"{article.title}\n\n{article.body.strip()}")
    text = _MARKS.sub("", _LINK.sub(_spelled_out, text))
    if limit is None or len(text) <= limit:
        return text
    return text[: max(0, limit - 1)].rstrip() + "…"


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
