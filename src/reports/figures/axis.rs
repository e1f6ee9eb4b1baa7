//! Linear scales and round tick marks.

use super::scene::Scene;
use super::theme::{AXIS, GRID};
use crate::reports::number;

/// A straight mapping of values to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Maps `low` to `from` and `high` to `to`; an empty or undefined range becomes `low..low + 1`.
    pub fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() && high > low { high } else { low + 1.0 };
        Scale { low, high, from, to }
    }

    /// The pixel of a value; values beyond the range stay at its ends.
    pub fn at(self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        let part = if part.is_nan() { 0.0 } else { part };
        self.from + part * (self.to - self.from)
    }

    /// Pixels from one whole value to the next.
    pub fn step(self) -> f64 {
        (self.to - self.from) / (self.high - self.low)
    }

    pub fn low(self) -> f64 {
        self.low
    }

    pub fn high(self) -> f64 {
        self.high
    }

    /// The same scale for fractions shown as percentages.
    pub fn percent(self) -> Self {
        Scale { low: self.low * 100.0, high: self.high * 100.0, ..self }
    }

    /// About `wanted` round values within the range.
    pub fn ticks(self, wanted: usize) -> Ticks {
        self.every(round_step((self.high - self.low) / wanted.max(1) as f64))
    }

    /// The multiples of a step within the range, at most a hundred.
    pub fn every(self, step: f64) -> Ticks {
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        let values = (first..=last).take(100).map(|i| i as f64 * step).collect();
        Ticks { values, decimals: decimals_of(step) }
    }
}

/// Round values and how many decimals they need.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    pub values: Vec<f64>,
    pub decimals: usize,
}

/// A vertical line at every tick of a horizontal axis.
pub(super) fn draw_grid(scene: &mut Scene, scale: Scale, ticks: &Ticks, (top, bottom): (f64, f64)) {
    for value in &ticks.values {
        let x = scale.at(*value);
        let color = if *value == 0.0 { AXIS } else { GRID };
        scene.line(vec![(x, top), (x, bottom)], color, 1.0);
    }
}

/// A horizontal line at every tick of an upward axis, with its label left of `left`.
pub(super) fn draw_levels(
    scene: &mut Scene,
    scale: Scale,
    ticks: &Ticks,
    (left, right): (f64, f64),
    suffix: &str,
) {
    let face = scene.small().end();
    for value in &ticks.values {
        let y = scale.at(*value);
        let color = if *value == 0.0 { AXIS } else { GRID };
        scene.line(vec![(left, y), (right, y)], color, 1.0);
        let text = format!("{}{suffix}", number::decimal(*value, ticks.decimals));
        scene.text((left - 6.0, y + face.half()), &text, face);
    }
}

/// Width of the widest of the ticks' labels.
pub(super) fn widest_label(scene: &Scene, ticks: &Ticks, suffix: &str) -> f64 {
    let text = |value: &f64| format!("{}{suffix}", number::decimal(*value, ticks.decimals));
    ticks.values.iter().map(|value| scene.small().width(&text(value))).fold(0.0, f64::max)
}

/// The ticks' labels below a horizontal axis that ends at `bottom`.
pub(super) fn draw_labels(
    scene: &mut Scene,
    scale: Scale,
    ticks: &Ticks,
    bottom: f64,
    suffix: &str,
) {
    let face = scene.small().middle();
    let mut free_from = f64::NEG_INFINITY;
    for value in &ticks.values {
        let text = format!("{}{suffix}", number::decimal(*value, ticks.decimals));
        let (x, half) = (scale.at(*value), face.width(&text) / 2.0);
        if x - half >= free_from && x + half <= scene.width() {
            scene.text((x, bottom + face.em + 3.0), &text, face);
            free_from = x + half + 4.0;
        }
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `raw`.
pub(super) fn round_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= raw * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

fn decimals_of(step: f64) -> usize {
    (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize
}
