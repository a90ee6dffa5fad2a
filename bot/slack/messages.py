"""What people read: one function a message, from values to a post. The sentences are in `bot/words`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    RichTextBlock,
    SectionBlock,
    StaticSelectElement,
)

from bot.cases import Case
from bot.desk.answering import NONE_OF_THESE
from bot.desk.values import Click, Report
from bot.desk.voice import Followed
from bot.routing import Promise, Queue
from bot.slack.text import escape, moment, quote, readable, shortened, spoken
from bot.store import Post
from bot.walk import Outcome, Tried
from bot.words import Words, category_title, words_for
from knowledge_base.articles import Article
from knowledge_base.body import Step, steps
from knowledge_base.rendering import after_steps_as_markdown, as_markdown, step_as_markdown

LONGEST_TITLE = 150
SHOWN_STEPS = 8
SCORES = (5, 4, 3, 2, 1)
LONGEST_LABEL = 75  # Slack's limit for the text of a button
AFTER_A_STEP = {
    Outcome.DONE: "walk_done",
    Outcome.FAILED: "walk_failed",
    Outcome.SKIPPED: "walk_skipped",
}
AFTER_AN_ANSWER = {
    Followed.HELPED: "answer_helped",
    Followed.NOT_HELPED: "answer_not_helped",
    Followed.TOLD_MORE: "answer_told_more",
    Followed.WANTED_PERSON: "answer_wanted_person",
    Followed.WITHDRAWN: "answer_withdrawn",
    Followed.NOT_NEEDED: "answer_not_needed",
    Followed.TAKEN_OVER: "answer_taken_over",
}


class PeopleVoice:
    """Messages to the person who asked. `contact` is whom to ask when the desk itself fails."""

    def __init__(self, contact: str) -> None:
        self.contact = contact

    def welcome(self, channel: str, thread: str | None, language: str) -> Post:
        text = words_for("people", language)("welcome")
        return Post("welcome", channel, body(text, [section(text)]), thread=thread)

    def answer(self, case: Case, article: Article, *, again: bool, because: Sequence[str] = ()) -> Post:
        say = _words(case)
        lead = say("answer_again" if again else "answer_first")
        why = [context(say("answer_because", terms=escape(", ".join(because))))] if because else []
        foot = context(say("answer_foot", minutes=article.minutes))
        blocks = [section(lead), *_article_blocks(say, article), _verdict(say, case, article), *why, foot]
        return _to_person("answer", case, body(f"{lead} {article.title}", blocks))

    def answer_whole(self, case: Case, article: Article, answer: str) -> Post:
        """The answer as it first stood, after the person went through some of it step by step."""
        say = _words(case)
        foot = context(say("answer_foot", minutes=article.minutes))
        blocks = [*_article_blocks(say, article), _verdict(say, case, article), foot]
        return _update("answer-whole", case, answer, body(article.title, blocks))

    def step(self, case: Case, article: Article, answer: str, step: Step | None, tried: Sequence[Tried]) -> Post:
        """One step of the article, with what came before it in one line; without a step, all of them are over."""
        say = _words(case)
        been = [context(_been(say, tried))] if tried else []
        if step is None:
            last = [MarkdownBlock(text=after)] if (after := after_steps_as_markdown(article)) else []
            blocks = [section(say("walk_over")), *been, *last, _verdict(say, case, article, walked=True)]
        else:
            blocks = [*been, *_step_blocks(say, case, article, step)]
        shown = [section(f"*{_title(article.title)}*"), *_warning(say, article), *blocks]
        return _update("step", case, answer, body(article.title, shown))

    def answer_closed(self, case: Case, article: Article, answer: str, followed: Followed) -> Post:
        say = _words(case)
        verdict = say(AFTER_AN_ANSWER[followed])
        return _update(
            "answer-closed", case, answer, body(article.title, [*_article_blocks(say, article), context(verdict)])
        )

    def question(self, case: Case, articles: Mapping[str, Article], *, not_ours: bool) -> Post:
        """The one question, with what the case offers as buttons: categories, or what `articles` has under a choice."""
        say = _words(case)
        key = "question_not_ours" if not_ours else "question" if case.offered else "question_open"
        asked = say("question_article" if articles else key)
        titles = {
            each: articles[each].title if each in articles else category_title(each, case.language)
            for each in case.offered
        }
        buttons = [
            button(f"choose:{each}", shortened(title, LONGEST_LABEL), case.id, each) for each, title in titles.items()
        ]
        if titles:
            buttons.append(button(f"choose:{NONE_OF_THESE}", say("none_button"), case.id, NONE_OF_THESE))
        buttons += [button("talk_to_person", say("person_button"), case.id), *_way_out(say, case)]
        return _to_person("question", case, body(asked, [section(asked), ActionsBlock(elements=buttons)]))

    def question_closed(
        self, case: Case, question: str, choice: str, article: Article | None, followed: Followed
    ) -> Post:
        say = _words(case)
        if choice == NONE_OF_THESE:
            text = say("question_none")
        elif choice:
            chosen = article.title if article else category_title(choice, case.language)
            text = say("question_chosen", choice=escape(chosen))
        elif followed is Followed.TOLD_MORE:
            text = say("question_closed")
        else:
            text = say(AFTER_AN_ANSWER[followed])
        return _update("question-closed", case, question, body(text, [section(text)]))

    def glad(self, case: Case) -> Post:
        return self._plain("glad", case)

    def handed_over(self, case: Case, queue: Queue, promise: Promise, aid: Article | None) -> Post:
        say = _words(case)
        key = "handed_over_security" if queue.name == "security" else "handed_over"
        text = say(key, queue=queue.title, timing=timing(say, promise))
        blocks: list[Block] = [section(text)]
        if aid:
            blocks += [section(f"*{say('aid_title')}*"), *_article_blocks(say, aid)]
        return _to_person("handed-over", case, body(text, blocks))

    def passed_on(self, case: Case, ts: str) -> Post:
        payload = {"name": _words(case)("passed_on_emoji"), "timestamp": ts}
        return Post("passed-on", case.channel, payload, method="react")

    def claimed(self, case: Case, queue: Queue) -> Post:
        return self._plain("claimed", case, agent=case.assignee, queue=queue.title)

    def given_back(self, case: Case, queue: Queue, promise: Promise) -> Post:
        when = timing(_words(case), promise)
        return self._plain("given_back", case, agent=case.assignee, queue=queue.title, timing=when)

    def moved(self, case: Case, queue: Queue, promise: Promise) -> Post:
        return self._plain("moved", case, queue=queue.title, timing=timing(_words(case), promise))

    def asked_back(self, case: Case) -> Post:
        return self._plain("asked_back", case, agent=case.assignee)

    def still_waiting(self, case: Case) -> Post:
        return self._plain("still_waiting", case, agent=case.assignee)

    def promise_broken(self, case: Case, queue: Queue) -> Post:
        return self._plain("promise_broken", case, queue=queue.title)

    def closed_without_answer(self, case: Case) -> Post:
        return self._ending("closed_without_answer", case)

    def merged(self, case: Case, head: Case) -> Post:
        if head.incident:
            return self._plain("merged_incident", case, title=escape(readable(head.incident)))
        if head.reporter == case.reporter:
            return self._plain("merged_own", case)
        return self._plain("merged", case)

    def alone_again(self, case: Case, promise: Promise) -> Post:
        return self._plain("alone_again", case, timing=timing(_words(case), promise))

    def split(self, case: Case) -> Post:
        return self._plain(
            "split", case, words=escape(shortened(" ".join(readable(case.words).split()), LONGEST_TITLE))
        )

    def resolved(self, case: Case) -> Post:
        return self._ending("resolved", case, agent=case.assignee)

    def reopened(self, case: Case, queue: Queue, promise: Promise) -> Post:
        return self._plain("reopened", case, queue=queue.title, timing=timing(_words(case), promise))

    def how_was_it(self, case: Case) -> Post:
        say = _words(case)
        text = say("how_was_it")
        options = [Option(text=say(f"rate_{score}"), value=f"{case.id}|{score}") for score in SCORES]
        choice = StaticSelectElement(action_id="rate", placeholder=say("rate_placeholder"), options=options)
        return _to_person("how-was-it", case, body(text, [section(text), ActionsBlock(elements=[choice])]))

    def rated(self, case: Case, question: str, score: int) -> Post:
        say = _words(case)
        text = say("rated", score=say(f"rate_{score}"))
        more = ActionsBlock(elements=[button("rate_more", say("rate_more_button"), case.id)])
        return _update("rated", case, question, body(text, [section(text), more]))

    def from_agent(self, case: Case, agent: str, text: str, *, original: str = "") -> Post:
        """`original`: what the agent chose in English, where `text` is its translation."""
        say = _words(case)
        lead = say("from_agent", agent=agent)
        beside = [context(say("from_agent_original", text=escape(shortened(original, 1_000))))] if original else []
        return _to_person(
            "from-agent", case, body(f"{lead} {shortened(text, 300)}", [section(lead), spoken(text), *beside])
        )

    def received(self, case: Case) -> Post:
        return self._plain("received", case)

    def not_yours(self, click: Click, language: str) -> Post:
        return whisper(click, words_for("people", language)("not_yours"))

    def not_now(self, click: Click, language: str, why: str) -> Post:
        return whisper(click, words_for("people", language)(why))

    def only_if_asked(self, report: Report, language: str) -> Post:
        """Words that only the person sees: the channel has had enough of the desk for today."""
        click = Click(0, report.user, report.channel, thread=report.thread)
        return whisper(click, words_for("people", language)("only_if_asked"), purpose="only-if-asked")

    def known_already(self, case: Case, click: Click, language: str) -> Post:
        return whisper(click, words_for("people", language)("known_already", number=case.id))

    def asked_privately(self, case: Case) -> Post:
        """What was asked by a command, a form or a shortcut: without it the answer would stand alone."""
        text = _words(case)("asked_privately")
        return _to_person("asked-privately", case, body(text, [section(text), quote(case.words)]))

    def failed(self, channel: str, thread: str | None, language: str) -> Post:
        text = words_for("people", language)("failed", contact=self.contact)
        return Post("failed", channel, body(text, [section(text)]), thread=thread)

    def _ending(self, key: str, case: Case, **values: object) -> Post:
        """How it ended, with the way back."""
        say = _words(case)
        text = say(key, **values)
        reopen = ActionsBlock(elements=[button("reopen", say("reopen_button"), case.id)])
        return _to_person(key.replace("_", "-"), case, body(text, [section(text), reopen]))

    def _plain(self, key: str, case: Case, **values: object) -> Post:
        text = _words(case)(key, **values)
        return _to_person(key.replace("_", "-"), case, body(text, [section(text)]))


def body(text: str, blocks: Sequence[Block | RichTextBlock]) -> dict[str, Any]:
    """A message's arguments. `text` is what notifications and screen readers use."""
    return {"text": shortened(text, 3_000), "blocks": [block.to_dict() for block in blocks]}


def whisper(click: Click, text: str, purpose: str = "refused") -> Post:
    """Words that only the person who clicked sees, where they clicked."""
    if not click.channel:  # a home page stands in no channel, so the person reads it in their own conversation
        return Post(purpose, click.user, {"text": text})
    where = {"thread_ts": click.thread} if click.thread else {}
    return Post(purpose, click.channel, {"text": text, "user": click.user, **where}, method="whisper")


def section(mrkdwn: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=mrkdwn))


def context(mrkdwn: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=mrkdwn)])


def button(action: str, label: str, case_id: int, about: str = "", *, style: str | None = None) -> ButtonElement:
    """A button whose value names the case, and what the click is about."""
    return ButtonElement(action_id=action, text=label, value=f"{case_id}|{about}", style=style)


def _words(case: Case) -> Words:
    return words_for("people", case.language)


def _to_person(purpose: str, case: Case, payload: dict[str, Any]) -> Post:
    return Post(purpose, case.channel, payload, thread=case.thread)


def _update(purpose: str, case: Case, message: str, payload: dict[str, Any]) -> Post:
    return Post(purpose, case.channel, payload, method="update", belongs_to=message)


def _article_blocks(say: Words, article: Article) -> list[Block]:
    return [*_warning(say, article), MarkdownBlock(text=as_markdown(article))]


def _warning(say: Words, article: Article) -> list[Block]:
    return [context(say("answer_risk"))] if article.risk == "data" else []


def _verdict(say: Words, case: Case, article: Article, *, walked: bool = False) -> ActionsBlock:
    """How it went; besides, step by step where the article has steps, or all of them once a person went through."""
    way = button("whole_answer", say("whole_answer_button"), case.id, article.id)
    if not walked:
        way = button("walk", say("walk_button"), case.id, article.id)
    return ActionsBlock(
        block_id="verdict",
        elements=[
            button("solved", say("solved_button"), case.id, article.id, style="primary"),
            button("not_solved", say("not_solved_button"), case.id, article.id),
            *([way] if steps(article) else []),
            button("talk_to_person", say("person_button"), case.id),
            *_way_out(say, case),
        ],
    )


def _way_out(say: Words, case: Case) -> list[ButtonElement]:
    """For whoever had not asked the desk at all."""
    return [button("withdraw", say("withdraw_button"), case.id)] if case.unasked else []


def _step_blocks(say: Words, case: Case, article: Article, step: Step) -> list[Block]:
    """The step in full, how it went, and the ways out of the walk."""
    about = f"{article.id}#{step.number}"
    last = steps(article)[-1].number
    lead = say("walk_step", number=step.number, last=last) if step.number else f"*{_title(step.title)}*"
    return [
        section(lead),
        MarkdownBlock(text=step_as_markdown(step)),
        ActionsBlock(
            block_id="step",
            elements=[
                button("step_done", say("step_done_button"), case.id, about, style="primary"),
                button("step_failed", say("step_failed_button"), case.id, about),
                button("step_skipped", say("step_skipped_button"), case.id, about),
            ],
        ),
        ActionsBlock(
            block_id="walk",
            elements=[
                button("solved", say("solved_button"), case.id, article.id),
                button("not_solved", say("not_solved_button"), case.id, article.id),
                button("whole_answer", say("whole_answer_button"), case.id, article.id),
                button("talk_to_person", say("person_button"), case.id),
            ],
        ),
    ]


def _been(say: Words, tried: Sequence[Tried]) -> str:
    """The latest steps in one line, each with how it went."""
    latest = tried[-SHOWN_STEPS:]
    names = [say("walk_number", number=each.number) if each.number else _title(each.title) for each in latest]
    told = [say(AFTER_A_STEP[each.outcome], step=name) for each, name in zip(latest, names, strict=True)]
    return " · ".join(["…", *told] if len(tried) > SHOWN_STEPS else told)


def _title(text: str) -> str:
    return escape(shortened(text, LONGEST_TITLE))


def timing(say: Words, promise: Promise) -> str:
    """By when somebody answers, and why not sooner."""
    when = moment(promise.by, say("moment"))
    if promise.paged:
        return say("timing_paged", when=when)
    if promise.opens is not None:
        return say("timing_later", opens=moment(promise.opens, say("moment")), when=when)
    return say("timing_now", when=when)
