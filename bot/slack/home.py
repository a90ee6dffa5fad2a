"""The home page: a person's requests, an agent's work, a lead's list; and prompts beside an empty conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, MarkdownTextObject, SectionBlock
from slack_sdk.models.views import View

from bot.cases import ENDED, Case, State
from bot.desk.overview import InQueue, Mine, Overview, ToReview
from bot.desk.voice import Due
from bot.slack.messages import button, section, timing
from bot.slack.text import escape, moment, readable, shortened
from bot.words import Words, category_title, words_for

LONGEST_WORDS = 120
to_agents = words_for("agents", "en")


def home_view(language: str, overview: Overview) -> dict[str, Any]:
    say = words_for("people", language)
    blocks = [*_welcome(say), *_work(overview), *_reviews(overview.to_review), *_mine(say, language, overview.mine)]
    return dict(View(type="home", blocks=blocks[:100]).to_dict())


def prompts(language: str) -> list[dict[str, str]]:
    """Things to try, as the method that shows them wants them."""
    return [dict(each) for each in words_for("people", language).prompts]


def _welcome(say: Words) -> list[Block]:
    ask = button("ask", say("home_ask_button"), 0, style="primary")
    data = button("my_data", say("home_data_button"), 0)
    return [section(f"*{say('home_title')}*\n{say('home_how')}"), ActionsBlock(elements=[ask, data])]


def _mine(say: Words, language: str, mine: Sequence[Mine]) -> list[Block]:
    going = [each for each in mine if each.case.state not in ENDED]
    ended = [each for each in mine if each.case.state in ENDED]
    blocks: list[Block] = [DividerBlock(), HeaderBlock(text=say("home_cases"))]
    blocks += [_one_of_mine(say, language, each) for each in going] or [section(say("home_no_cases"))]
    if ended:
        blocks.append(HeaderBlock(text=say("home_ended")))
        blocks += [_one_of_mine(say, language, each) for each in ended]
    return blocks


def _one_of_mine(say: Words, language: str, mine: Mine) -> SectionBlock:
    case = mine.case
    title = category_title(case.category, language)
    text = say("home_case", number=case.id, category=title, words=_glance(case), state=_state(say, mine))
    again = button("reopen", say("reopen_button"), case.id) if mine.can_reopen else None
    return SectionBlock(block_id=f"case-{case.id}", text=MarkdownTextObject(text=text), accessory=again)


def _state(say: Words, mine: Mine) -> str:
    case = mine.case
    queue = mine.queue.title if mine.queue else ""
    match case.state:
        case State.WAITING if mine.late:
            return say("home_overdue", queue=queue)
        case State.WAITING if mine.promise:
            return say("home_waiting", queue=queue, timing=timing(say, mine.promise))
        case State.CLAIMED | State.PENDING | State.RESOLVED:
            return say(f"home_{case.state}", agent=case.assignee, queue=queue)
        case _:
            return say(f"home_{case.state}")


def _work(overview: Overview) -> list[Block]:
    """Only for agents."""
    if not overview.queues:
        return []
    held = "\n".join(_held(case, due) for case, due in overview.held) or to_agents("home_no_held")
    return [
        DividerBlock(),
        HeaderBlock(text=to_agents("home_held")),
        section(shortened(held, 3_000)),
        HeaderBlock(text=to_agents("home_queues")),
        section(shortened("\n".join(_queues(overview.queues)), 3_000)),
    ]


def _held(case: Case, due: Due | None) -> str:
    when = moment(due.at, to_agents("moment")) if due and due.at is not None else ""
    told = to_agents("digest_late" if due and due.late else "digest_due", when=when) if when else ""
    category = category_title(case.category)
    return "• " + to_agents(
        "home_held_case", number=case.id, category=category, urgency=case.urgency, words=_glance(case), due=told
    )


def _queues(queues: Sequence[InQueue]) -> list[str]:
    """What has work, a line each; the rest in one."""
    busy = [each for each in queues if each.unclaimed or each.held or each.pending]
    quiet = ", ".join(escape(each.queue.title) for each in queues if each not in busy)
    return [*map(_queue, busy), *([to_agents("home_quiet", queues=quiet)] if quiet else [])]


def _queue(each: InQueue) -> str:
    counts = {"unclaimed": each.unclaimed, "in_hand": each.held, "pending": each.pending, "late": each.late}
    told = ", ".join(to_agents(f"home_{what}", n=n) for what, n in counts.items() if n)
    return "• " + to_agents("home_queue", queue=escape(each.queue.title), counts=told)


def _reviews(picked: Iterable[ToReview]) -> list[Block]:
    """Only for leads."""
    rows: list[Block] = [
        SectionBlock(
            block_id=f"review-{each.case.id}",
            text=MarkdownTextObject(text=_to_read_again(each)),
            accessory=button("review", to_agents("home_review_button"), each.case.id),
        )
        for each in picked
    ]
    return [DividerBlock(), HeaderBlock(text=to_agents("home_review")), *rows] if rows else []


def _to_read_again(each: ToReview) -> str:
    case = each.case
    return to_agents(
        "home_review_case",
        number=case.id,
        category=category_title(case.category),
        agent=case.assignee or "",
        why=to_agents(f"picked_{each.picked.why.replace(' ', '_')}"),
    )


def _glance(case: Case) -> str:
    """The person's words in one line, harmless."""
    return escape(shortened(" ".join(readable(case.words).split()), LONGEST_WORDS)) or "…"
