//! The overall effect as if both arms had the same mix of segments.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::level::Level;
use super::effects::around;
use super::segments::{Segment, Segments};
use crate::estimate::Estimate;

/// The effects of the segments, each weighted by its share of all recipients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PostStratified {
    pub difference: Estimate,
    /// Treatment over control, less one; `None` if no control has a success.
    pub relative_lift: Option<Estimate>,
    /// How many strata the segments came to.
    pub strata: usize,
    /// Segments that were put together because an arm did not vary in one of them.
    pub merged: Vec<String>,
}

/// Post-stratification (Miratrix, Sekhon & Yu 2013), with the multinomial variance of the observed
/// shares; intervals with Student's t on the Welch degrees of freedom of the unstratified rates.
///
/// A segment in which an arm has only successes or only failures has no variance of
/// its own: such segments are put together with the largest one, and are named.
/// `None` if an arm has fewer than two trials in all.
pub fn post_stratified(segments: &Segments, level: Level) -> Option<PostStratified> {
    let (control, treatment) = segments.total();
    let critical = level.student_critical(welch_df(&control, &treatment)?);
    let (strata, merged) = Strata::of(segments);
    let treatment = strata.mean(&|s| rate(&s.treatment));
    let control = strata.mean(&|s| rate(&s.control));
    let point = strata.mean(&|s| rate(&s.treatment) - rate(&s.control));
    let relative_lift = (control > 0.0).then(|| {
        let std_error = strata.std_error(treatment / control) / control;
        around(point / control, std_error, critical, level, "post-stratified, delta")
    });
    let difference = around(point, strata.std_error(1.0), critical, level, "post-stratified");
    Some(PostStratified { difference, relative_lift, strata: strata.0.len(), merged })
}

struct Strata(Vec<Stratum>);

impl Strata {
    /// Over all recipients.
    fn mean(&self, value: &dyn Fn(&Stratum) -> f64) -> f64 {
        let n: f64 = self.0.iter().map(Stratum::n).sum();
        self.0.iter().map(|s| s.n() / n * value(s)).sum()
    }

    /// Of the treatment's mean less `ratio` times the control's, at shares that are observed.
    fn std_error(&self, ratio: f64) -> f64 {
        let n: f64 = self.0.iter().map(Stratum::n).sum();
        let effect = |s: &Stratum| rate(&s.treatment) - ratio * rate(&s.control);
        let middle = self.mean(&effect);
        let between = self.mean(&|s| (effect(s) - middle).powi(2)) / n;
        let within = self.mean(&|s| {
            s.n() / n * (s.variance(&s.treatment) + ratio * ratio * s.variance(&s.control))
        });
        (within + between).sqrt()
    }

    /// The strata, and the names of the segments that share one.
    fn of(segments: &Segments) -> (Strata, Vec<String>) {
        let mut all: Vec<(&str, Stratum)> =
            segments.used().iter().map(|s| (s.name.as_str(), Stratum::of(s))).collect();
        all.sort_by(|a, b| b.1.n().total_cmp(&a.1.n()));
        let mut all = all.into_iter();
        let Some((name, mut largest)) = all.next() else { return (Strata(Vec::new()), Vec::new()) };
        let mut merged = vec![name.to_owned()];
        let mut join = |largest: &mut Stratum, (name, stratum): (&str, Stratum)| {
            merged.push(name.to_owned());
            largest.merge(&stratum);
        };
        let (kept, poor): (Vec<_>, Vec<_>) = all.partition(|(_, stratum)| stratum.varies());
        poor.into_iter().for_each(|stratum| join(&mut largest, stratum));
        let mut kept = kept.into_iter();
        while !largest.varies() {
            let Some(next) = kept.next() else { break };
            join(&mut largest, next);
        }
        // The largest by itself is no merger.
        if merged.len() == 1 {
            merged.clear();
        }
        let rest = kept.map(|(_, stratum)| stratum);
        (Strata(std::iter::once(largest).chain(rest).collect()), merged)
    }
}

#[derive(Clone, Copy)]
struct Stratum {
    control: Counts,
    treatment: Counts,
    /// Of several segments, which have not one rate.
    joint: bool,
}

impl Stratum {
    fn of(segment: &Segment) -> Self {
        Stratum { control: segment.control, treatment: segment.treatment, joint: false }
    }

    fn n(&self) -> f64 {
        (self.control.n() + self.treatment.n()) as f64
    }

    fn merge(&mut self, other: &Stratum) {
        self.control.merge(&other.control);
        self.treatment.merge(&other.treatment);
        self.joint = true;
    }

    /// The variance of an arm's rate: p q / n, or the sample variance of a joint stratum.
    fn variance(&self, arm: &Counts) -> f64 {
        let p = rate(arm);
        let n = arm.n() as f64;
        p * (1.0 - p) / if self.joint && arm.n() > 1 { n - 1.0 } else { n }
    }

    fn varies(&self) -> bool {
        [self.control, self.treatment].iter().all(|c| c.successes() > 0 && c.failures() > 0)
    }
}

fn rate(counts: &Counts) -> f64 {
    counts.successes() as f64 / counts.n() as f64
}

fn welch_df(control: &Counts, treatment: &Counts) -> Option<f64> {
    let part = |counts: &Counts| {
        let less = counts.n().checked_sub(1).filter(|less| *less > 0)? as f64;
        let p = rate(counts);
        Some((p * (1.0 - p) / less, less))
    };
    let ((c, df_c), (t, df_t)) = (part(control)?, part(treatment)?);
    let df = (c + t).powi(2) / (c * c / df_c + t * t / df_t);
    Some(if df.is_finite() { df } else { df_c + df_t })
}
