//! How far two partitions of the same contacts agree.

use std::collections::BTreeMap;

/// Adjusted Rand index (Hubert & Arabie 1985, equation 5): 1 for equal partitions, 0 in the mean for
/// unrelated ones, whatever the labels are called. `None` if the partitions differ in length, or
/// both put everybody together (or everybody alone), where the index is undefined.
pub fn adjusted_rand_index<A: Ord + Clone, B: Ord + Clone>(a: &[A], b: &[B]) -> Option<f64> {
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let mut cells: BTreeMap<(A, B), u64> = BTreeMap::new();
    let mut rows: BTreeMap<A, u64> = BTreeMap::new();
    let mut columns: BTreeMap<B, u64> = BTreeMap::new();
    for (x, y) in a.iter().zip(b) {
        *cells.entry((x.clone(), y.clone())).or_insert(0) += 1;
        *rows.entry(x.clone()).or_insert(0) += 1;
        *columns.entry(y.clone()).or_insert(0) += 1;
    }
    let pairs = |n: &u64| (*n as f64) * (*n as f64 - 1.0) / 2.0;
    let together: f64 = cells.values().map(pairs).sum();
    let in_a: f64 = rows.values().map(pairs).sum();
    let in_b: f64 = columns.values().map(pairs).sum();
    let expected = in_a * in_b / pairs(&(a.len() as u64));
    let highest = f64::midpoint(in_a, in_b);
    (highest != expected).then(|| (together - expected) / (highest - expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand_and_from_the_field() {
        let a = [0, 0, 0, 1, 1, 1];
        assert_eq!(adjusted_rand_index(&a, &["x", "x", "x", "y", "y", "y"]), Some(1.0));
        // scikit-learn: adjusted_rand_score([0,0,1,1], [0,0,1,2]) = 0.5714285714285714.
        let found = adjusted_rand_index(&[0, 0, 1, 1], &[0, 0, 1, 2]);
        assert!(found.is_some_and(|v| (v - 4.0 / 7.0).abs() < 1e-12));
        assert_eq!(adjusted_rand_index(&[0, 0], &[1, 1]), None);
    }
}
