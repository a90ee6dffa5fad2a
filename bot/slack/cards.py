"""What agents and operators read: the card of a case and the words in its thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    RichTextBlock,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.cases import HELD, Case, State
from bot.desk.answering import FILE_MARK
from bot.desk.values import Click, Picture, Report
from bot.desk.voice import DigestLine, Due, Story
from bot.routing import Queue, Team
from bot.sla import SHARES
from bot.slack.messages import LONGEST_LABEL, body, button, context, section, whisper
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
CARD_REASONS = 2
LONGEST_REQUEST = 1_000
LONGEST_LINE = 250
LONGEST_SECTION = 3_000
LONGEST_GLANCE = 60
DIGEST_LINES = 12  # with mentions and moments in full, so many fit into one of Slack's sections


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
        """Where it went, and no more: who may see the case there may see more than whoever reads this."""
        case = story.case
        title = HeaderBlock(text=say("card_title", number=case.id, category=category_title(case.category)))
        return self._new_face(story, [title, section(say("state_moved", queue=escape(to.title)))])

    # -- in the card's thread -------------------------------------------------------------------------------------

    def person_said(self, case: Case, who: str, room: str, text: str, files: Sequence[str], queue: Queue) -> Post:
        attached = [context(_attached(case, files, queue))] if files else []
        return _in_thread("person-said", case, room, say("person_said", who=who), [quote(text), *attached])

    def picture(self, case: Case, room: str, picture: Picture) -> Post:
        """Whoever posts such a block must see the file, and with it so does whoever reads the message."""
        lead = say("picture", name=escape(shortened(picture.name, LONGEST_GLANCE)))
        image = ImageBlock(alt_text=shortened(picture.name, LONGEST_GLANCE), slack_file=SlackFile(id=picture.file))
        return _in_thread("picture", case, room, lead, [image])

    def person_changed(self, case: Case, who: str, room: str, text: str) -> Post:
        return _in_thread("person-changed", case, room, say("person_changed", who=who), [quote(text)])

    def person_deleted(self, case: Case, who: str, room: str) -> Post:
        return _in_thread("person-deleted", case, room, say("person_deleted", who=who), [])

    def agent_sent(self, case: Case, room: str, agent: str, text: str, original: str = "") -> Post:
        beside = [context(say("agent_sent_template", text=escape(original)))] if original else []
        return _in_thread("agent-sent", case, room, say("agent_sent", agent=agent), [quote(text), *beside])

    def assigned(self, case: Case, room: str, by: str) -> Post:
        return _in_thread("assigned", case, room, say("assigned", agent=case.assignee, by=by), [])

    def taken_away(self, case: Case, room: str, by: str) -> Post:
        return _in_thread("taken-away", case, room, say("taken_away", agent=case.assignee, by=by), [])

    def passed_because(self, case: Case, room: str, agent: str, text: str, why: str) -> Post:
        """`why`: one of a few reasons to choose from, empty where there was no choice; `text` in the agent's words."""
        chosen = f" {say(f'why_{why}')}." if why not in ("", "other") else ""
        own = [quote(text)] if text.strip() else []
        return _in_thread("passed-because", case, room, say("passed_because", agent=agent) + chosen, own)

    def joined_here(self, head: Case, case: Case, room: str) -> Post:
        lead = say("joined_here", number=case.id, reporter=case.reporter)
        return _in_thread("joined-here", head, room, lead, [quote(case.words)])

    def left_here(self, head: Case, case: Case, room: str) -> Post:
        return _in_thread("left-here", head, room, say("left_here", number=case.id, reporter=case.reporter), [])

    def paged(self, case: Case, room: str, team: Team) -> Post:
        group = self.group_id(team.on_call)
        text = say("paged", group=group) if group else say("paged_nobody", handle=team.on_call)
        return _in_thread("paged", case, room, text, [])

    def warned(self, case: Case, queue: Queue, team: Team | None, room: str, due: Due, share: float) -> Post:
        late = "warned_late" if case.assignee else "warned_late_unclaimed"
        key = late if due.late else "warned_soon" if share > SHARES[0] else "warned_half"
        mention = self._whoever_has(case, queue, team)
        when = moment(due.at or 0.0, say("moment"))
        return _in_thread(
            "warned", case, room, say(key, mention=mention, clock=say(f"clock_{due.kind}"), when=when), []
        )

    def nobody_to_call(self, case: Case, queue: Queue, opens: float) -> Post:
        mention, when = self._group(queue.lead), moment(opens, say("moment"))
        text = say("nobody_to_call", mention=mention, number=case.id, queue=queue.title, when=when)
        return Post("nobody-to-call", self.ops, body(text, [section(text)]))

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

    def others_wait(self, case: Case, room: str) -> Post:
        return _in_thread("others-wait", case, room, say("others_wait", agent=case.assignee), [])

    def digest(
        self,
        room: str,
        team: Team,
        staying: Sequence[DigestLine],
        passed: Sequence[DigestLine],
        back: float | None,
    ) -> Post:
        """What a team leaves behind when it goes home until `back`, the most pressing first, one line each."""
        title = say("digest_title", team=team.title)
        until = [context(say("digest_back", when=moment(back, say("moment"))))] if back else []
        parts = {
            say("digest_open"): [each for each in staying if each.case.state is State.WAITING],
            say("digest_held"): [each for each in staying if each.case.state is State.CLAIMED],
            say("digest_waiting"): [each for each in staying if each.case.state is State.PENDING],
            say("digest_passed"): list(passed),
        }
        blocks = [
            section(shortened("\n".join([heading, *_digest_lines(lines, team)]), 3_000))
            for heading, lines in parts.items()
            if lines
        ]
        return Post("digest", room, body(escape(title), [HeaderBlock(text=title), *until, *blocks]))

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
        """With what they wrote in a dialog, so that nobody has to write it twice."""
        post = whisper(click, why)
        if not click.text.strip() or click.text == why:
            return post
        blocks = body(why, [section(why), context(say("your_words")), quote(click.text)])
        return replace(post, payload={**post.payload, **blocks})

    def alarm(self, text: str) -> Post:
        words = say("alarm", text=escape(shortened(text, 2_500)))
        return Post("alarm", self.ops, body(words, [section(words)]))

    def _new_face(self, story: Story, blocks: Sequence[Block | RichTextBlock]) -> Post:
        payload = body(_fallback(story.case), blocks)
        return Post("card-changed", story.room, payload, method="update", belongs_to=story.case.card)


def _face(story: Story) -> list[Block | RichTextBlock]:
    """Everything of a card but its buttons: what, who and how urgent first; why and what was tried below."""
    case = story.case
    critical = [context(say("card_critical"))] if case.urgency == "critical" else []
    incident = [context(say("card_incident", title=_letters(case.incident)))] if case.incident else []
    return [
        HeaderBlock(text=say("card_title", number=case.id, category=category_title(case.category))),
        *critical,
        *incident,
        SectionBlock(fields=[MarkdownTextObject(text=each) for each in _fields(story)]),
        quote(_said(story)),
        *_first_files(story),
        section(shortened(_tried(story), LONGEST_SECTION)),
        *_around(story),
        context(
            shortened(say("card_why", reasons=escape(" ".join(story.reasons[:CARD_REASONS]))), 2_000)
            + "\n"
            + say("card_redacted" if story.queue.sees == "redacted" else "card_full")
        ),
    ]


def _fields(story: Story) -> list[str]:
    """What an agent decides by, in two columns: who and how urgent, in whose hands, by when."""
    case = story.case
    fields = [
        say("card_fields_who", reporter=case.reporter, place=_place(case)),
        say("card_fields_state", state=_state(case)),
        say("card_fields_what", urgency=case.urgency, tier=case.tier),
    ]
    if story.team and case.with_people:
        fields.append(say("card_fields_team", team=escape(story.team.title)))
    fields.append(say("card_fields_language", language=LANGUAGES.get(case.language, case.language)))
    if story.dues and case.with_people:
        soonest = sorted(story.dues, key=lambda due: (due.at is None, due.at))
        fields.append(say("card_fields_due", dues="\n".join(dict.fromkeys(map(_due, soonest)))))
    return fields


def _around(story: Story) -> list[Block | RichTextBlock]:
    """What else there is to know, one line each: the device, cases like it, who waits for the same."""
    lines = []
    if story.facts:
        lines.append(say("card_facts", facts=escape(", ".join(story.facts))))
    if story.joined:
        told = ", ".join(say("one_joined", number=each.id, reporter=each.reporter) for each in story.joined)
        lines.append(say("card_joined", cases=told))
    if story.case.with_people:
        if story.solved_before:
            told = "; ".join(one_solved(each) for each in story.solved_before)
            lines.append(say("card_solved_before", cases=told))
        if story.twins and story.case.state is not State.JOINED:
            lines.append(say("card_twins", cases="; ".join(one_case(each) for each in story.twins)))
    return [context(shortened("\n".join(lines), 2_900))] if lines else []


def one_case(case: Case) -> str:
    return say("one_case", number=case.id, words=_letters(case.incident or _glance(case)))


def one_solved(case: Case) -> str:
    """A case that was helped, and what helped."""
    article = case.article if case.state is State.SOLVED else case.resolution
    known = article not in (None, "", "none")
    how = say("how_article", article=article) if known else say("how_agent", agent=case.assignee)
    return say("one_solved", number=case.id, words=_letters(_glance(case)), how=how)


def _glance(case: Case) -> str:
    return shortened(" ".join(readable(case.words).split()), LONGEST_GLANCE)


def _letters(delivered: str) -> str:
    """Words as they were written, harmless."""
    return escape(readable(delivered))


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
                _reroute(story),
                _more(case),
                button("details", say("details_button"), case.id),
            ],
        ),
    ]


def _reroute(story: Story) -> StaticSelectElement:
    return StaticSelectElement(
        action_id="reroute",
        placeholder=say("reroute_placeholder"),
        options=[
            Option(text=shortened(queue.title, LONGEST_LABEL), value=f"{story.case.id}|{queue.name}")
            for queue in story.other_queues
        ],
    )


def _more(case: Case) -> OverflowMenuElement:
    """The rarer acts; Slack shows five at most."""
    waiting = {State.CLAIMED: ["wait"], State.PENDING: ["go_on"]}.get(case.state, [])
    acts = [*waiting, "assign", "merge", "split", "incident"]
    return OverflowMenuElement(
        action_id="more", options=[Option(text=say(f"more_{act}"), value=f"{case.id}|{act}") for act in acts]
    )


def _attached(case: Case, files: Sequence[str], queue: Queue) -> str:
    """What a person attached, and how an agent learns what it shows. A picture cannot be redacted, so nobody is sent to
    it from a queue that may not see personal data; and what was shared in private, nobody else can open."""
    names = escape(", ".join(files))
    if queue.sees == "redacted":
        return say("files_unseen", files=names)
    return say("files_private" if _is_private(case) else "files_in_channel", files=names, channel=case.channel)


def _first_files(story: Story) -> list[Block | RichTextBlock]:
    """What came with the request itself; later ones stand in the card's thread."""
    first = next((each.text for each in story.transcript), "")
    names = [each.rstrip("]") for each in first.split(FILE_MARK)[1:]]
    return [context(_attached(story.case, names, story.queue))] if names else []


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


def _digest_lines(lines: Sequence[DigestLine], going: Team) -> list[str]:
    most_pressing = sorted(lines, key=lambda each: (each.due is None, each.due))
    told = [_digest_line(each, going) for each in most_pressing[:DIGEST_LINES]]
    rest = len(lines) - len(told)
    return [*told, say("digest_more", n=rest)] if rest else told


def _digest_line(line: DigestLine, going: Team) -> str:
    case = line.case
    due = ""
    if line.due is not None:
        key = "digest_late" if line.late else "digest_soon" if line.before_back else "digest_due"
        due = say(key, when=moment(line.due, say("moment")))
    who = say("digest_agent", agent=case.assignee) if case.assignee else say("digest_nobody")
    if not case.assignee and line.team and line.team.name != going.name:
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
