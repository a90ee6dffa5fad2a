"""A text as the recognisers read it: plain characters, disguises off, and for each character where it came from.

Knows no secret and no rule; it only folds, masks what was found, and maps back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# One private-use character stands for everything that was found, and for every label of an earlier run.
# So a scrubbed text reads as the original did when nothing was left to find: that makes scrubbing idempotent.
MASK = "\ue000"
# ... and one for what may never be touched: people, channels, groups, emoji of Slack.
MARKUP = "\ue001"


class Kind(StrEnum):
    """What a span is; the label that replaces it is made of this and nothing else."""

    PASSWORD = "password"
    CODE = "code"
    RECOVERY_KEY = "recovery key"
    PRODUCT_KEY = "product key"
    TOKEN = "token"
    PRIVATE_KEY = "private key"
    CARD = "card number"
    EMAIL = "e-mail"
    PHONE = "phone"
    IP = "IP address"
    IBAN = "IBAN"
    NATIONAL_ID = "ID number"
    BIRTHDAY = "date of birth"
    ADDRESS = "address"

    @property
    def is_secret(self) -> bool:
        return self in _SECRETS

    @property
    def label(self) -> str:
        return f"[{self} {'removed' if self.is_secret else 'hidden'}]"


_SECRETS = frozenset(
    {Kind.PASSWORD, Kind.CODE, Kind.RECOVERY_KEY, Kind.PRODUCT_KEY, Kind.TOKEN, Kind.PRIVATE_KEY, Kind.CARD}
)


@dataclass(frozen=True, order=True)
class Finding:
    """`text[start:end]` of the text that was asked about is of this kind."""

    kind: Kind
    start: int
    end: int


_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff"
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " "}
_QUOTES_AND_DASHES = str.maketrans(
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2010\u2011\u2012\u2013\u2212\u2028\u2029\ue000\ue001",
    '\'\'\'\'""""""-----\n\n??',
)
_UNUSUAL = re.compile(
    "|".join(
        (
            r"(?P<label>" + "|".join(re.escape(kind.label) for kind in Kind) + ")",
            r"(?P<markup><[@#!][A-Za-z0-9^]{1,60}(?:\|[^<>\[\]\n]{0,80})?>)",
            r"(?P<entity>" + "|".join(_ENTITIES) + ")",
            r"(?P<accented>[A-Za-z][\u0300-\u036f])",
            rf"(?P<invisible>[{_INVISIBLE}])",
            r"(?P<other>[^\x00-\x7f])",
        )
    )
)


@dataclass(frozen=True)
class Reading:
    """`text` is what recognisers see; its character i stands for `[starts[i]:ends[i]]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.ends[end - 1]

    def masked(self, spans: Iterable[tuple[int, int]]) -> Reading:
        """The same reading with each span (ordered, apart from each other) as one MASK."""
        pieces: list[tuple[str, int, int]] = []
        at = 0
        for start, end in spans:
            pieces.extend(zip(self.text[at:start], self.starts[at:start], self.ends[at:start], strict=True))
            pieces.append((MASK, self.starts[start], self.ends[end - 1]))
            at = end
        pieces.extend(zip(self.text[at:], self.starts[at:], self.ends[at:], strict=True))
        return _reading(pieces)


def read(original: str) -> Reading:
    """Fold what hides a secret from a rule: invisible characters, wide digits, curly quotes, Slack's escapes."""
    if original.isascii() and not _UNUSUAL.search(original):
        return Reading(original, range(len(original)), range(1, len(original) + 1))
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for unusual in _UNUSUAL.finditer(original):
        start, end = unusual.span()
        pieces.extend((original[i], i, i + 1) for i in range(at, start))
        pieces.extend((character, start, end) for character in _folded(unusual))
        at = end
    pieces.extend((original[i], i, i + 1) for i in range(at, len(original)))
    return _reading(pieces)


def _reading(pieces: Sequence[tuple[str, int, int]]) -> Reading:
    return Reading("".join(p[0] for p in pieces), [p[1] for p in pieces], [p[2] for p in pieces])


def _folded(unusual: re.Match[str]) -> str:
    """What is read in place of something unusual; a fold that gets longer could not be mapped back, so it is left."""
    found = unusual.group()
    match unusual.lastgroup:
        case "label":
            return MASK
        case "markup":
            return MARKUP
        case "entity":
            return _ENTITIES[found]
        case "invisible":
            return ""
        case "accented":
            return unicodedata.normalize("NFC", found)
    wide = unicodedata.normalize("NFKC", found)
    return (wide if len(wide) == 1 else found).translate(_QUOTES_AND_DASHES)


Span = tuple[Kind, int, int]
Recogniser = Callable[[str], Iterable[Span]]  # takes the text of a Reading


def apart(spans: Iterable[tuple[int, Kind, int, int]]) -> list[Span]:
    """Spans (rank, kind, start, end) that overlap become one, named after the first; the lower rank wins a tie."""
    merged: list[Span] = []
    for _, kind, start, end in sorted(spans, key=lambda span: (span[2], span[0], -span[3])):
        if merged and start < merged[-1][2]:
            first = merged[-1]
            merged[-1] = (first[0], first[1], max(first[2], end))
        else:
            merged.append((kind, start, end))
    return merged
