//! Successes out of trials, as whole numbers.

use serde::{Deserialize, Serialize};

use super::level::Level;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// How many of `n` recipients did the thing. Counts are kept whole: a rate is computed from them
/// and never the other way round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct Counts {
    n: u64,
    successes: u64,
}

#[derive(Serialize, Deserialize)]
struct Record {
    n: u64,
    successes: u64,
}

impl Counts {
    /// The most trials that are still exact as a float.
    const MOST: u64 = 1 << 53;

    /// # Errors
    ///
    /// A data error if there are more successes than trials, or more than 2⁵³ trials.
    pub fn new(n: u64, successes: u64) -> Result<Self> {
        if successes > n {
            return Err(Error::data(format!("{successes} successes of only {n}"))
                .hint("the successes are part of the n, not beside it"));
        }
        if n > Self::MOST {
            return Err(Error::data(format!("{n} is too many to count exactly")));
        }
        Ok(Counts { n, successes })
    }

    /// Of rows that were counted one by one.
    pub(super) fn counted(n: u64, successes: u64) -> Self {
        Counts { n, successes }
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    pub fn successes(&self) -> u64 {
        self.successes
    }

    pub fn failures(&self) -> u64 {
        self.n - self.successes
    }

    /// successes / n; `None` without trials.
    pub fn rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.successes as f64 / self.n as f64)
    }

    pub fn add(&mut self, success: bool) {
        self.n += 1;
        self.successes += u64::from(success);
    }

    pub fn merge(&mut self, other: &Counts) {
        self.n += other.n;
        self.successes += other.successes;
    }

    /// The rate with Wilson's score interval (Wilson 1927; Newcombe 1998a, method 3):
    /// (x + z²/2 ± z √(x(n-x)/n + z²/4)) / (n + z²). `None` without trials.
    pub fn wilson(&self, level: Level) -> Option<Estimate> {
        let point = self.rate()?;
        let (n, x) = (self.n as f64, self.successes as f64);
        let z = level.normal_critical();
        let middle = x + z * z / 2.0;
        let half = z * (x * (n - x) / n + z * z / 4.0).sqrt();
        let low = if self.successes == 0 { 0.0 } else { (middle - half) / (n + z * z) };
        let high = if self.failures() == 0 { 1.0 } else { (middle + half) / (n + z * z) };
        let level = level.get();
        Some(Estimate { point, std_error: None, low, high, level, method: "wilson" })
    }
}

impl TryFrom<Record> for Counts {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self> {
        Counts::new(record.n, record.successes)
    }
}

impl From<Counts> for Record {
    fn from(counts: Counts) -> Self {
        Record { n: counts.n, successes: counts.successes }
    }
}
