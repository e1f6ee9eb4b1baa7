//! What the signs and lines of a figure mean, beside each other where there is room.

use plotters::style::RGBColor;

use super::scene::Scene;
use super::sign::Sign;
use super::theme::GAP;

/// What stands for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Filled(Sign),
    Hollow(Sign),
    /// A dot with a bar through it.
    Bar,
    Line,
    /// A line upwards.
    Upright,
    /// Two thin lines around nothing.
    Wings,
    Dashed,
    Band,
}

/// A key with its words.
pub(super) struct Entry<'a> {
    pub key: Key,
    pub color: RGBColor,
    pub text: &'a str,
}

/// Room that a key takes.
const KEY: f64 = 18.0;

/// Draws the entries at the running position and moves below them.
pub(super) fn draw_legend(scene: &mut Scene, entries: &[Entry]) {
    let face = scene.small();
    let mut x = scene.left();
    for entry in entries {
        let text = face.shorten(entry.text, scene.right() - scene.left() - KEY - 6.0);
        let width = KEY + 6.0 + face.width(&text);
        if x > scene.left() && x + width > scene.right() {
            (x, scene.y) = (scene.left(), scene.y + face.line());
        }
        let middle = scene.y + face.line() / 2.0;
        draw_key(scene, entry.key, (x, middle), entry.color);
        scene.text((x + KEY + 6.0, middle + face.half()), &text, face);
        x += width + 2.0 * GAP;
    }
    scene.y += if entries.is_empty() { 0.0 } else { face.line() };
}

fn draw_key(scene: &mut Scene, key: Key, (x, middle): (f64, f64), color: RGBColor) {
    let (centre, end) = ((x + KEY / 2.0, middle), x + KEY);
    match key {
        Key::Filled(sign) => sign.draw(scene, centre, 4.5, color),
        Key::Hollow(sign) => sign.draw_hollow(scene, centre, 4.5, color),
        Key::Bar => {
            scene.line(vec![(centre.0, middle - 7.0), (centre.0, middle + 7.0)], color, 1.0);
            scene.dot(centre, 3.5, color);
        }
        Key::Line => scene.line(vec![(x, middle), (end, middle)], color, 2.0),
        Key::Upright => {
            scene.line(vec![(centre.0, middle - 7.0), (centre.0, middle + 7.0)], color, 2.0);
        }
        Key::Wings => {
            for y in [middle - 4.0, middle + 4.0] {
                scene.line(vec![(x, y), (end, y)], color, 1.0);
            }
        }
        Key::Dashed => {
            for dash in [x, x + 6.5, x + 13.0] {
                scene.line(vec![(dash, middle), (dash + 5.0, middle)], color, 1.5);
            }
        }
        Key::Band => scene.rect((x, middle - 5.0), (KEY, 10.0), color),
    }
}
