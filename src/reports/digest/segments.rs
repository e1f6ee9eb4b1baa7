//! Sizes, moves and stays.

use crate::segments::refresh::{Migration, SegmentSize, Sizes, Survival};

use super::super::{
    Block, Cell, Chart, Column, Figure, MigrationMatrix, Section, SegmentLine, SizesOverTime,
    SurvivalCurves, SurvivalLine, SurvivalPoint as SurvivalStep, Table, number,
};
use super::facts::DigestFacts;

/// Segments that one figure of sizes shows, the largest.
const MOST_LINES: usize = 12;
/// Refreshes that it shows, the newest.
const MOST_DATES: usize = 60;
/// Segments whose stays are drawn.
const MOST_CURVES: usize = 8;

/// How large the segments are, and how they came to be so.
pub fn section(facts: &DigestFacts) -> Section {
    let beyond = facts.sizes.0.iter().filter(|s| s.is_beyond_noise).count();
    let answer = match facts.since {
        None => format!("{} segments are kept current.", facts.sizes.0.len()),
        Some(_) => format!(
            "{beyond} of {} segments grew or shrank beyond noise; {} of {} contacts are new.",
            facts.sizes.0.len(),
            number::count(facts.new_contacts),
            number::count(facts.contacts)
        ),
    };
    let method = "Everybody is scored by the stored models and rules; nothing is fitted. A segment grew or shrank \
                  beyond noise if its entries and exits are more unequal than chance would make them in 1 of 20 \
                  cases, over all segments together (McNemar’s exact test, Holm’s adjustment). Entries and exits by a \
                  change of definition are shown apart, and not tested.";
    Section {
        id: "segments".to_owned(),
        heading: "Segments".to_owned(),
        answer: Some(answer),
        blocks: vec![
            Block::Figure(over_time(facts)),
            Block::Table(table(&facts.sizes)),
            Block::Method(method.to_owned()),
        ],
    }
}

/// All tracked segments, with entries and exits.
pub fn table(sizes: &Sizes) -> Table {
    Table {
        name: "segment-sizes".to_owned(),
        caption: "Segments, and who came and went".to_owned(),
        columns: vec![
            Column::text("Id"),
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Share"),
            Column::number("Before"),
            Column::number("Entered"),
            Column::number("Left"),
            Column::number("First seen or redefined"),
            Column::number("p, adjusted"),
            Column::text("Beyond noise"),
        ],
        rows: sizes.0.iter().map(row).collect(),
    }
}

fn row(size: &SegmentSize) -> Vec<Cell> {
    let not_tested = || Cell::missing("not tested: no refresh before, or another definition");
    vec![
        Cell::Id(size.segment.id.clone()),
        Cell::text(&*size.segment.name),
        Cell::Count(size.size),
        Cell::Percent { value: size.share, decimals: 1 },
        size.before.map_or_else(|| Cell::missing("not tracked then"), Cell::Count),
        Cell::Count(size.entered),
        Cell::Count(size.left),
        Cell::Count(size.by_definition),
        size.p_adjusted.map_or_else(not_tested, Cell::PValue),
        match size.p_adjusted {
            None => not_tested(),
            Some(_) => Cell::text(if size.is_beyond_noise { "yes" } else { "no" }),
        },
    ]
}

fn over_time(facts: &DigestFacts) -> Figure {
    let mut order: Vec<&SegmentSize> = facts.sizes.0.iter().collect();
    order.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.segment.id.cmp(&b.segment.id)));
    let shown = &facts.history[facts.history.len().saturating_sub(MOST_DATES)..];
    let line = |size: &&SegmentSize| SegmentLine {
        id: size.segment.id.clone(),
        name: size.segment.name.clone(),
        sizes: shown
            .iter()
            .map(|on| on.sizes.iter().find(|(id, _)| *id == size.segment.id).map(|(_, n)| *n))
            .collect(),
        is_beyond_noise: size.is_beyond_noise,
    };
    let left_out = match order.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        rest => format!(" The {rest} smallest segments are in the table."),
    };
    Figure {
        name: "segment-sizes-over-time".to_owned(),
        title: "Segment sizes over time".to_owned(),
        caption: format!(
            "Contacts in each segment at every refresh. Segments that grew or shrank beyond noise since the last \
             digest stand out.{left_out}"
        ),
        chart: Chart::SizesOverTime(SizesOverTime {
            dates: shown.iter().map(|on| on.date).collect(),
            segments: order.iter().take(MOST_LINES).map(line).collect(),
        }),
    }
}

/// Who went where at the last refresh.
pub fn moves(facts: &DigestFacts) -> Option<Section> {
    let migration = facts.migration.as_ref()?;
    let name = |id: &String| -> String {
        let known = facts.sizes.0.iter().find(|s| s.segment.id == *id);
        match (known, id.as_str()) {
            (Some(size), _) => size.segment.name.clone(),
            (None, Migration::NONE) => "No segment".to_owned(),
            (None, Migration::NEW) => "New contact".to_owned(),
            (None, Migration::GONE) => "Gone".to_owned(),
            (None, id) => id.to_owned(),
        }
    };
    let waiting = match facts.damped {
        0 => "No move waits.".to_owned(),
        damped => format!(
            "{} more stand nearer to another segment, and wait until that is clear or lasting.",
            number::count(damped)
        ),
    };
    let caption = "Rows: where contacts were; columns: where they are. The diagonal is who stayed.";
    let figure = Figure {
        name: "migration".to_owned(),
        title: format!("Moves between segments since {}", migration.since),
        caption: caption.to_owned(),
        chart: Chart::MigrationMatrix(MigrationMatrix {
            from: migration.from.iter().map(name).collect(),
            to: migration.to.iter().map(name).collect(),
            counts: migration.counts.clone(),
            from_total: migration.counts.iter().map(|row| row.iter().sum()).collect(),
        }),
    };
    Some(Section {
        id: "moves".to_owned(),
        heading: "Moves".to_owned(),
        answer: Some(format!(
            "{} contacts moved between discovered segments since {}. {waiting}",
            number::count(migration.moved()),
            migration.since
        )),
        blocks: vec![
            Block::Figure(figure),
            Block::Method(
                "A contact moves to the segment with the nearest centre if that is nearer by the margin, or has been \
                 the nearest at so many refreshes in a row; [refresh] sets both."
                    .to_owned(),
            ),
        ],
    })
}

/// How long contacts stay.
pub fn stays(facts: &DigestFacts) -> Option<Section> {
    let seen: Vec<(&str, &Survival)> = facts
        .survival
        .iter()
        .filter_map(|s| Some((s.name.as_str(), s.survival.as_ref().filter(|s| s.left > 0)?)))
        .collect();
    if seen.is_empty() {
        return None;
    }
    let median = |(name, survival): &(&str, &Survival)| match survival.median_days {
        Some(days) => format!("half of those who enter {name} leave it within {days} days"),
        None => format!("more than half of those who enter {name} stay"),
    };
    let answers: Vec<String> = seen.iter().take(3).map(median).collect();
    let mut answer = answers.join("; ");
    if let Some(first) = answer.get(..1) {
        answer = format!("{}{}.", first.to_uppercase(), &answer[1..]);
    }
    let level = number::percent(seen.first().map_or(0.95, |(_, s)| s.level), 0);
    Some(Section {
        id: "stays".to_owned(),
        heading: "How long contacts stay".to_owned(),
        answer: Some(answer),
        blocks: vec![
            Block::Figure(Figure {
                name: "survival".to_owned(),
                title: "Share of contacts still in the segment".to_owned(),
                caption: format!("Days since the entry; bands are {level} intervals."),
                chart: Chart::SurvivalCurves(SurvivalCurves {
                    unit: "days since entry".to_owned(),
                    segments: seen.iter().take(MOST_CURVES).map(curve).collect(),
                }),
            }),
            Block::Method(
                "Kaplan and Meier’s estimate with Greenwood’s variance, of contacts whose entry was seen. Those who \
                 were there at the first refresh are not among them."
                    .to_owned(),
            ),
        ],
    })
}

fn curve((name, survival): &(&str, &Survival)) -> SurvivalLine {
    let step = |p: &crate::segments::refresh::SurvivalPoint| SurvivalStep {
        time_days: f64::from(p.days),
        share: p.share,
        low: p.low,
        high: p.high,
        at_risk: p.at_risk,
    };
    SurvivalLine { name: (*name).to_owned(), points: survival.points.iter().map(step).collect() }
}
