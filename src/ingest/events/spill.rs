//! Rows set down on disk between reading and writing, so that memory does not grow with them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytemuck::{cast_slice, cast_slice_mut};

use crate::error::{Error, Result};
use crate::lake::KEY_RANGES;

use super::super::words::NONE;
use super::chunk::{Chunk, MISSING, Row};
use super::vocabulary::Vocabulary;

/// A file of chunks, each of one range of keys and of one thread. It has no name and goes with the
/// process.
pub struct Spill {
    dir: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    end: u64,
    parts: Vec<Vec<Part>>,
}

/// Where a chunk lies.
#[derive(Debug, Clone, Copy)]
struct Part {
    offset: u64,
    rows: usize,
    worker: usize,
    /// Bit for each optional column that holds anything.
    present: u16,
}

impl Spill {
    /// Opens a spill in `dir`.
    pub fn new(dir: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(dir).map_err(|e| Error::io("write in", dir, e))?;
        let inner = Inner { file, end: 0, parts: vec![Vec::new(); KEY_RANGES] };
        Ok(Spill { dir: dir.to_path_buf(), inner: Mutex::new(inner) })
    }

    /// Opens a spill where the system keeps such files.
    pub fn anywhere() -> Result<Self> {
        let dir = PathBuf::from("the system's temporary folder");
        let file = tempfile::tempfile().map_err(|e| Error::io("write in", &dir, e))?;
        let inner = Inner { file, end: 0, parts: vec![Vec::new(); KEY_RANGES] };
        Ok(Spill { dir, inner: Mutex::new(inner) })
    }

    fn failed(&self, cause: std::io::Error) -> Error {
        Error::io("keep rows in", &self.dir, cause)
            .hint("is there room on the disk? about 60 bytes a row are needed for a while")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Sets a chunk down.
    pub fn put(&self, range: usize, worker: usize, chunk: &Chunk) -> Result<()> {
        let (bytes, present) = packed(chunk);
        let mut inner = self.lock();
        let offset = inner.end;
        inner.file.seek(SeekFrom::Start(offset)).map_err(|e| self.failed(e))?;
        inner.file.write_all(&bytes).map_err(|e| self.failed(e))?;
        inner.end += bytes.len() as u64;
        inner.parts[range].push(Part { offset, rows: chunk.len(), worker, present });
        Ok(())
    }

    /// All rows of a range, with words as their ranks in `vocabulary`. Rows lie together: what comes next
    /// takes them in another order, and one place in memory a row is what that costs.
    pub fn take(&self, range: usize, vocabulary: &Vocabulary) -> Result<Vec<Row>> {
        let parts = self.lock().parts[range].clone();
        let mut rows = Vec::with_capacity(parts.iter().map(|part| part.rows).sum());
        let mut chunk = Chunk::default();
        for part in parts {
            chunk.clear();
            self.read(&part, &mut chunk).map_err(|e| self.failed(e))?;
            for (column, codes) in chunk.words.iter_mut().enumerate() {
                vocabulary.rank(part.worker, column, codes);
            }
            rows.extend((0..chunk.len()).map(|row| chunk.row(row)));
        }
        Ok(rows)
    }

    fn read(&self, part: &Part, chunk: &mut Chunk) -> std::io::Result<()> {
        let mut inner = self.lock();
        inner.file.seek(SeekFrom::Start(part.offset))?;
        let file = &mut inner.file;
        append(file, &mut chunk.key, part.rows)?;
        append(file, &mut chunk.ts, part.rows)?;
        append(file, &mut chunk.kind, part.rows)?;
        append(file, &mut chunk.flag, part.rows)?;
        let mut bit = 1;
        let mut has = || {
            bit <<= 1;
            part.present & (bit >> 1) != 0
        };
        for column in &mut chunk.words {
            if has() {
                append(file, column, part.rows)?;
            }
        }
        let numbers = [&mut chunk.duration_ms, &mut chunk.value_minor, &mut chunk.updated_us];
        for column in numbers {
            if has() {
                append(file, column, part.rows)?;
            }
        }
        if has() {
            append(file, &mut chunk.hash, part.rows)?;
        }
        chunk.level();
        Ok(())
    }
}

/// A chunk's bytes, without the columns that hold nothing.
fn packed(chunk: &Chunk) -> (Vec<u8>, u16) {
    let mut bytes = Vec::with_capacity(chunk.len() * 64);
    bytes.extend_from_slice(cast_slice(&chunk.key));
    bytes.extend_from_slice(cast_slice(&chunk.ts));
    bytes.extend_from_slice(&chunk.kind);
    bytes.extend_from_slice(&chunk.flag);
    let (mut present, mut bit) = (0, 1);
    let mut add = |holds: bool, column: &[u8]| {
        if holds {
            present |= bit;
            bytes.extend_from_slice(column);
        }
        bit <<= 1;
    };
    for column in &chunk.words {
        add(column.iter().any(|code| *code != NONE), cast_slice(column));
    }
    for column in [&chunk.duration_ms, &chunk.value_minor, &chunk.updated_us] {
        add(column.iter().any(|value| *value != MISSING), cast_slice(column));
    }
    add(chunk.hash.iter().any(|hash| *hash != 0), cast_slice(&chunk.hash));
    (bytes, present)
}

fn append<T: bytemuck::Pod>(
    file: &mut File,
    column: &mut Vec<T>,
    rows: usize,
) -> std::io::Result<()> {
    let start = column.len();
    column.resize(start + rows, T::zeroed());
    file.read_exact(cast_slice_mut(&mut column[start..]))
}

#[cfg(test)]
mod tests {
    use super::super::super::words::Interner;
    use super::super::WORDS;
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_set_down() -> Result<()> {
        let spill = Spill::anywhere()?;
        let mut interners: [[Interner; WORDS.len()]; 2] = Default::default();
        let row = |key, word, duration_ms| {
            let mut words = [NONE; WORDS.len()];
            words[2] = word;
            let (value_minor, updated_us) = (MISSING, MISSING);
            Row {
                key,
                ts: 5,
                kind: 1,
                flag: 2,
                words,
                duration_ms,
                value_minor,
                hash: 0,
                updated_us,
            }
        };
        // The threads number the same words in another order.
        let (b, a) = (interners[0][2].code("b"), interners[1][2].code("a"));
        let mut first = Chunk::default();
        first.push(&row(7, b, 1_500));
        first.push(&row(8, NONE, MISSING));
        let mut second = Chunk::default();
        second.push(&row(9, a, MISSING));
        spill.put(4, 0, &first)?;
        spill.put(4, 1, &second)?;
        let vocabulary = Vocabulary::new(&interners.each_ref());
        let rows = spill.take(4, &vocabulary)?;
        let seen = rows.iter().map(|row| (row.key, row.words[2], row.duration_ms, row.hash));
        let expected = [(7, 1, 1_500, 0), (8, NONE, MISSING, 0), (9, 0, MISSING, 0)];
        assert_eq!(seen.collect::<Vec<_>>(), expected);
        assert!(spill.take(3, &vocabulary)?.is_empty());
        Ok(())
    }
}
