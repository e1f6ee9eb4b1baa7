//! Adjusted p-values for a family of tests.

use serde::Serialize;

/// The adjusted p-values of one family.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Adjusted {
    /// In the order of the input; NaN where there was no p-value.
    pub p: Vec<f64>,
    /// How many p-values the family holds: the m of the correction.
    pub tested: usize,
    /// How many inputs were not probabilities (NaN, below 0, above 1) and are not in the family.
    pub excluded: usize,
}

/// Holm's step-down adjustment (Holm 1979, *Scand. J. Statist.* 6, 65-70), which holds the chance
/// of any false finding under any dependence: maxⱼ≤ᵢ min(1, (m - j + 1) p₍ⱼ₎). Equal p-values get
/// equal results, whatever their order. Sorts: O(m log m).
pub fn holm(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len();
        let mut largest = 0.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate() {
            largest = largest.max((m - rank) as f64 * *p).min(1.0);
            *p = largest;
        }
    })
}

/// Benjamini and Hochberg's adjustment (1995, *JRSS B* 57, 289-300), which holds the expected
/// share of false findings among the findings: minⱼ≥ᵢ min(1, m p₍ⱼ₎ / j). O(m log m).
pub fn benjamini_hochberg(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len() as f64;
        let mut smallest = 1.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate().rev() {
            smallest = smallest.min(m * *p / (rank + 1) as f64);
            *p = smallest;
        }
    })
}

/// Hands the sorted probabilities to `adjust`, and puts the results back in the given order.
fn adjusted(p: &[f64], adjust: impl FnOnce(&mut [f64])) -> Adjusted {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| (0.0..=1.0).contains(&p[*i])).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut sorted: Vec<f64> = order.iter().map(|i| p[*i]).collect();
    adjust(&mut sorted);
    let mut result = vec![f64::NAN; p.len()];
    for (i, value) in order.iter().zip(sorted) {
        result[*i] = value;
    }
    Adjusted { p: result, tested: order.len(), excluded: p.len() - order.len() }
}
