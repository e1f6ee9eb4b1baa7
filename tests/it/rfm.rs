//! `rfm` as a command, and RFM in a workspace: rules, presets, stored models.

use std::fmt::Write;

use serde_json::Value;

use crate::rfm_scores::{ONE_TIME_BUYERS, Row, TABLE, rows};
use crate::support::{Dir, Output, SMALL, real_data, refused, run_line, shuffled};

const COLUMNS: &str = "--contact who --time at --amount paid";

/// Orders that add up to a table's row, on the last day of the row: pennies, and the rest at the end.
fn orders(csv: &str) -> String {
    let as_of: jiff::civil::Date = "2026-01-01".parse().unwrap();
    let mut text = "who,at,paid\n".to_owned();
    for row in rows(csv) {
        let days: i64 = row["recency_days"].parse().unwrap();
        let orders: i64 = row["orders"].parse().unwrap();
        let minor: i64 = row["revenue"].replace('.', "").parse().unwrap();
        let day = as_of.checked_sub(jiff::Span::new().days(days)).unwrap();
        for order in 0..orders {
            let paid = if order == 0 { minor - (orders - 1) } else { 1 };
            let _ = writeln!(text, "{},{day},{}.{:02}", row["id"], paid / 100, paid % 100);
        }
    }
    shuffled(&text)
}

fn rfm(file: &str, more: &str) -> Output {
    run_line(&format!("rfm {file} {COLUMNS} --as-of 2026-01-01 {more}"))
}

fn contacts(output: &Value) -> &[Value] {
    output["contacts"].as_array().unwrap()
}

fn code(contact: &Value) -> String {
    let score = |name: &str| contact["scores"][name].to_string();
    score("recency") + &score("frequency") + &score("monetary")
}

/// Asserts that the command says for every row what its columns hold.
fn says(file: &str, more: &str, table: &[Row], expected: &dyn Fn(&Row, &Value) -> bool) {
    let output = rfm(file, &format!("{more} --format json")).fine().json();
    assert_eq!(contacts(&output).len(), table.len());
    for (row, contact) in table.iter().zip(contacts(&output)) {
        assert_eq!(contact["contact_id"], row["id"].as_str());
        assert!(expected(row, contact), "{more}: {row:?}: {contact}");
    }
}

#[test]
fn the_command_scores_by_every_convention_of_the_table() {
    let dir = Dir::new();
    let (file, table) = (dir.write("orders.csv", orders(TABLE)), rows(TABLE));
    let conventions = [
        ("a", "--scoring value-edges,ntile,value-edges"),
        ("b", "--scoring ntile-desc,ntile,ntile"),
        ("c", "--scoring ntile"),
        ("d", "--scoring value-edges"),
        ("e", "--scoring mid-rank"),
        ("e", ""),
        ("klaviyo", "--preset klaviyo27"),
        ("klaviyo", "--recency-cuts 180,365"),
    ];
    for (column, options) in conventions {
        says(&file, options, &table, &|row, contact| code(contact) == row[column]);
    }
    says(&file, "", &table, &|row, contact| contact["segment"] == row["e_grid10"].as_str());
    let klaviyo = |row: &Row, contact: &Value| contact["segment"] == row["klaviyo_group"].as_str();
    says(&file, "--preset klaviyo27", &table, &klaviyo);
}

#[test]
fn the_command_shares_or_splits_ties_of_one_time_buyers() {
    let dir = Dir::new();
    let (file, table) = (dir.write("orders.csv", orders(ONE_TIME_BUYERS)), rows(ONE_TIME_BUYERS));
    let rules = [("rank_first", "ntile"), ("value_edges", "value-edges"), ("mid_rank", "mid-rank")];
    for (column, rule) in rules {
        says(&file, &format!("--scoring {rule}"), &table, &|row, contact| {
            contact["scores"]["frequency"].as_u64() == row[column].parse().ok()
        });
    }
}

#[test]
fn refunds_and_orders_of_zero_count_as_documented() {
    let dir = Dir::new();
    let file = dir.write(
        "orders.csv",
        "who,at,paid\n\
         zero,2025-12-30,0.00\n\
         back,2025-12-01,50.00\nback,2025-12-20,-50.00\nback,2025-12-25,0.00\n\
         part,2025-12-10,50.00\npart,2025-12-20,-20.00\n\
         kept,2025-12-10,30.00\n\
         only,2025-12-15,-9.00\n",
    );
    let output = rfm(&file, "--format json --scoring value-edges").fine().json();
    let seen = |id: &str| contacts(&output).iter().find(|c| c["contact_id"] == id).unwrap().clone();
    for (id, days, orders, minor) in
        [("back", 31, 1, 0), ("part", 22, 1, 3_000), ("kept", 22, 1, 3_000)]
    {
        let found = seen(id);
        assert_eq!(found["recency_days"], days, "{id}");
        assert_eq!(
            (&found["frequency"], &found["monetary_minor"]),
            (&orders.into(), &minor.into())
        );
        assert!(found["scores"].is_object(), "{id}");
    }
    for (id, minor) in [("zero", 0), ("only", -900)] {
        assert!(seen(id)["scores"].is_null() && seen(id)["monetary_minor"] == minor, "{id}");
        assert_eq!(seen(id)["segment"], "No order yet");
    }
    assert_eq!(code(&seen("part")), code(&seen("kept")));
}

#[test]
fn a_stored_model_scores_others_as_it_scored_its_own() {
    let dir = Dir::new();
    let all = dir.write("all.csv", orders(TABLE));
    let is_early = |line: &&str| line.starts_with("who") || line.starts_with("00");
    let part =
        orders(TABLE).lines().filter(is_early).map(|line| format!("{line}\n")).collect::<String>();
    let part = dir.write("part.csv", part);
    let model = dir.at("models/rfm.json");
    for options in ["", "--scoring ntile --bins 10", "--preset klaviyo27", "--preset grid11"] {
        let fitted = rfm(&part, &format!("{options} --model {model} --format json")).fine().json();
        let again = rfm(&part, &format!("--apply {model} --format json")).fine().json();
        assert_eq!(fitted["contacts"], again["contacts"], "{options}");
        assert_eq!(
            fitted["summary"]["model"],
            serde_json::from_str::<Value>(&dir.read("models/rfm.json")).unwrap()
        );
        let applied = rfm(&all, &format!("--apply {model} --format json")).fine().json();
        assert_eq!(contacts(&applied).len(), 100);
        assert_eq!(contacts(&fitted), &contacts(&applied)[..contacts(&fitted).len()], "{options}");
    }
}

#[test]
fn a_model_that_does_not_fit_is_refused() {
    let dir = Dir::new();
    let file = dir.write("orders.csv", orders(TABLE));
    let model = dir.at("rfm.json");
    rfm(&file, &format!("--currency GBP --model {model}")).fine();
    let euros = rfm(&file, &format!("--currency EUR --apply {model}"));
    refused(&euros, 2, &["amounts in GBP, not in EUR", "--currency GBP", "rfm.json"]);
    let broken = dir.write("broken.json", "{\"bins\": 5}");
    refused(&rfm(&file, &format!("--apply {broken}")), 3, &["broken.json", "not an RFM model"]);
    refused(&rfm(&file, "--apply nowhere.json"), 3, &["nowhere.json", "check the path"]);
    let both = rfm(&file, &format!("--apply {model} --bins 5"));
    assert_eq!((both.code, both.stdout.as_str()), (Some(2), ""));
}

/// Options that do not fit together.
const WRONG: [(&str, &[&str]); 8] = [
    ("--bins 7", &["7 bins", "3, 4, 5 or 10"]),
    ("--scoring ntile,ntile", &["2 rules", "one rule, or three"]),
    ("--scoring fixed", &["recency has no cut points", "give cut points"]),
    ("--recency-cuts 90,30", &["must ascend"]),
    ("--preset klaviyo27 --bins 5", &["klaviyo27 has no names for 5 bins", "take 3 bins"]),
    ("--bins 3 --preset grid10", &["grid10 has no names for 3 bins", "5 or 10"]),
    ("--monetary-cuts 1,2,3,4.005", &["4.005 is no amount", "12.50"]),
    ("--preset cycle --axis frequency-monetary", &["have an axis"]),
];

#[test]
fn options_that_do_not_fit_together_are_refused() {
    let dir = Dir::new();
    let file = dir.write("orders.csv", orders(TABLE));
    for (options, words) in WRONG {
        refused(&rfm(&file, options), 2, words);
    }
    // The orders of each contact of the table are all on one day.
    refused(&rfm(&file, "--preset cycle"), 3, &["needs 50 contacts", "and there are 0"]);
}

/// The names in Online Retail by a preset, with their contacts.
fn online_retail(options: &str) -> Option<Value> {
    let file = real_data("online_retail/online_retail.csv.gz")?;
    let output = run_line(&format!(
        "rfm {file} --contact CustomerID --order InvoiceNo --time InvoiceDate --quantity Quantity \
         --price UnitPrice --as-of 2011-12-10 --format json {options}"
    ));
    Some(output.fine().json())
}

#[test]
fn every_preset_names_every_contact_of_online_retail() {
    let options = [
        "--preset grid10 --bins 10",
        "--preset grid11 --axis frequency-monetary",
        "--preset klaviyo27",
        "--preset cycle",
        "--preset none --bins 4 --scoring ntile",
        "--bins 3 --scoring value-edges",
    ];
    for options in options {
        let Some(found) = online_retail(options) else { return };
        let summary = &found["summary"];
        let mut total = 0;
        for segment in summary["segments"].as_array().unwrap() {
            let members = contacts(&found).iter().filter(|c| c["segment"] == segment["name"]);
            assert_eq!(segment["contacts"], members.count(), "{options}");
            total += segment["contacts"].as_u64().unwrap();
            println!("{options}: {} {}", segment["name"], segment["contacts"]);
        }
        assert_eq!(total, 4_372, "{options}");
        let cells =
            summary["cells"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap());
        assert_eq!(Some(cells.map(|n| n.as_u64().unwrap()).sum()), summary["buyers"].as_u64());
    }
}

/// Scores and names of a workspace's contacts with an order, as its CSV has them.
fn membership(dir: &Dir) -> Vec<[String; 5]> {
    let columns =
        ["contact_id", "recency_score", "frequency_score", "monetary_score", "rfm_segment"];
    let rows = rows(&dir.read("segments/membership.csv")).into_iter();
    let ordered = rows.filter(|row| !row["recency_score"].is_empty());
    ordered.map(|row| columns.map(|column| row[column].clone())).collect()
}

#[test]
fn a_workspace_scores_as_its_settings_say_and_its_model_scores_a_file_alike() {
    let orders = SMALL.root.join("exports/orders.csv");
    let flat = |options: &str| {
        let output = run_line(&format!(
            "rfm {} --contact contact_id --order order_id --time ts --amount amount --currency GBP \
             --as-of 2026-07-01 --timezone Europe/London --format json {options}",
            orders.display()
        ));
        output.fine().json()
    };
    let dir = SMALL.copy();
    let settings = [
        ("", ""),
        (
            "bins = 10\nscoring = ['mid-rank', 'ntile', 'value-edges']\npreset = 'grid11'",
            "--bins 10 --scoring mid-rank,ntile,value-edges --preset grid11",
        ),
        ("preset = 'klaviyo27'", "--preset klaviyo27"),
        ("preset = 'cycle'\nscoring = 'value-edges'", "--preset cycle --scoring value-edges"),
        (
            "recency_cuts = [30, 90]\nmonetary_cuts = [50, 199.99]",
            "--recency-cuts 30,90 --monetary-cuts 50,199.99",
        ),
    ];
    for (section, options) in settings {
        let plain = SMALL.root.join("microseg.toml");
        let plain = std::fs::read_to_string(plain).unwrap();
        dir.write("microseg.toml", format!("{plain}\n[segments.rfm]\n{section}\n"));
        dir.run("run -q").fine();
        let model: Value = serde_json::from_str(&dir.read("segments/rfm_model.json")).unwrap();
        let direct = flat(options);
        assert_eq!(direct["summary"]["model"], model, "{section}");
        let applied = flat(&format!("--apply {}", dir.at("segments/rfm_model.json")));
        assert_eq!(applied["contacts"], direct["contacts"], "{section}");
        let has_scores = |contact: &&Value| contact["scores"].is_object();
        let of_file = contacts(&direct).iter().filter(has_scores).map(|contact| {
            let score = |name: &str| contact["scores"][name].to_string();
            let word = |name: &str| contact[name].as_str().unwrap().to_owned();
            let scores = [score("recency"), score("frequency"), score("monetary")];
            let [r, f, m] = scores;
            [word("contact_id"), r, f, m, word("segment")]
        });
        let mut of_file: Vec<[String; 5]> = of_file.collect();
        of_file.sort();
        let mut of_workspace = membership(&dir);
        of_workspace.sort();
        assert_eq!(of_workspace, of_file, "{section}");
    }
}

#[test]
fn a_workspace_s_settings_of_rfm_are_checked() {
    let dir = SMALL.copy();
    let wrong = [
        ("binz = 5", "did you mean `bins`?"),
        ("scoring = 'median'", "mid-rank"),
        ("bins = 6", "3, 4, 5 or 10"),
        ("recency_cuts = [5, 4]", "smallest first"),
        ("preset = 'klaviyo27'\nbins = 5", "take 3 bins"),
    ];
    for (section, words) in wrong {
        let plain = std::fs::read_to_string(SMALL.root.join("microseg.toml")).unwrap();
        dir.write("microseg.toml", format!("{plain}\n[segments.rfm]\n{section}\n"));
        let output = dir.run("propose -q");
        assert_eq!(output.code, Some(2), "{section}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{section}: {}", output.stderr);
    }
}

#[test]
fn the_text_says_what_each_score_stands_for() {
    let dir = Dir::new();
    let file = dir.write("orders.csv", orders(TABLE));
    let text = rfm(&file, "--preset klaviyo27").fine().stdout;
    let scores = "Scores         3 bins: recency by fixed, frequency by mid-rank, money by mid-rank; \
                  preset klaviyo27";
    let lines = [scores, "Segments by recency, frequency and money", "What each score stands for"];
    for line in lines {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    for days in ["up to 180", "181 to 365", "366 or more"] {
        assert!(text.contains(days), "{days}: {text}");
    }
}
