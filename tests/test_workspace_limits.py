"""Slack's limits, on each boundary: the largest thing that fits, and the smallest that does not."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.workspace import limits
from tests.workspace_fixtures import button, input_block, modal, section


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(label: str = "High", value: str = "high") -> dict[str, Any]:
    return {"text": plain(label), "value": value}


def select(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return actions({"type": "static_select", "action_id": "pick", "options": list(options), **more})


def confirm(**sizes: int) -> dict[str, Any]:
    size = {"title": 1, "text": 1, "confirm": 1, "deny": 1} | sizes
    return actions(button("sure") | {"confirm": {name: plain("x" * length) for name, length in size.items()}})


def numbered(count: int, kind: str = "button") -> list[dict[str, Any]]:
    return [button(f"b{number}") if kind == "button" else option(value=str(number)) for number in range(count)]


def feedback(text: int = 1, value: int = 1) -> dict[str, Any]:
    side = {"text": plain("x" * text), "value": "x" * value}
    sides = {"positive_button": side, "negative_button": side}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "rate"} | sides]}


def table(rows: int, cells: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def card(**sizes: int) -> dict[str, Any]:
    return {"type": "card"} | {name: plain("x" * size) for name, size in sizes.items()}


# What it is, how to make one of a size, the size that just fits, and where the complaint points.
SIZES: list[tuple[str, Any, int, str]] = [
    ("section text", lambda n: section("x" * n), 3000, "/blocks/0/text/text"),
    ("section fields", lambda n: {"type": "section", "fields": [plain("x")] * n}, 10, "/blocks/0/fields"),
    ("section field", lambda n: {"type": "section", "fields": [plain("x" * n)]}, 2000, "/blocks/0/fields/0/text"),
    ("block id", lambda n: section("x") | {"block_id": "x" * n}, 255, "/blocks/0/block_id"),
    ("action id", lambda n: actions(button("x" * n)), 255, "/blocks/0/elements/0/action_id"),
    ("actions", lambda n: actions(*numbered(n)), 25, "/blocks/0/elements"),
    ("context", lambda n: {"type": "context", "elements": [plain("x")] * n}, 10, "/blocks/0/elements"),
    ("button text", lambda n: actions(button("a", label="x" * n)), 75, "/blocks/0/elements/0/text/text"),
    ("button value", lambda n: actions(button("a", value="x" * n)), 2000, "/blocks/0/elements/0/value"),
    ("button url", lambda n: actions(button("a") | {"url": "x" * n}), 3000, "/blocks/0/elements/0/url"),
    ("option text", lambda n: select(option("x" * n)), 75, "/blocks/0/elements/0/options/0/text/text"),
    ("option value", lambda n: select(option(value="x" * n)), 150, "/blocks/0/elements/0/options/0/value"),
    ("options", lambda n: select(*numbered(n, "option")), 100, "/blocks/0/elements/0/options"),
    (
        "placeholder",
        lambda n: select(option(), placeholder=plain("x" * n)),
        150,
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "overflow",
        lambda n: actions({"type": "overflow", "action_id": "o", "options": numbered(n, "option")}),
        5,
        "/blocks/0/elements/0/options",
    ),
    ("header", lambda n: {"type": "header", "text": plain("x" * n)}, 150, "/blocks/0/text/text"),
    ("confirm title", lambda n: confirm(title=n), 100, "/blocks/0/elements/0/confirm/title/text"),
    ("confirm text", lambda n: confirm(text=n), 300, "/blocks/0/elements/0/confirm/text/text"),
    ("confirm yes", lambda n: confirm(confirm=n), 30, "/blocks/0/elements/0/confirm/confirm/text"),
    ("confirm no", lambda n: confirm(deny=n), 30, "/blocks/0/elements/0/confirm/deny/text"),
    ("markdown", lambda n: {"type": "markdown", "text": "x" * n}, 12_000, "/blocks/0/text"),
    ("feedback text", lambda n: feedback(text=n), 75, "/blocks/0/elements/0/positive_button/text/text"),
    ("feedback value", lambda n: feedback(value=n), 2000, "/blocks/0/elements/0/positive_button/value"),
    ("table rows", lambda n: table(n, 2), 100, "/blocks/0/rows"),
    ("table cells", lambda n: table(2, n), 20, "/blocks/0/rows/0"),
    ("card title", lambda n: card(title=n), 150, "/blocks/0/title/text"),
    ("card body", lambda n: card(body=n), 200, "/blocks/0/body/text"),
    ("carousel", lambda n: {"type": "carousel", "elements": [card(title=1)] * n}, 10, "/blocks/0/elements"),
    ("container", lambda n: {"type": "container", "child_blocks": [section("x")] * n}, 10, "/blocks/0/child_blocks"),
]


@pytest.mark.parametrize(("make", "most", "place"), [row[1:] for row in SIZES], ids=[row[0] for row in SIZES])
def test_what_fits_is_taken_and_one_more_is_refused(make: Any, most: int, place: str) -> None:
    assert limits.checked_blocks([make(most)])

    with pytest.raises(limits.Invalid) as refusal:
        limits.checked_blocks([make(most + 1)])
    assert refusal.value.error == "invalid_blocks"
    assert f"[json-pointer:{place}]" in refusal.value.problems[0]


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
        ([{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]"),
        ([{"text": plain("x")}], "missing required field: type [json-pointer:/blocks/0]"),
        ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
        ([section("x") | {"colour": "red"}], "invalid additional property: colour [json-pointer:/blocks/0]"),
        ([actions(button("a") | {"style": "loud"})], "must be one of: primary, danger"),
        ([actions(button("a") | {"value": 7})], "must provide a string [json-pointer:/blocks/0/elements/0/value]"),
        ([{"type": "section", "text": "bare"}], "must provide an object [json-pointer:/blocks/0/text]"),
        ([{"type": "actions", "elements": "none"}], "must provide an array [json-pointer:/blocks/0/elements]"),
        ([{"type": "image", "alt_text": "x"}], "must define either `image_url` or `slack_file`"),
        ([select()], "no fewer than 1 items allowed"),
        ([actions({"type": "static_select", "action_id": "s"})], "must define either `options` or `option_groups`"),
        ([actions(button("same"), button("same"))], "action_id needs to be unique in its block"),
        ([section("x") | {"block_id": "b"}, section("y") | {"block_id": "b"}], "block_id needs to be unique"),
        ([table(1, 1), table(1, 1)], "only one table allowed"),
        ([{"type": "markdown", "text": "x" * 6001}] * 2, "all markdown blocks together"),
        ([{"type": "context", "elements": [button("a")]}], "unsupported type: button"),
        ([{"type": ["section"]}], "unsupported type: ['section'] [json-pointer:/blocks/0/type]"),
        ([{"type": "container", "child_blocks": [{"type": "input"}]}], "unsupported type: input"),
    ],
)
def test_what_slack_does_not_understand_is_named_with_its_place(blocks: list[Any], problem: str) -> None:
    with pytest.raises(limits.Invalid) as refusal:
        limits.checked_blocks(blocks)

    assert refusal.value.error == "invalid_blocks"
    assert problem in refusal.value.problems[0]


def test_a_message_holds_fifty_blocks() -> None:
    assert len(limits.checked_blocks([{"type": "divider"}] * 50)) == 50

    with pytest.raises(limits.Invalid, match="no more than 50 items allowed"):
        limits.checked_blocks([{"type": "divider"}] * 51)


def test_all_the_text_of_a_messages_blocks_has_a_limit_of_its_own() -> None:
    limits.checked_blocks([section("x" * 2640)] * 5)

    with pytest.raises(limits.Invalid, match="msg_blocks_too_long"):
        limits.checked_blocks([section("x" * 2640)] * 4 + [section("x" * 2641)])


@pytest.mark.parametrize("blocks", [{"type": "divider"}, ["divider"], "divider"])
def test_blocks_that_are_not_a_list_of_objects_have_the_wrong_format(blocks: Any) -> None:
    with pytest.raises(limits.Invalid, match="invalid_blocks_format"):
        limits.checked_blocks(blocks)


VIEW_SIZES: list[tuple[str, Any, int, str]] = [
    ("title", lambda n: modal(section("x"), title=plain("x" * n)), 24, "/view/title/text"),
    ("submit", lambda n: modal(section("x"), submit=plain("x" * n)), 24, "/view/submit/text"),
    ("close", lambda n: modal(section("x"), close=plain("x" * n)), 24, "/view/close/text"),
    ("private metadata", lambda n: modal(section("x"), private_metadata="x" * n), 3000, "/view/private_metadata"),
    ("callback id", lambda n: modal(section("x"), callback_id="x" * n), 255, "/view/callback_id"),
    ("blocks", lambda n: modal(*[{"type": "divider"}] * n), 100, "/view/blocks"),
    ("label", lambda n: modal(input_block("a") | {"label": plain("x" * n)}), 2000, "/view/blocks/0/label/text"),
]


@pytest.mark.parametrize(("make", "most", "place"), [row[1:] for row in VIEW_SIZES], ids=[row[0] for row in VIEW_SIZES])
def test_a_modal_that_fits_is_taken_and_one_more_is_refused(make: Any, most: int, place: str) -> None:
    assert limits.checked_view(make(most), "modal")

    with pytest.raises(limits.Invalid) as refusal:
        limits.checked_view(make(most + 1), "modal")
    assert refusal.value.error == "invalid_arguments"
    assert refusal.value.problems[0].endswith(f"[json-pointer:{place}]")


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(input_block("a"), submit=None) | {}, "must provide an object [json-pointer:/view/submit]"),
        ({key: value for key, value in modal(input_block("a")).items() if key != "submit"}, "field: submit"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (modal(input_block("a"), input_block("a")), "block_id needs to be unique"),
        ({"type": "home", "blocks": []}, "must be a view of type modal"),
        (None, "must provide an object [json-pointer:/view]"),
    ],
)
def test_a_modal_that_slack_does_not_understand_is_refused(view: Any, problem: str) -> None:
    with pytest.raises(limits.Invalid) as refusal:
        limits.checked_view(view, "modal")

    assert problem in refusal.value.problems[0]


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    groups = [{"type": "section", "fields": [plain("é" * 1500)] * 10}]

    limits.checked_view({"type": "home", "blocks": groups * 8}, "home")
    with pytest.raises(limits.Invalid, match="view_too_large"):
        limits.checked_view({"type": "home", "blocks": groups * 9}, "home")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "elements"]), inner),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["section", "actions", "input", "table", "container", "image", "video"]),
    st.dictionaries(st.sampled_from(["text", "fields", "elements", "element", "rows", "child_blocks"]), JSON),
)
def test_whatever_is_sent_is_judged_and_never_breaks_the_judge(kind: str, fields: dict[str, Any]) -> None:
    with contextlib.suppress(limits.Invalid):
        assert limits.checked_blocks([{**fields, "type": kind}])
