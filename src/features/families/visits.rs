//! Visits to the site: steps without a silence longer than the session gap.

use super::super::{Event, Kind};
use super::{is_view, is_web};

/// One visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub start_us: i64,
    pub views: u32,
    /// Carts and checkouts.
    pub other_steps: u32,
    /// When something was last put into the cart.
    pub last_cart_us: Option<i64>,
}

impl Visit {
    /// One page or product and gone.
    pub fn is_bounce(&self) -> bool {
        self.views == 1 && self.other_steps == 0
    }
}

/// The visits in `events`, which are in order of time.
pub fn visits(events: &[Event], gap_us: i64) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    let mut last_us = None;
    for event in events.iter().filter(|e| is_web(e.kind)) {
        if last_us.is_none_or(|last| event.us - last > gap_us) {
            let start_us = event.us;
            visits.push(Visit { start_us, views: 0, other_steps: 0, last_cart_us: None });
        }
        last_us = Some(event.us);
        let Some(visit) = visits.last_mut() else { continue };
        if is_view(event.kind) {
            visit.views += 1;
        } else {
            visit.other_steps += 1;
        }
        if event.kind == Kind::CartAdded {
            visit.last_cart_us = Some(event.us);
        }
    }
    visits
}
