//! Small shops by hand, and what must hold for any.

mod damped;
mod moves;
mod sizes;
mod stays;

use ndarray::Array2;

use super::super::model::Distances;
use super::*;
use crate::workspace::DampingStrategy;

/// Three discovered segments, of which S3 is not accepted, and one by rule.
fn tracked() -> Vec<Tracked> {
    let one =
        |id: &str, kind| Tracked { id: id.to_owned(), name: id.to_lowercase(), version: 1, kind };
    vec![
        one("S1", TrackedKind::Discovered),
        one("S2", TrackedKind::Discovered),
        one("buyers", TrackedKind::Rule),
    ]
}

/// Contacts with their distances to S1, S2 and S3, and whether they are buyers.
fn observed(as_of: &str, contacts: &[(&str, [f64; 3], bool)]) -> Observed {
    let nearest = |row: &[f64; 3]| (0..3).min_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0);
    let distances = Distances {
        segment_ids: ["S1", "S2", "S3"].map(str::to_owned).to_vec(),
        nearest: contacts.iter().map(|(_, row, _)| nearest(row)).collect(),
        distance: Array2::from_shape_fn((contacts.len(), 3), |(r, c)| contacts[r].1[c]),
    };
    let buyers = (0..contacts.len()).filter(|place| contacts[*place].2);
    Observed {
        as_of: as_of.to_owned(),
        ids: contacts.iter().map(|(id, _, _)| (*id).to_owned()).collect(),
        tracked: tracked(),
        layers: vec![
            Layer::of_model(format!("{MODEL_KEY}m"), distances, vec![Some(0), Some(1), None]),
            Layer::by_rule("rule:buyers".to_owned(), 2, contacts.len(), buyers),
        ],
    }
}

fn damping() -> Damping {
    Damping::new(DampingStrategy::Either, 0.1, 2).unwrap()
}

/// "c1 left S1 behaviour", one a change.
fn lines(changes: &[Change]) -> Vec<String> {
    let line = |c: &Change| {
        format!("{} {} {} {}", c.contact_id, c.kind.word(), c.segment_id, c.cause.word())
    };
    changes.iter().map(line).collect()
}

const NEAR_1: [f64; 3] = [1.0, 2.0, 3.0];
const NEAR_2: [f64; 3] = [2.0, 1.0, 3.0];
const NEAR_3: [f64; 3] = [2.0, 3.0, 1.0];
/// Nearer to S2 than to S1, by less than a tenth.
const HARDLY_2: [f64; 3] = [1.0, 0.95, 3.0];
