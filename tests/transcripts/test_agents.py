"""What agents do with a case, and what the person and the other agents see of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cases import Case, State
from bot.desk.acting import Form
from bot.desk.voice import Due, Story
from bot.deskdata import load_desk_data
from bot.slack import dialogs
from bot.slack.cards import AgentVoice
from bot.store.cases import Said
from bot.walk import Outcome, Tried
from bot.words import words_for
from bot.workspace.limits import checked_blocks, checked_view
from bot.workspace.messages import Message
from tests.office import ARTICLES, HELP, HurriedClock, Office, open_office, words

DESK, ENDPOINT, SECURITY, ONSHORE = "queue-service-desk", "queue-endpoint", "queue-security", "queue-onshore"
PRINTER = "printer prints nothing, jobs sit in the queue. human please"
PHISHING = "I clicked a phishing link and entered my password"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """As the common one, but Slack's pace of one message a second holds nobody up."""
    with open_office(tmp_path, now=HurriedClock()) as opened:
        yield opened


def case_of(office: Office, who: str, text: str = PRINTER, where: str = HELP, room: str = DESK) -> tuple[str, Message]:
    """A case in a room: (where its person reads, the card)."""
    asked = office.says(who, text, where)
    office.settled()
    return asked, office.hears(room)


def told(office: Office, where: str, thread: str | None = None) -> str:
    """All that the desk has said there."""
    office.settled()
    return " ".join(words(each) for each in office.messages(where, thread))


def refusal(office: Office, who: str, where: str = DESK) -> str:
    """What this agent alone was told last."""
    office.settled()
    return words(office.whispers(who, where)[-1])


def act_in(office: Office, who: str, card: Message, action: str, values: dict[str, object], **press: str) -> None:
    office.fills(who, office.sees(card), action, values, **press)
    office.settled()


def more(office: Office, who: str, card: Message, act: str, values: dict[str, object] | None = None) -> None:
    """An act in the menu of the rarer ones."""
    label = words_for("agents", "en")(f"more_{act}")
    if values is None:
        office.presses(who, office.sees(card), "more", label)
    else:
        act_in(office, who, card, "more", values, choice=label)
    office.settled()


def merge(office: Office, card: Message, into: int, who: str = "priya") -> None:
    more(office, who, card, "merge", {"other": str(into)})


def audit(office: Office, action: str, number: int = 1) -> dict[str, Any]:
    with office.desk.store.reading() as unit:
        return next(detail for _, done, detail in unit.cases.audit(number) if done == action)


def actions(message: Message) -> set[str]:
    return {
        element["action_id"]
        for block in message.blocks
        for element in block.get("elements", ())
        if "action_id" in element
    }


def id_of(office: Office, who: str) -> str:
    return office.workspace.person(who).id


# -- who has it --------------------------------------------------------------------------------------------------------


def test_a_case_is_given_back_by_whoever_has_it_or_by_a_lead_and_by_nobody_else(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    office.presses("priya", card, "claim")
    office.settled()
    held = office.sees(card)

    office.presses("marco", held, "unclaim")
    assert "they or a lead can give it back" in refusal(office, "marco")
    assert office.case().state is State.CLAIMED

    office.presses("sam", held, "unclaim")
    assert "A colleague goes on with it" in told(office, HELP, asked)
    assert f"<@{id_of(office, 'priya')}> You need not go on" in told(office, DESK, card.ts)
    assert office.case().state is State.WAITING

    office.presses("marco", office.sees(card), "claim")
    office.settled()
    office.presses("marco", office.sees(card), "unclaim")
    office.settled()
    assert (office.case().state, office.case().assignee) == (State.WAITING, None)


def test_giving_back_what_nobody_has_any_more_is_refused_without_naming_nobody(office: Office) -> None:
    _, card = case_of(office, "jonas")
    office.presses("priya", card, "claim")
    office.settled()
    stale = office.sees(card)
    with office.workspace.lock:  # twice before the first is heard
        office.presses("priya", stale, "unclaim")
        office.presses("priya", stale, "unclaim")

    office.settled()
    assert "cannot be given back" in refusal(office, "priya")
    assert "None" not in refusal(office, "priya")


def test_a_lead_assigns_a_case_and_the_colleague_is_called_in_its_thread(office: Office) -> None:
    _, card = case_of(office, "jonas")
    more(office, "marco", card, "assign", {"person": id_of(office, "kasia")})
    assert "Only a lead, or whoever has the case" in refusal(office, "marco")

    more(office, "sam", card, "assign", {"person": id_of(office, "tom")})
    assert "does not work in Service desk" in refusal(office, "sam")
    assert office.case().assignee is None

    more(office, "sam", card, "assign", {"person": id_of(office, "kasia")})
    assert f"<@{id_of(office, 'kasia')}> This case is yours now" in told(office, DESK, card.ts)
    assert office.case().assignee == id_of(office, "kasia")


# -- words to the person -----------------------------------------------------------------------------------------------


def test_a_ready_text_reaches_each_person_in_their_own_language(office: Office) -> None:
    german, card = case_of(office, "jonas", "Der Drucker druckt nicht, ich will mit einem Menschen sprechen")
    english, other = case_of(office, "grace")
    merge(office, other, into=1)
    act_in(office, "priya", card, "send_to_user", {"choice": "windows-version", "flag": ["wait"]})

    assert "Welche Windows-Version haben Sie?" in told(office, HELP, german)
    assert "Which version of Windows do you have?" in told(office, HELP, german)
    assert "Which version of Windows do you have?" in told(office, HELP, english)
    assert "Welche" not in told(office, HELP, english)
    assert office.case().state is State.PENDING


def test_an_empty_dialog_sends_nothing_and_says_so(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    before = len(office.messages(HELP, asked))
    act_in(office, "priya", card, "send_to_user", {})

    assert "There was nothing to send" in refusal(office, "priya")
    assert len(office.messages(HELP, asked)) == before
    assert office.case().assignee is None


def test_a_note_reaches_no_person_by_any_road(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    _, other = case_of(office, "grace", where="@grace")
    merge(office, other, into=1)
    note = office.says("priya", "NOTE-1 they broke it themselves", DESK, card.ts)
    office.says("priya", "NOTE-2 on the old card", DESK, other.ts)
    office.workspace.edit("priya", DESK, note, "NOTE-1 edited: they surely broke it")
    office.workspace.react("priya", DESK, note, "sos")
    office.says("marco", f"<@{office.workspace.identity.bot_user}> NOTE-3 what do you think?", DESK, card.ts)
    office.settled()
    more(office, "priya", card, "incident", {"text": "Printing is down"})
    office.resolves("priya", card)

    assert "NOTE" not in told(office, HELP, asked) + told(office, "@grace")
    assert "marked this as resolved" in told(office, HELP, asked)


def test_words_in_a_dialog_that_comes_too_late_are_given_back(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    office.presses("priya", card, "send_to_user")
    office.wait_for(lambda: office.workspace.modal("priya"))
    office.escalates("marco", card)
    office.settled()
    office.workspace.submit("priya", {"text": "please unplug it & wait"})

    why = refusal(office, "priya")
    assert "has moved on" in why
    assert "please unplug it & wait" in why
    assert "unplug" not in told(office, HELP, asked)


def test_a_message_of_the_desk_is_not_offered_as_words_to_the_person(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    office.says("jonas", "it is the one by the kitchen", HELP, asked)
    relayed = office.hears(DESK, card.ts)
    office.workspace.shortcut("priya", "send_to_user", DESK, relayed.ts)
    office.wait_for(lambda: office.workspace.modal("priya"))

    assert "initial_value" not in str(office.workspace.modal("priya"))


# -- where it goes -----------------------------------------------------------------------------------------------------


def test_the_reason_of_an_escalation_is_read_at_the_new_card_and_the_top_tier_refuses(office: Office) -> None:
    _, card = case_of(office, "jonas")
    office.escalates("priya", card, "the driver store needs admin rights")
    second = office.hears(ENDPOINT)
    assert "the driver store needs admin rights" in told(office, ENDPOINT, second.ts)

    office.escalates("kasia", second)
    third = office.hears(ONSHORE)
    office.settled()
    office.presses("ingrid", third, "escalate")
    assert "is the highest tier" in refusal(office, "ingrid", ONSHORE)
    assert office.case().tier == 3


def test_why_a_case_was_rerouted_is_kept_as_a_label_and_read_at_the_new_card(office: Office) -> None:
    _, card = case_of(office, "jonas")
    act_in(office, "priya", card, "reroute", {"reason": "workload"}, choice="Network team")

    moved = office.hears("queue-network")
    assert audit(office, "rerouted")["why"] == "workload"
    assert "We cannot take it in time" in told(office, "queue-network", moved.ts)


def test_a_card_that_was_left_says_where_the_case_went_and_no_more(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    office.says("jonas", PHISHING, HELP, asked)
    office.hears(SECURITY)
    office.settled()

    left = office.sees(card)
    assert "Moved to *Security team*" in words(left)
    assert "phishing" not in words(left)
    assert actions(left) == set()


def test_an_agent_waits_for_an_answer_and_goes_on_without_one(office: Office) -> None:
    asked, card = case_of(office, "jonas")
    office.presses("priya", card, "claim")
    office.settled()
    more(office, "priya", card, "wait")
    assert "waits for your answer" in told(office, HELP, asked)
    assert words(office.sees(card)).count("clocks stand still") == 1

    more(office, "priya", card, "go_on")
    assert office.case().state is State.CLAIMED
    assert "clocks stand still" not in words(office.sees(card))


# -- merging -----------------------------------------------------------------------------------------------------------


def test_merged_people_hear_the_answers_and_the_end_in_their_own_conversations(office: Office) -> None:
    first, head = case_of(office, "jonas")
    second, card = case_of(office, "grace")
    assert "Maybe the same problem:* case 1" in words(card)
    act_in(office, "priya", card, "merge", {"choice": "1"})
    act_in(office, "priya", head, "send_to_user", {"text": "a new print server comes at noon"})
    office.resolves("priya", head)

    assert "Others have reported the same problem" in told(office, HELP, second)
    for thread in (first, second):
        assert "a new print server comes at noon" in told(office, HELP, thread)
        assert "marked this as resolved" in told(office, HELP, thread)
    assert [office.case(number).state for number in (1, 2)] == [State.RESOLVED, State.RESOLVED]


def test_whoever_has_two_merged_cases_in_one_conversation_hears_everything_once(office: Office) -> None:
    _, head = case_of(office, "grace", where="@grace")
    more(office, "priya", head, "split", {"text": "jobs sit in the queue"})
    card = office.hears(DESK)
    merge(office, card, into=1)
    act_in(office, "priya", head, "send_to_user", {"text": "one moment please"})
    office.resolves("priya", head)
    office.settled()

    everything = [each.text for each in office.messages("@grace")]
    assert sum("one moment please" in each for each in everything) == 1
    assert sum("marked this as resolved" in each for each in everything) == 1
    assert "You have told me about this before" in told(office, "@grace")


def test_what_a_person_in_a_merged_case_writes_changes_and_deletes_reaches_the_head(office: Office) -> None:
    _, head = case_of(office, "jonas")
    asked, card = case_of(office, "grace")
    merge(office, card, into=1)
    act_in(office, "priya", head, "send_to_user", {"text": "which floor?", "flag": ["wait"]})
    office.says("grace", "floor two, and I want a person", HELP, asked)
    assert "floor two" in told(office, DESK, head.ts)
    assert office.case(1).state is State.CLAIMED  # somebody answered what was asked
    more(office, "priya", head, "wait")
    assert "waits for your answer" in told(office, HELP, asked)

    office.workspace.edit("grace", HELP, asked, "the plotter prints nothing")
    assert f"<@{id_of(office, 'grace')}> changed their message" in told(office, DESK, head.ts)
    assert "the plotter" in words(office.sees(card))
    office.workspace.delete("grace", HELP, asked)
    assert f"<@{id_of(office, 'grace')}> deleted their message" in told(office, DESK, head.ts)
    assert "plotter" not in words(office.sees(card))


def test_an_alarm_in_a_merged_case_takes_it_alone_to_security(office: Office) -> None:
    _, head = case_of(office, "jonas")
    asked, card = case_of(office, "grace")
    merge(office, card, into=1)
    assert "Handled together with this one:* case 2" in words(office.sees(head))
    office.says("grace", PHISHING, HELP, asked)

    assert "phishing" in words(office.hears(SECURITY))
    assert "phishing" not in told(office, DESK, head.ts) + words(office.sees(card))
    assert "is on its own again" in told(office, DESK, head.ts)
    assert "Handled together" not in words(office.sees(head))
    assert (office.case(1).queue, office.case(2).queue) == ("service-desk", "security")


def test_a_chain_of_merges_ends_at_one_head_and_all_cards_say_which(office: Office) -> None:
    cards = [case_of(office, who)[1] for who in ("jonas", "grace", "diego", "omar")]
    merge(office, cards[1], into=1)
    merge(office, cards[0], into=3)
    merge(office, cards[3], into=2)  # which is handled with case 3 by now

    assert [office.case(number).part_of for number in (1, 2, 3, 4)] == [3, 3, None, 3]
    assert all("together with case 3" in words(office.sees(cards[at])) for at in (0, 1, 3))
    office.resolves("priya", cards[2])
    office.settled()
    assert {office.case(number).state for number in (1, 2, 3, 4)} == {State.RESOLVED}


def test_a_merge_that_cannot_be_is_refused_in_words(office: Office) -> None:
    _, ended = case_of(office, "jonas")
    office.resolves("priya", ended)
    office.settled()
    _, card = case_of(office, "grace")
    _, secret = case_of(office, "claire", PHISHING, "@claire", SECURITY)

    merge(office, card, into=1)
    assert "resolved by an agent" in refusal(office, "priya")
    merge(office, card, into=3)
    assert "onshore teams only" in refusal(office, "priya")
    merge(office, secret, into=2, who="tom")
    assert "onshore teams only" in refusal(office, "tom", SECURITY)
    merge(office, card, into=2)
    assert "cannot be merged with itself" in refusal(office, "priya")
    merge(office, card, into=999)
    assert "There is no case 999" in refusal(office, "priya")
    more(office, "priya", card, "merge", {})
    assert "Choose a case" in refusal(office, "priya")
    assert [office.case(number).part_of for number in (1, 2, 3)] == [None, None, None]


def test_what_was_merged_onshore_does_not_go_offshore_with_its_head(office: Office) -> None:
    _, head = case_of(office, "claire", PHISHING, "@claire", SECURITY)
    _, other = case_of(office, "grace", PHISHING, "@grace", SECURITY)
    merge(office, other, into=1, who="tom")
    office.reroutes("tom", head, "Service desk")

    assert "Take that out again first" in refusal(office, "tom", SECURITY)
    assert office.case(1).queue == "security"


def test_a_case_that_is_taken_out_again_goes_its_own_way(office: Office) -> None:
    _, head = case_of(office, "jonas")
    asked, card = case_of(office, "grace")
    merge(office, card, into=1)
    office.presses("marco", office.sees(card), "part")
    assert "is on its own again" in told(office, DESK, head.ts)
    assert "Handled together" not in words(office.sees(head))

    act_in(office, "priya", head, "send_to_user", {"text": "only for the first"})

    assert "turned out to be a different one" in told(office, HELP, asked)
    assert "only for the first" not in told(office, HELP, asked)
    assert office.case(2).state is State.WAITING


def test_an_incident_is_suggested_to_like_cases_and_named_to_their_people(office: Office) -> None:
    _, head = case_of(office, "jonas")
    more(office, "priya", head, "incident", {"text": "Print & scan is down in Lisbon"})
    asked, card = case_of(office, "grace")
    assert "case 1 (“Print &amp; scan is down in Lisbon”)" in words(card)

    act_in(office, "priya", card, "merge", {"choice": "1"})
    assert "known problem: *Print &amp; scan is down in Lisbon*" in told(office, HELP, asked)


# -- splitting ---------------------------------------------------------------------------------------------------------


def test_of_two_cases_in_one_thread_the_words_go_to_the_one_that_moved_last(office: Office) -> None:
    asked, card = case_of(office, "jonas", PRINTER + " and my vpn does not connect & drops")
    more(office, "priya", card, "split", {"text": "my vpn does not connect & drops"})
    second = office.hears(DESK)
    assert "my vpn does not connect &amp; drops" in told(office, HELP, asked)

    act_in(office, "priya", card, "send_to_user", {"text": "which printer?"})
    office.says("jonas", "the one by the kitchen", HELP, asked)
    assert "kitchen" in told(office, DESK, card.ts)
    assert "kitchen" not in told(office, DESK, second.ts)
    office.resolves("priya", card)
    office.settled()
    office.says("jonas", "the vpn says error 789", HELP, asked)
    assert "error 789" in told(office, DESK, second.ts)


def test_nothing_is_split_off_twice_or_whole(office: Office) -> None:
    _, card = case_of(office, "jonas")
    more(office, "priya", card, "split", {})
    assert "Leave only the words about the second problem" in refusal(office, "priya")

    more(office, "priya", card, "split", {"text": "jobs sit in the queue"})
    more(office, "marco", card, "split", {"text": "jobs sit in the queue"})
    assert "split off before, as case 2" in refusal(office, "marco")
    assert office.cases() == 2


# -- the end -----------------------------------------------------------------------------------------------------------


def test_a_case_is_resolved_with_an_article_by_id_or_title_or_without_one(office: Office) -> None:
    cards = [case_of(office, who)[1] for who in ("jonas", "grace", "diego")]
    known = next(each for each in ARTICLES if each.category == "printing")
    act_in(office, "priya", cards[0], "resolve", {"other": "no-such-article"})
    assert "There is no article called “no-such-article”" in refusal(office, "priya")
    assert office.case(1).state is State.WAITING

    act_in(office, "priya", cards[0], "resolve", {"other": known.id})
    act_in(office, "priya", cards[1], "resolve", {"other": known.title.upper()})
    act_in(office, "priya", cards[2], "resolve", {})
    assert [office.case(number).resolution for number in (1, 2, 3)] == [known.id, known.id, "none"]
    assert actions(office.sees(cards[0])) == {"details"}


def test_after_the_end_an_old_card_opens_no_dialog_and_says_why(office: Office) -> None:
    _, card = case_of(office, "jonas")
    act_in(office, "priya", card, "resolve", {})
    for action, choice in (("send_to_user", None), ("reroute", "Network team"), ("more", "Split in two")):
        with office.workspace.lock:  # the card as marco sees it still has its buttons
            office.workspace.logs[card.channel].put(replace(office.sees(card), blocks=card.blocks))
        office.presses("marco", card, action, choice)
        assert "Case 1 has ended" in refusal(office, "marco")
    assert office.workspace.modal("marco") is None


def test_of_two_agents_who_act_at_once_one_wins_and_the_other_reads_why(office: Office) -> None:
    _, card = case_of(office, "jonas")
    for who, action in (("priya", "escalate"), ("marco", "resolve"), ("kasia", "reroute")):
        office.presses(who, card, action, "Network team" if action == "reroute" else None)
        office.wait_for(lambda who=who: office.workspace.modal(who))
    with office.workspace.lock:
        office.workspace.submit("priya", {"text": "it needs a driver"})
        office.workspace.submit("marco", {})
        office.workspace.submit("kasia", {"reason": "category"})

    office.settled()
    told_why = [who for who in ("priya", "marco", "kasia") if office.whispers(who, DESK)]
    assert len(told_why) == 2
    assert all(re.search("has moved on|cannot be|has ended", refusal(office, who)) for who in told_why)
    with office.desk.store.reading() as unit:
        done = [action for _, action, _ in unit.cases.audit(1)]
    assert len({"escalated", "resolved", "rerouted"} & set(done)) == 1


# -- the card ----------------------------------------------------------------------------------------------------------


def test_a_card_tells_at_one_glance_who_how_urgent_in_whose_hands_and_by_when(office: Office) -> None:
    _, card = case_of(office, "jonas")
    fields = next(block["fields"] for block in card.blocks if block.get("fields"))
    names = [field["text"].split(":*")[0].lstrip("*") for field in fields]

    assert names == ["Who", "State", "Urgency", "Team", "Writes in", "Due"]
    assert fields[-1]["text"].index("first answer") < fields[-1]["text"].index("solved")
    assert len(card.blocks) <= 7


def test_the_details_have_the_conversation_the_reasons_like_cases_and_earlier_ones(office: Office) -> None:
    _, first = case_of(office, "jonas")
    office.resolves("priya", first)
    office.settled()
    _, card = case_of(office, "jonas", PRINTER, "@jonas")
    act_in(office, "priya", card, "send_to_user", {"text": "which printer is it?"})
    office.presses("priya", office.sees(card), "details")
    office.wait_for(lambda: office.workspace.modal("priya"))

    shown = str(office.workspace.modal("priya"))
    for part in (
        "which printer is it?",
        "sure that this is printing",
        "Cases like it that were solved",
        "Earlier from",
    ):
        assert part in shown


def test_first_aid_stays_on_the_card_when_it_changes(office: Office) -> None:
    _, card = case_of(office, "claire", PHISHING, "@claire", SECURITY)
    office.presses("tom", card, "claim")
    office.settled()

    assert "With <@" in words(office.sees(card))
    assert "*Shown while they wait:* First aid after a phishing link" in words(office.sees(card))


def test_devices_that_an_agent_only_asks_about_are_no_facts(office: Office) -> None:
    _, card = case_of(office, "jonas", "printer prints nothing on my Latitude 5440. human please")
    act_in(office, "priya", card, "send_to_user", {"text": "do you have Windows 10 or Windows 11?"})

    assert "*Device:* Latitude 5440" in words(office.sees(card))
    assert "Windows 1" not in words(office.sees(card)).partition("*Device:*")[2]


def test_the_longest_card_and_its_dialogs_still_fit_slack() -> None:
    queues = load_desk_data(Path("a folder that does not exist")).queues
    case = Case(1, "T1", "C1", "1.0", "1.0", "U1", PRINTER, State.WAITING, queue="service-desk", incident="&amp;" * 150)
    others = tuple(replace(case, id=number, words="&" * 10_000) for number in range(2, 32))
    articles = tuple(replace(ARTICLES[0], id=f"article-{n}", title=f"{n} " + "&x" * 70) for n in range(10))
    story = Story(
        case=case,
        queue=queues[0],
        room="C2",
        words="&" * 10_000,
        transcript=tuple(Said("U1", "person", "&" * 10_000, 0.0) for _ in range(50)),
        reasons=("&" * 5_000,) * 4,
        tried=articles,
        steps=tuple(Tried(each.id, n, "&" * 140, Outcome.FAILED) for each in articles for n in range(9)),
        other_queues=tuple(replace(queues[0], name=f"q{n}", title="Q" * 100) for n in range(12)),
        dues=(Due("response", 1.0, True), Due("resolution", None)),
        solved_before=tuple(replace(each, state=State.RESOLVED, assignee="U2") for each in others[:3]),
        twins=others[:3],
        joined=others,
        recent=others[:5],
        facts=("f" * 400,) * 8,
    )
    form = Form(story, "C2", others)

    assert checked_blocks(AgentVoice("C3").card(story, "id").payload["blocks"])
    assert checked_blocks(AgentVoice("C3").card_left(story, queues[1]).payload["blocks"])
    for make in (dialogs.reply, dialogs.resolve, dialogs.merge, dialogs.split, dialogs.details, dialogs.assign):
        assert checked_view(make(form), "modal")
    assert checked_view(dialogs.incident(form), "modal")
    assert checked_view(dialogs.reroute(form, story.other_queues[0]), "modal")
