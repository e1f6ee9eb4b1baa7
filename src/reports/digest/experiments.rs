//! Experiments that reached a verdict, or need more.

use super::super::{Block, Cell, Column, Section, Table};
use super::facts::{DigestFacts, ExperimentFacts, ExperimentStanding};

/// All experiments; `None` where there are none.
pub fn section(facts: &DigestFacts) -> Option<Section> {
    if facts.experiments.is_empty() {
        return None;
    }
    let with = |standing| facts.experiments.iter().filter(|e| e.standing == standing).count();
    let answer = format!(
        "{} decided, {} open, {} not to be trusted, {} not begun.",
        with(ExperimentStanding::Decided),
        with(ExperimentStanding::Open),
        with(ExperimentStanding::NotTrustworthy),
        with(ExperimentStanding::NotYet)
    );
    Some(Section {
        id: "experiments".to_owned(),
        heading: "Experiments".to_owned(),
        answer: Some(answer),
        blocks: vec![Block::Table(Table {
            name: "experiments".to_owned(),
            caption: "Experiments, and what to do".to_owned(),
            columns: vec![
                Column::text("Experiment"),
                Column::text("Standing"),
                Column::text("Before"),
                Column::text("What to do"),
                Column::text("What it shows"),
            ],
            rows: facts.experiments.iter().map(row).collect(),
        })],
    })
}

fn row(experiment: &ExperimentFacts) -> Vec<Cell> {
    vec![
        Cell::text(&*experiment.id),
        Cell::text(word(experiment.standing)),
        experiment
            .before
            .map_or_else(|| Cell::missing("not in the digest before"), |b| Cell::text(word(b))),
        Cell::text(&*experiment.recommendation),
        Cell::text(&*experiment.answer),
    ]
}

fn word(standing: ExperimentStanding) -> &'static str {
    match standing {
        ExperimentStanding::NotYet => "not begun",
        ExperimentStanding::Open => "open",
        ExperimentStanding::Decided => "decided",
        ExperimentStanding::NotTrustworthy => "not to be trusted",
    }
}
