//! A Brownian motion that is watched at a few times and stops outside its bounds.

use std::f64::consts::PI;

use super::super::tail;
use crate::numeric::quadrature::GaussLegendre;

/// The part of the paths that still run, as masses at the nodes of a quadrature rule.
#[derive(Debug, Clone)]
pub(super) struct RandomWalk {
    masses: Vec<(f64, f64)>,
}

impl RandomWalk {
    /// All paths at zero.
    pub(super) fn start() -> Self {
        RandomWalk { masses: vec![(0.0, 1.0)] }
    }

    /// The probability to run until now, and then, `step` later, to be at `bound` or above.
    pub(super) fn exit_above(&self, step: f64, bound: f64) -> f64 {
        let sd = step.sqrt();
        self.masses.iter().map(|(at, mass)| mass * tail::normal_above((bound - at) / sd)).sum()
    }

    /// The paths that are between `low` and `high` after `step` (Armitage, McPherson & Rowe 1969).
    /// `finest` is the smallest standard deviation among this step and the next: panels are no
    /// wider, so that sixteen nodes in each leave errors near 1e-12.
    pub(super) fn advance(&self, step: f64, low: f64, high: f64, finest: f64) -> RandomWalk {
        const MOST_PANELS: f64 = 400.0;
        let sd = step.sqrt();
        let panels = ((high - low) / finest).ceil().clamp(1.0, MOST_PANELS);
        let width = (high - low) / panels;
        let mut masses = Vec::new();
        for panel in 0..panels as usize {
            let from = low + width * panel as f64;
            for (x, weight) in GaussLegendre::brief().points() {
                let at = from + width * x;
                masses.push((at, weight * width * self.density(at, sd)));
            }
        }
        RandomWalk { masses }
    }

    fn density(&self, at: f64, sd: f64) -> f64 {
        let front = 1.0 / (sd * (2.0 * PI).sqrt());
        let kernel = |from: f64| (-((at - from) / sd).powi(2) / 2.0).exp();
        front * self.masses.iter().map(|(from, mass)| mass * kernel(*from)).sum::<f64>()
    }
}
