//! The treatment's successes given all margins of a 2×2 table.

use crate::experiments::counts::Counts;

/// The distribution of the treatment's successes under equal rates, given both arms' trials and all
/// successes. `shares[i]` is the chance of `least + i`.
pub(super) struct Hypergeometric {
    pub least: u64,
    pub shares: Vec<f64>,
    /// ln of the weights, 0 at the mode.
    ln_weights: Vec<f64>,
}

impl Hypergeometric {
    /// Linear in the smallest margin. No factorials: neighbours' ratios, summed outwards from the mode.
    pub fn new(control: &Counts, treatment: &Counts) -> Self {
        let successes = control.successes() + treatment.successes();
        Self::with(control.n(), treatment.n(), successes)
    }

    pub fn with(control: u64, treatment: u64, successes: u64) -> Self {
        let least = successes.saturating_sub(control);
        let most = successes.min(treatment);
        let (nc, nt, m) = (control as f64, treatment as f64, successes as f64);
        let mut ln_weights = Vec::with_capacity((most - least + 1) as usize);
        ln_weights.push(0.0);
        let mut ln = 0.0;
        for x in least + 1..=most {
            let x = x as f64;
            ln += ((nt - x + 1.0) * (m - x + 1.0) / (x * (nc - m + x))).ln();
            ln_weights.push(ln);
        }
        let top = ln_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        ln_weights.iter_mut().for_each(|w| *w -= top);
        let shares = shares(&ln_weights, 0.0);
        Hypergeometric { least, shares, ln_weights }
    }

    pub fn most(&self) -> u64 {
        self.least + (self.shares.len() - 1) as u64
    }

    /// P(X ≤ x) and P(X ≥ x).
    pub fn tails(&self, x: u64) -> (f64, f64) {
        tails(&self.shares, (x - self.least) as usize)
    }

    /// The same where the odds ratio is e^`ln_odds`.
    pub fn tails_at(&self, x: u64, ln_odds: f64) -> (f64, f64) {
        tails(&shares(&self.ln_weights, ln_odds), (x - self.least) as usize)
    }

    /// The mean where the odds ratio is e^`ln_odds`, less `least`.
    pub fn mean_at(&self, ln_odds: f64) -> f64 {
        let shares = shares(&self.ln_weights, ln_odds);
        shares.iter().enumerate().map(|(i, share)| i as f64 * share).sum()
    }
}

fn shares(ln_weights: &[f64], ln_odds: f64) -> Vec<f64> {
    let tilted = |(i, w): (usize, &f64)| w + ln_odds * i as f64;
    let ln: Vec<f64> = ln_weights.iter().enumerate().map(tilted).collect();
    let top = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut shares: Vec<f64> = ln.iter().map(|w| (w - top).exp()).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

fn tails(shares: &[f64], place: usize) -> (f64, f64) {
    // From the small ends, so that small tails keep their digits.
    let below: f64 = shares.iter().take(place + 1).sum();
    let above: f64 = shares.iter().skip(place).rev().sum();
    (below.min(1.0), above.min(1.0))
}
