"""What happens to texts between a head and a screen: slips of the finger and odd letters. Pure and repeatable.

Written without a look at what the classifier trains on (`classifier/typos.py`) or mends (`classifier/text.py`), so that
neither is tested against itself.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

Spoil: TypeAlias = Callable[[str, random.Random], str]

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # zero-width space, (non-)joiner, word joiner, BOM, soft hyphen
UNSEEN_SHARE, ALIKE_SHARE = 0.3, 0.5
FULL_WIDTH = {**{code: code + 0xFEE0 for code in range(0x21, 0x7F)}, 0x20: 0x3000}
ALIKE = {"a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "j": "\u0458", "o": "\u043e", "p": "\u0440"}
ALIKE |= {"s": "\u0455", "x": "\u0445", "y": "\u0443", "v": "\u03bd", "A": "\u0410", "B": "\u0412", "O": "\u039f"}


def mistyped(rate: float) -> Spoil:
    """That share of the letters replaced by any other, left out, followed by any other, or swapped with the next."""

    def spoil(text: str, chance: random.Random) -> str:
        letters = list(text)
        for place, letter in enumerate(text):
            if letter.isalpha() and chance.random() < rate:
                _slip(letters, place, chance)
        return "".join(letters)

    return spoil


def _slip(letters: list[str], place: int, chance: random.Random) -> None:
    any_letter = chance.choice(ALPHABET)
    match chance.choice(("leave out", "add", "swap", "replace")):
        case "leave out":
            letters[place] = ""
        case "add":
            letters[place] += any_letter
        case "swap" if place + 1 < len(letters) and letters[place + 1].isalpha():
            letters[place : place + 2] = letters[place + 1], letters[place]
        case _:
            letters[place] = any_letter


def zero_width(text: str, chance: random.Random) -> str:
    return "".join(sign + chance.choice(UNSEEN) if chance.random() < UNSEEN_SHARE else sign for sign in text)


def full_width(text: str, chance: random.Random) -> str:
    return text.translate(FULL_WIDTH)


def look_alike(text: str, chance: random.Random) -> str:
    return "".join(ALIKE.get(sign, sign) if chance.random() < ALIKE_SHARE else sign for sign in text)


SPOILS: Mapping[str, Spoil] = {
    "3 % of letters mistyped": mistyped(0.03),
    "6 % of letters mistyped": mistyped(0.06),
    "zero-width characters": zero_width,
    "full-width letters": full_width,
    "look-alike letters": look_alike,
}


def spoiled(texts: Sequence[str], how: str, seed: int) -> list[str]:
    """Each text spoiled in its own way, the same in every run."""
    return [SPOILS[how](text, random.Random(f"{seed}:{how}:{text}")) for text in texts]
