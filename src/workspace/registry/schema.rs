//! The tables of the registry, and how an older file becomes one of today.

/// Says that a SQLite file is a registry: "mseg".
pub const APPLICATION_ID: i32 = 0x6d73_6567;

/// What brings a file from each version to the next; the version is the file's `user_version`.
pub const MIGRATIONS: [&str; 1] = [FIRST];

/// Versions and decisions are added, never changed: the triggers hold whoever writes. Rows that
/// INSERT OR REPLACE takes away fire no trigger of DELETE, so that it has triggers of its own.
const FIRST: &str = "
    CREATE TABLE segments (
        id TEXT PRIMARY KEY NOT NULL CHECK (id <> '')
    ) STRICT;
    CREATE TABLE segment_versions (
        segment_id TEXT NOT NULL REFERENCES segments (id),
        version INTEGER NOT NULL CHECK (version >= 1),
        name TEXT NOT NULL CHECK (name <> ''),
        definition_json TEXT NOT NULL,
        author TEXT,
        note TEXT,
        as_of TEXT NOT NULL,
        seed TEXT,
        size INTEGER NOT NULL CHECK (size >= 0),
        contacts INTEGER NOT NULL CHECK (contacts >= size),
        recorded_at TEXT NOT NULL,
        PRIMARY KEY (segment_id, version)
    ) STRICT;
    CREATE TABLE decisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        segment_id TEXT NOT NULL REFERENCES segments (id),
        verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'renamed')),
        version INTEGER,
        name TEXT NOT NULL,
        author TEXT,
        note TEXT,
        recorded_at TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER versions_stay BEFORE UPDATE ON segment_versions
        BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END;
    CREATE TRIGGER versions_are_kept BEFORE DELETE ON segment_versions
        BEGIN SELECT RAISE(ABORT, 'a version is never deleted'); END;
    CREATE TRIGGER versions_are_not_replaced BEFORE INSERT ON segment_versions
        WHEN EXISTS (SELECT 1 FROM segment_versions AS known
            WHERE known.segment_id = NEW.segment_id AND known.version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'a version is never replaced'); END;
    CREATE TRIGGER decisions_are_not_replaced BEFORE INSERT ON decisions
        WHEN EXISTS (SELECT 1 FROM decisions AS known WHERE known.number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'a decision is never replaced'); END;
    CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
    CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
";
