//! How recipients are divided among arms.

use serde::Serialize;

use crate::error::{Error, Result};

/// The weight of every arm, the control first; the control's is 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmSizes {
    weights: Vec<f64>,
}

impl ArmSizes {
    pub(super) fn equal(arms: usize) -> Self {
        ArmSizes { weights: vec![1.0; arms] }
    }

    pub(super) fn weighted(weights: &[f64], arms: usize) -> Result<Self> {
        if weights.len() != arms {
            return Err(Error::settings(format!(
                "an allocation of {} shares to {arms} arms",
                weights.len()
            ))
            .hint("give one share an arm, the control first"));
        }
        if let Some(bad) = weights.iter().find(|w| !(**w > 0.0 && w.is_finite())) {
            return Err(Error::settings("not a share of an allocation")
                .with_value(bad.to_string())
                .hint("shares are above 0, on any scale: 1,1 or 0.5,0.5"));
        }
        let control = weights[0];
        Ok(ArmSizes { weights: weights.iter().map(|w| w / control).collect() })
    }

    /// The shares of `arms` arms with which all treatments together are compared with the control by the
    /// fewest recipients: √(arms − 1) to the control (Dunnett 1955, *JASA* 50, 1096-1121).
    pub fn fewest(arms: usize) -> Vec<f64> {
        let mut weights = vec![1.0; arms];
        if let Some(control) = weights.first_mut() {
            *control = (arms.saturating_sub(1) as f64).sqrt().max(1.0);
        }
        weights
    }

    pub fn arms(&self) -> usize {
        self.weights.len()
    }

    /// The smallest treatment over the control.
    pub fn ratio(&self) -> f64 {
        self.weights.iter().skip(1).copied().fold(f64::INFINITY, f64::min)
    }

    /// All arms over the control.
    pub fn total(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Whole recipients of every arm for `control` of them in control, rounded up; `None` if they
    /// cannot be counted together.
    pub fn recipients(&self, control: f64) -> Option<Vec<u64>> {
        const MOST: f64 = 9e15;
        // A hair below a whole number is that number: 2.0000000001 is no third recipient.
        let whole = |w: &f64| (control * w * (1.0 - 1e-12)).ceil().max(1.0);
        let sizes: Vec<f64> = self.weights.iter().map(whole).collect();
        (sizes.iter().sum::<f64>() < MOST).then(|| sizes.iter().map(|n| *n as u64).collect())
    }
}
