//! Which candidate is taken, and what speaks against the others.

use serde::Serialize;

use super::choice::{Candidate, FEWEST_ROWS};
use super::stability::UNSTABLE;
use super::strength::STRONG;

/// By how much a silhouette must exceed the reference's. Clouds exceed their own reference by up to
/// 0.02 at 2,000 sampled rows, whatever the number of clusters.
pub const REFERENCE_MARGIN: f64 = 0.03;

/// From this mean silhouette on, Kaufman & Rousseeuw speak of a reasonable structure.
pub const HIGH_SILHOUETTE: f64 = 0.5;

/// By how much a high silhouette must exceed that of a cloud without modes: skewed single clouds exceed
/// it by up to 0.1.
pub const PLAIN_MARGIN: f64 = 0.15;

/// Silhouettes closer than this are taken for equal where nothing else decides: the sampling error at
/// 2,000 rows is about 0.01.
pub const EQUAL_SILHOUETTE: f64 = 0.02;

/// Why nothing is proposed though there is more than one cloud.
pub(super) const NOT_BACK: &str = "there is more than one cloud, but no number of clusters comes back in \
                                   other draws of the contacts";

/// Whether there are groups at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Structure {
    /// There are, and a number of them is sound.
    Found,
    /// There is more than one cloud, but no number of clusters passes every check.
    Weak { why: String },
    /// Nothing but one cloud.
    None { why: String },
    /// It was not asked: the number was given, or there are too few contacts.
    NotJudged { why: String },
}

impl Structure {
    pub fn is_none(&self) -> bool {
        matches!(self, Structure::None { .. })
    }
}

/// The number of clusters to take, and what speaks against the others.
pub(super) fn decide(candidates: &mut [Candidate], rows: usize) -> (usize, Structure) {
    let best = best_silhouette(candidates);
    if rows < FEWEST_ROWS {
        let why = format!("{rows} contacts are too few to tell groups from chance");
        return (best, Structure::NotJudged { why });
    }
    if !candidates.iter().any(beyond_reference) {
        let why = "clusters are no further apart than pieces of one cloud with the same features"
            .to_owned();
        candidates.iter_mut().for_each(|c| c.ruled_out = against(c));
        return (1, Structure::None { why });
    }
    candidates.iter_mut().for_each(|c| c.ruled_out = against(c));
    match candidates.iter().rev().find(|c| c.ruled_out.is_none()) {
        Some(sound) => (sound.clusters, Structure::Found),
        None => match most_stable(candidates) {
            Some(clusters) => {
                let why = "halves of the contacts do not predict each other's clusters".to_owned();
                (clusters, Structure::Weak { why })
            }
            None => {
                let why = NOT_BACK.to_owned();
                (1, Structure::None { why })
            }
        },
    }
}

/// The largest number of clusters whose silhouette is as good as the best.
fn best_silhouette(candidates: &[Candidate]) -> usize {
    let best = candidates.iter().map(|c| c.silhouette).fold(f64::NEG_INFINITY, f64::max);
    let as_good = candidates.iter().rev().find(|c| c.silhouette >= best - EQUAL_SILHOUETTE);
    as_good.map_or(1, |c| c.clusters)
}

/// The number of clusters beyond the reference whose least stable cluster comes back most, if it does;
/// the larger on a tie.
fn most_stable(candidates: &[Candidate]) -> Option<usize> {
    let lowest = |c: &Candidate| c.stability_lowest.unwrap_or(0.0);
    let sound = candidates.iter().filter(|c| beyond_reference(c) && lowest(c) >= UNSTABLE);
    sound.max_by(|a, b| lowest(a).total_cmp(&lowest(b))).map(|c| c.clusters)
}

/// Whether the clusters are further apart than pieces of one cloud. Single features with two modes each
/// look like the reference, which has the same modes: clusters that are plainly apart are held against a
/// cloud without any.
fn beyond_reference(candidate: &Candidate) -> bool {
    let margin = REFERENCE_MARGIN.max(3.0 * candidate.silhouette_standard_error);
    let by = |other: Option<f64>, margin: f64| {
        other.is_some_and(|other| candidate.silhouette - other >= margin)
    };
    by(candidate.reference_silhouette, margin)
        || is_high(candidate) && by(candidate.plain_silhouette, PLAIN_MARGIN)
}

pub(super) fn is_high(candidate: &Candidate) -> bool {
    candidate.silhouette >= HIGH_SILHOUETTE
}

/// What speaks against a candidate, in words.
fn against(candidate: &Candidate) -> Option<String> {
    if !beyond_reference(candidate) {
        return Some("no better than one cloud".to_owned());
    }
    if let Some(lowest) = candidate.stability_lowest.filter(|s| *s < UNSTABLE) {
        let shown = (lowest * 100.0).floor() / 100.0;
        return Some(format!("a cluster comes back only {shown:.2}"));
    }
    let strength = candidate.prediction_strength?;
    (strength.mean < STRONG).then(|| format!("halves predict each other only {:.2}", strength.mean))
}
