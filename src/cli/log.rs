//! Structured logs, on stderr.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

use super::args::Global;
use super::printer;

/// Form of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// A JSON object a line
    Json,
}

/// Sends what is traced to stderr: warnings with `--quiet`, everything with `--verbose`.
pub fn begin(format: LogFormat, global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => LevelFilter::WARN,
        (_, true) => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    };
    let logs = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(printer::log_writer)
        .with_target(false)
        .with_ansi(false);
    // Whoever began before goes on.
    let _ = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}
