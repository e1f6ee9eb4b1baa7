//! Every way to a risk, tried on later data than it was trained on.

use serde::Serialize;

use crate::error::Result;

use super::super::evidence::{
    AucComparison, Binning, CalibrationCurve, LiftDecile, Ties, ZTest, auc, auc_estimate, brier,
    brier_skill, calibration_curve, compare_auc, events, expected_calibration_error, lift_deciles,
    log_loss, spiegelhalter,
};
use super::candidate::Candidate;
use super::cutoff::{Cutoff, labels};
use super::fitted::fit;
use crate::estimate::Estimate;

/// How to judge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BacktestParams {
    /// Level of intervals.
    pub level: f64,
    /// Bins of the calibration error, of equal width.
    pub bins: usize,
}

impl Default for BacktestParams {
    fn default() -> Self {
        BacktestParams { level: 0.95, bins: 10 }
    }
}

/// One cutoff that was predicted from earlier ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Round {
    /// Days since 1970: nothing later was known to the prediction.
    pub tested_on: i32,
    pub trained_on: Vec<i32>,
    pub contacts: usize,
    /// Share of contacts who were lost.
    pub lost: f64,
}

/// How good a candidate was, over all rounds that it took part in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateEvidence {
    pub candidate: Candidate,
    pub log_loss: f64,
    pub brier: f64,
    /// `None` where it says the same of everybody lost and kept.
    pub auc: Option<f64>,
    /// Expected calibration error, in bins of equal width.
    pub calibration_error: f64,
    /// Mean predicted risk, beside the share that was lost.
    pub mean_risk: f64,
    /// Log loss by round, newest first.
    pub log_loss_by_round: Vec<f64>,
    /// In the newest round, with DeLong's interval.
    pub newest_auc: Option<Estimate>,
}

/// A candidate that could not be tried, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub candidate: Candidate,
    pub why: String,
}

/// Cutoffs that a candidate is trained on: two, so that one can recalibrate what the other taught.
pub const TRAINED_ON: usize = 2;

/// What the rounds showed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    pub params: BacktestParams,
    /// Newest first.
    pub rounds: Vec<Round>,
    /// By rising log loss.
    pub candidates: Vec<CandidateEvidence>,
    pub left_out: Vec<LeftOut>,
    /// The one with the smallest log loss.
    pub winner: Candidate,
    /// Of the winner, in the newest round.
    pub newest: Newest,
}

/// The winner in the newest round, in detail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Newest {
    pub log_loss: f64,
    pub brier: f64,
    pub brier_skill: Option<f64>,
    pub auc: Option<Estimate>,
    pub calibration_error: f64,
    pub calibration: Option<CalibrationCurve>,
    /// Of the hypothesis that the risks are right.
    pub spiegelhalter: Option<ZTest>,
    /// Highest risk first.
    pub lift: Option<Vec<LiftDecile>>,
    /// Against the time since the last action alone.
    pub against_hiatus: Option<AucComparison>,
}

/// Predicts every cutoff from those before it. `cutoffs` are closed (who was lost is known), newest
/// first. `Ok(None)` with fewer than two that hold both lost and kept contacts: nothing can be proven.
///
/// # Errors
/// If evidence cannot be computed; a candidate that fails is left out, with the reason.
pub fn backtest(cutoffs: &[&Cutoff], params: BacktestParams) -> Result<Option<Backtest>> {
    let usable: Vec<&Cutoff> = cutoffs.iter().copied().filter(|c| c.has_both()).collect();
    if usable.len() < 2 {
        return Ok(None);
    }
    // With four cutoffs the oldest round has two to learn from, which recalibration needs.
    let rounds = if usable.len() < 4 { usable.len() - 1 } else { usable.len() - 2 };
    let (mut tried, mut left_out): (Vec<Tried>, Vec<LeftOut>) = (Vec::new(), Vec::new());
    for candidate in Candidate::ALL {
        match predicted(candidate, &usable, rounds) {
            Ok(Some(risks)) => tried.push(Tried { candidate, risks }),
            Ok(None) => {}
            Err(error) => left_out.push(LeftOut { candidate, why: error.to_string() }),
        }
    }
    // Only what took part in all rounds can be compared over all of them.
    let (complete, partial): (Vec<Tried>, Vec<Tried>) =
        tried.into_iter().partition(|tried| tried.risks.len() == rounds);
    left_out.extend(partial.iter().map(|tried| LeftOut {
        candidate: tried.candidate,
        why: "too few earlier cutoffs in the oldest round".to_owned(),
    }));
    let mut candidates: Vec<CandidateEvidence> =
        complete.iter().map(|tried| tried.evidence(&usable, &params)).collect::<Result<_>>()?;
    candidates.sort_by(|a, b| a.log_loss.total_cmp(&b.log_loss));
    let Some(best) = candidates.first() else { return Ok(None) };
    let winner = best.candidate;
    let risks_of = |candidate: Candidate| {
        complete.iter().find(|t| t.candidate == candidate).map(|t| t.risks[0].as_slice())
    };
    let Some(risks) = risks_of(winner) else { return Ok(None) };
    let newest = newest(usable[0], risks, risks_of(Candidate::Hiatus), &params)?;
    let rounds = (0..rounds).map(|round| Round::of(&usable, round)).collect();
    Ok(Some(Backtest { params, rounds, candidates, left_out, winner, newest }))
}

impl Round {
    fn of(cutoffs: &[&Cutoff], round: usize) -> Self {
        let tested = cutoffs[round];
        let lost = tested.lost.iter().filter(|lost| **lost).count();
        Round {
            tested_on: tested.until,
            trained_on: trained_on(cutoffs, round).iter().map(|c| c.until).collect(),
            contacts: tested.lost.len(),
            lost: lost as f64 / tested.lost.len().max(1) as f64,
        }
    }
}

/// The cutoffs that a round learns from: the newest before it. Older ones tell of another time, and of
/// contacts too young to say much.
fn trained_on<'a, 'b>(cutoffs: &'a [&'b Cutoff], round: usize) -> &'a [&'b Cutoff] {
    let before = &cutoffs[round + 1..];
    &before[..before.len().min(TRAINED_ON)]
}

/// Risks of every round, newest first; fewer than there are rounds if the oldest could not be trained.
fn predicted(
    candidate: Candidate,
    cutoffs: &[&Cutoff],
    rounds: usize,
) -> Result<Option<Vec<Vec<f64>>>> {
    let mut risks = Vec::with_capacity(rounds);
    for round in 0..rounds {
        match fit(candidate, trained_on(cutoffs, round))? {
            Some(fitted) => risks.push(fitted.risks(cutoffs[round])?),
            None => break,
        }
    }
    Ok((!risks.is_empty()).then_some(risks))
}

struct Tried {
    candidate: Candidate,
    risks: Vec<Vec<f64>>,
}

impl Tried {
    fn evidence(&self, cutoffs: &[&Cutoff], params: &BacktestParams) -> Result<CandidateEvidence> {
        let risks = self.risks.concat();
        let labels = labels(&cutoffs[..self.risks.len()]);
        let by_round = self.risks.iter().zip(cutoffs);
        let by_round = by_round.map(|(risks, cutoff)| known(log_loss(&cutoff.lost, risks, None)?));
        Ok(CandidateEvidence {
            candidate: self.candidate,
            log_loss: known(log_loss(&labels, &risks, None)?)?,
            brier: known(brier(&labels, &risks, None)?)?,
            auc: auc(&labels, &risks, None)?,
            calibration_error: calibration_error(&labels, &risks, params)?,
            mean_risk: risks.iter().sum::<f64>() / risks.len().max(1) as f64,
            log_loss_by_round: by_round.collect::<Result<_>>()?,
            newest_auc: auc_estimate(&cutoffs[0].lost, &self.risks[0], params.level)?,
        })
    }
}

fn calibration_error(labels: &[bool], risks: &[f64], params: &BacktestParams) -> Result<f64> {
    known(expected_calibration_error(labels, risks, Binning::width(params.bins))?)
}

/// There are contacts, so there is a number.
fn known<T>(number: Option<T>) -> Result<T> {
    number.ok_or_else(|| crate::error::Error::internal("a backtest without contacts"))
}

fn newest(
    cutoff: &Cutoff,
    risks: &[f64],
    hiatus: Option<&[f64]>,
    params: &BacktestParams,
) -> Result<Newest> {
    let lost = &cutoff.lost;
    let against_hiatus = match hiatus {
        Some(hiatus) => compare_auc(lost, risks, hiatus, params.level)?,
        None => None,
    };
    Ok(Newest {
        log_loss: known(log_loss(lost, risks, None)?)?,
        brier: known(brier(lost, risks, None)?)?,
        brier_skill: brier_skill(lost, risks, None)?,
        auc: auc_estimate(lost, risks, params.level)?,
        calibration_error: calibration_error(lost, risks, params)?,
        calibration: calibration_curve(lost, risks, Binning::quantiles(params.bins), params.level)?,
        spiegelhalter: spiegelhalter(lost, risks)?,
        lift: lift_deciles(&events(lost), risks, Ties::Shared)?,
        against_hiatus,
    })
}
