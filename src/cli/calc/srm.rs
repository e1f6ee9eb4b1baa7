//! `calc srm`: observed arms against their planned shares.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::experiments::{PlannedArm, RatioCheck, ratio_check};
use crate::reports::{Cell, Column, Table, number};

use super::super::Verdict;
use super::super::args::Format;
use super::super::printer::Printer;
use super::calc_args::SrmArgs;
use super::typed;

#[derive(Serialize)]
struct Answer<'a> {
    p_value: f64,
    #[serde(flatten)]
    check: &'a RatioCheck,
}

pub fn run(args: &SrmArgs, printer: &Printer) -> Result<Verdict> {
    typed::checked_alpha(args.alpha)?;
    let observed = typed::wholes("observed", &args.observed)?;
    let expected = match &args.expected {
        Some(text) => typed::numbers("expected", text)?,
        None => vec![1.0; observed.len()],
    };
    if observed.len() != expected.len() {
        return Err(Error::settings(format!(
            "{} arms are observed and {} expected",
            observed.len(),
            expected.len()
        ))
        .hint("give one planned share an arm, in the same order, or none for equal shares"));
    }
    let names: Vec<String> = (1..=observed.len()).map(|arm| arm.to_string()).collect();
    let arms: Vec<PlannedArm> = names
        .iter()
        .zip(observed.iter().zip(&expected))
        .map(|(name, (rows, weight))| PlannedArm { name, rows: *rows, weight: *weight })
        .collect();
    let check = ratio_check(&arms, args.alpha).map_err(typed::usage)?;
    show(&check, printer)?;
    Ok(if check.mismatch { Verdict::No } else { Verdict::Fine })
}

fn show(check: &RatioCheck, printer: &Printer) -> Result<()> {
    if printer.format == Format::Json {
        return printer.json(&Answer { p_value: check.p, check });
    }
    printer.table(&table(check))?;
    if let (Some(note), Format::Text) = (&check.note, printer.format) {
        printer.line(&format!("\n{note}"))?;
    }
    Ok(())
}

fn table(check: &RatioCheck) -> Table {
    let finding = if check.mismatch {
        "The arms do not have their planned shares"
    } else {
        "The arms fit their planned shares"
    };
    let rows = check.arms.iter().map(|arm| {
        vec![
            Cell::Id(arm.arm.clone()),
            Cell::Count(arm.rows),
            Cell::Number { value: arm.expected, decimals: 1 },
            Cell::Percent { value: arm.share_observed, decimals: 3 },
            Cell::Percent { value: arm.share_planned, decimals: 3 },
            arm.residual.map_or(Cell::missing("planned to be empty"), |value| Cell::Number {
                value,
                decimals: 2,
            }),
            Cell::PValue(check.p),
        ]
    });
    Table {
        name: "sample_ratio".to_owned(),
        caption: format!("{finding} ({}, {})", check.method, number::p_value(check.p)),
        columns: vec![
            Column::text("Arm"),
            Column::number("Observed"),
            Column::number("Expected"),
            Column::number("Share observed"),
            Column::number("Share planned"),
            Column::number("Residual"),
            Column::number("p"),
        ],
        rows: rows.collect(),
    }
}
