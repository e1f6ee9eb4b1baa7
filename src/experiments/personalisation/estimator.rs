//! A policy's value from sends that another policy made.

use super::super::level::Level;
use super::logged::{LoggedRounds, Round};
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// An estimator of a policy's value per send. With w the policy's chance of the arm sent over the
/// logged one, r the reward, q the outcome model and q(π) its value of the policy:
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PolicyEstimator {
    /// Mean of w r (Horvitz & Thompson 1952): unbiased, and noisy where weights are large.
    Ips,
    /// Mean of min(w, most) r (Ionides 2008): less noise, some bias.
    ClippedIps { most: f64 },
    /// Mean of w/(1 - λ + λ w) r (Metelli, Russo & Restelli 2021).
    SubGaussianIps { lambda: f64 },
    /// Σ w r/Σ w (Swaminathan & Joachims 2015): stays within the range of the rewards.
    Snips,
    /// Mean of q(π): as good as the model.
    DirectMethod,
    /// Mean of q(π) + w (r - q) (Dudík, Langford & Li 2011): unbiased with known propensities, and as
    /// exact as the model lets it be.
    DoublyRobust,
    /// Mean of q(π), plus Σ w (r - q)/Σ w.
    SelfNormalisedDr,
    /// Doubly robust where w ≤ `most`, the model elsewhere (Wang, Agarwal & Dudík 2017).
    SwitchDr { most: f64 },
    /// Doubly robust with λ w/(w² + λ) for w (Su et al. 2020).
    OptimisticDr { lambda: f64 },
    /// Doubly robust with w/(1 - λ + λ w) for w.
    SubGaussianDr { lambda: f64 },
}

impl PolicyEstimator {
    pub fn name(self) -> &'static str {
        match self {
            PolicyEstimator::Ips => "inverse propensity",
            PolicyEstimator::ClippedIps { .. } => "inverse propensity, clipped",
            PolicyEstimator::SubGaussianIps { .. } => "inverse propensity, sub-gaussian",
            PolicyEstimator::Snips => "inverse propensity, self-normalised",
            PolicyEstimator::DirectMethod => "direct method",
            PolicyEstimator::DoublyRobust => "doubly robust",
            PolicyEstimator::SelfNormalisedDr => "doubly robust, self-normalised",
            PolicyEstimator::SwitchDr { .. } => "doubly robust, switch",
            PolicyEstimator::OptimisticDr { .. } => "doubly robust, optimistic shrinkage",
            PolicyEstimator::SubGaussianDr { .. } => "doubly robust, sub-gaussian",
        }
    }

    /// The value with the standard error sd/√n of the terms of single sends (for self-normalised
    /// ones of their linear parts) and a normal interval. One send has no standard error. `None` for
    /// a self-normalised estimator if the policy never sends what was sent.
    ///
    /// The standard error of the direct method takes the model as right, and those of the clipped
    /// and shrunken ones say nothing of their bias.
    ///
    /// # Errors
    ///
    /// A settings error for a limit that is not above zero, or a λ outside its range.
    pub fn value(self, rounds: &LoggedRounds, level: Level) -> Result<Option<Estimate>> {
        self.check()?;
        let rounds = &rounds.rounds;
        let n = rounds.len() as f64;
        let scale = match self {
            PolicyEstimator::Snips | PolicyEstimator::SelfNormalisedDr => {
                mean(rounds, |r| r.weight)
            }
            _ => 1.0,
        };
        if scale == 0.0 {
            return Ok(None);
        }
        let term = |round: &Round| self.direct(round) + self.correction(round) / scale;
        let point = mean(rounds, term);
        // Normalising takes w times the mean correction off each term.
        let pull = match self {
            PolicyEstimator::Snips | PolicyEstimator::SelfNormalisedDr => {
                mean(rounds, |round| self.correction(round)) / scale
            }
            _ => 0.0,
        };
        let middle = point - pull;
        let off = |round: &Round| term(round) - pull * round.weight / scale - middle;
        let variance = rounds.iter().map(|round| off(round).powi(2)).sum::<f64>() / (n - 1.0);
        let std_error = (n > 1.0).then(|| (variance / n).sqrt());
        let half = std_error.map_or(f64::INFINITY, |se| level.normal_critical() * se);
        let (low, high) = (point - half, point + half);
        let method = self.name();
        Ok(Some(Estimate { point, std_error, low, high, level: level.get(), method }))
    }

    /// The part that the model says.
    fn direct(self, round: &Round) -> f64 {
        match self {
            PolicyEstimator::Ips
            | PolicyEstimator::ClippedIps { .. }
            | PolicyEstimator::SubGaussianIps { .. }
            | PolicyEstimator::Snips => 0.0,
            _ => round.direct,
        }
    }

    /// The part that the send says.
    fn correction(self, round: &Round) -> f64 {
        let Round { weight: w, reward, expected, .. } = *round;
        let beyond = reward - expected;
        let shifted = |lambda: f64| w / (1.0 - lambda + lambda * w);
        match self {
            PolicyEstimator::Ips | PolicyEstimator::Snips => w * reward,
            PolicyEstimator::ClippedIps { most } => w.min(most) * reward,
            // Without a chance under the policy the weight is zero, also at λ = 1.
            PolicyEstimator::SubGaussianIps { .. } | PolicyEstimator::SubGaussianDr { .. }
                if w == 0.0 =>
            {
                0.0
            }
            PolicyEstimator::SubGaussianIps { lambda } => shifted(lambda) * reward,
            PolicyEstimator::DirectMethod => 0.0,
            PolicyEstimator::DoublyRobust | PolicyEstimator::SelfNormalisedDr => w * beyond,
            PolicyEstimator::SwitchDr { most } => {
                if w <= most {
                    w * beyond
                } else {
                    0.0
                }
            }
            PolicyEstimator::OptimisticDr { lambda } => lambda * w / (w * w + lambda) * beyond,
            PolicyEstimator::SubGaussianDr { lambda } => shifted(lambda) * beyond,
        }
    }

    fn check(self) -> Result<()> {
        let (value, fits, needs) = match self {
            PolicyEstimator::ClippedIps { most } | PolicyEstimator::SwitchDr { most } => {
                (most, most > 0.0, "a limit of weights lies above 0, such as 10")
            }
            PolicyEstimator::OptimisticDr { lambda } => {
                (lambda, lambda > 0.0 && lambda.is_finite(), "λ lies above 0, such as 10")
            }
            PolicyEstimator::SubGaussianIps { lambda }
            | PolicyEstimator::SubGaussianDr { lambda } => {
                (lambda, (0.0..=1.0).contains(&lambda), "λ lies between 0 and 1, such as 0.1")
            }
            _ => return Ok(()),
        };
        if fits {
            return Ok(());
        }
        Err(Error::settings(format!("{} with {value}", self.name())).hint(needs))
    }
}

fn mean(rounds: &[Round], term: impl Fn(&Round) -> f64) -> f64 {
    rounds.iter().map(term).sum::<f64>() / rounds.len() as f64
}
