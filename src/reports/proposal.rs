//! The segment proposal as sections of a report.

use crate::features::{FeatureSpec, Unit};
use crate::ingest::exponent;
use crate::segments::choice::EQUAL_SILHOUETTE;
use crate::segments::naming;
use crate::segments::profile::{FeatureProfile, SegmentProfile};
use crate::segments::proposal::Proposal;

use super::{
    Block, Card, Cell, Chart, Column, Figure, HourBars, HourPanel, Notice, ProfileHeatmap, Section,
    SegmentSize, SegmentSizes, Severity, SilhouetteByK, Table,
};
use super::{number, rfm};

/// The proposal in one sentence.
pub fn answer(proposal: &Proposal) -> String {
    let count = proposal.segments.len();
    let contacts = number::count(proposal.contacts as u64);
    let start = format!("{contacts} contacts fall into {count} segments");
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

/// The sections: segments, what sets them apart, when they are active, RFM.
pub fn sections(proposal: &Proposal, specs: &[FeatureSpec]) -> Vec<Section> {
    let mut sections =
        vec![overview(proposal, specs), differences(proposal, specs), hours(proposal)];
    sections.push(match &proposal.rfm {
        Some(summary) => rfm::section(proposal, summary),
        None => rfm::without_orders(),
    });
    sections
}

fn overview(proposal: &Proposal, specs: &[FeatureSpec]) -> Section {
    let mut blocks = weakness(proposal);
    let sizes = proposal.segments.iter().map(|s| SegmentSize {
        name: titled(s),
        contacts: s.share,
        revenue: s.revenue_share.unwrap_or(f64::NAN),
    });
    blocks.push(figure(
        "segment-sizes",
        "Size and value of the segments",
        "Share of contacts beside share of revenue (orders less refunds).",
        Chart::SegmentSizes(SegmentSizes { segments: sizes.collect() }),
    ));
    blocks.push(Block::Cards(proposal.segments.iter().map(|s| card(proposal, s, specs)).collect()));
    blocks.push(Block::Table(sizes_table(proposal)));
    blocks.extend(choice(proposal));
    Section {
        id: "segments".to_owned(),
        heading: "Proposed segments".to_owned(),
        answer: Some(answer(proposal)),
        blocks,
    }
}

fn weakness(proposal: &Proposal) -> Vec<Block> {
    if !proposal.is_weak {
        return Vec::new();
    }
    let value =
        proposal.silhouette.as_ref().map_or("undefined".to_owned(), |s| number::decimal(s.mean, 2));
    vec![Block::Notice(Notice {
        severity: Severity::Warning,
        text: format!(
            "The segments are not clearly separated: their mean silhouette is {value}, below 0.25. \
             They describe gradual differences, not distinct groups."
        ),
        hint: Some(
            "Treat borders as soft, and test on a segment before building on it.".to_owned(),
        ),
    })]
}

/// A figure block.
pub fn figure(name: &str, title: &str, caption: &str, chart: Chart) -> Block {
    Block::Figure(Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        chart,
    })
}

fn titled(segment: &SegmentProfile) -> String {
    format!("{}. {}", segment.number, segment.name)
}

fn card(proposal: &Proposal, segment: &SegmentProfile, specs: &[FeatureSpec]) -> Card {
    let mut facts = vec![("Revenue".to_owned(), money(proposal, segment.revenue_minor))];
    if let Some(share) = segment.revenue_share {
        facts.push(("Share of revenue".to_owned(), number::percent(share, 1)));
    }
    for (name, label) in CARD_FACTS {
        if let Some(feature) = segment.features.iter().find(|f| f.name == name) {
            facts.push((label.to_owned(), against(proposal, feature)));
        }
    }
    facts.push(("Usual hour".to_owned(), usual_hour(segment)));
    if !segment.categories.is_empty() {
        let categories =
            segment.categories.iter().map(|(c, s)| format!("{c} {}", number::percent(*s, 0)));
        facts.push(("Looks at".to_owned(), categories.collect::<Vec<_>>().join(", ")));
    }
    Card {
        title: titled(segment),
        subtitle: format!(
            "{} contacts, {}",
            number::count(segment.contacts as u64),
            number::percent(segment.share, 1)
        ),
        facts,
        traits: naming::traits(segment, specs).into_iter().take(5).collect(),
        notes: vec![format!("Typical members: {}", segment.typical.join(", "))],
    }
}

const CARD_FACTS: [(&str, &str); 6] = [
    ("recency_days", "Days since last order"),
    ("frequency", "Orders"),
    ("average_order_value_minor", "Order value"),
    ("human_open_rate_90d", "Human open rate, 90 days"),
    ("click_rate_90d", "Click rate, 90 days"),
    ("mobile_share", "On the phone"),
];

/// "12.3 (all 20.1)".
fn against(proposal: &Proposal, feature: &FeatureProfile) -> String {
    let shown = |value: Option<f64>| match value {
        Some(value) => in_unit(proposal, feature.unit, value),
        None => number::NONE.to_owned(),
    };
    format!("{} (all {})", shown(feature.mean), shown(feature.mean_of_all))
}

fn in_unit(proposal: &Proposal, unit: Unit, value: f64) -> String {
    match unit {
        Unit::MinorUnits => money(proposal, value.round() as i64),
        Unit::Share => number::percent(value, 1),
        Unit::Days => number::decimal(value, 0),
        Unit::Hour => clock(value),
        Unit::Trend | Unit::Bits | Unit::Flag => number::decimal(value, 2),
        Unit::Count | Unit::Seconds | Unit::Number | Unit::Label => number::decimal(value, 1),
    }
}

fn money(proposal: &Proposal, minor: i64) -> String {
    number::money(minor, exponent(&proposal.currency) as u8, &proposal.currency)
}

fn clock(hour: f64) -> String {
    let minutes = (hour * 60.0).round() as i64 % 1_440;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn usual_hour(segment: &SegmentProfile) -> String {
    match segment.hours.mean_hour {
        Some(hour) => format!("{} local", clock(hour)),
        None if segment.hours.actions == 0 => "no activity".to_owned(),
        None => "no preferred hour".to_owned(),
    }
}

/// The segments with their size and value.
pub fn sizes_table(proposal: &Proposal) -> Table {
    let money = |minor| Cell::Money {
        minor,
        exponent: exponent(&proposal.currency) as u8,
        currency: proposal.currency.clone(),
    };
    let row = |s: &SegmentProfile| {
        vec![
            Cell::Count(s.number as u64),
            Cell::text(&*s.name),
            Cell::Count(s.contacts as u64),
            Cell::Percent { value: s.share, decimals: 1 },
            money(s.revenue_minor),
            s.revenue_share.map_or(Cell::missing("no revenue in the data"), |value| {
                Cell::Percent { value, decimals: 1 }
            }),
        ]
    };
    Table {
        name: "segments".to_owned(),
        caption: "The segments, by descending revenue per contact".to_owned(),
        columns: vec![
            Column::number("No."),
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Share of contacts"),
            Column::number("Revenue"),
            Column::number("Share of revenue"),
        ],
        rows: proposal.segments.iter().map(row).collect(),
    }
}

/// Why this many.
fn choice(proposal: &Proposal) -> Vec<Block> {
    let points: Vec<(u32, f64)> =
        proposal.candidates.iter().map(|c| (c.clusters as u32, c.silhouette)).collect();
    let mut blocks = Vec::new();
    if points.len() > 1 {
        blocks.push(figure(
            "silhouette",
            "Why this many segments",
            "Mean silhouette by number of clusters: higher is better separated.",
            Chart::SilhouetteByK(SilhouetteByK {
                points,
                chosen: Some(proposal.segments.len() as u32),
            }),
        ));
    }
    let constant = match proposal.constant_features.as_slice() {
        [] => String::new(),
        names => {
            format!(" Left out, because they are the same for everybody: {}.", names.join(", "))
        }
    };
    blocks.push(Block::Method(format!(
        "k-means on {} features, each bent (counts, days and money by asinh of the value over its \
         median) and scaled to standard deviation 1; the largest number of clusters whose \
         mean silhouette (Rousseeuw 1987; {} sampled contacts) is within {} of the best; seed {}. Names are the strongest \
         standardised differences in words.{constant} Features: {}.",
        proposal.features.len(),
        number::count(proposal.silhouette.as_ref().map_or(0, |s| s.rows) as u64),
        EQUAL_SILHOUETTE,
        proposal.seed,
        proposal.features.join(", ")
    )));
    blocks
}

fn differences(proposal: &Proposal, specs: &[FeatureSpec]) -> Section {
    let row = |s: &SegmentProfile| s.features.iter().map(|f| f.standardized_difference).collect();
    let heatmap = ProfileHeatmap {
        segments: proposal.segments.iter().map(titled).collect(),
        features: proposal.features.iter().map(|f| f.replace('_', " ")).collect(),
        families: Vec::new(),
        values: proposal.segments.iter().map(row).collect(),
    };
    Section {
        id: "profiles".to_owned(),
        heading: "What sets them apart".to_owned(),
        answer: strongest(proposal, specs),
        blocks: vec![
            figure(
                "profiles",
                "Segments against everybody",
                "Mean of the segment minus mean of everybody, in standard deviations.",
                Chart::ProfileHeatmap(heatmap),
            ),
            Block::Table(means_table(proposal)),
            Block::Method(
                "Colours: standardised difference on the scale on which the segments were found. \
                 Table: means on the natural scale, over the contacts that have a value."
                    .to_owned(),
            ),
        ],
    }
}

fn strongest(proposal: &Proposal, specs: &[FeatureSpec]) -> Option<String> {
    let all = proposal.segments.iter().flat_map(|s| s.features.iter().map(move |f| (s, f)));
    let (segment, feature) = all.max_by(|a, b| {
        let size = |f: &FeatureProfile| f.standardized_difference.abs();
        size(a.1).total_cmp(&size(b.1)).then_with(|| b.1.name.cmp(&a.1.name))
    })?;
    let spec = specs.iter().find(|s| s.name == feature.name)?;
    Some(format!(
        "The sharpest trait: in “{}”, {} is {} standard deviations from everybody’s mean.",
        segment.name,
        spec.meaning,
        number::signed(feature.standardized_difference, 1)
    ))
}

fn means_table(proposal: &Proposal) -> Table {
    let first = proposal.segments.first();
    let rows = proposal.features.iter().enumerate().map(|(place, name)| {
        let all = first.and_then(|s| s.features.get(place));
        let cell = |feature: Option<&FeatureProfile>, value: Option<f64>| match (feature, value) {
            (Some(f), Some(value)) => natural(proposal, f.unit, value),
            _ => Cell::missing("nobody has a value"),
        };
        let mut row = vec![Cell::text(name.replace('_', " "))];
        row.push(cell(all, all.and_then(|f| f.mean_of_all)));
        row.extend(proposal.segments.iter().map(|s| {
            let feature = s.features.get(place);
            cell(feature, feature.and_then(|f| f.mean))
        }));
        row
    });
    let mut columns = vec![Column::text("Feature"), Column::number("Everybody")];
    columns
        .extend(proposal.segments.iter().map(|s| Column::number(format!("Segment {}", s.number))));
    Table {
        name: "profiles".to_owned(),
        caption: "Mean of each feature".to_owned(),
        rows: rows.collect(),
        columns,
    }
}

fn natural(proposal: &Proposal, unit: Unit, value: f64) -> Cell {
    match unit {
        Unit::MinorUnits => Cell::Money {
            minor: value.round() as i64,
            exponent: exponent(&proposal.currency) as u8,
            currency: proposal.currency.clone(),
        },
        Unit::Share => Cell::Percent { value, decimals: 1 },
        _ => Cell::Number { value, decimals: 1 },
    }
}

fn no_activity() -> Section {
    Section {
        id: "hours".to_owned(),
        heading: "When they are active".to_owned(),
        answer: Some(
            "Nothing can be said about hours: the data hold no human open, click or visit of the \
             last 365 days. Map a source of events to have this."
                .to_owned(),
        ),
        blocks: Vec::new(),
    }
}

fn hours(proposal: &Proposal) -> Section {
    let panel = |s: &SegmentProfile| HourPanel {
        name: titled(s),
        n: format!("{} actions", number::count(s.hours.actions)),
        shares: s.hours.shares.clone(),
        mean_hour: s.hours.mean_hour,
    };
    let actions: u64 = proposal.segments.iter().map(|s| s.hours.actions).sum();
    if actions == 0 {
        return no_activity();
    }
    let with_hour = proposal.segments.iter().filter(|s| s.hours.mean_hour.is_some()).count();
    Section {
        id: "hours".to_owned(),
        heading: "When they are active".to_owned(),
        answer: Some(format!(
            "{with_hour} of {} segments keep to an hour of the day.",
            proposal.segments.len()
        )),
        blocks: vec![
            figure(
                "hours",
                "Activity by local hour",
                "Human opens, clicks, views, carts and checkouts of the last 365 days, in each \
                 contact’s own time zone.",
                Chart::HourBars(HourBars {
                    activity: "actions".to_owned(),
                    panels: proposal.segments.iter().map(panel).collect(),
                }),
            ),
            Block::Method(
                "Circular mean of the hours; a segment has no preferred hour when the mean \
                 resultant length is below 0.2. Opens follow the hour at which mail was sent, so an \
                 hour shown here is a candidate for a send-time test, not its result."
                    .to_owned(),
            ),
        ],
    }
}
