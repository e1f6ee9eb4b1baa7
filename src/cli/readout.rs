//! `readout`: an experiment from one file with a row per recipient.

use std::path::Path;

use crate::error::{Error, Result};
use crate::experiments::{Readout, ReadoutParams};
use crate::ingest::flat::{FlatCounts, FlatRequest};
use crate::reports::readout::ReadoutContext;
use crate::reports::{self, Document, Stamp, number};
use crate::workspace::{fingerprint, sha256_of};

use super::args::{Format, Global};
use super::printer::Printer;
use super::readout_args::ReadoutArgs;
use super::readout_rows::{add_up, second_looks};
use super::{Verdict, check};

pub fn run(args: &ReadoutArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    refuse_twice(args)?;
    printer.progress("reading", 0);
    let request = FlatRequest {
        path: &args.file,
        key: &args.variant,
        texts: &args.by,
        numbers: &args.metrics,
    };
    let (tally, counts) = add_up(request).map_err(|e| e.at_file(&args.file))?;
    if tally.rows() == 0 {
        let error = counts.quarantine.unusable(counts.rows, &args.file);
        return Err(error.or_hint("check the columns named with --metric and --variant"));
    }
    let tally = tally.close(&args.by).map_err(|e| e.at_file(&args.file))?;
    let mut readout = params(args, global)?.check(tally.spec())?.read(&tally)?;
    readout.second_looks = second_looks(args, global, &readout)?;
    if let Some(out) = &args.out {
        let written = reports::write(&document(args, global, &readout, &counts)?, out)?;
        printer.say(&format!("report in {}", written.html.display()));
    }
    show(&readout, printer)?;
    judge(args, &readout, &counts, printer)
}

fn params(args: &ReadoutArgs, global: &Global) -> Result<ReadoutParams> {
    const POWER: f64 = 0.8;
    let mut params = ReadoutParams::new(name(&args.file), &args.control)
        .level(args.level)
        .alpha(args.alpha)
        .lower_is_better(lower_is_better(args))
        .wanted_lift(args.lift, POWER)
        .send_hours(args.send_time)
        .seed(global.seed.unwrap_or(0));
    if !args.shares.is_empty() {
        params = params.planned_shares(pairs("--share", "planned share", &args.shares)?);
    }
    for (metric, margin) in pairs("--guardrail", "guardrail", &args.guardrails)? {
        params = params.guardrail(metric, margin);
    }
    if let Some(margin) = args.margin {
        params = params.margin(margin);
    }
    Ok(params)
}

/// Metrics of which less is better: as typed, and those whose names say so.
fn lower_is_better(args: &ReadoutArgs) -> Vec<String> {
    const HARMS: [&str; 7] = ["unsub", "complain", "bounce", "spam", "refund", "optout", "opt_out"];
    let says_so = |metric: &&String| {
        let name = metric.to_lowercase();
        HARMS.iter().any(|harm| name.contains(harm))
    };
    let named = args.metrics.iter().filter(says_so);
    args.lower_is_better.iter().chain(named).cloned().collect()
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

pub(super) fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Numbers that were typed as NAME=NUMBER.
pub(super) fn pairs(option: &str, what: &str, texts: &[String]) -> Result<Vec<(String, f64)>> {
    let wrong = |text: &str| {
        Error::settings(format!("not a {what}"))
            .with_value(text)
            .hint(format!("write {option} NAME=0.5"))
    };
    let pair = |text: &String| {
        let (name, number) = text.rsplit_once('=').ok_or_else(|| wrong(text))?;
        Ok((name.to_owned(), number.parse().map_err(|_| wrong(text))?))
    };
    texts.iter().map(pair).collect()
}

fn show(readout: &Readout, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(readout),
        Format::Csv => printer.table(&reports::readout::all_comparisons_table(readout)),
        Format::Text => {
            if let Some(hours) = readout.send_time.as_ref().filter(|_| readout.is_trustworthy()) {
                printer.line(&hours.answer)?;
            }
            printer.line(&readout.recommendation)?;
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
            printer.table(&reports::readout::decisions_table(readout))?;
            printer.line("")?;
            printer.table(&reports::readout::arms_table(readout))?;
            printer.line("")?;
            printer.table(&reports::readout::comparisons_table(readout))?;
            if !readout.segments.is_empty() {
                printer.line("")?;
                printer.table(&reports::readout::segments_table(readout))?;
            }
            if !readout.second_looks.is_empty() {
                printer.line("")?;
                printer.table(&reports::readout::second_looks_table(readout))?;
            }
            for column in readout.segments.iter().filter(|c| readout.is_readable(&c.column)) {
                if let Some(found) = &column.personalisation {
                    printer.line(&format!("\nBy {}: {}", column.column, found.answer))?;
                }
            }
            Ok(())
        }
    }
}

fn document(
    args: &ReadoutArgs,
    global: &Global,
    readout: &Readout,
    counts: &FlatCounts,
) -> Result<Document> {
    let sha256 = sha256_of(&args.file)?;
    let file = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let context = ReadoutContext { facts: not_read(counts), ..ReadoutContext::default() };
    let advice = reports::readout::advice(readout);
    Ok(Document {
        title: format!("Readout of {}", name(&args.file)),
        answer: match too_many_rejected(args, counts) {
            Some(share) => format!(
                "Do not act on this file: {} of its rows are rejected, and those left may be others than \
                 those who were sent. {advice}",
                number::percent(share, 1)
            ),
            None => advice,
        },
        stamp: Stamp {
            as_of: global.as_of.clone().unwrap_or_else(|| "the file as given".to_owned()),
            seed: global.seed.unwrap_or(0),
            program: format!("microseg {}", env!("CARGO_PKG_VERSION")),
            settings_hash: fingerprint(&(&args.variant, &args.control, &args.metrics, &args.by))?,
            source: vec![
                ("File".to_owned(), file),
                ("SHA-256".to_owned(), sha256),
                ("Rows".to_owned(), number::count(counts.rows)),
                ("Rows rejected".to_owned(), number::count(counts.quarantine.len() as u64)),
                ("Rows without a variant".to_owned(), number::count(counts.without_key)),
            ],
        },
        sections: vec![reports::readout::section(readout, &context)],
    })
}

/// Rows that are in no number, in sentences.
fn not_read(counts: &FlatCounts) -> Vec<String> {
    let rejected = counts.quarantine.len() as u64;
    let rejected = (rejected > 0).then(|| {
        format!(
            "{} rows are rejected, each with all its metrics, because a cell is no number.",
            number::count(rejected)
        )
    });
    let without = (counts.without_key > 0)
        .then(|| format!("{} rows name no variant.", number::count(counts.without_key)));
    rejected.into_iter().chain(without).collect()
}

/// The share of rejected rows, where it is more than was allowed.
fn too_many_rejected(args: &ReadoutArgs, counts: &FlatCounts) -> Option<f64> {
    let share = counts.quarantine.len() as f64 / counts.rows as f64;
    Some(share).filter(|share| *share > args.max_bad_share)
}

fn judge(
    args: &ReadoutArgs,
    readout: &Readout,
    counts: &FlatCounts,
    printer: &Printer,
) -> Result<Verdict> {
    check::examples(&counts.quarantine, printer);
    let of_metrics = readout.metrics.iter().flat_map(|m| &m.warnings);
    readout.warnings.iter().chain(of_metrics).for_each(|w| printer.warn(&w.to_string()));
    if counts.without_key > 0 {
        let without = number::count(counts.without_key);
        printer.warn(&format!("{without} rows name no variant and are left out"));
    }
    if let Some(share) = too_many_rejected(args, counts) {
        printer.warn(&format!("{:.1} % of the rows are rejected", 100.0 * share));
        return Ok(Verdict::No);
    }
    Ok(if readout.is_trustworthy() { Verdict::Fine } else { Verdict::No })
}
