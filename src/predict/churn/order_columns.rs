//! Columns of the churn model that orders alone give.

use super::super::orders::PurchaseDays;
use super::super::purchase::{History, PurchaseModel};
use super::column::{Measure, RawColumn};

/// Windows of recent purchases, in days.
const WINDOWS: [i32; 3] = [30, 90, 180];

/// One column a fact about the purchases of `buyers`, as known on the last day of `days`.
pub fn order_columns(days: &PurchaseDays, buyers: &[usize]) -> Vec<RawColumn> {
    let until = days.until();
    let column = |name: &str, words: &str, value: &dyn Fn(usize) -> f64| {
        RawColumn::new(name, words, buyers.iter().map(|contact| value(*contact)).collect())
    };
    let last = |contact: usize| days.days(contact).last().copied().unwrap_or(until);
    let since = |contact: usize| f64::from(until - last(contact));
    let age = |contact: usize| f64::from(until - days.days(contact).first().unwrap_or(&until));
    let repeats = |contact: usize| days.days(contact).len().saturating_sub(1) as f64;
    let usual = |contact: usize| days.gaps(contact).map_or(f64::NAN, |gaps| gaps.mean.max(1.0));
    let minor = |contact: usize| days.minor(contact);
    let total = |contact: usize| minor(contact).iter().sum::<i64>() as f64;
    let mut columns = vec![
        column("repeat_purchases", "days with an order after the first", &repeats),
        column("days_since_last_order", "days since the last order", &since),
        column("age_days", "days since the first order", &age),
        column("repeat_rate", "orders a day since the first", &|c| repeats(c) / (age(c) + 1.0)),
        column("gap_mean_days", "usual days between orders", &usual),
        column("gap_deviation_days", "spread of the days between orders", &|c| {
            days.gaps(c).filter(|gaps| gaps.count > 1).map_or(f64::NAN, |gaps| gaps.deviation)
        }),
        column("gap_last_days", "days between the last two orders", &|c| {
            days.gaps(c).map_or(f64::NAN, |gaps| gaps.last)
        }),
        column("overdue", "days since the last order, in usual gaps", &|c| since(c) / usual(c)),
        column("spent_minor", "money spent", &total).measured(Measure::MinorUnits),
        column("order_value_minor", "mean value of an order", &|c| {
            total(c) / minor(c).len().max(1) as f64
        })
        .measured(Measure::MinorUnits),
        column("last_order_minor", "value of the last order", &|c| {
            minor(c).last().copied().unwrap_or(0) as f64
        })
        .measured(Measure::MinorUnits),
    ];
    for window in WINDOWS {
        let (name, words) =
            (format!("orders_last_{window}_days"), format!("orders in the last {window} days"));
        columns.push(column(&name, &words, &|c| days.bought_after(c, until - window) as f64));
    }
    columns
}

/// logit P(no order within `horizon`) by the purchase model, as a column.
pub fn model_column(model: &PurchaseModel, histories: &[History], horizon: f64) -> RawColumn {
    let values = histories.iter().map(|h| logit(model.p_no_order(h, horizon))).collect();
    RawColumn::new("purchase_model", "the purchase model's risk", values)
        .straight()
        .measured(Measure::Logit)
}

/// ln(p/(1−p)), with p kept from 0 and 1.
pub fn logit(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln()
}
