//! Which occurrences are to be run now.

use jiff::{SignedDuration, Timestamp};

use super::skipped::Skipped;
use super::table::Timetable;
use crate::workspace::Missed;

/// With [`Missed::Skip`]: how late an occurrence may still be run.
pub const GRACE: SignedDuration = SignedDuration::from_mins(5);
/// The most runs that one call gives; with [`Missed::All`] the next call goes on from there.
pub const MOST_RUNS: usize = 10_000;
/// How far a clock may be set back before what was settled ahead of it is no longer believed.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// When the job began to be looked after; what occurred until then is none of its business.
    pub started: Timestamp,
    /// [`Due::last`] of the call before; `None` before the first.
    pub last: Option<Timestamp>,
}

/// What to do about a job at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// Occurrences to run now, oldest first.
    pub run: Vec<Timestamp>,
    /// Occurrences that are passed over.
    pub skipped: Skipped,
    /// Whether the clock shows less than what was settled before.
    pub clock_set_back: bool,
    /// Up to here everything is settled, once `run` has been run: [`Progress::last`] of the next call.
    pub last: Option<Timestamp>,
    /// Whether there was more to run than [`MOST_RUNS`]: ask again after running these.
    pub has_more: bool,
}

/// Which occurrences of `timetable` are to be run at `now`, and which are passed over.
///
/// Those after [`Progress::last`] and until `now` are due, and `missed` decides among them. `is_done`
/// says whether an occurrence has been *run* (or is running), whatever the clock said then; one that was
/// only passed over is not done. What is done is never run again, nor counted as skipped.
///
/// **A clock set back.** If `now` is before [`Progress::last`], there are two cases.
///
/// - *By no more than a day and one interval* (no occurrence after `now` + 24 h comes before `last`):
///   what was settled stays settled, nothing is due until the clock has passed `last`. Every occurrence in
///   between has been run or reported as skipped; a correction by seconds or an hour repeats nothing.
/// - *Further*: the clock had been in a wrong future, in which occurrences were passed over that are yet to
///   come. `last` is not believed. The work is taken up after the newest occurrence until `now` that is
///   done (else after `started`, or after `now` if even that is ahead; at most [`MOST_RUNS`] occurrences
///   back), and [`Due::last`] leads from there. Occurrences that were run in the wrong future are done,
///   and are left out when their time comes.
///
/// So an occurrence never runs twice as long as `is_done` remembers it, and each that the clock has passed
/// was either run or reported as skipped.
pub fn due(
    timetable: &Timetable,
    progress: Progress,
    now: Timestamp,
    missed: Missed,
    is_done: impl Fn(Timestamp) -> bool,
) -> Due {
    let settled = progress.last.unwrap_or(progress.started);
    if now >= settled {
        let due = settle(timetable, settled, now, missed, is_done);
        return Due { last: due.last.or(progress.last), ..due };
    }
    if !is_beyond_belief(timetable, settled, now) {
        return Due { clock_set_back: true, last: progress.last, ..Due::default() };
    }
    let resumed = resume(timetable, progress.started, now, &is_done);
    let due = settle(timetable, resumed, now, missed, is_done);
    Due { clock_set_back: true, last: due.last.or(Some(resumed)), ..due }
}

/// Sorts the occurrences after `settled` and until `now`. `last` is the newest that was looked at.
fn settle(
    timetable: &Timetable,
    settled: Timestamp,
    now: Timestamp,
    missed: Missed,
    is_done: impl Fn(Timestamp) -> bool,
) -> Due {
    let mut due = Due::default();
    let next = |at: &Timestamp| timetable.next_after(*at).filter(|next| *next <= now);
    for at in std::iter::successors(next(&settled), next) {
        if is_done(at) {
            due.last = Some(at);
            continue;
        }
        if missed == Missed::All && due.run.len() == MOST_RUNS {
            due.has_more = true;
            break;
        }
        due.last = Some(at);
        if missed != Missed::All {
            // A newer one takes its place.
            due.run.drain(..).for_each(|older| due.skipped.push(older));
        }
        due.run.push(at);
    }
    if missed == Missed::Skip {
        let late = due.run.extract_if(.., |at| now.duration_since(*at) > GRACE);
        late.for_each(|at| due.skipped.push(at));
    }
    due
}

/// Whether occurrences would be lost by waiting until the clock passes `settled`.
fn is_beyond_belief(timetable: &Timetable, settled: Timestamp, now: Timestamp) -> bool {
    let believed = now.saturating_add(BELIEVED).unwrap_or(Timestamp::MAX);
    timetable.next_after(believed).is_some_and(|next| next < settled)
}

/// Until when everything is settled, by what is done rather than by what was noted.
fn resume(
    timetable: &Timetable,
    started: Timestamp,
    now: Timestamp,
    is_done: &impl Fn(Timestamp) -> bool,
) -> Timestamp {
    let mut until = now;
    for _ in 0..MOST_RUNS {
        match timetable.last_within(started.min(now), until) {
            None => return started.min(now),
            Some(at) if is_done(at) => return at,
            Some(at) => until = just_before(at),
        }
    }
    until
}

fn just_before(at: Timestamp) -> Timestamp {
    at.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(at)
}
