"""The decision and the routing: values in, values out, with a row on every boundary."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.unaided import unaided
from bot.deskdata import load_desk_data
from bot.routing import NoHigherTier, named, next_tier, queue_for
from bot.triage import (
    Answer,
    Clarify,
    HandOff,
    Judgement,
    Policy,
    Rules,
    chances_after_the_first,
    decide,
    decide_again,
    judge,
    reasons_for,
    second_answer,
)
from knowledge_base.search import Hit, Library
from tests.office import article

DATA = load_desk_data(Path("a folder that does not exist"))
QUEUES = DATA.queues
POLICY = Policy(
    trust_category_above=0.5,
    answer_above=0.4,
    answer_untrusted_above=0.85,
    second_answer_above=0.2,
    other_above=0.6,
    clarify_with=3,
)
OUTLOOK = Judgement(
    language="en",
    category="outlook",
    confidence=0.9,
    categories=(("outlook", 0.9), ("teams", 0.05), ("other", 0.03), ("network", 0.02)),
    tier=1,
    urgency="normal",
    terms=("outlook",),
    model="m1",
)
SECURITY = replace(  # not trusted
    OUTLOOK, category="security", confidence=0.4, categories=(("security", 0.4), ("teams", 0.3), ("network", 0.2))
)
NO_MODEL = unaided(Library(()))
GOOD = Hit(article("outlook-search", "Outlook search", "outlook"), 0.8, ("outlook",))


def hit(score: float, **changes: object) -> Hit:
    return replace(GOOD, score=score, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judgement", "hits", "decision"),
    [
        (OUTLOOK, [GOOD], Answer("outlook-search")),
        (OUTLOOK, [], HandOff("service-desk")),
        (OUTLOOK, [hit(0.4)], Answer("outlook-search")),
        (OUTLOOK, [hit(0.39)], HandOff("service-desk")),
        (replace(OUTLOOK, confidence=0.5), [GOOD], Answer("outlook-search")),
        (replace(OUTLOOK, confidence=0.49), [GOOD], Clarify(("outlook", "teams", "network"))),
        (replace(OUTLOOK, confidence=0.49), [hit(0.85)], Answer("outlook-search")),
        (replace(OUTLOOK, category="other", confidence=0.9), [hit(0.85)], Clarify(("outlook", "teams", "network"))),
        (replace(OUTLOOK, tier=2), [], HandOff("m365")),
        (replace(OUTLOOK, tier=3), [GOOD], HandOff("onshore", aid="outlook-search")),
        (replace(OUTLOOK, tier=3), [hit(0.39)], HandOff("onshore")),
        (replace(OUTLOOK, tier=3, confidence=0.49), [GOOD], Clarify(("outlook", "teams", "network"))),
        (replace(OUTLOOK, tier=3, confidence=0.49), [hit(0.85)], HandOff("onshore", aid="outlook-search")),
        (replace(SECURITY, tier=1), [], Clarify(("security", "teams", "network"))),
        (replace(SECURITY, tier=3), [], HandOff("security")),
        (replace(SECURITY, tier=3), [hit(0.85)], HandOff("security", aid="outlook-search")),
        (replace(OUTLOOK, category="other", confidence=0.9), [GOOD], Clarify(("outlook", "teams", "network"))),
        (replace(OUTLOOK, category="unclear", confidence=0.9), [GOOD], Clarify(())),
    ],
)
def test_the_decision_about_a_new_request(judgement: Judgement, hits: list[Hit], decision: object) -> None:
    assert decide(judgement, hits, POLICY, QUEUES) == decision


def named_hit(article_id: str, score: float, **changes: object) -> Hit:
    found = hit(score)
    return replace(found, article=replace(found.article, id=article_id, **changes))


ASKING = replace(POLICY, ask_article_above=0.25, clarify_with=2)
LIKELY = [named_hit("a", 0.35), named_hit("b", 0.3), named_hit("c", 0.2), named_hit("d", 0.02)]


@pytest.mark.parametrize(
    ("judgement", "hits", "decision"),
    [
        (OUTLOOK, LIKELY, Clarify((), ("a", "b"))),
        (OUTLOOK, LIKELY[2:], HandOff("service-desk")),
        (OUTLOOK, [named_hit("a", 0.35), LIKELY[3]], Clarify((), ("a",))),
        (OUTLOOK, [named_hit("a", 0.35, needs_admin=True), LIKELY[1]], Clarify((), ("b",))),
        (OUTLOOK, [named_hit("a", 0.35, needs_admin=True)], HandOff("service-desk")),
        (replace(OUTLOOK, tier=2), LIKELY, HandOff("m365")),
        (replace(OUTLOOK, confidence=0.2), LIKELY, Clarify(("outlook", "teams"))),
    ],
)
def test_where_no_article_is_sure_enough_the_likely_ones_are_offered(
    judgement: Judgement, hits: list[Hit], decision: object
) -> None:
    assert decide(judgement, hits, ASKING, QUEUES) == decision


def test_a_rule_decides_before_everything_else() -> None:
    judgement = judge("my laptop was stolen", NO_MODEL("my laptop was stolen"), DATA.rules)

    assert decide(judgement, [GOOD], POLICY, QUEUES) == HandOff("security", aid="security-lost-or-stolen-device")
    assert (judgement.tier, judgement.urgency, judgement.category) == (3, "critical", "security")


def test_an_article_that_needs_an_administrator_is_shown_while_a_person_takes_over() -> None:
    needs_admin = replace(GOOD, article=replace(GOOD.article, needs_admin=True))

    assert decide(OUTLOOK, [needs_admin], POLICY, QUEUES) == HandOff("service-desk", aid="outlook-search")


def of_an_executive(text: str) -> Judgement:
    return judge(text, NO_MODEL(text), DATA.rules, groups={"executives", "runners"})


def test_who_writes_raises_tier_and_urgency_and_is_told_to_agents() -> None:
    judgement = of_an_executive("outlook is slow")

    assert (judgement.tier, judgement.urgency) == (2, "high")
    assert reasons_for(judgement, [])[0] == "The person belongs to the executives, who always get a person."


def test_who_writes_lowers_nothing_that_the_words_say() -> None:
    judgement = of_an_executive("my laptop was stolen")

    assert (judgement.tier, judgement.urgency) == (3, "critical")
    assert decide(judgement, [GOOD], POLICY, QUEUES) == HandOff("security", aid="security-lost-or-stolen-device")


def test_an_executive_gets_a_person_beside_the_article_and_no_question() -> None:
    executive = replace(OUTLOOK, tier=2, standing=DATA.rules.about_people[0])

    assert decide(executive, [GOOD], POLICY, QUEUES) == HandOff("m365", aid="outlook-search")
    assert decide(replace(executive, confidence=0.2), [], POLICY, QUEUES) == HandOff("service-desk")


def test_other_groups_change_nothing() -> None:
    judgement = judge("outlook is slow", NO_MODEL("outlook is slow"), DATA.rules, groups={"runners"})

    assert (judgement.standing, judgement.tier, judgement.urgency) == (None, 1, "normal")


def test_without_a_model_people_decide() -> None:
    judgement = judge("outlook is slow", NO_MODEL("outlook is slow"), Rules())

    assert decide_again(judgement, [], POLICY, QUEUES) == HandOff("service-desk")


def test_there_is_no_second_question() -> None:
    unsure = replace(OUTLOOK, confidence=0.2)

    assert decide_again(unsure, [GOOD], POLICY, QUEUES) == HandOff("service-desk")
    assert decide_again(replace(unsure, tier=3), [GOOD], POLICY, QUEUES) == HandOff("onshore")


def test_what_the_first_article_held_falls_to_the_others() -> None:
    others = hit(0.1, article=article("b", "B", "outlook")), hit(0.05, article=article("c", "C", "outlook"))

    assert chances_after_the_first([GOOD, *others]) == (("b", pytest.approx(0.5)), ("c", pytest.approx(0.25)))


@pytest.mark.parametrize(
    ("shown", "second"),
    [(["a"], "b"), (["a", "b"], None), (["b"], "a"), ([], "a")],
    ids=["one", "two", "other", "none"],
)
def test_a_second_article_is_offered_once(shown: list[str], second: str | None) -> None:
    assert second_answer(["a", "b"], shown) == second


@pytest.mark.parametrize(
    ("category", "tier", "queue"),
    [
        ("outlook", 1, "service-desk"),
        ("outlook", 2, "m365"),
        ("outlook", 3, "onshore"),
        ("printing", 2, "endpoint"),
        ("network", 2, "network"),
        ("windows-signin", 2, "identity"),
        ("security", 1, "security"),
        ("security", 2, "security"),
        ("security", 3, "security"),
        ("other", 1, "unsorted"),
        ("other", 2, "unsorted"),
        ("unclear", 1, "service-desk"),
    ],
)
def test_every_category_and_tier_has_its_queue(category: str, tier: int, queue: str) -> None:
    assert queue_for(category, tier, QUEUES).name == queue


@pytest.mark.parametrize("category", DATA.categories)
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_work_of_tier_three_is_never_routed_offshore(category: str, tier: int) -> None:
    owner = queue_for(category, tier, QUEUES)

    assert tier < 3 or owner.region == "onshore"


@pytest.mark.parametrize(
    ("start", "category", "above"),
    [
        ("service-desk", "outlook", "m365"),
        ("m365", "outlook", "onshore"),
        ("service-desk", "other", "onshore"),
        ("unsorted", "outlook", "m365"),
    ],
)
def test_an_escalation_goes_to_the_owner_one_tier_up(start: str, category: str, above: str) -> None:
    assert next_tier(named(start, QUEUES), category, QUEUES).name == above


@pytest.mark.parametrize("top", ["onshore", "security", "major-incident"])
def test_nobody_is_above_tier_three(top: str) -> None:
    with pytest.raises(NoHigherTier, match="highest tier"):
        next_tier(named(top, QUEUES), "outlook", QUEUES)
