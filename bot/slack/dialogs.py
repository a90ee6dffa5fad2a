"""The dialogs that agents see, and what was entered in them. Every dialog's id is the id of the act that it is for.

What a dialog is about travels in its `private_metadata`: case, channel of the card, and what the act needs besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextBlock,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.desk.acting import Form
from bot.desk.agents import NO_ARTICLE, Why
from bot.desk.values import Click
from bot.routing import Queue
from bot.slack.cards import LANGUAGES, one_case, one_solved
from bot.slack.messages import context, section
from bot.slack.text import escape, moment, quote, readable, shortened
from bot.words import templates, words_for

say = words_for("agents", "en")

SEND, RESOLVE, ESCALATE, REROUTE = "send_to_user", "resolve", "escalate", "reroute"
ASSIGN, MERGE, SPLIT, INCIDENT, DETAILS = "assign", "merge", "split", "incident", "details"
DIALOGS = (SEND, RESOLVE, ESCALATE, REROUTE, ASSIGN, MERGE, SPLIT, INCIDENT)
WAIT = "wait"
LONGEST_OPTION = 75
LONGEST_TEXT = 3_000
LONGEST_NAME = 150  # of an incident: it stands in other cards and in what people read
MOST_RADIO_BUTTONS = 10
# Under what name each field of a dialog is read.
TEXT, CHOICE, REASON, OTHER, FLAG, PERSON = "text", "choice", "reason", "other", "flag", "person"
TOLD_LINES = 40

View_ = dict[str, Any]


def reply(form: Form, text: str = "") -> View_:
    """An agent's words to the person; `text` is what they wrote in the thread, to be read once more before it goes."""
    case = form.story.case
    language = LANGUAGES.get(case.language, case.language)
    ready = [
        Option(text=shortened(by_language["en"].splitlines()[0], LONGEST_OPTION), value=name)
        for name, by_language in templates().items()
    ]
    translated = case.language != "en" and all(case.language in each for each in templates().values())
    hint = say("reply_template_hint", language=language) if translated else say("reply_template_plain")
    wait = Option(text=shortened(say("reply_wait"), LONGEST_OPTION), value=WAIT)
    return _view(
        SEND,
        form,
        say("reply_title"),
        [
            text_field(
                say("reply_label"), hint=say("reply_hint", language=language), initial=readable(text), optional=True
            ),
            field(
                CHOICE,
                say("reply_template"),
                StaticSelectElement(action_id=CHOICE, options=ready),
                hint=hint,
            ),
            field(FLAG, say("reply_then"), CheckboxesElement(action_id=FLAG, options=[wait])),
        ],
        submit=say("reply_submit"),
    )


def resolve(form: Form) -> View_:
    case = form.story.case
    tried = {each.id: each for each in form.story.tried}.values()
    shown = [Option(text=_label(say("resolve_article", title=each.title)), value=each.id) for each in tried]
    none = Option(text=say("resolve_none"), value=NO_ARTICLE)
    options = [*shown[1 - MOST_RADIO_BUTTONS :], none]  # the latest, where Slack does not show all
    return _view(
        RESOLVE,
        form,
        say("resolve_title", number=case.id),
        [
            field(
                CHOICE,
                say("resolve_label"),
                RadioButtonsElement(action_id=CHOICE, options=options, initial_option=none),
                optional=False,
            ),
            field(OTHER, say("resolve_search"), PlainTextInputElement(action_id=OTHER, max_length=200)),
        ],
        submit=say("resolve_button"),
    )


def escalate(form: Form, queue: Queue) -> View_:
    label = say("escalate_label", queue=queue.title)
    title = say("escalate_title", number=form.story.case.id)
    entry = text_field(label, hint=say("escalate_hint"), optional=False)
    return _view(ESCALATE, form, title, [entry], submit=say("escalate_button"))


def reroute(form: Form, queue: Queue) -> View_:
    whys = [Option(text=say(f"why_{why}"), value=why) for why in Why]
    return _view(
        REROUTE,
        form,
        say("reroute_title", number=form.story.case.id),
        [
            field(
                REASON,
                say("reroute_label", queue=queue.title),
                RadioButtonsElement(action_id=REASON, options=whys),
                optional=False,
            ),
            text_field(say("reason_label"), optional=True),
        ],
        submit=say("reroute_submit"),
        about=queue.name,
    )


def assign(form: Form) -> View_:
    title = say("assign_title", number=form.story.case.id)
    element = UserSelectElement(action_id=PERSON)
    whom = field(PERSON, say("assign_label"), element, optional=False)
    return _view(ASSIGN, form, title, [whom], submit=say("assign_submit"))


def merge(form: Form) -> View_:
    options = [Option(text=_label(one_case(each)), value=str(each.id)) for each in form.cases]
    likely = [
        field(CHOICE, say("merge_label"), RadioButtonsElement(action_id=CHOICE, options=options[:MOST_RADIO_BUTTONS]))
    ]
    number = field(OTHER, say("merge_number"), PlainTextInputElement(action_id=OTHER, max_length=10))
    title = say("merge_title", number=form.story.case.id)
    return _view(MERGE, form, title, [*(likely if options else []), number], submit=say("merge_button"))


def split(form: Form) -> View_:
    title = say("split_title", number=form.story.case.id)
    entry = text_field(say("split_label"), hint=say("split_hint"), initial=readable(form.story.words), optional=False)
    return _view(SPLIT, form, title, [entry], submit=say("split_submit"))


def incident(form: Form) -> View_:
    called = readable(form.story.case.incident)
    entry = text_field(say("incident_label"), hint=say("incident_hint"), initial=called, lines=1, longest=LONGEST_NAME)
    return _view(INCIDENT, form, say("incident_title"), [entry])


def details(form: Form) -> View_:
    """Everything that the card leaves out."""
    story = form.story
    parts: list[Block | RichTextBlock] = [section(say("details_transcript"))]
    for each in story.transcript[-TOLD_LINES:]:
        who = f"<@{each.author}>" if each.role != "desk" else "Triage"
        parts += [context(f"{who}, {moment(each.said_at, say('moment'))}"), quote(shortened(each.text, 1_000))]
    parts += _list(say("details_why"), [escape(reason) for reason in story.reasons])
    parts += _list(say("details_solved"), [one_solved(each) for each in story.solved_before])
    parts += _list(say("details_recent"), [one_case(each) for each in story.recent])
    view = View(
        type="modal",
        callback_id=DETAILS,
        title=say("details_title", number=story.case.id),
        close=say("details_close"),
        blocks=parts[:100],
    )
    return dict(view.to_dict())


# -- what was entered --------------------------------------------------------------------------------------------------


def read(view: Mapping[str, Any], user: str, delivery: int | None) -> Click:
    """The act that a submitted dialog asks for, its fields as the desk's use cases expect them."""
    case_id, channel, about = metadata(view)
    found = entered(view)
    if view["callback_id"] == SEND:
        chosen, reason = WAIT if found.get(FLAG) else "", found.get(CHOICE, "")
    else:
        chosen = found.get(OTHER) or found.get(CHOICE) or found.get(PERSON) or about
        reason = found.get(REASON, "")
    return Click(
        case_id,
        user,
        channel,
        about=escape(chosen.strip()),
        text=escape(found.get(TEXT, "")),
        reason=reason,
        delivery=delivery,
    )


def metadata(view: Mapping[str, Any]) -> tuple[int, str, str]:
    """(case, channel of its card, what the act needs besides)"""
    case_id, _, rest = str(view.get("private_metadata") or "0||").partition("|")
    channel, _, about = rest.partition("|")
    return int(case_id or 0), channel, about


def entered(view: Mapping[str, Any]) -> dict[str, str]:
    """Field → what was typed or chosen; what is empty is not there."""
    found: dict[str, str] = {}
    for block in view["state"]["values"].values():
        for name, given in block.items():
            one = given.get("selected_option") or next(iter(given.get("selected_options") or ()), None) or {}
            value = given.get("value") or given.get("selected_user") or one.get("value")
            if value:
                found[name] = str(value)
    return found


# -- parts -------------------------------------------------------------------------------------------------------------


def _view(
    act: str, form: Form, title: str, blocks: Sequence[Block], *, submit: str | None = None, about: str = ""
) -> View_:
    view = View(
        type="modal",
        callback_id=act,
        private_metadata=f"{form.story.case.id}|{form.channel}|{about}",
        title=shortened(title, 24),
        submit=submit or say("dialog_submit"),
        close=say("dialog_close"),
        blocks=list(blocks),
    )
    return dict(view.to_dict())


def text_field(
    label: str, *, hint: str = "", initial: str = "", optional: bool = True, lines: int = 3, longest: int = LONGEST_TEXT
) -> InputBlock:
    """A field for words, called `text`."""
    entry = PlainTextInputElement(
        action_id=TEXT,
        multiline=lines > 1,
        max_length=longest,
        initial_value=shortened(initial, longest) or None,
    )
    return field(TEXT, label, entry, hint=hint, optional=optional)


def field(
    name: str, label: str, element: InputInteractiveElement, *, hint: str = "", optional: bool = True
) -> InputBlock:
    """A field of a dialog under the name by which it is read."""
    return InputBlock(block_id=name, label=label, element=element, hint=hint or None, optional=optional)


def _list(title: str, lines: Sequence[str]) -> list[Block]:
    return [section(title), context(shortened("\n".join(lines), 2_900))] if lines else []


def _label(text: str) -> str:
    return shortened(readable(text), LONGEST_OPTION)
