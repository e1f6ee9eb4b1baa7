//! What speaks for care with a segment: shares of its members, read off the features.

use serde::Serialize;

use crate::features::FeatureTable;

/// Days without any sign of life, and mails received, that make a sunset candidate.
const SUNSET_DAYS: f64 = 180.0;
const SUNSET_MAILS: f64 = 5.0;

/// Shares of a segment's members; `None` where the data do not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Flags {
    /// At least 5 mails, and no human open, click, visit or order in 180 days.
    pub sunset_share: Option<f64>,
    /// Has unsubscribed at some time.
    pub unsubscribed_share: Option<f64>,
    /// Received no mail in 90 days.
    pub not_mailed_share: Option<f64>,
    /// Share of all opens of a year that machines made.
    pub machine_open_share: Option<f64>,
}

/// The flags of the contacts in `rows`.
pub fn flags(table: &FeatureTable, rows: &[usize]) -> Flags {
    let column = |name: &str| table.column(name).ok();
    let share = |holds: &dyn Fn(usize) -> bool| {
        rows.iter().filter(|&&row| holds(row)).count() as f64 / rows.len().max(1) as f64
    };
    let above = |name: &str| column(name).map(|c| share(&|row| c[row] > 0.0));
    let sum = |name: &str| -> Option<f64> {
        let column = column(name)?;
        Some(rows.iter().map(|&row| column[row]).filter(|v| !v.is_nan()).sum())
    };
    let (all, human) = (sum("all_opens_365d"), sum("human_opens_365d"));
    let has_mail = column("sends").is_some_and(|c| c.iter().any(|v| *v > 0.0));
    Flags {
        sunset_share: if has_mail { sunset(table, rows) } else { None },
        unsubscribed_share: above("unsubscribes").filter(|_| has_mail),
        not_mailed_share: above("mails_received_90d").filter(|_| has_mail).map(|s| 1.0 - s),
        machine_open_share: all
            .zip(human)
            .filter(|(all, _)| *all > 0.0)
            .map(|(all, human)| ((all - human) / all).clamp(0.0, 1.0)),
    }
}

fn sunset(table: &FeatureTable, rows: &[usize]) -> Option<f64> {
    let sends = table.column("sends").ok()?;
    let signs = ["days_since_human_open", "days_since_click", "days_since_visit", "recency_days"];
    let signs: Vec<_> = signs.into_iter().filter_map(|name| table.column(name).ok()).collect();
    // A missing value is a sign that never came.
    let silent = |row: usize| signs.iter().all(|c| c[row].is_nan() || c[row] > SUNSET_DAYS);
    let candidates = rows.iter().filter(|&&row| sends[row] >= SUNSET_MAILS && silent(row));
    Some(candidates.count() as f64 / rows.len().max(1) as f64)
}
