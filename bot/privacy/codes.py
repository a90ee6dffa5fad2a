"""Codes that open something: for signing in once, for recovery, of a card. Digits alone say nothing: somebody must."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.patterns import mentions, one_of, shaped
from bot.privacy.reading import Kind, Recogniser, Span

_ONE_TIME = one_of(
    r"t?otp(?: code)?s?|one[ -]?time(?: pass)?[ -]?(?:code|word|pin)?s?|passcodes?|tan",
    one_of(
        "2fa|mfa|sms|text|authenticator|authentication|auth|verification|security|confirmation|access|login|log[ -]in",
        "sign[ -]?in|6[ -]digit|six[ -]digit|two[ -]factor",
    )
    + r"(?: app)?(?: (?:number|pin))?[ -](?:codes?|pin)",
    r"(?:2fa|mfa|verification) number",
    one_of(
        "bestätigungs|verifizierungs|verifikations|sicherheits|einmal|anmelde|authentifizierungs|sms-?|zugangs|mfa-|"
        "2fa-"
    )
    + r"(?:codes?|passwort|kennwort|pin)",
    r"code (?:de |d')?"
    + one_of(
        "vérification|verification|sécurité|confirmation|connexion|sms|authentification|à usage unique|accès|2fa|mfa"
    ),
    r"c[óo]digo (?:de |da |do )?"
    + one_of(
        "verificaci[óo]n|seguridad|confirmaci[óo]n|acceso|inicio de sesión|un solo uso|autenticación|sms|mfa|2fa",
        "verificaç[ãa]o|verificacao|segurança|confirmação|acesso|uso único|autenticação",
    ),
    r"code from (?:my |the )?(?:authenticator|app|sms|text|phone)(?: app)?",
    r"(?:my|mein|mon|mi|meu|your|their) (?:code|código|codigo)s?(?= ?(?::|is|was|ist|war|lautet|est|es|era|é|\d))",
)
_SIX = r"(?<![\w.,:-])(?:\d{3}[ -]\d{3}|\d{6})(?!\d|[.,:/-]\d)"
_DIGITS = r"(?P<it>(?<![\w.,:-])(?:G-)?(?!80(?:0\d|18|24|70)\d{4})(?:\d{3}[ -]\d{3}|\d{4,8})(?!\d|[.,:/-]\d))"
_ANNOUNCED = re.compile(rf"(?<!\w){_ONE_TIME}(?!\w)[^\d\n\ue000]{{1,50}}?{_DIGITS}", re.IGNORECASE)
_LETTERS_TOO = re.compile(
    rf"(?<!\w){_ONE_TIME}\s{{0,2}}(?::|=|is|was|ist|lautet|est|es|é)\s{{1,2}}[*`\"']?"
    r"(?P<it>(?-i:(?=[A-Z-]{0,9}\d)[A-Z\d]{3,10}(?:-[A-Z\d]{3,10})?))(?![\w-])",
    re.IGNORECASE,
)
_IS_THE_CODE = re.compile(
    rf"{_DIGITS}\s(?:is|was|ist|war|est|es|é)\s(?:the|my|your|der|mein|le|mon|el|mi|o|meu)\s(?:\S{{1,20}}\s){{0,2}}"
    r"(?:code|código|otp|tan)\b",
    re.IGNORECASE,
)
_PLAIN_CODE = re.compile(rf"(?<!\w)(?:codes?|c[óo]digos?)[^\d\n\ue000]{{1,30}}?(?P<it>{_SIX})", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:sms|text(?:ed)?\b|authenticator|mfa|2fa|otp|v[eé]rif|bestätig|whatsapp|two[- ]factor|approve|sent me|"
    r"got a code)",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"error|aadsts|tpm\b|fail|fehler|erreur|fallo|falha|\berro\b|event|http|exit|stop|status|rejected|ticket|inc\b|"
    r"case|kb|build|version|port\b|room|since|years?|seit|depuis|desde",
    re.IGNORECASE,
)
_MEASURES = re.compile(
    r"\s{0,2}(?:times|x\b|minutes|min\b|seconds|sec|digits|users|people|errors?|days|mal\b|fois|veces|vezes)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\s{0,2}(?:,|/|;|and|or|then|und|oder|et|ou|y|o|e|dann)\s{0,2}(?:(?:then|now|later) )?"
    r"(?P<it>\d{3}[ -]\d{3}|\d{4,8})(?!\d|[.,:/-]\d)"
)
_CODE_WORDS = "code|código|codigo|otp|tan |one-time|one time|pin|2fa n|mfa n|verification n|einmal|passwort|kennwort"
_HAS_DIGITS = re.compile(r"\d{3}|[A-Z]\d|\d[A-Z]")


def one_time_codes(text: str) -> Iterator[Span]:
    """ "my code is 123456", "the SMS code 123 456", "A7K9QX" where it is said to be a code for signing in."""
    low = text.lower()
    if not _HAS_DIGITS.search(text) or not mentions(low, _CODE_WORDS):
        return
    for expression in (_ANNOUNCED, _LETTERS_TOO, _IS_THE_CODE, _PLAIN_CODE):
        for match in expression.finditer(text):
            if _is_for_signing_in(text, match):
                yield from _and_next(text, *match.span("it"))


def _is_for_signing_in(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 25) : match.start("it")]
    if _FAILURE.search(before) or _MEASURES.match(text, match.end("it")):
        return False
    return match.re is not _PLAIN_CODE or _SENT.search(text, max(0, match.start() - 80), match.end() + 80) is not None


def _and_next(text: str, start: int, end: int) -> Iterator[Span]:
    yield (Kind.CODE, start, end)
    while following := _NEXT.match(text, end):
        end = following.end("it")
        yield (Kind.CODE, *following.span("it"))


_RECOVERY = re.compile(
    r"(?<!\w)"
    + one_of(
        one_of("recovery|back[ -]?up|rescue|emergency|scratch|unlock|wiederherstellungs|notfall|reserve|ersatz|puk")
        + r"[ -]?(?:codes?|keys?|schlüssel|phrases?|kennwort)?",
        "codes? de (?:récupération|secours)|clés? de récupération",
        "(?:c[óo]digo|clave)s? de (?:recuperaci[óo]n|respaldo)",
        "(?:c[óo]digo|chave)s? de (?:recuperação|recuperacao|backup|segurança)",
    )
    + r"(?=[^\w\n]{0,3}\s|:|=)(?P<gap>[^\d\n\ue000]{0,30}?)(?=[\s:=*`\"'(])",
    re.IGNORECASE,
)
_RECOVERY_WORDS = (
    "recovery|backup|back-up|back up|rescue|emergency|scratch|unlock|wiederherstellung|notfall|reserve|ersatz|puk|"
    "récup|secours|recupera|respaldo|segurança"
)
_CODE_ITEM = re.compile(
    r"[\s,;:=|/\u2022*`\"'()-]{0,6}(?:(?:and|or|und|et|y|e|[1-9]\d?[.)])\s{1,2})?"
    r"(?P<it>(?=[A-Za-z-]{0,30}\d)(?=[\w-]{6,})[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,11}"
    r"|(?-i:[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){1,11})|\d{4}(?: \d{4}){1,3})(?![\w.]\w|[\w:-])",
)
_NOT_A_CODE = re.compile(r"(?:KB|INC|AADSTS|REQ|RITM|CHG|0x)", re.IGNORECASE)
_IDENTIFIES = re.compile(r"\bid\b|error|fehler|erreur|kennung|event|identif|build|version|job|task", re.IGNORECASE)


def recovery_codes(text: str) -> Iterator[Span]:
    """The codes after "backup codes:". The ID of a recovery key is no secret: an agent finds the key with it."""
    if not mentions(text.lower(), _RECOVERY_WORDS):
        return
    for opening in _RECOVERY.finditer(text):
        at = opening.end()
        if _IDENTIFIES.search(opening["gap"]):
            continue
        while (item := _CODE_ITEM.match(text, at)) and not _NOT_A_CODE.match(item["it"]):
            yield (Kind.CODE, *item.span("it"))
            at = item.end()


card_codes = shaped(
    Kind.CODE,
    one_of(r"\b(?:cvv2?|cvc2?|csc|prüfnummer|kartenprüfnummer|cryptogramme)\b")
    + r"\W{0,3}(?:(?:is|code|ist|est|es) ?:? ?)?(?P<it>\d{3,4})(?!\w)",
    near="cvv|cvc|csc|prüfnummer|cryptogramme",
)

CODES: tuple[Recogniser, ...] = (one_time_codes, recovery_codes, card_codes)
