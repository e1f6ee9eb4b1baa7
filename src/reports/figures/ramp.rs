//! What the colours of cells stand for.

use plotters::style::RGBColor;

use super::scene::Scene;
use super::tint::along;

/// A strip of the colours with what its ends and its middle are, and a line on what is shown.
pub(super) fn draw_ramp(scene: &mut Scene, stops: &[RGBColor], words: [&str; 3], note: &str) {
    const STEPS: u32 = 40;
    const HEIGHT: f64 = 10.0;
    let face = scene.small();
    let width = if scene.narrow() { 240.0 } else { 320.0 };
    let left = ((scene.width() - width) / 2.0).round();
    for step in 0..STEPS {
        let part = f64::from(step) / f64::from(STEPS);
        let fill = along(stops, (f64::from(step) + 0.5) / f64::from(STEPS));
        scene.rect((left + part * width, scene.y), (width / f64::from(STEPS), HEIGHT), fill);
    }
    scene.y += HEIGHT + face.em + 3.0;
    for (part, text) in [0.0, 0.5, 1.0].into_iter().zip(words) {
        scene.text((left + part * width, scene.y), text, face.middle());
    }
    scene.y += 4.0;
    scene.paragraph_centred(note, face, 2);
}
