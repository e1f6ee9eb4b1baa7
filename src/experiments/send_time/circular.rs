//! Hours of the day as directions on a clock face.

use std::f64::consts::TAU;

use serde::Serialize;

use super::super::level::Level;
use super::concentration::concentration;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// When something happens: mean hour, spread, and whether there is a preferred hour at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CircularSummary {
    pub n: u64,
    /// R̄: 1 if all hours are equal, 0 if they cancel.
    pub resultant: f64,
    /// Local hour in [0, 24); its bounds are counted from it without wrapping. `None` if the hours
    /// cancel.
    pub mean_hour: Option<Estimate>,
    /// 1 - R̄.
    pub variance: f64,
    /// √(-2 ln R̄) in hours; infinite if the hours cancel.
    pub std_deviation: f64,
    /// κ of the von Mises distribution by maximum likelihood; infinite if all hours are equal.
    pub concentration: f64,
    /// κ less its bias for small n (Best & Fisher 1981).
    pub concentration_unbiased: f64,
    /// Rayleigh's test that no hour is preferred; sees one preferred hour, not two opposite ones.
    pub rayleigh_p: f64,
    pub rayleigh_ln_p: f64,
    pub notes: Vec<String>,
}

/// A resultant below that is rounding, and its direction means nothing.
const NO_DIRECTION: f64 = 1e-6;

impl CircularSummary {
    /// Of single hours, each any finite number, read modulo 24.
    ///
    /// # Errors
    ///
    /// A data error if there are none, or one is not finite.
    pub fn new(hours: &[f64], level: Level) -> Result<Self> {
        let weighted: Vec<(f64, u64)> = hours.iter().map(|hour| (*hour, 1)).collect();
        Self::weighted(&weighted, level)
    }

    /// Of hours with how often each occurred.
    ///
    /// # Errors
    ///
    /// As [`CircularSummary::new`].
    pub fn weighted(hours: &[(f64, u64)], level: Level) -> Result<Self> {
        if let Some((hour, _)) = hours.iter().find(|(hour, _)| !hour.is_finite()) {
            return Err(Error::data("an hour must be a finite number").with_value(hour.to_string()));
        }
        let n: u64 = hours.iter().map(|(_, count)| count).sum();
        if n == 0 {
            return Err(Error::data("no hours to summarise"));
        }
        let first = moment(hours, 1.0, n);
        let resultant = first.0.hypot(first.1).min(1.0);
        let kappa = concentration(resultant);
        let rayleigh_ln_p = rayleigh_ln_p(n as f64, resultant);
        Ok(CircularSummary {
            n,
            resultant,
            mean_hour: (resultant > NO_DIRECTION).then(|| {
                let second = moment(hours, 2.0, n);
                mean_hour(first, second, n as f64, level)
            }),
            variance: 1.0 - resultant,
            std_deviation: (-2.0 * resultant.ln()).max(0.0).sqrt() * 24.0 / TAU,
            concentration: kappa,
            concentration_unbiased: unbiased(kappa, n as f64),
            rayleigh_p: rayleigh_ln_p.exp(),
            rayleigh_ln_p,
            notes: notes(n, resultant),
        })
    }
}

fn notes(n: u64, resultant: f64) -> Vec<String> {
    const FEW: u64 = 25;
    let mut notes = Vec::new();
    if resultant <= NO_DIRECTION {
        notes.push("the hours cancel each other: there is no mean hour".to_owned());
    } else if n < FEW {
        notes.push(format!("with {n} hours the interval of the mean hour is rough"));
    }
    notes
}

/// Σ cos and Σ sin of `order` times the angle, over n.
pub(super) fn moment(hours: &[(f64, u64)], order: f64, n: u64) -> (f64, f64) {
    let (mut cosine, mut sine) = (0.0, 0.0);
    for (hour, count) in hours {
        let (s, c) = (order * TAU * hour.rem_euclid(24.0) / 24.0).sin_cos();
        cosine += *count as f64 * c;
        sine += *count as f64 * s;
    }
    (cosine / n as f64, sine / n as f64)
}

/// The mean direction, with the large-sample interval θ ± arcsin(z σ), σ² = (1 - ρ₂)/(2 n R̄²), ρ₂
/// the second cosine moment about the mean (Fisher 1993, eq. 4.22); the whole clock where z σ > 1.
fn mean_hour(first: (f64, f64), second: (f64, f64), n: f64, level: Level) -> Estimate {
    let angle = first.1.atan2(first.0);
    let squared = first.0 * first.0 + first.1 * first.1;
    let about = second.0 * (2.0 * angle).cos() + second.1 * (2.0 * angle).sin();
    let std_error = ((1.0 - about).max(0.0) / (2.0 * n * squared)).sqrt();
    let sine = level.normal_critical() * std_error;
    let half = if sine < 1.0 { sine.asin() * 24.0 / TAU } else { 12.0 };
    let mut point = (angle * 24.0 / TAU).rem_euclid(24.0);
    // A tiny negative angle rounds up to a full turn.
    if point >= 24.0 {
        point = 0.0;
    }
    Estimate {
        point,
        std_error: Some(std_error * 24.0 / TAU),
        low: point - half,
        high: point + half,
        level: level.get(),
        method: "circular large-sample",
    }
}

/// √(1 + 4n + 4(n² - R²)) - (1 + 2n) with R = n R̄ (Zar 1999, eq. 27.4; Wilkie 1983), without its
/// cancellation.
fn rayleigh_ln_p(n: f64, resultant: f64) -> f64 {
    let squared = (n * resultant).powi(2);
    let whole = 1.0 + 2.0 * n;
    let root = (whole * whole - 4.0 * squared).max(0.0).sqrt();
    (-4.0 * squared / (root + whole)).min(0.0)
}

fn unbiased(kappa: f64, n: f64) -> f64 {
    if kappa < 2.0 {
        (kappa - 2.0 / (n * kappa)).max(0.0)
    } else {
        (n - 1.0).powi(3) * kappa / (n.powi(3) + n)
    }
}
