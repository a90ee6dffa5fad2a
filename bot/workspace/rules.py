"""Small checks on JSON, put together to bigger ones; each yields what is wrong, with a pointer to the place.

Knows nothing about Slack's blocks: `block_kit` says what they must be. The wording follows Slack's answers
where those are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def said(problem: str, at: str) -> str:
    return f"{problem} [json-pointer:{at}]"


def chars(most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield said("must provide a string", at)
        elif len(value) > most:
            yield said(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield said(f"must be more than {least - 1} characters", at)

    return check


def items(most: int, each: Check, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield said("must provide an array", at)
            return
        if len(value) > most:
            yield said(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield said(f"no fewer than {least} items allowed", at)
        for number, item in enumerate(value):
            yield from each(item, f"{at}/{number}")

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others; `type` may always be there."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield said("must provide an object", at)
            return
        for name in required:
            if name not in value:
                yield said(f"missing required field: {name}", at)
        for name, item in value.items():
            if name in known:
                yield from known[name](item, f"{at}/{name}")
            elif name != "type":
                yield said(f"invalid additional property: {name}", at)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check it must pass."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield said("must provide an object", at)
        elif "type" not in value:
            yield said("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield said(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check


def one_of(*values: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in values:
            yield said(f"must be one of: {', '.join(values)}", at)

    return check


def flag(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield said("must provide a boolean", at)


def anything(value: Any, at: str) -> Iterator[str]:
    """Passes: for what Slack checks in ways that are not known here."""
    yield from ()


def either(first: str, second: str, check: Check) -> Check:
    """`check`, and at least one of two fields."""

    def both(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, dict) and first not in value and second not in value:
            yield said(f"must define either `{first}` or `{second}`", at)
        yield from check(value, at)

    return both


def unique(values: Iterable[object], problem: str, at: str) -> Iterator[str]:
    """None may come more than once."""
    seen: list[object] = []  # not a set: what nobody has checked may be unhashable
    for value in values:
        if value is not None and value in seen:
            yield said(problem, at)
            return
        seen.append(value)
