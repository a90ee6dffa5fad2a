"""Passwords that stand beside a user name or in a command: "login anna / X", "net user anna X". Knows no sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.looks import Look, Value, look_of, value_at
from bot.privacy.patterns import mentions, one_of
from bot.privacy.reading import Kind, Span
from bot.privacy.vocabulary import NAME, harmless_words

_NAMED = re.compile(NAME, re.IGNORECASE)
_HANDLE = r"[*_`\"']?(?P<who>[^\s/|,:;&+\ue000]{2,60}|\ue000|<mailto:[^<>\s]{3,120}>)[*_`\"']?"
_AND = r"(?:\s{1,2}(?:and|und|et|y|e|with|mit|avec|con|com|-)\s{1,2})"
_LOGIN = re.compile(
    r"(?<![\w-])"
    + one_of(
        r"(?P<login>log[ -]?[io]n|sign[ -]?in|user(?:[ -]?(?:name|id))?|account|benutzer(?:name)?|konto|utilisateur|"
        r"compte|usuario|usuário|utilizador|cuenta|conta)",
        r"user(?:name)?\s?(?:/|and|&|\+)\s?(?:pass(?:word)?|pw|pwd)|credential|cred|zugangsdaten|anmeldedaten|"
        r"login-?daten|zugang",
        r"log me (?:in|on)(?: please)?|sign me in|identifiant|accès|acceso?|acesso|credenciales|credenciais",
    )
    + r"s?(?P<link>\s{0,2}[:=]\s{0,2}|\s"
    + one_of("is|are|ist|sind|lauten|est|sont|es|son|é|são|with|as|using|mit|als|avec|con|com|como")
    + rf"\s|\s{{1,2}}){_HANDLE}(?P<sep>\s{{0,2}}(?:/|\||:|,|;|&|\+|-{{1,2}}>)\s{{0,2}}|{_AND}|\s{{1,2}})(?=\S)",
    re.IGNORECASE,
)
_LOGIN_WORDS = (
    "login|log in|log-in|log me|sign me|logon|log on|log-on|sign|user|account|benutzer|konto|utilis|compte|usu|utiliz|"
    "cuenta|conta|cred|zugang|daten|identif|acc|acesso"
)
_MAIL_AND = re.compile(
    r"(?<![\w.+%-])(?P<before>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}(?:\|[^<>\s]{3,120}>|>)?"
    r"\s{0,2}[/|:]\s{0,2})(?=\S)(?!\d{2,5}(?:/|\b))"
)
_ARE_MY_LOGIN = re.compile(
    r"(?<![^\s\"'`*(])(?P<before>[\w.@-]{2,60}\s?[/:]\s?)\S{4,60} (?:is|are|sind|ist|sont|est|son|es|são|é) "
    r"(?:the|my|meine|mein|mes|mon|mis|mi|as minhas|meu) (?:login|logon|cred|zugang|anmelde|identifiant|acc)",
    re.IGNORECASE,
)
_APART = frozenset(("/", "|", ":", ";", "+", "&"))


def logins(text: str) -> Iterator[Span]:
    """ "login anna / X", "credentials: anna X", "anna@example.com:X", and passwords in commands and addresses."""
    low = text.lower()
    if mentions(low, _LOGIN_WORDS):
        yield from _beside_a_user(text)
        yield from _after_a_name(_ARE_MY_LOGIN, text)
    if "@" in text:
        yield from _after_a_name(_MAIL_AND, text)
    if mentions(low, _COMMAND_WORDS):
        yield from _in_commands(text)
    if not text.isascii():
        yield from _without_spaces(text)


def _after_a_name(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        value = value_at(text, match.end("before"))
        if value and value.look >= Look.MIXED and re.search(r"[a-z]", value.text):
            yield (Kind.PASSWORD, value.start, value.end)


def _beside_a_user(text: str) -> Iterator[Span]:
    for login in _LOGIN.finditer(text):
        value = value_at(text, login.end())
        if value and not _NAMED.search(value.text) and _completes(login, value):
            yield (Kind.PASSWORD, value.start, value.end)


def _completes(login: re.Match[str], value: Value) -> bool:
    """Whether `value` is the password that belongs to the name in `login`."""
    if value.look is Look.STRONG:
        return True
    if login["who"].lower() in {"id", "name", "names", "ids"}:
        return False
    apart = login["sep"].strip() in _APART
    if value.look is Look.WORD:
        return apart and value.last and login["who"].lower() not in harmless_words()
    in_so_many_words = ":" in login["link"] or (login["login"] is None and login["link"].strip() != "")
    return value.look >= Look.MIXED and (apart or in_so_many_words) and re.search(r"[a-z]", value.text) is not None


_COMMANDS = re.compile(
    r"(?:(?<!\S)--?(?:p|pw|pass|password|pwd)[ =]|/(?:pass|password|p|pwd):|"
    r"\bnet user [^\s/]{1,40} |\bnet use [^\n]{1,120}/user:\S{1,60} |\bConvertTo-SecureString (?:-String )?|"
    r"\bsshpass -p ?|\bcurl [^\n]{0,80}-u \S{1,40}:|\bWIFI:[^\n]{0,80}?;P:|"
    r"://[^\s/:@<>|]{1,64}:(?=[^\s/@]{1,128}@)|<(?:password|passwd|pwd|pass)>|"
    r"\bu(?:n|sr|ser)?: ?\S{1,60}[\s,;/]{1,3}p(?:w|wd|ass)?: ?|\bp: ?(?=\S{4,60}[\s,;/]{1,3}u(?:n|sr|ser)?:))"
    r"(?P<it>\"[^\"\n]{3,80}\"|'[^'\n]{3,80}'|(?![-/*\"'(])[^\s\ue000@;<>]{3,80})",
    re.IGNORECASE,
)
_COMMAND_WORDS = "-p|/p|net use|securestring|curl|://|<pass|<pw|wifi:|u:|un:|usr:|user:"


def _in_commands(text: str) -> Iterator[Span]:
    for command in _COMMANDS.finditer(text):
        written = command["it"].strip("\"'")
        if look_of(written) >= Look.WORD and not _NAMED.search(written):
            yield (Kind.PASSWORD, *command.span("it"))


_WITHOUT_SPACES = re.compile(
    r"(?:パスワード|暗証番号|密码|密碼|口令|비밀번호|암호)\s{0,2}(?:は|が|是|为|為|:|=|은|는)?\s{0,2}(?P<it>[!-~]{4,64})"
)


def _without_spaces(text: str) -> Iterator[Span]:
    """Chinese, Japanese and Korean put no space around the password, so its letters tell where it ends."""
    for match in _WITHOUT_SPACES.finditer(text):
        if look_of(match["it"]) >= Look.NUMBER:
            yield (Kind.PASSWORD, *match.span("it"))
