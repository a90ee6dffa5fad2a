"""Likeness of requests: which pairs are suggested, on every boundary of time and person, and what always holds."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.likeness.__main__ import Found, Point, points
from benchmarks.likeness.scenes import Row, all_others, draws, scenes
from bot.likeness import (
    AGAIN,
    AGAIN_HOURS,
    APART,
    APART_HOURS,
    TOGETHER,
    TOGETHER_HOURS,
    Alike,
    Known,
    duplicates,
    likeness_needed,
    likenesses,
    similar,
)

NOON = 1_800_000_000.0
HOUR = 3_600.0

OTHERS = [
    "excel shows ##### instead of the amounts",
    "how do I book a room in the calendar",
    "teams has no sound in meetings",
    "my laptop battery is empty after an hour",
    "vpn asks for the code again and again",
    "I cannot sign in, it says the account is locked",
    "the second monitor stays black",
    "sharepoint says access denied for our team site",
    "onedrive stopped syncing, red x on all files",
    "windows update has been at 30 % since yesterday",
]


def known(text: str, *, id: int = 1, category: str = "printing", reporter: str = "ben", at: float = NOON) -> Known:
    return Known(id, text, category, reporter, at)


def beside_others(*ours: Known) -> list[Known]:
    return [*ours, *(known(text, id=100 + at, category="windows-desktop") for at, text in enumerate(OTHERS))]


def likeness(first: str, second: str) -> float:
    return likenesses(first, "printing", beside_others(known(second)))[0]


def ids(found: Sequence[Alike]) -> list[int]:
    return [alike.id for alike in found]


@pytest.mark.parametrize(
    ("first", "nearer", "farther"),
    [
        ("the printer has a paper jam", "paper jam in the printer again", "the printer prints only in black"),
        ("Postfach voll, ich kann nichts senden", "mailbox full, cannot send", "Besprechung aus dem Kalender weg"),
        ("mot de passe oublié", "olvidé mi contraseña", "la imprimante est vide"),
        ("update fails with 0x80070643", "error 80070643 when updating", "update fails with 0x800f0922"),
        ("PRN-BER-02 is offline", "prn-ber-02 does not print", "PRN-BER-03 does not print"),
        ("LAP-4711 is offline", "lap-4711 prints nothing", "lap 4711 prints nothing"),
        ("no wifi in Riyadh", "wifi down at Riyadh office", "wifi down at Porto office"),
        ("teams meeting has no sound", "no audio in a teams meeting", "cannot join a teams meeting"),
    ],
)
def test_the_same_trouble_is_nearer_than_a_neighbouring_one(first: str, nearer: str, farther: str) -> None:
    assert likeness(first, nearer) > likeness(first, farther)


def test_similar_cases_come_best_first_and_no_more_than_asked_for() -> None:
    asked = "paper jam in tray 2 of the printer on the third floor"
    cases = [
        known("paper jam, printer on the third floor, tray 2", id=1),
        known(asked, id=2),
        known("Paper jam in tray 2 of the printer on the third floor, again!", id=3),
    ]

    found = similar(asked, "printing", beside_others(*cases), limit=2)

    assert found[0] == Alike(2, 1.0)
    assert len(found) == 2
    assert found[1].score < 1.0


def test_what_shares_only_everyday_words_is_not_worth_reading() -> None:
    assert similar("my computer does not work since today, please help", "printing", beside_others()) == ()


def test_another_category_makes_the_same_match_weaker() -> None:
    texts = ("paper jam in tray 2", "tray 2 has a paper jam again")

    same, other = (
        likenesses(texts[0], "printing", beside_others(known(texts[1], category=category)))[0]
        for category in ("printing", "network")
    )

    assert 0 < other < same


@pytest.mark.parametrize(
    ("same_person", "hours", "needed"),
    [
        (True, 0, AGAIN),
        (True, AGAIN_HOURS, AGAIN),
        (True, APART_HOURS, APART),
        (False, 0, TOGETHER),
        (False, TOGETHER_HOURS, TOGETHER),
        (False, (TOGETHER_HOURS + APART_HOURS) / 2, (TOGETHER + APART) / 2),
        (False, APART_HOURS, APART),
        (False, 10 * APART_HOURS, APART),
    ],
)
def test_the_likeness_needed_grows_with_the_time_between_two_people(
    same_person: bool, hours: float, needed: float
) -> None:
    assert likeness_needed(same_person, hours * HOUR) == pytest.approx(needed)


def test_after_some_hours_the_same_person_needs_as_much_as_anybody() -> None:
    later = timedelta(hours=AGAIN_HOURS, seconds=1).total_seconds()

    assert likeness_needed(True, later) == likeness_needed(False, later) > AGAIN


WEAKLY_ALIKE = ("the printer prints stripes", "thin stripes on every page of the invoices, and the toner is new")


def test_the_same_person_again_is_a_duplicate_where_somebody_else_is_not() -> None:
    asked, earlier = WEAKLY_ALIKE
    assert AGAIN < likeness(asked, earlier) < TOGETHER

    cases = beside_others(known(earlier, id=1, reporter="ana"), known(earlier, id=2, reporter="ben"))

    assert ids(duplicates(asked, "printing", "ana", NOON + HOUR, cases)) == [1]


def test_days_later_the_same_persons_weak_match_is_a_new_case() -> None:
    asked, earlier = WEAKLY_ALIKE
    cases = beside_others(known(earlier, reporter="ana"))

    assert duplicates(asked, "printing", "ana", NOON + 48 * HOUR, cases) == ()


def test_two_people_with_one_trouble_match_at_the_same_time_and_not_days_apart() -> None:
    asked, earlier = "printer on floor 3 has a paper jam in tray 2", "our printer jams, the paper comes out crumpled"
    cases = beside_others(known(earlier))
    assert TOGETHER < likeness(asked, earlier) < APART

    assert ids(duplicates(asked, "printing", "ana", NOON + HOUR, cases)) == [1]
    assert ids(duplicates(asked, "printing", "ana", NOON - HOUR, cases)) == [1]
    assert duplicates(asked, "printing", "ana", NOON + APART_HOURS * HOUR, cases) == ()
    assert duplicates(asked, "printing", "ana", NOON - APART_HOURS * HOUR, cases) == ()


def test_a_persons_own_earlier_case_comes_before_others_that_are_more_alike() -> None:
    asked = "paper jam in tray 2"
    own = known("paper jam in tray 2, the tray is old and the toner was changed", id=1, reporter="ana")
    cases = beside_others(known(f"{asked} since lunch", id=2), known(f"{asked} today", id=3), own)
    scores = likenesses(asked, "printing", cases)
    assert scores[2] < min(scores[0], scores[1])

    assert ids(duplicates(asked, "printing", "ana", NOON, cases, limit=1)) == [1]


# -- what always holds -------------------------------------------------------------------------------------------------

WORDS = [
    "printer",
    "Drucker",
    "0x80070643",
    "PRN-BER-02",
    "jam",
    "outlook",
    "the",
    "not",
    "imprimante",
    "🙂",
    "ザ",
    "xyzzy",
]
requests = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=80)


@settings(deadline=None)  # the first text waits for the word lists
@given(requests, requests)
def test_likeness_is_the_same_both_ways(first: str, second: str) -> None:
    there = likenesses(first, "printing", [known(second)])
    back = likenesses(second, "printing", [known(first)])

    assert there == pytest.approx(back)


@settings(deadline=None)  # the first text waits for the word lists
@given(requests, st.lists(requests, max_size=6))
def test_likeness_lies_between_nothing_and_the_same(text: str, others: list[str]) -> None:
    scores = likenesses(text, "printing", [known(other) for other in others])

    assert all(0.0 <= score <= 1.0 for score in scores)


@settings(deadline=None)  # the first text waits for the word lists
@given(requests, st.lists(requests, max_size=6))
def test_the_order_of_what_is_known_changes_no_score(text: str, others: list[str]) -> None:
    cases = [known(other, id=at) for at, other in enumerate(others)]

    forward = likenesses(text, "printing", cases)

    assert likenesses(text, "printing", cases[::-1])[::-1] == pytest.approx(forward)


@pytest.mark.parametrize(
    "text",
    [
        "printer",
        "Ich kann nicht drucken, Fehler 0x80070643",
        "プリンターが動かない",
        "paper jam " * 4_000,
        "x" * 40_000,
        "\u202eprinter\u202c\u200b offline",
    ],
)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert likeness(text, text) == 1.0
    assert likeness(text.upper(), f"  {text}") == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "🙂🙂",
        "???",
        "\ud800",
        "\u200b",
        "\u202e\ufeff",
        "the is and",
        "hallo bitte danke",
        "it does not work",
    ],
)
def test_a_text_that_tells_nothing_is_like_nothing(text: str) -> None:
    cases = beside_others(known(text, reporter="ana"))

    assert likenesses(text, "printing", cases) == [0.0] * len(cases)
    assert duplicates(text, "printing", "ana", NOON, cases) == ()


def test_what_stands_far_below_the_beginning_does_not_count_but_a_code_just_below_does() -> None:
    filler = "paper jam " * 150
    late_word, late_code = likeness(f"{filler} bitlocker", "bitlocker"), likeness(f"{filler} 0x80070643", "0x80070643")

    assert late_word == 0.0
    assert late_code > 0.0


def test_nothing_known_gives_nothing() -> None:
    assert similar("printer", "printing", []) == ()
    assert duplicates("printer", "printing", "ana", NOON, []) == ()


# -- the figures that the thresholds rest on ---------------------------------------------------------------------------


def test_precision_counts_suggestions_and_recall_counts_requests_that_could_be_helped() -> None:
    found = [
        Found(((0.9, True), (0.6, False)), possible=True, seconds=0.0),
        Found(((0.3, True),), possible=True, seconds=0.0),
        Found(((0.5, False),), possible=False, seconds=0.0),
    ]

    assert list(points(found, [0.5])) == [Point(0.5, shown=3, precision=1 / 3, recall=1 / 2)]


ROWS = [Row(f"text {issue} {at}", "printing", ("printing", f"issue {issue}")) for issue in range(3) for at in range(12)]


@pytest.mark.parametrize("name", sorted(draws(ROWS)))
def test_a_scene_knows_which_requests_are_the_same_trouble(name: str) -> None:
    for scene in scenes(draws(ROWS)[name], 5, seed=1):
        issue = scene.asked.text.split()[1]
        same = {each.id for each in scene.known if each.text.split()[1] == issue}

        assert scene.same == (same & {0} if name == "the same person" else same)


def test_the_request_itself_is_not_among_what_is_known() -> None:
    assert all(scene.asked.text not in {each.text for each in scene.known} for scene in all_others(ROWS))
