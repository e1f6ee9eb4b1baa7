//! The difference of two means as if both arms had the same mix of segments.

use serde::Serialize;

use super::correlated_means::{CorrelatedMeans, Names, satterthwaite};
use super::effect::{Effect, NoEstimate, Side};
use super::level::Level;
use super::means::Sample;
use super::moments::Moments;

/// One segment's sums of a metric in both arms.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanStratum {
    pub name: String,
    pub control: Moments,
    pub treatment: Moments,
}

/// The effects of the segments, each weighted by its share of all recipients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PostStratifiedMeans {
    pub effect: Effect,
    /// How many strata the segments came to.
    pub strata: usize,
    /// Segments that were put together because an arm did not vary in one of them.
    pub merged: Vec<String>,
}

/// Post-stratification of means (Miratrix, Sekhon & Yu 2013, *JRSS B* 75, 369-396), with the multinomial
/// variance of the observed shares; Student's t on the Welch degrees of freedom of the unstratified means, and
/// Fieller's set for the lift, both means sharing the strata.
///
/// A segment in which an arm has no row, one row or no spread has no variance of its own: such segments are
/// put together with the largest one, and are named. Segments without any row do not count. Cost by segment.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one.
pub fn post_stratified_means(
    strata: &[MeanStratum],
    level: Level,
) -> Result<PostStratifiedMeans, NoEstimate> {
    let mut total = (Moments::default(), Moments::default());
    for stratum in strata {
        total.0.merge(&stratum.control);
        total.1.merge(&stratum.treatment);
    }
    let total = Stratum::of(&total.0, &total.1);
    for (arm, sample) in [(Side::Control, &total.control), (Side::Treatment, &total.treatment)] {
        match sample.n() {
            0 => return Err(NoEstimate::NoRows { arm }),
            1 => return Err(NoEstimate::OneRow { arm }),
            _ => {}
        }
    }
    let (strata, merged) = put_together(strata);
    let names = Names {
        interval: "post-stratified, t",
        lift: "fieller, post-stratified means",
        test: "t test of post-stratified means",
        statistic: "post_stratified_t",
    };
    let effect = weighted(&strata, total.welch_df()).effect(level, names);
    Ok(PostStratifiedMeans { effect, strata: strata.len(), merged })
}

/// Both arms of a stratum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stratum {
    pub control: Sample,
    pub treatment: Sample,
}

impl Stratum {
    fn of(control: &Moments, treatment: &Moments) -> Self {
        Stratum { control: Sample::from(control), treatment: Sample::from(treatment) }
    }

    fn n(&self) -> f64 {
        (self.control.n() + self.treatment.n()) as f64
    }

    pub(super) fn welch_df(&self) -> f64 {
        let part = |arm: &Sample| (arm.mean_variance(), (arm.n() - 1) as f64);
        satterthwaite(&[part(&self.control), part(&self.treatment)])
    }
}

/// Both means at the strata's shares w: Σ w m with the variance Σ w² s²/n + Σ w (m − Σ w m)²/N, and the
/// covariance that the second term has between the arms.
pub(super) fn weighted(strata: &[Stratum], df: f64) -> CorrelatedMeans {
    let n: f64 = strata.iter().map(Stratum::n).sum();
    let mean = |value: &dyn Fn(&Stratum) -> f64| -> f64 {
        strata.iter().map(|s| s.n() / n * value(s)).sum()
    };
    let (control, treatment) = (mean(&|s| s.control.mean()), mean(&|s| s.treatment.mean()));
    let within = |arm: &dyn Fn(&Stratum) -> Sample| mean(&|s| s.n() / n * arm(s).mean_variance());
    let off_c = |s: &Stratum| s.control.mean() - control;
    let off_t = |s: &Stratum| s.treatment.mean() - treatment;
    let (within_c, within_t) = (within(&|s| s.control), within(&|s| s.treatment));
    CorrelatedMeans {
        control,
        treatment,
        control_variance: within_c + mean(&|s| off_c(s).powi(2)) / n,
        treatment_variance: within_t + mean(&|s| off_t(s).powi(2)) / n,
        covariance: mean(&|s| off_c(s) * off_t(s)) / n,
        difference_variance: within_c + within_t + mean(&|s| (off_t(s) - off_c(s)).powi(2)) / n,
        df,
    }
}

/// The strata, and the names of the segments that share one.
fn put_together(segments: &[MeanStratum]) -> (Vec<Stratum>, Vec<String>) {
    let rows = |s: &MeanStratum| s.control.n() + s.treatment.n();
    let mut all: Vec<&MeanStratum> = segments.iter().filter(|s| rows(s) > 0).collect();
    // By name among equals, so that the order of the segments does not show.
    all.sort_by(|a, b| rows(b).cmp(&rows(a)).then_with(|| a.name.cmp(&b.name)));
    let Some((largest, rest)) = all.split_first() else { return (Vec::new(), Vec::new()) };
    let (mut control, mut treatment) = (largest.control, largest.treatment);
    let mut merged = vec![largest.name.clone()];
    let mut join = |segment: &MeanStratum, joint: (&mut Moments, &mut Moments)| {
        merged.push(segment.name.clone());
        joint.0.merge(&segment.control);
        joint.1.merge(&segment.treatment);
    };
    let (kept, poor): (Vec<&MeanStratum>, Vec<&MeanStratum>) =
        rest.iter().copied().partition(|s| varies(&s.control) && varies(&s.treatment));
    poor.into_iter().for_each(|segment| join(segment, (&mut control, &mut treatment)));
    let mut kept = kept.into_iter();
    while !(varies(&control) && varies(&treatment)) {
        let Some(next) = kept.next() else { break };
        join(next, (&mut control, &mut treatment));
    }
    // The largest by itself is no merger.
    if merged.len() == 1 {
        merged.clear();
    }
    let kept = kept.map(|s| Stratum::of(&s.control, &s.treatment));
    (std::iter::once(Stratum::of(&control, &treatment)).chain(kept).collect(), merged)
}

fn varies(arm: &Moments) -> bool {
    arm.variance().is_some_and(|variance| variance > 0.0)
}
