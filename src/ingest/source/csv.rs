//! CSV: separator found from the header, rows of the wrong width and broken UTF-8 set aside by line.

use std::io::{BufRead, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use crate::error::{Error, Result};

use super::super::quarantine::Rule;
use super::{RawBatch, TextColumns, format, present};

/// A last line of our own. A reader that is inside an open quote at the end of the file swallows it
/// into a field; any other reader returns it as a record of its own.
const SENTINEL: &[u8] = b"\n\x01end of file\x01\n";

/// The separator, the width, and where the wanted columns are.
pub struct Layout {
    separator: u8,
    width: usize,
    positions: Vec<usize>,
}

/// Whole records of a file, from a line on.
pub struct Text {
    pub bytes: Vec<u8>,
    pub first_line: u64,
    pub is_last: bool,
}

fn reader<R: Read>(text: R, separator: u8) -> csv::Reader<R> {
    ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text)
}

/// The separator that the first line has most of, outside quotes; a comma if it has none.
fn separator(start: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0), (b'|', 0)];
    for &byte in start.iter().take_while(|b| !matches!(b, b'\n' | b'\r')) {
        quoted ^= byte == b'"';
        if let Some(count) = counts.iter_mut().find(|(s, _)| *s == byte && !quoted) {
            count.1 += 1;
        }
    }
    let most = counts.iter().map(|c| c.1).max().unwrap_or(0);
    counts.iter().find(|c| c.1 == most).map_or(b',', |c| c.0)
}

pub fn header(path: &Path) -> Result<Vec<String>> {
    Ok(open_header(path)?.0)
}

/// The names of the columns, and the separator.
fn open_header(path: &Path) -> Result<(Vec<String>, u8)> {
    let mut text = format::open(path)?;
    let start = text.fill_buf().map_err(|e| Error::io("read", path, e))?;
    let separator = separator(start);
    let mut record = ByteRecord::new();
    let mut reader = reader(text.chain(SENTINEL), separator);
    reader.read_byte_record(&mut record).map_err(|e| unreadable(path, 1, e))?;
    if is_sentinel(&record) {
        return Err(Error::data("the file is empty").at_file(path).hint("export it again"));
    }
    let names: Result<Vec<String>> = record
        .iter()
        .map(|name| match std::str::from_utf8(name) {
            Ok(name) => Ok(name.trim().to_owned()),
            Err(_) => Err(Error::data("the header is not UTF-8").at_file(path).at_line(1)),
        })
        .collect();
    Ok((names.map_err(|e| e.hint("save the file as UTF-8"))?, separator))
}

impl Layout {
    pub fn new(path: &Path, wanted: &[String]) -> Result<Self> {
        let (names, separator) = open_header(path)?;
        let position = |name: &String| names.iter().position(|n| n == name);
        let positions = wanted.iter().filter_map(position).collect();
        Ok(Layout { separator, width: names.len(), positions })
    }

    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads some records; the first of the file is the header.
    pub fn read(
        &self,
        path: &Path,
        text: Text,
        take: &mut dyn FnMut(RawBatch) -> bool,
    ) -> Result<()> {
        let end = if text.is_last { SENTINEL } else { &[] };
        let mut reader = reader(text.bytes.as_slice().chain(end), self.separator);
        let mut record = ByteRecord::new();
        let mut columns = TextColumns::new(self.positions.len());
        let before = text.first_line - 1;
        let mut is_header = text.first_line == 1;
        let failed = |e| unreadable(path, text.first_line, e);
        while reader.read_byte_record(&mut record).map_err(failed)? {
            let line = before + line_of(&record, &text.bytes);
            if std::mem::take(&mut is_header) {
                continue;
            }
            if is_sentinel(&record) {
                break;
            }
            refuse_open_quote(&record, path, line)?;
            self.push(&mut columns, &record, line);
            if columns.is_full() && !take(columns.take()) {
                return Ok(());
            }
        }
        if !columns.is_empty() {
            take(columns.take());
        }
        Ok(())
    }

    fn push(&self, columns: &mut TextColumns, record: &ByteRecord, line: u64) {
        if record.len() != self.width {
            let value = format!("{} fields, the header has {}", record.len(), self.width);
            return columns.fault(line, Rule::FieldCount, &value);
        }
        let broken = |&&at: &&usize| std::str::from_utf8(&record[at]).is_err();
        if let Some(&at) = self.positions.iter().find(broken) {
            let value = String::from_utf8_lossy(&record[at]).into_owned();
            return columns.fault(line, Rule::NotUtf8, &value);
        }
        columns.push(
            line,
            self.positions
                .iter()
                .map(|&at| std::str::from_utf8(&record[at]).ok().and_then(present)),
        );
    }
}

/// The line of a record in `bytes`. The reader's position is where the record before it ended, before
/// line ends and empty lines that it skips.
fn line_of(record: &ByteRecord, bytes: &[u8]) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let skipped = bytes.get(position.byte() as usize..).unwrap_or_default().iter();
    let skipped = skipped.take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
}

fn is_sentinel(record: &ByteRecord) -> bool {
    record.len() == 1 && record[0] == SENTINEL[1..SENTINEL.len() - 1]
}

fn refuse_open_quote(record: &ByteRecord, path: &Path, line: u64) -> Result<()> {
    let last = record.get(record.len().wrapping_sub(1)).unwrap_or_default();
    if !last.ends_with(SENTINEL) {
        return Ok(());
    }
    Err(Error::data("a quote opened in this row is never closed")
        .at_file(path)
        .at_line(line)
        .hint("close the quote, or double it if it is part of the text"))
}

fn unreadable(path: &Path, first_line: u64, cause: csv::Error) -> Error {
    let line = cause.position().map(|at| first_line - 1 + at.line());
    let error = Error::data("could not read the file").at_file(path).caused_by(cause);
    match line {
        Some(line) => error.at_line(line),
        None => error,
    }
}
