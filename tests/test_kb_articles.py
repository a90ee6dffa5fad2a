"""Articles on disk: what is good is read, what is not is named with its file and the remedy."""

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles import BadArticles, read_articles, survey_articles

FRONT_MATTER = {
    "id": "outlook-slow",
    "title": "Outlook is slow",
    "category": "outlook",
    "products": "[Outlook]",
    "also_known_as": "[mail takes ages]",
    "error_codes": '["0x80040115"]',
    "applies_when": "Everything in Outlook takes long.",
    "tier": "1",
    "audience": "everyone",
    "minutes": "5",
    "risk": "none",
    "needs_admin": "false",
    "escalate_when": "It is still slow.",
    "reviewed": "2026-11-21",
    "sources": "[https://support.microsoft.com/outlook]",
}
GONE = "gone"
BODY = "Too many add-ins.\n\n## Quick check\nRestart it.\n\n## Steps\n1. **Close it.** Then open it.\n2. **Wait.**\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    return path


def write(folder: Path, name: str = "outlook/outlook-slow.md", body: str = BODY, **changes: str) -> Path:
    """Writes a good article with some fields changed; a field that becomes GONE is left out."""
    fields = {key: value for key, value in (FRONT_MATTER | changes).items() if value != GONE}
    lines = "\n".join(f"{key}: {value}" for key, value in fields.items())
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\n{lines}\n---\n{body}", "utf-8")
    return path


def test_an_article_is_read_with_every_field(folder: Path) -> None:
    path = write(folder)

    [article] = read_articles(folder, {"outlook", "teams"})

    assert (article.id, article.category, article.language, article.path) == ("outlook-slow", "outlook", "en", path)
    assert article.also_known_as == ("mail takes ages",)
    assert article.error_codes == ("0x80040115",)
    assert (article.tier, article.needs_admin, article.reviewed) == (1, False, date(2026, 11, 21))
    assert article.body.startswith("Too many add-ins.")


def test_a_translation_lies_beside_its_article_under_the_same_id(folder: Path) -> None:
    write(folder)
    write(folder, "outlook/outlook-slow.de.md", title="Outlook ist langsam")

    articles = read_articles(folder)

    assert {(article.id, article.language, article.title) for article in articles} == {
        ("outlook-slow", "en", "Outlook is slow"),
        ("outlook-slow", "de", "Outlook ist langsam"),
    }


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"category": "oulook"}, 'unknown category "oulook" (did you mean "outlook"?)'),
        ({"category": "teams"}, 'category "teams" differs from the folder "outlook"; move the file or change it'),
        ({"id": "outlook-fast"}, 'id "outlook-fast" differs from the file name "outlook-slow"; make them the same'),
        ({"title": GONE}, '"title" is missing; add it to the front matter'),
        ({"title": '""'}, '"title" must be a text that is not empty'),
        ({"tittle": "x"}, 'unknown key "tittle" (did you mean "title"?)'),
        ({"tier": "one"}, '"tier" must be 1, 2 or 3, not "one"'),
        ({"tier": "true"}, '"tier" must be 1, 2 or 3, not true'),
        ({"tier": "0"}, '"tier" must be 1, 2 or 3, not 0'),
        ({"minutes": "0"}, '"minutes" must be a whole number of minutes from 1 to 1440, not 0'),
        ({"risk": "high"}, '"risk" must be "none", "low" or "data", not "high"'),
        ({"needs_admin": "maybe"}, '"needs_admin" must be true or false, not "maybe"'),
        ({"reviewed": "yesterday"}, '"reviewed" must be a date as in 2026-11-21, not "yesterday"'),
        (
            {"error_codes": "[0x80040115]"},
            '"error_codes" must be a list of texts; put quotes around numbers and words such as "no"',
        ),
        (
            {"also_known_as": "[no]"},
            '"also_known_as" must be a list of texts; put quotes around numbers and words such as "no"',
        ),
        (
            {"sources": "[www.example.com]"},
            '"sources" must hold addresses that start with https://, not "www.example.com"',
        ),
    ],
)
def test_a_fault_is_named_with_its_file_and_the_remedy(folder: Path, changes: dict[str, str], fault: str) -> None:
    write(folder, body=BODY, **changes)

    with pytest.raises(BadArticles) as bad:
        read_articles(folder, {"outlook", "teams"})

    assert str(bad.value) == f"articles/outlook/outlook-slow.md: {fault}"


def test_an_article_without_numbered_steps_is_a_fault(folder: Path) -> None:
    write(folder, body="Just restart it.\n\n## Steps\n")

    [fault] = survey_articles(folder).faults

    assert fault == (
        "articles/outlook/outlook-slow.md: there are no numbered steps; "
        'add a list that starts with "1. " under "## Steps"'
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no front matter", "there is no front matter"),
        (b"---\nid: x\n", "the front matter is empty or does not end"),
        (b"---\ntitle: a: b\n---\n1. x", "the front matter is not YAML in line 2"),
        (
            b"---\nreviewed: 2026-13-45\n---\n1. x",
            "the front matter holds a value that does not exist (month must be in 1..12); correct it",
        ),
        (b"---\ntitle: \xff\n---\n", "this is not UTF-8 text (byte 11); save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_named(folder: Path, content: bytes, fault: str) -> None:
    (folder / "x.md").write_bytes(content)

    [found] = survey_articles(folder).faults

    assert found.startswith(f"articles/x.md: {fault}")


def test_two_articles_with_one_id_are_both_named(folder: Path) -> None:
    write(folder)
    write(folder, "teams/outlook-slow.md", category="teams")

    assert survey_articles(folder).faults == (
        'articles/teams/outlook-slow.md: id "outlook-slow" is already used by articles/outlook/outlook-slow.md; '
        "change one of them",
    )


def test_the_lenient_reading_gives_the_good_articles_beside_the_faults(folder: Path) -> None:
    write(folder)
    write(folder, "teams/teams-slow.md", id="teams-slow", category="temas")

    survey = survey_articles(folder, {"outlook", "teams"})

    assert [article.id for article in survey.articles] == ["outlook-slow"]
    assert survey.faults == ('articles/teams/teams-slow.md: unknown category "temas" (did you mean "teams"?)',)


def test_all_faults_are_collected_and_twenty_are_shown(folder: Path) -> None:
    for number in range(23):
        write(folder, f"outlook/a-{number:02}.md", id=f"a-{number:02}", tier="9")

    with pytest.raises(BadArticles) as bad:
        read_articles(folder)

    assert len(bad.value.faults) == 23
    assert str(bad.value).splitlines()[19].startswith("articles/outlook/a-19.md:")
    assert str(bad.value).splitlines()[20:] == ["… and 3 more"]


def test_a_folder_that_does_not_exist_is_a_fault_and_no_empty_library(tmp_path: Path) -> None:
    assert survey_articles(tmp_path / "nowhere").faults == (
        f"{tmp_path / 'nowhere'}: there is no such folder; give the folder that holds the articles",
    )
