//! What time it is.

use std::cell::Cell;

use jiff::Timestamp;

/// A clock, and waiting by it.
pub trait Clock {
    fn now(&self) -> Timestamp;

    /// Waits until `at`, or until somebody asks to stop; false if there is no such time by this clock.
    fn wait_until(&self, at: Timestamp) -> bool;
}

/// A clock that jumps from one thing to do to the next, up to an end: a rehearsal of weeks in minutes.
#[derive(Debug)]
pub struct RehearsalClock {
    now: Cell<Timestamp>,
    end: Timestamp,
}

impl RehearsalClock {
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        RehearsalClock { now: Cell::new(start), end }
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn wait_until(&self, at: Timestamp) -> bool {
        if at > self.end {
            return false;
        }
        self.now.set(at.max(self.now.get()));
        true
    }
}
