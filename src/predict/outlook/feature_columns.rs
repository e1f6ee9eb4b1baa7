//! Features as columns of the churn model.

use crate::features::{Family, FeatureSpec, FeatureTable, Missing, Unit};

use super::super::churn::{Measure, RawColumn};

/// Windows that take part: a month, a quarter, and the trends over both. What happened in a week is mostly
/// nothing, and what happened in a year is mostly what the orders and the time since say.
const WINDOWS: [u32; 4] = [30, 60, 90, 180];

/// Whether a feature takes part. What a contact's row says now (country, consent, free attributes) does
/// not: what it said at an earlier cutoff is not known. Purchases are described by the orders themselves,
/// but for what only the features tell. Hours go round, and a regression does not.
pub fn takes_part(spec: &FeatureSpec) -> bool {
    let is_number = !matches!(spec.unit, Unit::Label | Unit::Hour | Unit::MinorUnits);
    let of_orders = spec.family == Family::Purchase;
    let reaches = match spec.window_days {
        Some(days) => WINDOWS.contains(&days) && !of_orders,
        None => {
            spec.unit == Unit::Days && !of_orders || matches!(spec.unit, Unit::Share | Unit::Bits)
        }
    };
    match spec.family {
        Family::Relationship => spec.name == "tenure_days",
        Family::Custom => is_number,
        Family::Purchase | Family::Email | Family::Time | Family::Device | Family::Web => {
            is_number && reaches
        }
    }
}

/// The features of `table` that take part, of the contacts at `rows`.
pub fn feature_columns(table: &FeatureTable, rows: &[Option<usize>]) -> Vec<RawColumn> {
    let taken = table.specs.iter().enumerate().filter(|(_, spec)| takes_part(spec));
    let column = |(place, spec): (usize, &FeatureSpec)| RawColumn {
        name: spec.name.clone(),
        words: spec.meaning.clone(),
        values: rows
            .iter()
            .map(|row| row.map_or(f64::NAN, |row| table.values[(row, place)]))
            .collect(),
        has_tail: matches!(spec.unit, Unit::Count | Unit::Days | Unit::Seconds),
        is_longest_if_missing: spec.missing == Missing::Never && spec.unit == Unit::Days,
        measure: Measure::Plain,
    };
    taken.map(column).collect()
}

/// Features whose smallest is the time since a contact last did anything.
pub const ENGAGEMENTS: [&str; 3] =
    ["days_since_human_open", "days_since_click", "days_since_visit"];

/// Days since the last human open, click or visit; NaN of those who never did any.
pub fn days_since_engagement(table: &FeatureTable) -> Vec<f64> {
    let columns: Vec<_> = ENGAGEMENTS.iter().filter_map(|name| table.column(name).ok()).collect();
    let nearest = |row: usize| columns.iter().map(|c| c[row]).fold(f64::NAN, f64::min);
    (0..table.contacts()).map(nearest).collect()
}
