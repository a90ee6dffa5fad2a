"""Strings as 64-bit numbers, so that sorted arrays of them can be searched: a polynomial of the code points in an odd
base. Pure arithmetic; two strings that share a number are the caller's to tell apart.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.grams import LONGEST, SHORTEST

BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1

Keys = NDArray[np.uint64]


def key_of(text: str) -> int:
    """The number of one string."""
    key = 0
    for letter in text:
        key = (key * BASE + ord(letter) + 1) & _MASK
    return key


def letter_keys(word: str) -> Keys:
    """The numbers of `grams.letters_of(word)`, in the same order, all at once."""
    codes = _codes(f" {word} ")
    base, rolling, found = np.uint64(BASE), codes, []
    for length in range(SHORTEST, min(LONGEST, len(codes)) + 1):
        rolling = rolling[:-1] * base + codes[length - 1 :]
        found.append(rolling)
    return np.concatenate(found)


def rest_keys(word: str) -> Keys:
    """The number of a word, then those of what is left of it without its first letter, without its second and so on."""
    codes = _codes(word)
    powers = _powers(len(codes))
    until = np.cumsum(codes * powers)
    closer = np.cumsum(codes[:-1] * powers[1:])  # of the letters before the one left out, each a place nearer the end
    rests = until[-1] - until
    rests[1:] += closer
    return np.concatenate([until[-1:], rests])


def _codes(text: str) -> Keys:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes.astype(np.uint64) + np.uint64(1)


@lru_cache(maxsize=64)
def _powers(count: int) -> Keys:
    """So many powers of the base, the highest first."""
    return np.array([pow(BASE, exponent, 1 << 64) for exponent in reversed(range(count))], np.uint64)
