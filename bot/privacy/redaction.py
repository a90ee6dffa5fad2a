"""Takes secrets out of texts before they are stored, and personal data out of texts for readers offshore.

`scrub` is for everything that is written anywhere, `redact` for what people read who must not see personal data.
Names of people cannot be told from other words by rules: they stay. Knows no single kind of secret: `recognisers` and
`passwords` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.privacy.passwords import PASSWORDS
from bot.privacy.personal import PERSONAL
from bot.privacy.reading import MASK, Finding, Kind, apart, read
from bot.privacy.recognisers import SECRETS, Recogniser

_SECRET: tuple[Recogniser, ...] = (*SECRETS, *PASSWORDS)
_ALL: tuple[Recogniser, ...] = (*_SECRET, *PERSONAL)


def scrub(text: str) -> str:
    """The text without passwords, keys, tokens, card numbers and codes; a plain label stands for each."""
    return _labelled(text, _found(text, _SECRET))


def redact(text: str) -> str:
    """The text without secrets and without personal data."""
    return _labelled(text, _found(text, _ALL))


def findings(text: str) -> tuple[Finding, ...]:
    """Secrets and personal data, in order and apart from each other."""
    return tuple(_found(text, _ALL))


def _found(text: str, recognisers: Sequence[Recogniser]) -> list[Finding]:
    """Reads again after each round, what was found masked, until nothing more is found: twice changes nothing."""
    reading = read(text)
    found: list[Finding] = []
    while spans := apart(_spans(reading.text, recognisers)):
        found += [Finding(kind, *reading.original(start, end)) for start, end, kind in spans]
        reading = reading.masked((start, end) for start, end, _ in spans)
    return sorted(found, key=lambda each: each.start)


def _spans(text: str, recognisers: Sequence[Recogniser]) -> Iterator[tuple[int, int, int, Kind]]:
    for rank, recognise in enumerate(recognisers):
        for kind, start, end in recognise(text):
            if MASK not in text[start:end]:
                yield start, end, rank, kind


def _labelled(text: str, found: Sequence[Finding]) -> str:
    pieces: list[str] = []
    at = 0
    for each in found:
        pieces += [text[at : each.start], each.kind.label]
        at = each.end
    return "".join((*pieces, text[at:]))
