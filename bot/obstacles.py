"""What keeps the desk from starting although nothing is wrong with its configuration, in sentences for an operator."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


class CannotStart(Exception):
    """Nothing is wrong with the configuration, and yet the desk cannot start now. The text can be shown."""


class AlreadyRunning(CannotStart):
    """Another desk works on the same database."""


class MissingRooms(Exception):
    """The desk cannot run without these channels. The text can be shown."""


@contextlib.contextmanager
def database_in_words(path: Path) -> Iterator[None]:
    """A file that SQLite cannot work with, as one sentence with the remedy."""
    try:
        yield
    except sqlite3.OperationalError as fault:
        raise CannotStart(
            f"{path} cannot be used as the desk's database ({fault}); "
            "see that it is a file of the desk, that you may write it and that no other program holds it"
        ) from fault
    except sqlite3.DatabaseError as fault:
        raise CannotStart(
            f"{path} is damaged or no database ({fault}); "
            "put a backup in its place, or move it away and the desk begins with an empty one"
        ) from fault
