//! Bootstrap-t intervals for means that are too skewed for their number.

use rand::{Rng, RngCore, SeedableRng};
use rand_distr::{Binomial, Distribution};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use rayon::prelude::*;

use super::effect::{Effect, NoEstimate};
use super::fieller::fieller;
use super::level::Level;
use super::lift::{RelativeLift, SetKind};
use super::means::{Sample, compare_means};
use super::moments::Moments;
use super::sorted_values::SortedValues;
use crate::error::{Error, Result};

/// How often to draw, and from which start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootstrapParams {
    resamples: u32,
    seed: u64,
}

impl BootstrapParams {
    /// # Errors
    ///
    /// A settings error below 999 resamples or above a million.
    pub fn new(resamples: u32, seed: u64) -> Result<Self> {
        if (999..=1_000_000).contains(&resamples) {
            return Ok(BootstrapParams { resamples, seed });
        }
        Err(Error::settings("the bootstrap takes 999 to 1000000 resamples")
            .with_value(resamples.to_string())
            .hint("10000 is enough for a 95 % interval"))
    }
}

impl Default for BootstrapParams {
    fn default() -> Self {
        BootstrapParams { resamples: 10_000, seed: 1 }
    }
}

/// True if an arm has fewer rows than a t interval needs to hold its level ([`Moments::rows_for_t`]).
pub fn wants_bootstrap(control: &Moments, treatment: &Moments) -> bool {
    [control, treatment].iter().any(|arm| arm.rows_for_t().is_some_and(|rows| arm.n() < rows))
}

/// Compares two means by the symmetric bootstrap-t (Hall 1988, *JRSS B* 50, 35-45): the quantile of |d* − d|/se*
/// over resamples of each arm takes the place of Student's t, also in Fieller's set for the lift. p is the
/// share of resamples at least as far out, agrees with both intervals, and is never below 1/(resamples + 1).
///
/// The equal-tailed bootstrap-t is the better known one, but for spend that is mostly zero it covers less
/// than Welch's t; the symmetric one covers as much or more. With a few dozen buyers in an arm nothing does
/// quite: the interval is then wide, and still a little too short.
///
/// The same seed gives the same numbers, with any number of threads. A resample costs one draw for each row
/// that has not the commonest value (mostly zero), which are drawn as a number. Where too many resamples have
/// no spread at all, the intervals are the whole line. It needs the sorted values, not sums.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one.
pub fn bootstrap_means(
    control: &SortedValues,
    treatment: &SortedValues,
    params: BootstrapParams,
    level: Level,
) -> Result<Effect, NoEstimate> {
    let [control_sample, treatment_sample] =
        [control, treatment].map(|values| Sample::from(&values.moments()));
    let mut effect = compare_means(&control_sample, &treatment_sample, level)?;
    if effect.degenerate {
        return Ok(effect);
    }
    let drawn = Drawings::of(control, treatment, params);
    let critical = drawn.critical(level);
    let half = critical * effect.difference.std_error.unwrap_or(f64::INFINITY);
    effect.difference.low = effect.difference.point - half;
    effect.difference.high = effect.difference.point + half;
    effect.difference.method = "symmetric bootstrap-t";
    effect.relative_lift = Some(lift(&control_sample, &treatment_sample, critical, level));
    effect.df = None;
    effect.p = drawn.p(effect.statistic.value);
    effect.ln_p = effect.p.ln();
    effect.p_method = "symmetric bootstrap-t";
    Ok(effect)
}

fn lift(control: &Sample, treatment: &Sample, critical: f64, level: Level) -> RelativeLift {
    let bounded = critical.is_finite();
    let mut lift = fieller(control, treatment, if bounded { critical } else { 0.0 }, level);
    if !bounded {
        lift.kind = SetKind::WholeLine;
        (lift.estimate.low, lift.estimate.high) = (f64::NEG_INFINITY, f64::INFINITY);
    }
    lift.estimate.method = "fieller, bootstrap-t";
    lift
}

/// |d* − d|/se* of each resample, in rising order.
struct Drawings(Vec<f64>);

impl Drawings {
    fn of(control: &SortedValues, treatment: &SortedValues, params: BootstrapParams) -> Self {
        let (control, treatment) = (Urn::of(control), Urn::of(treatment));
        let start = SplitMix64::seed_from_u64(params.seed).next_u64();
        let mut drawn: Vec<f64> = (0..u64::from(params.resamples))
            .into_par_iter()
            .map(|i| {
                let mut rng = Xoshiro256PlusPlus::seed_from_u64(start.wrapping_add(i));
                let control = control.draw(&mut rng);
                studentised(control, treatment.draw(&mut rng)).abs()
            })
            .collect();
        drawn.sort_unstable_by(f64::total_cmp);
        Drawings(drawn)
    }

    /// The largest that a p below 1 − level has to surpass.
    fn critical(&self, level: Level) -> f64 {
        let draws = self.0.len() as f64 + 1.0;
        let beyond = ((draws * (1.0 - level.get())).ceil() as usize).saturating_sub(1);
        let rank = self.0.len().checked_sub(beyond).filter(|_| beyond > 0);
        rank.and_then(|rank| self.0.get(rank)).copied().unwrap_or(f64::INFINITY)
    }

    fn p(&self, t: f64) -> f64 {
        let beyond = self.0.len() - self.0.partition_point(|drawn| *drawn < t.abs());
        (beyond as f64 + 1.0) / (self.0.len() as f64 + 1.0)
    }
}

/// The values of an arm, less its mean.
struct Urn {
    n: u64,
    common: f64,
    commons: Option<Binomial>,
    others: Vec<f64>,
}

/// A resample's mean less the arm's, and the squared standard error of it.
type Drawn = (f64, f64);

impl Urn {
    fn of(values: &SortedValues) -> Self {
        let n = values.len() as u64;
        let mean = values.moments().mean().unwrap_or(0.0);
        // The first of the most frequent ones, so that a tie does not depend on anything.
        let (common, rows) =
            values.runs().fold((mean, 0), |most, run| if run.1 > most.1 { run } else { most });
        let others = values.values().iter().filter(|v| **v != common);
        Urn {
            n,
            common: common - mean,
            commons: Binomial::new(n, rows as f64 / n as f64).ok(),
            others: others.map(|v| v - mean).collect(),
        }
    }

    fn draw(&self, rng: &mut Xoshiro256PlusPlus) -> Drawn {
        let n = self.n as f64;
        let commons = match &self.commons {
            Some(binomial) if !self.others.is_empty() => binomial.sample(rng).min(self.n),
            _ => self.n,
        };
        let (mut sum, mut squares) =
            (commons as f64 * self.common, commons as f64 * self.common * self.common);
        for _ in commons..self.n {
            let value = self.others[rng.gen_range(0..self.others.len())];
            sum += value;
            squares += value * value;
        }
        let rest = squares - sum * sum / n;
        // Equal values leave what the sums rounded off.
        let rest = if rest <= 1e-13 * squares { 0.0 } else { rest };
        (sum / n, rest / (n - 1.0) / n)
    }
}

fn studentised(control: Drawn, treatment: Drawn) -> f64 {
    let (off, variance) = (treatment.0 - control.0, treatment.1 + control.1);
    match (off, variance) {
        (0.0, 0.0) => 0.0,
        (off, 0.0) => f64::INFINITY.copysign(off),
        (off, variance) => off / variance.sqrt(),
    }
}
