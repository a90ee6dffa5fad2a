"""What the desk does with a request while it has it: decide, answer, ask once, take a verdict, pass it on.

Works inside the transaction of whoever calls; every method leaves the case, the audit and the posts in step.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases import Case, State
from bot.desk.advice import Advisor
from bot.desk.board import ATTACHED
from bot.desk.handover import HandOver
from bot.desk.values import Report
from bot.desk.voice import Followed, Voice
from bot.store import Transaction
from bot.store.cases import Said
from bot.triage import Advice, Answer, Clarify, HandOff, Ignore, not_for_this_desk, second_answer, telling_words
from bot.walk import Outcome, Tried, next_step, tried_in, walk_of
from knowledge_base.articles import Article

# What the person presses, or says, when no offered category fits.
NONE_OF_THESE = "none"
# How the audit tells which way the person reads an answer: a step at a time, or all of it.
WALK, WHOLE = "walk", "whole answer"
# How an article stands among the choices of the one question, beside categories.
ARTICLE_MARK = "article:"
# How an attached file stands in the transcript, after the words.
FILE_MARK = "\n[file: "


class Answering:
    """The desk's own part of a case's life."""

    def __init__(self, advisor: Advisor, voice: Voice, handover: HandOver) -> None:
        self.advisor = advisor
        self.voice = voice
        self.handover = handover

    def new_request(self, unit: Transaction, report: Report, advice: Advice, now: float, *, words: str) -> None:
        """Open a case and act on it; small talk gets a welcome where the desk was meant, and no case. `words` may hold
        more than the report: what it hangs under, or what came before."""
        if isinstance(advice.decision, Ignore) and report.files:
            advice = replace(advice, decision=Clarify(()))  # a picture alone: ask for words, and keep the picture
        if isinstance(advice.decision, Ignore):
            if report.addressed and advice.decision.because != "thanks":
                unit.outbox.add(
                    self.voice.welcome(report.channel, report.speaks_under, advice.judgement.language), None
                )
            return
        case = unit.cases.open(_new_case(report, words))
        if case is None:
            return
        keep_words(unit, case, report, now)
        unit.cases.note(case.id, report.called_by or report.user, "reported")
        if report.anew:  # their private chat with the desk does not hold what they asked elsewhere
            unit.outbox.add(self.voice.asked_privately(replace(case, language=advice.judgement.language)), case.id)
        self.act_on(unit, case, _as_told(advice, report))

    def act_on(self, unit: Transaction, case: Case, advice: Advice) -> None:
        """Save the decision, then say it."""
        decided = self._with_advice(case, advice)
        model, reasons = advice.judgement.model, list(advice.reasons)
        unit.cases.note(case.id, "desk", "decided", decision=repr(advice.decision), reasons=reasons, model=model)
        match advice.decision:
            case Answer(article):
                self._offer(unit, decided, article, was=case, because=telling_words(advice.judgement))
            case Clarify(categories, articles):
                offered = (*categories, *[f"{ARTICLE_MARK}{article}" for article in articles])
                self._ask(unit, decided, offered, advice, was=case)
            case HandOff(queue, aid):
                self.handover.begin(unit, decided, was=case, queue=queue, aid=aid)
            case Ignore():
                unit.cases.keep(decided.withdrawn(), was=case)

    # -- what the person answers ----------------------------------------------------------------------------------

    def solved(self, unit: Transaction, case: Case) -> None:
        self.close_buttons(unit, case, Followed.HELPED)
        unit.cases.keep(case.solved(), was=case)
        unit.cases.note(case.id, case.reporter, "solved", article=case.article)
        unit.outbox.add(self.voice.glad(case), case.id)

    def settled_itself(self, unit: Transaction, case: Case) -> None:
        """It works before anything was answered: good, but not the desk's doing."""
        self.close_buttons(unit, case)
        unit.cases.keep(case.withdrawn(), was=case)
        unit.cases.note(case.id, case.reporter, "settled itself")
        unit.outbox.add(self.voice.glad(case), case.id)

    def not_solved(self, unit: Transaction, case: Case) -> None:
        """The second-best article once, then a person."""
        self.close_buttons(unit, case, Followed.NOT_HELPED)
        unit.cases.note(case.id, case.reporter, "not solved", article=case.article)
        if article := second_answer(case.candidates, case.shown):
            self._offer(unit, case, article, was=case)
        else:
            self._give_to_people(unit, case)

    def begin_walk(self, unit: Transaction, case: Case) -> None:
        unit.cases.note(case.id, case.reporter, WALK, article=case.article)
        self.walk(unit, case)

    def step_in_words(self, unit: Transaction, case: Case, outcome: Outcome) -> bool:
        """The person wrote how the step went that they see. False where they see no step: then the words mean more."""
        article, _ = self._tried_now(unit, case)
        ways = [action for _, action, detail in unit.cases.audit(case.id) if detail.get("article") == case.article]
        shown = [action for action in ways if action in (WALK, WHOLE)][-1:]
        step = next_step(walk_of(article), self._steps_tried(unit, case)) if article and shown == [WALK] else None
        if step is None:
            return False
        self.stepped(unit, case, step.number, outcome)
        return True

    def walk(self, unit: Transaction, case: Case) -> None:
        """Show the step that comes next in place of the whole article. Of one that was retired since, nobody can show
        anything: a person takes over."""
        article, answer = self._tried_now(unit, case)
        if article is None:
            self._give_to_people(unit, case)
        elif answer:
            tried = self._steps_tried(unit, case)
            step = next_step(walk_of(article), tried)
            unit.outbox.add(self.voice.step(case, article, answer, step, tried), case.id)

    def stepped(self, unit: Transaction, case: Case, number: int, outcome: Outcome) -> None:
        """How a step went: kept, and the next one shown. A button of a step that is over changes nothing."""
        article, _ = self._tried_now(unit, case)
        step = next_step(walk_of(article), self._steps_tried(unit, case)) if article else None
        if article and step and step.number == number:
            detail = {"article": article.id, "number": number, "title": step.title, "outcome": outcome}
            unit.cases.note(case.id, case.reporter, "step", **detail)
        self.walk(unit, case)

    def show_whole(self, unit: Transaction, case: Case) -> None:
        unit.cases.note(case.id, case.reporter, WHOLE, article=case.article)
        article, answer = self._tried_now(unit, case)
        if article is None:
            self._give_to_people(unit, case)
        elif answer:
            unit.outbox.add(self.voice.answer_whole(case, article, answer), case.id)

    def told_more(self, unit: Transaction, case: Case, again: Advice) -> None:
        """Words that are neither yes nor no: they may name a better article, else a person should read them."""
        self.close_buttons(unit, case, Followed.TOLD_MORE)
        unit.cases.note(case.id, case.reporter, "told more", article=case.article)
        better = isinstance(again.decision, Answer) and again.decision.article not in case.shown
        if better and len(case.shown) == 1:
            self.act_on(unit, case, again)
        else:
            self._give_to_people(unit, case)

    def answered_the_question(self, unit: Transaction, case: Case, again: Advice) -> None:
        self.close_buttons(unit, case)
        self.act_on(unit, case, again)

    def chosen(self, unit: Transaction, case: Case, choice: str, again: Advice | None) -> None:
        """A button under the one question. `again` is the advice for the chosen category."""
        unit.cases.note(case.id, case.reporter, "chose", choice=choice)
        self.close_buttons(unit, case, choice=choice)
        if choice in case.offered and (article := self._article_in(choice, case)):
            self._offer(unit, case, article.id, was=case)
        elif again is None or choice not in case.offered:
            self._give_to_people(unit, case)
        else:
            self.act_on(unit, case, again)

    def to_a_person(self, unit: Transaction, case: Case) -> None:
        """Asked for a person, at whatever point: obeyed at once."""
        unit.cases.note(case.id, case.reporter, "asked for a person")
        if not case.open:
            self.handover.reopen(unit, case, case.reporter)
            return
        self.close_buttons(unit, case, Followed.WANTED_PERSON)
        self._give_to_people(unit, case)

    def start_again(self, unit: Transaction, case: Case, text: str, advice: Advice) -> None:
        """The request was edited before it was answered."""
        unit.cases.note(case.id, case.reporter, "edited")
        self.close_buttons(unit, case)
        fresh = replace(case, words=text, state=State.NEW, shown=(), offered=())
        unit.cases.keep(fresh, was=case)
        self.act_on(unit, fresh, advice)

    def close_buttons(
        self, unit: Transaction, case: Case, followed: Followed = Followed.TOLD_MORE, choice: str = ""
    ) -> None:
        """What was asked or answered keeps its words and loses its buttons, so that nobody presses them twice."""
        if case.state is State.CLARIFYING and (question := unit.outbox.find(case.id, "question")):
            article = self._article_in(choice, case)
            unit.outbox.add(self.voice.question_closed(case, question, choice, article, followed), case.id)
        if case.state is State.ANSWERED:
            article, answer = self._tried_now(unit, case)
            if article and answer:
                unit.outbox.add(self.voice.answer_closed(case, article, answer, followed), case.id)

    def _tried_now(self, unit: Transaction, case: Case) -> tuple[Article | None, str | None]:
        """The article that the person is trying, and the post that shows it."""
        return self.advisor.library.get(case.article or "", case.language), unit.outbox.find(case.id, "answer")

    def _steps_tried(self, unit: Transaction, case: Case) -> tuple[Tried, ...]:
        return tuple(each for each in tried_in(unit.cases.audit(case.id)) if each.article == case.article)

    # -- the two things it can say ----------------------------------------------------------------------------------

    def _offer(self, unit: Transaction, case: Case, article: str, *, was: Case, because: tuple[str, ...] = ()) -> None:
        found = self.advisor.library.get(article, case.language)
        if found is None:  # retired since it was chosen
            self._give_to_people(unit, case, was=was)
            return
        answered = case.answered(article)
        unit.cases.keep(answered, was=was)
        unit.cases.note(case.id, "desk", "answered", article=article)
        unit.outbox.add(self.voice.answer(answered, found, again=bool(case.shown), because=because), case.id)

    def _ask(self, unit: Transaction, case: Case, offered: tuple[str, ...], advice: Advice, *, was: Case) -> None:
        asking = case.clarifying(offered)
        unit.cases.keep(asking, was=was)
        unit.cases.note(case.id, "desk", "asked", offered=list(offered))
        not_ours = not_for_this_desk(advice.judgement, self.advisor.policy)
        articles = {each: article for each in offered if (article := self._article_in(each, case))}
        unit.outbox.add(self.voice.question(asking, articles, not_ours=not_ours), case.id)

    def _article_in(self, choice: str, case: Case) -> Article | None:
        """The article that a choice names; None for a category."""
        mark, _, article = choice.partition(ARTICLE_MARK)
        return None if mark or not article else self.advisor.library.get(article, case.language)

    def _give_to_people(self, unit: Transaction, case: Case, *, was: Case | None = None) -> None:
        queue = self.advisor.owner(case.category, case.confidence, case.tier)
        self.handover.begin(unit, case, was=was or case, queue=queue, aid=None)

    def _with_advice(self, case: Case, advice: Advice) -> Case:
        judgement = advice.judgement
        best = (advice.decision.article,) if isinstance(advice.decision, Answer) else ()
        return replace(
            case,
            language=judgement.language,
            category=judgement.category,
            confidence=judgement.confidence,
            tier=judgement.tier,
            urgency=judgement.urgency,
            candidates=(*best, *self.advisor.worth_a_second(advice.hits)),
            reasons=advice.reasons,
            model=judgement.model,
        )


def keep_words(unit: Transaction, case: Case, report: Report, now: float) -> bool:
    """Add a report to the transcript, and its pictures to the audit. False when it is there already."""
    if not unit.cases.add_words(case.id, report.channel, said_in(report, now)):
        return False
    for each in report.pictures:
        unit.cases.note(case.id, report.user, ATTACHED, file=each.file, name=each.name, ts=report.ts)
    return True


def said_in(report: Report, now: float) -> Said:
    """The report as a line of the transcript."""
    attached = "".join(f"{FILE_MARK}{name}]" for name in report.files)
    return Said(report.user, "person", report.text + attached, now, ts=report.ts)


def _new_case(report: Report, words: str) -> Case:
    return Case(
        id=0,
        team=report.team,
        channel=report.channel,
        ts=report.ts,
        thread=report.speaks_under,
        reporter=report.user,
        words=words,
        unasked=not report.addressed or bool(report.called_by),
    )


def _as_told(advice: Advice, report: Report) -> Advice:
    """How urgent it is, the person said in the form; a written rule may know better."""
    judgement = advice.judgement
    if not report.urgency or judgement.rule:
        return advice
    return replace(advice, judgement=replace(judgement, urgency=report.urgency))
