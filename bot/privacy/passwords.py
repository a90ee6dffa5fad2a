"""Passwords that people type into a chat. Knows how people put it, in several languages; no shape is sure here.

A password is taken when something announces it, and the weaker the announcement the more it must look like one:
"password: sunshine" is enough, "password sunshine" is not, "password Sunshine22" is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.privacy.looks import Look, Value, counts_something, is_harmless, look_of, value_at
from bot.privacy.reading import Kind, Recogniser, Span
from bot.privacy.vocabulary import ADJECTIVE, GAP, IS, NAME, STILL

_CLOSING = r"[*_~`\"')\]]{0,4}"
_COLON = r"\s{0,2}(?::{1,2}|:?=|={1,2}>|-{1,2}>|\u2192|\u2014)(?:[*_~`]{1,3}(?=\s))?\s{0,3}"
_NAMED = re.compile(NAME, re.IGNORECASE)
_MORE = rf"{_CLOSING}{ADJECTIVE}(?P<gap>{GAP}|\s?\([^()\n]{{1,40}}\))?{_CLOSING}"
_COLON_LINK = re.compile(rf"{_MORE}{_COLON}", re.IGNORECASE)
_IS_LINK = re.compile(rf"{_MORE}(?:,?\s{{1,2}}|(?='s))(?P<verb>{IS})\s?:?\s{{1,3}}{STILL}", re.IGNORECASE)
_BARE_LINK = re.compile(rf"{_CLOSING}{ADJECTIVE}(?:\s?[-,]{{1,2}})?\s{{1,3}}(?:of )?", re.IGNORECASE)
# "has the password X", "with password X": a plain word may follow.
_HANDS_OVER = re.compile(
    r"\b(?:with|has|have|use|using|mit|hat|avec|con|com)\s(?:the |a |das |le |la |a )?$", re.IGNORECASE
)
# Where these link, a plain word is more often about the password than the password: "its annoying", "senha e usuário".
_WEAK_VERBS = frozenset(("it's", "its", "it is", "it was", "e"))


@dataclass(frozen=True)
class _Announcement:
    """One name of a password in a text, how it is linked to what follows, and what follows."""

    text: str
    name: re.Match[str]
    link: re.Match[str]
    value: Value

    @property
    def counts(self) -> bool:
        return counts_something(self.text, self.value)

    @property
    def names_a_pin(self) -> bool:
        return self.name.group().lower().startswith("pin")


def announced(text: str) -> Iterator[Span]:
    """ "password: X", "my password for outlook is X", "pw X": the first link that fits decides."""
    for name in _NAMED.finditer(text):
        for pattern, is_password in _LINKS:
            link = pattern.match(text, name.end())
            value = value_at(text, link.end()) if link else None
            if link and value and is_password(_Announcement(text, name, link, value)):
                yield from _with_alternatives(text, value)
                break


def _after_colon(said: _Announcement) -> bool:
    if said.value.look is Look.NUMBER:
        return not said.counts
    if said.value.look is Look.WORD:
        is_a_drive = re.search(r"\s[A-Z]$", said.link["gap"] or "")
        return (said.value.last or said.value.quoted) and not is_a_drive and not said.names_a_pin
    return said.value.look >= Look.MIXED


def _after_is(said: _Announcement) -> bool:
    if said.value.look is Look.NUMBER:
        return not said.counts
    if said.value.look is Look.WORD:
        is_direct = not said.link["gap"] and said.link["verb"].lower() not in _WEAK_VERBS
        return (is_direct or said.value.last or said.value.quoted) and not said.names_a_pin
    return said.value.look >= Look.MIXED


def _after_name(said: _Announcement) -> bool:
    if said.value.look is Look.NUMBER:
        return (said.value.last or said.names_a_pin) and not said.counts
    if said.value.look is Look.WORD:
        before = said.text[max(0, said.name.start() - 20) : said.name.start()]
        return said.value.quoted or (said.value.last and _HANDS_OVER.search(before) is not None)
    return said.value.look >= Look.MIXED


_LINKS = ((_COLON_LINK, _after_colon), (_IS_LINK, _after_is), (_BARE_LINK, _after_name))


_ALTERNATIVE = re.compile(
    r"[*_~`\"')\]]{0,3}(?:\s{0,2}[,/|&]\s{0,2}|\s{1,2})(?:(?:and|or|then|und|oder|et|ou|puis|y|o|e|also|maybe|/|to|->) ){0,2}",
    re.IGNORECASE,
)


def _with_alternatives(text: str, value: Value) -> Iterator[Span]:
    """ "X or Y", "X, Y and Z": what follows a password and looks like one is one too."""
    following: Value | None = value
    while following:
        yield (Kind.PASSWORD, following.start, following.end)
        link = _ALTERNATIVE.match(text, following.end)
        following = value_at(text, link.end()) if link else None
        if following and following.look < Look.MIXED:
            following = None


_ARTICLE = (
    r"(?:(?:my|the|his|her|our|your|their|a|old|new|current|temporary|temp|initial|mein|meine|das|dein|unser|altes|neues|aktuelles|als|"
    r"mon|le|la|notre|nouveau|ancien|mi|tu|nueva|antigua|actual|minha|a|sua|nova|wifi|wlan|windows|outlook|vpn) {1,2}){0,3}"
)
_BEFORE_NAME = re.compile(
    r"(?:^|(?<=\s)|(?<=[\"'`*(]))(?P<it>[^\s\ue000]{4,60}?)[*_~`\"')\],]{0,3}\s{1,2}"
    rf"(?:(?P<is>is|was|ist|war|est|était|es|era|é)|(?P<as>as|als|comme|como)|for|für|pour|para)\s{{1,2}}{_ARTICLE}[*_`\"']?$",
    re.IGNORECASE,
)


def named_after(text: str) -> Iterator[Span]:
    """ "X is my password", "I used X as the password" """
    for name in _NAMED.finditer(text):
        left = max(0, name.start() - 90)
        before = _BEFORE_NAME.search(text[left : name.start()])
        value = value_at(text, left + before.start("it")) if before else None
        if before is None or value is None:
            continue
        says_so = (before["as"] or before["is"]) and _BARE_END.match(text, name.end())
        if value.look >= Look.MIXED or (says_so and value.look is Look.WORD):
            yield (Kind.PASSWORD, value.start, value.end)


_BARE_END = re.compile(r"[*_~`\"')]{0,3}\s{0,2}(?:\Z|[.,;!)\n]|(?:and|but|und|aber|et|mais|y|pero|e|mas) )")

_CHANGE = (
    r"(?:chang|reset|updat|switch|swap|rotat|renew|set\b|(?:ge|ver|um)?änder|gewechselt|umgestellt|gesetzt|aktualisier|"
    r"modifi|remplac|pass[ée]|cambi|actualiz|alter|mud|troqu|troc|atualiz)"
)
_FROM = re.compile(r"(?<!\w)(?:from|von|vom|de|du|da|desde)\s{1,2}(?=\S)", re.IGNORECASE)
_TO = re.compile(
    r"[*_~`\"')\]]{0,3}\s{0,2}(?:(?:to|in|into|auf|zu|à|en|vers|a|por|para)\s|-{1,2}>|=>|\u2192|[,/])\s{0,2}",
    re.IGNORECASE,
)
_CHANGED_TO = re.compile(
    rf"(?<!\w){_CHANGE}\w{{0,8}}(?P<what>(?: {{1,2}}[^\s.;:!?\ue000]{{1,30}}){{0,6}}?) {{1,2}}(?:back )?(?:to|in|into|auf|zu|à|en|pour|par|a|por|para|as)"
    rf" (?:be )?:?\s?(?!{NAME})(?=\S)",
    re.IGNORECASE,
)
_CHANGED = re.compile(_CHANGE, re.IGNORECASE)


def changed(text: str) -> Iterator[Span]:
    """ "changed it from X to Y", "reset my password to Y" """
    yield from _from_old_to_new(text)
    for change in _CHANGED_TO.finditer(text):
        value = value_at(text, change.end())
        named = _NAMED.search(text, max(0, change.start() - 200), change.end())
        if value and (value.look is Look.STRONG or (named and _is_new_password(value))):
            yield (Kind.PASSWORD, value.start, value.end)


def _is_new_password(value: Value) -> bool:
    return value.look >= Look.MIXED or (value.look >= Look.WORD and value.quoted)


def _from_old_to_new(text: str) -> Iterator[Span]:
    for opening in _FROM.finditer(text):
        old = value_at(text, opening.end())
        link = _TO.match(text, old.end) if old and old.look >= Look.WORD else None
        new = value_at(text, link.end()) if link else None
        if old and new and _are_old_and_new(text, opening.start(), old, new):
            yield (Kind.PASSWORD, old.start, old.end)
            yield (Kind.PASSWORD, new.start, new.end)


def _are_old_and_new(text: str, at: int, old: Value, new: Value) -> bool:
    left = max(0, at - 200)
    if new.look is Look.NOTHING or not _CHANGED.search(text, left, at + 200):
        return False
    named = _NAMED.search(text, left, new.end + 60) is not None
    if Look.WORD in (old.look, new.look):
        return named and new.last
    return named or Look.STRONG in (old.look, new.look)


_LEAD_IN = re.compile(
    r"(?:(?<![\w'])(?:it'?s|its|it is|it was|this is|that is|that's|is|was|be|i\.?e\.?|namely|called|tr(?:y|ied|ying)|us(?:e|ed|ing)|"
    r"typ(?:e|ed|ing)|enter(?:ed|ing)?|put(?:ting)?(?: in)?|gave|giv(?:e|ing)|wrote|says?|said|old|new|one|again|with|not|isn't|wasn't|"
    r"es ist|das ist|ist|lautet|probiert|probiere|versucht|eingegeben|getippt|mit|nicht|benutze|verwende|nutze|gebe|nehme|"
    r"c'est|est|avec|essayé|tapé|saisi|utilise|mis|pas|es|con|probé|usé|uso|escribí|puse|pongo|é|com|tentei|usei|digitei|coloquei|"
    r"or|oder|ou|o|e|y|et|und|and|then|also|auch|as|als|comme|como)\s{1,2}|[:=,(]\s{0,2}|->\s?|[\"'`*])(?:(?:just|simply|my|the|mein|mon|mi|minha) )?[*_~`\"'(]{0,3}$",
    re.IGNORECASE,
)
_TRIGGER = re.compile(
    rf"(?P<name>{NAME})|(?<!\w)(?:log(?:ged|ging)?[ -]?[io]n|sign(?:ed|ing)?[ -]?in|credentials?|creds|einlogg\w*|anmeld\w*|zugangsdaten|"
    r"connecter|connexion|identifiants?|iniciar sesión|credenciales|credenciais)(?!\w)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s\ue000\ue001]{5,}")
REACH_AHEAD = 240  # about two sentences: "… my password is not accepted. I am sure that it's X"
REACH_BACK = 80


def mentioned(text: str) -> Iterator[Span]:
    """Something near a password word that nobody types by accident: "is not accepted, I am sure it's Welcome2024!" """
    for start, end, named in _neighbourhoods(text):
        for token in _TOKEN.finditer(text, start, end):
            value = value_at(text, token.start())
            if value is None or _NAMED.search(value.text):
                continue  # "pw=X" in one piece is for `announced`
            if value.look is Look.STRONG or (named and value.look is Look.MIXED and _is_led_in(text, value)):
                yield (Kind.PASSWORD, value.start, value.end)


def _neighbourhoods(text: str) -> Iterator[tuple[int, int, bool]]:
    """Stretches of text around the words that make a password likely; True where one of them is a password word."""
    stretch: tuple[int, int, bool] | None = None
    for trigger in _TRIGGER.finditer(text):
        start, end = max(0, trigger.start() - REACH_BACK), min(len(text), trigger.end() + REACH_AHEAD)
        named = trigger["name"] is not None
        if stretch and start <= stretch[1]:
            stretch = (stretch[0], end, stretch[2] or named)
            continue
        if stretch:
            yield stretch
        stretch = (start, end, named)
    if stretch:
        yield stretch


def _is_led_in(text: str, value: Value) -> bool:
    has_both = re.search(r"[a-z]", value.text) and re.search(r"\d", value.text)
    is_a_device = re.search(r"[-/\\:.]", value.text)
    return bool(has_both and not is_a_device and _LEAD_IN.search(text[max(0, value.start - 40) : value.start]))


_LOGIN = re.compile(
    r"(?<![\w-])(?:log[ -]?in|log[ -]?on|sign[ -]?in|user(?:[ -]?name)?(?:\s?(?:/|and|&|\+)\s?(?:pass(?:word)?|pw|pwd))?|credentials?|creds|account|"
    r"zugangsdaten|anmeldedaten|login-?daten|benutzer(?:name)?|konto|identifiants?|utilisateur|compte|usuario|usuário|utilizador|"
    r"credenciales|credenciais|acceso|acesso|cuenta|conta)s?"
    r"(?P<link>\s{0,2}[:=]\s{0,2}|\s(?:is|are|ist|sind|est|sont|es|son|é|são)\s|\s{1,2})"
    r"[*_`\"']?(?P<who>[^\s/|,:;&+\ue000]{2,60}|\ue000|<mailto:[^<>\s]{3,120}>)[*_`\"']?"
    r"(?P<sep>\s{0,2}(?:/|\||:|\\|,|;|&|\+|-{1,2}>)\s{0,2}|\s{1,2}(?:and|und|et|y|e|with|mit|avec|con|com|-)\s{1,2}|\s{1,2})(?=\S)",
    re.IGNORECASE,
)
_MAIL_AND = re.compile(
    r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}(?:\|[^<>\s]{3,120}>|>)?\s{0,2}[/|:]\s{0,2}(?=\S)"
)


def logins(text: str) -> Iterator[Span]:
    """ "login anna / X", "credentials: anna X", "anna@example.com:X" """
    for login in _LOGIN.finditer(text):
        value = value_at(text, login.end())
        if value and _completes(login, value):
            yield (Kind.PASSWORD, value.start, value.end)
    for mail in _MAIL_AND.finditer(text):
        value = value_at(text, mail.end())
        if value and value.look >= Look.MIXED and re.search(r"[a-z]", value.text):
            yield (Kind.PASSWORD, value.start, value.end)


def _completes(login: re.Match[str], value: Value) -> bool:
    """Whether `value` is the password that belongs to the name in `login`."""
    if value.look is Look.STRONG:
        return True
    apart = login["sep"].strip() in {"/", "|", ":", ";", "+", "&"}
    if value.look is Look.WORD:
        return apart and value.last and not is_harmless(login["who"])
    said = apart or ":" in login["link"]
    return value.look is Look.MIXED and said and re.search(r"[a-z]", value.text) is not None


_TYPED = re.compile(
    r"(?:(?<!\S)--?(?:p|pw|pass|password|pwd)[ =]|/(?:pass|password|p|pwd):|"
    r"\bnet user [^\s/]{1,40} |\bnet use [^\n]{1,120}/user:\S{1,60} |\bConvertTo-SecureString (?:-String )?|"
    r"\bsshpass -p ?|\bcurl [^\n]{0,80}-u \S{1,40}:|\bWIFI:[^\n]{0,80}?;P:|"
    r"://[^\s/:@<>|]{1,64}:(?=[^\s/@]{1,128}@)|"
    r"<(?:password|passwd|pwd|pass)>|\bu(?:n|sr|ser)?: ?\S{1,60}[\s,;/]{1,3}p(?:w|wd|ass)?: ?)"
    r"(?P<it>\"[^\"\n]{3,80}\"|'[^'\n]{3,80}'|(?![-/*\"'])[^\s\ue000@;<>]{3,80})",
    re.IGNORECASE,
)


def typed_in_commands(text: str) -> Iterator[Span]:
    """Passwords in command lines, in addresses with a user name, and in XML."""
    for command in _TYPED.finditer(text):
        value = value_at(text, command.start("it"))
        if value and value.look >= Look.WORD and not _NAMED.search(command["it"]):
            yield (Kind.PASSWORD, *command.span("it"))


_WITHOUT_SPACES = re.compile(
    r"(?:パスワード|暗証番号|密码|密碼|口令|비밀번호|암호)\s{0,2}(?:は|が|是|为|為|:|=|은|는)?\s{0,2}(?P<it>[!-~]{4,64})"
)


def in_scripts_without_spaces(text: str) -> Iterator[Span]:
    for match in _WITHOUT_SPACES.finditer(text):
        value = value_at(text, match.start("it"))
        if re.search(r"\d", match["it"]) and value and value.look >= Look.NUMBER:
            yield (Kind.PASSWORD, *match.span("it"))


_WAYS: tuple[Recogniser, ...] = (
    announced,
    named_after,
    changed,
    logins,
    typed_in_commands,
    in_scripts_without_spaces,
    mentioned,
)
MOST_ECHOES = 20  # more passwords than anybody types; it keeps hostile text cheap


def said_anywhere(text: str) -> Iterator[Span]:
    """All of the above, and each of those passwords again wherever it stands alone in the text."""
    known: set[str] = set()
    for recognise in _WAYS:
        for span in recognise(text):
            known.add(text[span[1] : span[2]])
            yield span
    echoes = sorted(value for value in known if len(value) >= 6 and look_of(value) >= Look.MIXED)[:MOST_ECHOES]
    if echoes:
        again = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, echoes))})(?!\w)")
        yield from ((Kind.PASSWORD, *match.span()) for match in again.finditer(text))


PASSWORDS: tuple[Recogniser, ...] = (said_anywhere,)
