//! When segments are active.

use super::figure;
use super::shown::titled;
use crate::reports::{Block, Chart, HourPanel, HourWheel, Section, WheelPanel, number};
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;

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

pub fn section(proposal: &Proposal) -> Section {
    let panel = |s: &SegmentProfile| WheelPanel {
        hours: HourPanel {
            name: titled(s),
            n: format!("{} actions", number::count(s.hours.actions)),
            shares: s.hours.shares.clone(),
            mean_hour: s.hours.mean_hour,
        },
        mean_interval: None,
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
                Chart::HourWheel(HourWheel {
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
