"""What every format turns into: an article on its way in, or a fault that says what to do.

Knows no format. Text from elsewhere is made storable here, and here only.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from knowledge_base.body import heading_text

LONGEST_BODY = 2_000_000  # characters; the longest article of 8,000 public ones has 370,000
LONGEST_TITLE = 300
LONGEST_ID = 300
MOST_WORDS = 50  # keywords and topics of one article


@dataclass(frozen=True)
class Incoming:
    """An article as the source has it; `id` is the source's own, `body` is Markdown that is safe to show.

    `keywords` are words and phrases for it, `topics` the headings it stands under in the source.
    """

    where: str
    id: str
    title: str
    body: str
    language: str
    category: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    url: str = ""
    modified: date | None = None


@dataclass(frozen=True)
class Fault:
    """A row that is left out: where it stands, what is wrong and what to do.

    `keeps` is the id of an earlier import that stays, because the row is still in the source. `unread`: the row may be
    any of them, so nothing can be said to be gone.
    """

    where: str
    what: str
    keeps: str | None = None
    unread: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Remark:
    """Something a maintainer should know, about no single row. `partial`: the source is not whole."""

    text: str
    partial: bool = False


Found = Iterator[Incoming | Fault | Remark]


class CannotImport(ValueError):
    """The whole source cannot be used. The text says what to do."""


def files_in(source: Path, *endings: str, deep: bool = False) -> list[Path]:
    """The file itself, or those in the folder with one of these endings. No pipes, no folders that are called so."""
    if not source.is_dir():
        return [source]
    inside = source.rglob("*") if deep else source.glob("*")
    return sorted(path for path in inside if path.suffix in endings and path.is_file())


def checked(incoming: Incoming) -> Incoming | Fault:
    """The article without its title once more above its text, or what is missing in it."""
    if not incoming.id:
        return Fault(incoming.where, "it has no id; give each article one that stays the same")
    keeps = incoming.id
    if len(incoming.id) > LONGEST_ID:
        return Fault(incoming.where, f"its id has more than {LONGEST_ID} characters; give it a shorter one")
    if not incoming.title:
        return Fault(incoming.where, "it has no title; give it one", keeps)
    body = _without_title(incoming.body, incoming.title)
    if not body:
        return Fault(incoming.where, "it has no text; write it, or delete the article", keeps)
    return replace(incoming, body=body, topics=incoming.topics[:MOST_WORDS])


def _without_title(body: str, title: str) -> str:
    first, _, rest = body.partition("\n")
    same = first[:2] in ("# ", "#\t") and heading_text(first).casefold() == title.casefold()
    return rest.strip() if same else body


def too_long(text: str) -> str | None:
    """What is wrong with a body of that length; asked before anything is converted."""
    if len(text) <= LONGEST_BODY:
        return None
    return (
        f"its text has {len(text):,} characters and an article may have {LONGEST_BODY:,}; "
        "split it, or take out pictures that are written into the text"
    )


# Controls but tab and line feed, half surrogates, and characters that are none; YAML and SQLite take none of them.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text with plain line ends, composed letters, and nothing that cannot be written."""
    lines = re.sub("\r\n?|\x85|\u2028|\u2029", "\n", text)
    return unicodedata.normalize("NFC", _MARKS.sub(_some_marks, _UNSTORABLE.sub("", lines)))


# No language piles up more marks on one letter (Unicode's UAX 15, Stream-Safe Text Format), and composing a letter with
# thousands of them takes time as their square.
MOST_MARKS = 30
_MARKS = re.compile(
    rf"[^\w\s\x00-\u02ff]{{{MOST_MARKS + 1},}}"
)  # marks are no letters: every long row of them is in here


def _some_marks(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for sign in found[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


_LONGEST_NUMBER = 1000  # bits; Python refuses to write down numbers of more than 4,300 digits


def one_line(value: object, longest: int = 1000) -> str:
    """A value as one line of text; empty for what is no text and no number."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return ""
    return shortened(" ".join(storable(str(value)).split()), longest)


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def title_of(value: object) -> str:
    return one_line(value, LONGEST_TITLE)


def id_of(value: object) -> str:
    """The source's id as one line, never cut: two long ones could become the same."""
    return one_line(value, LONGEST_ID + 1)


def words_in(value: object) -> tuple[str, ...]:
    """Keywords from a list, or from one text with commas, semicolons, bars or lines between them."""
    parts: Iterable[object] = re.split(r"[,;|\n]", value) if isinstance(value, str) else ()
    found = (one_line(part, 100) for part in (value if isinstance(value, (list, tuple)) else parts))
    return tuple(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def language_of(value: object, default: str) -> str:
    """`en` for en-us, en_GB and EN: the desk tells languages apart, not countries."""
    code = re.match(r"[a-z]{2,3}(?![a-z])", one_line(value).lower())
    return code[0] if code else default


def address_of(value: object) -> str:
    """A web address, or nothing."""
    text = one_line(value, 2000)
    return text if re.match(r"https?://[^\s<>\"]+$", text) else ""


_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%b %d, %Y", "%d %b %Y")


def day_of(value: object) -> date | None:
    """The day in a time stamp of the usual kinds; None where it cannot be told. 01/02/2024 is read as in the US,
    31/01/2024 can only be the other way round."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = one_line(value)
    candidates = [text.partition("T")[0], text.partition(" ")[0], text]
    for pattern in _DAYS:
        for candidate in candidates:
            try:
                return datetime.strptime(candidate, pattern).date()
            except ValueError:
                continue
    return None
