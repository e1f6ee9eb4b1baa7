//! Sizes and colours shared by every figure. Constants only; lengths are CSS pixels.

use plotters::style::RGBColor;

/// Width of a figure on a page.
pub const WIDE: f64 = 920.0;
/// Width of a figure on a phone.
pub const NARROW: f64 = 380.0;
/// Pages narrower than this show the narrow figures.
pub const BREAKPOINT: u32 = 760;
/// Pixels of a PNG per CSS pixel, so that it stays sharp.
pub const PNG_DENSITY: f64 = 2.0;

/// Free space around a drawing.
pub const MARGIN: f64 = 14.0;
/// Free space between two things that belong together.
pub const GAP: f64 = 8.0;
/// Line height in em.
pub const LEADING: f64 = 1.32;
/// Height of capitals in em, for centring text on a row.
pub const CAPITAL: f64 = 0.7275;

pub const INK: RGBColor = RGBColor(0x1F, 0x24, 0x2B);
pub const MUTED: RGBColor = RGBColor(0x59, 0x62, 0x6C);
pub const GRID: RGBColor = RGBColor(0xE4, 0xE7, 0xEB);
pub const AXIS: RGBColor = RGBColor(0x9A, 0xA3, 0xAD);
pub const PANEL: RGBColor = RGBColor(0xF4, 0xF5, 0xF7);
pub const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);

// Okabe and Ito's colours, told apart with every common colour vision.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);

// Grounds behind lines and words.
pub const PALE_BLUE: RGBColor = RGBColor(0xCF, 0xE3, 0xF1);
pub const PALE_ORANGE: RGBColor = RGBColor(0xFC, 0xEF, 0xE6);

/// Series in the order of their place; after the last comes the first again.
pub const SERIES: [RGBColor; 7] = [
    BLUE,
    ORANGE,
    RGBColor(0x00, 0x9E, 0x73),
    VERMILLION,
    SKY,
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x59, 0x62, 0x6C),
];

/// Below to above average: orange over near-white to blue, even steps of lightness.
pub const DIVERGING: [RGBColor; 9] = [
    RGBColor(0xB3, 0x58, 0x06),
    RGBColor(0xE0, 0x82, 0x14),
    RGBColor(0xFD, 0xB8, 0x63),
    RGBColor(0xFE, 0xE0, 0xB6),
    RGBColor(0xF7, 0xF7, 0xF7),
    RGBColor(0xD1, 0xE5, 0xF0),
    RGBColor(0x92, 0xC5, 0xDE),
    RGBColor(0x43, 0x93, 0xC3),
    RGBColor(0x21, 0x66, 0xAC),
];

/// None to most: near-white to dark blue, even steps of lightness.
pub const SEQUENTIAL: [RGBColor; 6] = [
    RGBColor(0xF2, 0xF6, 0xFB),
    RGBColor(0xD0, 0xE1, 0xF2),
    RGBColor(0x94, 0xC4, 0xDF),
    RGBColor(0x4A, 0x98, 0xC9),
    RGBColor(0x17, 0x64, 0xAB),
    RGBColor(0x08, 0x30, 0x6B),
];
