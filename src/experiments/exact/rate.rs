//! Exact statements on one rate.

use statrs::function::gamma::ln_gamma;

use crate::estimate::Estimate;
use crate::experiments::counts::Counts;
use crate::experiments::level::Level;
use crate::experiments::root::root;
use crate::experiments::tail;

/// Clopper and Pearson's interval (1934, *Biometrika* 26, 404-413), which never covers less than its level:
/// quantiles of Beta(x, n − x + 1) and Beta(x + 1, n − x). `None` without trials.
pub fn binomial_interval(counts: &Counts, level: Level) -> Option<Estimate> {
    let point = counts.rate()?;
    let (x, failures) = (counts.successes() as f64, counts.failures() as f64);
    let tail = (1.0 - level.get()) / 2.0;
    let low = if x == 0.0 { 0.0 } else { beta_quantile(tail, x, failures + 1.0) };
    let high = if failures == 0.0 { 1.0 } else { beta_quantile_above(tail, x + 1.0, failures) };
    let (level, method) = (level.get(), "clopper-pearson");
    Some(Estimate { point, std_error: None, low, high, level, method })
}

/// Jeffreys' interval: quantiles of Beta(x + ½, n − x + ½), the ends being 0 and 1 where there are no
/// successes or no failures (Brown, Cai & DasGupta 2001, *Statistical Science* 16, 101-133). `None` without
/// trials.
pub fn jeffreys_interval(counts: &Counts, level: Level) -> Option<Estimate> {
    let point = counts.rate()?;
    let (a, b) = (counts.successes() as f64 + 0.5, counts.failures() as f64 + 0.5);
    let tail = (1.0 - level.get()) / 2.0;
    let low = if counts.successes() == 0 { 0.0 } else { beta_quantile(tail, a, b) };
    let high = if counts.failures() == 0 { 1.0 } else { beta_quantile_above(tail, a, b) };
    let (level, method) = (level.get(), "jeffreys");
    Some(Estimate { point, std_error: None, low, high, level, method })
}

/// The x with P(X ≤ x) = `p`, for p below a half. Solved for the logit, in which the distribution is close
/// to a normal one.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    const WIDEST: f64 = 700.0;
    let share = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    let above = |logit: f64| tail::beta_below(share(logit), a, b).ln_p - p.ln();
    let middle = (a / b).ln();
    let mut reach = 1.0;
    while reach < WIDEST && above(middle - reach) > 0.0 {
        reach *= 2.0;
    }
    if above(middle + 1.0) <= 0.0 {
        return share(root(above, middle + 1.0, middle + WIDEST));
    }
    share(root(above, middle - reach, middle + 1.0))
}

/// The x with P(X ≥ x) = `p`.
fn beta_quantile_above(p: f64, a: f64, b: f64) -> f64 {
    1.0 - beta_quantile(p, b, a)
}

/// The chance of a count as unlikely as `x` or more so (the two-sided test of R and scipy).
pub fn binomial_two_sided(x: u64, n: u64, share: f64) -> f64 {
    let ln_factorial = |k: u64| ln_gamma(k as f64 + 1.0);
    // None of something that never happens is certain.
    let times = |k: u64, ln: f64| if k == 0 { 0.0 } else { k as f64 * ln };
    let ln_pmf = |k: u64| {
        ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
            + times(k, share.ln())
            + times(n - k, (-share).ln_1p())
    };
    // Counts that are equally unlikely but for rounding belong to the tail.
    let limit = ln_pmf(x) + 1e-7;
    (0..=n).map(ln_pmf).filter(|ln_p| *ln_p <= limit).map(f64::exp).sum::<f64>().min(1.0)
}
