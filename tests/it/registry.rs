//! What was decided on segments: history, files that are none, exports.

use std::collections::BTreeSet;
use std::path::Path;

use microseg::workspace::registry::{NewVersion, Registry, Rejection, Renaming, State, Verdict};

use crate::support::{Dir, SMALL, all_right, no_panic, refused};
use crate::tables::rows;

const RULES: &str = "
[segments.rules.buyers]
name = \"Buyers\"
event = \"ordered\"
at_least = 1

[segments.rules.top]
name = \"Top fifth\"
feature = \"monetary_minor\"
above = \"p80\"
";

fn shop() -> Dir {
    let dir = SMALL.copy();
    dir.edit("microseg.toml", |settings| settings + RULES);
    dir
}

fn version(segment: &str, name: &str) -> NewVersion {
    NewVersion {
        segment: segment.to_owned(),
        name: name.to_owned(),
        definition: "{}".to_owned(),
        author: Some("Ann".to_owned()),
        note: None,
        as_of: "2026-07-01".to_owned(),
        seed: Some(u64::MAX),
        size: 3,
        contacts: 10,
        recorded_at: "2026-07-02T08:00:00Z".to_owned(),
    }
}

#[test]
fn versions_and_decisions_are_added_and_never_overwritten() {
    let dir = Dir::new();
    let mut registry = Registry::open(dir.path()).unwrap();
    let first = registry.accept(&version("b", "One")).unwrap();
    assert_eq!(
        (first.version, first.seed, first.author.as_deref()),
        (1, Some(u64::MAX), Some("Ann"))
    );
    registry.accept(&version("b", "Two")).unwrap();
    registry.accept(&version("a", "Other")).unwrap();
    let renaming = Renaming {
        segment: "b".to_owned(),
        name: "Three".to_owned(),
        author: None,
        note: Some("clearer".to_owned()),
        recorded_at: "later".to_owned(),
    };
    assert_eq!(registry.rename(&renaming).unwrap().version, 3);
    let rejection = Rejection {
        segment: "c".to_owned(),
        name: "C".to_owned(),
        author: None,
        reason: Some("too small".to_owned()),
        recorded_at: "later".to_owned(),
    };
    registry.reject(&rejection).unwrap();
    registry.reject(&Rejection { segment: "a".to_owned(), ..rejection.clone() }).unwrap();
    assert!(registry.rename(&Renaming { segment: "a".to_owned(), ..renaming }).is_err());
    drop(registry);

    let registry = Registry::read(dir.path()).unwrap();
    let entries = registry.entries().unwrap();
    let states: Vec<_> =
        entries.iter().map(|e| (e.id.as_str(), e.state, e.name.as_str())).collect();
    assert_eq!(
        states,
        [("a", State::Rejected, "C"), ("b", State::Accepted, "Three"), ("c", State::Rejected, "C")]
    );
    let history = registry.history("b").unwrap();
    let names: Vec<_> = history.versions.iter().map(|v| (v.version, v.name.as_str())).collect();
    assert_eq!(names, [(1, "One"), (2, "Two"), (3, "Three")]);
    let verdicts: Vec<_> = history.decisions.iter().map(|d| d.verdict).collect();
    assert_eq!(verdicts, [Verdict::Accepted, Verdict::Accepted, Verdict::Renamed]);
    assert_eq!(registry.history("a").unwrap().versions.len(), 1);
    assert_eq!(registry.history("zzz").unwrap().decisions, []);
}

#[test]
fn whoever_writes_the_file_cannot_change_what_was_decided() {
    let dir = Dir::new();
    Registry::open(dir.path()).unwrap().accept(&version("a", "One")).unwrap();
    let file = rusqlite::Connection::open(dir.path().join(Registry::FILE)).unwrap();
    for sql in [
        "UPDATE segment_versions SET name = 'x'",
        "DELETE FROM segment_versions",
        "UPDATE decisions SET author = 'x'",
        "DELETE FROM decisions",
        "INSERT OR REPLACE INTO decisions SELECT number, segment_id, verdict, version, 'x', author, \
         note, recorded_at FROM decisions",
        "INSERT INTO segment_versions SELECT * FROM segment_versions",
        "INSERT OR REPLACE INTO segment_versions SELECT segment_id, version, 'x', definition_json, author, \
         note, as_of, seed, size, contacts, recorded_at FROM segment_versions",
    ] {
        assert!(file.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn reading_makes_no_file() {
    let dir = Dir::new();
    assert!(Registry::read(dir.path()).unwrap().entries().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_registry_is_refused_and_stays() {
    let sqlite = |path: &Path, sql: &str| {
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    };
    type Spoil = (&'static str, fn(&Path, &dyn Fn(&Path, &str)));
    let cases: [Spoil; 4] = [
        ("damaged", |path, _| {
            std::fs::write(path, "no database at all, but long enough to be one").unwrap()
        }),
        ("damaged", |path, _| {
            let mut bytes = std::fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes.truncate(middle);
            bytes[200..].fill(7);
            std::fs::write(path, bytes).unwrap();
        }),
        ("version 99", |path, sqlite| sqlite(path, "PRAGMA user_version = 99")),
        ("not a registry", |path, sqlite| {
            std::fs::remove_file(path).unwrap();
            sqlite(path, "CREATE TABLE mine (x)");
        }),
    ];
    for (word, spoil) in cases {
        let dir = shop();
        dir.run("segments accept buyers -q").fine();
        let path = dir.path().join("registry").join(Registry::FILE);
        spoil(&path, &sqlite);
        let before = std::fs::read(&path).unwrap();
        for command in ["list", "accept top", "reject top --reason x", "export top"] {
            let output = dir.run(&format!("segments {command}"));
            no_panic(&output);
            refused(&output, 3, &[word, "segments.sqlite"]);
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_segment_is_accepted_renamed_rejected_and_accepted_again() {
    let dir = shop();
    let accepted =
        dir.run("segments accept buyers --author Ann --note spring --format json").fine().json();
    assert_eq!(accepted["version"], 1);
    assert_eq!((&accepted["author"], &accepted["is_new"]), (&"Ann".into(), &true.into()));
    let again = dir.run("segments accept buyers --format json").fine().json();
    assert_eq!((&again["version"], &again["is_new"]), (&1.into(), &false.into()));
    let renamed = dir.run("segments rename buyers Customers --format json").fine().json();
    assert_eq!((&renamed["version"], &renamed["name"]), (&2.into(), &"Customers".into()));
    // Another rule under the same id is another version, and keeps the name that was chosen.
    dir.edit("microseg.toml", |s| {
        s.replace("event = \"ordered\"\nat_least = 1", "event = \"ordered\"\nat_least = 2")
    });
    assert_eq!(standing(&dir, "buyers"), "changed");
    let third = dir.run("segments accept buyers --format json").fine().json();
    assert_eq!((&third["version"], &third["name"]), (&3.into(), &"Customers".into()));
    assert!(third["size"].as_u64() < accepted["size"].as_u64());
    dir.run("segments reject buyers --reason boring").fine();
    assert_eq!(standing(&dir, "buyers"), "rejected");
    refused(&dir.run("segments rename buyers X"), 2, &["not accepted"]);
    let fourth = dir.run("segments accept buyers --format json").fine().json();
    assert_eq!((&fourth["version"], &fourth["is_new"]), (&4.into(), &true.into()));
    let shown = dir.run("segments show buyers --format json").fine().json();
    assert_eq!(shown["history"]["versions"].as_array().unwrap().len(), 4);
    assert_eq!(shown["history"]["decisions"].as_array().unwrap().len(), 5);
    assert_eq!(shown["history"]["versions"][0]["author"], "Ann");
    assert!(shown["history"]["versions"][1]["author"].is_null());
    // The rule goes from the settings; what was accepted can still be evaluated.
    let before = dir.run("segments export buyers --format json").fine().json();
    dir.edit("microseg.toml", |s| s.split("[segments.rules.buyers]").next().unwrap().to_owned());
    let after = dir.run("segments export buyers --format json").fine().json();
    assert_eq!(before, after);
}

fn standing(dir: &Dir, id: &str) -> String {
    let list = dir.run("segments list --format json -q").fine().json();
    let segments = list["segments"].as_array().unwrap();
    let one = segments.iter().find(|one| one["id"] == id).unwrap();
    one["standing"].as_str().unwrap().to_owned()
}

#[test]
fn discovered_segments_are_decided_on_by_id_or_name() {
    let dir = shop();
    let list = dir.run("segments list --format json").fine().json();
    let segments = list["segments"].as_array().unwrap();
    let ids: Vec<&str> = segments.iter().map(|one| one["id"].as_str().unwrap()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(ids, sorted);
    let found: Vec<_> = segments.iter().filter(|one| one["kind"] == "discovered").collect();
    let size: u64 = found.iter().map(|one| one["size"].as_u64().unwrap()).sum();
    assert_eq!(size, 2_000);
    let name = found[1]["name"].as_str().unwrap();
    let workspace = dir.path().to_str().unwrap();
    let args = ["segments", "accept", name, "--workspace", workspace, "--format", "json"];
    let accepted = crate::support::run(&args).fine().json();
    assert_eq!(accepted["id"], found[1]["id"]);
    assert_eq!(accepted["size"], found[1]["size"]);
    assert!(accepted["seed"].is_u64());
    let id = accepted["id"].as_str().unwrap();
    let exported = dir.run(&format!("segments export {id} --format json")).fine().json();
    let csv = std::fs::read_to_string(exported["csv"].as_str().unwrap()).unwrap();
    let members: BTreeSet<String> =
        rows(&csv).into_iter().map(|r| r["contact_id"].clone()).collect();
    let membership = rows(&dir.read("segments/membership.csv"));
    let plain = membership.into_iter().filter(|row| row["segment_id"] == id);
    assert_eq!(members, plain.map(|row| row["contact_id"].clone()).collect());
    refused(&dir.run(&format!("segments test {id}")), 2, &["discovered", "show"]);
}

#[test]
fn exports_hold_ids_and_nothing_else_and_are_the_same_bytes_again() {
    let dir = shop();
    let paths = dir.run("segments export top").fine();
    let paths: Vec<String> = paths.stdout.lines().map(str::to_owned).collect();
    let names: Vec<&str> = paths.iter().map(|p| p.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["top-2026-07-01.csv", "top-2026-07-01.parquet"]);
    let csv = std::fs::read_to_string(&paths[0]).unwrap();
    assert!(csv.starts_with("contact_id\nc") && csv.lines().all(|line| !line.contains([',', '@'])));
    let before = paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    dir.run("segments export top --threads 1").fine();
    let after = paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    assert!(before == after);
    // What people decided is no artefact: nothing that is run again takes it away.
    dir.run("segments accept top -q").fine();
    dir.run("run -q --seed 8").fine();
    assert_eq!(standing(&dir, "top"), "accepted");
    assert!(dir.path().join("registry/exports/top-2026-07-01.csv").exists());
    dir.has_no_leftovers();
}

#[test]
fn what_is_said_with_a_decision_holds_no_address() {
    let dir = shop();
    let cases = [
        "segments accept top --author ann@example.com",
        "segments accept top --note ask-ann@example.com",
        "segments accept top --name ann@example.com",
        "segments reject top --reason ann@example.com",
    ];
    all_right(cases.iter().map(|line| {
        let output = dir.run(line);
        let said = format!("{}{}", output.stdout, output.stderr);
        match output.code == Some(2) && !said.contains("@example") {
            true => Ok(()),
            false => Err(format!("{line}: {said}")),
        }
    }));
    assert_eq!(standing(&dir, "top"), "open");
    refused(&dir.run("segments accept nobody"), 2, &["unknown segment `nobody`"]);
    let line = format!("segments accept top --name {}", "x".repeat(81));
    refused(&dir.run(&line), 2, &["1 to 80 characters"]);
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_listed_with_the_reason() {
    let dir = shop();
    dir.edit("microseg.toml", |s| s + "[segments.rules.bad]\nfeature = \"nothing\"\nabove = 1\n");
    let output = dir.run("segments list");
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("unknown feature `nothing`"), "{}", output.stderr);
    assert!(output.stdout.lines().any(|line| line.starts_with("bad ")), "{}", output.stdout);
    for command in ["show", "test", "accept", "export"] {
        refused(&dir.run(&format!("segments {command} bad")), 2, &["unknown feature `nothing`"]);
    }
    // Beside the others it is named, and they are tried out.
    let output = dir.run("segments test top").fine();
    assert!(output.stderr.contains("bad is left out"), "{}", output.stderr);
}

#[test]
fn the_overlap_with_others_is_counted() {
    let dir = shop();
    let trial = dir.run("segments test top --format json").fine().json();
    let result = &trial["result"];
    let size = result["size"].as_u64().unwrap();
    let overlaps = result["overlaps"].as_array().unwrap();
    let in_both = |kind: &str| -> u64 {
        let of = overlaps.iter().filter(|one| one["kind"] == kind);
        of.map(|one| one["in_both"].as_u64().unwrap()).sum()
    };
    // Discovered segments hold everybody once; whoever spent has ordered.
    assert_eq!((in_both("discovered"), in_both("rule")), (size, size));
    let buyers = overlaps.iter().find(|one| one["id"] == "buyers").unwrap();
    let jaccard = size as f64 / buyers["size"].as_f64().unwrap();
    // Floats in JSON may come back one step off.
    assert!((buyers["jaccard"].as_f64().unwrap() - jaccard).abs() < 1e-12);
    assert_eq!(result["in_none"].as_u64().unwrap(), 2_000 - buyers["size"].as_u64().unwrap());
    let sample = &trial["rule"]["sample"];
    let share = &sample["share"];
    assert!(share["low"].as_f64() <= share["point"].as_f64());
    assert_eq!(share["method"], "wilson");
}

#[test]
fn without_a_proposal_rules_are_still_tried_out() {
    let dir = shop();
    std::fs::remove_dir_all(dir.path().join("segments")).unwrap();
    let output = dir.run("segments list").fine();
    assert!(output.stderr.contains("no proposal yet"), "{}", output.stderr);
    dir.run("segments test top").fine();
    refused(&dir.run("segments accept S1"), 2, &["unknown segment `S1`"]);
}

#[test]
fn starters_are_settings() {
    let dir = SMALL.copy();
    let starters = dir.run("segments starters").fine().stdout;
    dir.edit("microseg.toml", |settings| format!("{settings}\n{starters}"));
    let list = dir.run("segments list --format json").fine().json();
    let rules = list["segments"].as_array().unwrap().iter().filter(|one| one["kind"] == "rule");
    assert!(rules.clone().all(|one| one["size"].as_u64() > Some(0)));
    assert_eq!(rules.count(), 7);
}
