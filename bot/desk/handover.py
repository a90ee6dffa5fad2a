"""The agents' side: the card in the queue's channel, its buttons, and the two threads that stay one conversation.

Whatever goes to a queue passes through `_fit_for`, so that an offshore queue reads redacted words only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.cases import Case, IllegalMove
from bot.desk.values import Click, Report
from bot.desk.voice import Story, Voice
from bot.privacy import redact
from bot.routing import NoHigherTier, Queue, named, next_tier
from bot.store import Database, Transaction
from bot.store.cases import Said, StaleCase
from bot.store.outbox import Sendable, new_send_id
from bot.triage import Advice
from bot.walk import Tried, tried_in, walk_of
from knowledge_base.articles import Article
from knowledge_base.search import Library

# A request longer than this stands in full in the card's thread.
LONG_REQUEST = 1_000
# A channel that is gone for these reasons gets no card; anything else is about the card itself.
LOST_CHANNEL = frozenset({"channel_not_found", "is_archived", "not_in_channel", "restricted_action"})


class HandOver:
    """What happens to a case once people have it. `rooms` maps a queue's name to the id of its Slack channel."""

    def __init__(
        self, store: Database, voice: Voice, queues: Sequence[Queue], rooms: Mapping[str, str], library: Library
    ) -> None:
        self.store = store
        self.voice = voice
        self.queues = queues
        self.rooms = rooms
        self.library = library

    # -- from the person's side, inside their transaction ---------------------------------------------------------

    def begin(self, unit: Transaction, case: Case, *, was: Case, queue: str, aid: str | None) -> None:
        """Pass a case to a queue: the card for the agents, the word to the person, both in one commit."""
        target = named(queue, self.queues)
        moved = case.handed_off(queue, new_send_id())
        unit.cases.keep(moved, was=was)
        unit.cases.note(case.id, "desk", "handed over", queue=queue)
        self._post_card(unit, moved, aid=aid)
        unit.outbox.add(self.voice.handed_over(moved, target, self._article(aid, case.language)), case.id)

    def alarmed(self, unit: Transaction, case: Case, advice: Advice) -> None:
        """Words that meet a written rule while people have the case: it moves to the rule's queue, with first aid."""
        rule = advice.judgement.rule
        if rule is None:
            return
        target = named(rule.queue, self.queues)
        raised = replace(case, tier=rule.tier, urgency=rule.urgency, reasons=advice.reasons)
        raised = replace(raised, category=rule.category or case.category)
        moved = raised.moved_to(target.name, rule.tier, new_send_id())
        unit.cases.keep(moved, was=case)
        unit.cases.note(case.id, "desk", "moved by rule", rule=rule.name, queue=target.name)
        self._leave(unit, case, target)
        self._post_card(unit, moved, aid=rule.aid)
        unit.outbox.add(self.voice.handed_over(moved, target, self._article(rule.aid, case.language)), case.id)

    def reopen(self, unit: Transaction, case: Case, who: str) -> None:
        """The person says that it is not solved after all: back to the queue that had it, or the service desk."""
        queue = self._queue_of(case)
        again = replace(case.reopened(new_send_id()), queue=queue.name)
        unit.cases.keep(again, was=case)
        unit.cases.note(case.id, who, "reopened")
        self._post_card(unit, again)
        unit.outbox.add(self.voice.reopened(again, queue), case.id)

    def person_said(self, unit: Transaction, case: Case, report: Report) -> None:
        """The person's further words go to the card's thread; they see an envelope on their message, nothing more."""
        queue = self._queue_of(case)
        files = [self._fit_for(queue, name) for name in report.files]
        text = self._fit_for(queue, report.text)
        unit.outbox.add(self.voice.person_said(case, self._room(unit, case), text, files), case.id)
        unit.outbox.add(self.voice.received(case) if report.anew else self.voice.passed_on(case, report.ts), case.id)

    def person_changed(self, unit: Transaction, case: Case, text: str) -> None:
        if case.with_people:
            words = self._fit_for(self._queue_of(case), text)
            unit.outbox.add(self.voice.person_changed(case, self._room(unit, case), words), case.id)
            self._refresh_card(unit, case)

    def person_deleted(self, unit: Transaction, case: Case) -> None:
        unit.outbox.add(self.voice.person_deleted(case, self._room(unit, case)), case.id)
        self._refresh_card(unit, case)

    def takes_note(self, unit: Transaction, report: Report) -> bool:
        """Words in a card's thread are the agents' own: kept with the case, never shown to the person."""
        case_id = unit.outbox.case_of(report.channel, report.thread, "card") if report.thread else None
        if case_id is None:
            return False
        note = Said(report.user, "agent", report.text, self.store.now(), internal=True, ts=report.ts)
        unit.cases.add_words(case_id, report.channel, note)
        if report.addressed:
            unit.outbox.add(self.voice.note_kept(report), case_id)
        return True

    # -- what agents do -------------------------------------------------------------------------------------------

    def claim(self, click: Click) -> None:
        """Atomic: of two agents who click at once, one has the case and the other is told."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._card_case(unit, click)
            moved = case and self._move(unit, click, case, lambda: case.claimed_by(click.user), "claimed")
            if moved:
                self._refresh_card(unit, moved)
                unit.outbox.add(self.voice.claimed(moved, self._queue_of(moved)), moved.id)

    def resolve(self, click: Click) -> None:
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._card_case(unit, click)
            moved = case and self._move(unit, click, case, lambda: case.resolved_by(click.user), "resolved")
            if moved:
                self._refresh_card(unit, moved)
                unit.outbox.add(self.voice.resolved(moved), moved.id)

    def escalate(self, click: Click) -> None:
        """To the queue that owns the category one tier up."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._card_case(unit, click)
            if case is None:
                return
            try:
                above = next_tier(self._queue_of(case), case.category, self.queues)
            except NoHigherTier as refusal:
                unit.outbox.add(self.voice.refused(click, str(refusal)), case.id)
                return
            self._pass_to(unit, click, case, above, "escalated", max(case.tier, min(above.tiers)))

    def reroute(self, click: Click) -> None:
        """To the queue that the agent chose."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._card_case(unit, click):
                self._pass_to(unit, click, case, named(click.about, self.queues), "rerouted", case.tier)

    def send_to_user(self, click: Click) -> None:
        """An agent's words to the person: the only way in which anything from the agents' side reaches them."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._card_case(unit, click)
            if case is None or not click.text.strip():
                return
            post = self.voice.from_agent(case, click.user, click.text)
            said = Said(click.user, "agent", click.text, self.store.now(), ts=f"sent:{post.send_id}")
            unit.cases.add_words(case.id, case.channel, said)
            unit.cases.note(case.id, click.user, "sent to user")
            unit.outbox.add(post, case.id)
            unit.outbox.add(self.voice.agent_sent(case, click.channel, click.user, click.text), case.id)

    def case_of_note(self, channel: str, thread: str) -> int | None:
        """The case whose card's thread this is; None for any other thread."""
        with self.store.reading() as unit:
            return unit.outbox.case_of(channel, thread, "card")

    def refuse(self, click: Click) -> None:
        """Tell one agent, and nobody else, why nothing happened: `click.text` is the sentence."""
        with self.store.transaction(settles=click.delivery) as unit:
            unit.outbox.add(self.voice.refused(click, click.text), None)

    # -- when a post is lost --------------------------------------------------------------------------------------

    def undelivered(self, unit: Transaction, row: Sendable, error: str) -> None:
        """A post was given up, in the same transaction: operators are told, and nobody waits for what never came."""
        unit.outbox.add(self.voice.alarm(f"{row.purpose} of case {row.case_id} could not be posted: {error}"), None)
        case = unit.cases.get(row.case_id) if row.case_id else None
        if case is None:
            return
        if row.purpose == "card" and case.card == row.send_id:
            self._card_again(unit, case, row.channel, error)
        elif row.purpose in ("answer", "question") and case.open and not case.with_people:
            self.begin(unit, case, was=case, queue=self._first_queue().name, aid=None)

    def _card_again(self, unit: Transaction, case: Case, lost: str, error: str) -> None:
        """Once: in another room of the same side where the channel is gone, or without the words that Slack refused."""
        if unit.cases.tried(case.id, "card again"):
            return
        unit.cases.note(case.id, "desk", "card again", error=error)
        queue = self._queue_of(case)
        alike = [each.name for each in self.queues if (each.region, each.sees) == (queue.region, queue.sees)]
        elsewhere = [self.rooms[name] for name in reversed(alike) if self.rooms[name] != lost]
        again = replace(case, card=new_send_id())
        if error not in LOST_CHANNEL:
            unit.cases.keep(again, was=case)
            self._post_card(unit, again, room=lost, bare=True)
        elif elsewhere:
            unit.cases.keep(again, was=case)
            self._post_card(unit, again, room=elsewhere[0])

    # -- the card -------------------------------------------------------------------------------------------------

    def _post_card(
        self, unit: Transaction, case: Case, *, aid: str | None = None, room: str | None = None, bare: bool = False
    ) -> None:
        queue = self._queue_of(case)
        story = self._story(unit, case, queue, room or self.rooms[queue.name], aid)
        if bare:
            story = replace(story, words="", transcript=(), reasons=())
        unit.outbox.add(self.voice.card(story, case.card or new_send_id()), case.id)
        if len(story.words) > LONG_REQUEST:
            for post in self.voice.full_words(case, story.room, story.words):
                unit.outbox.add(post, case.id)

    def _refresh_card(self, unit: Transaction, case: Case) -> None:
        story = self._story(unit, case, self._queue_of(case), self._room(unit, case))
        unit.outbox.add(self.voice.card_changed(story), case.id)

    def _leave(self, unit: Transaction, case: Case, to: Queue) -> None:
        """The old card says where the case went."""
        story = self._story(unit, case, self._queue_of(case), self._room(unit, case))
        unit.outbox.add(self.voice.card_left(story, to), case.id)

    def _story(self, unit: Transaction, case: Case, queue: Queue, room: str, aid: str | None = None) -> Story:
        said = (each for each in unit.cases.transcript(case.id) if not each.internal)
        return Story(
            case=case,
            queue=queue,
            room=room,
            words=self._fit_for(queue, case.words),
            transcript=tuple(replace(each, text=self._fit_for(queue, each.text)) for each in said),
            reasons=tuple(self._fit_for(queue, reason) for reason in case.reasons),
            steps=tuple(self._in_english(each, case.language) for each in tried_in(unit.cases.audit(case.id))),
            tried=tuple(filter(None, (self._article(each, "en") for each in case.shown))),
            aid=self._article(aid, "en"),
            other_queues=tuple(each for each in self.queues if each.name != queue.name),
        )

    def _card_case(self, unit: Transaction, click: Click) -> Case | None:
        """The case of the card that was clicked, if the click comes from where its card stands now."""
        case = unit.cases.get(click.case_id)
        where = unit.outbox.whereabouts(case.card) if case and case.card else None
        if case is None or where is None:
            return None
        if where[0] != click.channel:
            unit.outbox.add(self.voice.moved_on(click), case.id)
            return None
        return case

    def _move(self, unit: Transaction, click: Click, case: Case, move: Callable[[], Case], action: str) -> Case | None:
        """One legal move of a case. An illegal or overtaken one is refused, in words that only the agent sees."""
        try:
            moved = move()
            unit.cases.keep(moved, was=case)
        except (IllegalMove, StaleCase) as refusal:
            unit.outbox.add(self.voice.refused(click, str(refusal)), case.id)
            return None
        unit.cases.note(case.id, click.user, action, queue=moved.queue)
        return moved

    def _pass_to(self, unit: Transaction, click: Click, case: Case, queue: Queue, action: str, tier: int) -> None:
        """Leave one queue for another: the new card tells the whole story."""
        moved = self._move(unit, click, case, lambda: case.moved_to(queue.name, tier, new_send_id()), action)
        if moved is None:
            return
        self._leave(unit, case, queue)
        self._post_card(unit, moved)
        unit.outbox.add(self.voice.moved(moved, queue), case.id)

    def _room(self, unit: Transaction, case: Case) -> str:
        """The channel where the case's card stands."""
        where = unit.outbox.whereabouts(case.card or "")
        return where[0] if where else self.rooms[self._queue_of(case).name]

    def _fit_for(self, queue: Queue, text: str) -> str:
        return redact(text) if queue.sees == "redacted" else text

    def _article(self, article: str | None, language: str) -> Article | None:
        return self.library.get(article, language) if article else None

    def _in_english(self, tried: Tried, language: str) -> Tried:
        """Agents read the step's title in English, where the person's own version still says at that number what it
        said to them: an article may have changed since."""
        read, english = self._article(tried.article, language), self._article(tried.article, "en")
        if read is None or english is None:
            return tried
        still = any((step.number, step.title) == (tried.number, tried.title) for step in walk_of(read))
        title = next((step.title for step in walk_of(english) if step.number == tried.number), tried.title)
        return replace(tried, title=title) if still else tried

    def _queue_of(self, case: Case) -> Queue:
        return named(case.queue, self.queues) if case.queue else self._first_queue()

    def _first_queue(self) -> Queue:
        """Where people take over when nobody knows better: the first queue of tier 1."""
        return next(queue for queue in self.queues if 1 in queue.tiers)
