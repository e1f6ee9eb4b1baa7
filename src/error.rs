//! The crate's one error: what is wrong, where, and what to do about it.
//!
//! Messages are lower-case fragments that fit after "error: ". The [`Kind`] decides the process's
//! exit code, so every layer says which of the four it means.

use std::fmt;
use std::path::{Path, PathBuf};

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure this is; each has one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A check said no: bad data above the threshold, a sample-ratio mismatch. Exit code 1.
    Check,
    /// The command line or `microseg.toml` is wrong. Exit code 2.
    Settings,
    /// The data or the files are wrong. Exit code 3.
    Data,
    /// The reader of our output went away; not a failure. Exit code 0.
    BrokenPipe,
    /// A defect of this program. Exit code 70.
    Internal,
}

impl Kind {
    /// The process exit code for this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::BrokenPipe => 0,
            Kind::Check => 1,
            Kind::Settings => 2,
            Kind::Data => 3,
            Kind::Internal => 70,
        }
    }
}

/// Where in a file something is wrong. Lines count from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub file: Option<PathBuf>,
    pub line: Option<u64>,
    pub column: Option<String>,
    pub value: Option<String>,
}

/// The crate's error.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    kind: Kind,
    message: String,
    place: Box<Place>,
    hint: Option<String>,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), place: Box::default(), hint: None, cause: None }
    }

    /// A check that said no (exit code 1).
    pub fn check(message: impl Into<String>) -> Self {
        Self::new(Kind::Check, message)
    }

    /// A mistake on the command line or in the settings (exit code 2).
    pub fn settings(message: impl Into<String>) -> Self {
        Self::new(Kind::Settings, message)
    }

    /// Data or files that cannot be used (exit code 3).
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Kind::Data, message)
    }

    /// A defect of this program (exit code 70).
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }

    /// A failed operation on a file or folder; `doing` completes "could not …".
    pub fn io(doing: &str, path: &Path, cause: std::io::Error) -> Self {
        let kind = match cause.kind() {
            std::io::ErrorKind::BrokenPipe => Kind::BrokenPipe,
            _ => Kind::Data,
        };
        let hint = io_hint(cause.kind());
        Self::new(kind, format!("could not {doing}")).at_file(path).hint(hint).caused_by(cause)
    }

    #[must_use]
    pub fn at_file(mut self, file: &Path) -> Self {
        self.place.file = Some(file.to_path_buf());
        self
    }

    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.place.line = Some(line);
        self
    }

    #[must_use]
    pub fn at_column(mut self, column: impl Into<String>) -> Self {
        self.place.column = Some(column.into());
        self
    }

    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.place.value = Some(value.into());
        self
    }

    /// One sentence on what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A hint for an error that has none.
    #[must_use]
    pub fn or_hint(self, hint: impl Into<String>) -> Self {
        if self.hint.is_some() { self } else { self.hint(hint) }
    }

    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// An unknown name among known ones: names the nearest, or lists what there is.
    pub fn unknown<'a>(
        kind: Kind,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let error = Self::new(kind, format!("unknown {what} `{name}`"));
        match nearest(name, &known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.hint(format!("there is no {what} here at all")),
            None => error.hint(format!("known: {}", listed(&known))),
        }
    }
}

/// What to do about a failed operation on a file or folder.
fn io_hint(kind: std::io::ErrorKind) -> &'static str {
    use std::io::ErrorKind as Io;
    match kind {
        Io::NotFound => "check the path and the spelling",
        Io::PermissionDenied | Io::ReadOnlyFilesystem => "choose a place that you may write to",
        Io::AlreadyExists | Io::NotADirectory => "a file is in the way; choose another folder",
        Io::IsADirectory => "a folder is in the way; choose another name",
        Io::StorageFull => "make room on the disk",
        Io::UnexpectedEof | Io::InvalidData | Io::InvalidInput => {
            "the file is damaged or cut off; fetch it again"
        }
        _ => "check the path, and that it may be read and written",
    }
}

/// The known name that is most like `name`, if one is near enough to be a slip.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    known
        .iter()
        .map(|k| (strsim::jaro_winkler(&lower, &k.to_lowercase()), *k))
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, k)| k)
}

fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let mut text = names.iter().take(MOST).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(&format!(" and {} more", names.len() - MOST));
    }
    text
}

/// True for a text that may hold an email address, be it as part of an encoded URL.
pub fn has_address(text: &str) -> bool {
    text.contains('@') || text.contains("%40")
}

/// A value as it may be shown: short, and never an email address.
pub fn shown(value: &str) -> String {
    const MOST: usize = 60;
    if has_address(value) {
        return "(address withheld)".to_owned();
    }
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.place.file {
            write!(f, "{}", file.display())?;
            if let Some(line) = self.place.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        } else if let Some(line) = self.place.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(column) = &self.place.column {
            write!(f, " in column `{column}`")?;
        }
        if let Some(value) = &self.place.value {
            write!(f, ": {:?}", shown(value))?;
        }
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_what_and_what_to_do() {
        let error = Error::data("not a date")
            .at_file(Path::new("orders.csv"))
            .at_line(7)
            .at_column("ts")
            .with_value("31/31/2024");
        assert_eq!(error.to_string(), "orders.csv:7: not a date in column `ts`: \"31/31/2024\"");
        assert_eq!(error.kind().exit_code(), 3);
    }

    #[test]
    fn a_slip_in_a_name_is_answered_with_the_nearest() {
        let error =
            Error::unknown(Kind::Settings, "column", "CustmerID", ["CustomerID", "Country"]);
        assert_eq!(error.hint_text(), Some("did you mean `CustomerID`?"));
        let error = Error::unknown(Kind::Settings, "column", "zzz", ["a", "b"]);
        assert_eq!(error.hint_text(), Some("known: `a`, `b`"));
    }
}
