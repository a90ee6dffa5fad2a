"""From the question to an answer that helps, or does not."""

from bot.cases import State
from tests.office import HELP, Office, words


def test_a_problem_is_solved_at_once(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    answer = office.hears("@ana")
    office.presses("ana", answer, "solved")

    assert "Outlook keeps asking for the password" in words(answer)
    assert "Good to hear" in office.hears("@ana").text
    office.wait_for(lambda: "You said that this solved it" in words(office.sees(answer)))
    assert office.case().state is State.SOLVED


def test_an_answered_question_loses_its_buttons(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    answer = office.hears("@ana")
    office.presses("ana", answer, "solved")
    office.hears("@ana")
    office.settled()

    assert "actions" not in [block["type"] for block in office.sees(answer).blocks]


def test_an_answer_says_by_which_words_it_was_chosen(office: Office) -> None:
    office.says("ana", "my outlook keeps asking for the password", "@ana")

    answer = words(office.hears("@ana"))

    assert "I chose this because you wrote: " in answer
    assert "password" in answer.split("because you wrote: ")[1].split(". Not what you meant?")[0]


def test_agents_see_the_known_requests_that_are_most_alike(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    office.presses("jonas", office.hears(HELP, asked), "talk_to_person")

    office.presses("priya", office.hears("queue-service-desk"), "details")
    office.wait_for(lambda: office.workspace.modal("priya"))

    details = str(office.workspace.modal("priya"))
    assert "Similar known requests: “" in details
    assert "(printing)" in details.split("Similar known requests: ")[1]


def test_free_words_mean_the_same_as_the_button(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    office.hears("@ana")
    office.says("ana", "that worked, thanks!", "@ana")

    assert "Good to hear" in office.hears("@ana").text
    assert office.case().state is State.SOLVED


def test_after_one_no_the_second_article_comes_once_and_then_a_person(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    first = office.hears(HELP, asked)
    office.presses("jonas", first, "not_solved")
    second = office.hears(HELP, asked)
    office.says("jonas", "still broken", HELP, asked)
    handed_over = office.hears(HELP, asked)

    assert "Print jobs sit in the queue" in words(first)
    assert "offline" in words(second)
    assert "*Service desk*" in handed_over.text
    card = office.hears("queue-service-desk")
    assert "printer prints nothing, jobs sit in the queue" in words(card)
    assert "Print jobs sit in the queue; The printer prints nothing and shows as offline" in words(card)


def test_pressing_an_old_button_changes_nothing(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    first = office.hears(HELP, asked)
    office.presses("jonas", first, "not_solved")
    office.presses("jonas", first, "not_solved")
    office.hears(HELP, asked)
    office.settled()

    assert office.case().state is State.ANSWERED
    assert len(office.case().shown) == 2


def test_only_the_person_who_asked_can_say_that_it_is_solved(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue")
    answer = office.hears(HELP, asked)
    office.presses("grace", answer, "solved")
    office.settled()

    assert office.case().state is State.ANSWERED
    told = [each for each in office.workspace.messages_for("grace", HELP) if each.ephemeral_to]
    assert "Only the person who asked" in told[0].text


def test_an_error_code_in_any_spelling_finds_its_article(office: Office) -> None:
    office.says("jonas", "update dies with 8007 0643 every night", "@jonas")

    assert "0x80070643" in words(office.hears("@jonas"))


def test_a_person_who_is_silent_does_not_count_as_helped(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    office.hears("@ana")
    office.settled()

    assert office.case().state is State.ANSWERED
