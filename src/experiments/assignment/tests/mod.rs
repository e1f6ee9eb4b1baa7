//! Draws against their definition, and what must not move anybody.

mod balanced;
mod draws;
mod fractions;
mod registration;

use std::collections::BTreeMap;

use super::{AssignmentParams, Candidate, Roster};

fn two(shares: [f64; 2]) -> AssignmentParams {
    AssignmentParams::new("subject-line").arm("plain", shares[0]).arm("urgent", shares[1])
}

fn people(range: std::ops::Range<usize>) -> Vec<Candidate> {
    let stratum = |n: usize| ["regulars", "rare", "new"][n % 7 % 3].to_owned();
    range.map(|n| Candidate { contact: format!("c{n:07}"), stratum: stratum(n) }).collect()
}

fn variants(roster: &Roster) -> BTreeMap<&str, &str> {
    roster.rows.iter().map(|row| (row.contact.as_str(), row.variant.as_str())).collect()
}
