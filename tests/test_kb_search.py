"""The search: codes, words, typos, hints, languages, and any text at all."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles import Article, read_articles
from knowledge_base.codes import codes_in
from knowledge_base.search import Library

ARTICLES = Path(__file__).parent.parent / "knowledge_base" / "articles"


def article(article_id: str, title: str, body: str = "", **changes: object) -> Article:
    plain = Article(
        *(
            article_id,
            title,
            "outlook",
            (),
            (),
            (),
            "",
            1,
            "everyone",
            5,
            "none",
            False,
            "",
            date(2026, 11, 21),
            (),
            body,
        )
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@cache
def ours() -> Library:
    return Library(read_articles(ARTICLES))


def first(library: Library, query: str, **options: object) -> str | None:
    hits = library.search(query, **options)  # type: ignore[arg-type]
    return hits[0].article.id if hits else None


@pytest.fixture
def small() -> Library:
    return Library(
        [
            article("search", "Outlook search finds nothing", "Rebuild the index of Outlook."),
            article("sync", "OneDrive does not sync", "Restart OneDrive.", category="onedrive"),
            article("update", "Windows update fails", "Free some space.", error_codes=("0x80070643", "KB5034441")),
            article("update-other", "Update problems, update errors, update again", "Update, update, update 80070643."),
            article("crash", "Blue screen after sleep", "Note the stop code.", also_known_as=("bsod",)),
        ]
    )


@pytest.mark.parametrize(
    "query",
    [
        "update update update says 0x80070643 what do i do",
        "80070643",
        "error 0x8007 0643",
        "fails with -2147023293 since the update",
        "kb 5034441",
    ],
)
def test_an_error_code_in_any_spelling_finds_the_article_that_solves_it_first(small: Library, query: str) -> None:
    [hit, *_] = small.search(query)

    assert hit.article.id == "update"
    assert hit.score > 0.9
    assert hit.why[0] in ("0x80070643", "KB5034441")


def test_a_code_that_no_article_solves_finds_the_one_that_mentions_it() -> None:
    library = Library([article("a", "Mail", "It may say 0x80040115."), article("b", "Mail error", "Something else.")])

    assert first(library, "error 0x80040115 in my mail error") == "a"


def test_every_code_that_our_articles_declare_finds_one_of_them_first() -> None:
    library = ours()
    declared = [(code, each.id) for each in read_articles(ARTICLES) for code in each.error_codes if codes_in(code)]

    missed = []
    for code, article_id in declared:
        hit = library.search(f"hello, since monday my laptop shows {code} and i cannot work")[0]
        if hit.article.id != article_id and codes_in(code)[0] not in {codes_in(c)[0] for c in hit.article.error_codes}:
            missed.append((code, hit.article.id))

    assert len(declared) > 20
    assert missed == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("serach", "search"),
        ("outlok", "search"),
        ("oendrive", "sync"),
        ("one drive", "sync"),
        ("re build", "search"),
        ("bluescreen", "crash"),
        ("bsod", "crash"),
    ],
)
def test_typos_and_split_or_joined_words_find_the_article(small: Library, query: str, expected: str) -> None:
    assert first(small, query) == expected


def test_words_that_mean_the_same_find_the_article() -> None:
    library = Library([article("wifi", "Wireless network is not listed"), article("print", "Printer is offline")])

    assert first(library, "wlan gone") == "wifi"


def test_a_category_is_a_hint_and_no_wall(small: Library) -> None:
    both = Library([article("a", "Search fails"), article("b", "Search fails", category="windows-desktop")])

    assert first(both, "search fails", categories={"windows-desktop": 0.9}) == "b"
    assert first(both, "search fails", categories={"outlook": 0.9}) == "a"
    assert first(small, "onedrive does not sync", categories={"outlook": 1.0}) == "sync"
    assert {hit.article.id for hit in both.search("search", categories={"outlook": 1.0})} == {"a", "b"}


def test_an_article_comes_in_the_readers_language_once_and_otherwise_in_english() -> None:
    english = article("search", "Outlook search finds nothing")
    german = article("search", "Suche in Outlook findet nichts", language="de")
    library = Library([english, german, article("sync", "Sync")])

    assert [hit.article.title for hit in library.search("outlook", language="de")] == [german.title]
    assert [hit.article.title for hit in library.search("suche findet nichts", language="de-AT")] == [german.title]
    assert [hit.article.title for hit in library.search("outlook suche", language="fr")] == [english.title]


def test_scores_are_chances_that_fall_down_the_list(small: Library) -> None:
    for query in ("outlook search", "update 0x80070643", "bsod", "onedrive and outlook and update"):
        scores = [hit.score for hit in small.search(query)]

        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_a_chance_is_the_same_however_many_articles_are_asked_for() -> None:
    query = "my outlook search finds nothing at all"
    [*several] = ours().search(query, limit=5)
    [alone] = ours().search(query, limit=1)

    assert alone == several[0]


def test_a_long_number_that_an_article_declares_is_found_between_any_marks_and_not_inside_another() -> None:
    library = Library([article("disabled", "Device disabled", error_codes=("135011",)), article("mail", "Mail")])

    for query in ("135011", "it says [135011], again", "mail \uff11\uff13\uff15\uff10\uff11\uff11"):
        assert first(library, query) == "disabled"
    assert first(library, "mail 1350112") == "mail"


def test_what_speaks_for_a_hit_is_told_where_words_decide_and_not_where_a_code_does() -> None:
    [(article_id, evidence), *_] = ours().weigh("my printer shows as offline since the move")

    assert article_id == "printer-offline"
    assert evidence.held >= 2
    assert ours().weigh("update fails with 0x80070643") == []


def test_a_clear_question_scores_higher_than_one_that_is_not_for_the_desk() -> None:
    clear = ours().search("my outlook search finds nothing at all, only old mail")[0]
    strange = ours().search("where can i buy a cheap bicycle for my daughter")

    assert clear.score > 0.6
    assert not strange or strange[0].score < 0.3


def test_what_matched_is_said_codes_before_words(small: Library) -> None:
    [hit, *_] = small.search("The windows update stops with 80070643")

    assert hit.why[0] == "0x80070643"
    assert {"windows", "update"} <= set(hit.why[1:])


@pytest.mark.parametrize(
    "query", ["", " ", "\U0001f937", "'\"", "the and of", "\ud800", "NEAR(a, b)", "* OR (", "a" * 100_000]
)
def test_any_text_is_a_query_and_may_find_nothing(small: Library, query: str) -> None:
    assert all(hit.article for hit in small.search(query))


def test_an_empty_library_finds_nothing() -> None:
    assert Library([]).search("outlook 0x80070643") == []


@given(st.text(), st.integers(0, 12))
def test_no_text_makes_the_search_fail_and_no_limit_is_exceeded(query: str, limit: int) -> None:
    assert len(ours().search(query, limit=limit)) <= limit


def test_a_query_of_a_hundred_thousand_characters_is_answered_in_a_moment() -> None:
    started = time.process_time()

    assert first(ours(), "outlook search finds nothing " * 3_500)
    assert time.process_time() - started < 1.0


# Paraphrases in people's words, written without looking at the articles' own phrases. Several articles may be right.
PARAPHRASES = """
outlook opens, shows the logo and closes again | outlook-will-not-start
can i get the old outlook look back | outlook-switch-new-and-classic
I want to look at my boss's calendar but can't open it | outlook-open-shared-calendar
rule that moves newsletters stopped doing anything | outlook-rules-not-working
got a bounce: you do not have permission to send to this recipient | outlook-bounce-access-denied
the teams button is gone from my calendar in outlook | teams-meeting-button-missing-in-outlook
old conversations with a coworker have vanished from teams | teams-chat-history-missing
people only see a black rectangle when i present my screen | teams-cannot-share-screen
my cloud storage is full, it says no more room | onedrive-storage-full
onedrive refuses a file because the name is too long | onedrive-name-or-path-too-long
need the documents of somebody who has left the company | onedrive-files-of-former-colleague
supplier outside our company cannot open the link i sent him | sharepoint-external-guest-cannot-open-link
the list says it exceeds the view threshold | sharepoint-list-view-threshold
somebody deleted a file from the team library last week | sharepoint-restore-deleted-file onedrive-restore-deleted-file
word checks my german text with english spelling | office-spelling-language
the yellow bar says protected view and i cannot type | office-protected-view
document is corrupt and cannot be opened | office-file-damaged
installing office stops with 30015-11 | office-install-error-30015-30088
activation fails with c004f074 | office-kms-0xc004f074
password ran out over the weekend | account-password-expired
the code on my phone never comes, no push | authenticator-no-notification
i sent the salary list to someone outside by mistake | security-data-sent-to-wrong-person
a caller from microsoft took over my mouse | security-remote-access-by-stranger
colleagues get strange mails from me that i never wrote | security-account-sends-spam
update says there is not enough room | windows-update-not-enough-space
why does it not offer me windows 11 | windows-upgrade-not-offered-tpm
laptop sleeps and will not wake up | pc-does-not-wake-from-sleep
task manager shows disk 100 percent | disk-100-percent-busy
plugged in but not charging | laptop-not-charging
the pc shows another persons name at the login | windows-signin-other-user
wlan of the office is not in the list | wifi-network-not-listed
network cable plugged in but no connection | ethernet-cable-no-network
my printer is always set to another one | printer-default-keeps-changing
badge at the copier does not release my documents | secure-print-badge-release
airpods paired but no sound | bluetooth-headset-problems
picture on the monitor flickers | screen-flickers-or-wrong-resolution
how do i take a screenshot | screenshot-or-snipping-tool
a window is somewhere off screen and i cannot get it back | window-off-screen-or-lost
setting up new laptop is stuck at identifying | autopilot-setup-stuck
want to have work mail on my private phone | phone-enrolment-for-work
"""


def paraphrases() -> Iterator[tuple[str, set[str]]]:
    for line in PARAPHRASES.strip().splitlines():
        query, _, right = line.partition(" | ")
        yield query, set(right.split())


def test_paraphrases_find_their_article_first_mostly_and_among_three_nearly_always() -> None:
    """November 2026, without what people wrote: 36 of 40 first, 39 among three. The bounds leave room for new ones."""
    found = [([hit.article.id for hit in ours().search(query, limit=3)], right) for query, right in paraphrases()]

    assert sum(bool(ids and ids[0] in right) for ids, right in found) >= 0.75 * len(found)
    assert sum(bool(right & set(ids)) for ids, right in found) >= 0.9 * len(found)


def test_what_people_said_moves_an_article_a_little_and_hides_none() -> None:
    library = Library(read_articles(ARTICLES))
    query = "outlook is slow and stops responding"
    first, second, *_ = library.search(query)
    sunk = library.search(query, worth={first.article.id: 0.6, "gone": 0.6})
    lifted = {hit.article.id: hit.score for hit in library.search(query, worth={first.article.id: 1.25})}

    assert first.article.id in {hit.article.id for hit in sunk}
    assert sunk[0].article.id == second.article.id or sunk[0].score < first.score
    assert lifted[first.article.id] >= first.score


def test_a_code_finds_its_article_whatever_people_said_of_it() -> None:
    library = Library(read_articles(ARTICLES))
    [found, *_] = library.search("i get 0x80070643")

    assert library.search("i get 0x80070643", worth={found.article.id: 0.6})[0].article.id == found.article.id
