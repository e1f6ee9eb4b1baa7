//! The commands on one order file.

use std::time::Instant;

use crate::error::Result;
use crate::ingest::exponent;
use crate::predict::outlook::{OutlookInput, outlook};

use super::super::args::Global;
use super::super::printer::Printer;
use super::super::{Verdict, order_file};
use super::file::OrderFile;
use super::outlook_args::OrderFileArgs;
use super::result::{FileResult, Question};

/// Who will not order, and how sure that is.
pub fn churn(args: &OrderFileArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    ask(args, global, printer, Question::Churn)
}

/// What contacts will be worth.
pub fn clv(args: &OrderFileArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    ask(args, global, printer, Question::Value)
}

fn ask(
    args: &OrderFileArgs,
    global: &Global,
    printer: &Printer,
    question: Question,
) -> Result<Verdict> {
    // What is wrong with the options is said before a large file is read.
    let params = args.params(question == Question::Churn)?;
    let started = Instant::now();
    let file = OrderFile::read(args, global, printer)?;
    let reading = started.elapsed();
    let progress = |what: &str| printer.progress(what, 0);
    let outlook = outlook(&OutlookInput {
        book: &file.book,
        until: file.until,
        params: &params,
        minor_per_major: 10f64.powi(exponent(&file.currency) as i32),
        more: &|_, _| Ok(Vec::new()),
        progress: &progress,
    })?;
    if let Some((_, last)) = file.book.span()
        && file.until - last > outlook.horizon.days as i32
    {
        printer.warn(&format!(
            "the last order is {} days before the last day that counts: is the file complete up to it?",
            file.until - last
        ));
    }
    let result =
        FileResult { file: &file, outlook: &outlook, question, reading, is_brief: args.brief };
    result.show(printer)?;
    Ok(order_file::judge(&file.orders, args.max_bad_share, printer))
}
