//! Why this many segments: separation, stability and prediction strength for each number.

use serde::Serialize;

use super::axis::Scale;
use super::choice_panel::{Panel, Point, Series, Zone};
use super::scene::{Face, Scene};
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, MUTED, ORANGE, VERMILLION};
use crate::segments::stability::{STABLE, UNSTABLE};
use crate::segments::strength::STRONG;

/// Every number of segments that was tried, with the chosen one marked through all panels.
///
/// A panel none of whose values is finite is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceByK {
    pub candidates: Vec<CandidatePoint>,
    pub chosen: Option<u32>,
}

/// One number of segments; NaN where a measure was not computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidatePoint {
    /// Number of segments.
    pub k: u32,
    /// Mean silhouette, −1 to 1.
    pub silhouette: f64,
    pub silhouette_interval: Option<(f64, f64)>,
    /// Mean bootstrap Jaccard of the least stable segment, 0 to 1.
    pub stability_lowest: f64,
    /// Mean bootstrap Jaccard over all segments, 0 to 1.
    pub stability_mean: f64,
    /// 0 to 1.
    pub prediction_strength: f64,
    /// Why this number may not be chosen: "too small to test", "unstable".
    pub ruled_out: Option<String>,
}

/// Reasons beyond this many share one line.
const MOST_REASONS: usize = 6;

impl ChoiceByK {
    pub(super) fn nothing(&self) -> Option<String> {
        self.panels().is_empty().then(|| "no number of segments was scored".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let panels = self.panels();
        let ends = panel_ends(scene, &panels);
        let across = Scale::new(self.ends(), ends);
        for (place, panel) in panels.iter().enumerate() {
            panel.draw_title(scene);
            if place == 0 {
                self.draw_choice(scene, across);
            }
            panel.draw_plot(scene, across, self.chosen_candidate());
        }
        self.draw_ks(scene, across);
        self.draw_reasons(scene);
    }

    /// Candidates in the order of their number, each number once.
    fn known(&self) -> Vec<&CandidatePoint> {
        let mut known: Vec<&CandidatePoint> = self.candidates.iter().collect();
        known.sort_by_key(|candidate| candidate.k);
        known.dedup_by_key(|candidate| candidate.k);
        known
    }

    fn ends(&self) -> (f64, f64) {
        let known = self.known();
        let k = |candidate: Option<&&CandidatePoint>| candidate.map_or(1.0, |c| f64::from(c.k));
        (k(known.first()) - 0.5, k(known.last()) + 0.5)
    }

    fn chosen_candidate(&self) -> Option<u32> {
        self.chosen.filter(|k| self.candidates.iter().any(|candidate| candidate.k == *k))
    }

    fn panels(&self) -> Vec<Panel> {
        let panels = [self.silhouettes(), self.stabilities(), self.strengths()];
        panels.into_iter().filter(|panel| !panel.is_empty()).collect()
    }

    fn silhouettes(&self) -> Panel {
        let marks = self.marks(|c| c.silhouette, |c| c.silhouette_interval);
        let reach = marks.iter().flat_map(|mark| {
            let (low, high) = mark.interval.unwrap_or((mark.value, mark.value));
            [mark.value, low, high]
        });
        let finite: Vec<f64> = reach.filter(|value| value.is_finite()).collect();
        let low = finite.iter().copied().fold(f64::INFINITY, f64::min);
        let high = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let room = ((high - low) * 0.15).max(0.02);
        Panel {
            title: "mean silhouette (−1 to 1; higher is better separated)",
            series: vec![Series { name: "", sign: Sign::Circle, color: BLUE, marks }],
            range: ((low - room).clamp(-1.0, 0.0), (high + room).clamp(0.02, 1.0)),
            ticks: Vec::new(),
            zones: Vec::new(),
            height: (160.0, 120.0),
        }
    }

    fn stabilities(&self) -> Panel {
        let mean = self.marks(|c| c.stability_mean, |_| None);
        let lowest = self.marks(|c| c.stability_lowest, |_| None);
        Panel {
            title: "stability in bootstrap samples (Jaccard, 0 to 1)",
            series: vec![
                Series { name: "mean of segments", sign: Sign::Circle, color: BLUE, marks: mean },
                Series { name: "lowest", sign: Sign::Wedge, color: ORANGE, marks: lowest },
            ],
            range: (0.0, 1.0),
            ticks: vec![0.0, UNSTABLE, STABLE, 1.0],
            zones: vec![
                Zone { from: STABLE, to: 1.0, name: "stable" },
                Zone { from: UNSTABLE, to: STABLE, name: "doubtful" },
                Zone { from: 0.0, to: UNSTABLE, name: "not a segment" },
            ],
            height: (140.0, 120.0),
        }
    }

    fn strengths(&self) -> Panel {
        let marks = self.marks(|c| c.prediction_strength, |_| None);
        Panel {
            title: "prediction strength (0 to 1)",
            series: vec![Series { name: "", sign: Sign::Circle, color: BLUE, marks }],
            range: (0.0, 1.0),
            ticks: vec![0.0, 0.5, STRONG, 1.0],
            zones: vec![
                Zone { from: STRONG, to: 1.0, name: "supported" },
                Zone { from: 0.0, to: STRONG, name: "unsupported" },
            ],
            height: (120.0, 100.0),
        }
    }

    fn marks(
        &self,
        value: impl Fn(&CandidatePoint) -> f64,
        interval: impl Fn(&CandidatePoint) -> Option<(f64, f64)>,
    ) -> Vec<Point> {
        let mark = |candidate: &CandidatePoint| Point {
            k: candidate.k,
            value: value(candidate),
            interval: interval(candidate),
            is_hollow: candidate.ruled_out.is_some(),
        };
        let marks = self.known().into_iter().map(mark);
        marks.filter(|mark| mark.value.is_finite()).collect()
    }

    /// Says over the first plot which number was chosen.
    fn draw_choice(&self, scene: &mut Scene, across: Scale) {
        let Some(k) = self.chosen_candidate() else { return };
        let face = scene.body().bold().middle();
        let text = format!("chosen: {k}");
        let half = face.width(&text) / 2.0;
        let x = across.at(f64::from(k)).clamp(across.at(across.low()) + half, scene.right() - half);
        scene.text((x, scene.y + face.em), &text, face);
        scene.y += face.em;
    }

    /// The numbers below the panels, as close as the widest of them allows.
    fn draw_ks(&self, scene: &mut Scene, across: Scale) {
        let face = scene.small().middle();
        let line = scene.y + face.em + 5.0;
        let chosen = self.chosen_candidate();
        let bold = face.bold().color(VERMILLION);
        let right_edge = scene.width();
        let around = |k: u32, face: Face| {
            let half = face.width(&k.to_string()) / 2.0 + 3.0;
            // A long number at the end of the axis stays inside the drawing.
            let x = across.at(f64::from(k)).min(right_edge - half);
            (x - half, x + half)
        };
        let kept = chosen.map(|k| around(k, bold));
        let mut free_from = f64::NEG_INFINITY;
        for candidate in self.known() {
            let (k, x) = (candidate.k, across.at(f64::from(candidate.k)));
            scene.line(vec![(x, scene.y), (x, scene.y + 4.0)], AXIS, 1.0);
            let (left, right) = around(k, face);
            let meets_chosen = kept.is_some_and(|(from, to)| left < to && from < right);
            if let Some((from, to)) = kept.filter(|_| chosen == Some(k)) {
                scene.text(((from + to) / 2.0, line), &k.to_string(), bold);
            } else if left >= free_from && !meets_chosen {
                scene.text(((left + right) / 2.0, line), &k.to_string(), face);
                free_from = right;
            }
        }
        scene.y = line + face.line();
        let middle = (across.at(across.low()) + across.at(across.high())) / 2.0;
        scene.text((middle, scene.y), "number of segments", face);
        scene.y += GAP;
    }

    /// What hollow signs mean, a line a reason.
    fn draw_reasons(&self, scene: &mut Scene) {
        let reasons = self.reasons();
        if reasons.is_empty() {
            return;
        }
        let face = scene.small();
        let at = (scene.left() + 5.0, scene.y + face.line() / 2.0);
        Sign::Circle.draw_hollow(scene, at, 4.0, MUTED);
        let line = scene.y + face.line() / 2.0 + face.half();
        scene.text((scene.left() + 16.0, line), "hollow: ruled out", face);
        scene.y += face.line();
        for (reason, ks) in &reasons {
            scene.paragraph(&format!("{}: {reason}", runs(ks)), face, 2);
        }
    }

    /// The numbers that each reason rules out, in the order in which reasons appear.
    fn reasons(&self) -> Vec<(&str, Vec<u32>)> {
        let mut reasons: Vec<(&str, Vec<u32>)> = Vec::new();
        for candidate in self.known() {
            let Some(reason) = candidate.ruled_out.as_deref() else { continue };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, ks)) => ks.push(candidate.k),
                None => reasons.push((reason, vec![candidate.k])),
            }
        }
        if reasons.len() > MOST_REASONS {
            let rest = reasons.split_off(MOST_REASONS - 1);
            let mut ks: Vec<u32> = rest.into_iter().flat_map(|(_, ks)| ks).collect();
            ks.sort_unstable();
            reasons.push(("other reasons", ks));
        }
        reasons
    }
}

/// Left and right end of the plots: beside them stand tick labels and the zones' names.
fn panel_ends(scene: &Scene, panels: &[Panel]) -> (f64, f64) {
    let face = scene.small();
    let zones = panels.iter().flat_map(|panel| &panel.zones).map(|zone| face.width(zone.name));
    let right = scene.right() - zones.fold(0.0, f64::max).ceil() - GAP;
    (scene.left() + face.width("−0.00") + 8.0, right)
}

/// Ascending numbers with neighbours drawn together: "2, 5–8, 11".
fn runs(ks: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for k in ks {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*k) => *last = *k,
            _ => parts.push((*k, *k)),
        }
    }
    let part = |(first, last): &(u32, u32)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}
