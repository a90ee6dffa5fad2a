"""What is heard: to which case do somebody's words belong, and do they go on with it or begin something new?

Changes nothing. What takes long (classifying, searching) is done by `read`, before a transaction begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.cases import REOPENS_WITHIN, WITH_THE_BOT, Case, State
from bot.desk.advice import Advisor
from bot.desk.values import Asker, Report
from bot.replies import Meaning
from bot.store import Database, Transaction
from bot.triage import TOO_LITTLE_SAID, Advice, Ignore, not_for_this_desk

# In the flow of a direct message, words belong to the case that moved last within this time.
SAME_CONVERSATION = 12 * 60 * 60
# Further words in a direct message open a new case only when they are clearly about something else.
NEW_TOPIC_ABOVE = 0.8
NEW_TOPIC_WORDS = 4
# Categories that tell no topic.
NO_TOPIC = ("other", TOO_LITTLE_SAID)
# Posts of one person in a help channel within this time are one request in pieces.
BURST = 3 * 60
# "Okay, thanks" reopens nothing.
QUIET_AFTER_THE_END = (Meaning.THANKS, Meaning.TRYING, Meaning.SOLVED)
# Words that begin with somebody else's name are for them.
_FOR_SOMEBODY_ELSE = re.compile(r"\s*<@")
# What the audit says where the person wants no help: from then on the desk speaks there only when it is addressed.
NO_REQUEST = "not a request"


@dataclass(frozen=True)
class Heard:
    """A report with all that is thought about it. `words` are those of a new request, which may hold more than the
    report; `again` is the advice on the case's words and these together."""

    report: Report
    words: str
    advice: Advice
    meaning: Meaning
    again: Advice | None


class Hearing:
    """Reads reports in the light of what is known already. `asker` tells who a user id is."""

    def __init__(self, store: Database, advisor: Advisor, asker: Callable[[str], Asker]) -> None:
        self.store = store
        self.advisor = advisor
        self.asker = asker

    def read(self, report: Report) -> Heard | None:
        """What is thought about a report; None for talk in a channel where the desk only sits."""
        if not (report.addressed or report.listens or report.thread):
            return None
        with self.store.reading() as unit:
            case = self.case_of(unit, report)
        asker = self.asker(report.user)
        together = self._together(case, report)
        words, advice = self._on_its_own(report, asker)
        return Heard(
            report=report,
            words=words,
            advice=advice,
            meaning=self.advisor.replies.read(report.text),
            again=self.advisor.advise_again(together, asker=asker) if together else None,
        )

    def _together(self, case: Case | None, report: Report) -> str:
        """The case's words with the new ones, where only both together tell what it is about."""
        late = case is not None and not case.open and not case.can_reopen(self.store.now())
        back = late and self.advisor.replies.read(report.text) is Meaning.NOT_SOLVED
        return f"{case.words}\n{report.text}" if case and (back or case.state in WITH_THE_BOT) else ""

    def _on_its_own(self, report: Report, asker: Asker) -> tuple[str, Advice]:
        """(words, advice) of a report as a new request. Who calls the desk into a thread with "can you help?" means
        what stands above; a category that the person chose in the form is certain."""
        if report.category in self.advisor.categories:
            return report.text, self.advisor.advise_again(report.text, report.category, asker)
        advice = self.advisor.advise(report.text, asker)
        if not _says_little(advice) or not (above := report.above().strip()):
            return report.text, advice
        words = f"{above}\n{report.text}".strip()
        return words, self.advisor.advise(words, asker)

    def case_of(self, unit: Transaction, report: Report) -> Case | None:
        """The person's own case that these words may belong to."""
        if report.anew:
            return None
        case = unit.cases.in_thread(report.channel, report.thread, report.user) if report.thread else None
        if case is None and report.listens and report.thread is None:
            return unit.cases.posted_before(report.channel, report.user, float(report.ts), BURST)
        if case or not report.private:
            return case
        now = self.store.now()
        recent = unit.cases.newest_of(report.channel, report.user, now - SAME_CONVERSATION)
        return self._under(unit, report) or recent or self._earlier(unit, report, now)

    def _earlier(self, unit: Transaction, report: Report, now: float) -> Case | None:
        """In the flow of a direct message, days later: "still broken" means the last case, and one that was closed for
        want of an answer goes on with whatever the person writes."""
        case = unit.cases.newest_of(report.channel, report.user, now - REOPENS_WITHIN)
        back = self.advisor.replies.read(report.text) is Meaning.NOT_SOLVED
        return case if case and (back or case.state is State.CLOSED) else None

    def _under(self, unit: Transaction, report: Report) -> Case | None:
        """In a thread of a direct message: the case of the message, ours or theirs, that the thread hangs under."""
        if report.thread is None:
            return None
        ours = unit.outbox.case_of_post(report.channel, report.thread)
        return unit.cases.get(ours) if ours else unit.cases.of_message(report.channel, report.thread)

    def for_others(self, unit: Transaction, case: Case, heard: Heard) -> bool:
        """Whether the person talks to their colleagues in a channel: one mention does not make every word the desk's.
        While people have the case, they read all of it."""
        report, judgement = heard.report, heard.advice.judgement
        if report.private or report.addressed or report.thread is None or case.with_people:
            return False
        if judgement.rule or heard.meaning in (Meaning.PERSON, Meaning.NOT_SOLVED):
            return False
        # Called into a thread of others, or over without anybody who said that they read on.
        guest = case.thread != case.ts or case.state in (State.SOLVED, State.WITHDRAWN)
        elsewhere = guest and not_for_this_desk(judgement, self.advisor.policy)
        to_somebody = bool(_FOR_SOMEBODY_ELSE.match(report.text))
        return to_somebody or elsewhere or unit.cases.tried(case.id, NO_REQUEST)

    def starts_anew(self, unit: Transaction, case: Case, heard: Heard) -> bool:
        """Whether these words are a request of their own rather than more about the case."""
        if not case.open:
            return self._anew_after_the_end(unit, case, heard)
        if heard.report.thread or case.state is State.CLARIFYING:
            return False
        if heard.meaning not in (Meaning.OTHER, Meaning.PERSON):
            return False
        if case.with_people and heard.meaning is Meaning.OTHER and unit.cases.agent_spoke_last(case.id):
            return False  # the person answers the agent
        return _another_topic(case, heard)

    def _anew_after_the_end(self, unit: Transaction, case: Case, heard: Heard) -> bool:
        """After the end thanks reopens nothing, "still broken" reopens, and so does any news where the desk said so;
        another topic never does."""
        if self.only_thanks(heard):
            return False
        if heard.advice.judgement.rule or not case.can_reopen(unit.now):
            return True
        if heard.meaning is Meaning.NOT_SOLVED:
            return case.category not in NO_TOPIC and _another_topic(case, heard)
        if _another_topic(case, heard):
            return True
        same = heard.advice.judgement.category == case.category
        promised = case.state is State.CLOSED or (
            case.state is State.RESOLVED and (heard.report.thread is not None or same)
        )
        return heard.meaning is not Meaning.PERSON and not promised

    def only_thanks(self, heard: Heard) -> bool:
        if heard.meaning in QUIET_AFTER_THE_END:
            return True
        return heard.meaning is Meaning.OTHER and self.advisor.replies.thanks_first(heard.report.text)

    def still_open(self, unit: Transaction, case: Case) -> bool:
        """Whether it goes on, or can be opened again."""
        return case.open or case.can_reopen(unit.now)


def at_the_top(report: Report) -> bool:
    """A post of its own in a help channel."""
    return report.listens and report.thread is None


def _says_little(advice: Advice) -> bool:
    """Whether the words alone tell no trouble: "can you help?", or nothing but a name."""
    idle = isinstance(advice.decision, Ignore) and advice.decision.because != Meaning.THANKS
    return advice.judgement.rule is None and (idle or advice.judgement.category == TOO_LITTLE_SAID)


def _another_topic(case: Case, heard: Heard) -> bool:
    """Whether the words are clearly about something else than the case."""
    judgement = heard.advice.judgement
    elsewhere = judgement.category not in (case.category, *NO_TOPIC)
    return elsewhere and judgement.confidence >= NEW_TOPIC_ABOVE and len(heard.report.text.split()) >= NEW_TOPIC_WORDS
