//! `experiment assign`: who is drawn, what stays, what is registered, and that a readout trusts it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::{Dir, SMALL, refused, run_line};

/// A day in the middle of the sample shop's year; its data end two months later.
pub const DAY: &str = "2026-05-01";

const EXPERIMENT: &str = r#"
[[experiment]]
id = "free-postage"
hypothesis = "Free postage brings more orders."
control = "plain"
shares = { plain = 1, free = 1 }
metrics = ["conversion", "revenue", "unsubscribe"]
window_hours = 168
by = ["country"]
guardrails = { unsubscribe = 0.005 }
"#;

/// The sample shop of `data/shop`, with features as of [`DAY`].
static SAMPLE: LazyLock<Dir> = LazyLock::new(|| {
    let dir = Dir::new();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shop");
    let files = ["assignments", "campaigns", "contacts", "events", "order_items", "orders"];
    let files = files.map(|name| shop.join(format!("{name}.csv")).display().to_string());
    run_line(&format!("init {} --from {}", dir.at("shop"), files.join(" "))).fine();
    dir.edit("shop/microseg.toml", |text| with_whole_paths(&text, &shop) + EXPERIMENT);
    run_line(&format!("ingest -q --workspace {}", dir.at("shop"))).fine();
    run_line(&format!("features -q --as-of {DAY} --workspace {}", dir.at("shop"))).fine();
    dir
});

/// Paths that hold wherever the workspace is copied.
fn with_whole_paths(text: &str, shop: &Path) -> String {
    let line = |line: &str| match line.split_once("files = [\"") {
        Some((start, files)) => {
            let name = files.rsplit('/').next().unwrap();
            format!("{start}files = [\"{}/{name}\n", shop.display())
        }
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

pub fn sample() -> Dir {
    Dir::copy_of(&SAMPLE.path().join("shop"))
}

pub fn assign(dir: &Dir, options: &str) -> Value {
    let line = format!("experiment assign free-postage --as-of {DAY} --format json -q {options}");
    dir.run(&line).fine().json()
}

/// Contact → the row's other cells, by name.
fn rows(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells = names.iter().zip(line.split(','));
        cells.map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
    };
    let rows = lines.map(row).map(|row: BTreeMap<String, String>| (row["contact_id"].clone(), row));
    rows.collect()
}

pub const HEAD: &str = "contact_id,experiment_id,variant,stratum,assigned_at";
const FILE: &str = "assignments/free-postage.csv";
const REGISTRATION: &str = "assignments/free-postage.registration.toml";

#[test]
fn everybody_with_consent_is_in_an_arm_and_a_second_run_changes_no_byte() {
    let dir = sample();
    let assigned = assign(&dir, "");
    let text = dir.read(FILE);
    assert_eq!(text.lines().next(), Some(HEAD));
    let found = rows(&text);
    let contacts = rows(&export("contacts.csv"));
    let agreed = contacts
        .values()
        .filter(|row| row["consent"] == "subscribed" && row["created_at"].as_str() < DAY);
    let agreed: Vec<&String> = agreed.map(|row| &row["contact_id"]).collect();
    assert!(agreed.len() > 40, "{} contacts prove little", agreed.len());
    assert_eq!(found.keys().collect::<Vec<_>>(), agreed);
    for (contact, row) in &found {
        assert_eq!(row["experiment_id"], "free-postage");
        assert_eq!(row["stratum"], contacts[contact]["country"]);
        assert_eq!(row["assigned_at"], "2026-05-01T00:00:00Z");
        assert!(["plain", "free"].contains(&row["variant"].as_str()));
    }
    assert_eq!((&assigned["kept"], &assigned["drawn"]), (&0.into(), &found.len().into()));
    let before = dir.files();
    let again = assign(&dir, "");
    assert_eq!((&again["kept"], &again["drawn"]), (&found.len().into(), &0.into()));
    assert_eq!(again["was_registered"], true);
    assert!(dir.files() == before, "a second run changed a file");
    dir.has_no_leftovers();
}

fn export(name: &str) -> String {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shop");
    std::fs::read_to_string(shop.join(name)).unwrap()
}

/// The program's arms, by `sha256sum` as anybody can run it.
#[test]
fn an_arm_follows_from_salt_and_contact_alone() {
    use sha2::{Digest, Sha256};
    let dir = sample();
    assign(&dir, "");
    for (contact, row) in rows(&dir.read(FILE)) {
        let text = format!("free-postage\u{1f}arm\u{1f}{contact}");
        let is_low = Sha256::digest(text.as_bytes())[0] < 128;
        assert_eq!(row["variant"], if is_low { "free" } else { "plain" }, "{contact}");
    }
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let dir = sample();
    let before = dir.files();
    let dry = assign(&dir, "--dry-run");
    assert!(dir.files() == before);
    let wet = assign(&dir, "");
    assert_eq!((&dry["balance"], &dry["planned"]), (&wet["balance"], &wet["planned"]));
}

#[test]
fn contacts_who_come_later_are_added_and_nobody_moves() {
    let dir = sample();
    assign(&dir, "");
    let before = rows(&dir.read(FILE));
    dir.run("features -q --as-of 2026-06-20").fine();
    let later = "experiment assign free-postage --as-of 2026-06-20 --format json -q";
    let assigned = dir.run(later).fine().json();
    let after = rows(&dir.read(FILE));
    assert!(assigned["drawn"].as_u64().is_some_and(|drawn| drawn > 0), "{assigned}");
    assert_eq!(after.len(), before.len() + assigned["drawn"].as_u64().unwrap() as usize);
    assert!(before.iter().all(|(contact, row)| after.get(contact) == Some(row)));
}

#[test]
fn the_registration_says_what_was_planned() {
    let dir = sample();
    assign(&dir, "");
    let table: toml::Table = dir.read(REGISTRATION).parse().unwrap();
    let experiment = table["experiment"].as_table().unwrap();
    assert_eq!(experiment["hypothesis"].as_str(), Some("Free postage brings more orders."));
    assert_eq!(experiment["decision_metric"].as_str(), Some("conversion"));
    assert_eq!(experiment["stopping_rule"].as_str(), Some("fixed"));
    assert_eq!(experiment["salt"].as_str(), Some("free-postage"));
    assert_eq!(experiment["shares"]["free"].as_float(), Some(0.5));
    assert_eq!(table["made"]["as_of"].as_str(), Some(DAY));
    let planned = table["planned"].as_array().unwrap();
    let found = rows(&dir.read(FILE)).len() as i64;
    let contacts = planned[0]["contacts"].as_table().unwrap();
    let sum: i64 = contacts.values().map(|n| n.as_integer().unwrap()).sum();
    assert!((sum - found).abs() <= 1, "{sum} {found}");
    let lift = planned[0]["smallest_relative_lift"].as_float();
    assert!(lift.is_some_and(|lift| lift > 0.5), "so few contacts show little: {lift:?}");
}

/// Orders of a week, by hand: the share of contact-weeks with a sale in the twelve weeks before.
#[test]
fn the_baseline_is_that_of_a_plain_loop() {
    let dir = sample();
    let assigned = assign(&dir, "");
    let found = rows(&dir.read(FILE));
    let day: jiff::Timestamp = format!("{DAY}T00:00:00Z").parse().unwrap();
    let mut weeks = std::collections::BTreeSet::new();
    let text = export("orders.csv");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| names.iter().position(|one| *one == name).unwrap();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let at: jiff::Timestamp = cells[place("ts")].parse().unwrap();
        let back = (day.as_microsecond() - 1 - at.as_microsecond()).div_euclid(7 * 86_400_000_000);
        let is_sale =
            cells[place("status")] == "completed" && !cells[place("amount")].starts_with('-');
        if (0..12).contains(&back) && is_sale && found.contains_key(cells[place("contact_id")]) {
            weeks.insert((cells[place("contact_id")].to_owned(), back));
        }
    }
    let expected = weeks.len() as f64 / (12.0 * found.len() as f64);
    assert!(weeks.len() > 10, "{} sales prove little", weeks.len());
    let baseline = assigned["planned"][0]["baseline"].as_f64().unwrap();
    assert!((baseline - expected).abs() < 1e-12, "{baseline} {expected}");
}

#[test]
fn the_file_is_ingested_as_it_is_and_its_split_is_trusted() {
    let dir = sample();
    let output = dir.run(&format!("experiment assign free-postage --as-of {DAY}")).fine();
    let (_, source) =
        output.stdout.split_once("into a file:\n").expect("the text says what to add");
    dir.edit("microseg.toml", |text| format!("{text}\n{source}"));
    dir.run("ingest -q").fine();
    let read = || dir.run("experiment readout free-postage --format json -q").fine().json();
    let readout = read();
    let found = rows(&dir.read(FILE));
    assert_eq!(readout[0]["units"]["assigned"], found.len());
    let not_yet = readout[0]["not_yet"].as_str().unwrap();
    assert!(not_yet.contains("map `sent_at`"), "{not_yet}");
    // The platform's log says when the mail was sent: two rows a recipient, which are one.
    let mut log = String::from("experiment_id,contact_id,variant,sent_at\n");
    for (contact, row) in &found {
        log += &format!("free-postage,{contact},{},{DAY}T09:00:00Z\n", row["variant"]);
    }
    dir.write("log.csv", log);
    let log = "[[source]]\ntable = \"assignments\"\nfiles = [\"log.csv\"]\ncolumns = { experiment = \
               \"experiment_id\", contact = \"contact_id\", variant = \"variant\", sent_at = \"sent_at\" }\n";
    dir.edit("microseg.toml", |text| format!("{text}\n{log}"));
    dir.run("ingest -q").fine();
    let readout = read();
    assert_eq!(readout[0]["units"]["assigned"], found.len());
    assert_eq!(readout[0]["units"]["never_sent"], 0);
    let check = &readout[0]["readout"]["sample_ratio"];
    assert_eq!(check["mismatch"], false, "{check}");
    let of = |arm: &str| found.values().filter(|row| row["variant"] == arm).count();
    for arm in check["arms"].as_array().unwrap() {
        assert_eq!(arm["rows"], of(arm["arm"].as_str().unwrap()));
    }
    // Once the settings have the source, nothing more is asked for, and the file is still taken.
    dir.run(&format!("features -q --as-of {DAY}")).fine();
    let again = assign(&dir, "");
    assert_eq!((&again["source_toml"], &again["drawn"]), (&Value::Null, &0.into()));
}

#[test]
fn excluded_contacts_are_in_no_arm() {
    let dir = sample();
    assign(&dir, &format!("--out {}", dir.at("first.csv")));
    let first = rows(&dir.read("first.csv"));
    let (one, two) = (first.keys().next().unwrap(), first.keys().nth(1).unwrap());
    let list = dir.write("list.txt", format!("{one}\r\n\n{two}\nnobody\n"));
    let assigned = assign(&dir, &format!("--exclude {list}"));
    assert_eq!(assigned["audience"]["excluded"], 2);
    let found = rows(&dir.read(FILE));
    assert_eq!(found.len(), first.len() - 2);
    assert!(!found.contains_key(one) && !found.contains_key(two));
    let everybody = format!("--exclude {}", dir.at("first.csv"));
    let line = format!(
        "experiment assign free-postage --as-of {DAY} --out {} {everybody}",
        dir.at("none.csv")
    );
    refused(&dir.run(&line), 3, &["nobody", "excluded"]);
}

#[test]
fn a_holdout_is_in_the_file_and_in_no_arm() {
    let dir = sample();
    dir.edit("microseg.toml", |text| text.replace("by = [\"country\"]", "holdout = 0.3"));
    let assigned = assign(&dir, "");
    let found = rows(&dir.read(FILE));
    let held = found.values().filter(|row| row["variant"] == "holdout").count();
    assert!((10..40).contains(&held), "{held} of {}", found.len());
    assert_eq!(assigned["balance"]["overall"]["held_out"], held);
}

#[test]
fn hours_of_sending_are_drawn_like_arms() {
    let dir = sample();
    dir.edit("microseg.toml", |text| {
        let (before, experiment) = text.split_once("id = \"free-postage\"").unwrap();
        let experiment = experiment
            .replace("control = \"plain\"", "control = \"h08\"\nkind = \"send-time\"")
            .replace("shares = { plain = 1, free = 1 }", "shares = { h08 = 2, h18 = 1 }");
        format!("{before}id = \"free-postage\"{experiment}")
    });
    let out = dir.at("hours.parquet");
    assign(&dir, &format!("--out {out}"));
    assert_eq!(assign(&dir, &format!("--out {out}"))["drawn"], 0);
    assign(&dir, "");
    let text = dir.read(FILE);
    assert!(text.lines().next().unwrap().contains("send_hour"), "{text}");
    let hours: Vec<(String, String)> = rows(&text)
        .into_values()
        .map(|row| (row["variant"].clone(), row["send_hour"].clone()))
        .collect();
    assert!(hours.iter().all(|(arm, hour)| *arm == format!("h{hour:0>2}")), "{hours:?}");
    assert!(hours.iter().any(|(arm, _)| arm == "h18"));
}

const OF_SEGMENTS: &str = r#"
[[experiment]]
id = "plain-words"
control = "old"
shares = { old = 2, new = 1 }
metrics = ["human_open", "click"]
by = ["segment"]
"#;

/// In the simulated shop, where segments are known: strata are segments, and small ones can be balanced.
#[test]
fn strata_are_segments_and_can_be_balanced() {
    let dir = SMALL.copy();
    dir.edit("microseg.toml", |text| text + OF_SEGMENTS);
    let power = dir.run("experiment power --format json -q").fine().json();
    let line = "experiment assign plain-words --balance --format json -q";
    let assigned = dir.run(line).fine().json();
    let strata = assigned["balance"]["strata"].as_array().unwrap();
    assert!(strata.len() > 1);
    for stratum in strata {
        let arms: Vec<f64> =
            stratum["arms"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        // Arms by name: new, old.
        let all = arms[0] + arms[1];
        assert!((arms[0] - all / 3.0).abs() < 1.0, "{stratum}");
    }
    let reach = &assigned["planned"][0];
    let baseline = power["overall"]["baseline"].as_f64().unwrap();
    let found = reach["baseline"].as_f64().unwrap();
    assert!((found / baseline - 1.0).abs() < 0.2, "{found} {baseline}");
    assert!(reach["smallest_relative_lift"].as_f64().is_some_and(|lift| lift > 0.0));
    let stratum = &assigned["planned"][1];
    let lift = |name: &str| stratum[name].as_f64().unwrap_or(f64::INFINITY);
    assert!(lift("smallest_relative_lift_together") >= lift("smallest_relative_lift"));
    let before = dir.files();
    dir.run(line).fine();
    assert!(dir.files() == before);
}

#[test]
fn an_audience_is_a_segment_by_id_or_name() {
    let dir = SMALL.copy();
    dir.edit("microseg.toml", |text| text + OF_SEGMENTS);
    let power = dir.run("experiment power --format json -q").fine().json();
    let segment = &power["segments"][0];
    let (id, contacts) = (segment["id"].as_str().unwrap(), &segment["contacts"]);
    let line = format!("experiment assign plain-words --audience {id} --format json -q");
    let assigned = dir.run(&line).fine().json();
    assert_eq!(
        (&assigned["audience"]["name"], &assigned["audience"]["contacts"]),
        (&segment["id"], contacts)
    );
    let output = dir.run("experiment assign plain-words");
    refused(&output, 2, &["audience = ", "not \"everybody\""]);
}
