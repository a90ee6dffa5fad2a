"""The two things one may ask for: `scrub` before anything is written, `redact` before an offshore reader sees it.

Knows the recognisers and the order in which they are asked; it recognises nothing itself.

Names of people cannot be recognised by rules, and nothing here pretends to: "Ana Silva is locked out" stays as it is.
Nor can a password that nothing announces ("sunshine" alone in a message), or a secret in a picture or a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from bot.privacy.reading import MASK, Finding, Kind, Reading, Recogniser, apart, read

# Masking one find can lay another bare; two rounds are usual, three are rare. The bound keeps hostile text cheap.
MOST_ROUNDS = 12


def scrub(text: str) -> str:
    """`text` without secrets: passwords, keys, tokens, codes, card numbers. Doing it twice changes nothing more."""
    _, found = _searched(read(text), (), _for_secrets())
    return _labelled(text, found)


def redact(text: str) -> str:
    """`scrub(text)`, and personal data that has a shape is hidden too. Names are not: no rule knows a name."""
    return _labelled(text, findings(text))


def findings(text: str) -> tuple[Finding, ...]:
    """Every secret and every piece of personal data in `text`, in order, apart from each other."""
    reading, secrets = _searched(read(text), (), _for_secrets())
    reading, found = _searched(reading, secrets, _for_personal_data())
    if found != secrets:  # what was hidden may have laid another secret bare
        _, found = _searched(reading, found, (*_for_secrets(), *_for_personal_data()))
    return found


# The recognisers are loaded when they are first needed: their patterns take longer to compile than `triage --help` may.
@cache
def _for_secrets() -> tuple[Recogniser, ...]:
    from bot.privacy.codes import CODES
    from bot.privacy.passwords import PASSWORDS
    from bot.privacy.recognisers import SECRETS

    return (*SECRETS, *CODES, *PASSWORDS)


@cache
def _for_personal_data() -> tuple[Recogniser, ...]:
    from bot.privacy.personal import PERSONAL

    return PERSONAL


def _searched(
    reading: Reading, known: tuple[Finding, ...], recognisers: Sequence[Recogniser]
) -> tuple[Reading, tuple[Finding, ...]]:
    """Ask until nothing new turns up, so that a second run over the result has nothing left to find."""
    for _ in range(MOST_ROUNDS):
        spans = apart(_spans(reading.text, recognisers))
        if not spans:
            break
        known = _joined(known, [Finding(kind, *reading.original(start, end)) for kind, start, end in spans])
        reading = reading.masked((start, end) for _, start, end in spans)
    return reading, known


def _spans(text: str, recognisers: Sequence[Recogniser]) -> Iterable[tuple[int, Kind, int, int]]:
    for rank, recognise in enumerate(recognisers):
        for kind, start, end in recognise(text):
            if text[start:end].strip(MASK):
                yield rank, kind, start, end


def _joined(known: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    """Old and new in order; an old one that lies inside a new one is part of it."""
    joined: list[Finding] = []
    for finding in sorted((*known, *new), key=lambda found: (found.start, -found.end)):
        if not joined or finding.start >= joined[-1].end:
            joined.append(finding)
    return tuple(joined)


def _labelled(text: str, found: Sequence[Finding]) -> str:
    pieces: list[str] = []
    at = 0
    for finding in found:
        pieces += (text[at : finding.start], finding.kind.label)
        at = finding.end
    return "".join((*pieces, text[at:]))
