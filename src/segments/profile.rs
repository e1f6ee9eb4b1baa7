//! What each segment is, against everybody.

use std::collections::{BTreeMap, HashMap};

use ndarray::ArrayView2;
use serde::Serialize;

use crate::error::Result;
use crate::features::counts::Tally;
use crate::features::{FeatureTable, Prepared, Unit};

use super::kmeans::Clustering;

/// Mean resultant length below which a segment is said to have no preferred hour: at 0.2 the busiest
/// hour of a smooth day has under half again the average hour's activity.
pub const PREFERRED_HOUR_CONCENTRATION: f64 = 0.2;

/// Members shown as typical.
const TYPICAL: usize = 3;

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentProfile {
    /// From 1, by descending mean of money spent.
    pub number: usize,
    pub name: String,
    pub contacts: usize,
    pub share: f64,
    pub revenue_minor: i64,
    /// Share of all revenue; `None` if there is none.
    pub revenue_share: Option<f64>,
    /// One entry a feature, in the order of the proposal's `features`.
    pub features: Vec<FeatureProfile>,
    pub hours: HourProfile,
    /// Most viewed categories with their share of the segment's views.
    pub categories: Vec<(String, f64)>,
    /// Ids of the members nearest to the centre.
    pub typical: Vec<String>,
}

/// A feature within a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureProfile {
    pub name: String,
    pub unit: Unit,
    /// Mean over the members that have a value; `None` if nobody has.
    pub mean: Option<f64>,
    pub mean_of_all: Option<f64>,
    /// Members with a value.
    pub present: usize,
    /// Segment mean minus overall mean on the prepared scale, in overall standard deviations.
    pub standardized_difference: f64,
}

/// When a segment is active.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourProfile {
    /// Share of actions by local hour; all zero if there are none.
    pub shares: Vec<f64>,
    pub actions: u64,
    /// Circular mean hour; `None` if the hours are not concentrated.
    pub mean_hour: Option<f64>,
    pub concentration: f64,
}

/// Everything that profiles are computed from; rows of all parts are the same contacts in id order.
pub struct ProfileInput<'a> {
    pub table: &'a FeatureTable,
    pub prepared: &'a Prepared,
    pub clustering: &'a Clustering,
    pub revenue_minor: &'a [i64],
    pub hours: &'a [Tally],
    pub categories: &'a [Tally],
}

/// Profiles every segment, without names.
pub fn profiles(input: &ProfileInput<'_>) -> Result<Vec<SegmentProfile>> {
    let total: i64 = input.revenue_minor.iter().sum();
    let label_of: HashMap<&str, usize> = input
        .table
        .ids
        .iter()
        .map(String::as_str)
        .zip(input.clustering.labels.iter().copied())
        .collect();
    let hours = by_segment(input.hours, &label_of, input.clustering.clusters());
    let categories = by_segment(input.categories, &label_of, input.clustering.clusters());
    (0..input.clustering.clusters())
        .map(|number| {
            let labels = &input.clustering.labels;
            let rows: Vec<usize> = (0..labels.len()).filter(|&r| labels[r] == number).collect();
            let revenue: i64 = rows.iter().map(|&row| input.revenue_minor[row]).sum();
            Ok(SegmentProfile {
                number: number + 1,
                name: String::new(),
                contacts: rows.len(),
                share: rows.len() as f64 / input.table.contacts() as f64,
                revenue_minor: revenue,
                revenue_share: (total > 0).then(|| revenue as f64 / total as f64),
                features: feature_profiles(input, &rows)?,
                hours: hour_profile(&hours[number]),
                categories: top_shares(&categories[number]),
                typical: typical(input, &rows, number),
            })
        })
        .collect()
}

fn by_segment<'a>(
    tallies: &'a [Tally],
    label_of: &HashMap<&str, usize>,
    clusters: usize,
) -> Vec<BTreeMap<&'a str, u64>> {
    let mut sums = vec![BTreeMap::new(); clusters];
    for tally in tallies {
        if let Some(&label) = label_of.get(tally.contact_id.as_str()) {
            *sums[label].entry(tally.what.as_str()).or_insert(0) += tally.count;
        }
    }
    sums
}

fn feature_profiles(input: &ProfileInput<'_>, rows: &[usize]) -> Result<Vec<FeatureProfile>> {
    let columns = &input.prepared.preparation.columns;
    let all: Vec<usize> = (0..input.table.contacts()).collect();
    columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let position = input.table.position(&column.name)?;
            let (mean, present) = mean_present(input.table.values.view(), position, rows);
            let (mean_of_all, _) = mean_present(input.table.values.view(), position, &all);
            let prepared = input.prepared.standard.column(place);
            let sum: f64 = rows.iter().map(|&row| prepared[row]).sum();
            Ok(FeatureProfile {
                name: column.name.clone(),
                unit: input.table.specs[position].unit,
                mean,
                mean_of_all,
                present,
                standardized_difference: sum / rows.len().max(1) as f64,
            })
        })
        .collect()
}

fn mean_present(
    values: ArrayView2<'_, f64>,
    column: usize,
    rows: &[usize],
) -> (Option<f64>, usize) {
    let present = rows.iter().map(|&row| values[(row, column)]).filter(|v| !v.is_nan());
    let (sum, count) = present.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
    ((count > 0).then(|| sum / count as f64), count)
}

fn hour_profile(counts: &BTreeMap<&str, u64>) -> HourProfile {
    let mut by_hour = [0u64; 24];
    for (hour, count) in counts {
        if let Some(slot) = hour.parse::<usize>().ok().and_then(|h| by_hour.get_mut(h)) {
            *slot += count;
        }
    }
    let actions: u64 = by_hour.iter().sum();
    let total = actions.max(1) as f64;
    // The middle of each hour stands for it.
    let angle = |hour: usize| (hour as f64 + 0.5) / 24.0 * std::f64::consts::TAU;
    let part = |f: fn(f64) -> f64| {
        by_hour.iter().enumerate().map(|(h, n)| *n as f64 * f(angle(h))).sum::<f64>() / total
    };
    let (cos, sin) = (part(f64::cos), part(f64::sin));
    let concentration = cos.hypot(sin);
    let hour = sin.atan2(cos).rem_euclid(std::f64::consts::TAU) * 24.0 / std::f64::consts::TAU;
    HourProfile {
        shares: by_hour.iter().map(|n| *n as f64 / total).collect(),
        actions,
        mean_hour: (concentration >= PREFERRED_HOUR_CONCENTRATION).then_some(hour),
        concentration,
    }
}

fn top_shares(counts: &BTreeMap<&str, u64>) -> Vec<(String, f64)> {
    const MOST: usize = 3;
    let total: u64 = counts.values().sum();
    let mut order: Vec<(&&str, &u64)> = counts.iter().collect();
    order.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
    let share = |count: u64| count as f64 / total.max(1) as f64;
    order.iter().take(MOST).map(|(name, count)| ((**name).to_owned(), share(**count))).collect()
}

fn typical(input: &ProfileInput<'_>, rows: &[usize], number: usize) -> Vec<String> {
    let centroid = input.clustering.centroids.row(number);
    let distance = |row: usize| {
        let point = input.prepared.matrix.row(row);
        point.iter().zip(centroid).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
    };
    let mut order: Vec<(f64, usize)> = rows.iter().map(|&row| (distance(row), row)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.iter().take(TYPICAL).map(|(_, row)| input.table.ids[*row].clone()).collect()
}
