//! Rows set down on disk between reading and writing, so that memory does not grow with them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytemuck::{cast_slice, cast_slice_mut};

use crate::error::{Error, Result};
use crate::lake::KEY_RANGES;

use super::super::words::NONE;
use super::chunk::{Chunk, MISSING};

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

    /// All rows of a range; words are translated by `rank(worker, column, code)`.
    pub fn take(&self, range: usize, rank: &dyn Fn(usize, usize, u32) -> u32) -> Result<Chunk> {
        let parts = self.lock().parts[range].clone();
        let rows: usize = parts.iter().map(|part| part.rows).sum();
        let mut all = Chunk::default();
        all.key.reserve_exact(rows);
        all.ts.reserve_exact(rows);
        for part in parts {
            let start = all.len();
            self.read(&part, &mut all).map_err(|e| self.failed(e))?;
            for (column, codes) in all.words.iter_mut().enumerate() {
                for code in &mut codes[start..] {
                    if *code != NONE {
                        *code = rank(part.worker, column, *code);
                    }
                }
            }
        }
        Ok(all)
    }

    fn read(&self, part: &Part, all: &mut Chunk) -> std::io::Result<()> {
        let mut inner = self.lock();
        inner.file.seek(SeekFrom::Start(part.offset))?;
        let file = &mut inner.file;
        append(file, &mut all.key, part.rows)?;
        append(file, &mut all.ts, part.rows)?;
        append(file, &mut all.kind, part.rows)?;
        append(file, &mut all.flag, part.rows)?;
        let mut bit = 1;
        let mut has = || {
            bit <<= 1;
            part.present & (bit >> 1) != 0
        };
        for column in &mut all.words {
            if has() {
                append(file, column, part.rows)?;
            }
        }
        let numbers = [&mut all.duration_ms, &mut all.value_minor, &mut all.updated_us];
        for column in numbers {
            if has() {
                append(file, column, part.rows)?;
            }
        }
        if has() {
            append(file, &mut all.hash, part.rows)?;
        }
        all.level();
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
    use super::super::chunk::Row;
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_set_down() -> Result<()> {
        let dir = tempfile::tempdir().map_err(|e| Error::internal(e.to_string()))?;
        let spill = Spill::new(dir.path())?;
        let row = |key, word, duration_ms| {
            let mut words = [NONE; 7];
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
        let mut first = Chunk::default();
        first.push(&row(7, 3, 1_500));
        first.push(&row(8, NONE, MISSING));
        let mut second = Chunk::default();
        second.push(&row(9, NONE, MISSING));
        spill.put(4, 0, &first)?;
        spill.put(4, 1, &second)?;
        let all = spill.take(4, &|worker, _, code| code + 10 * (worker as u32 + 1))?;
        assert_eq!(all.key, [7, 8, 9]);
        assert_eq!(all.words[2], [13, NONE, NONE]);
        assert_eq!(all.duration_ms, [1_500, MISSING, MISSING]);
        assert_eq!((all.hash.len(), all.words[0].len()), (3, 3));
        assert!(spill.take(3, &|_, _, code| code)?.is_empty());
        Ok(())
    }
}
