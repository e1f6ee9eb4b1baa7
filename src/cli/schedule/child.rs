//! A job as a process of its own.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::Kind;
use crate::schedule::{Attempt, Runner, Task};
use crate::workspace::journal::RunOutcome;

use super::super::args::Global;

/// How often the process is looked at.
const STEP: Duration = Duration::from_millis(50);
/// How long a job may go on after somebody asked to stop; then it is taken back.
const GRACE: Duration = Duration::from_secs(10);

/// With which a program ends that panics.
const PANIC: i32 = 101;

/// Runs this very program.
pub struct ChildRunner<'a> {
    pub global: &'a Global,
    pub stop: &'a dyn Fn() -> bool,
}

impl Runner for ChildRunner<'_> {
    fn run(&self, task: &Task) -> Attempt {
        match self.spawn(task) {
            Ok(child) => self.watch(child, task),
            Err(why) => failed(format!("the job's process could not start: {why}")),
        }
    }
}

impl ChildRunner<'_> {
    fn spawn(&self, task: &Task) -> std::io::Result<Child> {
        let mut command = Command::new(program()?);
        command.arg("job").arg(task.job.word()).arg("--workspace").arg(&self.global.workspace);
        command.args(["--as-of", &task.as_of, "--format", "json"]);
        if let Some(seed) = self.global.seed {
            command.args(["--seed", &seed.to_string()]);
        }
        if let Some(threads) = self.global.threads {
            command.args(["--threads", &threads.to_string()]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }

    fn watch(&self, mut child: Child, task: &Task) -> Attempt {
        let stdout = child.stdout.take().map(reading);
        let stderr = child.stderr.take().map(reading);
        let limit = Duration::try_from(task.time_limit).unwrap_or(Duration::MAX);
        let began = Instant::now();
        let mut asked: Option<Instant> = None;
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) => {}
                Err(_) => break None,
            }
            if (self.stop)() && asked.is_none() {
                tracing::info!("asked to stop; the job may finish within {} s", GRACE.as_secs());
                asked = Some(Instant::now());
            }
            if asked.is_some_and(|since| since.elapsed() > GRACE) {
                break None;
            }
            if began.elapsed() > limit {
                end(&mut child);
                return timed_out(limit);
            }
            std::thread::sleep(STEP);
        };
        let Some(status) = ended else {
            end(&mut child);
            return Attempt::Stopped;
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        match status.code() {
            Some(code) => finished(code, &stdout, &stderr),
            // A signal to all processes of the group may reach the job first.
            None if asked.is_some() || self.is_asked_soon() => Attempt::Stopped,
            None => failed(format!("the job's process was killed ({})", cause(status))),
        }
    }
}

impl ChildRunner<'_> {
    fn is_asked_soon(&self) -> bool {
        std::thread::sleep(STEP * 4);
        (self.stop)()
    }
}

/// This very program, also where its file has been replaced meanwhile.
fn program() -> std::io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe()
}

fn end(child: &mut Child) {
    // It may have ended by itself in between.
    let _ = child.kill();
    let _ = child.wait();
}

fn timed_out(limit: Duration) -> Attempt {
    Attempt::Ended {
        outcome: RunOutcome::TimedOut,
        message: Some(format!(
            "it was stopped after {} minutes (time_limit_minutes allows no more); nothing is half done",
            limit.as_secs() / 60
        )),
        accepted_rows: None,
        rejected_rows: None,
    }
}

fn failed(message: String) -> Attempt {
    Attempt::Ended {
        outcome: RunOutcome::Failed,
        message: Some(message),
        accepted_rows: None,
        rejected_rows: None,
    }
}

fn finished(code: i32, stdout: &str, stderr: &str) -> Attempt {
    let said: Value = serde_json::from_str(stdout).unwrap_or_default();
    let check = i32::from(Kind::Check.exit_code());
    let outcome = match code {
        0 => RunOutcome::Done,
        code if code == check && said.is_object() => RunOutcome::CheckSaidNo,
        _ => RunOutcome::Failed,
    };
    let message = match outcome {
        RunOutcome::Failed if code == PANIC => {
            Some(format!("it ended by a defect of microseg (code {PANIC}); please report it"))
        }
        RunOutcome::Failed => Some(complaint(stderr)),
        _ => said["message"].as_str().map(str::to_owned),
    };
    Attempt::Ended {
        outcome,
        message,
        accepted_rows: said["accepted_rows"].as_u64(),
        rejected_rows: said["rejected_rows"].as_u64(),
    }
}

/// What a process said was wrong, on one line.
fn complaint(stderr: &str) -> String {
    let after = |word: &str| stderr.lines().rev().find_map(|line| line.strip_prefix(word));
    match (after("error: "), after("hint: ")) {
        (Some(error), Some(hint)) => format!("{error} ({hint})"),
        (Some(error), None) => error.to_owned(),
        (None, _) => stderr.lines().last().unwrap_or("it gave no reason").to_owned(),
    }
}

#[cfg(unix)]
fn cause(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(9) => "signal 9: often for want of memory".to_owned(),
        Some(signal) => format!("signal {signal}"),
        None => "no signal is known".to_owned(),
    }
}

#[cfg(not(unix))]
fn cause(status: ExitStatus) -> String {
    status.to_string()
}

/// Reads to the end on a thread of its own, so that the process never waits for a reader.
fn reading(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until then is what there is.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn text(thread: Option<JoinHandle<String>>) -> String {
    thread.and_then(|thread| thread.join().ok()).unwrap_or_default()
}
