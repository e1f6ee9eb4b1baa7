//! Ratios of two sums: clicks per open, revenue per click.

use twofloat::TwoFloat;

use super::correlated_means::rounding_apart;
use super::effect::{Effect, NoEstimate, Side};
use super::joint_moments::JointMoments;
use super::level::Level;
use super::means::{Sample, compare_means};
use super::pair_moments::PairMoments;
use crate::estimate::Estimate;

/// Where in the joint moments a ratio has its numerator and its denominator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ratio {
    pub numerator: usize,
    pub denominator: usize,
}

const PAIR: Ratio = Ratio { numerator: 1, denominator: 0 };

/// The ratio of one arm as if it were a mean: Σy/Σx of (denominator x, numerator y), and the sample variance
/// of (y − Rx)/x̄, by the delta method with the recipient as the unit (Deng, Knoblich & Lu 2018, *KDD*, eq. 3).
/// The delta method wants a denominator that is well away from zero: Σx a dozen of its standard errors.
///
/// # Errors
///
/// [`NoEstimate`] if `arm`, which this is, has no rows, or denominators that add up to nothing.
pub fn ratio_sample(sums: &PairMoments, arm: Side) -> Result<Sample, NoEstimate> {
    if sums.n() == 0 {
        return Err(NoEstimate::NoRows { arm });
    }
    let none = NoEstimate::NoDenominator { arm };
    let ratio = PAIR.value(sums.joint()).ok_or(none)?;
    let variance = linear_covariance(sums.joint(), PAIR, PAIR).ok_or(none)?;
    Sample::new(sums.n(), ratio, variance).map_err(|_| none)
}

/// The ratio of one arm with Student's t interval. `None` where [`ratio_sample`] has an error.
pub fn ratio_estimate(sums: &PairMoments, level: Level) -> Option<Estimate> {
    let estimate = ratio_sample(sums, Side::Control).ok()?.estimate(level)?;
    Some(Estimate { method: "delta, student-t", ..estimate })
}

/// Compares the ratios Σy/Σx of two arms: the difference with Welch's t on the delta method's variances, and
/// Fieller's set for the relative lift at the same critical value. Constant cost.
///
/// For at most one event in each unit of the denominator, compare rates instead.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one, or denominators that add up to nothing.
pub fn compare_ratios(
    control: &PairMoments,
    treatment: &PairMoments,
    level: Level,
) -> Result<Effect, NoEstimate> {
    let control = ratio_sample(control, Side::Control)?;
    let mut treatment = ratio_sample(treatment, Side::Treatment)?;
    let spread = control.variance() > 0.0 || treatment.variance() > 0.0;
    if !spread && rounding_apart(control.mean(), treatment.mean()) {
        treatment = Sample::new(treatment.n(), control.mean(), 0.0).unwrap_or(treatment);
    }
    let mut effect = compare_means(&control, &treatment, level)?;
    if effect.degenerate {
        return Ok(effect);
    }
    effect.difference.method = "delta, welch-t";
    effect.p_method = "welch t test, delta variance";
    if let Some(lift) = &mut effect.relative_lift {
        lift.estimate.method = "fieller, delta variance";
    }
    Ok(effect)
}

impl Ratio {
    /// Σy/Σx; `None` without a finite one.
    pub(super) fn value<const K: usize>(self, sums: &JointMoments<K>) -> Option<f64> {
        let ratio = sums.exact_sum(self.numerator).hi() / sums.exact_sum(self.denominator).hi();
        ratio.is_finite().then_some(ratio)
    }
}

/// The sample covariance of (y − Rx)/x̄ of two ratios of the same recipients; for the same ratio twice, the
/// delta method's variance. Zero below two rows; `None` without a denominator.
///
/// The sum Σ(y − Rx)(v − Su) needs no centring, as both factors add up to zero. What is left of it below
/// the rounding of the values themselves is none: y = Rx in each row then.
pub(super) fn linear_covariance<const K: usize>(
    sums: &JointMoments<K>,
    a: Ratio,
    b: Ratio,
) -> Option<f64> {
    const ROUNDING: f64 = 1e-28;
    let (r, s) = (a.value(sums)?, b.value(sums)?);
    let product = |i, j| sums.exact_product(i, j);
    let terms = [
        product(a.numerator, b.numerator),
        product(a.numerator, b.denominator) * -s,
        product(a.denominator, b.numerator) * -r,
        product(a.denominator, b.denominator) * r * s,
    ];
    let sum = terms.iter().fold(TwoFloat::from_f64(0.0), |sum, term| sum + *term).hi();
    let size: f64 = terms.iter().map(|term| term.hi().abs()).sum();
    if sum.abs() <= ROUNDING * size || sums.n() < 2 {
        return Some(0.0);
    }
    let n = sums.n() as f64;
    let scale = (sums.exact_sum(a.denominator).hi() / n) * (sums.exact_sum(b.denominator).hi() / n);
    Some(sum / (n - 1.0) / scale)
}
