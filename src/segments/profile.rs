//! What each segment is, against everybody.

use std::collections::{BTreeMap, HashMap};

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::Serialize;

use crate::error::Result;
use crate::features::counts::Tally;
use crate::features::{FeatureTable, Unit};

use super::explain::Explanation;
use super::flags::{Flags, flags};
use super::plays::{self, Play};
use super::reach::{Mailing, Reach};
use super::rules::Rule;
use super::segmentation::Segmentation;
use super::stability::Stability;

/// Mean resultant length below which a segment is said to have no preferred hour: at 0.2 the busiest
/// hour of a smooth day has under half again the average hour's activity.
pub const PREFERRED_HOUR_CONCENTRATION: f64 = 0.2;

/// Members shown as typical.
const TYPICAL: usize = 3;

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentProfile {
    /// Stays with the people from proposal to proposal.
    pub id: String,
    /// From 1, by descending mean of money spent.
    pub number: usize,
    /// From 1, by descending value times actionability.
    pub rank: usize,
    pub name: String,
    /// What its traits would call it now, if an earlier name was kept.
    pub name_by_traits: Option<String>,
    pub contacts: usize,
    pub share: f64,
    pub revenue_minor: i64,
    /// Share of all revenue; `None` if there is none.
    pub revenue_share: Option<f64>,
    /// One entry a feature, in the order of the proposal's `features`.
    pub features: Vec<FeatureProfile>,
    /// Features that cards and plays look at, whether or not they took part.
    pub key_facts: BTreeMap<String, FeatureProfile>,
    pub hours: HourProfile,
    /// Most viewed categories with their share of the segment's views.
    pub categories: Vec<(String, f64)>,
    /// Main devices with the share of the members who have one.
    pub devices: Vec<(String, f64)>,
    /// Ids of the members nearest to the centre.
    pub typical: Vec<String>,
    /// Mean silhouette of its members; the lowest of its clusters if some were merged.
    pub silhouette: Option<f64>,
    /// How often it comes back in other draws; of the least stable of its clusters.
    pub stability: Option<Stability>,
    pub flags: Flags,
    /// What a test on it can show; `None` where the data hold no mails.
    pub reach: Option<Reach>,
    pub worth: Worth,
    pub play: Play,
    /// The rule that describes it, if one does well enough, and the statement that selects by it.
    pub rule: Option<Rule>,
    pub rule_sql: Option<String>,
    /// The features that set it apart, how well the rule does, and its neighbours.
    pub explanation: Option<Explanation>,
}

/// Value times actionability, and what they are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Worth {
    /// Half the share of revenue, half the share of contacts: what they bring, and how many they are.
    pub value: f64,
    /// The product of the three below that are known.
    pub actionability: f64,
    /// Share that was mailed in 90 days.
    pub reachable: Option<f64>,
    /// Wanted lift over the smallest that one send can show, at most 1.
    pub testable: Option<f64>,
    /// Bootstrap stability.
    pub stable: Option<f64>,
}

impl Worth {
    pub fn score(&self) -> f64 {
        self.value * self.actionability
    }
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
    /// Segment mean minus overall mean on the prepared scale, in overall standard deviations; NaN, and
    /// null in JSON, for a feature that took no part.
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

/// Features that cards and plays look at.
const KEY_FACTS: [&str; 12] = [
    "recency_days", "frequency", "monetary_minor", "average_order_value_minor", "discount_share",
    "human_open_rate_90d", "click_rate_90d", "mobile_share", "product_views_90d", "carts_90d",
    "days_since_visit", "tenure_days",
];

/// Everything that profiles are computed from; rows of all parts are the same contacts in id order.
pub struct ProfileInput<'a> {
    pub table: &'a FeatureTable,
    pub segmentation: &'a Segmentation,
    pub revenue_minor: &'a [i64],
    pub hours: &'a [Tally],
    pub categories: &'a [Tally],
    pub mailing: Option<&'a Mailing>,
    /// [`Segmentation::weighed`], and the segments' means of it.
    pub weighed: &'a Array2<f64>,
    pub means: &'a Array2<f64>,
}

/// Profiles every segment, without names, ids, ranks, plays and explanations.
pub fn profiles(input: &ProfileInput<'_>) -> Result<Vec<SegmentProfile>> {
    let Segmentation { labels, segments, .. } = input.segmentation;
    let ids = input.table.ids.iter().map(String::as_str);
    let label_of: HashMap<&str, usize> = ids.zip(labels.iter().copied()).collect();
    let hours = by_segment(input.hours, &label_of, *segments);
    let categories = by_segment(input.categories, &label_of, *segments);
    let of_all = means_of_all(input.table);
    (0..*segments)
        .map(|place| {
            let rows: Vec<usize> = (0..labels.len()).filter(|&r| labels[r] == place).collect();
            let mut profile = profile(input, place, &rows, &of_all)?;
            profile.hours = hour_profile(&hours[place]);
            profile.categories = top_shares(&categories[place]);
            profile.typical =
                typical(&input.table.ids, &rows, input.weighed, input.means.row(place));
            Ok(profile)
        })
        .collect()
}

fn profile(
    input: &ProfileInput<'_>,
    place: usize,
    rows: &[usize],
    of_all: &[Option<f64>],
) -> Result<SegmentProfile> {
    let total: i64 = input.revenue_minor.iter().sum();
    let revenue: i64 = rows.iter().map(|&row| input.revenue_minor[row]).sum();
    let mut profile = SegmentProfile {
        id: String::new(),
        number: place + 1,
        rank: place + 1,
        name: String::new(),
        name_by_traits: None,
        contacts: rows.len(),
        share: rows.len() as f64 / input.table.contacts() as f64,
        revenue_minor: revenue,
        revenue_share: (total > 0).then(|| revenue as f64 / total as f64),
        features: feature_profiles(input, rows, of_all)?,
        key_facts: key_facts(input.table, rows, of_all),
        hours: hour_profile(&BTreeMap::new()),
        categories: Vec::new(),
        devices: devices(input.table, rows),
        typical: Vec::new(),
        silhouette: input.segmentation.silhouette(place),
        stability: input.segmentation.stability(place),
        flags: flags(input.table, rows),
        reach: input.mailing.map(|mailing| mailing.reach(rows.iter().copied())),
        worth: Worth::default(),
        play: plays::OTHERS,
        rule: None,
        rule_sql: None,
        explanation: None,
    };
    profile.worth = worth(&profile);
    Ok(profile)
}

fn worth(profile: &SegmentProfile) -> Worth {
    let value = match profile.revenue_share {
        Some(revenue) => f64::midpoint(revenue.clamp(0.0, 1.0), profile.share),
        None => profile.share,
    };
    let reachable =
        profile.reach.as_ref().map(|r| r.audience as f64 / profile.contacts.max(1) as f64);
    let testable = profile.reach.as_ref().map(|r| {
        r.smallest_relative_lift.map_or(0.0, |least| (r.wanted_relative_lift / least).min(1.0))
    });
    let stable = profile.stability.map(|s| s.mean);
    let actionability = [reachable, testable, stable].into_iter().flatten().product();
    Worth { value, actionability, reachable, testable, stable }
}

fn key_facts(
    table: &FeatureTable,
    rows: &[usize],
    of_all: &[Option<f64>],
) -> BTreeMap<String, FeatureProfile> {
    let fact = |name: &&str| {
        let position = table.position(name).ok()?;
        let (mean, present) = mean_present(table.values.view(), position, rows);
        let mean_of_all = of_all[position];
        let unit = table.specs[position].unit;
        let name = (*name).to_owned();
        let standardized_difference = f64::NAN;
        let profile = FeatureProfile {
            name: name.clone(),
            unit,
            mean,
            mean_of_all,
            present,
            standardized_difference,
        };
        mean_of_all.map(|_| (name, profile))
    };
    KEY_FACTS.iter().filter_map(fact).collect()
}

fn devices(table: &FeatureTable, rows: &[usize]) -> Vec<(String, f64)> {
    let Ok(devices) = table.label("main_device") else { return Vec::new() };
    let mut counts = BTreeMap::new();
    for device in rows.iter().filter_map(|&row| devices[row]) {
        *counts.entry(device).or_insert(0) += 1;
    }
    top_shares(&counts)
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

/// The mean of every feature over everybody with a value, taken once for all segments.
fn means_of_all(table: &FeatureTable) -> Vec<Option<f64>> {
    let all: Vec<usize> = (0..table.contacts()).collect();
    let mean = |position| mean_present(table.values.view(), position, &all).0;
    (0..table.specs.len()).map(mean).collect()
}

fn feature_profiles(
    input: &ProfileInput<'_>,
    rows: &[usize],
    of_all: &[Option<f64>],
) -> Result<Vec<FeatureProfile>> {
    let prepared = &input.segmentation.prepared;
    prepared
        .preparation
        .columns
        .iter()
        .zip(prepared.standard.columns())
        .map(|(column, standard)| {
            let position = input.table.position(&column.name)?;
            let (mean, present) = mean_present(input.table.values.view(), position, rows);
            let sum: f64 = rows.iter().map(|&row| standard[row]).sum();
            Ok(FeatureProfile {
                name: column.name.clone(),
                unit: input.table.specs[position].unit,
                mean,
                mean_of_all: of_all[position],
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

/// Ids of the members nearest to the segment's mean.
fn typical(
    ids: &[String],
    rows: &[usize],
    weighed: &Array2<f64>,
    mean: ArrayView1<'_, f64>,
) -> Vec<String> {
    let distance = |row: usize| {
        let point = weighed.row(row);
        point.iter().zip(mean).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
    };
    let mut order: Vec<(f64, usize)> = rows.iter().map(|&row| (distance(row), row)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.iter().take(TYPICAL).map(|(_, row)| ids[*row].clone()).collect()
}
