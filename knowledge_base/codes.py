"""Error codes as people type them, each brought to one canonical spelling.

Knows how codes are written, not what they mean and not which article solves them.

| people write | canonical |
|---|---|
| 0x80070643, 80070643, 0x8007 0643, -2147023293 | 0x80070643 |
| 0x7B, 0x0000007B, INACCESSIBLE_BOOT_DEVICE, "inaccessible boot device" | 0x0000007B |
| KB5034441, kb 5034441 | KB5034441 |
| AADSTS50076, "error code: 50076" | AADSTS50076 |
| 5.7.57, 550 5.7.57 | 5.7.57 |
| 30015-11, "30015-11 (0)" | 30015-11 |
| event id 41, Kernel-Power 41 | event 41 |
| error 1603, error code #1603, (Code 43) | error 1603, error 43 |
| [4usqa] | 4usqa |
| ERR_CONNECTION_RESET, net::err_connection_reset | ERR_CONNECTION_RESET |

Phone numbers, dates, times, addresses, sizes, versions and Windows builds are not codes.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class CodeSpan:
    """One code found in a text: `text[start:end]` is its spelling there."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class _Shape:
    """One way to write a code.

    `read` gives the canonical form of a match, or None when it is something else. A text whose outline (small
    letters, zeros for digits, underscores for spaces and hyphens) holds none of `hints` cannot match: looking
    there first saves nine tenths of the time on ordinary text.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], str | None]


# The first four digits of a hexadecimal code without its 0x. Only facilities that users of Windows and
# Microsoft 365 meet: without such a list every eight-digit phone number that starts with 8 would be a code.
_FACILITIES = re.compile(
    r"80(?:0[0-5789abcf]|1[0389c]|2[03-9]|3[0-3df]|4[148]|5[0-5]|7[0-3]|86|87|96|a4|d0)"
    r"|87(?:af|c5|d0|d1|d2|d3|e1|e5)|8a15|88(?:89|99|98)"
    r"|c0(?:00|01|02|04|05|06|1e|26|ea)|c1(?:80|90)|caa[0-9a-f]",
    re.IGNORECASE,
)
_NOT_INSIDE = r"(?<![0-9A-Za-z])"  # a code starts a word …
_ALONE = r"(?<![0-9A-Za-z.,\-+/#@])"  # … and a bare number is not the tail of something longer
_WORD_ENDS = r"(?![0-9A-Za-z_])"  # … and ends one
_NUMBER_ENDS = r"(?![0-9A-Za-z_]|[.,:/\-][0-9])"  # … and is not the first part of a version, date, time or range
_MINUS = "\\-\u2212\u2013"  # people paste a hyphen, a minus sign or a dash
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_OUTLINE = str.maketrans("123456789\u00d7 -\u2212\u2013", "000000000x____")
_SYMBOLS = (
    "ERR",
    "DNS_PROBE",
    "SSL_ERROR",
    "SEC_ERROR",
    "MOZILLA_PKIX_ERROR",
    "PR",
    "ERROR",
    "WU_E",
    "NS_ERROR",
)
_SYMBOL = f"(?:{'|'.join(_SYMBOLS)})"
_SPLIT_HEX = r"[0o]\s?[x\u00d7]\s?([8c][0-9a-fo]{3})[\s\-.]?([0-9a-fo]{4})"
_MAIL_STATUS = r"(?:([245][0-9]{2})[ \-])?#?([245])\.([0-7])\.([0-9]{1,3})"
_EVENTS = ("event", "ereignis", "\u00e9v\u00e9nement", "kernel_power")
_EVENT = r"(?:(?:event|ereignis|\u00e9v\u00e9nement|evento)[\s\-]?id|kernel-power)(?:\sis)?"
_ERRORS = ("err", "fehler", "b\u0142\u0105d", "fout", "exit", "hresult", "check", "stop", "status")
_ERROR_WORD = (
    r"(?:errors?|err|error\s?code|fehler(?:code|nummer|meldung)?|erreurs?|erro|errore|b\u0142\u0105d|fout(?:code)?|"
    r"exit|hresult|bug\s?check|stop|installation status)"
    r"\s?(?:code|nr|no|number|num|status)?\s?[:#.=(\[\-]{0,2}\s?"
)
_UNITS = (
    r"(?!\s?(?:x|times?|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|sec|secs|seconds?|ms|kb|mb|gb|tb|%|am|pm|"
    r"people|persons?|users?|colleagues?|pcs?|laptops?|computers?|machines?|files?|pages?|of|or|st|nd|rd|th|different|"
    r"mal|minuten|stunden|tagen?|fois|jours?|heures?|veces|vezes|d[ií]as?|dias?|horas?)(?![0-9A-Za-z]))"
)
_BEFORE = 40  # how far back a word may stand that tells what a bare number is
_SAYS_ERROR = re.compile(
    r"error|\berr\b|code|fehler|erreur|código|codigo|\berro\b|errore|hresult|status|failed|0x", re.I
)
_SAYS_PHONE = re.compile(
    r"(?:\b(?:phone|tel|telephone|call|cell|mobile|mob|ring|reach|dial|fax|number|ext|whatsapp|sms|text me|"
    r"handy|telefon|nummer|téléphone|numéro|teléfono|telefone|número|celular|móvil)\b|\+)[^.!?]*$",
    re.I,
)
_SAYS_VERSION = re.compile(r"(?:\b(?:v|ver|version|build|firmware|driver|release|bios|treiber|pilote)[\s.:]*)$", re.I)
_SAYS_MAIL = re.compile(
    r"bounce|ndr\b|undeliver|deliver|smtp|e-?mail|sender|recipient|reject|relay|returned|remote server|"
    r"mailbox|unzustellbar|zurück|refus|devuelto|devolvido|outlook|send|error|code|fehler|erreur|erro\b|"
    r"\b(?:says?|said|saying|shows?|showing|gives?|gets?|getting|got|reads?|message|problem|issue|fails?|failed)\b",
    re.I,
)


def codes_in(text: str) -> tuple[str, ...]:
    """The canonical codes in `text`, each once, in the order in which they appear."""
    plain = _plain(text)
    return tuple(dict.fromkeys(span.code for span in code_spans(plain)))


def canonical(code: str) -> str:
    """The canonical spelling of one code as an article declares it; an unknown shape stays, in lower case."""
    found = codes_in(code) or codes_in(f"error {code}") or codes_in(f"[{code}]")
    return found[0] if found else " ".join(_plain(code).casefold().split())


def code_spans(text: str) -> tuple[CodeSpan, ...]:
    """Where the codes stand in `text`, which is taken as it is; spans do not overlap and come in order."""
    spans: list[CodeSpan] = []
    taken = bytearray(len(text))
    for span in _candidates(text):
        if not any(taken[span.start : span.end]):
            spans.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return tuple(sorted(spans, key=lambda span: span.start))


def _candidates(text: str) -> Iterator[CodeSpan]:
    outline = text.lower().translate(_OUTLINE)
    for shape in _shapes():
        if any(hint in outline for hint in shape.hints):
            for match in shape.pattern.finditer(text):
                if code := shape.read(match):
                    yield CodeSpan(code, *match.span())


def _plain(text: str) -> str:
    """Compatibility forms folded (full-width digits) and invisible characters dropped."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _BEFORE) : match.start()]


def _hexadecimal(digits: str) -> str | None:
    number = int(re.sub("[oO]", "0", digits), 16)
    return f"0x{number:08X}" if number else None  # zero means success, not a failure


def _prefixed(match: re.Match[str]) -> str | None:
    return _hexadecimal(match[1] + match[2])


def _bare(match: re.Match[str]) -> str | None:
    """80070643 without its 0x: a known facility, and not introduced as a phone number."""
    digits = match[1]
    if not _FACILITIES.match(digits):
        return None
    if digits.isdigit() and _SAYS_PHONE.search(_before(match)) and not _SAYS_ERROR.search(_before(match)):
        return None
    return _hexadecimal(digits)


def _split(match: re.Match[str]) -> str | None:
    """8007 0643: only right after a word for an error, because numbers are grouped like that everywhere."""
    digits = match[1] + match[2]
    return _hexadecimal(digits) if _FACILITIES.match(digits) and _SAYS_ERROR.search(_before(match)) else None


def _signed(match: re.Match[str]) -> str | None:
    """-2147023293 as logs show it; with nine digits only where the code belongs to a known facility."""
    code = 2**32 - int(match[1])
    known = len(match[1]) == 10 or _FACILITIES.match(f"{code:08x}")
    return f"0x{code:08X}" if known and code >= 2**31 else None


def _unsigned(match: re.Match[str]) -> str | None:
    """2147942402 is 0x80070002, and also a phone number in Dallas: only after a word for an error."""
    number = int(match[1])
    said = _SAYS_ERROR.search(_before(match)) and not _SAYS_PHONE.search(_before(match))
    return f"0x{number:08X}" if said and 2**31 <= number < 2**32 else None


def _mail_status(match: re.Match[str]) -> str | None:
    """5.7.57 as a mail server says it, and not a version or a date such as 5.7.24."""
    code = f"{match[2]}.{match[3]}.{match[4]}"
    if match[1] or len(match[4]) == 3 or match.string.strip() == code:
        return code
    if _SAYS_VERSION.search(_before(match)):
        return None
    around = match.string[max(0, match.start() - 120) : match.end() + 120]
    return code if _SAYS_MAIL.search(around) else None


def _office(match: re.Match[str]) -> str | None:
    """30015-11 of the Office installer; four digits after the dash could be a US postal code."""
    if len(match[2]) == 4 and not _SAYS_ERROR.search(_before(match)):
        return None
    return f"{match[1]}-{match[2]}"


def _numbered(match: re.Match[str]) -> str | None:
    number = match[1].lstrip("0")
    if not number:
        return None
    return f"AADSTS{number}" if _SIGN_IN_NUMBER.fullmatch(number) else f"error {number}"


# The sign-in page shows "Error Code: 53003" for AADSTS53003. The ranges are those listed at
# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_SIGN_IN_NUMBER = re.compile(r"[5-9][0-9]{4}|50[0-9]{4}|53[0-9]{4}|70[0-9]{4}|90[0-9]{4}|13[0-9]{4}|7000[0-9]{3}")


def _lettered(match: re.Match[str]) -> str:
    return f"{'KB' if match[1].upper() == 'KB' else 'AADSTS'}{match[2]}"


def _event(match: re.Match[str]) -> str:
    return f"event {int(match[1])}"


_OTHER_CODES = re.compile(
    r"(?:area|zip|post(?:al)?|country|dial(?:ling)?|dress|door|room|qr|cost|project|bar|colou?r)[\s\-]?$",
    re.I,
)


def _device_manager(match: re.Match[str]) -> str | None:
    return None if _OTHER_CODES.search(_before(match)) else f"error {int(match[1])}"


def _tag(match: re.Match[str]) -> str | None:
    """[4usqa], the tag on a Microsoft 365 sign-in error: five letters and digits, at least one of each."""
    tag = match[1]
    mixed = re.search("[0-9]", tag) and re.search("[a-z]", tag)
    return tag if mixed else None


def _stop_name(match: re.Match[str]) -> str | None:
    name = re.sub(r"[ \-]", "_", match[0]).upper()
    spaced_small = name != match[0].upper() and match[0] != match[0].upper()
    if spaced_small and (name.count("_") < 2 or name.endswith("_FILE_SYSTEM")):
        return None  # "memory management" and "ntfs file system" are ordinary words
    return f"0x{_stop_codes()[name]:08X}"


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


@cache
def _stop_codes() -> dict[str, int]:
    table = Path(__file__).with_name("stop_codes.toml").read_text("utf-8")
    return {name: int(number) for name, number in tomllib.loads(table).items()}


@cache
def _shapes() -> tuple[_Shape, ...]:
    """The most telling first: where two match the same place, the earlier one has it."""
    error_words = ("err", "code", "fehler", "hresult", "status", "failed", "c\u00f3digo", "codigo", "0x")
    return (
        _stop_name_shape(),
        _shape(
            tuple(f"{name.lower()}_" for name in _SYMBOLS),
            rf"{_NOT_INSIDE}{_SYMBOL}_[A-Z0-9]+(?:_[A-Z0-9]+){{0,7}}{_WORD_ENDS}",
            _upper,
        ),
        _shape(("0x", "ox", "0_x", "o_x"), rf"{_NOT_INSIDE}{_SPLIT_HEX}{_WORD_ENDS}", _prefixed),
        _shape(("0x",), rf"{_NOT_INSIDE}0x()([0-9a-f]{{1,8}}){_WORD_ENDS}", _prefixed),
        _shape(("00",), rf"{_ALONE}([8c][0-9a-f]{{7}}){_NUMBER_ENDS}", _bare),
        _shape(error_words, rf"{_ALONE}([8c][0-9a-f]{{3}})[ \-]([0-9a-f]{{4}}){_NUMBER_ENDS}", _split),
        _shape(("_000000000",), rf"(?<![0-9A-Za-z.])[{_MINUS}]([12]?[0-9]{{9}}){_NUMBER_ENDS}", _signed),
        _shape(("0000000000",), rf"{_ALONE}([2-4][0-9]{{9}}){_NUMBER_ENDS}", _unsigned),
        _shape(("kb",), rf"{_NOT_INSIDE}(?<![0-9]\s)(KB)[\s:#\-]?([0-9]{{6,7}}){_WORD_ENDS}", _lettered),
        _shape(("sts",), rf"{_NOT_INSIDE}(AAD)[\s\-]?STS[\s:\-]?([0-9]{{4,7}}){_WORD_ENDS}", _lettered),
        _shape(("0.0.0",), rf"{_NOT_INSIDE}(?<![.,\-+]){_MAIL_STATUS}{_NUMBER_ENDS}", _mail_status),
        _shape(("00000_0",), rf"{_ALONE}(30[0-9]{{3}})-([0-9]{{1,4}}){_NUMBER_ENDS}", _office),
        _shape(_EVENTS, rf"{_NOT_INSIDE}{_EVENT}[\s:#=]{{0,3}}([0-9]{{1,5}}){_NUMBER_ENDS}", _event),
        _shape(_ERRORS, rf"{_NOT_INSIDE}{_ERROR_WORD}([0-9]{{1,7}}){_NUMBER_ENDS}{_UNITS}", _numbered),
        _shape(("code",), rf"{_NOT_INSIDE}code\s?[:#]?\s?([0-9]{{1,2}}){_NUMBER_ENDS}{_UNITS}", _device_manager),
        _shape(("[",), r"\[([0-9a-z]{5})\]", _tag),
    )


def _shape(hints: tuple[str, ...], pattern: str, read: Callable[[re.Match[str]], str | None]) -> _Shape:
    return _Shape(hints, re.compile(pattern, re.IGNORECASE), read)


def _stop_name_shape() -> _Shape:
    names = sorted(_stop_codes(), key=len, reverse=True)
    hints = tuple(name.lower() for name in names)
    choices = "|".join(name.replace("_", r"[_ \-]") for name in names)
    return _shape(hints, rf"{_NOT_INSIDE}(?:{choices}){_WORD_ENDS}", _stop_name)
