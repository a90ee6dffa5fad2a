"""Runs a workspace's server on 127.0.0.1, in a thread, for as long as a block lasts.

    with serve(workspace) as running:
        app = App(client=WebClient(token=running.bot_token, base_url=running.api_url))

Knows nothing about routes or what they do.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn

from bot.workspace.faults import Faults
from bot.workspace.site import Site
from bot.workspace.sockets import Address, Timing
from bot.workspace.state import Workspace

HOST = "127.0.0.1"
PONG_WITHIN = 20  # seconds until a silent socket counts as gone
STOP_WITHIN = 1  # seconds that open requests get when the server stops
# Closing with this option resets the connection instead of saying goodbye; its fields are shorter on Windows.
LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(frozen=True)
class Running:
    url: str
    workspace: Workspace
    faults: Faults

    @property
    def api_url(self) -> str:
        """For `SLACK_API_URL` or `WebClient(base_url=…)`."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app_token


@contextlib.contextmanager
def serve(workspace: Workspace, port: int = 0, timing: Timing | None = None) -> Iterator[Running]:
    """Serves the workspace until the block ends. Port 0 takes any free one."""
    timing = timing or Timing()
    listener = _listen(port)
    workspace.url = f"http://{HOST}:{listener.getsockname()[1]}"
    site = Site(workspace, timing, lambda address: _reset(server, address))
    server = _server(site, timing)
    thread = threading.Thread(target=server.run, args=([listener],), name="workspace", daemon=True)
    thread.start()
    site.ready.wait()
    try:
        yield Running(workspace.url, workspace, site.faults)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    if os.name == "posix":  # on Windows this option would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise OSError(f"port {port} on {HOST} is taken; choose another, or 0 for any free one") from error
    listener.listen(128)
    return listener


def _server(site: Site, timing: Timing) -> uvicorn.Server:
    config = uvicorn.Config(
        site.app(HOST),
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        ws_ping_interval=timing.ping_every,
        ws_ping_timeout=PONG_WITHIN,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    return uvicorn.Server(config)


def _reset(server: uvicorn.Server, address: Address) -> None:
    """Drops a connection without a word, as a broken network does. Runs on the server's own loop."""
    for protocol in list(server.server_state.connections):
        transport = getattr(protocol, "transport", None)
        if transport is not None and getattr(protocol, "client", None) == address:
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            transport.abort()
