//! Who went where among the discovered segments.

use serde::{Deserialize, Serialize};

use super::advance::is_of_model;
use super::observed::Observed;
use super::standing::Standing;

/// Contacts by the discovered segment before (rows) and now (columns).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// As-of of the refresh before.
    pub since: String,
    /// Ids of the segments before; the last but one row is of contacts in none, the last of new contacts.
    pub from: Vec<String>,
    /// Ids of the segments now; the last but one column is of contacts in none, the last of those who are gone.
    pub to: Vec<String>,
    /// One entry a row.
    pub counts: Vec<Vec<u64>>,
}

impl Migration {
    /// Row and column of contacts in no discovered segment.
    pub const NONE: &'static str = "(none)";
    /// Row of contacts who were not known.
    pub const NEW: &'static str = "(new)";
    /// Column of contacts who are no longer in the data.
    pub const GONE: &'static str = "(gone)";

    /// `row` is that of each contact in the standing before. `None` without discovered segments before and now.
    pub(super) fn of(
        before: &Standing,
        now: &Standing,
        observed: &Observed,
        row: &[Option<u32>],
    ) -> Option<Self> {
        let (old, new) = (Labels::of(before), Labels::of(now));
        if old.ids.is_empty() || new.ids.is_empty() {
            return None;
        }
        let mut counts = vec![vec![0; new.ids.len() + 2]; old.ids.len() + 2];
        let mut is_there = vec![false; before.ids.len()];
        for contact in 0..observed.ids.len() {
            let from = match row[contact] {
                Some(row) => {
                    is_there[row as usize] = true;
                    old.of_contact(before, row as usize)
                }
                None => old.ids.len() + 1,
            };
            counts[from][new.of_contact(now, contact)] += 1;
        }
        let gone = is_there.iter().enumerate().filter(|(_, is_there)| !**is_there);
        gone.for_each(|(row, _)| counts[old.of_contact(before, row)][new.ids.len() + 1] += 1);
        let named = |labels: &Labels, last: &str| -> Vec<String> {
            let ids = labels.ids.iter().map(String::as_str);
            ids.chain([Self::NONE, last]).map(str::to_owned).collect()
        };
        Some(Migration {
            since: before.as_of.clone(),
            from: named(&old, Self::NEW),
            to: named(&new, Self::GONE),
            counts,
        })
    }

    /// Contacts who were known before and are in another discovered segment, or in one where they were in none, or in
    /// none where they were in one. Segments that are tracked only before or only now say nothing of contacts.
    pub fn moved(&self) -> u64 {
        let is_both = |id: &String| self.from.contains(id) && self.to.contains(id);
        let known = self.from.iter().zip(&self.counts).filter(|(from, _)| is_both(from));
        let moved = known.flat_map(|(from, row)| {
            let others = self.to.iter().zip(row);
            others.filter(move |(to, _)| *to != from && is_both(to)).map(|(_, n)| *n)
        });
        moved.sum()
    }
}

/// The discovered segments of a standing.
struct Labels {
    /// Ascending.
    ids: Vec<String>,
    /// Place in `ids` of each segment of the standing.
    place: Vec<usize>,
    layers: Vec<usize>,
}

impl Labels {
    fn of(standing: &Standing) -> Self {
        let layers = standing.layers.iter().enumerate().filter(|(_, l)| is_of_model(&l.key));
        let layers: Vec<usize> = layers.map(|(place, _)| place).collect();
        let discovered = standing.segments.iter().filter(|segment| segment.is_discovered);
        let mut ids: Vec<String> = discovered.map(|segment| segment.id.clone()).collect();
        ids.sort_unstable();
        let place =
            |segment: &super::SegmentVersion| ids.binary_search(&segment.id).unwrap_or(ids.len());
        let place = standing.segments.iter().map(place).collect();
        Labels { ids, place, layers }
    }

    /// The row or column of a contact: its first discovered segment, or none.
    fn of_contact(&self, standing: &Standing, contact: usize) -> usize {
        let held = self.layers.iter().map(|layer| standing.layers[*layer].held[contact].segment);
        held.flatten().next().map_or(self.ids.len(), |segment| self.place[usize::from(segment)])
    }
}
