"""What people have written: it finds articles, in any language, and says which issue belongs to which article."""

import json
from pathlib import Path

from knowledge_base.asked import issues_by_article, read_asked
from knowledge_base.search import Library
from tests.test_kb_search import ARTICLES, article, first

EXAMPLES = Path(__file__).parent.parent / "classifier" / "data" / "examples"


def test_words_that_only_people_use_find_the_article() -> None:
    articles = [article("presence", "Your status is wrong"), article("screen", "Screen flickers", "A dot on it.")]
    asked = {"presence": {"en": ["the little dot beside my name stays amber"]}}

    assert first(Library(articles), "amber dot beside name") == "screen"
    assert first(Library(articles, asked), "amber dot beside name") == "presence"


def test_a_message_in_a_language_without_a_version_finds_the_english_article() -> None:
    asked = {"printer": {"de": ["der Drucker spinnt schon wieder"]}}
    library = Library([article("printer", "Printer is offline"), article("sync", "Sync is stuck")], asked)

    [hit] = library.search("Drucker spinnt", language="de")

    assert (hit.article.id, hit.article.language) == ("printer", "en")


def test_an_article_in_five_languages_does_not_outweigh_a_better_one_in_english_alone() -> None:
    many = [
        article("teams", "Teams does not start", "Restart Teams.", language=code)
        for code in ("en", "de", "fr", "es", "pt")
    ]
    library = Library([*many, article("sound", "No sound in Teams", "Choose the speaker.")])

    assert first(library, "teams has no sound") == "sound"


def test_messages_are_read_by_issue_and_language_and_a_damaged_line_is_passed_over(tmp_path: Path) -> None:
    article_id, issues = next(iter(issues_by_article().items()))
    category, _, issue = issues[0].partition("/")
    rows = [
        {"text": "please help", "category": category, "issue": issue, "language": "en"},
        {"text": "bitte helfen", "category": category, "issue": issue, "language": "de"},
        {"text": "something else", "category": category, "issue": "no-such-issue", "language": "en"},
    ]
    lines = [*map(json.dumps, rows), "{damaged", "[]", ""]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), "utf-8")

    assert read_asked(tmp_path)[article_id] == {"en": ["please help"], "de": ["bitte helfen"]}


def test_the_table_names_articles_and_issues_that_exist() -> None:
    rows = (json.loads(line) for file in EXAMPLES.glob("*.jsonl") for line in file.read_text("utf-8").splitlines())
    known = {f"{row['category']}/{row.get('issue')}" for row in rows}
    table = issues_by_article()

    assert {issue for issues in table.values() for issue in issues} - known == set()
    assert table.keys() - {path.stem for path in ARTICLES.rglob("*.md")} == set()
