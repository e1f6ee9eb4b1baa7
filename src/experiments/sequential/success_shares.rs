//! Two arms compared on their successes alone.

use serde::Serialize;

use super::super::level::Level;
use super::super::root::root;
use super::dirichlet::ln_bayes_factor;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// The test of equal success intensities from the successes of two arms and the planned share of
/// recipients (Lindon & Malek 2022, §4). If the arms do equally well, each success falls into the
/// treatment arm with the planned share. Exact, at all times at once, and free of denominators:
/// right for orders that come in over time, as long as both arms are exposed in the planned ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SuccessShares {
    treatment_share: f64,
    concentration: f64,
    level: Level,
}

/// What the successes so far say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharesLook {
    pub control: u64,
    pub treatment: u64,
    /// Treatment over control, as a ratio of success rates; `None` without a success. A bound is
    /// zero or infinite where the successes do not limit the ratio.
    pub rate_ratio: Option<Estimate>,
    /// Always valid: the smallest so far.
    pub p: f64,
    pub ln_p: f64,
    pub may_stop: bool,
}

impl SuccessShares {
    /// A usual strength of the mixture, in successes.
    pub const CONCENTRATION: f64 = 100.0;

    /// `treatment_share`: the planned share of all recipients, in (0, 1). `concentration`: the
    /// strength of the mixture in successes; larger is tighter for small effects.
    ///
    /// # Errors
    ///
    /// A settings error if the share or the concentration is out of range.
    pub fn new(treatment_share: f64, concentration: f64, level: Level) -> Result<Self> {
        if !(treatment_share > 0.0 && treatment_share < 1.0) {
            return Err(Error::settings("the treatment's planned share must lie between 0 and 1")
                .with_value(treatment_share.to_string())
                .hint("an even split has a share of 0.5"));
        }
        if !(concentration.is_finite() && concentration > 0.0) {
            return Err(Error::settings("the concentration of the mixture must be above zero")
                .with_value(concentration.to_string())
                .hint("100 suits tens to thousands of successes"));
        }
        Ok(SuccessShares { treatment_share, concentration, level })
    }

    /// The looks in order; each is the cumulative successes of (control, treatment).
    ///
    /// # Errors
    ///
    /// A data error if successes become fewer.
    pub fn follow(&self, looks: &[(u64, u64)]) -> Result<Vec<SharesLook>> {
        let (mut before, mut smallest) = ((0, 0), 0.0_f64);
        let mut read = Vec::with_capacity(looks.len());
        for &(control, treatment) in looks {
            if control < before.0 || treatment < before.1 {
                return Err(Error::data("a later look has fewer successes than an earlier one")
                    .hint("looks are cumulative: each holds the successes of those before"));
            }
            smallest = smallest.min(-self.ln_evidence(control, treatment, 0.0));
            read.push(SharesLook {
                control,
                treatment,
                rate_ratio: self.rate_ratio(control, treatment),
                p: smallest.exp(),
                ln_p: smallest,
                may_stop: smallest <= (1.0 - self.level.get()).ln(),
            });
            before = (control, treatment);
        }
        Ok(read)
    }

    /// ln of the evidence against the log rate ratio `log_ratio`.
    pub(super) fn ln_evidence(&self, control: u64, treatment: u64, log_ratio: f64) -> f64 {
        let planned = [1.0 - self.treatment_share, self.treatment_share];
        let weight = self.treatment_share * log_ratio.exp();
        let total = planned[0] + weight;
        let counts = [control as f64, treatment as f64];
        ln_bayes_factor(
            &counts,
            &[planned[0] / total, weight / total],
            &planned,
            self.concentration,
        )
    }

    fn rate_ratio(&self, control: u64, treatment: u64) -> Option<Estimate> {
        if control + treatment == 0 {
            return None;
        }
        let odds = self.treatment_share / (1.0 - self.treatment_share);
        let point = treatment as f64 / control as f64 / odds;
        Some(Estimate {
            point,
            std_error: None,
            low: self.bound(control, treatment, point, -1.0),
            high: self.bound(control, treatment, point, 1.0),
            level: self.level.get(),
            method: "successes-only confidence sequence",
        })
    }

    /// The farthest ratio upwards (`side` 1) or downwards (-1) that is not given up.
    fn bound(&self, control: u64, treatment: u64, point: f64, side: f64) -> f64 {
        const FARTHEST: f64 = 500.0;
        let limit = -(1.0 - self.level.get()).ln();
        let beyond = |far: f64| self.ln_evidence(control, treatment, side * far) - limit;
        if beyond(FARTHEST) <= 0.0 {
            return if side > 0.0 { f64::INFINITY } else { 0.0 };
        }
        let start = (side * point.ln()).clamp(-FARTHEST, FARTHEST);
        (side * root(beyond, start, FARTHEST)).exp()
    }
}
