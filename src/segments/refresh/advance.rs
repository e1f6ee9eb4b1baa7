//! From one standing to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::{Cause, Change, ChangeKind};
use super::damping::Damping;
use super::migration::Migration;
use super::observed::{Layer, Observed, TrackedKind};
use super::standing::{Candidate, Held, LayerStanding, SegmentVersion, Standing};

/// Moves that wait, of one pair of segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damped {
    pub from: Option<String>,
    pub to: Option<String>,
    pub contacts: u64,
}

/// What came of a refresh.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    pub standing: Standing,
    /// By contact, exits before entries, then by segment.
    pub changes: Vec<Change>,
    pub damped: Vec<Damped>,
    /// Of discovered segments; `None` at the first refresh, and where there are none.
    pub migration: Option<Migration>,
}

/// The standing after `observed`, given the one `before`.
pub fn advance(before: Option<&Standing>, observed: &Observed, damping: &Damping) -> Advanced {
    let step = Step::new(before, observed, damping);
    let mut layers = Vec::with_capacity(observed.layers.len());
    let mut damped = BTreeMap::new();
    for layer in &observed.layers {
        layers.push(step.layer(layer, &mut damped));
    }
    let mut standing = Standing {
        as_of: observed.as_of.clone(),
        ids: observed.ids.clone(),
        segments: step.segments.clone(),
        dates: step.dates.clone(),
        layers,
    };
    step.carry_dates(&mut standing);
    let changes = step.changes(&standing);
    let migration = before.and_then(|before| Migration::of(before, &standing, observed, &step.row));
    let id = |segment: Option<u16>| segment.map(|s| step.segments[usize::from(s)].id.clone());
    let damped = damped.into_iter().map(|((from, to), contacts)| Damped {
        from: id(from),
        to: id(to),
        contacts,
    });
    Advanced { changes, damped: damped.collect(), migration, standing }
}

struct Step<'a> {
    before: Option<&'a Standing>,
    observed: &'a Observed,
    damping: &'a Damping,
    segments: Vec<SegmentVersion>,
    dates: Vec<String>,
    /// Place of this refresh in `dates`.
    today: u16,
    /// Row of each contact in the standing before.
    row: Vec<Option<u32>>,
    /// Place among the segments now of each segment before, by id; and whether its version is the same.
    now_of: Vec<Option<(u16, bool)>>,
}

impl<'a> Step<'a> {
    fn new(before: Option<&'a Standing>, observed: &'a Observed, damping: &'a Damping) -> Self {
        let segments: Vec<SegmentVersion> = observed
            .tracked
            .iter()
            .map(|t| SegmentVersion {
                id: t.id.clone(),
                version: t.version,
                is_discovered: t.kind == TrackedKind::Discovered,
            })
            .collect();
        let mut dates = before.map_or_else(Vec::new, |b| b.dates.clone());
        dates.push(observed.as_of.clone());
        let now_of = before.map_or_else(Vec::new, |b| {
            b.segments
                .iter()
                .map(|old| {
                    let place = segments.iter().position(|new| new.id == old.id)?;
                    Some((place as u16, segments[place].version == old.version))
                })
                .collect()
        });
        let row = rows(before, &observed.ids);
        let today = dates.len() as u16 - 1;
        Step { before, observed, damping, segments, dates, today, row, now_of }
    }

    /// One layer: what is observed, unless a move waits.
    fn layer(
        &self,
        layer: &Layer,
        damped: &mut BTreeMap<(Option<u16>, Option<u16>), u64>,
    ) -> LayerStanding {
        let old = self.before.and_then(|b| b.layers.iter().find(|l| l.key == layer.key));
        let held = (0..self.observed.ids.len()).map(|contact| {
            let segment = layer.label(contact);
            let at_once = Held { segment, since: self.today, candidate: None };
            let Some(old) = self.row[contact].and_then(|row| old.map(|o| o.held[row as usize]))
            else {
                return at_once;
            };
            let Some(own) = self.same_now(old.segment) else { return at_once };
            if own == segment {
                return Held { segment, since: old.since, candidate: None };
            }
            let (Some(new), Some(far)) =
                (layer.distance(contact, segment), layer.distance(contact, own))
            else {
                return at_once;
            };
            if self.is_new(segment) {
                return at_once;
            }
            let waiting = old.candidate.filter(|c| self.same_now(c.segment) == Some(segment));
            let seen = waiting.map_or(0, |c| c.seen).saturating_add(1);
            if self.damping.moves(new, far, seen) {
                return at_once;
            }
            *damped.entry((own, segment)).or_insert(0) += 1;
            let candidate = Some(Candidate { segment, seen });
            Held { segment: own, since: old.since, candidate }
        });
        LayerStanding { key: layer.key.clone(), held: held.collect() }
    }

    /// The place now of a segment before, in the same version; none stays none. Outer `None` if it is gone or changed.
    fn same_now(&self, before: Option<u16>) -> Option<Option<u16>> {
        match before {
            None => Some(None),
            Some(old) => match self.now_of[usize::from(old)] {
                Some((now, true)) => Some(Some(now)),
                _ => None,
            },
        }
    }

    /// Whether a segment was not there before, in this version.
    fn is_new(&self, segment: Option<u16>) -> bool {
        let Some(segment) = segment else { return false };
        !self.now_of.iter().flatten().any(|(now, is_same)| *now == segment && *is_same)
    }

    /// A contact that held a segment before, by whatever model or version, has held it since then.
    fn carry_dates(&self, standing: &mut Standing) {
        let Some(before) = self.before else { return };
        let layer_before = before.layer_of_segment();
        let mut from: Vec<Option<(u16, usize)>> = vec![None; self.segments.len()];
        for (old, now) in self.now_of.iter().enumerate() {
            if let (Some((now, _)), Some(layer)) = (now, layer_before[old]) {
                from[usize::from(*now)] = Some((old as u16, layer));
            }
        }
        for layer in &mut standing.layers {
            for (contact, held) in layer.held.iter_mut().enumerate() {
                let Some(segment) = held.segment else { continue };
                let (Some((old, layer)), Some(row)) =
                    (from[usize::from(segment)], self.row[contact])
                else {
                    continue;
                };
                let was = before.layers[layer].held[row as usize];
                if was.segment == Some(old) {
                    held.since = was.since;
                }
            }
        }
    }

    fn changes(&self, standing: &Standing) -> Vec<Change> {
        let mut changes = self.entries(standing);
        changes.extend(self.exits(standing));
        changes.sort_unstable_by(|a, b| {
            let key = |c: &Change| (c.kind, c.segment_id.clone());
            a.contact_id.cmp(&b.contact_id).then_with(|| key(a).cmp(&key(b)))
        });
        changes
    }

    fn entries(&self, standing: &Standing) -> Vec<Change> {
        let layer_before = self.before.map_or_else(Vec::new, Standing::layer_of_segment);
        let old_of = |segment: u16| {
            let is_it = |now: &Option<(u16, bool)>| now.is_some_and(|(place, _)| place == segment);
            self.now_of.iter().position(is_it)
        };
        let old: Vec<Option<usize>> = (0..self.segments.len()).map(|s| old_of(s as u16)).collect();
        let mut changes = Vec::new();
        for layer in &standing.layers {
            for (contact, held) in layer.held.iter().enumerate() {
                let Some(segment) = held.segment else { continue };
                let old = old[usize::from(segment)];
                let row = self.row[contact];
                let held_before = match (self.before, old, row) {
                    (Some(before), Some(old), Some(row)) => layer_before[old].is_some_and(|l| {
                        before.layers[l].held[row as usize].segment == Some(old as u16)
                    }),
                    _ => false,
                };
                if held_before {
                    continue;
                }
                let is_same = old.is_some_and(|old| self.now_of[old].is_some_and(|(_, same)| same));
                let cause = match (self.before, row) {
                    (None, _) => Cause::FirstRefresh,
                    (_, None) => Cause::NewContact,
                    _ if !is_same => Cause::Definition,
                    _ => Cause::Behaviour,
                };
                let other = row.and_then(|row| self.discovered_before(&layer.key, row));
                changes.push(self.change(contact, segment, cause, other));
            }
        }
        changes
    }

    fn change(&self, contact: usize, segment: u16, cause: Cause, other: Option<String>) -> Change {
        let SegmentVersion { id, version, .. } = &self.segments[usize::from(segment)];
        Change {
            contact_id: self.observed.ids[contact].clone(),
            kind: ChangeKind::Entered,
            segment_id: id.clone(),
            version: *version,
            cause,
            other_segment_id: other,
            since: None,
        }
    }

    /// The discovered segment that a contact was in, for an entry into one of the layer called `key`.
    fn discovered_before(&self, key: &str, row: u32) -> Option<String> {
        let before = self.before?;
        let old = discovered_in(before, key, row as usize)?;
        Some(before.segments[usize::from(old)].id.clone())
    }

    fn exits(&self, standing: &Standing) -> Vec<Change> {
        let Some(before) = self.before else { return Vec::new() };
        let layer_now = standing.layer_of_segment();
        let mut contact_of = vec![None; before.ids.len()];
        for (contact, row) in self.row.iter().enumerate() {
            if let Some(row) = row {
                contact_of[*row as usize] = Some(contact);
            }
        }
        let mut changes = Vec::new();
        for layer in &before.layers {
            for (row, held) in layer.held.iter().enumerate() {
                let Some(old) = held.segment else { continue };
                let (contact, now) = (contact_of[row], self.now_of[usize::from(old)]);
                let holds = match (contact, now) {
                    (Some(contact), Some((now, _))) => layer_now[usize::from(now)]
                        .is_some_and(|l| standing.layers[l].held[contact].segment == Some(now)),
                    _ => false,
                };
                if holds {
                    continue;
                }
                let cause = match (contact, now) {
                    (None, _) => Cause::Gone,
                    (_, Some((_, true))) => Cause::Behaviour,
                    _ => Cause::Definition,
                };
                let SegmentVersion { id, version, .. } = &before.segments[usize::from(old)];
                changes.push(Change {
                    contact_id: before.ids[row].clone(),
                    kind: ChangeKind::Left,
                    segment_id: id.clone(),
                    version: *version,
                    cause,
                    other_segment_id: contact
                        .and_then(|contact| discovered_in(standing, &layer.key, contact))
                        .map(|segment| self.segments[usize::from(segment)].id.clone()),
                    since: Some(before.dates[usize::from(held.since)].clone()),
                });
            }
        }
        changes
    }
}

/// The discovered segment of a contact in the layer called `key`; where that is not there, in that of any model. `None`
/// for layers of rules.
fn discovered_in(standing: &Standing, key: &str, contact: usize) -> Option<u16> {
    if !is_of_model(key) {
        return None;
    }
    if let Some(same) = standing.layers.iter().find(|layer| layer.key == key) {
        return same.held[contact].segment;
    }
    let of_models = standing.layers.iter().filter(|layer| is_of_model(&layer.key));
    of_models.filter_map(|layer| layer.held[contact].segment).next()
}

/// Keys of layers of models begin so.
pub const MODEL_KEY: &str = "model:";

pub(super) fn is_of_model(key: &str) -> bool {
    key.starts_with(MODEL_KEY)
}

/// The row of each of `ids` in the standing before; both are ascending.
fn rows(before: Option<&Standing>, ids: &[String]) -> Vec<Option<u32>> {
    let Some(before) = before else { return vec![None; ids.len()] };
    let mut next = 0;
    ids.iter()
        .map(|id| {
            while before.ids.get(next).is_some_and(|known| known < id) {
                next += 1;
            }
            (before.ids.get(next) == Some(id)).then_some(next as u32)
        })
        .collect()
}
