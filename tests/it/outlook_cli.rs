//! `churn`, `clv` and `predict` on the command line.

use std::fmt::Write;

use serde_json::Value;

use crate::buyers::{self, Process};
use crate::support::{Dir, LARGE, Output, SMALL, refusal, run};

const MBG: Process = Process::Geometric { p: [0.9, 60.0, 0.6, 1.4], k: 1, first: true };

/// An order file of invented buyers; the last day is 2026-09-14.
fn orders(dir: &Dir, contacts: u32) -> String {
    let (ids, rows) = buyers::shop(MBG, contacts, 720, 31);
    let mut csv = "who,when,paid\n".to_owned();
    for row in rows {
        let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(i64::from(row.day));
        let (major, minor) = (row.amount_minor / 100, row.amount_minor % 100);
        writeln!(csv, "{},{date},{major}.{minor:02}", ids[row.contact as usize]).unwrap();
    }
    dir.write("orders.csv", csv);
    dir.path().join("orders.csv").to_str().unwrap().to_owned()
}

fn ask(command: &str, file: &str, more: &[&str]) -> Output {
    let columns = ["--contact", "who", "--time", "when", "--amount", "paid"];
    run(&[&[command, file], &columns[..], more].concat())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_file_of_orders_gives_models_evidence_and_scores() {
    let dir = Dir::new();
    let file = orders(&dir, 3_000);
    let json = ask("clv", &file, &["--model", "mbg-nbd", "--format", "json"]).fine().json();
    assert_eq!(json["model"], "mbg-nbd");
    assert_eq!(json["unit"], "day");
    for (name, truth) in [("r", 0.9), ("alpha", 60.0), ("a", 0.6), ("b", 1.4)] {
        let (found, error) =
            (number(&json["parameters"][name]), number(&json["standard_errors"][name]));
        assert!((found - truth).abs() < 4.0 * error, "{name}: {found} ± {error}");
    }
    assert!(number(&json["spend"]["parameters"]["q"]) > 1.0);
    let contacts = json["contacts"].as_array().unwrap();
    assert_eq!(contacts.len() as u64, json["buyers"].as_u64().unwrap());
    for contact in contacts {
        let risk = number(&contact["churn_risk"]);
        assert!((0.0..=1.0).contains(&risk));
        let value = &contact["customer_lifetime_value"];
        assert!(number(&value["low"]) <= number(&value["high"]));
        assert!(number(&contact["value_at_risk"]) <= number(&value["point"]) + 1e-9);
        assert_eq!(contact["expected_orders"].as_array().unwrap().len(), 3);
    }
    let weeks = ask("clv", &file, &["--model", "mbg-nbd", "--unit", "week", "--format", "json"]);
    let weeks = weeks.fine().json();
    let ratio = number(&json["parameters"]["alpha"]) / number(&weeks["parameters"]["alpha"]);
    assert!((ratio - 7.0).abs() < 1e-3, "{ratio}");
    let risk = |json: &Value| number(&json["contacts"][7]["p_no_order"]["point"]);
    assert!((risk(&json) - risk(&weeks)).abs() < 1e-6);
}

#[test]
fn every_form_of_the_result_can_be_asked_for() {
    let dir = Dir::new();
    let file = orders(&dir, 800);
    let csv = ask("churn", &file, &["--horizon", "60", "--format", "csv"]).fine().stdout;
    assert!(
        csv.starts_with("contact_id,repeat_purchases,age_at_last_days,age_days,"),
        "{csv:.200}"
    );
    let text = ask("churn", &file, &["--horizon", "60"]).fine().stdout;
    for words in ["Horizon of churn: 60 days (as given)", "log-likelihood", "baseline", "held out"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let brief = ask("churn", &file, &["--brief", "--format", "json"]).fine().json();
    assert!(brief.get("contacts").is_none());
    assert!(brief["outlook"]["risk"]["backtest"]["candidates"].as_array().unwrap().len() > 5);
}

#[test]
fn days_after_the_last_that_counts_are_not_seen() {
    let dir = Dir::new();
    let file = orders(&dir, 800);
    let text = std::fs::read_to_string(&file).unwrap();
    let known = text.lines().filter(|line| {
        let date = line.split(',').nth(1).unwrap();
        date == "when" || date <= "2026-03-31"
    });
    dir.write("known.csv", known.collect::<Vec<_>>().join("\n"));
    let other = dir.path().join("known.csv");
    let contacts = |file: &str| {
        let csv = ask("churn", file, &["--until", "2026-03-31", "--format", "csv"]);
        csv.fine().stdout
    };
    assert_eq!(contacts(&file), contacts(other.to_str().unwrap()));
}

#[test]
fn what_cannot_be_answered_ends_in_a_sentence() {
    let dir = Dir::new();
    let file = orders(&dir, 800);
    let refuse = |output: Output, code: i32, words: &[&str]| refusal(&output, code, words).unwrap();
    refuse(ask("churn", &file, &["--horizon", "0"]), 2, &["no horizon", "0 days"]);
    refuse(ask("clv", &file, &["--annual-rate=-0.5"]), 2, &["no annual discount rate"]);
    refuse(ask("clv", &file, &["--level", "1"]), 2, &["no level"]);
    refuse(ask("churn", &file, &["--bands", "0.7,0.3"]), 2, &["no bands"]);
    refuse(ask("churn", &file, &["--bands", "0.5"]), 2, &["two probabilities", "0.33,0.66"]);
    refuse(ask("churn", &file, &["--cutoffs", "1"]), 2, &["no number of cutoffs"]);
    let output = run(&["churn", &file, "--contact", "whom", "--time", "when", "--amount", "paid"]);
    refuse(output, 2, &["whom", "did you mean `who`"]);
    let few: String =
        std::fs::read_to_string(&file).unwrap().lines().take(4).map(|l| format!("{l}\n")).collect();
    dir.write("few.csv", few);
    let few = dir.path().join("few.csv");
    let output = ask("clv", few.to_str().unwrap(), &["--until", "2026-09-14"]);
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.stderr.contains("needs 30 buyers"), "{}", output.stderr);
    let output = ask("clv", &file, &["--until", "2020-01-01"]);
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.stderr.contains("days after the last day that counts"), "{}", output.stderr);
    let late = ask("clv", &file, &["--until", "2027-06-01", "--brief"]).fine();
    assert!(late.stderr.contains("is the file complete"), "{}", late.stderr);
    let output = ask("clv", &file, &["--model", "mbg-nbt"]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("mbg-nbd"), "{}", output.stderr);
}

#[test]
fn mail_and_web_tell_more_than_orders_alone() {
    let path = LARGE.root.join("predict/outlook.json");
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let backtest = &json["outlook"]["risk"]["backtest"];
    let candidates = backtest["candidates"].as_array().unwrap();
    let loss = |name: &str| {
        let found = candidates.iter().find(|c| c["candidate"] == name);
        number(&found.unwrap_or_else(|| panic!("{name}"))["log_loss"])
    };
    eprintln!(
        "20,000 contacts: log loss {:.4} with mail and web, {:.4} by orders alone, {:.4} by days since the last",
        loss("regression"),
        loss("purchase_model"),
        loss("hiatus")
    );
    assert!(loss("regression") < loss("purchase_model") - 0.01);
    assert!(loss("regression") < loss("recalibrated_model") - 0.01);
    assert!(loss("purchase_model") < loss("hiatus"));
    assert_eq!(candidates[0]["candidate"], backtest["winner"]);
    let silence = &json["engagement"]["risk"]["backtest"]["candidates"];
    assert!(silence.as_array().unwrap().len() >= 3);
}

#[test]
fn a_workspace_keeps_its_predictions_and_says_who_they_are_of() {
    let dir = SMALL.copy();
    let first = dir.run("predict --format json").fine();
    assert!(first.stderr.contains("up to date"), "{}", first.stderr);
    let json = first.json();
    let outlook = &json["outlook"];
    let csv = std::fs::read_to_string(dir.path().join("predict/contacts.csv")).unwrap();
    assert_eq!(csv.lines().count() as u64 - 1, outlook["totals"]["buyers"].as_u64().unwrap());
    assert!(!csv.contains('@'));
    // Everybody is in one of the two files, and nobody in both.
    let silent = std::fs::read_to_string(dir.path().join("predict/silence.csv")).unwrap();
    let ids = |csv: &str| -> std::collections::BTreeSet<String> {
        csv.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    let (bought, not) = (ids(&csv), ids(&silent));
    assert!(bought.is_disjoint(&not));
    let contacts = SMALL.export("contacts.csv").lines().count() - 1;
    assert!(bought.len() + not.len() <= contacts && bought.len() + not.len() > contacts * 9 / 10);
    // Another horizon makes them again.
    dir.edit("microseg.toml", |text| format!("{text}\n[predict]\nchurn_days = 45\n"));
    let again = dir.run("predict --format json").fine();
    assert!(again.stderr.contains("done"), "{}", again.stderr);
    assert_eq!(again.json()["outlook"]["horizon"]["days"], 45);
}

#[test]
fn settings_of_predictions_are_checked() {
    let dir = SMALL.copy();
    dir.edit("microseg.toml", |text| format!("{text}\n[predict]\nmodel = \"mbg-nbt\"\n"));
    refusal(&dir.run("predict"), 2, &["purchase model", "did you mean `mbg-nbd`"]).unwrap();
    dir.edit("microseg.toml", |text| text.replace("model = \"mbg-nbt\"", "modell = \"auto\""));
    refusal(&dir.run("predict"), 2, &["modell", "did you mean `model`"]).unwrap();
    for horizons in ["[30, 30]", "[]"] {
        let dir = SMALL.copy();
        dir.edit("microseg.toml", |text| {
            format!("{text}\n[predict]\nhorizons_days = {horizons}\n")
        });
        refusal(&dir.run("predict"), 2, &["none, or repeated", "[30, 90, 365]"]).unwrap();
    }
}

#[test]
fn a_shop_without_orders_still_hears_who_goes_silent() {
    let dir = SMALL.fresh();
    dir.edit("microseg.toml", |text| {
        let (head, sources) = text.split_once("[[source]]").unwrap();
        let kept = sources.split("[[source]]").filter(|source| {
            !source.contains("table = \"orders\"") && !source.contains("table = \"order_items\"")
        });
        kept.fold(head.to_owned(), |text, source| text + "[[source]]" + source)
    });
    dir.run("run -q").fine();
    let page = dir.read("report/report.md");
    for words in ["No outlook: There are no orders", "Contacts who have not ordered yet"] {
        assert!(page.contains(words), "{words}");
    }
    let silent = dir.read("predict/silence.csv");
    assert!(silent.lines().count() > 1_500);
}
