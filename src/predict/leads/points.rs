//! Points in hundredths.

use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Serialize, Serializer};

/// A number of points, exact to the hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Points(pub i64);

impl Points {
    pub const ZERO: Points = Points(0);

    /// The nearest hundredth. The value must be finite.
    pub fn of(points: f64) -> Self {
        Points((points * 100.0).round() as i64)
    }

    pub fn value(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// These points so often, where `billionths` is the number of times in billionths; rounded to the
    /// hundredth, halves away from zero.
    pub fn times(self, billionths: i64) -> Self {
        const BILLION: i128 = 1_000_000_000;
        let product = i128::from(self.0) * i128::from(billionths);
        let rounded = (product.abs() + BILLION / 2) / BILLION * product.signum();
        Points(i64::try_from(rounded).unwrap_or(i64::MAX))
    }

    /// No more than `cap`, and no less than its opposite.
    pub fn within(self, cap: Points) -> Self {
        Points(self.0.clamp(-cap.0, cap.0))
    }

    pub fn abs(self) -> Self {
        Points(self.0.abs())
    }
}

impl Add for Points {
    type Output = Points;

    fn add(self, other: Points) -> Points {
        Points(self.0 + other.0)
    }
}

impl Sub for Points {
    type Output = Points;

    fn sub(self, other: Points) -> Points {
        Points(self.0 - other.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        points.fold(Points::ZERO, Add::add)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_rounded_once_and_halves_go_away_from_zero() {
        assert_eq!(Points::of(2.5).times(500_000_000), Points(125));
        assert_eq!(Points(1).times(500_000_000), Points(1));
        assert_eq!(Points(-1).times(500_000_000), Points(-1));
        assert_eq!(Points(1).times(499_999_999), Points(0));
        assert_eq!(Points::of(-20.0).times(0), Points::ZERO);
    }

    #[test]
    fn a_cap_holds_both_ways() {
        let cap = Points::of(15.0);
        assert_eq!([1_600, -1_600, 700].map(|p| Points(p).within(cap).0), [1_500, -1_500, 700]);
    }
}
