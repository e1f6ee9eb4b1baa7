//! What is asked of a send-time experiment.

use super::super::level::Level;
use super::hour_bins::HourBins;
use super::readout::SendTime;
use crate::error::{Error, Result};

/// How a send-time experiment is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SendTimeParams {
    harmonics: usize,
    level: Level,
}

impl SendTimeParams {
    /// `harmonics`: 1 for one crest a day, 2 for two, 3 for sharper shapes.
    ///
    /// # Errors
    ///
    /// A settings error unless `harmonics` is 1, 2 or 3.
    pub fn new(harmonics: usize, level: Level) -> Result<Self> {
        if (1..=3).contains(&harmonics) {
            return Ok(SendTimeParams { harmonics, level });
        }
        Err(Error::settings("a daily curve has one to three harmonics")
            .with_value(harmonics.to_string())
            .hint("1 is one crest a day, 2 allows for two"))
    }

    pub fn harmonics(&self) -> usize {
        self.harmonics
    }

    pub fn level(&self) -> Level {
        self.level
    }

    /// Fits the curve and reads the best hour off it. Linear in the hours.
    ///
    /// # Errors
    ///
    /// A data error if the hours that have sends cannot carry as many harmonics.
    pub fn read(&self, bins: &HourBins) -> Result<SendTime> {
        SendTime::read(bins, self.harmonics, self.level)
    }
}

impl Default for SendTimeParams {
    fn default() -> Self {
        SendTimeParams { harmonics: 1, level: Level::DEFAULT }
    }
}
