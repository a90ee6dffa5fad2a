"""How the desk reaches Slack: its clients, its socket, and what Slack answers to a wrong token, in sentences."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.obstacles import CannotStart
from bot.settings import BadConfiguration, Settings
from bot.slack.intake import Intake

# A dead connection is noticed after five unanswered pings: 10 s at this interval, a minute at the SDK's default.
PING_INTERVAL = 2.0
API_TIMEOUT = 20
BAD_TOKEN = frozenset(
    ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type")
)
SCOPE_MISSING = {
    "SLACK_BOT_TOKEN": "The app lacks {scope}; update it from manifest.json and re-install it, both on the app's page",
    "SLACK_APP_TOKEN": "SLACK_APP_TOKEN lacks {scope}; make one with connections:write on the app's page",
}


def build_client(settings: Settings, timeout: int = API_TIMEOUT) -> WebClient:
    """A client without retries of its own: after a lost answer it would post twice. The outbox owns retries."""
    if not settings.slack_bot_token:
        raise BadConfiguration("SLACK_BOT_TOKEN is missing; set it in the environment or in .env (see .env.sample)")
    token = settings.slack_bot_token.get_secret_value()
    return WebClient(token, base_url=settings.slack_api_url, timeout=timeout, retry_handlers=[])


@contextlib.contextmanager
def slack_in_words(address: str, token: str) -> Iterator[None]:
    """What Slack answers to a call with `token` (its setting's name), as one sentence with the remedy."""
    try:
        yield
    except SlackApiError as fault:
        raise _refusal(fault.response, token) from fault
    except (OSError, HTTPException) as fault:
        why = getattr(fault, "reason", None) or fault
        raise CannotStart(
            f"Slack cannot be reached at {address} ({why}); check the network, the proxy and SLACK_API_URL"
        ) from fault


def _refusal(answer: Any, token: str) -> BadConfiguration | CannotStart:
    error = str(answer.get("error"))
    if error in BAD_TOKEN:
        return BadConfiguration(f"Slack does not accept {token} ({error}); copy it again from the app's page")
    if error == "missing_scope":
        needed = answer.get("needed")
        return BadConfiguration(SCOPE_MISSING[token].format(scope=f"the scope {needed}" if needed else "a scope"))
    if error == "ratelimited" or answer.status_code == 429:
        seconds = answer.headers.get("Retry-After", "60")
        return CannotStart(f"Slack asks the desk to wait; start it again in {seconds} seconds")
    if not re.fullmatch(r"\w+", error):  # a page for people, of a proxy or of Slack in trouble
        error = f"HTTP {answer.status_code}"
    return CannotStart(f"Slack could not do what was asked ({error}); try again in a minute")


def socket_to(settings: Settings, intake: Intake) -> SocketModeClient | None:
    if not settings.slack_app_token:
        return None
    token = settings.slack_app_token.get_secret_value()
    socket = SocketModeClient(
        app_token=token,
        web_client=WebClient(base_url=settings.slack_api_url, timeout=API_TIMEOUT),
        ping_interval=PING_INTERVAL,
    )
    socket.socket_mode_request_listeners.append(intake.on_socket)
    return socket
