//! Bad files and bad words on the command line, for the commands that need no workspace.
//!
//! A new case is a line of a table: what is typed (`{}` stands for the folder), the exit code, and
//! what must be said.

use crate::support::{Dir, all_right, no_panic, refusal, refused, run_line};

const RFM: &str = "--contact customer --order order_id --time placed --amount total";
const HEADER: &str = "customer,order_id,placed,total\n";

/// Orders with these rows under the header.
fn orders(dir: &Dir, name: &str, rows: &str) -> String {
    dir.write(name, format!("{HEADER}{rows}"))
}

/// Two hundred good orders of fifty customers.
fn good_rows() -> String {
    (0..200)
        .map(|i| format!("c{:02},o{i},2026-01-{:02},{}.50\n", i % 50, 1 + i % 28, 1 + i))
        .collect()
}

/// Files that are wrong as a whole: nothing can be made of them.
const UNUSABLE: &[(&str, &[u8], i32, &[&str])] = &[
    ("none.csv", b"", 3, &["none.csv", "no such file"]),
    ("empty.csv", b"", 3, &["empty.csv", "the file is empty"]),
    ("empty.parquet", b"", 3, &["empty.parquet", "the file is empty"]),
    ("cut.parquet", b"PAR1\x15\x04\x15\x00cut off", 3, &["cut.parquet", "not a readable Parquet"]),
    ("no.csv.gz", b"\x1f\x8b\x08\x00garbage", 3, &["no.csv.gz"]),
    ("header.csv", HEADER.as_bytes(), 3, &["header.csv", "a header and no rows"]),
    (
        "text.csv",
        b"customer,order_id,placed,total\na,1,2026-01-01,much\nb,2,2026-01-02,little\n",
        3,
        &["text.csv:2", "not an amount", "`total`", "\"much\"", "2 rows"],
    ),
    (
        "dates.csv",
        b"customer,order_id,placed,total\na,1,31/31/2026,1.00\n",
        3,
        &["dates.csv:2", "not a time", "`placed`", "31/31/2026", "time_format"],
    ),
    (
        "quote.csv",
        b"customer,order_id,placed,total\na,1,2026-01-01,1.00\n\"b,2,2026-01-01,2.00\nc,3,2026-01-01,3.00\n",
        3,
        &["quote.csv:3", "a quote opened in this row is never closed"],
    ),
    ("wide.csv", b"\xff\xfec\x00u\x00", 3, &["wide.csv", "UTF-16"]),
    (
        "nobody.csv",
        b"customer,order_id,placed,total\n,1,2026-01-01,1.00\n",
        3,
        &["nobody.csv", "--contact"],
    ),
    ("slip.csv", b"custmer,order_id,placed,total\na,1,2026-01-01,1\n", 2, &["`customer`", "did you mean `custmer`?"]),
    ("other.csv", b"u,v\n1,2\n", 2, &["unknown column `", "known: `u`, `v`"]),
];

#[test]
fn a_file_of_which_nothing_can_be_made_is_refused_by_its_name() {
    let dir = Dir::new();
    all_right(UNUSABLE.iter().map(|(name, content, code, words)| {
        if !name.starts_with("none") {
            dir.write(name, content);
        }
        let output = run_line(&format!("rfm {} {RFM}", dir.at(name)));
        if output.stderr.contains("microseg.toml") {
            return Err(format!("there is no microseg.toml: {output:?}"));
        }
        refusal(&output, *code, words)
    }));
}

#[test]
fn a_folder_is_no_file() {
    let dir = Dir::new();
    dir.write("full/one.csv", format!("{HEADER}a,1,2026-01-01,1.00\n"));
    dir.write("full/two.csv", format!("{HEADER}a,2,2026-01-01,1.00\n"));
    std::fs::create_dir(dir.path().join("bare")).unwrap();
    let commands = [format!("rfm FILE {RFM}"), "cluster FILE --columns total,order_id".to_owned()];
    all_right(["bare", "full"].iter().flat_map(|folder| {
        let typed = commands.each_ref().map(|command| command.replace("FILE", &dir.at(folder)));
        typed.map(|line| refusal(&run_line(&line), 3, &[folder, "folder"]))
    }));
}

#[test]
fn a_parquet_file_that_was_cut_off_is_refused() {
    let dir = Dir::new();
    let shop = dir.at("shop");
    run_line(&format!("simulate {shop} --contacts 50 --files parquet -q")).fine();
    let whole = std::fs::read(format!("{shop}/orders.parquet")).unwrap();
    for part in [4, whole.len() / 2, whole.len() - 3] {
        let file = dir.write("cut.parquet", &whole[..part]);
        let rfm = format!("rfm {file} --contact contact_id --time ts --amount amount");
        refused(&run_line(&rfm), 3, &["cut.parquet", "not a readable Parquet", "export it again"]);
    }
}

/// Rows that are wrong among good ones: set apart, counted, one example shown with line and reason.
const SET_APART: &[(&str, &[u8], u64, &[&str])] = &[
    ("amounts", b"z,x1,2026-01-05,abc\n", 1, &["not an amount", "202", "`total`", "\"abc\""]),
    (
        "infinite",
        b"z,x1,2026-01-05,NaN\nz,x2,2026-01-05,inf\nz,x3,2026-01-05,-Infinity\n",
        3,
        &["NaN or infinite", "`total`", "\"NaN\""],
    ),
    ("future", b"z,x1,2199-01-05,1.00\n", 1, &["a time in the future", "`placed`", "2199-01-05"]),
    ("past", b"z,x1,0001-01-05,1.00\n", 1, &["a time before 1990", "`placed`"]),
    (
        "twice",
        b"z,x1,2026-01-05,1.00\nz,x1,2026-01-05,2.00\nz,x1,2026-01-06,2.00\n",
        3,
        &["several different rows for the same order id", "`order_id`", "\"x1\""],
    ),
    (
        "shared",
        b"y,x1,2026-01-05,1.00\nz,x1,2026-01-05,1.00\n",
        2,
        &["an order id that belongs to two contacts", "`order_id`", "\"x1\""],
    ),
    ("utf8", b"z\xff\xfe,x1,2026-01-05,1.00\n", 1, &["not UTF-8", ":202"]),
    ("wide", b"z,x1,2026-01-05,1.00,more\n", 1, &["another number of fields", ":202", "5 fields"]),
    ("huge", b"z,x1,2026-01-05,99999999999999999999\n", 1, &["too large"]),
];

#[test]
fn rows_that_are_wrong_are_set_apart_and_counted_with_line_and_reason() {
    let dir = Dir::new();
    all_right(SET_APART.iter().map(|(name, rows, rejected, words)| {
        let content = [HEADER.as_bytes(), good_rows().as_bytes(), rows].concat();
        let file = dir.write(&format!("{name}.csv"), content);
        let output =
            run_line(&format!("rfm {file} {RFM} --max-bad-share 0.5 --format json")).fine();
        no_panic(&output);
        let counts = &output.json()["rows"];
        assert_eq!(counts["rejected"], *rejected, "{name}");
        assert_eq!(counts["accepted"], 200, "{name}");
        assert!(!output.stdout.contains("\"contact_id\": \"z"), "{name}: a bad row got a label");
        match words.iter().find(|word| !output.stderr.contains(**word)) {
            Some(word) => Err(format!("{name}: `{word}` is not said: {}", output.stderr)),
            None => Ok(()),
        }
    }));
}

#[test]
fn too_many_bad_rows_are_a_check_that_says_no() {
    let dir = Dir::new();
    let bad = "z,x1,2026-01-05,abc\nz,x2,2026-01-05,abc\nz,x3,2026-01-05,abc\n";
    let file = orders(&dir, "orders.csv", &(good_rows() + bad));
    let output = run_line(&format!("rfm {file} {RFM}"));
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    assert!(output.stderr.contains("1.5 % of the rows are rejected"), "{}", output.stderr);
    assert_eq!(run_line(&format!("rfm {file} {RFM} --max-bad-share 0.02")).code, Some(0));
}

#[test]
fn a_row_that_repeats_another_exactly_counts_once() {
    let dir = Dir::new();
    let once = orders(&dir, "once.csv", &good_rows());
    let twice = orders(&dir, "twice.csv", &(good_rows() + &good_rows()));
    let contacts = |file: &str| {
        run_line(&format!("rfm {file} {RFM} --format json")).fine().json()["contacts"].clone()
    };
    assert_eq!(contacts(&once), contacts(&twice));
}

#[test]
fn one_customer_is_scored_and_is_too_few_to_cluster() {
    let dir = Dir::new();
    let file = orders(&dir, "one.csv", "a,1,2026-01-01,5.00\n");
    let csv = run_line(&format!("rfm {file} {RFM} --format csv -q")).fine().stdout;
    let row = &crate::tables::rows(&csv)[0];
    assert_eq!((row["monetary"].parse(), row["segment"].as_str()), (Ok(5.0), "Need attention"));
    let scores = dir.write("scores.csv", csv);
    refused(&run_line(&format!("cluster {scores}")), 3, &["scores.csv", "too few"]);
}

/// Clusters of what cannot be clustered: the rows, what is typed, exit code, words.
const CLUSTERS: &[(&str, &str, i32, &[&str])] = &[
    ("a,1,2\nb,2,5\n", "--k 3", 2, &["k == 3", "only 2 rows", "up to 2"]),
    ("a,1,2\nb,1,2\nc,2,2\n", "--k 3", 3, &["k == 3", "only 2 different points"]),
    ("a,1,2\nb,1,2\nc,1,2\n", "--k 2", 3, &["the same for everybody"]),
    ("a,1,2\nb,1,2\nc,1,2\nd,1,2\n", "", 3, &["the same for everybody"]),
    ("a,1,2\nb,3,1\n", "--k 0", 2, &["k must be a whole number"]),
    ("a,1,2\nb,3,1\n", "--k many", 2, &["k must be a whole number", "\"many\""]),
    ("a,1,2\na,3,1\n", "--k 2", 3, &["two rows have the same id", "\"a\""]),
    (",1,2\nb,3,1\n", "--k 2", 3, &["has no id"]),
    ("a,NaN,inf\nb,nan,1\n", "--k 2", 3, &["NaN or infinite"]),
    ("a,x,y\nb,z,1\n", "--k 2", 3, &["not a number"]),
    ("a,1,2\nb,3,1\n", "--k 2 --columns u,vv", 2, &["unknown column `vv`", "did you mean `v`?"]),
];

#[test]
fn what_cannot_be_clustered_is_refused() {
    let dir = Dir::new();
    all_right(CLUSTERS.iter().map(|(rows, typed, code, words)| {
        let file = dir.write("points.csv", format!("id,u,v\n{rows}"));
        let columns = if typed.contains("--columns") { "" } else { "--columns u,v" };
        refusal(&run_line(&format!("cluster {file} --id id {columns} {typed}")), *code, words)
    }));
}

/// Readouts that cannot be: what is typed, exit code, words.
const READOUTS: &[(&str, i32, &[&str])] = &[
    ("--control contrl --metric click", 2, &["unknown arm `contrl`", "did you mean `control`?"]),
    ("--control zzz --metric click", 2, &["unknown arm `zzz`", "known: `control`, `urgent`"]),
    (
        "--control control --metric click --share control=1 --share urgent=1 --share third=1",
        2,
        &["unknown arm `third`", "known: `control`, `urgent`"],
    ),
    (
        "--control control --metric click --share control=1",
        2,
        &["no planned share for arm `urgent`"],
    ),
    ("--control control --metric click --share urgent", 2, &["not a planned share", "NAME=0.5"]),
    (
        "--control control --metric click --share control=1 --share urgent=-1",
        2,
        &["share", "urgent"],
    ),
    ("--control control --metric clik", 2, &["unknown column `clik`", "did you mean `click`?"]),
    ("--control control --metric click --by nix", 2, &["unknown column `nix`"]),
    ("--control control --metric click --metric click", 2, &["named twice", "`click`"]),
    ("--control control --metric click --alpha 2", 2, &["alpha"]),
    ("--control control --metric click --level 95", 2, &["write 0.95 for 95 %"]),
    ("--control control --metric word", 3, &["not a number", "`word`"]),
];

fn recipients(dir: &Dir) -> String {
    let row = |i: i32| {
        let arm = if i % 2 == 0 { "control" } else { "urgent" };
        format!("{arm},{},w{i}\n", i32::from(i % 7 == 0))
    };
    dir.write("mailing.csv", format!("arm,click,word\n{}", (0..200).map(row).collect::<String>()))
}

#[test]
fn a_readout_that_cannot_be_is_refused() {
    let dir = Dir::new();
    let file = recipients(&dir);
    all_right(READOUTS.iter().map(|(typed, code, words)| {
        refusal(&run_line(&format!("readout {file} --variant arm {typed}")), *code, words)
    }));
}

#[test]
fn one_arm_is_no_experiment() {
    let dir = Dir::new();
    let file = dir.write("one.csv", "arm,click\na,1\na,0\n");
    let output = run_line(&format!("readout {file} --variant arm --control a --metric click"));
    refused(&output, 2, &["at least two arms"]);
}

/// Commands that write, given a place below a file: nothing can be made there.
#[test]
fn a_place_that_cannot_be_written_is_refused_and_nothing_is_left_behind() {
    let dir = Dir::new();
    let mailing = recipients(&dir);
    let file = dir.write("in-the-way", "a file");
    let before = dir.files();
    let readout = format!("readout {mailing} --variant arm --control control --metric click");
    let typed = [
        format!("{readout} --out {file}/out"),
        format!("simulate {file}/shop --contacts 20"),
        format!("demo {file}/shop --contacts 20"),
        format!("init {file}/space --from {mailing}"),
    ];
    all_right(typed.iter().map(|typed| {
        let output = run_line(typed);
        assert!(before == dir.files(), "{typed}");
        refusal(&output, 3, &["in-the-way"])
    }));
}

/// Words that no command can use.
const WORDS: &[(&str, i32, &[&str])] = &[
    ("--as-of tomorrow", 2, &["not an as-of date", "\"tomorrow\""]),
    ("--as-of 2026-02-30", 2, &["not an as-of date"]),
    ("--as-of 2020-01-01", 3, &["nobody has an order before the as-of date"]),
    ("--timezone Mars/Base", 2, &["unknown time zone", "\"Mars/Base\""]),
    ("--time-format fast", 2, &["unknown time_format", "\"fast\""]),
    ("--decimal ;", 2, &["decimal"]),
];

#[test]
fn words_that_mean_nothing_are_refused() {
    let dir = Dir::new();
    let file = orders(&dir, "orders.csv", &good_rows());
    all_right(WORDS.iter().map(|(typed, code, words)| {
        refusal(&run_line(&format!("rfm {file} {RFM} {typed}")), *code, words)
            .map_err(|wrong| format!("{typed}: {wrong}"))
    }));
}
