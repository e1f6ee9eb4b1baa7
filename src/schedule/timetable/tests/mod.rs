//! Tests of timetables: both changes of the clocks, missed runs, clocks that are wrong.

mod brute_force;
mod clock_changes;
mod missed_runs;
mod parsing;
mod random_clock;
mod wrong_clocks;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::workspace::Missed;

const LONDON: &str = "Europe/London";
const NEW_YORK: &str = "America/New_York";

fn table(cron: &str, zone: &str) -> Timetable {
    Timetable::parse(cron, zone).expect("a good pattern")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// All occurrences after the first moment and until the second, without the year and the zone.
fn between(timetable: &Timetable, after: &str, until: &str) -> Vec<String> {
    occurrences(timetable, at(after), at(until)).iter().map(|at| at.to_string()).collect()
}

fn occurrences(timetable: &Timetable, after: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let next = |at: &Timestamp| timetable.next_after(*at).filter(|next| *next <= until);
    std::iter::successors(next(&after), next).collect()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Numbers that look random and are the same everywhere.
struct Draws(u64);

impl Draws {
    /// From 0 to `below` - 1.
    fn whole(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}
