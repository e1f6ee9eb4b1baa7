//! The metrics of a tally, by the segments of one column.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::means::{Sample, compare_means};
use super::super::plan::ReadoutPlan;
use super::super::spec::SegmentColumn;
use super::super::tally::{ArmCells, Sums};
use super::effects::{SegmentEffect, SegmentEffects};
use super::readout::{Heterogeneity, heterogeneity, heterogeneity_of_effects};
use super::segments::{Segment, Segments};

/// One metric and one arm against the control, over the segments of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricHeterogeneity {
    pub metric: String,
    pub arm: String,
    #[serde(flatten)]
    pub heterogeneity: Heterogeneity,
}

/// Every metric and every arm but the control, over the levels of `column`, whose cells are by level
/// and arm. Levels with fewer rows in an arm than a verdict asks for are left out, for a handful of
/// recipients has no spread to go by; of a mean, those without a standard error too.
pub(in super::super) fn by_metric(
    plan: &ReadoutPlan,
    column: &SegmentColumn,
    levels: &[Vec<ArmCells>],
) -> Vec<MetricHeterogeneity> {
    let arms = plan.spec.arms().iter().enumerate().filter(|(arm, _)| *arm != plan.control);
    let pairs = plan.spec.metrics().iter().enumerate().flat_map(|(metric, spec)| {
        arms.clone().map(move |(arm, name)| (metric, &spec.name, arm, name))
    });
    let read = |(metric, metric_name, arm, arm_name): (usize, &String, usize, &String)| {
        let pair = Pair { plan, metric, arm };
        let heterogeneity = pair.rates(column, levels).or_else(|| pair.means(column, levels))?;
        let (metric, arm) = (metric_name.clone(), arm_name.clone());
        Some(MetricHeterogeneity { metric, arm, heterogeneity })
    };
    pairs.filter_map(read).collect()
}

/// One metric of one arm against the control.
struct Pair<'a> {
    plan: &'a ReadoutPlan,
    metric: usize,
    arm: usize,
}

impl Pair<'_> {
    /// `None` for a metric that is no rate.
    fn rates(&self, column: &SegmentColumn, levels: &[Vec<ArmCells>]) -> Option<Heterogeneity> {
        let segment = |(level, arms): (&String, &Vec<ArmCells>)| {
            Some(Segment {
                name: level.clone(),
                control: self.counts(arms, self.plan.control)?,
                treatment: self.counts(arms, self.arm)?,
            })
        };
        let levels = column.levels.iter().zip(levels);
        let levels = levels.filter(|(_, arms)| self.is_large_enough(arms));
        let all: Option<Vec<Segment>> = levels.map(segment).collect();
        Some(heterogeneity(&Segments::new(all?), self.plan.level))
    }

    /// `None` where no level has a difference with a standard error.
    fn means(&self, column: &SegmentColumn, levels: &[Vec<ArmCells>]) -> Option<Heterogeneity> {
        let effect = |(level, arms): (&String, &Vec<ArmCells>)| {
            let (control, treatment) =
                (self.sample(arms, self.plan.control)?, self.sample(arms, self.arm)?);
            let difference = compare_means(&control, &treatment, self.plan.level).ok()?.difference;
            let std_error = difference.std_error.filter(|se| *se > 0.0)?;
            Some(SegmentEffect { name: level.clone(), effect: difference.point, std_error })
        };
        let levels = column.levels.iter().zip(levels);
        let effects: Vec<SegmentEffect> =
            levels.filter(|(_, arms)| self.is_large_enough(arms)).filter_map(effect).collect();
        let effects = SegmentEffects::new(effects).ok().filter(|effects| !effects.is_empty())?;
        Some(heterogeneity_of_effects(&effects, self.plan.level))
    }

    fn is_large_enough(&self, arms: &[ArmCells]) -> bool {
        let n = |arm: usize| {
            let cell = arms.get(arm).and_then(|cells| cells.metrics.get(self.metric));
            cell.map_or(0, |cell| cell.sums.n())
        };
        n(self.plan.control).min(n(self.arm)) >= self.plan.minimum_n
    }

    fn counts(&self, arms: &[ArmCells], arm: usize) -> Option<Counts> {
        match &arms.get(arm)?.metrics.get(self.metric)?.sums {
            Sums::Counts(counts) => Some(*counts),
            Sums::Moments(_) => None,
        }
    }

    fn sample(&self, arms: &[ArmCells], arm: usize) -> Option<Sample> {
        match &arms.get(arm)?.metrics.get(self.metric)?.sums {
            Sums::Moments(moments) => Some(Sample::from(&**moments)),
            Sums::Counts(_) => None,
        }
    }
}
