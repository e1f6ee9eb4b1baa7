//! Processes that are killed, that collide, and whose reader goes away.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use microseg::workspace::WriterLock;

use crate::support::{Dir, PROGRAM, SMALL, refused};

fn spawn(args: &[&str]) -> Child {
    Command::new(PROGRAM)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_second_writer_is_told_who_is_writing() {
    let dir = SMALL.copy();
    let before = dir.files();
    let _lock = WriterLock::take(dir.path()).unwrap();
    let holder = format!("process {}", std::process::id());
    for line in ["ingest", "features", "predict", "propose", "report", "run"] {
        refused(&dir.run(line), 3, &["is being written", &holder, "wait"]);
    }
    assert!(before == dir.files());
    assert_eq!(dir.run("check -q").code, Some(0), "a reader needs no lock");
}

#[test]
fn the_lock_goes_with_the_process_that_held_it() {
    let dir = SMALL.copy();
    drop(WriterLock::take(dir.path()).unwrap());
    dir.run("ingest -q").fine();
}

/// Kills an ingest so many milliseconds after its start.
fn kill_after(dir: &Dir, delay: u64) {
    let mut child = spawn(&["ingest", "--workspace", dir.path().to_str().unwrap()]);
    std::thread::sleep(Duration::from_millis(delay));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The lake's files, but for the manifest, whose inputs may be named otherwise.
fn lake(dir: &Dir) -> Vec<(String, Vec<u8>)> {
    let files = dir.files().into_iter().map(|(path, bytes)| (path.display().to_string(), bytes));
    files.filter(|(path, _)| path.starts_with("lake/")).collect()
}

#[test]
fn an_ingest_that_is_killed_leaves_no_lake_and_the_next_one_makes_it_whole() {
    let undisturbed = SMALL.fresh();
    undisturbed.run("ingest -q").fine();
    for delay in [5, 40, 100, 200, 300] {
        let dir = SMALL.fresh();
        kill_after(&dir, delay);
        let left = lake(&dir);
        assert!(left.is_empty() || left == lake(&undisturbed), "half a lake after {delay} ms");
        dir.run("ingest -q").fine();
        assert!(lake(&dir) == lake(&undisturbed), "another lake after a kill at {delay} ms");
        dir.has_no_leftovers();
    }
}

#[test]
fn an_ingest_that_is_killed_leaves_the_last_good_lake() {
    let order = "o-new,c0000001,2026-06-01T00:00:00Z,1.00,GBP,0.00,completed\n";
    let changed = SMALL.copy();
    changed.edit("exports/orders.csv", |text| text + order);
    changed.run("ingest -q").fine();
    let old = lake(&SMALL.copy());
    for delay in [30, 120, 250] {
        let dir = SMALL.copy();
        dir.edit("exports/orders.csv", |text| text + order);
        kill_after(&dir, delay);
        let left = lake(&dir);
        assert!(left == old || left == lake(&changed), "half a lake after {delay} ms");
        dir.run("ingest -q").fine();
        assert!(lake(&dir) == lake(&changed), "another lake after a kill at {delay} ms");
        dir.has_no_leftovers();
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let dir = Dir::new();
    let row = |i: usize| format!("contact-{i:06},2026-01-{:02},{}.50\n", 1 + i % 28, 1 + i % 90);
    let rows: String = (0..20_000).map(row).collect();
    let file = dir.write("orders.csv", format!("who,day,paid\n{rows}"));
    for format in ["csv", "json"] {
        let columns = ["--contact", "who", "--time", "day", "--amount", "paid"];
        let mut args = vec!["rfm", &file, "--format", format, "--quiet"];
        args.extend(columns);
        let mut child = spawn(&args);
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
    }
}
