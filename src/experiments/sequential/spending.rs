//! How the error probability is spread over planned looks.

use serde::Serialize;

use super::super::tail;
use crate::error::{Error, Result};

/// An alpha-spending function (Lan & DeMets 1983): the error probability that may be used up by
/// the time a share t of the planned information is in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spending {
    /// α t^ρ. ρ = 1 spends evenly, 3 is nearly O'Brien-Fleming.
    Power { rho: f64 },
    /// 2 - 2 Φ(z_{α/2} / √t): hardly anything early, nearly a single test at the end.
    ObrienFleming,
}

impl Spending {
    /// Checks a power family's exponent.
    ///
    /// # Errors
    ///
    /// A settings error unless `rho` is a finite number above zero.
    pub fn power(rho: f64) -> Result<Self> {
        if rho.is_finite() && rho > 0.0 {
            return Ok(Spending::Power { rho });
        }
        Err(Error::settings("the exponent of a spending function must be above zero")
            .with_value(rho.to_string())
            .hint("2 is usual; larger spends later"))
    }

    /// What may be spent of `alpha`, of one side, by the share `information` in (0, 1].
    pub fn spent(self, alpha: f64, information: f64) -> f64 {
        match self {
            Spending::Power { rho } => alpha * information.powf(rho),
            Spending::ObrienFleming => {
                tail::normal(tail::normal_critical(alpha) / information.sqrt()).p
            }
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Spending::Power { .. } => "power family",
            Spending::ObrienFleming => "O'Brien-Fleming-like",
        }
    }
}
