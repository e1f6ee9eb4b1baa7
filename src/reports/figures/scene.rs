//! A drawing as a list of marks, laid out once and painted on any plotters backend.
//!
//! Figures put marks at CSS pixels from the top left and move `y` down as they go; the height is
//! known when the last mark is placed. The same marks then become SVG and PNG.

use plotters::style::RGBColor;

use super::font;
use super::lines::{shorten, wrap};
use super::theme::{self, CAPITAL, INK, LEADING, MARGIN, MUTED};

/// For how wide a page a figure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// A page or a screen.
    Wide,
    /// A phone.
    Narrow,
}

/// Where a text stands relative to its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Face {
    pub em: f64,
    pub bold: bool,
    pub color: RGBColor,
    pub anchor: Anchor,
    /// Reading upwards.
    pub turned: bool,
}

impl Face {
    pub fn bold(self) -> Self {
        Face { bold: true, ..self }
    }

    pub fn muted(self) -> Self {
        self.color(MUTED)
    }

    pub fn color(self, color: RGBColor) -> Self {
        Face { color, ..self }
    }

    pub fn start(self) -> Self {
        Face { anchor: Anchor::Start, ..self }
    }

    pub fn middle(self) -> Self {
        Face { anchor: Anchor::Middle, ..self }
    }

    pub fn end(self) -> Self {
        Face { anchor: Anchor::End, ..self }
    }

    pub fn turned(self) -> Self {
        Face { turned: true, ..self }
    }

    pub fn width(self, text: &str) -> f64 {
        font::width(text, self.em, self.bold)
    }

    /// Height of one line.
    pub fn line(self) -> f64 {
        (self.em * LEADING).round()
    }

    /// From the middle of the capitals down to the line they stand on.
    pub fn half(self) -> f64 {
        self.em * CAPITAL / 2.0
    }

    pub fn shorten(self, text: &str, width: f64) -> String {
        shorten(text, width, self.em, self.bold)
    }

    pub fn wrap(self, text: &str, width: f64, most: usize) -> Vec<String> {
        wrap(text, width, self.em, self.bold, most)
    }
}

/// One thing in a drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    Rect { x: f64, y: f64, width: f64, height: f64, fill: RGBColor },
    Line { points: Vec<(f64, f64)>, color: RGBColor, stroke: f64 },
    Area { points: Vec<(f64, f64)>, fill: RGBColor },
    Dot { x: f64, y: f64, radius: f64, fill: RGBColor },
    Text { x: f64, y: f64, text: String, face: Face },
}

/// A drawing in progress.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scene {
    pub format: Width,
    /// Where the next thing goes, from the top.
    pub y: f64,
    pub marks: Vec<Mark>,
}

impl Scene {
    pub fn new(format: Width) -> Self {
        Scene { format, y: MARGIN, marks: Vec::new() }
    }

    pub fn narrow(&self) -> bool {
        self.format == Width::Narrow
    }

    pub fn width(&self) -> f64 {
        if self.narrow() { theme::NARROW } else { theme::WIDE }
    }

    pub fn height(&self) -> f64 {
        (self.y + MARGIN).ceil()
    }

    pub fn left(&self) -> f64 {
        MARGIN
    }

    pub fn right(&self) -> f64 {
        self.width() - MARGIN
    }

    /// Letters of labels and values.
    pub fn body(&self) -> Face {
        self.face(if self.narrow() { 12.0 } else { 13.0 })
    }

    /// Letters of axes and remarks.
    pub fn small(&self) -> Face {
        self.face(if self.narrow() { 11.0 } else { 12.0 }).muted()
    }

    /// Letters of the title.
    pub fn title(&self) -> Face {
        self.face(if self.narrow() { 15.0 } else { 17.0 }).bold()
    }

    fn face(&self, em: f64) -> Face {
        Face { em, bold: false, color: INK, anchor: Anchor::Start, turned: false }
    }

    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: RGBColor) {
        if width > 0.0 && height > 0.0 {
            self.marks.push(Mark::Rect { x, y, width, height, fill });
        }
    }

    pub fn line(&mut self, points: Vec<(f64, f64)>, color: RGBColor, stroke: f64) {
        self.marks.push(Mark::Line { points, color, stroke });
    }

    /// A straight dashed line. Dashes begin at whole multiples of their period from the top left, so
    /// that the pieces of a line through several rows join.
    pub fn dashed(&mut self, from: (f64, f64), to: (f64, f64), color: RGBColor, stroke: f64) {
        const DASH: f64 = 5.0;
        const PERIOD: f64 = 9.0;
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        // Longer than any drawing, or not a number.
        if !(length > 0.0 && length < 1e5) {
            return;
        }
        let at = |way: f64| {
            let part = way / length;
            (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1))
        };
        let start = if from.0 == to.0 { from.1 } else { from.0 };
        let mut way = -start.rem_euclid(PERIOD);
        while way < length {
            let (begin, end) = (way.max(0.0), (way + DASH).min(length));
            if end > begin {
                self.line(vec![at(begin), at(end)], color, stroke);
            }
            way += PERIOD;
        }
    }

    pub fn area(&mut self, points: Vec<(f64, f64)>, fill: RGBColor) {
        self.marks.push(Mark::Area { points, fill });
    }

    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: RGBColor) {
        self.marks.push(Mark::Dot { x, y, radius, fill });
    }

    /// One line of text standing on `y`.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, face: Face) {
        // Control characters are not allowed in SVG.
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !text.trim().is_empty() {
            self.marks.push(Mark::Text { x, y, text, face });
        }
    }

    /// Lines of text with their middle at `middle`.
    pub fn centred(&mut self, x: f64, middle: f64, lines: &[String], face: Face) {
        let first = middle - face.line() * (lines.len().saturating_sub(1)) as f64 / 2.0;
        for (i, line) in lines.iter().enumerate() {
            self.text((x, first + face.line() * i as f64 + face.half()), line, face);
        }
    }

    /// Text over the whole width at the running position, which moves below it.
    pub fn paragraph(&mut self, text: &str, face: Face, most: usize) {
        for line in face.wrap(text, self.right() - self.left(), most) {
            self.text((self.left(), self.y + face.em), &line, face);
            self.y += face.line();
        }
    }

    /// The same with every line in the middle of the drawing.
    pub fn paragraph_centred(&mut self, text: &str, face: Face, most: usize) {
        for line in face.wrap(text, self.right() - self.left(), most) {
            self.text((self.width() / 2.0, self.y + face.em), &line, face.middle());
            self.y += face.line();
        }
    }
}
