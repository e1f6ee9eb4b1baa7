//! Files of one shape: the same columns, and the same kind of event where the name tells it.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::super::events::is_known_kind;
use super::super::mapping::normal;
use super::super::source;
use super::sample;

/// Files that become one source.
pub struct Shape {
    pub files: Vec<PathBuf>,
    /// The event kind in the file's name (`opens.csv`), for files without a column of kinds.
    pub kind: Option<String>,
    /// True if somebody named the file, and not only its folder.
    pub is_explicit: bool,
    header: Vec<String>,
}

/// Shapes in the order of their first file, and the files of folders that could not be read.
pub struct Shapes {
    pub all: Vec<Shape>,
    pub unread: Vec<Error>,
}

impl Shapes {
    /// Reads the headers. A folder stands for the data files in it.
    pub fn of(paths: &[PathBuf]) -> Result<Self> {
        let mut shapes = Shapes { all: Vec::new(), unread: Vec::new() };
        for path in paths {
            if !path.is_dir() {
                shapes.add(path, true)?;
                continue;
            }
            for file in source::resolve(path, "")?.iter().filter(|f| is_data(f)) {
                if let Err(error) = shapes.add(file, false) {
                    shapes.unread.push(error);
                }
            }
        }
        Ok(shapes)
    }

    fn add(&mut self, file: &Path, is_explicit: bool) -> Result<()> {
        let mut header = sample::distinct_header(file)?;
        header.sort();
        let kind = kind_in_name(file);
        match self.all.iter_mut().find(|s| s.header == header && s.kind == kind) {
            Some(shape) if shape.files.iter().any(|f| f == file) => {}
            Some(shape) => shape.files.push(file.to_path_buf()),
            None => {
                let files = vec![file.to_path_buf()];
                self.all.push(Shape { files, kind, is_explicit, header });
            }
        }
        Ok(())
    }
}

impl Shape {
    /// The first file's name without its endings, in lower case.
    pub fn stem(&self) -> String {
        self.files.first().map_or_else(String::new, |file| stem(file))
    }

    /// The files as a message names them.
    pub fn name(&self) -> String {
        let first = self.files.first().and_then(|f| f.file_name()).unwrap_or_default();
        match self.files.len() {
            0 | 1 => first.to_string_lossy().into_owned(),
            n => format!("{} and {} more", first.to_string_lossy(), n - 1),
        }
    }
}

fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    normal(name.split('.').next().unwrap_or_default())
}

/// A kind, where the file's name has exactly one; `opens` stands for `open`.
fn kind_in_name(file: &Path) -> Option<String> {
    let stem = stem(file);
    let singular = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let mut kinds: Vec<String> = stem
        .split('_')
        .flat_map(|word| [word.to_owned(), singular(word)])
        .filter(|word| is_known_kind(word))
        .collect();
    kinds.dedup();
    if kinds.len() == 1 { kinds.pop() } else { None }
}

fn is_data(file: &Path) -> bool {
    const ENDINGS: [&str; 8] = ["csv", "tsv", "txt", "ndjson", "jsonl", "json", "parquet", "pq"];
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let ending = bare.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending) && !name.starts_with("readme") && !name.starts_with("license")
}
