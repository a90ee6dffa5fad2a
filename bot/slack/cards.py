"""What agents and operators read: the card of a case and the words in its thread."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    RichTextBlock,
    SectionBlock,
    StaticSelectElement,
)

from bot.cases import Case, State
from bot.desk.values import Click, Report
from bot.desk.voice import Story
from bot.routing import Queue
from bot.slack.messages import body, button, context, section, whisper
from bot.slack.text import LONGEST_QUOTE, escape, quote, shortened
from bot.store import Post
from bot.walk import Outcome, Tried
from bot.words import category_title, words_for

say = words_for("agents", "en")

LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
}
# How much of a conversation a card shows; the rest is in the case.
TRANSCRIPT_LINES = 6
LONGEST_REQUEST = 1_000
LONGEST_LINE = 250


class AgentVoice:
    """Messages in queue channels. `ops` is the id of the channel for alarms."""

    def __init__(self, ops: str) -> None:
        self.ops = ops

    def card(self, story: Story, send_id: str) -> Post:
        payload = body(_fallback(story.case), [*_face(story), _buttons(story)])
        return Post("card", story.room, payload, send_id=send_id)

    def card_changed(self, story: Story) -> Post:
        buttons = [_buttons(story)] if story.case.with_people else []
        return self._new_face(story, [*_face(story), *buttons])

    def card_left(self, story: Story, to: Queue) -> Post:
        return self._new_face(story, _face(story, state=say("state_moved", queue=to.title)))

    def person_said(self, case: Case, room: str, text: str, files: Sequence[str]) -> Post:
        attached = [context(say("person_files", files=escape(", ".join(files))))] if files else []
        return _in_thread("person-said", case, room, say("person_said"), [quote(text), *attached])

    def person_changed(self, case: Case, room: str, text: str) -> Post:
        return _in_thread("person-changed", case, room, say("person_changed"), [quote(text)])

    def person_deleted(self, case: Case, room: str) -> Post:
        return _in_thread("person-deleted", case, room, say("person_deleted"), [])

    def agent_sent(self, case: Case, room: str, agent: str, text: str) -> Post:
        return _in_thread("agent-sent", case, room, say("agent_sent", agent=agent), [quote(text)])

    def full_words(self, case: Case, room: str, text: str) -> list[Post]:
        parts = [text[at : at + LONGEST_QUOTE] for at in range(0, len(text), LONGEST_QUOTE)]
        return [_in_thread("full-words", case, room, say("full_words"), [quote(part)]) for part in parts]

    def note_kept(self, report: Report) -> Post:
        return whisper(Click(0, report.user, report.channel, thread=report.thread), say("note_kept"))

    def refused(self, click: Click, why: str) -> Post:
        return whisper(click, why)

    def moved_on(self, click: Click) -> Post:
        return whisper(click, say("moved_on"))

    def alarm(self, text: str) -> Post:
        words = say("alarm", text=escape(shortened(text, 2_500)))
        return Post("alarm", self.ops, body(words, [section(words)]))

    def _new_face(self, story: Story, blocks: Sequence[Block | RichTextBlock]) -> Post:
        payload = body(_fallback(story.case), blocks)
        return Post("card-changed", story.room, payload, method="update", belongs_to=story.case.card)


def _face(story: Story, state: str | None = None) -> list[Block | RichTextBlock]:
    """Everything of a card but its buttons: what, who and how urgent first; why and what was tried below."""
    case = story.case
    critical = [context(say("card_critical"))] if case.urgency == "critical" else []
    fields = [
        say("card_fields_who", reporter=case.reporter, place=_place(case)),
        say("card_fields_what", urgency=case.urgency, tier=case.tier),
        say("card_fields_state", state=state or _state(case)),
        say("card_fields_language", language=LANGUAGES.get(case.language, case.language)),
    ]
    return [
        HeaderBlock(text=say("card_title", number=case.id, category=category_title(case.category))),
        *critical,
        SectionBlock(fields=[MarkdownTextObject(text=each) for each in fields]),
        section(f"*{say('card_said')}*"),
        quote(_said(story)),
        section(_tried(story)),
        context(shortened(say("card_why", reasons=escape(" ".join(story.reasons))), 2_900)),
        context(say("card_redacted" if story.queue.sees == "redacted" else "card_full")),
    ]


def _buttons(story: Story) -> ActionsBlock:
    case = story.case
    claim = [] if case.state is State.CLAIMED else [button("claim", say("claim_button"), case.id, style="primary")]
    reroute = StaticSelectElement(
        action_id="reroute",
        placeholder=say("reroute_placeholder"),
        options=[Option(text=queue.title, value=f"{case.id}|{queue.name}") for queue in story.other_queues],
    )
    return ActionsBlock(
        block_id="case",
        elements=[
            *claim,
            button("send_to_user", say("reply_button"), case.id),
            button("resolve", say("resolve_button"), case.id),
            button("escalate", say("escalate_button"), case.id),
            reroute,
        ],
    )


def _said(story: Story) -> str:
    """The request, then the latest of what followed, each with its share of the card."""
    lines = [shortened(each.text, LONGEST_LINE) for each in story.transcript]
    lines = [
        f"Agent: {line}" if each.role == "agent" else line for each, line in zip(story.transcript, lines, strict=True)
    ]
    request, later = shortened(story.words, LONGEST_REQUEST), lines[1:]
    if len(later) > TRANSCRIPT_LINES:
        later = ["…", *later[-TRANSCRIPT_LINES:]]
    return "\n".join([request, *later])


def _tried(story: Story) -> str:
    tried = [escape(article.title) for article in story.tried]
    text = say("card_tried", articles="; ".join(tried)) if tried else say("card_tried_nothing")
    for article in story.tried:
        if steps := [_step(each) for each in story.steps if each.article == article.id]:
            text += "\n" + say("card_steps", article=escape(article.title), steps=", ".join(steps))
    if story.aid:
        text += "\n" + say("card_aid", article=escape(story.aid.title))
    return text


def _step(tried: Tried) -> str:
    number = tried.number or say("step_zero")
    match tried.outcome:
        case Outcome.DONE:
            return say("step_done", number=number)
        case Outcome.FAILED:
            return say("step_failed", number=number, title=escape(tried.title))
        case Outcome.SKIPPED:
            return say("step_skipped", number=number)


def _state(case: Case) -> str:
    match case.state:
        case State.CLAIMED:
            return say("state_claimed", agent=case.assignee)
        case State.RESOLVED:
            return say("state_resolved", agent=case.assignee)
        case _:
            return say("state_waiting")


def _place(case: Case) -> str:
    return say("place_private") if _is_private(case) else say("place_channel", channel=case.channel)


def _is_private(case: Case) -> bool:
    return case.channel.startswith("D")


def _fallback(case: Case) -> str:
    place = say("place_private") if _is_private(case) else say("place_some_channel")
    return say("fallback", number=case.id, category=category_title(case.category), urgency=case.urgency, place=place)


def _in_thread(purpose: str, case: Case, room: str, lead: str, blocks: Sequence[Block | RichTextBlock]) -> Post:
    return Post(purpose, room, body(lead, [section(lead), *blocks]), belongs_to=case.card)
