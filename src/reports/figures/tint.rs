//! Colours for values, and ink that reads on them.

use plotters::style::RGBColor;

use super::theme::{INK, PAPER};

/// The colour at `part` (0 to 1) of the way along `stops`.
pub(super) fn along(stops: &[RGBColor], part: f64) -> RGBColor {
    let last = stops.len().saturating_sub(1);
    let place = part.clamp(0.0, 1.0) * last as f64;
    let before = (place.floor() as usize).min(last);
    let after = (before + 1).min(last);
    match (stops.get(before), stops.get(after)) {
        (Some(a), Some(b)) => mixed(*a, *b, place - before as f64),
        _ => PAPER,
    }
}

/// Black or white ink, whichever stands out more on `ground`.
pub(super) fn ink_on(ground: RGBColor) -> RGBColor {
    // Relative luminance; 0.18 is where both inks have the same contrast.
    if luminance(ground) > 0.2 { INK } else { PAPER }
}

fn mixed(a: RGBColor, b: RGBColor, part: f64) -> RGBColor {
    let one = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    RGBColor(one(a.0, b.0), one(a.1, b.1), one(a.2, b.2))
}

fn luminance(color: RGBColor) -> f64 {
    let linear = |byte: u8| {
        let part = f64::from(byte) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}
