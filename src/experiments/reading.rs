//! When a result is read, and what that asks of its p-values.

use serde::Serialize;

use super::comparison::AnyTime;
use super::effect::Effect;
use super::level::Level;
use super::sequential::{NormalMixture, PlannedLooks, Sides, Spending};
use super::tail;
use crate::error::{Error, Result};

/// How a readout is protected against looking more than once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reading")]
pub enum Reading {
    /// Once, when every recipient's window is closed: the test has its planned level.
    Once,
    /// At one of a few looks set down beforehand: p-values are held against this look's own level.
    PlannedLook { look: usize, looks: usize, nominal_alpha: f64 },
    /// At any time, while recipients come in: p-values and intervals are always valid.
    AnyTime { tuning_n: f64 },
}

impl Reading {
    /// The look number `look`, from 0, of those at these shares of the planned information, the error
    /// probability being spent as O'Brien and Fleming do: hardly anything early, when outcomes are least
    /// like what they will be.
    ///
    /// # Errors
    ///
    /// A settings error unless the shares increase within (0, 1] and there is such a look.
    pub fn planned_look(look: usize, information: &[f64], alpha: f64) -> Result<Reading> {
        let level = Level::new(1.0 - alpha)?;
        let plan = PlannedLooks::new(information, Spending::ObrienFleming, Sides::Two, level)?;
        let looks = plan.looks();
        let bound = looks.get(look).ok_or_else(|| {
            Error::settings(format!("look {} of {} planned looks", look + 1, looks.len()))
                .hint("name a look that was planned")
        })?;
        Ok(Reading::PlannedLook { look, looks: looks.len(), nominal_alpha: bound.nominal_p })
    }

    /// The level that adjusted p-values are held against.
    pub(super) fn alpha(self, alpha: f64) -> f64 {
        match self {
            Reading::PlannedLook { nominal_alpha, .. } => nominal_alpha,
            Reading::Once | Reading::AnyTime { .. } => alpha,
        }
    }

    /// A one-sided p-value as it may be used at this reading: while recipients come in, the always-valid one of
    /// the same z, which two sides make safe.
    pub(super) fn one_sided(self, p: f64, n: u64, level: Level) -> f64 {
        let Reading::AnyTime { tuning_n } = self else { return p };
        let Ok(mixture) = NormalMixture::new(tuning_n, level) else { return 1.0 };
        if n == 0 || p.is_nan() || p >= 0.5 {
            return 1.0;
        }
        let z = tail::normal_critical_above(p.max(f64::MIN_POSITIVE));
        (-mixture.ln_likelihood_ratio(z, n as f64)).min(0.0).exp()
    }

    /// What holds of an effect at any time, `n` recipients being in both arms; `None` for other readings,
    /// and where the p-value is a definition.
    pub(super) fn any_time(self, effect: &Effect, n: u64, level: Level) -> Option<AnyTime> {
        let Reading::AnyTime { tuning_n } = self else { return None };
        if effect.degenerate || n == 0 {
            return None;
        }
        let mixture = NormalMixture::new(tuning_n, level).ok()?;
        // The z that has this p: both arms may be rates or means.
        let z = tail::normal_critical(effect.p.max(f64::MIN_POSITIVE));
        let ln_p = (-mixture.ln_likelihood_ratio(z, n as f64)).min(0.0);
        let widening = mixture.multiplier(n as f64) / level.normal_critical();
        let difference = &effect.difference;
        Some(AnyTime {
            p: ln_p.exp(),
            low: difference.point - widening * (difference.point - difference.low),
            high: difference.point + widening * (difference.high - difference.point),
        })
    }
}
