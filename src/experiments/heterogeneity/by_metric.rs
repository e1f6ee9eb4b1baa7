//! The rate metrics of a tally, by the segments of one column.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::params::ReadoutPlan;
use super::super::spec::SegmentColumn;
use super::super::tally::{ArmCells, Sums};
use super::readout::{Heterogeneity, heterogeneity};
use super::segments::{Segment, Segments};

/// One rate metric and one arm against the control, over the segments of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricHeterogeneity {
    pub metric: String,
    pub arm: String,
    #[serde(flatten)]
    pub heterogeneity: Heterogeneity,
}

/// Every rate metric and every arm but the control, over the levels of `column`, whose cells are
/// by level and arm.
pub(in super::super) fn by_metric(
    plan: &ReadoutPlan,
    column: &SegmentColumn,
    levels: &[Vec<ArmCells>],
) -> Vec<MetricHeterogeneity> {
    let arms = plan.spec.arms().iter().enumerate().filter(|(arm, _)| *arm != plan.control);
    let read = |metric: usize, name: &str, arm: usize, arm_name: &str| {
        let segment = |(level, arms): (&String, &Vec<ArmCells>)| {
            Some(Segment {
                name: level.clone(),
                control: counts(arms, plan.control, metric)?,
                treatment: counts(arms, arm, metric)?,
            })
        };
        let all: Option<Vec<Segment>> = column.levels.iter().zip(levels).map(segment).collect();
        Some(MetricHeterogeneity {
            metric: name.to_owned(),
            arm: arm_name.to_owned(),
            heterogeneity: heterogeneity(&Segments::new(all?), plan.level),
        })
    };
    let metrics = plan.spec.metrics().iter().enumerate();
    metrics
        .flat_map(|(metric, spec)| {
            arms.clone().filter_map(move |(arm, name)| read(metric, &spec.name, arm, name))
        })
        .collect()
}

/// `None` for a metric that is no rate.
fn counts(arms: &[ArmCells], arm: usize, metric: usize) -> Option<Counts> {
    match &arms.get(arm)?.metrics.get(metric)?.sums {
        Sums::Counts(counts) => Some(*counts),
        Sums::Moments(_) => None,
    }
}
