//! Clocks that are set back, and clocks that were in a wrong future.

use std::collections::BTreeSet;

use super::*;

/// A job and what it has run, asked again and again.
struct Job {
    timetable: Timetable,
    progress: Progress,
    missed: Missed,
    done: BTreeSet<Timestamp>,
}

impl Job {
    fn new(cron: &str, started: &str, missed: Missed) -> Self {
        Job {
            timetable: table(cron, LONDON),
            progress: Progress { started: at(started), last: None },
            missed,
            done: BTreeSet::new(),
        }
    }

    /// Asks at a time, runs what is due, and tells what that was.
    fn tick(&mut self, now: &str) -> Due {
        let done = |at| self.done.contains(&at);
        let due = due(&self.timetable, self.progress, at(now), self.missed, done);
        due.run.iter().for_each(|at| assert!(self.done.insert(*at), "twice: {at}"));
        self.progress.last = due.last;
        due
    }

    fn runs(&mut self, now: &str) -> Vec<String> {
        self.tick(now).run.iter().map(|at| at.to_string()).collect()
    }
}

#[test]
fn set_back_an_hour_nothing_runs_again() {
    for missed in Missed::ALL {
        let mut job = Job::new("*/15 * * * *", "2026-05-01T11:50:00Z", missed);
        for now in ["12:00:01", "12:15:01", "12:30:01", "12:45:01", "13:00:01"] {
            assert_eq!(job.tick(&format!("2026-05-01T{now}Z")).run.len(), 1);
        }
        for now in ["12:00:05", "12:15:05", "12:30:05", "12:45:05"] {
            let due = job.tick(&format!("2026-05-01T{now}Z"));
            assert!(due.run.is_empty() && due.skipped.is_empty() && due.clock_set_back, "{now}");
        }
        let due = job.tick("2026-05-01T13:00:05Z");
        assert!(due.run.is_empty() && !due.clock_set_back);
        assert_eq!(job.runs("2026-05-01T13:15:01Z"), ["2026-05-01T13:15:00Z"]);
    }
}

#[test]
fn set_back_seconds_after_a_long_sleep_runs_nothing_else() {
    let mut job = Job::new("*/15 * * * *", "2026-05-01T11:50:00Z", Missed::Latest);
    assert_eq!(job.runs("2026-05-03T12:00:01Z"), ["2026-05-03T12:00:00Z"]);
    let due = job.tick("2026-05-03T11:59:58Z");
    assert!(due.run.is_empty() && due.skipped.is_empty() && due.clock_set_back);
    assert!(job.runs("2026-05-03T12:00:00Z").is_empty());
}

#[test]
fn in_2040_and_back_everything_real_still_runs() {
    for missed in [Missed::Latest, Missed::Skip] {
        let mut job = Job::new("0 * * * *", "2026-05-01T10:30:00Z", missed);
        job.runs("2026-05-01T11:00:01Z");
        assert_eq!(job.runs("2026-05-01T12:00:01Z"), ["2026-05-01T12:00:00Z"]);
        let jumped = job.tick("2040-05-01T09:01:00Z");
        assert_eq!(jumped.run, [at("2040-05-01T09:00:00Z")]);
        assert_eq!(jumped.skipped.first(), Some(at("2026-05-01T13:00:00Z")));
        assert!(jumped.skipped.count() > 14 * 365 * 24 && jumped.skipped.all().is_none());
        // 13:00 passed while the clock was wrong, and is late by two minutes.
        let back = job.tick("2026-05-01T13:02:00Z");
        assert!(back.clock_set_back && back.skipped.is_empty());
        assert_eq!(back.run, [at("2026-05-01T13:00:00Z")]);
        let next = job.tick("2026-05-01T14:00:01Z");
        assert!(!next.clock_set_back && next.skipped.is_empty());
        assert_eq!(next.run, [at("2026-05-01T14:00:00Z")]);
    }
}

#[test]
fn in_a_wrong_future_of_days_what_ran_there_does_not_run_again() {
    let mut job = Job::new("0 6 * * *", "2026-01-10T00:00:00Z", Missed::Latest);
    job.runs("2026-01-10T06:00:00Z");
    assert_eq!(job.runs("2026-01-20T07:00:00Z"), ["2026-01-20T06:00:00Z"]);
    assert!(job.tick("2026-01-10T07:00:00Z").clock_set_back);
    for day in 11..20 {
        let day = format!("2026-01-{day}T06:00:00Z");
        assert_eq!(job.runs(&day), [day]);
    }
    assert!(job.runs("2026-01-20T06:00:00Z").is_empty());
    assert_eq!(job.runs("2026-01-21T06:00:00Z"), ["2026-01-21T06:00:00Z"]);
}

#[test]
fn the_next_occurrence_run_too_early_is_waited_for() {
    // Weekly: the clock was six days ahead, and only the next Monday was run.
    let mut job = Job::new("0 6 * * MON", "2026-05-04T07:00:00Z", Missed::Latest);
    assert_eq!(job.runs("2026-05-11T07:00:00Z"), ["2026-05-11T05:00:00Z"]);
    assert!(job.tick("2026-05-05T07:00:00Z").clock_set_back);
    assert!(job.runs("2026-05-11T05:00:00Z").is_empty());
    assert_eq!(job.runs("2026-05-18T05:00:00Z"), ["2026-05-18T05:00:00Z"]);
}

#[test]
fn first_started_in_a_wrong_future() {
    let mut job = Job::new("0 * * * *", "2040-01-01T00:30:00Z", Missed::All);
    let back = job.tick("2026-05-01T12:30:00Z");
    assert!(back.clock_set_back && back.run.is_empty() && back.skipped.is_empty());
    assert_eq!(job.runs("2026-05-01T13:00:00Z"), ["2026-05-01T13:00:00Z"]);
    // An hour ahead: the job begins when the clock gets there.
    let mut job = Job::new("0 * * * *", "2026-05-01T13:30:00Z", Missed::All);
    assert!(job.tick("2026-05-01T12:30:00Z").clock_set_back);
    assert!(job.runs("2026-05-01T13:00:00Z").is_empty());
    assert_eq!(job.runs("2026-05-01T14:00:00Z"), ["2026-05-01T14:00:00Z"]);
}

#[test]
fn far_back_behind_everything_done_begins_anew() {
    let mut job = Job::new("0 * * * *", "2026-05-01T10:30:00Z", Missed::All);
    job.runs("2026-05-01T12:00:00Z");
    assert!(job.tick("2026-03-01T09:30:00Z").clock_set_back);
    assert_eq!(job.runs("2026-03-01T10:00:00Z"), ["2026-03-01T10:00:00Z"]);
    // Right again: the months between are missed, and what was done is not.
    let due = job.tick("2026-05-01T12:00:00Z");
    assert_eq!(
        due.run.len(),
        occurrences(&job.timetable, at("2026-03-01T10:00:00Z"), at("2026-05-01T12:00:00Z")).len()
            - 2
    );
}
