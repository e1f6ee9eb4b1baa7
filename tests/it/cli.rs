//! Help, versions, JSON on stdout, silence on stderr.

use serde_json::Value;

use crate::support::{Dir, SMALL, run, run_line};

/// Every command with the options that its help must name.
const COMMANDS: &[(&str, &[&str])] = &[
    ("demo", &["[DIR]", "--contacts"]),
    ("init", &["<DIR>", "--from"]),
    ("check", &[]),
    ("ingest", &[]),
    ("features", &[]),
    ("predict", &[]),
    ("propose", &[]),
    ("report", &[]),
    ("run", &[]),
    ("refresh", &[]),
    ("digest", &[]),
    ("deliver", &["--again", "--discard", "--log-format"]),
    ("schedule", &["--metrics", "--log-format", "once", "status", "rehearse"]),
    ("schedule once", &["<NAME>"]),
    ("schedule status", &["--runs", "--alive"]),
    ("schedule rehearse", &["--from", "--until"]),
    ("segments list", &[]),
    ("segments show", &["<ID>"]),
    ("segments test", &["[ID]", "--rule"]),
    ("segments accept", &["[ID]...", "--all", "--name", "--author", "--note"]),
    ("segments reject", &["<ID>", "--reason", "--author"]),
    ("segments rename", &["<ID>", "<NAME>", "--author", "--note"]),
    ("segments export", &["<ID>"]),
    ("segments starters", &[]),
    ("leads", &["--weeks", "--since", "--only", "--starter", "--print-starter", "--out"]),
    ("lifecycle", &["--out"]),
    ("experiment assign", &["<ID>", "--audience", "--out", "--exclude", "--balance", "--dry-run"]),
    ("experiment readout", &["[ID]"]),
    ("experiment power", &["--lift", "--power", "--alpha"]),
    ("calc rates", &["--control", "--treatment", "--alpha", "--margin", "--lift", "X/N"]),
    ("calc means", &["--control", "--treatment", "--alpha", "--margin", "--lift", "MEAN,SD,N"]),
    ("calc power", &["--baseline", "--mean", "--sd", "--lift", "--difference", "--n", "--total"]),
    ("calc power", &["--power", "--alpha", "--arms", "--allocation", "--segments", "--one-sided"]),
    ("calc srm", &["--observed", "--expected", "--alpha"]),
    ("calc adjust", &["--p", "--method", "--alpha", "hommel", "sidak"]),
    ("simulate", &["<DIR>", "--contacts", "--days", "--end", "--files"]),
    (
        "rfm",
        &[
            "<FILE>", "--contact", "--order", "--time", "--amount", "--quantity", "--price",
            "--max-bad-share",
        ],
    ),
    ("rfm", &["--time-format", "--timezone", "--decimal", "--currency"]),
    ("rfm", &["--bins", "--scoring", "--recency-cuts", "--frequency-cuts", "--monetary-cuts"]),
    ("rfm", &["--preset", "--axis", "--model", "--apply", "klaviyo27", "value-edges"]),
    ("churn", &["<FILE>", "--contact", "--time", "--amount", "--until", "--unit", "--model"]),
    ("churn", &["--horizon", "--bands", "--cutoffs", "--brief", "mbg-cnbd-k", "pareto-nbd"]),
    ("clv", &["<FILE>", "--order", "--annual-rate", "--horizon", "--level", "--max-bad-share"]),
    ("cluster", &["<FILE>", "--id", "--columns", "--k", "--scale", "--transform", "--max-iter"]),
    ("readout", &["<FILE>", "--variant", "--control", "--metric", "--by", "--share", "--level"]),
    ("readout", &["--alpha", "--out"]),
];

const GLOBAL: [&str; 7] =
    ["--workspace", "--format", "--as-of", "--seed", "--threads", "--quiet", "--verbose"];

#[test]
fn the_help_of_every_command_names_its_options() {
    for (command, options) in COMMANDS {
        let output = run_line(&format!("{command} --help")).fine();
        for option in options.iter().chain(&GLOBAL) {
            assert!(output.stdout.contains(option), "{command} --help does not name {option}");
        }
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn the_program_s_help_names_every_command_and_the_exit_codes() {
    let help = run(&["--help"]).fine().stdout;
    for (command, _) in COMMANDS {
        let name = command.split(' ').next().unwrap();
        assert!(help.lines().any(|line| line.trim_start().starts_with(name)), "{name} is missing");
    }
    assert!(help.contains("Exit codes"));
}

#[test]
fn the_version_is_the_package_s() {
    let expected = format!("microseg {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]).fine().stdout, expected);
}

/// What clap refuses.
const USAGE: &[&str] = &[
    "",
    "nonsense",
    "experiment",
    "calc",
    "calc rates --control 1/2",
    "calc power --baseline 0.1 --sd 2",
    "rfm",
    "rfm orders.csv --contact a --time b",
    "rfm orders.csv --contact a --time b --amount c --quantity d --price e",
    "run --seed many",
    "run --threads 0",
    "run --format yaml",
    "readout mailing.csv --variant a --control b",
    "segments",
    "segments show",
    "segments test",
    "segments test id --rule file.toml",
    "segments reject id",
    "segments rename id",
];

#[test]
fn wrong_usage_exits_with_two_and_prints_no_result() {
    for line in USAGE {
        let output = run_line(line);
        assert_eq!(output.code, Some(2), "microseg {line}");
        assert_eq!(output.stdout, "", "microseg {line}");
        assert!(output.stderr.contains("--help"), "microseg {line}: {}", output.stderr);
    }
}

/// Files for the commands that need no workspace.
fn flat() -> Dir {
    let dir = Dir::new();
    let order =
        |i: usize| format!("c{:03},2026-01-{:02},{}.50\n", i % 97, 1 + i % 28, 1 + i * i % 71);
    dir.write("orders.csv", format!("who,day,paid\n{}", (0..500).map(order).collect::<String>()));
    let point = |i: usize| format!("p{i},{},{}\n", (i % 3) * 70 + i * i % 11, (i % 3) * 50 + i % 7);
    dir.write("points.csv", format!("id,u,v\n{}", (0..90).map(point).collect::<String>()));
    let person =
        |i: usize| format!("{},{},{}\n", ["a", "b"][i % 2], u8::from(i.is_multiple_of(5)), i % 3);
    dir.write(
        "mailing.csv",
        format!("arm,click,tier\n{}", (0..300).map(person).collect::<String>()),
    );
    dir
}

/// Every command that ends well on a finished workspace (`{w}`) or on flat files (`{f}`).
const FINE: &[&str] = &[
    "check --workspace {w}",
    "ingest --workspace {w}",
    "features --workspace {w}",
    "propose --workspace {w}",
    "report --workspace {w}",
    "run --workspace {w}",
    "segments list --workspace {w}",
    "segments accept S1 --workspace {w}",
    "segments rename S1 Another --workspace {w}",
    "segments show S1 --workspace {w}",
    "segments reject S2 --reason why --workspace {w}",
    "segments export S1 --workspace {w}",
    "segments starters",
    "leads --starter --workspace {w}",
    "leads --print-starter",
    "lifecycle --workspace {w}",
    "experiment readout subject-line --workspace {w}",
    "experiment power --workspace {w}",
    "calc rates --control 2262/21306 --treatment 3894/21307 --margin 0.01",
    "calc means --control 2.1,14.5,5000 --treatment 2.45,16.1,5000 --lift 0.1",
    "calc power --baseline 0.02 --lift 0.1",
    "calc power --mean 2 --sd 14 --n 5000 --arms 3",
    "calc srm --observed 21306,21307,21387 --expected 1,1,1",
    "calc adjust --p 0.01,0.04,NA --method bh",
    "demo {f}/demo --contacts 300",
    "simulate {f}/shop --contacts 30",
    "init {f}/space --from {f}/orders.csv",
    "rfm {f}/orders.csv --contact who --time day --amount paid",
    "cluster {f}/points.csv --id id --columns u,v",
    "readout {f}/mailing.csv --variant arm --control a --metric click --by tier",
];

fn each_fine_command(format: &str, check: impl Fn(&str, &str, &str)) {
    let (flat, workspace) = (flat(), SMALL.copy());
    for line in FINE {
        let line = line
            .replace("{f}", flat.path().to_str().unwrap())
            .replace("{w}", workspace.path().to_str().unwrap());
        let output = run_line(&format!("{line} -q --format {format}"));
        if line.starts_with("init") {
            // Whether a guess needs a hand is told on stderr and by the exit code.
            assert!([Some(0), Some(1)].contains(&output.code), "{line}: {}", output.stderr);
        } else {
            assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{line}");
        }
        check(&line, &output.stdout, format);
    }
}

#[test]
fn the_json_of_every_command_parses() {
    each_fine_command("json", |line, stdout, _| {
        let value: Value = serde_json::from_str(stdout).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert!(value.is_object() || value.is_array(), "{line}");
    });
}

#[test]
fn the_text_of_every_command_is_not_empty() {
    each_fine_command("text", |line, stdout, _| {
        assert!(!stdout.trim().is_empty(), "{line}");
        assert!(stdout.ends_with('\n'), "{line}");
    });
}

#[test]
fn the_csv_of_every_table_has_rows_of_one_width() {
    each_fine_command("csv", |line, stdout, _| {
        let is_path =
            ["features", "report", "run", "demo", "init"].iter().any(|c| line.starts_with(c));
        if !is_path {
            let rows = csv::Reader::from_reader(stdout.as_bytes()).into_records().count();
            let records = csv::Reader::from_reader(stdout.as_bytes()).into_records();
            assert!(rows > 0 && records.into_iter().all(|r| r.is_ok()), "{line}: {stdout}");
        }
    });
}

#[test]
fn the_result_does_not_depend_on_where_it_is_run_from() {
    let dir = flat();
    let from = |folder: &std::path::Path, file: &str| {
        let output = std::process::Command::new(crate::support::PROGRAM)
            .args(["rfm", file, "--contact", "who", "--time", "day", "--amount", "paid"])
            .args(["--format", "csv"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let root = std::path::Path::new("/");
    assert!(from(dir.path(), "orders.csv") == from(root, &dir.at("orders.csv")));
}
