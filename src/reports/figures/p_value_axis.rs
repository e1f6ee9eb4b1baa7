//! The two logarithmic axes of a plot of p-values: 1 in the corner, small ones far out.

use super::axis::Scale;
use super::p_value_plot::PValueDot;
use super::scene::Scene;
use super::theme::{AXIS, GRID};
use crate::reports::number;

/// Maps p-values to pixels by their logarithm to base ten, with the sign turned.
pub(super) struct PValueAxis {
    across: Scale,
    up: Scale,
}

impl PValueAxis {
    /// Axes as long as the expected values, the band and the dots ask for, between the plot's sides.
    pub fn new(dots: &[&PValueDot], sides: (f64, f64)) -> Self {
        let most = |values: &mut dyn Iterator<Item = f64>| {
            values.map(size).filter(|size| size.is_finite()).fold(0.0, f64::max)
        };
        let expected = most(&mut dots.iter().map(|dot| dot.expected)).max(0.3);
        let band = most(&mut dots.iter().filter_map(|dot| dot.band()).map(|(low, _)| low));
        let observed = most(&mut dots.iter().map(|dot| dot.observed));
        // A single tiny p-value must not press all others onto the ground.
        let limit = (3.0 * expected).max(1.2 * band).max(4.0);
        let high = observed.max(band).max(expected).min(limit);
        PValueAxis {
            across: Scale::new((0.0, 1.05 * expected), sides),
            up: Scale::new((0.0, 1.05 * high), (1.0, 0.0)),
        }
    }

    /// The same between a bottom and a top.
    pub fn between(self, bottom: f64, top: f64) -> Self {
        PValueAxis { up: Scale::new((0.0, self.up.high()), (bottom, top)), ..self }
    }

    pub fn at(&self, expected: f64, observed: f64) -> (f64, f64) {
        (self.across.at(size(expected)), self.up.at(size(observed)))
    }

    /// Whether an observed value is smaller than the axis reaches.
    pub fn cuts(&self, observed: f64) -> bool {
        size(observed) > self.up.high()
    }

    pub fn draw_grid(&self, scene: &mut Scene) {
        let (left, right) = (self.across.at(0.0), self.across.at(self.across.high()));
        let (bottom, top) = (self.up.at(0.0), self.up.at(self.up.high()));
        for p in ticks(self.across) {
            let x = self.across.at(size(p));
            scene.line(vec![(x, top), (x, bottom)], if p == 1.0 { AXIS } else { GRID }, 1.0);
        }
        for p in ticks(self.up) {
            let y = self.up.at(size(p));
            scene.line(vec![(left, y), (right, y)], if p == 1.0 { AXIS } else { GRID }, 1.0);
        }
    }

    /// Where observed and expected values are equal.
    pub fn draw_diagonal(&self, scene: &mut Scene) {
        let end = self.across.high().min(self.up.high());
        let corner = (self.across.at(0.0), self.up.at(0.0));
        scene.line(vec![corner, (self.across.at(end), self.up.at(end))], AXIS, 2.0);
    }

    /// The ticks' labels, as many as have room.
    pub fn draw_labels(&self, scene: &mut Scene) {
        let face = scene.small();
        let (left, bottom) = (self.across.at(0.0), self.up.at(0.0));
        let mut free_from = f64::NEG_INFINITY;
        for p in ticks(self.across) {
            let (text, x) = (tick_text(p), self.across.at(size(p)));
            let half = face.width(&text) / 2.0;
            if x - half >= free_from && x + half <= scene.width() {
                scene.text((x, bottom + face.em + 3.0), &text, face.middle());
                free_from = x + half + 6.0;
            }
        }
        let mut free_to = f64::INFINITY;
        for p in ticks(self.up) {
            let y = self.up.at(size(p)) + face.half();
            if y <= free_to {
                scene.text((left - 6.0, y), &tick_text(p), face.end());
                free_to = y - face.line();
            }
        }
    }
}

/// How far out a p-value lies.
fn size(p: f64) -> f64 {
    // Not the minus zero of p = 1.
    -p.log10() + 0.0
}

/// 1, 0.5, 0.2, 0.1, … over few powers of ten; over many the powers alone, or some of them.
fn ticks(scale: Scale) -> Vec<f64> {
    let powers = scale.high().floor() as i32;
    let step = (powers / 8 + 1).max(1) as usize;
    let parts: &[f64] = if scale.high() <= 2.5 { &[1.0, 0.5, 0.2] } else { &[1.0] };
    let all = (0..=powers).step_by(step);
    let all = all.flat_map(|power| parts.iter().map(move |part| part * 10f64.powi(-power)));
    all.filter(|p| size(*p) <= scale.high()).collect()
}

fn tick_text(p: f64) -> String {
    if p > 0.9e-4 { number::shortest(p) } else { format!("1e−{}", number::decimal(size(p), 0)) }
}
