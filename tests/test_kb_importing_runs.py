"""Importing again and again: nothing doubles, nothing is lost, and what a person wrote stays."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles import Article
from knowledge_base.imported import (
    NO_CATEGORY,
    article_from,
    is_imported,
    library_articles,
    survey_any,
    survey_imported,
)
from knowledge_base.importing.files import Shelf, fingerprint, free_name, look
from knowledge_base.importing.incoming import Incoming
from knowledge_base.importing.run import Outcome, Unclear, guessed, import_articles
from knowledge_base.search import Library
from knowledge_base.translations import stale

TODAY = date(2026, 11, 22)
VPN = {"id": "vpn/1", "title": "VPN drops every hour", "body": "1. Open the client.\n2. Choose `Keep alive`."}
BADGE = {"id": "badge", "title": "Badge reader says no", "body": "Hold the badge flat."}


def imported_article(body: str, **values: object) -> Article:
    return article_from({"id": "a", "title": "A title", **values}, body)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "export.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ours"


def run(source: Path, folder: Path, *rows: object, **how: bool) -> Outcome:
    source.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return import_articles(source, "jsonl", folder, today=TODAY, **how)


def found(folder: Path, query: str) -> list[str]:
    return [hit.article.id for hit in Library(survey_imported(folder).articles).search(query)]


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_an_imported_article_is_found_under_the_id_of_its_source(source: Path, folder: Path) -> None:
    done = run(source, folder, VPN, BADGE)

    assert done.in_words() == "2 new, 0 changed, 0 as they were, 0 retired, 0 left out"
    assert found(folder, "my vpn drops") == ["vpn/1"]


def test_the_same_export_again_touches_no_file(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    done = run(source, folder, VPN, BADGE)

    assert (done.same, done.new, done.changed) == (2, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_changed_title_and_text_change_the_same_file(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)

    done = run(source, folder, {**VPN, "title": "Tunnel closes", "body": "Call the network team."}, BADGE)

    assert (done.changed, done.same, len(contents(folder))) == (1, 1, 2)
    assert "Call the network team." in contents(folder)["vpn-drops-every-hour.md"]


def test_what_is_gone_from_the_source_is_kept_and_not_found_and_comes_back(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    before = contents(folder)

    gone = run(source, folder, BADGE)
    assert (gone.retired, found(folder, "vpn drops")) == (1, [])
    assert "retired: 2026-11-22\n" in contents(folder)["vpn-drops-every-hour.md"]
    assert run(source, folder, BADGE).retired == 0

    back = run(source, folder, VPN, BADGE)
    assert (back.changed, found(folder, "vpn drops")) == (1, ["vpn/1"])
    assert contents(folder) == before


def test_a_row_that_is_bad_this_time_does_not_retire_its_article(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)

    done = run(source, folder, {**VPN, "body": ""}, BADGE)

    assert (done.retired, found(folder, "vpn drops")) == (0, ["vpn/1"])
    assert done.faults == ['export.jsonl, line 1: "body" is missing; add it']


def test_half_an_export_retires_nothing_unless_told_to(source: Path, folder: Path) -> None:
    many = [{"id": str(n), "title": f"Printer {n}", "body": "Restart it."} for n in range(30)]
    run(source, folder, *many)

    careful = run(source, folder, *many[:5])
    told = run(source, folder, *many[:5], retire_many=True)

    assert (careful.retired, told.retired) == (0, 25)
    assert "25 of 30 articles are not in this export" in careful.remarks[0]


def test_an_edited_file_is_named_and_kept_until_it_may_be_overwritten(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    path = folder / "vpn-drops-every-hour.md"
    path.write_text(path.read_text("utf-8").replace("Keep alive", "Stay connected"), "utf-8")

    unchanged = run(source, folder, VPN, BADGE)
    changed = run(source, folder, {**VPN, "body": "New text."}, BADGE)
    assert (unchanged.same, unchanged.kept, changed.kept) == (2, 0, 1)
    assert "1 edited by hand and kept" in changed.in_words()
    assert [str(path) in remark and "--overwrite" in remark for remark in changed.remarks] == [True]
    assert "Stay connected" in path.read_text("utf-8")

    assert run(source, folder, {**VPN, "body": "New text."}, BADGE, overwrite=True).changed == 1
    assert "New text." in path.read_text("utf-8")


def test_an_edited_file_that_is_gone_from_the_source_keeps_its_words(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    path = folder / "vpn-drops-every-hour.md"
    path.write_text(path.read_text("utf-8") + "Our own line.\n", "utf-8")

    assert run(source, folder, BADGE).retired == 1
    assert "Our own line." in path.read_text("utf-8")


def test_two_rows_with_one_id_count_once_and_the_second_is_named(source: Path, folder: Path) -> None:
    done = run(source, folder, VPN, {**VPN, "title": "Another"})

    assert done.new == 1
    assert done.faults == ['export.jsonl, line 2: id "vpn/1" is already used by export.jsonl, line 1; give it another']


def test_two_sources_do_not_retire_each_other(source: Path, folder: Path, tmp_path: Path) -> None:
    run(source, folder, VPN)
    pages = tmp_path / "pages.json"
    pages.write_text(json.dumps({"articles": [{"id": 7, "title": "Lift", "body": "<p>Take the stairs.</p>"}]}))

    assert import_articles(pages, "zendesk", folder).retired == 0
    assert run(source, folder, VPN).same == 1
    assert len(contents(folder)) == 2


def test_versions_in_two_languages_are_one_article(source: Path, folder: Path) -> None:
    run(source, folder, VPN, {**VPN, "language": "de-DE", "title": "VPN bricht ab", "body": "Den Client öffnen."})

    library = Library(survey_imported(folder).articles)
    assert [hit.article.title for hit in library.search("vpn", language="de")] == ["VPN bricht ab"]
    assert set(contents(folder)) == {"vpn-drops-every-hour.md", "vpn-bricht-ab.de.md"}


@pytest.mark.parametrize(
    ("row_id", "title", "name"),
    [
        ("../../etc/passwd", "../..", "etc-passwd.md"),
        ("C:\\x", "CON", "con-article.md"),
        ("1", "日本語", "1.md"),
        ("日本", "日本語", "article.md"),
        ("2", "a" * 400, f"{'a' * 60}.md"),
        ("3", "Größe: <b>100%</b> / Ende", "grosse-b-100-b-ende.md"),
    ],
)
def test_a_file_name_is_safe_on_every_system(source: Path, folder: Path, row_id: str, title: str, name: str) -> None:
    run(source, folder, {"id": row_id, "title": title, "body": "Text."})

    assert list(contents(folder)) == [name]
    assert [article.id for article in survey_imported(folder).articles] == [row_id]


def test_equal_titles_get_different_files_that_stay_theirs(source: Path, folder: Path) -> None:
    rows = [{"id": str(n), "title": "Printer", "body": f"Printer {n}"} for n in range(3)]
    run(source, folder, *rows)
    before = contents(folder)

    assert run(source, folder, *reversed(rows)).same == 3
    assert set(before) == {"printer.md", "printer-2.md", "printer-3.md"}
    assert contents(folder) == before


def test_values_that_yaml_would_read_otherwise_come_back_as_they_are(source: Path, folder: Path) -> None:
    run(source, folder, {"id": "no", "title": "yes: # 'x' & *y", "body": "---\nretired: true", "description": "null"})

    [article] = survey_imported(folder).articles
    assert (article.id, article.title, article.applies_when) == ("no", "yes: # 'x' & *y", "null")


def test_an_import_into_the_folder_that_it_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unclear, match="choose a folder beside it"):
        import_articles(tmp_path, "markdown", tmp_path / "ours")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jsonl", "jsonl"),
        ("a.json", "zendesk"),
        ("a.csv", "servicenow"),
        ("a.md", "markdown"),
        ("a.html", "confluence"),
    ],
)
def test_the_format_is_guessed_from_a_file_or_from_its_folder(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_text("x")

    assert (guessed(tmp_path / name), guessed(tmp_path)) == (kind, kind)


@pytest.mark.parametrize("name", ["export.zip", "export.txt"])
def test_what_cannot_be_guessed_comes_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")

    with pytest.raises(Unclear, match=r"unpack it first|say it with --format"):
        guessed(tmp_path / name)


def test_an_import_that_is_killed_leaves_whole_files_and_the_next_one_does_the_rest(source: Path, folder: Path) -> None:
    rows = [{"id": str(n), "title": f"Article {n}", "body": f"Text {n}. " * 200} for n in range(3000)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    command = [sys.executable, "-m", "bot", "kb", "import", str(source), "--into", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr
    with process.stderr as told:
        assert b"500 articles" in told.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    shelf = look(folder)
    assert 500 <= len(shelf.known) < 3000
    assert [each.path for each in shelf.known.values() if each.edited] == []
    again = import_articles(source, "jsonl", folder)
    assert (again.same, again.new) == (len(shelf.known), 3000 - len(shelf.known))
    assert not list(folder.glob(".*"))


def test_whoever_reads_a_file_while_it_is_changed_reads_all_of_the_old_one(source: Path, folder: Path) -> None:
    run(source, folder, VPN)
    path = folder / "vpn-drops-every-hour.md"
    old = path.read_text("utf-8")

    with path.open(encoding="utf-8") as reader:
        assert run(source, folder, {**VPN, "body": "New text."}).changed == 1
        assert reader.read() == old


def test_half_a_file_of_an_import_that_was_killed_is_no_article_and_is_cleared_away(source: Path, folder: Path) -> None:
    run(source, folder, VPN)
    (folder / ".badge.md.part").write_text('---\nid: "ba')

    run(source, folder, VPN)

    assert list(contents(folder)) == ["vpn-drops-every-hour.md"]


def test_a_damaged_file_is_named_with_its_line_and_the_others_serve(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    path = folder / "badge-reader-says-no.md"
    path.write_text("---\nid: badge\ntitle: [\n---\nText", "utf-8")

    survey = survey_imported(folder)
    assert [article.id for article in survey.articles] == ["vpn/1"]
    assert [fault.startswith(f"{path}: line ") for fault in survey.faults] == [True]


def test_imported_articles_get_honest_defaults() -> None:
    article = imported_article(
        "word " * 900, title="Error 0x80070643", category="cars", keywords=["kiosk", "screen is black"]
    )

    assert (article.minutes, article.reviewed, article.sources) == (4, date.min, ())
    assert (article.products, article.also_known_as) == (("kiosk",), ("screen is black",))
    assert article.error_codes == ("0x80070643",)
    assert article_from({"category": "cars"}, "x", categories={"outlook"}).category == NO_CATEGORY


def test_imported_articles_stand_beside_ours_and_take_the_place_of_the_same_id(source: Path, folder: Path) -> None:
    run(source, folder, VPN, BADGE)
    ours = [imported_article("Ours.", id="badge"), imported_article("Other.", id="other")]

    both = library_articles(ours, [folder])

    assert [(article.id, article.body) for article in both.articles] == [
        ("other", "Other."),
        ("badge", BADGE["body"]),
        ("vpn/1", VPN["body"]),
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert (
        library_articles([], [tmp_path / "nowhere"]).faults[0].startswith(f"{tmp_path / 'nowhere'}: there is no such")
    )


def test_an_export_can_be_searched_without_importing_it(source: Path, folder: Path) -> None:
    run(source, folder, VPN, "not json")

    survey = survey_any(source)
    assert [article.id for article in survey.articles] == ["vpn/1"]
    assert len(survey.faults) == 1
    assert is_imported(folder)


def test_the_fingerprint_of_a_file_does_not_count_its_own_lines() -> None:
    assert fingerprint('---\nid: "a"\nimported: "x"\nretired: 2026-11-22\n---\nText') == fingerprint(
        '---\nid: "a"\n---\nText'
    )
    assert fingerprint('---\nid: "a"\n---\nretired: no\n') != fingerprint('---\nid: "a"\n---\n')


def test_a_file_saved_with_a_byte_order_mark_stays_the_same_article(source: Path, folder: Path) -> None:
    run(source, folder, BADGE)
    path = folder / "badge-reader-says-no.md"
    path.write_text(path.read_text("utf-8"), "utf-8-sig")

    assert run(source, folder, BADGE).same == 1
    assert [article.id for article in survey_imported(folder).articles] == ["badge"]


def test_a_file_without_a_word_is_no_article_and_is_written_anew(source: Path, folder: Path) -> None:
    run(source, folder, BADGE)
    path = folder / "badge-reader-says-no.md"
    path.write_bytes(b"")

    survey = survey_imported(folder)
    assert (survey.articles, [str(path) in fault for fault in survey.faults]) == ((), [True])
    assert run(source, folder, BADGE).new == 1
    assert list(contents(folder)) == [path.name]
    assert found(folder, "badge reader") == ["badge"]


def test_the_text_is_on_the_disk_before_the_file_has_its_name(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def fsync(file: int) -> None:
        synced.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "fsync", fsync)  # whether a disk was told cannot be seen from here
    run(source, folder, VPN, BADGE)

    assert synced == [
        len((folder / name).read_bytes()) for name in ("vpn-drops-every-hour.md", "badge-reader-says-no.md")
    ]


@pytest.mark.parametrize("line", ['{"id": "badge", "title": "Badge rea', "[1", b"\xff".decode("latin-1")])
def test_a_line_that_cannot_be_read_may_be_any_article_so_nothing_is_retired(
    source: Path, folder: Path, line: str
) -> None:
    run(source, folder, VPN, BADGE)
    source.write_bytes(json.dumps(VPN).encode() + b"\n" + line.encode("latin-1"))

    careful = import_articles(source, "jsonl", folder, today=TODAY)
    told = import_articles(source, "jsonl", folder, today=TODAY, retire_many=True)

    assert (careful.retired, told.retired) == (0, 1)
    assert careful.remarks[0].startswith("1 of 2 articles were not found, but export.jsonl, line 2 could not be read")


def test_a_page_that_broke_on_its_way_retires_nothing(tmp_path: Path, folder: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in (1, 2):
        article = {"id": number, "title": f"Lift {number}", "body": "<p>Take the stairs.</p>"}
        (pages / f"{number}.json").write_text(json.dumps({"articles": [article]}))
    import_articles(pages, "zendesk", folder)
    (pages / "1.json").write_text((pages / "1.json").read_text()[:-5])

    assert import_articles(pages, "zendesk", folder).retired == 0


def test_a_quote_that_does_not_end_is_named_and_retires_nothing(tmp_path: Path, folder: Path) -> None:
    table = tmp_path / "kb.csv"
    text = 'number,short_description,text\nK1,One,"Press 1."\nK2,Two,"Press 2."\nK3,Three,"Press 3."\n'
    table.write_text(text)
    import_articles(table, "servicenow", folder)
    table.write_text(text.replace('1."', "1."))

    done = import_articles(table, "servicenow", folder)
    assert done.retired == 0
    assert done.faults[0].startswith("kb.csv: its quotes do not come in pairs")


@pytest.mark.parametrize("kind", ["markdown", "confluence"])
def test_one_page_alone_says_nothing_about_the_others(tmp_path: Path, folder: Path, kind: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    name = {"markdown": "{}.md", "confluence": "{}.html"}[kind]
    for number in (1, 2):
        text = f'# Lift {number}\n<h1 id="title-text">Lift {number}</h1>\n<div id="main-content">Take the stairs.</div>'
        (pages / name.format(number)).write_text(text)

    assert import_articles(pages, kind, folder).new == 2
    assert import_articles(pages / name.format(1), kind, folder).retired == 0


def test_an_article_whose_front_matter_broke_keeps_its_versions(tmp_path: Path, folder: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("lift", "stairs"):
        (pages / f"{name}.md").write_text(f"---\ntitle: {name}\nlanguage: de\n---\nText")
    import_articles(pages, "markdown", folder)
    (pages / "lift.md").write_text("---\ntitle: a: b\nlanguage: de\n---\nText")

    assert import_articles(pages, "markdown", folder).retired == 0


@pytest.mark.parametrize("damage", [(b'title: "', b"title: ["), (b"reader", b"L\xe4ser"), (b'language: "en"', b"")])
def test_a_file_that_an_edit_damaged_is_named_and_not_written_a_second_time(
    source: Path, folder: Path, damage: tuple[bytes, bytes]
) -> None:
    run(source, folder, BADGE)
    path = folder / "badge-reader-says-no.md"
    path.write_bytes(path.read_bytes().replace(*damage))

    done = run(source, folder, BADGE, VPN)

    assert str(path) in done.faults[0]
    assert (done.retired, path.exists()) == (0, True)
    if b"language" not in damage[0]:
        assert (done.new, done.kept, len(list(folder.iterdir()))) == (1, 1, 2)
        assert run(source, folder, BADGE, VPN, overwrite=True).changed == 1
        assert run(source, folder, BADGE, VPN).faults == []


@pytest.mark.parametrize("language", ["German", "x/../../../out", ""])
def test_a_language_that_is_no_code_is_refused(source: Path, folder: Path, language: str) -> None:
    source.write_text(json.dumps(VPN))

    with pytest.raises(Unclear, match="give its code"):
        import_articles(source, "jsonl", folder, language=language)


def test_folders_and_pipes_that_are_called_like_an_export_are_passed_over(tmp_path: Path, folder: Path) -> None:
    pages = tmp_path / "pages"
    (pages / "attachments.json").mkdir(parents=True)
    os.mkfifo(pages / "endless.json")
    (pages / "1.json").write_text(json.dumps({"articles": [{"id": 7, "title": "Lift", "body": "Take the stairs."}]}))
    (folder / ".notes.part").mkdir(parents=True)
    (folder / ".notes.md.part").mkdir()

    assert import_articles(pages, "zendesk", folder).new == 1
    assert {path.name for path in folder.iterdir()} == {"lift.md", ".notes.part", ".notes.md.part"}


def test_thousands_of_equal_titles_take_time_in_proportion(source: Path, folder: Path) -> None:
    shelf = Shelf({}, (), set())
    article = Incoming("line 1", "1", "Untitled", "Text", "en")

    names = {free_name(article, shelf) for _ in range(20_000)}

    assert len(names) == 20_000
    assert "untitled-20000.md" in names


def test_more_headings_than_one_can_read_do_not_make_a_file_that_cannot_be_read(tmp_path: Path, folder: Path) -> None:
    page = tmp_path / "Page_1.html"
    crumbs = "".join(f"<li>{'x' * 290}{number}</li>" for number in range(400))
    page.write_text(f'<ul id="breadcrumbs">{crumbs}</ul><h1 id="title-text">Lift</h1><div id="main-content">Text</div>')

    assert import_articles(page, "confluence", folder).new == 1
    assert import_articles(page, "confluence", folder).same == 1


def test_what_a_person_wrote_without_quotes_is_understood(source: Path, folder: Path) -> None:
    run(source, folder, {**BADGE, "id": "7", "modified": "2026-01-02"})
    path = folder / "badge-reader-says-no.md"
    text = path.read_text("utf-8").replace('"7"', "7").replace("2026-01-02", "2026-01-02 10:00:00")
    path.write_text(text, "utf-8")

    [article] = survey_imported(folder).articles
    assert (article.id, type(article.reviewed), article.reviewed) == ("7", date, date(2026, 1, 2))


def test_a_folder_is_known_as_imported_also_when_keywords_fill_the_first_page(source: Path, folder: Path) -> None:
    run(source, folder, {**BADGE, "keywords": [f"{number} {'k' * 90}" for number in range(50)]})

    assert is_imported(folder)


def test_an_imported_translation_is_as_up_to_date_as_its_source_says(source: Path, folder: Path) -> None:
    run(source, folder, VPN, {**VPN, "language": "de", "title": "VPN bricht ab"}, {**BADGE, "language": "de"})

    for where in (folder, source):
        assert stale(survey_any(where).articles) == []
