//! The MineThatData e-mail test of 2008: 64,000 customers, three arms, and numbers that anyone can
//! compute from the published file.

use serde_json::Value;

use crate::support::{Dir, Output, real_data, run, shuffled, unpacked};

const FILE: &str = "hillstrom/hillstrom.csv.gz";
const CONTROL: &str = "No E-Mail";
const MENS: &str = "Mens E-Mail";
const WOMENS: &str = "Womens E-Mail";

fn readout(file: &str, more: &[&str]) -> Output {
    let mut args = vec!["readout", file, "--variant", "segment", "--control", CONTROL];
    args.extend(["--metric", "visit", "--metric", "conversion", "--metric", "spend"]);
    args.extend(["--by", "newbie,channel,history_segment"]);
    args.extend(more);
    run(&args).fine()
}

/// The published file's readout, if the file is there.
fn published() -> Option<Value> {
    Some(readout(&real_data(FILE)?, &["--format", "json"]).json())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

/// The entry of a list whose `key` is `name`.
fn entry<'a>(items: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = list(items).iter().find(|item| item[key] == name);
    found.unwrap_or_else(|| panic!("no {key} `{name}`"))
}

fn comparison<'a>(of: &'a Value, metric: &str, arm: &str) -> &'a Value {
    entry(&entry(&of["metrics"], "metric", metric)["comparisons"], "arm", arm)
}

fn counts(of: &Value, metric: &str, arm: &str) -> (f64, f64) {
    let arm = entry(&entry(&of["metrics"], "metric", metric)["arms"], "arm", arm);
    (arm["successes"].as_f64().unwrap(), arm["n"].as_f64().unwrap())
}

fn close(found: &Value, expected: f64, within: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

/// The z of two proportions, from the textbook.
fn pooled_z((x1, n1): (f64, f64), (x0, n0): (f64, f64)) -> f64 {
    let pooled = (x1 + x0) / (n1 + n0);
    (x1 / n1 - x0 / n0) / (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0)).sqrt()
}

#[test]
fn the_published_counts_are_found() {
    let Some(readout) = published() else { return };
    assert_eq!(counts(&readout, "visit", MENS), (3894.0, 21307.0));
    assert_eq!(counts(&readout, "visit", CONTROL), (2262.0, 21306.0));
    assert_eq!(counts(&readout, "visit", WOMENS), (3238.0, 21387.0));
    assert_eq!(counts(&readout, "conversion", MENS).0, 267.0);
    close(&comparison(&readout, "visit", MENS)["difference"]["point"], 0.076590, 1e-6);
}

#[test]
fn the_test_statistics_are_those_computed_from_the_published_file() {
    let Some(readout) = published() else { return };
    let expected = [
        ("visit", "pooled_z", 22.4860, 13.9492),
        ("conversion", "pooled_z", 7.3851, 3.7796),
        ("spend", "welch_t", 5.3001, 3.2564),
    ];
    for (metric, name, mens, womens) in expected {
        for (arm, value) in [(MENS, mens), (WOMENS, womens)] {
            let statistic = &comparison(&readout, metric, arm)["statistic"];
            assert_eq!(statistic["name"], name);
            close(&statistic["value"], value, 5e-5);
        }
    }
}

#[test]
fn the_split_is_as_planned() {
    let Some(readout) = published() else { return };
    let check = &readout["sample_ratio"];
    close(&check["chi_squared"], 0.2025, 5e-5);
    assert_eq!(check["df"], 2);
    assert_eq!(check["mismatch"], false);
}

#[test]
fn the_parts_of_every_breakdown_add_up_to_the_whole() {
    let Some(readout) = published() else { return };
    let columns = list(&readout["segments"]);
    let levels = |name| list(&entry(&readout["segments"], "column", name)["levels"]).len();
    assert_eq!((columns.len(), levels("history_segment"), levels("newbie")), (3, 7, 2));
    for column in columns {
        let rows: u64 = list(&column["levels"]).iter().map(|l| l["n"].as_u64().unwrap()).sum();
        assert_eq!(rows, 64_000);
        for (metric, arm) in [("visit", MENS), ("visit", CONTROL), ("conversion", WOMENS)] {
            let parts = list(&column["levels"]).iter().map(|l| counts(l, metric, arm));
            let sum = parts.fold((0.0, 0.0), |(x, n), part| (x + part.0, n + part.1));
            assert_eq!(sum, counts(&readout, metric, arm), "{}", column["column"]);
        }
    }
}

#[test]
fn the_z_of_every_part_follows_from_its_own_counts() {
    let Some(readout) = published() else { return };
    for column in list(&readout["segments"]) {
        for level in list(&column["levels"]) {
            for arm in [MENS, WOMENS] {
                let z = pooled_z(counts(level, "visit", arm), counts(level, "visit", CONTROL));
                close(&comparison(level, "visit", arm)["statistic"]["value"], z, 1e-9);
            }
        }
    }
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let Some(file) = real_data(FILE) else { return };
    let dir = Dir::new();
    let other = dir.write("hillstrom.csv", shuffled(&unpacked(&file)));
    let [a, b] = [&file, &other].map(|file| readout(file, &["--format", "json"]).stdout);
    assert!(a == b, "the JSON of shuffled rows differs");
}

#[test]
fn a_report_with_figures_and_tables_is_written_where_asked() {
    let Some(file) = real_data(FILE) else { return };
    let dir = Dir::new();
    let output = readout(&file, &["--out", &dir.at("deep/report"), "--quiet"]);
    assert!(output.stdout.contains("Mens E-Mail has a higher visit rate than No E-Mail"));
    let files = dir.files();
    let count = |folder: &str, ending: &str| {
        let name = |path: &std::path::Path| path.display().to_string();
        let is_one = |n: &String| n.starts_with(folder) && n.ends_with(ending);
        files.keys().map(|path| name(path)).filter(is_one).count()
    };
    assert!(dir.read("deep/report/report.html").contains("22.4860"), "the z is not on the page");
    assert!(count("deep/report/figures/", ".svg") >= 3);
    assert!(count("deep/report/figures/", ".png") >= 3);
    assert_eq!(count("deep/report/tables/", ".csv"), 11);
    dir.has_no_leftovers();
}
