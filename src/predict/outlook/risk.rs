//! The risk of every contact, by the way that won the backtest.

use serde::Serialize;

use crate::error::Result;

use super::super::churn::{
    Backtest, BacktestParams, Candidate, Cutoff, FittedCandidate, TRAINED_ON, backtest, fit,
};

/// The way to a risk that is used, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskModel {
    pub used: Candidate,
    /// One sentence.
    pub why: String,
    pub backtest: Option<Backtest>,
}

/// Tries all ways on the closed cutoffs (newest first) and trains the best on the newest of them. Without
/// a backtest, or should the winner fail, `fallback` is used as it is, and the sentence says so.
pub(in super::super) fn risk_model(
    closed: &[&Cutoff],
    fallback: Candidate,
    horizon: u32,
) -> Result<(RiskModel, Option<FittedCandidate>)> {
    let proven = backtest(closed, BacktestParams::default())?;
    let Some(proven) = proven else {
        let why = format!(
            "not proven: a backtest needs two closed horizons of {horizon} days with contacts lost and kept, and \
             there {} {}",
            if closed.len() == 1 { "is" } else { "are" },
            closed.len()
        );
        let fitted = fit(fallback, closed)?;
        return Ok((RiskModel { used: fallback, why, backtest: None }, fitted));
    };
    let train = &closed[..closed.len().min(TRAINED_ON)];
    let fitted = fit(proven.winner, train)?;
    let why = sentence(&proven);
    let used = proven.winner;
    Ok((RiskModel { used, why, backtest: Some(proven) }, fitted))
}

fn sentence(proven: &Backtest) -> String {
    let contacts: usize = proven.rounds.iter().map(|round| round.contacts).sum();
    let rounds = match proven.rounds.len() {
        1 => "one round".to_owned(),
        several => format!("{several} rounds"),
    };
    let baseline = proven.candidates.iter().find(|c| c.candidate.is_baseline());
    let best = proven.candidates.first().map_or(f64::NAN, |c| c.log_loss);
    if proven.winner.is_baseline() {
        return format!(
            "the {} has the smallest log loss ({best:.4}) in {rounds} over {contacts} contacts: no model did \
             better, so it is used",
            proven.winner.title()
        );
    }
    let against = baseline.map_or(String::new(), |b| {
        format!(", against {:.4} of the best baseline ({})", b.log_loss, plain(b.candidate))
    });
    format!(
        "the {} has the smallest log loss ({best:.4}) in {rounds} over {contacts} contacts{against}",
        proven.winner.title()
    )
}

fn plain(candidate: Candidate) -> &'static str {
    candidate.title().trim_start_matches("baseline: ")
}
