//! Rules that find the segments' members.

use super::shown::titled;
use crate::features::FeatureSpec;
use crate::reports::{Block, Cell, Column, Section, Table, number};
use crate::segments::explain::{FoundRule, RuleOutcome};
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;

pub fn section(proposal: &Proposal, specs: &[FeatureSpec]) -> Section {
    let with = proposal.segments.iter().filter(|s| s.rule.is_some()).count();
    Section {
        id: "rules".to_owned(),
        heading: "Rules that find them".to_owned(),
        answer: Some(format!(
            "{with} of {} segments can be described by a short rule.",
            proposal.segments.len()
        )),
        blocks: vec![
            Block::Table(rules_table(proposal, specs)),
            Block::Folded(statements_table(proposal)),
            Block::Method(
                "A shallow decision tree, one segment against all others, on 70 % of the contacts; \
                 pruned and rounded, then measured anew on the other 30 % (Wilson intervals, 95 %) and \
                 counted on all. The rule describes a segment; membership is the model's. Run the \
                 statement over features.parquet under the name `features` in any engine."
                    .to_owned(),
            ),
        ],
    }
}

fn found(segment: &SegmentProfile) -> Option<&FoundRule> {
    segment.explanation.as_ref()?.rule.found()
}

fn rules_table(proposal: &Proposal, specs: &[FeatureSpec]) -> Table {
    let row = |s: &SegmentProfile| match (&s.rule, found(s)) {
        (Some(rule), Some(found)) => vec![
            Cell::text(titled(s)),
            Cell::text(rule.words(specs)),
            with_interval(&found.precision),
            with_interval(&found.recall),
            Cell::Count(found.held_out.contacts as u64),
            Cell::Count(found.all.selected as u64),
        ],
        _ => {
            let why = match s.explanation.as_ref().map(|e| &e.rule) {
                Some(RuleOutcome::NotFound(why)) => why.words(),
                _ => "not looked for".to_owned(),
            };
            let mut cells = vec![Cell::text(titled(s)), Cell::text(format!("No rule: {why}"))];
            cells.extend((0..4).map(|_| Cell::missing("no rule")));
            cells
        }
    };
    Table {
        name: "rules".to_owned(),
        caption: "Rules, and how well they do on contacts they were not learnt from".to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::text("Rule"),
            Column::text("Precision"),
            Column::text("Recall"),
            Column::number("Held out").unit("contacts"),
            Column::number("Selects").unit("of all contacts"),
        ],
        rows: proposal.segments.iter().map(row).collect(),
    }
}

fn with_interval(estimate: &crate::estimate::Estimate) -> Cell {
    Cell::text(format!(
        "{} ({} to {})",
        number::percent(estimate.point, 1),
        number::percent(estimate.low, 1),
        number::percent(estimate.high, 1)
    ))
}

fn statements_table(proposal: &Proposal) -> Table {
    let with = proposal.segments.iter().filter_map(|s| Some((s, s.rule_sql.as_ref()?)));
    let row = |(s, sql): (&SegmentProfile, &String)| {
        vec![
            Cell::text(titled(s)),
            Cell::text(sql.split_whitespace().collect::<Vec<_>>().join(" ")),
        ]
    };
    Table {
        name: "rule-statements".to_owned(),
        caption: "The rules as SQL".to_owned(),
        columns: vec![Column::text("Segment"), Column::text("Statement")],
        rows: with.map(row).collect(),
    }
}
