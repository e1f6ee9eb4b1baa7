//! RFM: recency, frequency and monetary scores, and a named grid over recency × frequency.
//!
//! 1. Contacts with an order are ranked on each of the three; ties share the mean of their ranks.
//! 2. The mid-rank percentile p = (rank − ½)/n gives the score ⌊k·p⌋ + 1, so that ties share a score
//!    and row order changes nothing. Fewer days since the last order is better.
//! 3. The grid of ten cells over (R, F) names each contact; it is disjoint and complete, unlike the
//!    common list of eleven ranges.
//!
//! Contacts without an order are in no cell: they are [`NO_ORDER`].

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Scores run from 1 (worst) to this.
pub const BINS: u8 = 5;

/// Name of the contacts who never ordered.
pub const NO_ORDER: &str = "No order yet";

/// A contact's purchases at the as-of. No order: `recency_days` is `None` and `frequency` 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchases {
    pub contact_id: String,
    pub recency_days: Option<i64>,
    pub frequency: u64,
    pub monetary_minor: i64,
}

/// Scores from 1 to [`BINS`], 5 best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scores {
    pub recency: u8,
    pub frequency: u8,
    pub monetary: u8,
}

/// One scored contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    pub purchases: Purchases,
    /// `None` for contacts without an order.
    pub scores: Option<Scores>,
    pub segment: &'static str,
}

/// Scores all contacts. The result is in the order of `contacts`.
///
/// # Errors
/// If nobody has an order.
///
/// # Cost
/// Three sorts.
pub fn score(contacts: Vec<Purchases>) -> Result<Vec<Scored>> {
    let buyers: Vec<usize> =
        (0..contacts.len()).filter(|&i| contacts[i].recency_days.is_some()).collect();
    if buyers.is_empty() {
        return Err(Error::data("nobody has an order before the as-of date")
            .hint("check the as-of date, and that amounts are above zero"));
    }
    let column = |value: &dyn Fn(&Purchases) -> i64| {
        mid_rank_scores(&buyers.iter().map(|&i| value(&contacts[i])).collect::<Vec<_>>())
    };
    let recency = column(&|p| -p.recency_days.unwrap_or(i64::MAX));
    let frequency = column(&|p| i64::try_from(p.frequency).unwrap_or(i64::MAX));
    let monetary = column(&|p| p.monetary_minor);
    let mut scores = vec![None; contacts.len()];
    for (place, &contact) in buyers.iter().enumerate() {
        scores[contact] = Some(Scores {
            recency: recency[place],
            frequency: frequency[place],
            monetary: monetary[place],
        });
    }
    let scored = contacts.into_iter().zip(scores).map(|(purchases, scores)| Scored {
        purchases,
        scores,
        segment: scores.map_or(NO_ORDER, |s| segment(s.recency, s.frequency)),
    });
    Ok(scored.collect())
}

/// Scores by mid-rank percentile; larger values score higher.
///
/// # Formula
/// p = (mean rank − ½)/n; score = ⌊[`BINS`]·p⌋ + 1, in whole numbers so that no edge is rounded.
pub fn mid_rank_scores(values: &[i64]) -> Vec<u8> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by_key(|&i| values[i as usize]);
    let mut scores = vec![0; values.len()];
    let mut below = 0;
    for ties in order.chunk_by(|a, b| values[*a as usize] == values[*b as usize]) {
        // Mean rank of ranks below+1 ..= below+t is below + (t+1)/2, so 2n·p = 2·below + t.
        let doubled = 2 * below + ties.len();
        let score = (usize::from(BINS) * doubled / (2 * values.len())) as u8 + 1;
        ties.iter().for_each(|&i| scores[i as usize] = score.min(BINS));
        below += ties.len();
    }
    scores
}

/// The names of the grid's cells, from best to worst.
pub const SEGMENTS: [&str; 10] = [
    "Champions", "Loyal", "Potential loyalist", "New", "Promising", "Need attention",
    "About to sleep", "Can't lose", "At risk", "Hibernating",
];

/// The segment of a cell: the common ten-cell grid over recency and frequency.
pub fn segment(recency: u8, frequency: u8) -> &'static str {
    match (recency, frequency) {
        (5.., 4 | 5..) => "Champions",
        (3 | 4, 4 | 5..) => "Loyal",
        (4 | 5.., 2 | 3) => "Potential loyalist",
        (5.., _) => "New",
        (4, _) => "Promising",
        (3, 3) => "Need attention",
        (3, _) => "About to sleep",
        (_, 5..) => "Can't lose",
        (_, 3 | 4) => "At risk",
        _ => "Hibernating",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_complete_and_as_published() {
        let mut cells = std::collections::BTreeMap::new();
        for r in 1..=5 {
            for f in 1..=5 {
                cells.entry(segment(r, f)).or_insert_with(Vec::new).push((r, f));
            }
        }
        assert_eq!(cells.len(), SEGMENTS.len());
        assert_eq!(cells["Loyal"], [(3, 4), (3, 5), (4, 4), (4, 5)]);
        assert_eq!(cells["Potential loyalist"], [(4, 2), (4, 3), (5, 2), (5, 3)]);
        assert_eq!(cells["At risk"], [(1, 3), (1, 4), (2, 3), (2, 4)]);
        assert_eq!(cells["Can't lose"], [(1, 5), (2, 5)]);
        assert_eq!(cells["About to sleep"], [(3, 1), (3, 2)]);
        assert_eq!(cells["Hibernating"].len(), 4);
    }

    #[test]
    fn ties_share_a_score_and_order_is_irrelevant() {
        let values = [1, 1, 1, 1, 1, 1, 2, 3, 9, 9];
        let scores = mid_rank_scores(&values);
        // By hand: six ties have p = 3.5-0.5 = 3/10, so ⌊1.5⌋+1 = 2; then 6.5/10, 7.5/10, 9/10.
        assert_eq!(scores, [2, 2, 2, 2, 2, 2, 4, 4, 5, 5]);
        let reversed: Vec<i64> = values.iter().rev().copied().collect();
        let mut again = mid_rank_scores(&reversed);
        again.reverse();
        assert_eq!(again, scores);
        assert_eq!(mid_rank_scores(&[7]), [3]);
    }

    #[test]
    fn a_better_contact_never_scores_lower() {
        let values: Vec<i64> = (0..997).map(|i| (i * i * 31) % 101).collect();
        let scores = mid_rank_scores(&values);
        for (a, b) in (0..values.len()).flat_map(|a| (0..40).map(move |b| (a, b))) {
            assert!(values[a] < values[b] || scores[a] >= scores[b]);
        }
    }
}
