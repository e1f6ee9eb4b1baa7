//! `portfolio`: many experiments from one file.

use crate::error::{Error, Result};
use crate::experiments::{ManyPart, ManyTally, Portfolio, Readout, ReadoutParams};
use crate::ingest::flat::{FlatCounts, FlatPart, FlatRequest, FlatRows, fold_rows};
use crate::ingest::words::{Interner, NONE};
use crate::reports::{self, Document, Stamp, number};
use crate::workspace::{fingerprint, sha256_of};

use super::args::{Format, Global};
use super::printer::Printer;
use super::readout::pairs;
use super::readout_args::PortfolioArgs;
use super::{Verdict, check, readout};

pub fn run(args: &PortfolioArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    refuse_twice(args)?;
    printer.progress("reading", 0);
    let (tally, counts) = add_up(args).map_err(|e| e.at_file(&args.file))?;
    let (mut readouts, mut left_out) = (Vec::new(), Vec::new());
    let shares = pairs("--share", "planned share", &args.shares)?;
    for (name, tally) in tally.tallies() {
        let params = ReadoutParams::new(name, &args.control).planned_shares(shares.clone());
        match tally.and_then(|tally| params.check(tally.spec())?.read(&tally)) {
            Ok(readout) => readouts.push(readout),
            Err(why) => left_out.push((name.to_owned(), why)),
        }
    }
    if readouts.is_empty() {
        return Err(match left_out.into_iter().next() {
            Some((_, why)) => why.at_file(&args.file),
            None => counts
                .quarantine
                .unusable(counts.rows, &args.file)
                .or_hint("check the columns named with --experiment, --variant and --metric"),
        });
    }
    let left_out = left_out.iter();
    let left_out =
        left_out.map(|(name, why)| format!("experiment `{name}` is left out: {why}")).collect();
    let portfolio = Portfolio::of(&readouts, left_out, args.rate, args.any_dependence)?;
    if let Some(out) = &args.out {
        let written = reports::write(&document(args, global, &portfolio, &counts)?, out)?;
        printer.say(&format!("report in {}", written.html.display()));
    }
    show(&portfolio, printer)?;
    portfolio.left_out.iter().for_each(|why| printer.warn(why));
    judge(args, &readouts, &counts, printer)
}

fn refuse_twice(args: &PortfolioArgs) -> Result<()> {
    let columns = [&args.experiment, &args.variant, &args.metric];
    let twice = (0..3).find(|place| columns[..*place].contains(&columns[*place]));
    twice.map_or(Ok(()), |place| {
        Err(Error::settings("a column is named twice")
            .at_column(&**columns[place])
            .hint("experiment, variant and metric are three columns"))
    })
}

fn add_up(args: &PortfolioArgs) -> Result<(ManyTally, FlatCounts)> {
    let metrics = [args.metric.clone()];
    let texts = [args.variant.clone()];
    let request =
        FlatRequest { path: &args.file, key: &args.experiment, texts: &texts, numbers: &metrics };
    let mut tally = ManyTally::new(&metrics);
    let add = |part: &mut ManyPart, rows: FlatRows<'_>| {
        part.add(rows.keys, (&rows.texts[0], NONE), &metrics, rows.numbers)
    };
    let counts =
        fold_rows(request, &ManyPart::default(), &add, &mut |part: FlatPart<ManyPart>| {
            tally.absorb(&part.sums, &names(&part.keys), &names(&part.texts[0]));
            Ok(())
        })?;
    Ok((tally, counts))
}

/// By code.
fn names(words: &Interner) -> Vec<&str> {
    (0..words.len() as u32).map(|code| words.text(code)).collect()
}

fn show(portfolio: &Portfolio, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(portfolio),
        Format::Csv => printer.table(&reports::portfolio::table(portfolio)),
        Format::Text => {
            printer.line(&format!("{}\n", portfolio.answer))?;
            printer.table(&reports::portfolio::table(portfolio))
        }
    }
}

fn document(
    args: &PortfolioArgs,
    global: &Global,
    portfolio: &Portfolio,
    counts: &FlatCounts,
) -> Result<Document> {
    let file = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let asked = (&args.experiment, &args.variant, &args.control, &args.metric);
    Ok(Document {
        title: format!("Experiments of {}", readout::name(&args.file)),
        answer: portfolio.answer.clone(),
        stamp: Stamp {
            as_of: global.as_of.clone().unwrap_or_else(|| "the file as given".to_owned()),
            seed: global.seed.unwrap_or(0),
            program: format!("microseg {}", env!("CARGO_PKG_VERSION")),
            settings_hash: fingerprint(&asked)?,
            source: vec![
                ("File".to_owned(), file),
                ("SHA-256".to_owned(), sha256_of(&args.file)?),
                ("Rows".to_owned(), number::count(counts.rows)),
            ],
        },
        sections: vec![reports::portfolio::section(portfolio)],
    })
}

fn judge(
    args: &PortfolioArgs,
    readouts: &[Readout],
    counts: &FlatCounts,
    printer: &Printer,
) -> Result<Verdict> {
    check::examples(&counts.quarantine, printer);
    let share = counts.quarantine.len() as f64 / counts.rows as f64;
    if share > args.max_bad_share {
        printer.warn(&format!("{:.1} % of the rows are rejected", 100.0 * share));
        return Ok(Verdict::No);
    }
    let sound = readouts.iter().all(Readout::is_trustworthy);
    Ok(if sound { Verdict::Fine } else { Verdict::No })
}
