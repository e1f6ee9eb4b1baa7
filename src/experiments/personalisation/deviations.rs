//! How much more an arm does in a segment than elsewhere, drawn towards nothing.

use super::super::heterogeneity::{
    Segment, SegmentEffect, SegmentEffects, Segments, TauMethod, pooled,
};
use super::super::level::Level;
use super::super::spec::MetricKind;
use super::cell_sums::CellSums;
use super::cell_table::CellTable;

/// The effect of `arm` against `control` in each of `segments`, less the mean effect, shrunken by
/// the segments' empirical Bayes weight τ²/(τ² + V): the deviations of
/// [`shrink`](super::super::heterogeneity::shrink). Every cell asked for must have rows.
///
/// τ² is the restricted-likelihood estimate, for two segments too: too uncertain there for an
/// interval, but this choice is tried on other recipients. Nothing deviates where τ² is zero, with
/// a single segment, and where no standard error exists because no value varies.
pub(super) fn deviations(
    table: &CellTable,
    kind: MetricKind,
    segments: &[usize],
    control: usize,
    arm: usize,
) -> Vec<f64> {
    let effects = match kind {
        MetricKind::Proportion => of_rates(table, segments, control, arm),
        MetricKind::Mean => of_means(table, segments, control, arm),
    };
    let shrunken = |effects: SegmentEffects| {
        let pooled = pooled(&effects, TauMethod::Reml, Level::DEFAULT)?;
        let (spread, mean) = (pooled.tau_squared, pooled.wald.point);
        let one = |e: &SegmentEffect| spread / (spread + e.variance()) * (e.effect - mean);
        Some(effects.all().iter().map(one).collect::<Vec<f64>>())
    };
    let found = effects.and_then(shrunken).filter(|found| found.len() == segments.len());
    found.unwrap_or_else(|| vec![0.0; segments.len()])
}

fn of_rates(
    table: &CellTable,
    segments: &[usize],
    control: usize,
    arm: usize,
) -> Option<SegmentEffects> {
    let segment = |s: &usize| {
        Some(Segment {
            name: s.to_string(),
            control: table.cell(*s, control).counts()?,
            treatment: table.cell(*s, arm).counts()?,
        })
    };
    let all: Option<Vec<Segment>> = segments.iter().map(segment).collect();
    SegmentEffects::of_rates(&Segments::new(all?))
}

fn of_means(
    table: &CellTable,
    segments: &[usize],
    control: usize,
    arm: usize,
) -> Option<SegmentEffects> {
    let noise = |arm| Noise::of(segments.iter().map(|s| table.cell(*s, arm)));
    let (below, above) = (noise(control)?, noise(arm)?);
    let effect = |s: &usize| {
        let (c, t) = (table.cell(*s, control), table.cell(*s, arm));
        let variance = below.of_mean(&c) + above.of_mean(&t);
        Some(SegmentEffect {
            name: s.to_string(),
            effect: t.mean()? - c.mean()?,
            std_error: variance.sqrt(),
        })
    };
    let all: Option<Vec<SegmentEffect>> = segments.iter().map(effect).collect();
    SegmentEffects::new(all?).ok()
}

/// The spread of one arm's values within segments.
///
/// A cell's own variance is drawn towards that of all cells, half way for a cell of average size.
/// By itself, a cell that happens to have no buyers would have no noise, and weigh the most.
struct Noise {
    pooled: f64,
    average_n: f64,
}

impl Noise {
    /// `None` if no cell has two values.
    fn of(cells: impl Iterator<Item = CellSums>) -> Option<Self> {
        let (mut squares, mut n, mut count) = (0.0, 0.0, 0.0);
        for cell in cells {
            squares += within(&cell);
            n += cell.n() as f64;
            count += 1.0;
        }
        (n > count).then(|| Noise { pooled: squares / (n - count), average_n: n / count })
    }

    /// The squared standard error of the cell's mean.
    fn of_mean(&self, cell: &CellSums) -> f64 {
        let n = cell.n() as f64;
        let variance = (self.average_n * self.pooled + within(cell)) / (self.average_n + (n - 1.0));
        variance / n
    }
}

fn within(cell: &CellSums) -> f64 {
    cell.mean().map_or(0.0, |mean| cell.squares_around(mean))
}
