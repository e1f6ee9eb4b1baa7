//! Painting a scene with plotters: as SVG text or as PNG bytes.

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, TextStyle};

use super::scene::{Anchor, Face, Mark, Scene};
use super::theme::{PAPER, PNG_DENSITY};
use super::{font, png};
use crate::error::{Error, Result};

/// Where a backend puts the line that text stands on.
#[derive(Clone, Copy)]
struct Medium {
    /// Pixels per CSS pixel.
    density: f64,
    /// How far below a text's position the backend draws its line, in em.
    drop: f64,
}

const SVG: Medium = Medium { density: 1.0, drop: 0.76 };
const PNG: Medium = Medium { density: PNG_DENSITY, drop: 0.62 };

/// The scene as a standalone SVG.
pub(super) fn svg(scene: &Scene) -> Result<String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size(scene, SVG)).into_drawing_area();
        paint(scene, &area, SVG)?;
    }
    // Plotters puts line breaks around every text, where a space could be seen, and says of every
    // text which font it has.
    let text = text.replace(">\n", ">").replace("\n</text>", "</text>");
    let text =
        text.replace("/>", "/>\n").replace("</text>", "</text>\n").replace(" opacity=\"1\"", "");
    let family = format!(" font-family=\"{}\"", font::STACK);
    Ok(text.replace(&family, "").replacen("<svg", &format!("<svg{family}"), 1))
}

/// The scene as a PNG file's bytes.
pub(super) fn png(scene: &Scene) -> Result<Vec<u8>> {
    let (width, height) = size(scene, PNG);
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
        paint(scene, &backend.into_drawing_area(), PNG)?;
    }
    png::encode(&pixels, (width, height)).map_err(|e| failed(&e))
}

fn size(scene: &Scene, medium: Medium) -> (u32, u32) {
    let pixels = |length: f64| (length * medium.density).ceil().clamp(1.0, 60_000.0) as u32;
    (pixels(scene.width()), pixels(scene.height()))
}

fn failed(cause: &dyn std::fmt::Display) -> Error {
    Error::internal("could not draw a figure").caused_by(cause.to_string())
}

fn paint<DB: DrawingBackend>(
    scene: &Scene,
    area: &DrawingArea<DB, Shift>,
    medium: Medium,
) -> Result<()> {
    area.fill(&PAPER).map_err(|e| failed(&e))?;
    for mark in &scene.marks {
        paint_mark(mark, area, medium)?;
    }
    area.present().map_err(|e| failed(&e))
}

fn paint_mark<DB: DrawingBackend>(
    mark: &Mark,
    area: &DrawingArea<DB, Shift>,
    medium: Medium,
) -> Result<()> {
    let at = |x: f64, y: f64| (pixel(x, medium), pixel(y, medium));
    let path = |points: &[(f64, f64)]| points.iter().map(|(x, y)| at(*x, *y)).collect::<Vec<_>>();
    let drawn = match mark {
        Mark::Rect { x, y, width, height, fill } => {
            let corners = [at(*x, *y), at(x + width, y + height)];
            area.draw(&Rectangle::new(corners, fill.filled()))
        }
        Mark::Line { points, color, stroke } => {
            let width = (stroke * medium.density).round().max(1.0) as u32;
            area.draw(&PathElement::new(path(points), color.stroke_width(width)))
        }
        Mark::Area { points, fill } => area.draw(&Polygon::new(path(points), fill.filled())),
        Mark::Dot { x, y, radius, fill } => {
            area.draw(&Circle::new(at(*x, *y), (radius * medium.density) as i32, fill.filled()))
        }
        Mark::Text { x, y, text, face } => {
            let drop = face.em * medium.drop;
            let (x, y) = if face.turned { (x - drop, *y) } else { (*x, y - drop) };
            area.draw(&Text::new(text.as_str(), at(x, y), style(*face, medium)))
        }
    };
    drawn.map_err(|e| failed(&e))
}

fn pixel(length: f64, medium: Medium) -> i32 {
    (length * medium.density).round().clamp(-1e6, 1e6) as i32
}

fn style(face: Face, medium: Medium) -> TextStyle<'static> {
    let horizontal = match face.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let turn = if face.turned { FontTransform::Rotate270 } else { FontTransform::None };
    let font = font::desc(face.em * medium.density, face.bold).transform(turn);
    let mut style = TextStyle::from(font).pos(Pos::new(horizontal, VPos::Top));
    style.color = face.color.to_backend_color();
    style
}
