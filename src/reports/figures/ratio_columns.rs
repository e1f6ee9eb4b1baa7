//! Where the parts of a table of shares stand, and its axes: one a column of an arm, all alike.

use super::axis::{Scale, Ticks, draw_grid};
use super::sample_ratio::{RatioRow, SampleRatio};
use super::scene::Scene;
use super::theme::{AXIS, GAP};
use crate::reports::number;

/// Where the parts of a row are, as (from, to).
pub(super) struct RatioColumns {
    /// Arms below each other, because beside each other they have no room.
    pub stacked: bool,
    /// Indent of labels behind the sign of an alarm.
    pub indent: f64,
    pub label: (f64, f64),
    /// Right edge of n.
    pub n: f64,
    pub text: (f64, f64),
    /// One an arm; in a stack one for all.
    pub cells: Vec<RatioCell>,
}

/// The plot of one arm.
#[derive(Clone, Copy)]
pub(super) struct RatioCell {
    pub scale: Scale,
    from: f64,
    pub to: f64,
    /// Right edge of the observed share; `None` where it has no room.
    pub share: Option<f64>,
}

/// The least width of an arm's plot, and the width from which shares stand in it.
const NARROWEST: f64 = 58.0;
const WITH_SHARE: f64 = 130.0;
/// Between two arms.
const BETWEEN: f64 = 14.0;
/// Free space beside the ends of an axis, where arrows stand.
const INSET: f64 = 7.0;

impl RatioColumns {
    pub fn new(plot: &SampleRatio, scene: &Scene) -> Self {
        let (body, small) = (scene.body(), scene.small());
        let widest = |width: &dyn Fn(&RatioRow) -> f64, most: f64| {
            plot.rows().map(width).fold(0.0, f64::max).ceil().min(most)
        };
        let indent = 6.0 + if plot.has_alarm() { 16.0 } else { 0.0 };
        let label = scene.left() + indent;
        let most = if plot.arms.len() > 3 { 170.0 } else { 230.0 };
        let label_end = label + widest(&|row| body.bold().width(&row.label), most).max(20.0);
        let n = label_end + 2.0 * GAP + widest(&|row| small.width(&row.n), 110.0);
        let right = scene.right() - 6.0;
        let text = right - widest(&|row| body.bold().width(&row.text), 150.0);
        let (from, to) = (n + 2.0 * GAP, text - 2.5 * GAP);
        let arms = plot.arms.len().max(1) as f64;
        let width = (to - from - BETWEEN * (arms - 1.0)) / arms;
        if scene.narrow() || width < NARROWEST {
            return RatioColumns::stack(plot, scene, indent);
        }
        let cell = |arm: usize| {
            let from = from + (width + BETWEEN) * arm as f64;
            RatioCell::new(plot, scene, (from, from + width), width >= WITH_SHARE)
        };
        let cells = (0..plot.arms.len()).map(cell).collect();
        let label = (label, label_end);
        RatioColumns { stacked: false, indent, label, n, text: (text, right), cells }
    }

    fn stack(plot: &SampleRatio, scene: &Scene, indent: f64) -> Self {
        let (left, right) = (scene.left() + 6.0, scene.right() - 6.0);
        let small = scene.small();
        let most = if scene.narrow() { 100.0 } else { 230.0 };
        let arm = plot.arms.iter().map(|arm| small.width(arm)).fold(20.0, f64::max).min(most);
        let share = small.width("100.0% (100.0%)") - small.width("100.0%");
        let cell = RatioCell::new(plot, scene, (left + arm.ceil() + GAP, right - share), true);
        let cell = RatioCell { share: Some(right), ..cell };
        let label = (left, left + arm.ceil());
        RatioColumns {
            stacked: true,
            indent,
            label,
            n: right,
            text: (left, right),
            cells: vec![cell],
        }
    }

    /// Names of the arms and what was planned for them, each above its plot.
    pub fn draw_heads(&self, scene: &mut Scene, plot: &SampleRatio) {
        let (bold, small) = (scene.body().bold().middle(), scene.small().middle());
        let mut below = scene.y;
        for (arm, (name, cell)) in plot.arms.iter().zip(&self.cells).enumerate() {
            let (x, width) = ((cell.from + cell.to) / 2.0, cell.to - cell.from);
            let mut y = scene.y;
            for line in bold.wrap(name, width, 2) {
                scene.text((x, y + bold.em), &line, bold);
                y += bold.line();
            }
            if let Some(planned) = plot.planned(arm) {
                let planned = format!("planned {}", number::percent(planned, 1));
                for line in small.wrap(&planned, width, 2) {
                    scene.text((x, y + small.em), &line, small);
                    y += small.line();
                }
            }
            below = below.max(y);
        }
        scene.y = below + 4.0;
    }

    /// Tick labels of every plot, and the unit once.
    pub fn draw_axes(&self, scene: &mut Scene) {
        let bottom = scene.y;
        self.cells.iter().for_each(|cell| cell.draw_labels(scene, bottom));
        scene.y = bottom + scene.small().line() + 6.0;
        let title = "observed minus planned share, percentage points";
        scene.paragraph_centred(title, scene.small(), 2);
    }
}

impl RatioCell {
    fn new(plot: &SampleRatio, scene: &Scene, (from, to): (f64, f64), with_share: bool) -> Self {
        let end = if with_share { to - scene.small().width("100.0%") - 4.0 } else { to };
        let most = farthest(plot);
        let scale = Scale::new((-most, most), (from + INSET, end - INSET));
        RatioCell { scale, from, to, share: with_share.then_some(to) }
    }

    /// Whether a deviation lies beyond the axis.
    pub fn cuts(self, deviation: f64) -> bool {
        deviation < self.scale.low() || deviation > self.scale.high()
    }

    pub fn draw_ground(self, scene: &mut Scene, (top, bottom): (f64, f64)) {
        draw_grid(scene, self.scale, &self.ticks(scene), (top, bottom));
        let zero = self.scale.at(0.0);
        scene.line(vec![(zero, top), (zero, bottom)], AXIS, 2.0);
    }

    /// As many ticks as have room for their labels; the plan in the middle, and one at least on both
    /// sides of it.
    fn ticks(self, scene: &Scene) -> Ticks {
        let fits = |ticks: &Ticks| {
            let Some([first, second]) = ticks.values.first_chunk() else { return false };
            let step = self.scale.at(*second) - self.scale.at(*first);
            ticks.values.iter().all(|value| {
                scene.small().width(&number::signed(*value, ticks.decimals)) + 6.0 <= step
            })
        };
        [8, 6, 5]
            .map(|wanted| self.scale.ticks(wanted))
            .into_iter()
            .find(fits)
            .unwrap_or_else(|| self.outermost())
    }

    /// The plan and the farthest round values on both sides of it.
    fn outermost(self) -> Ticks {
        let Ticks { values, decimals } = self.scale.ticks(8);
        let ends = [values.first(), values.last()].into_iter().flatten();
        let mut values: Vec<f64> = ends.copied().chain([0.0]).collect();
        values.sort_by(f64::total_cmp);
        Ticks { values, decimals }
    }

    fn draw_labels(self, scene: &mut Scene, bottom: f64) {
        let face = scene.small().middle();
        let ticks = self.ticks(scene);
        let mut free_from = self.from - BETWEEN / 2.0 + 2.0;
        let most = self.to + BETWEEN / 2.0 - 2.0;
        for value in &ticks.values {
            let text = number::signed(*value, ticks.decimals);
            let (x, half) = (self.scale.at(*value), face.width(&text) / 2.0);
            if x - half >= free_from && x + half <= most {
                scene.text((x, bottom + face.em + 3.0), &text, face);
                free_from = x + half + 2.0;
            }
        }
    }
}

/// How far the axes reach to both sides of the plan: to all shares, and to intervals that are not more
/// than three times as far out as the middle one.
fn farthest(plot: &SampleRatio) -> f64 {
    let shares = || plot.rows().flat_map(|row| row.shares.iter().take(plot.arms.len()));
    let points = shares().filter_map(|share| share.deviation()).map(f64::abs);
    let farthest = points.fold(0.0, f64::max);
    let bounds = shares().filter_map(|share| share.deviations());
    let mut reaches: Vec<f64> = bounds.map(|(low, high)| low.abs().max(high.abs())).collect();
    reaches.sort_by(f64::total_cmp);
    let usual = reaches.get(reaches.len() / 2).copied().unwrap_or(0.0);
    let limit = (3.0 * usual).max(1.3 * farthest);
    let most = reaches.iter().map(|reach| reach.min(limit)).fold(farthest, f64::max);
    if most > 0.0 { most * 1.04 } else { 1.0 }
}
