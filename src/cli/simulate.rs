//! `simulate`: the exports of an invented shop.

use std::path::Path;

use serde_json::json;

use crate::error::Result;
use crate::reports::{Cell, Column, Table};
use crate::simulate::{Format as Files, Shop, ShopParams, Written};

use super::Verdict;
use super::args::{FileFormat, Format, Global, SimulateArgs};
use super::printer::Printer;

/// Seed without `--seed`: any fixed number, so that two people see the same shop.
pub const DEFAULT_SEED: u64 = 7;

pub fn run(args: &SimulateArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let seed = global.seed.unwrap_or(DEFAULT_SEED);
    let mut params = ShopParams::new(args.contacts, seed).days(args.days);
    params = params.faults(args.faults).flags(!args.no_flags).turns(args.turns);
    if let Some(end) = args.end {
        params = params.end(end);
    }
    let format = match args.files {
        FileFormat::Csv => Files::Csv,
        FileFormat::Parquet => Files::Parquet,
    };
    let written = write(&params.check()?, &args.dir, format, printer)?;
    if printer.format == Format::Json {
        let files: Vec<_> = written
            .files
            .iter()
            .map(
                |f| json!({ "path": args.dir.join(&f.path).display().to_string(), "rows": f.rows }),
            )
            .collect();
        printer.json(&json!({ "seed": seed, "files": files }))?;
    } else {
        printer.table(&table(&written))?;
    }
    Ok(Verdict::Fine)
}

/// Writes the shop's files with progress.
pub fn write(shop: &Shop, dir: &Path, format: Files, printer: &Printer) -> Result<Written> {
    shop.write(dir, format, &|done| {
        printer.progress("simulating contacts", done);
    })
}

fn table(written: &Written) -> Table {
    let row = |file: &crate::simulate::WrittenFile| {
        vec![Cell::text(file.path.display().to_string()), Cell::Count(file.rows)]
    };
    Table {
        name: "files".to_owned(),
        caption: "Files written".to_owned(),
        columns: vec![Column::text("File"), Column::number("Rows")],
        rows: written.files.iter().map(row).collect(),
    }
}
