"""Logs: one line an event on standard error, without the values of variables, which may be people's words."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def configure(level: int = logging.WARNING) -> None:
    """For every command. JSON where nobody watches, readable lines in a terminal; libraries' lines look the same."""
    rendering = _rendering(watched=sys.stderr.isatty())
    stamping: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*stamping, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *stamping, _on_one_line],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=level, handlers=[handler])
    # The Web API's client logs every failure before it raises it; whoever called says it once, with the remedy.
    logging.getLogger("slack_sdk.web").setLevel(logging.CRITICAL)
    # Every stop leaves an acknowledgement or two without a connection; Slack delivers those again.
    logging.getLogger("slack_sdk.socket_mode").setLevel(logging.ERROR)
    handler.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Closing the connection may cut a frame in two; slack_sdk tells that as an error, with a traceback."""
    cut = record.name.startswith("slack_sdk.socket_mode") and record.getMessage().startswith("Failed to process")
    return not cut


def _rendering(*, watched: bool) -> list[Processor]:
    """The last steps; tracebacks without locals: a frame's variables hold what people wrote."""
    if watched:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _on_one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """slack_sdk writes its errors over several lines."""
    event["event"] = " ".join(str(event["event"]).split())
    return event
