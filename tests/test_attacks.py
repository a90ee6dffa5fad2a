"""What somebody could try against the desk: words that cross the border, and what is gone and should come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases import Case, State
from bot.deskdata import load_desk_data
from bot.settings import BadConfiguration
from tests.faults.steps import StepByStep, stepping

PRIVATE = "ana.private@example.com"
DEFAULTS = Path(__file__).parents[1] / "bot/defaults"


@pytest.fixture
def desk() -> Iterator[StepByStep]:
    with stepping() as opened:
        yield opened


def asks(desk: StepByStep, who: str, text: str) -> Case:
    desk.says(who, f"{text}, human please")
    desk.works()
    return desk.cases()[-1]


def shown_in(desk: StepByStep, channel: str) -> str:
    """All that the desk's messages in a channel say now."""
    log = desk.workspace.logs[desk.workspace.channel(channel).id]
    return " ".join(f"{each.text} {each.blocks}" for each in log if each.by_app)


def test_the_name_of_an_incident_is_redacted_where_people_may_not_see_personal_data(desk: StepByStep) -> None:
    case = asks(desk, "ana", "my laptop was stolen")
    desk.together.incident(desk.click(case, "sam", text=f"Stolen laptops, write to {PRIVATE}"))
    desk.works()
    onshore = shown_in(desk, "queue-security")
    desk.agents.reroute(desk.click(desk.case(), "sam", about="service-desk", reason="category"))
    desk.works()
    moved = desk.case()
    other = asks(desk, "jonas", "printer prints nothing, jobs sit in the queue")
    form = desk.agents.form(desk.click(other, "sam"))

    assert (case.queue, moved.queue) == ("security", "service-desk")
    assert PRIVATE in onshore
    assert "Stolen laptops" in shown_in(desk, "queue-service-desk")
    assert PRIVATE not in shown_in(desk, "queue-service-desk")
    assert form is not None
    assert [(each.id, PRIVATE in each.incident) for each in form.cases] == [(moved.id, False)]


def test_words_that_are_deleted_after_the_end_are_gone_from_the_card_too(desk: StepByStep) -> None:
    ts = desk.workspace.say("ana", "@ana", "printer prints nothing near badge77x, human please")
    desk.works()
    desk.agents.resolve(desk.click(desk.case(), "sam"))
    desk.works()
    before = shown_in(desk, "queue-service-desk")
    desk.workspace.delete("ana", desk.workspace.channel("@ana").id, ts)
    desk.works()

    assert desk.case().state is State.RESOLVED
    assert "badge77x" in before
    assert "badge77x" not in shown_in(desk, "queue-service-desk")


def test_a_dialog_for_a_case_that_is_not_in_the_book_is_refused_in_words(desk: StepByStep) -> None:
    """Cards of a database that was replaced stay in Slack."""
    case = asks(desk, "ana", "printer prints nothing, jobs sit in the queue")
    click = desk.click(case, "kasia")
    form = desk.agents.form(type(click)(99, click.user, click.channel))

    (refused,) = desk.rows("SELECT case_id, method FROM outbox WHERE purpose = 'refused'")
    assert form is None
    assert (refused["case_id"], refused["method"]) == (None, "whisper")


@pytest.mark.parametrize("file", ["queues.toml", "teams.toml"])
def test_a_title_that_slack_would_take_for_a_mention_is_refused(tmp_path: Path, file: str) -> None:
    first, sep, rest = (DEFAULTS / file).read_text("utf-8").partition('title = "')
    (tmp_path / file).write_text(f"{first}{sep}<!channel> {rest}", "utf-8")

    with pytest.raises(BadConfiguration, match=f"{file}: .*title is .*; use words in quotes, without < and >"):
        load_desk_data(tmp_path)
