"""Exports of other products as examples: whose columns they are, what a cell means, and how each fault is named."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from classifier import BadExamples, Example, read_examples
from classifier.columns import layout_of
from classifier.examples import MOST_CELL_CHARACTERS, Problem, iter_examples

SERVICENOW = "number,short_description,description,category,subcategory,assignment_group,priority,sys_created_on"
ZENDESK = "Summation column,Id,Requester,Requester email,Assignee,Group,Subject,Tags,Status,Priority,Via,Created at"
JIRA = "Summary,Issue key,Issue id,Issue Type,Priority,Component/s,Component/s,Labels,Labels,Created,Description"


def write(folder: Path, *lines: str, name: str = "export.csv", encoding: str = "utf-8", end: str = "\n") -> Path:
    file = folder / name
    file.write_bytes((end.join(lines) + end).encode(encoding))
    return file


def refusal(file: Path, **how: dict[str, str]) -> str:
    with pytest.raises(BadExamples) as refused:
        read_examples(file, **how)
    return str(refused.value)


# -- whose columns they are -------------------------------------------------------------------------------------------


def test_a_servicenow_incident_is_read_by_its_column_names(tmp_path):
    file = write(
        tmp_path,
        SERVICENOW,
        'INC0012345,No sound in calls,"Headset is in, nobody hears me",Teams,Audio,Voice,2 - High,2026-03-01 08:00',
    )

    assert read_examples(file) == [
        Example(
            "No sound in calls\nHeadset is in, nobody hears me",
            "Teams",
            urgency="high",
            source="INC0012345",
            date="2026-03-01 08:00",
        )
    ]


def test_labels_as_header_are_the_same_as_names(tmp_path):
    file = write(tmp_path, "Number,Short description,Assignment group,Priority", "INC1,No toner,Printing,4 - Low")

    assert read_examples(file) == [Example("No toner", "Printing", urgency="low", source="INC1")]


def test_a_zendesk_csv_is_read_by_its_column_names(tmp_path):
    row = "1,4711,Ana,ana@example.com,Ben,Network,VPN drops,vpn,Open,Urgent,Mail,2026-03-01 08:00"

    file = write(tmp_path, ZENDESK, row)

    assert read_examples(file) == [
        Example("VPN drops", "Network", urgency="critical", source="4711", date="2026-03-01 08:00")
    ]


def test_zendesk_json_lines_are_tickets_with_the_group_as_an_object(tmp_path):
    ticket = {
        "id": 4711,
        "subject": "VPN drops",
        "description": "VPN drops",
        "requester": {"name": "Ana"},
        "group": {"id": 9, "name": "Network"},
        "priority": None,
        "problem_id": 12,
        "created_at": "2026-03-01",
    }

    file = write(tmp_path, json.dumps(ticket), name="tickets.json")

    assert read_examples(file) == [Example("VPN drops", "Network", issue="12", source="4711", date="2026-03-01")]


def test_a_jira_row_takes_the_first_component_that_is_filled(tmp_path):
    file = write(
        tmp_path,
        JIRA,
        "Printer jams,IT-7,10007,Incident,Highest,,Printing,a,b,22/Oct/26 16:55,Tray 2",
        "Slow laptop,IT-8,10008,Incident,Medium,Windows,Hardware,,,22/Oct/26 16:58,",
    )

    assert read_examples(file) == [
        Example("Printer jams\nTray 2", "Printing", urgency="critical", source="IT-7", date="22/Oct/26 16:55"),
        Example("Slow laptop", "Windows", urgency="normal", source="IT-8", date="22/Oct/26 16:58"),
    ]


@pytest.mark.parametrize(
    ("document", "read"),
    [
        (
            {"records": [{"number": "INC1", "short_description": "No toner", "category": "printing", "priority": "1"}]},
            Example("No toner", "printing", urgency="critical", source="INC1"),
        ),
        (
            {"result": [{"short_description": "x", "assignment_group": {"display_value": "Voice", "link": "y"}}]},
            Example("x", "Voice"),
        ),
        (
            {"tickets": [{"id": 3, "subject": "x", "group": {"name": "Network"}}], "count": 1},
            Example("x", "Network", source="3"),
        ),
        (
            {
                "startAt": 0,
                "total": 1,
                "issues": [
                    {
                        "key": "IT-7",
                        "fields": {
                            "summary": "Printer jams",
                            "description": None,
                            "priority": {"name": "Low"},
                            "components": [{"name": "Printing"}, {"name": "Hardware"}],
                        },
                    }
                ],
            },
            Example("Printer jams", "Printing", urgency="low", source="IT-7"),
        ),
        ([{"text": "no toner", "category": "printing", "tier": 2}], Example("no toner", "printing", 2)),
    ],
    ids=["servicenow records", "servicenow result", "zendesk", "jira", "own"],
)
def test_a_json_document_holds_its_rows_in_a_list(tmp_path, document, read):
    file = write(tmp_path, json.dumps(document, indent=2), name="export.json")

    assert read_examples(file) == [read]


def test_our_own_columns_are_read_as_in_jsonl(tmp_path):
    file = write(
        tmp_path, "text,category,tier,urgency,issue", "no toner, printing ,2,soon,toner", "paper jam,printing,,,"
    )

    assert read_examples(file) == [
        Example("no toner", "printing", 2, "soon", issue="toner"),
        Example("paper jam", "printing"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "urgency"),
    [
        ("short_description,category,priority", "x,y,1", "critical"),
        ("short_description,category,priority", "x,y,3 - Moderate", "normal"),
        ("short_description,category,priority", "x,y,5 - Planning", "low"),
        ("short_description,category,urgency", "x,y,1", "high"),
        ("short_description,category,urgency", "x,y,1 - High", "high"),
        ("short_description,category,urgency", "x,y,3", "low"),
        ("subject,requester,group,priority", "x,ana,y,normal", "normal"),
        ("subject,requester,group,priority", "x,ana,y,-", None),
        ("summary,issue key,component/s,priority", "x,IT-1,y,Lowest", "low"),
        ("summary,issue key,component/s,priority", "x,IT-1,y,Blocker", "critical"),
        ("summary,issue key,component/s,priority", "x,IT-1,y,1", None),
        ("summary,issue key,component/s,priority", "x,IT-1,y,When convenient", None),
    ],
)
def test_a_priority_becomes_the_desks_urgency_and_an_unknown_one_none(tmp_path, header, row, urgency):
    assert [example.urgency for example in read_examples(write(tmp_path, header, row))] == [urgency]


def test_a_folder_may_hold_both_formats_and_a_text_only_once(tmp_path):
    write(tmp_path, "text,category", "no toner,printing", name="b.csv")
    write(tmp_path, '{"text": "No  TONER", "category": "printing"}', name="a.jsonl")

    assert refusal(tmp_path) == "b.csv:2: the same text as a.jsonl:1; remove one of the two"


def test_labels_hold_for_exports_too(tmp_path):
    file = write(tmp_path, "text,category", "no toner,printin")

    with pytest.raises(BadExamples, match=r'^export\.csv:2: unknown category "printin" \(did you mean "printing"\?\)$'):
        read_examples(file, labels={"printing"})


# -- columns as the operator names them -------------------------------------------------------------------------------


def test_named_columns_come_before_known_ones_and_plus_joins_them(tmp_path):
    file = write(tmp_path, "short_description,notes,category,assignment_group", "No toner,Room 5,hardware,Printing")

    assert read_examples(file, columns={"text": "notes + Short Description", "category": "assignment_group"}) == [
        Example("Room 5\nNo toner", "Printing")
    ]


def test_columns_nobody_knows_can_be_named(tmp_path):
    file = write(tmp_path, "Problem;Team;Area;Severity;A+B", "No toner;Printing;Site 1;Sev 1;de")
    named = {"text": "problem", "category": "team+area", "urgency": "severity", "language": "a+b"}

    assert read_examples(file, columns=named) == [
        Example("No toner", "Printing / Site 1", urgency="Sev 1", language="de")
    ]


def test_named_columns_hold_for_json_lines_and_reach_one_level_down(tmp_path):
    rows = [{"body": "No toner", "team": {"id": 3, "lead": "Ana"}}, {"body": "Jam", "team": None}]

    file = write(tmp_path, *map(json.dumps, rows), name="rows.jsonl")
    first, second = iter_examples(file, columns={"text": "body", "category": "team.lead"})

    assert first == Example("No toner", "Ana")
    assert second == Problem(
        "rows.jsonl:2",
        'the category ("team.lead") is empty; fill it in, or take another column with --column category=COLUMN',
    )


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_a_named_column_that_no_json_row_has_is_named_with_those_that_there_are(tmp_path, name):
    rows = [{"Body": "No toner", "team": {"lead": "Ana"}}, {"Body": "Jam", "team": {"lead": "Bo"}, "Level": 2}]
    lines = map(json.dumps, rows if name == "rows.jsonl" else [rows])
    file = write(tmp_path, *lines, name=name)
    named = {"text": "body", "category": "team.lead"}
    there = "the columns are Body, team, team.lead, Level"

    assert [row.tier for row in read_examples(file, columns=named | {"tier": "level"})] == [None, 2]
    for slip in ({"tier": "levle"}, {"text": "body+levle"}):
        said = refusal(file, columns=named | slip)
        assert said == f'{name}: there is no column "levle" (did you mean "Level"?); {there}'


def test_a_misspelt_column_of_the_text_is_named_in_the_first_row_already(tmp_path):
    file = write(tmp_path, '{"Body": "No toner", "team": "Printing"}', name="rows.jsonl")

    first = next(iter_examples(file, columns={"text": "boddy", "category": "team"}))

    assert first == Problem(
        "rows.jsonl:1", 'there is no column "boddy" (did you mean "Body"?); the columns are Body, team'
    )


def test_ever_new_names_in_json_rows_are_not_all_remembered(tmp_path):
    rows = [{"text": "x", "category": "y", f"id {number}": 1} for number in range(3_000)]

    said = refusal(write(tmp_path, *map(json.dumps, rows), name="rows.jsonl"), columns={"tier": "level"})

    assert said.endswith("id 37 and 960 more")  # of the thousand that are remembered


def test_a_header_nobody_knows_is_listed_with_the_remedy(tmp_path):
    file = write(tmp_path, "Titel;Team name;Prio", "x;y;z")

    assert refusal(file) == (
        "export.csv:1: no column is known to hold the text and the category; the columns are Titel, Team name, Prio; "
        'say which to take, for instance --column text=Titel --column category="Team name"'
    )


def test_a_product_without_a_category_asks_for_that_only(tmp_path):
    file = write(tmp_path, "Summary,Issue key,Team", "x,IT-1,y")

    assert refusal(file) == (
        "export.csv:1: no column is known to hold the category; the columns are Summary, Issue key, Team; "
        "say which to take, for instance --column category=Team"
    )


def test_hundreds_of_columns_are_not_all_listed(tmp_path):
    file = write(tmp_path, ",".join(f"c{n}" for n in range(300)))

    assert "c38, c39 and 260 more; say" in refusal(file)


def test_a_named_column_that_is_not_there_gets_a_suggestion(tmp_path):
    file = write(tmp_path, "text,category,Team Name", "x,y,z")

    assert refusal(file, columns={"category": "team-name"}) == (
        'export.csv:1: there is no column "team-name" (did you mean "Team Name"?); '
        "the columns are text, category, Team Name"
    )


def test_a_repeated_name_is_one_column_with_several_cells(tmp_path):
    file = write(tmp_path, "text,Category,text,category", "a,,b,y", "c,x,c,y")

    assert read_examples(file) == [Example("a\nb", "y"), Example("c", "x")]
    assert layout_of(["Text", "text", "category"], {}).header["text"] == "Text"


# -- delimiters and encodings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_delimiter_is_the_one_under_which_the_header_is_known(tmp_path, delimiter):
    header = delimiter.join(["Summary", "Issue key", "Component/s", '"Custom field (a, b; c\td, e, f; g; h\ti\tj)"'])

    file = write(tmp_path, header, delimiter.join(['"one; two, three\tfour"', "IT-1", "y", ""]))

    assert read_examples(file) == [Example("one; two, three\tfour", "y", source="IT-1")]


def test_a_space_after_the_delimiter_does_not_make_a_quote_part_of_the_cell(tmp_path):
    assert read_examples(write(tmp_path, 'text, "category"', 'x, "y, z"')) == [Example("x", "y, z")]


def test_more_commas_than_semicolons_in_a_header_do_not_make_it_a_comma_file(tmp_path):
    file = write(tmp_path, "text;category;a, b, c, d, e", "hello, hello;y;")

    assert read_examples(file) == [Example("hello, hello", "y")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_each_encoding_and_line_end_of_a_spreadsheet_is_read(tmp_path, encoding, end):
    file = write(tmp_path, "text;category", "Müller’s 打印机;y", ";z", encoding=encoding, end=end)

    first, second = iter_examples(file)

    assert first == Example("Müller’s 打印机", "y")
    assert isinstance(second, Problem)
    assert second.place == "export.csv:3"


def test_a_row_in_another_encoding_is_named_and_the_others_are_kept(tmp_path):
    file = write(tmp_path, "text,category", "fine,y", "Müller,y", encoding="cp1252")

    assert refusal(file) == (
        'export.csv:3: a letter in this row is not UTF-8; save the file as UTF-8 (in Excel: "CSV UTF-8")'
    )
    assert read_examples(file, skip_bad=True) == [Example("fine", "y")]


@pytest.mark.parametrize(
    ("encoding", "header"), [("cp1252", "text,category,Priorität"), ("utf-16-le", "text,category")]
)
def test_a_header_in_another_encoding_is_one_sentence(tmp_path, encoding, header):
    file = write(tmp_path, header, *["Müller,y"] * 30, encoding=encoding)

    assert refusal(file) == (
        'export.csv:1: neither UTF-8 nor UTF-16 with its mark; save the file as UTF-8 (in Excel: "CSV UTF-8")'
    )


def test_nul_bytes_inside_a_cell_are_dropped(tmp_path):
    assert read_examples(write(tmp_path, "text,category", "no\0 toner,y\0")) == [Example("no toner", "y")]


# -- rows that are not as they should be ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_bad_row_is_named_by_the_line_it_begins_on_after_cells_of_several_lines(tmp_path, end):
    lines = ["", "text,category", '"one', "", 'two\rhalf",y', "", ",y", '"three', 'four",', "five,y"]

    problems = [str(row) for row in iter_examples(write(tmp_path, *lines, end=end)) if isinstance(row, Problem)]

    assert [problem.partition(";")[0] for problem in problems] == [
        'export.csv:7: the text ("text") is empty',
        'export.csv:8: the category ("category") is empty',
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("only a text", "1 cells under a header of 3"),
        ("one, two, y, z", "4 cells under a header of 3"),
        ('"say "hello" to,y,', "a quote or a line break stands bare, or a quoted cell never ends"),
        ("x,y,soon", '"tier" must be a whole number such as 1, 2 or 3, not "soon"'),
        ("x,y," + "9" * 5000, '"tier" must be a whole number'),
        (" , ,1", 'the text ("text") is empty'),
    ],
)
def test_a_bad_row_is_named_and_skipped_only_when_told(tmp_path, row, said):
    file = write(tmp_path, "text,category,tier", "fine,y,1", row, "also fine,y,")
    skipped: list[str] = []

    assert refusal(file).startswith(f"export.csv:3: {said}")
    assert [each.text for each in read_examples(file, skip_bad=True, on_skip=skipped.append)] == ["fine", "also fine"]
    assert [problem.split(": ")[0] for problem in skipped] == ["export.csv:3"]


def test_cells_missing_or_spare_at_the_end_of_a_row_do_no_harm_when_nothing_is_lost(tmp_path):
    file = write(tmp_path, "text,category,notes,more", "a,y", "b,y,n,m,,", ",,,")

    assert [each.text for each in read_examples(file)] == ["a", "b"]


def test_a_quoted_cell_that_never_ends_is_named_where_it_begins(tmp_path):
    file = write(tmp_path, "text,category", "fine,y", '"never closed,y', "swallowed,y")

    assert refusal(file).startswith(
        "export.csv:3: a quote or a line break stands bare, or a quoted cell never ends; put"
    )


def test_a_huge_cell_is_read_and_one_past_every_measure_is_a_bad_row(tmp_path):
    huge, endless = "x" * 1_000_000, "x" * (MOST_CELL_CHARACTERS + 1)
    file = write(tmp_path, "text,category", f'"{huge}",y', f'"{endless}",y', "fine,y")

    first, second, third = iter_examples(file)

    assert (first, third) == (Example(huge, "y"), Example("fine", "y"))
    assert str(second).startswith("export.csv:3: ")


def test_an_empty_export_and_a_header_alone_hold_no_examples(tmp_path):
    empty, header = tmp_path / "empty.csv", write(tmp_path, "text,category")
    empty.write_bytes(b"")

    assert "no examples" in refusal(empty)
    assert "no examples" in refusal(header)


def test_a_row_of_a_json_document_is_named_by_the_line_it_begins_on(tmp_path):
    file = write(
        tmp_path,
        '{"records": [',
        '  {"short_description": "x",',
        '   "category": "y"},',
        "  7,",
        '  {"b"',
        "}]}",
        name="r.json",
    )

    rows = iter_examples(file)

    assert next(rows) == Example("x", "y")
    assert str(next(rows)).startswith("r.json:4: a row must be an object")
    with pytest.raises(BadExamples, match=r"^r\.json:5: not JSON \(.+\); export the file again$"):
        next(rows)


def test_a_member_longer_than_what_is_read_at_once_is_whole(tmp_path):
    rows = [{"text": "x" * length, "category": "y"} for length in (10, 300_000, 65_000, 20)]

    file = write(tmp_path, json.dumps(rows), name="r.json")

    assert [len(each.text) for each in read_examples(file)] == [10, 300_000, 65_000, 20]


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl", "r.json"])
def test_reading_holds_one_row_at_a_time(tmp_path, name):
    row = {"text": "x" * 1_000, "category": "y"}
    body = {
        "r.csv": "text,category\n" + f"{row['text']},y\n" * 5_000,
        "r.jsonl": (json.dumps(row) + "\n") * 5_000,
        "r.json": "[" + ",".join([json.dumps(row)] * 5_000) + "]",
    }
    (tmp_path / name).write_text(body[name])
    tracemalloc.start()

    count = sum(isinstance(each, Example) for each in iter_examples(tmp_path / name))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 5_000
    assert peak < 1_000_000  # of 5 MB


def test_reading_a_folder_remembers_that_a_text_was_there_and_not_the_text(tmp_path):
    for name in "ab":
        lines = (json.dumps({"text": f"{name} {number} " + "x" * 1_000, "category": "y"}) for number in range(2_500))
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    tracemalloc.start()

    count = sum(isinstance(each, Example) for each in iter_examples(tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 5_000
    assert peak < 2_000_000  # of 5 MB


# -- whatever comes ---------------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        *(b"text", b"category", b"tier", b"short_description", b"Summary", b"Issue key", b"Component/s", b"Subject"),
        *(b"Group", b",", b";", b"\t", b"\n", b"\r", b'"', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"x", b"1"),
        *(
            b"[",
            b"]",
            b"{",
            b"}",
            b":",
            b'{"text": "a", "category": "b"}',
            b'"records": [',
            b"null",
            b"\\ud800",
            b"1e999",
        ),
    ]
)
BYTES = st.one_of(st.binary(max_size=80), st.lists(FRAGMENTS, max_size=40).map(b"".join))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    BYTES, st.sampled_from([".csv", ".tsv", ".json", ".jsonl"]), st.sampled_from([None, {"text": "x+1", "tier": "1"}])
)
@example(b"\xff\xfe,", ".csv", None)
@example(b"[" * 3_000, ".json", None)
@example(b'text,category\n"', ".csv", None)
def test_no_bytes_raise_anything_but_bad_examples(tmp_path, content, suffix, columns):
    file = tmp_path / f"any{suffix}"
    file.write_bytes(content)

    for skip_bad in (False, True):
        try:
            rows = read_examples(file, skip_bad=skip_bad, columns=columns)
        except BadExamples:
            continue
        assert rows
        assert all(row.text.strip() and row.category for row in rows)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(lambda cell: cell.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-16"]))
def test_whatever_is_quoted_comes_back_as_it_was(tmp_path, pairs, delimiter, encoding):
    def quoted(cells: tuple[str, str]) -> str:
        return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells)

    file = write(tmp_path, f"text{delimiter}category", *map(quoted, pairs), encoding=encoding)

    assert [(row.text, row.category) for row in read_examples(file)] == [
        (text.strip(), category.strip()) for text, category in pairs
    ]
