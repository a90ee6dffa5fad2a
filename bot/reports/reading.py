"""Opens the desk's database to read it, whether or not a desk is running on it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Opening it as the desk does would bring its tables up to date, under a desk that may be running.

    Where none is running, SQLite would leave files beside it that belong to whoever asked; `immutable` makes none.
    """
    running = path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.resolve().as_uri()}?mode=ro" + ("" if running else "&immutable=1")
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn
