//! Sends that were logged with the chance of the arm that was sent.

use crate::error::{Error, Result};

/// One send.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRound {
    /// The arm that was sent.
    pub arm: usize,
    /// What came of it.
    pub reward: f64,
    /// The chance that this arm had of being sent to this recipient.
    pub propensity: f64,
    /// The chances of the arms under the policy to be valued.
    pub target: Vec<f64>,
    /// What an outcome model, fitted on other sends, expects of each arm; zeros without a model.
    pub model: Vec<f64>,
}

/// Logged sends, checked, as the estimators read them.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRounds {
    pub(super) rounds: Vec<Round>,
}

/// What is left of a send once the policy is fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Round {
    /// The target's chance of the arm sent over the logged one.
    pub weight: f64,
    pub reward: f64,
    /// The model's value of the arm sent.
    pub expected: f64,
    /// The model's value of the policy.
    pub direct: f64,
}

impl LoggedRounds {
    /// # Errors
    ///
    /// A data error without sends, or for a send whose arm is not among the `arms`, whose
    /// propensity is not above 0 and at most 1, whose target chances do not add up to 1, or with a
    /// number that is not finite. Without known propensities nothing can be valued.
    pub fn new(arms: usize, rounds: &[LoggedRound]) -> Result<Self> {
        if rounds.is_empty() {
            return Err(Error::data("no logged sends to value a policy on"));
        }
        let checked = rounds.iter().enumerate().map(|(place, round)| {
            round.checked(arms).map_err(|what| {
                Error::data(format!("logged send {}: {what}", place + 1))
                    .hint("log the chance of each arm when the send is drawn")
            })
        });
        Ok(LoggedRounds { rounds: checked.collect::<Result<_>>()? })
    }

    pub fn len(&self) -> usize {
        self.rounds.len()
    }

    /// Never: there is at least one send.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// (Σw)²/Σw² (Kish 1965): as many sends drawn by the policy itself would say as much. Zero if
    /// the policy never sends what was sent.
    pub fn effective_n(&self) -> f64 {
        let sum: f64 = self.rounds.iter().map(|round| round.weight).sum();
        let squares: f64 = self.rounds.iter().map(|round| round.weight * round.weight).sum();
        if squares > 0.0 { sum * (sum / squares) } else { 0.0 }
    }
}

impl LoggedRound {
    fn checked(&self, arms: usize) -> Result<Round, &'static str> {
        const ROUNDING: f64 = 1e-6;
        if self.target.len() != arms || self.model.len() != arms {
            return Err("another number of arms than there are");
        }
        let (Some(target), Some(expected)) = (self.target.get(self.arm), self.model.get(self.arm))
        else {
            return Err("an arm that there is not");
        };
        if !(self.propensity > 0.0 && self.propensity <= 1.0) {
            return Err("a propensity that is not above 0 and at most 1");
        }
        let total: f64 = self.target.iter().sum();
        let chances = self.target.iter().all(|chance| *chance >= 0.0);
        if !(chances && (total - 1.0).abs() <= ROUNDING) {
            return Err("chances of the policy that do not add up to 1");
        }
        if !(self.reward.is_finite() && self.model.iter().all(|value| value.is_finite())) {
            return Err("a value that is not finite");
        }
        Ok(Round {
            weight: target / self.propensity,
            reward: self.reward,
            expected: *expected,
            direct: self.target.iter().zip(&self.model).map(|(chance, q)| chance * q).sum(),
        })
    }
}
