"""The home page of people, agents and leads, and what people say of the help once it is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bot.cases import State
from bot.words import words_for
from bot.workspace.messages import Message
from tests.office import HELP, POLICY, Office, clock_at, open_office, small_advisor, words

PRINTER = "printer prints nothing, jobs sit in the queue"
QUEUE = "queue-service-desk"
MONDAY = "2027-03-01 09:00"
SAY = words_for("people", "en")


@contextmanager
def office_that_asks_everybody(home: Path) -> Iterator[Office]:
    advisor = replace(small_advisor(), policy=replace(POLICY, rate_share=1.0, review_share=1.0))
    with open_office(home, clock=clock_at(MONDAY), advisor=advisor) as office:
        yield office


def with_people(office: Office, text: str = PRINTER) -> Message:
    """Grace wants a person, in private: the card."""
    office.says("grace", f"{text}. human please", "@grace")
    card = office.hears(QUEUE)
    office.settled()
    return card


def resolved(office: Office, agent: str = "priya") -> Message:
    """Grace's case is resolved: the desk's word that it is."""
    card = with_people(office)
    office.resolves(agent, card)
    office.settled()
    return office.messages("@grace")[-1]


def home(office: Office, who: str) -> str:
    before = office.workspace.views.home(office.workspace.person(who).id)
    office.workspace.open_home(who)
    office.wait_for(lambda: office.workspace.views.home(office.workspace.person(who).id) is not before)
    return shown(office, who)


def shown(office: Office, who: str) -> str:
    return str(office.workspace.home(who))


def press_at_home(office: Office, who: str, action: str, block: str | None = None) -> None:
    view = office.workspace.home(who)
    assert view is not None
    office.workspace.press_in_view(who, view["id"], action, block_id=block)
    office.settled()


# -- a person's page ---------------------------------------------------------------------------------------------------


def test_a_persons_requests_stand_on_their_page_with_their_state_in_words(office: Office) -> None:
    card = with_people(office)
    office.presses("priya", card, "claim")
    office.settled()
    page = home(office, "grace")

    agent = office.workspace.person("priya").id
    assert SAY("home_claimed", agent=agent, queue="Service desk") in page
    assert PRINTER in page
    assert PRINTER not in home(office, "ana")


def test_a_promise_on_the_page_does_not_wander_with_the_clock(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        with_people(office)
        told = office.messages("@grace")[-1].text
        office.passes(minutes=50)
        later = home(office, "grace")
        office.passes(hours=2)

        assert told.split("<!date^")[1].split("|")[0] in later
        assert SAY("home_overdue", queue="Service desk") in home(office, "grace")


def test_what_is_not_solved_is_opened_again_from_the_page_which_shows_it_at_once(office: Office) -> None:
    resolved(office)
    home(office, "grace")
    press_at_home(office, "grace", "reopen", "case-1")

    assert office.case().state is State.WAITING
    office.wait_for(lambda: "With the *Service desk*" in shown(office, "grace"))
    assert "It is open again" in office.messages("@grace")[-1].text


def test_what_ended_long_ago_leaves_the_page(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        resolved(office)
        soon = home(office, "grace")
        office.passes(days=31)

        assert (PRINTER in soon, PRINTER in home(office, "grace")) == (True, False)


def test_the_page_asks_for_help_and_tells_what_is_kept(office: Office) -> None:
    with_people(office)
    home(office, "grace")
    press_at_home(office, "grace", "my_data")
    kept = str(office.workspace.modal("grace"))
    press_at_home(office, "grace", "ask")
    office.workspace.submit("grace", {"text": "the vpn does not connect from home"})
    office.settled()

    assert SAY("data_kept", cases=1, messages=1) in kept
    assert office.case(2).category == "network"


# -- agents and leads --------------------------------------------------------------------------------------------------


def test_an_agents_page_shows_no_more_than_the_card_does(office: Office) -> None:
    card = with_people(office, f"{PRINTER}, mail me at ana.ribeiro@example.com")
    office.presses("priya", card, "claim")
    office.settled()
    page = home(office, "priya")

    assert "case 1, Printing" in page
    assert "ana.ribeiro@example.com" not in page
    assert "*Service desk*: 1 with somebody" in page
    assert "Your queues" not in home(office, "grace")


def test_a_lead_reads_a_case_again_and_it_leaves_the_page(tmp_path: Path) -> None:
    with office_that_asks_everybody(tmp_path) as office:
        resolved(office)
        office.passes(minutes=31)
        home(office, "sam")
        press_at_home(office, "sam", "review", "review-1")
        form = str(office.workspace.modal("sam"))
        office.workspace.submit("sam", {"right": "Yes", "kind": "Partly", "level": "Yes"})
        office.settled()

        assert PRINTER in form
        office.wait_for(lambda: "To read again" not in shown(office, "sam"))
        with office.desk.store.reading() as unit:
            assert ("reviewed", {"right": "yes", "kind": "partly", "level": "yes"}) in [
                (action, detail) for _, action, detail in unit.cases.audit(1)
            ]


def test_nobody_reviews_their_own_work(tmp_path: Path) -> None:
    with office_that_asks_everybody(tmp_path) as office:
        resolved(office, "sam")
        office.passes(minutes=31)

        assert "To read again" not in home(office, "sam")
        assert "To read again" not in home(office, "priya")


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_a_low_rating_is_kept_with_its_reason_and_read_by_a_lead(tmp_path: Path) -> None:
    with office_that_asks_everybody(tmp_path) as office:
        resolved(office)
        office.passes(minutes=31)
        question = office.messages("@grace")[-1]
        office.presses("grace", question, "rate", SAY("rate_2"))
        office.settled()
        office.fills("grace", office.sees(question), "rate_more", {"text": "nobody wrote for an hour"})
        office.settled()

        assert SAY("rated", score=SAY("rate_2")) in words(office.sees(question))
        assert "To read again" in home(office, "sam")
        with office.desk.store.reading() as unit:
            row = unit.conn.execute("SELECT score, comment FROM ratings").fetchone()
        assert tuple(row) == (2, "nobody wrote for an hour")


def test_somebody_else_rates_nothing(tmp_path: Path) -> None:
    with office_that_asks_everybody(tmp_path) as office:
        asked = office.says("jonas", f"{PRINTER}. human please")
        card = office.hears(QUEUE)
        office.settled()
        office.resolves("priya", card)
        office.settled()
        office.passes(minutes=31)
        question = office.messages(HELP, asked)[-1]
        office.presses("grace", question, "rate", words_for("people", "en")("rate_1"))
        office.settled()

        assert office.sees(question) == question
        assert SAY("not_yours") in office.whispers("grace", HELP)[0].text


def test_after_a_week_the_old_button_says_what_to_do_instead(tmp_path: Path) -> None:
    with open_office(tmp_path, clock=clock_at(MONDAY)) as office:
        last = resolved(office)
        office.passes(days=8)
        office.presses("grace", last, "reopen")
        office.settled()

        assert office.case().state is State.CLOSED
        assert SAY("too_late") in office.whispers("grace", "@grace")[0].text


def test_a_new_topic_after_the_end_is_a_new_case_in_a_private_chat(office: Office) -> None:
    resolved(office)
    office.says("grace", "the vpn does not connect from home", "@grace")
    office.settled()

    assert (office.cases(), office.case(2).category) == (2, "network")
