"""What went wrong once in a review, as conversations: each of them must go right for ever."""

from bot.cases import State
from bot.workspace.messages import Message
from tests.office import HELP, Office, words

PRINTER = "printer prints nothing, jobs sit in the queue"
PHISHED = "I clicked a phishing link and typed my password there"


def printer_with_people(office: Office) -> tuple[str, Message]:
    asked = office.says("jonas", f"{PRINTER}. human please")
    office.hears(HELP, asked)
    card = office.hears("queue-service-desk")
    office.settled()  # until the desk, too, has noted where its card stands
    return asked, card


def whispers(office: Office, who: str, where: str) -> list[str]:
    return [each.text for each in office.workspace.messages_for(who, where) if each.ephemeral_to]


# A compromise is never missed, wherever it is told


def test_a_compromise_told_under_an_answer_goes_to_security_with_first_aid(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    office.hears("@ana")
    office.says("ana", f"still not working. {PHISHED}", "@ana")

    assert "First aid after a phishing link" in words(office.hears("@ana"))
    assert PHISHED in words(office.hears("queue-security"))


def test_a_compromise_told_under_the_question_goes_to_security(office: Office) -> None:
    office.says("grace", "it does not work", "@grace")
    office.hears("@grace")
    office.says("grace", f"{PHISHED}, I need a real person now", "@grace")

    assert "Security team takes this over" in office.hears("@grace").text


def test_a_compromise_told_while_people_have_the_case_moves_it_to_security(office: Office) -> None:
    asked, card = printer_with_people(office)
    office.says("jonas", "and my laptop was stolen", HELP, asked)

    assert "First aid for a lost or stolen device" in words(office.hears(HELP, asked))
    assert "my laptop was stolen" in words(office.hears("queue-security"))
    office.wait_for(lambda: "Moved to *Security team*" in words(office.sees(card)))


# What is internal stays internal


def test_an_edited_note_of_an_agent_goes_nowhere(office: Office) -> None:
    _, card = printer_with_people(office)
    note = office.says("priya", "I suspect the toner", "queue-service-desk", card.ts)
    office.reroutes("priya", card, "Network team")
    office.hears("queue-network")
    office.workspace.edit("priya", "queue-service-desk", note, "I suspect the toner and the user")
    office.settled()

    everywhere = [words(each) for log in office.workspace.logs.values() for each in log if each.by_app]
    assert not any("toner" in text for text in everywhere)


def test_the_names_of_files_are_redacted_for_an_offshore_queue(office: Office) -> None:
    asked, card = printer_with_people(office)
    office.says("jonas", "here is a picture", HELP, asked, files=["ana.silva@example.com.png"])

    assert "ana.silva@example.com" not in words(office.hears("queue-service-desk", card.ts))


# Nobody is left waiting


def test_after_it_settled_itself_the_person_can_come_back(office: Office) -> None:
    office.says("grace", "it does not work", "@grace")
    office.hears("@grace")
    office.says("grace", "never mind, it works now", "@grace")
    office.hears("@grace")
    office.says("grace", "it is still not working", "@grace")

    assert "It is open again" in office.hears("@grace").text
    assert office.case().state is State.WAITING


def test_a_deleted_request_has_no_buttons_left(office: Office) -> None:
    ts = office.says("grace", "it does not work", "@grace")
    question = office.hears("@grace")
    office.workspace.delete("grace", "@grace", ts)
    office.settled()

    assert "actions" not in [block["type"] for block in office.sees(question).blocks]


def test_a_deleted_request_with_replies_is_withdrawn_too(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    office.hears(HELP, asked)
    office.workspace.delete("jonas", HELP, asked)
    office.settled()

    assert office.case().state is State.WITHDRAWN


def test_a_reply_in_a_thread_of_a_direct_message_is_about_that_answer(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    answer = office.hears("@ana")
    office.says("ana", "that worked, thanks", "@ana", answer.ts)
    office.settled()

    assert (office.case().state, office.cases()) == (State.SOLVED, 1)


def test_the_answer_to_an_agent_reaches_the_agent_whatever_it_sounds_like(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password. human please", "@ana")
    office.hears("@ana")
    queue = "queue-service-desk"
    card = office.hears(queue)
    office.presses("priya", card, "send_to_user")
    office.wait_for(lambda: office.workspace.modal("priya"))
    office.workspace.submit("priya", {"text": "does the vpn connect from home?"})
    office.hears("@ana")
    office.says("ana", "no, the vpn does not connect from home", "@ana")

    office.hears(queue, card.ts)
    assert "the vpn does not connect" in words(office.hears(queue, card.ts))
    assert office.cases() == 1


def test_a_second_request_stands_on_its_own_card(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    office.hears("@ana")
    office.says("ana", "that worked, thanks", "@ana")
    office.hears("@ana")
    office.says("ana", "the vpn does not connect from home", "@ana")
    second = office.hears("@ana")
    office.presses("ana", second, "talk_to_person")
    office.hears("@ana")
    office.settled()

    cards = [words(each) for log in office.workspace.logs.values() for each in log if each.text.startswith("Case 2")]
    assert "the vpn does not connect from home" in cards[0]


def test_news_in_the_thread_of_a_resolved_case_reopens_it(office: Office) -> None:
    asked, card = printer_with_people(office)
    office.resolves("priya", card)
    office.hears(HELP, asked)
    office.says("jonas", "now it prints stripes on every page that I send", HELP, asked)

    assert "It is open again" in office.hears(HELP, asked).text
    assert "stripes" in words(office.hears("queue-service-desk"))


def test_a_command_during_a_running_case_is_a_request_of_its_own(office: Office) -> None:
    office.says("grace", "outlook keeps asking for my password. human please", "@grace")
    office.hears("@grace")
    office.workspace.command("grace", "/triage", "the vpn does not connect from home", "general")
    office.hears("@grace")  # what they asked

    assert "The VPN does not connect" in words(office.hears("@grace"))
    assert office.cases() == 2


def test_a_command_without_words_opens_the_form(office: Office) -> None:
    office.workspace.command("grace", "/triage", "", "general")
    office.wait_for(lambda: office.workspace.modal("grace"))
    chosen = {"category": "Printing and scanning", "urgency": "I cannot work"}
    office.workspace.submit("grace", {"text": "printer prints nothing, jobs sit in the queue", **chosen})
    office.hears("@grace")  # what they asked

    assert "Print jobs sit in the queue" in words(office.hears("@grace"))
    assert (office.case().category, office.case().urgency) == ("printing", "high")


def test_a_greeting_that_is_edited_into_a_problem_is_answered(office: Office) -> None:
    ts = office.says("grace", "hello", "@grace")
    office.hears("@grace")
    office.workspace.edit("grace", "@grace", ts, "the vpn does not connect from home")

    assert "The VPN does not connect" in words(office.hears("@grace"))


def test_a_picture_alone_is_kept_and_asked_about(office: Office) -> None:
    asked = office.says("grace", "", HELP, files=["screenshot.png"])

    assert office.hears(HELP, asked).text.startswith("I want to get this right")


def test_somebody_elses_click_on_reopen_is_refused_in_words(office: Office) -> None:
    asked, card = printer_with_people(office)
    office.resolves("priya", card)
    resolved = office.hears(HELP, asked)
    office.presses("grace", resolved, "reopen")
    office.settled()

    assert office.case().state is State.RESOLVED
    assert "Only the person who asked" in whispers(office, "grace", HELP)[0]


def test_an_agent_who_mentions_the_desk_in_a_note_is_told_how_to_write_to_the_person(office: Office) -> None:
    _, card = printer_with_people(office)
    office.says("priya", "@triage tell them to wait", "queue-service-desk", card.ts)
    office.settled()

    assert "use _Send to user_" in whispers(office, "priya", "queue-service-desk")[0]


# What is no answer is not counted as one


def test_a_question_back_is_not_counted_as_a_no(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    answer = office.hears(HELP, asked)
    office.says("jonas", "where do I find the thing that you call a queue on this machine", HELP, asked)
    office.hears(HELP, asked)
    office.wait_for(lambda: "You told me more about it" in words(office.sees(answer)))

    with office.desk.store.reading() as unit:
        assert "not solved" not in [action for _, action, _ in unit.cases.audit(1)]


def test_words_to_a_colleague_in_the_thread_are_left_alone(office: Office) -> None:
    asked = office.says("jonas", PRINTER)
    office.hears(HELP, asked)
    office.says("jonas", "@grace did you see this too?", HELP, asked)
    office.settled()

    assert office.case().state is State.ANSWERED
    assert len(office.messages(HELP, asked)) == 1


def test_an_edit_that_changes_nothing_changes_nothing(office: Office) -> None:
    asked = office.says("grace", "@triage it does not work")
    office.hears(HELP, asked)
    office.workspace.edit("grace", HELP, asked, "@triage it does not work")
    office.settled()

    assert (office.case().state, len(office.messages(HELP, asked))) == (State.CLARIFYING, 1)


# Words arrive as they were meant


def test_an_agents_pointed_brackets_and_broadcasts_arrive_as_letters(office: Office) -> None:
    asked, card = printer_with_people(office)
    office.presses("priya", card, "send_to_user")
    office.wait_for(lambda: office.workspace.modal("priya"))
    office.workspace.submit("priya", {"text": "press <Ctrl+C> and do not call <!channel>"})
    told = office.hears(HELP, asked)

    assert "press <Ctrl+C> and do not call <!channel>" in words(told)
    assert "<!channel>" not in told.text


def test_a_long_report_leaves_room_on_the_card_and_stands_in_full_in_its_thread(office: Office) -> None:
    story = "the printer on floor two prints nothing at all. " * 60
    asked = office.says("jonas", f"{story} human please")
    office.hears(HELP, asked)
    card = office.hears("queue-service-desk")
    office.says("jonas", "the tray is jammed", HELP, asked)
    office.settled()
    office.escalates("priya", card)

    assert "the tray is jammed" in words(office.hears("queue-endpoint"))
    assert len(words(office.hears("queue-service-desk", card.ts))) > len(story)


# A post that Slack refuses


def test_a_card_that_slack_refuses_is_posted_once_more_without_words(office: Office) -> None:
    office.faults.fail("chat.postMessage", "invalid_blocks", times=2)  # the card and the word to the person
    office.says("jonas", f"{PRINTER}. human please", "@jonas")

    assert "could not be posted" in office.hears("desk-ops").text
    office.settled()
    assert len(office.messages("desk-ops")) <= 2


def test_an_answer_that_cannot_be_posted_brings_a_person(office: Office) -> None:
    office.faults.fail("chat.postMessage", "invalid_blocks")
    office.says("ana", "outlook keeps asking for my password", "@ana")

    assert "I have passed this to" in office.hears("@ana").text
    assert office.case().state is State.WAITING
