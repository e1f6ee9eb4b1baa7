//! The sample-ratio check that may be read at any time.

use serde::Serialize;

use super::super::ratio_check::{PlannedArm, planned_shares};
use super::dirichlet::ln_bayes_factor;
use crate::error::{Error, Result};

/// The Dirichlet-multinomial test of the planned shares (Lindon & Malek 2022): the Bayes factor of
/// shares around the planned ones against exactly those; p is the smallest 1 / Bayes factor so
/// far. A mismatch found at any look is one, with error probability `alpha` over all looks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SequentialRatioCheck {
    arms: Vec<String>,
    shares: Vec<f64>,
    concentration: f64,
    alpha: f64,
    rows: Vec<u64>,
    smallest: f64,
}

/// What the rows so far say of the split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatioLook {
    pub rows: u64,
    pub ln_bayes_factor: f64,
    /// Always valid: the smallest so far.
    pub p: f64,
    pub ln_p: f64,
    /// p < alpha: the arms did not get the planned shares.
    pub mismatch: bool,
}

impl SequentialRatioCheck {
    /// Tuned to mismatches of a percent or two at ten thousand rows.
    pub const CONCENTRATION: f64 = 10_000.0;

    /// `arms` with their planned weights on any scale; their rows, if any, are the first look's.
    ///
    /// # Errors
    ///
    /// A settings error if fewer than two weights are positive, one is negative or not finite, or
    /// `concentration` or `alpha` is out of range; a data error if an arm without a share has rows.
    pub fn new(arms: &[PlannedArm], concentration: f64, alpha: f64) -> Result<Self> {
        let is_usable =
            concentration.is_finite() && concentration > 0.0 && alpha > 0.0 && alpha < 1.0;
        if !is_usable {
            return Err(Error::settings("the concentration or the alarm level is out of range")
                .hint("10000 and 0.001 are usual"));
        }
        let shares = planned_shares(arms)?;
        let mut check = SequentialRatioCheck {
            arms: arms.iter().map(|arm| arm.name.to_owned()).collect(),
            shares,
            concentration,
            alpha,
            rows: vec![0; arms.len()],
            smallest: 0.0,
        };
        check.add(&arms.iter().map(|arm| arm.rows).collect::<Vec<u64>>())?;
        Ok(check)
    }

    /// A look after `new` rows more, one number for each arm.
    ///
    /// # Errors
    ///
    /// A data error if the numbers do not match the arms, or an arm without a share has rows.
    pub fn add(&mut self, new: &[u64]) -> Result<RatioLook> {
        if new.len() != self.rows.len() {
            return Err(Error::data(format!("{} counts for {} arms", new.len(), self.rows.len())));
        }
        for ((name, share), rows) in self.arms.iter().zip(&self.shares).zip(new) {
            if *share == 0.0 && *rows > 0 {
                return Err(Error::data(format!("arm `{name}` has rows but a planned share of 0"))
                    .hint("give the arm its planned share, or leave its rows out"));
            }
        }
        for (sum, rows) in self.rows.iter_mut().zip(new) {
            *sum += rows;
        }
        let counts: Vec<f64> = self.rows.iter().map(|rows| *rows as f64).collect();
        let evidence = ln_bayes_factor(&counts, &self.shares, &self.shares, self.concentration);
        self.smallest = self.smallest.min(-evidence);
        Ok(RatioLook {
            rows: self.rows.iter().sum(),
            ln_bayes_factor: evidence,
            p: self.smallest.exp(),
            ln_p: self.smallest,
            mismatch: self.smallest < self.alpha.ln(),
        })
    }
}
