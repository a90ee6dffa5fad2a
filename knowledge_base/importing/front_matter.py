"""The front matter of a Markdown file: keys and values, or what is wrong in which line.

Knows YAML and no article. Aliases are refused: ten lines of them can stand for a thousand million values. So is what
is nested deeply: the C reader goes down as far as the text does, and takes the whole process with it.
"""

import re
from collections.abc import Mapping

import yaml  # type: ignore[import-untyped]

LONGEST = 64_000  # characters
DEEPEST = 20  # lists and keys within each other
FRONT = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_SURELY_SHALLOW = 300  # marks that can begin a list or a key; with so few, the C reader cannot go too deep
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as quick


class BadFrontMatter(ValueError):
    """`line` counts from the beginning of the file; the text can be shown."""

    def __init__(self, text: str, line: int = 1) -> None:
        self.line = line
        super().__init__(text)


def split(text: str) -> tuple[Mapping[str, object], str]:
    """The front matter, empty when there is none, and what follows it."""
    found = FRONT.match(text)
    return (_values(found[1]), text[found.end() :]) if found else ({}, text)


def _values(text: str) -> Mapping[str, object]:
    if len(text) > LONGEST:
        raise BadFrontMatter(f"the front matter has more than {LONGEST:,} characters; shorten it")
    try:
        if re.search(r"[*&]", text) or len(re.findall(r"[\[{:?-]", text)) > _SURELY_SHALLOW:
            _refuse_what_explodes(text)
        values = yaml.load(text, Loader=_LOADER)
    except BadFrontMatter:
        raise
    except yaml.YAMLError as fault:
        problem = getattr(fault, "problem", None) or "it cannot be read"
        raise BadFrontMatter(
            f"the front matter is not YAML ({problem}); put texts with : or # in quotes", _line(fault)
        ) from None
    except (ValueError, LookupError, AttributeError) as fault:  # of values such as `!!bool x`
        raise BadFrontMatter("the front matter holds a value that does not exist; correct it") from fault
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}


def _refuse_what_explodes(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise BadFrontMatter(f"*{event.anchor} repeats a value; write the value itself", _line(event))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadFrontMatter(f"more than {DEEPEST} lists are within each other; write it flatter", _line(event))


def _line(place: object) -> int:
    mark = getattr(place, "problem_mark", None) or getattr(place, "start_mark", None)
    return int(mark.line) + 2 if mark else 1
