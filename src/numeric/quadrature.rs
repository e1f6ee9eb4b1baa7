//! Integrals of smooth functions.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Nodes in (0, 1) and weights that add up to 1.
#[derive(Debug, Clone)]
pub struct GaussLegendre {
    points: Vec<(f64, f64)>,
}

/// Enough for what the models integrate over one panel: errors below 1e-12.
static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(32));
static BRIEF: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(16));

impl GaussLegendre {
    /// The rule with `count` nodes; exact for polynomials of degree 2·count − 1. Newton's method on
    /// Legendre's recurrence (Press et al. 2007, §4.6).
    pub fn new(count: usize) -> Self {
        let n = count as f64;
        let node = |i: usize| {
            let mut x = (PI * (i as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut p, mut before) = (1.0, 0.0);
                for j in 0..count {
                    let j = j as f64;
                    (p, before) = (((2.0 * j + 1.0) * x * p - j * before) / (j + 1.0), p);
                }
                slope = n * (x * p - before) / (x * x - 1.0);
                let step = p / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            ((1.0 + x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
        };
        GaussLegendre { points: (0..count).map(node).collect() }
    }

    /// The rule that the models share.
    pub fn shared() -> &'static Self {
        &RULE
    }

    /// A shorter one, for what changes little over the panel.
    pub fn brief() -> &'static Self {
        &BRIEF
    }

    /// Nodes in (0, 1) with their weights.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// ∫ f over [from, to].
    pub fn integrate(&self, from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        let width = to - from;
        self.points.iter().map(|(x, weight)| width * weight * f(from + width * x)).sum()
    }
}

/// ∫₀^∞ f for a smooth f that falls off at least like a power: the exp-sinh rule, halving its step
/// until nothing changes (Takahasi & Mori 1974). `scale` is about where f has most of its mass.
pub fn half_line(scale: f64, f: impl Fn(f64) -> f64) -> f64 {
    const REACH: f64 = 6.5;
    let sum = |step: f64, offset: f64, stride: f64| {
        let count = (REACH / (step * stride)) as i64;
        let at = |k: i64| {
            let t = step * (offset + stride * k as f64);
            let x = scale * (PI / 2.0 * t.sinh()).exp();
            let value = f(x) * x * PI / 2.0 * t.cosh();
            if value.is_finite() { value } else { 0.0 }
        };
        (-count..=count).map(at).sum::<f64>()
    };
    let mut step = 0.25;
    let mut total = step * sum(step, 0.0, 1.0);
    for _ in 0..7 {
        step /= 2.0;
        let finer = total / 2.0 + step * sum(step, 1.0, 2.0);
        let change = (finer - total).abs();
        total = finer;
        if change <= 1e-14 * total.abs() {
            break;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_for_polynomials() {
        let rule = GaussLegendre::new(5);
        let ninth = rule.integrate(0.0, 2.0, |x| x.powi(9));
        assert!((ninth - 102.4).abs() < 1e-11);
        assert!((GaussLegendre::shared().integrate(0.0, PI, f64::sin) - 2.0).abs() < 1e-14);
    }

    #[test]
    fn the_half_line_agrees_with_closed_forms() {
        assert!((half_line(1.0, |x| (-x).exp()) - 1.0).abs() < 1e-13);
        // ∫ e^{−x/1000}/(1+x)² is dominated by small x.
        let slow = half_line(1.0, |x| (-x / 1000.0).exp() / (1.0 + x).powi(2));
        let fine = half_line(30.0, |x| (-x / 1000.0).exp() / (1.0 + x).powi(2));
        assert!((slow - fine).abs() < 1e-12);
    }
}
