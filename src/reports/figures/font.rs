//! The embedded font: how wide a text is, and the same letters in SVG and in PNG.
//!
//! The two files are Inter (SIL Open Font License, beside them), cut down to European letters and
//! signs, with digits of one width. Their line metrics are set to 1.24 em because plotters takes a
//! font size to be 1.24 em: without that, PNG letters would be smaller than SVG letters.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// Name of the embedded family in style sheets.
pub const FAMILY: &str = "Inter";
/// The family with what to fall back on where a drawing stands alone, without the page's font.
pub const STACK: &str = "Inter, Segoe UI, Helvetica Neue, Arial, sans-serif";

const REGULAR: &[u8] = include_bytes!("../fonts/inter-regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/inter-semibold.ttf");
/// What plotters calls a font's size, in em.
const PLOTTERS_EM: f64 = 1.24;

/// The font in plotters' terms; `em` in pixels.
pub fn desc(em: f64, bold: bool) -> FontDesc<'static> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let regular = register_font(STACK, FontStyle::Normal, REGULAR);
        let semibold = register_font(STACK, FontStyle::Bold, SEMIBOLD);
        regular.is_ok() && semibold.is_ok()
    });
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(STACK), em * PLOTTERS_EM, style)
}

/// Width of one line of text in pixels, never less than a browser draws it.
pub fn width(text: &str, em: f64, bold: bool) -> f64 {
    // Measured large, because plotters measures in whole pixels.
    const LARGE: f64 = 1000.0;
    // Letters of other scripts come from a font of the reader's; most are square.
    const FOREIGN: f64 = 1.1;
    let foreign = text.chars().filter(|c| u32::from(*c) >= 0x3000).count();
    let known: String = text.chars().filter(|c| u32::from(*c) < 0x3000).collect();
    let measured = match desc(LARGE, bold).layout_box(&known) {
        Ok(((left, _), (right, _))) => f64::from(right - left) / LARGE,
        Err(_) => 0.65 * known.chars().count() as f64,
    };
    (measured + FOREIGN * foreign as f64) * em
}

/// Style-sheet rules that carry the font inside the page.
pub fn font_faces() -> String {
    let face = |bytes: &[u8], weight: &str| {
        format!(
            "@font-face{{font-family:\"{FAMILY}\";font-weight:{weight};font-style:normal;\
             src:url(data:font/ttf;base64,{}) format(\"truetype\")}}\n",
            STANDARD.encode(bytes)
        )
    };
    format!("{}{}", face(REGULAR, "400"), face(SEMIBOLD, "600 700"))
}
