//! Documents that follow from the code: `data/README.md`, the sample shop, the sample report.
//!
//! `MICROSEG_BLESS=1` rewrites them instead of comparing.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use microseg::lake::{Content, Field, Need, Table};
use microseg::workspace::Settings;

use crate::support::{Dir, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_blessing() -> bool {
    std::env::var_os("MICROSEG_BLESS").is_some()
}

/// Compares a file of the repository with what it should hold, or writes it.
fn holds(path: &Path, expected: &[u8]) {
    if is_blessing() {
        std::fs::create_dir_all(path.parent().expect("a folder"))
            .expect("the repository can be written");
        std::fs::write(path, expected).expect("the repository can be written");
    }
    let found = std::fs::read(path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is out of date; run MICROSEG_BLESS=1 cargo test --release --test it docs",
        path.display()
    );
}

#[test]
fn the_column_contract_is_the_one_that_ingest_checks() {
    holds(&root().join("data/README.md"), contract().as_bytes());
}

fn contract() -> String {
    let mut text = HEAD.to_owned();
    for table in Table::ALL {
        let _ = write!(text, "\n## {}\n\nOne row: {}.\n\n", table.name(), table.row());
        text.push_str("| column | holds | |\n|---|---|---|\n");
        for field in table.fields() {
            let _ = writeln!(
                text,
                "| `{}`{} | {} | {} |",
                field.name,
                need(field),
                content(field),
                field.meaning
            );
        }
    }
    text.push_str(TAIL);
    text
}

fn need(field: &Field) -> &'static str {
    if field.need == Need::Required { " **needed**" } else { "" }
}

fn content(field: &Field) -> &'static str {
    match field.content {
        Content::Text => "text",
        Content::Time => "time",
        Content::Money => "money",
        Content::Number => "number",
        Content::Flag => "true/false",
        Content::Word => "word",
    }
}

const HEAD: &str = "# Data

What microseg takes in. A `[[source]]` in `microseg.toml` names the files of one table and maps these
columns to theirs; what is not mapped stays empty. `microseg init` writes it for you; whole examples, and
features of your own in SQL, are in [MAPPING.md](MAPPING.md).

```toml
[[source]]
table = \"orders\"
files = [\"exports/orders-*.csv.gz\"]      # files, folders or globs, relative to microseg.toml
time_format = \"%d/%m/%Y %H:%M\"           # iso (the default), unix_s, unix_ms or a pattern
timezone = \"Europe/London\"               # of times that carry none; the shop's if absent
columns = { order = \"Invoice\", contact = \"Customer\", time = \"Date\", amount = \"Total\" }
constants = { currency = \"GBP\" }         # the same value for every row
words = { \"Order paid\" = \"completed\" }   # words of this source for ours; \"skip\" leaves an event out
```

Files are CSV (comma, semicolon, tab or bar), NDJSON (nested keys with dots) or Parquet, plain, `.gz` or
`.zst`, in UTF-8. Rows may come in any order and in any number of files; the same file given twice counts
once. A row that breaks a rule is listed in `quarantine/rejects.csv` with file, line, column, value and rule.
Amounts are in major units such as 12.50. Contact ids that are email addresses are stored as codes.
";

const TAIL: &str = "
## The shop in this folder

`shop/` holds the exports of an invented shop of 100 contacts, and in `shop/truth/` what was planted:

```sh
microseg simulate data/shop --contacts 100 --days 365 --seed 7
```
";

#[test]
fn the_sample_shop_is_what_its_command_makes() {
    let dir = Dir::new();
    let made = dir.path().join("shop");
    let arguments = ["--contacts", "100", "--days", "365", "--seed", "7", "-q"];
    let mut command = vec!["simulate", made.to_str().expect("a plain path")];
    command.extend(arguments);
    run(&command).fine();
    let kept = root().join("data/shop");
    for file in files(&made) {
        let bytes = std::fs::read(made.join(&file)).expect("simulate wrote it");
        holds(&kept.join(&file), &bytes);
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [dir.to_path_buf(), dir.join("truth")] {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_file() {
                let path = entry.path();
                found.push(path.strip_prefix(dir).expect("inside").to_path_buf());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_sample_report_is_what_the_demo_makes() {
    let dir = Dir::new();
    let demo = dir.path().join("demo");
    run(&["demo", demo.to_str().expect("a plain path"), "-q"]).fine();
    for file in ["report.html", "report.md"] {
        let bytes = std::fs::read(demo.join("report").join(file)).expect("the demo wrote it");
        holds(&root().join("reports/demo").join(file), &bytes);
    }
}

#[test]
fn the_documents_promise_only_commands_that_exist() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).expect("a document");
    let pages = ["RULES", "LEADS", "LIVING", "OPERATIONS"];
    let pages = pages.map(|page| read(&format!("data/{page}.md")));
    let text = read("README.md") + &pages.concat();
    let commands = text.lines().filter_map(|line| line.strip_prefix("microseg "));
    let mut seen = 0;
    for command in commands {
        let words: Vec<&str> = command.split('#').next().unwrap_or("").split_whitespace().collect();
        let options: Vec<&&str> = words.iter().filter(|w| w.starts_with("--")).collect();
        let has_commands = ["calc", "experiment", "schedule", "segments"].contains(&words[0])
            && words.get(1).is_some_and(|w| !w.starts_with("--"));
        let command = &words[..if has_commands { 2 } else { 1 }];
        let help = run(&[command, &["--help"]].concat()).fine();
        for option in options {
            assert!(help.stdout.contains(*option), "microseg {command:?} has no {option}");
        }
        seen += 1;
    }
    assert!(seen >= 40, "the documents show {seen} commands");
}

#[test]
fn the_settings_that_the_documents_show_are_settings() {
    for (file, least) in [("README.md", 5), ("data/LIVING.md", 2), ("data/OPERATIONS.md", 6)] {
        let text = std::fs::read_to_string(root().join(file)).expect("a document");
        let blocks: Vec<&str> = text.split("```toml\n").skip(1).collect();
        assert!(blocks.len() >= least, "{file} shows {} blocks of settings", blocks.len());
        for block in blocks {
            let settings = block.split("```").next().unwrap_or("");
            if let Err(error) = Settings::parse(settings) {
                panic!("{file}: {error}\n{settings}");
            }
        }
    }
}
