"""Going through an answer step by step: one step at a time, where one left off, and what failed told to the agent."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import build_desk
from bot.cases import State
from bot.demo import manifest, settings_for
from bot.desk.advice import Advisor
from bot.deskdata import load_desk_data
from bot.replies import bundled
from bot.workspace import Workspace, serve
from bot.workspace.messages import Message
from knowledge_base.search import Library
from tests.office import ARTICLES, POLICY, Office, article, open_office, small_model, words

STEPS = """The desk's word.

## Quick check
Look at the plug.

## Steps
1. **Close it.** You should see the desktop.
2. **Wait a minute.** Nothing moves.
3. **Open it again.** It should greet you.

## If that did not help
Tell the desk.
"""
STEPPED = article("outlook-password-prompt", "Outlook keeps asking for the password", "outlook", body=STEPS)


def stepped_advisor() -> Advisor:
    data = load_desk_data(Path("a folder that does not exist"))
    model = small_model()
    library = Library((STEPPED, *ARTICLES[1:]))
    return Advisor(model.predict, library, data.rules, POLICY, data.queues, bundled(), model.explain)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """With one article of a quick check and three steps."""
    with open_office(tmp_path, advisor=stepped_advisor()) as office:
        yield office


def asked(office: Office) -> Message:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    return office.hears("@ana")


def pressed(office: Office, *actions: str) -> Message:
    """Ana asks, begins the walk and presses one button after the other; the message as it then stands."""
    answer = asked(office)
    for action in ("walk", *actions):
        office.presses("ana", answer, action)
        office.settled()
    return office.sees(answer)


def test_one_step_is_shown_at_a_time_the_quick_check_first(office: Office) -> None:
    shown = words(pressed(office))

    assert "Quick check" in shown
    assert "Look at the plug" in shown
    assert "Close it" not in shown


def test_each_button_leads_to_the_next_step_and_the_ways_so_far_are_told(office: Office) -> None:
    shown = words(pressed(office, "step_skipped", "step_done", "step_failed"))

    assert "Step 3 of 3" in shown
    assert "Open it again" in shown
    assert ":fast_forward: Quick check skipped" in shown
    assert ":white_check_mark: step 1 · :heavy_multiplication_x: step 2 did not work" in shown


def test_after_the_last_step_the_person_is_asked_and_can_say_that_it_is_solved(office: Office) -> None:
    over = pressed(office, *["step_done"] * 4)
    office.presses("ana", over, "solved")
    office.settled()

    assert "That was the last step. Is it solved?" in words(over)
    assert office.case().state is State.SOLVED


def test_a_step_alone_solves_nothing(office: Office) -> None:
    pressed(office, *["step_done"] * 4)

    assert office.case().state is State.ANSWERED


def test_the_step_that_failed_stands_on_the_card(office: Office) -> None:
    answer = pressed(office, "step_done", "step_done", "step_failed", "step_skipped")
    office.presses("ana", answer, "talk_to_person")
    card = words(office.hears("queue-service-desk"))

    assert "Went through Outlook keeps asking for the password" in card
    assert "quick check done, 1 done, :x: *2 “Wait a minute” did not work*, 3 skipped" in card


def test_a_button_pressed_twice_moves_one_step(office: Office) -> None:
    answer = pressed(office)
    office.presses("ana", answer, "step_done")
    office.presses("ana", answer, "step_done")
    office.settled()

    assert "Step 1 of 3" in words(office.sees(answer))


def test_the_whole_answer_comes_back_and_the_walk_goes_on_where_it_was(office: Office) -> None:
    answer = pressed(office, "step_done", "whole_answer")
    office.presses("ana", answer, "walk")
    office.settled()

    assert "Open it again" in words(answer)
    assert "Wait a minute" in words(answer)
    assert "Step 1 of 3" in words(office.sees(answer))


def test_it_goes_on_after_days_in_a_desk_that_was_started_again(tmp_path: Path) -> None:
    with serve(Workspace(manifest())) as running:
        settings = settings_for(running, tmp_path)
        with build_desk(settings, stepped_advisor()) as desk:
            answer = pressed(Office(running, desk), "step_done", "step_done")
        with build_desk(settings, stepped_advisor(), now=lambda: time.time() + 5 * 86_400) as desk:
            office = Office(running, desk)
            office.presses("ana", answer, "step_failed")
            office.settled()

            assert "Step 3 of 3" in words(office.sees(answer))
            assert "step 1 · :heavy_multiplication_x: step 2 did not work" in words(office.sees(answer))


def test_each_answer_has_a_walk_of_its_own(office: Office) -> None:
    office.says("ana", "printer prints nothing, jobs sit in the queue", "@ana")
    first = office.hears("@ana")
    for action in ("walk", "step_failed", "not_solved"):
        office.presses("ana", first, action)
        office.settled()
    second = office.hears("@ana")
    office.presses("ana", second, "walk")
    office.settled()

    assert "Step 1 of 1" in words(office.sees(second))
    assert "did not work" not in words(office.sees(second))


def test_an_answer_without_steps_offers_no_walk(tmp_path: Path) -> None:
    plain = replace(STEPPED, body="Ask your colleagues.")
    with open_office(tmp_path, advisor=replace(stepped_advisor(), library=Library((plain,)))) as office:
        assert [element["action_id"] for element in asked(office).blocks[2]["elements"]] == [
            *("solved", "not_solved", "talk_to_person")
        ]


def test_nobody_else_can_press_the_steps(office: Office) -> None:
    asked = office.says("ana", "outlook keeps asking for my password")
    answer = office.hears("it-help", asked)
    office.presses("ana", answer, "walk")
    office.settled()
    office.presses("omar", office.sees(answer), "step_done")
    office.settled()

    assert "Look at the plug" in words(office.sees(answer))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("done", ":white_check_mark: Quick check"),
        ("ok done, next", ":white_check_mark: Quick check"),
        ("did not work", ":heavy_multiplication_x: Quick check did not work"),
        ("skip this step please", ":fast_forward: Quick check skipped"),
    ],
)
def test_a_step_can_be_answered_in_words(office: Office, written: str, told: str) -> None:
    answer = pressed(office)
    office.says("ana", written, "@ana")
    office.settled()

    assert told in words(office.sees(answer))
    assert "Step 1 of 3" in words(office.sees(answer))


def test_words_that_say_more_than_how_the_step_went_reach_a_person(office: Office) -> None:
    pressed(office)
    office.says("ana", "I do not understand which cable you mean by that at all", "@ana")

    assert "I have passed this to" in office.hears("@ana").text


def test_once_the_whole_answer_is_back_did_not_work_means_the_answer(office: Office) -> None:
    pressed(office, "whole_answer")
    office.says("ana", "did not work", "@ana")

    assert "I have passed this to" in office.hears("@ana").text


def test_after_the_last_step_comes_what_to_do_when_nothing_helped(office: Office) -> None:
    over = pressed(office, *["step_failed"] * 4)

    assert "If that did not help" in words(over)
    assert [element["action_id"] for element in over.blocks[-1]["elements"]] == [
        *("solved", "not_solved", "whole_answer", "talk_to_person")
    ]


def changed_to(body: str) -> Advisor:
    return replace(stepped_advisor(), library=Library((replace(STEPPED, body=body), *ARTICLES[1:])))


def test_an_article_that_grew_in_the_meantime_shows_its_new_step_and_the_card_tells_what_was_tried(
    tmp_path: Path,
) -> None:
    with serve(Workspace(manifest())) as running:
        settings = settings_for(running, tmp_path)
        with build_desk(settings, stepped_advisor()) as desk:
            answer = pressed(Office(running, desk), "step_done", "step_done", "step_failed")
        grown = STEPS.replace("2. **Wait", "2. **Breathe.** In and out.\n3. **Wait").replace("3. **Open", "4. **Open")
        with build_desk(settings, changed_to(grown)) as desk:
            office = Office(running, desk)
            office.presses("ana", answer, "step_done")
            office.settled()
            shown = words(office.sees(answer))
            office.presses("ana", answer, "talk_to_person")
            card = words(office.hears("queue-service-desk"))

    assert "Breathe" in shown
    assert "“Wait a minute” did not work" in card


def test_of_an_article_that_is_gone_a_person_takes_over(tmp_path: Path) -> None:
    with serve(Workspace(manifest())) as running:
        settings = settings_for(running, tmp_path)
        with build_desk(settings, stepped_advisor()) as desk:
            answer = pressed(Office(running, desk), "step_done")
        gone = replace(stepped_advisor(), library=Library(ARTICLES[1:]))
        with build_desk(settings, gone) as desk:
            office = Office(running, desk)
            office.presses("ana", answer, "step_done")

            assert office.hears("queue-service-desk").ts
            assert office.case().with_people


def test_a_step_calls_nobody_and_fits_into_a_message(tmp_path: Path) -> None:
    loud = STEPS.replace("You should see the desktop.", "Ask <!channel>. " + "word " * 4_000)
    with open_office(tmp_path, advisor=changed_to(loud)) as office:
        shown = pressed(office, "step_done")

    text = next(block["text"] for block in shown.blocks if block["type"] == "markdown")
    assert "<!channel>" not in text
    assert len(text) <= 12_000
