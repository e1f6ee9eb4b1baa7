//! The random numbers of one contact.

use rand::{RngCore, SeedableRng};
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// A generator that depends on the seed and on a stream number only, so that no thread and no
/// neighbour can change what a contact does.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub fn new(seed: u64, stream: u64) -> Self {
        // Odd multiplier: distinct streams stay distinct whatever the seed.
        let start = SplitMix64::seed_from_u64(seed).next_u64();
        let state = start ^ stream.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Dice(Xoshiro256PlusPlus::seed_from_u64(state))
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Uniform whole number in [low, high); `low` if there is none.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        let span = (high - low).max(1);
        low + ((self.uniform() * span as f64) as i64).min(span - 1)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with this mean.
    pub fn wait(&mut self, mean: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.0);
        unit * mean
    }

    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let unit: f64 = StandardNormal.sample(&mut self.0);
        mean + unit * deviation
    }

    /// A gamma factor of mean 1; a larger shape means less variation. 1 for an unusable shape.
    pub fn factor(&mut self, shape: f64) -> f64 {
        Gamma::new(shape, 1.0 / shape).map_or(1.0, |gamma| gamma.sample(&mut self.0))
    }

    /// Poisson by counting exponential gaps: fast for the small means used here.
    pub fn count(&mut self, mean: f64) -> u32 {
        let floor = (-mean).exp();
        let mut product = self.uniform();
        let mut count = 0;
        while product > floor {
            product *= self.uniform();
            count += 1;
        }
        count
    }

    /// An index drawn in proportion to the weights.
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}
