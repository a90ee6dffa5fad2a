"""How messages are read: markup, disguises, quoted mail, codes, and slips of the finger."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text import fold, normalise, words
from classifier.typos import mistyped


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U0BOT42> my screen is black", "my screen is black"),
        ("<!here> ask <!subteam^S1|@desk> about <#C1|it-help>", "ask about it-help"),
        ("see <https://www.example.com/a?b=c|the guide>", "see the guide example.com"),
        ("<https://contoso.example/a/b> is down", "contoso.example is down"),
        ("open http://intranet.example/start please", "open intranet.example please"),
        ("<mailto:ana@example.com|ana@example.com> bounces", "ana@example.com bounces"),
        ("so angry :rage: :slightly_smiling_face: :wave::skin-tone-3:", "so angry rage slightly smiling face wave"),
        ("it broke at 10:30:45 sharp", "it broke at 10:30:45 sharp"),
        ("R&amp;D sees &lt;none&gt;", "R&D sees <none>"),
        ("&amp;lt;", "&lt;"),
        ("*bold* _slanted_ ~gone~ `typed` and snake_case", "bold slanted gone typed and snake_case"),
        ("  two\n\n lines\t here ", "two lines here"),
    ],
)
def test_slack_markup_is_read_as_the_words_people_see(written, read):
    assert normalise(written) == read


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("out\u200blo\u00adok", "outlook"),
        ("\uff4f\uff55\uff54\uff4c\uff4f\uff4f\uff4b", "outlook"),
        ("\u043eutl\u043e\u043ek", "outlook"),
        ("\u03bfutl\u03bfok", "outlook"),
        ("print\u0435r \u043e\u0440\u0435\u0441 it", "printer opec it"),
        ("caf\u0065\u0301 Wi\u2011Fi", "caf\u00e9 Wi\u2010Fi"),
        ("don\u2019t", "don't"),
    ],
)
def test_invisible_wide_and_look_alike_letters_come_out_plain(disguised, plain):
    assert normalise(disguised) == plain


def test_a_message_in_cyrillic_or_greek_keeps_its_letters():
    russian = "Outlook \u043d\u0435 \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u0442 \u0441 \u0443\u0442\u0440\u0430"
    greek = "\u03b4\u03b5\u03bd \u03b1\u03bd\u03bf\u03af\u03b3\u03b5\u03b9 \u03c4\u03bf Outlook"

    assert (normalise(russian), normalise(greek)) == (russian, greek)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0X8007-0643", "0x80070643"),
        ("0x 80070643", "0x80070643"),
        ("Ox80070643", "0x80070643"),
        ("80070643", "0x80070643"),
        ("c000021a", "0xc000021a"),
        ("0x0000011B", "0x0000011b"),
        ("81234567", "81234567"),
        ("aadsts: 50076", "AADSTS50076"),
        ("KB 5034441", "KB5034441"),
        ("Event ID: 41", "event_41"),
        ("Ereignis-ID 41", "event_41"),
        ("the event 41 people attended", "the event 41 people attended"),
        ("HTTP error 503", "http_503"),
        ("status code 404", "http_404"),
        ("error 500.19", "error 500.19"),
    ],
)
def test_an_error_code_has_one_spelling(written, read):
    assert normalise(written) == read


def test_an_error_code_is_one_word():
    text = normalise("bounced: 550 5.7.57, then 0x80070643, aad sts 50076, IRQL_NOT_LESS_OR_EQUAL, event id 41")

    assert words(text) == [
        *["bounced", "550", "5.7.57", "then", "0x80070643", "AADSTS50076", "IRQL_NOT_LESS_OR_EQUAL", "event_41"]
    ]


def test_one_letter_words_count():
    assert words("stuck in s mode on the o drive") == ["stuck", "in", "s", "mode", "on", "the", "o", "drive"]


@pytest.mark.parametrize(
    "below",
    [
        "On Mon, 3 Mar 2025 at 10:00, Ana Example <ana@example.com> wrote:\n> have you tried turning it off",
        "Am Mo., 3. M\u00e4rz 2025 um 10:00 schrieb Ana Example <ana@example.com>:\n> haben Sie es versucht",
        "-----Original Message-----\nFrom: ana@example.com\nthe older mail",
        "From: Ana Example <ana@example.com>\nSent: Monday\nTo: the desk\nthe older mail",
        "-- \nAna Example\n555-0100",
        "Sent from my phone",
        "Best regards,\nAna Example\nFinance | 555-0100",
        "Mit freundlichen Gr\u00fc\u00dfen\nAna Example",
    ],
)
def test_quoted_mail_and_signatures_are_dropped(below):
    assert normalise(f"the scanner is dead\n\n{below}") == "the scanner is dead"


def test_words_after_thanks_that_are_no_name_are_kept():
    assert normalise("teams is down\nthanks\noutlook is down too") == "teams is down thanks outlook is down too"


def test_a_message_that_is_all_quotation_is_kept():
    forwarded = "From: Bo Example <bo@example.com>\nSent: Monday\nthe lift is stuck"

    assert "the lift is stuck" in normalise(forwarded)
    assert normalise("it says\n&gt; cannot reach the server") == "it says cannot reach the server"


def test_folding_forgets_case_and_latin_accents_only():
    assert fold("\u00c9cran STRASSE \u00fcber") == "ecran strasse uber"
    assert (
        fold("\u30d1\u30bd\u30b3\u30f3 \u0939\u093f\u0902\u0926\u0940")
        == "\u30d1\u30bd\u30b3\u30f3 \u0939\u093f\u0902\u0926\u0940"
    )


@given(st.text())
def test_any_text_is_read_as_one_plain_line(text):
    read = normalise(text)

    assert read == " ".join(read.split())
    read.encode()  # a lone surrogate would raise


@pytest.mark.parametrize(
    "piece", ["<@", "<a|", "\n", ":a", "a_", "thanks\n", "From: x\n", "on aaaaaa ", "mailto:", ">", "\u0430", "*", "0x"]
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    """A pattern that backtracks needs minutes for this; the cap on length alone would not save it."""
    assert len(normalise(piece * 50_000)) <= 50_000


def test_mistyped_text_differs_but_keeps_its_codes():
    text = "the printer shows 0x0000011b again and event_41 afterwards " * 5

    slipped = mistyped(text, random.Random(1), rate=0.3)

    assert slipped != text
    assert (slipped.count("0x0000011b"), slipped.count("event_41")) == (5, 5)
    assert mistyped(text, random.Random(1), rate=0.3) == slipped
    assert mistyped(text, random.Random(1), rate=0.0) == text
