//! The same segment in an earlier and a later proposal: ids and names stay with the people.
//!
//! Earlier and later segments are paired so that the sum of their likeness is largest (Kuhn 1955,
//! with potentials). Likeness is the Jaccard overlap over the contacts that both proposals know; where
//! they share too few, nearness of the centres on the standard scale of their common features.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// Likeness from which a segment is the same: of two equal groups half the members are shared.
pub const SAME: f64 = 1.0 / 3.0;

/// Fewer shared contacts than this say nothing about overlap.
const FEWEST_SHARED: usize = 30;

/// What is known of a proposal's segments for matching. Serialised as `earlier.json`, without members.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub as_of: String,
    /// Id and name of each segment.
    pub segments: Vec<(String, String)>,
    /// Each segment's centre, by feature, on the standard scale.
    pub centres: Vec<BTreeMap<String, f64>>,
    /// Contact → place of its segment.
    #[serde(skip)]
    pub members: HashMap<String, usize>,
    /// Ids given so far, in this proposal and all before it.
    pub ids_given: usize,
}

/// What became of the segments of the earlier proposal. Part of `proposal.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Continuity {
    pub earlier_as_of: String,
    /// Contacts in both proposals.
    pub shared_contacts: usize,
    /// Of those, the share whose segment has the same id.
    pub kept_share: Option<f64>,
    pub kept: Vec<String>,
    pub new: Vec<String>,
    pub gone: Vec<String>,
}

impl Continuity {
    /// Whether it is worth saying: not of the same day with nothing changed.
    pub fn tells(&self, as_of: &str) -> bool {
        self.earlier_as_of != as_of
            || self.kept_share != Some(1.0)
            || !self.new.is_empty()
            || !self.gone.is_empty()
    }
}

/// For each later segment, the place of the earlier one that it continues.
pub fn pairs(earlier: Option<&Known>, later: &Known) -> Vec<Option<usize>> {
    let Some(earlier) = earlier else { return vec![None; later.segments.len()] };
    let likeness = likeness(earlier, later);
    let pairs = assign(&likeness);
    let same = |(place, pair): (usize, &Option<usize>)| {
        pair.filter(|earlier| likeness[place][*earlier] >= SAME)
    };
    pairs.iter().enumerate().map(same).collect()
}

/// Rows: later segments; columns: earlier ones.
fn likeness(earlier: &Known, later: &Known) -> Vec<Vec<f64>> {
    let (rows, columns) = (later.segments.len(), earlier.segments.len());
    let mut both = vec![vec![0usize; columns]; rows];
    let mut shared = 0;
    for (contact, &row) in &later.members {
        if let Some(&column) = earlier.members.get(contact) {
            both[row][column] += 1;
            shared += 1;
        }
    }
    if shared < FEWEST_SHARED {
        return (0..rows)
            .map(|r| {
                (0..columns).map(|c| nearness(&later.centres[r], &earlier.centres[c])).collect()
            })
            .collect();
    }
    let row_sum = |r: usize| both[r].iter().sum::<usize>();
    let column_sum = |c: usize| both.iter().map(|row| row[c]).sum::<usize>();
    let jaccard = |r: usize, c: usize| {
        let union = row_sum(r) + column_sum(c) - both[r][c];
        if union == 0 { 0.0 } else { both[r][c] as f64 / union as f64 }
    };
    (0..rows).map(|r| (0..columns).map(|c| jaccard(r, c)).collect()).collect()
}

/// exp(−d²/2) with d² the mean squared distance over common features: 1 at the same place, 1/3 at one
/// and a half standard deviations.
fn nearness(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    let common = a.iter().filter_map(|(name, x)| b.get(name).map(|y| (x - y) * (x - y)));
    let (sum, count) = common.fold((0.0, 0u32), |(sum, n), square| (sum + square, n + 1));
    if count == 0 { 0.0 } else { (-sum / f64::from(count) / 2.0).exp() }
}

/// The pairing of rows with columns whose likeness adds up to most; a row may stay alone.
fn assign(likeness: &[Vec<f64>]) -> Vec<Option<usize>> {
    let (rows, columns) = (likeness.len(), likeness.first().map_or(0, Vec::len));
    // As many columns of no likeness as rows, so that everybody can be paired.
    let cost = |r: usize, c: usize| if c < columns { -likeness[r][c] } else { 0.0 };
    let width = columns + rows;
    let (mut u, mut v) = (vec![0.0; rows + 1], vec![0.0; width + 1]);
    let mut row_of = vec![0usize; width + 1];
    for row in 1..=rows {
        let way = augment(row, width, &cost, &mut u, &mut v, &mut row_of);
        row_of = way;
    }
    let mut pairs = vec![None; rows];
    for column in 1..=columns {
        if row_of[column] > 0 {
            pairs[row_of[column] - 1] = Some(column - 1);
        }
    }
    pairs
}

/// Pairs one more row along the cheapest path; columns and rows count from 1, 0 stands for none.
fn augment(
    row: usize,
    width: usize,
    cost: &dyn Fn(usize, usize) -> f64,
    u: &mut [f64],
    v: &mut [f64],
    row_of: &mut [usize],
) -> Vec<usize> {
    let mut row_of = row_of.to_vec();
    row_of[0] = row;
    let mut least = vec![f64::INFINITY; width + 1];
    let mut from = vec![0usize; width + 1];
    let mut done = vec![false; width + 1];
    let mut column = 0;
    while row_of[column] != 0 {
        done[column] = true;
        let (at, mut step, mut next) = (row_of[column], f64::INFINITY, 0);
        for other in (1..=width).filter(|c| !done[*c]) {
            let reduced = cost(at - 1, other - 1) - u[at] - v[other];
            if reduced < least[other] {
                (least[other], from[other]) = (reduced, column);
            }
            if least[other] < step {
                (step, next) = (least[other], other);
            }
        }
        for other in 0..=width {
            if done[other] {
                u[row_of[other]] += step;
                v[other] -= step;
            } else {
                least[other] -= step;
            }
        }
        column = next;
    }
    while column != 0 {
        row_of[column] = row_of[from[column]];
        column = from[column];
    }
    row_of
}

/// Ids for the later segments: those of the earlier ones they continue, or new ones.
pub fn ids(earlier: Option<&Known>, pairs: &[Option<usize>]) -> (Vec<String>, usize) {
    let mut given = earlier.map_or(0, |e| e.ids_given);
    let mut id = |pair: Option<usize>| match (earlier, pair) {
        (Some(earlier), Some(place)) => earlier.segments[place].0.clone(),
        _ => {
            given += 1;
            format!("S{given}")
        }
    };
    let ids = pairs.iter().copied().map(&mut id).collect();
    (ids, given)
}

/// What became of the earlier segments; `later` carries its final ids.
pub fn continuity(earlier: &Known, later: &Known) -> Continuity {
    let of = |known: &Known, place: usize| known.segments[place].0.clone();
    let (mut shared, mut kept) = (0usize, 0usize);
    for (contact, &place) in &later.members {
        if let Some(&before) = earlier.members.get(contact) {
            shared += 1;
            kept += usize::from(of(earlier, before) == of(later, place));
        }
    }
    let ids = |known: &Known| known.segments.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let (before, after) = (ids(earlier), ids(later));
    Continuity {
        earlier_as_of: earlier.as_of.clone(),
        shared_contacts: shared,
        kept_share: (shared > 0).then(|| kept as f64 / shared as f64),
        kept: after.iter().filter(|id| before.contains(id)).cloned().collect(),
        new: after.iter().filter(|id| !before.contains(id)).cloned().collect(),
        gone: before.iter().filter(|id| !after.contains(id)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(ids: &[&str], members: &[(usize, usize)]) -> Known {
        Known {
            as_of: "2026-01-01".to_owned(),
            segments: ids.iter().map(|id| ((*id).to_owned(), String::new())).collect(),
            centres: vec![BTreeMap::new(); ids.len()],
            members: members.iter().map(|(contact, place)| (contact.to_string(), *place)).collect(),
            ids_given: ids.len(),
        }
    }

    /// The best pairing by trying all.
    fn best(likeness: &[Vec<f64>], row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == likeness.len() {
            return 0.0;
        }
        let mut most = best(likeness, row + 1, taken);
        for column in 0..taken.len() {
            if !taken[column] {
                taken[column] = true;
                most = most.max(likeness[row][column] + best(likeness, row + 1, taken));
                taken[column] = false;
            }
        }
        most
    }

    #[test]
    fn the_assignment_is_the_best_of_all() {
        let mut state = 7u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1u64 << 24) as f64
        };
        for (rows, columns) in [(1, 1), (3, 3), (4, 2), (2, 5), (5, 5), (3, 0)] {
            let likeness: Vec<Vec<f64>> =
                (0..rows).map(|_| (0..columns).map(|_| next()).collect()).collect();
            let pairs = assign(&likeness);
            let sum: f64 =
                pairs.iter().enumerate().filter_map(|(r, c)| c.map(|c| likeness[r][c])).sum();
            assert!((sum - best(&likeness, 0, &mut vec![false; columns])).abs() < 1e-12);
            let mut used: Vec<usize> = pairs.into_iter().flatten().collect();
            used.sort_unstable();
            used.dedup();
            assert_eq!(used.len(), rows.min(columns));
        }
    }

    #[test]
    fn ids_stay_with_the_people_whatever_the_order() {
        let earlier: Vec<(usize, usize)> = (0..100).map(|i| (i, i / 50)).collect();
        let earlier = known(&["S1", "S2"], &earlier);
        // Numbers swapped, ten contacts moved, and a third segment of people not seen before.
        let later: Vec<(usize, usize)> =
            (0..150).map(|i| (i, if i >= 100 { 2 } else { usize::from(i < 40) })).collect();
        let mut later = known(&["", "", ""], &later);
        let (ids, given) = ids(Some(&earlier), &pairs(Some(&earlier), &later));
        assert_eq!((ids.as_slice(), given), (["S2", "S1", "S3"].map(String::from).as_slice(), 3));
        ids.into_iter().zip(&mut later.segments).for_each(|(id, segment)| segment.0 = id);
        let found = continuity(&earlier, &later);
        assert_eq!((found.shared_contacts, found.kept_share), (100, Some(0.9)));
        assert_eq!((found.new.as_slice(), found.gone.len()), (["S3".to_owned()].as_slice(), 0));
    }

    #[test]
    fn without_shared_contacts_the_centres_decide() {
        let at = |x: f64| BTreeMap::from([("recency_days".to_owned(), x)]);
        let mut earlier = known(&["S1", "S2"], &[]);
        earlier.centres = vec![at(-1.0), at(1.0)];
        let mut later = known(&["", ""], &[]);
        later.centres = vec![at(1.2), at(9.0)];
        assert_eq!(ids(Some(&earlier), &pairs(Some(&earlier), &later)).0, ["S2", "S3"]);
    }
}
