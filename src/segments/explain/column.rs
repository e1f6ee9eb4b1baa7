//! A feature's values as ranks, and how far it alone tells members from others.

use std::cmp::Ordering;

use ndarray::ArrayView1;

use crate::features::{FeatureSpec, Unit};

/// One feature of the sampled contacts.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub name: String,
    /// NaN where missing; zero has one sign.
    pub values: Vec<f64>,
    /// The different values, ascending.
    pub distinct: Vec<f64>,
    /// Places in `distinct`; `None` where missing.
    pub ranks: Vec<Option<u32>>,
    /// Counted in ones: no threshold between two whole numbers.
    pub is_counted: bool,
    /// How far the feature alone tells members from others, from 0 to 1.
    pub separation: f64,
    /// A bound below every value of the table, for the test that there is a value at all.
    pub floor: f64,
}

impl Column {
    /// The column of the contacts in `rows`; `whole` are the values of all contacts.
    pub(super) fn new(
        spec: &FeatureSpec,
        whole: ArrayView1<'_, f64>,
        rows: &[usize],
        is_member: &[bool],
    ) -> Self {
        let values: Vec<f64> = rows.iter().map(|row| whole[*row] + 0.0).collect();
        let mut distinct: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let place = |v: &f64| distinct.binary_search_by(|d| d.total_cmp(v)).ok();
        let ranks: Vec<_> = values.iter().map(|v| place(v).map(|rank| rank as u32)).collect();
        let separation = separation(&ranks, distinct.len(), is_member);
        let (name, is_counted, floor) = (spec.name.clone(), false, 0.0);
        Column { name, values, distinct, ranks, separation, is_counted, floor }
    }

    /// The column with what must hold for all contacts, not only for the sampled ones.
    pub(super) fn for_everybody(self, unit: Unit, whole: ArrayView1<'_, f64>) -> Self {
        let is_whole = |v: &f64| v.is_nan() || v.fract() == 0.0;
        let is_counted = matches!(unit, Unit::Count | Unit::Flag) && whole.iter().all(is_whole);
        Column { is_counted, floor: floor(whole), ..self }
    }

    /// The strongest first, ties by name.
    pub(super) fn by_separation(&self, other: &Column) -> Ordering {
        other.separation.total_cmp(&self.separation).then_with(|| self.name.cmp(&other.name))
    }

    pub(super) fn has_missing(&self) -> bool {
        self.ranks.contains(&None)
    }
}

/// The largest difference between the shares of members and of others that one threshold selects,
/// missing values on either side of it (the Kolmogorov-Smirnov distance): 0 for a feature that is the
/// same for everybody, 1 for one that tells members from others without fault.
fn separation(ranks: &[Option<u32>], distinct: usize, is_member: &[bool]) -> f64 {
    let mut counts = vec![[0usize; 2]; distinct];
    let (mut missing, mut totals) = ([0usize; 2], [0usize; 2]);
    for (rank, member) in ranks.iter().zip(is_member) {
        let side = usize::from(*member);
        totals[side] += 1;
        match rank {
            Some(rank) => counts[*rank as usize][side] += 1,
            None => missing[side] += 1,
        }
    }
    let share = |count: usize, side: usize| count as f64 / totals[side].max(1) as f64;
    let apart = |seen: [usize; 2]| (share(seen[0], 0) - share(seen[1], 1)).abs();
    let (mut seen, mut best) = ([0usize; 2], apart(missing));
    for count in counts {
        seen = [seen[0] + count[0], seen[1] + count[1]];
        let with_missing = [seen[0] + missing[0], seen[1] + missing[1]];
        best = best.max(apart(seen)).max(apart(with_missing));
    }
    best
}

/// Zero if nothing is below it, else the next power of ten below the lowest value.
fn floor(values: ArrayView1<'_, f64>) -> f64 {
    let lowest = values.iter().copied().filter(|v| !v.is_nan()).fold(0.0, f64::min);
    if lowest == 0.0 {
        return 0.0;
    }
    let digits = (-lowest).log10().ceil() as i32;
    // Rounding in the logarithm may leave the bound a hair above the value.
    [digits, digits + 1]
        .map(|d| -10f64.powi(d))
        .into_iter()
        .find(|f| *f <= lowest)
        .unwrap_or(f64::MIN)
}
