//! Messages that wait, were delivered, or were given up.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use crate::error::Result;

use super::Journal;
use super::open::{maybe_moment, moment, text, whole};

/// What a message is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A digest, in the folder that `source` names.
    Digest,
    /// Lines of the change feed in the folder that `source` names.
    Changes,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    Waiting,
    Sent,
    /// Given up after the last attempt, or refused for good.
    Dead,
    /// Given up, and put away by a person.
    Discarded,
}

/// A message to be queued. It refers to what is on disk and never changes, so that every attempt sends the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The same for the same message, whoever queues it and however often.
    pub id: String,
    /// Name of the delivery in the settings.
    pub delivery: String,
    pub kind: MessageKind,
    /// Folder below the workspace.
    pub source: String,
    /// Of changes: the byte at which their lines begin, and the number of lines.
    pub first: u64,
    pub count: u64,
}

/// A message of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queued {
    pub id: String,
    pub delivery: String,
    pub kind: MessageKind,
    pub source: String,
    pub first: u64,
    pub count: u64,
    pub created_at: Timestamp,
    pub state: MessageState,
    pub attempts: u64,
    pub next_at: Timestamp,
    pub last_error: Option<String>,
    pub settled_at: Option<Timestamp>,
}

/// Messages by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub waiting: u64,
    pub sent: u64,
    pub dead: u64,
}

impl MessageKind {
    pub fn word(self) -> &'static str {
        match self {
            MessageKind::Digest => "digest",
            MessageKind::Changes => "changes",
        }
    }
}

impl MessageState {
    pub fn word(self) -> &'static str {
        match self {
            MessageState::Waiting => "waiting",
            MessageState::Sent => "sent",
            MessageState::Dead => "dead",
            MessageState::Discarded => "discarded",
        }
    }
}

impl FromSql for MessageKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        let all = [MessageKind::Digest, MessageKind::Changes];
        all.into_iter().find(|kind| kind.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

impl FromSql for MessageState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        let all = [
            MessageState::Waiting,
            MessageState::Sent,
            MessageState::Dead,
            MessageState::Discarded,
        ];
        all.into_iter().find(|state| state.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

const COLUMNS: &str = "id, delivery, kind, source, first, count, created_at, state, attempts, next_at, \
                       last_error, settled_at";

fn queued(row: &Row<'_>) -> rusqlite::Result<Queued> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Queued {
        id: row.get(0)?,
        delivery: row.get(1)?,
        kind: row.get(2)?,
        source: row.get(3)?,
        first: count(4)?,
        count: count(5)?,
        created_at: moment(row, 6)?,
        state: row.get(7)?,
        attempts: count(8)?,
        next_at: moment(row, 9)?,
        last_error: row.get(10)?,
        settled_at: maybe_moment(row, 11)?,
    })
}

impl Journal {
    /// Queues messages, all or none of them, behind those of their delivery that wait. Those whose id is known are left
    /// as they are, whatever became of them. Returns how many are new.
    pub fn enqueue(&mut self, messages: &[NewMessage], now: Timestamp) -> Result<usize> {
        self.database.written(|step| {
            let mut statement = step.prepare(
                "INSERT OR IGNORE INTO outbox VALUES \
                 (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', 0, max(?7, coalesce((SELECT max(next_at) \
                 FROM outbox WHERE delivery = ?2 AND state = 'waiting'), ?7)), NULL, NULL)",
            )?;
            let mut new = 0;
            for message in messages {
                let NewMessage { id, delivery, kind, source, first, count } = message;
                let (first, count) = (whole(*first), whole(*count));
                let at = text(now);
                let values = params![id, delivery, kind.word(), source, first, count, at];
                new += statement.execute(values)?;
            }
            Ok(new)
        })
    }

    /// Whether anything of a folder was queued for a delivery, whatever became of it.
    pub fn is_queued(&self, delivery: &str, source: &str) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE delivery = ?1 AND source = ?2)";
        self.database.answered(|connection| {
            connection.query_row(sql, params![delivery, source], |row| row.get(0))
        })
    }

    /// Records after which as-of a delivery begins, the first time it is seen.
    pub fn begin_delivery(&mut self, mark: &str, begins: Timestamp, now: Timestamp) -> Result<()> {
        self.database.written(|step| {
            let sql = "INSERT OR IGNORE INTO jobs VALUES (?1, ?2, ?3)";
            step.execute(sql, params![mark, text(now), text(begins)]).map(drop)
        })
    }

    /// Messages that are to be tried at `now`, in the order in which they were queued.
    pub fn to_send(&self, now: Timestamp) -> Result<Vec<Queued>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE state = 'waiting' AND next_at <= ?1 ORDER BY rowid"
        );
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map(params![text(now)], queued)?.collect()
        })
    }

    /// When the next message is to be tried, if any waits.
    pub fn next_attempt(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT next_at FROM outbox WHERE state = 'waiting' ORDER BY next_at LIMIT 1";
        self.database
            .answered(|connection| connection.query_row(sql, [], |row| moment(row, 0)).optional())
    }

    /// Messages in a state, the oldest first.
    pub fn messages(&self, state: MessageState) -> Result<Vec<Queued>> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE state = ?1 ORDER BY rowid");
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map(params![state.word()], queued)?.collect()
        })
    }

    pub fn counts(&self) -> Result<Counts> {
        let sql = "SELECT coalesce(sum(state = 'waiting'), 0), coalesce(sum(state = 'sent'), 0), \
                   coalesce(sum(state = 'dead'), 0) FROM outbox";
        self.database.answered(|connection| {
            connection.query_row(sql, [], |row| {
                let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                Ok(Counts { waiting: count(0)?, sent: count(1)?, dead: count(2)? })
            })
        })
    }

    /// A message was delivered.
    pub fn sent(&mut self, id: &str, now: Timestamp) -> Result<()> {
        self.database.written(|step| {
            let sql = "UPDATE outbox SET state = 'sent', attempts = attempts + 1, last_error = NULL, \
                       settled_at = ?2 WHERE id = ?1";
            step.execute(sql, params![id, text(now)]).map(drop)
        })
    }

    /// An attempt failed; the next is at `next_at`, until when all messages of its delivery wait, or there is none.
    pub fn not_sent(
        &mut self,
        id: &str,
        now: Timestamp,
        error: &str,
        next_at: Option<Timestamp>,
    ) -> Result<()> {
        self.database.written(|step| {
            let state = if next_at.is_some() { MessageState::Waiting } else { MessageState::Dead };
            let settled = next_at.is_none().then(|| text(now));
            let sql = "UPDATE outbox SET state = ?2, attempts = attempts + 1, last_error = ?3, \
                       next_at = ?4, settled_at = ?5 WHERE id = ?1";
            let next = text(next_at.unwrap_or(now));
            step.execute(sql, params![id, state.word(), error, next, settled])?;
            if next_at.is_some() {
                // Those behind it wait with it, in the same step: else a kill in between lets them overtake it.
                let sql = "UPDATE outbox SET next_at = max(next_at, ?2) WHERE state = 'waiting' \
                           AND delivery = (SELECT delivery FROM outbox WHERE id = ?1)";
                step.execute(sql, params![id, next])?;
            }
            Ok(())
        })
    }

    /// Lets every message that waits be tried at once.
    pub fn hasten(&mut self, now: Timestamp) -> Result<()> {
        self.database.written(|step| {
            let sql = "UPDATE outbox SET next_at = ?1 WHERE state = 'waiting' AND next_at > ?1";
            step.execute(sql, params![text(now)]).map(drop)
        })
    }

    /// Puts away messages that were given up: nobody wants them any more; how many.
    pub fn discard(&mut self, now: Timestamp) -> Result<usize> {
        self.database.written(|step| {
            let sql = "UPDATE outbox SET state = 'discarded', settled_at = ?1 WHERE state = 'dead'";
            step.execute(sql, params![text(now)])
        })
    }

    /// Lets messages that were given up wait again, with all attempts before them; how many.
    pub fn revive(&mut self, now: Timestamp) -> Result<usize> {
        self.database.written(|step| {
            let sql = "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?1, \
                       settled_at = NULL WHERE state = 'dead'";
            step.execute(sql, params![text(now)])
        })
    }
}
