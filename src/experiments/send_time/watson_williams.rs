//! Whether several groups have the same mean hour.

use serde::Serialize;

use super::super::tail;
use super::circular::moment;
use super::concentration::best_fisher;
use crate::error::{Error, Result};

/// The Watson-Williams test of equal mean hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WatsonWilliams {
    pub f: f64,
    pub df_between: u32,
    pub df_within: f64,
    pub p: f64,
    pub ln_p: f64,
    /// Σ Rᵢ / N: how closely each group keeps to its own mean hour.
    pub resultant_within: f64,
    /// What limits the test, if anything does.
    pub note: Option<String>,
}

/// F = (1 + 3/(8κ)) (N - k)(Σ Rᵢ - R) / ((k - 1)(N - Σ Rᵢ)), with κ of all hours together (Watson &
/// Williams 1956; Stephens 1972; Mardia & Jupp 2000, §7.4), by Best and Fisher's approximation. An
/// analysis of variance of hours: it takes groups of equal, not too small concentration.
///
/// # Errors
///
/// A data error if there are fewer than two groups, one is empty, an hour is not finite, or no
/// group has two different hours.
pub fn watson_williams(groups: &[Vec<f64>]) -> Result<WatsonWilliams> {
    if groups.len() < 2 || groups.iter().any(Vec::is_empty) {
        return Err(Error::data("mean hours are compared between two or more groups with hours"));
    }
    if groups.iter().flatten().any(|hour| !hour.is_finite()) {
        return Err(Error::data("an hour must be a finite number"));
    }
    let n: f64 = groups.iter().map(|group| group.len() as f64).sum();
    let within: f64 = groups.iter().map(|group| length(group)).sum();
    let all: Vec<f64> = groups.iter().flatten().copied().collect();
    let together = length(&all);
    let df_within = n - groups.len() as f64;
    if n - within <= 1e-12 * n || df_within <= 0.0 {
        return Err(Error::data("the hours do not vary within the groups")
            .hint("the test needs groups in which not all hours are equal"));
    }
    let df_between = (groups.len() - 1) as f64;
    let correction = 1.0 + 3.0 / (8.0 * best_fisher(together / n));
    let f = correction * df_within * (within - together).max(0.0) / (df_between * (n - within));
    let tail = tail::fisher(f, df_between, df_within);
    Ok(WatsonWilliams {
        f,
        df_between: u32::try_from(groups.len() - 1).unwrap_or(u32::MAX),
        df_within,
        p: tail.p,
        ln_p: tail.ln_p,
        resultant_within: within / n,
        note: note(within / n, together / n),
    })
}

/// |Σ e^{iθ}|.
fn length(hours: &[f64]) -> f64 {
    let weighted: Vec<(f64, u64)> = hours.iter().map(|hour| (*hour, 1)).collect();
    let n = hours.len() as u64;
    let (cosine, sine) = moment(&weighted, 1.0, n);
    n as f64 * cosine.hypot(sine)
}

/// Below a resultant of 0.45 the F distribution is no longer near (Stephens 1972).
fn note(within: f64, together: f64) -> Option<String> {
    const LEAST: f64 = 0.45;
    if within < LEAST {
        return Some("the hours of each group are too spread for this test".to_owned());
    }
    (together < LEAST).then(|| {
        "the groups' hours nearly cancel, which makes F larger than it is; the groups differ, but \
         the p-value is rough"
            .to_owned()
    })
}
