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

type Reader = csv::Reader<std::io::Chain<Box<dyn BufRead + Send>, &'static [u8]>>;

fn open(path: &Path) -> Result<Reader> {
    let mut text = format::open(path)?;
    let start = text.fill_buf().map_err(|e| Error::io("read", path, e))?;
    let separator = separator(start);
    Ok(ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.chain(SENTINEL)))
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
    read_header(&mut open(path)?, path)
}

fn read_header(reader: &mut Reader, path: &Path) -> Result<Vec<String>> {
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|e| unreadable(path, e))?;
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
    names.map_err(|e| e.hint("save the file as UTF-8"))
}

pub fn read(path: &Path, wanted: &[String], send: &mut dyn FnMut(RawBatch) -> bool) -> Result<()> {
    let mut reader = open(path)?;
    let names = read_header(&mut reader, path)?;
    let positions: Vec<usize> =
        wanted.iter().filter_map(|name| names.iter().position(|n| n == name)).collect();
    let mut record = ByteRecord::new();
    let mut columns = TextColumns::new(wanted.len());
    while reader.read_byte_record(&mut record).map_err(|e| unreadable(path, e))? {
        let line = record.position().map_or(0, csv::Position::line);
        if is_sentinel(&record) {
            break;
        }
        refuse_open_quote(&record, path, line)?;
        push(&mut columns, &record, names.len(), &positions, line);
        if columns.is_full() && !send(columns.take()) {
            return Ok(());
        }
    }
    if !columns.is_empty() {
        send(columns.take());
    }
    Ok(())
}

fn push(columns: &mut TextColumns, record: &ByteRecord, width: usize, at: &[usize], line: u64) {
    if record.len() != width {
        let value = format!("{} fields, the header has {width}", record.len());
        return columns.fault(line, Rule::FieldCount, &value);
    }
    let mut cells = Vec::with_capacity(at.len());
    for &position in at {
        match std::str::from_utf8(&record[position]) {
            Ok(text) => cells.push(present(text)),
            Err(_) => {
                let value = String::from_utf8_lossy(&record[position]);
                return columns.fault(line, Rule::NotUtf8, &value);
            }
        }
    }
    columns.push(line, &cells);
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

fn unreadable(path: &Path, cause: csv::Error) -> Error {
    let line = cause.position().map(csv::Position::line);
    let error = Error::data("could not read the file").at_file(path).caused_by(cause);
    match line {
        Some(line) => error.at_line(line),
        None => error,
    }
}
