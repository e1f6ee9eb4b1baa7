//! How values become cut points.
//!
//! Amounts, days and orders are whole numbers, so every rule comes down to whole cut points: no score
//! depends on the rounding of an edge.

use crate::workspace::RfmScoring;

use super::scale::{Better, Cut, Scale};

/// A rule of scoring for one of the three. k is the number of bins, n that of contacts with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// p = (mean rank − ½)/n from the worst; score = ⌊k·p⌋ + 1. Contacts with equal values share the mean
    /// of their ranks and so the score. A value that nobody had takes the place it would have had among
    /// those who were there.
    MidRank,
    /// Edges are the quantiles 1/k … (k−1)/k of the values (type 7 of Hyndman & Fan 1996, the default of
    /// R and NumPy); a value on an edge belongs to the smaller ones, as with pandas' `qcut`. Ties share a
    /// score. Where many values are alike, edges coincide and scores between are nobody's.
    ValueEdges,
    /// SQL's `NTILE(k)` over the contacts from the worst to the best: groups of equal size, the first ones
    /// larger by one where k does not divide n. Of contacts with equal values the smaller id, compared
    /// byte by byte, is the worse: `ORDER BY value, id`. So ties are split by what has nothing to do with
    /// them. A contact that was not there is placed by value and id in the same way.
    ///
    /// `qcut` over `rank(method="first")` gives the same scores where k divides n and rows stand in the
    /// order of ids.
    Ntile,
    /// The same with the larger id the worse: `ORDER BY value, id DESC`. It is what `qcut` over first
    /// ranks does to recency, where the ranks are turned round.
    NtileDesc,
    /// The worst value for each score but the lowest, ascending: for recency the most days, for the others
    /// the fewest orders and the least money.
    Fixed(Vec<i64>),
}

impl Rule {
    /// The rule's word in settings.
    pub fn word(&self) -> RfmScoring {
        match self {
            Rule::MidRank => RfmScoring::MidRank,
            Rule::ValueEdges => RfmScoring::ValueEdges,
            Rule::Ntile => RfmScoring::Ntile,
            Rule::NtileDesc => RfmScoring::NtileDesc,
            Rule::Fixed(_) => RfmScoring::Fixed,
        }
    }

    /// Cut points for `values`, each with its contact's id; their order changes nothing. A contact that
    /// is listed twice counts twice.
    ///
    /// # Cost
    /// One sort.
    pub fn fit(&self, values: &[(i64, &str)], better: Better, bins: u8) -> Scale {
        let bins = usize::from(bins);
        let cuts = match self {
            Rule::MidRank => plain(mid_rank(&from_the_worst(values, better), bins), better),
            Rule::ValueEdges => value_edges(values, better, bins),
            Rule::Ntile => ntile(values, better, bins, false),
            Rule::NtileDesc => ntile(values, better, bins, true),
            Rule::Fixed(cuts) => fixed(cuts, better),
        };
        Scale { rule: self.word(), better, cuts }
    }
}

/// The value as it grows with what is good, or such a value as it stands. `!` is −v − 1, which every number
/// has.
fn turned(value: i64, better: Better) -> i64 {
    match better {
        Better::Lower => !value,
        Better::Higher => value,
    }
}

fn from_the_worst(values: &[(i64, &str)], better: Better) -> Vec<i64> {
    let mut sorted: Vec<i64> = values.iter().map(|(value, _)| turned(*value, better)).collect();
    sorted.sort_unstable();
    sorted
}

/// Cuts that split no ties.
fn plain(values: Vec<i64>, better: Better) -> Vec<Cut> {
    let cut = |value| Cut { value: turned(value, better), contact_id: None };
    values.into_iter().map(cut).collect()
}

/// The smallest value for each score from 2 on. A value x has p = (below + alike/2)/n, with the numbers
/// of sorted values below and alike, so it steps up at each of them and just above.
fn mid_rank(sorted: &[i64], bins: usize) -> Vec<i64> {
    let n = sorted.len();
    let (mut cuts, mut below) = (Vec::with_capacity(bins), 0);
    let mut reach = |doubled: usize, value: i64| {
        let score = (bins * doubled / (2 * n) + 1).min(bins);
        cuts.resize(cuts.len().max(score - 1), value);
    };
    for ties in sorted.chunk_by(|a, b| a == b) {
        reach(2 * below + ties.len(), ties[0]);
        below += ties.len();
        // Nothing is above the largest number there is.
        ties[0].checked_add(1).into_iter().for_each(|above| reach(2 * below, above));
    }
    cuts
}

fn value_edges(values: &[(i64, &str)], better: Better, bins: usize) -> Vec<Cut> {
    let mut sorted: Vec<i64> = values.iter().map(|(value, _)| *value).collect();
    sorted.sort_unstable();
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    // The largest whole number up to an edge; only what is above it is above the edge.
    let edge = |j: usize| {
        let (place, rest) = (last * j / bins, (last * j % bins) as i128);
        let (low, high) = (i128::from(sorted[place]), i128::from(sorted[(place + 1).min(last)]));
        low + (rest * (high - low)).div_euclid(bins as i128)
    };
    let whole = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let cut = |value| Cut { value, contact_id: None };
    match better {
        Better::Lower => (1..bins).rev().map(|j| cut(whole(edge(j)))).collect(),
        // An edge at the largest number there is has nothing above it.
        Better::Higher => {
            (1..bins).map_while(|j| i64::try_from(edge(j) + 1).ok()).map(cut).collect()
        }
    }
}

fn ntile(values: &[(i64, &str)], better: Better, bins: usize, descending: bool) -> Vec<Cut> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by_key(|(value, _)| turned(*value, better));
    let (size, larger) = (sorted.len() / bins, sorted.len() % bins);
    let starts = (1..bins).map(|group| group * size + group.min(larger));
    let mut cuts = Vec::with_capacity(bins);
    for place in starts.take_while(|place| *place < values.len()) {
        let (value, id) = in_order_of_ids(&mut sorted, place, better, descending);
        cuts.push(Cut { value, contact_id: Some(id.to_owned()) });
    }
    cuts
}

/// What stands at `place` once ties are in the order of ids. Only the ties around it are put in order:
/// comparing ids is what costs.
fn in_order_of_ids<'a>(
    sorted: &mut [(i64, &'a str)],
    place: usize,
    better: Better,
    descending: bool,
) -> (i64, &'a str) {
    let value = turned(sorted[place].0, better);
    let start = sorted.partition_point(|(other, _)| turned(*other, better) < value);
    let end = sorted.partition_point(|(other, _)| turned(*other, better) <= value);
    let order = |a: &(i64, &str), b: &(i64, &str)| match descending {
        true => b.1.cmp(a.1),
        false => a.1.cmp(b.1),
    };
    *sorted[start..end].select_nth_unstable_by(place - start, order).1
}

fn fixed(cuts: &[i64], better: Better) -> Vec<Cut> {
    let cut = |value: &i64| Cut { value: *value, contact_id: None };
    match better {
        Better::Lower => cuts.iter().rev().map(cut).collect(),
        Better::Higher => cuts.iter().map(cut).collect(),
    }
}
