//! A lake that is added to is the lake made of everything at once.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::support::{Dir, SMALL};

/// Settings that take any file of a table's name, and the small shop's exports.
fn exports() -> Dir {
    let dir = SMALL.fresh();
    dir.edit("microseg.toml", |text| text.replace(".csv\"]", "*.csv\"]"));
    dir
}

/// Everything that an ingest leaves, the features of it, and no manifest of its inputs.
fn made(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    files.retain(|path, _| {
        let folders = ["lake", "features", "quarantine"];
        folders.iter().any(|folder| path.starts_with(folder))
    });
    assert!(files.len() > 14, "{:?}", files.keys());
    // The quarantine names files by where the workspace is.
    let root = dir.path().to_str().unwrap().to_owned();
    if let Some(list) = files.get_mut(&PathBuf::from("quarantine/rejects.csv")) {
        *list = String::from_utf8(list.clone()).unwrap().replace(&root, "").into_bytes();
    }
    files
}

fn same(a: &Dir, b: &Dir) {
    let (a, b) = (made(a), made(b));
    let other: Vec<&PathBuf> =
        a.keys().chain(b.keys()).filter(|n| a.get(*n) != b.get(*n)).collect();
    assert!(other.is_empty(), "these differ: {other:?}");
}

/// The rows of a table that pass, and the others, each with the header.
fn parted(text: &str, first: impl Fn(&str) -> bool) -> (String, String) {
    let (header, rows) = text.split_once('\n').unwrap();
    let (a, b): (Vec<&str>, Vec<&str>) = rows.lines().partition(|row| first(row));
    let table = |rows: Vec<&str>| format!("{header}\n{}\n", rows.join("\n"));
    (table(a), table(b))
}

/// Builds one workspace in these steps of files, and another from all of them at once.
fn both_ways(steps: &[&[(&str, String)]]) -> (Dir, Dir) {
    let (added, at_once) = (exports(), exports());
    for dir in [&added, &at_once] {
        dir.edit("microseg.toml", |text| text + "\n[ingest]\nmax_bad_share = 0.5\n");
        std::fs::remove_file(dir.path().join("exports/events.csv")).unwrap();
    }
    for files in steps {
        for (name, text) in *files {
            added.write(&format!("exports/{name}"), text);
            at_once.write(&format!("exports/{name}"), text);
        }
        added.run("ingest -q").fine();
        added.run("features -q").fine();
    }
    at_once.run("ingest -q").fine();
    at_once.run("features -q").fine();
    (added, at_once)
}

fn is_before(day: &str) -> impl Fn(&str) -> bool {
    move |row| row.split(',').nth(2).unwrap() < day
}

#[test]
fn new_rows_give_the_bytes_of_a_lake_made_at_once() {
    let events = SMALL.export("events.csv");
    let (old, rest) = parted(&events, is_before("2026-04-20"));
    let (middle, new) = parted(&rest, is_before("2026-06-25"));
    let (added, at_once) = both_ways(&[
        &[("events-1.csv", old)],
        &[("events-2.csv", middle)],
        &[("events-3.csv", new)],
    ]);
    same(&added, &at_once);
}

#[test]
fn slices_that_new_rows_do_not_touch_stay_the_same_files() {
    let events = SMALL.export("events.csv");
    let (old, new) = parted(&events, is_before("2026-06-25"));
    let dir = exports();
    dir.write("exports/events.csv", old);
    dir.run("ingest -q").fine();
    let inodes = || -> BTreeMap<String, u64> {
        let slices = std::fs::read_dir(dir.path().join("lake/events")).unwrap();
        let inode = |entry: std::fs::DirEntry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().ino())
        };
        slices.map(|entry| inode(entry.unwrap())).collect()
    };
    let before = inodes();
    dir.write("exports/events-new.csv", new);
    dir.run("ingest -q").fine();
    let after = inodes();
    let stayed: Vec<&String> = before.keys().filter(|n| before.get(*n) == after.get(*n)).collect();
    assert_eq!(stayed.len(), before.len() - 1, "{before:?} {after:?}");
    assert!(!stayed.contains(&&"2026-06.parquet".to_owned()));
}

/// Rows of old months, a correction, rows delivered again, bad rows, a machine's click whose delivery
/// came in an earlier file, and somebody who was not known.
fn late_rows(events: &str) -> String {
    let (header, rows) = events.split_once('\n').unwrap();
    let again: Vec<&str> = rows.lines().step_by(97).collect();
    let bad = "e-bad-1,c0000001,2026-13-03T10:00:00Z,opened,m0001,,mobile,,,,,,\n\
               e-bad-2,c0000001,2026-03-03T10:00:00Z,looked,m0001,,mobile,,,,,,\n";
    format!(
        "{header}\n{}\n{bad}\
         e-late-1,c0000001,2025-08-03T10:00:00Z,page_viewed,,,mobile,Safari,,,home,12,\n\
         e-late-2,a-new-contact,2025-11-30T23:59:59Z,page_viewed,,,mobile,Safari,,,new-page,12,\n",
        again.join("\n")
    )
}

#[test]
fn late_corrected_repeated_and_bad_rows_end_where_they_would_at_once() {
    let events = SMALL.export("events.csv");
    let late = late_rows(&events);
    let (old, new) = parted(&events, is_before("2026-05-10"));
    let bad = "e-bad-0,c0000009,yesterday,opened,m0001,,mobile,,,,,,\n";
    let (added, at_once) = both_ways(&[
        &[("events-1.csv", old + bad)],
        &[("events-2.csv", late)],
        &[("events-3.csv", new)],
    ]);
    same(&added, &at_once);
    let rejects = added.read("quarantine/rejects.csv");
    assert_eq!(rejects.lines().count(), 1 + 3, "{rejects}");
    let late = stored(
        &added,
        "SELECT c.contact_id FROM events e JOIN contacts c ON c.contact_key = e.contact_key \
         WHERE e.page = 'new-page'",
    );
    assert_eq!(late, ["a-new-contact"]);
}

/// The stored rows of an event, as JSON.
fn stored(dir: &Dir, sql: &str) -> Vec<String> {
    let lake = microseg::lake::Lake::open(&dir.path().join("lake")).unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    let as_of = microseg::workspace::AsOf::parse("2100-01-01", zone).unwrap();
    microseg::lake::Session::new(&lake, &as_of, 1).unwrap().words(sql).unwrap()
}

#[test]
fn a_row_updated_later_takes_the_place_of_the_stored_one_wherever_that_is() {
    let settings = |text: String| {
        text.replace("machine = \"machine\"", "machine = \"machine\"\nupdated_at = \"updated_at\"")
    };
    let header = |text: &str, rows: &str| {
        let (header, _) = text.split_once('\n').unwrap();
        format!("{header},updated_at\n{rows}")
    };
    let text = SMALL.export("events.csv");
    let row = |id: &str, ts: &str, page: &str, updated: &str| {
        format!("{id},c0000001,{ts},page_viewed,,,mobile,Safari,,,{page},12,,{updated}\n")
    };
    let first = row("x", "2025-09-01T10:00:00Z", "wrong", "2025-09-02T00:00:00Z")
        + &row("y", "2026-06-01T10:00:00Z", "kept", "2026-06-09T00:00:00Z")
        + &row("z", "2026-03-01T10:00:00Z", "alone", "2026-03-02T00:00:00Z");
    let second = row("x", "2026-06-20T10:00:00Z", "right", "2026-06-21T00:00:00Z")
        + &row("y", "2026-06-01T10:00:00Z", "older", "2026-06-02T00:00:00Z");
    let (added, at_once) = (exports(), exports());
    for dir in [&added, &at_once] {
        dir.edit("microseg.toml", settings);
        dir.write("exports/events.csv", header(&text, &first));
    }
    added.run("ingest -q").fine();
    for dir in [&added, &at_once] {
        dir.write("exports/events-2.csv", header(&text, &second));
        dir.run("ingest -q").fine();
        dir.run("features -q").fine();
    }
    same(&added, &at_once);
    let pages = stored(&added, "SELECT CAST(page AS VARCHAR) FROM events ORDER BY 1");
    assert_eq!(pages, ["alone", "kept", "right"]);
}

#[test]
fn other_tables_are_read_again_when_one_of_their_files_changed() {
    let (orders, events) = (SMALL.export("orders.csv"), SMALL.export("events.csv"));
    let (first, second) = parted(&orders, is_before("2026-05-01"));
    let (old, new) = parted(&events, is_before("2026-06-01"));
    let (added, at_once) = both_ways(&[
        &[("orders.csv", first.clone()), ("events-1.csv", old)],
        &[("orders-2.csv", second)],
        &[("events-2.csv", new)],
    ]);
    same(&added, &at_once);
}

#[test]
fn a_lake_whose_files_went_or_changed_is_made_anew() {
    let events = SMALL.export("events.csv");
    let (old, new) = parted(&events, is_before("2026-06-01"));
    let (added, at_once) = (exports(), exports());
    for dir in [&added, &at_once] {
        dir.write("exports/events.csv", &old);
    }
    added.write("exports/events-2.csv", new);
    added.run("ingest -q").fine();
    std::fs::remove_file(added.path().join("exports/events-2.csv")).unwrap();
    for dir in [&added, &at_once] {
        dir.run("ingest -q").fine();
        dir.run("features -q").fine();
    }
    same(&added, &at_once);
}

#[test]
fn events_without_ids_are_known_by_their_content() {
    let settings = |text: String| text.replace("event_id = \"event_id\"\n", "");
    let events = SMALL.export("events.csv");
    let (once, twice) = (exports(), exports());
    for dir in [&once, &twice] {
        dir.edit("microseg.toml", settings);
    }
    let alike = repeats(&once);
    repeats(&twice);
    let half: String =
        events.lines().take(1 + events.lines().count() / 2).map(|l| format!("{l}\n")).collect();
    twice.write("exports/events-again.csv", half);
    let lines = events.lines().count() as u64;
    assert_eq!(repeats(&twice), alike + lines / 2);
    let slices = |dir: &Dir| {
        let mut files = dir.files();
        files.retain(|path, _| path.starts_with("lake/events"));
        files
    };
    assert!(slices(&once) == slices(&twice));
}

/// Rows of events that repeat others, from an ingest.
fn repeats(dir: &Dir) -> u64 {
    let report = dir.run("ingest --format json").fine().json();
    let sources = report["sources"].as_array().unwrap();
    let counts = sources.iter().find(|s| s["table"] == "events").unwrap();
    counts["repeated"].as_u64().unwrap()
}

/// A workspace named by `.`, two sources over one file, and a clean file later: the old fault stays.
#[test]
fn faults_of_files_that_are_not_read_again_stay_in_the_quarantine() {
    let dir = Dir::new();
    dir.write(
        "microseg.toml",
        "[shop]\ncurrency = \"GBP\"\n[ingest]\nmax_bad_share = 0.5\n\
         [[source]]\ntable = \"orders\"\nfiles = [\"orders.csv\"]\n\
         columns = { contact = \"who\", time = \"at\", amount = \"total\" }\n\
         [[source]]\ntable = \"events\"\nfiles = [\"./events*.csv\"]\n\
         columns = { contact = \"who\", time = \"at\", kind = \"what\" }\n",
    );
    dir.write("orders.csv", "who,at,total\nann,2026-01-02,5.00\nbob,2026-01-03,x\n");
    dir.write("events-1.csv", "who,at,what\nann,2026-01-02,opened\nbob,2026-01-03,looked\n");
    let ingest = || {
        let mut program = std::process::Command::new(crate::support::PROGRAM);
        program.args(["ingest", "-q"]).current_dir(dir.path()).output().unwrap()
    };
    assert!(ingest().status.success());
    dir.write("events-2.csv", "who,at,what\nann,2026-01-09,clicked\n");
    assert!(ingest().status.success());
    let rejects = dir.read("quarantine/rejects.csv");
    assert_eq!(rejects.lines().count(), 1 + 2, "{rejects}");
    let at_once = Dir::new();
    for name in ["microseg.toml", "orders.csv", "events-1.csv", "events-2.csv"] {
        at_once.write(name, dir.read(name));
    }
    at_once.run("ingest -q").fine();
    for name in ["lake/ingest.json", "lake/faults.json", "lake/orders.parquet"] {
        let bytes = |dir: &Dir| std::fs::read(dir.path().join(name)).unwrap();
        assert!(bytes(&dir) == bytes(&at_once), "{name}");
    }
}

#[test]
fn a_row_that_leaves_a_month_changes_the_verdicts_of_the_next() {
    let settings = |text: String| text.replace("machine = \"machine\"", "updated_at = \"machine\"");
    let header = "event_id,contact_id,ts,kind,campaign_id,variant,device,client,product_id,category,page,seconds,machine";
    let row = |id: &str, ts: &str, kind: &str, updated: &str| {
        format!("{id},c0000001,{ts},{kind},m0001,,mobile,Outlook,,,,,{updated}\n")
    };
    let first = row("x", "2026-03-31T23:59:58Z", "delivered", "2026-04-01T00:00:00Z")
        + &row("y", "2026-04-01T00:00:02Z", "clicked", "2026-04-01T00:00:03Z");
    let moved = row("x", "2026-03-15T08:00:00Z", "delivered", "2026-04-02T00:00:00Z");
    let (added, at_once) = (exports(), exports());
    for dir in [&added, &at_once] {
        dir.edit("microseg.toml", settings);
        dir.write("exports/events.csv", format!("{header}\n{first}"));
    }
    added.run("ingest -q").fine();
    let sql = "SELECT CAST(machine_by AS VARCHAR) FROM events";
    assert_eq!(stored(&added, sql), ["fast_click"]);
    for dir in [&added, &at_once] {
        dir.write("exports/events-2.csv", format!("{header}\n{moved}"));
        dir.run("ingest -q").fine();
        dir.run("features -q").fine();
    }
    same(&added, &at_once);
    assert!(stored(&added, sql).is_empty());
}
