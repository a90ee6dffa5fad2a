"""The person's side: what follows from what they write, press, change and delete.

Every public method is one use case and one transaction: case, transcript, audit, posts, and the delivery that is
settled. What takes long (reading, classifying, searching) happens before the transaction begins, in `hearing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.cases import DELETED, WITH_THE_BOT, Case, State
from bot.desk.advice import FALLBACK, Advisor
from bot.desk.answering import ARTICLE_MARK, FILE_MARK, NONE_OF_THESE, Answering, keep_words
from bot.desk.handover import HandOver
from bot.desk.hearing import BURST, NO_REQUEST, Heard, Hearing, at_the_top
from bot.desk.values import STRANGER, Asker, Change, Click, Removal, Report
from bot.desk.voice import Followed, Voice
from bot.replies import Meaning
from bot.store import Database, Transaction
from bot.triage import Advice, not_for_this_desk
from bot.walk import Outcome

# An unasked answer that nobody took up within this time was noise.
IGNORED_AFTER = 30 * 60
# Noise is counted over this time.
NOISE_WINDOW = 24 * 60 * 60
# A rating this low is worth a second look by a lead.
LOW_RATING = 2
# An edit can make a request of a message that was none, if it comes soon.
STILL_A_REPORT = 10 * 60
STEP_IN_WORDS = {
    Meaning.STEP_DONE: Outcome.DONE,
    Meaning.STEP_FAILED: Outcome.FAILED,
    Meaning.STEP_SKIPPED: Outcome.SKIPPED,
}


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
        self.hearing = Hearing(store, advisor, asker)

    def adopt(self, advisor: Advisor) -> None:
        """Go on with other rules, thresholds or queues; only the thread that decides may call this."""
        self.advisor = self.answering.advisor = self.hearing.advisor = advisor

    # -- messages -------------------------------------------------------------------------------------------------

    def receive(self, report: Report) -> None:
        """Somebody wrote. It is an agent's note, a word in a running case, a new request, or not for us."""
        heard = self.hearing.read(report)
        with self.store.transaction(settles=report.delivery) as unit:
            if heard is None or self.handover.takes_note(unit, report):
                return
            case = self.hearing.case_of(unit, report)
            if case and self.hearing.for_others(unit, case, heard):
                keep_words(unit, case, report, self.store.now())
            elif case is None or self.hearing.starts_anew(unit, case, heard):
                self._new_request(unit, heard, former=case)
            elif keep_words(unit, case, report, self.store.now()):
                self._continue(unit, case, heard)

    def called_again(self, click: Click, ts: str) -> bool:
        """The calling emoji, or the shortcut, on a message that the desk knows already; False where it does not.

        Under the desk's own words it is the person's cry for more help; anywhere else they are told where it stands.
        """
        with self.store.reading() as unit:
            ours = unit.outbox.case_of_post(click.channel, ts)
            case = unit.cases.get(ours) if ours else unit.cases.of_message(click.channel, ts)
            unwanted = case is not None and unit.cases.tried(case.id, NO_REQUEST)
        if case is None:
            return False
        mine, language = case.reporter == click.user, self.asker(click.user).language() or FALLBACK
        with self.store.transaction(settles=click.delivery) as unit:
            if mine and not case.with_people and (ours or unwanted) and self.hearing.still_open(unit, case):
                self.answering.to_a_person(unit, case)
            else:
                unit.outbox.add(self.voice.known_already(case, click, language), case.id)
        return True

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
            else:  # it has ended, and its card still shows what is gone
                self.handover.board.refresh(unit, case)

    # -- buttons --------------------------------------------------------------------------------------------------

    def helped(self, click: Click) -> None:
        """The button "that solved it"."""
        with self._clicked(click) as (unit, case):
            if case and _is_tried(case, click.about):
                self.answering.solved(unit, case)

    def not_helped(self, click: Click) -> None:
        """The button "not solved"."""
        with self._clicked(click) as (unit, case):
            if case and _is_tried(case, click.about):
                self.answering.not_solved(unit, case)

    def walks(self, click: Click) -> None:
        """The button "step by step": the answer shows one step at a time, from where the person left off."""
        with self._clicked(click) as (unit, case):
            if case and _is_tried(case, click.about):
                self.answering.begin_walk(unit, case)

    def shows_all(self, click: Click) -> None:
        """The button "show all steps": the answer is whole again."""
        with self._clicked(click) as (unit, case):
            if case and _is_tried(case, click.about):
                self.answering.show_whole(unit, case)

    def stepped(self, click: Click, outcome: Outcome) -> None:
        """A button under one step; `click.about` names the article and the step's number: `printer-offline#2`."""
        article, _, number = click.about.rpartition("#")  # an imported id may hold one itself
        with self._clicked(click) as (unit, case):
            if case and _is_tried(case, article):
                self.answering.stepped(unit, case, int(number), outcome)

    def wants_person(self, click: Click) -> None:
        """The button "talk to a person". It works as long as no person has the case."""
        with self._clicked(click) as (unit, case):
            if case and not case.with_people:
                if self.hearing.still_open(unit, case):
                    self.answering.to_a_person(unit, case)
                else:
                    unit.outbox.add(self.voice.not_now(click, case.language, "too_late"), case.id)

    def withdraws(self, click: Click) -> None:
        """The button "no help needed" under words that nobody had asked the desk for."""
        with self._clicked(click) as (unit, case):
            if case and case.state in WITH_THE_BOT:
                unit.cases.note(case.id, click.user, NO_REQUEST)
                self._withdraw(unit, case, Followed.NOT_NEEDED)

    def rates(self, click: Click) -> None:
        """How the help was, from 1 to 5 (`click.about`); the last word counts."""
        score = int(click.about)
        with self._clicked(click) as (unit, case):
            if case is None or not unit.quality.rate(case.id, score):
                return
            unit.cases.note(case.id, click.user, "rated", score=score)
            if score <= LOW_RATING:
                unit.quality.pick(case.id, "low rating")
            if question := unit.outbox.find(case.id, "how-was-it"):
                unit.outbox.add(self.voice.rated(case, question, score), case.id)

    def comments(self, click: Click) -> None:
        """What the person adds to their rating."""
        with self._clicked(click) as (unit, case):
            if case and click.text.strip():
                unit.quality.comment(case.id, click.text.strip())

    def chose(self, click: Click) -> None:
        """A button under the one question: a category, or none of these."""
        with self.store.reading() as unit:
            asked = unit.cases.get(click.case_id)
        known = asked is not None and click.about != NONE_OF_THESE and not click.about.startswith(ARTICLE_MARK)
        asker = self.asker(click.user)
        again = self.advisor.advise_again(asked.words, click.about, asker) if asked and known else None
        with self._clicked(click) as (unit, case):
            if case and case.state is State.CLARIFYING:
                self.answering.chosen(unit, case, click.about, again)

    def reopens(self, click: Click) -> None:
        """The button "it is not solved" under the word that it is."""
        with self._clicked(click) as (unit, case):
            if case is None or case.state not in (State.RESOLVED, State.SOLVED, State.CLOSED):
                return
            if case.can_reopen(unit.now):
                self.handover.reopen(unit, case, click.user)
            else:
                unit.outbox.add(self.voice.not_now(click, case.language, "too_late"), case.id)

    # -- what follows ---------------------------------------------------------------------------------------------

    def _could_be_a_report(self, report: Report) -> bool:
        soon = self.store.now() - float(report.ts) <= STILL_A_REPORT
        return soon and (report.addressed or report.listens)

    def _new_request(self, unit: Transaction, heard: Heard, *, former: Case | None) -> None:
        """`former`: the case after which the person goes on, so the desk is meant."""
        report, rule = heard.report, heard.advice.judgement.rule
        goes_on = former is not None and (rule is not None or heard.meaning is not Meaning.GREETING)
        calls_a_person = at_the_top(report) and heard.meaning is Meaning.PERSON
        meant = report.addressed or goes_on or calls_a_person
        if not meant and not self._worth_answering_unasked(report, heard.advice):
            return
        if not meant and rule is None and self._too_much_noise(unit, report.channel):
            self._only_if_asked(unit, heard)
        elif former and heard.again and not former.open:  # too late to reopen: the old words tell what is back
            words = f"{former.words}\n{report.text}"
            self.answering.new_request(unit, report, heard.again, self.store.now(), words=words)
        else:
            self.answering.new_request(unit, report, heard.advice, self.store.now(), words=heard.words)

    def _only_if_asked(self, unit: Transaction, heard: Heard) -> None:
        """Once for all the pieces in which somebody tells one thing."""
        report = heard.report
        post = self.voice.only_if_asked(report, heard.advice.judgement.language)
        if not unit.outbox.whispered(post.purpose, report.channel, report.user, self.store.now() - BURST):
            unit.outbox.add(post, None)

    def _too_much_noise(self, unit: Transaction, channel: str) -> bool:
        """Whether the desk has spoken up in vain here too often lately: then it waits until it is addressed."""
        now = self.store.now()
        in_vain = unit.cases.spoken_in_vain(channel, since=now - NOISE_WINDOW, ignored_before=now - IGNORED_AFTER)
        return in_vain >= self.advisor.policy.noise_budget

    def _worth_answering_unasked(self, report: Report, advice: Advice) -> bool:
        """In a help channel: top-level posts that are not clearly about something else."""
        foreign = advice.judgement.rule is None and not_for_this_desk(advice.judgement, self.advisor.policy)
        return at_the_top(report) and not foreign

    def _continue(self, unit: Transaction, case: Case, heard: Heard) -> None:
        """More words in a case. What must never be missed comes first, wherever the case is."""
        rule = heard.advice.judgement.rule
        if rule and case.open and case.queue != rule.queue:
            self._alarmed(unit, case, heard)
        elif case.with_people:
            self.handover.person_said(unit, case, heard.report)
        elif heard.report.is_empty:
            return
        elif case.state is State.CLARIFYING:
            self._after_the_question(unit, case, heard)
        elif case.state is State.ANSWERED:
            self._after_an_answer(unit, case, heard)
        elif heard.meaning is not Meaning.GREETING and not self.hearing.only_thanks(heard):
            self.handover.reopen(unit, case, heard.report.user)

    def _alarmed(self, unit: Transaction, case: Case, heard: Heard) -> None:
        if case.with_people:
            self.handover.alarmed(unit, case, heard.advice)
        else:
            self.answering.close_buttons(unit, case, Followed.TAKEN_OVER)
            self.answering.act_on(unit, case, heard.advice)

    def _after_the_question(self, unit: Transaction, case: Case, heard: Heard) -> None:
        match heard.meaning:
            case Meaning.PERSON:
                self.answering.to_a_person(unit, case)
            case Meaning.SOLVED:
                self.answering.settled_itself(unit, case)
            case Meaning.OTHER | Meaning.NOT_SOLVED if heard.again:
                self.answering.answered_the_question(unit, case, heard.again)

    def _after_an_answer(self, unit: Transaction, case: Case, heard: Heard) -> None:
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

    def _withdraw(self, unit: Transaction, case: Case, followed: Followed = Followed.WITHDRAWN) -> None:
        unit.outbox.cancel_unsent(case.id)
        self.answering.close_buttons(unit, case, followed)
        unit.cases.keep(case.withdrawn(), was=case)

    # -- guards ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _clicked(self, click: Click) -> Iterator[tuple[Transaction, Case | None]]:
        """A transaction with the case of the person who clicked, None where the click counts for nothing. Somebody
        else's click is refused, in words only they see and in their language, which is looked up before it begins."""
        with self.store.reading() as unit:
            case = unit.cases.get(click.case_id)
        here = case is not None and click.channel in ("", case.channel)  # a home page stands in no channel
        stranger = here and case is not None and case.reporter != click.user
        language = (self.asker(click.user).language() or FALLBACK) if stranger else ""
        with self.store.transaction(settles=click.delivery) as unit:
            if stranger:
                unit.outbox.add(self.voice.not_yours(click, language), click.case_id)
            yield unit, unit.cases.get(click.case_id) if here and not stranger else None

    def _not_answered_yet(self, unit: Transaction, case: Case) -> bool:
        """Whether an edit still comes in time: the one question is open, or the answer had not left."""
        if case.state is State.CLARIFYING:
            return True
        return (
            case.state is State.ANSWERED and len(case.shown) == 1 and bool(unit.outbox.cancel_unsent(case.id, "answer"))
        )


def _is_tried(case: Case, article: str) -> bool:
    """Whether a verdict is about the article that is being tried now: an old button changes nothing."""
    return case.state is State.ANSWERED and case.article == article
