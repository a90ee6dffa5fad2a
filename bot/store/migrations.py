"""The database's shape, as an append-only list of steps. Never edit a step that has been released: add one."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("triage")


@migrations()
def first_tables(db: Database) -> None:
    """Inbox, cases with their transcript and audit, outbox. Constraints carry the rules."""
    for statement in FIRST_TABLES:
        db.execute(statement)


@migrations()
def verdicts_by_action(db: Database) -> None:
    """What people said about articles is counted all the time; it is a small part of the audit."""
    db.execute(
        "CREATE INDEX audit_verdicts ON audit (id) WHERE action IN ('answered', 'solved', 'not solved', 'reopened')"
    )


@migrations()
def clocks_and_timers(db: Database) -> None:
    """What a case needs once it is with people: its team, its clocks, what is to be done when, and what came of it."""
    for statement in CLOCKS_AND_TIMERS:
        db.execute(statement)


CLOCKS_AND_TIMERS = (
    "ALTER TABLE cases ADD COLUMN assigned_team TEXT",
    "ALTER TABLE cases ADD COLUMN unasked INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN part_of INTEGER REFERENCES cases (id)",
    "ALTER TABLE cases ADD COLUMN incident TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN resolution TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN ended_at REAL",
    "UPDATE cases SET ended_at = changed_at WHERE state IN ('solved', 'resolved', 'withdrawn')",
    "CREATE INDEX cases_open ON cases (queue, id) WHERE state IN ('waiting', 'claimed', 'pending')",
    "CREATE INDEX cases_joined ON cases (part_of) WHERE part_of IS NOT NULL",
    # A clock that runs has `since`; one that paused has not; one that ended has `ended_at`. Seconds of working time.
    """
    CREATE TABLE clocks (
      case_id INTEGER NOT NULL REFERENCES cases (id),
      kind TEXT NOT NULL CHECK (kind IN ('response', 'resolution')),
      target REAL NOT NULL,
      spent REAL NOT NULL,
      since REAL,
      told REAL NOT NULL,
      ran_out REAL,
      ended_at REAL,
      PRIMARY KEY (case_id, kind)
    ) STRICT
    """,
    # What is to be done at a time. The key makes it one thing, however often it is planned; doing it deletes the row in
    # the same commit, so that it is done once.
    """
    CREATE TABLE timers (
      key TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      case_id INTEGER REFERENCES cases (id),
      about TEXT NOT NULL,
      due_at REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX timers_due ON timers (due_at)",
    # What people thought of the help, and what leads found when they read a case again.
    """
    CREATE TABLE ratings (
      case_id INTEGER PRIMARY KEY REFERENCES cases (id),
      asked_at REAL NOT NULL,
      score INTEGER CHECK (score BETWEEN 1 AND 5),
      comment TEXT NOT NULL DEFAULT '',
      rated_at REAL
    ) STRICT
    """,
    """
    CREATE TABLE reviews (
      case_id INTEGER PRIMARY KEY REFERENCES cases (id),
      why TEXT NOT NULL,
      picked_at REAL NOT NULL,
      reviewer TEXT,
      found TEXT NOT NULL DEFAULT '{}',
      reviewed_at REAL
    ) STRICT
    """,
)

FIRST_TABLES = (
    # One row a delivery. `fingerprint` says what it is about, so that the same thing delivered twice is one row.
    """
    CREATE TABLE inbox (
      id INTEGER PRIMARY KEY,
      fingerprint TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      urgent INTEGER NOT NULL DEFAULT 0,
      payload TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'working', 'done', 'dead')),
      attempts INTEGER NOT NULL DEFAULT 0,
      failures INTEGER NOT NULL DEFAULT 0,
      not_before REAL NOT NULL DEFAULT 0,
      received_at REAL NOT NULL,
      settled_at REAL,
      error TEXT
    ) STRICT
    """,
    "CREATE INDEX inbox_waiting ON inbox (urgent DESC, id) WHERE state = 'waiting'",
    # A report is one message of one person: (team, channel, ts) is the idempotency of the whole desk.
    """
    CREATE TABLE cases (
      id INTEGER PRIMARY KEY,
      team TEXT NOT NULL,
      channel TEXT NOT NULL,
      ts TEXT NOT NULL,
      thread TEXT,
      reporter TEXT NOT NULL,
      words TEXT NOT NULL,
      state TEXT NOT NULL,
      language TEXT NOT NULL,
      category TEXT NOT NULL,
      confidence REAL NOT NULL,
      tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
      urgency TEXT NOT NULL,
      queue TEXT,
      assignee TEXT,
      candidates TEXT NOT NULL,
      shown TEXT NOT NULL,
      offered TEXT NOT NULL,
      asked INTEGER NOT NULL,
      reasons TEXT NOT NULL,
      model TEXT NOT NULL,
      card TEXT,
      opened_at REAL NOT NULL,
      changed_at REAL NOT NULL,
      UNIQUE (team, channel, ts)
    ) STRICT
    """,
    "CREATE INDEX cases_by_thread ON cases (channel, thread)",
    "CREATE INDEX cases_by_reporter ON cases (channel, reporter, id)",
    # What was said, in order. `internal` words belong to the agents and never reach the person.
    """
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,
      case_id INTEGER NOT NULL REFERENCES cases (id),
      channel TEXT NOT NULL,
      ts TEXT NOT NULL,
      author TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('person', 'desk', 'agent')),
      internal INTEGER NOT NULL DEFAULT 0,
      text TEXT NOT NULL,
      said_at REAL NOT NULL,
      UNIQUE (channel, ts)
    ) STRICT
    """,
    "CREATE INDEX messages_by_case ON messages (case_id, id)",
    """
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      case_id INTEGER NOT NULL REFERENCES cases (id),
      at REAL NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX audit_by_case ON audit (case_id, id)",
    # What is to be said. `send_id` travels in the message's metadata, so that a lost answer can be looked up.
    # `belongs_to` names the post (by send_id) that this row updates or answers; it waits until that one has a ts.
    # `conversation` keeps order: a row waits for every earlier row of the same conversation.
    # Nearly every row is sent; the sender looks for the others all the time, so they have indexes of their own.
    """
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY,
      send_id TEXT NOT NULL UNIQUE,
      case_id INTEGER REFERENCES cases (id),
      purpose TEXT NOT NULL,
      method TEXT NOT NULL CHECK (method IN ('post', 'update', 'whisper', 'react')),
      channel TEXT NOT NULL,
      thread TEXT,
      belongs_to TEXT REFERENCES outbox (send_id),
      conversation TEXT NOT NULL,
      payload TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'dead', 'cancelled')),
      unsure INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before REAL NOT NULL DEFAULT 0,
      written_at REAL NOT NULL,
      settled_at REAL,
      ts TEXT,
      error TEXT
    ) STRICT
    """,
    "CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting'",
    "CREATE INDEX outbox_open ON outbox (conversation, id) WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX outbox_posts ON outbox (channel, ts)",
    "CREATE INDEX outbox_by_case ON outbox (case_id, id)",
)
