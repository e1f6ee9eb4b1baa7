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
    /// Segments that were put together because an arm had no trials or did not vary.
    pub merged: Vec<String>,
}

/// Post-stratification (Miratrix, Sekhon & Yu 2013), with the multinomial variance of the observed
/// shares; intervals with Student's t on the Welch degrees of freedom of the unstratified rates.
///
/// A segment in which an arm is empty, or has only successes or only failures, has no variance of
/// its own: such segments become one stratum, with the smallest others as needed, and are named.
/// `None` if an arm has fewer than two trials in all.
pub fn post_stratified(segments: &Segments, level: Level) -> Option<PostStratified> {
    let (control, treatment) = segments.total();
    let df = welch_df(&control, &treatment)?;
    let (strata, merged) = strata(segments);
    let n: f64 = strata.iter().map(Stratum::n).sum();
    let share = |s: &Stratum| s.n() / n;
    let mean = |value: &dyn Fn(&Stratum) -> f64| -> f64 {
        strata.iter().map(|s| share(s) * value(s)).sum()
    };
    let variance_within = |rate: &dyn Fn(&Stratum) -> &Counts| -> f64 {
        strata.iter().map(|s| share(s).powi(2) * variance(rate(s))).sum()
    };
    let covariance = |f: &dyn Fn(&Stratum) -> f64, g: &dyn Fn(&Stratum) -> f64| -> f64 {
        let (mf, mg) = (mean(f), mean(g));
        mean(&|s| (f(s) - mf) * (g(s) - mg)) / n
    };
    let (t, c) = (|s: &Stratum| rate(&s.treatment), |s: &Stratum| rate(&s.control));
    let within = (variance_within(&|s| &s.treatment), variance_within(&|s| &s.control));
    let (point, base) = (mean(&|s| t(s) - c(s)), mean(&c));
    let spread = |ratio: f64| -> f64 {
        let effect = |s: &Stratum| t(s) - ratio * c(s);
        (within.0 + ratio * ratio * within.1 + covariance(&effect, &effect)).sqrt()
    };
    let critical = level.student_critical(df);
    let relative_lift = (base > 0.0).then(|| {
        let lift = point / base;
        around(lift, spread(1.0 + lift) / base, critical, level, "post-stratified, delta")
    });
    Some(PostStratified {
        difference: around(point, spread(1.0), critical, level, "post-stratified"),
        relative_lift,
        strata: strata.len(),
        merged,
    })
}

#[derive(Clone, Copy)]
struct Stratum {
    control: Counts,
    treatment: Counts,
}

impl Stratum {
    fn of(segment: &Segment) -> Self {
        Stratum { control: segment.control, treatment: segment.treatment }
    }

    fn n(&self) -> f64 {
        (self.control.n() + self.treatment.n()) as f64
    }

    fn merge(&mut self, other: &Stratum) {
        self.control.merge(&other.control);
        self.treatment.merge(&other.treatment);
    }

    fn varies(&self) -> bool {
        [self.control, self.treatment].iter().all(|c| c.successes() > 0 && c.failures() > 0)
    }
}

/// The strata, and the names of the segments that share one.
fn strata(segments: &Segments) -> (Vec<Stratum>, Vec<String>) {
    let all = segments.used().iter().map(|s| (s.name.clone(), Stratum::of(s)));
    let (mut kept, rest): (Vec<_>, Vec<_>) = all.partition(|(_, stratum)| stratum.varies());
    let mut rest = rest.into_iter();
    let Some((name, mut joint)) = rest.next() else {
        return (kept.into_iter().map(|(_, stratum)| stratum).collect(), Vec::new());
    };
    let mut merged = vec![name];
    for (name, stratum) in rest {
        merged.push(name);
        joint.merge(&stratum);
    }
    while !joint.varies() {
        let sizes = kept.iter().enumerate();
        let smallest = sizes.min_by(|a, b| a.1.1.n().total_cmp(&b.1.1.n())).map(|(i, _)| i);
        let Some(smallest) = smallest else { break };
        let (name, stratum) = kept.remove(smallest);
        merged.push(name);
        joint.merge(&stratum);
    }
    // A stratum that was never joined by another is no merger.
    if merged.len() == 1 {
        merged.clear();
    }
    let strata = kept.into_iter().map(|(_, stratum)| stratum).chain([joint]).collect();
    (strata, merged)
}

fn rate(counts: &Counts) -> f64 {
    counts.successes() as f64 / counts.n() as f64
}

fn variance(counts: &Counts) -> f64 {
    let p = rate(counts);
    p * (1.0 - p) / counts.n() as f64
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
