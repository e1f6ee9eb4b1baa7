//! The machine's clock.

use std::time::Duration;

use jiff::Timestamp;

use crate::schedule::Clock;

/// The clock is asked again so often: it may be set, and the machine may sleep.
const STEP: Duration = Duration::from_millis(200);

/// The machine's clock; waiting ends early when somebody asks to stop.
pub struct SystemClock<'a> {
    pub stop: &'a dyn Fn() -> bool,
}

impl Clock for SystemClock<'_> {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait_until(&self, at: Timestamp) -> bool {
        let began = Timestamp::now();
        loop {
            let now = Timestamp::now();
            // A clock that was set back is a reason to look again at what is next.
            if now >= at || now < began || (self.stop)() {
                return true;
            }
            std::thread::sleep(STEP);
        }
    }
}
