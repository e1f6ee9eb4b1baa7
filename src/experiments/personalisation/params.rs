//! The settings of a personalisation.

use super::super::level::Level;
use super::cells::PolicyCells;
use crate::error::{Error, Kind, Result};

/// The settings, not yet checked against the experiment's arms.
///
/// ```text
/// PersonalisationParams::new("clicks", "plain").level(0.9)
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalisationParams {
    metric: String,
    control: String,
    level: f64,
    planned_shares: Vec<(String, f64)>,
}

impl PersonalisationParams {
    /// The metric as the answer calls it, of which more is better, and the arm that effects are
    /// taken against. Defaults: level 0.95, shares as observed in each segment.
    pub fn new(metric: impl Into<String>, control: impl Into<String>) -> Self {
        PersonalisationParams {
            metric: metric.into(),
            control: control.into(),
            level: Level::DEFAULT.get(),
            planned_shares: Vec::new(),
        }
    }

    /// The confidence level of every interval.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// The planned share of every arm, on any scale, the same in all segments. Empty: the shares
    /// observed in each segment.
    ///
    /// Observed shares are the better choice even where the plan is known: dividing by them takes
    /// out how far chance made the arms unequal (Hirano, Imbens & Ridder 2003, *Econometrica* 71),
    /// they hold where segments were split differently, and, being counts of assignments, they
    /// know nothing of outcomes. Planned ones are for comparing.
    #[must_use]
    pub fn planned_shares(mut self, shares: impl IntoIterator<Item = (String, f64)>) -> Self {
        self.planned_shares = shares.into_iter().collect();
        self
    }

    pub(super) fn check(&self, cells: &PolicyCells) -> Result<Plan> {
        Ok(Plan {
            metric: self.metric.clone(),
            control: position(&self.control, cells)?,
            level: Level::new(self.level)?,
            planned: self.planned(cells)?,
        })
    }

    fn planned(&self, cells: &PolicyCells) -> Result<Option<Vec<f64>>> {
        if self.planned_shares.is_empty() {
            return Ok(None);
        }
        let mut weights = vec![0.0; cells.arms().len()];
        for (arm, share) in &self.planned_shares {
            let wrong = |what: &str| Err(Error::settings(format!("{what} for arm `{arm}`")));
            if !(share.is_finite() && *share > 0.0) {
                return wrong("a planned share that is not above zero");
            }
            if std::mem::replace(&mut weights[position(arm, cells)?], *share) > 0.0 {
                return wrong("two planned shares");
            }
        }
        if let Some((_, arm)) = weights.iter().zip(cells.arms()).find(|(share, _)| **share == 0.0) {
            return Err(Error::settings(format!("no planned share for arm `{arm}`"))
                .hint("name the share of every arm, or of none for those observed"));
        }
        let total: f64 = weights.iter().sum();
        Ok(Some(weights.iter().map(|weight| weight / total).collect()))
    }
}

/// Checked settings: names are positions, shares add up to one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub metric: String,
    pub control: usize,
    pub level: Level,
    pub planned: Option<Vec<f64>>,
}

fn position(arm: &str, cells: &PolicyCells) -> Result<usize> {
    let known = || cells.arms().iter().map(String::as_str);
    known()
        .position(|name| name == arm)
        .ok_or_else(|| Error::unknown(Kind::Settings, "arm", arm, known()))
}
