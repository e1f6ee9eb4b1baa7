//! Bad sources and bad settings of a workspace: `ingest` refuses, and what was there stays.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::support::{Dir, SMALL, all_right, no_panic, refusal, refused};

/// A workspace with a lake, small enough to be copied for every case.
static WORKSPACE: LazyLock<Dir> = LazyLock::new(|| {
    let dir = Dir::new();
    dir.write("microseg.toml", SETTINGS);
    let orders = |i: usize| format!("c{:02},o{i},2026-01-{:02},{}.50\n", i % 50, 1 + i % 28, 1 + i);
    let orders: String = (0..400).map(orders).collect();
    dir.write("orders.csv", format!("{ORDERS}{orders}"));
    let events =
        |i: usize| format!("e{i},c{:02},2026-01-{:02}T08:00:00Z,opened\n", i % 50, 1 + i % 28);
    let events: String = (0..400).map(events).collect();
    dir.write("events.csv", format!("{EVENTS}{events}"));
    dir.run("ingest").fine();
    dir
});

const ORDERS: &str = "customer,order_id,placed,total\n";
const EVENTS: &str = "id,customer,at,what\n";
const SETTINGS: &str = r#"
seed = 1

[shop]
currency = "GBP"

[[source]]
table = "orders"
files = ["orders.csv"]
columns = { contact = "customer", order = "order_id", time = "placed", amount = "total" }

[[source]]
table = "events"
files = ["events.csv"]
columns = { event_id = "id", contact = "customer", time = "at", kind = "what" }
"#;

fn lake(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    files.retain(|path, _| path.starts_with("lake"));
    files
}

/// What is wrong with the refusal of `ingest` after `spoil`. Neither may a lake that was there
/// change, nor one that was not appear.
fn spoilt(spoil: &dyn Fn(&Dir), code: i32, words: &[&str]) -> Result<(), String> {
    let with_lake = Dir::copy_of(WORKSPACE.path());
    let without = Dir::copy_of(WORKSPACE.path());
    std::fs::remove_dir_all(without.path().join("lake")).unwrap();
    for dir in [with_lake, without] {
        spoil(&dir);
        let before = lake(&dir);
        let output = dir.run("ingest");
        no_panic(&output);
        assert!(before == lake(&dir), "the lake changed: {output:?}");
        assert_eq!(before.is_empty(), !dir.path().join("lake").exists());
        dir.has_no_leftovers();
        refusal(&output, code, words)?;
    }
    Ok(())
}

/// Content of `orders.csv` (`None`: no file), exit code, words.
type BadFile = (Option<&'static [u8]>, i32, &'static [&'static str]);

const FILES: &[BadFile] = &[
    (None, 3, &["orders.csv", "no such file"]),
    (Some(b""), 3, &["orders.csv", "the file is empty"]),
    (Some(b"customer,order_id,placed,total\n"), 3, &["orders.csv", "a header and no rows"]),
    (
        Some(b"custmer,order_id,placed,total\n1,2,3,4\n"),
        2,
        &["`customer`", "did you mean `custmer`?"],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2026-01-01,much\n"),
        1,
        &["1 of 1 rows of orders", "orders.csv:2", "not an amount", "`total`", "\"much\""],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2026-01-01,NaN\nb,2,2026-01-01,inf\n"),
        1,
        &["orders.csv:2", "NaN or infinite", "`total`"],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2199-01-01,1.00\nb,2,2026-01-01,1.00\n"),
        1,
        &["orders.csv:2", "in the future", "`placed`", "2199-01-01"],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2026-01-01,1.00\na,1,2026-01-01,2.00\n"),
        1,
        &[
            "2 of 2 rows",
            "orders.csv:2",
            "several different rows for the same order id",
            "`order_id`",
        ],
    ),
    (
        Some(b"customer,order_id,placed,total\na\xff,1,2026-01-01,1.00\n"),
        1,
        &["orders.csv:2", "not UTF-8"],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2026-01-01,1.00\n\"b,2,2026-01-01,1.00\n"),
        3,
        &["orders.csv:3", "never closed"],
    ),
    (
        Some(b"customer,order_id,placed,total\na,1,2026-01-01\nb,2\n"),
        1,
        &["orders.csv:2", "another number of fields"],
    ),
];

#[test]
fn a_bad_source_file_is_refused_and_the_lake_stays() {
    all_right(FILES.iter().map(|(content, code, words)| {
        let spoil = |dir: &Dir| match content {
            Some(content) => drop(dir.write("orders.csv", content)),
            None => std::fs::remove_file(dir.path().join("orders.csv")).unwrap(),
        };
        spoilt(&spoil, *code, words)
    }));
}

/// Changes of the settings: what is replaced by what, exit code, words.
const CHANGES: &[(&str, &str, i32, &[&str])] = &[
    ("seed = 1", "sead = 1", 2, &["microseg.toml:2", "`sead`", "did you mean `seed`?"]),
    ("currency =", "curency =", 2, &["microseg.toml:5", "`curency`", "did you mean `currency`?"]),
    ("table = \"orders\"", "tabel = \"orders\"", 2, &["microseg.toml:8", "did you mean `table`?"]),
    (
        "table = \"orders\"",
        "table = \"ordres\"",
        2,
        &["unknown table `ordres`", "did you mean `orders`?"],
    ),
    (
        "time = \"placed\"",
        "tme = \"placed\"",
        2,
        &["column of orders `tme`", "did you mean `time`?"],
    ),
    ("time = \"placed\", ", "", 2, &["a source of orders maps no `time`", "add `time ="]),
    ("currency = \"GBP\"", "timezone = \"Mars/Base\"", 2, &["unknown time zone", "Mars/Base"]),
    ("currency = \"GBP\"", "", 2, &["a source of orders maps no `currency`", "[shop]"]),
    ("seed = 1", "seed = \"one\"", 2, &["microseg.toml:2"]),
    ("seed = 1", "seed = ", 2, &["microseg.toml:2"]),
    ("files = [\"orders.csv\"]", "files = []", 2, &["a source lists no files"]),
    ("files = [\"orders.csv\"]", "files = [\"or*s-2.csv\"]", 3, &["or*s-2.csv", "no such file"]),
    ("files = [\"orders.csv\"]", "files = [\"bare\"]", 3, &["bare", "the folder has no files"]),
    ("seed = 1", "[ingest]\nmax_bad_share = 2", 2, &["max_bad_share == 2", "between 0 and 1"]),
    ("seed = 1", "[segments]\nk = { min = 5, max = 3 }", 2, &["5..3", "min <= max"]),
];

#[test]
fn bad_settings_are_refused_and_the_lake_stays() {
    all_right(CHANGES.iter().map(|(from, to, code, words)| {
        let spoil = |dir: &Dir| {
            std::fs::create_dir(dir.path().join("bare")).unwrap();
            dir.edit("microseg.toml", |text| text.replacen(from, to, 1));
        };
        spoilt(&spoil, *code, words)
    }));
}

/// An experiment of the settings that cannot be read: what is replaced by what, words.
const EXPERIMENTS: &[(&str, &str, &[&str])] = &[
    (
        "metrics = [\"click\", \"human",
        "metrics = [\"clik\", \"human",
        &["unknown metric `clik`", "did you mean `click`?"],
    ),
    (
        "control = \"control\"",
        "control = \"contrl\"",
        &["unknown arm `contrl`", "did you mean `control`?"],
    ),
    (
        "id = \"subject-line\"",
        "id = \"subject-lime\"",
        &["`subject-lime`", "did you mean `subject-line`?"],
    ),
    ("by = [\"segment\"]", "by = [\"contry\"]", &["`contry`", "did you mean `country`?"]),
];

#[test]
fn an_experiment_that_cannot_be_read_is_refused() {
    all_right(EXPERIMENTS.iter().map(|(from, to, words)| {
        let dir = SMALL.copy();
        dir.edit("microseg.toml", |text| text.replacen(from, to, 1));
        refusal(&dir.run("experiment readout"), 2, words)
    }));
    let unknown = SMALL.copy().run("experiment readout subject-lin");
    refused(&unknown, 2, &["unknown experiment `subject-lin`", "did you mean `subject-line`?"]);
}

#[test]
fn an_unknown_feature_is_refused() {
    let dir = SMALL.copy();
    dir.edit("microseg.toml", |text| text + "\n[segments]\nfeatures = [\"recency_dayz\"]\n");
    refused(&dir.run("propose"), 2, &["unknown feature `recency_dayz`", "`recency_days`"]);
}

#[test]
fn a_step_whose_input_is_missing_names_the_step_before_it() {
    let dir = SMALL.fresh();
    refused(&dir.run("features"), 3, &["no lake", "microseg ingest"]);
    dir.run("ingest -q").fine();
    refused(&dir.run("propose"), 3, &["feature", "microseg features"]);
}

#[test]
fn a_folder_without_settings_is_no_workspace() {
    let dir = Dir::new();
    for line in ["check", "ingest", "features", "propose", "report", "run", "experiment readout"] {
        refused(&dir.run(line), 2, &["no microseg.toml here", "microseg init"]);
        assert!(dir.files().is_empty(), "{line} left something");
    }
}

#[test]
fn a_lake_that_cannot_be_written_is_refused() {
    let dir = Dir::copy_of(WORKSPACE.path());
    std::fs::remove_dir_all(dir.path().join("lake")).unwrap();
    dir.write("lake", "a file in the way");
    refused(&dir.run("ingest"), 3, &["lake"]);
    assert_eq!(dir.read("lake"), "a file in the way");
    dir.has_no_leftovers();
}

#[test]
fn a_few_bad_rows_are_quarantined_with_file_line_and_rule() {
    let dir = Dir::copy_of(WORKSPACE.path());
    let bad = b"a,x1,2026-01-01,much\nb\xff,x2,2026-01-01,1.00\nc,o7,2026-01-01,1.00\n";
    let mut content = dir.read("orders.csv").into_bytes();
    content.extend(bad);
    dir.write("orders.csv", content);
    dir.edit("microseg.toml", |text| text + "\n[ingest]\nmax_bad_share = 0.05\n");
    let report = dir.run("ingest --format json").fine().json();
    assert_eq!(report["sources"][0]["rejected"], 4, "the order that o7 contradicts is one of them");
    let rejects = dir.read("quarantine/rejects.csv");
    for (line, rule) in
        [(402, "not_an_amount"), (403, "not_utf8"), (404, "two_contacts"), (9, "two_contacts")]
    {
        let is_it = |row: &str| row.contains(&format!("orders.csv,{line},")) && row.contains(rule);
        assert!(rejects.lines().any(is_it), "no {rule} in line {line}: {rejects}");
    }
}

#[test]
fn check_says_no_and_writes_nothing() {
    let dir = Dir::copy_of(WORKSPACE.path());
    dir.write("orders.csv", format!("{ORDERS}a,1,2026-01-01,much\nb,2,2026-01-01,1.00\n"));
    let before = dir.files();
    let output = dir.run("check");
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(
        output.stderr.contains("50.0 % of the rows of orders are rejected"),
        "{}",
        output.stderr
    );
    assert!(before == dir.files());
}
