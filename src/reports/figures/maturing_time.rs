//! The time since a send as an axis: whole days and parts of days that people count in.

use super::axis::{Scale, Ticks, draw_grid, draw_labels};
use super::maturing::{Maturing, TimeUnit};
use super::scene::Scene;
use super::theme::GAP;

/// Maps times to pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeAxis {
    scale: Scale,
    unit: TimeUnit,
    /// How many ticks have room.
    wanted: usize,
}

/// Steps between ticks.
const HOURS: [f64; 12] = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0, 336.0, 672.0, 1344.0];
const DAYS: [f64; 7] = [1.0, 2.0, 7.0, 14.0, 28.0, 56.0, 112.0];

impl TimeAxis {
    pub fn new(plot: &Maturing, (from, to): (f64, f64)) -> Self {
        let scale = Scale::new((0.0, plot.last()), (from, to));
        TimeAxis { scale, unit: plot.time, wanted: ((to - from) / 40.0).clamp(2.0, 12.0) as usize }
    }

    pub fn at(self, time: f64) -> f64 {
        self.scale.at(time)
    }

    /// The pixels of the first and the last time.
    pub fn sides(self) -> (f64, f64) {
        (self.scale.at(0.0), self.scale.at(self.scale.high()))
    }

    pub fn draw_grid(self, scene: &mut Scene, span: (f64, f64)) {
        draw_grid(scene, self.scale, &self.ticks(), span);
    }

    /// Tick labels, and if asked for the unit, below the running position, which moves below them.
    pub fn draw_labels(self, scene: &mut Scene, with_unit: bool) {
        let face = scene.small();
        // Clear of the lowest label of the upward axis.
        draw_labels(scene, self.scale, &self.ticks(), scene.y + 2.0, "");
        scene.y += face.line() + 5.0;
        if !with_unit {
            scene.y += GAP;
            return;
        }
        let (from, to) = self.sides();
        let title = match self.unit {
            TimeUnit::Hours => "hours since the send",
            TimeUnit::Days => "days since the send",
        };
        scene.text(((from + to) / 2.0, scene.y + face.em), title, face.middle());
        scene.y += face.line() + GAP;
    }

    fn ticks(self) -> Ticks {
        let last = self.scale.high();
        let steps: &[f64] = if self.unit == TimeUnit::Hours { &HOURS } else { &DAYS };
        let fits = |step: &&f64| last / **step <= self.wanted as f64;
        match steps.iter().find(fits) {
            Some(step) if last >= 2.0 * step => self.scale.every(*step),
            _ => self.scale.ticks(self.wanted.min(6)),
        }
    }
}
