//! Arms, as they are drawn.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fraction::{Purpose, fraction};
use super::roster::Candidate;

/// An arm, and its share of the contacts that are in any.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arm {
    pub name: String,
    /// All arms' add up to 1.
    pub share: f64,
    /// The recipient's local hour of sending, where that is what arms differ in.
    pub hour: Option<u8>,
}

/// Checked arms, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigner {
    salt: String,
    /// In the order of their names, each with a share above 0.
    arms: Vec<Arm>,
    holdout: f64,
}

impl Assigner {
    pub(super) fn new(salt: String, arms: Vec<Arm>, holdout: f64) -> Self {
        Assigner { salt, arms, holdout }
    }

    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The arms with a share above 0, by name.
    pub fn arms(&self) -> &[Arm] {
        &self.arms
    }

    pub fn holdout(&self) -> f64 {
        self.holdout
    }

    /// Whether the contact is in no arm. Neither arms nor shares take part.
    pub fn is_held_out(&self, contact: &str) -> bool {
        fraction(&self.salt, Purpose::Holdout, contact) < self.holdout
    }

    /// The contact's arm by the hash; `None` for the holdout.
    pub fn draw(&self, contact: &str) -> Option<&Arm> {
        if self.is_held_out(contact) {
            return None;
        }
        Some(self.arm_at(fraction(&self.salt, Purpose::Arm, contact)))
    }

    /// The arms of contacts that are drawn together, each stratum by itself: those who are not held out stand in
    /// the order of a hash, and of n of them the i-th gets the arm at (i + u)/n, with u drawn once. So an arm has
    /// n times its share of a stratum, rounded up or down, and everybody the same chance of it (systematic
    /// sampling, Madow & Madow 1944, *Annals of Mathematical Statistics* 15, 1-24). In the order of
    /// `candidates`; `None` for the holdout.
    pub fn draw_balanced(&self, candidates: &[Candidate]) -> Vec<Option<&Arm>> {
        let mut strata: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, candidate) in candidates.iter().enumerate() {
            if !self.is_held_out(&candidate.contact) {
                strata.entry(&candidate.stratum).or_default().push(place);
            }
        }
        let mut drawn = vec![None; candidates.len()];
        for places in strata.into_values() {
            for (place, arm) in self.divided(candidates, places) {
                drawn[place] = Some(arm);
            }
        }
        drawn
    }

    fn divided(
        &self,
        candidates: &[Candidate],
        places: Vec<usize>,
    ) -> impl Iterator<Item = (usize, &Arm)> {
        let contact = |place: usize| candidates[place].contact.as_str();
        let mut keyed: Vec<(f64, usize)> = places
            .into_iter()
            .map(|place| (fraction(&self.salt, Purpose::Order, contact(place)), place))
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| contact(a.1).cmp(contact(b.1))));
        // The start is that of the first contact, not of the stratum: those who come one by one later must not
        // all get one arm.
        let first = keyed.first().map_or("", |(_, place)| contact(*place));
        let start = fraction(&self.salt, Purpose::Start, first);
        let n = keyed.len() as f64;
        let at = move |i: usize| self.arm_at((i as f64 + start) / n);
        keyed.into_iter().enumerate().map(move |(i, (_, place))| (place, at(i)))
    }

    fn arm_at(&self, fraction: f64) -> &Arm {
        let mut until = 0.0;
        let last = self.arms.len() - 1;
        // The last arm also has what rounding leaves below 1.
        let found = self.arms[..last].iter().find(|arm| {
            until += arm.share;
            fraction < until
        });
        found.unwrap_or(&self.arms[last])
    }
}
