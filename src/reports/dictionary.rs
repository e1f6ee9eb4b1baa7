//! The data dictionary as a section: what every feature is, and how many contacts have it.

use crate::features::{FeatureSpec, Unit};

use super::number;
use super::{Block, Cell, Column, Section, Table};

/// The features of a report.
pub struct Dictionary {
    pub specs: Vec<FeatureSpec>,
    /// Share of contacts that have a value, by name.
    pub coverage: Vec<(String, f64)>,
}

/// The last section: one row a feature.
pub fn section(dictionary: &Dictionary) -> Section {
    let full = dictionary.coverage.iter().filter(|(_, share)| *share >= 1.0).count();
    Section {
        id: "dictionary".to_owned(),
        heading: "What the features are".to_owned(),
        answer: Some(format!(
            "{} features are computed for every contact; {} of them have a value for everybody.",
            number::count(dictionary.specs.len() as u64),
            number::count(full as u64)
        )),
        blocks: vec![Block::Folded(table(dictionary))],
    }
}

fn table(dictionary: &Dictionary) -> Table {
    let row = |spec: &FeatureSpec| {
        let share = dictionary.coverage.iter().find(|(name, _)| *name == spec.name);
        vec![
            Cell::Id(spec.name.clone()),
            Cell::text(&*spec.meaning),
            Cell::text(unit(spec.unit)),
            Cell::text(spec.window_days.map_or("all".to_owned(), |days| format!("{days} days"))),
            share.map_or(Cell::missing("not a number"), |(_, value)| Cell::Percent {
                value: *value,
                decimals: 1,
            }),
            Cell::text(spec.missing.words()),
            Cell::text(spec.formula.clone()),
        ]
    };
    Table {
        name: "dictionary".to_owned(),
        caption: "The data dictionary".to_owned(),
        columns: vec![
            Column::text("Feature"),
            Column::text("Meaning"),
            Column::text("Unit"),
            Column::text("Window"),
            Column::number("Contacts with a value"),
            Column::text("Missing"),
            Column::text("Formula"),
        ],
        rows: dictionary.specs.iter().map(row).collect(),
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Days => "days",
        Unit::MinorUnits => "minor units of money",
        Unit::Share => "share",
        Unit::Hour => "hour of the day",
        Unit::Seconds => "seconds",
        Unit::Trend => "-1 to 1",
        Unit::Bits => "bits",
        Unit::Flag => "1 or 0",
        Unit::Number => "number",
        Unit::Label => "word",
    }
}
