"""Secrets that have a shape of their own: keys, tokens, and card numbers. Knows no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.patterns import one_of, shaped
from bot.privacy.reading import Kind, Recogniser, Span

private_keys = shaped(
    Kind.PRIVATE_KEY,
    # A key that was cut off still is one: without its last line, everything up to the next dashes goes.
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?",
    r"PuTTY-User-Key-File-\d:[^\n]{0,200}(?:\n[^\n]{1,200}){1,60}",
    near="private key|putty-user-key",
)
# BitLocker: eight groups of six digits. Six or seven are what is left when somebody copied badly.
recovery_keys = shaped(
    Kind.RECOVERY_KEY,
    r"(?<![\d-])\d{6}(?:\s{0,2}[-.,/]\s{0,2}\d{6}|\s{1,2}\d{6}){5,7}(?![\d-])",
    r"(?<!\d)\d{48}(?!\d)",
    needs=r"\d{6}\D{0,5}\d{6}",
)
product_keys = shaped(
    Kind.PRODUCT_KEY,
    r"(?<![\w-])(?=[A-Z-]{0,28}\d|(?-i:[A-Z-]{29}))[A-Z0-9]{5}(?:\s?-\s?[A-Z0-9]{5}){4}(?![\w-])",
    needs=r"-\s?[A-Z0-9]{5}\s?-\s?[A-Z0-9]{5}",
)
said_product_keys = shaped(
    Kind.PRODUCT_KEY,
    one_of(
        "product|licen[cs]e|activation|windows|office|lizenz|produkt|clé de produit|clave de producto|chave do produto"
    )
    + r"[ -]?(?:key|schlüssel|code)?\s{0,2}(?:is|ist|est|es|é)?[\s:=]{1,3}"
    r"(?P<it>(?-i:[A-Z0-9]{5}(?: [A-Z0-9]{5}){4}|(?=[A-Z]{0,24}\d)[A-Z0-9]{25}))(?!\w)",
    near="product|licen|activation|windows|office|lizenz|produkt|produit|produto",
    needs=r"\d",
)

# Prefixes that their makers publish; the lengths are lower bounds, so a token that was cut off is caught too.
_ISSUED = one_of(
    r"xox[a-z](?:\.xox[a-z])?-[\w.%-]{8,}",
    r"xapp-[\w-]{8,}",
    r"(?-i:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}",
    r"gh[pousr]_\w{16,}",
    r"github_pat_\w{16,}",
    r"gl(?:pat|ptt|rt|dt|ft)-[\w-]{16,}",
    r"(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj-|ant-|or-)?(?=[\w-]{0,200}\d)[\w-]{16,}",
    r"whsec_\w{16,}",
    r"(?-i:AIza)[\w-]{30,}",
    r"(?-i:GOCSPX-|ya29\.)[\w-]{16,}",
    r"(?-i:SG\.)[\w-]{16,}\.[\w-]{16,}",
    r"npm_\w{30,}",
    r"pypi-[\w-]{30,}",
    r"hf_\w{20,}",
    r"hv[sbr]\.[\w-]{20,}",
    r"do[opr]_v1_\w{30,}",
    r"shp(?:at|ca|pa|ss)_\w{20,}",
    r"dapi[a-f0-9]{30,}",
    r"(?-i:ATATT3|ATCTT3)[\w=-]{20,}",
    r"(?:figd|ntn|lin_api|secret)_[\w-]{20,}",
    r"dckr_pat_[\w-]{20,}",
    r"\d{8,10}:(?-i:AA)[\w-]{30,}",
    r"[\w.~-]{3}\dQ~[\w.~-]{28,}",
    r"AGE-SECRET-KEY-1\w{20,}",
    r"key-[0-9a-f]{32}",
    r"[0-9a-f]{32}-us\d{1,2}",
    r"eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?",
)
issued_tokens = shaped(Kind.TOKEN, rf"(?<![A-Za-z0-9]){_ISSUED}", needs=r"[\w.~%-]{12}")

# Slack's and Teams' incoming webhooks let anybody post who knows the address; so does a signed link read.
links = shaped(
    Kind.TOKEN,
    r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<it>[\w/]{8,})",
    r"webhook\.office\.com/(?P<it>[\w/@.-]{20,})",
    r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s?=\s?(?P<it>[\w+/=%&.:-]{16,})",
    r"[?&]"
    + one_of("sig|signature|token|access_token|id_token|refresh_token|api_?key|secret|client_secret|jwt")
    + r"=(?P<it>[^\s&|<>#\"'\ue000]{6,})",
    # These also carry error codes and numbers of articles, which are short.
    r"[?&](?:code|key|auth|session)=(?P<it>[^\s&|<>#\"'\ue000]{16,})",
    near="hooks.slack|webhook.office|accountkey|sharedaccess|?|&",
    needs=r"[=/][^\s=]{6}",
)

_WITH_DIGIT = r"(?=[^\s\d]{0,200}\d)[\w+/=.~%-]"
labelled_tokens = shaped(
    Kind.TOKEN,
    rf"\bbearer[\s:]{{1,3}}[\"'`]?(?P<it>{_WITH_DIGIT}{{8,}})",
    r"\bbasic\s{1,3}(?P<it>(?=[a-z+/]{0,200}(?:\d|=))[A-Za-z0-9+/]{12,}={0,2})",
    one_of(
        "api|access|secret|client|auth|authentication|account|subscription|encryption|bot|session|refresh|service|"
        "bearer|deploy",
        "private|signing|personal access|app",
    )
    + r"[ _-]{0,2}(?:key|token|secret|pat)s?(?:[ _-]?value)?[*_`\"']{0,2}\s{0,2}"
    rf"(?:(?::|=|is|ist|est|es|é)[\s\"'`*]{{0,4}}|\s)(?P<it>{_WITH_DIGIT}{{12,}})",
    r"(?<!\w)(?:token|secret|apikey|pat)[*_`\"']{0,2}\s{0,2}(?:[:=]|is\s|ist\s|est\s|es\s|é\s)[\s\"'`*]{0,4}"
    rf"(?P<it>{_WITH_DIGIT}{{10,}})",
    near="bearer|basic|key|token|secret|pat",
    needs=r"[\w+/=.~%-]{8}",
)

_CARD = re.compile(r"(?<![\d.,])(?<!\d-)[2-6]\d{3}(?:[ -]?\d){8,15}(?![\d-])(?!\.\d)")
# Lengths and first digits that the networks issue: Visa, Mastercard, American Express, Discover, Diners, Maestro, JCB.
_ISSUER = re.compile(
    one_of(
        r"4\d{12}(?:\d{3})?(?:\d{3})?|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,13}",
        r"(?:6011|65\d\d|64[4-9]\d|62\d\d)\d{12,15}|35\d{14}|(?:5[06-8]|6\d)\d{10,17}",
    )
)
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}")
_CARD_SAID = re.compile(
    r"card|karte|carte|tarjeta|cart[aã]o|visa|master|amex|kredit|credit|debit|maestro", re.IGNORECASE
)


def cards(text: str) -> Iterator[Span]:
    """Numbers that pass Luhn's check and are grouped as on a card, have 15 or 16 digits, or are said to be a card's."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if not (_ISSUER.fullmatch(digits) and _luhn(digits)):
            continue
        said = _CARD_SAID.search(text, max(0, match.start() - 60), match.end() + 30)
        if said or _GROUPED.fullmatch(match.group()) or (digits == match.group() and len(digits) in (15, 16)):
            yield (Kind.CARD, *match.span())


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: the sum of the digits, every second one from the right doubled, ends with 0."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


SECRETS: tuple[Recogniser, ...] = (
    private_keys,
    recovery_keys,
    product_keys,
    said_product_keys,
    cards,
    issued_tokens,
    links,
    labelled_tokens,
)
