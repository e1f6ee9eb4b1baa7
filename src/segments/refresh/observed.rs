//! Where every contact would stand by what is observed now.

use serde::{Deserialize, Serialize};

use super::super::model::Distances;

/// What a tracked segment is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackedKind {
    Rule,
    Discovered,
}

/// An accepted segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    pub id: String,
    pub name: String,
    /// The accepted version in which its definition was last changed.
    pub version: u32,
    pub kind: TrackedKind,
}

/// Segments of which a contact is in one at most: those of one model, or one by rule. Labels are places in
/// [`Observed::tracked`].
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The same at every refresh, as long as model or rule are.
    pub key: String,
    label: Vec<Option<u16>>,
    model: Option<(Distances, Vec<Option<u16>>)>,
}

/// All layers at one as-of.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    pub as_of: String,
    /// Ids of all contacts, ascending.
    pub ids: Vec<String>,
    pub tracked: Vec<Tracked>,
    pub layers: Vec<Layer>,
}

impl Layer {
    /// A segment by rule; `members` are ascending places among `contacts` contacts.
    pub fn by_rule(
        key: String,
        segment: u16,
        contacts: usize,
        members: impl Iterator<Item = usize>,
    ) -> Self {
        let mut label = vec![None; contacts];
        members.for_each(|place| label[place] = Some(segment));
        Layer { key, label, model: None }
    }

    /// The segments of a model; `tracked` says which of them are tracked, in the order of their ids in `distances`.
    pub fn of_model(key: String, distances: Distances, tracked: Vec<Option<u16>>) -> Self {
        let label = distances.nearest.iter().map(|&place| tracked[place]).collect();
        Layer { key, label, model: Some((distances, tracked)) }
    }

    /// The segment of a contact, undamped.
    pub fn label(&self, contact: usize) -> Option<u16> {
        self.label[contact]
    }

    /// The distance of a contact to a segment, or to the nearest of those that are not tracked. `None` for rules.
    pub fn distance(&self, contact: usize, segment: Option<u16>) -> Option<f64> {
        let (distances, tracked) = self.model.as_ref()?;
        let row = distances.distance.row(contact);
        let of_it = row.iter().zip(tracked).filter(|(_, known)| **known == segment);
        of_it.map(|(distance, _)| *distance).min_by(f64::total_cmp)
    }
}
