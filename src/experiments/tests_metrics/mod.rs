//! Tests of ratios, covariates, quantiles, ranks, resamples and strata of means: reference numbers, second
//! implementations, properties and edges.

mod calibration;
mod cases;
mod edges;
mod properties;
mod reference_means;
mod reference_values;
mod regression;

use super::*;

/// Asserts that two numbers agree to a relative tolerance.
fn near(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs() || gap <= 1e-15, "got {got}, want {want}");
}

fn pair(x: &[f64], y: &[f64]) -> PairMoments {
    PairMoments::of(x, y).expect("columns of finite numbers")
}

fn sorted(values: &[f64]) -> SortedValues {
    SortedValues::new(values.to_vec()).expect("finite numbers")
}

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    values.iter().for_each(|value| moments.add(*value));
    moments
}

/// Opens per email, now and before.
fn opens(arm: &cases::Arm) -> JointMoments<4> {
    let mut sums = JointMoments::default();
    for (i, opens) in arm.opens.iter().enumerate() {
        let row = [*opens, arm.emails[i], arm.pre_opens[i], arm.pre_emails[i]];
        sums.add(row).expect("finite numbers");
    }
    sums
}

/// A fixed stream of numbers between 0 and 1.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About standard normal: a sum of twelve.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }

    /// Mostly zero, else money with a long tail.
    fn spend(&mut self, rate: f64) -> f64 {
        let amount = (100.0 * (2.0 + self.normal()).exp()).round() / 100.0;
        if self.next() < rate { amount } else { 0.0 }
    }

    fn column(&mut self, n: usize, mut value: impl FnMut(&mut Self) -> f64) -> Vec<f64> {
        (0..n).map(|_| value(self)).collect()
    }
}
