//! Each segment against all others together.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::level::Level;
use super::super::multiplicity::holm;
use super::super::score;
use super::super::tail;
use super::effects::wald;
use super::segments::Segments;
use crate::estimate::Estimate;

/// How one segment's difference of rates departs from that of all other segments together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgainstRest {
    pub segment: String,
    /// The difference of the arms in the segment.
    pub effect: f64,
    /// The difference of the arms in the others, counts added up.
    pub rest: f64,
    /// effect - rest.
    pub departure: Estimate,
    /// 0 where no rate varies at all.
    pub z: f64,
    pub p: f64,
    /// Corrected by Holm over the segments.
    pub p_holm: f64,
}

/// Compares each segment with the rest by a normal test with the variances Σ p q / n; empty for
/// fewer than two segments. The arms should have the same shares in all segments: the rest is one
/// table, so that unequal shares let differences between segments look like effects.
pub fn against_rest(segments: &Segments, level: Level) -> Vec<AgainstRest> {
    if segments.used().len() < 2 {
        return Vec::new();
    }
    let total = segments.total();
    let mut all: Vec<AgainstRest> = segments
        .used()
        .iter()
        .filter_map(|segment| {
            let rest =
                (without(&total.0, &segment.control)?, without(&total.1, &segment.treatment)?);
            Some(compare(&segment.name, (&segment.control, &segment.treatment), &rest, level))
        })
        .collect();
    let p: Vec<f64> = all.iter().map(|one| one.p).collect();
    for (one, p) in all.iter_mut().zip(holm(&p).p) {
        one.p_holm = p;
    }
    all
}

fn without(total: &Counts, part: &Counts) -> Option<Counts> {
    let n = total.n().checked_sub(part.n())?;
    Counts::new(n, total.successes().checked_sub(part.successes())?).ok()
}

fn compare(
    name: &str,
    segment: (&Counts, &Counts),
    rest: &(Counts, Counts),
    level: Level,
) -> AgainstRest {
    let effect = score::difference(segment.0, segment.1);
    let others = score::difference(&rest.0, &rest.1);
    let arms = [segment.0, segment.1, &rest.0, &rest.1];
    let std_error = arms.into_iter().map(variance).sum::<f64>().sqrt();
    let departure = effect - others;
    let z = if std_error > 0.0 { departure / std_error } else { 0.0 };
    let p = tail::normal(z).p;
    AgainstRest {
        segment: name.to_owned(),
        effect,
        rest: others,
        departure: match std_error > 0.0 {
            true => wald(departure, std_error, level, "segment less rest, wald"),
            false => wald(departure, f64::INFINITY, level, "none: no arm varies"),
        },
        z,
        p,
        p_holm: p,
    }
}

fn variance(counts: &Counts) -> f64 {
    let n = counts.n() as f64;
    counts.successes() as f64 / n * (counts.failures() as f64 / n) / n
}
