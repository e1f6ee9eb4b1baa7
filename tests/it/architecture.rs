//! Which module may import which, and who may print, read the clock or exit: read off the source.

use std::path::{Path, PathBuf};

/// The modules, in the order in which data flows. Each may import the earlier ones.
const ORDER: [&str; 16] = [
    "error", "estimate", "numeric", "workspace", "lake", "ingest", "hygiene", "features",
    "predict", "experiments", "segments", "reports", "pipeline", "delivery", "schedule", "cli",
];

/// Imports that the order would allow and that must not be: a readout takes a column of segments,
/// whoever made it; the simulator knows nothing of what is done with its files.
const FORBIDDEN: [(&str, &[&str]); 2] = [
    ("experiments", &["segments", "features", "hygiene", "ingest"]),
    (
        "simulate",
        &[
            "lake", "ingest", "hygiene", "features", "segments", "experiments", "reports",
            "pipeline", "cli", "workspace",
        ],
    ),
];

/// What only `cli` may touch.
const CLI_ONLY: [&str; 8] = [
    "std::env::", "env::args", "env::var", "process::exit", "ExitCode", "Timestamp::now",
    "SystemTime::now", "clap",
];

/// What only the printer may touch.
const PRINTER_ONLY: [&str; 8] = [
    "println!", "eprintln!", "print!(", "eprint!(", "stdout()", "stderr()", "io::stdout",
    "io::stderr",
];

/// What is nowhere in the source.
const NOWHERE: [&str; 6] =
    ["todo!", "unimplemented!", "dbg!", "allow(dead_code)", "#[ignore]", "#[ignore ="];

/// Files above [`MOST_LINES`], with the most lines that each may have. This list may only shrink.
const LONG: [(&str, usize); 0] = [];

const MOST_LINES: usize = 400;

/// One source file: its path below `src`, and its text without comments.
struct Source {
    path: String,
    code: String,
    lines: usize,
}

impl Source {
    /// The module of the crate that the file belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| ["tests", "tests.rs"].contains(&part))
    }

    /// Depth of the file's own module below the crate: 1 for `src/ingest/mod.rs`.
    fn depth(&self) -> usize {
        let parts = self.path.strip_suffix("/mod.rs").unwrap_or(&self.path);
        parts.split('/').count()
    }

    /// Modules of the crate that are named anywhere in the code.
    fn imports(&self) -> Vec<String> {
        let mut names = after(&self.code, "crate::");
        // `super::super::x` reaches out of the module when it has as many `super` as the depth.
        names.extend(after(&self.code, &format!(" {}", "super::".repeat(self.depth()))));
        names.retain(|name| ORDER.contains(&name.as_str()) || name == "simulate");
        names
    }
}

/// The names that follow `prefix`, also in braces: `crate::{a::B, c}`.
fn after(code: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = Vec::new();
    for (place, _) in code.match_indices(prefix) {
        let rest = &code[place + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(in_braces(list).iter().map(|item| word(item))),
            None => names.push(word(rest)),
        }
    }
    names
}

/// The items of a list up to its closing brace, without what is nested in them.
fn in_braces(list: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            c if depth == 0 => items.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    items
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        Source { path, lines: text.lines().count(), code: without_comments(&text) }
    };
    paths.iter().map(read).filter(|s| !["lib.rs", "main.rs"].contains(&s.path.as_str())).collect()
}

fn walk(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.map(|line| format!("{line}\n")).collect()
}

/// Asserts that the list of what is wrong is empty.
fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

/// Every (file, word) of the words that the code of some files holds.
fn holding(words: &[&str], is_meant: impl Fn(&Source) -> bool) -> Vec<String> {
    let sources = sources();
    let meant = sources.iter().filter(|source| is_meant(source));
    let found = meant.flat_map(|source| {
        let held = words.iter().filter(|word| holds(&source.code, word));
        held.map(|word| format!("{} has `{word}`", source.path))
    });
    found.collect()
}

/// True if `word` is in the code and not the end of a longer name.
fn holds(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(place, _)| !code[..place].ends_with(is_part))
}

#[test]
fn a_module_imports_only_earlier_ones() {
    let place = |name: &str| ORDER.iter().position(|module| *module == name);
    let mut wrong = Vec::new();
    for source in sources() {
        let own = source.module();
        assert!(
            place(own).is_some() || own == "simulate",
            "{} has no place in the order",
            source.path
        );
        for import in source.imports().iter().filter(|import| *import != own) {
            let is_later = place(import) > place(own) && own != "simulate";
            let is_simulator = import == "simulate" && own != "cli" && !source.is_test();
            let is_forbidden = FORBIDDEN
                .iter()
                .any(|(module, not)| *module == own && not.contains(&import.as_str()));
            if is_later || is_simulator || is_forbidden {
                wrong.push(format!("{} imports `{import}`", source.path));
            }
        }
    }
    none(&wrong, "an import against the direction of the data");
}

#[test]
fn every_module_of_the_order_exists() {
    let sources = sources();
    for module in ORDER {
        assert!(sources.iter().any(|source| source.module() == module), "there is no `{module}`");
    }
}

#[test]
fn only_cli_reads_arguments_the_environment_or_the_clock_or_exits() {
    let wrong = holding(&CLI_ONLY, |source| source.module() != "cli");
    none(&wrong, "only cli may do that");
}

#[test]
fn only_the_printer_prints() {
    let wrong =
        holding(&PRINTER_ONLY, |source| source.path != "cli/printer.rs" && !source.is_test());
    none(&wrong, "only cli/printer.rs, and tests that show what they measured, may do that");
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    none(&holding(&NOWHERE, |_| true), "not in this crate");
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    let drawers = ["util", "helper", "manager", "misc", "common"];
    let names = sources().into_iter().map(|source| source.path);
    let wrong: Vec<String> =
        names.filter(|path| drawers.iter().any(|drawer| path.contains(drawer))).collect();
    none(&wrong, "name it after what it holds");
}

#[test]
fn files_stay_short_and_the_list_of_long_ones_shrinks() {
    let sources = sources();
    let allowed = |path: &str| LONG.iter().find(|(long, _)| *long == path).map(|(_, lines)| *lines);
    let too_long = sources.iter().filter(|s| s.lines > allowed(&s.path).unwrap_or(MOST_LINES));
    let wrong: Vec<String> =
        too_long.map(|s| format!("{} has {} lines", s.path, s.lines)).collect();
    none(&wrong, "split it");
    let done = LONG.iter().filter(|(path, _)| {
        let lines = sources.iter().find(|s| s.path == *path).map_or(0, |s| s.lines);
        lines <= MOST_LINES
    });
    none(
        &done.map(|(path, _)| format!("take {path} off the list")).collect::<Vec<_>>(),
        "well done",
    );
}

#[test]
fn imports_are_found_however_they_are_written() {
    let source = Source {
        path: "ingest/rows/orders.rs".to_owned(),
        code: "use crate::lake::X;\nuse crate::{error::{Error, Kind}, segments};\n\
               use super::super::super::reports::Y;\nlet a = crate::cli::b();\n"
            .to_owned(),
        lines: 4,
    };
    assert_eq!(source.imports(), ["lake", "error", "segments", "cli", "reports"]);
}
