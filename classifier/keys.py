"""Strings as 64-bit numbers, so that sorted arrays of them can be searched: a polynomial of the code points in an odd
base. Pure arithmetic; two strings that share a number are the caller's to tell apart.
"""

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
    edged = f" {word} ".encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(edged, np.uint32).astype(np.uint64) + np.uint64(1)
    base, rolling, found = np.uint64(BASE), codes, []
    for length in range(SHORTEST, min(LONGEST, len(codes)) + 1):
        rolling = rolling[:-1] * base + codes[length - 1 :]
        found.append(rolling)
    return np.concatenate(found)
