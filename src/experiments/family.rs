//! A family of comparisons that share one correction.

use serde::Serialize;

use super::comparison::{Comparison, Verdict};
use super::weighted_holm::weighted_holm;

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
}

/// One comparison of a family.
pub(super) struct Member<'a> {
    comparison: &'a mut Comparison,
    /// The group whose weight it shares with the group's other tested members.
    group: Group,
    /// False where the split itself is broken.
    trustworthy: bool,
}

impl<'a> Member<'a> {
    pub(super) fn new(comparison: &'a mut Comparison, group: Group, trustworthy: bool) -> Self {
        Member { comparison, group, trustworthy }
    }
}

/// Where a comparison stands: its group's weight is shared by those of it that are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Overall,
    Segments,
}

/// The part of the error probability that the overall comparisons hold; the segments hold the rest, and
/// what a finding held passes to the others. Overall comes first: a readout with segments is nearly as
/// sharp overall as one without.
pub(super) const OVERALL_SHARE: f64 = 0.8;

impl Family {
    /// Nothing corrected yet.
    pub(super) fn none() -> Family {
        Family { holds: String::new(), method: "holm", tested: 0, left_out: 0 }
    }

    /// Corrects the comparisons as one family, and gives each its verdict.
    pub(super) fn settle(holds: String, rule: Rule, members: Vec<Member<'_>>) -> Family {
        // What cannot be trusted is not tested, so that it neither pays nor passes anything on.
        let p = |m: &Member<'_>| if m.trustworthy { rule.tested_p(m.comparison) } else { f64::NAN };
        let p: Vec<f64> = members.iter().map(p).collect();
        let weights = weights(&members, &p);
        let adjusted = weighted_holm(&p, &weights);
        let is_weighted = weights.iter().any(|weight| *weight != weights[0]);
        for (member, p) in members.into_iter().zip(adjusted.p) {
            member.comparison.p_holm = (!p.is_nan()).then_some(p);
            member.comparison.verdict = rule.verdict(member.comparison, member.trustworthy);
        }
        let method = if is_weighted { "weighted holm" } else { "holm" };
        Family { holds, method, tested: adjusted.tested, left_out: adjusted.excluded }
    }
}

fn weights(members: &[Member<'_>], p: &[f64]) -> Vec<f64> {
    let tested = |group: Group| {
        let of_group = members.iter().zip(p).filter(|(m, p)| m.group == group && !p.is_nan());
        of_group.count() as f64
    };
    let (overall, segments) = (tested(Group::Overall), tested(Group::Segments));
    if overall == 0.0 || segments == 0.0 {
        return vec![1.0; members.len()];
    }
    let weight = |member: &Member<'_>| match member.group {
        Group::Overall => OVERALL_SHARE / overall,
        Group::Segments => (1.0 - OVERALL_SHARE) / segments,
    };
    members.iter().map(weight).collect()
}

impl Rule {
    /// The p-value to be corrected, NaN if this comparison is not tested. Which ones are tested
    /// depends on their size only, never on their outcome.
    fn tested_p(&self, comparison: &Comparison) -> f64 {
        match comparison.p() {
            Some(p) if comparison.smaller_n >= self.minimum_n => p,
            _ => f64::NAN,
        }
    }

    fn verdict(&self, comparison: &Comparison, trustworthy: bool) -> Verdict {
        if !trustworthy {
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
