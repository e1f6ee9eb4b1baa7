//! Power sums of a metric, exact enough that order and grouping do not show.

use serde::{Deserialize, Serialize};
use twofloat::TwoFloat;

use super::counts::Counts;
use super::products::{Halves, Products, from_text, number, to_text};
use crate::error::{Error, Result};

/// n, Σv, Σv², Σv³, min and max of the values added so far.
///
/// The sums are double-doubles (about 32 digits; Dekker 1971; Joldes, Muller & Popescu 2017), so
/// that the parts of a table merge to the whole and the raw sums of squares keep a spread of 1
/// around a mean of 10⁹. The halves of each product are summed apart: numbers of similar size,
/// just where squares cancel most, then add up without any rounding, in whatever order. Adding
/// costs a few dozen flops. Values must be finite and at most [`Moments::LARGEST`] in size; see
/// [`Moments::holds`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct Moments {
    n: u64,
    sum: TwoFloat,
    squares: Products,
    cubes: Products,
    min: f64,
    max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Moments {
            n: 0,
            sum: TwoFloat::from_f64(0.0),
            squares: Products::ZERO,
            cubes: Products::ZERO,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl From<Counts> for Moments {
    /// The moments of as many ones and zeros: what adding them one by one gives.
    fn from(counts: Counts) -> Self {
        let ones = TwoFloat::from_f64(counts.successes() as f64);
        let products = Products::whole(ones);
        let range = match (counts.failures(), counts.successes()) {
            (0, 0) => return Moments::default(),
            (0, _) => (1.0, 1.0),
            (_, 0) => (0.0, 0.0),
            _ => (0.0, 1.0),
        };
        Moments {
            n: counts.n(),
            sum: ones,
            squares: products,
            cubes: products,
            min: range.0,
            max: range.1,
        }
    }
}

impl Moments {
    /// The largest absolute value that neither the sums nor the tests on them overflow with.
    pub const LARGEST: f64 = 1e60;

    /// True if `value` can be added without leaving the range of the sums.
    pub fn holds(value: f64) -> bool {
        value.abs() <= Self::LARGEST
    }

    pub fn add(&mut self, value: f64) {
        let square = TwoFloat::new_mul(value, value);
        self.n += 1;
        self.sum += value;
        self.squares.add_halves(square.hi(), square.lo());
        let cube = TwoFloat::new_mul(square.hi(), value);
        self.cubes.add_halves(cube.hi(), cube.lo() + square.lo() * value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    pub fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares.merge(&other.squares);
        self.cubes.merge(&other.cubes);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    pub fn sum(&self) -> f64 {
        self.sum.hi()
    }

    pub fn sum_of_squares(&self) -> f64 {
        self.squares.total().hi()
    }

    /// The smallest value; `None` without values.
    pub fn min(&self) -> Option<f64> {
        (self.n > 0).then_some(self.min)
    }

    /// The largest value; `None` without values.
    pub fn max(&self) -> Option<f64> {
        (self.n > 0).then_some(self.max)
    }

    /// Σv / n; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.exact_mean().hi())
    }

    /// The sample variance, (Σv² - (Σv)²/n) / (n - 1); `None` below two values.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.central_square() / (self.n - 1) as f64)
    }

    /// The moment coefficient of skewness, √n Σ(v-v̄)³ / (Σ(v-v̄)²)^1.5; `None` if nothing varies.
    pub fn skewness(&self) -> Option<f64> {
        let square = self.central_square();
        if square <= 0.0 {
            return None;
        }
        let mean = self.exact_mean();
        let cube =
            self.cubes.total() - mean * self.squares.total() * 3.0 + mean * mean * self.sum * 2.0;
        let skewness = (self.n as f64).sqrt() * cube.hi() / square.powf(1.5);
        skewness.is_finite().then_some(skewness)
    }

    /// The rows from which a 95 % t interval of the mean holds its level, 355 skewness² (Kohavi et al. 2014,
    /// rule 7); `None` if nothing varies.
    pub fn rows_for_t(&self) -> Option<u64> {
        const ROWS_PER_SQUARED_SKEWNESS: f64 = 355.0;
        let skewness = self.skewness()?;
        Some((ROWS_PER_SQUARED_SKEWNESS * skewness * skewness).ceil() as u64)
    }

    /// Zero without values, so that nothing divides by zero. Division by a plain float on purpose:
    /// twofloat 0.8.4 divides by a double-double with the precision of a single one.
    fn exact_mean(&self) -> TwoFloat {
        self.sum / self.n.max(1) as f64
    }

    /// Σ(v - v̄)². Equal values have none, whatever the last digits of the sums say.
    fn central_square(&self) -> f64 {
        if self.n == 0 || self.min == self.max {
            return 0.0;
        }
        (self.squares.total() - self.exact_mean() * self.sum).hi().max(0.0)
    }
}

/// The stored form. Numbers travel as text, because a JSON float may lose its last bit on the way.
#[derive(Serialize, Deserialize)]
struct Record {
    n: u64,
    sum: Halves,
    sum_of_squares: [Halves; 2],
    sum_of_cubes: [Halves; 2],
    min: Option<String>,
    max: Option<String>,
}

impl From<Moments> for Record {
    fn from(moments: Moments) -> Self {
        Record {
            n: moments.n,
            sum: to_text(moments.sum),
            sum_of_squares: moments.squares.to_text(),
            sum_of_cubes: moments.cubes.to_text(),
            min: moments.min().map(|v| format!("{v:e}")),
            max: moments.max().map(|v| format!("{v:e}")),
        }
    }
}

impl TryFrom<Record> for Moments {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self> {
        if record.n == 0 {
            return Ok(Moments::default());
        }
        let end = |text: Option<String>| match text {
            Some(text) => number(&text),
            None => Err(Error::data("moments of some values without their range")),
        };
        Ok(Moments {
            n: record.n,
            sum: from_text(&record.sum)?,
            squares: Products::from_text(&record.sum_of_squares)?,
            cubes: Products::from_text(&record.sum_of_cubes)?,
            min: end(record.min)?,
            max: end(record.max)?,
        })
    }
}
