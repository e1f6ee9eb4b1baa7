//! How many orders come within a time.

use super::super::purchase::{History, PurchaseModel};

/// P(n orders within t) for n = 0, 1, …, until what is left is below `rest`.
pub fn distribution(model: &PurchaseModel, history: &History, t: f64, rest: f64) -> Vec<f64> {
    const MOST: usize = 1 << 17;
    let expected = model.expected_orders(history, t);
    let alive = model.p_alive(history).max(1e-12);
    let mut most = 8 + (2.0 * expected / alive).min(MOST as f64 / 4.0) as usize;
    loop {
        let counts = model.order_counts(history, t, most);
        let mut left = 1.0;
        for (n, p) in counts.iter().enumerate() {
            left -= p;
            if left < rest {
                return counts[..=n].to_vec();
            }
        }
        if most >= MOST {
            return counts;
        }
        most *= 2;
    }
}

/// The smallest numbers that are not exceeded with the probabilities `tails`.
pub fn quantiles(distribution: &[f64], tails: [f64; 2]) -> [usize; 2] {
    tails.map(|tail| {
        let mut sum = 0.0;
        let reached = distribution.iter().position(|p| {
            sum += p;
            sum >= tail
        });
        reached.unwrap_or(distribution.len().saturating_sub(1))
    })
}
