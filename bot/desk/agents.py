"""What an agent does with a case: takes it, gives it back, writes, waits, passes it on with a reason, resolves it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from bot.cases import Case, State
from bot.desk.acting import AgentActs, Refused, acting, must_be_worked_on, one_a_conversation, say
from bot.desk.handover import ANSWER, CLOSE, IDLE, RATE
from bot.desk.values import Click
from bot.routing import Queue, next_tier
from bot.store import Transaction
from bot.store.cases import Said
from bot.words import templates

# What an agent chooses when no article solved it.
NO_ARTICLE = "none"
# Working time after which an agent who claimed a case and did not write is reminded, in seconds.
IDLE_AFTER = 60 * 60.0
# After so long the person is reminded that an agent waits for their answer, in seconds.
ANSWER_REMINDER = 2 * 24 * 60 * 60.0
# How long after the end it is asked how it was, and when nothing can be reopened any more.
RATE_AFTER = 30 * 60.0
CLOSE_AFTER = 7 * 24 * 60 * 60.0


class Why(StrEnum):
    """Why a case goes to another queue: kept in the audit, where it can become a label."""

    CATEGORY = "category"
    WORKLOAD = "workload"
    LANGUAGE = "language"
    OTHER = "other"


class Agents(AgentActs):
    """An agent's use cases for one case, each one transaction."""

    # -- who has it -----------------------------------------------------------------------------------------------

    @acting
    def claim(self, unit: Transaction, case: Case, click: Click) -> None:
        """Atomic: of two agents who click at once, one has the case and the other is told."""
        self._taken(unit, case, case.claimed_by(click.user), click, "claimed")

    def assign(self, click: Click) -> None:
        """To a colleague (`click.about`) who may have it; it is up to leads, and to whoever has the case."""
        is_lead, fits = self.is_lead(click), self.asked(click, lambda queue: self.rights.works_in(click.about, queue))

        def act(unit: Transaction, case: Case) -> None:
            if case.assignee != click.user and not is_lead:
                raise Refused(say("assign_by_lead"))
            if not fits:
                raise Refused(say("assign_outside", agent=click.about, queue=self.staff.queue_of(case).title))
            mine = case.assigned_to(click.about)
            self._taken(unit, case, mine, click, "assigned")
            if click.about != click.user:
                unit.outbox.add(self.voice.assigned(mine, self.board.room(unit, mine), click.user), case.id)

        self.act(click, act)

    def unclaim(self, click: Click) -> None:
        """Back to the queue, so that somebody else can go on."""
        is_lead = self.is_lead(click)

        def act(unit: Transaction, case: Case) -> None:
            if case.assignee and case.assignee != click.user and not is_lead:
                raise Refused(say("given_back_by", number=case.id, agent=case.assignee))
            self.give_back(unit, case, click.user)
            if case.assignee != click.user:
                unit.outbox.add(self.voice.taken_away(case, self.board.room(unit, case), click.user), case.id)

        self.act(click, act)

    def give_back(self, unit: Transaction, case: Case, who: str) -> None:
        """The case waits for anyone of the team that is at work now."""
        queue = self.staff.queue_of(case)
        free = case.unclaimed()
        free = replace(free, assigned_team=self.staff.team_for(free, queue, unit.now))
        unit.cases.keep(free, was=case)
        unit.cases.note(case.id, who, "unclaimed", agent=case.assignee)
        unit.timers.clear(case.id, IDLE, ANSWER)
        self.clocks.move(unit, case, free)
        self.board.refresh(unit, free)
        unit.outbox.add(self.voice.given_back(case, queue, self.staff.promise(free, unit.now)), case.id)

    # -- words ----------------------------------------------------------------------------------------------------

    @acting
    def send_to_user(self, unit: Transaction, case: Case, click: Click) -> None:
        """An agent's words to the person: the only way in which anything from the agents' side reaches them.

        `click.about` is "wait" where the agent waits for the answer, `click.reason` names a ready text. Whoever writes
        has the case, if nobody had.
        """
        must_be_worked_on(case)
        if not _written(click, "en")[0].strip():
            raise Refused(say("nothing_to_send"))
        mine = case if case.assignee else self._in_their_team(case.claimed_by(click.user))
        if click.about == "wait" and mine.state is State.CLAIMED:
            mine = mine.waiting_for_person()
        if mine is not case:
            unit.cases.keep(mine, was=case)
            self.clocks.move(unit, case, mine)
        self._say(unit, mine, click)
        unit.timers.clear(case.id, IDLE)
        if mine.state is State.PENDING:  # asked before, too: the time to answer begins with the last word
            self._wait(unit, mine)
        if mine is not case:
            self.board.refresh(unit, mine)

    @acting
    def wait(self, unit: Transaction, case: Case, click: Click) -> None:
        """Until the person answers: the clocks stand still, and they are reminded."""
        waiting = case.waiting_for_person()
        unit.cases.keep(waiting, was=case)
        self._wait(unit, waiting)
        unit.cases.note(case.id, click.user, "waits for the person")
        for each in one_a_conversation((waiting, *unit.cases.joined_to(case.id))):  # any of them may answer
            unit.outbox.add(self.voice.asked_back(replace(each, assignee=waiting.assignee)), each.id)
        self.board.refresh(unit, waiting)

    @acting
    def go_on(self, unit: Transaction, case: Case, click: Click) -> None:
        """The agent waits no longer, for example because the person answered by telephone."""
        self.handover.heard(unit, case)
        unit.cases.note(case.id, click.user, "goes on")

    def case_of_note(self, channel: str, thread: str) -> int | None:
        """The case whose card's thread this is; None for any other thread."""
        with self.store.reading() as unit:
            return unit.outbox.case_of(channel, thread, "card")

    # -- where it goes --------------------------------------------------------------------------------------------

    @acting
    def escalate(self, unit: Transaction, case: Case, click: Click) -> None:
        """To the queue that owns the category one tier up. `click.text`: the reason, for whoever reads it there."""
        above = self.above(case)
        tier = max(case.tier, min(above.tiers))
        self.handover.pass_on(unit, case, above, tier, by=click.user, action="escalated", reason=click.text)
        self._reason(unit, case, click)

    @acting
    def reroute(self, unit: Transaction, case: Case, click: Click) -> None:
        """To the queue that the agent chose (`click.about`), and why: `click.reason` is one of `Why`."""
        target = self.queue_called(click.about)
        self._may_be_seen_there(unit, case, target)
        why = Why(click.reason) if click.reason in list(Why) else Why.OTHER
        self.handover.pass_on(
            unit, case, target, case.tier, by=click.user, action="rerouted", why=why, reason=click.text
        )
        self._reason(unit, case, click, why)

    # -- the end --------------------------------------------------------------------------------------------------

    @acting
    def resolve(self, unit: Transaction, case: Case, click: Click) -> None:
        """`click.about`: the article that solved it, by id or title, or "none". Everyone who waited for it is told."""
        with_article = click.about or NO_ARTICLE
        if with_article != NO_ARTICLE:
            with_article = self.board.article_called(click.about) or ""
        if not with_article:
            raise Refused(say("no_such_article", id=click.about))
        done = case.resolved_by(click.user, with_article)
        unit.cases.keep(done, was=case)
        self.clocks.stop(unit, case)  # by the hours of whoever had it until now
        self._ended(unit, done, click.user)
        others = []
        for each in unit.cases.joined_to(case.id):
            others.append(each.ended_with(done))
            unit.cases.keep(others[-1], was=each)
            self.clocks.stop(unit, each)
            self._ended(unit, others[-1], click.user)
        for each in one_a_conversation([done, *others]):
            unit.outbox.add(self.voice.resolved(each), each.id)

    def _ended(self, unit: Transaction, case: Case, who: str) -> None:
        unit.cases.note(case.id, who, "resolved", queue=case.queue, article=case.resolution)
        unit.timers.clear(case.id, IDLE, ANSWER)
        unit.timers.set(RATE, unit.now + RATE_AFTER, case_id=case.id)
        unit.timers.set(CLOSE, unit.now + CLOSE_AFTER, case_id=case.id)
        self.board.refresh(unit, case)

    def above(self, case: Case) -> Queue:
        """Where an escalation would take it. Raises NoHigherTier."""
        return next_tier(self.staff.queue_of(case), case.category, self.staff.queues)

    def queue_called(self, name: str) -> Queue:
        """Raises Refused for one that is not (any more) in queues.toml: cards keep their menus."""
        known = next((queue for queue in self.staff.queues if queue.name == name), None)
        if known is None:
            raise Refused(say("no_such_queue"))
        return known

    # -- parts ----------------------------------------------------------------------------------------------------

    def _may_be_seen_there(self, unit: Transaction, case: Case, target: Queue) -> None:
        """A case may be sent offshore by those who judge it; what was merged into it was not judged with it."""
        joined = unit.cases.joined_to(case.id)
        if joined and target.region == "offshore" and self.staff.queue_of(case).region == "onshore":
            raise Refused(say("others_stay_onshore", cases=", ".join(str(each.id) for each in joined)))

    def _in_their_team(self, mine: Case) -> Case:
        """From now on it is due by the hours of whoever has it, and stands on their team's list when they go home."""
        team = self.rights.team_of(mine.assignee or "", self.staff.queue_of(mine))
        return replace(mine, assigned_team=team or mine.assigned_team)

    def _taken(self, unit: Transaction, case: Case, taken: Case, click: Click, action: str) -> None:
        mine = self._in_their_team(taken)
        unit.cases.keep(mine, was=case)
        unit.cases.note(case.id, click.user, action, queue=mine.queue, agent=mine.assignee)
        unit.timers.set(IDLE, self.staff.hours_of(mine).after(unit.now, IDLE_AFTER), case_id=case.id)
        self.clocks.move(unit, case, mine)
        if case.state is State.PENDING:
            unit.timers.clear(case.id, ANSWER)
        self.board.refresh(unit, mine)
        unit.outbox.add(self.voice.claimed(mine, self.staff.queue_of(mine)), mine.id)

    def _wait(self, unit: Transaction, case: Case) -> None:
        self.clocks.pause(unit, case)
        unit.timers.clear(case.id, IDLE, ANSWER)
        unit.timers.set(ANSWER, unit.now + ANSWER_REMINDER, case_id=case.id)

    def _say(self, unit: Transaction, case: Case, click: Click) -> None:
        """To the person, and to everyone whose case is handled together with this one: to each in their language."""
        together = (case, *unit.cases.joined_to(case.id))
        for each in together:
            text, original = _written(click, each.language)
            post = self.voice.from_agent(each, click.user, text, original=original)
            said = Said(click.user, "agent", text, unit.now, ts=f"sent:{post.send_id}")
            unit.cases.add_words(each.id, each.channel, said)
            self.clocks.responded(unit, each)
            if each in one_a_conversation(together):
                unit.outbox.add(post, each.id)
        unit.cases.note(case.id, click.user, "sent to user", waits=case.state is State.PENDING)
        sent = self.voice.agent_sent(case, click.channel, click.user, *_written(click, case.language))
        unit.outbox.add(sent, case.id)

    def _reason(self, unit: Transaction, case: Case, click: Click, why: Why | None = None) -> None:
        """The reason stands in the thread of the new card."""
        moved = unit.cases.get(case.id)
        if moved:
            words = self.board.fit_for(self.staff.queue_of(moved), click.text)
            room = self.board.room(unit, moved)
            unit.outbox.add(self.voice.passed_because(moved, room, click.user, words, why or ""), case.id)


def _written(click: Click, language: str) -> tuple[str, str]:
    """(what a person with that language reads, the English beside it where it is another one)."""
    ready = templates().get(click.reason)
    if ready is None or click.text.strip():
        return click.text, ""
    own = ready.get(language, ready["en"])
    return own, "" if own == ready["en"] else ready["en"]
