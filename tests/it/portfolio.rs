//! Many experiments in one file.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::run_line;

/// Experiments of 400 recipients an arm; in every tenth the treatment is better by half as much again. `turn`
/// moves the rows about.
fn file(path: &Path, experiments: usize, turn: usize) {
    let mut rows = Vec::new();
    for experiment in 0..experiments {
        for row in 0..800_usize {
            let treated = row % 2;
            let of_hundred = if treated == 1 && experiment % 10 == 0 { 40 } else { 20 };
            let clicked = u8::from((row / 2 * 37 + experiment * 11) % 100 < of_hundred);
            let arm = ["control", "b"][treated];
            rows.push(format!("e{experiment:04},{arm},{clicked}"));
        }
    }
    let at = rows.len() * turn / 7;
    rows.rotate_left(at);
    let mut text = String::from("test,arm,clicked\n");
    rows.iter().for_each(|row| writeln!(text, "{row}").unwrap());
    std::fs::write(path, text).unwrap();
}

fn line(path: &Path) -> String {
    format!(
        "portfolio {} --experiment test --variant arm --control control --metric clicked --format json -q",
        path.display()
    )
}

#[test]
fn what_is_there_is_found_and_the_order_of_rows_does_not_show() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tests.csv");
    file(&path, 60, 0);
    let output = run_line(&line(&path));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let portfolio = output.json();
    assert_eq!((portfolio["tested"].as_u64(), portfolio["found"].as_u64()), (Some(60), Some(6)));
    let entries = portfolio["entries"].as_array().unwrap();
    for (place, entry) in entries.iter().enumerate() {
        assert_eq!(entry["found"].as_bool(), Some(place < 6), "{entry}");
        assert_eq!(entry["after_selection"].is_object(), place < 6);
    }
    let first = &entries[0];
    assert!(first["experiment"].as_str().unwrap().ends_with('0'));
    // Wider than 95 %: the interval of what was picked.
    let level = first["after_selection"]["level"].as_f64().unwrap();
    assert!((level - (1.0 - 0.05 * 6.0 / 60.0)).abs() < 1e-12, "{level}");
    file(&path, 60, 3);
    assert_eq!(run_line(&line(&path)).stdout, output.stdout);
}

#[test]
fn a_portfolio_agrees_with_the_readout_of_each() {
    let dir = tempfile::tempdir().unwrap();
    let (many, one) = (dir.path().join("tests.csv"), dir.path().join("one.csv"));
    file(&many, 3, 0);
    file(&one, 1, 0);
    let entries = run_line(&line(&many)).json()["entries"].clone();
    let entry = entries.as_array().unwrap().iter().find(|e| e["experiment"] == "e0000").unwrap();
    let readout = run_line(&format!(
        "readout {} --variant arm --control control --metric clicked --format json -q",
        one.display()
    ));
    let comparison = readout.json()["metrics"][0]["comparisons"][0].clone();
    assert_eq!(entry["p"], comparison["p"]);
    assert_eq!(entry["difference"], comparison["difference"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tests.csv");
    file(&path, 2, 0);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}lonely,control,1\n")).unwrap();
    let output = run_line(&line(&path).replace(" -q", ""));
    assert!(output.stderr.contains("experiment `lonely` is left out"), "{}", output.stderr);
    let output = run_line(&line(&path).replace("--control control", "--control contrl"));
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("did you mean `control`"), "{}", output.stderr);
    let output = run_line(&line(&path).replace("--metric clicked", "--metric arm"));
    assert_eq!(output.code, Some(2), "{}", output.stderr);
}

#[test]
fn a_report_of_all_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (path, out) = (dir.path().join("tests.csv"), dir.path().join("page"));
    file(&path, 30, 0);
    let output = run_line(&format!("{} --out {}", line(&path), out.display()));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let page = std::fs::read_to_string(out.join("report.md")).unwrap();
    assert!(
        page.contains("30 experiments, 30 arms tested against a control: 3 differences are found")
    );
    assert!(out.join("figures/portfolio-p-values.svg").is_file());
}
