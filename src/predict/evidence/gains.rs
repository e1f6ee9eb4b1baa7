//! How much of what happens is found among those who score best.

use serde::Serialize;

use crate::error::{Error, Result};

use super::input;
use super::ranking;

/// What becomes of equal scores where a cut falls between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Each side gets its part of their sum, as if they were shuffled many times: the order of the rows
    /// changes nothing.
    #[default]
    Shared,
    /// Whoever stands first in the slices is first.
    RowOrder,
}

/// The running sum of a value, best scores first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gains {
    /// (rows, sum of the value) at the end of each run of rows that stay together, from (0, 0).
    ends: Vec<(f64, f64)>,
}

impl Gains {
    /// Values and scores are checked before.
    pub(super) fn new(values: &[f64], scores: &[f64], ties: Ties) -> Self {
        let order = ranking::descending(scores);
        let mut ends = vec![(0.0, 0.0)];
        let (mut rows, mut sum) = (0.0, 0.0);
        let mut add = |run: &[usize]| {
            rows += run.len() as f64;
            sum += run.iter().map(|row| values[*row]).sum::<f64>();
            ends.push((rows, sum));
        };
        match ties {
            Ties::Shared => ranking::ties(&order, scores).for_each(&mut add),
            Ties::RowOrder => order.chunks(1).for_each(&mut add),
        }
        Gains { ends }
    }

    pub(super) fn total(&self) -> f64 {
        self.ends.last().map_or(0.0, |end| end.1)
    }

    /// The sum over the best `rows` rows; a run that is cut gives its part.
    pub(super) fn at(&self, rows: f64) -> f64 {
        let next = self.ends.partition_point(|end| end.0 < rows);
        match (next.checked_sub(1).map(|k| self.ends[k]), self.ends.get(next)) {
            (_, Some(end)) if end.0 == rows => end.1,
            (Some(before), Some(end)) => {
                before.1 + (end.1 - before.1) * ((rows - before.0) / (end.0 - before.0))
            }
            (_, Some(end)) => end.1,
            (_, None) => self.total(),
        }
    }

    /// The area between the curve of shares and the diagonal, times the rows.
    fn area(&self) -> f64 {
        let total = self.total();
        let slices = self.ends.windows(2).map(|pair| {
            let (before, end) = (pair[0], pair[1]);
            let (width, gain) = (end.0 - before.0, end.1 - before.1);
            // The sum of the running sums after each of the `width` rows of the run.
            width * before.1 + gain * (width + 1.0) / 2.0
        });
        let rows = self.ends.last().map_or(0.0, |end| end.0);
        slices.sum::<f64>() / total - (rows + 1.0) / 2.0
    }
}

/// The ends of `groups` groups of `rows` rows as equal as can be, the larger ones first, as SQL's NTILE.
/// Groups without rows are left out.
pub(super) fn group_ends(rows: usize, groups: usize) -> Vec<usize> {
    let (size, larger) = (rows / groups, rows % groups);
    (1..=groups.min(rows)).map(|k| k * size + k.min(larger)).collect()
}

/// One tenth of the contacts, by falling score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LiftDecile {
    /// 1 is the best tenth.
    pub decile: usize,
    pub contacts: u64,
    /// Sum of the values in the tenth: events, or revenue. Not whole where a cut shares a tie.
    pub events: f64,
    /// Events a contact.
    pub rate: f64,
    /// Rate over the rate of all contacts.
    pub lift: f64,
    /// Share of all events in this and the better tenths.
    pub cumulative_share: f64,
    /// That share over the share of contacts.
    pub cumulative_lift: f64,
}

/// The table of lift by tenths; `values` are 0 and 1 for events (see [`events`]), or amounts. With
/// fewer than ten contacts there are as many groups as contacts.
///
/// `None` if the values do not add up to more than zero, which leaves nothing to take shares of.
///
/// # Errors
/// If the slices differ in length, or a value or score is not finite.
pub fn lift_deciles(values: &[f64], scores: &[f64], ties: Ties) -> Result<Option<Vec<LiftDecile>>> {
    input::paired(scores, values)?;
    let gains = Gains::new(values, scores, ties);
    let (all, total) = (values.len() as f64, gains.total());
    if total <= 0.0 {
        return Ok(None);
    }
    let mut before = (0, 0.0);
    let row = |(k, end): (usize, usize)| {
        let sum = gains.at(end as f64);
        let (contacts, events) = (end - before.0, sum - before.1);
        before = (end, sum);
        let rate = events / contacts as f64;
        let cumulative_share = sum / total;
        LiftDecile {
            decile: k + 1,
            contacts: contacts as u64,
            events,
            rate,
            lift: rate / (total / all),
            cumulative_share,
            cumulative_lift: cumulative_share / (end as f64 / all),
        }
    };
    Ok(Some(group_ends(values.len(), 10).into_iter().enumerate().map(row).collect()))
}

/// Labels as values: 1 for an event, 0 for none.
pub fn events(labels: &[bool]) -> Vec<f64> {
    labels.iter().map(|label| f64::from(*label)).collect()
}

/// The share of all value that the best `share` of the contacts hold, such as 0.2 for the best fifth;
/// a cut within a tie, or within a contact, takes its part.
///
/// `None` if the values do not add up to more than zero.
///
/// # Errors
/// As of [`lift_deciles`]; also if `share` lies outside [0, 1].
pub fn captured_share(values: &[f64], scores: &[f64], share: f64) -> Result<Option<f64>> {
    input::paired(scores, values)?;
    if !(0.0..=1.0).contains(&share) {
        return Err(Error::settings(format!("{share} is not a share of the contacts"))
            .hint("a share lies between 0 and 1, such as 0.2"));
    }
    let gains = Gains::new(values, scores, Ties::Shared);
    let total = gains.total();
    Ok((total > 0.0).then(|| gains.at(share * values.len() as f64) / total))
}

/// The Gini coefficient of `values` ranked by `scores`, over that of the ranking by the values
/// themselves: 1 is the best order, 0 what chance gives.
///
/// `None` if the values do not add up to more than zero or are all equal.
///
/// # Errors
/// As of [`lift_deciles`].
pub fn normalised_gini(values: &[f64], scores: &[f64]) -> Result<Option<f64>> {
    input::paired(scores, values)?;
    let best = Gains::new(values, values, Ties::Shared);
    // Equal values have no order; their area would be rounding alone.
    if best.total() <= 0.0 || best.ends.len() <= 2 {
        return Ok(None);
    }
    Ok(Some(Gains::new(values, scores, Ties::Shared).area() / best.area()))
}
