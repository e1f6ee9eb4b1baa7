//! The way that won, on the newest day, measure by measure.

use super::evidence::{Event, tested_on};
use super::shown::{decimal, interval, percent};
use crate::estimate::Estimate;
use crate::predict::churn::{Backtest, Newest};
use crate::predict::evidence::CalibrationSlope;
use crate::reports::{Cell, Column, Table, number};

pub fn table(backtest: &Backtest, event: &Event) -> Table {
    let newest = &backtest.newest;
    let mut rows = errors(newest);
    rows.extend(newest.auc.as_ref().map(|auc| {
        let means =
            "chance that a lost contact has a higher risk than one who was kept; 0.5 is chance";
        measure("AUC", decimal(auc.point, 3), interval(auc, 3), means)
    }));
    let means = "by how much risks are off on average, in percentage points";
    let off = percent(newest.calibration_error);
    rows.push(measure("Expected calibration error", off, none(), means));
    match newest.calibration.as_ref().map(|curve| (curve.slope.as_ref(), curve.no_slope.as_ref())) {
        Some((Some(line), _)) => rows.extend(of_line(line)),
        Some((None, Some(why))) => {
            rows.push(measure("Calibration slope", Cell::missing(why), none(), why));
        }
        _ => {}
    }
    rows.extend(newest.spiegelhalter.as_ref().map(|test| {
        let means =
            "whether the risks can be right to the last digit; many contacts show small errors";
        measure("Spiegelhalter test", Cell::PValue(test.p), none(), means)
    }));
    Table {
        name: format!("{}-newest", event.prefix),
        caption: format!("The {}, at the end of {}", backtest.winner.title(), tested_on(backtest)),
        columns: vec![
            Column::text("Measure"),
            Column::number("Value"),
            Column::number(format!("{} interval", number::percent(backtest.params.level, 0))),
            Column::text("What it says"),
        ],
        rows,
    }
}

fn errors(newest: &Newest) -> Vec<Vec<Cell>> {
    let (log_loss, brier) = (decimal(newest.log_loss, 4), decimal(newest.brier, 4));
    let mut rows = vec![
        measure("Log loss", log_loss, none(), "0 is perfect; punishes sure mistakes"),
        measure("Brier score", brier, none(), "mean squared error; 0 is perfect"),
    ];
    rows.extend(newest.brier_skill.map(|skill| {
        let means = "error taken off that of saying the same of everybody";
        measure("Brier skill", percent(skill), none(), means)
    }));
    rows
}

fn of_line(line: &CalibrationSlope) -> [Vec<Cell>; 2] {
    let row =
        |name, of: &Estimate, means| measure(name, decimal(of.point, 2), interval(of, 2), means);
    [
        row(
            "Calibration slope",
            &line.slope,
            "1 is right; below 1 risks are too extreme, above 1 too timid",
        ),
        row(
            "Calibration intercept",
            &line.intercept,
            "0 is right, with a slope of 1; above 0 risks are too low",
        ),
    ]
}

fn none() -> Cell {
    Cell::missing("has no interval")
}

fn measure(name: &str, value: Cell, interval: Cell, means: &str) -> Vec<Cell> {
    vec![Cell::text(name), value, interval, Cell::text(means)]
}
