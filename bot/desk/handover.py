"""The agents' side: the card in the queue's channel, its buttons, and the two threads that stay one conversation.

Whatever goes to a queue passes through `_fit_for`, so that an offshore queue reads redacted words only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from knowledge_base.search import Library

from bot.cases import Case, IllegalMove, State
from bot.desk.values import Click, Report
from bot.desk.voice import Story, Voice
from bot.privacy import redact
from bot.routing import NoHigherTier, Queue, named, next_tier
from bot.store import Database, Transaction
from bot.store.cases import Said, StaleCase
from bot.store.outbox import Sendable, new_send_id
from knowledge_base.articles import Article


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

    def begin(self, unit: Transaction, *, was: Case, case: Case, queue: str, aid: str | None) -> None:
        """Pass a case to a queue: the card for the agents, the word to the person, both in one commit."""
        target = named(queue, self.queues)
        moved = case.handed_off(queue, new_send_id())
        unit.cases.keep(moved, was=was)
        unit.cases.note(case.id, "desk", "handed over", queue=queue)
        self._post_card(unit, moved, target, aid)
        first_aid = self._article(aid)
        unit.outbox.add(self.voice.handed_over(moved, target, first_aid), case.id)

    def reopen(self, unit: Transaction, case: Case, who: str) -> None:
        """The person says that it is not solved after all: back to the queue that had it, or the service desk."""
        queue = named(case.queue or self._first_queue(), self.queues)
        again = replace(case.reopened(new_send_id()), queue=queue.name)
        unit.cases.keep(again, was=case)
        unit.cases.note(case.id, who, "reopened")
        self._post_card(unit, again, queue, None)
        unit.outbox.add(self.voice.reopened(again, queue), case.id)

    def person_said(self, unit: Transaction, case: Case, report: Report) -> None:
        """The person's further words go to the card's thread; they see an envelope on their message, nothing more."""
        queue = named(case.queue or "", self.queues)
        text = self._fit_for(queue, report.text)
        unit.outbox.add(self.voice.person_said(case, self._room(unit, case), text, report.files), case.id)
        unit.outbox.add(self.voice.passed_on(case, report.ts), case.id)

    def person_changed(self, unit: Transaction, case: Case, text: str) -> None:
        if case.with_people:
            queue = named(case.queue or "", self.queues)
            words = self._fit_for(queue, text)
            unit.outbox.add(self.voice.person_changed(case, self._room(unit, case), words), case.id)

    def person_deleted(self, unit: Transaction, case: Case) -> None:
        unit.outbox.add(self.voice.person_deleted(case, self._room(unit, case)), case.id)

    def takes_note(self, unit: Transaction, report: Report) -> bool:
        """Words in a card's thread are the agents' own: kept with the case, never shown to the person."""
        case_id = unit.outbox.case_of(report.channel, report.thread, "card") if report.thread else None
        if case_id is None:
            return False
        note = Said(report.user, "agent", report.text, self.store.now(), internal=True, ts=report.ts)
        unit.cases.add_words(case_id, report.channel, note)
        return True

    # -- what agents do -------------------------------------------------------------------------------------------

    def claim(self, click: Click) -> None:
        """Atomic: of two agents who click at once, one has the case and the other is told."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._card_case(unit, click)
            moved = case and self._move(unit, click, case, lambda: case.claimed_by(click.user), "claimed")
            if moved:
                self._refresh_card(unit, moved)
                unit.outbox.add(self.voice.claimed(moved, named(moved.queue or "", self.queues)), moved.id)

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
                above = next_tier(named(case.queue or "", self.queues), case.category, self.queues)
            except NoHigherTier as refusal:
                unit.outbox.add(self.voice.refused(click.channel, click.user, str(refusal)), case.id)
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

    def reopened_by_person(self, click: Click) -> None:
        with self.store.transaction(settles=click.delivery) as unit:
            case = unit.cases.get(click.case_id)
            if case and case.reporter == click.user and case.state in (State.RESOLVED, State.SOLVED):
                self.reopen(unit, case, click.user)

    def case_of_note(self, channel: str, thread: str) -> int | None:
        """The case whose card's thread this is; None for any other thread."""
        with self.store.reading() as unit:
            return unit.outbox.case_of(channel, thread, "card")

    def refuse(self, click: Click) -> None:
        """Tell one agent, and nobody else, why nothing happened: `click.text` is the sentence."""
        with self.store.transaction(settles=click.delivery) as unit:
            unit.outbox.add(self.voice.refused(click.channel, click.user, click.text), None)

    def undelivered(self, row: Sendable, error: str) -> None:
        """A post could not be delivered for good. A lost card goes to another room at once; operators are told."""
        with self.store.transaction() as unit:
            unit.outbox.add(self.voice.alarm(f"{row.purpose} of case {row.case_id} could not be posted: {error}"), None)
            case = unit.cases.get(row.case_id) if row.case_id else None
            if case and row.purpose == "card" and case.card == row.send_id:
                self._card_elsewhere(unit, case, row.channel)

    # -- the card -------------------------------------------------------------------------------------------------

    def _post_card(self, unit: Transaction, case: Case, queue: Queue, aid: str | None, room: str | None = None) -> None:
        assert case.card is not None
        story = self._story(unit, case, queue, room or self.rooms[queue.name], aid)
        unit.outbox.add(self.voice.card(story, case.card), case.id)

    def _card_elsewhere(self, unit: Transaction, case: Case, not_in: str) -> None:
        queue = named(case.queue or "", self.queues)
        same_side = [each for each in self.queues if each.region == queue.region and self.rooms[each.name] != not_in]
        if same_side:
            again = replace(case, card=new_send_id())
            unit.cases.keep(again, was=case)
            self._post_card(unit, again, queue, None, self.rooms[same_side[-1].name])

    def _story(self, unit: Transaction, case: Case, queue: Queue, room: str, aid: str | None = None) -> Story:
        said = (each for each in unit.cases.transcript(case.id) if not each.internal)
        return Story(
            case=case,
            queue=queue,
            room=room,
            words=self._fit_for(queue, case.words),
            transcript=tuple(replace(each, text=self._fit_for(queue, each.text)) for each in said),
            tried=tuple(filter(None, map(self._article, case.shown))),
            aid=self._article(aid),
            other_queues=tuple(each for each in self.queues if each.name != queue.name),
        )

    def _card_case(self, unit: Transaction, click: Click) -> Case | None:
        """The case of the card that was clicked, if the click comes from where its card stands now."""
        case = unit.cases.get(click.case_id)
        where = unit.outbox.whereabouts(case.card) if case and case.card else None
        if case is None or where is None:
            return None
        if where[0] != click.channel:
            unit.outbox.add(self.voice.moved_on(click.channel, click.user), case.id)
            return None
        return case

    def _move(self, unit: Transaction, click: Click, case: Case, move: Callable[[], Case], action: str) -> Case | None:
        """One legal move of a case. An illegal or overtaken one is refused, in words that only the agent sees."""
        try:
            moved = move()
            unit.cases.keep(moved, was=case)
        except (IllegalMove, StaleCase) as refusal:
            unit.outbox.add(self.voice.refused(click.channel, click.user, str(refusal)), case.id)
            return None
        unit.cases.note(case.id, click.user, action, queue=moved.queue)
        return moved

    def _refresh_card(self, unit: Transaction, case: Case) -> None:
        story = self._story(unit, case, named(case.queue or "", self.queues), self._room(unit, case))
        unit.outbox.add(self.voice.card_changed(story), case.id)

    def _room(self, unit: Transaction, case: Case) -> str:
        """The channel where the case's card stands."""
        where = unit.outbox.whereabouts(case.card or "")
        return where[0] if where else self.rooms[case.queue or self._first_queue()]

    def _pass_to(self, unit: Transaction, click: Click, case: Case, queue: Queue, action: str, tier: int) -> None:
        """Leave one queue for another: the old card says where the case went, the new one tells the whole story."""
        moved = self._move(unit, click, case, lambda: case.moved_to(queue.name, tier, new_send_id()), action)
        if moved is None:
            return
        left = self._story(unit, case, named(case.queue or "", self.queues), click.channel)
        unit.outbox.add(self.voice.card_left(left, queue), case.id)
        self._post_card(unit, moved, queue, None)
        unit.outbox.add(self.voice.moved(moved, queue), case.id)

    def _fit_for(self, queue: Queue, text: str) -> str:
        return redact(text) if queue.sees == "redacted" else text

    def _article(self, article: str | None) -> Article | None:
        return self.library.get(article) if article else None

    def _first_queue(self) -> str:
        return next(queue.name for queue in self.queues if 1 in queue.tiers)
