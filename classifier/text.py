"""How a message is read: one string in, one plain line out, the same for training and for prediction.

Pure and quick. What comes out is for the classifier's eyes only; it is never stored, shown or sent, because
it undoes Slack's escaping.
"""

import re
import unicodedata

MOST_CHARACTERS = 12_000  # a pasted log says nothing new after this; keeps the slowest message quick

# Zero-width and directional marks, soft hyphens, variation selectors, tags, and lone surrogates.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_LOOSE_ACCENTS = re.compile("[\u0300-\u036f]")  # what NFKC could not join to a letter

# Letters of other alphabets that look like a Latin one.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u043a\u0501\u04bb\u051b\u051d"  # Cyrillic
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u03b1\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba\u03b5\u03c7\u03c4\u03b3"  # Greek
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0585\u057d\u0570\u0578\u0581\u0251\u0261\u0131",  # Armenian, phonetic, dotless i
    "aeopcyxsijkdhqwABEKMHOPCTYXSIJaovpuikextyABEZHIKMNOPTYXouhngagi",
)
_DISGUISED = re.compile(f"[{''.join(map(chr, _LOOK_ALIKE))}]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

_MENTION = re.compile(r"<@[^<>\n]*>|<!(?:subteam|channel|here|everyone)[^<>\n]*>")
_MARKED = re.compile(r"<([^<>|\n]+)\|([^<>\n]*)>")
_LINK = re.compile(r"<?\b(?:https?://|mailto:|tel:)([^\s<>/?#|]+)[^\s<>|]*>?", re.IGNORECASE)
_SKIN_TONE = re.compile(r":skin-tone-\d:")
_EMOJI = re.compile(r"(?<![\w:]):([a-z0-9_+'-]{0,40}[a-z+-][a-z0-9_+'-]{0,40}):(?!\w)")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|nbsp|#39);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": " ", "#39": "'"}
_STRESS_MARK = re.compile("[*~`_]")
_STRESS = re.compile(r"[*~`]+|(?<!\w)_{1,2}|_{1,2}(?!\w)")

_REPLY_HEADER = re.compile(
    r"^[> \t]*(?:"
    r"[-_]{2,}\s*(?:(?:original|forwarded) message|(?:urspr\u00fcngliche|weitergeleitete) nachricht|"
    r"message (?:d'origine|transf\u00e9r\u00e9)|mensaje original|mensagem original)\s*[-_]{2,}"
    r"|(?:on|am|le|el|em) [^\n]{5,150}\b(?:wrote|schrieb[^\n:]{0,60}|a \u00e9crit|escribi\u00f3|escreveu)\s?:"
    r"|(?:from|von|de|da)\s?:[^\n]+\n"
    r"[> \t]*(?:sent|date|gesendet|datum|envoy\u00e9|enviado|inviato)(?: el| em)?\s?:[^\n]*"
    r")[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTE_MARK = re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE)
_SIGNATURE = re.compile(
    r"^(?:--[ \t]*|(?:sent from my|gesendet von mein|von meinem \w+ gesendet|envoy\u00e9 de(?:puis)? mon|"
    r"enviado desde mi|enviado do meu|get outlook for)\b.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^(?:(?:with )?(?:best|kind|warm) (?:regards|wishes)|regards|best|cheers|(?:many )?thanks|thank you|"
    r"thanks and regards|mit freundlichen gr\u00fc\u00dfen|(?:viele|beste|liebe|sch\u00f6ne) gr\u00fc\u00dfe|"
    r"mfg|vg|lg|cordialement|bien \u00e0 vous|merci|(?:un )?saludos?(?: cordiales)?|atentamente|gracias|"
    r"atenciosamente|cumprimentos|obrigad[oa])"
    r"[ \t]*[,.!]?[ \t]*\n+(?P<name>[^\n]+)(?:\n[^\n]*){0,8}\Z",
    re.IGNORECASE | re.MULTILINE,
)

_DIGIT = re.compile(r"\d")  # every code has one
_HEX = re.compile(r"\b[0o]x ?(?=[a-f]*\d)([0-9a-f]{4})[ -]?([0-9a-f]{4})\b|\b0x ?([0-9a-f]{2,16})\b", re.IGNORECASE)
# HRESULT and NTSTATUS values are often typed without 0x; other eight-digit numbers are left alone.
_BARE_HEX = re.compile(
    r"\b(80[0-9a-f]{6}|8(?=[0-9a-f]*[a-f])[0-9a-f]{7}|c0000[0-9a-f]{3}|c1900[0-9a-f]{3})\b", re.IGNORECASE
)
_AADSTS = re.compile(r"\baad ?sts[ :#-]{0,2}(\d{4,7})\b", re.IGNORECASE)
_KB = re.compile(r"\bkb[ :#-]{0,2}(\d{6,7})\b", re.IGNORECASE)
_EVENT = re.compile(
    r"\b(?:event|ereignis|evento)[ -]?(?:id|nr\.?|no\.?|number|#|:)[ :#=]{0,3}(\d{1,5})\b|"
    r"\bid (?:de |d')(?:evento|\u00e9v\u00e9nement)[ :#=]{0,3}(\d{1,5})\b",
    re.IGNORECASE,
)
_HTTP = re.compile(
    r"\b(?:https?|status|error|fehler|erreur)(?:[ -](?:error|status|code|fehler))?[ :#-]{1,3}([45]\d\d)\b"
    r"(?![.,]\d)|\bhttp([45]\d\d)\b",
    re.IGNORECASE,
)

TOKEN = r"\d+(?:\.\d+)+|\w+"  # one-letter words count ("s mode", "O drive"); 5.7.57 stays whole
_TOKEN = re.compile(TOKEN)


def normalise(text: str) -> str:
    """One line of plain words: no markup, no invisible or look-alike letters, no quoted mail, no signature.

    Error codes come out as one word each in one spelling: 0x80070643, AADSTS50076, KB5034441, event_41,
    http_404, 5.7.57.
    """
    text = text[:MOST_CHARACTERS]
    if not text.isascii():
        text = _LOOSE_ACCENTS.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)))
        text = text.replace("\u2019", "'").replace("\u2018", "'")
    text = _without_markup(text)
    if "\n" in text or text.startswith(">"):
        text = _without_signature(_without_quoted_mail(text))
    if _STRESS_MARK.search(text):
        text = _STRESS.sub(" ", text)
    return " ".join(_with_whole_codes(_in_latin_letters(text)).split())


def words(text: str) -> list[str]:
    """The words of a normalised text as the model counts them; an error code is one word."""
    return _TOKEN.findall(text)


def fold(text: str) -> str:
    """Lower case without Latin accents, so that "Écran", "ecran" and "ÉCRAN" are one word to the model."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _LOOSE_ACCENTS.sub("", unicodedata.normalize("NFD", folded)))


def _without_markup(text: str) -> str:
    """Each kind is looked for only where the sign is that it cannot do without: most messages have none."""
    if "<" in text:
        text = _MARKED.sub(_label_of, _MENTION.sub(" ", text))
    if ":" in text:
        text = _LINK.sub(lambda link: f" {link[1].removeprefix('www.')} ", text)
        text = _EMOJI.sub(lambda emoji: f" {emoji[1].replace('_', ' ')} ", _SKIN_TONE.sub("", text))
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text) if "&" in text else text


def _label_of(marked: re.Match[str]) -> str:
    """What a person sees of <target|label>, and the target's host when the label hides it."""
    target, label = marked.groups()
    host = _LINK.match(target)
    if host and host[1].casefold() not in label.casefold():
        return f"{label} {host[1].removeprefix('www.')}"
    return label


def _without_quoted_mail(text: str) -> str:
    """The part above the mail that is answered or forwarded; all of it when nothing stands above.

    A lone quoted block is kept: in Slack that is how people paste an error message.
    """
    header = _REPLY_HEADER.search(text)
    if header and _WORD.search(text, 0, header.start()):
        text = text[: header.start()]
    return _QUOTE_MARK.sub("", text)


def _without_signature(text: str) -> str:
    mark = _SIGNATURE.search(text)
    if mark and _WORD.search(text, 0, mark.start()):
        text = text[: mark.start()]
    text = text.rstrip()
    closing = _CLOSING.search(text)
    if closing and _is_name(closing["name"]) and _WORD.search(text, 0, closing.start()):
        return text[: closing.start()]
    return text


def _is_name(line: str) -> bool:
    parts = line.split()
    return len(parts) <= 4 and all(part[0].isupper() or not part[0].isalpha() for part in parts)


def _in_latin_letters(text: str) -> str:
    if text.isascii() or not _DISGUISED.search(text):
        return text
    letters = _WORD.findall(text)
    latin = len(_LATIN.findall(text))
    mostly_latin = 2 * latin >= sum(map(len, letters))
    return _WORD.sub(lambda word: _latin_word(word.group(), mostly_latin), text)


def _latin_word(word: str, mostly_latin: bool) -> str:
    """The word without disguised letters; a real Cyrillic or Greek word is left alone."""
    plain = word.translate(_LOOK_ALIKE)
    if plain == word or len(_LATIN.findall(plain)) < len(plain):
        return word
    return plain if mostly_latin or _LATIN.search(word) else word


def _with_whole_codes(text: str) -> str:
    if not _DIGIT.search(text):
        return text
    text = _HEX.sub(lambda code: "0x" + "".join(filter(None, code.groups())).lower(), text)
    text = _BARE_HEX.sub(lambda code: "0x" + code[1].lower(), text)
    text = _AADSTS.sub(r"AADSTS\1", _KB.sub(r"KB\1", text))
    text = _EVENT.sub(lambda code: f"event_{code[1] or code[2]}", text)
    return _HTTP.sub(lambda code: f"http_{code[1] or code[2]}", text)
