//! Two rates of events that one recipient can have several of.

use serde::Serialize;

use super::counts::Counts;
use super::exact::{binomial_interval, binomial_two_sided};
use super::level::Level;
use super::tail;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// Events over an exposure: orders in so many recipients, complaints in so many days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Events {
    count: u64,
    exposure: f64,
}

/// Two Poisson rates compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventComparison {
    /// Treatment minus control, per unit of exposure.
    pub difference: Estimate,
    /// Treatment over control, by the score test's inversion.
    pub ratio: Estimate,
    /// The same from both rates' own intervals (MOVER).
    pub ratio_mover: Estimate,
    /// The same from the exact binomial interval of the treatment's share of all events; `None` without
    /// events.
    pub ratio_exact: Option<Estimate>,
    /// Score statistic of equal rates.
    pub z: f64,
    /// Of the score test, two-sided.
    pub p: f64,
    pub ln_p: f64,
    /// Of the exact conditional test, two-sided; `None` above ten million events.
    pub p_exact: Option<f64>,
}

impl Events {
    /// # Errors
    ///
    /// A data error if the exposure is not a finite number above 0.
    pub fn new(count: u64, exposure: f64) -> Result<Self> {
        if exposure > 0.0 && exposure.is_finite() {
            return Ok(Events { count, exposure });
        }
        Err(Error::data("events without an exposure")
            .with_value(exposure.to_string())
            .hint("the exposure is what the events are counted per, such as recipients"))
    }

    pub fn rate(&self) -> f64 {
        self.count as f64 / self.exposure
    }

    /// The score interval of the rate: (x + z²/2 ± z √(x + z²/4)) / exposure.
    fn limits(&self, z: f64) -> (f64, f64) {
        let x = self.count as f64;
        let half = z * (x + z * z / 4.0).sqrt();
        let middle = x + z * z / 2.0;
        // The smaller root by the product of both, x²: nothing cancels.
        (x * x / (middle + half) / self.exposure, (middle + half) / self.exposure)
    }
}

/// Compares two Poisson rates: the score test and the interval that inverts it, the exact conditional test
/// (Przyborowski & Wilenski 1940), and intervals from both rates' own (Donner & Zou 2012, *Statistical
/// Methods in Medical Research* 21, 347-359). Where events come in bursts within recipients these are too
/// narrow: compare means then.
pub fn compare_events(control: &Events, treatment: &Events, level: Level) -> EventComparison {
    let z = level.normal_critical();
    let (xc, xt) = (control.count as f64, treatment.count as f64);
    let (ec, et) = (control.exposure, treatment.exposure);
    let gap = xt * ec - xc * et;
    let statistic = if gap == 0.0 { 0.0 } else { gap / ((xc + xt) * ec * et).sqrt() };
    let test = tail::normal(statistic);
    let estimate = |point: f64, (low, high): (f64, f64), method: &'static str| Estimate {
        point,
        std_error: None,
        low,
        high,
        level: level.get(),
        method,
    };
    let point = xt * ec / (xc * et);
    EventComparison {
        difference: estimate(gap / (ec * et), mover_difference(control, treatment, z), "mover"),
        ratio: estimate(point, score_ratio(control, treatment, z), "poisson score"),
        ratio_mover: estimate(point, mover_ratio(control, treatment, z), "mover"),
        ratio_exact: exact_ratio(control, treatment, level)
            .map(|limits| estimate(point, limits, "exact conditional")),
        z: statistic,
        p: test.p,
        ln_p: test.ln_p,
        p_exact: exact_p(control, treatment),
    }
}

/// Ratios ρ with (xt − ρ k xc)² ≤ z² ρ k (xt + xc), k = et/ec.
fn score_ratio(control: &Events, treatment: &Events, z: f64) -> (f64, f64) {
    let (xc, xt) = (control.count as f64, treatment.count as f64);
    let k = treatment.exposure / control.exposure;
    let half = xc * xt + z * z * (xc + xt) / 2.0;
    let root = z * ((xc + xt) * (xc * xt + z * z * (xc + xt) / 4.0)).max(0.0).sqrt();
    let larger = half + root;
    let low = if xt == 0.0 { 0.0 } else { xt * xt / larger / k };
    let high = if xc == 0.0 { f64::INFINITY } else { larger / (xc * xc) / k };
    (low, high)
}

fn mover_difference(control: &Events, treatment: &Events, z: f64) -> (f64, f64) {
    let (rc, rt) = (control.rate(), treatment.rate());
    let ((lc, uc), (lt, ut)) = (control.limits(z), treatment.limits(z));
    let point = rt - rc;
    (point - (rt - lt).hypot(uc - rc), point + (ut - rt).hypot(rc - lc))
}

fn mover_ratio(control: &Events, treatment: &Events, z: f64) -> (f64, f64) {
    let (rc, rt) = (control.rate(), treatment.rate());
    let ((lc, uc), (lt, ut)) = (control.limits(z), treatment.limits(z));
    let product = rc * rt;
    let bound = |t: f64, c: f64, sign: f64| {
        let (t, c) = (t * (2.0 * rt - t), c * (2.0 * rc - c));
        (product + sign * (product * product - t * c).max(0.0).sqrt()) / c
    };
    let low = if rt == 0.0 { 0.0 } else { bound(lt, uc, -1.0) };
    let high = if rc == 0.0 { f64::INFINITY } else { bound(ut, lc, 1.0) };
    (low, high)
}

fn exact_ratio(control: &Events, treatment: &Events, level: Level) -> Option<(f64, f64)> {
    let share = Counts::new(control.count.checked_add(treatment.count)?, treatment.count).ok()?;
    let interval = binomial_interval(&share, level)?;
    let odds = |p: f64| p / (1.0 - p) * (control.exposure / treatment.exposure);
    Some((odds(interval.low), odds(interval.high)))
}

fn exact_p(control: &Events, treatment: &Events) -> Option<f64> {
    const MOST: u64 = 10_000_000;
    let events = control.count.checked_add(treatment.count).filter(|n| *n <= MOST)?;
    let share = treatment.exposure / (treatment.exposure + control.exposure);
    Some(if events == 0 { 1.0 } else { binomial_two_sided(treatment.count, events, share) })
}
