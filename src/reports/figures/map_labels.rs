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
    /// The free ground under a label that stands beside its circle.
    pub plate: Option<Area>,
    /// A line from the circle to a label that stands away from it.
    pub leader: Option<Line>,
}

/// A box as (left, top, right, bottom).
pub(super) type Area = (f64, f64, f64, f64);

/// From one point to another.
type Line = ((f64, f64), (f64, f64));

/// Directions in which a label is tried, in the order in which they are liked.
const DIRECTIONS: [f64; 12] =
    [0.0, 180.0, 270.0, 90.0, 315.0, 45.0, 225.0, 135.0, 337.5, 22.5, 202.5, 157.5];
/// Distances from the circle at which a label is tried, in pixels.
const DISTANCES: [f64; 6] = [4.0, 12.0, 24.0, 40.0, 60.0, 90.0];
/// Names farther away than this are left to the list below the map.
const NAME_FARTHEST: f64 = 12.0;
const NAMES_ON_A_PHONE: usize = 6;

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
    // On a phone the names of more than a few segments would hide the map.
    let most = match (scene.narrow(), circles.len()) {
        (false, _) => 180.0,
        (true, count) if count <= NAMES_ON_A_PHONE => 120.0,
        (true, _) => 0.0,
    };
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
        Some(Placed { segment: circle.segment, text, at, plate: None, leader: None })
    }

    /// A label beside its circle, at most `farthest` away, over no circle and no other label.
    fn beside(&mut self, face: Face, circle: &Circle, text: &str, farthest: f64) -> Option<Placed> {
        if text.trim().is_empty() {
            return None;
        }
        // A little room around the letters, below the line too.
        let size = (face.width(text) + 4.0, face.em + 2.0);
        let free = |spot: &Spot| self.is_free(spot.area);
        let spots = || spots(circle, size, farthest).filter(free);
        // Rather farther away than with a line across another segment.
        let clear = spots().find(|spot| !spot.leader.is_some_and(|l| self.crosses(circle, l)));
        let spot = clear.or_else(|| spots().next())?;
        self.taken.push(spot.area);
        let middle = (spot.area.1 + spot.area.3) / 2.0;
        Some(Placed {
            segment: circle.segment,
            text: text.to_owned(),
            at: (spot.area.0 + 2.0, middle + face.half()),
            plate: Some(spot.area),
            leader: spot.leader,
        })
    }

    fn is_free(&self, area: Area) -> bool {
        let covers = self.circles.iter().any(|circle| touches(circle, area));
        !covers && !self.is_taken(area) && within(area, self.inside)
    }

    /// Whether a line leads over a circle that its own circle does not lie on.
    fn crosses(&self, own: &Circle, (from, to): Line) -> bool {
        const STEPS: u32 = 16;
        let point = |step: u32| {
            let part = f64::from(step) / f64::from(STEPS);
            (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
        };
        let holds = |circle: &Circle, (x, y): (f64, f64)| {
            (x - circle.x).hypot(y - circle.y) < circle.radius
        };
        let others = self
            .circles
            .iter()
            .filter(|other| other.segment != own.segment && !holds(other, (own.x, own.y)));
        others.into_iter().any(|other| (0..=STEPS).any(|step| holds(other, point(step))))
    }

    fn is_taken(&self, area: Area) -> bool {
        self.taken.iter().any(|other| {
            area.0 < other.2 && other.0 < area.2 && area.1 < other.3 && other.1 < area.3
        })
    }
}

/// Where a label could stand.
struct Spot {
    area: Area,
    leader: Option<Line>,
}

/// The spots around a circle, the nearest first.
fn spots(circle: &Circle, size: (f64, f64), farthest: f64) -> impl Iterator<Item = Spot> {
    let distances = DISTANCES.into_iter().filter(move |distance| *distance <= farthest);
    let all = distances.flat_map(|distance| DIRECTIONS.map(|degrees| (distance, degrees)));
    all.map(move |(distance, degrees)| spot(circle, size, distance, degrees))
}

fn spot(circle: &Circle, size: (f64, f64), distance: f64, degrees: f64) -> Spot {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let away = circle.radius + distance;
    let middle = (circle.x + cos * (away + size.0 / 2.0), circle.y + sin * (away + size.1 / 2.0));
    let area = around(middle, size);
    let leader = (distance > NAME_FARTHEST).then(|| {
        let start = (circle.x + cos * circle.radius, circle.y + sin * circle.radius);
        (start, (start.0.clamp(area.0, area.2), start.1.clamp(area.1, area.3)))
    });
    Spot { area, leader }
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
