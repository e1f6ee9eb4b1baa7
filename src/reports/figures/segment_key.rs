//! A numbered list of segments, each with the sign and the colour that it has in the drawing.

use plotters::style::RGBColor;

use super::scene::Scene;
use super::sign::Sign;
use super::theme::{GAP, PAPER, SERIES};
use super::tint::along;

/// One line of the list.
pub(super) struct KeyEntry {
    pub name: String,
    pub remark: String,
}

/// The colour of a segment, mixed with paper: 1 is the full colour.
pub(super) fn tint(place: usize, strength: f64) -> RGBColor {
    along(&[PAPER, SERIES[place % SERIES.len()]], strength)
}

/// The list at the running position, in two columns on a page.
pub(super) fn draw_key(scene: &mut Scene, entries: &[KeyEntry]) {
    let columns = if scene.narrow() || entries.len() == 1 { 1 } else { 2 };
    let between = 3.0 * GAP;
    let width = (scene.right() - scene.left() + between) / f64::from(columns) - between;
    let rows = entries.len().div_ceil(columns as usize).max(1);
    let top = scene.y;
    let mut bottom = top;
    for (column, chunk) in entries.chunks(rows).enumerate() {
        scene.y = top;
        let left = scene.left() + (width + between) * column as f64;
        for (row, entry) in chunk.iter().enumerate() {
            draw_entry(scene, (left, width), column * rows + row, entry);
        }
        bottom = bottom.max(scene.y);
    }
    scene.y = bottom;
}

fn draw_entry(scene: &mut Scene, (left, width): (f64, f64), place: usize, entry: &KeyEntry) {
    let (body, small) = (scene.body(), scene.small());
    let middle = scene.y + body.line() / 2.0 + 2.0;
    let sign = left + 6.0;
    Sign::nth(place).draw(scene, (sign, middle), 5.0, tint(place, 1.0));
    let number = left + 18.0 + body.bold().width("00");
    scene.text((number, middle + body.half()), &(place + 1).to_string(), body.bold().end());
    let text = number + GAP;
    let room = left + width - text;
    let on_one_line = body.width(&entry.name) + 2.0 * GAP + small.width(&entry.remark) <= room;
    let name = body.wrap(&entry.name, room, 2);
    for (i, line) in name.iter().enumerate() {
        scene.text((text, middle + body.half() + body.line() * i as f64), line, body);
    }
    scene.y += body.line() * name.len() as f64 + 4.0;
    if on_one_line {
        scene.text((left + width, middle + body.half()), &entry.remark, small.end());
    } else {
        let remark = small.shorten(&entry.remark, room);
        scene.text((text, scene.y + small.em - 2.0), &remark, small);
        scene.y += small.line() + 2.0;
    }
}
