//! Labels beside a plot, moved apart until none overlaps another.

/// Middles of labels of this height, as near to where they are wanted as they can be together (least
/// squares: the pool-adjacent-violators algorithm), in the order given. The room must be as high as all
/// labels together.
pub(super) fn apart(wanted: &[f64], height: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Without the heights of the labels above, the places must only not decrease.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, place) in order.iter().enumerate() {
        let mut pool = (wanted[*place] - height * rank as f64, 1);
        while let Some((mean, count)) = pools.last().copied().filter(|last| last.0 > pool.0) {
            let both = count + pool.1;
            pool = ((mean * count as f64 + pool.0 * pool.1 as f64) / both as f64, both);
            pools.pop();
        }
        pools.push(pool);
    }
    let first = top + height / 2.0;
    let last = (bottom + height / 2.0 - height * wanted.len() as f64).max(first);
    let free = pools.iter().flat_map(|(mean, count)| std::iter::repeat_n(*mean, *count));
    let mut places = wanted.to_vec();
    for (rank, (place, free)) in order.iter().zip(free).enumerate() {
        places[*place] = free.clamp(first, last) + height * rank as f64;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn labels_keep_their_order_and_their_distance() {
        assert_eq!(apart(&[50.0, 20.0], 10.0, (0.0, 100.0)), [50.0, 20.0]);
        assert_eq!(apart(&[20.0, 20.0, 26.0], 10.0, (0.0, 100.0)), [12.0, 22.0, 32.0]);
        assert_eq!(apart(&[99.0, 0.0, 98.0], 10.0, (0.0, 100.0)), [95.0, 5.0, 85.0]);
        assert!(apart(&[], 10.0, (0.0, 1.0)).is_empty());
    }
}
