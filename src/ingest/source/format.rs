//! Which format a file has, and opening it through its compression.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Ndjson,
    Parquet,
}

const BUFFER_BYTES: usize = 1 << 20;

/// The format by file name; by its first bytes where the name does not say.
pub fn detect(path: &Path) -> Result<Format> {
    let metadata = std::fs::metadata(path).map_err(|e| missing(path, e))?;
    if metadata.is_dir() {
        return Err(Error::data("a folder, where a file was expected")
            .at_file(path)
            .hint("name one file in it"));
    }
    if metadata.len() == 0 {
        return Err(Error::data("the file is empty").at_file(path).hint("export it again"));
    }
    let name = path.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit('.').next() {
        Some("csv" | "tsv" | "txt") => Ok(Format::Csv),
        Some("ndjson" | "jsonl" | "json") => Ok(Format::Ndjson),
        Some("parquet" | "pq") => Ok(Format::Parquet),
        _ => sniff(path),
    }
}

fn missing(path: &Path, cause: std::io::Error) -> Error {
    match cause.kind() {
        std::io::ErrorKind::NotFound => {
            Error::data("no such file").at_file(path).hint("check the path and the spelling")
        }
        _ => Error::io("open", path, cause),
    }
}

fn sniff(path: &Path) -> Result<Format> {
    let mut reader = open(path)?;
    let first = reader.fill_buf().map_err(|e| Error::io("read", path, e))?;
    Ok(if first.starts_with(b"PAR1") {
        Format::Parquet
    } else if first.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{') {
        Format::Ndjson
    } else {
        Format::Csv
    })
}

/// Opens a text file through its compression, without a byte-order mark.
pub fn open(path: &Path) -> Result<Box<dyn BufRead + Send>> {
    let file = File::open(path).map_err(|e| missing(path, e))?;
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, file);
    let magic = raw.fill_buf().map_err(|e| Error::io("read", path, e))?;
    let inner: Box<dyn Read + Send> = if magic.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(raw))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::Decoder::with_buffer(raw).map_err(|e| Error::io("decompress", path, e))?)
    } else {
        Box::new(raw)
    };
    let mut text = BufReader::with_capacity(BUFFER_BYTES, inner);
    let start = text.fill_buf().map_err(|e| Error::io("decompress", path, e))?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(Error::data("the file is UTF-16").at_file(path).hint("save it as UTF-8"));
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        text.consume(3);
    }
    Ok(Box::new(text))
}
