"""What an agent would look for before answering: how others were helped, who else has it, what device it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from bot.cases import Case
from bot.likeness import Known, duplicates, similar
from bot.store import Transaction

# How far back a similar case is looked for, and among how many open ones a twin.
LOOKED_THROUGH = 300
# What people mention of their devices and programs, as they write it. Names and numbers of people are no facts here:
# the words were made fit for the reader before.
_FACTS = re.compile(
    r"\b(?:"
    r"windows\s?(?:1[01]|8(?:\.1)?|7|server\s\d{4})(?:\s(?:pro|home|enterprise))?(?:\s2[0-9]h[12])?"
    r"|2[0-9]h[12]"
    r"|mac\s?os(?:\s[a-z]+)?|ios\s?\d*|android\s?\d*|ipad|iphone(?:\s\d+)?"
    r"|(?:new|classic)\soutlook|outlook\s(?:20\d\d|mobile|web|on the web)|office\s(?:20\d\d|365)"
    r"|(?:thinkpad|latitude|elitebook|probook|surface|macbook|xps|precision|optiplex)(?:\s(?:pro|air|go|[a-z]?\d{1,4}[a-z]?))*"
    r"|(?:dell|lenovo|hp|logitech|jabra|plantronics|canon|epson|brother|kyocera|ricoh|xerox)(?:\s[a-z]*\d[\w-]*)?"
    r"|chrome|firefox|edge|safari"
    r"|version\s\d[\w.]*"
    r")\b",
    re.IGNORECASE,
)
FACTS = 8


def alike_to(unit: Transaction, case: Case, queues: Collection[str | None]) -> tuple[Case, ...]:
    """Cases of the same kind that were helped, from `queues`, most alike first."""
    ended = unit.cases.helped_lately(case.category, LOOKED_THROUGH)
    known = {each.id: each for each in ended if each.queue in queues and each.id != case.id}
    found = similar(case.words, case.category, [_known(each) for each in known.values()])
    return tuple(known[each.id] for each in found)


def others_like(unit: Transaction, case: Case, queues: Collection[str | None]) -> tuple[Case, ...]:
    """Open cases in `queues` that are probably the same trouble, most alike first: for an agent to judge."""
    among = unit.cases.latest_with_people(LOOKED_THROUGH)
    known = {each.id: each for each in among if each.queue in queues and _message(each) != _message(case)}
    found = duplicates(case.words, case.category, case.reporter, case.opened_at, [_known(k) for k in known.values()])
    return tuple(known[each.id] for each in found)


def facts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Devices, systems and versions that the person named, each once, in the order in which they came."""
    found = (match.group() for text in texts for match in _FACTS.finditer(text))
    return tuple({each.lower(): each for each in found}.values())[:FACTS]


def _message(case: Case) -> tuple[str, str]:
    """The message that a case came from; what was split off came from the same one, and was split on purpose."""
    return case.channel, case.ts.partition("#")[0]


def _known(case: Case) -> Known:
    return Known(case.id, case.words, case.category, case.reporter, case.opened_at)
