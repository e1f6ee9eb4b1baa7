//! Why a contact's risk is what it is.

use serde::Serialize;

use crate::error::Result;

use super::super::purchase::{History, PurchaseModel};
use super::column::{Measure, RawColumn};
use super::cutoff::Cutoff;
use super::fitted::FittedCandidate;
use super::order_columns::logit;

/// One fact about a contact that moves the risk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// What the fact is about: "days since the last order".
    pub what: String,
    /// Its value for this contact; `None` where it is missing.
    pub value: Option<f64>,
    /// What the value measures; a logit is given as its probability.
    pub measure: Measure,
    /// By how much it moves the log-odds of being lost, against the mean contact: above 0 raises the
    /// risk.
    pub log_odds: f64,
}

impl Reason {
    /// "raises: days since the last order (120)"; money in major units, of which `minor_per_major` make
    /// one.
    pub fn words(&self, minor_per_major: f64) -> String {
        let way = if self.log_odds > 0.0 { "raises" } else { "lowers" };
        let value = match (self.value, self.measure) {
            (None, _) => "none".to_owned(),
            (Some(minor), Measure::MinorUnits) => format!("{:.2}", minor / minor_per_major),
            (Some(value), _) if value.fract() == 0.0 => format!("{value:.0}"),
            (Some(value), _) => format!("{value:.2}"),
        };
        format!("{way}: {} ({value})", self.what)
    }
}

/// The `most` strongest reasons of every contact, by falling strength. With a regression its columns'
/// contributions; a baseline that says the same of everybody has none.
pub fn reasons(
    fitted: &FittedCandidate,
    cutoff: &Cutoff,
    most: usize,
) -> Result<Option<Vec<Vec<Reason>>>> {
    let Some((columns, model)) = fitted.regression() else { return Ok(None) };
    let names = columns.raw_names();
    let raw: Vec<RawColumn> =
        names.iter().filter_map(|name| cutoff.column(name).cloned()).collect();
    let (values, origins) = (columns.apply(&raw), columns.origins());
    let of_row = |row: usize| -> Result<Vec<Reason>> {
        let contributions = model.contributions(&values.row(row).to_vec())?;
        let mut sums = vec![0.0; raw.len()];
        origins.iter().zip(&contributions).for_each(|(place, c)| sums[*place] += c);
        Ok(strongest(&sums, most, |place| Reason {
            what: raw[place].words.clone(),
            value: shown(&raw[place], row),
            measure: raw[place].measure,
            log_odds: sums[place],
        }))
    };
    (0..cutoff.contacts()).map(of_row).collect::<Result<_>>().map(Some)
}

/// The value as a reader takes it: a probability, not its logit.
fn shown(column: &RawColumn, row: usize) -> Option<f64> {
    let value = column.values[row];
    match column.measure {
        Measure::Logit => Some(1.0 / (1.0 + (-value).exp())),
        _ => Some(value).filter(|value| !value.is_nan()),
    }
}

/// The `most` places whose numbers are furthest from 0; of equals the first.
fn strongest(sums: &[f64], most: usize, reason: impl Fn(usize) -> Reason) -> Vec<Reason> {
    let mut places: Vec<usize> = (0..sums.len()).filter(|place| sums[*place] != 0.0).collect();
    places.sort_by(|a, b| sums[*b].abs().total_cmp(&sums[*a].abs()).then(a.cmp(b)));
    places.truncate(most);
    places.into_iter().map(reason).collect()
}

/// Of a purchase model alone: each fact of the history in the place of the typical contact's. Times in the
/// model's unit, `unit_days` days to it.
pub fn history_reasons(
    model: &PurchaseModel,
    history: &History,
    typical: &History,
    horizon: f64,
    unit_days: f64,
) -> Vec<Reason> {
    let risk = |h: &History| logit(model.p_no_order(h, horizon));
    let here = risk(history);
    let since = |h: &History| h.age - h.age_at_last;
    let with_since = History { age_at_last: (history.age - since(typical)).max(0.0), ..*history };
    let with_repeats = History { repeats: typical.repeats, ..*history };
    let mut reasons = vec![
        Reason {
            what: "days since the last order".to_owned(),
            value: Some(since(history) * unit_days),
            measure: Measure::Plain,
            log_odds: here - risk(&with_since),
        },
        Reason {
            what: "days with an order after the first".to_owned(),
            value: Some(f64::from(history.repeats)),
            measure: Measure::Plain,
            log_odds: here - risk(&with_repeats),
        },
    ];
    reasons.retain(|reason| reason.log_odds != 0.0);
    reasons.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
    reasons
}
