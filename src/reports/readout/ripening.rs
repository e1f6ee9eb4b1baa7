//! How the outcome came in after the send.

use crate::experiments::{self, Readout};

use super::super::{
    Block, Chart, DifferencePoint, Figure, ForestUnit, Maturing, MaturingArm, MaturingDifference,
    TimeUnit,
};
use super::section::slug;

/// More differences than this make no picture.
const MOST_ARMS: usize = 4;

pub(super) fn ripening(readout: &Readout, found: &experiments::Maturing) -> Vec<Block> {
    let rate = |arm: &experiments::MaturingArm| MaturingArm {
        name: arm.arm.clone(),
        points: found
            .hours
            .iter()
            .zip(&arm.successes)
            .map(|(hour, successes)| (*hour, *successes as f64 / arm.n as f64))
            .collect(),
    };
    let text = Block::Text(found.answer.clone());
    if found.arms.len() > MOST_ARMS {
        return vec![text];
    }
    let figure = Figure {
        name: format!("{}-maturing", slug(&readout.name)),
        title: format!("{} by hours since the send", found.metric),
        caption: "The band is the interval of each hour by itself; the thin lines hold at all hours at once."
            .to_owned(),
        chart: Chart::Maturing(Maturing {
            metric: format!("{} rate", found.metric),
            unit: ForestUnit::PercentagePoints,
            time: TimeUnit::Hours,
            control: readout.control.clone(),
            level: readout.level,
            arms: found.arms.iter().map(rate).collect(),
            differences: found.comparisons.iter().map(|c| difference(found, c)).collect(),
            margins: Vec::new(),
        }),
    };
    vec![text, Block::Figure(figure)]
}

fn difference(
    found: &experiments::Maturing,
    comparison: &experiments::MaturingComparison,
) -> MaturingDifference {
    let looks = found.hours.iter().zip(&comparison.difference).zip(&comparison.any_time);
    let points = looks.map(|((hour, difference), any_time)| DifferencePoint {
        time: *hour,
        difference: difference.point,
        interval: Some((difference.low, difference.high)),
        sequence: any_time.map(|bounds| (bounds.low, bounds.high)),
    });
    MaturingDifference { arm: comparison.arm.clone(), points: points.collect() }
}
