//! Sums of products that do not round.

use twofloat::TwoFloat;

use crate::error::{Error, Result};

/// A sum of products: of their leading halves, and of what those leave over.
///
/// Apart, the halves are numbers of similar size, just where squares cancel most: they add up without any
/// rounding, in whatever order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Products {
    leading: TwoFloat,
    rest: TwoFloat,
}

/// The two halves of a double-double. Numbers travel as text, because a JSON float may lose its last bit
/// on the way.
pub(super) type Halves = [String; 2];

impl Products {
    pub(super) const ZERO: Products =
        Products { leading: TwoFloat::from_f64(0.0), rest: TwoFloat::from_f64(0.0) };

    /// A sum that is known whole.
    pub(super) fn whole(sum: TwoFloat) -> Self {
        Products { leading: sum, rest: TwoFloat::from_f64(0.0) }
    }

    pub(super) fn add(&mut self, a: f64, b: f64) {
        let product = TwoFloat::new_mul(a, b);
        self.add_halves(product.hi(), product.lo());
    }

    pub(super) fn add_halves(&mut self, leading: f64, rest: f64) {
        self.leading += leading;
        self.rest += rest;
    }

    pub(super) fn merge(&mut self, other: &Products) {
        self.leading += other.leading;
        self.rest += other.rest;
    }

    pub(super) fn total(&self) -> TwoFloat {
        self.leading + self.rest
    }

    pub(super) fn to_text(self) -> [Halves; 2] {
        [self.leading, self.rest].map(to_text)
    }

    pub(super) fn from_text([leading, rest]: &[Halves; 2]) -> Result<Self> {
        Ok(Products { leading: from_text(leading)?, rest: from_text(rest)? })
    }
}

pub(super) fn to_text(sum: TwoFloat) -> Halves {
    [sum.hi(), sum.lo()].map(|half| format!("{half:e}"))
}

pub(super) fn from_text([high, low]: &Halves) -> Result<TwoFloat> {
    TwoFloat::try_from((number(high)?, number(low)?))
        .map_err(|_| Error::data("the two halves of a sum overlap").with_value(high.as_str()))
}

pub(super) fn number(text: &str) -> Result<f64> {
    let parsed = text.parse().map_err(|_| Error::data("not a number").with_value(text))?;
    if f64::is_finite(parsed) {
        Ok(parsed)
    } else {
        Err(Error::data("not a finite number").with_value(text))
    }
}
