//! `init`: settings guessed from exports work as they are written, or say what is missing.

use crate::support::{Dir, SMALL, refused, run_line};

/// A workspace whose settings `init` wrote from the small shop's exports.
fn guessed() -> Dir {
    let dir = Dir::new();
    let exports = SMALL.root.join("exports");
    run_line(&format!("init {} --from {}", dir.at("space"), exports.display())).fine();
    dir
}

#[test]
fn the_guessed_settings_work_untouched() {
    let dir = guessed();
    let space = dir.at("space");
    let check = run_line(&format!("check --workspace {space} --format json")).fine().json();
    let sources = check["sources"].as_array().unwrap();
    let rejected: u64 = sources.iter().map(|s| s["rejected"].as_u64().unwrap()).sum();
    assert_eq!((sources.len(), rejected), (6, 0));
    let run = run_line(&format!("run --workspace {space} -q")).fine();
    let page = std::fs::read_to_string(run.stdout.trim()).unwrap();
    for experiment in ["subject-line", "send-time", "aa-test", "broken-split"] {
        assert!(page.contains(experiment), "the page does not tell of {experiment}");
    }
}

#[test]
fn the_guess_maps_every_table_as_the_demo_does() {
    let dir = guessed();
    let tables = |text: &str| {
        let settings: toml::Table = text.parse().unwrap();
        let sources = settings["source"].as_array().unwrap().clone();
        let mut tables: Vec<(String, toml::Value)> =
            sources.iter().map(|s| (s["table"].to_string(), s["columns"].clone())).collect();
        tables.sort_by(|a, b| a.0.cmp(&b.0));
        tables
    };
    let demo = std::fs::read_to_string(SMALL.root.join("microseg.toml")).unwrap();
    assert_eq!(tables(&dir.read("space/microseg.toml")), tables(&demo));
}

#[test]
fn settings_that_are_there_are_not_overwritten() {
    let dir = Dir::new();
    dir.write("space/microseg.toml", "seed = 5\n");
    let exports = SMALL.root.join("exports");
    let output = run_line(&format!("init {} --from {}", dir.at("space"), exports.display()));
    refused(&output, 2, &["microseg.toml already", "another folder"]);
    assert_eq!(dir.read("space/microseg.toml"), "seed = 5\n");
}

#[test]
fn a_file_it_cannot_understand_is_named_with_what_to_fill_in() {
    let dir = Dir::new();
    let odd = dir.write("odd.csv", "foo,bar\n1,2\n3,4\n");
    let output = run_line(&format!("init {} --from {odd}", dir.at("space")));
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    for word in ["warning: odd.csv", "no table fits", "fill in what is marked", "microseg check"] {
        assert!(output.stderr.contains(word), "`{word}`: {}", output.stderr);
    }
    let settings = dir.read("space/microseg.toml");
    assert!(settings.contains("# CHECK: odd.csv"), "{settings}");
    settings.parse::<toml::Table>().unwrap();
}

#[test]
fn one_file_it_does_not_understand_among_good_ones_is_marked() {
    let dir = Dir::new();
    let odd = dir.write("odd.csv", "foo,bar\n1,2\n3,4\n");
    let orders = SMALL.root.join("exports/orders.csv");
    let output = run_line(&format!("init {} --from {} {odd}", dir.at("space"), orders.display()));
    assert!(output.stderr.contains("odd.csv"), "{}", output.stderr);
    let settings = dir.read("space/microseg.toml");
    assert!(settings.contains("table = \"orders\"") && settings.contains("odd.csv"), "{settings}");
}

#[test]
fn a_file_that_is_not_there_is_refused_and_no_settings_are_written() {
    let dir = Dir::new();
    let output = run_line(&format!("init {} --from {}", dir.at("space"), dir.at("none.csv")));
    refused(&output, 3, &["none.csv", "no such file"]);
    assert!(!dir.path().join("space/microseg.toml").exists());
}

#[test]
fn empty_files_are_refused_by_name() {
    let dir = Dir::new();
    let empty = dir.write("empty.csv", "");
    let output = run_line(&format!("init {} --from {empty}", dir.at("space")));
    assert!(output.stderr.contains("empty.csv"), "{}", output.stderr);
    assert!([Some(1), Some(3)].contains(&output.code), "{:?}", output.code);
}
