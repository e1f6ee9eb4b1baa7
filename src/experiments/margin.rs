//! Margins: no worse than, no better than, practically equal.

use serde::Serialize;

use super::counts::Counts;
use super::effect::{Effect, NoEstimate, Side};
use super::level::Level;
use super::means::{Sample, compare_means};
use super::score::{difference_test, ratio_test};
use super::tail;
use crate::error::{Error, Result};

/// One-sided tests of a difference against a margin on either side. Which one matters depends on the
/// metric: of a guardrail (unsubscribes) the treatment must not be higher, of a goal not lower.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MarginTest {
    /// The margin below, as a difference (−margin) or a ratio.
    pub lower: f64,
    /// The margin above.
    pub upper: f64,
    /// Against "lower than the control by the margin or more": small if the treatment is not lower.
    pub p_not_lower: f64,
    /// Against "higher than the control by the margin or more": small if the treatment is not higher.
    pub p_not_higher: f64,
    /// The larger of both: small if the arms are practically equal (two one-sided tests, Schuirmann 1987).
    pub p_equivalent: f64,
    pub method: &'static str,
}

impl MarginTest {
    fn new((lower, upper): (f64, f64), p: (f64, f64), method: &'static str) -> Self {
        let (p_not_lower, p_not_higher) = p;
        let p_equivalent = p_not_lower.max(p_not_higher);
        MarginTest { lower, upper, p_not_lower, p_not_higher, p_equivalent, method }
    }
}

/// A difference of rates against ± `margin` by Miettinen and Nurminen's score test, with the variance at
/// the margin (Farrington & Manning 1990, times N/(N − 1)).
///
/// # Errors
///
/// A settings error if the margin is not between 0 and 1; a data error if an arm has no trials.
pub fn rate_margin(control: &Counts, treatment: &Counts, margin: f64) -> Result<MarginTest> {
    has_trials(control, treatment)?;
    if !(margin > 0.0 && margin < 1.0) {
        return Err(Error::settings("a margin of rates lies between 0 and 1")
            .with_value(margin.to_string())
            .hint("write 0.005 for half a percentage point"));
    }
    let lower = difference_test(control, treatment, -margin).z;
    let upper = difference_test(control, treatment, margin).z;
    let p = (tail::normal_above(lower), tail::normal_above(-upper));
    Ok(MarginTest::new((-margin, margin), p, "miettinen-nurminen score test at the margin"))
}

/// A ratio of rates against 1/`margin` and `margin` by the score test, `margin` being above 1: 1.25 asks
/// for a ratio between 0.8 and 1.25.
///
/// # Errors
///
/// A settings error if the margin is not above 1; a data error if an arm has no trials.
pub fn rate_ratio_margin(control: &Counts, treatment: &Counts, margin: f64) -> Result<MarginTest> {
    has_trials(control, treatment)?;
    if !(margin > 1.0 && margin.is_finite()) {
        return Err(Error::settings("a margin of a ratio is above 1")
            .with_value(margin.to_string())
            .hint("write 1.25 for a ratio between 0.8 and 1.25"));
    }
    let lower = ratio_test(control, treatment, 1.0 / margin).z;
    let upper = ratio_test(control, treatment, margin).z;
    let p = (tail::normal_above(lower), tail::normal_above(-upper));
    Ok(MarginTest::new((1.0 / margin, margin), p, "miettinen-nurminen ratio test at the margin"))
}

/// A difference of means against ± `margin` by Welch's t.
///
/// # Errors
///
/// A settings error if the margin is not above 0; a data error if an arm has fewer than two rows.
pub fn mean_margin(control: &Sample, treatment: &Sample, margin: f64) -> Result<MarginTest> {
    if !(margin > 0.0 && margin.is_finite()) {
        return Err(Error::settings("a margin of means is above 0")
            .with_value(margin.to_string())
            .hint("give it in the metric's own unit"));
    }
    let effect = compare_means(control, treatment, Level::DEFAULT)?;
    let p = (welch_above(&effect, -margin), welch_above(&effect, margin));
    Ok(MarginTest::new((-margin, margin), (p.0, 1.0 - p.1), "welch t test at the margin"))
}

/// The chance of a difference at least this far above `null`; without any spread, 0 or 1.
fn welch_above(effect: &Effect, null: f64) -> f64 {
    let gap = effect.difference.point - null;
    match (effect.difference.std_error, effect.df) {
        (Some(se), Some(df)) if se > 0.0 => {
            let half = tail::student(gap / se, df).p / 2.0;
            if gap >= 0.0 { half } else { 1.0 - half }
        }
        _ => f64::from(u8::from(gap <= 0.0)),
    }
}

fn has_trials(control: &Counts, treatment: &Counts) -> Result<()> {
    for (arm, counts) in [(Side::Control, control), (Side::Treatment, treatment)] {
        if counts.n() == 0 {
            return Err(NoEstimate::NoRows { arm }.into());
        }
    }
    Ok(())
}
