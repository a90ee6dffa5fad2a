"""Mistyped copies of training texts, so that the model has seen slips of the finger before people make them.

Pure: the random generator comes in. Only letters change, and never inside an error code.
"""

import random
import re

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"\S+")


def _neighbours() -> dict[str, str]:
    beside: dict[str, str] = {}
    for number, row in enumerate(_ROWS):
        for place, letter in enumerate(row):
            near = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            for other in (number - 1, number + 1):
                if 0 <= other < len(_ROWS):
                    near += _ROWS[other][max(0, place - 1) : place + 1]
            beside[letter] = near
    return beside


_BESIDE = _neighbours()


def mistyped(text: str, chance: random.Random, rate: float) -> str:
    """The text with about `rate` of its letters dropped, doubled, swapped with the next, or hit on the key
    beside.
    """
    return _WORD.sub(lambda word: _slip(word.group(), chance, rate), text)


def _slip(word: str, chance: random.Random, rate: float) -> str:
    if any(letter.isdigit() or letter == "_" for letter in word):
        return word
    letters = list(word)
    for place, letter in enumerate(letters):
        if letter.isalpha() and chance.random() < rate:
            _mistype(letters, place, chance)
    return "".join(letters)


def _mistype(letters: list[str], place: int, chance: random.Random) -> None:
    letter = letters[place]
    match chance.randrange(4):
        case 0:
            letters[place] = ""
        case 1:
            letters[place] = letter + letter
        case 2 if place + 1 < len(letters):
            letters[place], letters[place + 1] = letters[place + 1], letter
        case _:
            letters[place] = chance.choice(_BESIDE.get(letter.lower(), letter))
