//! How well separated the segments are for each number of segments.

use serde::Serialize;

use super::axis::Scale;
use super::scene::Scene;
use super::theme::{AXIS, BLUE, GRID, MUTED, VERMILLION};
use crate::reports::number;

/// Mean silhouette for each number of segments, with the chosen number marked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SilhouetteByK {
    /// (number of segments, mean silhouette from −1 to 1), NaN where it was not computed.
    pub points: Vec<(u32, f64)>,
    pub chosen: Option<u32>,
}

impl SilhouetteByK {
    pub(super) fn nothing(&self) -> Option<String> {
        self.known().is_empty().then(|| "no number of segments was scored".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let face = scene.small();
        scene.paragraph("mean silhouette (−1 to 1, higher is better separated)", face, 2);
        self.draw_choice(scene);
        let points = self.known();
        let height = if scene.narrow() { 190.0 } else { 250.0 };
        let top = scene.y + 12.0;
        let up = Scale::new(vertical(&points), (top + height, top));
        let left = scene.left() + face.width("−0.00") + 8.0;
        let across = Scale::new(horizontal(&points), (left, scene.right() - 12.0));
        draw_grid(scene, across, up);
        self.draw_ks(scene, &points, across, top + height);
        self.draw_points(scene, &points, across, up);
        scene.y = top + height + 2.0 * face.line() + 6.0;
        let middle = (left + scene.right()) / 2.0;
        scene.text((middle, scene.y), "number of segments", face.middle());
    }

    fn known(&self) -> Vec<(u32, f64)> {
        let mut points: Vec<_> = self.points.iter().copied().filter(|p| p.1.is_finite()).collect();
        points.sort_by_key(|point| point.0);
        points.dedup_by_key(|point| point.0);
        points
    }

    fn draw_points(&self, scene: &mut Scene, points: &[(u32, f64)], across: Scale, up: Scale) {
        let at = |point: &(u32, f64)| (across.at(f64::from(point.0)), up.at(point.1));
        scene.line(points.iter().map(at).collect(), BLUE, 2.0);
        let step = across.step();
        points.iter().for_each(|point| scene.dot(at(point), (step * 0.4).clamp(1.0, 4.0), BLUE));
        if let Some(point) = points.iter().find(|point| self.chosen == Some(point.0)) {
            scene.dot(at(point), 7.0, VERMILLION);
        }
    }

    /// Says above the plot which number was chosen: beside its point it would meet the line.
    fn draw_choice(&self, scene: &mut Scene) {
        let points = self.known();
        let Some((k, value)) = points.into_iter().find(|p| self.chosen == Some(p.0)) else {
            return;
        };
        let face = scene.body().bold().color(VERMILLION);
        let text = format!("● chosen: {k} segments ({})", number::decimal(value, 2));
        scene.paragraph(&text, face, 1);
    }

    fn draw_ks(&self, scene: &mut Scene, points: &[(u32, f64)], across: Scale, bottom: f64) {
        let face = scene.small().middle();
        let (first, last) = (points.first().map_or(0, |p| p.0), points.last().map_or(0, |p| p.0));
        // Labels stand as close as the widest of them allows.
        let wanted = face.width(&last.to_string()) + 6.0;
        let stride = (wanted / across.step().max(0.01)).ceil().clamp(1.0, 1e6) as u32;
        for (k, _) in points {
            let (x, text) = (across.at(f64::from(*k)), k.to_string());
            scene.line(vec![(x, bottom), (x, bottom + 4.0)], AXIS, 1.0);
            if (k - first).is_multiple_of(stride) {
                let color = if self.chosen == Some(*k) { VERMILLION } else { MUTED };
                scene.text((x, bottom + face.em + 5.0), &text, face.color(color));
            }
        }
    }
}

/// Room above and below the points, within −1 to 1.
fn vertical(points: &[(u32, f64)]) -> (f64, f64) {
    let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let room = ((high - low) * 0.15).max(0.02);
    ((low - room).clamp(-1.0, 0.0), (high + room).min(1.0))
}

fn horizontal(points: &[(u32, f64)]) -> (f64, f64) {
    let first = points.first().map_or(0.0, |p| f64::from(p.0));
    let last = points.last().map_or(1.0, |p| f64::from(p.0));
    (first - 0.5, last + 0.5)
}

fn draw_grid(scene: &mut Scene, across: Scale, up: Scale) {
    let face = scene.small().end();
    let ticks = up.ticks(5);
    let (left, right) = (across.at(across.low()), across.at(across.high()));
    for value in &ticks.values {
        let y = up.at(*value);
        let color = if *value == 0.0 { AXIS } else { GRID };
        scene.line(vec![(left, y), (right, y)], color, 1.0);
        let text = number::decimal(*value, ticks.decimals);
        scene.text((left - 6.0, y + face.half()), &text, face);
    }
}
