//! Rows in the order of their scores, best first, equal scores together.

use rayon::prelude::*;

use crate::error::Result;

use super::input;

/// Row numbers by falling score; rows of one score stay in row order.
pub(super) fn descending(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // Scores are finite; -0 and 0 are equal, which a total order would tell apart.
    order.par_sort_unstable_by(|&a, &b| {
        let falling = scores[b].partial_cmp(&scores[a]).unwrap_or(std::cmp::Ordering::Equal);
        falling.then(a.cmp(&b))
    });
    order
}

/// The runs of `order` that share a score.
pub(super) fn ties<'a>(order: &'a [usize], scores: &'a [f64]) -> impl Iterator<Item = &'a [usize]> {
    order.chunk_by(|&a, &b| scores[a] == scores[b])
}

/// The rows of one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tier {
    pub score: f64,
    /// Weight of the positive rows; their number without weights.
    pub positives: f64,
    pub negatives: f64,
}

/// All scores, best first, with the weight of each class at each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranking {
    pub tiers: Vec<Tier>,
    pub positives: f64,
    pub negatives: f64,
}

impl Ranking {
    /// Sorts the rows; rows of weight 0 are left out. Counts are exact without weights, so that the
    /// order of the rows changes no bit.
    pub(super) fn new(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        input::scored(labels, scores)?;
        input::weights(labels.len(), weights)?;
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
        let mut order = descending(scores);
        order.retain(|&row| weight(row) > 0.0);
        let mut ranking = Ranking { tiers: Vec::new(), positives: 0.0, negatives: 0.0 };
        for rows in ties(&order, scores) {
            let mut tier = Tier { score: scores[rows[0]], positives: 0.0, negatives: 0.0 };
            for &row in rows {
                let side = if labels[row] { &mut tier.positives } else { &mut tier.negatives };
                *side += weight(row);
            }
            ranking.positives += tier.positives;
            ranking.negatives += tier.negatives;
            ranking.tiers.push(tier);
        }
        Ok(ranking)
    }

    /// True if both classes have some weight.
    pub(super) fn has_both_classes(&self) -> bool {
        self.positives > 0.0 && self.negatives > 0.0
    }

    /// Weight of the positives and negatives down to and with each tier, after (0, 0).
    pub(super) fn cumulative(&self) -> Vec<(f64, f64)> {
        let mut sums = Vec::with_capacity(self.tiers.len() + 1);
        let (mut positives, mut negatives) = (0.0, 0.0);
        sums.push((0.0, 0.0));
        for tier in &self.tiers {
            positives += tier.positives;
            negatives += tier.negatives;
            sums.push((positives, negatives));
        }
        sums
    }
}
