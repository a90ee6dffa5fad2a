"""A team edits its files while the desk works: what is right counts within seconds, what is not changes nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bot.cases import State
from tests.office import HELP, Office, clock_at, open_office, words
from tests.transcripts.test_clocks import alarms, asks, times, warnings

MONDAY = "2027-03-01 09:00"
DEFAULTS = Path(__file__).resolve().parents[2] / "bot/defaults"
IN_USE = "The changed files are in use."
NOT_USED = "The changed files are not used, the former ones stay in force."


def saves(office: Office, home: Path, file: str, *changes: tuple[str, str]) -> None:
    """A lead saves the desk's own file with some words replaced, everywhere."""
    text = (DEFAULTS / file).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / file).write_text(text, "utf-8")


def hears_of_it(office: Office) -> str:
    """What #desk-ops is told next about the files; the desk looks at them as often as it is woken."""
    seen = len(office.messages("desk-ops"))
    office.passes(seconds=6)
    for _ in range(200):
        office.desk.look_at_the_clock()
        with suppress(TimeoutError):
            office.workspace.wait_until(lambda: len(office.messages("desk-ops")) > seen, 0.05)
            break
    office.settled()
    return office.messages("desk-ops")[seen].text


def of_service_desk(answers: str) -> tuple[str, str]:
    """The first response that the service desk, and nobody else, promises for normal cases."""
    return (
        "answers = { critical = 15, high = 30, normal = 120,",
        f"answers = {{ critical = 15, high = 30, normal = {answers},",
    )


def test_a_changed_target_counts_at_once_for_what_comes_and_for_clocks_that_run(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.passes(minutes=35)
        before = warnings(office, card)
        saves(office, tmp_path, "queues.toml", of_service_desk("60"))

        assert IN_USE in hears_of_it(office)
        assert (before, warnings(office, card)) == ([], ["half"])
        assert "10:00 UTC" in words(office.sees(card))
        asked, _ = asks(office, "omar")
        assert times(office.messages(HELP, asked)[0].text) == ["2027-03-01 10:35"]


def test_time_that_was_spent_by_the_old_hours_stays_spent(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.presses("kasia", card, "claim")  # so Kraków's hours count
        office.passes(minutes=50)
        saves(
            office,
            tmp_path,
            "teams.toml",
            ('mon-fri = ["08:00-17:00"] }\ncountry = "PL"', 'tue-fri = ["08:00-17:00"] }\ncountry = "PL"'),
        )
        hears_of_it(office)

        # two hours were promised, and 50 minutes with some seconds are over: less than 1:10 on Tuesday from 7:00 UTC
        assert "2027-03-02 08:09 UTC" in words(office.sees(card))
        assert warnings(office, card) == []


def test_what_is_broken_is_told_in_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        saves(office, tmp_path, "queues.toml", of_service_desk("60"), ('region = "onshore"', 'region = "abroad"'))
        told = hears_of_it(office)
        for _ in range(3):
            office.passes(seconds=6)
        asked, _ = asks(office)

        assert told.startswith(f":warning: {NOT_USED} queues.toml: [security] region is 'abroad'")
        assert len(office.messages("desk-ops")) == 1
        assert times(office.messages(HELP, asked)[0].text) == ["2027-03-01 11:00"]


def test_a_queue_that_still_has_a_case_is_not_taken_away_until_the_case_has_ended(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.reroutes("kasia", card, "Network team")
        there = office.hears("queue-network")
        office.settled()
        # its table is renamed, so that [network] is gone; and the service desk would promise something else
        saves(office, tmp_path, "queues.toml", ("[network]", "[lines]"), of_service_desk("60"))
        hears_of_it(office)
        for who in ("omar", "grace"):  # the desk tries again in between, and is silent about it
            office.passes(seconds=6)
            asked, _ = asks(office, who)
        promised = times(office.messages(HELP, asked)[0].text)
        office.resolves("priya", there)
        office.settled()
        hears_of_it(office)

        refused, in_use = [each.text for each in office.messages("desk-ops")]
        assert f"{NOT_USED} queues.toml: [network] is gone and still has 1 open case;" in refused
        assert promised == ["2027-03-01 11:00"]
        assert IN_USE in in_use
        assert [queue.name for queue in office.desk.staff.queues if queue.title == "Network team"] == ["lines"]


def test_words_that_were_written_for_onshore_eyes_do_not_move_offshore_by_an_edit(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        alarms(office)
        security = (DEFAULTS / "queues.toml").read_text("utf-8").split("[security]")[1].split("\n[")[0]
        offshore = security.replace('"onshore"', '"offshore"').replace('"full"', '"redacted"')
        offshore = offshore.replace('["berlin", "oslo"]', '["pune"]')
        saves(office, tmp_path, "queues.toml", (security, offshore))

        assert "[security] would become offshore and has cases for onshore eyes only" in hears_of_it(office)
        assert office.desk.staff.queue("security").region == "onshore"


def test_a_case_whose_team_left_the_queue_goes_to_one_that_is_there(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.reroutes("kasia", card, "Endpoint team")
        there = office.hears("queue-endpoint")
        office.settled()
        before = office.case().assigned_team
        saves(office, tmp_path, "queues.toml", ('teams = ["pune", "krakow"]', 'teams = ["pune"]'))
        hears_of_it(office)

        assert (before, office.case().assigned_team) == ("krakow", "pune")
        assert "Pune" in words(office.sees(there))
        assert office.case().state is State.WAITING


def test_a_file_that_goes_wrong_and_right_and_wrong_again_is_told_each_time(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        saves(office, tmp_path, "queues.toml", ("[unsorted]", "[unsrted]"))
        first = hears_of_it(office)
        saves(office, tmp_path, "queues.toml", of_service_desk("60"))
        second = hears_of_it(office)
        saves(office, tmp_path, "queues.toml", ("[unsorted]", "[unsrted]"))
        third = hears_of_it(office)
        asked, _ = asks(office)

        assert NOT_USED in first
        assert IN_USE in second
        assert third == first
        assert times(office.messages(HELP, asked)[0].text) == ["2027-03-01 10:00"]


def test_when_slack_is_away_at_that_moment_the_files_count_as_soon_as_it_is_back(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        office.faults.break_down("conversations.list", 503, times=1)
        saves(office, tmp_path, "queues.toml", of_service_desk("60"))

        assert "Slack did not tell which channels there are" in hears_of_it(office)
        assert IN_USE in hears_of_it(office)


def test_a_new_queue_without_a_channel_is_in_use_and_the_operators_hear_what_is_missing(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        saves(office, tmp_path, "queues.toml", ('channel = "queue-network"', 'channel = "queue-lines"'))
        told = hears_of_it(office)

        assert IN_USE in told
        assert "#queue-lines of queue network is missing" in told
