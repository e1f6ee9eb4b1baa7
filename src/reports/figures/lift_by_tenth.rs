//! Who is lost, by tenth of predicted risk: the rate in each tenth, and what the first tenths hold.

use serde::Serialize;

use super::axis::{Scale, draw_levels};
use super::scene::Scene;
use super::theme::{AXIS, BLUE, GAP, ORANGE, VERMILLION};
use crate::reports::number;

/// The rate of an event in each tenth of the contacts, highest risk first, beside the rate of all; below
/// it the share of all events in a tenth and those before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiftByTenth {
    /// What was predicted: "no order within 90 days".
    pub event: String,
    /// Rate of all contacts, a fraction.
    pub overall: f64,
    /// Highest risk first.
    pub tenths: Vec<LiftTenth>,
}

/// A tenth of the contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiftTenth {
    pub contacts: u64,
    /// Events a contact, a fraction.
    pub rate: f64,
    /// Rate over the rate of all.
    pub lift: f64,
    /// Share of all events in this tenth and those before it, a fraction.
    pub captured: f64,
}

/// Heights of the two plots, wide and narrow.
const RATES: (f64, f64) = (220.0, 170.0);
const CAPTURED: (f64, f64) = (200.0, 160.0);

impl LiftByTenth {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known = self.tenths.iter().any(|tenth| tenth.rate.is_finite());
        (!is_known).then(|| "nobody was ranked by risk on later data".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let (left, right) = (scene.left() + scene.small().width("100%") + GAP, scene.right() - GAP);
        let columns = Columns { left, step: (right - left) / self.tenths.len() as f64 };
        self.draw_rates(scene, &columns);
        self.draw_captured(scene, &columns);
    }

    fn draw_rates(&self, scene: &mut Scene, columns: &Columns) {
        scene.paragraph(&format!("share with {}", self.event), scene.small(), 2);
        let all = format!("all contacts: {}", number::percent(self.overall, 1));
        draw_legend(scene, &[(BLUE, "a tenth of the contacts"), (VERMILLION, &all)]);
        let up = self.plot(scene, RATES, self.highest());
        let percent = up.percent();
        draw_levels(scene, percent, &percent.ticks(5), columns.sides(self.tenths.len()), "%");
        for (place, tenth) in self.tenths.iter().enumerate() {
            let (x, y) = (columns.left + columns.step * place as f64, up.at(tenth.rate));
            let gap = (columns.step * 0.12).min(6.0);
            scene.rect((x + gap, y), (columns.step - 2.0 * gap, up.at(0.0) - y), BLUE);
        }
        if self.overall.is_finite() {
            let (y, (from, to)) = (up.at(self.overall), columns.sides(self.tenths.len()));
            scene.line(vec![(from, y), (to, y)], VERMILLION, 2.0);
        }
        scene.y = up.at(0.0);
        self.draw_tenths(scene, columns);
    }

    /// Numbers of the tenths, their rates, and how many times the rate of all these are.
    fn draw_tenths(&self, scene: &mut Scene, columns: &Columns) {
        let number = |place: usize| (place + 1).to_string();
        columns.draw_words(scene, 0.5, self.tenths.len(), &number);
        let decimals = if scene.narrow() { 0 } else { 1 };
        let rate = |place: usize| number::percent(self.tenths[place].rate, decimals);
        columns.draw_words(scene, 0.5, self.tenths.len(), &rate);
        let decimals = if scene.narrow() { 1 } else { 2 };
        let lift =
            |place: usize| format!("×{}", number::decimal(self.tenths[place].lift, decimals));
        columns.draw_words(scene, 0.5, self.tenths.len(), &lift);
        scene.y += 4.0;
        let note = "tenth of the contacts by predicted risk (1 = highest), its rate, and that over the \
                    rate of all";
        scene.paragraph(note, scene.small(), 2);
        scene.y += GAP;
    }

    fn draw_captured(&self, scene: &mut Scene, columns: &Columns) {
        let title = format!("share of all with {} in these tenths", self.event);
        scene.paragraph(&title, scene.small(), 2);
        draw_legend(scene, &[(ORANGE, "by predicted risk"), (AXIS, "by chance")]);
        let up = self.plot(scene, CAPTURED, 1.0);
        let (from, to) = columns.sides(self.tenths.len());
        let percent = up.percent();
        draw_levels(scene, percent, &percent.ticks(5), (from, to), "%");
        scene.line(vec![(from, up.at(0.0)), (to, up.at(1.0))], AXIS, 2.0);
        let at = |place: usize, share: f64| {
            (columns.left + columns.step * (place as f64 + 1.0), up.at(share))
        };
        let known = || {
            let numbered = self.tenths.iter().enumerate();
            numbered.filter(|(_, tenth)| tenth.captured.is_finite())
        };
        let mut line = vec![(from, up.at(0.0))];
        line.extend(known().map(|(place, tenth)| at(place, tenth.captured)));
        scene.line(line.clone(), ORANGE, 2.0);
        line.iter().skip(1).for_each(|dot| scene.dot(*dot, 3.5, ORANGE));
        scene.y = up.at(0.0);
        let until = |place: usize| {
            let share = self.tenths[place].captured;
            if share.is_finite() { number::percent(share, 0) } else { String::new() }
        };
        columns.draw_words(scene, 1.0, self.tenths.len(), &until);
        scene.y += 4.0;
        scene.paragraph("up to the end of each tenth", scene.small(), 2);
    }

    fn highest(&self) -> f64 {
        let rates = self.tenths.iter().map(|tenth| tenth.rate).chain([self.overall]);
        rates.filter(|rate| rate.is_finite()).fold(0.01, f64::max).min(1.0)
    }

    /// The upward scale of a plot at the running position.
    fn plot(&self, scene: &Scene, heights: (f64, f64), highest: f64) -> Scale {
        let top = scene.y + GAP;
        let height = if scene.narrow() { heights.1 } else { heights.0 };
        Scale::new((0.0, highest), (top + height, top))
    }
}

/// Where the tenths stand.
struct Columns {
    left: f64,
    step: f64,
}

impl Columns {
    fn sides(&self, columns: usize) -> (f64, f64) {
        (self.left, self.left + self.step * columns as f64)
    }

    /// A word below each column, or below every second, third, … where they have no room; `within` is
    /// where in the column, 0.5 for its middle and 1 for its end.
    fn draw_words(
        &self,
        scene: &mut Scene,
        within: f64,
        columns: usize,
        word: &dyn Fn(usize) -> String,
    ) {
        let face = scene.small().middle();
        let words: Vec<String> = (0..columns).map(word).collect();
        let widest = words.iter().map(|word| face.width(word)).fold(1.0, f64::max) + 4.0;
        let every = (widest / self.step).ceil().max(1.0) as usize;
        let first = ((every - 1) as f64 * within) as usize;
        for (place, word) in words.iter().enumerate().skip(first).step_by(every) {
            let x = self.left + self.step * (place as f64 + within);
            if x + face.width(word) / 2.0 <= scene.width() {
                scene.text((x, scene.y + face.em + 3.0), word, face);
            }
        }
        scene.y += face.line();
    }
}

/// What the colours mean, beside each other where there is room.
fn draw_legend(scene: &mut Scene, entries: &[(plotters::style::RGBColor, &str)]) {
    let face = scene.small();
    let mut x = scene.left();
    for (color, text) in entries {
        let width = 18.0 + face.width(text);
        if x > scene.left() && x + width > scene.right() {
            (x, scene.y) = (scene.left(), scene.y + face.line());
        }
        let middle = scene.y + face.line() / 2.0;
        scene.rect((x, middle - 5.0), (10.0, 10.0), *color);
        scene.text((x + 16.0, middle + face.half()), text, face);
        x += width + 2.0 * GAP;
    }
    scene.y += face.line();
}
