"""What the desk is told, one value for each thing that can happen. Made at Slack's edge, from payloads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An image that a person attached, by Slack's id of the file."""

    file: str
    name: str


@dataclass(frozen=True)
class Report:
    """A message of a person, secrets scrubbed.

    `addressed`: the bot was meant (direct message, mention, command). `listens`: a channel where the desk answers
    unasked. `private`: a direct message, where the desk speaks in the flow unless the person opened a thread.
    `anew`: a command or a shortcut: always a request of its own, and no message that one could react to.
    `delivery`: the inbox row that this work settles. `category` and `urgency`: what the person chose in a form.
    `pictures`: those of the files that can be shown.
    `called_by`: somebody else, who put the calling emoji on it. `above` reads the words that the thread hangs under:
    a call to Slack, so it is asked when needed.
    """

    team: str
    channel: str
    ts: str
    user: str
    text: str
    thread: str | None = None
    addressed: bool = False
    listens: bool = False
    private: bool = False
    anew: bool = False
    files: tuple[str, ...] = ()
    delivery: int | None = None
    category: str = ""
    urgency: str = ""
    pictures: tuple[Picture, ...] = ()
    called_by: str = ""
    above: Callable[[], str] = str

    @property
    def speaks_under(self) -> str | None:
        """Where the desk replies: under the message in a channel, in the flow of a direct message."""
        return self.thread if self.private else (self.thread or self.ts)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.files


@dataclass(frozen=True)
class Asker:
    """Who writes, as far as it changes what the desk does. Each may be a call to Slack, so it is asked when needed.

    `language`: the two-letter code of their own setting, empty where it is not known. `groups`: handles of their user
    groups.
    """

    language: Callable[[], str]
    groups: Callable[[], frozenset[str]]


STRANGER = Asker(str, frozenset)


@dataclass(frozen=True)
class Change:
    """A person edited a message: `report` is what it says now."""

    report: Report


@dataclass(frozen=True)
class Removal:
    """A message was deleted."""

    team: str
    channel: str
    ts: str
    delivery: int | None = None


@dataclass(frozen=True)
class Click:
    """A button or a dialog used by `user`. `about` is what its value names besides the case: an article, a queue …

    `text` is what they wrote, `reason` what they chose beside it: why a case moves, or a ready text.
    `channel` and `thread` say where it was used, so that a refusal can be whispered there; a home page has no channel.
    """

    case_id: int
    user: str
    channel: str
    about: str = ""
    text: str = ""
    thread: str | None = None
    delivery: int | None = None
    reason: str = ""
