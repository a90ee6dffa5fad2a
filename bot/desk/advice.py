"""What the desk would do with a text: classify, search, decide. Changes nothing; `triage ask` prints exactly this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.desk.values import STRANGER, Asker
from bot.replies import Meaning, ReplyReader
from bot.routing import Queue
from bot.triage import (
    Advice,
    Decision,
    HandOff,
    Ignore,
    Judgement,
    Policy,
    Rules,
    chances_after_the_first,
    decide,
    decide_again,
    judge,
    owner_for,
    reasons_for,
)
from classifier.prediction import Explanation, Prediction
from knowledge_base.search import Hit, Library

Explain = Callable[[str], Explanation | None]

# Where neither the words nor the person's own setting tell a language.
FALLBACK = "en"
# How many articles a case remembers as candidates.
CANDIDATES = 5


@dataclass(frozen=True)
class Advisor:
    """Joins model, articles, rules and policy. Without a usable model, `predict` is `unaided` and `explain` None.
    `worth` tells what people's verdicts make of the articles, as factors by their ids."""

    predict: Callable[[str], Prediction]
    library: Library
    rules: Rules
    policy: Policy
    queues: Sequence[Queue]
    replies: ReplyReader
    explain: Explain | None = None
    worth: Callable[[], Mapping[str, float]] = dict
    categories: tuple[str, ...] = ()

    def advise(self, text: str, asker: Asker = STRANGER) -> Advice:
        """The advice on a new request."""
        idle = self._nothing_to_solve(text)
        judgement = self._judge(text, asker)
        hits = () if idle else self._search(text, judgement)
        decision = idle or decide(judgement, hits, self.policy, self.queues)
        if not idle and self.replies.wants_person(text):
            decision = self._person(judgement, decision)
        return Advice(judgement, hits, decision, self._reasons(text, judgement, hits, decision))

    def advise_again(self, text: str, category: str | None = None, asker: Asker = STRANGER) -> Advice:
        """The advice after the one question. `category` is what the person chose, and then it is certain."""
        judgement = self._judge(text, asker)
        if category and judgement.rule is None:
            judgement = replace(judgement, category=category, confidence=1.0, categories=((category, 1.0),))
        hits = self._search(text, judgement)
        decision = decide_again(judgement, hits, self.policy, self.queues)
        if self.replies.wants_person(text):
            decision = self._person(judgement, decision)
        return Advice(judgement, hits, decision, self._reasons(text, judgement, hits, decision))

    def owner(self, category: str, confidence: float, tier: int) -> str:
        """The name of the queue that should have a case like this."""
        return owner_for(category, confidence, tier, self.policy, self.queues).name

    def worth_a_second(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Articles that may be offered after the first did not help, best first."""
        return tuple(
            article for article, chance in chances_after_the_first(hits) if chance >= self.policy.second_answer_above
        )

    def _judge(self, text: str, asker: Asker) -> Judgement:
        """Whoever asks is looked up only where it changes something."""
        groups = asker.groups() if self.rules.about_people else ()
        judgement = judge(text, self.predict(text), self.rules, self.policy.onshore_above, groups)
        return judgement if judgement.language else replace(judgement, language=asker.language() or FALLBACK)

    def _reasons(self, text: str, judgement: Judgement, hits: Sequence[Hit], decision: Decision) -> tuple[str, ...]:
        """Why, with the nearest known requests where somebody may have to read it."""
        why = self.explain(text) if self.explain and not isinstance(decision, Ignore) else None
        return reasons_for(judgement, hits, why.examples if why else ())

    def _search(self, text: str, judgement: Judgement) -> tuple[Hit, ...]:
        hints = dict(judgement.categories)
        found = self.library.search(
            text, categories=hints, language=judgement.language, limit=CANDIDATES, worth=self.worth()
        )
        return tuple(found)

    def _nothing_to_solve(self, text: str) -> Decision | None:
        if not text.strip():
            return Ignore("empty")
        meaning = self.replies.small_talk(text)
        return Ignore(meaning.value) if meaning in (Meaning.THANKS, Meaning.GREETING) else None

    def _person(self, judgement: Judgement, decision: Decision) -> Decision:
        """Somebody who asks for a person gets one, at the queue that owns what they wrote about."""
        return (
            decision
            if isinstance(decision, HandOff)
            else HandOff(self.owner(judgement.category, judgement.confidence, judgement.tier))
        )
