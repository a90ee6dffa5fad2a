"""Which language a text is written in, with how far ahead the winner is.

The model's language head knows best where it has learned; scripts, letters and everyday words
(`data/languages.toml`) check it, speak for languages it never saw, and for all where it learned none. Short and
mixed texts fool every judge ("VPN broken", a pasted English error inside a German message), so an uncertain answer
is no answer: the caller's fallback is used, for example the language of the person's Slack. Knows nothing of how a
head is trained.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from classifier.text import fold

# A wrong guess costs more than a fallback, which is the person's own setting: all of these lean towards the fallback.
LEAST_MARGIN = 0.6  # of the head, raised or lowered by the signs
SIGNS_WEIGH = 0.7  # beside the head's own margin; signs alone do not outvote a head that is sure
FEW, LEAST_BARE_MARGIN = 2, 0.97  # so few words, none of them a sign: mostly names, and a head knows names as English
SURE = 0.9  # a share at which the head is believed unless some word or letter speaks against it
LEAST_SIGNS = 2  # one word is a name or a coincidence
LEAST_LEAD = 0.3  # of signs alone: two against none, three against one

# Parts of all letters. A script tells the language of a text from MOSTLY on, and from PARTLY on when the Latin words
# beside it are no language's or the head agrees; below that it is a pasted name.
MOSTLY, PARTLY = 0.5, 0.2

# Whole words only: a code, a file name, an address or a host says nothing of the language around it.
_WORD = re.compile(r"(?<![\w.@\\/])[^\W\d_]{2,}+(?![\w@\\/]|[.:]\w)")
_AS_TYPED = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})  # letters that `fold` leaves alone

Known = Mapping[str, tuple[str, ...]]  # the languages that have a sign
Evidence = Mapping[str, set[str]]  # the signs of a text that speak for each language
Verdict = tuple[str, float]  # a language or "", and its margin


@dataclass(frozen=True, eq=False)
class Signs:
    """What tells languages apart: words, letters, scripts. `script` finds a letter of one, in a group of its name."""

    words: Known
    letters: Known
    scripts: Known
    script: re.Pattern[str]


def identify(text: str, fallback: str = "en", shares: Mapping[str, float] | None = None) -> tuple[str, float]:
    """The language's two-letter code and its margin (0 to 1) over the runner-up; the fallback comes with its
    margin too.

    `text` is normalised. `shares` are the language head's probabilities, None from a model without one. Words with
    digits or underscores (codes, file names) are not counted as language.
    """
    text = text.lower()
    if not _WORD.search(text) and not _signs().script.search(text):
        return fallback, 0.0
    if not shares:
        told, margin = _by_signs(text)
        return told or fallback, margin
    head = max(shares, key=shares.__getitem__)
    margin = _margin(shares)
    if shares[head] < SURE or not _unopposed(text, head):
        told, margin = _by_head(text, (head, margin), shares)
    else:
        told = head
    return told or fallback, margin


def is_everyday(word: str) -> bool:
    """Whether a folded word belongs to a language and not to a subject: "since", "kaputt", "please"."""
    return word in _signs().words


def _margin(shares: Mapping[str, float]) -> float:
    most, second = (*sorted(shares.values(), reverse=True), 0.0)[:2]
    return most - second


def _unopposed(text: str, language: str) -> bool:
    """Long enough to say something, and no word or letter is another language's only."""
    words, letters = _opposing(language)
    written = text.split()
    return len(written) > FEW and words.isdisjoint(written) and (text.isascii() or not letters.search(text))


@cache
def _opposing(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """The words of other languages that this one has not, and what finds a letter that it has not."""
    signs = _signs()
    words = frozenset(word for word, having in signs.words.items() if language not in having)
    own = "".join(letter for letter, having in signs.letters.items() if language in having)
    return words, re.compile(rf"[^\W\d_a-z{re.escape(own)}]")


def _by_head(text: str, head: Verdict, shares: Collection[str]) -> Verdict:
    """The head's answer where the signs leave it, unless they speak for a language that it could not give."""
    told, margin = head
    evidence = _evidence(text)
    written = _in_script(text, evidence, told)
    scripted, lead = _foremost(written)
    if written and (lead >= LEAST_LEAD or told not in written):
        return _if_clear(scripted, lead)
    stranger, _ = _foremost({each: found for each, found in evidence.items() if each not in shares})
    signs = evidence.get(stranger, set())
    if len(signs) >= LEAST_SIGNS and _lead(signs, evidence.get(told, set())) >= LEAST_LEAD:
        return _if_clear(stranger, _least_lead(stranger, evidence))
    bare = told not in evidence and len(_WORD.findall(text)) <= FEW
    margin = min(1.0, max(0.0, margin + SIGNS_WEIGH * _least_lead(told, evidence)))
    return (told if margin >= (LEAST_BARE_MARGIN if bare else LEAST_MARGIN) else ""), margin


def _by_signs(text: str) -> Verdict:
    evidence = _evidence(text)
    written = _in_script(text, evidence)
    told, lead = _foremost(written or evidence)
    if not written and len(evidence.get(told, ())) < LEAST_SIGNS:
        return "", 0.0
    return _if_clear(told, lead)


def _if_clear(told: str, lead: float) -> Verdict:
    return (told if lead >= LEAST_LEAD else ""), lead


def _evidence(text: str) -> Evidence:
    signs = _signs()
    found: dict[str, set[str]] = {}
    _gather(found, signs.words, _WORD.findall(text))
    if not text.isascii():
        _gather(found, signs.letters, sorted(signs.letters.keys() & text))
    return found


def _gather(found: dict[str, set[str]], known: Known, signs: Iterable[str]) -> None:
    for sign in signs:
        for language in known.get(sign, ()):
            found.setdefault(language, set()).add(sign)


def _in_script(text: str, evidence: Evidence, head: str = "") -> Evidence:
    """What speaks for each language of the script that a text is written in, the script itself too; nothing where
    that is Latin."""
    if text.isascii() or not _signs().script.search(text):
        return {}
    letters = [found.lastgroup or "" for found in _signs().script.finditer(text)]
    scripts: dict[str, set[str]] = {}
    _gather(scripts, _signs().scripts, sorted(set(letters)))
    latin = max((len(found) for language, found in evidence.items() if language not in scripts), default=0)
    part = len(letters) / max(1, sum(map(str.isalpha, text)))
    if part < PARTLY or (part < MOSTLY and latin >= LEAST_SIGNS and head not in scripts):
        return {}
    return {language: evidence.get(language, set()) | own for language, own in scripts.items()}


def _foremost(evidence: Evidence) -> Verdict:
    """The language with the most signs, and its lead over the others."""
    told = max(evidence, key=lambda language: len(evidence[language]), default="")
    return told, _least_lead(told, evidence)


def _least_lead(language: str, evidence: Evidence) -> float:
    others = (found for other, found in evidence.items() if other != language)
    ours = evidence.get(language, set())
    return min((_lead(ours, theirs) for theirs in others), default=_lead(ours, set()))


def _lead(ours: set[str], theirs: set[str]) -> float:
    """From -1 to 1, by the signs that the other side has not: what two neighbours share tells neither apart."""
    only_ours, only_theirs = len(ours - theirs), len(theirs - ours)
    return (only_ours - only_theirs) / (only_ours + only_theirs + 1)


@cache
def _signs() -> Signs:
    return read_signs(files("classifier").joinpath("data/languages.toml").read_text(encoding="utf-8"))


def read_signs(toml: str) -> Signs:
    """Signs from TOML: ranges of letters for each script; scripts, letters and words for each language."""
    data = tomllib.loads(toml)
    languages: Mapping[str, Mapping[str, Any]] = data["languages"]
    scripts: Mapping[str, str] = data["scripts"]
    one_of = "|".join(f"(?P<{name}>[{letters}])" for name, letters in scripts.items())
    return Signs(
        words=_turned({name: _as_typed(signs.get("words", "").split()) for name, signs in languages.items()}),
        letters=_turned({name: signs.get("letters", "") for name, signs in languages.items()}),
        scripts=_turned({name: signs.get("scripts", ()) for name, signs in languages.items()}),
        script=re.compile(f"(?=[{''.join(scripts.values())}])(?:{one_of})"),  # it is quicker to look ahead
    )


def _as_typed(words: Iterable[str]) -> list[str]:
    """Each word with its accents and without; not "a" for "à", which would be a word of many languages."""
    forms: list[str] = []
    for word in words:
        forms += [word] if word.isascii() else [word, word.translate(_AS_TYPED), fold(word).translate(_AS_TYPED)]
    return [form for form in forms if len(form) > 1]


def _turned(signs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The languages of each sign from the signs of each language."""
    having: dict[str, dict[str, None]] = {}
    for language, each in signs.items():
        for sign in each:
            having.setdefault(sign, {})[language] = None
    return {sign: tuple(languages) for sign, languages in having.items()}
