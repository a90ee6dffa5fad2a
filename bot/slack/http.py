"""The desk's HTTP side, on loopback: Slack's requests where Socket Mode is not used, and health for whoever watches.

A reverse proxy with TLS stands in front of it; every request of Slack must carry a valid signature.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import uvicorn
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import Settings
from bot.slack.intake import Intake

HOST = "127.0.0.1"


class SlackDoor:
    """Takes Slack's HTTP requests: checks the signature, keeps the payload, and only then says 200."""

    def __init__(self, intake: Intake, signing_secret: str) -> None:
        self.intake = intake
        self.verifier = SignatureVerifier(signing_secret)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if not self.verifier.is_valid_request(body, dict(request.headers)):
            return PlainTextResponse("The signature is not valid.", status_code=401)
        if request.headers.get("content-type", "").startswith("application/json"):
            return await self._event(json.loads(body))
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
        if "payload" in form:
            await run_in_threadpool(self.intake.accept, "interactive", json.loads(form["payload"]))
        elif "command" in form:
            await run_in_threadpool(self.intake.accept, "slash_commands", form)
        return Response(status_code=200)

    async def _event(self, payload: dict[str, str]) -> Response:
        if payload.get("type") == "url_verification":
            return PlainTextResponse(payload["challenge"])
        await run_in_threadpool(self.intake.accept, "events_api", payload)
        return Response(status_code=200)


def site(settings: Settings, intake: Intake, ready: Callable[[], bool]) -> Starlette:
    """`/healthz`, `/readyz`, and `/slack/events` where a signing secret is set."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def readyz(_: Request) -> Response:
        is_ready = await run_in_threadpool(ready)
        return JSONResponse({"ready": is_ready}, status_code=200 if is_ready else 503)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if settings.slack_signing_secret:
        door = SlackDoor(intake, settings.slack_signing_secret.get_secret_value())
        routes.append(Route("/slack/events", door.take, methods=["POST"]))
    return Starlette(routes=routes)


def listen(port: int) -> socket.socket:
    """Take the port; from here on nobody is refused, even before the server answers. Raises OSError.

    uvicorn's own way would end the process without a word about which setting to change.
    """
    listener = socket.socket()
    if os.name == "posix":  # on Windows this option would let two desks share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as fault:
        listener.close()
        raise OSError(
            f"Port {port} on {HOST} cannot be used ({fault.strerror}); "
            "set TRIAGE_HTTP_PORT to another one, or to 0 for any free one"
        ) from fault
    return listener


@contextlib.contextmanager
def start_server(
    settings: Settings, intake: Intake, ready: Callable[[], bool], listener: socket.socket
) -> Iterator[str]:
    """Serve from a thread until the block ends; yields the address."""
    app = site(settings, intake, ready)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
