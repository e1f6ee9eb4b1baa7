//! The loop against a clock that jumps and jobs that only pretend.

mod interrupted;
mod journal;
mod runs;

use std::cell::{Cell, RefCell};
use std::path::Path;

use jiff::Timestamp;

use super::outbox::Outbox;
use super::*;
use crate::workspace::Workspace;
use crate::workspace::journal::{Journal, RunOutcome};

/// A workspace with these jobs.
fn workspace(dir: &Path, jobs: &str) -> Workspace {
    let settings = format!("[shop]\ntimezone = \"Europe/London\"\n{jobs}");
    std::fs::write(dir.join("microseg.toml"), settings).unwrap();
    Workspace::open(dir).unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Answers from a script, the last of it over and over, and remembers what was asked.
struct Script {
    answers: RefCell<Vec<Attempt>>,
    asked: RefCell<Vec<String>>,
}

impl Script {
    fn of(answers: Vec<Attempt>) -> Self {
        Script { answers: RefCell::new(answers), asked: RefCell::new(Vec::new()) }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }
}

impl Runner for Script {
    fn run(&self, task: &Task) -> Attempt {
        self.asked.borrow_mut().push(format!("{} {}", task.job.word(), task.as_of));
        let mut answers = self.answers.borrow_mut();
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    }
}

fn ended(outcome: RunOutcome) -> Attempt {
    let message = outcome.is_failure().then(|| "it did not work".to_owned());
    Attempt::Ended { outcome, message, accepted_rows: Some(10), rejected_rows: Some(1) }
}

fn done() -> Vec<Attempt> {
    vec![ended(RunOutcome::Done)]
}

/// Runs the loop from one moment to another.
fn go(workspace: &Workspace, runner: &dyn Runner, from: &str, until: &str) {
    go_until(workspace, runner, from, until, &|| false);
}

fn go_until(
    workspace: &Workspace,
    runner: &dyn Runner,
    from: &str,
    until: &str,
    stop: &dyn Fn() -> bool,
) {
    let jobs = Scheduled::all(workspace).unwrap();
    let clock = RehearsalClock::new(moment(from), moment(until));
    let outbox =
        Outbox { workspace, secrets: &|_| None, stop, real_time: &|| Timestamp::UNIX_EPOCH };
    let mut journal = Journal::open(&workspace.registry_dir()).unwrap();
    let supervisor = Supervisor {
        workspace,
        jobs: &jobs,
        clock: &clock,
        runner,
        outbox: &outbox,
        stop,
        after: &|_| {},
        is_told: Cell::new(false),
    };
    supervisor.run(&mut journal).unwrap();
}

/// "job due outcome attempts", the oldest first.
fn recorded(workspace: &Workspace) -> Vec<String> {
    let journal = Journal::read(&workspace.registry_dir()).unwrap();
    let mut runs: Vec<String> = journal
        .runs(1000)
        .unwrap()
        .into_iter()
        .map(|r| format!("{} {} {} {}", r.job, r.due_at, r.outcome.word(), r.attempts))
        .collect();
    runs.reverse();
    runs
}

/// Set once something has happened.
#[derive(Default)]
struct Flag(Cell<bool>);
