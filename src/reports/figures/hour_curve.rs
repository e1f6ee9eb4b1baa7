//! When to send: the rate at each local hour that was tested, and the daily wave fitted to it.

use serde::Serialize;

use super::axis::{Scale, draw_grid, draw_labels, draw_levels, widest_label};
use super::hour_panel::{clock, clockwise};
use super::legend::{Entry, Key, draw_legend};
use super::scene::Scene;
use super::theme::{AXIS, BLUE, GAP, INK, MUTED, PALE_BLUE, PALE_ORANGE, VERMILLION};
use crate::reports::number;

/// Rates by local hour of the recipient, with the fitted wave, its best hour and the mean of all hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourCurve {
    /// What is measured: "click rate".
    pub metric: String,
    /// Level of the intervals and of the band, in (0, 1).
    pub level: f64,
    /// The hours that were tested.
    pub points: Vec<HourRate>,
    /// The fitted wave with its band, in steps small enough to look round; empty where none was fitted.
    pub wave: Vec<HourRate>,
    /// `None` where no hour is better than the others.
    pub best: Option<BestHour>,
    /// The rate as if all hours were alike, a fraction.
    pub mean: Option<f64>,
}

/// A rate at a local hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HourRate {
    /// Hour of the day, 0 to 24.
    pub hour: f64,
    /// A fraction.
    pub rate: f64,
    /// Of the rate, fractions.
    pub interval: Option<(f64, f64)>,
}

/// The hour at which the wave is highest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestHour {
    /// Hour of the day, 0 to 24.
    pub hour: f64,
    /// Confidence interval, clockwise from the first to the second hour: (22.5, 1.0) holds midnight.
    pub interval: Option<(f64, f64)>,
}

/// Height of the plot, wide and narrow.
const HEIGHT: (f64, f64) = (300.0, 230.0);
/// Hours from one tick to the next.
const TICK: usize = 3;

impl HourCurve {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_empty = self.points().is_empty() && self.wave().is_empty();
        is_empty.then(|| "no hour was tested".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        self.draw_key(scene);
        scene.paragraph(&format!("{} by hour of the send", self.metric), scene.small(), 2);
        let (low, high) = self.ends();
        let up = Scale::new((low * 100.0, high * 100.0), (1.0, 0.0));
        let ticks = up.ticks(6);
        let left = scene.left() + widest_label(scene, &ticks, "%") + GAP;
        let across = Scale::new((0.0, 24.0), (left, scene.right() - GAP));
        self.draw_best_words(scene, across);
        let top = scene.y + 4.0;
        let bottom = top + if scene.narrow() { HEIGHT.1 } else { HEIGHT.0 };
        let plot = Plot { across, up: Scale::new((low, high), (bottom, top)), top, bottom };
        self.draw_best_hours(scene, plot);
        draw_levels(scene, plot.up.percent(), &ticks, (left, across.at(24.0)), "%");
        let hours = across.every(TICK as f64);
        draw_grid(scene, across, &hours, (top, bottom));
        self.draw_rates(scene, plot);
        draw_labels(scene, across, &hours, bottom, "");
        scene.y = bottom + scene.small().line() + GAP;
        scene.paragraph_centred("local hour of the recipient", scene.small(), 1);
    }

    fn points(&self) -> Vec<HourRate> {
        self.points.iter().filter_map(HourRate::on_the_clock).collect()
    }

    /// The wave from the earliest to the latest hour; through midnight where it begins there.
    fn wave(&self) -> Vec<HourRate> {
        let mut wave: Vec<HourRate> = self.wave.iter().filter_map(HourRate::on_the_clock).collect();
        wave.sort_by(|a, b| a.hour.total_cmp(&b.hour));
        if let (Some(first), Some(last)) = (wave.first().copied(), wave.last().copied())
            && first.hour == 0.0
            && last.hour < 24.0
        {
            wave.push(HourRate { hour: 24.0, ..first });
        }
        wave
    }

    fn best(&self) -> Option<BestHour> {
        let best = self.best.filter(|best| best.hour.is_finite())?;
        let interval = best.interval.and_then(clockwise);
        Some(BestHour { hour: best.hour.rem_euclid(24.0), interval })
    }

    /// Around all rates and the wave's band; a long interval must not flatten the wave.
    fn ends(&self) -> (f64, f64) {
        let (points, wave) = (self.points(), self.wave());
        let rates = points.iter().chain(&wave).map(|point| point.rate).chain(self.mean());
        let bands = wave.iter().filter_map(|point| point.interval).flat_map(|(a, b)| [a, b]);
        let core: Vec<f64> = rates.chain(bands).collect();
        let low = core.iter().copied().fold(f64::INFINITY, f64::min);
        let high = core.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut bars: Vec<(f64, f64)> = points.iter().filter_map(|point| point.interval).collect();
        bars.sort_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
        let usual = bars.get(bars.len() / 2).map_or(0.0, |(a, b)| b - a);
        let reach = (0.7 * usual).max(0.3 * (high - low));
        let (least, most) = (low - reach, high + reach);
        let low = bars.iter().map(|bar| bar.0.max(least)).fold(low, f64::min);
        let high = bars.iter().map(|bar| bar.1.min(most)).fold(high, f64::max);
        let room = ((high - low) * 0.06).max(high.abs() * 5e-4).max(1e-6);
        // The axis begins at zero where that costs little room.
        let low = if low < 0.4 * high { 0.0 } else { low - room };
        if high > 0.0 { (low.max(0.0), (high + room).min(1.0 + room)) } else { (0.0, 0.01) }
    }

    fn mean(&self) -> Option<f64> {
        self.mean.filter(|mean| (0.0..=1.0).contains(mean))
    }

    fn draw_key(&self, scene: &mut Scene) {
        let level = number::percent(self.level, 0);
        let tested = format!("hour tested, with {level} interval");
        let band = format!("its {level} band");
        let mean = format!("mean of all hours: {}", number::percent(self.mean.unwrap_or(0.0), 2));
        let mut entries = Vec::new();
        if !self.points().is_empty() {
            entries.push(Entry { key: Key::Bar, color: INK, text: &tested });
        }
        let wave = self.wave();
        if !wave.is_empty() {
            entries.push(Entry { key: Key::Line, color: BLUE, text: "fitted wave" });
        }
        if wave.iter().any(|point| point.interval.is_some()) {
            entries.push(Entry { key: Key::Band, color: PALE_BLUE, text: &band });
        }
        if self.mean().is_some() {
            entries.push(Entry { key: Key::Dashed, color: MUTED, text: &mean });
        }
        draw_legend(scene, &entries);
        scene.y += GAP;
    }

    /// "best hour 18:30 (95% interval 17:00 to 20:15)" above its line, or that there is none.
    fn draw_best_words(&self, scene: &mut Scene, across: Scale) {
        let face = scene.small().bold();
        let level = number::percent(self.level, 0);
        let (words, hour) = match self.best() {
            None => ("no best hour".to_owned(), 12.0),
            Some(BestHour { hour, interval: None }) => (format!("best hour {}", clock(hour)), hour),
            Some(BestHour { hour, interval: Some((from, to)) }) if to - from >= 24.0 => {
                (format!("best hour {}, but it may be any hour", clock(hour)), hour)
            }
            Some(BestHour { hour, interval: Some((from, to)) }) => {
                let ends = format!("{} to {}", clock(from), clock(to));
                (format!("best hour {} ({level} interval {ends})", clock(hour)), hour)
            }
        };
        let face = if self.best().is_some() { face.color(VERMILLION) } else { face };
        let text = face.shorten(&words, scene.right() - scene.left());
        let half = face.width(&text) / 2.0;
        let x = across
            .at(hour)
            .clamp(scene.left() + half, (scene.right() - half).max(scene.left() + half));
        scene.text((x, scene.y + face.em), &text, face.middle());
        scene.y += face.line();
    }

    /// The best hour's interval as a ground, in two pieces where it holds midnight.
    fn draw_best_hours(&self, scene: &mut Scene, plot: Plot) {
        let Some(best) = self.best() else { return };
        if let Some((from, to)) = best.interval {
            for (from, to) in [(from, to.min(24.0)), (0.0, to - 24.0)] {
                let (from, to) = (plot.across.at(from), plot.across.at(to));
                scene.rect((from, plot.top), (to - from, plot.bottom - plot.top), PALE_ORANGE);
            }
        }
    }

    fn draw_rates(&self, scene: &mut Scene, plot: Plot) {
        let wave = self.wave();
        let upper = wave.iter().filter_map(|p| Some(plot.at(p.hour, p.interval?.1)));
        let lower = wave.iter().rev().filter_map(|p| Some(plot.at(p.hour, p.interval?.0)));
        let band: Vec<(f64, f64)> = upper.chain(lower).collect();
        if band.len() > 3 {
            scene.area(band, PALE_BLUE);
        }
        if let Some(mean) = self.mean() {
            scene.dashed(plot.at(0.0, mean), plot.at(24.0, mean), MUTED, 1.5);
        }
        if let Some(best) = self.best() {
            let x = plot.across.at(best.hour);
            scene.line(vec![(x, plot.top), (x, plot.bottom)], VERMILLION, 2.0);
        }
        if wave.len() > 1 {
            scene.line(wave.iter().map(|p| plot.at(p.hour, p.rate)).collect(), BLUE, 2.5);
        }
        self.points().iter().for_each(|point| plot.draw_point(scene, *point));
        let (left, right) = (plot.across.at(0.0), plot.across.at(24.0));
        scene.line(vec![(left, plot.bottom), (right, plot.bottom)], AXIS, 1.0);
    }
}

impl HourRate {
    /// The same within a day; `None` where it cannot be drawn.
    fn on_the_clock(&self) -> Option<HourRate> {
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        if !self.hour.is_finite() || !is_share(self.rate) {
            return None;
        }
        let hour = if self.hour == 24.0 { 24.0 } else { self.hour.rem_euclid(24.0) };
        let ends = self.interval.filter(|(low, high)| low <= high);
        let interval = ends.map(|(low, high)| (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0)));
        Some(HourRate { hour, rate: self.rate, interval })
    }
}

/// Where hours and rates stand.
#[derive(Debug, Clone, Copy)]
struct Plot {
    across: Scale,
    up: Scale,
    top: f64,
    bottom: f64,
}

impl Plot {
    fn at(self, hour: f64, rate: f64) -> (f64, f64) {
        (self.across.at(hour), self.up.at(rate))
    }

    /// The bar ends in a stop, or in an arrow where it goes on beyond the plot.
    fn draw_point(self, scene: &mut Scene, point: HourRate) {
        let (x, y) = self.at(point.hour, point.rate);
        if let Some((low, high)) = point.interval {
            let (from, to) = (self.up.at(low), self.up.at(high));
            scene.line(vec![(x, from), (x, to)], INK, 1.0);
            let cut = [low < self.up.low(), high > self.up.high()];
            for (y, cut, side) in [(from, cut[0], 1.0), (to, cut[1], -1.0)] {
                if cut {
                    let back = y - side * 6.0;
                    scene.area(vec![(x, y), (x - 4.0, back), (x + 4.0, back)], INK);
                } else {
                    scene.line(vec![(x - 4.0, y), (x + 4.0, y)], INK, 1.0);
                }
            }
        }
        scene.dot((x, y), 3.5, INK);
    }
}
