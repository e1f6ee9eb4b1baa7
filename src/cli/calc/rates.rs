//! `calc rates`: two rates from counts.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::experiments::design::{DesignParams, Interim};
use crate::experiments::exact::{
    FisherTest, UNCONDITIONAL_MOST, UnconditionalTest, barnard, boschloo, fisher,
};
use crate::experiments::{
    Counts, Level, Omnibus, compare_rates, g_test, newcombe, pooled_z, rate_margin, ratio_interval,
    smallest_expected,
};
use crate::reports::number;

use super::super::Verdict;
use super::super::printer::Printer;
use super::calc_args::RatesArgs;
use super::comparison::{Comparison, Interval, arm_row};
use super::typed;

#[derive(Debug, Serialize)]
struct Arm {
    successes: u64,
    n: u64,
    rate: Option<Interval>,
}

/// The same question by other methods.
#[derive(Debug, Serialize)]
struct Others {
    smallest_expected: Option<f64>,
    pooled_z: f64,
    newcombe: Option<Interval>,
    likelihood_ratio: Option<Omnibus>,
    /// `None` above a million recipients.
    fisher: Option<FisherTest>,
    /// `None` above two thousand recipients.
    boschloo: Option<UnconditionalTest>,
    barnard: Option<UnconditionalTest>,
}

#[derive(Debug, Serialize)]
struct More {
    others: Others,
}

pub fn run(args: &RatesArgs, printer: &Printer) -> Result<Verdict> {
    let level = typed::level(args.question.alpha)?;
    let control = typed::counts("control", &args.control)?;
    let treatment = typed::counts("treatment", &args.treatment)?;
    let effect =
        compare_rates(&control, &treatment, level).map_err(|none| typed::usage(none.into()))?;
    let bounds = ratio_interval(&control, &treatment, level.normal_critical());
    let ratio = effect.relative_lift.as_ref().map(|lift| Interval::of_ratio(lift, Some(bounds)));
    let more = More { others: others(&control, &treatment, level) };
    let lines = remarks(&more.others);
    let arms = (arm(&control, level), arm(&treatment, level));
    let mut comparison = Comparison::new(arms, &effect, ratio, args.question.alpha, more);
    if let Some(margin) = args.question.margin {
        comparison.margin = Some(rate_margin(&control, &treatment, margin)?);
    }
    if let Some(lift) = args.question.lift {
        let design =
            DesignParams::new().alpha(args.question.alpha).power(args.question.power).check()?;
        let rate = control.rate().unwrap_or(0.0);
        let wanted = rate * (1.0 + typed_lift(lift)?);
        if rate == 0.0 || !(0.0..=1.0).contains(&wanted) {
            return Err(Error::settings("--lift leads to no rate between 0 and 1")
                .with_value(format!("{lift} on a control rate of {rate}"))
                .hint("a lift is relative to the control: 0.1 is a tenth more"));
        }
        let interim = Interim::new(control.n() + treatment.n(), variance(&control, &treatment))
            .map_err(typed::usage)?;
        comparison.still_needed = Some(interim.remaining(&design, wanted - rate));
    }
    let rows = vec![
        arm_row("control rate", control.wilson(level).as_ref()),
        arm_row("treatment rate", treatment.wilson(level).as_ref()),
    ];
    comparison.show(rows, &lines, printer)?;
    Ok(Verdict::Fine)
}

/// A lift that can be looked for.
pub fn typed_lift(lift: f64) -> Result<f64> {
    if lift != 0.0 && lift.is_finite() {
        return Ok(lift);
    }
    Err(Error::settings("--lift is no lift to be found")
        .with_value(lift.to_string())
        .hint("write --lift 0.1 for a tenth more than the control"))
}

fn arm(counts: &Counts, level: Level) -> Arm {
    Arm {
        successes: counts.successes(),
        n: counts.n(),
        rate: counts.wilson(level).as_ref().map(Interval::of),
    }
}

/// Of the difference, each arm with its own rate.
fn variance(control: &Counts, treatment: &Counts) -> f64 {
    let one = |counts: &Counts| {
        let rate = counts.rate().unwrap_or(0.0);
        rate * (1.0 - rate) / counts.n().max(1) as f64
    };
    one(control) + one(treatment)
}

fn others(control: &Counts, treatment: &Counts, level: Level) -> Others {
    let is_small = control.n() + treatment.n() <= UNCONDITIONAL_MOST;
    let small = |test: fn(&Counts, &Counts) -> Result<UnconditionalTest>| {
        if is_small { test(control, treatment).ok() } else { None }
    };
    Others {
        smallest_expected: smallest_expected(&[*control, *treatment]),
        pooled_z: pooled_z(control, treatment),
        newcombe: newcombe(control, treatment, level).as_ref().map(Interval::of),
        likelihood_ratio: g_test(&[*control, *treatment]),
        fisher: fisher(control, treatment, level).ok(),
        boschloo: small(boschloo),
        barnard: small(barnard),
    }
}

/// Exact tests are spoken of where the table is too small for another.
fn remarks(others: &Others) -> Vec<String> {
    let Some(expected) = others.smallest_expected.filter(|expected| *expected < 5.0) else {
        return Vec::new();
    };
    let mut exact = Vec::new();
    if let Some(test) = &others.boschloo {
        exact.push(format!("Boschloo {}", number::p_value(test.p)));
    }
    if let Some(test) = &others.fisher {
        exact.push(format!("Fisher {}", number::p_value(test.p)));
        exact.push(format!("mid-P {}", number::p_value(test.mid_p)));
    }
    vec![format!(
        "Only {} are expected in the smallest cell; exact tests: {}.",
        number::decimal(expected, 1),
        if exact.is_empty() { "none at this size".to_owned() } else { exact.join(", ") }
    )]
}
