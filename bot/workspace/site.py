"""The routes of the workspace's server: Slack's Web API and Socket Mode for the app, a page for people.

Turns requests into calls and answers into responses. Knows nothing about what the methods and acts do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace import page_acts, web_api
from bot.workspace.deliveries import Delivery
from bot.workspace.faults import Break, Effect, Fail, Faults, Swallow, Throttle
from bot.workspace.files import PICTURES
from bot.workspace.messages import Json
from bot.workspace.page_view import view
from bot.workspace.response_posts import respond
from bot.workspace.sockets import Address, Hub, Timing
from bot.workspace.state import Workspace
from bot.workspace.world import CannotDo

PAGE = Path(__file__).with_name("page")
LIVE_EVERY = 1 / 30  # seconds between two notices to a page


class Site:
    """`reset` cuts the connection to an address without a word."""

    def __init__(self, workspace: Workspace, timing: Timing, reset: Callable[[Address], None]) -> None:
        self.workspace = workspace
        self.hub = Hub(workspace, timing, reset)
        self.faults = Faults(workspace, self.hub)
        self.ready = threading.Event()
        self._reset = reset
        self._answer_within = timing.ack_within + 1
        self._pages: set[asyncio.Event] = set()

    def app(self, host: str) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/{method}", self.web_api, methods=["GET", "POST"]),
                Route("/hooks/{token}", self.response_url, methods=["POST"]),
                WebSocketRoute("/link", self.hub.serve),
                WebSocketRoute("/link/", self.hub.serve),
                WebSocketRoute("/page/live", self.live),
                Route("/page/view", self.page_view),
                Route("/page/act", self.page_act, methods=["POST"]),
                Route("/page/file/{file}", self.page_file),
                Route("/archives/{channel}/{place}", self.permalink),
                Route("/files/{user}/{file}/{name}", self.file_permalink),
                Route("/files-pri/{place}/{name:path}", self.private_file),
                Route("/", self.index),
                Mount("/static", StaticFiles(directory=PAGE, check_dir=False)),
            ],
            # a site elsewhere must not reach the workspace through a name that it lets point here
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[host, "localhost"])],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def changed() -> None:
            loop.call_soon_threadsafe(self._wake_pages)

        self.hub.start()
        self.workspace.watch(changed)
        self.ready.set()
        yield
        self.workspace.unwatch(changed)
        self.hub.stop()

    # For the app

    async def web_api(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            args, token = await _arguments(request)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        delay, effect = self.faults.due(method, args)
        await asyncio.sleep(delay)
        if refusal := _refusal(effect):
            return refusal
        answer = web_api.answer(self.workspace, method, args, token)
        self._swallow(request, effect)
        scopes = ",".join(sorted(self.workspace.manifest.scopes))
        return JSONResponse(answer, headers={"x-oauth-scopes": scopes})

    async def response_url(self, request: Request) -> Response:
        delay, effect = self.faults.due("response_url", {})
        await asyncio.sleep(delay)
        if refusal := _refusal(effect):
            return refusal
        try:
            body = _json_object(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        status, text = respond(self.workspace, request.path_params["token"], body)
        self._swallow(request, effect)
        return PlainTextResponse(text, status)

    def _swallow(self, request: Request, effect: Effect | None) -> None:
        """Loses the answer to what has just been done."""
        if isinstance(effect, Swallow) and request.client is not None:
            self._reset((request.client.host, request.client.port))

    # For the page

    async def index(self, request: Request) -> Response:
        page = PAGE / "index.html"
        return FileResponse(page) if page.exists() else PlainTextResponse("The page is not installed.", 404)

    async def page_view(self, request: Request) -> Response:
        try:
            first = next(iter(self.workspace.people))
            return JSONResponse(view(self.workspace, request.query_params.get("as", first)))
        except CannotDo as reason:
            return JSONResponse(page_acts.refused(str(reason)), 404)

    async def page_act(self, request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse(page_acts.refused("Send JSON."), 415)  # a form on another site cannot do that
        try:
            done = page_acts.act(self.workspace, _json_object(await request.body()))
        except ValueError:
            return JSONResponse(page_acts.refused("Send a JSON object."), 400)
        return JSONResponse(await self._outcome(done) if isinstance(done, Delivery) else done)

    async def _outcome(self, delivery: Delivery) -> Json:
        with contextlib.suppress(TimeoutError):
            await run_in_threadpool(self.workspace.wait_until, lambda: delivery.settled, self._answer_within)
        return page_acts.outcome(delivery)

    async def permalink(self, request: Request) -> Response:
        digits = request.path_params["place"].removeprefix("p")
        ts = f"{digits[:-6]}.{digits[-6:]}"
        return RedirectResponse(f"/?channel={request.path_params['channel']}&ts={ts}")

    async def page_file(self, request: Request) -> Response:
        """A shared file as somebody who is played sees it."""
        try:
            user, file_id = request.query_params.get("as", ""), request.path_params["file"]
            return _file_response(*self.workspace.file_for(user, file_id))
        except CannotDo as reason:
            return PlainTextResponse(str(reason), 404)

    async def file_permalink(self, request: Request) -> Response:
        """Opens the page at the message that the file hangs on; the page shows it to those who may see it."""
        found = self.workspace.shared_file(request.path_params["file"])
        return RedirectResponse(f"/?channel={found[0].channel}&ts={found[0].ts}" if found else "/?channel=none")

    async def private_file(self, request: Request) -> Response:
        """A file's content for the app. Without its token Slack shows its sign-in page, and so the page comes here."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        allowed = self.workspace.manifest.allows(frozenset({"files:read"}))
        if scheme.lower() != "bearer" or token.strip() != self.workspace.bot_token or not allowed:
            return RedirectResponse("/")
        file_id = request.path_params["place"].partition("-")[2]
        try:
            return _file_response(*self.workspace.file_for(self.workspace.identity.bot_user, file_id))
        except CannotDo as reason:
            return PlainTextResponse(str(reason), 404)

    async def live(self, websocket: WebSocket) -> None:
        """Tells a page that something changed, at most thirty times a second."""
        origin = websocket.headers.get("origin", self.workspace.url)
        if origin.partition("//")[2] != websocket.headers.get("host"):
            await websocket.close()
            return
        await websocket.accept()
        wake = asyncio.Event()
        self._pages.add(wake)
        telling = asyncio.create_task(self._tell(websocket, wake))
        try:
            async for _ in websocket.iter_text():
                pass
        finally:
            self._pages.discard(wake)
            telling.cancel()

    async def _tell(self, websocket: WebSocket, wake: asyncio.Event) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page may be gone already
            while True:
                await websocket.send_json({"version": self.workspace.version})
                await asyncio.sleep(LIVE_EVERY)
                await wake.wait()
                wake.clear()

    def _wake_pages(self) -> None:
        for wake in self._pages:
            wake.set()


def _file_response(file: Json, content: bytes) -> Response:
    """Drawn by the browser only if it is a picture; anything else is saved, and nothing in it is ever run."""
    shown = file["mimetype"] in PICTURES
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file['name'])}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=file["mimetype"] if shown else "application/octet-stream", headers=headers)


def _refusal(effect: Effect | None) -> Response | None:
    match effect:
        case Fail(error):
            return JSONResponse({"ok": False, "error": error})
        case Throttle(retry_after):
            headers = {"Retry-After": str(retry_after)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
        case Break(status):
            return PlainTextResponse("The server has a problem.", status_code=status)
        case _:
            return None


async def _arguments(request: Request) -> tuple[Json, str | None]:
    """The arguments of a Web API call and its token, from the header or the form."""
    args: Json = dict(request.query_params)
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        args |= _json_object(body or b"{}")
    else:
        args |= dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    token = args.pop("token", None)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return args, (bearer.strip() if scheme.lower() == "bearer" else token)


def _json_object(body: bytes) -> Json:
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
