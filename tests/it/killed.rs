//! Schedulers that are killed at any moment, asked to stop, started twice, and watched.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rehearsal::{REHEARSE, REHEARSED, STARTED, mondays, on, report, word};
use crate::support::{Dir, PROGRAM, no_panic, refused};

/// The program on a workspace, in a process group of its own; what it says on stderr goes into a file beside it.
struct Started {
    child: Child,
    said: Dir,
}

impl Started {
    fn new(root: &Path, line: &str) -> Self {
        let said = Dir::new();
        let stderr = fs::File::create(said.path().join("stderr")).unwrap();
        let child = Command::new(PROGRAM)
            .args(line.split_whitespace())
            .arg("--workspace")
            .arg(root)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .unwrap();
        Started { child, said }
    }

    fn signal(&self, signal: &str, whole_group: bool) {
        let of = if whole_group { "-" } else { "" };
        let target = format!("{of}{}", self.child.id());
        let status = Command::new("kill").args([signal, "--", &target]).status().unwrap();
        assert!(status.success(), "kill {signal} {target}");
    }

    fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end, so long at most; the exit code and what was said.
    fn end_within(mut self, limit: Duration) -> (Option<i32>, String) {
        let began = Instant::now();
        while !self.is_over() {
            if began.elapsed() > limit {
                self.signal("-KILL", true);
                panic!("still running after {limit:?}: {}", self.said.read("stderr"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        (self.child.wait().unwrap().code(), self.said.read("stderr"))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Nothing outlives a test that failed.
        if !self.is_over() {
            self.signal("-KILL", true);
            self.child.wait().unwrap();
        }
    }
}

/// Numbers that look random, the same every time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// One week of it.
const WEEK: &str = "schedule rehearse --from 2026-04-07 --until 2026-04-14";

fn status(root: &Path) -> Value {
    on(root, "schedule status --format json --runs 1000").json()
}

/// A number of all runs, added up.
fn sum(status: &Value, of: &str) -> u64 {
    status["runs"].as_array().unwrap().iter().map(|run| run[of].as_u64().unwrap()).sum()
}

/// Everything that was made in a workspace, but for locks and the journal, whose runs took another time and were
/// interrupted.
fn made(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_left_out = ["exports", "journal.sqlite"].contains(&name)
                || name.starts_with(".microseg") && name.ends_with(".lock");
            match path.is_dir() {
                _ if is_left_out => {}
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(root).unwrap().to_owned();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    files
}

/// Jobs that outlived their scheduler, by what they were started with.
fn orphans(root: &Path) -> usize {
    let root = root.to_str().unwrap();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(root)).count()
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// After how many milliseconds each start is killed, and whether its job is too: moments are drawn over the undisturbed
/// run, and each start has the time from one to the next, and that of half a run for what the kill before took back.
fn kills(undisturbed_ms: u64, runs: u64, count: usize) -> Vec<(u64, bool)> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut moments: Vec<u64> = (0..count).map(|_| dice.next() % undisturbed_ms).collect();
    moments.sort_unstable();
    let mut before = 0;
    let gap = |moment: u64| {
        let gap = moment - before + undisturbed_ms / runs / 2;
        before = moment;
        (gap, dice.next().is_multiple_of(2))
    };
    moments.into_iter().map(gap).collect()
}

fn as_if_undisturbed(dir: &Dir, what: &str) {
    let (expected, found) = (made(&REHEARSED), made(dir.path()));
    let mut names: Vec<&PathBuf> = expected.keys().chain(found.keys()).collect();
    names.sort();
    names.dedup();
    names.retain(|name| expected.get(*name) != found.get(*name));
    assert!(names.is_empty(), "{what}: these differ: {names:#?}");
    dir.has_no_leftovers();
    let (expected, found) = (status(&REHEARSED), status(dir.path()));
    assert_eq!(expected["messages"], found["messages"], "{what}");
    assert_eq!(found["messages"]["waiting"], 0, "{what}");
    assert_eq!(found["messages"]["dead"], 0, "{what}");
    assert!(found["undelivered"].as_array().unwrap().is_empty(), "{what}");
    let runs = |status: &Value| -> Vec<String> {
        let runs = status["runs"].as_array().unwrap().iter();
        let fields = ["job", "due_at", "outcome", "attempts", "message", "accepted_rows"];
        runs.map(|run| fields.map(|field| run[field].to_string()).join(" ")).collect()
    };
    assert_eq!(runs(&expected), runs(&found), "{what}");
    assert!(runs(&found).iter().all(|run| run.contains(r#""done" 1 null"#)), "{what}");
}

#[test]
fn a_scheduler_that_is_killed_twenty_times_does_everything_once() {
    let took = sum(&status(&REHEARSED), "took_ms");
    let kills = kills(took, 24, 20);
    let what = format!("killed after these milliseconds, with its job or not: {kills:?}");
    let dir = Dir::copy_of(&STARTED);
    let mut hit = 0;
    for (after_ms, whole_group) in &kills {
        let mut started = Started::new(dir.path(), REHEARSE);
        std::thread::sleep(Duration::from_millis(*after_ms));
        if !started.is_over() {
            started.signal("-KILL", *whole_group);
            hit += 1;
        }
        let (code, said) = started.end_within(Duration::from_secs(5));
        assert!(matches!(code, None | Some(0)), "{what}\n{said}");
    }
    assert!(hit >= 10, "{hit} kills came before the end; {what}");
    let (code, said) = Started::new(dir.path(), REHEARSE).end_within(Duration::from_secs(120));
    assert_eq!(code, Some(0), "{what}\n{said}");
    wait_until("jobs of killed schedulers", || orphans(dir.path()) == 0);
    let interruptions = sum(&status(dir.path()), "interruptions");
    println!("{hit} kills, {interruptions} runs interrupted");
    assert!(interruptions > 0, "{what}");
    as_if_undisturbed(&dir, &what);
}

#[test]
fn a_rehearsal_that_is_asked_to_stop_goes_on_where_it_was() {
    let dir = Dir::copy_of(&STARTED);
    let started = Started::new(dir.path(), REHEARSE);
    wait_until("the first digest", || dir.path().join("digests/2026-04-13").exists());
    started.signal("-TERM", false);
    let (code, said) = started.end_within(Duration::from_secs(15));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stopped as asked"), "{said}");
    let (code, said) = Started::new(dir.path(), REHEARSE).end_within(Duration::from_secs(120));
    assert_eq!(code, Some(0), "{said}");
    as_if_undisturbed(&dir, "stopped once");
}

#[test]
fn a_rehearsal_neither_leaves_its_days_nor_says_nothing() {
    let dir = Dir::copy_of(&STARTED);
    // The shop's days are long over by the machine's clock.
    dir.edit("microseg.toml", |text| format!("{text}\n[refresh]\nstale_after_days = 100000\n"));
    dir.run(&format!("{WEEK} -q")).fine();
    // A run by the machine's clock, long after the days of the rehearsal.
    dir.run("schedule once monday-refresh -q").fine();
    let before = status(dir.path())["runs"].clone();
    let said = dir.run(&REHEARSE.replace("06-30", "04-21"));
    let runs = status(dir.path())["runs"].as_array().unwrap().clone();
    let beyond = |run: &&Value| {
        word(run, "due_at") >= "2026-04-21" && !before.as_array().unwrap().contains(run)
    };
    let beyond: Vec<&Value> = runs.iter().filter(beyond).collect();
    assert!(beyond.is_empty(), "{} runs after the last day: {}", beyond.len(), beyond[0]);
    assert!(said.code != Some(0) || runs.len() > 3, "nothing was done: {said:?}");
}

#[test]
fn a_message_whose_folder_is_lost_stops_nothing_else() {
    let dir = Dir::copy_of(&STARTED);
    let blocked = dir.write("blocked", "");
    dir.edit("microseg.toml", |text| text.replace("path = \"out\"", "path = \"blocked/out\""));
    dir.run(&format!("{WEEK} -q")).fine();
    assert_eq!(status(dir.path())["messages"]["dead"], 2);
    fs::remove_dir_all(dir.path().join("digests/2026-04-13")).unwrap();
    fs::remove_file(blocked).unwrap();
    let said = dir.run("deliver --again -q");
    assert_eq!(said.code, Some(1), "{said:?}");
    let messages = &status(dir.path())["messages"];
    assert_eq!((&messages["sent"], &messages["dead"]), (&1.into(), &1.into()), "{messages}");
}

/// A started shop and a scheduler that waits for next Monday by the machine's clock.
fn waiting(root: &Path, options: &str) -> Started {
    let started = Started::new(root, &format!("schedule {options}"));
    wait_until("a scheduler", || status(root)["scheduler"].is_string());
    started
}

#[test]
fn a_scheduler_stops_within_seconds_and_lets_go_of_its_lock() {
    for signal in ["-TERM", "-INT"] {
        let dir = Dir::copy_of(&STARTED);
        let started = waiting(dir.path(), "");
        started.signal(signal, false);
        let (code, said) = started.end_within(Duration::from_secs(5));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("stopped as asked"), "{said}");
        assert!(status(dir.path())["scheduler"].is_null());
        let again = waiting(dir.path(), "");
        again.signal(signal, false);
        assert_eq!(again.end_within(Duration::from_secs(5)).0, Some(0));
    }
}

#[test]
fn a_second_scheduler_is_told_of_the_first() {
    let dir = Dir::copy_of(&STARTED);
    let first = waiting(dir.path(), "");
    let holder = format!("process {}", first.child.id());
    assert_eq!(status(dir.path())["scheduler"], holder.as_str());
    let text = dir.run("schedule status").fine().stdout;
    assert!(text.starts_with(&format!("Looked after by {holder}.")), "{text}");
    for line in ["schedule", REHEARSE, "schedule once monday-refresh", "deliver"] {
        refused(&dir.run(line), 3, &["are looked after by", &holder, "stop that one first"]);
    }
    // Between jobs people may work on the workspace.
    dir.run("refresh --as-of 2026-04-13 -q").fine();
}

#[test]
fn a_job_can_be_run_once_by_its_name() {
    let dir = Dir::copy_of(&STARTED);
    let stale = dir.run("schedule once monday-refresh");
    assert_eq!(stale.code, Some(3), "{stale:?}");
    assert!(stale.stderr.contains("days older than the as-of"), "{stale:?}");
    fs::remove_file(dir.path().join("registry/journal.sqlite")).unwrap();
    // The shop's days are long over by the machine's clock.
    dir.edit("microseg.toml", |text| format!("{text}\n[refresh]\nstale_after_days = 100000\n"));
    let said = dir.run("schedule once monday-refersh");
    refused(&said, 2, &["monday-refersh", "did you mean `monday-refresh`"]);
    assert!(status(dir.path())["runs"].as_array().unwrap().is_empty());
    let run = dir.run("schedule once monday-refresh --format json").fine().json();
    assert_eq!((word(&run, "job"), word(&run, "outcome")), ("monday-refresh", "done"), "{run}");
    let runs = status(dir.path())["runs"].clone();
    assert_eq!(runs, Value::Array(vec![run]));
    assert_eq!(fs::read_dir(dir.path().join("refreshes")).unwrap().count(), 2);
    let text = dir.run("schedule status").fine().stdout;
    for part in
        ["No scheduler runs.", "monday-refresh", "0 5 * * MON Europe/London", "done", "Messages: "]
    {
        assert!(text.contains(part), "{part} is not said: {text}");
    }
}

#[test]
fn logs_can_be_read_by_programs() {
    let dir = Dir::copy_of(&STARTED);
    let said = dir.run(&format!("{WEEK} --log-format json")).fine();
    no_panic(&said);
    let mut lines = 0;
    for line in said.stderr.lines() {
        for key in ["timestamp", "level", "message"] {
            let times = line.matches(&format!("\"{key}\":")).count();
            assert_eq!(times, 1, "{key} is there {times} times: {line}");
        }
        let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let at: Result<jiff::Timestamp, _> = word(&line, "timestamp").parse();
        assert!(at.is_ok(), "{line}");
        assert!(["INFO", "WARN", "ERROR"].contains(&word(&line, "level")), "{line}");
        assert!(!word(&line, "message").is_empty(), "{line}");
        lines += 1;
    }
    // Begun and ended of two jobs, and a message of each.
    assert!(lines >= 6, "{}", said.stderr);
}

/// What is answered to a plain request.
fn answer(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some(text)
}

#[test]
fn metrics_tell_of_runs_and_segments() {
    let dir = Dir::copy_of(&REHEARSED);
    // By another name, so that nothing is due since the summer; past runs stay.
    dir.edit("microseg.toml", |text| text.replace("\"monday-", "\"early-"));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let scheduler = waiting(dir.path(), &format!("--metrics 127.0.0.1:{port}"));
    let mut page = String::new();
    wait_until("metrics", || {
        page = answer(port, "/metrics").unwrap_or_default();
        page.contains("microseg_")
    });
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("openmetrics-text"), "{page}");
    assert!(page.trim_end().ends_with("# EOF"), "{page}");
    let value = |name: &str, labels: &[&str]| {
        let is_it = |line: &&str| line.starts_with(name) && labels.iter().all(|l| line.contains(l));
        let mut lines = page.lines().filter(is_it);
        let line = lines.next().unwrap_or_else(|| panic!("no {name} {labels:?}: {page}"));
        assert_eq!(lines.next(), None, "{name} {labels:?} twice");
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    for job in ["job=\"monday-refresh\"", "job=\"monday-digest\""] {
        assert_eq!(value("microseg_runs{", &[job, "outcome=\"done\""]), 12.0);
    }
    let report = report(dir.path(), mondays()[12]);
    assert_eq!(value("microseg_contacts ", &[]), report["contacts"].as_f64().unwrap());
    for size in report["segments"].as_array().unwrap() {
        let label = format!("segment=\"{}\"", word(size, "id"));
        let shown = value("microseg_segment_contacts{", &[&label]);
        assert_eq!(shown, size["size"].as_f64().unwrap(), "{label}");
    }
    assert_eq!(value("microseg_messages{", &["state=\"dead\""]), 0.0);
    assert!(answer(port, "/").unwrap().starts_with("HTTP/1.1 404"));
    scheduler.signal("-TERM", false);
    assert_eq!(scheduler.end_within(Duration::from_secs(5)).0, Some(0));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let line = format!("schedule --metrics {}", taken.local_addr().unwrap());
    refused(&dir.run(&line), 2, &["metrics cannot be served there", "free port"]);
}
