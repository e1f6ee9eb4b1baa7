//! `calc means`: two means from their sums.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::experiments::design::{DesignParams, Interim};
use crate::experiments::{Level, Sample, compare_means, mean_margin};

use super::super::Verdict;
use super::super::printer::Printer;
use super::calc_args::MeansArgs;
use super::comparison::{Comparison, Interval, arm_row};
use super::rates::typed_lift;
use super::typed;

#[derive(Debug, Serialize)]
struct Arm {
    n: u64,
    sd: f64,
    mean: Option<Interval>,
}

#[derive(Debug, Serialize)]
struct More {
    std_error: Option<f64>,
    /// Neither arm varies at all: the p-value is 0 or 1 by definition.
    degenerate: bool,
}

pub fn run(args: &MeansArgs, printer: &Printer) -> Result<Verdict> {
    let level = typed::level(args.question.alpha)?;
    let control = typed::sample("control", &args.control)?;
    let treatment = typed::sample("treatment", &args.treatment)?;
    let effect =
        compare_means(&control, &treatment, level).map_err(|none| typed::usage(none.into()))?;
    let ratio = effect.relative_lift.as_ref().map(|lift| Interval::of_ratio(lift, None));
    let std_error = effect.difference.std_error;
    let more = More { std_error, degenerate: effect.degenerate };
    let arms = (arm(&control, level), arm(&treatment, level));
    let mut comparison = Comparison::new(arms, &effect, ratio, args.question.alpha, more);
    if let Some(margin) = args.question.margin {
        comparison.margin = Some(mean_margin(&control, &treatment, margin)?);
    }
    if let Some(lift) = args.question.lift {
        let design =
            DesignParams::new().alpha(args.question.alpha).power(args.question.power).check()?;
        let variance = std_error.unwrap_or(0.0).powi(2);
        let interim = Interim::new(control.n() + treatment.n(), variance).map_err(typed::usage)?;
        let wanted = typed_lift(lift)? * control.mean().abs();
        if wanted == 0.0 {
            return Err(Error::settings("there is no relative lift over a mean of 0")
                .hint("leave --lift out, or measure from another zero"));
        }
        comparison.still_needed = Some(interim.remaining(&design, wanted));
    }
    let rows = vec![
        arm_row("control mean", control.estimate(level).as_ref()),
        arm_row("treatment mean", treatment.estimate(level).as_ref()),
    ];
    comparison.show(rows, &[], printer)?;
    Ok(Verdict::Fine)
}

fn arm(sample: &Sample, level: Level) -> Arm {
    Arm {
        n: sample.n(),
        sd: sample.variance().sqrt(),
        mean: sample.estimate(level).as_ref().map(Interval::of),
    }
}
