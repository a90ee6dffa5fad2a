"""The card of a case in its queue's channel: what it tells, and that it tells the truth after every move.

Whatever goes to a queue passes through `fit_for`, so that an offshore queue reads redacted words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from bot.cases import DELETED, Case, State
from bot.desk.context import alike_to, facts_in, others_like
from bot.desk.staff import Staff
from bot.desk.values import Picture
from bot.desk.voice import Due, Story, Voice
from bot.privacy import redact
from bot.routing import Queue
from bot.store import Transaction
from bot.store.outbox import new_send_id
from bot.walk import Tried, tried_in, walk_of
from knowledge_base.articles import Article
from knowledge_base.search import Library

# A request longer than this stands in full in the card's thread.
LONG_REQUEST = 1_000
# How the audit tells of a picture.
ATTACHED = "attached"
# How many of the person's own cases an agent is shown.
RECENT = 5


def fit_for(queue: Queue, text: str) -> str:
    """The words as the people of `queue` may read them."""
    return redact(text) if queue.sees == "redacted" else text


class Board:
    """Cards, inside the transaction of whoever calls."""

    def __init__(self, voice: Voice, staff: Staff, library: Library) -> None:
        self.voice = voice
        self.staff = staff
        self.library = library

    def post(
        self, unit: Transaction, case: Case, *, aid: str | None = None, room: str | None = None, bare: bool = False
    ) -> None:
        """The first card of a case in a queue. `bare`: without the words, which Slack refused."""
        queue = self.staff.queue_of(case)
        story = self.story(unit, case, queue, room or self.staff.room_of(queue), aid)
        if bare:
            story = replace(story, words="", transcript=(), reasons=())
        unit.outbox.add(self.voice.card(story, case.card or new_send_id()), case.id)
        if len(story.words) > LONG_REQUEST:
            for post in self.voice.full_words(case, story.room, story.words):
                unit.outbox.add(post, case.id)
        self.show(unit, case, _pictures_of(unit, case))

    def show(self, unit: Transaction, case: Case, pictures: Iterable[Picture]) -> None:
        """Pictures, in the card's thread: only where people may see personal data, since nobody can redact one. Each is
        a post of its own, so that one which Slack refuses takes no words with it."""
        if self.staff.queue_of(case).sees == "full":
            for each in pictures:
                unit.outbox.add(self.voice.picture(case, self.room(unit, case), each), case.id)

    def refresh(self, unit: Transaction, case: Case) -> None:
        if case.card:
            unit.outbox.add(self.voice.card_changed(self._story_here(unit, case)), case.id)

    def leave(self, unit: Transaction, case: Case, to: Queue) -> None:
        """The old card says where the case went."""
        unit.outbox.add(self.voice.card_left(self._story_here(unit, case), to), case.id)

    def room(self, unit: Transaction, case: Case) -> str:
        """The channel where the case's card stands."""
        where = unit.outbox.whereabouts(case.card or "")
        return where[0] if where else self.staff.room_of(self.staff.queue_of(case))

    def story(self, unit: Transaction, case: Case, queue: Queue, room: str, aid: str | None = None) -> Story:
        """All that an agent needs of a case, every word fit for the eyes of `queue`."""
        said = [each for each in unit.cases.transcript(case.id) if not each.internal]
        audit = unit.cases.audit(case.id)
        seen = [each for each in unit.cases.of_person(case.reporter, RECENT + 1) if each.id != case.id]
        return Story(
            case=replace(case, incident=self.fit_for(queue, case.incident)),
            queue=queue,
            room=room,
            team=self.staff.team_of(case),
            words=self.fit_for(queue, case.words),
            transcript=tuple(replace(each, text=self.fit_for(queue, each.text)) for each in said),
            reasons=tuple(self.fit_for(queue, reason) for reason in case.reasons),
            steps=tuple(self._in_english(each, case.language) for each in tried_in(audit)),
            tried=tuple(filter(None, (self.article(each, "en") for each in case.shown))),
            aid=self.article(aid or _aid_in(audit), "en"),
            other_queues=tuple(each for each in self.staff.queues if each.name != queue.name),
            dues=self._dues(unit, case),
            solved_before=tuple(self._helped(queue, each) for each in alike_to(unit, case, self._may_read(queue))),
            twins=tuple(self.fit_case(queue, each) for each in others_like(unit, case, self._same_side(queue))),
            joined=unit.cases.joined_to(case.id),
            recent=tuple(self.fit_case(queue, each) for each in seen[:RECENT] if each.queue in self._may_read(queue)),
            facts=facts_in(self.fit_for(queue, each.text) for each in said if each.role == "person"),
        )

    def fit_for(self, queue: Queue, text: str) -> str:
        return fit_for(queue, text)

    def fit_case(self, queue: Queue, case: Case) -> Case:
        """A case as the people of `queue` may read of it; an incident's name is words, too."""
        return replace(case, words=self.fit_for(queue, case.words), incident=self.fit_for(queue, case.incident))

    def article(self, article: str | None, language: str) -> Article | None:
        return self.library.get(article, language) if article else None

    def article_called(self, name: str) -> str | None:
        """The id of an article by its id or its title in any language; None where there is none."""
        if self.library.get(name, "en"):
            return name
        wanted = unescape(name).casefold()
        return next((each.id for each in self.library.articles if each.title.casefold() == wanted), None)

    def _helped(self, queue: Queue, case: Case) -> Case:
        """A case that was helped, with the title of what helped in place of its id."""
        article = self.article(case.article if case.state is State.SOLVED else case.resolution, "en")
        shown = (*case.shown[:-1], article.title) if article and case.shown else case.shown
        told = replace(case, shown=shown, resolution=article.title if article else case.resolution)
        return self.fit_case(queue, told)

    def _story_here(self, unit: Transaction, case: Case) -> Story:
        return self.story(unit, case, self.staff.queue_of(case), self.room(unit, case))

    def _may_read(self, queue: Queue) -> frozenset[str | None]:
        """The queues whose cases the people of `queue` may read about; None stands for what no queue ever had. Onshore
        cases are not retold offshore, not even redacted."""
        alike = (each.name for each in self.staff.queues if queue.region == "onshore" or each.region == "offshore")
        return frozenset([None, *alike])

    def _same_side(self, queue: Queue) -> frozenset[str | None]:
        """The queues whose cases can be merged with one of `queue`: never across the border."""
        return frozenset(each.name for each in self.staff.queues if each.region == queue.region)

    def _dues(self, unit: Transaction, case: Case) -> tuple[Due, ...]:
        hours = self.staff.hours_of(case)
        return tuple(
            Due(clock.kind, clock.due(hours), late=clock.breached(unit.now, hours)) for clock in unit.clocks.of(case.id)
        )

    def _in_english(self, tried: Tried, language: str) -> Tried:
        """Agents read the step's title in English, where the person's own version still says at that number what it
        said to them: an article may have changed since."""
        read, english = self.article(tried.article, language), self.article(tried.article, "en")
        if read is None or english is None:
            return tried
        still = any((step.number, step.title) == (tried.number, tried.title) for step in walk_of(read))
        title = next((step.title for step in walk_of(english) if step.number == tried.number), tried.title)
        return replace(tried, title=title) if still else tried


def _aid_in(audit: Sequence[tuple[str, str, dict[str, Any]]]) -> str | None:
    """The article that the person was given for the time until somebody comes, the latest of them."""
    return next((detail["aid"] for _, _, detail in reversed(audit) if detail.get("aid")), None)


def _pictures_of(unit: Transaction, case: Case) -> list[Picture]:
    """What the person attached so far, wherever the case was then, and has not taken back."""
    attached = [detail for _, action, detail in unit.cases.audit(case.id) if action == ATTACHED]
    said = {each["file"]: unit.cases.words(case.channel, each["ts"]) for each in attached}
    kept = [each for each in attached if (found := said[each["file"]]) is None or found.text != DELETED]
    return [Picture(each["file"], each["name"]) for each in kept]
