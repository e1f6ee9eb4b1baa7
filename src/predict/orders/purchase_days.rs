//! The days on which a contact bought, as known at the end of a day.

use rayon::prelude::*;

use super::super::purchase::History;
use super::super::spend::Spending;
use super::book::{Entry, OrderBook, UNNAMED};

/// Days with a purchase and their net value, by contact.
///
/// Orders of one day are one purchase. A refund is taken off the order that it names; one that names none
/// is taken off the latest purchases before it. A day whose orders were paid back wholly is no purchase;
/// a day with an order of value 0 is one: somebody was there.
#[derive(Debug, Clone, Default)]
pub struct PurchaseDays {
    until: i32,
    /// Contact c's days are `days[starts[c]..starts[c + 1]]`.
    starts: Vec<usize>,
    /// Ascending within a contact.
    days: Vec<i32>,
    /// Net value of each day.
    minor: Vec<i64>,
}

/// What a contact's gaps between purchases say; in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaps {
    pub count: usize,
    pub mean: f64,
    /// 0 with a single gap.
    pub deviation: f64,
    pub last: f64,
}

impl OrderBook {
    /// What was known at the end of the day `until`: nothing later is seen, refunds neither.
    pub fn until(&self, until: i32) -> PurchaseDays {
        const TOGETHER: usize = 4096;
        let contacts = self.ids().len();
        let parts: Vec<(Vec<Day>, Vec<usize>)> = (0..contacts.div_ceil(TOGETHER))
            .into_par_iter()
            .map(|part| {
                let (mut all, mut ends, mut days) = (Vec::new(), Vec::new(), Vec::new());
                for contact in part * TOGETHER..((part + 1) * TOGETHER).min(contacts) {
                    net_days(self.of_contact(contact), until, &mut days);
                    all.extend_from_slice(&days);
                    ends.push(all.len());
                }
                (all, ends)
            })
            .collect();
        let total = parts.iter().map(|(days, _)| days.len()).sum();
        let mut known = PurchaseDays {
            until,
            starts: Vec::with_capacity(contacts + 1),
            days: Vec::with_capacity(total),
            minor: Vec::with_capacity(total),
        };
        known.starts.push(0);
        for (days, ends) in parts {
            let before = known.days.len();
            known.starts.extend(ends.iter().map(|end| before + end));
            known.days.extend(days.iter().map(|day| day.day));
            known.minor.extend(days.iter().map(|day| day.net));
        }
        known
    }
}

#[derive(Debug, Clone, Copy)]
struct Day {
    day: i32,
    net: i64,
    /// What was paid back.
    back: i64,
}

/// Purchases of one contact with refunds taken off, in place of what is in `days`.
fn net_days(entries: &[Entry], until: i32, days: &mut Vec<Day>) {
    let known = &entries[..entries.partition_point(|entry| entry.day <= until)];
    days.clear();
    for entry in known.iter().filter(|e| e.amount_minor >= 0) {
        match days.last_mut() {
            Some(last) if last.day == entry.day => last.net += entry.amount_minor,
            _ => days.push(Day { day: entry.day, net: entry.amount_minor, back: 0 }),
        }
    }
    let mut paid_back = false;
    for entry in known.iter().filter(|e| e.amount_minor < 0) {
        paid_back = true;
        let named = match entry.counts_on {
            UNNAMED => Err(0),
            day => days.binary_search_by_key(&day, |d| d.day),
        };
        match named {
            Ok(at) => take(&mut days[at], -entry.amount_minor, i64::MAX),
            Err(_) => take_latest(days, entry.day, -entry.amount_minor),
        }
    }
    if paid_back {
        days.retain(|day| day.net > 0 || day.back == 0);
    }
}

/// Takes up to `most` of `amount` off a day.
fn take(day: &mut Day, amount: i64, most: i64) {
    let taken = amount.min(most);
    day.net -= taken;
    day.back += taken;
}

/// Takes `amount` off the latest purchases up to `day`, as far as they reach. What is left over pays back
/// something from before the data begin.
fn take_latest(days: &mut [Day], day: i32, mut amount: i64) {
    let end = days.partition_point(|d| d.day <= day);
    for day in days[..end].iter_mut().rev() {
        if amount == 0 {
            return;
        }
        let most = day.net.max(0);
        take(day, amount, most);
        amount -= amount.min(most);
    }
}

impl PurchaseDays {
    /// The last day that was seen.
    pub fn until(&self) -> i32 {
        self.until
    }

    pub fn contacts(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Days with a purchase, ascending.
    pub fn days(&self, contact: usize) -> &[i32] {
        &self.days[self.starts[contact]..self.starts[contact + 1]]
    }

    /// Net value of each of [`PurchaseDays::days`], in minor units.
    pub fn minor(&self, contact: usize) -> &[i64] {
        &self.minor[self.starts[contact]..self.starts[contact + 1]]
    }

    /// Positions of the contacts who have bought.
    pub fn buyers(&self) -> Vec<usize> {
        (0..self.contacts()).filter(|c| !self.days(*c).is_empty()).collect()
    }

    /// What the purchase models know of a contact who has bought, with `unit_days` days to the unit of
    /// time; `None` of others.
    pub fn history(&self, contact: usize, unit_days: f64) -> Option<History> {
        let days = self.days(contact);
        let (first, last) = (*days.first()?, *days.last()?);
        let gap = |pair: &[i32]| (f64::from(pair[1] - pair[0]) / unit_days).ln();
        Some(History {
            repeats: days.len() as u32 - 1,
            age_at_last: f64::from(last - first) / unit_days,
            age: f64::from(self.until - first) / unit_days,
            log_gaps: days.windows(2).map(gap).sum(),
        })
    }

    /// The value of the purchases after the first, with `minor_per_major` minor units to the unit of
    /// money.
    pub fn spending(&self, contact: usize, minor_per_major: f64) -> Spending {
        let later = self.minor(contact).get(1..).unwrap_or_default();
        let sum: i64 = later.iter().sum();
        let mean_value = sum as f64 / minor_per_major / later.len().max(1) as f64;
        Spending { repeats: later.len() as u32, mean_value }
    }

    /// Purchases in the days after `after`.
    pub fn bought_after(&self, contact: usize, after: i32) -> usize {
        let days = self.days(contact);
        days.len() - days.partition_point(|day| *day <= after)
    }

    /// Net value of the purchases in the days after `after`, in minor units.
    pub fn minor_after(&self, contact: usize, after: i32) -> i64 {
        let at = self.days(contact).partition_point(|day| *day <= after);
        self.minor(contact)[at..].iter().sum()
    }

    /// The gaps between a contact's purchases; `None` without a second one.
    pub fn gaps(&self, contact: usize) -> Option<Gaps> {
        let days = self.days(contact);
        let gaps: Vec<f64> = days.windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect();
        let last = *gaps.last()?;
        let n = gaps.len() as f64;
        let mean = gaps.iter().sum::<f64>() / n;
        let squares: f64 = gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum();
        Some(Gaps { count: gaps.len(), mean, deviation: (squares / n).sqrt(), last })
    }

    /// The shop's own gaps between purchases, ascending; in days.
    pub fn all_gaps(&self) -> Vec<i32> {
        let of = |contact| self.days(contact).windows(2).map(|pair| pair[1] - pair[0]);
        let mut gaps: Vec<i32> = (0..self.contacts()).flat_map(of).collect();
        gaps.par_sort_unstable();
        gaps
    }
}
