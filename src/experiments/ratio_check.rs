//! Sample-ratio check: did the arms get the shares that were planned?

use serde::Serialize;

use super::counts::Counts;
use super::exact::{binomial_two_sided, multinomial};
use super::level::Level;
use super::tail;
use crate::error::{Error, Result};

/// The default alarm level: rare enough that a daily look does not cry wolf.
pub const SRM_ALPHA: f64 = 0.001;

/// Below this many rows, the decision is an exact test's where it can be counted out.
const EXACT_BELOW: u64 = 1000;

/// An arm and the share of all rows that it should have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedArm<'a> {
    pub name: &'a str,
    pub rows: u64,
    /// Any scale; only the proportions between the arms count.
    pub weight: f64,
}

/// The observed against the planned split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatioCheck {
    pub method: &'static str,
    pub chi_squared: f64,
    pub df: u32,
    /// Of the test that `method` names.
    pub p: f64,
    pub ln_p: f64,
    pub alpha: f64,
    /// p < alpha: nothing else in the readout can be trusted.
    pub mismatch: bool,
    pub arms: Vec<RatioArm>,
    /// What limits this check, if anything does.
    pub note: Option<String>,
}

/// One arm of a sample-ratio check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatioArm {
    pub arm: String,
    pub rows: u64,
    pub expected: f64,
    pub share_planned: f64,
    pub share_observed: f64,
    /// Wilson's interval of the observed share, at 95 %.
    pub share_low: f64,
    pub share_high: f64,
    /// (O - E) / √(E (1 - share)): which arm is off; `None` for an arm planned to be empty.
    pub residual: Option<f64>,
}

/// Pearson's goodness of fit against the planned shares (Fabijan et al. 2019, KDD), with as many
/// degrees of freedom as arms with a positive weight, less one. Fewer than 1000 rows together are decided
/// by the exact binomial test (two arms) or, where there are few enough ways to divide them, the exact
/// multinomial one. Linear in the arms, but for the ways of the latter.
///
/// # Errors
///
/// A settings error if a weight is negative or not finite, or fewer than two are positive; a data
/// error if there are no rows, or an arm with weight zero has some.
pub fn ratio_check(arms: &[PlannedArm], alpha: f64) -> Result<RatioCheck> {
    let shares = planned_shares(arms)?;
    let rows = arms.iter().try_fold(0_u64, |sum, arm| sum.checked_add(arm.rows));
    let rows = rows.filter(|rows| *rows <= 1 << 53);
    let rows = rows.ok_or_else(|| Error::data("more rows than can be counted exactly"))?;
    if rows == 0 {
        return Err(Error::data("no rows in any arm, so no sample ratio to check"));
    }
    let arms: Vec<RatioArm> =
        arms.iter().zip(shares).map(|(arm, share)| ratio_arm(arm, share, rows)).collect();
    let chi_squared = arms.iter().filter(|arm| arm.share_planned > 0.0).map(gap).sum();
    let planned = arms.iter().filter(|arm| arm.share_planned > 0.0).count();
    let df = u32::try_from(planned - 1).unwrap_or(u32::MAX);
    let mut check = RatioCheck {
        method: "pearson chi-squared",
        chi_squared,
        df,
        p: f64::NAN,
        ln_p: f64::NAN,
        alpha,
        mismatch: false,
        note: note(&arms),
        arms,
    };
    decide(&mut check, rows);
    Ok(check)
}

/// The planned share of every arm, adding up to 1.
///
/// # Errors
///
/// As [`ratio_check`], for the weights.
pub(super) fn planned_shares(arms: &[PlannedArm]) -> Result<Vec<f64>> {
    for arm in arms {
        if !(arm.weight.is_finite() && arm.weight >= 0.0) {
            return Err(Error::settings(format!("arm `{}` has no usable planned share", arm.name))
                .with_value(arm.weight.to_string())
                .hint("a share is a number of zero or above, such as 0.5"));
        }
        if arm.weight == 0.0 && arm.rows > 0 {
            let message =
                format!("arm `{}` has {} rows but a planned share of 0", arm.name, arm.rows);
            return Err(Error::data(message)
                .hint("give the arm its planned share, or leave its rows out of the experiment"));
        }
    }
    if arms.iter().filter(|arm| arm.weight > 0.0).count() < 2 {
        return Err(Error::settings("fewer than two arms have a planned share")
            .hint("an experiment compares at least two arms"));
    }
    // Over the largest, so that their sum cannot run over.
    let largest = arms.iter().map(|arm| arm.weight).fold(0.0, f64::max);
    let parts: Vec<f64> = arms.iter().map(|arm| arm.weight / largest).collect();
    let total: f64 = parts.iter().sum();
    let shares: Vec<f64> = parts.iter().map(|part| part / total).collect();
    let is_lost = |(arm, share): (&PlannedArm, &f64)| arm.weight > 0.0 && *share == 0.0;
    match arms.iter().zip(&shares).find(|(arm, share)| is_lost((arm, share))) {
        None => Ok(shares),
        Some((arm, _)) => Err(Error::settings(format!(
            "the planned share of arm `{}` is next to nothing",
            arm.name
        ))
        .with_value(arm.weight.to_string())
        .hint("give shares of one size, such as 1 and 9")),
    }
}

fn ratio_arm(arm: &PlannedArm, share_planned: f64, rows: u64) -> RatioArm {
    let expected = share_planned * rows as f64;
    let gap = arm.rows as f64 - expected;
    let spread = (expected * (1.0 - share_planned)).sqrt();
    let share = Counts::new(rows, arm.rows).ok().and_then(|c| c.wilson(Level::DEFAULT));
    RatioArm {
        arm: arm.name.to_owned(),
        rows: arm.rows,
        expected,
        share_planned,
        share_observed: arm.rows as f64 / rows as f64,
        share_low: share.as_ref().map_or(0.0, |share| share.low),
        share_high: share.as_ref().map_or(1.0, |share| share.high),
        residual: (spread > 0.0).then(|| gap / spread),
    }
}

fn gap(arm: &RatioArm) -> f64 {
    (arm.rows as f64 - arm.expected).powi(2) / arm.expected
}

fn note(arms: &[RatioArm]) -> Option<String> {
    let smallest = arms
        .iter()
        .filter(|arm| arm.share_planned > 0.0)
        .min_by(|a, b| a.expected.total_cmp(&b.expected))?;
    (smallest.expected < 5.0).then(|| {
        format!(
            "only {:.1} rows were expected in arm `{}`: too few for this check to find much",
            smallest.expected, smallest.arm
        )
    })
}

fn decide(check: &mut RatioCheck, rows: u64) {
    let tail = tail::chi_squared(check.chi_squared, f64::from(check.df));
    (check.p, check.ln_p) = (tail.p, tail.ln_p);
    let planned: Vec<&RatioArm> = check.arms.iter().filter(|arm| arm.share_planned > 0.0).collect();
    let exact = match &planned[..] {
        _ if rows >= EXACT_BELOW => None,
        [arm, _] => Some(("exact binomial", binomial_two_sided(arm.rows, rows, arm.share_planned))),
        arms => {
            let counts: Vec<u64> = arms.iter().map(|arm| arm.rows).collect();
            let shares: Vec<f64> = arms.iter().map(|arm| arm.share_planned).collect();
            multinomial(&counts, &shares).map(|p| ("exact multinomial", p))
        }
    };
    if let Some((method, p)) = exact {
        check.method = method;
        (check.p, check.ln_p) = (p, p.ln());
    }
    check.mismatch = check.p < check.alpha;
}
