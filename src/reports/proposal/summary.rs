//! What there is and what to do first, on one page.

use super::figure;
use super::shown::{lift, major_money_cell, money_cell, outlook_of, ranked, titled};
use crate::predict::outlook::GroupOutlook;
use crate::reports::{
    Block, Cell, Chart, Column, MapSegment, Notice, Section, SegmentMap, SegmentSize, SegmentSizes,
    Severity, Table, number,
};
use crate::segments::choice::WEAK_SILHOUETTE;
use crate::segments::map::Map;
use crate::segments::matching::Continuity;
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;
use crate::segments::verdict::Structure;

/// Plays described in the summary.
const FIRST: usize = 3;

/// The proposal in one sentence.
pub fn answer(proposal: &Proposal) -> String {
    let contacts = number::count(proposal.contacts as u64);
    if proposal.structure.is_none() {
        return format!(
            "There is no structure worth segmenting: the {contacts} contacts differ by degrees, not in \
             groups."
        );
    }
    if proposal.segments.len() == 1 {
        return format!("All contacts ({contacts}) are one segment: see below why.");
    }
    let start = format!("{contacts} contacts fall into {} segments", proposal.segments.len());
    let by_revenue = |s: &&SegmentProfile| s.revenue_minor;
    match proposal.segments.iter().max_by_key(by_revenue) {
        Some(top) if top.revenue_share.is_some() => format!(
            "{start}; “{}” is {} of them and brings {} of the revenue.",
            top.name,
            number::percent(top.share, 0),
            number::percent(top.revenue_share.unwrap_or(0.0), 0)
        ),
        _ => format!("{start}; there is no revenue in the data to weigh them by."),
    }
}

pub fn section(proposal: &Proposal, outlooks: Option<&[GroupOutlook]>) -> Section {
    let mut blocks = notices(proposal);
    if proposal.segments.len() > 1 {
        let first = ranked(proposal).into_iter().take(FIRST);
        blocks.extend(first.map(|s| Block::Text(suggestion(s))));
        blocks.extend(proposal.map.as_ref().map(|map| map_figure(proposal, map)));
        blocks.push(sizes_figure(proposal));
        blocks.push(Block::Table(ranking(proposal, outlooks)));
        blocks.push(Block::Method(METHOD.to_owned()));
    }
    Section {
        id: "segments".to_owned(),
        heading: "Proposed segments".to_owned(),
        answer: Some(answer(proposal)),
        blocks,
    }
}

const METHOD: &str = "Rank: value times actionability. Value: half the share of revenue, half the share \
    of contacts. Actionability: the share mailed in 90 days, times the wanted lift over the smallest that \
    one send can show (at most 1), times the bootstrap stability; what the data do not tell is left out. \
    Plays come from a table of traits, tried from the top; the condition that held stands on each card.";

/// "First: …".
fn suggestion(segment: &SegmentProfile) -> String {
    format!(
        "{}. {} ({}, {} contacts): {}",
        segment.rank,
        segment.play.name,
        titled(segment),
        number::count(segment.contacts as u64),
        segment.play.advice
    )
}

fn notices(proposal: &Proposal) -> Vec<Block> {
    let mut notices = Vec::new();
    let mut say = |severity, text: String, hint: Option<&str>| {
        let hint = hint.map(str::to_owned);
        notices.push(Block::Notice(Notice { severity, text, hint }));
    };
    match &proposal.structure {
        Structure::None { why } => say(
            Severity::Stop,
            format!("No segments are proposed: {why}."),
            Some(
                "Use the RFM grid below as a convention, write rules for groups that you know of, or \
                  bring more kinds of behaviour into the data.",
            ),
        ),
        Structure::Weak { why } => say(
            Severity::Warning,
            format!("The segments are not certain: {why}."),
            Some("Treat borders as soft, and test on a segment before building on it."),
        ),
        Structure::NotJudged { why } => {
            say(Severity::Info, format!("Whether there are groups was not judged: {why}."), None);
        }
        Structure::Found => {}
    }
    if proposal.is_weak && !proposal.structure.is_none() {
        let mean = proposal.silhouette.as_ref().map(|s| number::decimal(s.mean, 2));
        say(
            Severity::Warning,
            format!(
                "The segments are not clearly separated: their mean silhouette is {}, below {}. They \
                 describe gradual differences, not distinct groups.",
                mean.unwrap_or_else(|| "undefined".to_owned()),
                number::decimal(WEAK_SILHOUETTE, 2)
            ),
            Some("Treat borders as soft, and test on a segment before building on it."),
        );
    }
    if let (1, Some(merge)) = (proposal.segments.len(), proposal.merges.first()) {
        say(
            Severity::Stop,
            format!("There are groups, but none is large enough to test on: {}.", merge.why),
            Some("Ask for a larger lift under [segments.test], or wait for more contacts."),
        );
    }
    if let Some(note) = &proposal.features_note {
        say(Severity::Info, note.clone(), None);
    }
    if let Some(continuity) = proposal.continuity.as_ref().filter(|c| c.tells(&proposal.as_of)) {
        say(Severity::Info, continued(continuity), None);
    }
    notices
}

fn continued(continuity: &Continuity) -> String {
    let mut text = format!("Against the proposal of {}: ", continuity.earlier_as_of);
    match continuity.kept_share {
        Some(share) => text.push_str(&format!(
            "{} of the {} contacts in both are in a segment with the same id",
            number::percent(share, 1),
            number::count(continuity.shared_contacts as u64)
        )),
        None => text.push_str("no contact is in both"),
    }
    let list = |what: &str, ids: &[String]| match ids {
        [] => String::new(),
        ids => format!("; {what}: {}", ids.join(", ")),
    };
    text.push_str(&list("new", &continuity.new));
    text.push_str(&list("gone", &continuity.gone));
    text.push('.');
    text
}

fn map_figure(proposal: &Proposal, map: &Map) -> Block {
    let segments = proposal.segments.iter().zip(&map.segments).map(|(s, place)| MapSegment {
        name: titled(s),
        x: place.mean.0,
        y: place.mean.1,
        contacts: s.contacts as u64,
        share: s.share,
        spread: (place.standard_deviation.0, place.standard_deviation.1, place.correlation),
    });
    figure(
        "segment-map",
        "Map of the segments",
        "Contacts on the two principal components of the features: near means alike. Circles: size of \
         a segment; ellipses: one standard deviation.",
        Chart::SegmentMap(SegmentMap {
            segments: segments.collect(),
            points: map.points.clone(),
            axes: [axis(&map.axes[0]), axis(&map.axes[1])],
            explained: map.explained,
        }),
    )
}

/// "more orders 90d, fewer recency days →".
fn axis(loadings: &[(String, f64)]) -> String {
    let word = |loading: f64| if loading > 0.0 { "more" } else { "less" };
    let parts: Vec<String> = loadings
        .iter()
        .map(|(name, loading)| format!("{} {}", word(*loading), name.replace('_', " ")))
        .collect();
    format!("{} →", parts.join(", "))
}

fn sizes_figure(proposal: &Proposal) -> Block {
    let sizes = proposal.segments.iter().map(|s| SegmentSize {
        name: titled(s),
        contacts: s.share,
        revenue: s.revenue_share.unwrap_or(f64::NAN),
    });
    figure(
        "segment-sizes",
        "Size and value of the segments",
        "Share of contacts beside share of revenue (orders less refunds).",
        Chart::SegmentSizes(SegmentSizes { segments: sizes.collect() }),
    )
}

fn ranking(proposal: &Proposal, outlooks: Option<&[GroupOutlook]>) -> Table {
    let percent = |value: Option<f64>, why: &str| match value {
        Some(value) => Cell::Percent { value, decimals: 1 },
        None => Cell::missing(why),
    };
    let row = |s: &SegmentProfile| {
        let mut cells = vec![
            Cell::Count(s.rank as u64),
            Cell::text(titled(s)),
            Cell::Count(s.contacts as u64),
            Cell::Percent { value: s.share, decimals: 1 },
            percent(s.revenue_share, "no revenue in the data"),
        ];
        if outlooks.is_some() {
            cells.extend(expected(outlook_of(proposal, outlooks, s), &proposal.currency));
        }
        cells.extend([
            Cell::text(s.stability.map_or(number::NONE, |stability| stability.verdict())),
            s.reach.as_ref().map_or(Cell::missing("no mails in the data"), |reach| {
                Cell::text(lift(reach.smallest_relative_lift))
            }),
            Cell::text(s.play.name),
        ]);
        cells
    };
    Table {
        name: "ranking".to_owned(),
        caption: "The segments, by value times actionability".to_owned(),
        columns: ranking_columns(outlooks.is_some()),
        rows: ranked(proposal).into_iter().map(row).collect(),
    }
}

fn ranking_columns(has_outlooks: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::number("Rank"),
        Column::text("Segment"),
        Column::number("Contacts"),
        Column::number("Share of contacts"),
        Column::number("Share of revenue"),
    ];
    if has_outlooks {
        columns.extend(
            ["Churn risk of buyers", "Their lifetime value", "Value at risk"].map(Column::number),
        );
    }
    columns.extend([
        Column::text("Stability"),
        Column::number("Smallest lift in one send"),
        Column::text("Play"),
    ]);
    columns
}

/// Mean churn risk, lifetime value and value at risk of the buyers in a segment.
pub(super) fn expected(outlook: Option<&GroupOutlook>, currency: &str) -> [Cell; 3] {
    let money = |value: Option<f64>| match value {
        Some(value) => major_money_cell(currency, value),
        None => Cell::missing("no model of values"),
    };
    let Some((outlook, risk)) = outlook.and_then(|o| Some((o, o.mean_churn_risk?))) else {
        return [(); 3].map(|()| Cell::missing("no member has ordered"));
    };
    let risk = Cell::Percent { value: risk, decimals: 1 };
    [risk, money(outlook.lifetime_value), money(outlook.value_at_risk)]
}

/// The segments with their size and value.
pub fn sizes_table(proposal: &Proposal) -> Table {
    let row = |s: &SegmentProfile| {
        vec![
            Cell::text(&*s.id),
            Cell::text(&*s.name),
            Cell::Count(s.contacts as u64),
            Cell::Percent { value: s.share, decimals: 1 },
            money_cell(proposal, s.revenue_minor),
            s.revenue_share.map_or(Cell::missing("no revenue in the data"), |value| {
                Cell::Percent { value, decimals: 1 }
            }),
        ]
    };
    Table {
        name: "segments".to_owned(),
        caption: "The segments, by descending revenue per contact".to_owned(),
        columns: vec![
            Column::text("Id"),
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Share of contacts"),
            Column::number("Revenue"),
            Column::number("Share of revenue"),
        ],
        rows: proposal.segments.iter().map(row).collect(),
    }
}
