//! Occasions: what a contact did in one go counts once, so that a long visit is not much evidence.

use super::super::{Kind, Moments, Timeline};
use super::is_action;

/// A run of actions without a silence longer than the session gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// Time of its first action.
    pub us: i64,
    /// It began with an open, a click, or a step on the site that names a campaign.
    pub is_by_mail: bool,
}

/// The occasions that began at or after `from_us`, in order of time.
pub fn occasions(timeline: &Timeline<'_>, moments: &Moments<'_>, from_us: i64) -> Vec<Occasion> {
    let mut found = Vec::new();
    let mut last_us = None;
    for event in timeline.events.iter().filter(|e| is_action(e.kind) && !e.is_machine) {
        let is_new = last_us.is_none_or(|last| event.us - last > moments.params.session_gap_us);
        last_us = Some(event.us);
        if is_new && event.us >= from_us {
            let is_by_mail =
                matches!(event.kind, Kind::Opened | Kind::Clicked) || event.campaign.is_some();
            found.push(Occasion { us: event.us, is_by_mail });
        }
    }
    found
}
