"""The decision: given what was said, what the model thinks and what the articles hold, what does the desk do?

Pure functions over values. Knows no Slack, no database and no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.routing import Queue, queue_for
from classifier.prediction import Neighbour, Prediction
from knowledge_base.search import Hit

NOT_FOR_THIS_DESK = "other"
TOO_LITTLE_SAID = "unclear"
ONSHORE_TIER = 3
LEAST_CHANCE = 0.03  # of an article among others to choose from: below it, it is there by accident
URGENCIES = ("low", "normal", "high", "critical")
TELLING_WORDS = 4
LONGEST_QUOTE = 90  # of a similar request: one line of a card
SHORTEST_TELLING_WORD = 3  # "VPN", "PIN"; shorter ones are "a", "on", "my"


@dataclass(frozen=True)
class Policy:
    """When the desk trusts itself. Each number is a probability in 0..1, from `policy.toml`; `trust` gives single
    categories an operating point of their own.

    `noise_budget`: how often a day the desk may speak up in vain in a channel. `rate_share` of the people are asked how
    it was, and `review_share` of the cases are read again by a lead."""

    trust_category_above: float
    answer_above: float
    answer_untrusted_above: float
    second_answer_above: float
    other_above: float
    clarify_with: int
    onshore_above: float = 1.0
    ask_article_above: float = 1.0
    noise_budget: int = 5
    rate_share: float = 0.25
    review_share: float = 0.05
    trust: Mapping[str, float] = field(default_factory=dict)

    def needed(self, category: str) -> float:
        """The least probability at which a category is trusted."""
        if category == NOT_FOR_THIS_DESK:
            return self.other_above
        return self.trust.get(category, self.trust_category_above)


@dataclass(frozen=True)
class Rule:
    """A written rule that stands above the model. `tier` and `urgency` are floors: nothing learned lowers them."""

    name: str
    reason: str
    tier: int
    urgency: str
    any: re.Pattern[str]
    unless: re.Pattern[str] | None
    queue: str
    category: str | None = None
    aid: str | None = None

    def matches(self, text: str) -> bool:
        plain = plain_text(text)
        return bool(self.any.search(plain)) and not (self.unless and self.unless.search(plain))


@dataclass(frozen=True)
class Standing:
    """A written rule about who writes, by Slack user group, whatever the words: floors for tier and urgency, and a
    person besides any article. The queue is whoever owns the category."""

    name: str
    reason: str
    tier: int
    urgency: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """What is written, in the file's order: the first one that matches decides."""

    about_words: tuple[Rule, ...] = ()
    about_people: tuple[Standing, ...] = ()

    def __len__(self) -> int:
        return len(self.about_words) + len(self.about_people)

    def for_words(self, text: str) -> Rule | None:
        return next((rule for rule in self.about_words if rule.matches(text)), None)

    def for_groups(self, groups: Collection[str]) -> Standing | None:
        return next((rule for rule in self.about_people if not rule.groups.isdisjoint(groups)), None)


@dataclass(frozen=True)
class Judgement:
    """What the model and the rules say about a text, before anything is decided. `language` is empty where the text
    does not tell it."""

    language: str
    category: str
    confidence: float
    categories: tuple[tuple[str, float], ...]
    tier: int
    urgency: str
    terms: tuple[str, ...]
    model: str
    rule: Rule | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class Answer:
    """Offer this article."""

    article: str


@dataclass(frozen=True)
class Clarify:
    """Ask once, which of these categories or articles it is. Neither means that too little was said to offer any."""

    categories: tuple[str, ...]
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandOff:
    """A person takes over. `aid` is an article with first aid to show at once, never instead of the person."""

    queue: str
    aid: str | None = None


@dataclass(frozen=True)
class Ignore:
    """Nothing to solve. `because` is `greeting`, `thanks`, `empty` or `not for this desk`."""

    because: str


Decision = Answer | Clarify | HandOff | Ignore


@dataclass(frozen=True)
class Advice:
    """A decision with everything it rests on. `triage ask` prints exactly this."""

    judgement: Judgement
    hits: tuple[Hit, ...]
    decision: Decision
    reasons: tuple[str, ...]


def judge(
    text: str,
    prediction: Prediction,
    rules: Rules,
    onshore_above: float = 1.0,
    groups: Collection[str] = (),
) -> Judgement:
    """Join model and rules; `groups` are the user groups of whoever wrote the text.

    A text that belongs onshore with at least `onshore_above` counts as tier 3, even where a lower tier is likelier:
    missing one costs more than passing one on in vain.
    """
    rule, standing = rules.for_words(text), rules.for_groups(groups)
    judgement = _judgement_of(prediction, onshore_above)
    if rule is not None:
        judgement = _under_rule(judgement, rule)
    return judgement if standing is None else _with_standing(judgement, standing)


def decide(judgement: Judgement, hits: Sequence[Hit], policy: Policy, queues: Sequence[Queue]) -> Decision:
    """The one decision about a new request. The rule decides first, then tier, then trust, then the articles.

    Work for tier 3 is never answered with self-help alone, nor are people whose standing says so: what fits is shown
    while a person takes over. A category that is not trusted is asked for once, but not where that could cost too much.
    """
    if judgement.rule is not None:
        return HandOff(judgement.rule.queue, aid=judgement.rule.aid)
    trusted = _trusted(judgement, policy)
    owner = owner_for(judgement.category, judgement.confidence, judgement.tier, policy, queues)
    best = hits[0] if hits else None
    enough = policy.answer_above if trusted else policy.answer_untrusted_above
    onshore = judgement.tier >= ONSHORE_TIER
    if best is not None and (best.by_code or best.score >= enough) and judgement.category != NOT_FOR_THIS_DESK:
        return _offer(best, owner, with_person=onshore or judgement.standing is not None)
    if judgement.standing is not None or (onshore and (trusted or _always_onshore(judgement.category, queues))):
        return HandOff(owner.name)
    if not trusted:
        return Clarify(_likely(judgement, policy))
    return Clarify((), fitting) if (fitting := _fitting(judgement, hits, policy)) else HandOff(owner.name)


def decide_again(judgement: Judgement, hits: Sequence[Hit], policy: Policy, queues: Sequence[Queue]) -> Decision:
    """The decision once the person has answered the one question: an answer or a person, never a second question."""
    decision = decide(judgement, hits, policy, queues)
    if isinstance(decision, Clarify):
        return HandOff(owner_for(judgement.category, judgement.confidence, judgement.tier, policy, queues).name)
    return decision


def owner_for(category: str, confidence: float, tier: int, policy: Policy, queues: Sequence[Queue]) -> Queue:
    """The queue for what is judged. A category that is not trusted counts as `unclear`: the service desk sorts it, or
    somebody onshore where it seems to be work for tier 3."""
    owner = queue_for(category, tier, queues)
    if confidence >= policy.needed(category) or (tier >= ONSHORE_TIER and _always_onshore(category, queues)):
        return owner
    return queue_for(TOO_LITTLE_SAID, tier if tier >= ONSHORE_TIER else 1, queues)


def _always_onshore(category: str, queues: Sequence[Queue]) -> bool:
    """As security is: when an account is in strange hands or a laptop is gone, a question costs more than a person in
    vain."""
    return queue_for(category, 1, queues).region == "onshore"


def not_for_this_desk(judgement: Judgement, policy: Policy) -> bool:
    """Whether the text is confidently about something that this desk does not cover."""
    return judgement.category == NOT_FOR_THIS_DESK and judgement.confidence >= policy.other_above


def chances_after_the_first(hits: Sequence[Hit]) -> tuple[tuple[str, float], ...]:
    """(article, chance of being right now that the first one was wrong) for all but the first.

    Scores are chances of one right article, so what the first one held falls to the others in proportion.
    """
    left = 1 - hits[0].score if hits else 0.0
    return tuple((hit.article.id, hit.score / left if left > 0 else 0.0) for hit in hits[1:])


def second_answer(candidates: Sequence[str], shown: Sequence[str]) -> str | None:
    """The next article to offer after "that did not help", or None when a person should take over."""
    if len(shown) > 1:
        return None
    return next((article for article in candidates if article not in shown), None)


def reasons_for(judgement: Judgement, hits: Sequence[Hit], similar: Sequence[Neighbour] = ()) -> tuple[str, ...]:
    """Why, in plain words, strongest reason first: for agents, `triage ask` and the audit."""
    telling = telling_words(judgement)
    reasons = [
        judgement.rule.reason if judgement.rule else "",
        judgement.standing.reason if judgement.standing else "",
        _sureness(judgement),
        "Words that point there: " + ", ".join(telling) + "." if telling else "",
        f"Closest article: {hits[0].article.title} ({hits[0].score:.0%})." if hits else "No article matches.",
        "Similar known requests: " + "; ".join(map(_quoted, similar)) + "." if similar else "",
    ]
    return tuple(filter(None, reasons))


def telling_words(judgement: Judgement) -> tuple[str, ...]:
    """The words of the text that spoke most for its category, as the person wrote them; none where a rule decided."""
    if judgement.rule and judgement.rule.category:
        return ()
    return tuple(term for term in judgement.terms if len(term) >= SHORTEST_TELLING_WORD)[:TELLING_WORDS]


def _quoted(known: Neighbour) -> str:
    text = known.text if len(known.text) <= LONGEST_QUOTE else known.text[: LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{text}” ({known.category})"


def _sureness(judgement: Judgement) -> str:
    if judgement.rule and judgement.rule.category:
        return "A written rule decides, whatever the model says."
    if not judgement.model:
        return "No model is loaded, so people decide."
    return f"{min(judgement.confidence, 0.99):.0%} sure that this is {judgement.category}."


def plain_text(text: str) -> str:
    """Lower case, straight quotes, one line: what written rules are matched against."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", visible.replace("’", "'").replace("`", "'")).strip().lower()


def rules_from(data: Mapping[str, Mapping[str, object]]) -> Rules:
    """Rules from `rules.toml`, in the file's order. Raises ValueError that names rule, key and fault."""
    return Rules(
        tuple(_rule(name, row) for name, row in data.items() if "groups" not in row),
        tuple(_standing(name, row) for name, row in data.items() if "groups" in row),
    )


def _standing(name: str, row: Mapping[str, object]) -> Standing:
    groups = row["groups"]
    if not isinstance(groups, list) or not groups:
        raise ValueError(f"rules.toml: [{name}] `groups` is a list with at least one user group")
    handles = frozenset(str(group).strip().removeprefix("@").lower() for group in groups)
    if wrong := sorted(handle for handle in handles if not re.fullmatch(r"[\w.-]+", handle)):
        raise ValueError(f"rules.toml: [{name}] {wrong[0]!r} is no handle of a user group, such as executives")
    return Standing(name, str(row["reason"]), int(str(row["tier"])), str(row["urgency"]), handles)


def _rule(name: str, row: Mapping[str, object]) -> Rule:
    try:
        return Rule(
            name=name,
            reason=str(row["reason"]),
            any=_either(row["any"]),
            unless=_either(row["unless"]) if "unless" in row else None,
            tier=int(str(row["tier"])),
            urgency=str(row["urgency"]),
            queue=str(row["queue"]),
            category=str(row["category"]) if "category" in row else None,
            aid=str(row["aid"]) if "aid" in row else None,
        )
    except KeyError as missing:
        raise ValueError(f"rules.toml: [{name}] has no {missing}; add it") from missing
    except re.error as fault:
        raise ValueError(f"rules.toml: [{name}] has an expression that cannot be read: {fault}") from fault


def _either(expressions: object) -> re.Pattern[str]:
    if not isinstance(expressions, list) or not expressions:
        raise ValueError("rules.toml: `any` and `unless` are lists with at least one expression")
    return re.compile("|".join(f"(?:{each})" for each in expressions), re.IGNORECASE)


def _judgement_of(prediction: Prediction, onshore_above: float) -> Judgement:
    onshore = dict(prediction.tier_probabilities).get(ONSHORE_TIER, 0.0) >= onshore_above
    return Judgement(
        language=prediction.language,
        category=prediction.category,
        confidence=prediction.confidence,
        categories=prediction.categories,
        tier=ONSHORE_TIER if onshore else prediction.tier or 1,
        urgency=prediction.urgency or "normal",
        terms=prediction.terms,
        model=prediction.model,
    )


def _under_rule(base: Judgement, rule: Rule) -> Judgement:
    """The rule's word stands: its category if it names one, and at least its tier and urgency."""
    certain = rule.category is not None
    return Judgement(
        language=base.language,
        category=rule.category or base.category,
        confidence=1.0 if certain else base.confidence,
        categories=base.categories,
        tier=max(base.tier, rule.tier),
        urgency=_higher(base.urgency, rule.urgency),
        terms=base.terms,
        model=base.model,
        rule=rule,
    )


def _fitting(judgement: Judgement, hits: Sequence[Hit], policy: Policy) -> tuple[str, ...]:
    """Articles to choose from where none is sure enough to be the answer: for what a person may solve alone."""
    if judgement.tier > 1 or not hits or hits[0].score < policy.ask_article_above:
        return ()
    worth_reading = [hit.article for hit in hits if hit.score >= LEAST_CHANCE]
    return tuple(article.id for article in worth_reading if not article.needs_admin)[: policy.clarify_with]


def _with_standing(judgement: Judgement, standing: Standing) -> Judgement:
    """At least the tier and the urgency that are due to whoever writes."""
    return replace(
        judgement,
        tier=max(judgement.tier, standing.tier),
        urgency=_higher(judgement.urgency, standing.urgency),
        standing=standing,
    )


def _higher(one: str, other: str) -> str:
    """The more urgent of two; an urgency that only somebody's own model knows gives way."""
    return max(one, other, key=lambda urgency: URGENCIES.index(urgency) if urgency in URGENCIES else -1)


def _offer(hit: Hit, owner: Queue, *, with_person: bool) -> Decision:
    """An article that needs an administrator is shown while a person takes over; any other is tried first.

    A code in the text names its article whatever the model thinks of the sentence around it.
    """
    if with_person or hit.article.needs_admin:
        return HandOff(owner.name, aid=hit.article.id)
    return Answer(hit.article.id)


def _trusted(judgement: Judgement, policy: Policy) -> bool:
    known = judgement.category not in (NOT_FOR_THIS_DESK, TOO_LITTLE_SAID)
    return known and judgement.confidence >= policy.needed(judgement.category)


def _likely(judgement: Judgement, policy: Policy) -> tuple[str, ...]:
    """The categories worth offering; none when the text says too little for any."""
    if judgement.category == TOO_LITTLE_SAID and judgement.confidence >= policy.needed(TOO_LITTLE_SAID):
        return ()
    known = [c for c, _ in judgement.categories if c not in (NOT_FOR_THIS_DESK, TOO_LITTLE_SAID)]
    return tuple(known[: policy.clarify_with])
