//! `calc adjust`: the p-values of a family.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::experiments::{Adjustment, selected_level};
use crate::reports::{Cell, Column, Table};

use super::super::Verdict;
use super::super::args::Format;
use super::super::printer::Printer;
use super::calc_args::AdjustArgs;
use super::typed;

#[derive(Serialize)]
struct Answer {
    method: String,
    alpha: f64,
    /// The m of the correction.
    tested: usize,
    excluded: usize,
    significant: usize,
    /// At which level to show intervals: of all tested, or after bh and by of the significant ones.
    interval_level: Option<f64>,
    p_values: Vec<One>,
}

#[derive(Serialize)]
struct One {
    p_value: Option<f64>,
    adjusted: Option<f64>,
    significant: bool,
}

pub fn run(args: &AdjustArgs, printer: &Printer) -> Result<Verdict> {
    typed::checked_alpha(args.alpha)?;
    let p = typed::p_values(&args.p)?;
    let method = Adjustment::from(args.method);
    let adjusted = method.of(&p);
    if adjusted.tested == 0 {
        return Err(Error::settings("--p holds no p-value").hint("write --p 0.01,0.04,0.2"));
    }
    let known = |p: f64| (!p.is_nan()).then_some(p);
    let one = |(p, adjusted): (&f64, &f64)| One {
        p_value: known(*p),
        adjusted: known(*adjusted),
        significant: *adjusted <= args.alpha,
    };
    let p_values: Vec<One> = p.iter().zip(&adjusted.p).map(one).collect();
    let significant = p_values.iter().filter(|one| one.significant).count();
    let answer = Answer {
        method: method.to_string(),
        alpha: args.alpha,
        tested: adjusted.tested,
        excluded: adjusted.excluded,
        significant,
        interval_level: interval_level(method, significant, adjusted.tested, args.alpha)?,
        p_values,
    };
    match printer.format {
        Format::Json => printer.json(&answer)?,
        _ => printer.table(&table(&answer))?,
    }
    Ok(Verdict::Fine)
}

/// Simultaneous intervals of all, or those of the selected that hold the false coverage rate.
fn interval_level(
    method: Adjustment,
    significant: usize,
    tested: usize,
    alpha: f64,
) -> Result<Option<f64>> {
    let m = tested as f64;
    let selected = |rate: f64| Ok(selected_level(significant, tested, rate)?.map(|l| l.get()));
    match method {
        Adjustment::BenjaminiHochberg => selected(alpha),
        // Under any dependence, as the test itself.
        Adjustment::BenjaminiYekutieli => {
            selected(alpha / (1..=tested).map(|j| 1.0 / j as f64).sum::<f64>())
        }
        Adjustment::Sidak => Ok(Some((1.0 - alpha).powf(1.0 / m))),
        _ => Ok(Some(1.0 - alpha / m)),
    }
}

fn table(answer: &Answer) -> Table {
    let rows = answer.p_values.iter().map(|one| {
        vec![
            one.p_value.map_or(Cell::missing("no p-value"), number),
            one.adjusted.map_or(Cell::missing("not in the family"), number),
            Cell::text(match (one.adjusted, one.significant) {
                (None, _) => "left out",
                (_, true) => "significant",
                (_, false) => "not significant",
            }),
        ]
    });
    let level = answer
        .interval_level
        .map_or(String::new(), |level| format!("; intervals at {:.4}%", 100.0 * level));
    Table {
        name: "adjusted".to_owned(),
        caption: format!(
            "{} of {} tests are significant at {} by {}{level}",
            answer.significant, answer.tested, answer.alpha, answer.method
        ),
        columns: vec![Column::number("p"), Column::number("Adjusted p"), Column::text("Finding")],
        rows: rows.collect(),
    }
}

fn number(value: f64) -> Cell {
    Cell::Number { value, decimals: 6 }
}
