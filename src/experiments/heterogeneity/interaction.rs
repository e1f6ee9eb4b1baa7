//! Whether the odds ratio is the same in all segments.

use serde::Serialize;

use super::super::root::root;
use super::super::tail;
use super::mantel_haenszel::ln_odds_ratio;
use super::odds::{Expected, Margins};
use super::segments::Segments;

/// A test that all segments have one odds ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InteractionTest {
    pub method: &'static str,
    pub statistic: f64,
    /// The segments that have both successes and failures, less one; others say nothing of odds.
    pub df: f64,
    pub p: f64,
    pub ln_p: f64,
}

impl InteractionTest {
    fn new(method: &'static str, statistic: f64, df: f64) -> Self {
        let tail = tail::chi_squared(statistic, df);
        InteractionTest { method, statistic, df, p: tail.p, ln_p: tail.ln_p }
    }
}

/// The odds ratio that a logistic model without interaction fits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CommonOdds {
    pub ln_odds_ratio: f64,
    pub std_error: f64,
}

/// The likelihood-ratio test of segment × arm in a logistic model, with the common effect.
///
/// The model with interaction fits every table exactly, so that empty cells need no correction
/// (0 ln 0 = 0). The model without is one root: given the common ratio, each segment's fitted
/// table keeps its margins. Where all segments are separated the same way, the common ratio is
/// infinite (`None`) and fits exactly. `None` for fewer than two informative segments.
pub fn logistic_interaction(segments: &Segments) -> Option<(InteractionTest, Option<CommonOdds>)> {
    let (margins, df) = informative(segments)?;
    let common = common_odds(&margins);
    let fitted = |common: CommonOdds| -> f64 {
        margins.iter().map(|m| m.at(common.ln_odds_ratio).deviance()).sum()
    };
    let statistic = common.map_or(0.0, fitted);
    Some((InteractionTest::new("logistic likelihood ratio", statistic, df), common))
}

/// The test of Breslow & Day (1980) around the Mantel-Haenszel odds ratio, with the correction of
/// Tarone (1985) second. `None` if that ratio is zero or infinite, or for fewer than two
/// informative segments.
pub fn breslow_day(segments: &Segments) -> Option<(InteractionTest, InteractionTest)> {
    let (margins, df) = informative(segments)?;
    let ln_odds_ratio = ln_odds_ratio(segments)?;
    let expected: Vec<Expected> = margins.iter().map(|m| m.at(ln_odds_ratio)).collect();
    let sum = |term: &dyn Fn(&Expected) -> f64| -> f64 { expected.iter().map(term).sum() };
    let plain = sum(&|e| e.excess * e.excess / e.variance());
    let excess = sum(&|e| e.excess);
    let corrected = plain - excess * excess / sum(&Expected::variance);
    let test = |method, statistic: f64| InteractionTest::new(method, statistic.max(0.0), df);
    Some((test("breslow-day", plain), test("breslow-day, tarone", corrected)))
}

fn informative(segments: &Segments) -> Option<(Vec<Margins>, f64)> {
    let used = segments.used().iter().filter(|segment| segment.is_informative());
    let margins: Vec<Margins> = used.map(Margins::of).collect();
    let df = margins.len().checked_sub(1).filter(|df| *df > 0)? as f64;
    Some((margins, df))
}

fn common_odds(margins: &[Margins]) -> Option<CommonOdds> {
    // No table of up to 2⁵³ trials has a finite ratio beyond this.
    const FURTHEST: f64 = 80.0;
    if margins.iter().all(Margins::is_highest) || margins.iter().all(Margins::is_lowest) {
        return None;
    }
    let short = |ln_odds_ratio: f64| -> f64 {
        -margins.iter().map(|m| m.at(ln_odds_ratio).excess).sum::<f64>()
    };
    let ln_odds_ratio = root(short, -FURTHEST, FURTHEST);
    let information: f64 = margins.iter().map(|m| m.at(ln_odds_ratio).variance()).sum();
    Some(CommonOdds { ln_odds_ratio, std_error: 1.0 / information.sqrt() })
}
