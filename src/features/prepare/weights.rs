//! How much each column counts in a distance: no family drowns the others, twins count once.

use std::collections::BTreeMap;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::features::Family;

/// How columns are weighed against each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Weighing {
    /// Every column alike.
    Columns,
    /// A family's weight grows with the square root of the number of its columns, times its number here
    /// (1 if absent): thirty features of the web must not drown three of purchases, and a single one of
    /// tenure must not weigh as much as six of purchases.
    Families(BTreeMap<Family, f64>),
}

/// Two columns that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correlated {
    pub first: String,
    pub second: String,
    /// Pearson's r on the standard scale.
    pub correlation: f64,
}

/// All pairs of columns with |r| of at least `least`.
///
/// # Cost
/// rows × columns².
pub(super) fn correlated(
    names: &[&str],
    standard: ArrayView2<'_, f64>,
    least: f64,
) -> Vec<Correlated> {
    let n = standard.nrows() as f64;
    let mut centered = standard.to_owned();
    for mut column in centered.columns_mut() {
        let mean = column.sum() / n;
        column.mapv_inplace(|v| v - mean);
        let length = column.iter().map(|v| v * v).sum::<f64>().sqrt();
        column.mapv_inplace(|v| if length > 0.0 { v / length } else { 0.0 });
    }
    let r = centered.t().dot(&centered);
    let mut found = Vec::new();
    for (first, name) in names.iter().enumerate() {
        for second in first + 1..names.len() {
            let correlation = r[(first, second)];
            if correlation.abs() >= least {
                let (first, second) = ((*name).to_owned(), names[second].to_owned());
                found.push(Correlated { first, second, correlation });
            }
        }
    }
    found
}

/// The weight of every column, so that squared weights add up to the number of columns.
///
/// # Formula
/// w² = f / (m · √Σ 1/m), with f the family's number, m how many columns say the same as this one
/// (itself included), and the sum over the columns of its family.
pub(super) fn weights(families: &[Family], twins: &[usize], weighing: &Weighing) -> Vec<f64> {
    let squares: Vec<f64> = match weighing {
        Weighing::Columns => twins.iter().map(|m| 1.0 / *m as f64).collect(),
        Weighing::Families(numbers) => {
            let mut sizes: BTreeMap<Family, f64> = BTreeMap::new();
            for (family, m) in families.iter().zip(twins) {
                *sizes.entry(*family).or_default() += 1.0 / *m as f64;
            }
            let square = |(family, m): (&Family, &usize)| {
                numbers.get(family).unwrap_or(&1.0) / (*m as f64 * sizes[family].sqrt())
            };
            families.iter().zip(twins).map(square).collect()
        }
    };
    let sum: f64 = squares.iter().sum();
    let scale = if sum > 0.0 { squares.len() as f64 / sum } else { 0.0 };
    squares.iter().map(|square| (square * scale).sqrt()).collect()
}

/// For each column, how many columns it says the same as, over any chain of pairs; itself included.
pub(super) fn twins(names: &[&str], pairs: &[Correlated]) -> Vec<usize> {
    let mut group: Vec<usize> = (0..names.len()).collect();
    for pair in pairs {
        let place = |name: &str| names.iter().position(|n| *n == name);
        if let (Some(a), Some(b)) = (place(&pair.first), place(&pair.second)) {
            let (keep, gone) = (group[a].min(group[b]), group[a].max(group[b]));
            group.iter_mut().filter(|g| **g == gone).for_each(|g| *g = keep);
        }
    }
    group.iter().map(|g| group.iter().filter(|other| *other == g).count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn families_grow_by_the_root_and_twins_count_once() {
        use Family::{Purchase, Web};
        let families = [Purchase, Web, Web, Web, Web];
        let alike = Weighing::Families(BTreeMap::new());
        let squares = |twins: &[usize], weighing: &Weighing| -> Vec<f64> {
            weights(&families, twins, weighing).iter().map(|w| w * w).collect()
        };
        let close = |found: Vec<f64>, wanted: [f64; 5]| {
            found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12)
        };
        // One column has weight 1, four have 2 together; times 5/3, so that they add up to five.
        let web = 5.0 / 6.0;
        assert!(close(squares(&[1, 1, 1, 1, 1], &alike), [5.0 / 3.0, web, web, web, web]));
        // Twins: the web is of three columns' weight, √3, of which a pair has a third.
        let all = 1.0 + 3.0_f64.sqrt();
        let single = 5.0 * 3.0_f64.sqrt() / 3.0 / all;
        let pair = single / 2.0;
        assert!(close(squares(&[1, 2, 2, 1, 1], &alike), [5.0 / all, pair, pair, single, single]));
        let twice = Weighing::Families([(Web, 2.0)].into());
        assert!(close(squares(&[1; 5], &twice), [1.0, 1.0, 1.0, 1.0, 1.0]));
        assert!(close(squares(&[1; 5], &Weighing::Columns), [1.0; 5]));
    }

    #[test]
    fn correlations_by_hand() {
        let values = array![[1.0, -2.0, 1.0], [2.0, -4.0, 0.0], [3.0, -6.0, 1.0]];
        let found = correlated(&["a", "b", "c"], values.view(), 0.95);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first.as_str(), found[0].second.as_str()), ("a", "b"));
        assert!((found[0].correlation + 1.0).abs() < 1e-12);
        assert_eq!(twins(&["a", "b", "c"], &found), [2, 2, 1]);
    }
}
