"""What happens to cases when a team goes home: who has them then, and what its list says."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from bot.app import build_desk
from bot.calendars import Calendar, week_from
from bot.cases import Case, State
from bot.demo import manifest, settings_for
from bot.desk.rounds import Rounds
from bot.routing import Queue, Team
from bot.workspace.messages import Message
from bot.workspace.server import serve
from bot.workspace.state import Workspace
from tests.office import HELP, Office, clock_at, open_office, small_advisor, words
from tests.transcripts.test_clocks import alarms, asks, desk_in, group, times, user

AFTERNOON = "2027-03-01 15:00"  # a Monday; Kraków goes home at 16:00 UTC, Oslo at 15:00, Bogotá at midnight
TEAMS = {team.name: team for queue in small_advisor().queues for team in queue.teams}


def digests(office: Office, where: str) -> list[str]:
    return [words(each) for each in office.messages(where) if "goes home" in each.text]


def at_endpoint(office: Office) -> Message:
    """A normal case of the Endpoint team, in which Pune and Kraków work."""
    asked, card = asks(office)
    office.reroutes("kasia", card, "Endpoint team")
    office.hears(HELP, asked)
    there = office.hears("queue-endpoint")
    office.settled()
    return there


def test_what_nobody_has_goes_to_the_team_that_is_awake_next_and_the_list_says_so(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(AFTERNOON)) as office:
        card = at_endpoint(office)
        office.passes(hours=1, minutes=1)

        (digest,) = digests(office, "queue-endpoint")
        assert "Kraków goes home" in digest
        assert "Passed on with the sun" in digest
        assert "case 1, Printing" in digest
        assert "unclaimed, for Pune" in digest
        # a quarter of the four hours is used, and Pune begins at 3:30 UTC; Kraków is back at 7:00
        assert times(digest) == ["2027-03-02 07:00", "2027-03-02 06:30"]
        assert "Pune" in words(office.sees(card))


def test_it_goes_to_a_team_that_speaks_the_persons_language(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-01 20:00")) as office:
        asked = office.says("diego", "la impresora no imprime nada, quiero hablar con una persona por favor", HELP)
        office.hears(HELP, asked)
        office.settled()
        before = office.case().assigned_team
        office.passes(hours=4, minutes=1)

        assert office.case().language == "es"
        assert (before, office.case().assigned_team) == ("bogota", "manila")


def test_what_somebody_has_stays_with_them_and_stands_on_the_list_of_their_own_team(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(AFTERNOON)) as office:
        _, card = asks(office)  # for Bogotá, which is at work longest
        office.presses("kasia", card, "claim")
        _, other = asks(office, "omar")
        office.fills("kasia", other, "send_to_user", {"text": "Which printer is it?", "flag": ["wait"]})
        office.settled()
        office.passes(hours=1, minutes=1)

        (digest,) = digests(office, "queue-service-desk")
        held, waiting = digest.split("Somebody has it")[1].split("Waiting for the person")
        assert f"case 1, Printing and scanning, normal: {user(office, 'kasia')}, due" in held
        assert f"case 2, Printing and scanning, normal: {user(office, 'kasia')}" in waiting
        assert "due" not in waiting
        assert office.case(1).assignee == office.workspace.person("kasia").id
        assert office.case(1).state is State.CLAIMED


def test_the_list_comes_once_a_shift_also_across_a_restart_and_not_at_all_where_there_is_nothing(
    tmp_path: Path,
) -> None:
    clock = clock_at(AFTERNOON)
    with serve(Workspace(manifest(), now=clock)) as running:
        with desk_in(running, tmp_path, clock) as office:
            _, card = asks(office)
            office.presses("kasia", card, "claim")
            office.settled()
            clock.move(61 * 60)
            office.desk.look_at_the_clock()
            office.settled()
        with desk_in(running, tmp_path, clock) as office:
            clock.watch(office.desk.look_at_the_clock)
            office.passes(hours=3)
            evening = len(digests(office, "queue-service-desk"))
            office.passes(hours=21)

            assert evening == 1
            assert len(digests(office, "queue-service-desk")) == 2
            assert digests(office, "queue-endpoint") == []


def test_a_shift_that_ended_while_the_desk_was_down_is_handed_over_when_it_is_back(tmp_path: Path) -> None:
    clock = clock_at(AFTERNOON)
    with serve(Workspace(manifest(), now=clock)) as running:
        with desk_in(running, tmp_path, clock) as office:
            at_endpoint(office)
        clock.move(2 * 60 * 60)
        with desk_in(running, tmp_path, clock) as office:
            office.settled()

            assert len(digests(office, "queue-endpoint")) == 1
            assert office.case().assigned_team == "pune"


def test_a_team_that_is_back_already_gets_no_list_of_yesterday(tmp_path: Path) -> None:
    clock = clock_at(AFTERNOON)
    with serve(Workspace(manifest(), now=clock)) as running:
        with desk_in(running, tmp_path, clock) as office:
            at_endpoint(office)
        clock.move(17 * 60 * 60)  # Tuesday, 9:00 in Kraków
        with desk_in(running, tmp_path, clock) as office:
            office.settled()

            assert digests(office, "queue-endpoint") == []
            assert office.case().assigned_team == "krakow"


def test_a_break_is_no_end_of_a_shift(tmp_path: Path) -> None:
    krakow = replace(
        TEAMS["krakow"], hours=Calendar("Europe/Warsaw", week_from({"mon": ["08:00-16:30", "17:30-20:00"]}))
    )
    advisor = replace(small_advisor(), queues=tuple(_with_team(queue, krakow) for queue in small_advisor().queues))
    with open_office(tmp_path, clock=clock_at(AFTERNOON), advisor=advisor) as office:
        at_endpoint(office)
        office.passes(hours=1)
        in_the_break = digests(office, "queue-endpoint")
        office.passes(hours=3, minutes=1)

        assert in_the_break == []
        assert len(digests(office, "queue-endpoint")) == 1


def test_a_list_before_holidays_says_when_the_team_is_back(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-04-30 14:00")) as office:
        card = at_endpoint(office)
        office.presses("kasia", card, "claim")
        office.passes(hours=1, minutes=1)

        (digest,) = digests(office, "queue-endpoint")
        assert "Back at work" in digest
        assert times(digest)[0] == "2027-05-04 06:00"  # Monday, 3 May, is a holiday


def test_the_list_of_an_onshore_queue_stays_onshore(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(AFTERNOON)) as office:
        _, card = alarms(office)
        office.presses("tom", card, "claim")
        asks(office)
        office.passes(hours=10)

        rooms = [channel.name for channel in office.workspace.channels.values() if not channel.is_im]
        telling = [room for room in rooms if any("case 1," in each for each in digests(office, room))]
        assert telling == ["queue-security"]


def test_something_critical_that_nobody_has_at_the_end_of_the_last_shift_calls_the_people_on_duty(
    tmp_path: Path,
) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-01 15:50")) as office:
        _, card = alarms(office)
        before = office.messages("queue-security", card.ts)
        office.passes(minutes=11)  # Berlin goes home

        assert before == []
        (digest,) = digests(office, "queue-security")
        assert "critical" in digest
        called = [
            each.text for each in office.messages("queue-security", card.ts) if "nobody of the queue" in each.text
        ]
        assert len(called) == 1
        assert any(group(office, handle) in called[0] for handle in ("on-call-security", "on-call-onshore"))


def test_the_list_marks_what_runs_out_before_the_team_is_back(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-01 15:30")) as office:
        _, card = alarms(office)
        office.fills("tom", card, "send_to_user", {"text": "Please keep the laptop on."})
        office.passes(minutes=31)

        (digest,) = digests(office, "queue-security")
        assert "before they are back" in digest
        assert times(digest) == ["2027-03-02 07:00", "2027-03-01 19:30"]


def test_a_week_of_absence_is_made_up_for_in_seconds_with_the_last_word_only(tmp_path: Path) -> None:
    clock = clock_at(AFTERNOON)
    with serve(Workspace(manifest(), now=clock)) as running:
        desk = build_desk(settings_for(running, tmp_path), small_advisor(), now=lambda: clock().timestamp())
        try:
            _fill(desk.rounds, 50)
            clock.move(7 * 24 * 60 * 60)
            began = time.monotonic()
            while desk.rounds.tick():
                pass

            assert time.monotonic() - began < 10  # 200 cases take 5 s on two slow cores
            with desk.store.reading() as unit:
                said = unit.conn.execute("SELECT purpose, count(*) FROM outbox GROUP BY purpose").fetchall()
            assert {("warned", 100), ("late", 100)} <= {tuple(row) for row in said}  # both clocks of each
        finally:
            desk.stop()


def _with_team(queue: Queue, team: Team) -> Queue:
    return replace(queue, teams=tuple(team if each.name == team.name else each for each in queue.teams))


def _fill(rounds: Rounds, number: int) -> None:
    """So many unclaimed cases of the service desk."""
    queue = rounds.staff.queue("service-desk")
    with rounds.store.transaction() as unit:
        for each in range(number):
            new = Case(
                0, "T", "C", f"{each}.0", None, f"U{each}", f"printer {each} prints nothing", category="printing"
            )
            opened = unit.cases.open(new)
            assert opened
            waiting = opened.handed_off(queue.name, f"card-{each}")
            waiting = replace(waiting, assigned_team=rounds.staff.team_for(waiting, queue, unit.now))
            unit.cases.keep(waiting, was=opened)
            rounds.clocks.start(unit, waiting)
            rounds.board.post(unit, waiting)
