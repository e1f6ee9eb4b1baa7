//! Everybody's points at one as-of.

use super::fit_values::FitValues;
use super::intent::{self, Clock};
use super::model::{LeadModel, Look};
use super::points::Points;
use crate::error::Result;
use crate::lake::{Lake, Scope, Session};
use crate::workspace::{AsOf, FeatureSettings, LeadGroup};

/// What contacts are scored on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub lake: &'a Lake,
    pub threads: usize,
    /// Features of the user's own.
    pub features: &'a FeatureSettings,
}

/// The points of every contact that is known at an as-of, by rule.
#[derive(Debug, Clone)]
pub struct Board {
    pub as_of: AsOf,
    /// Contact ids, ascending.
    pub ids: Vec<String>,
    rules: usize,
    /// Contacts × rules; each capped by its rule.
    cells: Vec<Cell>,
}

/// What one rule gives one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    pub points: Points,
    /// What it would give now for the occurrences before `since` alone.
    pub older: Points,
    /// Occurrences in the rule's window; of fit, 1 where the test holds.
    pub times: u64,
    /// Those at `since` or later.
    pub new_times: u64,
}

impl Board {
    /// Scores everybody at `as_of`. Occurrences at `since` or later are new.
    pub fn new(ground: &Ground<'_>, model: &LeadModel, as_of: &AsOf, since: &AsOf) -> Result<Self> {
        let session = Session::new(ground.lake, as_of, ground.threads)?;
        let values = FitValues::read(&session, as_of, ground, model)?;
        Self::of(ground, model, &values, as_of, since)
    }

    pub(super) fn of(
        ground: &Ground<'_>,
        model: &LeadModel,
        values: &FitValues,
        as_of: &AsOf,
        since: &AsOf,
    ) -> Result<Self> {
        let rules = model.rules.len();
        let mut board = Board {
            as_of: as_of.clone(),
            ids: values.ids.clone(),
            rules,
            cells: vec![Cell::default(); rules * values.ids.len()],
        };
        board.add_fit(model, values);
        let clock = Clock { now: as_of.micros(), since: since.micros() };
        let scope =
            Scope { from_us: intent::first_us(&model.rules, clock.now), ..Scope::default() };
        let session = Session::of(ground.lake, as_of, ground.threads, scope)?;
        board.add_intent(model, values, &session, clock)?;
        Ok(board)
    }

    fn add_fit(&mut self, model: &LeadModel, values: &FitValues) {
        for (place, rule) in model.rules.iter().enumerate() {
            let Look::Feature { feature, test } = &rule.look else { continue };
            let rows = values.passes(feature, test).into_iter().enumerate();
            for (row, _) in rows.filter(|(_, passes)| *passes) {
                self.cells[row * self.rules + place] =
                    Cell { points: rule.points, older: rule.points, times: 1, new_times: 0 };
            }
        }
    }

    fn add_intent(
        &mut self,
        model: &LeadModel,
        values: &FitValues,
        session: &Session,
        clock: Clock,
    ) -> Result<()> {
        let mut by_key: Vec<(u64, usize)> =
            values.keys.iter().enumerate().map(|(row, key)| (*key, row)).collect();
        by_key.sort_unstable();
        let found = intent::occurrences(session, &model.rules, clock)?;
        for (place, (rule, found)) in model.rules.iter().zip(found).enumerate() {
            for (key, occurrences) in found {
                // Events of contacts that are not known yet wait for them.
                let Ok(at) = by_key.binary_search_by_key(&key, |(key, _)| *key) else { continue };
                let points = |weight| rule.capped(rule.points.times(weight));
                self.cells[by_key[at].1 * self.rules + place] = Cell {
                    points: points(occurrences.weight),
                    older: points(occurrences.older),
                    times: occurrences.times,
                    new_times: occurrences.new_times,
                };
            }
        }
        Ok(())
    }

    /// What every rule gives the contact at `row`.
    pub fn cells(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.rules..(row + 1) * self.rules]
    }

    /// The row of the contact called `id`, if it is known at the as-of.
    pub fn row(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()
    }

    /// The points of a group, capped.
    pub fn group(&self, model: &LeadModel, group: LeadGroup, row: usize) -> Points {
        let points: Vec<Points> = self.cells(row).iter().map(|cell| cell.points).collect();
        model.group(group, &points)
    }
}
