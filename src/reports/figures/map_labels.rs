//! Numbers and names on a map, moved until none covers another.

use super::scene::{Face, Scene};
use super::segment_map::Circle;
use super::theme::CAPITAL;

/// A label and where it stands.
pub(super) struct Placed {
    pub segment: usize,
    pub text: String,
    /// Left end of the line on which the text stands.
    pub at: (f64, f64),
    /// On the colour of its own circle.
    pub is_inside: bool,
    /// A line from the circle to a label that stands away from it.
    pub leader: Option<((f64, f64), (f64, f64))>,
}

/// A box as (left, top, right, bottom).
type Area = (f64, f64, f64, f64);

/// Directions in which a label is tried, in the order in which they are liked.
const DIRECTIONS: [f64; 12] =
    [0.0, 180.0, 270.0, 90.0, 315.0, 45.0, 225.0, 135.0, 337.5, 22.5, 202.5, 157.5];
/// Distances from the circle at which a label is tried, in pixels.
const DISTANCES: [f64; 6] = [4.0, 12.0, 24.0, 40.0, 60.0, 90.0];
/// Names farther away than this are left to the list below the map.
const NAME_FARTHEST: f64 = 12.0;

/// Labels for every circle: its number, and its name where there is room beside it.
///
/// `circles` are in the order in which they are drawn; a later one covers an earlier one.
pub(super) fn place(
    scene: &Scene,
    circles: &[Circle],
    names: &[&str],
    inside: Area,
) -> Vec<Placed> {
    let mut labels = Labels { circles, inside, taken: Vec::new() };
    let face = scene.body().bold();
    let mut placed: Vec<Placed> = Vec::new();
    for (order, circle) in circles.iter().enumerate() {
        placed.extend(labels.within(face, order, circle));
    }
    let most = if scene.narrow() { 120.0 } else { 180.0 };
    for circle in circles {
        let number = (circle.segment + 1).to_string();
        let has_number = placed.iter().any(|label| label.segment == circle.segment);
        let name = names.get(circle.segment).copied().unwrap_or_default();
        let name = if face.width(name) <= most { name } else { "" };
        let with_name = match (has_number, name) {
            (_, "") => String::new(),
            (true, name) => name.to_owned(),
            (false, name) => format!("{number} {name}"),
        };
        if let Some(label) = labels.beside(face, circle, &with_name, NAME_FARTHEST) {
            placed.push(label);
        } else if !has_number {
            placed.extend(labels.beside(face, circle, &number, f64::INFINITY));
        }
    }
    placed
}

struct Labels<'a> {
    circles: &'a [Circle],
    inside: Area,
    taken: Vec<Area>,
}

impl Labels<'_> {
    /// The number in the middle of its own circle, if no circle above covers it.
    fn within(&mut self, face: Face, order: usize, circle: &Circle) -> Option<Placed> {
        let text = (circle.segment + 1).to_string();
        let (width, height) = (face.width(&text), face.em * CAPITAL);
        if (width / 2.0).hypot(height / 2.0) + 1.0 > circle.radius {
            return None;
        }
        let area = around((circle.x, circle.y), (width, height));
        let above = &self.circles[order + 1..];
        if above.iter().any(|other| touches(other, area)) || self.is_taken(area) {
            return None;
        }
        self.taken.push(area);
        let at = (area.0, circle.y + face.half());
        Some(Placed { segment: circle.segment, text, at, is_inside: true, leader: None })
    }

    /// A label beside its circle, at most `farthest` away, over no circle and no other label.
    fn beside(&mut self, face: Face, circle: &Circle, text: &str, farthest: f64) -> Option<Placed> {
        if text.trim().is_empty() {
            return None;
        }
        // A little room around the letters, below the line too.
        let size = (face.width(text) + 4.0, face.em + 2.0);
        let places = DISTANCES
            .iter()
            .filter(|distance| **distance <= farthest)
            .flat_map(|d| DIRECTIONS.iter().map(move |degrees| (*d, degrees.to_radians())));
        for (distance, angle) in places {
            let (away, direction) = (circle.radius + distance, (angle.cos(), angle.sin()));
            let middle = (
                circle.x + direction.0 * (away + size.0 / 2.0),
                circle.y + direction.1 * (away + size.1 / 2.0),
            );
            let area = around(middle, size);
            let covers = self.circles.iter().any(|other| touches(other, area));
            if covers || self.is_taken(area) || !within(area, self.inside) {
                continue;
            }
            self.taken.push(area);
            let leader = (distance > NAME_FARTHEST).then(|| {
                let edge = circle.radius;
                let start = (circle.x + direction.0 * edge, circle.y + direction.1 * edge);
                let end = (start.0.max(area.0).min(area.2), start.1.max(area.1).min(area.3));
                (start, end)
            });
            let at = (area.0 + 2.0, middle.1 + face.half());
            let text = text.to_owned();
            return Some(Placed { segment: circle.segment, text, at, is_inside: false, leader });
        }
        None
    }

    fn is_taken(&self, area: Area) -> bool {
        self.taken.iter().any(|other| {
            area.0 < other.2 && other.0 < area.2 && area.1 < other.3 && other.1 < area.3
        })
    }
}

fn around((x, y): (f64, f64), (width, height): (f64, f64)) -> Area {
    (x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0)
}

fn within(area: Area, outer: Area) -> bool {
    area.0 >= outer.0 && area.1 >= outer.1 && area.2 <= outer.2 && area.3 <= outer.3
}

/// Whether a circle with its rim reaches into a box.
fn touches(circle: &Circle, area: Area) -> bool {
    let dx = circle.x - circle.x.clamp(area.0, area.2);
    let dy = circle.y - circle.y.clamp(area.1, area.3);
    dx.hypot(dy) < circle.radius + 2.0
}
