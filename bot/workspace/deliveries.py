"""Keeps account of what was sent to the app: what waits, what was acknowledged, what was given up.

Knows nothing about sockets: whoever carries the payloads registers as the courier. Not thread-safe: the
world's lock guards it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.workspace.messages import Json

Kind = Literal["events_api", "interactive", "slash_commands"]
Fate = Literal["waiting", "acknowledged", "given up"]
Answer = Callable[[Json], None]

REMEMBERED = 5_000  # settled deliveries kept, so that a test can redeliver them


@dataclass(eq=False)
class Delivery:
    """One payload on its way to the app. `attempt` counts from 0, as Slack's retry_attempt does."""

    kind: Kind
    payload: Json
    on_answer: Answer | None = None
    attempt: int = 0
    sent: int = 0
    reason: str = ""
    fate: Fate = "waiting"
    answer: Json = field(default_factory=dict)

    @property
    def event_id(self) -> str | None:
        event_id = self.payload.get("event_id")
        return event_id if isinstance(event_id, str) else None

    @property
    def settled(self) -> bool:
        return self.fate != "waiting"


class Courier(Protocol):
    def carry(self, delivery: Delivery) -> None:
        """Takes a delivery over without blocking; called with the world's lock held."""


class Ledger:
    def __init__(self) -> None:
        self.courier: Courier | None = None
        self.recent: deque[Delivery] = deque(maxlen=REMEMBERED)
        self._unsettled: dict[int, Delivery] = {}

    @property
    def unsettled(self) -> list[Delivery]:
        return list(self._unsettled.values())

    def send(self, delivery: Delivery) -> Delivery:
        self.recent.append(delivery)
        self._unsettled[id(delivery)] = delivery
        if self.courier is not None:
            self.courier.carry(delivery)
        return delivery

    def settle(self, delivery: Delivery, fate: Fate, answer: Json | None = None) -> None:
        delivery.fate = fate
        delivery.answer = answer or {}
        self._unsettled.pop(id(delivery), None)

    def events(self) -> list[Delivery]:
        return [delivery for delivery in self.recent if delivery.kind == "events_api"]
