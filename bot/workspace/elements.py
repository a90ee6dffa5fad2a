"""What a Block Kit element does when a person uses it: the action it sends, the value it leaves in the view.

Pure functions on JSON; knows nothing about who presses or where the payload goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.workspace.messages import Json

# Where each kind of element keeps what the person chose, and where it says what was chosen at the start.
CHOICE_KEY: Mapping[str, str] = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
}
INITIAL_KEY: Mapping[str, str] = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "value": "initial_value",
}
# Keys that describe how an element looks; an action carries the rest of what it was given.
_COPIED = ("text", "value", "style", "url", "placeholder", "confirm")
_FEEDBACK = ("positive_button", "negative_button")

Choice = str | Sequence[str] | Mapping[str, object] | None


class NoSuchElement(LookupError):
    """There is nothing to press or pick under that name; the text says what there is."""


def elements_in(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with the id of its block, those in containers and carousels included."""
    for block in blocks:
        single = [block.get("accessory"), block.get("element")]
        for element in _dicts(block.get("elements"), block.get("actions"), single):
            if "action_id" in element:
                yield block.get("block_id", ""), element
        nested = block.get("elements") if block.get("type") == "carousel" else block.get("child_blocks")
        yield from elements_in(_dicts(nested))


def _dicts(*lists: object) -> list[Json]:
    return [each for some in lists if isinstance(some, list) for each in some if isinstance(each, dict)]


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None = None) -> tuple[str, Json]:
    for found_in, element in elements_in(blocks):
        if element["action_id"] == action_id and block_id in (None, found_in):
            return found_in, element
    there = ", ".join(element["action_id"] for _, element in elements_in(blocks)) or "none"
    raise NoSuchElement(f"there is no {action_id!r} to press here; there is: {there}")


def action_of(element: Json, block_id: str, choice: Choice, ts: str) -> Json:
    """The entry in the payload's `actions` for one press or pick."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": ts,
    }
    if element["type"] == "feedback_buttons":
        return action | _feedback(element, choice)
    if element["type"] in CHOICE_KEY:
        return action | chosen(element, choice)
    return action | {key: element[key] for key in _COPIED if key in element}


def chosen(element: Json, choice: Choice) -> Json:
    """The value in Slack's shape, from a plain one: an option's value or label, a date, some text."""
    key = CHOICE_KEY[element["type"]]
    if isinstance(choice, Mapping) and key in choice:
        return {key: choice[key]}
    if key == "selected_option":
        return {key: _option(element, choice) if choice is not None else None}
    if key == "selected_options":
        return {key: [_option(element, each) for each in _listed(choice)]}
    if key.endswith("s"):
        return {key: _listed(choice)}
    return {key: choice}


def _listed(choice: Choice) -> list[object]:
    if choice is None:
        return []
    return [choice] if isinstance(choice, str | Mapping) else list(choice)


def _option(element: Json, choice: object) -> Json:
    for option in options_of(element):
        label = option.get("text", {}).get("text")
        if choice == option or choice in (option.get("value"), label):
            return option
    known = ", ".join(str(option.get("value")) for option in options_of(element)) or "none"
    raise NoSuchElement(f"{element['action_id']} has no option {choice!r}; it has: {known}")


def options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group.get("options", ()))]


def _feedback(element: Json, choice: Choice) -> Json:
    wanted = choice.get("value") if isinstance(choice, Mapping) else choice
    for name in _FEEDBACK:
        button = element.get(name, {})
        if wanted in (button.get("value"), name.removesuffix("_button")):
            return {"value": button.get("value"), "text": button.get("text")}
    raise NoSuchElement(f"{element['action_id']} has no feedback button {wanted!r}")


# What a view holds


def values_of(blocks: Sequence[Json], filled: Mapping[str, Choice | Mapping[str, object]]) -> Json:
    """`view.state.values` for what a person filled in; what they left alone has its initial value.

    `filled` is Slack's own shape ({block_id: {action_id: {…}}}) or the short one ({action_id: "text"}).
    """
    values: Json = {}
    for block_id, element in elements_in(blocks):
        if element["type"] in CHOICE_KEY and element["type"] != "overflow":
            given = _given(filled, block_id, element)
            values.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"]} | given
    return values


def _given(filled: Mapping[str, Choice | Mapping[str, object]], block_id: str, element: Json) -> Json:
    in_block = filled.get(block_id)
    if isinstance(in_block, Mapping) and isinstance(mine := in_block.get(element["action_id"]), Mapping):
        return chosen(element, mine)
    if element["action_id"] in filled:
        return chosen(element, filled[element["action_id"]])
    key = CHOICE_KEY[element["type"]]
    return {key: element.get(INITIAL_KEY[key], [] if key.endswith("s") else None)}


def missing_inputs(blocks: Sequence[Json], values: Json) -> dict[str, str]:
    """What Slack's client would not let the person submit yet: block id to the sentence under it."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input" or not isinstance(element := block.get("element"), dict):
            continue
        value = values.get(block.get("block_id", ""), {}).get(element.get("action_id"), {})
        if problem := _problem(block, element, value.get(CHOICE_KEY.get(element["type"], "value"))):
            problems[block["block_id"]] = problem
    return problems


def _problem(block: Json, element: Json, value: object) -> str | None:
    if not value:
        return None if block.get("optional") else "Please complete this required field."
    if isinstance(value, str) and len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if isinstance(value, str) and len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def with_ids(blocks: Sequence[Json], prefix: str) -> tuple[Json, ...]:
    """The blocks with the ids that Slack fills in where the app gave none."""
    return tuple(_with_ids(block, f"{prefix}{number}") for number, block in enumerate(blocks))


def _with_ids(block: Json, block_id: str) -> Json:
    filled: Json = block | {"block_id": block.get("block_id") or block_id}
    kind = block.get("type")
    if kind in ("actions", "context_actions"):
        elements = enumerate(block["elements"])
        filled["elements"] = [{"action_id": f"{block_id}-{number}"} | element for number, element in elements]
    if kind == "container":
        filled["child_blocks"] = list(with_ids(block["child_blocks"], prefix=f"{block_id}-"))
    for place in ("accessory", "element"):
        if kind in ("section", "input") and block.get(place, {}).get("type", "image") != "image":
            filled[place] = {"action_id": f"{block_id}-0"} | block[place]
    return filled
