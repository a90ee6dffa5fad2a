"""Blocks of Markdown as lines: what stands before them in lists and quotes, and the empty lines between them.

Knows no HTML. Lists and quotes that are deeper than DEEPEST are not indented further.
"""

from dataclasses import dataclass

DEEPEST = 10
QUOTE = "> "


@dataclass
class _Indent:
    """What stands before the lines of a list item or a quote: once, and then."""

    first: str
    rest: str
    begun: bool = False

    def take(self) -> str:
        """The indent of the next line."""
        taken = self.rest if self.begun else self.first
        self.begun = True
        return taken


class Lines:
    """The lines so far, and how far the next ones are indented."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indents: list[_Indent] = []
        self._label = ""
        self._tight = False  # the last block was a list item or a table row: the next one may follow at once

    @property
    def depth(self) -> int:
        return len(self._indents)

    def text(self) -> str:
        return "\n".join(self._lines)

    def item(self, mark: str, box: str = "") -> None:
        """What follows belongs to a list item."""
        self._indent(mark + box, " " * len(mark))

    def quote(self, label: str = "") -> None:
        """What follows is quoted, the first block after its label."""
        self._indent(QUOTE, QUOTE)
        self._label = label

    def _indent(self, first: str, rest: str) -> None:
        if len(self._indents) < DEEPEST:
            self._indents.append(_Indent(first, rest))

    def back_to(self, depth: int) -> None:
        del self._indents[depth:]

    def end_quote(self) -> None:
        """Ends the innermost quote, and the lists in it that were not closed."""
        quotes = [at for at, each in enumerate(self._indents) if each.rest == QUOTE]
        if quotes:
            self.back_to(quotes[-1])

    def add(self, block: list[str], *, row: bool = False) -> None:
        """One block, at least one line; `row`: it goes on a table."""
        begins_item = any(not each.begun and each.rest != QUOTE for each in self._indents)
        if self._lines and not (self._tight and (begins_item or row)):
            self._lines.append("".join(each.rest for each in self._indents if each.begun).rstrip())
        first, *others = block
        for line in (self._label + first, *others):
            self._lines.append(("".join([each.take() for each in self._indents]) + line).rstrip())
        self._label = ""
        self._tight = row or any(each.rest != QUOTE for each in self._indents)
