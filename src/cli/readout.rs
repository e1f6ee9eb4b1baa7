//! `readout`: an experiment from one file with a row per recipient.

use crate::error::{Error, Result};
use crate::experiments::{Levels, MetricValues, Readout, ReadoutParams, Units};
use crate::ingest::flat::{FlatColumns, read_columns};
use crate::ingest::words::{NONE, WordColumn};
use crate::reports::readout::ReadoutContext;
use crate::reports::{self, Document, Stamp, number};
use crate::workspace::{fingerprint, sha256_of};

use super::args::{Format, Global, ReadoutArgs};
use super::printer::Printer;
use super::{Verdict, check};

pub fn run(args: &ReadoutArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    refuse_twice(args)?;
    printer.progress("reading", 0);
    let mut texts = vec![args.variant.clone()];
    texts.extend(args.by.iter().cloned());
    let mut columns = read_columns(&args.file, &texts, &args.metrics)?;
    let without = drop_rows_without_variant(&mut columns);
    if columns.texts[0].codes.is_empty() {
        let error = columns.quarantine.unusable(columns.rows, &args.file);
        return Err(error.or_hint("check the columns named with --metric and --variant"));
    }
    let units = units(args, &mut columns);
    let tally = units.tally().map_err(|e| e.at_file(&args.file))?;
    let mut params =
        ReadoutParams::new(name(args), &args.control).level(args.level).alpha(args.alpha);
    if !args.shares.is_empty() {
        params = params.planned_shares(shares(&args.shares)?);
    }
    let readout = params.check(tally.spec())?.read(&tally)?;
    if let Some(out) = &args.out {
        let written = reports::write(&document(args, global, &readout, &columns)?, out)?;
        printer.say(&format!("report in {}", written.html.display()));
    }
    show(&readout, printer)?;
    judge(args, &readout, &columns, without, printer)
}

fn refuse_twice(args: &ReadoutArgs) -> Result<()> {
    let mut names: Vec<&String> =
        std::iter::once(&args.variant).chain(&args.by).chain(&args.metrics).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::settings("a column is named twice")
            .at_column(&**pair[0])
            .hint("a column is the variant, a metric or a breakdown, once")),
        None => Ok(()),
    }
}

fn name(args: &ReadoutArgs) -> String {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Recipients in no arm: counted, and left out of every number.
fn drop_rows_without_variant(columns: &mut FlatColumns) -> u64 {
    let keep: Vec<bool> = columns.texts[0].codes.iter().map(|code| *code != NONE).collect();
    let kept = |row: &mut usize| {
        *row += 1;
        keep[*row - 1]
    };
    for text in &mut columns.texts {
        let mut row = 0;
        text.codes.retain(|_| kept(&mut row));
    }
    for numbers in &mut columns.numbers {
        let mut row = 0;
        numbers.retain(|_| kept(&mut row));
    }
    keep.iter().filter(|keep| !**keep).count() as u64
}

fn units(args: &ReadoutArgs, columns: &mut FlatColumns) -> Units {
    let mut levels = columns.texts.iter().map(levels);
    let arms = levels.next().unwrap_or_default();
    let segments = args.by.iter().cloned().zip(levels).collect();
    let numbers = std::mem::take(&mut columns.numbers);
    let metrics = args.metrics.iter().zip(numbers).map(|(name, values)| MetricValues {
        name: name.clone(),
        is_proportion: None,
        values,
    });
    Units { arms, metrics: metrics.collect(), segments }
}

fn levels(column: &WordColumn) -> Levels {
    let text = |code: &u32| (*code != NONE).then(|| column.words.text(*code));
    Levels::of(column.codes.iter().map(text))
}

fn shares(texts: &[String]) -> Result<Vec<(String, f64)>> {
    let wrong = |text: &str| {
        Error::settings("not a planned share").with_value(text).hint("write --share NAME=0.5")
    };
    let share = |text: &String| {
        let (arm, share) = text.rsplit_once('=').ok_or_else(|| wrong(text))?;
        Ok((arm.to_owned(), share.parse().map_err(|_| wrong(text))?))
    };
    texts.iter().map(share).collect()
}

fn show(readout: &Readout, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(readout),
        Format::Csv => printer.table(&reports::readout::all_comparisons_table(readout)),
        Format::Text => {
            printer.line(&readout.answer)?;
            readout.segment_answers.iter().try_for_each(|text| printer.line(text))?;
            printer.line("")?;
            let check = &readout.sample_ratio;
            printer.line(&format!(
                "Sample ratio: {} = {} on {} df, {}\n",
                check.method,
                number::decimal(check.chi_squared, 4),
                check.df,
                number::p_value(check.p)
            ))?;
            printer.table(&reports::readout::arms_table(readout))?;
            printer.line("")?;
            printer.table(&reports::readout::comparisons_table(readout))?;
            if !readout.segments.is_empty() {
                printer.line("")?;
                printer.table(&reports::readout::segments_table(readout))?;
            }
            Ok(())
        }
    }
}

fn document(
    args: &ReadoutArgs,
    global: &Global,
    readout: &Readout,
    columns: &FlatColumns,
) -> Result<Document> {
    let sha256 = sha256_of(&args.file)?;
    let file = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let context = ReadoutContext { question: None, currency: None, facts: Vec::new() };
    Ok(Document {
        title: format!("Readout of {}", name(args)),
        answer: readout.answer.clone(),
        stamp: Stamp {
            as_of: global.as_of.clone().unwrap_or_else(|| "the file as given".to_owned()),
            seed: global.seed.unwrap_or(0),
            program: format!("microseg {}", env!("CARGO_PKG_VERSION")),
            settings_hash: fingerprint(&(&args.variant, &args.control, &args.metrics, &args.by))?,
            source: vec![
                ("File".to_owned(), file),
                ("SHA-256".to_owned(), sha256),
                ("Rows".to_owned(), number::count(columns.rows)),
            ],
        },
        sections: vec![reports::readout::section(readout, &context)],
    })
}

fn judge(
    args: &ReadoutArgs,
    readout: &Readout,
    columns: &FlatColumns,
    without: u64,
    printer: &Printer,
) -> Result<Verdict> {
    check::examples(&columns.quarantine, printer);
    let of_metrics = readout.metrics.iter().flat_map(|m| &m.warnings);
    readout.warnings.iter().chain(of_metrics).for_each(|w| printer.warn(&w.to_string()));
    if without > 0 {
        printer.warn(&format!("{} rows name no variant and are left out", number::count(without)));
    }
    let share = columns.quarantine.len() as f64 / columns.rows as f64;
    if share > args.max_bad_share {
        printer.warn(&format!("{:.1} % of the rows are rejected", 100.0 * share));
        return Ok(Verdict::No);
    }
    Ok(if readout.sample_ratio.mismatch { Verdict::No } else { Verdict::Fine })
}
