//! `digest`: what changed since the last one.

use serde_json::json;

use crate::error::Result;
use crate::pipeline::Outcome;

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, source};

pub fn run(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, digest) = source::writing(global, printer, |_, p| p.digest())?;
    let page = digest.dir.join("report.html").display().to_string();
    match printer.format {
        Format::Json => printer.json(&json!({
            "path": page, "outcome": outcome, "digest": digest.state,
        }))?,
        _ => {
            digest.state.sentences.iter().for_each(|sentence| printer.say(sentence));
            if outcome == Outcome::UpToDate {
                printer.say("this digest was there already; it stays as it is");
            }
            printer.line(&page)?;
        }
    }
    Ok(Verdict::Fine)
}
