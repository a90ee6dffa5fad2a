"""A Slack-compatible workspace on this machine: the demo, and the Slack that the tests talk to.

Knows nothing about the desk: it plays Slack and the people, and the unchanged bot runs against it.
"""

from bot.workspace.moving import MovableClock
from bot.workspace.server import Running, serve
from bot.workspace.sockets import Timing
from bot.workspace.state import Workspace

__all__ = ["MovableClock", "Running", "Timing", "Workspace", "serve"]
