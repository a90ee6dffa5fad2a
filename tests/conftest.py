"""Fixtures that every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.office import Office, open_office

# How long an example takes says something about the machine; benchmarks measure, tests do not.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Log lines as JSON. structlog's own default draws every variable of every frame: seconds for each fault."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A fresh workspace with a desk in it."""
    with open_office(tmp_path) as opened:
        yield opened
