"""Saved libraries: they answer as those they were made of, and whatever is old, foreign or damaged is built again."""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from knowledge_base.articles import Article, Survey
from knowledge_base.asked import Asked
from knowledge_base.saved import KEPT, Opened, fingerprint_of, open_library
from knowledge_base.search import Hit, Library
from tests.test_kb_search import article, ours, paraphrases

FINGERPRINT = "0" * 32
FAULTS = ("articles/outlook/x.md: there is no front matter",)
ASKED = {"sync": {"en": ["the blue arrows go round for ever"], "fr": ["les flèches bleues tournent"]}}
ARTICLES = (
    article("search", "Outlook search finds nothing", "Rebuild the index.", also_known_as=("mail search is empty",)),
    article("search", "Suche in Outlook findet nichts", "Den Index neu aufbauen – „jetzt“.", language="de"),
    article("sync", "OneDrive does not sync", "Restart OneDrive.", category="onedrive", path=Path("a/sync.md")),
    article("update", "Windows update fails", "See KB5034441.", error_codes=("0x80070643", "135011"), sources=("x",)),
)
QUERIES = (
    *("outlook serach finds nothing", "mail search is empty", "suche findet nichts", "blue arrows", "flèches bleues"),
    *("0x80070643", "it says [135011]", "kb5034441", "one drive", "bicycle", ""),
)
EVERY_FILE = pytest.mark.parametrize(
    "name",
    ["manifest.json", "articles.jsonl", "lines.npy", "vocabulary.json", "tables.json", "pairs.npy", "starts.npy",
     "documents.npy", "adds.npy"],
)  # fmt: skip
DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-5]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n{}"),
    "changed": lambda path: path.write_bytes(bytes([*path.read_bytes()[:-1], path.read_bytes()[-1] ^ 1])),
}


def opened(folder: Path, articles: Sequence[Article] = ARTICLES, fingerprint: str = FINGERPRINT) -> Opened:
    return open_library(folder, fingerprint, lambda: Survey(tuple(articles), FAULTS), lambda: ASKED)


def again(folder: Path, fingerprint: str = FINGERPRINT) -> Opened:
    """Opened without anything to build from."""

    def unread() -> Survey:
        raise AssertionError("the articles were read again")

    return open_library(folder, fingerprint, unread)


def answers(library: Library) -> list[list[Hit]]:
    return [library.search(query, categories={"outlook": 0.7}, language="de") for query in QUERIES]


def test_a_saved_library_answers_as_the_one_that_was_built(tmp_path: Path) -> None:
    built = opened(tmp_path)

    saved = again(tmp_path)

    assert answers(saved.library) == answers(built.library) == answers(Library(ARTICLES, ASKED))
    assert saved.library.weigh("outlook finds nothing") == built.library.weigh("outlook finds nothing")
    assert list(saved.library.articles) == list(built.library.articles)
    assert len(saved.library) == len(ARTICLES)


def test_our_own_articles_answer_the_same_from_a_save(tmp_path: Path) -> None:
    """Large arrays are mapped, small ones are read."""
    built = ours()
    open_library(tmp_path, FINGERPRINT, lambda: Survey(tuple(built.articles), ()))

    saved = again(tmp_path).library

    for query, _ in paraphrases():
        assert saved.search(query) == built.search(query)


def test_an_article_is_got_by_its_id_in_every_language_that_it_has(tmp_path: Path) -> None:
    opened(tmp_path)
    library = again(tmp_path).library

    assert library.get("search", "de") == ARTICLES[1]
    assert library.get("search", "fr") == ARTICLES[0]
    assert library.get("sync") == ARTICLES[2]
    assert library.get("nothing") is None


def test_what_is_wrong_with_articles_is_told_at_every_start(tmp_path: Path) -> None:
    assert opened(tmp_path).faults == FAULTS
    assert again(tmp_path).faults == FAULTS


def test_an_empty_library_is_saved_too(tmp_path: Path) -> None:
    nobody: Asked = {}
    open_library(tmp_path, FINGERPRINT, lambda: Survey((), ()), lambda: nobody)

    library = again(tmp_path).library

    assert (len(library), library.search("outlook 0x80070643"), list(library.articles)) == (0, [], [])


def test_another_fingerprint_is_another_library(tmp_path: Path) -> None:
    opened(tmp_path)

    other = opened(tmp_path, ARTICLES[2:], "1" * 32)

    assert (len(other.library), len(again(tmp_path).library), len(again(tmp_path, "1" * 32).library)) == (2, 4, 2)


@pytest.mark.parametrize("damage", DAMAGE)
@EVERY_FILE
def test_a_damaged_save_is_built_and_saved_again(tmp_path: Path, name: str, damage: str) -> None:
    right = answers(opened(tmp_path).library)
    DAMAGE[damage](tmp_path / FINGERPRINT / name)

    assert answers(opened(tmp_path).library) == right
    assert answers(again(tmp_path).library) == right
    assert [path.name for path in tmp_path.iterdir()] == [FINGERPRINT]


def test_the_save_of_another_library_is_not_taken_for_this_one(tmp_path: Path) -> None:
    opened(tmp_path, ARTICLES[2:], "1" * 32)
    (tmp_path / ("1" * 32)).rename(tmp_path / FINGERPRINT)

    assert len(opened(tmp_path).library) == len(ARTICLES)


def test_an_open_library_goes_on_when_its_save_is_removed_or_replaced(tmp_path: Path) -> None:
    opened(tmp_path)
    library = again(tmp_path).library
    (tmp_path / FINGERPRINT / "adds.npy").unlink()
    opened(tmp_path)
    shutil.rmtree(tmp_path / FINGERPRINT)

    assert answers(library) == answers(Library(ARTICLES, ASKED))


def test_where_nothing_can_be_saved_the_library_works_and_the_reason_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")

    found = opened(tmp_path / "cache" / "library")

    assert answers(found.library) == answers(Library(ARTICLES, ASKED))
    assert found.unsaved == os.strerror(20)  # not a directory


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX systems limit the size of files")
def test_a_disk_that_fills_up_while_saving_leaves_nothing_behind(tmp_path: Path) -> None:
    with files_no_longer_than(600):
        found = opened(tmp_path)

    assert found.unsaved
    assert list(tmp_path.iterdir()) == []
    assert opened(tmp_path).unsaved == ""


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("damaged", [False, True])
def test_several_that_build_at_once_do_not_hurt_each_other(tmp_path: Path, damaged: bool) -> None:
    if damaged:
        opened(tmp_path)
        (tmp_path / FINGERPRINT / "starts.npy").write_bytes(b"")
    together = threading.Barrier(4)

    def survey() -> Survey:
        together.wait(20)
        return Survey(ARTICLES, FAULTS)

    with ThreadPoolExecutor(4) as threads:
        found = [threads.submit(open_library, tmp_path, FINGERPRINT, survey, lambda: ASKED) for _ in range(4)]

    assert [each.result().unsaved for each in found] == [""] * 4
    assert all(answers(each.result().library) == answers(again(tmp_path).library) for each in found)
    assert [path.name for path in tmp_path.iterdir()] == [FINGERPRINT]


def test_the_saves_that_were_used_last_are_kept(tmp_path: Path) -> None:
    names = [f"{number:032x}" for number in range(KEPT + 2)]
    for age, name in enumerate(names[:-1]):
        opened(tmp_path, ARTICLES, name)
        os.utime(tmp_path / name, (1_000_000_000 + age,) * 2)
    again(tmp_path, names[1])  # the oldest that is left is used again

    opened(tmp_path, ARTICLES, names[-1])

    assert {path.name for path in tmp_path.iterdir()} == {names[1], *names[-3:]}


def test_what_a_process_that_died_left_is_removed_and_what_is_being_written_stays(tmp_path: Path) -> None:
    for name, age in (("unfinished-old", 1_000_000_000), ("unfinished-new", None), ("notes", 1_000_000_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, age) if age else None)

    opened(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {FINGERPRINT, "unfinished-new", "notes"}


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """A folder of articles, one of messages."""
    for name in ("kb/outlook/a.md", "kb/outlook/b.md", "examples/outlook.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return [tmp_path / "kb", tmp_path / "examples"]


def put_in_its_place(path: Path, text: str) -> None:
    """Other words, as long and as old."""
    before = path.stat()
    path.write_text(text.ljust(before.st_size)[: before.st_size])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "an article says more": lambda kb: (kb / "outlook" / "a.md").write_text("other words"),
    "an article is as long and as old": lambda kb: put_in_its_place(kb / "outlook" / "a.md", "other words"),
    "a new article": lambda kb: (kb / "outlook" / "c.md").write_text("new"),
    "an article is gone": lambda kb: (kb / "outlook" / "a.md").unlink(),
    "an article has another name": lambda kb: (kb / "outlook" / "a.md").rename(kb / "outlook" / "c.md"),
    "the articles are gone": shutil.rmtree,
    "a message more": lambda kb: (kb.parent / "examples" / "outlook.jsonl").write_text("more messages"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_articles_or_the_messages_changes_the_fingerprint(
    sources: list[Path], change: str
) -> None:
    before = fingerprint_of(sources)

    CHANGES[change](sources[0])

    assert fingerprint_of(sources) != before


def test_the_fingerprint_stays_while_nothing_changes_that_is_read(sources: list[Path]) -> None:
    before = fingerprint_of(sources, ["outlook", "teams"])

    (sources[0] / "outlook" / "a.md.swp").write_text("an editor's")

    assert fingerprint_of(sources, ["teams", "outlook"]) == before
    assert len(before) == 32


def test_other_categories_other_folders_and_no_folder_are_other_libraries(sources: list[Path]) -> None:
    missing = sources[0] / "not-there"
    several = [
        fingerprint_of(sources),
        fingerprint_of(sources, []),
        fingerprint_of(sources, ["outlook"]),
        fingerprint_of(sources[:1]),
        fingerprint_of([*sources, missing]),
        fingerprint_of([*sources, sources[0] / "outlook" / "a.md"]),
    ]

    assert len(set(several)) == len(several)


@pytest.mark.parametrize("name", ["search.py", "words.toml", "importing/clean.py"])
def test_other_code_or_word_lists_are_another_library_however_old_their_files_look(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("weight = 6.0")
    before = fingerprint_of([], package=tmp_path)

    put_in_its_place(path, "weight = 5.0")

    assert fingerprint_of([], package=tmp_path) != before
