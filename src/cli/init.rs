//! `init`: a commented microseg.toml from export files.

use serde_json::json;

use crate::error::{Error, Result};
use crate::ingest::guess::{self, SourceGuess};
use crate::workspace::{SETTINGS_FILE, atomic};

use super::Verdict;
use super::args::{Format, InitArgs};
use super::printer::Printer;

pub fn run(args: &InitArgs, printer: &Printer) -> Result<Verdict> {
    let path = args.dir.join(SETTINGS_FILE);
    if path.exists() {
        return Err(Error::settings(format!("there is a {SETTINGS_FILE} already"))
            .at_file(&path)
            .hint("edit it, or name another folder"));
    }
    let guess = guess::guess(&args.from, &args.dir)?;
    atomic::write_file(&path, guess.toml.as_bytes())?;
    let shown = path.display().to_string();
    if printer.format == Format::Json {
        let sources: Vec<_> = guess.sources.iter().map(source).collect();
        printer.json(&json!({
            "path": shown, "works": guess.works, "sources": sources, "unsure": guess.unsure,
        }))?;
    } else {
        printer.line(&shown)?;
    }
    for text in &guess.unsure {
        printer.warn(text);
    }
    if guess.works {
        let dir = args.dir.display();
        printer.say(&format!(
            "next: microseg check --workspace {dir}, then microseg run --workspace {dir}"
        ));
        return Ok(Verdict::Fine);
    }
    printer.say("fill in what is marked in the file, then run `microseg check`");
    Ok(Verdict::No)
}

fn source(source: &SourceGuess) -> serde_json::Value {
    json!({
        "table": source.table.name(),
        "files": source.files,
        "columns": source.columns,
        "attributes": source.attributes,
        "not_mapped": source.not_mapped,
        "missing": source.missing,
    })
}
