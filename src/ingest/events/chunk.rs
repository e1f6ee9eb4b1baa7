//! Rows of events, column by column.

use super::super::words::NONE;
use super::WORDS;

/// Stands for a missing integer.
pub const MISSING: i64 = i64::MIN;

/// What the platform says of a machine: nothing, no, yes.
pub const SILENT: u8 = 0;
pub const HUMAN: u8 = 1;
pub const MACHINE: u8 = 2;

/// Set in `flag` for stored rows that are only looked at, because rows near them may be judged anew.
pub const CONTEXT: u8 = 128;

/// Rows, column by column. Words are codes of the reading thread or, once settled, ranks.
#[derive(Debug, Default, Clone)]
pub struct Chunk {
    pub key: Vec<u64>,
    pub ts: Vec<i64>,
    pub kind: Vec<u8>,
    pub flag: Vec<u8>,
    pub words: [Vec<u32>; WORDS.len()],
    pub duration_ms: Vec<i64>,
    pub value_minor: Vec<i64>,
    /// Hash of the event's own id; 0 without one.
    pub hash: Vec<u64>,
    pub updated_us: Vec<i64>,
}

/// One row of a chunk.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub key: u64,
    pub ts: i64,
    pub kind: u8,
    pub flag: u8,
    pub words: [u32; WORDS.len()],
    pub duration_ms: i64,
    pub value_minor: i64,
    pub hash: u64,
    pub updated_us: i64,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.key.len()
    }

    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    pub fn push(&mut self, row: &Row) {
        self.key.push(row.key);
        self.ts.push(row.ts);
        self.kind.push(row.kind);
        self.flag.push(row.flag);
        for (column, word) in self.words.iter_mut().zip(row.words) {
            column.push(word);
        }
        self.duration_ms.push(row.duration_ms);
        self.value_minor.push(row.value_minor);
        self.hash.push(row.hash);
        self.updated_us.push(row.updated_us);
    }

    pub fn clear(&mut self) {
        self.key.clear();
        self.ts.clear();
        self.kind.clear();
        self.flag.clear();
        self.words.iter_mut().for_each(Vec::clear);
        self.duration_ms.clear();
        self.value_minor.clear();
        self.hash.clear();
        self.updated_us.clear();
    }

    /// Appends columns that hold nothing, so that all are as long as the keys.
    pub fn level(&mut self) {
        let rows = self.key.len();
        self.words.iter_mut().for_each(|column| column.resize(rows, NONE));
        self.duration_ms.resize(rows, MISSING);
        self.value_minor.resize(rows, MISSING);
        self.hash.resize(rows, 0);
        self.updated_us.resize(rows, MISSING);
    }
}
