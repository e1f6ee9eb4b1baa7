//! Machines that were asleep or off.

use super::*;

fn nothing_done(_: Timestamp) -> bool {
    false
}

fn progress(started: &str, last: Option<&str>) -> Progress {
    Progress { started: at(started), last: last.map(at) }
}

#[test]
fn a_job_begins_after_its_start() {
    let hourly = table("0 * * * *", "UTC");
    let started = progress("2026-05-01T12:00:00Z", None);
    for missed in Missed::ALL {
        for now in ["2026-05-01T12:00:00Z", "2026-05-01T12:59:59Z"] {
            assert_eq!(due(&hourly, started, at(now), missed, nothing_done), Due::default());
        }
        let one = due(&hourly, started, at("2026-05-01T13:00:02Z"), missed, nothing_done);
        assert_eq!(one.run, [at("2026-05-01T13:00:00Z")]);
        assert_eq!(one.last, Some(at("2026-05-01T13:00:00Z")));
        assert!(one.skipped.is_empty() && !one.clock_set_back && !one.has_more);
    }
}

#[test]
fn a_settled_occurrence_is_not_due_again() {
    let hourly = table("0 * * * *", "UTC");
    let settled = progress("2026-05-01T00:30:00Z", Some("2026-05-01T13:00:00Z"));
    let none = due(&hourly, settled, at("2026-05-01T13:59:00Z"), Missed::All, nothing_done);
    assert_eq!(none, Due { last: settled.last, ..Due::default() });
}

/// Asleep from 13:20 on Friday to 13:07 on Sunday.
fn after_two_days(missed: Missed, woken: &str) -> Due {
    let hourly = table("0 * * * *", LONDON);
    let before = progress("2026-05-01T00:30:00Z", Some("2026-05-01T13:00:00Z"));
    due(&hourly, before, at(woken), missed, nothing_done)
}

#[test]
fn asleep_for_two_days_latest_runs_the_newest() {
    let due = after_two_days(Missed::Latest, "2026-05-03T13:07:00Z");
    assert_eq!(due.run, [at("2026-05-03T13:00:00Z")]);
    assert_eq!(due.skipped.count(), 47);
    assert_eq!(due.skipped.all().map(<[Timestamp]>::len), Some(47));
    assert_eq!(due.skipped.first(), Some(at("2026-05-01T14:00:00Z")));
    assert_eq!(due.skipped.last(), Some(at("2026-05-03T12:00:00Z")));
    assert_eq!(due.last, Some(at("2026-05-03T13:00:00Z")));
}

#[test]
fn asleep_for_two_days_all_runs_every_one_oldest_first() {
    let due = after_two_days(Missed::All, "2026-05-03T13:07:00Z");
    let expected: Vec<Timestamp> =
        (1..=48).map(|hour| at("2026-05-01T13:00:00Z") + minutes(hour * 60)).collect();
    assert_eq!(due.run, expected);
    assert!(due.skipped.is_empty());
    assert_eq!(due.last, expected.last().copied());
}

#[test]
fn asleep_for_two_days_skip_runs_only_what_is_hardly_late() {
    let late = after_two_days(Missed::Skip, "2026-05-03T13:07:00Z");
    assert_eq!((late.run.len(), late.skipped.count()), (0, 48));
    assert_eq!(late.last, Some(at("2026-05-03T13:00:00Z")));
    // To the second.
    let just = after_two_days(Missed::Skip, "2026-05-03T13:05:00Z");
    assert_eq!((just.run.len(), just.skipped.count()), (1, 47));
    assert_eq!(just.run, [at("2026-05-03T13:00:00Z")]);
    let over = after_two_days(Missed::Skip, "2026-05-03T13:05:00.1Z");
    assert_eq!((over.run.len(), over.skipped.count()), (0, 48));
}

#[test]
fn within_the_grace_only_the_newest_runs() {
    let minutely = table("* * * * *", "UTC");
    let before = progress("2026-05-01T00:30:00Z", Some("2026-05-01T13:00:00Z"));
    let due = due(&minutely, before, at("2026-05-01T13:04:10Z"), Missed::Skip, nothing_done);
    assert_eq!(due.run, [at("2026-05-01T13:04:00Z")]);
    assert_eq!(due.skipped.count(), 3);
}

#[test]
fn asleep_over_a_change_of_the_clocks() {
    let before = progress("2026-03-01T00:00:00Z", Some("2026-03-27T01:30:00Z"));
    let nightly = table("30 1 * * *", LONDON);
    let due = due(&nightly, before, at("2026-03-30T08:00:00Z"), Missed::All, nothing_done);
    let nights = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
    assert_eq!(due.run, nights.map(at));
}

#[test]
fn many_skipped_are_counted_and_many_runs_come_in_parts() {
    let minutely = table("* * * * *", "UTC");
    let mut progress = progress("2026-05-01T00:00:00Z", None);
    let now = at("2026-05-10T00:00:00Z");
    let latest = due(&minutely, progress, now, Missed::Latest, nothing_done);
    assert_eq!((latest.run.as_slice(), latest.skipped.count()), (&[now][..], 9 * 1440 - 1));
    assert_eq!(latest.skipped.all(), None);
    assert_eq!(latest.skipped.first(), Some(at("2026-05-01T00:01:00Z")));
    assert_eq!(latest.skipped.last(), Some(now - minutes(1)));
    let mut run = Vec::new();
    for has_more in [true, false] {
        let part = due(&minutely, progress, now, Missed::All, nothing_done);
        assert_eq!(part.has_more, has_more);
        progress.last = part.last;
        run.extend(part.run);
    }
    assert_eq!(run, occurrences(&minutely, progress.started, now));
}
