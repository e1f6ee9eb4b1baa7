//! Attempts that fail, are stopped, or whose process dies.

use super::*;

const DAILY: &str = "[[schedule]]\nname = \"daily\"\njob = \"refresh\"\ncron = \"0 6 * * *\"\n\
                     retries = 2\nretry_minutes = 10\n";

#[test]
fn failures_are_tried_again_at_growing_distances() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let runner = Script::of(vec![
        ended(RunOutcome::Failed),
        ended(RunOutcome::TimedOut),
        ended(RunOutcome::Done),
    ]);
    go(&workspace, &runner, "2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z");
    assert_eq!(recorded(&workspace), ["daily 2026-01-05T06:00:00Z done 3"]);
    let journal = Journal::read(&workspace.registry_dir()).unwrap();
    let run = journal.last_run("daily").unwrap().unwrap();
    // 06:00, then 10 and 20 minutes later.
    assert_eq!(run.started_at, moment("2026-01-05T06:30:00Z"));
    assert_eq!((run.accepted_rows, run.retry_at, run.message), (Some(10), None, None));
}

#[test]
fn what_fails_for_good_is_told_and_the_next_occurrence_runs() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let runner = Script::of(vec![ended(RunOutcome::Failed)]);
    go(&workspace, &runner, "2026-01-05T00:00:00Z", "2026-01-06T12:00:00Z");
    assert_eq!(
        recorded(&workspace),
        ["daily 2026-01-05T06:00:00Z failed 3", "daily 2026-01-06T06:00:00Z failed 3"]
    );
    let journal = Journal::read(&workspace.registry_dir()).unwrap();
    assert_eq!(journal.failures(None, Timestamp::MAX).unwrap().len(), 2);
    let jobs = Scheduled::all(&workspace).unwrap();
    let now = moment("2026-01-07T00:00:00Z");
    let status = Status::read(&jobs, &journal, now, None, 10).unwrap();
    assert!(status.needs_attention());
    assert_eq!(status.jobs[0].next_at, Some(moment("2026-01-07T06:00:00Z")));
}

#[test]
fn a_check_that_says_no_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let runner = Script::of(vec![ended(RunOutcome::CheckSaidNo)]);
    go(&workspace, &runner, "2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z");
    assert_eq!(recorded(&workspace), ["daily 2026-01-05T06:00:00Z check_said_no 1"]);
}

#[test]
fn a_run_that_was_stopped_is_begun_anew_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let stopped = Flag::default();
    struct Stopping<'a>(&'a Flag);
    impl Runner for Stopping<'_> {
        fn run(&self, _: &Task) -> Attempt {
            self.0.0.set(true);
            Attempt::Stopped
        }
    }
    let (from, until) = ("2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z");
    go_until(&workspace, &Stopping(&stopped), from, until, &|| stopped.0.get());
    assert_eq!(recorded(&workspace), ["daily 2026-01-05T06:00:00Z running 0"]);
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-01-05T07:00:00Z", until);
    assert_eq!(runner.asked(), ["refresh 2026-01-05"]);
    let journal = Journal::read(&workspace.registry_dir()).unwrap();
    let run = journal.last_run("daily").unwrap().unwrap();
    assert_eq!((run.attempts, run.interruptions), (1, 1));
}

#[test]
fn a_run_that_kills_its_process_over_and_over_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let due = moment("2026-01-05T06:00:00Z");
    {
        let mut journal = Journal::open(&workspace.registry_dir()).unwrap();
        journal.scheduled_since("daily", moment("2026-01-05T00:00:00Z")).unwrap();
        (0..26).for_each(|_| journal.begin("daily", due, due).unwrap());
    }
    let runner = Script::of(done());
    go(&workspace, &runner, "2026-01-05T06:00:00Z", "2026-01-05T12:00:00Z");
    assert!(runner.asked().is_empty());
    assert_eq!(recorded(&workspace), ["daily 2026-01-05T06:00:00Z failed 1"]);
}

#[test]
fn once_is_recorded_and_a_failure_is_left_to_whoever_asked() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = workspace(dir.path(), DAILY);
    let jobs = Scheduled::all(&workspace).unwrap();
    let now = "2026-01-05T09:30:15Z";
    let clock = RehearsalClock::new(moment(now), moment("2026-01-06T00:00:00Z"));
    let outbox = Outbox {
        workspace: &workspace,
        secrets: &|_| None,
        stop: &|| false,
        real_time: &|| Timestamp::UNIX_EPOCH,
    };
    let runner = Script::of(vec![ended(RunOutcome::Failed), ended(RunOutcome::Done)]);
    let mut journal = Journal::open(&workspace.registry_dir()).unwrap();
    let supervisor = Supervisor {
        workspace: &workspace,
        jobs: &jobs,
        clock: &clock,
        runner: &runner,
        outbox: &outbox,
        stop: &|| false,
        after: &|_| {},
        is_told: Cell::new(false),
    };
    let run = supervisor.once(&mut journal, &jobs[0]).unwrap().unwrap();
    assert_eq!((run.outcome, run.retry_at), (RunOutcome::Failed, None));
    assert_eq!(run.due_at, moment(now));
    assert_eq!(runner.asked(), ["refresh 2026-01-05"]);
}
