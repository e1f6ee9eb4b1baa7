//! What the marks and the dashed lines of a forest plot mean.

use super::forest_axis::ForestAxis;
use super::forest_plot::ForestPlot;
use super::legend::{Entry, Key, draw_legend};
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{BLUE, GAP, MUTED, VERMILLION};
use crate::reports::number;

/// A line above the rows; none where there are neither second marks nor margins.
pub(super) fn draw_forest_legend(scene: &mut Scene, plot: &ForestPlot, axis: &ForestAxis) {
    let mut entries = Vec::new();
    if plot.has_shrunken() {
        entries.extend([
            Entry { key: Key::Filled(Sign::Circle), color: BLUE, text: "as measured" },
            Entry {
                key: Key::Hollow(Sign::Diamond),
                color: VERMILLION,
                text: "drawn towards the mean",
            },
        ]);
    }
    let margins = margins(plot, axis);
    if let Some(text) = &margins {
        entries.push(Entry { key: Key::Dashed, color: MUTED, text });
    }
    draw_legend(scene, &entries);
    scene.y += if entries.is_empty() { 0.0 } else { GAP };
}

/// "margin: ±0.5 pp", with what does not fit on the axis.
fn margins(plot: &ForestPlot, axis: &ForestAxis) -> Option<String> {
    let mut known: Vec<f64> = plot.margins.iter().copied().filter(|m| m.is_finite()).collect();
    known.sort_by(f64::total_cmp);
    known.dedup();
    let shown = |value: f64| number::shortest(value * plot.unit.factor());
    let values = match known[..] {
        [] => return None,
        [low, high] if low == -high => format!("±{}", shown(high)),
        _ => known.iter().map(|value| shown(*value)).collect::<Vec<_>>().join(" and "),
    };
    let beyond = known.iter().any(|value| axis.cuts_low(*value) || axis.cuts_high(*value));
    let beyond = if beyond { ", beyond the axis" } else { "" };
    Some(format!("margin: {values} {}{beyond}", plot.unit.short()))
}
