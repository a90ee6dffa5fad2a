"""How fast the desk may speak: one token bucket a channel, and a rest where Slack asked for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

# Slack's posting limit: "1 per second per channel" with short bursts tolerated (docs.slack.dev, rate limits).
PER_SECOND = 1.0
BURST = 6.0


@dataclass
class _Bucket:
    tokens: float
    at: float
    rests_until: float = 0.0


class Pace:
    """Thread-safe. `resting()` names the channels in which nothing may be said right now."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._looked_at = now()
        self._passed = 0.0
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def spend(self, channel: str) -> None:
        with self._lock:
            self._filled(channel).tokens -= 1

    def rest(self, channel: str, seconds: float) -> None:
        """Slack answered 429: say nothing there for so long."""
        with self._lock:
            bucket = self._filled(channel)
            bucket.rests_until = max(bucket.rests_until, self._time() + seconds)

    def resting(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(channel for channel in self._buckets if self._wait(channel) > 0)

    def shortest_rest(self) -> float | None:
        """Seconds until a resting channel may speak again; None when none rests."""
        with self._lock:
            waits = [wait for channel in self._buckets if (wait := self._wait(channel)) > 0]
            return min(waits, default=None)

    def _wait(self, channel: str) -> float:
        bucket = self._filled(channel)
        for_token = max(0.0, (1 - bucket.tokens) / PER_SECOND)
        return max(for_token, bucket.rests_until - self._time())

    def _filled(self, channel: str) -> _Bucket:
        now = self._time()
        bucket = self._buckets.setdefault(channel, _Bucket(BURST, now))
        bucket.tokens = min(BURST, bucket.tokens + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        return bucket

    def _time(self) -> float:
        """Seconds that have passed. When the clock is set back, none have; no channel waits for it to catch up."""
        now = self._now()
        self._passed += max(0.0, now - self._looked_at)
        self._looked_at = now
        return self._passed
