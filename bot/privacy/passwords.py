"""Passwords that people type into a chat. Knows how people put it, in several languages; no shape is sure here.

A password is taken when something announces it, and the weaker the announcement the more it must look like one:
"password: sunshine" is enough, "password sunshine" is not, "password Sunshine22" is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.privacy.logins import logins
from bot.privacy.looks import STRIKING, Look, Value, counts_something, is_harmless, look_of, reads_on_about_it, value_at
from bot.privacy.patterns import mentions
from bot.privacy.reading import Kind, Recogniser, Span
from bot.privacy.vocabulary import (
    ADJECTIVE,
    ALTERNATIVE,
    ARTICLES,
    CHANGE,
    EQUATES,
    GAP,
    IS,
    LEAD_IN,
    NAME,
    NAME_STEMS,
    SERVES,
    SIGNING_IN,
    STILL,
    WEAK_VERBS,
    WHO,
)

Names = Sequence[re.Match[str]]  # where the text names a password, in order

_CLOSING = r"[*_~`\"')\]]{0,4}"
_MORE = rf"{_CLOSING}{ADJECTIVE}(?P<gap>{GAP}|\s?\([^()\n]{{1,40}}\))?{_CLOSING}"
_COLON = (
    r"\s{0,2}(?:(?<!mailto)(?<!<tel)(?<!http)(?<!https):{1,2}|:?=|={1,2}>|-{1,2}>|\u2192|\u2014|\.{2,3}|\u2026)"
    r"(?:[*_~`]{1,3}(?=\s))?\s{0,3}"
)
_NAMED = re.compile(NAME, re.IGNORECASE)
_COLON_LINK = re.compile(rf"{_MORE}{_COLON}", re.IGNORECASE)
_IS_LINK = re.compile(
    rf"{_MORE}(?:,?\s{{1,2}}|(?='s))(?P<verb>{IS})"
    rf"(?:\s?[:,>]\s{{0,3}}|\s?-{{1,2}}\s{{1,3}}|\s{{1,3}}){STILL}",
    re.IGNORECASE,
)
_BARE_LINK = re.compile(rf"{_CLOSING}{ADJECTIVE}(?: \([^()\n]{{1,40}}\))?(?:\s?[-,]{{1,2}})?\s{{1,3}}", re.IGNORECASE)
_SET_LINK = re.compile(r"\s(?:\w{1,12} ){0,3}?(?:auf|in|zu)\s", re.IGNORECASE)
_WAS_SET = re.compile(r"[\"'`*]?\s(?:ge|um|zurück|ab)\w{2,}", re.IGNORECASE)
# "has the password X", "use password X": a plain word may follow.
_HANDS_OVER = re.compile(
    r"\b(?:(?:with|has|have|had|mit|hat|avec|con|com) (?:the|a|dem|das|le|la|a)|us(?:e|ed|ing)(?: the)?)\s$",
    re.IGNORECASE,
)
# A colon after this opens talk about passwords: "passwords for 3 users need reset: …"
_TALKS = re.compile(
    r"\b(?:resets?|needs?|requests?|chang\w+|expire\w*|forg[eo]t\w*|problems?|issues?|errors?)\b|\s[A-Z]$",
    re.IGNORECASE,
)


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

    @property
    def gap(self) -> str:
        return self.link["gap"] or ""


def announced(text: str, names: Names) -> Iterator[Span]:
    """ "password: X", "my password for outlook is X", "pw X": the first link that fits decides."""
    taken = 0
    for name in names:
        value = _announced_by(text, name) if name.start() >= taken else None
        if phrase := _passphrase(text, name):
            taken = phrase[2]
            yield phrase
        elif value:
            taken = value.end
            yield from _with_alternatives(text, value)


_PHRASE = re.compile(r"[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){2,7}(?=[.,;!?)\n]|\Z| (?:but|and|aber|und)\b)")


def _passphrase(text: str, name: re.Match[str]) -> Span | None:
    """ "my passphrase is correct horse battery staple": several words, most of which say nothing about passphrases."""
    link = name.group().lower().endswith("phrase") and (
        _COLON_LINK.match(text, name.end()) or _IS_LINK.match(text, name.end())
    )
    words = _PHRASE.match(text, link.end()) if link else None
    if words and sum(not is_harmless(word) for word in words.group().split()) >= 3:
        return (Kind.PASSWORD, *words.span())
    return None


def _announced_by(text: str, name: re.Match[str]) -> Value | None:
    for pattern, is_password in _LINKS:
        link = pattern.match(text, name.end())
        value = value_at(text, link.end()) if link else None
        if link and value and is_password(_Announcement(text, name, link, value)):
            return value
    return None


def _after_colon(said: _Announcement) -> bool:
    if said.value.look is Look.STRONG:
        return True
    if _TALKS.search(said.gap):
        return False
    match said.value.look:
        case Look.NUMBER:
            return not said.counts
        case Look.WORD:
            return (said.value.last or said.value.quoted) and not said.names_a_pin
        case Look.THING:
            return not said.gap
    return said.value.look >= Look.MIXED


def _after_is(said: _Announcement) -> bool:
    match said.value.look:
        case Look.NUMBER:
            return not said.counts
        case Look.WORD:
            return _is_plain_password(said) and not said.names_a_pin
        case Look.THING:
            return not said.gap
    return said.value.look >= Look.MIXED


def _is_plain_password(said: _Announcement) -> bool:
    """ "is sunshine", but not "is sunshine coloured"."""
    if said.value.last or said.value.quoted:
        return True
    is_direct = not said.gap and said.link["verb"].lower() not in WEAK_VERBS
    return is_direct and not reads_on_about_it(said.text, said.value)


def _after_name(said: _Announcement) -> bool:
    match said.value.look:
        case Look.NUMBER:
            return (said.value.last or said.names_a_pin) and not said.counts
        case Look.WORD:
            before = said.text[max(0, said.name.start() - 20) : said.name.start()]
            return said.value.quoted or (said.value.last and _HANDS_OVER.search(before) is not None)
    return said.value.look >= Look.MIXED


def _after_to(said: _Announcement) -> bool:
    was_set = _WAS_SET.match(said.text, said.value.end) is not None
    return said.value.look >= Look.WORD and was_set


_LINKS = ((_COLON_LINK, _after_colon), (_IS_LINK, _after_is), (_BARE_LINK, _after_name), (_SET_LINK, _after_to))
_ALTERNATIVE = re.compile(ALTERNATIVE, re.IGNORECASE)


def _with_alternatives(text: str, value: Value) -> Iterator[Span]:
    """ "X or Y", "X, Y and Z": what follows a password and looks like one is one too."""
    following: Value | None = value
    while following:
        yield (Kind.PASSWORD, following.start, following.end)
        link = _ALTERNATIVE.match(text, following.end)
        candidate = value_at(text, link.end()) if link else None
        following = candidate if candidate and _goes_with(value, candidate) else None


def _goes_with(first: Value, following: Value) -> bool:
    if first.look is Look.NUMBER:
        return following.look is Look.NUMBER and len(following.text) == len(first.text)
    return following.look >= Look.MIXED


_WORD = re.compile(r"\S+")
_END = re.compile(r"[*_~`\"')]{0,3}\s{0,2}(?:\Z|[.,;!)\n]|(?:and|but|und|aber|et|mais|y|pero|e|mas) )")
_AROUND = "*_~`\"'(),"
FARTHEST_BEFORE = 90


def named_after(text: str, names: Names) -> Iterator[Span]:
    """ "X is my password", "I used X as the password" """
    for name in names:
        nearest = text[max(0, name.start() - FARTHEST_BEFORE) : name.start()].lower().split()[-4:]
        if (EQUATES | SERVES).isdisjoint(nearest):
            continue
        words = list(_WORD.finditer(text, max(0, name.start() - FARTHEST_BEFORE), name.start()))
        articles = 0
        while articles < min(3, len(words)) and _bare(words[-1 - articles]) in ARTICLES | {""}:
            articles += 1
        if len(words) < articles + 2:
            continue
        link, first = _bare(words[-1 - articles]), words[-2 - articles]
        value = value_at(text, first.start()) if link in EQUATES | SERVES else None
        if value and _is_said_before(text, name, link, value):
            yield (Kind.PASSWORD, value.start, value.end)


def _bare(word: re.Match[str]) -> str:
    return word.group().strip(_AROUND).lower()


def _is_said_before(text: str, name: re.Match[str], link: str, value: Value) -> bool:
    if value.look in (Look.WORD, Look.THING):
        return link in EQUATES and _END.match(text, name.end()) is not None
    return value.look >= Look.MIXED


_CHANGED = re.compile(CHANGE, re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)(?:from|von|vom|de|du|da|desde)\s{1,2}(?=\S)(?!passe\b)", re.IGNORECASE)
_REPLACED = re.compile(r"(?<!\w)(?:remplacé|replaced|ersetzt|sustituí|substituí)\s{1,2}(?=\S)", re.IGNORECASE)
_TO = re.compile(
    r"[*_~`\"')\]]{0,3}\s{0,2}(?:(?:to|in|into|auf|zu|à|en|vers|a|por|para|par|by|with)\s|-{1,2}>|=>|\u2192|"
    r"[,/])\s{0,2}",
    re.IGNORECASE,
)
_ARROW = re.compile(r"(?<!\S)(?=\S{4,40}\s?(?:-{1,2}>|=>|\u2192)\s?\S)")
_CHANGED_TO = re.compile(
    rf"(?<!\w){CHANGE}\w{{0,8}}(?: {{1,2}}[^\s.;:!?\ue000]{{1,30}}){{0,6}}? {{1,2}}(?:back )?"
    rf"(?:to|in|into|auf|zu|à|en|pour|par|a|por|para|as) (?:be )?:?\s?(?!{NAME})(?=\S)",
    re.IGNORECASE,
)
_STRIKES = re.compile(rf"[{re.escape(STRIKING)}]")
NEAR = 200


def changed(text: str, names: Names) -> Iterator[Span]:
    """ "changed it from X to Y", "reset my password to Y" """
    if not names and not _STRIKES.search(text):
        return
    yield from _from_old_to_new(text, names)
    for change in _CHANGED_TO.finditer(text):
        value = value_at(text, change.end())
        named = value and _is_named(names, change.start() - NEAR, value.end + 60)
        if value and (value.look is Look.STRONG or (named and _is_new_password(change, value))):
            yield (Kind.PASSWORD, value.start, value.end)


def _is_new_password(change: re.Match[str], value: Value) -> bool:
    """ "set my password to sunflower" names it; after "changed it to" it must look like one."""
    if value.look is Look.WORD:
        return value.quoted or (value.last and _NAMED.search(change.group()) is not None)
    return value.look >= Look.MIXED


def _from_old_to_new(text: str, names: Names) -> Iterator[Span]:
    for pattern in (_FROM, _REPLACED, _ARROW):
        for opening in pattern.finditer(text):
            old = value_at(text, opening.end())
            link = _TO.match(text, old.end) if old and old.look >= Look.WORD else None
            new = value_at(text, link.end()) if link else None
            if old and new and _are_old_and_new(text, names, old, new):
                yield (Kind.PASSWORD, old.start, old.end)
                yield (Kind.PASSWORD, new.start, new.end)


def _are_old_and_new(text: str, names: Names, old: Value, new: Value) -> bool:
    left = max(0, old.start - NEAR)
    weaker, stronger = sorted((old.look, new.look))
    named = _is_named(names, left, new.end + 60)
    if weaker is Look.NOTHING or stronger is Look.THING or not (named or stronger is Look.STRONG):
        return False
    if weaker >= Look.MIXED:
        return True
    return new.last and _CHANGED.search(text, left, new.end + 60) is not None


def _is_named(names: Names, left: int, right: int) -> bool:
    """Whether a password is named between the two places."""
    first = bisect_left(names, left, key=lambda name: name.start())
    return first < len(names) and names[first].start() < right


_LEAD_IN = re.compile(LEAD_IN, re.IGNORECASE)
_WHO = re.compile(WHO, re.IGNORECASE)
_SIGNING_IN = re.compile(SIGNING_IN, re.IGNORECASE)
_TOKEN = re.compile(r"[^\s|\ue000\ue001]{5,}")
REACH_AHEAD = 240  # about two sentences: "… my password is not accepted. I am sure that it's X"
REACH_BACK = 80


def mentioned(text: str, names: Names) -> Iterator[Span]:
    """Something near a password word that nobody types by accident: "is not accepted, I am sure it's Welcome2024!" """
    for start, end, named in _neighbourhoods(text, names):
        for token in _TOKEN.finditer(text, start, end):
            value = value_at(text, token.start())
            if value is None or " " in value.text or _is_named(names, value.start, value.end):
                continue  # "pw=X" in one piece, and what is in quotes, is for `announced`
            if value.look is Look.STRONG or (named and _is_mentioned(text, value)):
                yield from _with_alternatives(text, value)


def _is_mentioned(text: str, value: Value) -> bool:
    before = text[max(0, value.start - 40) : value.start]
    if _WHO.search(before):
        return False
    return value.look is Look.TYPICAL or (value.look is Look.MIXED and _is_led_in(text, value, before))


def _neighbourhoods(text: str, names: Names) -> Iterator[tuple[int, int, bool]]:
    """Stretches of text around the words that make a password likely; True where one of them names it."""
    words = [(name.start(), name.end(), True) for name in names]
    words += [(*match.span(), False) for match in _SIGNING_IN.finditer(text)]
    stretch: tuple[int, int, bool] | None = None
    for first, last, names_it in sorted(words):
        start, end = max(0, first - REACH_BACK), min(len(text), last + REACH_AHEAD)
        if stretch and start <= stretch[1]:
            stretch = (stretch[0], end, stretch[2] or names_it)
            continue
        if stretch:
            yield stretch
        stretch = (start, end, names_it)
    if stretch:
        yield stretch


_TRIED = re.compile(
    r"[\"'`*]{0,2}\s(?:aus)?(?:probiert|eingegeben|eingetippt|getippt|versucht|benutzt|genutzt|verwendet|genommen)\b"
)


def _is_led_in(text: str, value: Value, before: str) -> bool:
    """ "tried X", "it's X", "(X)" where X has small letters and digits and is no device."""
    has_both = re.search(r"[a-z]", value.text) and re.search(r"\d", value.text)
    if not has_both or re.search(r"[-/\\:.]", value.text):
        return False
    return (_LEAD_IN.search(before) or _TRIED.match(text, value.end)) is not None


MOST_ECHOES = 20  # more passwords than anybody types; it keeps hostile text cheap


def said(text: str) -> Iterator[Span]:
    """Each of the above, and every password so found again wherever it stands alone in the text."""
    low = text.lower()
    names = [*_NAMED.finditer(text)] if mentions(low, NAME_STEMS) else []
    found = [*logins(text), *changed(text, names), *mentioned(text, names)]
    if names:
        found += [*announced(text, names), *named_after(text, names)]
    yield from found
    values = {text[start:end] for _, start, end in found if end - start >= 6}
    echoes = sorted(value for value in values if look_of(value) >= Look.MIXED)[:MOST_ECHOES]
    if echoes:
        again = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, echoes))})(?!\w)")
        yield from ((Kind.PASSWORD, *match.span()) for match in again.finditer(text))


PASSWORDS: tuple[Recogniser, ...] = (said,)
