"""What people see when Slack repeats itself, fails, or the desk restarts: each of them one answer."""

from dataclasses import replace
from pathlib import Path

from bot.app import build_desk
from bot.demo import manifest, settings_for
from bot.store.inbox import STARTS_CAP
from bot.workspace.server import serve
from bot.workspace.sockets import Timing
from bot.workspace.state import Workspace
from classifier.prediction import Prediction
from tests.faults.town import seed_with_newcomers
from tests.office import HELP, HurriedClock, Office, open_office, small_advisor, words

PROBLEM = "outlook keeps asking for my password"


def test_duplicate_deliveries_are_answered_once(office: Office) -> None:
    asked = office.says("grace", PROBLEM)
    office.hears(HELP, asked)
    office.faults.redeliver(None, fresh_id=True)
    office.faults.redeliver(None)
    office.settled()

    assert len(office.messages(HELP, asked)) == 1
    assert office.cases() == 1


def test_a_burst_of_fifty_reports_is_answered_to_the_last_within_slacks_limit(tmp_path: Path) -> None:
    with open_office(tmp_path, now=HurriedClock(), seed=seed_with_newcomers(50)) as office:
        asked = [office.says(f"n{number:03}", PROBLEM) for number in range(1, 51)]
        office.settled()

        assert [len(office.messages(HELP, ts)) for ts in asked] == [1] * 50


def test_a_lost_answer_of_slack_posts_nothing_twice(office: Office) -> None:
    office.faults.swallow("chat.postMessage")
    asked = office.says("grace", PROBLEM)
    office.settled()

    assert len(office.messages(HELP, asked)) == 1


def test_a_lost_answer_is_looked_up_in_a_direct_message_too(office: Office) -> None:
    office.faults.swallow("chat.postMessage")
    office.says("grace", PROBLEM, "@grace")
    office.settled()

    assert len(office.messages("@grace")) == 1


def test_when_slack_says_not_so_fast_the_desk_waits_and_then_answers(office: Office) -> None:
    office.faults.throttle("chat.postMessage", retry_after=1)
    asked = office.says("grace", PROBLEM)
    office.settled()

    assert len(office.messages(HELP, asked)) == 1


def test_an_outage_of_slack_delays_and_loses_nothing(office: Office) -> None:
    office.faults.break_down("chat.postMessage", 503, times=2)
    asked = office.says("grace", PROBLEM)
    office.settled()

    assert len(office.messages(HELP, asked)) == 1


def test_a_dropped_connection_comes_back(office: Office) -> None:
    office.faults.disconnect(politely=True)
    asked = office.says("grace", PROBLEM)

    assert "Outlook keeps asking" in words(office.hears(HELP, asked))


def test_a_restart_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    with serve(Workspace(manifest()), timing=Timing(retry_after=(0.0, 0.2, 0.5))) as running:
        with build_desk(settings_for(running, tmp_path), small_advisor()) as first:
            office = Office(running, first)
            asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
            answer = office.hears(HELP, asked)
        said_while_away = office.says("grace", PROBLEM)
        with build_desk(settings_for(running, tmp_path), small_advisor()) as second:
            office.desk = second
            office.presses("jonas", answer, "not_solved")

            assert "offline" in words(office.hears(HELP, asked))
            assert "Outlook keeps asking" in words(office.hears(HELP, said_while_away))


def test_what_breaks_on_our_side_is_admitted_and_kept(tmp_path: Path) -> None:
    def broken(_: str) -> Prediction:
        raise RuntimeError("the disk is on fire")

    advisor = replace(small_advisor(), predict=broken)
    with open_office(tmp_path, now=HurriedClock(), advisor=advisor) as office:
        asked = office.says("grace", PROBLEM)
        told = office.hears(HELP, asked)

        assert "Something went wrong on our side" in told.text
        assert "your IT service desk" in told.text
        assert "kept for you" in office.hears("desk-ops").text
        with office.desk.store.reading() as unit:
            assert unit.inbox.count("dead") == 1


def test_a_message_that_ended_the_process_again_and_again_is_put_aside_and_admitted(tmp_path: Path) -> None:
    with serve(Workspace(manifest())) as running:
        desk = build_desk(settings_for(running, tmp_path), small_advisor())
        asked = running.workspace.say("grace", HELP, PROBLEM)
        desk.intake.accept("events_api", running.workspace.ledger.events()[-1].payload)
        for _ in range(STARTS_CAP):
            with desk.store.transaction() as unit:
                unit.inbox.take()
            desk.store.recover()
        with desk:
            office = Office(running, desk)

            assert "Something went wrong on our side" in office.hears(HELP, asked).text
            assert "kept for you" in office.hears("desk-ops").text
