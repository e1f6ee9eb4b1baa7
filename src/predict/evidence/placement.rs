//! How many rows of the other class each row beats: the parts of DeLong's variance.

use super::ranking;

/// Twice the number of rows of the other class that a row is on the right side of, ties counting
/// once: whole numbers, so that sums are exact and the order of rows changes no bit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placements {
    positives: Vec<i64>,
    negatives: Vec<i64>,
}

impl Placements {
    /// Labels and scores are checked before.
    pub(super) fn new(labels: &[bool], scores: &[f64]) -> Self {
        let order = ranking::descending(scores);
        let all = labels.iter().filter(|label| **label).count() as i64;
        let others = labels.len() as i64 - all;
        let mut doubled = vec![0; labels.len()];
        let (mut above, mut others_above) = (0, 0);
        for rows in ranking::ties(&order, scores) {
            let here = rows.iter().filter(|row| labels[**row]).count() as i64;
            let others_here = rows.len() as i64 - here;
            for &row in rows {
                doubled[row] = if labels[row] {
                    2 * (others - others_above) - others_here
                } else {
                    2 * above + here
                };
            }
            above += here;
            others_above += others_here;
        }
        let of = |class: bool| {
            let rows = doubled.iter().zip(labels).filter(|(_, label)| **label == class);
            rows.map(|(value, _)| *value).collect()
        };
        Placements { positives: of(true), negatives: of(false) }
    }

    pub(super) fn has_both_classes(&self) -> bool {
        !self.positives.is_empty() && !self.negatives.is_empty()
    }

    pub(super) fn smaller_class(&self) -> usize {
        self.positives.len().min(self.negatives.len())
    }

    /// Row by row, this less `other`, which has the same rows.
    pub(super) fn less(&self, other: &Self) -> Self {
        let gap = |a: &[i64], b: &[i64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        Placements {
            positives: gap(&self.positives, &other.positives),
            negatives: gap(&self.negatives, &other.negatives),
        }
    }

    /// The mean placement of the positives, which is the AUC.
    pub(super) fn area(&self) -> f64 {
        let total: i128 = self.positives.iter().map(|v| i128::from(*v)).sum();
        let pairs = self.positives.len() as i128 * self.negatives.len() as i128;
        total as f64 / (2 * pairs) as f64
    }

    /// S10/P + S01/N; `None` if a class has a single row.
    pub(super) fn variance(&self) -> Option<f64> {
        let of_positives = variance(&self.positives, self.negatives.len())?;
        let of_negatives = variance(&self.negatives, self.positives.len())?;
        Some(of_positives + of_negatives)
    }
}

/// The variance of the mean of `doubled` / (2 `others`).
fn variance(doubled: &[i64], others: usize) -> Option<f64> {
    let n = doubled.len() as i128;
    if n < 2 {
        return None;
    }
    let (sum, squares) = doubled.iter().fold((0_i128, 0_i128), |(sum, squares), value| {
        let value = i128::from(*value);
        (sum + value, squares + value * value)
    });
    // n Σd² - (Σd)² as a whole number: nothing cancels.
    let spread = (n * squares - sum * sum) as f64;
    let (n, scale) = (n as f64, 2.0 * others as f64);
    Some(spread / (n * n * (n - 1.0)) / (scale * scale))
}
