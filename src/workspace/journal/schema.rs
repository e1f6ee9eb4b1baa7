//! The tables of the journal, and how an older file becomes one of today.

/// Says that a SQLite file is a journal: "msjo".
pub const APPLICATION_ID: i32 = 0x6d73_6a6f;

/// What brings a file from each version to the next; the version is the file's `user_version`.
pub const MIGRATIONS: [&str; 1] = [FIRST];

/// An occurrence of a job has one row, whatever the attempts it took; a message has one row, whatever the attempts
/// to deliver it. The keys are what makes doing a thing twice the same as doing it once.
const FIRST: &str = "
    CREATE TABLE jobs (
        job TEXT PRIMARY KEY NOT NULL CHECK (job <> ''),
        since TEXT NOT NULL,
        settled_at TEXT
    ) STRICT;
    CREATE TABLE runs (
        job TEXT NOT NULL,
        due_at TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT NOT NULL CHECK (outcome IN
            ('waiting', 'running', 'done', 'check_said_no', 'failed', 'timed_out', 'skipped')),
        attempts INTEGER NOT NULL CHECK (attempts >= 0),
        interruptions INTEGER NOT NULL CHECK (interruptions >= 0),
        took_ms INTEGER,
        message TEXT,
        accepted_rows INTEGER,
        rejected_rows INTEGER,
        retry_at TEXT,
        PRIMARY KEY (job, due_at)
    ) STRICT;
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
        delivery TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('digest', 'changes')),
        source TEXT NOT NULL,
        first INTEGER NOT NULL CHECK (first >= 0),
        count INTEGER NOT NULL CHECK (count >= 0),
        created_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead', 'discarded')),
        attempts INTEGER NOT NULL CHECK (attempts >= 0),
        next_at TEXT NOT NULL,
        last_error TEXT,
        settled_at TEXT
    ) STRICT;
    CREATE INDEX outbox_by_state ON outbox (state, next_at);
    CREATE TRIGGER messages_are_kept BEFORE DELETE ON outbox WHEN OLD.state = 'waiting'
        BEGIN SELECT RAISE(ABORT, 'a message that waits is never deleted'); END;
";
