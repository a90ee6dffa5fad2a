"""What Slack does to the words that people type, and the rich text it makes of them.

Pure functions; knows nothing about channels, events or the server.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

# Slack links a bare domain only for real top-level domains; these few are enough for a help desk.
_DOMAIN = r"(?:[a-z0-9-]+\.)+(?:com|net|org|io|eu|de|fr|uk|info)"
_TYPED = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"])"
    r"|(?P<mail>[\w.+-]+@" + _DOMAIN + r")"
    r"|(?<![\w@/.])(?P<domain>" + _DOMAIN + r"(?:/[^\s<>|]*[^\s<>|.,;:!?)\]}'\"])?)(?![\w.-]*\w)"
    r"|(?<!\w)@(?P<at>[a-z0-9][a-z0-9._-]*)"
    r"|(?<!\w)#(?P<hash>[a-z0-9][a-z0-9_-]*)",
    re.IGNORECASE | re.DOTALL,
)
_BROADCASTS = ("here", "channel", "everyone")
_TOKEN = re.compile(r"<([^<>]+)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_USER_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")


Resolve = Callable[[str], str | None]


def escape(text: str) -> str:
    """The three characters that Slack escapes, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_stored(typed: str, mention: Callable[[str], str | None], channel_link: Callable[[str], str | None]) -> str:
    """What a person typed, as Slack stores it: escaped; links, `@handle` and `#channel` resolved.

    `mention` and `channel_link` turn a handle or a channel's name into Slack's token, or None if unknown.
    """
    parts: list[str] = []
    end = 0
    for found in _TYPED.finditer(typed):
        parts += [escape(typed[end : found.start()]), _token(found, mention, channel_link)]
        end = found.end()
    return "".join([*parts, escape(typed[end:])])


def _token(found: re.Match[str], mention: Resolve, channel_link: Resolve) -> str:
    whole = escape(found[0])
    match found.lastgroup:
        case "url":
            return f"<{whole}>"
        case "mail":
            return f"<mailto:{whole}|{whole}>"
        case "domain":
            return f"<http://{whole}|{whole}>"
        case "at":
            return _longest_name(found["at"], lambda name: _broadcast(name) or mention(name)) or whole
        case "hash":
            return _longest_name(found["hash"], channel_link) or whole
        case _:
            return whole


def _broadcast(name: str) -> str | None:
    return f"<!{name}>" if name in _BROADCASTS else None


def _longest_name(name: str, resolve: Resolve) -> str | None:
    """A handle may end in a dot, and so may a sentence: the whole name first, then without its last signs."""
    bare = name.rstrip("._-")
    if token := resolve(name.lower()):
        return token
    if token := resolve(bare.lower()):
        return token + name[len(bare) :]
    return None


def with_handles(text: str, handle: Callable[[str], str]) -> str:
    """Mentions as slash commands get them: `<@U…|handle>`."""
    return _USER.sub(lambda found: f"<@{found[1]}|{handle(found[1])}>", text)


def mentions(text: str, user: str) -> bool:
    return user in _USER.findall(text)


def calls(text: str, user: str, groups: frozenset[str]) -> bool:
    """Whether the text calls for that person: by name, by a user group of theirs, or by calling everyone."""
    broadcast = any(f"<!{name}>" in text or f"<!{name}|" in text for name in _BROADCASTS)
    return broadcast or mentions(text, user) or not groups.isdisjoint(_USER_GROUP.findall(text))


def mrkdwn_in(value: Any) -> Iterator[str]:
    """The texts in blocks in which Slack reads mentions: mrkdwn and markdown, and rich_text's own elements."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from mrkdwn_in(each)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield str(value.get("text", ""))
        elif kind in _RICH_MENTIONS:
            form, key = _RICH_MENTIONS[kind]
            yield form.format(value.get(key, ""))
        else:
            yield from mrkdwn_in(list(value.values()))


_RICH_MENTIONS = {
    "user": ("<@{}>", "user_id"),
    "usergroup": ("<!subteam^{}>", "usergroup_id"),
    "broadcast": ("<!{}>", "range"),
}


def rich_text(text: str, block_id: str) -> dict[str, Any]:
    """The rich_text block that Slack's own editor attaches to what a person writes."""
    elements: list[dict[str, Any]] = []
    end = 0
    for found in _TOKEN.finditer(text):
        elements += _plain(text[end : found.start()])
        elements.append(_element(found[1]))
        end = found.end()
    section = {"type": "rich_text_section", "elements": elements + _plain(text[end:])}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _plain(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": html.unescape(text)}] if text else []


def _element(token: str) -> dict[str, Any]:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": html.unescape(target)} | ({"text": html.unescape(label)} if label else {})
