"""What agents and operators read: the card of a case and the words in its thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    RichTextBlock,
    SectionBlock,
    StaticSelectElement,
)

from bot.cases import HELD, Case, State
from bot.desk.values import Click, Report
from bot.desk.voice import DigestLine, Due, Story
from bot.routing import Queue, Team
from bot.sla import SHARES
from bot.slack.messages import body, button, context, section, whisper
from bot.slack.text import LONGEST_QUOTE, escape, moment, quote, readable, shortened
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
TRANSCRIPT_LINES = 3
LONGEST_REQUEST = 1_000
LONGEST_LINE = 250
LONGEST_GLANCE = 60
DIGEST_LINES = 15


class AgentVoice:
    """Messages in queue channels. `ops` is the id of the channel for alarms; `group_id` knows a user group's id by its
    handle, None for one that is not there."""

    def __init__(self, ops: str, group_id: Callable[[str], str | None] = lambda _: None) -> None:
        self.ops = ops
        self.group_id = group_id

    @property
    def has_moved_on(self) -> str:
        return say("moved_on")

    def card(self, story: Story, send_id: str) -> Post:
        payload = body(_fallback(story.case), [*_face(story), *_buttons(story)])
        return Post("card", story.room, payload, send_id=send_id)

    def card_changed(self, story: Story) -> Post:
        return self._new_face(story, [*_face(story), *_buttons(story)])

    def card_left(self, story: Story, to: Queue) -> Post:
        return self._new_face(story, _face(story, state=say("state_moved", queue=to.title)))

    # -- in the card's thread -------------------------------------------------------------------------------------

    def person_said(self, case: Case, who: str, room: str, text: str, files: Sequence[str]) -> Post:
        attached = [context(say("person_files", files=escape(", ".join(files))))] if files else []
        return _in_thread("person-said", case, room, say("person_said", who=who), [quote(text), *attached])

    def person_changed(self, case: Case, room: str, text: str) -> Post:
        return _in_thread("person-changed", case, room, say("person_changed"), [quote(text)])

    def person_deleted(self, case: Case, room: str) -> Post:
        return _in_thread("person-deleted", case, room, say("person_deleted"), [])

    def agent_sent(self, case: Case, room: str, agent: str, text: str, original: str = "") -> Post:
        beside = [context(say("agent_sent_template", text=escape(original)))] if original else []
        return _in_thread("agent-sent", case, room, say("agent_sent", agent=agent), [quote(text), *beside])

    def passed_because(self, case: Case, room: str, agent: str, text: str) -> Post:
        return _in_thread("passed-because", case, room, say("passed_because", agent=agent), [quote(text)])

    def joined_here(self, head: Case, case: Case, room: str) -> Post:
        lead = say("joined_here", number=case.id, reporter=case.reporter)
        return _in_thread("joined-here", head, room, lead, [quote(case.words)])

    def paged(self, case: Case, room: str, team: Team) -> Post:
        group = self.group_id(team.on_call)
        text = say("paged", group=group) if group else say("paged_nobody", handle=team.on_call)
        return _in_thread("paged", case, room, text, [])

    def warned(self, case: Case, queue: Queue, team: Team | None, room: str, due: Due, share: float) -> Post:
        key = "warned_late" if due.late else "warned_soon" if share > SHARES[0] else "warned_half"
        mention = self._whoever_has(case, queue, team)
        when = moment(due.at or 0.0, say("moment"))
        return _in_thread(
            "warned", case, room, say(key, mention=mention, clock=say(f"clock_{due.kind}"), when=when), []
        )

    def late(self, case: Case, queue: Queue, due: Due) -> Post:
        text = say(
            "late",
            mention=self._group(queue.lead),
            number=case.id,
            category=category_title(case.category),
            urgency=case.urgency,
            queue=queue.title,
            clock=say(f"clock_{due.kind}").lower(),
            when=moment(due.at or 0.0, say("moment")),
            state=_state(case)[0].lower() + _state(case)[1:],
        )
        return Post("late", self.ops, body(text, [section(text)]))

    def idle(self, case: Case, room: str) -> Post:
        return _in_thread("idle", case, room, say("idle", agent=case.assignee), [])

    def digest(
        self, queue: Queue, room: str, team: Team, staying: Sequence[DigestLine], passed: Sequence[DigestLine]
    ) -> Post:
        """What a team leaves behind when it goes home, the most pressing first, one line each."""
        title = say("digest_title", team=escape(team.title))
        parts = {
            say("digest_open"): [each for each in staying if each.case.state is State.WAITING],
            say("digest_held", team=escape(team.title)): [each for each in staying if each.case.state is State.CLAIMED],
            say("digest_waiting"): [each for each in staying if each.case.state is State.PENDING],
            say("digest_passed"): list(passed),
        }
        blocks = [
            section(shortened("\n".join([heading, *_digest_lines(lines)]), 3_000))
            for heading, lines in parts.items()
            if lines
        ]
        return Post("digest", room, body(title, [HeaderBlock(text=title), *blocks]))

    def _whoever_has(self, case: Case, queue: Queue, team: Team | None) -> str:
        if case.assignee:
            return f"<@{case.assignee}>"
        return self._group(team.group if team else queue.group)

    def _group(self, handle: str) -> str:
        """A mention of a user group; nothing where it is not there."""
        group = self.group_id(handle) if handle else None
        return f"<!subteam^{group}>" if group else ""

    def full_words(self, case: Case, room: str, text: str) -> list[Post]:
        parts = [text[at : at + LONGEST_QUOTE] for at in range(0, len(text), LONGEST_QUOTE)]
        return [_in_thread("full-words", case, room, say("full_words"), [quote(part)]) for part in parts]

    def note_kept(self, report: Report) -> Post:
        return whisper(Click(0, report.user, report.channel, thread=report.thread), say("note_kept"))

    def refused(self, click: Click, why: str) -> Post:
        return whisper(click, why)

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
    incident = [context(say("card_incident", title=escape(case.incident)))] if case.incident else []
    fields = [
        say("card_fields_who", reporter=case.reporter, place=_place(case)),
        say("card_fields_what", urgency=case.urgency, tier=case.tier),
        say("card_fields_state", state=state or _state(case)),
        say("card_fields_language", language=LANGUAGES.get(case.language, case.language)),
    ]
    if story.team and case.with_people:
        fields.append(say("card_fields_team", team=escape(story.team.title)))
    if story.dues and case.with_people:
        fields.append(say("card_fields_due", dues="\n".join(_due(each) for each in story.dues)))
    return [
        HeaderBlock(text=say("card_title", number=case.id, category=category_title(case.category))),
        *critical,
        *incident,
        SectionBlock(fields=[MarkdownTextObject(text=each) for each in fields]),
        section(f"*{say('card_said')}*"),
        quote(_said(story)),
        section(_tried(story)),
        *_around(story),
        context(shortened(say("card_why", reasons=escape(" ".join(story.reasons))), 2_900)),
        context(say("card_redacted" if story.queue.sees == "redacted" else "card_full")),
    ]


def _around(story: Story) -> list[Block | RichTextBlock]:
    """What else there is to know, one line each: the device, cases like it, who waits for the same."""
    lines = []
    if story.facts:
        lines.append(say("card_facts", facts=escape(", ".join(story.facts))))
    if story.joined:
        lines.append(say("card_joined", cases=", ".join(str(each.id) for each in story.joined)))
    if story.case.with_people:
        if story.solved_before:
            told = "; ".join(one_solved(each) for each in story.solved_before)
            lines.append(say("card_solved_before", cases=told))
        if story.twins and story.case.state is not State.JOINED:
            lines.append(say("card_twins", cases="; ".join(one_case(each) for each in story.twins)))
    return [context(shortened("\n".join(lines), 2_900))] if lines else []


def one_case(case: Case) -> str:
    words = case.incident or shortened(" ".join(readable(case.words).split()), LONGEST_GLANCE)
    return say("one_case", number=case.id, words=escape(words))


def one_solved(case: Case) -> str:
    """A case that was helped, and what helped."""
    article = case.article if case.state is State.SOLVED else case.resolution
    known = article not in (None, "", "none")
    how = say("how_article", article=article) if known else say("how_agent", agent=case.assignee)
    words = shortened(" ".join(readable(case.words).split()), LONGEST_GLANCE)
    return say("one_solved", number=case.id, words=escape(words), how=how)


def _due(due: Due) -> str:
    if due.at is None:
        return say("due_paused")
    text = say(f"due_{due.kind}", when=moment(due.at, say("moment")))
    return say("due_late", due=text) if due.late else text


def _buttons(story: Story) -> list[ActionsBlock]:
    """What can be done in this state: the usual row, then where else it can go."""
    case = story.case
    if case.state is State.JOINED:
        apart = button("part", say("part_button"), case.id)
        return [ActionsBlock(block_id="case", elements=[apart, button("details", say("details_button"), case.id)])]
    if not case.with_people:
        return [ActionsBlock(block_id="case", elements=[button("details", say("details_button"), case.id)])]
    first = button("claim", say("claim_button"), case.id, style="primary")
    if case.state in HELD:
        first = button("unclaim", say("unclaim_button"), case.id)
    merge = [button("merge", say("merge_button"), case.id)] if story.twins else []
    return [
        ActionsBlock(
            block_id="case",
            elements=[
                first,
                button("send_to_user", say("reply_button"), case.id),
                button("resolve", say("resolve_button"), case.id),
                button("escalate", say("escalate_button"), case.id),
                *merge,
            ],
        ),
        ActionsBlock(
            block_id="more",
            elements=[_reroute(story), _more(case), button("details", say("details_button"), case.id)],
        ),
    ]


def _reroute(story: Story) -> StaticSelectElement:
    return StaticSelectElement(
        action_id="reroute",
        placeholder=say("reroute_placeholder"),
        options=[Option(text=queue.title, value=f"{story.case.id}|{queue.name}") for queue in story.other_queues],
    )


def _more(case: Case) -> OverflowMenuElement:
    """The rarer acts; Slack shows five at most."""
    waiting = {State.CLAIMED: ["wait"], State.PENDING: ["go_on"]}.get(case.state, [])
    acts = [*waiting, "assign", "merge", "split", "incident"]
    return OverflowMenuElement(
        action_id="more", options=[Option(text=say(f"more_{act}"), value=f"{case.id}|{act}") for act in acts]
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
        case State.PENDING:
            return say("state_pending", agent=case.assignee)
        case State.JOINED:
            return say("card_joined_to", number=case.part_of)
        case State.RESOLVED:
            return say("state_resolved", agent=case.assignee)
        case State.SOLVED | State.CLOSED | State.WITHDRAWN as ended:
            return say(f"state_{ended}")
        case _:
            return say("state_waiting")


def _digest_lines(lines: Sequence[DigestLine]) -> list[str]:
    most_pressing = sorted(lines, key=lambda each: (each.due is None, each.due))
    told = [_digest_line(each) for each in most_pressing[:DIGEST_LINES]]
    rest = len(lines) - len(told)
    return [*told, say("digest_more", n=rest)] if rest else told


def _digest_line(line: DigestLine) -> str:
    case = line.case
    due = ""
    if line.due is not None:
        due = say("digest_late" if line.late else "digest_due", when=moment(line.due, say("moment")))
    who = say("digest_agent", agent=case.assignee) if case.assignee else say("digest_nobody")
    if not case.assignee and line.team:
        who = say("digest_team", team=escape(line.team.title))
    return say(
        "digest_line",
        number=case.id,
        category=category_title(case.category),
        urgency=case.urgency,
        who=who,
        due=due,
    )


def _place(case: Case) -> str:
    return say("place_private") if _is_private(case) else say("place_channel", channel=case.channel)


def _is_private(case: Case) -> bool:
    return case.channel.startswith("D")


def _fallback(case: Case) -> str:
    place = say("place_private") if _is_private(case) else say("place_some_channel")
    return say("fallback", number=case.id, category=category_title(case.category), urgency=case.urgency, place=place)


def _in_thread(purpose: str, case: Case, room: str, lead: str, blocks: Sequence[Block | RichTextBlock]) -> Post:
    return Post(purpose, room, body(lead, [section(lead), *blocks]), belongs_to=case.card)
