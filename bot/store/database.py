"""Opens the file, keeps one connection a thread, and offers one way to write: a transaction that begins IMMEDIATE."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from bot.store.cases import CaseBook
from bot.store.clocks import ClockBook
from bot.store.inbox import Inbox
from bot.store.migrations import migrations
from bot.store.outbox import Outbox
from bot.store.quality import QualityBook
from bot.store.timers import Timers

# How long a writer waits for another one before it gives up, in milliseconds.
BUSY_TIMEOUT = 10_000
# How long to wait before the next try when the store is in trouble, in seconds.
TROUBLE_NAP = 1.0


class Transaction:
    """What can be done inside one transaction; nothing of it is visible before the commit."""

    def __init__(self, conn: sqlite3.Connection, now: float) -> None:
        self.conn = conn  # for the read side, which asks in SQL of its own
        self.cases = CaseBook(conn, now)
        self.inbox = Inbox(conn, now)
        self.outbox = Outbox(conn, now)
        self.clocks = ClockBook(conn, now)
        self.timers = Timers(conn, now)
        self.quality = QualityBook(conn, now)
        self.now = now


class Database:
    """One SQLite file. `inbox_filled` and `outbox_filled` are set after a commit that may have added work;
    `committed` is notified after every commit, for whoever waits for something to be done."""

    def __init__(self, path: Path | str, now: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self.now = now
        self.inbox_filled = threading.Event()
        self.outbox_filled = threading.Event()
        self.committed = threading.Condition()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        migrations.apply(self._thread_database())

    @contextmanager
    def transaction(self, settles: int | None = None, *, wakes: bool = True) -> Iterator[Transaction]:
        """Write, all or nothing. `settles` is the delivery that this work belongs to: done in the same commit.

        `wakes`: the sender looks at the outbox afterwards.

        sqlite-utils' own `atomic()` begins deferred, and under several threads most such writes fail with
        "database is locked" when they turn from reading to writing; BEGIN IMMEDIATE waits for its turn instead.
        """
        db = self._thread_database()
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            unit = Transaction(db.conn, self.now())
            yield unit
            if settles is not None:
                unit.inbox.settle(settles)
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
        if wakes:
            self.outbox_filled.set()
        with self.committed:
            self.committed.notify_all()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read a consistent picture; takes no lock that a writer would wait for."""
        db = self._thread_database()
        db.conn.execute("BEGIN")
        try:
            yield Transaction(db.conn, self.now())
        finally:
            db.rollback()

    def accept(self, fingerprint: str, kind: str, payload: str, *, urgent: bool = False) -> bool:
        """Keep a delivery before it is acknowledged. False when the same thing is there already."""
        with self.transaction(wakes=False) as unit:
            is_new = unit.inbox.add(fingerprint, kind, payload, urgent=urgent)
        if is_new:
            self.inbox_filled.set()
        return is_new

    def insist(self, change: Callable[[Transaction], None], stopping: threading.Event) -> None:
        """Make a change as soon as the store works again: for what nobody but the caller knows.

        When the desk stops before that, `recover` makes up for it at the next start.
        """
        while True:
            try:
                with self.transaction() as unit:
                    change(unit)
                return
            except sqlite3.Error:  # locked, or the disk is full: neither lasts for ever
                if stopping.wait(TROUBLE_NAP):
                    return

    def recover(self) -> None:
        """After a start: what a crashed process was working on is waiting again, and what it was sending is unsure."""
        with self.transaction() as unit:
            unit.inbox.release_all()
            unit.outbox.release_all()

    def close(self) -> None:
        with self._opening:
            for conn in self._opened:
                conn.close()
            self._opened.clear()
        self._local = threading.local()

    def _thread_database(self) -> sqlite_utils.Database:
        db: sqlite_utils.Database | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = sqlite_utils.Database(self._connect())
        return db

    def _connect(self) -> sqlite3.Connection:
        # check_same_thread=False only so that close() may close every thread's connection.
        conn = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        conn.row_factory = sqlite3.Row
        conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA foreign_keys = ON")
        with self._opening:
            self._opened.append(conn)
        return conn
