//! The only place that writes to stdout and stderr.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, ContentArrangement, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::reports::{self, Align, Table};

use super::args::{Format, Global};

/// Results to stdout, talk to stderr.
pub struct Printer {
    pub format: Format,
    is_quiet: bool,
    is_verbose: bool,
    bar: ProgressBar,
    last: Mutex<(String, Instant)>,
}

impl Printer {
    pub fn new(global: &Global) -> Self {
        let bar = if global.quiet || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            let style = ProgressStyle::with_template("{spinner} {msg}");
            let bar = ProgressBar::new_spinner();
            style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
        };
        Printer {
            format: global.format,
            is_quiet: global.quiet,
            is_verbose: global.verbose,
            bar,
            last: Mutex::new((String::new(), Instant::now())),
        }
    }

    /// A line of the result.
    pub fn line(&self, text: &str) -> Result<()> {
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// Raw bytes of the result.
    pub fn bytes(&self, bytes: &[u8]) -> Result<()> {
        self.bar.finish_and_clear();
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|e| Error::io("write the result", Path::new("stdout"), e))
    }

    /// A value as JSON.
    pub fn json<T: Serialize>(&self, value: &T) -> Result<()> {
        let mut bytes = serde_json::to_vec_pretty(value)
            .map_err(|e| Error::internal("the result could not be written as JSON").caused_by(e))?;
        bytes.push(b'\n');
        self.bytes(&bytes)
    }

    /// A table: aligned for people, or as CSV.
    pub fn table(&self, table: &Table) -> Result<()> {
        match self.format {
            Format::Csv => self.bytes(reports::csv::render(table)?.as_bytes()),
            _ => self.line(&drawn(table)),
        }
    }

    /// What is going on; silent with `--quiet`.
    pub fn say(&self, text: &str) {
        if !self.is_quiet {
            self.talk(text);
        }
    }

    /// A thing to be careful about; said even with `--quiet`.
    pub fn warn(&self, text: &str) {
        self.talk(&format!("warning: {text}"));
    }

    /// One line of what and where, one of what to do. A reader that went away is told nothing.
    pub fn error(&self, error: &Error) {
        if error.kind() == Kind::BrokenPipe {
            return;
        }
        let mut text = format!("error: {error}");
        if let Some(hint) = error.hint_text() {
            text.push_str(&format!("\nhint: {hint}"));
        }
        if error.kind() == Kind::Internal {
            text.push_str("\nThis is a defect of microseg; please report it with the command.");
        }
        self.talk(&text);
    }

    /// Progress on long work: a spinner on a terminal, and with `--verbose` a line a stage.
    pub fn progress(&self, what: &str, rows: u64) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_new = last.0 != what;
        if is_new && self.is_verbose {
            self.talk(what);
        }
        if is_new || last.1.elapsed() > Duration::from_millis(100) {
            let rows = match rows {
                0 => String::new(),
                rows => format!(": {} rows", reports::number::count(rows)),
            };
            self.bar.set_message(format!("{what}{rows}"));
            self.bar.tick();
            *last = (what.to_owned(), Instant::now());
        }
    }

    fn talk(&self, text: &str) {
        self.bar.suspend(|| {
            // Nobody is left to be told that stderr has gone.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        });
    }
}

/// Where logs go.
pub fn log_writer() -> std::io::Stderr {
    std::io::stderr()
}

fn drawn(table: &Table) -> String {
    let mut drawn = comfy_table::Table::new();
    drawn.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    drawn.set_header(table.columns.iter().map(|c| match &c.unit {
        Some(unit) => format!("{} ({unit})", c.name),
        None => c.name.clone(),
    }));
    for row in &table.rows {
        drawn.add_row(row.iter().map(reports::Cell::shown));
    }
    for (column, head) in drawn.column_iter_mut().zip(&table.columns) {
        column.set_padding((0, 2));
        if head.align == Align::Right {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = drawn.to_string();
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    format!("{}\n{}", table.caption, lines.join("\n"))
}
