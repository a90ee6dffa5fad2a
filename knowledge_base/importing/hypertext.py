"""HTML to Markdown: what people wrote stays, what a page does goes.

Writes blocks in the order of the tags, with bounded nesting and without recursion, so unclosed tags or ten megabytes
of `<div>` do no harm. Knows Confluence's panels and task lists by their class names, and no other source.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge_base.importing.clean import clean
from knowledge_base.importing.inline import MARKS, Inline
from knowledge_base.importing.lines import Lines
from knowledge_base.importing.tags import Tag, tags_and_text

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """p section article header footer main nav address figure figcaption center form fieldset legend dd details
        tbody thead tfoot caption hr body html h1 h2 h3 h4 h5 h6 summary dt td th""",
    )
)
_LABELS = {
    "note": "Note",
    "info": "Note",
    "information": "Note",
    "tip": "Tip",
    "important": "Important",
    "caution": "Caution",
    "warning": "Warning",
    "danger": "Warning",
}
_FILE = re.compile(r".*\.(?:png|jpe?g|gif|svg|webp|bmp)", re.IGNORECASE)


def to_markdown(html: str, base: str = "", within: str | None = None) -> str:
    """The page's text as Markdown. `base` makes relative links whole; `within` is the id of the one element to read."""
    writer = _Writer(base)
    for token in tags_and_text(html) if within is None else _inside(tags_and_text(html), within):
        writer.take(token)
    return clean(writer.finished())


def _inside(tokens: Iterator[str | Tag], element: str) -> Iterator[str | Tag]:
    """What stands between the beginning of the element with that id and its end."""
    name, depth = "", 0
    for token in tokens:
        if isinstance(token, Tag) and depth and token.name == name:
            depth += -1 if token.closes else 1
            if not depth:
                return
        if depth:
            yield token
        elif isinstance(token, Tag) and token.attributes.get("id") == element:
            name, depth = token.name, 1


@dataclass
class _List:
    ordered: bool
    tasks: bool
    depth: int
    number: int = 0


class _Writer:
    """Collects the text of a block in spans, and finished blocks as lines."""

    def __init__(self, base: str) -> None:
        self._lines = Lines()
        self._inline = Inline(base)
        self._lists: list[_List] = []
        self._panels: list[int | None] = []  # for each open div, how deep the quote is that ends with it
        self._heading = ""
        self._cells: list[str] | None = None
        self._code: list[str] = []
        self._in_pre = False
        self._code_language = ""

    def take(self, token: str | Tag) -> None:
        if self._in_pre:
            self._in_code(token)
        elif isinstance(token, str):
            self._inline.text(token)
        elif token.name in MARKS:
            self._inline.take_tag(token)
        elif token.closes:
            self._close(token.name)
        else:
            self._open(token)

    def finished(self) -> str:
        self._end_code()
        self._end_row()
        return self._lines.text()

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _open(self, tag: Tag) -> None:
        if begin := _BEGINNINGS.get(tag.name):
            begin(self, tag)
        elif tag.name in _BLOCKS:
            self._flush()

    def _close(self, name: str) -> None:
        if end := _ENDS.get(name):
            end(self)
        elif name in _BLOCKS:
            self._flush()

    def _open_break(self, tag: Tag) -> None:
        self._inline.line_break()

    def _open_code(self, tag: Tag) -> None:
        self._break_row()
        self._in_pre, self._code_language = True, _code_language(tag)

    def _open_row(self, tag: Tag) -> None:
        self._end_row()
        self._cells = []

    def _open_cell(self, tag: Tag) -> None:
        self._flush()
        if self._cells is not None:
            self._cells.append("")

    def _open_term(self, tag: Tag) -> None:
        self._flush()
        self._inline.bold()

    def _open_heading(self, tag: Tag) -> None:
        self._break_row()
        self._heading = _HEADINGS[tag.name]

    def _open_quote(self, tag: Tag) -> None:
        self._break_row()
        self._lines.quote()

    def _open_table(self, tag: Tag) -> None:
        self._break_row()

    def _close_item(self) -> None:
        self._flush()
        if self._lists:
            self._lines.back_to(self._lists[-1].depth)

    def _close_quote(self) -> None:
        self._flush()
        self._lines.end_quote()

    def _close_panel(self) -> None:
        self._flush()
        depth = self._panels.pop() if self._panels else None
        if depth is not None:
            self._lines.back_to(depth)

    def _picture(self, tag: Tag) -> None:
        alt = tag.attributes.get("alt", "").strip()
        if alt and not _FILE.fullmatch(alt) and "emoticon" not in tag.classes:
            self._inline.text(f" {alt} ")

    def _open_list(self, tag: Tag) -> None:
        self._break_row()
        self._lists.append(_List(tag.name == "ol", "inline-task-list" in tag.classes, self._lines.depth))

    def _close_list(self) -> None:
        self._flush()
        if self._lists:
            self._lines.back_to(self._lists.pop().depth)

    def _open_item(self, tag: Tag) -> None:
        self._break_row()
        if not self._lists:
            self._lists.append(_List(ordered=False, tasks=False, depth=self._lines.depth))
        each = self._lists[-1]
        self._lines.back_to(each.depth)
        each.number += 1
        mark = f"{each.number}. " if each.ordered else "- "
        box = ("[x] " if "checked" in tag.classes else "[ ] ") if each.tasks else ""
        self._lines.item(mark, box)

    def _open_panel(self, tag: Tag) -> None:
        """A div; one that is a note begins a quote that ends with it."""
        self._flush()
        kinds = (name.removeprefix("confluence-information-macro-") for name in tag.classes)
        label = next((_LABELS[kind] for kind in kinds if kind in _LABELS), None)
        self._panels.append(self._lines.depth if label else None)
        if label:
            self._lines.quote(f"**{label}:** ")

    def _flush(self) -> None:
        """Ends the block that is being written, in the cell of a table or as lines of its own."""
        lines = self._inline.taken()
        heading, self._heading = self._heading, ""
        if not lines:
            return
        if self._cells:
            self._cells[-1] = f"{self._cells[-1]} {' '.join(lines)}".strip()
        elif heading:
            self._lines.add([f"{heading} {' '.join(lines).replace('**', '')}"])
        else:
            self._lines.add(lines)

    def _break_row(self) -> None:
        """Lists, headings and code do not fit on the line of a table's row: they end it."""
        self._flush()
        if self._cells is not None:
            self._end_row()

    def _end_row(self) -> None:
        self._flush()
        cells, self._cells = self._cells, None
        filled = [cell for cell in cells or () if cell]
        if filled:
            self._lines.add([" | ".join(filled)], row=len(filled) > 1)

    # -- code ----------------------------------------------------------------------------------------------------------

    def _in_code(self, token: str | Tag) -> None:
        if isinstance(token, str):
            self._code.append(token)
        elif token.name == "pre" and token.closes:
            self._end_code()
        elif token.name in ("br", "p", "div") and not token.closes:
            self._code.append("\n")

    def _end_code(self) -> None:
        text, self._in_pre = "".join(self._code), False
        self._code.clear()
        lines = [line.rstrip() for line in text.strip("\n").splitlines()]
        if any(lines):
            longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            self._lines.add([fence + self._code_language, *lines, fence])


_LISTS = ("ul", "ol", "menu", "dir")
_PANELS = ("div", "section", "aside")
_BEGINNINGS: dict[str, Callable[[_Writer, Tag], None]] = {
    "br": _Writer._open_break,
    "img": _Writer._picture,
    "pre": _Writer._open_code,
    "tr": _Writer._open_row,
    "li": _Writer._open_item,
    "blockquote": _Writer._open_quote,
    "table": _Writer._open_table,
    **dict.fromkeys(("td", "th"), _Writer._open_cell),
    **dict.fromkeys(("summary", "dt"), _Writer._open_term),
    **dict.fromkeys(_HEADINGS, _Writer._open_heading),
    **dict.fromkeys(_LISTS, _Writer._open_list),
    **dict.fromkeys(_PANELS, _Writer._open_panel),
}
_ENDS: dict[str, Callable[[_Writer], None]] = {
    "li": _Writer._close_item,
    "blockquote": _Writer._close_quote,
    **dict.fromkeys(("tr", "table"), _Writer._end_row),
    **dict.fromkeys(_LISTS, _Writer._close_list),
    **dict.fromkeys(_PANELS, _Writer._close_panel),
}


def _code_language(tag: Tag) -> str:
    """The language as Confluence and most editors note it."""
    noted = f"{tag.attributes.get('data-syntaxhighlighter-params', '')} {tag.attributes.get('class', '')}"
    found = re.search(r"(?:brush:\s*|language-)([a-z0-9+#-]{1,20})", noted, re.IGNORECASE)
    return found[1].lower() if found else ""
