"""Every way people write an error code, in sentences and between marks. Knows how to write, not how to read."""

import random
import re
from collections.abc import Iterator, Sequence

from benchmarks.retrieval.data import Asking
from knowledge_base.articles import Article
from knowledge_base.codes import canonical

SENTENCES = (
    "{}",
    "i keep getting {} what do i do",
    "hello, since this morning it says error {} and i cannot work",
    "it stops with an error ({}) every time",
    'a window shows "{}".',
    "error: [{}], please help",
    "the message was:\n{}\nand then it closed",
    "is {}, a known problem? error again today",
    "ERROR {}!!!",
)
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def askings(articles: Sequence[Article], seed: int) -> list[Asking]:
    """For each code that an article solves: each spelling in each sentence, in an order of its own."""
    solvers: dict[str, set[str]] = {}
    for article in articles:
        for code in article.error_codes:
            solvers.setdefault(canonical(code), set()).add(article.id)
    written = {(code, text) for article in articles for code in article.error_codes for text in spellings(code)}
    right = {code: frozenset(solvers[canonical(code)]) for code, _ in written}
    rows = [Asking(sentence.format(text), right[code]) for code, text in written for sentence in SENTENCES]
    rows.sort(key=lambda row: row.query)
    random.Random(seed).shuffle(rows)
    return rows


def spellings(code: str) -> set[str]:
    """The code as declared, and as its kind is also written."""
    forms = {code, code.upper(), code.lower(), code.translate(_WIDE), *_of_number(canonical(code)), *_of_letters(code)}
    return {form for form in forms if form}


def _of_number(code: str) -> Iterator[str]:
    """0x80070643 with and without its 0x, split, and as the signed number that logs show."""
    match = re.fullmatch(r"0x([0-9A-F]{8})", code)
    if match is None or not match[1].startswith(("8", "C")):
        return
    digits = match[1]
    yield from (digits, digits.lower(), f"0x{digits[:4]} {digits[4:]}", f"0X{digits}", f"0x{digits.lower()}")
    yield f"-{2**32 - int(digits, 16)}"


def _of_letters(code: str) -> Iterator[str]:
    """KB5034441 and AADSTS50126 with a space; a stop code's name with spaces instead of underscores."""
    if match := re.fullmatch(r"(KB|AADSTS)([0-9]+)", code, re.IGNORECASE):
        yield f"{match[1]} {match[2]}"
        yield f"{match[1].lower()} {match[2]}"
    if re.fullmatch(r"[A-Z]+(?:_[A-Z]+){2,}", code):
        yield code.replace("_", " ")
