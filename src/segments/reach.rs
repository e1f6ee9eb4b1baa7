//! What a two-arm test on one segment can show, and segments too small for one.
//!
//! Success of one mail is an open by a person, or a click. The baseline of a segment is its rate over
//! the mails of the last 90 days, ratio of sums; its audience are the contacts that were mailed in
//! these days. Half of them in each arm give the smallest relative lift that one send can show.

use ndarray::{Array1, ArrayView2, Axis};
use serde::Serialize;

use crate::error::Result;
use crate::experiments::RatePower;
use crate::features::FeatureTable;
use crate::workspace::{SegmentTestSettings, TestMetric};

/// Contacts' mails of the last 90 days, and how many of them were a success.
#[derive(Debug, Clone)]
pub struct Mailing {
    settings: SegmentTestSettings,
    power: RatePower,
    mails: Vec<f64>,
    successes: Vec<f64>,
}

/// What a test on one segment can show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reach {
    pub metric: &'static str,
    /// Contacts mailed in the last 90 days.
    pub audience: usize,
    pub mails: u64,
    pub successes: u64,
    /// Successes over mails; `None` without mails.
    pub baseline: Option<f64>,
    /// Smallest relative lift that one send to the audience shows with the planned power; `None` if no
    /// lift is.
    pub smallest_relative_lift: Option<f64>,
    pub wanted_relative_lift: f64,
    /// Probability with which such a lift is found.
    pub power: f64,
    /// Sends to the audience until the wanted lift can be seen, if mails count one by one; `None` if
    /// it never can.
    pub sends_needed: Option<u64>,
}

impl Reach {
    /// Whether one send is enough for the wanted lift, or for less.
    pub fn is_enough(&self) -> bool {
        self.smallest_relative_lift.is_some_and(|lift| lift <= self.wanted_relative_lift)
    }
}

impl Mailing {
    /// Reads the mails off the features; `None` where the data hold no mails, or nothing of what
    /// counts as success.
    ///
    /// # Errors
    /// If the test's parameters are out of range.
    pub fn of(table: &FeatureTable, settings: &SegmentTestSettings) -> Result<Option<Self>> {
        let power = RatePower::new(settings.alpha, settings.power, 1.0)?;
        let rate = match settings.metric {
            TestMetric::HumanOpen => "human_open_rate_90d",
            TestMetric::Click => "click_rate_90d",
        };
        let (Ok(mails), Ok(rates)) = (table.column("mails_received_90d"), table.column(rate))
        else {
            return Ok(None);
        };
        // Contacts with too few mails for a rate say nothing about the rate, but can be mailed.
        let successes = mails.iter().zip(rates).map(|(mails, rate)| (mails * rate).round());
        let mailing = Mailing {
            settings: *settings,
            power,
            mails: mails.iter().map(|m| if m.is_nan() { 0.0 } else { *m }).collect(),
            successes: successes.collect(),
        };
        let known = mailing.successes.iter().any(|s| *s > 0.0);
        Ok(known.then_some(mailing))
    }

    /// The mails of some contacts only.
    pub fn select(&self, rows: &[usize]) -> Self {
        let of = |values: &[f64]| rows.iter().map(|&row| values[row]).collect();
        Mailing { mails: of(&self.mails), successes: of(&self.successes), ..self.clone() }
    }

    /// The reach of the contacts in `rows`.
    pub fn reach(&self, rows: impl Iterator<Item = usize>) -> Reach {
        let (mut audience, mut mails, mut successes) = (0usize, 0.0, 0.0);
        for row in rows {
            audience += usize::from(self.mails[row] > 0.0);
            if !self.successes[row].is_nan() {
                mails += self.mails[row];
                successes += self.successes[row];
            }
        }
        let baseline = (mails > 0.0).then(|| successes / mails);
        let wanted = self.settings.relative_lift;
        let lift = baseline.and_then(|p| self.power.smallest_lift((audience / 2) as f64, p));
        // A rate cannot pass 1: where the wanted lift would, the largest that is left is looked for.
        let needed = baseline.filter(|p| *p > 0.0 && *p < 1.0).map(|p| {
            let treatment = (p * (1.0 + wanted)).min(1.0);
            2.0 * self.power.contacts_in_control(p, treatment) / audience as f64
        });
        Reach {
            metric: match self.settings.metric {
                TestMetric::HumanOpen => "human open",
                TestMetric::Click => "click",
            },
            audience,
            mails: mails as u64,
            successes: successes as u64,
            baseline,
            smallest_relative_lift: lift,
            wanted_relative_lift: wanted,
            power: self.settings.power,
            sends_needed: needed.filter(|n| n.is_finite()).map(|n| n.ceil().max(1.0) as u64),
        }
    }
}

/// Two segments made one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Merge {
    pub contacts: usize,
    pub into_contacts: usize,
    pub why: String,
}

/// Merges segments into their nearest neighbour, the one that can show least first, until each is
/// large enough for the wanted lift and there are at most `capacity`. Labels come back from 0 without
/// gaps, in the order of the first clusters.
pub fn merge_small(
    matrix: ArrayView2<'_, f32>,
    labels: &[usize],
    mailing: Option<&Mailing>,
    capacity: usize,
) -> (Vec<usize>, Vec<Merge>) {
    let mut labels = labels.to_vec();
    let mut merges = Vec::new();
    loop {
        let clusters = labels.iter().max().map_or(0, |most| most + 1);
        if clusters < 2 {
            return (labels, merges);
        }
        let Some((small, why)) = too_small(&labels, clusters, mailing, capacity) else {
            return (labels, merges);
        };
        let into = nearest_to(matrix, &labels, clusters, small);
        let count = |of: usize| labels.iter().filter(|label| **label == of).count();
        merges.push(Merge { contacts: count(small), into_contacts: count(into), why });
        for label in &mut labels {
            *label = if *label == small { into } else { *label };
            *label -= usize::from(*label > small);
        }
    }
}

/// The segment to merge next, and why.
fn too_small(
    labels: &[usize],
    clusters: usize,
    mailing: Option<&Mailing>,
    capacity: usize,
) -> Option<(usize, String)> {
    let members =
        |of: usize| labels.iter().enumerate().filter(move |(_, l)| **l == of).map(|(row, _)| row);
    if let Some(mailing) = mailing {
        let reaches = (0..clusters).map(|c| (c, mailing.reach(members(c))));
        let short = reaches.filter(|(_, reach)| !reach.is_enough());
        let lift = |r: &Reach| r.smallest_relative_lift.unwrap_or(f64::INFINITY);
        let worst = short.max_by(|a, b| {
            lift(&a.1)
                .total_cmp(&lift(&b.1))
                .then(b.1.audience.cmp(&a.1.audience))
                .then(b.0.cmp(&a.0))
        });
        if let Some((cluster, reach)) = worst {
            return Some((cluster, short_of(&reach)));
        }
    }
    if clusters > capacity {
        let smallest = (0..clusters).min_by_key(|c| (members(*c).count(), *c))?;
        return Some((smallest, format!("there is content for {capacity} segments")));
    }
    None
}

fn short_of(reach: &Reach) -> String {
    let wanted = (reach.wanted_relative_lift * 100.0).round();
    match reach.smallest_relative_lift {
        Some(lift) => format!(
            "one send to {} contacts shows no lift below {:.0} %, wanted {wanted} %",
            reach.audience,
            (lift * 100.0).ceil()
        ),
        None => format!("one send to {} contacts shows no lift at all", reach.audience),
    }
}

/// The cluster whose mean is nearest to that of `of`; the first on a tie.
fn nearest_to(matrix: ArrayView2<'_, f32>, labels: &[usize], clusters: usize, of: usize) -> usize {
    let mean = |cluster: usize| {
        let mut sum = Array1::<f64>::zeros(matrix.ncols());
        let mut count = 0.0;
        for (row, _) in matrix.axis_iter(Axis(0)).zip(labels).filter(|(_, l)| **l == cluster) {
            sum.zip_mut_with(&row, |sum, v| *sum += f64::from(*v));
            count += 1.0;
        }
        sum / count
    };
    let own = mean(of);
    let distance = |cluster: usize| (&mean(cluster) - &own).mapv(|d| d * d).sum();
    let others = (0..clusters).filter(|c| *c != of).map(|c| (c, distance(c)));
    others.fold((0, f64::INFINITY), |best, d| if d.1 < best.1 { d } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn mailing(mails: &[f64], successes: &[f64]) -> Mailing {
        let settings = SegmentTestSettings::default();
        let power = RatePower::new(settings.alpha, settings.power, 1.0).unwrap();
        Mailing { settings, power, mails: mails.to_vec(), successes: successes.to_vec() }
    }

    #[test]
    fn reach_by_hand() {
        // 1,000 contacts, ten mails each, two opened: a rate of 0.2 in two arms of 500.
        let some = mailing(&[10.0; 1_000], &[2.0; 1_000]);
        let reach = some.reach(0..1_000);
        assert_eq!((reach.audience, reach.baseline), (1_000, Some(0.2)));
        // R: power.prop.test(p1 = .2, p2 = .3, power = .8)$n = 293.15 an arm.
        assert_eq!(reach.sends_needed, Some(1));
        let few = some.reach(0..500);
        assert_eq!(few.sends_needed, Some(2));
        assert!(few.smallest_relative_lift > Some(0.5) && reach.smallest_relative_lift < Some(0.5));
        // A rate of 0.8 cannot rise by half, but smaller lifts show in one send.
        let keen = mailing(&[10.0; 1_000], &[8.0; 1_000]).reach(0..1_000);
        assert!(keen.is_enough() && keen.sends_needed == Some(1), "{keen:?}");
        let nobody = mailing(&[0.0; 10], &[f64::NAN; 10]).reach(0..10);
        assert_eq!((nobody.baseline, nobody.sends_needed, nobody.audience), (None, None, 0));
    }

    #[test]
    fn the_small_join_their_neighbours_until_all_can_be_tested() {
        let points = array![[0.0_f32], [1.0], [5.0], [6.0]];
        let matrix = points.select(Axis(0), &(0..1_200).map(|i| i % 4).collect::<Vec<_>>());
        let labels: Vec<usize> = (0..1_200).map(|i| i % 4).collect();
        let all = mailing(&[10.0; 1_200], &[2.0; 1_200]);
        // 300 contacts are too few each; 600 are enough.
        let (merged, merges) = merge_small(matrix.view(), &labels, Some(&all), 10);
        assert_eq!(merges.len(), 2);
        assert_eq!(&merged[..8], &[0, 0, 1, 1, 0, 0, 1, 1]);
        let (kept, none) = merge_small(matrix.view(), &labels, None, 10);
        assert_eq!((kept, none.len()), (labels.clone(), 0));
        let (_, capped) = merge_small(matrix.view(), &labels, None, 3);
        assert_eq!(capped.len(), 1);
    }
}
