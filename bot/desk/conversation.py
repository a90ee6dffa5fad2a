"""The person's side: to which case do these words belong, and what do they mean?

Every public method is one use case and one transaction: case, transcript, audit, posts, and the delivery that is
settled. What takes long (reading, classifying, searching) happens before the transaction begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.cases import DELETED, WITH_THE_BOT, Case, State
from bot.desk.advice import Advisor
from bot.desk.answering import ARTICLE_MARK, FILE_MARK, NONE_OF_THESE, Answering, said_in
from bot.desk.handover import HandOver
from bot.desk.values import STRANGER, Asker, Change, Click, Removal, Report
from bot.desk.voice import Followed, Voice
from bot.replies import Meaning
from bot.store import Database, Transaction
from bot.triage import Advice, not_for_this_desk
from bot.walk import Outcome

# In the flow of a direct message, words belong to the case that moved last within this time.
SAME_CONVERSATION = 12 * 60 * 60
# Further words in a direct message open a new case only when they are clearly about something else.
NEW_TOPIC_ABOVE = 0.8
NEW_TOPIC_WORDS = 4
# Posts of one person in a help channel within this time are one request in pieces.
BURST = 3 * 60
# An unasked answer that nobody took up within this time was noise.
IGNORED_AFTER = 30 * 60
# Noise is counted over this time.
NOISE_WINDOW = 24 * 60 * 60
# A rating this low is worth a second look by a lead.
LOW_RATING = 2
# An edit can make a request of a message that was none, if it comes soon.
STILL_A_REPORT = 10 * 60
# "Okay, thanks" reopens nothing.
QUIET_AFTER_THE_END = (Meaning.THANKS, Meaning.TRYING, Meaning.SOLVED)
STEP_IN_WORDS = {
    Meaning.STEP_DONE: Outcome.DONE,
    Meaning.STEP_FAILED: Outcome.FAILED,
    Meaning.STEP_SKIPPED: Outcome.SKIPPED,
}
# Words that begin with somebody else's name are for them.
_FOR_SOMEBODY_ELSE = re.compile(r"\s*<@")


@dataclass(frozen=True)
class _Heard:
    """A report with all that is thought about it. `again` is the advice on the case's words and these together."""

    report: Report
    advice: Advice
    meaning: Meaning
    again: Advice | None


class Conversation:
    """What people who need help can do."""

    def __init__(
        self,
        store: Database,
        advisor: Advisor,
        voice: Voice,
        handover: HandOver,
        asker: Callable[[str], Asker] = lambda _: STRANGER,
    ) -> None:
        """`asker` tells who a user id is."""
        self.store = store
        self.advisor = advisor
        self.voice = voice
        self.handover = handover
        self.asker = asker
        self.answering = Answering(advisor, voice, handover)

    def adopt(self, advisor: Advisor) -> None:
        """Go on with other rules, thresholds or queues; only the thread that decides may call this."""
        self.advisor = self.answering.advisor = advisor

    # -- messages -------------------------------------------------------------------------------------------------

    def receive(self, report: Report) -> None:
        """Somebody wrote. It is an agent's note, a word in a running case, a new request, or not for us."""
        heard = self._read(report)
        with self.store.transaction(settles=report.delivery) as unit:
            if heard is None or self.handover.takes_note(unit, report):
                return
            case = self._running_case(unit, report)
            if case is None or self._starts_anew(unit, case, heard):
                self._new_request(unit, heard, in_a_case=case is not None)
            elif unit.cases.add_words(case.id, report.channel, said_in(report, self.store.now())):
                self._continue(unit, case, heard)

    def change(self, change: Change) -> None:
        """Somebody edited a message. Before an answer is out, the new text replaces the old one."""
        report = change.report
        with self.store.reading() as unit:
            known = unit.cases.words(report.channel, report.ts)
        if known is None and self._could_be_a_report(report):
            self.receive(report)
            return
        asker = self.asker(report.user)
        first = self.advisor.advise(report.text, asker)
        again = self.advisor.advise_again(report.text, asker=asker)
        with self.store.transaction(settles=report.delivery) as unit:
            if known is None or known.internal or known.role != "person":
                return
            _, mark, files = known.text.partition(FILE_MARK)
            unit.cases.change_words(report.channel, report.ts, report.text + mark + files)
            request = self._reworded(unit, unit.cases.of_report(report.team, report.channel, report.ts), report.text)
            if request and self._not_answered_yet(unit, request):
                self.answering.start_again(unit, request, report.text, again if request.asked else first)
            elif case := request or unit.cases.of_message(report.channel, report.ts):
                self.handover.person_changed(unit, case, report.text)

    def remove(self, removal: Removal) -> None:
        """Somebody deleted a message. A request that no agent has yet is withdrawn with it."""
        with self.store.transaction(settles=removal.delivery) as unit:
            known = unit.cases.words(removal.channel, removal.ts)
            if known is None or known.role != "person":
                return
            request = self._reworded(unit, unit.cases.of_report(removal.team, removal.channel, removal.ts), DELETED)
            case = request or unit.cases.of_message(removal.channel, removal.ts)
            if case is None:
                return
            unit.cases.note(case.id, case.reporter, "deleted")
            unit.cases.change_words(removal.channel, removal.ts, DELETED)
            if case.with_people:
                self.handover.person_deleted(unit, case)
            elif request and case.state in WITH_THE_BOT:
                self._withdraw(unit, case)

    # -- buttons --------------------------------------------------------------------------------------------------

    def helped(self, click: Click) -> None:
        """The button "that solved it"."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self.answering.solved(unit, case)

    def not_helped(self, click: Click) -> None:
        """The button "not solved"."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self.answering.not_solved(unit, case)

    def walks(self, click: Click) -> None:
        """The button "step by step": the answer shows one step at a time, from where the person left off."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self.answering.begin_walk(unit, case)

    def shows_all(self, click: Click) -> None:
        """The button "show all steps": the answer is whole again."""
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, click):
                self.answering.show_whole(unit, case)

    def stepped(self, click: Click, outcome: Outcome) -> None:
        """A button under one step; `click.about` names the article and the step's number: `printer-offline#2`."""
        article, _, number = click.about.rpartition("#")  # an imported id may hold one itself
        with self.store.transaction(settles=click.delivery) as unit:
            if case := self._case_on(unit, replace(click, about=article)):
                self.answering.stepped(unit, case, int(number), outcome)

    def wants_person(self, click: Click) -> None:
        """The button "talk to a person". It works as long as no person has the case."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case and not case.with_people:
                self.answering.to_a_person(unit, case)

    def withdraws(self, click: Click) -> None:
        """The button "no help needed" under words that nobody had asked the desk for."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case and case.state in WITH_THE_BOT:
                unit.cases.note(case.id, click.user, "not a request")
                self._withdraw(unit, case)

    def rates(self, click: Click) -> None:
        """How the help was, from 1 to 5 (`click.about`); the last word counts."""
        score = int(click.about)
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case is None or not unit.quality.rate(case.id, score):
                return
            unit.cases.note(case.id, click.user, "rated", score=score)
            if score <= LOW_RATING:
                unit.quality.pick(case.id, "low rating")
            if question := unit.outbox.find(case.id, "how-was-it"):
                unit.outbox.add(self.voice.rated(case, question, score), case.id)

    def comments(self, click: Click) -> None:
        """What the person adds to their rating."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case and click.text.strip():
                unit.quality.comment(case.id, click.text.strip())

    def chose(self, click: Click) -> None:
        """A button under the one question: a category, or none of these."""
        with self.store.reading() as unit:
            asked = unit.cases.get(click.case_id)
        known = asked is not None and click.about != NONE_OF_THESE and not click.about.startswith(ARTICLE_MARK)
        asker = self.asker(click.user)
        again = self.advisor.advise_again(asked.words, click.about, asker) if asked and known else None
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case and case.state is State.CLARIFYING:
                self.answering.chosen(unit, case, click.about, again)

    def reopens(self, click: Click) -> None:
        """The button "it is not solved" under the word that it is."""
        with self.store.transaction(settles=click.delivery) as unit:
            case = self._own_case(unit, click)
            if case is None or case.state not in (State.RESOLVED, State.SOLVED, State.CLOSED):
                return
            if case.can_reopen(unit.now):
                self.handover.reopen(unit, case, click.user)
            else:
                unit.outbox.add(self.voice.not_now(click, case.language, "too_late"), case.id)

    # -- reading --------------------------------------------------------------------------------------------------

    def _read(self, report: Report) -> _Heard | None:
        """What is thought about a report; None for talk in a channel where the desk only sits."""
        if not (report.addressed or report.listens or report.thread):
            return None
        with self.store.reading() as unit:
            case = self._running_case(unit, report)
        together = f"{case.words}\n{report.text}" if case and case.state in WITH_THE_BOT else None
        asker = self.asker(report.user)
        told = report.category and self.advisor.advise_again(report.text, report.category, asker)
        return _Heard(
            report=report,
            advice=told or self.advisor.advise(report.text, asker),
            meaning=self.advisor.replies.read(report.text),
            again=self.advisor.advise_again(together, asker=asker) if together else None,
        )

    def _running_case(self, unit: Transaction, report: Report) -> Case | None:
        """The person's own case that these words may belong to."""
        if report.anew:
            return None
        case = unit.cases.in_thread(report.channel, report.thread, report.user) if report.thread else None
        if case is None and report.listens and report.thread is None:
            return unit.cases.posted_before(report.channel, report.user, float(report.ts), BURST)
        if case or not report.private:
            return case
        since = self.store.now() - SAME_CONVERSATION
        return self._under(unit, report) or unit.cases.newest_of(report.channel, report.user, since)

    def _under(self, unit: Transaction, report: Report) -> Case | None:
        """In a thread of a direct message: the case of the message, ours or theirs, that the thread hangs under."""
        if report.thread is None:
            return None
        ours = unit.outbox.case_of_post(report.channel, report.thread)
        return unit.cases.get(ours) if ours else unit.cases.of_message(report.channel, report.thread)

    def _starts_anew(self, unit: Transaction, case: Case, heard: _Heard) -> bool:
        """Whether these words are a request of their own rather than more about the case."""
        if not case.open:
            if heard.meaning in QUIET_AFTER_THE_END:
                return False
            rule, soon = heard.advice.judgement.rule, case.can_reopen(unit.now)
            return bool(rule) or not soon or not self._reopens_by_words(case, heard)
        if heard.report.thread or case.state is State.CLARIFYING or heard.meaning is not Meaning.OTHER:
            return False
        if case.with_people and unit.cases.agent_spoke_last(case.id):
            return False  # the person answers the agent
        judgement = heard.advice.judgement
        elsewhere = judgement.category not in (case.category, "other", "unclear")
        enough = len(heard.report.text.split()) >= NEW_TOPIC_WORDS and judgement.confidence >= NEW_TOPIC_ABOVE
        return elsewhere and enough

    def _reopens_by_words(self, case: Case, heard: _Heard) -> bool:
        """After the end: "still broken" reopens; so does any news in the thread of a resolved case; thanks does not."""
        if heard.meaning in (Meaning.NOT_SOLVED, Meaning.PERSON):
            return True
        return heard.report.thread is not None and case.state is State.RESOLVED

    def _could_be_a_report(self, report: Report) -> bool:
        soon = self.store.now() - float(report.ts) <= STILL_A_REPORT
        return soon and (report.addressed or report.listens)

    # -- what follows ---------------------------------------------------------------------------------------------

    def _new_request(self, unit: Transaction, heard: _Heard, *, in_a_case: bool) -> None:
        """`in_a_case`: the person goes on where the desk has answered them before, so the desk is meant."""
        report, rule = heard.report, heard.advice.judgement.rule
        meant = report.addressed or (in_a_case and heard.meaning is not Meaning.GREETING) or (in_a_case and rule)
        if not meant and not self._worth_answering_unasked(report, heard.advice):
            return
        if not meant and rule is None and self._too_much_noise(unit, report.channel):
            unit.outbox.add(self.voice.only_if_asked(report, heard.advice.judgement.language), None)
            return
        self.answering.new_request(unit, report, heard.advice, self.store.now())

    def _too_much_noise(self, unit: Transaction, channel: str) -> bool:
        """Whether the desk has spoken up in vain here too often lately: then it waits until it is addressed."""
        now = self.store.now()
        in_vain = unit.cases.spoken_in_vain(channel, since=now - NOISE_WINDOW, ignored_before=now - IGNORED_AFTER)
        return in_vain >= self.advisor.policy.noise_budget

    def _worth_answering_unasked(self, report: Report, advice: Advice) -> bool:
        """In a help channel: top-level posts that are not clearly about something else."""
        top_level = report.thread is None
        return report.listens and top_level and not not_for_this_desk(advice.judgement, self.advisor.policy)

    def _continue(self, unit: Transaction, case: Case, heard: _Heard) -> None:
        """More words in a case. What must never be missed comes first, wherever the case is."""
        rule = heard.advice.judgement.rule
        if rule and case.open and case.queue != rule.queue:
            self._alarmed(unit, case, heard)
        elif case.with_people:
            self.handover.person_said(unit, case, heard.report)
        elif _FOR_SOMEBODY_ELSE.match(heard.report.text) or heard.report.is_empty:
            return
        elif case.state is State.CLARIFYING:
            self._after_the_question(unit, case, heard)
        elif case.state is State.ANSWERED:
            self._after_an_answer(unit, case, heard)
        elif heard.meaning not in (*QUIET_AFTER_THE_END, Meaning.GREETING):
            self.handover.reopen(unit, case, heard.report.user)

    def _alarmed(self, unit: Transaction, case: Case, heard: _Heard) -> None:
        if case.with_people:
            self.handover.alarmed(unit, case, heard.advice)
        else:
            self.answering.close_buttons(unit, case, Followed.TAKEN_OVER)
            self.answering.act_on(unit, case, heard.advice)

    def _after_the_question(self, unit: Transaction, case: Case, heard: _Heard) -> None:
        match heard.meaning:
            case Meaning.PERSON:
                self.answering.to_a_person(unit, case)
            case Meaning.SOLVED:
                self.answering.settled_itself(unit, case)
            case Meaning.OTHER | Meaning.NOT_SOLVED if heard.again:
                self.answering.answered_the_question(unit, case, heard.again)

    def _after_an_answer(self, unit: Transaction, case: Case, heard: _Heard) -> None:
        how_it_went = STEP_IN_WORDS.get(self.advisor.replies.about_a_step(heard.report.text))
        if how_it_went and self.answering.step_in_words(unit, case, how_it_went):
            return
        match heard.meaning:
            case Meaning.PERSON:
                self.answering.to_a_person(unit, case)
            case Meaning.SOLVED:
                self.answering.solved(unit, case)
            case Meaning.NOT_SOLVED:
                self.answering.not_solved(unit, case)
            case Meaning.OTHER if heard.again:
                self.answering.told_more(unit, case, heard.again)

    def _reworded(self, unit: Transaction, request: Case | None, words: str) -> Case | None:
        """The request with the words that it has now, wherever it is: what is gone must not come back on a card."""
        if request is None:
            return None
        now = replace(request, words=words, reasons=() if words == DELETED else request.reasons)  # they quote the words
        unit.cases.keep(now, was=request)
        return now

    def _withdraw(self, unit: Transaction, case: Case) -> None:
        unit.outbox.cancel_unsent(case.id)
        self.answering.close_buttons(unit, case, Followed.WITHDRAWN)
        unit.cases.keep(case.withdrawn(), was=case)

    # -- guards ---------------------------------------------------------------------------------------------------

    def _own_case(self, unit: Transaction, click: Click) -> Case | None:
        """The case of the person who clicked. Somebody else's click is refused, in words only they see."""
        case = unit.cases.get(click.case_id)
        if case is None or (click.channel and case.channel != click.channel):  # a home page stands in no channel
            return None
        if case.reporter != click.user:
            unit.outbox.add(self.voice.not_yours(click, case.language), case.id)
            return None
        return case

    def _case_on(self, unit: Transaction, click: Click) -> Case | None:
        """As `_own_case`, and the verdict is about the article that is being tried: an old button changes nothing."""
        case = self._own_case(unit, click)
        if case is None or case.state is not State.ANSWERED or case.article != click.about:
            return None
        return case

    def _not_answered_yet(self, unit: Transaction, case: Case) -> bool:
        """Whether an edit still comes in time: the one question is open, or the answer had not left."""
        if case.state is State.CLARIFYING:
            return True
        return (
            case.state is State.ANSWERED and len(case.shown) == 1 and bool(unit.outbox.cancel_unsent(case.id, "answer"))
        )
