//! The evidence of counts against fixed shares.

use super::super::tail;

/// ln of the Bayes factor of shares drawn from Dirichlet(`concentration` × `centre`) against the
/// shares `null`: Σ ln (K cᵢ)_{xᵢ} - ln (K)_N - Σ xᵢ ln pᵢ, with (a)ₙ the rising factorial. Under
/// `null` it is a martingale of mean one, so it ever exceeds 1/α with probability at most α
/// (Ville's inequality; Lindon & Malek 2022, eq. 6). All shares must be positive.
pub(super) fn ln_bayes_factor(
    counts: &[f64],
    null: &[f64],
    centre: &[f64],
    concentration: f64,
) -> f64 {
    let total: f64 = counts.iter().sum();
    let arms = counts.iter().zip(null).zip(centre);
    let gained: f64 = arms
        .filter(|((count, _), _)| **count > 0.0)
        .map(|((count, null), centre)| {
            tail::ln_gamma_step(concentration * centre, *count) - count * null.ln()
        })
        .sum();
    gained - tail::ln_gamma_step(concentration, total)
}
