//! The confidence level of an interval.

use serde::{Serialize, Serializer};

use super::tail;
use crate::error::{Error, Result};

/// A confidence level, strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level(f64);

impl Level {
    /// The usual 95 %.
    pub const DEFAULT: Level = Level(0.95);

    /// Checks that `level` lies strictly between 0 and 1.
    ///
    /// # Errors
    ///
    /// A settings error otherwise; a number above 1 is answered with the likely meaning.
    pub fn new(level: f64) -> Result<Self> {
        if level > 0.0 && level < 1.0 {
            return Ok(Level(level));
        }
        let error = Error::settings(format!("{level} is not a confidence level"));
        Err(match level {
            l if l > 1.0 && l < 100.0 => error.hint(format!("write {} for {l} %", l / 100.0)),
            _ => error.hint("a confidence level lies between 0 and 1, such as 0.95"),
        })
    }

    pub fn get(self) -> f64 {
        self.0
    }

    /// The two-sided normal critical value, 1.96 at 95 %.
    pub fn normal_critical(self) -> f64 {
        tail::normal_critical(1.0 - self.0)
    }

    /// The two-sided critical value of Student's t.
    pub fn student_critical(self, df: f64) -> f64 {
        tail::student_critical(1.0 - self.0, df)
    }
}

impl Default for Level {
    fn default() -> Self {
        Level::DEFAULT
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}
