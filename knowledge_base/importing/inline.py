"""The text of one block of HTML as Markdown: bold, links and code within each other, and line breaks.

Knows no blocks. Spans that are never closed end with their block.
"""

import re
from dataclasses import dataclass, field

from knowledge_base.importing.clean import safe_address
from knowledge_base.importing.tags import Tag

SPANS = 12  # within each other; deeper ones are plain text

MARKS = {
    **dict.fromkeys(("b", "strong"), "**"),
    **dict.fromkeys(("i", "em", "cite", "dfn"), "*"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "`"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
    "a": "link",
}
_OPENING = re.compile(r"<(?=[A-Za-z/!?@#])")


@dataclass
class _Span:
    mark: str
    address: str = ""
    parts: list[str] = field(default_factory=list)


class Inline:
    """Collects text and spans until they are taken as the lines of a block."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._spans = [_Span("")]

    def text(self, text: str) -> None:
        if self._in_span("`"):
            self._spans[-1].parts.append(text.replace("`", "'"))
        else:
            self._spans[-1].parts.append(_OPENING.sub("&lt;", text.replace("\n", " ")))

    def line_break(self) -> None:
        self._spans[-1].parts.append("\n")

    def bold(self) -> None:
        """What follows is bold to the end of the block."""
        self._spans.append(_Span("**"))

    def take_tag(self, tag: Tag) -> None:
        """One of MARKS opens or closes."""
        mark = MARKS[tag.name]
        if tag.closes:
            while self._in_span(mark) and self._pop() != mark:
                pass
        elif len(self._spans) <= SPANS and not self._in_span(mark) and not self._in_span("`"):
            self._spans.append(_Span(mark, safe_address(tag.attributes.get("href", ""), self._base)))

    def taken(self) -> list[str]:
        """The lines so far; empty when there is nothing but space."""
        while len(self._spans) > 1:
            self._pop()
        text = "".join(self._spans[0].parts)
        self._spans[0].parts.clear()
        return [" ".join(line.split()) for line in text.strip().split("\n")] if text.strip() else []

    def _in_span(self, mark: str) -> bool:
        return any(span.mark == mark for span in self._spans)

    def _pop(self) -> str:
        span = self._spans.pop()
        self._spans[-1].parts.append(_rendered(span))
        return span.mark


def _rendered(span: _Span) -> str:
    """The span's text in its marks; spaces go outside, because Markdown wants marks to touch the words."""
    text = "".join(span.parts)
    words = " ".join(text.split()) if span.mark != "link" else text.strip()
    if not words or (span.mark == "link" and not span.address):
        return text
    if span.mark == "link":
        plain = " ".join(words.replace("[", "(").replace("]", ")").split())
        shown = span.address if plain == span.address else f"[{plain}]({span.address})"
    else:
        shown = f"{span.mark}{words}{span.mark}"
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{shown}{after}"
