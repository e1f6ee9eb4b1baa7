//! A family of comparisons that share one correction.

use serde::Serialize;

use super::comparison::{Comparison, Verdict};
use super::multiplicity::holm;

/// Which comparisons were corrected together, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Family {
    /// In words: what the family holds.
    pub holds: String,
    pub method: &'static str,
    /// The m of the correction.
    pub tested: usize,
    /// Comparisons without an estimate or below the minimum: not tested, so not paid for.
    pub left_out: usize,
}

/// What turns an adjusted p-value into a verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub alpha: f64,
    pub minimum_n: u64,
    pub trustworthy: bool,
}

impl Family {
    /// Corrects the comparisons as one family by Holm's method, and gives each its verdict.
    pub(super) fn settle<'a>(
        holds: String,
        rule: Rule,
        comparisons: impl Iterator<Item = &'a mut Comparison>,
    ) -> Family {
        let comparisons: Vec<&mut Comparison> = comparisons.collect();
        let p: Vec<f64> = comparisons.iter().map(|c| rule.tested_p(c)).collect();
        let adjusted = holm(&p);
        for (comparison, p) in comparisons.into_iter().zip(adjusted.p) {
            comparison.p_holm = (!p.is_nan()).then_some(p);
            comparison.verdict = rule.verdict(comparison);
        }
        Family { holds, method: "holm", tested: adjusted.tested, left_out: adjusted.excluded }
    }
}

impl Rule {
    /// The p-value to be corrected, NaN if this comparison is not tested. Which ones are tested
    /// depends on their size only, never on their outcome.
    fn tested_p(&self, comparison: &Comparison) -> f64 {
        match comparison.effect() {
            Some(effect) if comparison.smaller_n >= self.minimum_n => effect.p,
            _ => f64::NAN,
        }
    }

    fn verdict(&self, comparison: &Comparison) -> Verdict {
        if !self.trustworthy {
            return Verdict::NotTrustworthy;
        }
        match (comparison.effect(), comparison.p_holm) {
            (Some(effect), Some(p)) if p <= self.alpha => match effect.difference.point {
                d if d > 0.0 => Verdict::Higher,
                d if d < 0.0 => Verdict::Lower,
                _ => Verdict::Inconclusive,
            },
            (Some(_), Some(_)) => Verdict::Inconclusive,
            _ => Verdict::TooLittleData,
        }
    }
}
