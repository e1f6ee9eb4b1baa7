//! When jobs run, and with which as-of.

use super::*;

const WEEKLY: &str = "[[schedule]]\nname = \"monday\"\njob = \"digest\"\ncron = \"0 6 * * MON\"\n";

#[test]
fn a_weekly_job_runs_every_week_with_the_midnight_before_as_its_as_of() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), WEEKLY);
    let runner = Script::of(done());
    // Clocks go forward on 29 March 2026.
    go(&workspace, &runner, "2026-03-20T00:00:00Z", "2026-04-10T00:00:00Z");
    assert_eq!(runner.asked(), ["digest 2026-03-23", "digest 2026-03-30", "digest 2026-04-06"]);
    assert_eq!(
        recorded(&workspace),
        [
            "monday 2026-03-23T06:00:00Z done 1", "monday 2026-03-30T05:00:00Z done 1",
            "monday 2026-04-06T05:00:00Z done 1",
        ]
    );
    // Going on later repeats nothing.
    go(&workspace, &runner, "2026-04-10T00:00:00Z", "2026-04-14T00:00:00Z");
    assert_eq!(runner.asked().len(), 4);
}

#[test]
fn jobs_of_one_moment_run_in_the_order_of_the_settings() {
    let dir = tempfile::tempdir().unwrap();
    let job = |name: &str, job: &str| {
        format!("[[schedule]]\nname = \"{name}\"\njob = \"{job}\"\ncron = \"0 6 * * *\"\n")
    };
    let jobs = [job("z", "refresh"), job("a", "digest")].concat();
    let workspace = workspace(dir.path(), &jobs);
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-03-02T00:00:00Z", "2026-03-03T12:00:00Z");
    assert_eq!(
        runner.asked(),
        ["refresh 2026-03-02", "digest 2026-03-02", "refresh 2026-03-03", "digest 2026-03-03"]
    );
}

/// A machine that sleeps from Wednesday noon to Friday noon.
fn asleep(missed: &str) -> (Vec<String>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let job = "[[schedule]]\nname = \"daily\"\njob = \"refresh\"\ncron = \"0 6 * * *\"\n";
    let workspace = workspace(dir.path(), &format!("{job}missed = \"{missed}\"\n"));
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-03-03T00:00:00Z", "2026-03-04T12:00:00Z");
    go(&workspace, &runner, "2026-03-06T12:00:00Z", "2026-03-07T12:00:00Z");
    (runner.asked(), recorded(&workspace))
}

#[test]
fn a_machine_asleep_for_two_days_does_what_was_asked_for() {
    let day = |day: u8| format!("refresh 2026-03-{day:02}");
    let (asked, recorded) = asleep("latest");
    assert_eq!(asked, [day(3), day(4), day(6), day(7)]);
    assert_eq!(recorded[2], "daily 2026-03-05T06:00:00Z skipped 0");
    assert_eq!(asleep("all").0, [day(3), day(4), day(5), day(6), day(7)]);
    let (asked, recorded) = asleep("skip");
    assert_eq!(asked, [day(3), day(4), day(7)]);
    assert_eq!(recorded.iter().filter(|run| run.contains("skipped")).count(), 2);
}

#[test]
fn a_clock_that_is_set_back_runs_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let job = "[[schedule]]\nname = \"hourly\"\njob = \"refresh\"\ncron = \"0 * * * *\"\n";
    let workspace = workspace(dir.path(), job);
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-03-03T00:30:00Z", "2026-03-03T04:30:00Z");
    assert_eq!(runner.asked().len(), 4);
    go(&workspace, &runner, "2026-03-03T02:30:00Z", "2026-03-03T05:30:00Z");
    assert_eq!(recorded(&workspace).len(), 5);
    assert_eq!(runner.asked().len(), 5);
}

#[test]
fn a_clock_that_was_in_a_wrong_future_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let job = "[[schedule]]\nname = \"daily\"\njob = \"refresh\"\ncron = \"0 6 * * *\"\n";
    let workspace = workspace(dir.path(), job);
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-03-03T00:00:00Z", "2026-03-03T12:00:00Z");
    go(&workspace, &runner, "2040-01-01T07:00:00Z", "2040-01-01T08:00:00Z");
    go(&workspace, &runner, "2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z");
    let asked = runner.asked();
    assert_eq!(asked[0], "refresh 2026-03-03");
    assert!(asked[1].starts_with("refresh 2040-01-01"), "{asked:?}");
    assert_eq!(asked[2..], ["refresh 2026-03-04", "refresh 2026-03-05"]);
}
