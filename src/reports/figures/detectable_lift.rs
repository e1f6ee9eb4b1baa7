//! Which segments are large enough to test on: the smallest lift that each can show.

use serde::Serialize;

use super::axis::Scale;
use super::dot_rows::{DotColumns, RowWords};
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, GRID, VERMILLION};
use crate::reports::number;

/// Smallest detectable relative lift, a row a segment on a logarithmic axis, beside the lift that
/// is wanted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectableLift {
    /// What is to be lifted: "click rate".
    pub metric: String,
    /// Probability of finding a lift of this size, in (0, 1).
    pub power: f64,
    /// The lift that is worth finding, as a fraction of the control's rate.
    pub wanted: Option<f64>,
    pub segments: Vec<SegmentLift>,
}

/// One segment's smallest detectable lift.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentLift {
    pub name: String,
    /// How many can be tested on, as it should be shown: "1,204 contacts".
    pub n: String,
    /// Fraction of the control's rate: 0.1 is 10 % more. Infinite where no lift can be found, NaN
    /// where it was not computed.
    pub lift: f64,
}

impl DetectableLift {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.segments.is_empty() {
            Some("there are no segments".to_owned())
        } else if !self.segments.iter().any(|segment| segment.lift > 0.0) {
            Some("the detectable lift of no segment was computed".to_owned())
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let words: Vec<RowWords> = self.segments.iter().map(|s| self.words(s)).collect();
        let columns = DotColumns::new(scene, &words);
        let axis = LogAxis::new(self, columns.plot);
        self.draw_wanted(scene, &axis);
        for (segment, words) in self.segments.iter().zip(&words) {
            columns.draw_row(scene, words, |scene, (top, bottom)| {
                self.draw_row(scene, segment, &axis, (top, bottom));
            });
        }
        axis.draw_labels(scene);
        let note = format!(
            "smallest lift of the {} that a test with two arms within one send finds with {} power, \
             in percent of the control, on a logarithmic scale",
            self.metric,
            number::percent(self.power, 0)
        );
        scene.paragraph(&note, scene.small(), 3);
    }

    /// The wanted lift, where it can be drawn.
    fn wanted(&self) -> Option<f64> {
        self.wanted.filter(|wanted| *wanted > 0.0 && wanted.is_finite())
    }

    fn is_too_small(&self, segment: &SegmentLift) -> bool {
        segment.lift == f64::INFINITY || self.wanted().is_some_and(|wanted| segment.lift > wanted)
    }

    fn words(&self, segment: &SegmentLift) -> RowWords {
        const TOO_SMALL: &str = "too small to test alone";
        let value = match segment.lift {
            lift if lift.is_nan() || lift <= 0.0 => "not computed".to_owned(),
            lift if lift.is_infinite() => TOO_SMALL.to_owned(),
            lift if self.is_too_small(segment) => format!("{}: {TOO_SMALL}", lift_text(lift)),
            lift => lift_text(lift),
        };
        RowWords { label: segment.name.clone(), n: segment.n.clone(), value }
    }

    fn draw_wanted(&self, scene: &mut Scene, axis: &LogAxis) {
        let Some(wanted) = self.wanted() else { return };
        let face = scene.small().bold().color(VERMILLION).middle();
        let room = scene.right() - scene.left();
        let text = face.shorten(&format!("wanted: {}", lift_text(wanted)), room);
        let half = face.width(&text) / 2.0;
        let x = axis.at(wanted).clamp(scene.left() + half, scene.right() - half);
        scene.text((x, scene.y + face.em), &text, face);
        scene.y += face.line() + 2.0;
    }

    fn draw_row(
        &self,
        scene: &mut Scene,
        segment: &SegmentLift,
        axis: &LogAxis,
        (top, bottom): (f64, f64),
    ) {
        for tick in axis.ticks() {
            let x = axis.at(tick);
            scene.line(vec![(x, top), (x, bottom)], GRID, 1.0);
        }
        if let Some(wanted) = self.wanted() {
            let x = axis.at(wanted);
            scene.line(vec![(x, top), (x, bottom)], VERMILLION, 2.0);
        }
        let middle = (top + bottom) / 2.0;
        if segment.lift == f64::INFINITY {
            // Beyond every lift: an arrow at the end of the axis.
            let x = axis.end();
            let back = [(x - 6.0, middle - 5.0), (x - 6.0, middle + 5.0)];
            scene.area(vec![(x + 4.0, middle), back[0], back[1]], BLUE);
        } else if segment.lift > 0.0 {
            let at = (axis.at(segment.lift), middle);
            match self.is_too_small(segment) {
                true => Sign::Circle.draw_hollow(scene, at, 5.0, BLUE),
                false => Sign::Circle.draw(scene, at, 5.0, BLUE),
            }
        }
    }
}

/// Maps lifts to pixels by their logarithm.
struct LogAxis {
    scale: Scale,
}

impl LogAxis {
    fn new(chart: &DetectableLift, (from, to): (f64, f64)) -> Self {
        let lifts = chart.segments.iter().map(|segment| segment.lift).chain(chart.wanted());
        let logs = lifts.filter(|lift| *lift > 0.0 && lift.is_finite()).map(f64::log10);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for log in logs {
            (low, high) = (low.min(log), high.max(log));
        }
        if low > high {
            // Only infinite lifts: 1 % to 100 %.
            (low, high) = (-2.0, 0.0);
        }
        LogAxis { scale: Scale::new((low - 0.2, high + 0.2), (from + 6.0, to - 6.0)) }
    }

    fn at(&self, lift: f64) -> f64 {
        self.scale.at(lift.log10())
    }

    fn end(&self) -> f64 {
        self.scale.at(self.scale.high())
    }

    /// 1, 2, 5 times powers of ten; over more than three decades the powers alone.
    fn ticks(&self) -> Vec<f64> {
        let (low, high) = (self.scale.low(), self.scale.high());
        let steps: &[f64] = if high - low > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = (low.floor() as i32)..=(high.ceil() as i32);
        let all = powers.flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)));
        all.filter(|tick| (low..=high).contains(&tick.log10())).collect()
    }

    fn draw_labels(&self, scene: &mut Scene) {
        let face = scene.small().middle();
        let ends = vec![(self.scale.at(self.scale.low()), scene.y), (self.end(), scene.y)];
        scene.line(ends, AXIS, 1.0);
        let mut free_from = scene.left();
        for tick in self.ticks() {
            let (text, x) = (lift_text(tick), self.at(tick));
            let half = face.width(&text) / 2.0;
            if x - half >= free_from && x + half <= scene.right() {
                scene.text((x, scene.y + face.em + 3.0), &text, face);
                free_from = x + half + 6.0;
            }
        }
        scene.y += face.line() + GAP;
    }
}

/// A lift with the decimals that it needs: "0.4%", "8.1%", "34%".
fn lift_text(lift: f64) -> String {
    let decimals = if lift < 0.00095 {
        3
    } else if lift < 0.0995 && (lift * 100.0).fract().abs() > 1e-9 {
        1
    } else {
        0
    };
    number::percent(lift, decimals)
}
