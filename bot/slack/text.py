"""Words of people on their way into Slack: one place that makes them harmless, whatever they hold.

Slack delivers text escaped (`&amp; &lt; &gt;`) with its own marks in `<…>`. Unescaping and posting such text again
would re-arm `<!channel>` and disguised links, so people's words are shown through rich_text: letters only.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextQuoteElement

_MARK = re.compile(r"<([^<>\s][^<>]*)>")
_ADDRESS = re.compile(r"https?://[^\s<>|]+")
# rich_text has no limit of its own in Slack's documents; a section's 3,000 characters keep a card at one glance.
LONGEST_QUOTE = 3_000


def escape(text: str) -> str:
    """For text that becomes mrkdwn: nothing in it can be a mention, a link or a broadcast."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readable(delivered: str) -> str:
    """What the person saw when they wrote: Slack's marks as words, entities as letters. For literal display only."""
    marks_as_words = _MARK.sub(_mark_in_words, delivered)
    return marks_as_words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def without_mention(delivered: str, bot_user: str) -> str:
    """The text without the mention that called the desk."""
    return re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>", "", delivered).strip()


def mentions(delivered: str, bot_user: str) -> bool:
    return f"<@{bot_user}>" in delivered or f"<@{bot_user}|" in delivered


def quote(delivered: str) -> RichTextBlock:
    """People's words as a quotation, letter by letter: no link in it can be clicked, no name in it is called."""
    text = shortened(readable(delivered), LONGEST_QUOTE) or " "
    return RichTextBlock(elements=[RichTextQuoteElement(elements=[RichTextElementParts.Text(text=text)])])


def spoken(delivered: str) -> RichTextBlock:
    """An agent's words to a person: a quotation whose plain web addresses can be clicked."""
    text = shortened(readable(delivered), LONGEST_QUOTE) or " "
    return RichTextBlock(elements=[RichTextQuoteElement(elements=_with_links(text))])


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _with_links(text: str) -> list[RichTextElementParts.Text | RichTextElementParts.Link]:
    parts: list[RichTextElementParts.Text | RichTextElementParts.Link] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        if found.start() > at:
            parts.append(RichTextElementParts.Text(text=text[at : found.start()]))
        parts.append(RichTextElementParts.Link(url=found.group()))
        at = found.end()
    if at < len(text):
        parts.append(RichTextElementParts.Text(text=text[at:]))
    return parts


def _mark_in_words(found: re.Match[str]) -> str:
    inside = found.group(1)
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return target[0] + (label or target[1:])
    if target.startswith("!"):
        return label or "@" + target[1:].split("^")[0]
    # A disguised link shows where it really leads.
    return f"{label} ({target})" if label and label != target else target


def moment(at: float, pattern: str) -> str:
    """A moment that every reader sees in their own zone. `pattern` holds Slack's tokens, such as `{time}`; whoever
    cannot render them, a notification for example, shows it in UTC."""
    plain = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{round(at)}^{pattern}|{plain}>"
