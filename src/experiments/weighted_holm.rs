//! Holm's adjustment with weights.

use super::multiplicity::Adjusted;

/// Holm's step-down adjustment with a weight for each hypothesis (Holm 1979, section 4): the chance of any
/// false finding is held, and what a rejected hypothesis held goes to the others in proportion to their
/// weights. Sorted by p/w: max over those before of min(1, p₍ⱼ₎ / w₍ⱼ₎ × Σ of the weights from j on). Equal
/// weights give [`holm`](super::holm). What is no probability, or has no weight above zero, is left out.
/// O(m log m).
pub fn weighted_holm(p: &[f64], weights: &[f64]) -> Adjusted {
    let is_tested = |i: &usize| {
        (0.0..=1.0).contains(&p[*i]) && weights.get(*i).is_some_and(|w| *w > 0.0 && w.is_finite())
    };
    let mut order: Vec<usize> = (0..p.len()).filter(is_tested).collect();
    let cost = |i: usize| p[i] / weights[i];
    order.sort_by(|a, b| cost(*a).total_cmp(&cost(*b)).then(a.cmp(b)));
    let mut adjusted = vec![f64::NAN; p.len()];
    // Added up from the end, so that the last one's share is exactly its own weight.
    let mut remaining = vec![0.0; order.len()];
    let mut sum = 0.0;
    for (place, i) in order.iter().enumerate().rev() {
        sum += weights[*i];
        remaining[place] = sum;
    }
    let mut largest = 0.0_f64;
    for (i, remaining) in order.iter().zip(remaining) {
        largest = largest.max(cost(*i) * remaining).min(1.0);
        adjusted[*i] = largest;
    }
    Adjusted { p: adjusted, tested: order.len(), excluded: p.len() - order.len() }
}

#[cfg(test)]
mod tests {
    use super::super::holm;
    use super::*;

    #[test]
    fn equal_weights_are_holm() {
        let p = [0.02, f64::NAN, 0.01, 0.02, 0.0, 0.9];
        let (plain, weighted) = (holm(&p), weighted_holm(&p, &[0.2; 6]));
        assert_eq!((weighted.tested, weighted.excluded), (plain.tested, plain.excluded));
        for (a, b) in plain.p.iter().zip(&weighted.p) {
            assert!(a.is_nan() && b.is_nan() || (a - b).abs() < 1e-15, "{a} {b}");
        }
    }

    /// Worked by hand: weights 0.8, 0.1, 0.1. p/w = 0.05, 0.1, 0.4; 0.05 × 1, then 0.1 × 0.2, held up by the
    /// first, then 0.4 × 0.1, likewise.
    #[test]
    fn a_finding_passes_on_what_it_held() {
        let found = weighted_holm(&[0.04, 0.01, 0.04], &[0.8, 0.1, 0.1]);
        for (got, want) in found.p.iter().zip([0.05, 0.05, 0.05]) {
            assert!((got - want).abs() < 1e-15, "{found:?}");
        }
        // Alone, the second would have to be below 0.1 × 0.05.
        let found = weighted_holm(&[0.9, 0.01, 0.9], &[0.8, 0.1, 0.1]);
        assert!((found.p[1] - 0.1).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn what_has_no_weight_is_not_tested() {
        let found = weighted_holm(&[0.01, 0.01], &[1.0, 0.0]);
        assert_eq!((found.p[0], found.tested, found.excluded), (0.01, 1, 1));
        assert!(found.p[1].is_nan());
    }

    #[test]
    fn the_order_decides_nothing() {
        let (p, w) = ([0.03, 0.001, 0.03, 0.2], [0.4, 0.3, 0.2, 0.1]);
        let plain = weighted_holm(&p, &w).p;
        let turned = weighted_holm(&[p[3], p[2], p[1], p[0]], &[w[3], w[2], w[1], w[0]]).p;
        for (a, b) in plain.iter().zip(turned.iter().rev()) {
            assert!((a - b).abs() < 1e-15);
        }
    }
}
