//! When a job runs: a cron pattern in a time zone, and what to do about runs that were missed.
//!
//! A [`Timetable`] is five fields (minute, hour, day of month, month, day of week) and an IANA time
//! zone. When both day fields are restricted, either suffices, as cron has always had it; `L`, `W`, `#`
//! and a `+` before the weekday (both must hold) are croner's. Its *occurrences* are moments. Where the
//! clocks change, the hour field decides:
//!
//! - an hour field without `*` and `/` names **local times**. One that is skipped when clocks go forward
//!   occurs at the first moment after the gap; several that are skipped by the same gap are one
//!   occurrence there. One that comes twice when clocks go back occurs the first time;
//! - an hour field with `*` or `/` runs by **elapsed time**: it occurs at every real moment whose local
//!   time fits, in both passes of a repeated hour, and never in a gap.
//!
//! So `0,30 1 * * *` runs twice on every day but the one without that hour, on which it runs once, and
//! `*/15 * * * *` runs every 900 seconds. croner's own search calls a pattern a fixed time only if it has
//! a single minute and a single hour, and drops a time in a gap that ends on another date; here croner
//! reads the pattern and judges dates, and the search is this module's.
//!
//! [`due()`] is the only place where a clock comes in, as an argument. An occurrence is named by its
//! moment, not by when it was run: that is what keeps it from running twice when a clock is set back.

mod due;
mod pattern;
mod skipped;
mod table;

#[cfg(test)]
mod tests;

pub use due::{Due, GRACE, MOST_RUNS, Progress, due};
pub use skipped::{MOST_LISTED, Skipped};
pub use table::Timetable;
