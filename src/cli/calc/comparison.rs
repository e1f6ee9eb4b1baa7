//! Two arms compared, as they are shown.

use serde::Serialize;

use crate::error::Result;
use crate::estimate::Estimate;
use crate::experiments::design::Remaining;
use crate::experiments::{Effect, MarginTest, RelativeLift, SetKind};
use crate::reports::{Cell, Column, Table, number};

use super::super::args::Format;
use super::super::printer::Printer;

/// A number with its interval. Where the values that are not rejected are no interval, it has no bounds,
/// and `kind` says what they are.
#[derive(Debug, Serialize)]
pub struct Interval {
    pub point: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub level: f64,
    pub method: &'static str,
    pub kind: SetKind,
    /// Where the set is a complement: the bounds between which values are rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<(f64, f64)>,
}

impl Interval {
    pub fn of(estimate: &Estimate) -> Self {
        Self::with(estimate, SetKind::Bounded, 0.0)
    }

    pub fn of_lift(lift: &RelativeLift) -> Self {
        Self::with(&lift.estimate, lift.kind, 0.0)
    }

    /// Treatment over control: the lift and 1. `bounds` are taken instead of the lift's, where they are
    /// known more precisely.
    pub fn of_ratio(lift: &RelativeLift, bounds: Option<(f64, f64)>) -> Self {
        let mut ratio = Self::with(&lift.estimate, lift.kind, 1.0);
        if let (Some((low, high)), true) = (bounds, ratio.rejected.is_none()) {
            (ratio.lower, ratio.upper) = (finite(low), finite(high));
        }
        ratio
    }

    fn with(estimate: &Estimate, kind: SetKind, shift: f64) -> Self {
        let (low, high) = (estimate.low + shift, estimate.high + shift);
        let has_bounds = kind != SetKind::Complement;
        Interval {
            point: finite(estimate.point + shift),
            lower: if has_bounds { finite(low) } else { None },
            upper: if has_bounds { finite(high) } else { None },
            level: estimate.level,
            method: estimate.method,
            kind,
            rejected: (!has_bounds).then_some((low, high)),
        }
    }

    fn row(&self, name: &str, p: Option<f64>) -> Vec<Cell> {
        let point = self.point.unwrap_or(f64::NAN);
        let decimals = decimals(point);
        let low = self.lower.unwrap_or(f64::NEG_INFINITY);
        let high = self.upper.unwrap_or(f64::INFINITY);
        let interval = match self.rejected {
            None => Cell::Interval { low, high, percent: false, decimals },
            Some(_) => Cell::missing("the values that are not rejected are no interval"),
        };
        vec![
            Cell::text(name),
            match self.point {
                Some(value) => Cell::Number { value, decimals },
                None => Cell::missing("the control is zero"),
            },
            interval,
            p.map_or(Cell::missing("one test for all of them"), Cell::PValue),
            Cell::text(self.method),
        ]
    }

    /// What to say of a set that is no interval.
    fn remark(&self) -> Option<String> {
        match (self.kind, self.rejected) {
            (SetKind::Complement, Some((low, high))) => Some(format!(
                "the ratio may be anything outside {} to {}: the control is not distinguishable from 0",
                shown(low),
                shown(high)
            )),
            (SetKind::WholeLine, _) => Some("the ratio may be anything".to_owned()),
            (SetKind::UnboundedAbove, _) => {
                Some("the control may be zero, so the ratio has no upper bound".to_owned())
            }
            (SetKind::Undefined, _) => Some("the control is zero, so there is no ratio".to_owned()),
            _ => None,
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Two arms compared, and what belongs to the kind of metric.
#[derive(Debug, Serialize)]
pub struct Comparison<A, M> {
    pub control: A,
    pub treatment: A,
    pub difference: Interval,
    pub ratio: Option<Interval>,
    pub relative_lift: Option<Interval>,
    pub statistic: &'static str,
    pub statistic_value: f64,
    pub df: Option<f64>,
    pub p_value: f64,
    pub ln_p_value: Option<f64>,
    pub method: &'static str,
    pub alpha: f64,
    pub significant: bool,
    pub margin: Option<MarginTest>,
    pub still_needed: Option<Remaining>,
    #[serde(flatten)]
    pub more: M,
}

impl<A: Serialize, M: Serialize> Comparison<A, M> {
    pub fn new(
        arms: (A, A),
        effect: &Effect,
        ratio: Option<Interval>,
        alpha: f64,
        more: M,
    ) -> Self {
        Comparison {
            control: arms.0,
            treatment: arms.1,
            difference: Interval::of(&effect.difference),
            ratio,
            relative_lift: effect.relative_lift.as_ref().map(Interval::of_lift),
            statistic: effect.statistic.name,
            statistic_value: effect.statistic.value,
            df: effect.df,
            p_value: effect.p,
            ln_p_value: finite(effect.ln_p),
            method: effect.p_method,
            alpha,
            significant: effect.p <= alpha,
            margin: None,
            still_needed: None,
            more,
        }
    }

    /// Prints it: the arms' own rows first, lines of talk after the table.
    pub fn show(&self, arms: Vec<Vec<Cell>>, lines: &[String], printer: &Printer) -> Result<()> {
        match printer.format {
            Format::Json => printer.json(self),
            Format::Csv => printer.table(&self.table(arms)),
            Format::Text => {
                printer.table(&self.table(arms))?;
                let own = self.lines();
                if own.is_empty() && lines.is_empty() {
                    return Ok(());
                }
                printer.line("")?;
                own.iter().chain(lines).try_for_each(|line| printer.line(line))
            }
        }
    }

    fn table(&self, mut rows: Vec<Vec<Cell>>) -> Table {
        rows.push(self.difference.row("difference", Some(self.p_value)));
        rows.extend(self.ratio.as_ref().map(|ratio| ratio.row("ratio", None)));
        rows.extend(self.relative_lift.as_ref().map(|lift| lift.row("relative lift", None)));
        let percent = format!("{:.6}", 100.0 * self.difference.level);
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        Table {
            name: "comparison".to_owned(),
            caption: format!(
                "Treatment against control: {} (p from the {}, intervals at {percent}%)",
                if self.significant { "they differ" } else { "no difference found" },
                self.method
            ),
            columns: vec![
                Column::text("Quantity"),
                Column::number("Estimate"),
                Column::number("Interval"),
                Column::number("p"),
                Column::text("Method"),
            ],
            rows,
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.ratio.iter().filter_map(Interval::remark).map(|text| sentence(&text)).collect();
        if let Some(margin) = &self.margin {
            let is = |p: f64, shown: &str, open: &str| {
                let words = if p <= self.alpha { shown } else { open };
                format!("{words} ({})", number::p_value(p))
            };
            lines.push(format!(
                "Within a margin of {}: the treatment is {}, {}, {}.",
                shown(margin.upper),
                is(margin.p_not_lower, "not lower", "possibly lower"),
                is(margin.p_not_higher, "not higher", "possibly higher"),
                is(margin.p_equivalent, "practically equal", "possibly not equal")
            ));
        }
        if let Some(needed) = &self.still_needed {
            let recipients = match needed.recipients {
                Some(0) => "no further recipients are needed".to_owned(),
                Some(n) => format!("{} more recipients are needed", number::count(n)),
                None => "more recipients than can be counted are needed".to_owned(),
            };
            lines.push(format!(
                "The power for the wanted lift is {} so far; {recipients}.",
                number::percent(needed.power_now, 1)
            ));
        }
        lines
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// A row for one arm.
pub fn arm_row(name: &str, estimate: Option<&Estimate>) -> Vec<Cell> {
    match estimate {
        Some(estimate) => Interval::of(estimate).row(name, None),
        None => vec![
            Cell::text(name),
            Cell::missing("no rows"),
            Cell::missing("no rows"),
            Cell::missing("no rows"),
            Cell::missing("no rows"),
        ],
    }
}

/// A number with four digits that say something.
pub fn shown(value: f64) -> String {
    number::decimal(value, decimals(value))
}

fn decimals(value: f64) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 2;
    }
    (3 - value.abs().log10().floor() as i32).clamp(0, 12) as usize
}
