//! Same rows, same bytes; and nothing from the future.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::{Dir, SMALL, shuffled};

const TABLES: [&str; 6] =
    ["assignments", "campaigns", "contacts", "events", "order_items", "orders"];

/// The small shop with settings that take any file of a table's name, all run.
static BASE: LazyLock<Dir> = LazyLock::new(|| {
    let dir = exports();
    dir.run("run -q").fine();
    dir
});

/// Settings and exports of the small shop, nothing run.
fn exports() -> Dir {
    let dir = SMALL.fresh();
    dir.edit("microseg.toml", |text| text.replace(".csv\"]", "*.csv\"]"));
    dir
}

/// What is made from the rows alone. Manifests name the files and may differ.
fn artefacts(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    files.retain(|path, _| {
        let path = path.to_str().unwrap();
        let is_lake = path.starts_with("lake/") && path.ends_with(".parquet");
        let folders = ["features/", "predict/", "segments/", "readouts/"];
        let is_made =
            folders.iter().any(|f| path.starts_with(f)) && !path.ends_with("manifest.json");
        is_lake || is_made
    });
    assert!(files.len() > 14, "{:?}", files.keys());
    files
}

/// The report, but for its manifest.
fn report(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    files.retain(|path, _| path.starts_with("report") && !path.ends_with("manifest.json"));
    assert!(files.len() > 14, "{:?}", files.keys());
    files
}

fn same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) {
    let names = a.keys().chain(b.keys());
    let other: Vec<&PathBuf> = names.filter(|name| a.get(*name) != b.get(*name)).collect();
    assert!(other.is_empty(), "these differ: {other:?}");
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let dir = exports();
    for table in TABLES {
        dir.edit(&format!("exports/{table}.csv"), |text| shuffled(&text));
    }
    dir.run("run -q").fine();
    same(&artefacts(&BASE), &artefacts(&dir));
    same(&report(&BASE), &report(&dir));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for threads in [1, 2] {
        let dir = exports();
        dir.run(&format!("run -q --threads {threads}")).fine();
        same(&artefacts(&BASE), &artefacts(&dir));
        same(&report(&BASE), &report(&dir));
    }
}

/// Deals a table's rows out to files of these names.
fn deal(dir: &Dir, table: &str, names: &[String]) {
    let text = dir.read(&format!("exports/{table}.csv"));
    let (header, rows) = text.split_once('\n').unwrap();
    std::fs::remove_file(dir.path().join(format!("exports/{table}.csv"))).unwrap();
    for (place, name) in names.iter().enumerate() {
        let part = rows.lines().skip(place).step_by(names.len()).map(|row| format!("{row}\n"));
        dir.write(&format!("exports/{name}"), format!("{header}\n{}", part.collect::<String>()));
    }
}

#[test]
fn neither_the_split_over_files_nor_their_order_changes_a_byte() {
    for order in [["-1", "-2", "-3"], ["-3", "-1", "-2"]] {
        let dir = exports();
        for table in TABLES {
            deal(&dir, table, &order.map(|part| format!("{table}{part}.csv")));
        }
        dir.run("run -q").fine();
        same(&artefacts(&BASE), &artefacts(&dir));
        // The page lists the files; nothing else on it may differ.
        let page = TABLES.iter().fold(dir.read("report/report.html"), |page, table| {
            let names = ["-1", "-2", "-3"].map(|part| format!("{table}{part}.csv")).join(", ");
            page.replace(&names, &format!("{table}.csv"))
        });
        assert!(page == BASE.read("report/report.html"), "the page differs");
    }
}

#[test]
fn a_copy_of_a_file_changes_no_byte_and_is_named() {
    let dir = exports();
    for table in TABLES {
        dir.write(&format!("exports/{table}-copy.csv"), dir.read(&format!("exports/{table}.csv")));
    }
    let ingested = dir.run("ingest --format json").fine().json();
    dir.run("run -q").fine();
    same(&artefacts(&BASE), &artefacts(&dir));
    // By name, `events-copy.csv` comes before `events.csv`: the second is the repeat.
    let repeated: Vec<&str> = ingested["repeated_files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.as_str().unwrap())
        .collect();
    assert_eq!(repeated.len(), TABLES.len(), "{repeated:?}");
}

#[test]
fn half_of_a_file_exported_again_changes_no_byte() {
    let dir = exports();
    // Lines of an order have no id: two that are equal may both be meant.
    for table in TABLES.iter().filter(|table| **table != "order_items") {
        let text = dir.read(&format!("exports/{table}.csv"));
        let half: String =
            text.lines().take(1 + text.lines().count() / 2).map(|l| format!("{l}\n")).collect();
        dir.write(&format!("exports/{table}-again.csv"), half);
    }
    dir.run("run -q").fine();
    same(&artefacts(&BASE), &artefacts(&dir));
}

/// Rows after the as-of, and one at its very moment, which is midnight in London.
const FUTURE: [(&str, &str); 4] = [
    (
        "contacts",
        "a-new,2026-07-02T00:00:00Z,Europe/Paris,FR,subscribed,popup,1990\n\
         c0000001-new,2026-06-30T23:00:00Z,,GB,subscribed,popup,1990\n",
    ),
    (
        "events",
        "x-1,c0000001,2026-06-30T23:00:00Z,clicked,m0001,,mobile,Apple Mail,,,,,false\n\
         x-2,c0000002,2026-07-09T20:00:00Z,page_viewed,,,mobile,Safari,,aaa-first,home,12,\n\
         x-3,a-new,2026-07-09T20:00:00Z,opened,m0001,,a-device,Safari,,,,,false\n",
    ),
    (
        "orders",
        "x-1,c0000001,2026-06-30T23:00:00Z,10.00,GBP,0.00,completed\n\
         x-2,c0000003,2027-01-01T00:00:00Z,-999.00,GBP,0.00,refunded\n\
         x-3,a-new,2026-07-09T00:00:00Z,10.00,GBP,5.00,completed\n",
    ),
    ("assignments", "subject-line,a-new,urgent,2026-07-02T00:00:00Z,2026-07-03T00:00:00Z\n"),
];

#[test]
fn rows_at_or_after_the_as_of_change_no_byte() {
    let dir = exports();
    for (table, rows) in FUTURE {
        dir.edit(&format!("exports/{table}.csv"), |text| text + rows);
    }
    dir.run("run -q").fine();
    let made = |dir: &Dir| {
        let mut files = artefacts(dir);
        files.retain(|path, _| !path.starts_with("lake"));
        files
    };
    same(&made(&BASE), &made(&dir));
}

/// Step → what became of it, from `run`.
fn outcomes(dir: &Dir, line: &str) -> Vec<(String, bool)> {
    let result = dir.run(&format!("{line} --format json")).fine().json();
    let step =
        |step: &Value| (step["step"].as_str().unwrap().to_owned(), step["outcome"] == "made");
    result["steps"].as_array().unwrap().iter().map(step).collect()
}

fn made(dir: &Dir, line: &str) -> Vec<String> {
    let all = outcomes(dir, line);
    assert_eq!(all.len(), 6, "{all:?}");
    all.into_iter().filter(|(_, made)| *made).map(|(step, _)| step).collect()
}

#[test]
fn a_second_run_has_nothing_to_do_and_touches_nothing() {
    let dir = Dir::copy_of(BASE.path());
    let state = |dir: &Dir| {
        let times = dir.files().into_keys().map(|path| {
            let modified = std::fs::metadata(dir.path().join(&path)).unwrap().modified().unwrap();
            (path, modified)
        });
        (times.collect::<Vec<_>>(), dir.files())
    };
    let before = state(&dir);
    assert_eq!(made(&dir, "run"), [""; 0], "a workspace may be moved");
    assert!(before == state(&dir));
}

#[test]
fn another_seed_does_again_only_what_draws_random_numbers() {
    let dir = Dir::copy_of(BASE.path());
    let expected = ["propose", "readouts", "report"];
    assert_eq!(made(&dir, "run --seed 8"), expected);
    same(&lake_and_features(&BASE), &lake_and_features(&dir));
    let dir = Dir::copy_of(BASE.path());
    dir.edit("microseg.toml", |text| text.replace("seed = 7", "seed = 8"));
    assert_eq!(made(&dir, "run"), expected);
}

fn lake_and_features(dir: &Dir) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = dir.files();
    files.retain(|path, _| path.starts_with("lake") || path.starts_with("features"));
    files
}

#[test]
fn another_as_of_leaves_the_lake_alone() {
    let dir = Dir::copy_of(BASE.path());
    let expected = ["features", "predict", "propose", "readouts", "report"];
    assert_eq!(made(&dir, "run --as-of 2026-06-20"), expected);
    assert_eq!(made(&dir, "run"), expected, "and back");
    // Segments remember the proposal before: ids and names go on. All else is as it was.
    let remembered = |files: &mut BTreeMap<PathBuf, Vec<u8>>| {
        files.retain(|path, _| !["segments", "readouts"].iter().any(|f| path.starts_with(f)));
    };
    let (mut base, mut back) = (artefacts(&BASE), artefacts(&dir));
    remembered(&mut base);
    remembered(&mut back);
    same(&base, &back);
    let partition = |dir: &Dir| -> Vec<String> {
        let csv = dir.read("segments/membership.csv");
        crate::tables::rows(&csv).into_iter().map(|row| row["segment"].clone()).collect()
    };
    assert_eq!(partition(&BASE), partition(&dir));
}

#[test]
fn another_question_does_the_readout_again_and_not_the_segments() {
    let dir = Dir::copy_of(BASE.path());
    dir.edit("microseg.toml", |text| text.replacen("Two identical arms", "Two equal arms", 1));
    assert_eq!(made(&dir, "run"), ["readouts", "report"]);
}

#[test]
fn changed_rows_do_everything_again() {
    let dir = Dir::copy_of(BASE.path());
    let order = "x-1,c0000001,2026-06-01T00:00:00Z,10.00,GBP,0.00,completed\n";
    dir.edit("exports/orders.csv", |text| text + order);
    assert_eq!(
        made(&dir, "run"),
        ["ingest", "features", "predict", "propose", "readouts", "report"]
    );
}
