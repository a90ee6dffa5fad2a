"""What a team edits: a fault names file, key and remedy; who is there when; a change counts without a restart."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.calendars import ALWAYS, Calendar, Hours, together
from bot.deskdata import DeskFiles, load_desk_data
from bot.routing import Team, named
from bot.settings import BadConfiguration

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = ROOT / "bot" / "defaults"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder without a file: all that counts comes with the desk."""
    return tmp_path


def edit(folder: Path, name: str, good: str, bad: str) -> None:
    """The file as it is, with its first `good` made `bad`."""
    own = folder / name
    text = (own if own.exists() else DEFAULTS / name).read_text("utf-8")
    assert good in text
    own.write_text(text.replace(good, bad, 1), "utf-8")


def team_of(folder: Path, name: str) -> Team:
    return next(team for team in load_desk_data(folder).teams if team.name == name)


def moment(day: str, clock: str = "12:00") -> float:
    return datetime.fromisoformat(f"{day}T{clock}+00:00").timestamp()


# -- faults ------------------------------------------------------------------------------------------------------------

FAULTS = [
    (
        "queues.toml",
        'region = "offshore"',
        'region = "offshroe"',
        "[service-desk] region is 'offshroe'; use offshore or onshore",
    ),
    (
        "queues.toml",
        'owns = ["network"]',
        'owns = ["netwrok"]',
        "unknown category 'netwrok'; did you mean \"network\"?",
    ),
    ("queues.toml", 'title = "Service desk"', 'titel = "x"', "unknown key 'titel'; did you mean \"title\"?"),
    ("queues.toml", "[unsorted]", "[unsortedd]", "there is no [unsorted]; add it"),
    ("queues.toml", 'tiers = [3]\nowns = ["*"]', "tiers = [3]\nowns = []", "nobody owns outlook at tier 3"),
    ("queues.toml", "[m365]", "a = 3\n[m365]", "[service-desk] unknown key 'a'; "),
    ("queues.toml", "[service-desk]", "a = 3\n[service-desk]", "[a] is 3; make it a heading"),
    ("queues.toml", "tiers = [1]\n", "tiers = 1\n", "[service-desk] tiers is 1; use a list of tiers, such as [1, 2]"),
    ("queues.toml", "tiers = [1]\n", "tiers = []\n", "[service-desk] tiers is []; use a list of tiers"),
    ("queues.toml", "tiers = [1]\n", "tiers = [1, 4]\n", "[service-desk] tiers[1] is 4; use a list of tiers"),
    ("queues.toml", "tiers = [1]\n", "", "[service-desk] 'tiers' is missing; add it"),
    ("queues.toml", 'title = "Service desk"', "title = 3", "[service-desk] title is 3; use words in quotes"),
    ("queues.toml", 'title = "Service desk"', 'title = ""', "[service-desk] title is ''; use words in quotes"),
    ("queues.toml", 'channel = "queue-m365"', "channel = true", "[m365] channel is True; use words in quotes"),
    ("queues.toml", 'owns = ["network"]', 'owns = "network"', "[network] owns is 'network'; use a list of categories"),
    ("queues.toml", 'owns = ["network"]', "owns = [1]", "[network] owns[0] is 1; use a list of categories"),
    (
        "queues.toml",
        "answers = { critical = 15,",
        "answers = { crit = 15,",
        "answers: unknown key 'crit'; did you mean",
    ),
    ("queues.toml", "critical = 15,", "", "[service-desk] answers: 'critical' is missing; add it"),
    ("queues.toml", "critical = 15,", 'critical = "15",', "[service-desk] answers.critical is '15'; use minutes"),
    ("queues.toml", "critical = 15,", "critical = 0,", "[service-desk] answers.critical is 0; use minutes"),
    ("queues.toml", "answers = {", "answers = 3 #", "[service-desk] answers is 3; use minutes, such as {"),
    (
        "queues.toml",
        'channel = "queue-security"',
        'channel = "queue-m365"',
        "[m365] and [security] share the channel 'queue-m365', but not region and `sees`; "
        "give [security] a channel of its own",
    ),
    ("queues.toml", 'title = "Service desk"', "title = ", "queues.toml cannot be read: Invalid value (at line 13"),
    ("policy.toml", "answer_above = 0.75", "answer_above = 45", "answer_above is 45; use a probability"),
    ("policy.toml", "answer_above = 0.75", 'answer_above = "0.45"', "answer_above is '0.45'; use a probability"),
    ("policy.toml", "answer_above = 0.75", "answer_above = nan", "answer_above is nan; use a probability"),
    (
        "policy.toml",
        "answer_above = 0.75",
        "answer_abov = 0.75",
        "unknown key 'answer_abov'; did you mean \"answer_above\"?",
    ),
    ("policy.toml", "clarify_with = 3", 'clarify_with = "3"', "clarify_with is '3'; use a whole number from 1 to 10"),
    ("policy.toml", "clarify_with = 3", "clarify_with = 0", "clarify_with is 0; use a whole number from 1 to 10"),
    ("policy.toml", "answer_above = 0.75", "", "'answer_above' is missing; add it"),
    ("rules.toml", 'queue = "onshore"', 'queue = "onshor"', "[data-loss] sends to unknown queue 'onshor'"),
    (
        "rules.toml",
        "[data-loss]",
        "[data-loss]\nunles = ['x']",
        "[data-loss] unknown key 'unles'; did you mean \"unless\"?",
    ),
    ("rules.toml", "[typed-credentials]", "a = 3\n[typed-credentials]", "[a] is 3; make it a heading"),
    ("rules.toml", "tier = 3", 'tier = "3"', "[typed-credentials] tier is '3'; use 1, 2 or 3"),
    ("rules.toml", "tier = 3", "tier = 4", "[typed-credentials] tier is 4; use 1, 2 or 3"),
    (
        "rules.toml",
        'urgency = "critical"',
        'urgency = "urgent"',
        "urgency is 'urgent'; use low, normal, high or critical",
    ),
    (
        "rules.toml",
        "[typed-credentials]",
        "[a]\nany = 'x'\nreason = 'x'\ntier = 1\nurgency = 'low'\nqueue = 'security'\n[typed-credentials]",
        "[a] any is 'x'; use a list with at least one expression in quotes",
    ),
    (
        "rules.toml",
        '["executives"]',
        '"executives"',
        "[executives] groups is 'executives'; use a list with at least one",
    ),
    ("rules.toml", '["executives"]', '["<!subteam^S1>"]', "[executives] '<!subteam^s1>' is no handle of a user group"),
    ("rules.toml", '["executives"]', "[]", "[executives] groups is []; use a list with at least one Slack user group"),
    ("rules.toml", "[executives]", "[executives]\nqueue = 'm365'", "[executives] unknown key 'queue'"),
    ("rules.toml", "unless = [", "unless = ['', ", "[typed-credentials] unless[0] is ''; use a list with at least one"),
    (
        "rules.toml",
        'category = "security"',
        "category = 3",
        "[typed-credentials] category is 3; use a category in quotes",
    ),
    (
        "taxonomy.toml",
        "[category.outlook]",
        "[categori.outlook]\n[category]\noutlook = 3\n[x]",
        "category.outlook is 3; use",
    ),
    ("rules.toml", "\\bransom", "\\bransom(", "[ransomware-or-malware] has an expression that cannot be read"),
    ("queues.toml", "resolves = {", "resolvs = {", "[service-desk] unknown key 'resolvs'; did you mean \"resolves\"?"),
    ("queues.toml", "resolves = {", "# {", "[service-desk] 'resolves' is missing; add it"),
    (
        "queues.toml",
        "critical = 240,",
        "critical = 0,",
        "[service-desk] resolves.critical is 0; use minutes, such as {",
    ),
    (
        "queues.toml",
        "critical = 240,",
        "critical = 14,",
        "[service-desk] resolves.critical is 14, less than answers.critical = 15; give it 15 minutes or more",
    ),
    (
        "queues.toml",
        '["manila", "krakow"]',
        '["mnila"]',
        "[m365] has the unknown team 'mnila'; did you mean \"manila\"?",
    ),
    (
        "queues.toml",
        '["manila", "krakow"]',
        '"manila"',
        "[m365] teams is 'manila'; use a list of teams from teams.toml",
    ),
    (
        "queues.toml",
        '["oslo", "berlin"]',
        '["oslo", "pune"]',
        "[onshore] is onshore and its team 'pune' is not; give it onshore teams only",
    ),
    ("queues.toml", 'lead = "desk-leads"', 'lead = ""', "[service-desk] lead is ''; use words in quotes"),
    ("teams.toml", "[manila]", "a = 3\n[manila]", "[a] is 3; make it a heading"),
    ("teams.toml", 'group = "team-manila"', "", "[manila] 'group' is missing; add it"),
    ("teams.toml", "country =", "county =", "[pune] unknown key 'county'; did you mean \"country\"?"),
    ("teams.toml", '"offshore"', '"offshroe"', "[manila] region is 'offshroe'; use offshore or onshore"),
    (
        "teams.toml",
        "Asia/Kolkata",
        "Asia/Kolkatta",
        "[pune] zone is 'Asia/Kolkatta', which does not exist; did you mean \"Asia/Kolkata\"?",
    ),
    (
        "teams.toml",
        "Asia/Kolkata",
        "IST+5:30",
        "[pune] zone is 'IST+5:30', which does not exist; use an IANA name, such as Europe/Berlin",
    ),
    ("teams.toml", "Asia/Kolkata", "../Kolkata", "[pune] zone is '../Kolkata', which does not exist; "),
    ("teams.toml", "Europe/Oslo", "Europe", "[oslo] zone is 'Europe', which does not exist; "),
    ("teams.toml", "09:00-18:00", "9-18", '[pune] hours: "mon-fri" has "9-18"; write from and to'),
    ("teams.toml", '{ mon-fri = ["09:00', '{ mo-fr = ["09:00', '[pune] hours: "mo-fr" is no day; write one of mon'),
    ("teams.toml", '["09:00-18:00"]', '"09:00-18:00"', "[pune] hours.mon-fri is '09:00-18:00'; use windows by day"),
    ("teams.toml", '["09:00-18:00"]', "[]", "[pune] hours has no window in the week; add one"),
    ("teams.toml", '{ mon-fri = ["09:00-18:00"] }', "3", "[pune] hours is 3; use windows by day, such as {"),
    ("teams.toml", '"IN"\n', '"XX"\n', '[pune] country: there is no country "XX"'),
    ("teams.toml", '"DE"\n', '"DE-XX"\n', '[berlin] country: "DE" has no part "XX"'),
    ("teams.toml", '"IN"\n', "91\n", "[pune] country is 91; use a country in two letters"),
    ("teams.toml", '["en", "hi"]', '["en", "hin"]', "[pune] languages[1] is 'hin'; use languages in two letters"),
    ("teams.toml", '["en", "hi"]', '["en", "HI"]', "[pune] languages[1] is 'HI'; use languages in two letters"),
    ("teams.toml", '["en", "hi"]', "[]", "[pune] languages is []; use languages in two letters, such as"),
    (
        "teams.toml",
        '"IN"\n',
        '"IN"\nclosed = ["2026-12-24"]\n',
        "[pune] closed[0] is '2026-12-24'; use a list of dates",
    ),
    (
        "teams.toml",
        '"IN"\n',
        '"IN"\nclosed = [2026-12-24T08:00:00]\n',
        "[pune] closed[0] is 2026-12-24 08:00:00; use a",
    ),
    (
        "teams.toml",
        '"IN"\n',
        '"IN"\nclosed = [2026-12-24]\nopen = [2026-12-24]\n',
        "[pune] has 2026-12-24 both in `closed` and in `open`; take it out of one",
    ),
    ("teams.toml", '"on-call-onshore"', '""', "[oslo] on_call is ''; use words in quotes"),
]


@pytest.mark.parametrize(("name", "good", "bad", "says"), FAULTS)
def test_a_fault_in_a_file_is_named_with_its_remedy(folder: Path, name: str, good: str, bad: str, says: str) -> None:
    edit(folder, name, good, bad)

    with pytest.raises(BadConfiguration) as fault:
        load_desk_data(folder)
    assert says in str(fault.value)
    assert name in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("text", ["# none", "category = 3", "category = []", "[category]", "[categories.outlook]"])
def test_a_taxonomy_without_categories_is_refused(folder: Path, text: str) -> None:
    (folder / "taxonomy.toml").write_text(text)

    with pytest.raises(BadConfiguration, match=r"^taxonomy\.toml: .*category"):
        load_desk_data(folder)


def test_queues_that_may_see_the_same_may_share_a_channel(folder: Path) -> None:
    edit(folder, "queues.toml", 'channel = "queue-network"', 'channel = "queue-m365"')

    assert len({queue.channel for queue in load_desk_data(folder).queues}) == 8


def test_the_files_that_come_with_the_desk_are_right(folder: Path) -> None:
    data = load_desk_data(folder)

    assert {queue.region for queue in data.queues} == {"offshore", "onshore"}
    assert len(data.categories) == 19
    assert {team.name: team.region for team in data.teams} == {
        "manila": "offshore",
        "pune": "offshore",
        "krakow": "offshore",
        "bogota": "offshore",
        "oslo": "onshore",
        "berlin": "onshore",
    }
    assert all(queue.teams and queue.lead == "desk-leads" for queue in data.queues)


@pytest.mark.parametrize("name", ["taxonomy.toml", "queues.toml", "teams.toml", "policy.toml", "rules.toml"])
@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_no_file_without_rules(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)

    with pytest.raises(BadConfiguration, match=rf"{name} is empty; fill it, or delete it to go back"):
        load_desk_data(folder)


def test_a_team_in_a_country_of_its_own_may_have_no_other_teams(folder: Path) -> None:
    (folder / "teams.toml").write_text("# none\n")

    with pytest.raises(BadConfiguration, match=r"\[service-desk\] has the unknown team 'manila'; add it to teams.toml"):
        load_desk_data(folder)


def test_a_target_may_be_as_long_for_the_solution_as_for_the_answer(folder: Path) -> None:
    edit(folder, "queues.toml", "critical = 240,", "critical = 15,")

    assert named("service-desk", load_desk_data(folder).queues).resolves["critical"] == 15


# -- who is there when -------------------------------------------------------------------------------------------------


def without_holidays(teams: tuple[Team, ...]) -> Hours:
    weeks = (team.hours for team in teams)
    return together([Calendar(each.zone, each.week) for each in weeks if isinstance(each, Calendar)])


def holes(hours: Hours, since: float, until: float) -> Iterator[tuple[str, str]]:
    """Each time with nobody at work, in UTC; `until` is at most a year away."""
    at = since
    while at < until:
        closes = (hours.closes(at) or until) if hours.is_open(at) else at
        at = hours.opens(closes) or until
        if closes < until:
            yield minute(closes), minute(at)


def minute(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("name", ["service-desk", "unsorted"])
def test_somebody_of_the_service_desk_is_at_work_at_every_moment_of_every_usual_year(folder: Path, name: str) -> None:
    hours = without_holidays(named(name, load_desk_data(folder).queues).teams)
    begin, end = moment("2026-01-01", "00:00"), moment("2030-01-01", "00:00")

    assert hours.worked(begin, end) == end - begin


@pytest.mark.parametrize("name", ["service-desk", "unsorted"])
@pytest.mark.parametrize("year", [2026, 2027])
def test_holidays_leave_it_empty_only_when_pune_and_krakow_are_both_off(folder: Path, name: str, year: int) -> None:
    """Manila and Bogotá work on holidays too; between them, on a weekday, there is nobody else."""
    queue = named(name, load_desk_data(folder).queues)
    two = [team.hours for team in queue.teams if team.name in ("pune", "krakow")]
    days = [date(year, 1, 1) + timedelta(days=each) for each in range(365)]
    both_off = [day for day in days if day.weekday() < 5 and all(off(hours, day) for hours in two)]

    found = list(holes(queue.hours, moment(f"{year}-01-01", "00:00"), moment(f"{year + 1}-01-01", "00:00")))

    assert found == [(f"{day} 07:00", f"{day} 12:00") for day in both_off]
    assert date(2026, 12, 25) in both_off or year == 2027


def off(hours: Hours, day: date) -> bool:
    return isinstance(hours, Calendar) and day in hours.holidays


def test_a_holiday_counts_in_the_country_of_the_team_alone(folder: Path) -> None:
    independence_day_of_poland = moment("2026-11-11", "10:00")

    assert not team_of(folder, "krakow").hours.is_open(independence_day_of_poland)
    assert team_of(folder, "berlin").hours.is_open(independence_day_of_poland)


def test_days_off_besides_and_days_on_in_spite_of_a_holiday_are_the_teams_own(folder: Path) -> None:
    edit(folder, "teams.toml", '"PL"', '"PL"\nclosed = [2026-11-12]\nopen = [2026-11-11]')

    hours = team_of(folder, "krakow").hours

    assert hours.is_open(moment("2026-11-11", "10:00"))
    assert not hours.is_open(moment("2026-11-12", "10:00"))


def test_days_off_need_no_country(folder: Path) -> None:
    edit(folder, "teams.toml", '"team-manila"', '"team-manila"\nclosed = [2026-11-12]')

    hours = team_of(folder, "manila").hours

    assert not hours.is_open(moment("2026-11-12", "01:00"))
    assert hours.is_open(moment("2026-11-13", "01:00"))


def test_a_queue_without_teams_is_staffed_at_all_hours(folder: Path) -> None:
    edit(folder, "queues.toml", 'teams = ["manila", "krakow"]', "")

    assert named("m365", load_desk_data(folder).queues).hours is ALWAYS


def test_a_start_does_not_wait_for_the_holidays_of_all_countries() -> None:
    """Importing them takes longer than all else."""
    code = (
        "import sys, pathlib, datetime; from bot.deskdata import load_desk_data; "
        "data = load_desk_data(pathlib.Path('nowhere')); print('holidays' in sys.modules); "
        "print(datetime.date(2026, 1, 26) in data.teams[1].hours.holidays, 'holidays' in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["False", "True", "True"]


# -- warnings ----------------------------------------------------------------------------------------------------------


def test_the_desks_own_files_warn_of_the_queues_that_nobody_wakes_up_for(folder: Path) -> None:
    said = load_desk_data(folder).warnings

    assert [warning.partition("] ")[0] for warning in said] == [
        "queues.toml: [m365",
        "queues.toml: [endpoint",
        "queues.toml: [network",
        "queues.toml: [identity",
    ]
    assert said[3] == (
        "queues.toml: [identity] has nobody at work from Monday 15:00 to Monday 20:00 (Asia/Manila) "
        "and nobody on call, so what is critical waits; add a team, or `on_call` to one of its teams"
    )


def test_a_hole_of_one_half_of_the_year_is_found(folder: Path) -> None:
    """Berlin's summer time opens an hour between it and Bogotá, which has none."""
    edit(folder, "teams.toml", '{ mon-sun = ["07:00-19:00"] }', '{ mon-sun = ["09:00-03:00"] }')
    edit(folder, "teams.toml", '{ mon-fri = ["08:00-17:00"] }', '{ mon-sun = ["08:59-15:00"] }')
    edit(folder, "queues.toml", '["manila", "krakow"]', '["krakow", "bogota"]')

    said = next(warning for warning in load_desk_data(folder).warnings if "[m365]" in warning)

    assert "from Monday 15:00 to Monday 16:00 (Europe/Warsaw)" in said


def test_a_queue_with_somebody_on_call_may_have_holes(folder: Path) -> None:
    edit(folder, "teams.toml", '"team-manila"', '"team-manila"\non_call = "on-call-manila"')

    assert not [warning for warning in load_desk_data(folder).warnings if "[m365]" in warning]


def test_a_queue_of_which_nobody_speaks_english_is_named(folder: Path) -> None:
    edit(folder, "teams.toml", '["en", "hi"]', '["hi"]')
    edit(folder, "queues.toml", '["pune", "krakow"]', '["pune"]')

    assert (
        "queues.toml: no team of [endpoint] speaks English, in which most people can meet; "
        'add a team that does, or "en" to the `languages` of one'
    ) in load_desk_data(folder).warnings


def test_a_team_of_theirs_that_no_queue_uses_is_named(folder: Path) -> None:
    said = "teams.toml: no queue has the team [oslo]; name it in the `teams` of one, or take it out"
    text = (DEFAULTS / "queues.toml").read_text("utf-8").replace('"oslo"', '"berlin"')
    (folder / "queues.toml").write_text(text, "utf-8")
    of_ours = load_desk_data(folder).warnings
    (folder / "teams.toml").write_bytes((DEFAULTS / "teams.toml").read_bytes())

    assert said not in of_ours
    assert said in load_desk_data(folder).warnings


# -- a change counts without a restart ---------------------------------------------------------------------------------

TITLE = 'title = "Service desk"'


def test_a_change_counts_at_the_second_look_and_once(folder: Path) -> None:
    desk = DeskFiles(folder)
    before = desk.current

    edit(folder, "queues.toml", TITLE, 'title = "Help point"')
    looks = [desk.look() for _ in range(4)]

    assert [data is not None for data in looks] == [False, True, False, False]
    assert looks[1] is desk.current
    assert (before.queues[0].title, desk.current.queues[0].title) == ("Service desk", "Help point")


@pytest.mark.parametrize("name", ["taxonomy.toml", "queues.toml", "teams.toml", "policy.toml", "rules.toml"])
def test_every_file_is_looked_at(folder: Path, name: str) -> None:
    desk = DeskFiles(folder)

    (folder / name).write_bytes((DEFAULTS / name).read_bytes() + b"# ours\n")

    assert [desk.look() is not None for _ in range(2)] == [False, True]


def test_what_is_still_being_written_does_not_count(folder: Path) -> None:
    """Half of rules.toml is a valid file with half the rules."""
    whole = (DEFAULTS / "rules.toml").read_text("utf-8")
    half = whole[: whole.index("\n[", len(whole) // 2)]
    desk = DeskFiles(folder)
    rules = len(desk.current.rules)

    said = []
    for text in ("", half, whole + "# ours\n"):
        (folder / "rules.toml").write_text(text, "utf-8")
        said.append(desk.look())
    after = desk.look()

    assert said == [None, None, None]
    assert after is not None
    assert len(after.rules) == rules


def test_a_fault_is_told_once_and_the_former_data_stay(folder: Path) -> None:
    desk = DeskFiles(folder)
    before = desk.current

    edit(folder, "queues.toml", '["manila", "krakow"]', '["mnila"]')

    assert desk.look() is None
    with pytest.raises(BadConfiguration, match="unknown team 'mnila'"):
        desk.look()
    os.utime(folder / "queues.toml", (1, 1))
    assert [desk.look() for _ in range(4)] == [None] * 4
    assert desk.current is before


def test_another_fault_is_told_again_and_then_the_right_file_counts(folder: Path) -> None:
    desk = DeskFiles(folder)
    edit(folder, "queues.toml", TITLE, "title = 3")
    desk.look()
    with pytest.raises(BadConfiguration, match="title is 3"):
        desk.look()

    edit(folder, "queues.toml", "title = 3", "title = 44")
    desk.look()
    with pytest.raises(BadConfiguration, match="title is 44"):
        desk.look()

    edit(folder, "queues.toml", "title = 44", 'title = "Help point"')
    desk.look()
    found = desk.look()
    assert found is not None
    assert found.queues[0].title == "Help point"


def test_a_fault_taken_back_leaves_all_as_it_was_and_is_told_when_it_comes_again(folder: Path) -> None:
    desk = DeskFiles(folder)
    before = desk.current
    for _ in range(2):
        edit(folder, "queues.toml", TITLE, "title = 3")
        desk.look()
        with pytest.raises(BadConfiguration):
            desk.look()

        (folder / "queues.toml").unlink()

        assert [desk.look() for _ in range(3)] == [None] * 3
        assert desk.current is before


def test_a_file_that_is_only_saved_again_is_no_change(folder: Path) -> None:
    edit(folder, "queues.toml", TITLE, 'title = "Help point"')
    desk = DeskFiles(folder)

    os.utime(folder / "queues.toml", (1, 1))

    assert [desk.look() for _ in range(3)] == [None] * 3


def test_a_file_taken_away_gives_way_to_the_desks_own(folder: Path) -> None:
    edit(folder, "queues.toml", TITLE, 'title = "Help point"')
    desk = DeskFiles(folder)

    (folder / "queues.toml").unlink()
    desk.look()
    found = desk.look()

    assert found is not None
    assert found.queues[0].title == "Service desk"


def test_the_desk_does_not_start_with_files_that_are_wrong(folder: Path) -> None:
    edit(folder, "queues.toml", TITLE, "title = 3")

    with pytest.raises(BadConfiguration, match="title is 3"):
        DeskFiles(folder)
