//! What can be tested on each segment.

use super::figure;
use super::shown::{lift, titled};
use crate::reports::{
    Block, Cell, Chart, Column, DetectableLift, Section, SegmentLift, Table, number,
};
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;
use crate::segments::reach::Reach;

pub fn section(proposal: &Proposal) -> Section {
    let reaches: Vec<(&SegmentProfile, &Reach)> =
        proposal.segments.iter().filter_map(|s| Some((s, s.reach.as_ref()?))).collect();
    let Some((_, one)) = reaches.first() else { return without_mails() };
    let enough = reaches.iter().filter(|(_, reach)| reach.is_enough()).count();
    Section {
        id: "tests".to_owned(),
        heading: "What can be tested".to_owned(),
        answer: Some(format!(
            "In {enough} of {} segments one send in two arms can show a lift of {} in the {} rate.",
            reaches.len(),
            number::percent(one.wanted_relative_lift, 0),
            one.metric
        )),
        blocks: vec![
            lifts_figure(&reaches, one),
            Block::Table(reach_table(&reaches)),
            Block::Method(
                "Two arms of half the contacts mailed in 90 days, a two-sided test of two rates \
                 (Fleiss, Levin and Paik 2003, without continuity correction) with the error rate and \
                 power of the settings, at the segment's own rate over the mails of 90 days. Sends \
                 needed treat mails to one contact as if they were to several."
                    .to_owned(),
            ),
        ],
    }
}

fn without_mails() -> Section {
    Section {
        id: "tests".to_owned(),
        heading: "What can be tested".to_owned(),
        answer: Some(
            "Whether the segments are large enough to test on cannot be said: the data hold no mails, \
             or none that anybody opened or clicked. Map a source of email events to have this."
                .to_owned(),
        ),
        blocks: Vec::new(),
    }
}

fn lifts_figure(reaches: &[(&SegmentProfile, &Reach)], one: &Reach) -> Block {
    let segment = |(s, reach): &(&SegmentProfile, &Reach)| SegmentLift {
        name: titled(s),
        n: format!("{} contacts", number::count(reach.audience as u64)),
        lift: reach.smallest_relative_lift.unwrap_or(f64::INFINITY),
    };
    figure(
        "detectable-lift",
        "The smallest lift that one send can show",
        "Relative lift over the segment's own rate that a two-arm test finds with the planned power.",
        Chart::DetectableLift(DetectableLift {
            metric: format!("{} rate", one.metric),
            power: one.power,
            wanted: Some(one.wanted_relative_lift),
            segments: reaches.iter().map(segment).collect(),
        }),
    )
}

fn reach_table(reaches: &[(&SegmentProfile, &Reach)]) -> Table {
    let row = |(s, reach): &(&SegmentProfile, &Reach)| {
        vec![
            Cell::text(titled(s)),
            Cell::Count(reach.audience as u64),
            Cell::Count(reach.mails),
            reach.baseline.map_or(Cell::missing("no mails with a rate"), |value| Cell::Percent {
                value,
                decimals: 1,
            }),
            Cell::text(lift(reach.smallest_relative_lift)),
            reach.sends_needed.map_or(Cell::missing("no number of sends is enough"), Cell::Count),
        ]
    };
    Table {
        name: "reach".to_owned(),
        caption: "What a test on each segment can show".to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::number("Mailed in 90 days").unit("contacts"),
            Column::number("Mails"),
            Column::number("Rate"),
            Column::number("Smallest lift in one send"),
            Column::number("Sends for the wanted lift"),
        ],
        rows: reaches.iter().map(row).collect(),
    }
}
