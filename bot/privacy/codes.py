"""Codes that open something once: sign-in codes, recovery codes, CVV. Digits alone say nothing, so each must be announced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.reading import Kind, Recogniser, Span

_ONE_TIME = (
    r"(?:otp|totp|one[ -]?time(?: pass)?[ -]?(?:code|word|pin)?s?|(?:2fa|mfa|sms|text|authenticator|authentication|auth|verification|security|"
    r"confirmation|access|login|log[ -]in|sign[ -]?in|6[ -]digit|six[ -]digit)(?: app)?(?: (?:number|pin))?[ -](?:codes?|pin|number)|"
    r"passcode|tan|(?:bestätigungs|verifizierungs|verifikations|sicherheits|einmal|anmelde|authentifizierungs|sms-?|zugangs|mfa-|2fa-)"
    r"(?:code|passwort|kennwort|pin)s?|"
    r"code (?:de |d')?(?:vérification|verification|sécurité|confirmation|connexion|sms|authentification|à usage unique|d'accès|2fa|mfa)|"
    r"(?:código|codigo) (?:de |da |do )?(?:verificación|verificacion|seguridad|confirmación|confirmacion|acceso|inicio de sesión|"
    r"un solo uso|verificação|verificacao|segurança|confirmação|acesso|uso único|autenticación|autenticação|sms|mfa|2fa)|"
    r"code from (?:my |the )?(?:authenticator|app|sms|text|phone)(?: app)?|"
    r"(?:my|mein|mon|mi|meu|o meu|your|their) (?:code|código|codigo)s?(?= ?(?::|is|was|ist|war|lautet|est|es|era|é|\d)))"
)
_DIGITS = r"(?P<it>(?:G-)?(?<![\d.,:-])(?:\d{3}[ -]\d{3}|\d{4,8})(?![\d]|[.,:/-]\d))"
_FAILURE = re.compile(
    r"error|fail|fehler|erreur|fallo|falha|\berro\b|event|http|exit|stop|status|rejected|ticket|inc\b|case|kb|build|version|"
    r"port|room|since|years?|seit|depuis|desde",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(rf"(?<!\w){_ONE_TIME}(?P<gap>[^\d\n\ue000]{{1,50}}?){_DIGITS}", re.IGNORECASE)
_LETTERS_TOO = re.compile(
    rf"(?<!\w){_ONE_TIME}\s{{0,2}}(?::|=|is|was|ist|lautet|est|es|é)\s{{1,2}}[*`\"']?"
    r"(?P<it>(?-i:(?=[A-Z-]{0,9}\d)[A-Z\d]{3,10}(?:-[A-Z\d]{3,10})?))(?![\w-])",
    re.IGNORECASE,
)
_IS_THE_CODE = re.compile(
    rf"{_DIGITS}\s(?:is|was|ist|war|est|es|é)\s(?:the|my|your|der|mein|le|mon|el|mi|o|meu)\s(?:\S{{1,20}}\s){{0,2}}(?:code|código|otp|tan)\b",
    re.IGNORECASE,
)
_GOT_CODE = re.compile(
    r"(?<!\w)(?:codes?|código|codigo)s?(?P<gap>[^\d\n\ue000]{1,30}?)(?P<it>(?<![\d.,:-])(?:\d{3}[ -]\d{3}|\d{6})(?![\d]|[.,:/-]\d))",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\b(?:sms|text(?:ed)?|authenticator|mfa|2fa|otp|verif\w+|verifizier\w+|bestätig\w+|whatsapp|two[- ]factor|vérif\w+|teléfono|"
    r"approve|sent me|got a code|received)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\s{0,2}(?:,|/|;|and|or|then|und|oder|et|ou|y|o|e|dann)\s{0,2}(?:(?:then|now|later) )?(?P<it>\d{3}[ -]\d{3}|\d{4,8})(?![\d]|[.,:/-]\d)"
)
_MEASURES = re.compile(
    r"\s{0,2}(?:times|x\b|minutes|min\b|seconds|sec|digits|users|people|errors?|days|mal\b|fois|veces|vezes)",
    re.IGNORECASE,
)


def one_time_codes(text: str) -> Iterator[Span]:
    """ "my code is 123456", "the SMS code 123 456", "code A7K9QX" where it is said to be one for signing in."""
    for expression in (_ANNOUNCED, _LETTERS_TOO, _IS_THE_CODE):
        for match in expression.finditer(text):
            if _is_about_signing_in(text, match):
                yield from _and_next(text, *match.span("it"))
    for match in _GOT_CODE.finditer(text):
        around = text[max(0, match.start() - 80) : match.end() + 80]
        if _SENT.search(around) and _is_about_signing_in(text, match):
            yield from _and_next(text, *match.span("it"))


def _is_about_signing_in(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 25) : match.start("it")]
    return not (_FAILURE.search(before) or _MEASURES.match(text, match.end("it")))


def _and_next(text: str, start: int, end: int) -> Iterator[Span]:
    yield (Kind.CODE, start, end)
    while following := _NEXT.match(text, end):
        end = following.end("it")
        yield (Kind.CODE, *following.span("it"))


_RECOVERY = re.compile(
    r"(?<!\w)(?:(?:recovery|back[ -]?up|rescue|emergency|scratch|unlock|wiederherstellungs|notfall|reserve|ersatz|puk)[ -]?"
    r"(?:codes?|keys?|schlüssel|phrases?|kennwort)?|codes? de (?:récupération|secours)|clés? de récupération|"
    r"(?:código|codigo|clave)s? de (?:recuperación|recuperacion|respaldo|seguridad de respaldo)|"
    r"(?:código|codigo|chave)s? de (?:recuperação|recuperacao|backup|segurança))"
    r"(?=[^\w\n]{0,3}\s|:|=)(?P<gap>[^\d\n\ue000]{0,30}?)(?=[\s:=*`\"'(])",
    re.IGNORECASE,
)
_CODE_ITEM = re.compile(
    r"[\s,;:=|/\u2022*`\"'()-]{0,6}(?:(?:and|or|und|et|y|e|[1-9]\d?[.)])\s{1,2})?"
    r"(?P<it>(?=[A-Za-z-]{0,30}\d)(?=[\w-]{6,})[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,11}"
    r"|(?-i:[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){1,11})|\d{4}(?: \d{4}){1,3})(?![\w.]\w|\w|:)",
)
_NOT_A_CODE = re.compile(r"(?:KB|INC|AADSTS|REQ|RITM|CHG|0x)", re.IGNORECASE)
_IDENTIFIES = re.compile(r"\bid\b|error|fehler|erreur|kennung|event|identif|build|version", re.IGNORECASE)


def recovery_codes(text: str) -> Iterator[Span]:
    """The codes after "backup codes:". The ID of a recovery key is no secret: an agent finds the key with it."""
    for opening in _RECOVERY.finditer(text):
        at = opening.end()
        if _IDENTIFIES.search(opening["gap"]):
            continue
        while item := _CODE_ITEM.match(text, at):
            if _NOT_A_CODE.match(item["it"]):
                break
            yield (Kind.CODE, *item.span("it"))
            at = item.end()


_CVV = re.compile(
    r"\b(?:cvv2?|cvc2?|csc|prüfnummer|kartenprüfnummer|cryptogramme)\b\W{0,3}(?:(?:is|code|ist|est|es) ?:? ?)?(?P<it>\d{3,4})(?!\w)",
    re.IGNORECASE,
)


def card_codes(text: str) -> Iterator[Span]:
    for match in _CVV.finditer(text):
        yield (Kind.CODE, *match.span("it"))


CODES: tuple[Recogniser, ...] = (one_time_codes, recovery_codes, card_codes)
