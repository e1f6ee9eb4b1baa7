//! Sums and sums of products of several values of a recipient, exact enough that order and grouping do
//! not show.

use serde::{Deserialize, Serialize};
use twofloat::TwoFloat;

use super::moments::Moments;
use super::products::{self, Halves, Products};
use crate::error::{Error, Result};

/// n, Σvᵢ, Σvᵢvⱼ and the range of `K` values that belong to the same recipient.
///
/// In double-doubles, like [`Moments`]: the parts of a table merge to the whole. A row costs K²/2 products;
/// memory does not depend on the rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct JointMoments<const K: usize> {
    n: u64,
    sums: [TwoFloat; K],
    /// By row and column; only those with row ≤ column are used.
    products: [[Products; K]; K],
    ranges: [(f64, f64); K],
}

impl<const K: usize> Default for JointMoments<K> {
    fn default() -> Self {
        JointMoments {
            n: 0,
            sums: [TwoFloat::from_f64(0.0); K],
            products: [[Products::ZERO; K]; K],
            ranges: [(f64::INFINITY, f64::NEG_INFINITY); K],
        }
    }
}

impl<const K: usize> JointMoments<K> {
    /// Adds one recipient. A refused one leaves the sums as they were.
    ///
    /// # Errors
    ///
    /// A data error if a value is missing, not finite, or larger than [`Moments::LARGEST`].
    pub fn add(&mut self, values: [f64; K]) -> Result<()> {
        if let Some(value) = values.iter().find(|value| !Moments::holds(**value)) {
            return Err(Error::data("not a number that can be summed")
                .with_value(value.to_string())
                .hint("leave out recipients without a value, or fill in the mean and say so"));
        }
        self.n += 1;
        for (i, a) in values.iter().enumerate() {
            self.sums[i] += *a;
            self.ranges[i] = (self.ranges[i].0.min(*a), self.ranges[i].1.max(*a));
            for (product, b) in self.products[i].iter_mut().zip(&values).skip(i) {
                product.add(*a, *b);
            }
        }
        Ok(())
    }

    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        for i in 0..K {
            let (low, high) = other.ranges[i];
            self.sums[i] += other.sums[i];
            self.ranges[i] = (self.ranges[i].0.min(low), self.ranges[i].1.max(high));
            for (product, more) in self.products[i].iter_mut().zip(&other.products[i]) {
                product.merge(more);
            }
        }
    }

    /// The sums of both together.
    pub fn merged(&self, other: &Self) -> Self {
        let mut both = *self;
        both.merge(other);
        both
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    /// The mean of the `i`-th value; `None` without rows or without such a value.
    pub fn mean(&self, i: usize) -> Option<f64> {
        (self.n > 0 && i < K).then(|| self.exact_mean(i).hi())
    }

    /// The sample covariance of the `i`-th and `j`-th value, with n − 1; for i = j the variance. `None` below
    /// two rows or without such values.
    pub fn covariance(&self, i: usize, j: usize) -> Option<f64> {
        (self.n > 1 && i < K && j < K).then(|| self.central(i, j) / (self.n - 1) as f64)
    }

    pub(super) fn exact_sum(&self, i: usize) -> TwoFloat {
        self.sums[i]
    }

    /// Σvᵢvⱼ.
    pub(super) fn exact_product(&self, i: usize, j: usize) -> TwoFloat {
        self.products[i.min(j)][i.max(j)].total()
    }

    /// By a plain float on purpose: twofloat 0.8.4 divides by a double-double with the precision of a single
    /// one.
    fn exact_mean(&self, i: usize) -> TwoFloat {
        self.sums[i] / self.n.max(1) as f64
    }

    /// Σ(vᵢ - v̄ᵢ)(vⱼ - v̄ⱼ). Equal values have none, whatever the last digits of the sums say.
    fn central(&self, i: usize, j: usize) -> f64 {
        let constant = |i: usize| self.ranges[i].0 == self.ranges[i].1;
        if constant(i) || constant(j) {
            return 0.0;
        }
        let (i, j) = (i.min(j), i.max(j));
        let sum = (self.exact_product(i, j) - self.exact_mean(i) * self.sums[j]).hi();
        if i == j { sum.max(0.0) } else { sum }
    }
}

/// The stored form, with the products row by row from the diagonal.
#[derive(Serialize, Deserialize)]
struct Record {
    n: u64,
    sums: Vec<Halves>,
    products: Vec<Vec<[Halves; 2]>>,
    ranges: Vec<Halves>,
}

impl<const K: usize> From<JointMoments<K>> for Record {
    fn from(moments: JointMoments<K>) -> Self {
        if moments.n == 0 {
            return Record { n: 0, sums: Vec::new(), products: Vec::new(), ranges: Vec::new() };
        }
        let products = moments.products.iter().enumerate();
        let range = |(low, high): (f64, f64)| [low, high].map(|end| format!("{end:e}"));
        Record {
            n: moments.n,
            sums: moments.sums.map(products::to_text).to_vec(),
            products: products
                .map(|(i, row)| row.iter().skip(i).map(|sum| sum.to_text()).collect())
                .collect(),
            ranges: moments.ranges.map(range).to_vec(),
        }
    }
}

impl<const K: usize> TryFrom<Record> for JointMoments<K> {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self> {
        let mut moments = JointMoments { n: record.n, ..Self::default() };
        if record.n == 0 {
            return Ok(moments);
        }
        let rows = record.products.iter().enumerate();
        if [record.sums.len(), record.products.len(), record.ranges.len()] != [K; 3]
            || rows.clone().any(|(i, row)| row.len() != K - i)
        {
            return Err(Error::data(format!("stored sums that are not those of {K} values")));
        }
        for (i, row) in rows {
            let [low, high] = &record.ranges[i];
            moments.sums[i] = products::from_text(&record.sums[i])?;
            moments.ranges[i] = (products::number(low)?, products::number(high)?);
            for (product, text) in moments.products[i].iter_mut().skip(i).zip(row) {
                *product = Products::from_text(text)?;
            }
        }
        Ok(moments)
    }
}
