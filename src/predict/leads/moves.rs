//! What moved a score between two as-ofs.

use serde::Serialize;

use super::board::{Board, Cell};
use super::model::LeadModel;
use super::points::Points;
use crate::workspace::LeadGroup;

/// Why points came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Occurrences since the earlier as-of.
    New,
    /// Occurrences before it, which are older now or out of the window.
    Faded,
    /// A test that holds now and did not then, or the other way round.
    Changed,
    /// The caps of a group, and that it is never below 0.
    Capped,
}

/// Points that a score gained or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Id of a rule; of [`Cause::Capped`], the group.
    pub rule: String,
    pub cause: Cause,
    pub points: Points,
    /// New occurrences.
    pub times: u64,
}

/// What moved the score of the contact called `id` from the earlier board to the later one, the largest
/// first. The moves add up to the change. The later board must have been made with the earlier one's
/// as-of as `since`; a contact that was not known then had no points.
pub fn moves(model: &LeadModel, earlier: &Board, later: &Board, id: &str) -> Vec<Move> {
    let Some(row) = later.row(id) else { return Vec::new() };
    let then = earlier.row(id);
    let none = vec![Cell::default(); model.rules.len()];
    let before = then.map_or(none.as_slice(), |row| earlier.cells(row));
    let mut found = Vec::new();
    for group in LeadGroup::ALL {
        let first = found.len();
        let cells = before.iter().zip(later.cells(row)).zip(&model.rules);
        for ((before, after), rule) in cells.filter(|(_, rule)| rule.group == group) {
            found.extend(of_rule(&rule.id, group, before, after));
        }
        let was = then.map_or(Points::ZERO, |row| earlier.group(model, group, row));
        let change = later.group(model, group, row) - was;
        let moved: Points = found[first..].iter().map(|one| one.points).sum();
        let rule = group.word().to_owned();
        found.push(Move { rule, cause: Cause::Capped, points: change - moved, times: 0 });
    }
    found.retain(|one| one.points != Points::ZERO);
    found.sort_by(|a, b| {
        let size = b.points.abs().cmp(&a.points.abs());
        size.then_with(|| (&a.rule, a.cause).cmp(&(&b.rule, b.cause)))
    });
    found
}

/// First what was there fades, then what is new comes, so that a cap is counted once.
fn of_rule(id: &str, group: LeadGroup, before: &Cell, after: &Cell) -> Vec<Move> {
    let one = |cause, points, times| Move { rule: id.to_owned(), cause, points, times };
    match group {
        LeadGroup::Fit => vec![one(Cause::Changed, after.points - before.points, 0)],
        LeadGroup::Intent => vec![
            one(Cause::Faded, after.older - before.points, 0),
            one(Cause::New, after.points - after.older, after.new_times),
        ],
    }
}

impl Move {
    /// The move in words, such as "+12 product_views (6 new)" or "-5 opens (older)".
    pub fn words(&self) -> String {
        let points = self.points.value();
        let why = match self.cause {
            Cause::New => format!("{} new", self.times),
            Cause::Faded => "older".to_owned(),
            Cause::Changed if self.points > Points::ZERO => "holds now".to_owned(),
            Cause::Changed => "no longer holds".to_owned(),
            Cause::Capped => "cap".to_owned(),
        };
        format!("{points:+} {} ({why})", self.rule)
    }
}
