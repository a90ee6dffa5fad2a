"""Slack's limits: what a message's blocks, a modal or a Home tab may hold, beyond the form of each block.

Pure functions; knows nothing about who sends what where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.workspace.block_kit import MARKDOWN_TEXT, VIEWS, message_blocks
from bot.workspace.elements import elements_in
from bot.workspace.rules import said, typed, unique

UPDATE_TEXT = 4_000  # beyond, chat.update answers msg_too_long: from memory, kept as the strict reading
BLOCK_TEXT = 13_200  # beyond, msg_blocks_too_long: undocumented, reported in slackapi/bolt-js#2509
VIEW_BYTES = 250_000


class Invalid(Exception):
    """What Slack would refuse, with its error code and one message for each thing that is wrong."""

    def __init__(self, error: str, problems: list[str]) -> None:
        super().__init__(f"{error}: {'; '.join(problems)}")
        self.error = error
        self.problems = problems


def checked_blocks(value: Any) -> tuple[dict[str, Any], ...]:
    """A message's blocks, if Slack would take them."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Invalid("invalid_blocks_format", ["blocks must be an array of objects"])
    if problems := list(message_blocks(value, "/blocks")) or [
        *_ids_clash(value, "/blocks"),
        *_too_much(value),
    ]:
        raise Invalid("invalid_blocks", problems)
    if sum(map(len, texts_in(value))) > BLOCK_TEXT:
        raise Invalid("msg_blocks_too_long", [])
    return tuple(value)


def checked_view(value: Any, kind: str) -> dict[str, Any]:
    """A modal or a Home tab (`kind`), if Slack would take it."""
    if isinstance(value, dict) and value.get("type") != kind:
        raise Invalid("invalid_arguments", [said(f"must be a view of type {kind}", "/view/type")])
    if problems := list(typed(VIEWS)(value, "/view")):
        raise Invalid("invalid_arguments", problems)
    blocks = value["blocks"]
    if problems := [*_ids_clash(blocks, "/view/blocks"), *_needs_submit(value)]:
        raise Invalid("invalid_arguments", problems)
    if len(json.dumps(value, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Invalid("view_too_large", [])
    return dict(value)


def _ids_clash(blocks: list[dict[str, Any]], at: str) -> Iterator[str]:
    yield from unique((each.get("block_id") for each in blocks), "block_id needs to be unique", at)
    for number, each in enumerate(blocks):
        action_ids = [element["action_id"] for _, element in elements_in([each])]
        yield from unique(action_ids, "action_id needs to be unique in its block", f"{at}/{number}")


def _too_much(blocks: list[dict[str, Any]]) -> Iterator[str]:
    markdown = sum(
        len(each["text"]) for each in blocks if each["type"] == "markdown" and isinstance(each.get("text"), str)
    )
    if markdown > MARKDOWN_TEXT:
        yield said(f"all markdown blocks together must be less than {MARKDOWN_TEXT + 1} characters", "/blocks")
    if sum(each["type"] == "table" for each in blocks) > 1:
        yield said("only one table allowed", "/blocks")


def _needs_submit(view: dict[str, Any]) -> Iterator[str]:
    if view["type"] == "modal" and "submit" not in view and any(each["type"] == "input" for each in view["blocks"]):
        yield said("missing required field: submit", "/view")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in blocks that a reader sees."""
    if isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, dict):
        if isinstance(shown := value.get("text"), str):
            yield shown
        yield from texts_in([each for name, each in value.items() if name != "text" or not isinstance(each, str)])
