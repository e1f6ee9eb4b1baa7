//! The best of several climbs, with standard errors.

use serde::{Deserialize, Serialize};

use super::curve::Objective;
use super::newton::{Ended, FARTHEST, cholesky, maximise, substitute};

/// What is suspicious about a maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Suspicion {
    /// A parameter went to the edge of what was searched: the data want it to be 0 or infinite.
    AtBoundary { parameter: String },
    /// Parameters can move together without changing the likelihood much; only what they say together
    /// is known. The number is the ratio of the largest to the smallest curvature.
    Ridge { condition: f64 },
    /// The climb ended before the gradient vanished.
    NotConverged,
}

/// A maximum of a log-likelihood.
#[derive(Debug, Clone, PartialEq)]
pub struct Maximum<const N: usize> {
    /// The parameters themselves.
    pub parameters: [f64; N],
    pub log_likelihood: f64,
    /// By parameter, from the curvature (delta method on the logarithms); `None` at a boundary or on a
    /// ridge, where single parameters are not known.
    pub standard_errors: Option<[f64; N]>,
    /// Covariance of the logarithms of the parameters; on a ridge with a weak prior.
    pub log_covariance: Option<[[f64; N]; N]>,
    pub steps: usize,
    pub suspicions: Vec<Suspicion>,
}

/// How near to a maximum, as a share of the log-likelihood: to tell starts apart, and in the end.
const SCOUTING: f64 = 1e-6;
const FINDING: f64 = 1e-13;

/// Curvatures that differ by more than this make a ridge.
const RIDGE: f64 = 1e8;

/// Precision of the logarithms of parameters where the likelihood has a ridge: one in four a standard
/// deviation of 2, a factor of 7 either way.
const WEAK_PRIOR: f64 = 0.25;

impl<const N: usize> Maximum<N> {
    /// Climbs from all of `starts` on `scout`, which may be a sample, and from the best place found on
    /// `objective`. `None` if no start has a finite likelihood.
    pub fn find(
        scout: &impl Objective<N>,
        objective: &impl Objective<N>,
        starts: &[[f64; N]],
        names: &[&str; N],
    ) -> Option<Self> {
        let mut found: Vec<Ended<N>> = starts
            .iter()
            .map(|start| maximise(scout, *start, SCOUTING))
            .filter(|ended| ended.curve.is_finite())
            .collect();
        found.sort_by(|a, b| b.curve.value.total_cmp(&a.curve.value));
        let best = maximise(objective, found.first()?.logs, FINDING);
        best.curve.is_finite().then(|| Self::at(&best, names))
    }

    fn at(ended: &Ended<N>, names: &[&str; N]) -> Self {
        let parameters = ended.logs.map(f64::exp);
        let mut suspicions = Vec::new();
        if !ended.converged {
            suspicions.push(Suspicion::NotConverged);
        }
        for (name, log) in names.iter().zip(&ended.logs) {
            if log.abs() > FARTHEST - 0.5 {
                suspicions.push(Suspicion::AtBoundary { parameter: (*name).to_owned() });
            }
        }
        let exact = inverse(&ended.curve.hessian, 0.0);
        match exact {
            Some((condition, _)) if condition < RIDGE => {}
            Some((condition, _)) => suspicions.push(Suspicion::Ridge { condition }),
            None => suspicions.push(Suspicion::Ridge { condition: f64::INFINITY }),
        }
        // Along a ridge the data do not decide, and predictions hardly change: there a weak prior says how
        // far parameters may move, everywhere else it is negligible.
        let covariance = match suspicions.is_empty() {
            true => exact,
            false => inverse(&ended.curve.hessian, WEAK_PRIOR),
        };
        let covariance = covariance.map(|(_, inverse)| inverse);
        let errors = covariance.filter(|_| suspicions.is_empty());
        Maximum {
            parameters,
            log_likelihood: ended.curve.value,
            standard_errors: errors
                .map(|c| std::array::from_fn(|i| parameters[i] * c[i][i].sqrt())),
            log_covariance: covariance,
            steps: ended.steps,
            suspicions,
        }
    }
}

/// The inverse of −H + prior·I and its condition number (in the 1-norm).
fn inverse<const N: usize>(hessian: &[[f64; N]; N], prior: f64) -> Option<(f64, [[f64; N]; N])> {
    let mut negative = hessian.map(|row| row.map(|v| -v));
    (0..N).for_each(|i| negative[i][i] += prior);
    let factor = cholesky(&negative)?;
    let unit = |i: usize| std::array::from_fn(|j| f64::from(u8::from(i == j)));
    let inverse: [[f64; N]; N] = std::array::from_fn(|i| substitute(&factor, &unit(i)));
    let norm = |m: &[[f64; N]; N]| {
        let sum = |j: usize| m.iter().map(|row| row[j].abs()).sum::<f64>();
        (0..N).map(sum).fold(0.0, f64::max)
    };
    Some((norm(&negative) * norm(&inverse), inverse))
}
