//! Expected against actual orders and revenue, on days that the model had not seen.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Result;

use super::super::evidence::{mean_absolute_error, root_mean_squared_error, total_ratio};
use super::super::orders::PurchaseDays;
use super::super::purchase::{FittedPurchases, History};
use super::super::scores::order_count;
use super::super::spend::FittedSpend;

/// Contacts by the month of their first order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cohort {
    /// "1997-01".
    pub first_order: String,
    pub contacts: usize,
    pub expected_orders: f64,
    pub actual_orders: f64,
    /// Major units; `None` without a model of values.
    pub expected_revenue: Option<f64>,
    pub actual_revenue: f64,
}

/// What the models said of a horizon, and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holdout {
    /// Last day known to the models, in days since 1970.
    pub cutoff: i32,
    pub days: u32,
    pub contacts: usize,
    pub expected_orders: f64,
    pub actual_orders: f64,
    /// Expected over actual orders; `None` without any.
    pub ratio: Option<f64>,
    /// Mean absolute error of the expected number of orders.
    pub mean_absolute_error: f64,
    /// The same of the median number, which is what makes this error small.
    pub mean_absolute_error_of_median: f64,
    pub root_mean_squared_error: f64,
    /// Of each contact's own rate of orders, for comparison.
    pub mean_absolute_error_of_own_rate: f64,
    /// Share of contacts whose number of orders lay in its interval, and the level of that interval.
    pub coverage: f64,
    pub level: f64,
    pub expected_revenue: Option<f64>,
    pub actual_revenue: f64,
    pub cohorts: Vec<Cohort>,
}

/// The models of a cutoff, and what is needed to read the purchases.
pub(super) struct Before<'a> {
    pub days: &'a PurchaseDays,
    pub purchases: &'a FittedPurchases,
    pub spend: Option<&'a FittedSpend>,
    pub unit: f64,
    pub minor_per_major: f64,
}

/// Compares what the models of `before` said of the `horizon` days after it with `after`.
pub(super) fn holdout(
    before: &Before<'_>,
    after: &PurchaseDays,
    horizon: u32,
    tails: [f64; 2],
) -> Result<Holdout> {
    let cutoff = before.days.until();
    let t = f64::from(horizon) / before.unit;
    let model = &before.purchases.model;
    let buyers = before.days.buyers();
    let mut rows: Vec<Compared> = Vec::with_capacity(buyers.len());
    for contact in &buyers {
        let Some(history) = before.days.history(*contact, before.unit) else { continue };
        let expected = model.expected_orders(&history, t);
        let counts = order_count::distribution(model, &history, t, tails[0] / 2.0);
        let [low, high] = order_count::quantiles(&counts, tails);
        let value = before.spend.map(|spend| {
            spend.model.expected_value(&before.days.spending(*contact, before.minor_per_major))
        });
        let actual = after.bought_after(*contact, cutoff);
        rows.push(Compared {
            first: before.days.days(*contact)[0],
            expected,
            median: order_count::quantiles(&counts, [0.5, 0.5])[0] as f64,
            own_rate: own_rate(&history) * t,
            is_inside: (low..=high).contains(&actual),
            actual: actual as f64,
            expected_revenue: value.map(|value| value * expected),
            actual_revenue: after.minor_after(*contact, cutoff) as f64 / before.minor_per_major,
        });
    }
    summed(&rows, cutoff, horizon, tails[1] - tails[0])
}

struct Compared {
    first: i32,
    expected: f64,
    median: f64,
    own_rate: f64,
    is_inside: bool,
    actual: f64,
    expected_revenue: Option<f64>,
    actual_revenue: f64,
}

fn own_rate(history: &History) -> f64 {
    if history.age > 0.0 { f64::from(history.repeats) / history.age } else { 0.0 }
}

fn summed(rows: &[Compared], cutoff: i32, days: u32, level: f64) -> Result<Holdout> {
    let of = |value: &dyn Fn(&Compared) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    let (expected, actual) = (of(&|r| r.expected), of(&|r| r.actual));
    let error = |predicted: &[f64]| -> Result<f64> {
        Ok(mean_absolute_error(predicted, &actual)?.unwrap_or(0.0))
    };
    let inside = rows.iter().filter(|row| row.is_inside).count();
    Ok(Holdout {
        cutoff,
        days,
        contacts: rows.len(),
        expected_orders: expected.iter().sum(),
        actual_orders: actual.iter().sum(),
        ratio: total_ratio(&expected, &actual)?,
        mean_absolute_error: error(&expected)?,
        mean_absolute_error_of_median: error(&of(&|r| r.median))?,
        root_mean_squared_error: root_mean_squared_error(&expected, &actual)?.unwrap_or(0.0),
        mean_absolute_error_of_own_rate: error(&of(&|r| r.own_rate))?,
        coverage: inside as f64 / rows.len().max(1) as f64,
        level,
        expected_revenue: rows.iter().map(|r| r.expected_revenue).sum(),
        actual_revenue: rows.iter().map(|r| r.actual_revenue).sum(),
        cohorts: cohorts(rows),
    })
}

/// By month of the first order, earliest first.
fn cohorts(rows: &[Compared]) -> Vec<Cohort> {
    let mut months: BTreeMap<String, Vec<&Compared>> = BTreeMap::new();
    for row in rows {
        months.entry(month_of(row.first)).or_default().push(row);
    }
    let cohort = |(first_order, rows): (String, Vec<&Compared>)| Cohort {
        first_order,
        contacts: rows.len(),
        expected_orders: rows.iter().map(|r| r.expected).sum(),
        actual_orders: rows.iter().map(|r| r.actual).sum(),
        expected_revenue: rows.iter().map(|r| r.expected_revenue).sum(),
        actual_revenue: rows.iter().map(|r| r.actual_revenue).sum(),
    };
    months.into_iter().map(cohort).collect()
}

fn month_of(day: i32) -> String {
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day)));
    date.map_or_else(|_| String::new(), |d| format!("{:04}-{:02}", d.year(), d.month()))
}
