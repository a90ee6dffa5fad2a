"""What goes wrong on demand: refusals, rate limits, lost or slow answers, doubled events, cut connections.

Tests and the demo ask for a fault; `server` asks before each call of the Web API whether one is due.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.workspace.deliveries import Delivery
from bot.workspace.messages import Json
from bot.workspace.sockets import Hub
from bot.workspace.state import Workspace

ANY = "*"


@dataclass(frozen=True)
class Fail:
    """The method answers `ok: false`; nothing happens."""

    error: str


@dataclass(frozen=True)
class Throttle:
    """HTTP 429; nothing happens."""

    retry_after: int


@dataclass(frozen=True)
class Break:
    """An HTTP error without JSON; nothing happens."""

    status: int


@dataclass(frozen=True)
class Swallow:
    """It happens, but the connection drops before the answer: what makes careless retries double a post."""


@dataclass(frozen=True)
class Delay:
    """It happens, late."""

    seconds: float


Effect = Fail | Throttle | Break | Swallow | Delay


@dataclass
class _Rule:
    method: str
    effect: Effect
    left: int


def from_a_person(payload: Json) -> bool:
    """Whether an event is not the echo of the app's own post."""
    return "bot_id" not in payload["event"] and "bot_id" not in payload["event"].get("message", {})


class Faults:
    def __init__(self, workspace: Workspace, hub: Hub) -> None:
        self._workspace = workspace
        self._hub = hub
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._post_limit: _PostLimit | None = None

    # The Web API. `method` is a method's name, or "*" for all of them

    def fail(self, method: str, error: str = "internal_error", times: int = 1) -> None:
        self._add(method, Fail(error), times)

    def throttle(self, method: str, retry_after: int = 1, times: int = 1) -> None:
        self._add(method, Throttle(retry_after), times)

    def break_down(self, method: str, status: int = 500, times: int = 1) -> None:
        self._add(method, Break(status), times)

    def swallow(self, method: str, times: int = 1) -> None:
        self._add(method, Swallow(), times)

    def delay(self, method: str, seconds: float, times: int = 1) -> None:
        self._add(method, Delay(seconds), times)

    def limit_posts(self, per_second: float = 1.0, burst: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        """Slack's limit on posting: about one message a second a channel; more gets HTTP 429."""
        with self._lock:
            self._post_limit = _PostLimit(per_second, burst, clock)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
            self._post_limit = None

    @property
    def pending(self) -> int:
        """How many faults are still to strike."""
        with self._lock:
            return sum(rule.left for rule in self._rules)

    def due(self, method: str, args: Mapping[str, Any]) -> tuple[float, Effect | None]:
        """The delay and the effect that this call gets; each asked-for fault strikes once."""
        with self._lock:
            delay = self._strike(method, lambda effect: isinstance(effect, Delay))
            effect = self._strike(method, lambda effect: not isinstance(effect, Delay))
            if effect is None and method == "chat.postMessage" and self._post_limit is not None:
                effect = self._post_limit.take(str(args.get("channel", "")))
            return (delay.seconds if isinstance(delay, Delay) else 0.0), effect

    def _add(self, method: str, effect: Effect, times: int) -> None:
        with self._lock:
            self._rules.append(_Rule(method, effect, times))

    def _strike(self, method: str, wanted: Callable[[Effect], bool]) -> Effect | None:
        for rule in self._rules:
            if rule.left and rule.method in (method, ANY) and wanted(rule.effect):
                rule.left -= 1
                return rule.effect
        return None

    # Events and sockets

    def redeliver(
        self,
        last: int | None = 1,
        *,
        fresh_id: bool = False,
        where: Callable[[Json], bool] = from_a_person,
    ) -> list[Delivery]:
        """Sends the last events again (all of them with `last=None`), as a retry or under a new event id."""
        workspace = self._workspace
        with workspace.lock:
            known = [each.payload for each in workspace.ledger.events() if where(each.payload)]
            chosen = known if last is None else known[-last:]
            return [workspace.ledger.send(self._again(payload, fresh_id)) for payload in chosen]

    def _again(self, payload: Json, fresh_id: bool) -> Delivery:
        if fresh_id:
            return Delivery("events_api", payload | {"event_id": self._workspace.new_event_id()})
        return Delivery("events_api", payload, attempt=1, reason="timeout")

    def disconnect(self, *, politely: bool = True) -> None:
        """Closes every socket of the app: with Slack's notice, or by resetting the connection."""
        self._hub.disconnect(politely)


class _PostLimit:
    """One token bucket a channel."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when they were counted

    def take(self, channel: str) -> Throttle | None:
        now = self._clock()
        tokens, then = self._buckets.get(channel, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - then) * self._per_second)
        if tokens < 1:
            self._buckets[channel] = (tokens, now)
            return Throttle(math.ceil((1 - tokens) / self._per_second))
        self._buckets[channel] = (tokens - 1, now)
        return None
