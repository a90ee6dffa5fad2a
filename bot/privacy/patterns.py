"""How a pattern becomes a recogniser. Knows no pattern.

Every quantifier of ours that meets free text is bounded, so each recogniser is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.reading import Kind, Recogniser, Span


def one_of(*alternatives: str) -> str:
    """A group that matches any of the alternatives; each argument may itself hold several, parted by "|"."""
    return f"(?:{'|'.join(alternatives)})"


def mentions(low: str, words: str) -> bool:
    """Whether one of the words ("a|b|c") is in the text, which has small letters only. Far faster than a pattern."""
    return any(word in low for word in words.split("|"))


def shaped(kind: Kind, *patterns: str, near: str = "", needs: str = "") -> Recogniser:
    """Finds the group `it` (or the whole) of whatever matches.

    `near` and `needs` save work: where none of these words ("a|b", small letters) or no match of this is, nothing is.
    """
    gate = re.compile(needs, re.IGNORECASE)
    expressions = tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)

    def recognise(text: str) -> Iterator[Span]:
        if not mentions(text.lower(), near) or not gate.search(text):
            return
        for expression in expressions:
            group = "it" if "it" in expression.groupindex else 0
            yield from ((kind, *match.span(group)) for match in expression.finditer(text))

    return recognise
