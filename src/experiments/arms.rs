//! All arms at once: do they differ at all?

use serde::Serialize;

use super::counts::Counts;
use super::means::Sample;
use super::tail;

/// A test that all arms are alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Omnibus {
    pub method: &'static str,
    pub statistic: f64,
    pub df: f64,
    /// The denominator's degrees of freedom, for an F statistic.
    pub df_within: Option<f64>,
    pub p: f64,
    pub ln_p: f64,
}

/// Pearson's chi-squared test that all rates are equal (Pearson 1900), on the arms that have
/// trials; `None` if fewer than two have.
///
/// Σ (xᵢ - nᵢ p̄)² / (nᵢ p̄ q̄), k - 1 degrees of freedom, no continuity correction. With no
/// successes at all, or nothing else, the arms are alike: p = 1. Linear in the number of arms.
pub fn pearson(arms: &[Counts]) -> Option<Omnibus> {
    let arms: Vec<&Counts> = arms.iter().filter(|arm| arm.n() > 0).collect();
    if arms.len() < 2 {
        return None;
    }
    let whole = |v: u64| i128::from(v);
    let n: i128 = arms.iter().map(|arm| whole(arm.n())).sum();
    let x: i128 = arms.iter().map(|arm| whole(arm.successes())).sum();
    // N (xᵢ - nᵢ X/N) as a whole number: nearly equal rates keep their difference.
    let term = |arm: &&Counts| {
        let gap = (whole(arm.successes()) * n - whole(arm.n()) * x) as f64;
        gap / (x as f64 * (n - x) as f64) * gap / arm.n() as f64
    };
    let statistic = if x == 0 || x == n { 0.0 } else { arms.iter().map(term).sum() };
    let df = (arms.len() - 1) as f64;
    let tail = tail::chi_squared(statistic, df);
    let method = "pearson chi-squared";
    Some(Omnibus { method, statistic, df, df_within: None, p: tail.p, ln_p: tail.ln_p })
}

/// The likelihood-ratio test that all rates are equal (G, Wilks 1938), on the arms that have trials; `None`
/// if fewer than two have.
///
/// 2 Σ O ln(O/E) over successes and failures, k - 1 degrees of freedom. p = 1 as for [`pearson`] where
/// there are no successes at all, or nothing else.
pub fn g_test(arms: &[Counts]) -> Option<Omnibus> {
    let arms: Vec<&Counts> = arms.iter().filter(|arm| arm.n() > 0).collect();
    if arms.len() < 2 {
        return None;
    }
    let sum = |of: fn(&Counts) -> u64| arms.iter().map(|arm| of(arm) as f64).sum::<f64>();
    let (n, x, failures) = (sum(Counts::n), sum(Counts::successes), sum(Counts::failures));
    let cell = |count: u64, all: f64, trials: u64| {
        let (count, expected) = (count as f64, all / n * trials as f64);
        // The gaps from the expected sum to zero, so that leaving them out keeps the small terms' digits.
        let gap = count - expected;
        if count == 0.0 { expected } else { count * (gap / expected).ln_1p() - gap }
    };
    let terms = arms
        .iter()
        .map(|arm| cell(arm.successes(), x, arm.n()) + cell(arm.failures(), failures, arm.n()));
    let is_alike = x == 0.0 || failures == 0.0;
    let statistic = if is_alike { 0.0 } else { 2.0 * terms.sum::<f64>() };
    let df = (arms.len() - 1) as f64;
    let tail = tail::chi_squared(statistic, df);
    let method = "likelihood-ratio g";
    Some(Omnibus { method, statistic, df, df_within: None, p: tail.p, ln_p: tail.ln_p })
}

/// The smallest expected count of the successes-by-arm table, which says how far Pearson's test
/// can be trusted (Cochran 1954: at least 5). `None` without trials.
pub fn smallest_expected(arms: &[Counts]) -> Option<f64> {
    let n: f64 = arms.iter().map(|arm| arm.n() as f64).sum();
    let rarer = |of: fn(&Counts) -> u64| arms.iter().map(|arm| of(arm) as f64).sum::<f64>();
    let rarer = rarer(Counts::successes).min(rarer(Counts::failures));
    let smallest = arms.iter().map(Counts::n).filter(|n| *n > 0).min()?;
    Some(smallest as f64 * (rarer / n))
}

/// Welch's heteroscedastic analysis of variance (Welch 1951, *Biometrika* 38, 330-336).
///
/// `None` if fewer than two arms have rows, or if one of them has a single row or no spread: the
/// weights nᵢ/sᵢ² do not exist then. Linear in the number of arms.
pub fn welch_anova(arms: &[Sample]) -> Option<Omnibus> {
    let arms: Vec<&Sample> = arms.iter().filter(|arm| arm.n() > 0).collect();
    if arms.len() < 2 || arms.iter().any(|arm| arm.n() < 2 || arm.variance() == 0.0) {
        return None;
    }
    let k = arms.len() as f64;
    let weights: Vec<f64> = arms.iter().map(|arm| 1.0 / arm.mean_variance()).collect();
    let total: f64 = weights.iter().sum();
    let pairs = || arms.iter().zip(&weights);
    // Around the first arm's mean, so that a large common level does not cancel.
    let shift = |arm: &Sample| arm.mean() - arms[0].mean();
    let middle: f64 = pairs().map(|(arm, w)| w / total * shift(arm)).sum();
    let between: f64 = pairs().map(|(arm, w)| w * (shift(arm) - middle).powi(2)).sum();
    let spread: f64 =
        pairs().map(|(arm, w)| (1.0 - w / total).powi(2) / (arm.n() - 1) as f64).sum();
    let statistic = between / (k - 1.0) / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * spread);
    let (df, df_within) = (k - 1.0, (k * k - 1.0) / (3.0 * spread));
    let tail = tail::fisher(statistic, df, df_within);
    let method = "welch anova";
    Some(Omnibus { method, statistic, df, df_within: Some(df_within), p: tail.p, ln_p: tail.ln_p })
}
