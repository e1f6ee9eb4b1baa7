//! Earlier risks against what came: is the churn model still calibrated?

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::estimate::Estimate;
use crate::numeric::tail;

use super::super::evidence::{Binning, CalibrationCurve, auc, brier, calibration_curve};
use super::super::orders::OrderBook;
use super::lost_ratio::LostRatio;

/// Risks as they were predicted.
#[derive(Debug, Clone, Copy)]
pub struct EarlierRisks<'a> {
    /// Last day known to the prediction, in days since 1970.
    pub until: i32,
    pub horizon_days: u32,
    /// Contact ids, each once, and P(no order within the horizon).
    pub risks: &'a [(String, f64)],
}

/// How to judge them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OutcomeParams {
    /// Level of the intervals.
    pub level: f64,
    /// By how much the number lost may differ from the number expected, as a share of it, before it
    /// matters.
    pub margin: f64,
    /// Bins of the calibration curve, between quantiles of the risks.
    pub bins: usize,
}

impl Default for OutcomeParams {
    fn default() -> Self {
        OutcomeParams { level: 0.95, margin: 0.1, bins: 10 }
    }
}

/// [`OutcomeParams`], checked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct OutcomeValidParams(OutcomeParams);

impl OutcomeParams {
    pub fn check(self) -> Result<OutcomeValidParams> {
        let is_share = |share: f64| share > 0.0 && share < 1.0;
        if !is_share(self.level) || !is_share(self.margin) || self.bins == 0 {
            return Err(Error::settings("earlier risks cannot be judged like that")
                .with_value(format!(
                    "level {}, margin {}, {} bins",
                    self.level, self.margin, self.bins
                ))
                .hint(
                    "choose a level and a margin between 0 and 1, such as 0.95 and 0.1, and ten bins",
                ));
        }
        Ok(OutcomeValidParams(self))
    }
}

/// What became of earlier risks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The horizon has not closed.
    Open {
        days_needed: u32,
    },
    Closed(Box<ClosedOutcome>),
}

/// Expected and observed, once the horizon has closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClosedOutcome {
    pub contacts: usize,
    /// Contacts with a risk whom the orders do not know any more; they are left out.
    pub unknown: usize,
    /// Σ risk.
    pub expected_lost: f64,
    /// Contacts without an order within the horizon.
    pub lost: usize,
    /// Lost over expected, with a score interval; `None` where nobody was expected to be lost.
    pub ratio: Option<Estimate>,
    /// Of calibration in the large: P(a number so far from the expected one, were the risks right).
    /// `None` where the risks leave nothing to chance.
    pub p_value: Option<f64>,
    /// Bins, expected calibration error (ECE), slope.
    pub curve: CalibrationCurve,
    /// How well the risks rank the contacts; `None` where all were lost, or none.
    pub auc: Option<f64>,
    /// Mean squared error of the risks.
    pub brier: f64,
    pub verdict: Verdict,
    /// One sentence.
    pub why: String,
}

/// Whether the risks still hold on the whole. Contacts count as independent of each other given their
/// risks: a season that moves all of them at once is no chance, and shows as a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval of the ratio lies within the margin around 1.
    Holds,
    /// More were lost than expected, beyond chance.
    MoreLost,
    /// Fewer were lost than expected, beyond chance.
    FewerLost,
    /// Neither can be said of so few contacts.
    Undecided,
}

/// Compares `earlier` with the orders up to the end of `until`. Who ordered within the horizon is what the
/// backtest took for it: orders and refunds as known on the horizon's last day.
///
/// # Errors
/// If a contact has two risks, a risk is no probability, or the orders know none of the contacts.
pub fn outcome(
    earlier: &EarlierRisks<'_>,
    book: &OrderBook,
    until: i32,
    params: &OutcomeValidParams,
) -> Result<Outcome> {
    let closes = i64::from(earlier.until) + i64::from(earlier.horizon_days);
    let missing = closes - i64::from(until);
    if missing > 0 {
        return Ok(Outcome::Open { days_needed: u32::try_from(missing).unwrap_or(u32::MAX) });
    }
    let mut risk_of: BTreeMap<&str, f64> = BTreeMap::new();
    for (id, risk) in earlier.risks {
        if risk_of.insert(id, *risk).is_some() {
            return Err(Error::data("a contact has two earlier risks")
                .with_value(id.clone())
                .hint("give the risks of one prediction, each contact once"));
        }
    }
    let after = book.until(i32::try_from(closes).unwrap_or(until));
    let (mut lost, mut risks) = (Vec::new(), Vec::new());
    for (id, risk) in &risk_of {
        let Ok(contact) = book.ids().binary_search_by(|known| known.as_str().cmp(id)) else {
            continue;
        };
        lost.push(after.bought_after(contact, earlier.until) == 0);
        risks.push(*risk);
    }
    let closed = closed_outcome(&lost, &risks, params)?;
    let unknown = risk_of.len() - risks.len();
    Ok(Outcome::Closed(Box::new(ClosedOutcome { unknown, ..closed })))
}

/// Compares risks with what came of each.
///
/// # Errors
/// If there are none, not as many of both, or a risk is no probability.
pub fn closed_outcome(
    lost: &[bool],
    risks: &[f64],
    params: &OutcomeValidParams,
) -> Result<ClosedOutcome> {
    let OutcomeParams { level, margin, bins } = params.0;
    let nobody = || {
        Error::data("none of the contacts with an earlier risk is known to the orders")
            .hint("compare a prediction with the orders of the same shop")
    };
    let curve =
        calibration_curve(lost, risks, Binning::quantiles(bins), level)?.ok_or_else(nobody)?;
    let numbers = LostRatio::new(lost, risks);
    let ratio = numbers.estimate(level);
    let verdict = Verdict::of(&numbers, ratio.as_ref(), margin);
    Ok(ClosedOutcome {
        contacts: lost.len(),
        unknown: 0,
        expected_lost: numbers.expected,
        lost: numbers.lost,
        p_value: numbers.z().map(|z| tail::normal(z).p),
        why: verdict.sentence(&numbers, ratio.as_ref(), margin),
        ratio,
        curve,
        auc: auc(lost, risks, None)?,
        brier: brier(lost, risks, None)?.ok_or_else(nobody)?,
        verdict,
    })
}

impl Verdict {
    fn of(numbers: &LostRatio, ratio: Option<&Estimate>, margin: f64) -> Self {
        match ratio {
            None if numbers.lost > 0 => Verdict::MoreLost,
            Some(r) if r.low >= 1.0 - margin && r.high <= 1.0 + margin => Verdict::Holds,
            Some(r) if r.low > 1.0 => Verdict::MoreLost,
            Some(r) if r.high < 1.0 => Verdict::FewerLost,
            _ => Verdict::Undecided,
        }
    }

    fn sentence(self, numbers: &LostRatio, ratio: Option<&Estimate>, margin: f64) -> String {
        let LostRatio { lost, expected, .. } = numbers;
        let Some(Estimate { point, low, high, .. }) = ratio else {
            return format!("{lost} contacts were lost, and none was expected to be");
        };
        let numbers = format!(
            "{lost} contacts were lost where {expected:.1} were expected, {point:.2} times as many ({low:.2} \
             to {high:.2})"
        );
        let margin = 100.0 * margin;
        let verdict = match self {
            Verdict::Holds => format!("the risks hold within {margin:.0} %"),
            Verdict::MoreLost => "the risks were too low".to_owned(),
            Verdict::FewerLost => "the risks were too high".to_owned(),
            Verdict::Undecided => {
                format!("too few contacts to say whether the risks hold within {margin:.0} %")
            }
        };
        format!("{numbers}: {verdict}")
    }
}
