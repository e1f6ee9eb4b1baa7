//! Small signs that are told apart by their form, also in print without colours.

use plotters::style::RGBColor;

use super::scene::Scene;
use super::theme::PAPER;

/// A form of sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Circle,
    Square,
    Triangle,
    Diamond,
    /// A triangle that stands on its tip.
    Wedge,
}

/// Thickness of a hollow sign's edge.
const EDGE: f64 = 1.5;

impl Sign {
    /// One form after the other, again from the first after the last.
    pub fn nth(place: usize) -> Self {
        use Sign::{Circle, Diamond, Square, Triangle, Wedge};
        [Circle, Square, Triangle, Diamond, Wedge][place % 5]
    }

    /// The sign filled, about as large as a circle of this radius.
    pub fn draw(self, scene: &mut Scene, at: (f64, f64), radius: f64, fill: RGBColor) {
        let corners = |across: f64, corners: &[(f64, f64)]| {
            let place = |(dx, dy): &(f64, f64)| (at.0 + across * dx, at.1 + across * dy);
            corners.iter().map(place).collect::<Vec<_>>()
        };
        match self {
            Sign::Circle => scene.dot(at, radius, fill),
            Sign::Square => {
                let half = radius * 0.9;
                scene.rect((at.0 - half, at.1 - half), (2.0 * half, 2.0 * half), fill);
            }
            Sign::Triangle => {
                let tips = [(0.0, -1.0), (0.95, 0.7), (-0.95, 0.7)];
                scene.area(corners(radius * 1.2, &tips), fill);
            }
            Sign::Wedge => {
                let tips = [(0.0, 1.0), (0.95, -0.7), (-0.95, -0.7)];
                scene.area(corners(radius * 1.2, &tips), fill);
            }
            Sign::Diamond => {
                let tips = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)];
                scene.area(corners(radius * 1.25, &tips), fill);
            }
        }
    }

    /// The sign as an edge around paper.
    pub fn draw_hollow(self, scene: &mut Scene, at: (f64, f64), radius: f64, edge: RGBColor) {
        self.draw(scene, at, radius, edge);
        // Sharp corners lie farther from their edges than the middle of a side.
        let inner = match self {
            Sign::Circle | Sign::Square => radius - EDGE,
            _ => radius - 1.3 * EDGE,
        };
        if inner > 0.0 {
            self.draw(scene, at, inner, PAPER);
        }
    }
}
