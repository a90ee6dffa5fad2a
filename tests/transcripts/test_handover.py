"""From the desk to people, and how the two threads stay one conversation."""

from bot.cases import State
from tests.office import HELP, Office, words

SECRET = "Hunter" + "2!xyz"


def handed_over(office: Office) -> tuple[str, object]:
    """Jonas wants a person for his printer: (ts of his message, the card)."""
    asked = office.says("jonas", "printer prints nothing, jobs sit in the queue. human please")
    office.hears(HELP, asked)
    card = office.hears("queue-service-desk")
    office.settled()  # until the desk, too, has noted where its card stands
    return asked, card


def test_a_person_is_obeyed_at_once(office: Office) -> None:
    asked = office.says("jonas", "printer prints nothing, can I talk to a human?")

    assert "I have passed this to the *Service desk*" in office.hears(HELP, asked).text
    assert "printer prints nothing" in words(office.hears("queue-service-desk"))


def test_the_button_for_a_person_works_at_any_time(office: Office) -> None:
    office.says("ana", "outlook keeps asking for my password", "@ana")
    answer = office.hears("@ana")
    office.presses("ana", answer, "talk_to_person")

    assert "I have passed this to" in office.hears("@ana").text
    assert office.case().state is State.WAITING


def test_a_typed_password_on_a_phishing_page_goes_to_security_with_first_aid(office: Office) -> None:
    office.says("claire", f"I clicked a phishing link and entered my password: {SECRET}", "@claire")
    told = office.hears("@claire")
    card = office.hears("queue-security")

    assert "Security team takes this over now" in told.text
    assert "First aid after a phishing link" in words(told)
    assert "critical" in words(card)
    assert SECRET not in words(card)


def test_a_secret_is_never_written_to_disk(office: Office) -> None:
    office.says("claire", f"I clicked a phishing link and entered my password: {SECRET}", "@claire")
    office.hears("queue-security")
    office.settled()

    files = [path.read_bytes() for path in office.desk.store.path.parent.glob("desk.db*")]
    assert files
    assert not any(SECRET.encode() in content for content in files)


def test_an_offshore_card_shows_redacted_words_and_error_codes(office: Office) -> None:
    text = "printer prints nothing, error 0x0000011b, mail me at ana.ribeiro@example.com. human please"
    office.says("ana", text, "@ana")
    card = office.hears("queue-service-desk")

    assert "ana.ribeiro@example.com" not in words(card)
    assert "0x0000011b" in words(card)


def test_one_agent_has_the_case_and_the_other_is_told(office: Office) -> None:
    asked, card = handed_over(office)
    office.presses("priya", card, "claim")
    office.presses("marco", card, "claim")
    office.settled()

    assert "is looking at it now" in office.hears(HELP, asked).text
    names = {"priya", "marco"}
    owner = next(name for name in names if office.workspace.person(name).id == office.case().assignee)
    other = (names - {owner}).pop()
    refused = [each for each in office.workspace.messages_for(other, "queue-service-desk") if each.ephemeral_to]
    assert "is already with" in refused[0].text


def test_a_note_of_the_agents_never_reaches_the_person(office: Office) -> None:
    asked, card = handed_over(office)
    office.says("priya", "this user again, check the spooler", "queue-service-desk", card.ts)
    office.settled()

    assert not any("spooler" in words(each) for each in office.messages(HELP, asked))


def test_send_to_user_takes_a_note_to_the_person_after_a_second_look(office: Office) -> None:
    asked, card = handed_over(office)
    note = office.says("priya", "please restart the printer & try again", "queue-service-desk", card.ts)
    office.workspace.shortcut("priya", "send_to_user", "queue-service-desk", note)
    office.wait_for(lambda: office.workspace.modal("priya"))
    office.workspace.submit("priya")

    told = office.hears(HELP, asked)
    assert "please restart the printer & try again" in words(told)
    assert office.workspace.person("priya").id in told.text


def test_the_button_on_the_card_writes_to_the_person_too(office: Office) -> None:
    asked, card = handed_over(office)
    office.presses("priya", card, "send_to_user")
    office.wait_for(lambda: office.workspace.modal("priya"))
    office.workspace.submit("priya", {"text": "which floor is it?"})

    assert "which floor is it?" in words(office.hears(HELP, asked))
    assert "which floor is it?" in words(office.hears("queue-service-desk", card.ts))


def test_further_words_of_the_person_reach_the_card_and_the_desk_stays_quiet(office: Office) -> None:
    asked, card = handed_over(office)
    ts = office.says("jonas", "it is the one next to the kitchen, call 555-0142 555 0142", HELP, asked)

    relayed = office.hears("queue-service-desk", card.ts)
    assert "next to the kitchen" in words(relayed)
    office.settled()
    assert len(office.messages(HELP, asked)) == 1
    reactions = office.workspace.message(office.workspace.channel(HELP).id, ts).reactions
    assert [each.name for each in reactions] == ["incoming_envelope"]


def test_escalating_takes_the_whole_story_one_tier_up(office: Office) -> None:
    asked, card = handed_over(office)
    office.escalates("priya", card)

    assert "*Endpoint team*" in office.hears(HELP, asked).text
    assert "printer prints nothing" in words(office.hears("queue-endpoint"))
    office.wait_for(lambda: "Moved to *Endpoint team*" in words(office.sees(card)))
    assert office.case().tier == 2


def test_rerouting_goes_where_the_agent_says(office: Office) -> None:
    asked, card = handed_over(office)
    office.reroutes("priya", card, "Network team")

    assert "*Network team*" in office.hears(HELP, asked).text
    assert office.case().queue == "network"


def test_resolving_tells_the_person_and_leaves_a_way_back(office: Office) -> None:
    asked, card = handed_over(office)
    office.presses("priya", card, "claim")
    office.hears(HELP, asked)
    office.resolves("priya", card)
    resolved = office.hears(HELP, asked)
    office.presses("jonas", resolved, "reopen")

    assert "has marked this as resolved" in resolved.text
    assert "It is open again" in office.hears(HELP, asked).text
    assert "printer prints nothing" in words(office.hears("queue-service-desk"))


def test_thanks_after_the_end_reopens_nothing(office: Office) -> None:
    asked, card = handed_over(office)
    office.resolves("priya", card)
    office.hears(HELP, asked)
    office.says("jonas", "okay, thanks a lot!", HELP, asked)
    office.settled()

    assert office.case().state is State.RESOLVED
    assert office.cases() == 1


def test_a_card_that_cannot_be_posted_goes_elsewhere_and_the_operators_know(office: Office) -> None:
    office.faults.fail("chat.postMessage", "is_archived")
    asked = office.says("jonas", "human please", "@jonas")

    assert asked
    assert "could not be posted" in office.hears("desk-ops").text


def test_words_that_were_deleted_do_not_come_back_on_a_card(office: Office) -> None:
    asked, card = handed_over(office)
    office.workspace.delete("jonas", HELP, asked)
    office.settled()
    office.presses("priya", card, "claim")
    office.settled()
    office.escalates("priya", card)
    again = office.hears("queue-endpoint")

    assert "prints nothing" not in words(office.sees(card))
    assert "prints nothing" not in words(again)
    assert "[deleted by the person]" in words(again)


def test_an_edit_stands_on_the_card_and_on_the_next_one(office: Office) -> None:
    asked, card = handed_over(office)
    office.workspace.edit("jonas", HELP, asked, "the plotter prints nothing. human please")
    office.settled()
    office.escalates("priya", card)

    assert "the plotter prints nothing" in words(office.sees(card))
    assert "the plotter prints nothing" in words(office.hears("queue-endpoint"))
