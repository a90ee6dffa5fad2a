"""Socket Mode: carries payloads to the app's WebSockets, takes acknowledgements, tries again when none comes.

Runs on the server's event loop. Knows nothing about what the payloads mean.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.deliveries import Delivery
from bot.workspace.messages import Json
from bot.workspace.state import Workspace

MOST_CONNECTIONS = 10
Address = tuple[str, int]


@dataclass(frozen=True)
class Timing:
    """In seconds. Slack's own figures; tests make them shorter."""

    ack_within: float = 3.0
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    linger: float = 5.0  # how long a socket stays open after it was politely told to leave
    ping_every: float = 1.0


@dataclass(eq=False)
class Line:
    """One open socket. What is put into `outbound` is sent in order; None closes it."""

    address: Address
    outbound: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    leaving: bool = False


@dataclass(frozen=True)
class _Flight:
    delivery: Delivery
    timer: asyncio.TimerHandle


class Hub:
    """All of the app's sockets. `reset` cuts the connection to an address without a word."""

    def __init__(self, workspace: Workspace, timing: Timing, reset: Callable[[Address], None]) -> None:
        self._workspace = workspace
        self._timing = timing
        self._reset = reset
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: list[Line] = []
        self._turn = 0
        self._parked: list[Delivery] = []
        self._flights: dict[str, _Flight] = {}
        self._timers: set[asyncio.TimerHandle] = set()

    # Called from any thread

    def carry(self, delivery: Delivery) -> None:
        self._soon(lambda: self._send(delivery))

    def disconnect(self, politely: bool, reason: str = "refresh_requested") -> None:
        """Tells every socket to leave, as Slack does before it refreshes them, or just cuts them off."""
        self._soon(lambda: self._ask_to_leave(reason) if politely else self._cut())

    def _soon(self, action: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(action)

    # Start and stop

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        with self._workspace.lock:
            self._workspace.ledger.courier = self
            for delivery in self._workspace.ledger.unsettled:
                self._park(delivery)

    def stop(self) -> None:
        with self._workspace.lock:
            self._workspace.ledger.courier = None
        self._loop = None
        for timer in self._timers:
            timer.cancel()
        for line in self._lines:
            line.outbound.put_nowait(None)

    # One socket

    async def serve(self, websocket: WebSocket) -> None:
        """A socket from its handshake to its end. A ticket that is unknown or used is turned away."""
        if not self._workspace.take_ticket(websocket.query_params.get("ticket", "")):
            await websocket.close()
            return
        await websocket.accept()
        client = websocket.client
        line = Line((client.host, client.port) if client else ("", 0))
        writing = asyncio.create_task(_write(websocket, line))
        try:
            self._joined(line)
            async for frame in websocket.iter_text():
                self._heard(frame)
        finally:
            writing.cancel()
            self._left(line)

    def _joined(self, line: Line) -> None:
        if len(self._lines) >= MOST_CONNECTIONS:
            line.outbound.put_nowait(json.dumps(_goodbye("too_many_websockets")))
            line.outbound.put_nowait(None)
            return
        self._lines.append(line)
        line.outbound.put_nowait(json.dumps(self._hello()))
        self._workspace.connections_are(len(self._lines))
        parked, self._parked = self._parked, []
        for delivery in parked:
            self._send(delivery)

    def _left(self, line: Line) -> None:
        if line in self._lines:
            self._lines.remove(line)
            self._workspace.connections_are(len(self._lines))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._lines),
            "debug_info": {"host": "local", "approximate_connection_time": 3600},
            "connection_info": {"app_id": self._workspace.identity.app_id},
        }

    # Payloads out, acknowledgements in

    def _send(self, delivery: Delivery) -> None:
        line = self._next_line()
        if line is None:
            self._park(delivery)
            return
        envelope_id = str(uuid.uuid4())
        timer = self._later(self._timing.ack_within, lambda: self._overdue(envelope_id))
        self._flights[envelope_id] = _Flight(delivery, timer)
        delivery.sent += 1
        line.outbound.put_nowait(json.dumps(_envelope(envelope_id, delivery)))

    def _next_line(self) -> Line | None:
        lines = [line for line in self._lines if not line.leaving]
        self._turn += 1
        return lines[self._turn % len(lines)] if lines else None

    def _park(self, delivery: Delivery) -> None:
        """Events wait, and come as retries; a person who pressed something learns that nobody answers."""
        if delivery.kind == "events_api":
            delivery.attempt, delivery.reason = max(1, delivery.attempt), "timeout"
            self._parked.append(delivery)
        else:
            self._later(self._timing.ack_within, lambda: self._workspace.gave_up(delivery))

    def _heard(self, frame: str) -> None:
        acknowledgement = json.loads(frame)
        flight = self._flights.pop(acknowledgement.get("envelope_id", ""), None)
        if flight is not None:  # a late acknowledgement counts for nothing, as with Slack
            flight.timer.cancel()
            self._timers.discard(flight.timer)
            payload = acknowledgement.get("payload")
            self._workspace.acknowledged(flight.delivery, payload if isinstance(payload, dict) else {})

    def _overdue(self, envelope_id: str) -> None:
        delivery = self._flights.pop(envelope_id).delivery
        retries = self._timing.retry_after
        if delivery.kind != "events_api" or delivery.attempt >= len(retries):
            self._workspace.gave_up(delivery)
        else:
            self._later(retries[delivery.attempt], lambda: self._retry(delivery))

    def _retry(self, delivery: Delivery) -> None:
        delivery.attempt += 1
        delivery.reason = "timeout"
        self._send(delivery)

    def _later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)
        return timer

    # Leaving

    def _ask_to_leave(self, reason: str) -> None:
        for line in self._lines:
            line.leaving = True
            line.outbound.put_nowait(json.dumps(_goodbye(reason)))
            self._later(self._timing.linger, lambda line=line: line.outbound.put_nowait(None))  # type: ignore[misc]

    def _cut(self) -> None:
        for line in list(self._lines):
            self._left(line)
            self._reset(line.address)


async def _write(websocket: WebSocket, line: Line) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the other side may be gone already
        while (frame := await line.outbound.get()) is not None:
            await websocket.send_text(frame)
        await websocket.close()


def _envelope(envelope_id: str, delivery: Delivery) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind != "events_api",
    }
    if delivery.kind == "events_api":
        envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
    return envelope


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
