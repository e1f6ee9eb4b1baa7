//! Segments as tables and lines.

use crate::error::Result;
use crate::pipeline::segments::{Kind, Listed, Look, Shown, Standing, Trial};
use crate::reports::{Cell, Column, Table, number};
use crate::segments::rules::Evidence;
use crate::segments::rules::starters::Starter;
use crate::workspace::registry::{Decision, Verdict, Version};

/// All segments, one a row.
pub fn list(listed: &[Listed], as_of: &str) -> Table {
    let columns = ["Segment", "Name", "Made by", "Standing"].map(Column::text).into_iter();
    let numbers = ["Version", "Contacts", "Share"].map(Column::number);
    Table {
        name: "segments".to_owned(),
        caption: format!("Segments as of {as_of}"),
        columns: columns.chain(numbers).collect(),
        rows: listed.iter().map(row).collect(),
    }
}

fn row(listed: &Listed) -> Vec<Cell> {
    let why = listed.why_not.clone().unwrap_or_default();
    vec![
        Cell::Id(listed.id.clone()),
        Cell::text(listed.name.clone()),
        Cell::text(kind(listed.kind)),
        Cell::text(standing(listed.standing)),
        listed.version.map_or(Cell::missing("not accepted"), |v| Cell::Count(u64::from(v))),
        listed.size.map_or(Cell::missing(why.clone()), |size| Cell::Count(size as u64)),
        listed.share.map_or(Cell::missing(why), |value| Cell::Percent { value, decimals: 1 }),
    ]
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Rule => "rule",
        Kind::Discovered => "discovered",
        Kind::Gone => "no longer there",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Accepted => "accepted",
        Standing::Changed => "changed since accepted",
        Standing::Rejected => "rejected",
    }
}

/// One decision.
pub fn decided(id: &str, name: &str, verdict: &str, version: Option<&Version>) -> Table {
    let none = || Cell::missing("no version");
    Table {
        name: "decision".to_owned(),
        caption: "What was decided".to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::text("Name"),
            Column::text("Decision"),
            Column::number("Version"),
            Column::number("Contacts"),
            Column::text("As of"),
        ],
        rows: vec![vec![
            Cell::Id(id.to_owned()),
            Cell::text(name),
            Cell::text(verdict),
            version.map_or_else(none, |v| Cell::Count(u64::from(v.version))),
            version.map_or_else(none, |v| Cell::Count(v.size)),
            version.map_or_else(none, |v| Cell::text(v.as_of.clone())),
        ]],
    }
}

/// What a segment is, in lines.
pub fn heading(shown: &Shown) -> String {
    let Listed { id, name, .. } = &shown.listed;
    let mut lines = vec![format!("{name} ({id})")];
    lines.extend(shown.description.clone());
    let of = match (shown.listed.size, shown.listed.share) {
        (Some(size), Some(share)) => {
            format!("{} contacts, {}", number::count(size as u64), number::percent(share, 1))
        }
        _ => format!("not evaluated: {}", shown.listed.why_not.as_deref().unwrap_or_default()),
    };
    let (made, stands) = (kind(shown.listed.kind), standing(shown.listed.standing));
    lines.push(format!("{made}, {stands}; {of}"));
    lines.extend(shown.words.clone());
    for p in &shown.percentiles {
        lines.push(percentile(&p.feature, p.percentile, p.value, p.of));
    }
    lines.join("\n")
}

fn percentile(feature: &str, percentile: u8, value: f64, of: usize) -> String {
    let of = number::count(of as u64);
    format!("p{percentile} of {feature} is {value}, among {of} contacts with a value")
}

/// What was decided on a segment, the first first.
pub fn history(shown: &Shown) -> Table {
    let row = |decision: &Decision| {
        let verdict = match decision.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Rejected => "rejected",
            Verdict::Renamed => "renamed",
        };
        let version = shown.history.versions.iter().find(|v| Some(v.version) == decision.version);
        let said = |text: &Option<String>| match text {
            Some(text) => Cell::text(text.clone()),
            None => Cell::missing("not said"),
        };
        vec![
            Cell::text(decision.recorded_at.clone()),
            Cell::text(verdict),
            decision.version.map_or(Cell::missing("none"), |v| Cell::Count(u64::from(v))),
            Cell::text(decision.name.clone()),
            version.map_or(Cell::missing("none"), |v| Cell::text(v.as_of.clone())),
            version.map_or(Cell::missing("none"), |v| Cell::Count(v.size)),
            said(&decision.author),
            said(&decision.note),
        ]
    };
    Table {
        name: "history".to_owned(),
        caption: "What was decided".to_owned(),
        columns: vec![
            Column::text("Recorded"),
            Column::text("Decision"),
            Column::number("Version"),
            Column::text("Name"),
            Column::text("As of"),
            Column::number("Contacts"),
            Column::text("Author"),
            Column::text("Note"),
        ],
        rows: shown.history.decisions.iter().map(row).collect(),
    }
}

/// A rule and its sample, in lines.
pub fn look(look: &Look) -> String {
    let mut lines = vec![format!("{} ({}), as of {}", look.name, look.id, look.as_of)];
    lines.push(look.words.clone());
    for p in &look.reading.percentiles {
        lines.push(percentile(&p.feature, p.percentile, p.value, p.of));
    }
    if let Some(sample) = &look.sample {
        lines.push(format!(
            "\nSample: {} of {} contacts, {} ({} to {} with 95% confidence)",
            number::count(sample.members),
            number::count(sample.contacts),
            number::percent(sample.share.point, 1),
            number::percent(sample.share.low, 1),
            number::percent(sample.share.high, 1),
        ));
    }
    lines.join("\n")
}

/// How many a rule selects, and how many are in nothing, in lines.
pub fn size(trial: &Trial) -> String {
    let count = |of: usize| number::count(of as u64);
    let none = trial.in_none as f64 / trial.contacts as f64;
    let near = trial.near_misses.as_ref().map(|near| {
        let contacts = number::count(near.contacts);
        format!("{contacts} contacts would belong if one test came out the other way.\n")
    });
    format!(
        "All:    {} of {} contacts, {}\n{}{} contacts, {}, are in no segment by rule and in no \
         accepted one.",
        count(trial.size),
        count(trial.contacts),
        number::percent(trial.share, 1),
        near.unwrap_or_default(),
        count(trial.in_none),
        number::percent(none, 1),
    )
}

/// Some members, and what brought them in.
pub fn members(trial: &Trial) -> Table {
    evidence("members", "Some who belong, and why", &trial.members)
}

/// Some who nearly belong, and what keeps them out.
pub fn near_misses(trial: &Trial) -> Table {
    let shown = trial.near_misses.as_ref().map_or(&[][..], |near| &near.shown);
    evidence("near-misses", "Some who miss by one test, and by which", shown)
}

fn evidence(name: &str, caption: &str, evidence: &[Evidence]) -> Table {
    let rows = evidence.iter().flat_map(|one| {
        one.because.iter().map(|reason| {
            vec![
                Cell::Id(one.contact_id.clone()),
                Cell::text(reason.test.clone()),
                Cell::text(reason.found.clone()),
            ]
        })
    });
    Table {
        name: name.to_owned(),
        caption: caption.to_owned(),
        columns: ["Contact", "Test", "Found"].map(Column::text).into(),
        rows: rows.collect(),
    }
}

/// What a rule has in common with the other segments.
pub fn overlaps(look: &Look, trial: &Trial) -> Table {
    let share = |share: Option<f64>| match share {
        Some(value) => Cell::Percent { value, decimals: 1 },
        None => Cell::missing("nobody"),
    };
    let rows = trial.overlaps.iter().map(|other| {
        vec![
            Cell::Id(other.id.clone()),
            Cell::text(other.name.clone()),
            Cell::text(kind(other.kind)),
            Cell::Count(other.size as u64),
            Cell::Count(other.in_both as u64),
            share(other.share),
            match other.jaccard {
                Some(value) => Cell::Number { value, decimals: 3 },
                None => Cell::missing("nobody in either"),
            },
        ]
    });
    Table {
        name: "overlaps".to_owned(),
        caption: format!("What {} has in common with other segments", look.id),
        columns: vec![
            Column::text("Segment"),
            Column::text("Name"),
            Column::text("Made by"),
            Column::number("Contacts"),
            Column::number("In both"),
            Column::number("Share of this"),
            Column::number("Jaccard"),
        ],
        rows: rows.collect(),
    }
}

/// The rules to begin with, one a row.
pub fn starters(starters: &[Starter]) -> Result<Table> {
    let row = |starter: &Starter| {
        let rule = starter.rule()?;
        Ok(vec![
            Cell::Id(starter.id.to_owned()),
            Cell::text(rule.name.unwrap_or_default()),
            Cell::text(rule.description.unwrap_or_default()),
        ])
    };
    Ok(Table {
        name: "starters".to_owned(),
        caption: "Rules to begin with".to_owned(),
        columns: ["Segment", "Name", "Description"].map(Column::text).into(),
        rows: starters.iter().map(row).collect::<Result<_>>()?,
    })
}
