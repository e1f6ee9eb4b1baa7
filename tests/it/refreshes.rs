//! Refreshes and digests: the change feed against memberships and reports, what must not change them, and what is told
//! once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::rehearsal::{
    FIRST, Members, REHEARSED, STARTED, feed, follow, links, mondays, report, unrun, word,
};
use crate::support::{Dir, refused, shuffled};

/// The first refresh after that of [`STARTED`].
const NEXT: &str = "2026-04-13";
const LAST: &str = "2026-06-29";

/// The files of one refresh.
fn refresh_files(dir: &Dir, day: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let below = Path::new("refreshes").join(day);
    dir.files().into_iter().filter(|(path, _)| path.starts_with(&below)).collect()
}

/// The files of the next refresh, made on a copy of a started shop that something is done to before.
fn next_refresh(options: &str, change: impl FnOnce(&Dir)) -> BTreeMap<PathBuf, Vec<u8>> {
    let dir = Dir::copy_of(&STARTED);
    change(&dir);
    dir.run(&format!("refresh --as-of {NEXT} -q {options}")).fine();
    let files = refresh_files(&dir, NEXT);
    assert!(files.len() >= 6, "{:?}", files.keys());
    files
}

/// Paths that only one has, or whose bytes differ.
fn different(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let all: BTreeSet<&PathBuf> = a.keys().chain(b.keys()).collect();
    all.into_iter().filter(|path| a.get(*path) != b.get(*path)).cloned().collect()
}

#[test]
fn the_feed_leads_from_nothing_to_the_members_that_are_exported() {
    let mut members = Members::new();
    mondays().into_iter().for_each(|day| follow(&mut members, &feed(&REHEARSED, day)));
    assert!(members.len() >= 4, "{:?}", members.keys());
    let dir = Dir::copy_of(&REHEARSED);
    for (segment, members) in members {
        let line = format!("segments export {segment} --as-of {LAST} --format json");
        let said = dir.run(&line).fine().json();
        let csv = fs::read_to_string(said["csv"].as_str().unwrap()).unwrap();
        let exported: BTreeSet<String> = csv.lines().skip(1).map(str::to_owned).collect();
        assert_eq!(exported, members, "{segment}");
    }
}

#[test]
fn every_change_has_an_id_of_its_own_and_says_nothing_but_ids() {
    let fields = [
        "id", "as_of", "contact_id", "kind", "segment_id", "segment_name", "version", "cause",
        "other_segment_id", "since",
    ];
    let mut ids = BTreeSet::new();
    for day in mondays() {
        for change in feed(&REHEARSED, day) {
            let keys: Vec<&String> = change.as_object().unwrap().keys().collect();
            assert_eq!(keys, fields, "{change}");
            assert!(!change.to_string().contains('@'), "{change}");
            assert_eq!(word(&change, "as_of"), day.to_string());
            assert_eq!(change["since"].is_string(), change["kind"] == "left", "{change}");
            assert!(ids.insert(word(&change, "id").to_owned()), "twice: {change}");
        }
    }
    assert!(ids.len() > 5_000, "{} changes", ids.len());
}

fn count(feed: &[Value], is_meant: impl Fn(&Value) -> bool) -> u64 {
    feed.iter().filter(|change| is_meant(change)).count() as u64
}

#[test]
fn a_report_counts_what_the_feed_holds() {
    let mut members = Members::new();
    for day in mondays() {
        let (feed, report) = (feed(&REHEARSED, day), report(&REHEARSED, day));
        let before = members.clone();
        follow(&mut members, &feed);
        let mut discovered = 0;
        for size in report["segments"].as_array().unwrap() {
            let id = word(size, "id");
            let now = members[id].len();
            assert_eq!(size["size"], now, "{day} {id}");
            if before.is_empty() {
                assert!(size["before"].is_null(), "{day} {id}");
            } else {
                assert_eq!(size["before"], before[id].len(), "{day} {id}");
            }
            for kind in ["entered", "left"] {
                let counted = count(&feed, |c| word(c, "segment_id") == id && c["kind"] == kind);
                assert_eq!(size[kind], counted, "{day} {id} {kind}");
            }
            discovered += if size["kind"] == "discovered" { now } else { 0 };
        }
        assert_eq!(report["contacts"], discovered, "{day}: everybody is in one discovered segment");
        let mut all = 0;
        for cause in report["changes"].as_array().unwrap() {
            let alike = |c: &Value| c["kind"] == cause["kind"] && c["cause"] == cause["cause"];
            assert_eq!(cause["changes"], count(&feed, alike), "{day} {cause}");
            all += cause["changes"].as_u64().unwrap();
        }
        assert_eq!(all, feed.len() as u64, "{day}");
    }
}

/// A row or column of a migration matrix by its name.
fn place(names: &Value, name: &str) -> usize {
    names.as_array().unwrap().iter().position(|known| known == name).unwrap()
}

#[test]
fn migrations_add_up_to_sizes_and_moves() {
    let days = mondays();
    assert!(report(&REHEARSED, days[0])["migration"].is_null());
    for day in &days[1..] {
        let (feed, report) = (feed(&REHEARSED, *day), report(&REHEARSED, *day));
        let migration = &report["migration"];
        let (from, to) = (&migration["from"], &migration["to"]);
        let cell = |row: usize, column: usize| migration["counts"][row][column].as_u64().unwrap();
        let (rows, columns) = (from.as_array().unwrap().len(), to.as_array().unwrap().len());
        let row = |row: usize| (0..columns).map(|column| cell(row, column)).sum::<u64>();
        let column = |column: usize| (0..rows).map(|row| cell(row, column)).sum::<u64>();
        let gone = column(place(to, "(gone)"));
        let total: u64 = (0..rows).map(row).sum();
        assert_eq!(report["contacts"], total - gone, "{day}");
        assert_eq!(report["new_contacts"], row(place(from, "(new)")), "{day}");
        let sizes = report["segments"].as_array().unwrap().iter();
        for size in sizes.filter(|size| size["kind"] == "discovered") {
            let id = word(size, "id");
            assert_eq!(size["size"], column(place(to, id)), "{day} {id}");
            assert_eq!(size["before"], row(place(from, id)), "{day} {id}");
            let stayed = cell(place(from, id), place(to, id));
            assert_eq!(size["left"], row(place(from, id)) - stayed, "{day} {id}");
        }
        for change in
            feed.iter().filter(|c| c["kind"] == "left" && c["other_segment_id"].is_string())
        {
            let pair = |c: &Value| {
                (word(c, "segment_id").to_owned(), word(c, "other_segment_id").to_owned())
            };
            let (left, entered) = pair(change);
            let alike = |c: &Value| c["kind"] == "left" && pair(c) == pair(change);
            let moved = cell(place(from, &left), place(to, &entered));
            assert_eq!(moved, count(&feed, alike), "{day} {left} {entered}");
        }
    }
}

#[test]
fn a_refresh_that_is_there_stays_as_it_is() {
    let dir = Dir::copy_of(&STARTED);
    let before = dir.files();
    let said = dir.run(&format!("refresh --as-of {FIRST}")).fine();
    assert!(said.stderr.contains("already"), "{}", said.stderr);
    assert_eq!(different(&before, &dir.files()), Vec::<PathBuf>::new());
    dir.run(&format!("refresh --as-of {NEXT} -q")).fine();
    let next = refresh_files(&dir, NEXT);
    // What was acted on stays, whatever has become of the data since.
    dir.edit("exports/orders.csv", |text| {
        text.lines().take(1_000).map(|l| format!("{l}\n")).collect()
    });
    dir.run(&format!("refresh --as-of {NEXT} -q")).fine();
    assert_eq!(different(&next, &refresh_files(&dir, NEXT)), Vec::<PathBuf>::new());
    dir.has_no_leftovers();
}

#[test]
fn refreshes_go_forward() {
    let dir = Dir::copy_of(&STARTED);
    let before = dir.files();
    let said = dir.run("refresh --as-of 2026-03-30 -q");
    refused(&said, 2, &["2026-04-06", "later than 2026-03-30", "later --as-of"]);
    assert_eq!(different(&before, &dir.files()), Vec::<PathBuf>::new());
    let said = Dir::copy_of(&REHEARSED).run("refresh --as-of 2026-05-05 -q");
    refused(&said, 2, &["2026-06-29", "later than 2026-05-05", "go forward"]);
}

/// As it is when a digest failed, and is tried again after somebody refreshed.
#[test]
fn a_digest_of_an_earlier_day_than_the_last_refresh_is_of_its_day() {
    let digest = |line: &str| {
        let dir = Dir::copy_of(&STARTED);
        for step in line.split(", ") {
            dir.run(&format!("{step} -q")).fine();
        }
        let mut files = dir.files();
        files.retain(|path, _| path.starts_with("digests"));
        files
    };
    let in_order = digest("refresh --as-of 2026-04-13, digest --as-of 2026-04-13");
    assert!(in_order.keys().any(|path| path.starts_with("digests/2026-04-13")));
    let late = "refresh --as-of 2026-04-13, refresh --as-of 2026-04-15, digest --as-of 2026-04-13";
    assert_eq!(different(&in_order, &digest(late)), Vec::<PathBuf>::new());
}

#[test]
fn a_message_that_was_given_up_is_told_in_one_digest() {
    let dir = Dir::copy_of(&STARTED);
    let blocked = dir.write("blocked", "");
    dir.edit("microseg.toml", |text| text.replace("path = \"out\"", "path = \"blocked/out\""));
    dir.run("schedule rehearse --from 2026-04-07 --until 2026-04-14 -q").fine();
    fs::remove_file(blocked).unwrap();
    dir.run("schedule rehearse --from 2026-04-07 --until 2026-05-12 -q").fine();
    for message in ["changes-2026-04-13-shelf-1-of-1", "digest-2026-04-13-shelf"] {
        let tells = |day: &jiff::civil::Date| {
            let path = format!("digests/{day}/digest.json");
            let state: Value = serde_json::from_str(&dir.read(&path)).unwrap();
            let sentence = if message.starts_with('d') { "A digest of " } else { "Changes of " };
            let told = state["sentences"].as_array().unwrap().iter();
            told.filter_map(Value::as_str).any(|said| said.starts_with(sentence))
        };
        let told: Vec<_> = mondays()[1..=5].iter().filter(|day| tells(day)).copied().collect();
        assert_eq!(told.len(), 1, "{message} is told in {told:?}");
    }
}

#[test]
fn a_digest_that_is_delivered_elsewhere_leads_nowhere_that_is_not_there() {
    let (dir, elsewhere) = (Dir::copy_of(&STARTED), Dir::new());
    let path = format!("path = {:?}", elsewhere.at("shelf"));
    dir.edit("microseg.toml", |text| text.replace("path = \"out\"", &path));
    dir.run("schedule rehearse --from 2026-04-07 --until 2026-04-14 -q").fine();
    let folder = elsewhere.path().join("shelf/digest-2026-04-13-shelf");
    let page = fs::read_to_string(folder.join("digest.html")).unwrap();
    for link in links(&page) {
        assert!(folder.join(link).is_file(), "{link} leads nowhere");
    }
}

#[test]
fn without_accepted_segments_there_is_nothing_to_keep_current() {
    let dir = Dir::copy_of(&unrun(300, 7));
    let said = dir.run(&format!("refresh --as-of {FIRST} -q"));
    refused(&said, 2, &["no segment is accepted", "segments accept"]);
    let said = dir.run(&format!("digest --as-of {FIRST} -q"));
    refused(&said, 2, &["no segment is accepted", "segments accept"]);
    assert!(!dir.path().join("refreshes").exists() && !dir.path().join("digests").exists());
}

#[test]
fn rows_in_another_order_and_threads_change_no_byte() {
    let plain = next_refresh("", |_| ());
    for threads in ["--threads 1", "--threads 2"] {
        assert_eq!(
            different(&plain, &next_refresh(threads, |_| ())),
            Vec::<PathBuf>::new(),
            "{threads}"
        );
    }
    let mut turned_over = next_refresh("", |dir| {
        for name in ["contacts", "events", "orders", "order_items", "campaigns", "assignments"] {
            dir.edit(&format!("exports/{name}.csv"), |text| shuffled(&text));
        }
    });
    // The manifest names the bytes that were read.
    let manifest = Path::new("refreshes").join(NEXT).join("manifest.json");
    turned_over.insert(manifest.clone(), plain[&manifest].clone());
    assert_eq!(different(&plain, &turned_over), Vec::<PathBuf>::new());
}

#[test]
fn rows_after_the_as_of_change_nothing_but_the_count_of_rows() {
    let plain = next_refresh("", |_| ());
    let planted = next_refresh("", |dir| {
        let order = "o-later,c0000001,2026-04-12T23:00:00Z,999.00,GBP,0.00,completed\n";
        dir.edit("exports/orders.csv", |text| text + order);
        let contact = dir.read("exports/contacts.csv").lines().nth(1).unwrap().to_owned();
        let contact = contact.replacen("c0000001", "c-later", 1);
        let created = contact.split(',').find(|field| field.contains('T') && field.ends_with('Z'));
        let contact = contact.replace(created.unwrap(), "2026-04-12T23:00:00Z");
        dir.edit("exports/contacts.csv", |text| format!("{text}{contact}\n"));
    });
    let differs = different(&plain, &planted);
    let names: Vec<&str> =
        differs.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["manifest.json", "refresh.json"]);
    let report = |files: &BTreeMap<PathBuf, Vec<u8>>| -> Value {
        serde_json::from_slice(&files[&differs[1]]).unwrap()
    };
    let (plain, mut planted) = (report(&plain), report(&planted));
    let rows = plain["accepted_rows"].as_u64().unwrap();
    assert_eq!(planted["accepted_rows"], rows + 2);
    planted["accepted_rows"] = rows.into();
    planted["rows"] = plain["rows"].clone();
    assert_eq!(plain, planted);
}

/// The segments that an experiment is read by in a digest, after `change` to a started shop.
fn read_by(change: impl FnOnce(&Dir)) -> BTreeSet<String> {
    const LATER: &str = "2026-06-15";
    let dir = Dir::copy_of(&STARTED);
    let by = |text: String| {
        text.replace("metrics = [\"click\"]", "metrics = [\"click\"]\nby = [\"segment\"]")
    };
    dir.edit("microseg.toml", by);
    change(&dir);
    dir.run(&format!("digest --as-of {LATER} -q")).fine();
    let read: Value = serde_json::from_str(&dir.read("readouts/subject-line.json")).unwrap();
    let levels = read["readout"]["segments"][0]["levels"].as_array().unwrap();
    let filled = levels.iter().filter(|level| level["n"].as_u64() > Some(0));
    filled.map(|level| word(level, "level").to_owned()).collect()
}

#[test]
fn experiments_are_read_by_discovered_segments_whether_they_are_accepted_or_only_proposed() {
    let accepted = read_by(|_| ());
    let proposed = read_by(|dir| {
        let listed = dir.run(&format!("segments list --as-of {FIRST} --format json")).fine().json();
        let all = listed["segments"].as_array().unwrap().iter();
        for one in all.filter(|one| word(one, "kind") == "discovered") {
            let id = word(one, "id");
            let line = format!("segments reject {id} --reason unwanted --as-of {FIRST} -q");
            dir.run(&line).fine();
        }
    });
    for found in [&accepted, &proposed] {
        let named = found.iter().filter(|name| *name != "(unknown)").count();
        assert!(named >= 2, "{found:?}");
    }
    // A refresh knows everybody of its day, a proposal only those of its own.
    assert!(!accepted.contains("(unknown)"), "{accepted:?}");
}
