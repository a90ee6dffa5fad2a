"""HTML as a row of tags and texts, without what a page would run.

Its own reader of tags, because html.parser of Python 3.11 takes quadratic time on tags that never end. Reads once from
left to right: time grows with the length, whatever is in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

_ATTRIBUTES = r"""(?:[^<>"']++|"[^"<>]*+"|'[^'<>]*+'|"[^"]{0,2000}+"|'[^']{0,2000}+'){0,200}+"""
_TOKEN = re.compile(
    rf"""
      <!--.*?(?:-->|\Z) | <!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z) | <[!?][^<>]*>
    | <(?P<slash>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<attributes>{_ATTRIBUTES})>
    """,
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?<![^\s=/"'<>])([^\s=/"'<>]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")

_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "script style iframe object applet template noscript svg math head title select textarea button",
    )
)
_TO_THE_END = frozenset(("script", "style"))  # a browser, too, reads an unclosed one to the end


@dataclass(frozen=True)
class Tag:
    """One tag; attribute names are in small letters, values decoded."""

    name: str
    closes: bool
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


def tags_and_text(html: str) -> Iterator[str | Tag]:
    """Text and tags in order; what runs something is left out with its content."""
    unclosed: set[str] = set()
    at = 0
    while found := _TOKEN.search(html, at):
        if found.start() > at:
            yield unescape(html[at : found.start()])
        at = found.end()
        if found["cdata"]:
            yield found["cdata"]
        if not found["name"]:
            continue
        name = found["name"].lower()
        if name in _DROPPED:
            at = at if found["slash"] else _after(html, name, at, unclosed)
            continue
        yield Tag(name, bool(found["slash"]), _attributes(found["attributes"]))
    yield unescape(html[at:])


def _after(html: str, name: str, at: int, unclosed: set[str]) -> int:
    """Where a dropped element ends; one that never ends is looked for once."""
    if name not in unclosed:
        end = re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE).search(html, at)
        if end:
            return end.end()
        unclosed.add(name)
    return len(html) if name in _TO_THE_END else at


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text) if "=" in text else ()
    return {name.lower(): unescape(quoted or single or bare) for name, quoted, single, bare in found}
