"""The person's side: what the desk does when somebody writes, answers, edits, deletes or presses a button.

Every method is one use case and one transaction: case, transcript, audit, posts, and the delivery that is settled.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases import ENDED, Case, State
from bot.desk.advice import Advisor
from bot.desk.handover import HandOver
from bot.desk.values import Change, Click, Removal, Report
from bot.desk.voice import Voice
from bot.replies import Meaning
from bot.store import Database, Transaction
from bot.store.cases import Said
from bot.triage import Advice, Answer, Clarify, HandOff, Ignore, not_for_this_desk, second_answer

# A direct message has no threads, so a reply belongs to the newest case that moved within this time.
SAME_CONVERSATION = 12 * 60 * 60
# What the person presses, or says, when no offered category fits.
NONE_OF_THESE = "none"
# Further words in a direct message open a new case only when they are clearly about something else.
NEW_TOPIC_ABOVE = 0.8
NEW_TOPIC_WORDS = 4


class Conversation:
    """What people who need help can do."""

    def __init__(self, store: Database, advisor: Advisor, voice: Voice, handover: HandOver) -> None:
        self.store = store
        self.advisor = advisor
        self.voice = voice
        self.handover = handover

    def receive(self, report: Report) -> None:
        """Somebody wrote. It is an agent's note, a word in a running case, a new request, or not for us."""
        advice = self.advisor.advise(report.text)
        with self.store.transaction(settles=report.delivery) as unit:
            if self.handover.takes_note(unit, report):
                return
            case = self._running_case(unit, report)
            if case is None or self._is_new_topic(case, report, advice):
                self._new_request(unit, report, advice)
            elif unit.cases.add_words(case.id, report.channel, _said(report, self.store.now())):
                self._continue(unit, case, report, advice)

    def change(self, change: Change) -> None:
        """Somebody edited a message. Before an answer is out, the new text replaces the old one."""
        with self.store.transaction(settles=change.delivery) as unit:
            said = unit.cases.words(change.channel, change.ts)
            if said is None or said.text == change.text:
                return
            unit.cases.change_words(change.channel, change.ts, change.text)
            case = unit.cases.of_report(change.team, change.channel, change.ts)
            if case and self._not_answered_yet(unit, case):
                self._start_again(unit, case, change)
            elif case := case or unit.cases.of_message(change.channel, change.ts):
                self.handover.person_changed(unit, case, change.text)

    def remove(self, removal: Removal) -> None:
        """Somebody deleted a message. A request that no agent has yet is withdrawn with it."""
        with self.store.transaction(settles=removal.delivery) as unit:
            case = unit.cases.of_report(removal.team, removal.channel, removal.ts)
            if case is None:
                return
            unit.cases.note(case.id, case.reporter, "deleted")
            if case.with_people:
                self.handover.person_deleted(unit, case)
            elif case.open:
                unit.outbox.cancel_unsent(case.id)
                unit.cases.keep(case.withdrawn(), was=case)

    def helped(self, click: Click) -> None:
        """The button "that solved it"."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self._solved(unit, case)

    def not_helped(self, click: Click) -> None:
        """The button "not solved"."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self._not_solved(unit, case)

    def wants_person(self, click: Click) -> None:
        """The button "talk to a person". It works as long as no person has the case."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case and not case.with_people:
                self._to_a_person(unit, case)

    def chose(self, click: Click) -> None:
        """A button under the one question: a category, or none of these."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case is None or case.state is not State.CLARIFYING:
                return
            self._chosen(unit, case, click.about)

    # -- a new request ------------------------------------------------------------------------------------------

    def _new_request(self, unit: Transaction, report: Report, advice: Advice) -> None:
        if isinstance(advice.decision, Ignore):
            if report.addressed and advice.decision.because != Meaning.THANKS:
                unit.outbox.add(self.voice.welcome(report.channel, report.speaks_under), None)
            return
        if not report.addressed and not self._worth_answering_unasked(report, advice):
            return
        case = unit.cases.open(_new_case(report))
        if case is None:
            return
        unit.cases.add_words(case.id, report.channel, _said(report, self.store.now()))
        unit.cases.note(case.id, report.user, "reported")
        self._act_on(unit, case, advice)

    def _worth_answering_unasked(self, report: Report, advice: Advice) -> bool:
        """In a help channel: top-level posts that are not clearly about something else."""
        top_level = report.thread is None
        return report.listens and top_level and not not_for_this_desk(advice.judgement, self.advisor.policy)

    def _act_on(self, unit: Transaction, case: Case, advice: Advice) -> None:
        """Save the decision, then say it."""
        decided = self._with_advice(case, advice)
        unit.cases.note(case.id, "desk", "decided", decision=repr(advice.decision), reasons=list(advice.reasons))
        match advice.decision:
            case Answer(article):
                self._offer(unit, case, decided, article)
            case Clarify(categories):
                self._ask(unit, case, decided, categories, advice)
            case HandOff(queue, aid):
                self.handover.begin(unit, was=case, case=decided, queue=queue, aid=aid)
            case Ignore():
                unit.cases.keep(decided, was=case)

    def _with_advice(self, case: Case, advice: Advice) -> Case:
        judgement = advice.judgement
        best = (advice.decision.article,) if isinstance(advice.decision, Answer) else ()
        others = self.advisor.worth_a_second(advice.hits)
        return replace(
            case,
            language=judgement.language,
            category=judgement.category,
            confidence=judgement.confidence,
            tier=judgement.tier,
            urgency=judgement.urgency,
            candidates=(*best, *others),
            reasons=advice.reasons,
            model=judgement.model,
        )

    def _offer(self, unit: Transaction, was: Case, case: Case, article: str) -> None:
        found = self.advisor.library.get(article, case.language)
        if found is None:  # retired since it was chosen
            self.handover.begin(unit, was=was, case=case, queue=self._owner(case), aid=None)
            return
        answered = case.answered(article)
        unit.cases.keep(answered, was=was)
        unit.cases.note(case.id, "desk", "answered", article=article)
        unit.outbox.add(self.voice.answer(answered, found, again=bool(case.shown)), case.id)

    def _ask(self, unit: Transaction, was: Case, case: Case, categories: tuple[str, ...], advice: Advice) -> None:
        asking = case.clarifying(categories)
        unit.cases.keep(asking, was=was)
        unit.cases.note(case.id, "desk", "asked", categories=list(categories))
        not_ours = not_for_this_desk(advice.judgement, self.advisor.policy)
        unit.outbox.add(self.voice.question(asking, categories, not_ours=not_ours), case.id)

    # -- further words in a case --------------------------------------------------------------------------------

    def _running_case(self, unit: Transaction, report: Report) -> Case | None:
        if report.thread:
            return unit.cases.in_thread(report.channel, report.thread, report.user)
        if report.private:
            return unit.cases.newest_of(report.channel, report.user, self.store.now() - SAME_CONVERSATION)
        return None

    def _continue(self, unit: Transaction, case: Case, report: Report, advice: Advice) -> None:
        if case.with_people:
            self.handover.person_said(unit, case, report)
        elif case.state is State.CLARIFYING:
            self._answered_the_question(unit, case, report)
        elif case.state is State.ANSWERED:
            self._said_after_an_answer(unit, case, report)
        else:
            self._said_after_the_end(unit, case, report, advice)

    def _is_new_topic(self, case: Case, report: Report, advice: Advice) -> bool:
        """Only in the flow of a direct message; in a thread, everything belongs to the thread's case."""
        if report.thread or case.state is State.CLARIFYING:
            return False
        if self.advisor.replies.read(report.text) is not Meaning.OTHER or len(report.text.split()) < NEW_TOPIC_WORDS:
            return False
        judgement = advice.judgement
        elsewhere = judgement.category not in (case.category, "other", "unclear")
        return elsewhere and judgement.confidence >= NEW_TOPIC_ABOVE

    def _answered_the_question(self, unit: Transaction, case: Case, report: Report) -> None:
        meaning = self.advisor.replies.read(report.text)
        if meaning is Meaning.PERSON:
            self._to_a_person(unit, case)
        elif meaning is Meaning.SOLVED:
            self._settled_itself(unit, case)
        elif meaning in (Meaning.OTHER, Meaning.NOT_SOLVED):
            self._close_question(unit, case)
            self._act_on(unit, case, self.advisor.advise_again(f"{case.words}\n{report.text}"))

    def _settled_itself(self, unit: Transaction, case: Case) -> None:
        """It works before anything was answered: good, but not the desk's doing."""
        self._close_question(unit, case)
        unit.cases.keep(case.withdrawn(), was=case)
        unit.cases.note(case.id, case.reporter, "settled itself")
        unit.outbox.add(self.voice.glad(case), case.id)

    def _said_after_an_answer(self, unit: Transaction, case: Case, report: Report) -> None:
        match self.advisor.replies.read(report.text):
            case Meaning.PERSON:
                self._to_a_person(unit, case)
            case Meaning.SOLVED:
                self._solved(unit, case)
            case Meaning.NOT_SOLVED:
                self._not_solved(unit, case)
            case Meaning.OTHER:
                self._told_more(unit, case, report)
            case _:
                pass

    def _told_more(self, unit: Transaction, case: Case, report: Report) -> None:
        """Words that are neither yes nor no: they may name a better article, else a person should read them."""
        advice = self.advisor.advise_again(f"{case.words}\n{report.text}")
        better = isinstance(advice.decision, Answer) and advice.decision.article not in case.shown
        self._not_solved(unit, case, self._with_advice(case, advice) if better else replace(case, candidates=()))

    def _said_after_the_end(self, unit: Transaction, case: Case, report: Report, advice: Advice) -> None:
        meaning = self.advisor.replies.read(report.text)
        if case.state in (State.SOLVED, State.RESOLVED) and meaning in (Meaning.NOT_SOLVED, Meaning.PERSON):
            self.handover.reopen(unit, case, report.user)
        elif meaning is Meaning.OTHER:
            self._new_request(unit, report, advice)

    # -- verdicts -----------------------------------------------------------------------------------------------

    def _solved(self, unit: Transaction, case: Case) -> None:
        self._close_answer(unit, case, helped=True)
        unit.cases.keep(case.solved(), was=case)
        unit.cases.note(case.id, case.reporter, "solved", article=case.article)
        unit.outbox.add(self.voice.glad(case), case.id)

    def _not_solved(self, unit: Transaction, case: Case, known: Case | None = None) -> None:
        known = known or case
        self._close_answer(unit, case, helped=False)
        unit.cases.note(case.id, case.reporter, "not solved", article=case.article)
        if article := second_answer(known.candidates, case.shown):
            self._offer(unit, case, known, article)
        else:
            self.handover.begin(unit, was=case, case=known, queue=self._owner(known), aid=None)

    def _to_a_person(self, unit: Transaction, case: Case) -> None:
        unit.cases.note(case.id, case.reporter, "asked for a person")
        if case.state in ENDED:
            self.handover.reopen(unit, case, case.reporter)
            return
        if case.state is State.ANSWERED:
            self._close_answer(unit, case, helped=False)
        if case.state is State.CLARIFYING:
            self._close_question(unit, case)
        self.handover.begin(unit, was=case, case=case, queue=self._owner(case), aid=None)

    def _chosen(self, unit: Transaction, case: Case, choice: str) -> None:
        unit.cases.note(case.id, case.reporter, "chose", category=choice)
        self._close_question(unit, case, choice)
        if choice == NONE_OF_THESE or choice not in case.offered:
            self.handover.begin(unit, was=case, case=case, queue=self._owner(case), aid=None)
        else:
            self._act_on(unit, case, self.advisor.advise_again(case.words, choice))

    def _close_question(self, unit: Transaction, case: Case, choice: str = "") -> None:
        if question := unit.outbox.find(case.id, "question"):
            unit.outbox.add(self.voice.question_closed(case, question, choice), case.id)

    def _owner(self, case: Case) -> str:
        return self.advisor.owner(case.category, case.confidence, case.tier)

    def _close_answer(self, unit: Transaction, case: Case, *, helped: bool) -> None:
        """The answer keeps its steps and loses its buttons, so that nobody presses them twice."""
        answer = unit.outbox.find(case.id, "answer")
        article = self.advisor.library.get(case.article or "", case.language)
        if answer and article:
            unit.outbox.add(self.voice.answer_closed(case, article, answer, helped=helped), case.id)

    # -- guards -------------------------------------------------------------------------------------------------

    def _own_case(self, unit: Transaction, click: Click) -> Case | None:
        """The case of the person who clicked. Somebody else's click is refused, in words only they see."""
        case = unit.cases.get(click.case_id)
        if case is None or case.channel != click.channel:
            return None
        if case.reporter != click.user:
            unit.outbox.add(self.voice.not_yours(click.channel, click.user), case.id)
            return None
        return case

    def _case_on(self, unit: Transaction, click: Click) -> Case | None:
        """As `_own_case`, and the verdict is about the article that is being tried: an old button changes nothing."""
        case = self._own_case(unit, click)
        if case is None or case.state is not State.ANSWERED or case.article != click.about:
            return None
        return case

    def _not_answered_yet(self, unit: Transaction, case: Case) -> bool:
        if case.state is State.CLARIFYING:
            return True
        return case.state is State.ANSWERED and len(case.shown) == 1 and unit.outbox.cancel_unsent(case.id) > 0

    def _start_again(self, unit: Transaction, case: Case, change: Change) -> None:
        unit.cases.note(case.id, change.user, "edited")
        if case.state is State.CLARIFYING:
            self._close_question(unit, case)
        fresh = replace(case, words=change.text, state=State.NEW, shown=(), offered=())
        unit.cases.keep(fresh, was=case)
        again = self.advisor.advise_again if case.asked else self.advisor.advise
        self._act_on(unit, fresh, again(change.text))


def _new_case(report: Report) -> Case:
    return Case(
        id=0,
        team=report.team,
        channel=report.channel,
        ts=report.ts,
        thread=report.speaks_under,
        reporter=report.user,
        words=report.text,
    )


def _said(report: Report, now: float) -> Said:
    attached = "".join(f"\n[file: {name}]" for name in report.files)
    return Said(report.user, "person", report.text + attached, now, ts=report.ts)
