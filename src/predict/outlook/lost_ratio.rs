//! The number lost over the number expected, with a score interval.

use crate::estimate::Estimate;
use crate::numeric::root::root_within;
use crate::numeric::tail::normal_critical;

use super::super::churn::logit;

/// How many were lost, against the sum of their risks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LostRatio {
    pub lost: usize,
    /// Σ p.
    pub expected: f64,
    /// Σ p(1 − p): of the number lost, were the risks right and contacts independent.
    variance: f64,
    logits: Vec<f64>,
}

/// A shift of the logits after which every risk is 0 or 1, whatever it was.
const FARTHEST: f64 = 60.0;

impl LostRatio {
    /// `risks` are probabilities, one for each of `lost`.
    pub fn new(lost: &[bool], risks: &[f64]) -> Self {
        LostRatio {
            lost: lost.iter().filter(|lost| **lost).count(),
            expected: risks.iter().sum(),
            variance: risks.iter().map(|p| p * (1.0 - p)).sum(),
            logits: risks.iter().map(|p| logit(*p)).collect(),
        }
    }

    /// The score statistic of calibration in the large: how many standard deviations more were lost than
    /// expected (Cox 1958, the intercept with the slope at 1).
    pub fn z(&self) -> Option<f64> {
        let deviation = self.variance.sqrt();
        (deviation > 0.0).then(|| (self.lost as f64 - self.expected) / deviation)
    }

    /// The interval holds every ratio that risks moved by one shift on their logits could have, of which
    /// the score test at `level` does not reject the shift. It leaves out 1 where [`LostRatio::z`] is beyond
    /// the critical value; where all risks are the same it is Wilson's. `None` where nobody was expected to
    /// be lost.
    pub fn estimate(&self, level: f64) -> Option<Estimate> {
        if self.expected <= 0.0 {
            return None;
        }
        let z = normal_critical(1.0 - level);
        let (lost, all) = (self.lost as f64, self.logits.len() as f64);
        // Both sides meet at the shift that expects as many as were lost.
        let middle = match self.lost {
            0 => -FARTHEST,
            lost if lost == self.logits.len() => FARTHEST,
            _ => self.shift(|mean, _| mean - lost, -FARTHEST, FARTHEST),
        };
        let low = match self.lost {
            0 => 0.0,
            _ => self.mean(self.shift(|m, d| m - lost + z * d, -FARTHEST, middle)),
        };
        let high = match self.lost == self.logits.len() {
            true => all,
            false => self.mean(self.shift(|m, d| m - lost - z * d, middle, FARTHEST)),
        };
        let [point, low, high] = [lost, low, high].map(|number| number / self.expected);
        Some(Estimate { point, std_error: None, low, high, level, method: "score" })
    }

    fn mean(&self, shift: f64) -> f64 {
        self.moments(shift).0
    }

    /// Mean and standard deviation of the number lost, were all logits moved by `shift`.
    fn moments(&self, shift: f64) -> (f64, f64) {
        let (mut mean, mut variance) = (0.0, 0.0);
        for logit in &self.logits {
            let odds = (logit + shift).exp();
            let (p, rest) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
            (mean, variance) = (mean + p, variance + p * rest);
        }
        (mean, variance.sqrt())
    }

    /// The shift between `low` and `high` at which `beyond` of mean and deviation is 0.
    fn shift(&self, beyond: impl Fn(f64, f64) -> f64, low: f64, high: f64) -> f64 {
        let at = |shift: f64| {
            let (mean, deviation) = self.moments(shift);
            beyond(mean, deviation)
        };
        root_within(at, low, high, 1e-12)
    }
}
