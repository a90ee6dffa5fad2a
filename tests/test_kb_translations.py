"""Translations: they take from the article beside them what they leave out, and go stale when it changes."""

from pathlib import Path

import pytest

from knowledge_base.articles import Article, read_articles, survey_articles
from knowledge_base.translations import accept, fingerprint, stale

ARTICLES = Path(__file__).parents[1] / "knowledge_base" / "articles"

ENGLISH = """---
id: outlook-slow
title: Outlook is slow
category: outlook
products: [Outlook]
also_known_as: [mail takes ages]
error_codes: ["0x80040115"]
applies_when: Everything in Outlook takes long.
tier: 2
audience: everyone
minutes: 7
risk: data
needs_admin: true
escalate_when: It is still slow.
reviewed: 2026-11-21
sources: [https://support.microsoft.com/outlook]
---
Too many add-ins.

## Steps
1. **Close it.** Then open it.
"""
GERMAN = """---
title: Outlook ist langsam
also_known_as: [mail lahmt]
applies_when: Alles in Outlook dauert.
escalate_when: Es dauert immer noch.
reviewed: 2026-11-22
---
Zu viele Add-Ins.

## Schritte
1. **Schließen.** Dann wieder öffnen.

translates: steht hier nur im Text
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    (path / "outlook").mkdir(parents=True)
    (path / "outlook" / "outlook-slow.md").write_text(ENGLISH, "utf-8")
    (path / "outlook" / "outlook-slow.de.md").write_text(GERMAN, "utf-8")
    return path


def both(folder: Path) -> dict[str, Article]:
    return {article.language: article for article in read_articles(folder, {"outlook"})}


def test_a_translation_takes_what_it_leaves_out_from_the_article_beside_it(folder: Path) -> None:
    german = both(folder)["de"]

    assert (german.id, german.category, german.tier, german.minutes) == ("outlook-slow", "outlook", 2, 7)
    assert (german.risk, german.needs_admin, german.error_codes) == ("data", True, ("0x80040115",))
    assert (german.title, german.also_known_as) == ("Outlook ist langsam", ("mail lahmt",))


def test_a_translation_must_say_in_its_own_words_what_people_read(folder: Path) -> None:
    path = folder / "outlook" / "outlook-slow.de.md"
    path.write_text(GERMAN.replace("applies_when: Alles in Outlook dauert.\n", ""), "utf-8")

    assert survey_articles(folder).faults == (
        'articles/outlook/outlook-slow.de.md: "applies_when" is missing; add it to the front matter',
    )


def test_a_translation_without_its_article_must_say_everything_itself(folder: Path) -> None:
    (folder / "outlook" / "outlook-slow.md").unlink()

    faults = survey_articles(folder).faults

    assert 'articles/outlook/outlook-slow.de.md: "tier" is missing; add it to the front matter' in faults


def test_only_a_translation_can_say_what_it_translates(folder: Path) -> None:
    path = folder / "outlook" / "outlook-slow.md"
    path.write_text(ENGLISH.replace("tier: 2", "tier: 2\ntranslates: 0123456789ab"), "utf-8")

    [fault, *_] = survey_articles(folder).faults

    assert fault.endswith('"translates" belongs into a translation, <id>.<language>.md; take it out')


def test_a_translation_is_stale_until_it_is_accepted_and_again_when_its_article_changes(folder: Path) -> None:
    path, article = folder / "outlook" / "outlook-slow.de.md", folder / "outlook" / "outlook-slow.md"
    new = stale(both(folder).values())

    accept(path, both(folder)["en"])
    accepted = stale(both(folder).values())
    article.write_text(ENGLISH.replace("Then open it", "Then  open it"), "utf-8")
    respaced = stale(both(folder).values())
    article.write_text(ENGLISH.replace("Then open it", "Then wait, and open it"), "utf-8")
    changed = stale(both(folder).values())

    assert [len(each) for each in (new, accepted, respaced, changed)] == [1, 0, 0, 1]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_accepting_changes_nothing_but_the_one_line(folder: Path, line_end: str) -> None:
    path = folder / "outlook" / "outlook-slow.de.md"
    path.write_bytes(GERMAN.replace("\n", line_end).encode())
    english = both(folder)["en"]

    accept(path, english)
    accept(path, english)

    added = f"translates: {fingerprint(english)}{line_end}"
    assert path.read_bytes().decode() == GERMAN.replace("\n", line_end).replace(
        f"2026-11-22{line_end}---", f"2026-11-22{line_end}{added}---"
    )


def test_the_bundled_translations_say_what_their_articles_say() -> None:
    assert [str(article.path.relative_to(ARTICLES)) for article in stale(read_articles(ARTICLES))] == []
