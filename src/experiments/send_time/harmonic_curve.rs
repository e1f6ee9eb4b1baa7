//! The fitted daily wave, and its peaks.

use std::f64::consts::TAU;

use serde::Serialize;

use super::super::level::Level;
use super::super::root::root;
use super::harmonic_fit::{HarmonicFit, basis, dot, product};
use crate::estimate::Estimate;

/// logit p(h) = b₀ + Σ bₖ cos(2π k h / 24) + cₖ sin(2π k h / 24).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HarmonicCurve {
    pub harmonics: usize,
    /// b₀, b₁, c₁, b₂, c₂, …
    pub coefficients: Vec<Coefficient>,
    /// Log odds from the middle of the wave to its crest; for one harmonic only.
    pub amplitude: Option<Estimate>,
    #[serde(skip)]
    values: Vec<f64>,
    #[serde(skip)]
    covariance: Vec<Vec<f64>>,
    #[serde(skip)]
    level: Level,
}

/// One coefficient, on the log-odds scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    pub name: String,
    pub value: f64,
    pub std_error: f64,
}

/// A local maximum of the wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub hour: f64,
    /// By the delta method, in hours.
    pub std_error: f64,
    pub logit: f64,
}

impl HarmonicCurve {
    pub(super) fn new(fit: HarmonicFit, level: Level) -> Self {
        let harmonics = fit.coefficients.len() / 2;
        let std_error = |i: usize| fit.covariance[i][i].sqrt();
        let coefficients = fit.coefficients.iter().enumerate().map(|(i, value)| Coefficient {
            name: match (i, i % 2) {
                (0, _) => "intercept".to_owned(),
                (_, 1) => format!("cos {}", i.div_ceil(2)),
                _ => format!("sin {}", i / 2),
            },
            value: *value,
            std_error: std_error(i),
        });
        let mut curve = HarmonicCurve {
            harmonics,
            coefficients: coefficients.collect(),
            amplitude: None,
            values: fit.coefficients,
            covariance: fit.covariance,
            level,
        };
        curve.amplitude = curve.one_amplitude();
        curve
    }

    /// √(b² + c²) with its delta-method error.
    fn one_amplitude(&self) -> Option<Estimate> {
        let [_, cosine, sine] = self.values[..] else {
            return None;
        };
        let point = cosine.hypot(sine);
        let contrast = [0.0, cosine / point, sine / point];
        let std_error = self.contrast_error(&contrast);
        let half = self.level.normal_critical() * std_error;
        (point > 0.0).then(|| Estimate {
            point,
            std_error: Some(std_error),
            low: (point - half).max(0.0),
            high: point + half,
            level: self.level.get(),
            method: "delta",
        })
    }

    pub fn logit(&self, hour: f64) -> f64 {
        dot(&basis(hour, self.harmonics), &self.values)
    }

    /// The fitted rate at an hour, with the interval of its log odds carried over.
    pub fn rate(&self, hour: f64) -> Estimate {
        let logistic = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        let logit = self.logit(hour);
        let error = self.contrast_error(&basis(hour, self.harmonics));
        let half = self.level.normal_critical() * error;
        let point = logistic(logit);
        Estimate {
            point,
            std_error: Some(error * point * (1.0 - point)),
            low: logistic(logit - half),
            high: logistic(logit + half),
            level: self.level.get(),
            method: "logit delta",
        }
    }

    /// The log odds at `hour` less those at `other`, with their interval.
    pub(super) fn difference(&self, hour: f64, other: f64) -> Estimate {
        let (one, two) = (basis(hour, self.harmonics), basis(other, self.harmonics));
        let contrast: Vec<f64> = one.iter().zip(&two).map(|(a, b)| a - b).collect();
        let point = dot(&contrast, &self.values);
        let std_error = self.contrast_error(&contrast);
        let half = self.level.normal_critical() * std_error;
        Estimate {
            point,
            std_error: Some(std_error),
            low: point - half,
            high: point + half,
            level: self.level.get(),
            method: "wald",
        }
    }

    fn contrast_error(&self, contrast: &[f64]) -> f64 {
        dot(contrast, &product(&self.covariance, contrast)).max(0.0).sqrt()
    }

    /// The local maxima, the highest first. A wave of three harmonics has at most three.
    pub(super) fn peaks(&self) -> Vec<Peak> {
        const STEPS: usize = 240;
        let hour = |i: usize| 24.0 * i as f64 / STEPS as f64;
        let slopes: Vec<f64> = (0..=STEPS).map(|i| self.derivative(hour(i), 1)).collect();
        let mut peaks: Vec<Peak> = (0..STEPS)
            .filter(|i| slopes[*i] > 0.0 && slopes[i + 1] <= 0.0)
            .map(|i| root(|h| -self.derivative(h, 1), hour(i), hour(i + 1)))
            .map(|at| self.peak(at))
            .collect();
        peaks.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        peaks
    }

    /// At a peak g′ = 0, so it moves by -∂g′/g″ when the coefficients do.
    fn peak(&self, at: f64) -> Peak {
        let slope_error = self.contrast_error(&derivatives(at, self.harmonics, 1));
        Peak {
            hour: at % 24.0,
            std_error: slope_error / self.derivative(at, 2).abs(),
            logit: self.logit(at),
        }
    }

    fn derivative(&self, hour: f64, order: u32) -> f64 {
        dot(&derivatives(hour, self.harmonics, order), &self.values)
    }
}

/// The first or second derivatives of the basis in the hour.
fn derivatives(hour: f64, harmonics: usize, order: u32) -> Vec<f64> {
    let waves = (1..=harmonics).flat_map(|k| {
        let speed = TAU * k as f64 / 24.0;
        let (sine, cosine) = (speed * hour).sin_cos();
        match order {
            1 => [-speed * sine, speed * cosine],
            _ => [-speed * speed * cosine, -speed * speed * sine],
        }
    });
    std::iter::once(0.0).chain(waves).collect()
}
