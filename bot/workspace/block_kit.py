"""Block Kit as Slack describes it: every block, element and view with its fields and their limits.

The figures are those of Slack's reference and of slack_sdk 3.47's models. Tables of checks, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.workspace.rules import Check, anything, chars, either, fields, flag, items, one_of, typed

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MARKDOWN_TEXT = 12_000

_emoji = {"emoji": flag}
_verbatim = {"verbatim": flag}


def plain(most: int) -> Check:
    return typed({"plain_text": fields({"text": chars(most)}, _emoji)})


def texts(most: int) -> dict[str, Check]:
    return {
        "plain_text": fields({"text": chars(most)}, _emoji),
        "mrkdwn": fields({"text": chars(most)}, _verbatim),
    }


def text(most: int) -> Check:
    return typed(texts(most))


confirm = fields(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
action_id = {"action_id": chars(255)}
placeholder = {"placeholder": plain(150)}
focus = {"focus_on_load": flag}
input_base = action_id | placeholder | focus


def option(label: Check, *extra: str) -> Check:
    also: dict[str, Check] = {"description": label} | {name: chars(3000) for name in extra}
    return fields({"text": label, "value": chars(150)}, also)


options = items(100, option(plain(75)))
option_groups = items(100, fields({"label": plain(75), "options": options}))
some_options = items(10, option(text(75)))
ids = items(100, chars(255), least=0)
number = anything


def select(*initial: tuple[str, Check], many: bool = False) -> Check:
    also = input_base | dict(initial) | {"confirm": confirm, "response_url_enabled": flag}
    return fields({}, also | ({"max_selected_items": number} if many else {}))


def static_select(initial: str, *, many: bool = False) -> Check:
    choice: Check = items(100, option(plain(75)), least=0) if many else option(plain(75))
    given = select((initial, choice), ("options", options), ("option_groups", option_groups), many=many)
    return either("options", "option_groups", given)


def text_input(*extra: str) -> Check:
    also = {"initial_value": chars(3000, least=0), "dispatch_action_config": anything}
    return fields({}, input_base | also | dict.fromkeys(extra, number))


def button_of(label: Check, *required: str) -> Check:
    value = chars(2000, least=0)
    also = action_id | {"url": chars(3000), "value": value, "style": one_of("primary", "danger")}
    also |= {"confirm": confirm, "accessibility_label": chars(75), "agent_prompt": chars(4000)}
    also |= {"agent_prompt_display": anything, "visible_to_user_ids": ids, "icon": chars(75)}
    return fields({"text": label} | {name: also[name] for name in required}, also)


feedback_button = fields({"text": plain(75), "value": chars(2000)}, {"accessibility_label": chars(75)})
button = button_of(plain(75))
image = fields(
    {"alt_text": chars(2000)},
    {"image_url": chars(3000), "slack_file": anything, "title": plain(2000), "block_id": chars(255)},
)
image_either = either("image_url", "slack_file", image)

SELECTS: dict[str, Check] = {
    "static_select": static_select("initial_option"),
    "multi_static_select": static_select("initial_options", many=True),
    "external_select": select(("initial_option", anything), ("min_query_length", number)),
    "multi_external_select": select(("initial_options", anything), ("min_query_length", number), many=True),
    "users_select": select(("initial_user", chars(255))),
    "multi_users_select": select(("initial_users", ids), many=True),
    "conversations_select": select(
        ("initial_conversation", chars(255)), ("filter", anything), ("default_to_current_conversation", flag)
    ),
    "multi_conversations_select": select(
        ("initial_conversations", ids),
        ("filter", anything),
        ("default_to_current_conversation", flag),
        many=True,
    ),
    "channels_select": select(("initial_channel", chars(255))),
    "multi_channels_select": select(("initial_channels", ids), many=True),
}
PICKERS: dict[str, Check] = {
    "datepicker": fields({}, input_base | {"initial_date": chars(10), "confirm": confirm}),
    "timepicker": fields({}, input_base | {"initial_time": chars(5), "timezone": chars(255), "confirm": confirm}),
    "datetimepicker": fields({}, action_id | focus | {"initial_date_time": number, "confirm": confirm}),
    "radio_buttons": fields(
        {"options": some_options}, action_id | focus | {"initial_option": anything, "confirm": confirm}
    ),
    "checkboxes": fields(
        {"options": some_options}, action_id | focus | {"initial_options": anything, "confirm": confirm}
    ),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": text_input("multiline", "min_length", "max_length"),
    "email_text_input": text_input(),
    "url_text_input": text_input(),
    "number_input": text_input("is_decimal_allowed", "min_value", "max_value"),
    "rich_text_input": text_input("min_lines", "max_lines"),
    "file_input": fields({}, action_id | {"filetypes": anything, "max_files": number}),
}
OVERFLOW: dict[str, Check] = {
    "overflow": fields({"options": items(5, option(plain(75), "url"))}, action_id | {"confirm": confirm})
}
ACTIONS: dict[str, Check] = SELECTS | PICKERS | OVERFLOW | {"button": button}


def block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return fields(required, {"block_id": chars(255, least=0)} | (optional or {}))


section_fields: dict[str, Check] = {
    "text": text(3000),
    "fields": items(10, text(2000)),
    "accessory": typed(ACTIONS | {"image": image_either}),
    "expand": flag,
}
BLOCKS: dict[str, Check] = {
    "section": either("text", "fields", block({}, section_fields)),
    "divider": block({}),
    "header": block({"text": plain(150)}),
    "image": image_either,
    "context": block({"elements": items(10, typed({"image": image_either} | texts(3000)))}),
    "actions": block({"elements": items(25, typed(ACTIONS))}),
    "input": block(
        {"label": plain(2000), "element": typed(INPUTS | SELECTS | PICKERS)},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": block({"elements": items(3000, anything, least=0)}),
}

CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": fields({"positive_button": feedback_button, "negative_button": feedback_button}, action_id),
    "icon_button": button_of(plain(75), "icon"),
}
card = block(
    {},
    {
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "hero_image": anything,
        "icon": anything,
        "actions": items(5, typed({"button": button})),
    },
)
container_looks = (
    "rich_text_title",
    "width",
    "icon",
    "is_collapsible",
    "default_collapsed",
    "has_header_divider",
)
CHILD_BLOCKS = (
    "section",
    "divider",
    "header",
    "image",
    "context",
    "actions",
    "markdown",
    "rich_text",
    "table",
)
UNCHECKED_BLOCKS = ("video", "file", "alert", "plan", "task_card", "data_table", "data_visualization")


def child(value: Any, at: str) -> Iterator[str]:
    """A block inside a container; a function, because the table of blocks holds the container itself."""
    return typed({kind: MESSAGE_BLOCKS[kind] for kind in CHILD_BLOCKS})(value, at)


MESSAGE_BLOCKS: dict[str, Check] = {
    **BLOCKS,
    "markdown": block({"text": chars(MARKDOWN_TEXT)}),
    "context_actions": block({"elements": items(5, typed(CONTEXT_ACTIONS))}),
    "table": block({"rows": items(100, items(20, anything))}, {"column_settings": items(20, anything, least=0)}),
    "card": card,
    "carousel": block({"elements": items(10, typed({"card": card}))}),
    "container": block(
        {"child_blocks": items(10, child)},
        {"title": text(150), "subtitle": text(150), **dict.fromkeys(container_looks, anything)},
    ),
    **dict.fromkeys(UNCHECKED_BLOCKS, anything),
}

view_base: dict[str, Check] = {
    "callback_id": chars(255, least=0),
    "private_metadata": chars(3000, least=0),
    "external_id": chars(255, least=0),
}
view_blocks = items(BLOCKS_IN_VIEW, typed(BLOCKS))
VIEWS: dict[str, Check] = {
    "modal": fields(
        {"title": plain(24), "blocks": view_blocks},
        view_base
        | {"submit": plain(24), "close": plain(24)}
        | dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), flag),
    ),
    "home": fields({"blocks": view_blocks}, view_base),
}
message_blocks = items(BLOCKS_IN_MESSAGE, typed(MESSAGE_BLOCKS), least=0)
