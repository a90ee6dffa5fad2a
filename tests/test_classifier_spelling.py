"""Mistyped words: which are read as a common word, and which are left as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.features import Told, fit_speller
from classifier.spelling import COMMON, NO_SPELLER, Speller, is_one_slip

TEXTS = ["outlook calendar", "outlook password", "my password", "the printer", "printer password"] * 3 + ["passwords"]
LETTERS = st.text("abcde", min_size=0, max_size=7)


@pytest.fixture(scope="module")
def speller() -> Speller:
    return fit_speller(Told([text.split() for text in TEXTS]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("outlok", "outlook"),
        ("outloook", "outlook"),
        ("outlokk", "outlook"),
        ("uotlook", "outlook"),
        ("pasword", "password"),
        ("pritner", "printer"),
        ("orinter", "printer"),
        ("outlook", "outlook"),
        ("passwords", "passwords"),  # seen once, so it is a word
    ],
)
def test_a_word_one_slip_away_is_read_as_the_common_one(speller, typed, meant):
    assert speller.corrected(typed) == meant


@pytest.mark.parametrize(
    "typed", ["outlk", "pw", "te", "thee", "mi", "kb5034441", "0x80070643", "event_41", "", "x" * 99]
)
def test_short_words_codes_and_words_two_slips_away_are_left_alone(speller, typed):
    assert speller.corrected(typed) == typed


@pytest.mark.parametrize(("typed", "meant"), [("wfii", "wifi"), ("wiffi", "wifi"), ("wife", "wife"), ("wif", "wif")])
def test_a_word_of_four_letters_is_read_only_where_all_of_them_are_there(typed, meant):
    assert fit_speller(Told([["wifi"]] * COMMON)).corrected(typed) == meant


def test_without_texts_nothing_is_read_otherwise():
    assert NO_SPELLER.corrected("outlok") == "outlok"


def slowly(typed: str, meant: str) -> bool:
    """All words one slip away, one by one."""
    alphabet = "abcde"
    cut = [typed[:at] + typed[at + 1 :] for at in range(len(typed))]
    put = [typed[:at] + letter + typed[at:] for at in range(len(typed) + 1) for letter in alphabet]
    wrong = [typed[:at] + letter + typed[at + 1 :] for at in range(len(typed)) for letter in alphabet]
    swapped = [typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in range(len(typed) - 1)]
    return meant in {typed, *cut, *put, *wrong, *swapped}


@given(LETTERS, LETTERS)
def test_one_slip_is_what_the_slow_way_says(typed, meant):
    assert is_one_slip(typed, meant) == slowly(typed, meant)


@given(LETTERS, st.integers(0, 40), st.sampled_from("abcde"))
def test_every_single_slip_is_one(word, at, letter):
    place = at % (len(word) + 1)

    assert is_one_slip(word[:place] + letter + word[place:], word)
    assert is_one_slip(word[:place] + letter + word[place + 1 :], word)
