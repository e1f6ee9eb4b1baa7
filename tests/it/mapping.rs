//! The examples of `data/MAPPING.md`: files, settings and commands, run as they stand there.

use std::path::Path;

use microseg::lake::{Table, schema};

use crate::support::{Dir, real_data};

const PLACE: &str = "data/MAPPING.md";

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PLACE)).unwrap()
}

/// A fenced block: its language, the file that it is, its text.
struct Block {
    language: String,
    file: String,
    text: String,
}

/// The section under a heading, as its blocks.
fn section(heading: &str) -> Vec<Block> {
    let document = document();
    let (_, rest) = document.split_once(&format!("\n## {heading}\n")).expect(heading);
    let body = rest.split("\n## ").next().unwrap();
    let mut blocks = Vec::new();
    for part in body.split("\n```").skip(1).step_by(2) {
        let (info, text) = part.split_once('\n').unwrap();
        let (language, file) = info.split_once(' ').unwrap_or((info, ""));
        blocks.push(Block {
            language: language.to_owned(),
            file: file.to_owned(),
            text: text.to_owned() + "\n",
        });
    }
    blocks
}

/// Runs an example in `dir`: writes its files, runs its commands, looks for its lines in what they say.
fn run_example(dir: &Dir, heading: &str) -> String {
    let (mut said, mut looked_for) = (String::new(), 0);
    for block in section(heading) {
        match block.language.as_str() {
            "csv" | "toml" => drop(dir.write(&block.file, &block.text)),
            "sh" => said = block.text.lines().map(|line| command(dir, line)).collect(),
            "text" => {
                for line in block.text.lines() {
                    assert!(
                        said.lines().any(|l| l.trim_end() == line),
                        "no line {line:?} in\n{said}"
                    );
                    looked_for += 1;
                }
            }
            other => panic!("a block of {other}"),
        }
    }
    assert!(looked_for > 0, "{heading} promises nothing");
    assert!(dir.path().join("report/report.html").exists());
    said
}

fn command(dir: &Dir, line: &str) -> String {
    let output = dir.run(line.strip_prefix("microseg ").expect(line)).fine();
    output.stdout + &output.stderr
}

#[test]
fn a_flat_order_file() {
    run_example(&Dir::new(), "A flat order file");
}

#[test]
fn a_flat_event_file() {
    run_example(&Dir::new(), "A flat event file");
}

#[test]
fn both_together_with_a_feature_in_sql() {
    let dir = Dir::new();
    run_example(&dir, "Orders and events together, and a feature in SQL");
    let page = dir.read("report/report.md");
    assert!(page.contains("categories viewed since the last order"), "{page}");
}

#[test]
fn online_retail_as_lines_of_orders() {
    let Some(file) = real_data("online_retail/online_retail.csv.gz") else { return };
    let dir = Dir::new();
    dir.write("online_retail.csv.gz", std::fs::read(file).unwrap());
    run_example(&dir, "Online Retail: one row a line of an order");
    let proposal: serde_json::Value =
        serde_json::from_str(&dir.read("segments/proposal.json")).unwrap();
    assert_eq!(proposal["contacts"], 4_372);
    assert!(proposal["features"].as_array().unwrap().contains(&"products_bought".into()));
}

#[test]
fn the_tables_of_the_lake_are_listed_as_they_are() {
    let schemas = [
        schema::contacts(&[]),
        schema::campaigns(),
        schema::events(),
        schema::orders(),
        schema::order_items(),
        schema::assignments(),
    ];
    let document = document();
    for (table, schema) in Table::ALL.into_iter().zip(schemas) {
        let columns: Vec<String> =
            schema.fields().iter().map(|f| format!("`{}`", f.name())).collect();
        let more = if table == Table::Contacts { ", `attr_NAME` for each attribute" } else { "" };
        let line = format!("| `{}` | {}{more} |", table.name(), columns.join(", "));
        assert!(document.contains(&line), "{PLACE} should have the line\n{line}");
    }
}
