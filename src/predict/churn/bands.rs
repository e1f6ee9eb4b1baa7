//! Low, medium and high risk.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    Low,
    Medium,
    High,
}

impl Band {
    pub const ALL: [Band; 3] = [Band::Low, Band::Medium, Band::High];

    pub fn word(self) -> &'static str {
        match self {
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
        }
    }
}

/// Probabilities at which the bands begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bands {
    medium_from: f64,
    high_from: f64,
}

impl Default for Bands {
    /// A third and two thirds, as the platforms colour them.
    fn default() -> Self {
        Bands { medium_from: 0.33, high_from: 0.66 }
    }
}

impl Bands {
    pub fn new(medium_from: f64, high_from: f64) -> Result<Self> {
        if 0.0 < medium_from && medium_from < high_from && high_from < 1.0 {
            return Ok(Bands { medium_from, high_from });
        }
        Err(Error::settings("those are no bands of risk")
            .with_value(format!("{medium_from}, {high_from}"))
            .hint(
                "give two probabilities between 0 and 1, the smaller first, such as 0.33 and 0.66",
            ))
    }

    /// Where medium and high begin.
    pub fn edges(&self) -> [f64; 2] {
        [self.medium_from, self.high_from]
    }

    pub fn of(&self, risk: f64) -> Band {
        match risk {
            risk if risk >= self.high_from => Band::High,
            risk if risk >= self.medium_from => Band::Medium,
            _ => Band::Low,
        }
    }
}
