//! What `experiment assign` refuses: other answers than those registered, files that are not its own, settings that name
//! no experiment to draw.

use crate::assign::{DAY, HEAD, assign, sample};
use crate::support::{no_panic, refused};

#[test]
fn other_answers_than_those_registered_are_refused_by_name() {
    let dir = sample();
    assign(&dir, "");
    let settings = dir.read("microseg.toml");
    let before = dir.files();
    for (from, to, words) in [
        ("window_hours = 168", "window_hours = 72", "window_hours = 168, not 72"),
        (
            "[\"conversion\", \"revenue\"", "[\"revenue\", \"conversion\"",
            "decision_metric = \"conversion\"",
        ),
        ("free = 1", "free = 3", "shares.free = 0.5, not 0.75"),
        ("unsubscribe = 0.005", "unsubscribe = 0.01", "guardrails.unsubscribe = 0.005, not 0.01"),
        ("more orders", "fewer orders", "hypothesis = "),
        ("by = [", "looks = [24]\nby = [", "stopping_rule = \"fixed\", not \"planned-looks\""),
        ("by = [", "holdout = 0.1\nby = [", "holdout = 0.0, not 0.1"),
    ] {
        let changed = settings.replace(from, to);
        assert_ne!(changed, settings, "{from}");
        dir.write("microseg.toml", changed);
        let output = dir.run(&format!("experiment assign free-postage --as-of {DAY}"));
        refused(&output, 2, &[words, "registration.toml", "an id of its own"]);
    }
    dir.write("microseg.toml", settings);
    assert!(dir.files() == before);
    let output = dir.run(&format!("experiment assign free-postage --as-of {DAY} --balance"));
    refused(&output, 2, &["draw = \"hash\", not \"balanced\""]);
}

#[test]
fn another_file_is_never_written_over() {
    let dir = sample();
    let line = |out: &str| format!("experiment assign free-postage --as-of {DAY} --out {out}");
    let other = dir.write("other.csv", "contact_id,name\nc1,x\n");
    refused(&dir.run(&line(&other)), 3, &["other.csv", "without the column", "another --out"]);
    let more = format!("{HEAD},sent_at\nc1,free-postage,free,,2026-01-01,\n");
    let more = dir.write("more.csv", more);
    refused(&dir.run(&line(&more)), 3, &["more.csv", "`sent_at`", "would be lost"]);
    let theirs = dir.write("theirs.csv", format!("{HEAD}\nc1,postcards,free,GB,2026-01-01\n"));
    refused(&dir.run(&line(&theirs)), 3, &["theirs.csv:2", "`postcards`"]);
    refused(&dir.run(&line(&dir.at("lake/a.csv"))), 2, &["artefacts"]);
    refused(&dir.run(&line(&dir.at("a.txt"))), 2, &[".csv or .parquet"]);
    refused(&dir.run(&line(&dir.at("no/a.csv"))), 2, &["no such folder"]);
}

#[test]
fn what_cannot_be_assigned_is_refused_with_a_hint() {
    let dir = sample();
    let settings = dir.read("microseg.toml");
    let line = format!("experiment assign free-postage --as-of {DAY}");
    refused(
        &dir.run(&line.replace("free-", "fre-")),
        2,
        &["unknown experiment", "did you mean `free-postage`?"],
    );
    refused(&dir.run(&format!("{line} --audience nobody_at_all")), 2, &["unknown segment"]);
    for (from, to, words) in [
        ("shares = { plain = 1, free = 1 }", "", "names no arms"),
        ("shares = { plain = 1, free = 1 }", "shares = { plain = 1 }", "fewer than two arms"),
        (
            "shares = { plain = 1, free = 1 }",
            "shares = { plain = 0, free = 1, loud = 1 }",
            "control",
        ),
        ("by = [\"country\"]", "by = [\"county\"]", "did you mean `country`?"),
        ("by = [\"country\"]", "by = [\"segment\"]", "propose"),
        ("free = 1", "holdout = 1", "`holdout`"),
        (", \"unsubscribe\"]", "]", "guardrail `unsubscribe` is not among"),
    ] {
        let changed = settings.replace(from, to);
        assert_ne!(changed, settings, "{from}");
        dir.write("microseg.toml", changed);
        let output = dir.run(&line);
        no_panic(&output);
        assert!([Some(2), Some(3)].contains(&output.code), "{to}: {output:?}");
        assert!(
            output.stderr.contains(words) && output.stderr.contains("hint: "),
            "{to}: {}",
            output.stderr
        );
    }
}
