//! Every way to a risk, how good it was, and on which days.

use super::evidence::Event;
use super::shown::{day, decimal, interval, percent};
use crate::predict::churn::{Backtest, CandidateEvidence, LeftOut, Round};
use crate::predict::outlook::RiskModel;
use crate::reports::{Cell, Column, Table, number};

pub fn table(risk: &RiskModel, backtest: &Backtest, event: &Event) -> Table {
    let row = |candidate: &CandidateEvidence| {
        const TIED: &str = "it says the same of everybody";
        let verdict = match candidate.candidate {
            used if used == risk.used && used.is_baseline() => "used, though a baseline",
            used if used == risk.used => "used",
            other if other.is_baseline() => "baseline",
            _ => "not used: a larger log loss",
        };
        let newest = candidate.newest_auc.as_ref();
        vec![
            Cell::text(candidate.candidate.title()),
            decimal(candidate.log_loss, 4),
            decimal(candidate.brier, 4),
            newest.map_or(Cell::missing(TIED), |auc| decimal(auc.point, 3)),
            newest.map_or(Cell::missing(TIED), |auc| interval(auc, 3)),
            percent(candidate.calibration_error),
            percent(candidate.mean_risk),
            Cell::text(verdict),
        ]
    };
    let level = number::percent(backtest.params.level, 0);
    Table {
        name: format!("{}-candidates", event.prefix),
        caption: "Every way to a risk, over all rounds but where it says otherwise, the best first"
            .to_owned(),
        columns: vec![
            Column::text("Way"),
            Column::number("Log loss"),
            Column::number("Brier"),
            Column::number("AUC, newest round"),
            Column::number(format!("{level} interval")),
            Column::number("Calibration error"),
            Column::number("Mean risk"),
            Column::text("Verdict"),
        ],
        rows: backtest.candidates.iter().map(row).collect(),
    }
}

pub fn rounds(backtest: &Backtest, event: &Event) -> Table {
    let row = |round: &Round| {
        let trained: Vec<String> = round.trained_on.iter().map(|d| day(*d)).collect();
        vec![
            Cell::text(day(round.tested_on)),
            Cell::text(trained.join(", ")),
            Cell::Count(round.contacts as u64),
            percent(round.lost),
        ]
    };
    Table {
        name: format!("{}-rounds", event.prefix),
        caption: "Rounds: nothing after the day tested on was known".to_owned(),
        columns: vec![
            Column::text("Tested on the days after"),
            Column::text("Trained on the days after"),
            Column::number("Contacts"),
            Column::number(format!("Share with {}", event.words)),
        ],
        rows: backtest.rounds.iter().map(row).collect(),
    }
}

pub fn losses(backtest: &Backtest, event: &Event) -> Table {
    let mut columns = vec![Column::text("Way")];
    columns.extend(backtest.rounds.iter().map(|round| Column::number(day(round.tested_on))));
    let row = |candidate: &CandidateEvidence| {
        let losses = candidate.log_loss_by_round.iter().map(|loss| decimal(*loss, 4));
        std::iter::once(Cell::text(candidate.candidate.title())).chain(losses).collect()
    };
    Table {
        name: format!("{}-losses", event.prefix),
        caption: "Log loss by round".to_owned(),
        columns,
        rows: backtest.candidates.iter().map(row).collect(),
    }
}

pub fn left_out(left_out: &[LeftOut], event: &Event) -> Table {
    let row = |one: &LeftOut| vec![Cell::text(one.candidate.title()), Cell::text(&*one.why)];
    Table {
        name: format!("{}-left-out", event.prefix),
        caption: "Ways that were left out".to_owned(),
        columns: vec![Column::text("Way"), Column::text("Why")],
        rows: left_out.iter().map(row).collect(),
    }
}
