//! Lead scores: what cannot be scored, and what is not said.

use crate::leads::{SOURCES, WORKSPACE};
use crate::support::{Dir, all_right, no_panic, refusal, refused};

/// Rules, exit code, and what is said; `+1` is their first line.
const REFUSED: &[(&str, i32, &[&str])] = &[
    ("", 2, &["no lead score is declared", "[leads]", "--starter"]),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"frequncy\"\nat_least = 1\npoints = 1",
        2,
        &["+1:", "unknown feature `frequncy`", "`frequency`?"],
    ),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"attr_pln\"\nis = \"gold\"\npoints = 1",
        2,
        &["+1:", "unknown feature `attr_pln`", "`attr_plan`?"],
    ),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"country\"\nabove = 1\npoints = 1",
        2,
        &["+1:", "is a word, not a number"],
    ),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"frequency\"\nis = \"1\"\npoints = 1",
        2,
        &["+1:", "is a number, not a word"],
    ),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"country\"\nis = \"UK\"\npoints = 1",
        2,
        &["unknown word of `country` `UK`", "too rare to be named"],
    ),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"source\"\nknown = true\npoints = 1",
        3,
        &["nobody has a value of `source`"],
    ),
    (
        "[leads.rules.a]\ngroup = \"intent\"\nevent = \"click\"\npoints = 1",
        2,
        &["+1:", "unknown event `click`", "`clicked`?"],
    ),
    (
        "[leads.rules.a]\ngroup = \"intent\"\nevent = \"cart_added\"\npoints = 1",
        3,
        &["the rule `a`", "there is no `cart_added` at all"],
    ),
    (
        "[leads.rules.a]\ngroup = \"intent\"\nevent = \"product_viewed\"\ncategory = \"book\"\npoints = 1",
        2,
        &["unknown category `book`", "`books`?"],
    ),
    (
        "[leads.rules.a]\ngroup = \"intent\"\nevent = \"ordered\"\ncampaign_type = \"news\"\npoints = 1",
        2,
        &["orders have no campaign_type"],
    ),
    ("[leads]\nweaks = 3", 2, &["+2:", "did you mean `weeks`?"]),
    (
        "[leads.rules.a]\ngroup = \"fit\"\nevent = \"opened\"\npoints = 1",
        2,
        &["+1:", "names an `event`"],
    ),
];

/// The words of a case, with the lines of a file that begins with `before`.
pub fn placed(words: &[&str], before: &str) -> Vec<String> {
    let first = before.trim_end().lines().count();
    let word = |word: &&str| match word.strip_prefix('+') {
        Some(line) => {
            let line: usize = line.trim_end_matches(':').parse().unwrap();
            format!("microseg.toml:{}:", first + line)
        }
        None => (*word).to_owned(),
    };
    words.iter().map(word).collect()
}

#[test]
fn what_cannot_be_scored_is_refused_where_it_stands() {
    let dir = Dir::copy_of(WORKSPACE.path());
    all_right(REFUSED.iter().map(|(rules, code, words)| {
        dir.write("microseg.toml", format!("{}\n{rules}\n", SOURCES.trim_end()));
        let output = dir.run("leads -q");
        no_panic(&output);
        let words = placed(words, SOURCES);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        refusal(&output, *code, &words).map_err(|wrong| format!("{rules}: {wrong}"))
    }));
    refused(&WORKSPACE.run("leads --only nobody"), 2, &["no contact is known", "\"nobody\""]);
    refused(&WORKSPACE.run("leads --since 2026-04-01"), 2, &["is not before the as-of"]);
    refused(&WORKSPACE.run("leads --as-of 2020-01-01"), 3, &["nobody is known before 2020-01-01"]);
    let out = WORKSPACE.at("orders.csv");
    refused(&WORKSPACE.run(&format!("leads --out {out}")), 2, &["would replace a source"]);
    refused(&WORKSPACE.run("leads --out leads.txt"), 2, &[".parquet or .csv"]);
}

#[test]
fn no_address_is_said() {
    let dir = Dir::new();
    dir.write(
        "microseg.toml",
        "[leads]\n[[source]]\ntable = \"contacts\"\nfiles = [\"c.csv\"]\ncolumns = { contact = \"email\", \
         country = \"land\" }\nattributes = [\"note\"]\n[[source]]\ntable = \"events\"\nfiles = \
         [\"e.csv\"]\ncolumns = { contact = \"email\", time = \"at\", kind = \"what\" }\n",
    );
    let people = |i: usize| format!("Person{i}@Example.com,GB,ask person{i}@example.com\n");
    dir.write("c.csv", format!("email,land,note\n{}", (0..30).map(people).collect::<String>()));
    let event = |i: usize| format!("person{i}@example.com,2026-03-{:02},clicked\n", 1 + i % 28);
    dir.write("e.csv", format!("email,at,what\n{}", (0..30).map(event).collect::<String>()));
    dir.run("ingest -q").fine();
    let rule = "[leads.rules.a]\ngroup = \"fit\"\nfeature = \"attr_note\"\nis = \"ask person1@example.con\"\npoints = 1\n";
    let lines = ["--format json", "--format csv", "", "--only person1@example.com"];
    let mut outputs: Vec<_> = lines.iter().map(|line| dir.run(&format!("leads {line}"))).collect();
    dir.edit("microseg.toml", |text| text.replace("[leads]\n", &format!("[leads]\n{rule}")));
    outputs.push(dir.run("leads"));
    for output in &outputs {
        let said = format!("{}{}", output.stdout, output.stderr).to_lowercase();
        assert!(!said.contains("@example"), "{said}");
        assert_ne!(output.code, Some(70), "{said}");
    }
}
