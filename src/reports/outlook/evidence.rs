//! How far a risk can be trusted: every way to it, on days that it had not seen.

use super::shown::{count, day, sentence};
use super::{figure, newest, notice, ways};
use crate::predict::churn::{Backtest, Candidate, Newest};
use crate::predict::evidence::{AucComparison, CalibrationBin, CalibrationCurve, LiftDecile};
use crate::predict::outlook::{Outlook, RiskModel};
use crate::reports::{
    Block, CalibrationDot, CalibrationPlot, Chart, LiftByTenth, LiftTenth, Section, Severity,
    number,
};

pub fn section(outlook: &Outlook) -> Section {
    let event = Event {
        prefix: "outlook",
        words: format!("no order within {} days", outlook.horizon.days),
        since: "days since the last order",
    };
    Section {
        id: "outlook-evidence".to_owned(),
        heading: "How far the risk of churn can be trusted".to_owned(),
        answer: Some(answer(&outlook.risk, &event)),
        blocks: blocks(&outlook.risk, &event),
    }
}

/// What is predicted, as names of tables and sentences need it.
pub struct Event {
    /// Beginning of the names of tables and figures.
    pub prefix: &'static str,
    /// "no order within 90 days"; it begins with "no".
    pub words: String,
    /// What the baseline of time alone goes by.
    pub since: &'static str,
}

/// What was said of the newest day, and what came.
pub fn answer(risk: &RiskModel, event: &Event) -> String {
    let Some(backtest) = &risk.backtest else { return sentence(&risk.why) };
    let (Some(round), Some(curve)) = (backtest.rounds.first(), &backtest.newest.calibration) else {
        return sentence(&risk.why);
    };
    let ranking = match backtest.newest.lift.as_deref() {
        Some([first, .., last]) => format!(
            " In the tenth at the highest risk {} had none, in the tenth at the lowest {}.",
            number::percent(first.rate, 1),
            number::percent(last.rate, 1)
        ),
        _ => String::new(),
    };
    format!(
        "At the end of {}, {} of {} contacts were expected to have {}; {} had none.{ranking}",
        day(round.tested_on),
        number::percent(curve.mean_predicted, 1),
        count(round.contacts),
        event.words,
        number::percent(curve.observed, 1)
    )
}

/// Pictures, tables and method; without a backtest a notice that there is none.
pub fn blocks(risk: &RiskModel, event: &Event) -> Vec<Block> {
    let Some(backtest) = &risk.backtest else {
        return vec![notice(
            Severity::Warning,
            &format!("The {} is used, and it is not proven.", risk.used.title()),
            Some("A longer history, or a shorter horizon, gives days to test on."),
        )];
    };
    let last = &backtest.newest;
    let mut blocks = vec![Block::Text(sentence(&format!("used: {}", risk.why)))];
    blocks.extend(against_time(risk.used, last, event).map(Block::Text));
    blocks.extend(last.calibration.as_ref().map(|c| calibration(c, backtest, event)));
    blocks.extend(last.lift.as_ref().map(|tenths| lift(tenths, backtest, event)));
    blocks.push(Block::Table(ways::table(risk, backtest, event)));
    blocks.push(Block::Table(newest::table(backtest, event)));
    blocks.push(Block::Table(ways::rounds(backtest, event)));
    blocks.push(Block::Folded(ways::losses(backtest, event)));
    if !backtest.left_out.is_empty() {
        blocks.push(Block::Folded(ways::left_out(&backtest.left_out, event)));
    }
    blocks.push(Block::Method(method(backtest, event)));
    blocks
}

fn against_time(used: Candidate, newest: &Newest, event: &Event) -> Option<String> {
    if used == Candidate::Hiatus {
        return Some(format!("It is the {} alone: no model does better.", event.since));
    }
    let AucComparison { first, second, difference, p, .. } = newest.against_hiatus.as_ref()?;
    Some(format!(
        "Against {} alone: of two contacts, one lost and one not, it puts the lost one at the higher risk \
         in {} of cases, and {} alone in {}: a difference of {} percentage points ({} interval {} to {}; \
         paired DeLong test, {}).",
        event.since,
        number::percent(*first, 1),
        event.since,
        number::percent(*second, 1),
        number::signed(difference.point * 100.0, 1),
        number::percent(difference.level, 0),
        number::signed(difference.low * 100.0, 1),
        number::signed(difference.high * 100.0, 1),
        p.map_or("no variance to test".to_owned(), number::p_value)
    ))
}

/// The newest day that was predicted.
pub fn tested_on(backtest: &Backtest) -> String {
    backtest.rounds.first().map_or_else(String::new, |round| day(round.tested_on))
}

fn calibration(curve: &CalibrationCurve, backtest: &Backtest, event: &Event) -> Block {
    let dot = |bin: &CalibrationBin| CalibrationDot {
        contacts: bin.rows,
        predicted: bin.mean_predicted,
        observed: bin.observed.point,
        interval: Some((bin.observed.low, bin.observed.high)),
    };
    figure(
        &format!("{}-calibration", event.prefix),
        "Do the risks come true?",
        &format!(
            "Contacts with like risks at the end of {}, which the model had not seen: mean predicted risk, \
             and the share of whom it came true.",
            tested_on(backtest)
        ),
        Chart::CalibrationPlot(CalibrationPlot {
            event: event.words.clone(),
            level: backtest.params.level,
            dots: curve.bins.iter().map(dot).collect(),
        }),
    )
}

fn lift(tenths: &[LiftDecile], backtest: &Backtest, event: &Event) -> Block {
    let tenth = |tenth: &LiftDecile| LiftTenth {
        contacts: tenth.contacts,
        rate: tenth.rate,
        lift: tenth.lift,
        captured: tenth.cumulative_share,
    };
    let overall = backtest.rounds.first().map_or(f64::NAN, |round| round.lost);
    figure(
        &format!("{}-lift", event.prefix),
        "Are the contacts at the highest risk the ones who are lost?",
        &format!(
            "Tenths of the contacts by risk at the end of {}, and the share of whom it came true; below it \
             the share of all lost contacts that is found in the first tenths.",
            tested_on(backtest)
        ),
        Chart::LiftByTenth(LiftByTenth {
            event: event.words.clone(),
            overall,
            tenths: tenths.iter().map(tenth).collect(),
        }),
    )
}

fn method(backtest: &Backtest, event: &Event) -> String {
    format!(
        "Every way to a risk is trained on what was known at the end of earlier days and then tested on who \
         had {} after a later one. The smallest log loss over all rounds wins, baselines included; the \
         winner is then trained once more on the newest days that are over. Log loss: mean −ln of the \
         probability given to what came. Brier: mean squared error of the risks (1950). AUC: area under \
         the ROC curve, with DeLong’s interval (1988). Calibration error: mean distance of predicted and \
         observed shares in {} bins of equal width, weighted by contacts; the picture’s bins hold about as \
         many contacts each, with Wilson’s intervals. Slope and intercept: Cox 1958. In the tenths, \
         contacts with the same risk are shared out.",
        event.words, backtest.params.bins
    )
}
