//! What is learnt from some of the recipients: the best arm for all, and one for each segment.

use super::super::spec::MetricKind;
use super::cell_table::CellTable;
use super::deviations::deviations;

/// The arms chosen from a table of sums.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Learnt {
    /// The best single arm.
    pub best: usize,
    /// By segment.
    pub arms: Vec<usize>,
    /// Shrunken effects against the control by segment and arm; `None` for a segment in which an
    /// arm has no rows.
    pub effects: Vec<Option<Vec<f64>>>,
}

impl Learnt {
    /// Chooses the arm with the highest mean over segments (at the segments' sizes) for all, and
    /// for each segment the arm with the highest shrunken effect.
    ///
    /// A segment's shrunken effect of an arm is the arm's overall effect plus the segment's shrunken
    /// deviation, with the deviations centred so that they come to nothing over all recipients.
    /// Where the data show no spread between segments, the policy is therefore the best single
    /// arm itself and the gain is none; without noise it is the best arm of each cell. Equal
    /// effects go to the best arm for all, and there to the control, then to the first by name.
    /// A segment in which an arm has no rows gets the best arm for all.
    pub fn from(table: &CellTable, kind: MetricKind, names: &[String], control: usize) -> Self {
        let complete = table.complete();
        let arms: Vec<usize> = (0..names.len()).collect();
        let overall: Vec<f64> =
            arms.iter().map(|arm| overall(table, &complete, control, *arm)).collect();
        let best = arms.iter().copied().fold(control, |best, arm| {
            let is_tie = overall[arm] == overall[best];
            let wins_tie = best != control && names[arm] < names[best];
            if overall[arm] > overall[best] || (is_tie && wins_tie) { arm } else { best }
        });
        let mut learnt = Learnt {
            best,
            arms: vec![best; table.rows().len()],
            effects: vec![None; table.rows().len()],
        };
        for segment in &complete {
            learnt.effects[*segment] = Some(overall.clone());
        }
        for arm in arms.into_iter().filter(|arm| *arm != control) {
            learnt.deviate(table, kind, &complete, control, arm);
        }
        learnt.choose(names);
        learnt
    }

    fn deviate(
        &mut self,
        table: &CellTable,
        kind: MetricKind,
        complete: &[usize],
        control: usize,
        arm: usize,
    ) {
        let found = deviations(table, kind, complete, control, arm);
        let centre = weighted(table, complete, found.iter().copied());
        for (segment, deviation) in complete.iter().zip(found) {
            if let Some(effects) = &mut self.effects[*segment] {
                effects[arm] += deviation - centre;
            }
        }
    }

    fn choose(&mut self, names: &[String]) {
        let best = self.best;
        for (choice, effects) in self.arms.iter_mut().zip(&self.effects) {
            let Some(effects) = effects else { continue };
            *choice = (0..names.len()).fold(best, |chosen, arm| {
                let is_tie = effects[arm] == effects[chosen];
                let wins_tie = chosen != best && names[arm] < names[chosen];
                if effects[arm] > effects[chosen] || (is_tie && wins_tie) { arm } else { chosen }
            });
        }
    }
}

/// The effect against the control at the segments' sizes; without a complete segment, of the raw
/// means. An arm without rows is never the best.
fn overall(table: &CellTable, complete: &[usize], control: usize, arm: usize) -> f64 {
    let gap = |s: &usize| {
        let mean = |arm| table.cell(*s, arm).mean().unwrap_or(0.0);
        mean(arm) - mean(control)
    };
    if !complete.is_empty() {
        return weighted(table, complete, complete.iter().map(gap));
    }
    let mean = |arm| table.arm(arm).mean().unwrap_or(f64::NEG_INFINITY);
    if arm == control { 0.0 } else { mean(arm) - mean(control).max(f64::MIN) }
}

/// The mean over segments at their sizes.
fn weighted(table: &CellTable, segments: &[usize], values: impl Iterator<Item = f64>) -> f64 {
    let n = |s: &usize| table.segment_n(*s) as f64;
    let total: f64 = segments.iter().map(n).sum();
    segments.iter().zip(values).map(|(s, value)| n(s) / total * value).sum()
}
