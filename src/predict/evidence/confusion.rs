//! Calls at a threshold, and what they come to.

use serde::Serialize;

use crate::error::Result;

use super::input;

/// How many rows were called what and are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Confusion {
    pub true_negatives: u64,
    pub false_positives: u64,
    pub false_negatives: u64,
    pub true_positives: u64,
}

impl Confusion {
    /// Calls every row positive that scores at least `threshold`.
    ///
    /// # Errors
    /// If the slices differ in length, or a score is not finite.
    pub fn at(labels: &[bool], scores: &[f64], threshold: f64) -> Result<Self> {
        input::scored(labels, scores)?;
        let count = |label: bool, called: bool| {
            let rows = labels.iter().zip(scores);
            rows.filter(|(l, s)| **l == label && (**s >= threshold) == called).count() as u64
        };
        Ok(Confusion {
            true_negatives: count(false, false),
            false_positives: count(false, true),
            false_negatives: count(true, false),
            true_positives: count(true, true),
        })
    }

    /// Share of the rows called positive that are; `None` if none is called.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of the positives that are called; `None` if there are none.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// F1, 2TP / (2TP + FP + FN); `None` if nothing is positive or called so.
    pub fn f1(&self) -> Option<f64> {
        let twice = 2 * self.true_positives;
        ratio(twice, twice + self.false_positives + self.false_negatives)
    }

    /// Matthews' correlation of label and call; `None` if all labels or all calls are alike.
    pub fn mcc(&self) -> Option<f64> {
        let whole = |n: u64| i128::from(n);
        let (tn, fp) = (whole(self.true_negatives), whole(self.false_positives));
        let (fn_, tp) = (whole(self.false_negatives), whole(self.true_positives));
        let labels = (tp + fn_) * (tn + fp);
        let calls = (tp + fp) * (tn + fn_);
        if labels == 0 || calls == 0 {
            return None;
        }
        let surplus = (tp * tn - fp * fn_) as f64;
        Some((surplus / (labels as f64 * calls as f64).sqrt()).clamp(-1.0, 1.0))
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
