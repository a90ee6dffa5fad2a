"""Personal data that has a shape: mail, phone, IP and street addresses, bank accounts, ID numbers, birthdays.

Names have no shape, so they are not here. A number is taken for a phone only where a list of contexts allows it:
a service desk talks in numbers, and most of them are codes, versions and tickets.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from bot.privacy.patterns import one_of, shaped
from bot.privacy.reading import Kind, Recogniser, Span

_AT = r"(?:\(at\)|\[at\]|\{at\})"
_DOT = r"(?:\.|\(dot\)|\[dot\]|\(punkt\))"
emails = shaped(
    Kind.EMAIL,
    r"<mailto:[^<>\n]{3,300}>",
    r"(?:mailto:)?(?<![\w.+%-])[\w+%-][\w.+%'-]{0,63}@(?:[\w-]{1,63}\.){1,6}[^\W\d_][\w-]{1,23}(?![\w-])",
    rf"(?<![\w.+%-])[\w.+%-]{{1,64}}\s?{_AT}\s?[\w-]{{1,63}}(?:\s?{_DOT}\s?[\w-]{{2,63}}){{1,4}}(?![\w-])",
    near="@|(at)|[at]|{at}",
)

_IPV4 = re.compile(r"(?<![\w.:-])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d|-\w)")
_IPV6 = re.compile(
    r"(?<![\w.:])(?=[0-9A-Fa-f]{0,4}:)(?:[0-9A-Fa-f]{0,4}:){2,8}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
)
_VERSION_OF = re.compile(
    one_of(
        r"version|versión|versão|ver\.?|\bv|build|release|firmware|driver|treiber|fw|bios|client|agent|plugin|update|"
        r"patch|module",
        r"adobe|reader|acrobat|zoom|citrix|anyconnect|globalprotect|java|firefox|chrome|edge|teams|office|onedrive|"
        r"powershell",
        r"ios|ipados|macos|android|operating system|app",
    )
    + r"(?: (?:is|ist|est|es|é|number|nummer|no\.?|to))?[\s:=#(v-]{0,3}$",
    re.IGNORECASE,
)


def ip_addresses(text: str) -> Iterator[Span]:
    """Addresses that can lead to somebody; loopback, masks, self-assigned ones and public resolvers lead to nobody."""
    for expression in (_IPV4, _IPV6):
        for match in expression.finditer(text):
            said_version = _VERSION_OF.search(text[max(0, match.start() - 30) : match.start()])
            if not said_version and _leads_to_somebody(match.group()):
                yield (Kind.IP, *match.span())


_NOBODYS = frozenset(
    map(ipaddress.ip_address, ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "2001:4860:4860::8888"))
)


def _leads_to_somebody(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    if address.version == 6 and not any(character.isdigit() for character in written):
        return False
    masks_or_nothing = address.version == 4 and written.startswith(("0.", "255."))
    self_assigned = address.version == 4 and address.is_link_local
    return not (
        masks_or_nothing or self_assigned or address.is_loopback or address.is_unspecified or address in _NOBODYS
    )


_PHONE_SAID = re.compile(
    one_of(
        r"phone|\btel\b|mobile|\bcell|\bcall|reach|\bring\b|text me|whatsapp|signal|\bext\b|extension|\bfax|contact",
        r"\bdial|my number",
        r"handy|telefon|rufnummer|rückruf|\bmobil|erreich|anruf|\bruf|durchwahl|meine nummer",
        r"téléphone|portable|joindre|joignable|appel|mon numéro",
        r"teléfono|móvil|movil|celular|ll[áa]m|mi número|telefone|telem[óo]vel|liga|ligue|contato|meu número",
    )
    + r"\w{0,6}(?:\W{1,3}"
    + one_of(
        "number|no|nr|me|us|him|her|them|back|is|at|on|under|via|my|it's|using|the|new|work|private|office|home|"
        "please|or|and",
        "nummer|ist|unter|auf|mich|lautet|bitte|numéro|est|au|sur|le|moi|número|es|en|al|é|meu|mi|mon|para|para o|"
        "por favor",
        "phone|mobile|cell|tel|handy|mobil|fax",
    )
    + r"){0,5}\W{0,5}$",
    re.IGNORECASE,
)
_NOT_A_PHONE = re.compile(
    one_of(
        "error|fehler|erreur|code|ticket|case|inc|incident|request|event|kb|build|version|model|serial|order|invoice|"
        "id|asset",
        "tag|room|raum|port|imei|article|ref|#",
    )
    + r"[\s:#.-]{0,3}(?:(?:number|nummer|no\.?|nr\.?|is|ist)\s?:?\s?){0,2}$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\s\d{1,2})?|[1-9]\d{0,4}(?:\.\d{1,5}){1,3}|.*\b\d\.\d{1,2}\.\d{1,3}|20\d{6}|"
    r"20\d\d ?- ?20\d\d|\d{1,2}-\d{1,2}"
)
_NUMBER = re.compile(r"(?<![\w.,/:;=#$€£-])(?<!\d )[+(]?\(?\d(?:[ ()./\u00a0-]{0,3}\d){5,17}(?![\w]|[.,:/-]\d)")
# Written like a phone number and like nothing else: (555) 010-0199, 555-010-0199, 06 00 00 00 00.
_UNMISTAKABLE = re.compile(
    r"\(?\d{3}\)?[ -]{1,2}\d{3}-\d{4}|0\d(?:[ .]\d\d){4}|1[ -]\d{3}[ -]\d{3}[ -]\d{4}|\(\d{2,5}\) ?\d{4,5}[- ]?\d{2,4}"
)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "PT", "BR", "IN", "PH", "PL")
_EXTENSION = re.compile(
    r"\b(?:ext\.?|extension|durchwahl|dw|poste|extensión|ramal)\s?(?:is|:|no\.?|number|ist)?\s?(?P<it>\d{3,6})(?!\w|"
    r"\.\d)",
    re.IGNORECASE,
)
_TEL_LINK = re.compile(r"<tel:[^<>\n]{3,120}>", re.IGNORECASE)


def phones(text: str) -> Iterator[Span]:
    for expression in (_TEL_LINK, _EXTENSION):
        for match in expression.finditer(text):
            yield (Kind.PHONE, *match.span("it" if "it" in expression.groupindex else 0))
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        if not _NOT_A_PHONE.search(before) and _is_phone(match.group(), before):
            yield (Kind.PHONE, *match.span())


def _is_phone(written: str, before: str) -> bool:
    international = written.lstrip("(").startswith("+") or re.match(r"\(?00[1-9]", written) is not None
    if international or _UNMISTAKABLE.fullmatch(written):
        return _is_possible(written)
    if _DATE.fullmatch(written) or not _PHONE_SAID.search(before):
        return False
    return _is_possible(written)


def _is_possible(written: str) -> bool:
    """Long enough and short enough for a number somewhere. Possible, not valid: people mistype, and 555 is nobody's."""
    import phonenumbers  # here, because loading it costs more than most commands take

    written = re.sub(r"^\(?00(?=[1-9])", "+", written)
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) in (
            phonenumbers.ValidationResult.IS_POSSIBLE,
            phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        ):
            return True
    return False


# Lengths from the SWIFT IBAN registry.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
    "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)


def ibans(text: str) -> Iterator[Span]:
    """Bank accounts whose check digits are right (ISO 13616: mod 97 is 1), or which are called IBAN."""
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match.group()[:2].upper(), 0)
        end = _end_after(text, match.start(), match.end(), length) if length else None
        if end is None:
            continue
        said = re.search(r"\biban\b", text[max(0, match.start() - 30) : match.start()], re.IGNORECASE)
        if said or _mod97(re.sub(r"[ -]", "", text[match.start() : end])) == 1:
            yield (Kind.IBAN, match.start(), end)


def _end_after(text: str, start: int, end: int, count: int) -> int | None:
    """Where the `count`-th letter or digit from `start` ends, if that is also the end of a word."""
    for at in range(start, end):
        count -= text[at].isalnum()
        if count == 0:
            return at + 1 if at + 1 == len(text) or not text[at + 1].isalnum() else None
    return None


def _mod97(iban: str) -> int:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


_ID_SAID = one_of(
    r"\bssn\b|social security|\bsin number|national insurance|\bnino\b|\bni number|passport|aadhaar|medicare|nhs n",
    r"driver'?s? licen[cs]e|driving licen[cs]e|national id|identity card|id card|tax id|\btin\b",
    r"sozialversicherung|rentenversicherung|steuer-?(?:id|nummer|identifikation)|reisepass|ausweis|führerschein|\bahv",
    r"sécurité sociale|\bnir\b|passeport|carte d'identité|permis de conduire",
    r"\bdni\b|\bnie\b|\bnif\b|seguridad social|pasaporte|\bcurp\b|\brfc\b",
    r"\bcpf\b|\brg\b|\bcnpj\b|passaporte|cartão de cidadão|segurança social|contribuinte",
    r"\bbsn\b|\bpesel\b|codice fiscale|personnummer",
)
said_ids = shaped(
    Kind.NATIONAL_ID,
    rf"{_ID_SAID}[^\d\n\ue000]{{0,30}}?"
    r"(?P<it>(?-i:(?<![\w.])(?=(?:[A-Z ./-]{0,4}\d){6})[A-Z0-9](?:[ ./-]?[A-Z0-9]){5,20}))(?!\w|[ ./-]\d)",
    near="ssn|sin n|nino|ni n|aadhaar|medicare|nhs|licen|national i|identi|id card|tax|tin|social|versicherung|"
    "steuer|pass|ausweis|führerschein|ahv|nir|permis|dni|nie|nif|segur|curp|rfc|cpf|rg|cnpj|cartão|contribuinte|bsn|"
    "pesel|codice|personnummer",
    needs=r"\d(?:[A-Z ./-]{0,4}\d){5}",
)
# Shapes that only these have: the American SSN (its ranges as issued) and the Brazilian CPF.
shaped_ids = shaped(
    Kind.NATIONAL_ID,
    r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])",
    r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)",
    needs=r"\d-\d\d",
)
birthdays = shaped(
    Kind.BIRTHDAY,
    one_of(
        r"date of birth|birth ?da(?:y|te)|\bdob\b|\bborn(?: on)?|geburtsdatum|geburtstag|geboren(?: am)?|\bgeb\.",
        r"date de naissance|\bnée?(?: le)?|fecha de nacimiento|\bnacid[oa](?: el)?|\bnací(?: el)?",
        r"data de nascimento|\bnascid[oa](?: em)?|\bnasci(?: em)?",
    )
    + r"\W{0,3}(?:(?:is|ist|est|es|é|was|on)\s)?"
    r"(?P<it>\d{1,4}[-/. ]{1,2}(?:\d{1,2}|[^\W\d]{3,10})[-/., ]{1,2}\d{1,4}|"
    r"[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2} de [a-zç]{4,10} de \d{4})(?!\w)",
    near="birth|dob|born|geb|né|naissance|nac|nasc",
    needs=r"\d",
)

_NAME = r"(?-i:[A-ZÀ-Þ][\w'.-]{1,25})"
_ENGLISH_STREET = one_of(
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|square|sq|terrace|close|"
    "crescent",
    "parkway|pkwy|highway|hwy",
)
_GERMAN_STREET = "(?-i:straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer)"
_GERMAN_END = rf" \d{{1,4}} ?(?-i:[a-h])?(?!\w)(?:,? \d{{5}} {_NAME})?"
english_addresses = shaped(
    Kind.ADDRESS,
    rf"(?<![\w.-])\d{{1,5}}[a-z]?,? (?:(?-i:[NSEW])\.? )?(?:{_NAME} ){{1,3}}{_ENGLISH_STREET}\b\.?"
    r"(?:,? (?:apt|suite|unit|flat|#)\.? ?\w{1,6})?"
    rf"(?:,? {_NAME}(?: {_NAME})?,? (?-i:[A-Z]{{2}}) \d{{5}}(?:-\d{{4}})?)?",
    needs=r"\d[a-z]?,? [A-Z]",
)
german_addresses = shaped(
    Kind.ADDRESS,
    rf"(?<!\w)(?:{_NAME}[ -])?(?-i:[A-ZÄÖÜ][\wäöüß-]{{1,30}}?){_GERMAN_STREET}{_GERMAN_END}",
    rf"(?<!\w){_NAME} (?-i:Straße|Strasse|Str\.|Allee|Platz|Weg){_GERMAN_END}",
    near="straße|strasse|str.|weg|platz|allee|gasse|ring|damm|ufer",
    needs=r"\d",
)
romance_addresses = shaped(
    Kind.ADDRESS,
    r"(?<![\w.-])\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|impasse|chemin|allée|place|quai)"
    rf" (?:(?:de la|des|du|de|d'|la|le|les|l') ?){{0,2}}{_NAME}(?: {_NAME}){{0,2}}(?:,? \d{{5}} {_NAME})?",
    r"(?<!\w)(?:calle|avenida|avda\.?|av\.|paseo|plaza|rua|travessa|praça|alameda|c/)"
    rf" (?:(?:de la|del|de los|de|da|do|das|dos|la) ){{0,2}}{_NAME}(?: (?:de |da |do )?{_NAME}){{0,3}}"
    rf",? (?:n[.ºo°]{{1,2}} ?)?\d{{1,5}}(?!\w)(?:,? \d{{4,5}}(?:-\d{{3}})? {_NAME})?",
    near="rue|avenue|boulevard|impasse|chemin|allée|place|quai|calle|aven|avda|av.|paseo|plaza|rua|travessa|praça|"
    "alameda|c/",
    needs=r"\d",
)

PERSONAL: tuple[Recogniser, ...] = (
    emails,
    ibans,
    said_ids,
    shaped_ids,
    birthdays,
    phones,
    ip_addresses,
    english_addresses,
    german_addresses,
    romance_addresses,
)
