//! Fitting the gamma-gamma model.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::{digamma, ln_gamma};

use crate::error::{Error, Result};
use crate::numeric::tail;

use super::super::evidence::spearman;
use super::super::maximum::{Curve, Maximum, Objective, Suspicion, by_differences, sum_rows};
use super::super::purchase::LEAST_REPEAT_BUYERS;
use super::gamma_gamma::{GammaGamma, Spending};

/// A fitted model of the value of orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedSpend {
    pub model: GammaGamma,
    pub log_likelihood: f64,
    /// Of p, q and v; absent where the curvature says nothing.
    pub standard_errors: Option<[f64; 3]>,
    pub suspicions: Vec<Suspicion>,
    /// Contacts with a repeat order of some value.
    pub contacts: usize,
    pub correlation: Correlation,
}

/// The model takes the value of orders to have nothing to do with their number. This is how far it has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Pearson, of repeats and mean value.
    pub pearson: f64,
    /// Spearman: outliers do not decide it.
    pub spearman: f64,
    /// Of no correlation by ranks, two-sided.
    pub p_value: f64,
}

/// Fits the model to the contacts with repeat orders; money in major units.
///
/// # Errors
/// Fewer than [`LEAST_REPEAT_BUYERS`] of them, or values that do not vary.
pub fn fit(spendings: &[Spending]) -> Result<FittedSpend> {
    let rows: Vec<Spending> =
        spendings.iter().copied().filter(|s| s.repeats > 0 && s.mean_value > 0.0).collect();
    if rows.len() < LEAST_REPEAT_BUYERS {
        return Err(Error::data(format!(
            "a model of order values needs {LEAST_REPEAT_BUYERS} contacts with a repeat order of some value, \
             and there are {}",
            rows.len()
        ))
        .hint("map the amount column, or use a longer history"));
    }
    let scale = rows.iter().map(|s| s.mean_value).sum::<f64>() / rows.len() as f64;
    if rows.iter().all(|s| s.mean_value == rows[0].mean_value) {
        return Err(Error::data(
            "all repeat orders have the same value, so there is no spread to fit",
        )
        .hint("the expected value of an order is that value"));
    }
    let scaled: Vec<Spending> = rows
        .iter()
        .map(|s| Spending { repeats: s.repeats, mean_value: s.mean_value / scale })
        .collect();
    let sample: Vec<Spending> =
        scaled.iter().step_by(scaled.len().div_ceil(SCOUTED)).copied().collect();
    let names = ["p", "q - 1", "v"];
    let maximum =
        Maximum::find(&SpendLikelihood(&sample), &SpendLikelihood(&scaled), &STARTS, &names)
            .ok_or_else(|| {
                Error::data("the values of orders cannot be fitted").hint("check for outliers")
            })?;
    let [p, beyond, v] = maximum.parameters;
    Ok(FittedSpend {
        model: GammaGamma { p, q: 1.0 + beyond, v: v * scale },
        log_likelihood: maximum.log_likelihood - rows.len() as f64 * scale.ln(),
        standard_errors: maximum.standard_errors.map(|[p, q, v]| [p, q, v * scale]),
        suspicions: maximum.suspicions,
        contacts: rows.len(),
        correlation: correlation(&rows)?,
    })
}

/// Contacts on which starts are compared.
const SCOUTED: usize = 5_000;

/// Logarithms of p, q − 1 and v, for values in mean values.
const STARTS: [[f64; 3]; 4] =
    [[1.5, 1.0, -0.7], [0.0, 0.5, 0.5], [3.0, 2.0, -1.0], [0.5, -1.0, -1.0]];

/// In ln p, ln(q − 1) and ln v.
struct SpendLikelihood<'a>(&'a [Spending]);

impl Objective<3> for SpendLikelihood<'_> {
    fn curve(&self, logs: &[f64; 3]) -> Curve<3> {
        by_differences(logs, |logs| self.slope(logs))
    }

    fn weight(&self) -> f64 {
        self.0.len() as f64
    }
}

impl SpendLikelihood<'_> {
    /// Value and gradient.
    fn slope(&self, logs: &[f64; 3]) -> Curve<3> {
        let theta @ [p, beyond, v] = logs.map(f64::exp);
        let q = 1.0 + beyond;
        let (log_v, log_gamma_q, digamma_q) = (v.ln(), ln_gamma(q), digamma(q));
        let sum: Curve<3> = sum_rows(self.0, |row, sum| {
            let (x, m) = (f64::from(row.repeats), row.mean_value);
            let px = p * x;
            let (shape, rate) = (px + q, v + x * m);
            let (log_rate, log_xm) = (rate.ln(), (x * m).ln());
            sum.value += ln_gamma(shape) - ln_gamma(px) - log_gamma_q
                + q * (log_v - log_rate)
                + px * (log_xm - log_rate)
                - m.ln();
            let both = digamma(shape);
            sum.gradient[0] += x * (both - digamma(px) + log_xm - log_rate);
            sum.gradient[1] += both - digamma_q + log_v - log_rate;
            sum.gradient[2] += q / v - shape / rate;
        });
        sum.in_logs(&theta)
    }
}

/// 0 where one of the two does not vary.
fn correlation(rows: &[Spending]) -> Result<Correlation> {
    let repeats: Vec<f64> = rows.iter().map(|s| f64::from(s.repeats)).collect();
    let values: Vec<f64> = rows.iter().map(|s| s.mean_value).collect();
    let spearman = spearman(&repeats, &values)?.unwrap_or(0.0);
    // Normal approximation of the distribution of ranks' correlation without any.
    let p_value = tail::normal(spearman * (rows.len() as f64 - 1.0).sqrt()).p;
    Ok(Correlation { pearson: pearson(&repeats, &values), spearman, p_value })
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}
