//! How several posteriors stand against each other.

use serde::Serialize;

use crate::numeric::quadrature::GaussLegendre;

/// A posterior on a scale t on which its density is smooth.
pub(super) trait Posterior {
    /// Where panels of a quadrature should end: close together where the density bends.
    fn panel_ends(&self) -> Vec<f64>;
    fn at(&self, t: f64) -> Density;
    /// dx / dt, where x is what the loss is measured in.
    fn stretch(t: f64) -> f64;
}

/// Density of t, and the probabilities below and above.
#[derive(Debug, Clone, Copy)]
pub(super) struct Density {
    pub density: f64,
    pub below: f64,
    pub above: f64,
}

/// One arm among the others.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Standing {
    /// The probability that no other arm is better.
    pub p_best: f64,
    /// What choosing this arm costs on average, E[(best of the others - this)⁺], in the metric's
    /// own units.
    pub expected_loss: f64,
}

/// Distances from a centre, in spreads, at which panels end: narrow where the mass is, and wide
/// enough for the exponential tails of a rate near 0 or 1.
const ENDS: [f64; 12] = [0.8, 1.6, 2.4, 3.2, 4.2, 5.5, 7.0, 9.0, 12.0, 17.0, 25.0, 40.0];

/// Panel ends around a centre.
pub(super) fn ends_around(centre: f64, spread: f64) -> Vec<f64> {
    let sides = ENDS.iter().flat_map(|end| [centre - end * spread, centre + end * spread]);
    std::iter::once(centre).chain(sides).collect()
}

/// The standing of each arm:
///
/// - P(best) = ∫ fᵢ Π_{j≠i} Fⱼ dt,
/// - loss = ∫ Fᵢ (1 - Π_{j≠i} Fⱼ) dx, in which nothing cancels,
///
/// by Gauss-Legendre panels laid around every arm. O(k²) evaluations of the distributions.
pub(super) fn standings<P: Posterior>(arms: &[P]) -> Vec<Standing> {
    let mut standings = vec![Standing::default(); arms.len()];
    let ends = panel_ends(arms);
    for (from, to) in ends.iter().zip(ends.iter().skip(1)) {
        for (x, weight) in GaussLegendre::brief().points() {
            let t = from + (to - from) * x;
            add(&mut standings, arms, t, weight * (to - from));
        }
    }
    standings
}

/// All panel ends in order, without panels of no width.
fn panel_ends<P: Posterior>(arms: &[P]) -> Vec<f64> {
    let mut ends: Vec<f64> = arms.iter().flat_map(P::panel_ends).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup_by(|next, kept| *next - *kept <= 1e-12 * kept.abs());
    ends
}

fn add<P: Posterior>(standings: &mut [Standing], arms: &[P], t: f64, width: f64) {
    let here: Vec<Density> = arms.iter().map(|arm| arm.at(t)).collect();
    // Products over the others from the left and from the right: dividing by Fᵢ could be by zero.
    let mut after = vec![(1.0, 0.0); arms.len() + 1];
    for (i, at) in here.iter().enumerate().rev() {
        let (product, ln): (f64, f64) = after[i + 1];
        after[i] = (product * at.below, ln + (-at.above).ln_1p());
    }
    let mut before = (1.0, 0.0);
    for ((standing, at), after) in standings.iter_mut().zip(&here).zip(&after[1..]) {
        standing.p_best += width * at.density * before.0 * after.0;
        let some_better = -f64::exp_m1(before.1 + after.1);
        standing.expected_loss += width * P::stretch(t) * at.below * some_better;
        before = (before.0 * at.below, before.1 + (-at.above).ln_1p());
    }
}
