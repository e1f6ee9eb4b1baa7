//! Where every contact stands, and since when.

use std::collections::{BTreeMap, HashMap};

/// Where a contact stands in one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Place in [`Standing::segments`]; `None` in none of them.
    pub segment: Option<u16>,
    /// Place in [`Standing::dates`] of the refresh since which it stands so.
    pub since: u16,
    /// A move that waits.
    pub candidate: Option<Candidate>,
}

/// A move that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub segment: Option<u16>,
    /// Refreshes in a row at which it was seen.
    pub seen: u8,
}

/// A segment and the accepted version by which members were found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentVersion {
    pub id: String,
    pub version: u32,
    /// Whether a model finds its members.
    pub is_discovered: bool,
}

/// One layer, by contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStanding {
    pub key: String,
    pub held: Vec<Held>,
}

/// All contacts at one refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub as_of: String,
    /// Ids of all contacts, ascending.
    pub ids: Vec<String>,
    pub segments: Vec<SegmentVersion>,
    /// As-ofs of refreshes that `since` refers to, ascending.
    pub dates: Vec<String>,
    pub layers: Vec<LayerStanding>,
}

impl Standing {
    /// The layer in which each segment is held, by place in `segments`; `None` for one that nobody holds.
    pub fn layer_of_segment(&self) -> Vec<Option<usize>> {
        let mut layers = vec![None; self.segments.len()];
        for (place, layer) in self.layers.iter().enumerate() {
            for segment in layer.held.iter().filter_map(|held| held.segment) {
                layers[usize::from(segment)] = Some(place);
            }
        }
        layers
    }

    /// The name of every contact's discovered segment, by contact id; contacts without one are left out.
    pub fn discovered(&self, names: &BTreeMap<String, String>) -> HashMap<String, String> {
        let mut found = HashMap::new();
        for layer in &self.layers {
            for (id, held) in self.ids.iter().zip(&layer.held) {
                let segment = held.segment.map(|segment| &self.segments[usize::from(segment)]);
                if let Some(segment) = segment.filter(|segment| segment.is_discovered) {
                    let name = names.get(&segment.id).unwrap_or(&segment.id);
                    found.entry(id.clone()).or_insert_with(|| name.clone());
                }
            }
        }
        found
    }

    /// Whether each contact is a member of a segment, in this version; `None` if that is not tracked.
    pub fn members(&self, id: &str, version: u32) -> Option<Vec<bool>> {
        let place = self.segments.iter().position(|s| s.id == id && s.version == version)?;
        let place = Some(u16::try_from(place).ok()?);
        let is_in = |contact: usize| self.layers.iter().any(|l| l.held[contact].segment == place);
        Some((0..self.ids.len()).map(is_in).collect())
    }

    /// Members of each segment.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.segments.len()];
        let held = self.layers.iter().flat_map(|layer| &layer.held);
        held.filter_map(|held| held.segment).for_each(|s| sizes[usize::from(s)] += 1);
        sizes
    }

    /// Members of each segment by the date since which they belong: segment id, date, contacts.
    pub fn open_spells(&self) -> BTreeMap<(String, String), u64> {
        let mut spells = BTreeMap::new();
        for held in self.layers.iter().flat_map(|layer| &layer.held) {
            if let Some(segment) = held.segment {
                *spells.entry((segment, held.since)).or_insert(0) += 1;
            }
        }
        let named = spells.into_iter().map(|((segment, since), count)| {
            let id = self.segments[usize::from(segment)].id.clone();
            ((id, self.dates[usize::from(since)].clone()), count)
        });
        named.collect()
    }
}
