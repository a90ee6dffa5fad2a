"""What time does to a case: promises, warnings, pauses, reminders and endings, each seen by whoever it is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import build_desk
from bot.cases import State
from bot.demo import manifest, settings_for
from bot.workspace.messages import Message
from bot.workspace.moving import MovableClock
from bot.workspace.server import Running, serve
from bot.workspace.state import Workspace
from tests.office import HELP, Office, clock_at, open_office, small_advisor, words

MONDAY = "2027-03-01 09:00"  # Kraków is at work until 16:00 UTC, Berlin too
NIGHT = "2027-03-01 22:00"
PHISHED = "I clicked a phishing link and entered my password"


def asks(office: Office, who: str = "jonas") -> tuple[str, Message]:
    """A normal case for the service desk: (ts of the request, its card)."""
    asked = office.says(who, "printer prints nothing, jobs sit in the queue. human please")
    office.hears(HELP, asked)
    card = office.hears("queue-service-desk")
    office.settled()
    return asked, card


def alarms(office: Office) -> tuple[Message, Message]:
    """A critical case for the security team: (what Claire is told, its card)."""
    office.says("claire", PHISHED, "@claire")
    told, card = office.hears("@claire"), office.hears("queue-security")
    office.settled()
    return told, card


def times(text: str) -> list[str]:
    """The moments in a text, to the minute, in UTC."""
    found = (datetime.fromtimestamp(int(at), UTC) for at in re.findall(r"<!date\^(\d+)\^", text))
    return [f"{at:%Y-%m-%d %H:%M}" for at in found]


def warnings(office: Office, card: Message, clock: str = "First answer") -> list[str]:
    """What the card's thread was told about one of its clocks: half, four fifths, ran out."""
    told = [each.text for each in office.messages(office.workspace.channels[card.channel].name, card.ts)]
    shares = ("half", "four fifths", "ran out")
    return [share for text in told if clock in text for share in shares if share in text]


def group(office: Office, handle: str) -> str:
    return next(f"<!subteam^{each.id}>" for each in office.workspace.groups.values() if each.handle == handle)


def user(office: Office, handle: str) -> str:
    return f"<@{office.workspace.person(handle).id}>"


@contextmanager
def desk_in(running: Running, home: Path, clock: MovableClock) -> Iterator[Office]:
    with build_desk(settings_for(running, home), small_advisor(), now=lambda: clock().timestamp()) as desk:
        yield Office(running, desk)


# -- promises ----------------------------------------------------------------------------------------------------------


def test_in_working_hours_people_are_told_by_when_somebody_answers(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, _ = asks(office)

        told = office.messages(HELP, asked)[0].text
        assert "Someone answers by" in told
        assert times(told) == ["2027-03-01 11:00"]


def test_a_promise_shortly_before_a_shift_ends_counts_on_the_team_that_is_awake_then(tmp_path: Path) -> None:
    """Sunday 10:12: Manila goes home at 12:00 and is back at 22:00, but Bogotá begins when Manila ends."""
    with open_office(tmp_path, clock=clock_at("2027-02-28 10:12")) as office:
        asked, card = asks(office)
        told = office.messages(HELP, asked)[0].text
        office.passes(hours=2)

        assert times(told) == ["2027-02-28 12:12"]
        assert office.case().assigned_team == "bogota"
        assert "the time ran out" in office.messages("queue-service-desk", card.ts)[-1].text


def test_a_promise_is_not_broken_in_silence_and_one_that_was_kept_is_not_spoken_of(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        waits, _ = asks(office)
        helped, card = asks(office, "omar")
        office.fills("priya", card, "send_to_user", {"text": "which floor is it?"})
        office.passes(hours=2)
        office.passes(hours=9)

        late = [each.text for each in office.messages(HELP, waits) if "later than I told you" in each.text]
        assert len(late) == 1
        assert not any("later than" in each.text for each in office.messages(HELP, helped))


@pytest.mark.parametrize(
    ("at", "agent", "queue", "opens", "by"),
    [
        ("2027-03-02 01:00", "marco", "Network team", "2027-03-02 03:30", "2027-03-02 07:30"),  # at night
        ("2027-02-28 06:00", "marco", "Network team", "2027-02-28 12:00", "2027-02-28 16:00"),  # a Sunday
        ("2026-12-25 06:00", "marco", "Endpoint team", "2026-12-28 03:30", "2026-12-28 07:30"),  # Christmas
        ("2027-03-26 17:00", "lucia", "Endpoint team", "2027-03-29 03:30", "2027-03-29 07:30"),  # before a week-end
    ],
)
def test_a_person_in_riyadh_is_told_when_their_agents_day_begins_and_when_they_answer(
    tmp_path: Path, at: str, agent: str, queue: str, opens: str, by: str
) -> None:
    with open_office(tmp_path, clock=clock_at(at)) as office:
        asked, card = asks(office, "omar")
        office.reroutes(agent, card, queue)

        told = office.hears(HELP, asked).text
        assert "The team's day starts at" in told
        assert times(told) == [opens, by]


def test_a_promise_over_easter_and_the_night_in_which_the_clocks_change_is_no_hour_off(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-26 15:30")) as office:
        asked, card = asks(office)
        office.reroutes("kasia", card, "Endpoint team")

        # half an hour of Friday in Kraków, and three and a half of Monday in Pune, where Easter is a day like any other
        assert times(office.hears(HELP, asked).text) == ["2027-03-29 07:00"]


def test_what_is_critical_at_night_calls_the_people_on_duty_and_says_so(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(NIGHT)) as office:
        told, card = alarms(office)

        assert "I have called the people on duty" in told.text
        assert times(told.text) == ["2027-03-01 22:10"]
        assert group(office, "on-call-security") in office.hears("queue-security", card.ts).text


def test_where_nobody_can_be_called_for_something_critical_the_lead_hears_of_it(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-02 01:00")) as office:
        _, card = alarms(office)
        office.reroutes("tom", card, "Network team")

        assert times(office.hears("@claire").text)[0] == "2027-03-02 03:30"
        alarm = office.hears("desk-ops").text
        assert alarm.startswith(f":rotating_light: {group(office, 'desk-leads')} Case 1 in *Network team* is critical")
        assert times(alarm) == ["2027-03-02 03:30"]


# -- warnings ----------------------------------------------------------------------------------------------------------


def test_a_card_is_warned_at_half_at_four_fifths_and_at_the_end_once_each(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        seen = []
        for minutes in (59, 2, 34, 2, 22, 2, 60):
            office.passes(minutes=minutes)
            seen.append(len(warnings(office, card)))

        assert seen == [0, 1, 1, 2, 2, 3, 3]
        assert warnings(office, card) == ["half", "four fifths", "ran out"]
        assert group(office, "team-krakow") in office.messages("queue-service-desk", card.ts)[-1].text
        assert ":red_circle: first answer" in words(office.sees(card))


def test_the_lead_hears_when_a_promise_is_broken_and_whoever_has_it_is_not_told_to_claim_it(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.presses("kasia", card, "claim")
        office.passes(minutes=121)

        late = office.hears("desk-ops").text
        assert group(office, "desk-leads") in late
        assert times(late) == ["2027-03-01 11:00"]
        assert f"with {user(office, 'kasia')}" in late
        said = next(each.text for each in office.messages("queue-service-desk", card.ts) if "ran out" in each.text)
        assert said.startswith(f":red_circle: {user(office, 'kasia')}")
        assert "claim" not in said


def test_nobody_is_warned_at_night_of_what_can_wait(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at("2027-03-01 15:30")) as office:
        _, card = asks(office)
        office.presses("kasia", card, "claim")
        office.passes(hours=15, minutes=20)
        at_dawn = office.messages("queue-service-desk", card.ts)
        office.passes(minutes=50)

        assert at_dawn == []
        assert warnings(office, card) == ["half"]


def test_what_ran_on_while_the_desk_was_down_is_not_told_at_night_either(tmp_path: Path) -> None:
    clock = clock_at("2027-03-01 14:30")
    with serve(Workspace(manifest(), now=clock)) as running:
        with desk_in(running, tmp_path, clock) as office:
            _, card = asks(office)
            office.presses("kasia", card, "claim")
            office.settled()
        clock.move(6 * 60 * 60)
        with desk_in(running, tmp_path, clock) as office:
            clock.watch(office.desk.look_at_the_clock)
            office.settled()
            at_night = warnings(office, card)
            office.passes(hours=10, minutes=31)

            assert (at_night, warnings(office, card)) == ([], ["half"])


def test_what_is_critical_is_warned_of_at_night(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(NIGHT)) as office:
        _, card = alarms(office)
        office.passes(minutes=6)

        assert warnings(office, card) == ["half"]


def test_a_warning_comes_once_across_a_restart_and_after_an_outage_only_the_latest(tmp_path: Path) -> None:
    clock = clock_at(MONDAY)
    with serve(Workspace(manifest(), now=clock)) as running:
        with desk_in(running, tmp_path, clock) as office:
            _, card = asks(office)
            clock.move(61 * 60)
            office.desk.look_at_the_clock()
            office.settled()
        with desk_in(running, tmp_path, clock) as office:
            office.settled()
            after_restart = warnings(office, card)
        clock.move(3 * 60 * 60)
        with desk_in(running, tmp_path, clock) as office:
            office.settled()

            assert after_restart == ["half"]
            assert warnings(office, card) == ["half", "ran out"]


# -- pauses and moves --------------------------------------------------------------------------------------------------


def test_clocks_stand_still_while_the_person_is_asked_and_go_on_when_they_write(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = alarms(office)
        office.fills("tom", card, "send_to_user", {"text": "Which page was it?", "flag": ["wait"]})
        office.settled()
        office.passes(hours=10)
        asleep = warnings(office, card, "Solution")
        office.says("claire", "it looked like our own sign-in", "@claire")
        office.passes(minutes=119)
        not_yet = warnings(office, card, "Solution")
        office.passes(minutes=2)

        assert (asleep, not_yet, warnings(office, card, "Solution")) == ([], [], ["half"])


def test_after_a_reopening_the_solution_goes_on_where_it_was(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = alarms(office)
        office.passes(minutes=100)
        office.hears("@claire")  # that the first answer is late
        office.resolves("tom", card)
        ended = office.hears("@claire")
        office.passes(hours=5)
        office.presses("claire", ended, "reopen")
        again = office.hears("queue-security")
        office.passes(minutes=21)

        assert warnings(office, again, "Solution") == ["half"]


def test_a_case_that_goes_to_another_queue_takes_along_what_was_spent(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = alarms(office)
        office.passes(minutes=100)
        office.reroutes("tom", card, "Onshore engineering")  # where 8 hours are allowed, and 4 are half
        there = office.hears("queue-onshore")
        office.passes(minutes=139)
        not_yet = warnings(office, there, "Solution")
        office.passes(minutes=2)

        assert (not_yet, warnings(office, there, "Solution")) == ([], ["half"])


# -- people who wait ---------------------------------------------------------------------------------------------------


def test_whoever_claims_and_does_not_write_is_reminded_once(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.presses("kasia", card, "claim")
        office.passes(minutes=61)
        office.passes(hours=2)

        reminded = [
            each.text for each in office.messages("queue-service-desk", card.ts) if "Send them a word" in each.text
        ]
        assert [text.split()[0] for text in reminded] == [user(office, "kasia")]


def test_whoever_is_given_a_case_while_a_reminder_is_due_has_an_hour_of_their_own(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, card = asks(office)
        office.presses("kasia", card, "claim")
        office.passes(minutes=58)
        office.fills(
            "sam", office.sees(card), "more", {"person": office.workspace.person("priya").id}, choice="1|assign"
        )
        office.settled()
        office.passes(minutes=55)
        early = [each for each in office.messages("queue-service-desk", card.ts) if "Send them a word" in each.text]
        office.passes(minutes=6)

        told = [each.text for each in office.messages("queue-service-desk", card.ts) if "Send them a word" in each.text]
        assert early == []
        assert [text.split()[0] for text in told] == [user(office, "priya")]


def test_a_silent_person_is_reminded_then_the_case_is_closed_and_is_no_success(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, card = asks(office)
        office.fills("kasia", card, "send_to_user", {"text": "Which printer is it?", "flag": ["wait"]})
        office.settled()
        office.passes(days=2, minutes=1)
        reminder = office.messages(HELP, asked)[-1].text
        office.passes(days=4)
        still = office.case().state
        office.passes(days=1)
        closed = office.messages(HELP, asked)[-1]

        assert "still needs your answer" in reminder
        assert still is State.PENDING
        assert "It does not count as solved" in closed.text
        assert office.case().state is State.CLOSED
        office.presses("jonas", closed, "reopen")
        office.settled()
        assert office.case().state is State.WAITING


def test_who_answers_after_the_closing_in_the_thread_goes_on_in_the_same_case(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, card = asks(office)
        office.fills("kasia", card, "send_to_user", {"text": "Which printer is it?", "flag": ["wait"]})
        office.settled()
        office.passes(days=2, minutes=1)
        office.passes(days=5, minutes=1)
        office.says("jonas", "it is the one next to the kitchen", HELP, asked)
        office.settled()

        assert (office.cases(), office.case().state) == (1, State.WAITING)


def test_who_is_asked_a_second_time_is_reminded_a_second_time(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, card = asks(office)
        for question in ("Which printer is it?", "Which floor is that?"):
            office.fills("kasia", office.sees(card), "send_to_user", {"text": question, "flag": ["wait"]})
            office.settled()
            office.passes(days=2, minutes=1)
            told = office.messages(HELP, asked)[-1].text
            if question.startswith("Which printer"):
                office.says("jonas", "the one next to the kitchen", HELP, asked)
                office.settled()

        assert "still needs your answer" in told
        assert office.case().state is State.PENDING


def test_silence_does_not_close_a_case_with_which_others_wait(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        _, head = asks(office, "jonas")
        _, other = asks(office, "omar")
        office.fills("kasia", office.sees(other), "more", {"other": "1"}, choice="2|merge")
        office.settled()
        office.fills("kasia", office.sees(head), "send_to_user", {"text": "Which printer is it?", "flag": ["wait"]})
        office.settled()
        office.passes(days=2, minutes=1)
        office.passes(days=5, minutes=1)

        assert office.case(1).state is State.CLAIMED
        told = [each.text for each in office.messages("queue-service-desk", head.ts)]
        assert any(text.startswith(user(office, "kasia")) and "Other people wait" in text for text in told)


def test_a_resolved_case_is_closed_after_a_week_and_its_old_button_says_so(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        asked, card = asks(office)
        office.resolves("kasia", card)
        ended = office.hears(HELP, asked)
        office.passes(days=7, minutes=1)
        office.presses("jonas", ended, "reopen")
        office.settled()

        assert "ended more than a week ago" in office.whispers("jonas", HELP)[-1].text
        assert office.case().state is State.CLOSED


@pytest.mark.parametrize(("share", "asked_of"), [(1.0, ["jonas"]), (0.0, [])])
def test_of_the_sample_each_person_is_asked_once_a_week_half_an_hour_after_the_end(
    tmp_path: Path, share: float, asked_of: list[str]
) -> None:
    advisor = small_advisor()
    advisor = replace(advisor, policy=replace(advisor.policy, rate_share=share))
    with open_office(tmp_path, clock=clock_at(MONDAY), advisor=advisor) as office:
        for _ in range(2):
            _, card = asks(office, "jonas")
            office.resolves("kasia", card)
            office.passes(minutes=29)
            early = _questions(office)
            office.passes(minutes=2)

        assert early == asked_of  # of the first case, and not yet of the second
        assert _questions(office) == asked_of


def _questions(office: Office) -> list[str]:
    log = office.workspace.logs[office.workspace.channel(HELP).id]
    return ["jonas" for each in log if each.text.startswith("How was the help")]


# -- faults ------------------------------------------------------------------------------------------------------------


def test_what_cannot_be_done_is_told_to_the_operators_once_and_holds_nothing_up(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        with office.desk.store.transaction() as unit:
            unit.timers.set("unheard-of", unit.now, about="manila")
        _, card = asks(office)
        for _ in range(3):
            office.passes(minutes=25)

        assert [each.text.count("unheard-of of team manila") for each in office.messages("desk-ops")] == [1]
        assert warnings(office, card) == ["half"]
